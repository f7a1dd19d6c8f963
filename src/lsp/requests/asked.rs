//! What is asked, and the forms of an answer.

use std::cmp::Reverse;
use std::ops::Range;

use lsp_server::ErrorCode;
use lsp_types::{Position, Uri};
use serde::Serialize;
use serde_json::Value as Json;

use crate::compile::diagnose;
use crate::diagnostic::Diagnostic;
use crate::lsp::convert::{Lines, path_of};
use crate::lsp::diagnostics::span;
use crate::lsp::project::file_at;
use crate::lsp::snapshot::Snapshot;
use crate::source::SourceFile;

/// A place that is asked about.
pub(super) struct Asked<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) file: SourceFile,
    pub(super) lines: Lines,
}

/// What is wrong with a request: its number in the protocol, and a sentence.
pub(super) type Refused = (ErrorCode, String);

pub(super) type Answer = Result<Json, Refused>;

pub(super) fn answered(it: impl Serialize) -> Answer {
    serde_json::to_value(it).map_err(|it| (ErrorCode::InternalError, it.to_string()))
}

/// The file in the project that has it; none for what is in no project.
pub(super) fn asked<'a>(snapshots: &'a [Snapshot], uri: &Uri) -> Option<Asked<'a>> {
    let path = path_of(uri)?;
    // Of the innermost project around it, or of one that has it as a package.
    let mut all: Vec<&Snapshot> = snapshots.iter().collect();
    all.sort_by_key(|it| Reverse((path.starts_with(&it.root), it.root.components().count())));
    let found = all.into_iter().find_map(|it| Some((it, file_at(&it.db, &it.root, &path)?)));
    let (snapshot, file) = found?;
    Some(Asked { snapshot, file, lines: snapshot.lines(file) })
}

impl Asked<'_> {
    pub(super) fn offset(&self, at: Position) -> usize {
        self.lines.offset(self.file.text(&self.snapshot.db), at)
    }

    /// What is wrong in a range of the file, and where exactly.
    pub(super) fn problems(&self, wanted: &Range<usize>) -> Vec<(Diagnostic, Range<usize>)> {
        let db = &self.snapshot.db;
        let all = self.snapshot.problems.iter().cloned().chain(diagnose(db));
        let here = all.filter_map(|it| {
            let (file, range) = span(db, &it.primary.place)?;
            let touches = range.start <= wanted.end && wanted.start <= range.end;
            (file == self.file && touches).then_some((it, range))
        });
        here.collect()
    }
}
