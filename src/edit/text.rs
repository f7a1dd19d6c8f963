//! Texts put in place of others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::Invariant;
use crate::source::{Db, FleetDatabase, Origin, SourceFile};
use crate::syntax;

/// What holds of a change.
const IN_TEXT: &str = "what is changed is a part of its file";

/// Edits of files, none of which overlap.
#[derive(Clone, Debug, Default)]
pub struct Change {
    edits: BTreeMap<String, (SourceFile, Vec<Edit>)>,
}

/// What goes, and what comes in its place.
type Edit = (Range<usize>, String);

impl Change {
    /// Puts `text` in place of some bytes.
    pub(super) fn replace(&mut self, db: &dyn Db, file: SourceFile, range: Range<usize>, text: impl Into<String>) {
        let (_, edits) = self.edits.entry(file.path(db).to_string()).or_insert_with(|| (file, Vec::new()));
        let text = text.into();
        if !edits.iter().any(|(it, _)| *it == range) {
            edits.push((range, text));
        }
    }

    /// Puts `text` in place of a node.
    pub(super) fn replace_node(&mut self, db: &dyn Db, at: Origin, text: impl Into<String>) -> Option<()> {
        let (file, range) = syntax::locate(db, at)?;
        self.replace(db, file, range, text);
        Some(())
    }

    /// Takes some bytes away, with what only separates them from their neighbours:
    /// whole lines where nothing else stands in them.
    pub(super) fn remove(&mut self, db: &dyn Db, file: SourceFile, range: Range<usize>) {
        let text = file.text(db);
        let before = text.get(..range.start).invariant(IN_TEXT);
        let after = text.get(range.end..).invariant(IN_TEXT);
        let line = before.rfind('\n').map_or(0, |it| it + 1);
        let is_alone_before = text.get(line..range.start).is_some_and(|it| it.trim().is_empty());
        let rest = after.find('\n').unwrap_or(after.len());
        let is_alone_after = after.get(..rest).is_some_and(|it| matches!(it.trim(), "" | ","));
        let range = if is_alone_before && is_alone_after {
            let mut end = range.end + rest + usize::from(rest < after.len());
            // Two empty lines are one too many.
            if before.get(..line).is_some_and(|it| it.is_empty() || it.ends_with("\n\n")) {
                end += text.get(end..).map_or(0, |it| it.len() - it.trim_start_matches('\n').len());
            }
            line..end
        } else {
            // `a = 1, b = 2`: the comma goes with what it follows.
            let comma = after.len() - after.trim_start().len();
            if let Some(rest) = after.trim_start().strip_prefix(',') {
                range.start..range.end + comma + 1 + (rest.len() - rest.trim_start_matches(' ').len())
            } else {
                let kept = before.trim_end().trim_end_matches(',').trim_end().len();
                let is_list = before.trim_end().ends_with(',');
                (if is_list { kept } else { range.start })..range.end
            }
        };
        self.replace(db, file, range, "");
    }

    /// The changed files and their whole new texts.
    fn texts(&self, db: &dyn Db) -> Vec<(SourceFile, String)> {
        self.edits
            .values()
            .map(|(file, edits)| {
                let mut edits = edits.clone();
                edits.sort_by_key(|(range, _)| range.start);
                let mut text = file.text(db).to_string();
                for (range, new) in edits.into_iter().rev() {
                    text.get(range.clone()).invariant(IN_TEXT);
                    text.replace_range(range, &new);
                }
                (*file, text)
            })
            .collect()
    }

    /// The files that change, in order of path.
    pub fn files(&self) -> impl Iterator<Item = SourceFile> {
        self.edits.values().map(|(file, _)| *file)
    }

    /// Makes the change in a database.
    pub fn apply(&self, db: &mut FleetDatabase) {
        for (file, text) in self.texts(db) {
            db.set_text(file, text);
        }
    }
}
