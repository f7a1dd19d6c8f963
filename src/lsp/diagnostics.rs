//! What is wrong, where the editor shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crossbeam_channel::Sender;
use ecow::{EcoString, eco_format};
use lsp_server::{Message, Notification};
use lsp_types::{Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, PublishDiagnosticsParams};

use super::convert::{Lines, uri_of};
use super::project::place_of;
use super::snapshot::Snapshot;
use crate::compile::diagnose;
use crate::diagnostic::{Diagnostic as Found, Label, Place};
use crate::source::{Db, SourceFile, is_of_library};
use crate::syntax::locate;

/// The files of each project that something is said of.
pub(super) type Published = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Computes what is wrong, and says it; what was said and is right now is taken back.
pub(super) fn publish(snapshot: &Snapshot, published: &Mutex<Published>, sender: &Sender<Message>) {
    let mut found = snapshot.problems.clone();
    if found.is_empty() {
        found = diagnose(&snapshot.db);
    }
    let mut by_file: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    for it in &found {
        // What is wrong in another project is said by it, if it is open.
        let of_other = |it: &PathBuf| snapshot.others.iter().any(|other| it.starts_with(other));
        let found = converted(snapshot, it).filter(|(path, _)| path.starts_with(&snapshot.root) || !of_other(path));
        if let Some((path, diagnostic)) = found {
            by_file.entry(path).or_default().push(diagnostic);
        }
    }
    let mut published = published.lock().unwrap_or_else(PoisonError::into_inner);
    let before = published.insert(snapshot.root.clone(), by_file.keys().cloned().collect()).unwrap_or_default();
    let open = snapshot.open.keys().filter(|it| it.starts_with(&snapshot.root));
    let silent: Vec<PathBuf> = before.iter().chain(open).filter(|it| !by_file.contains_key(*it)).cloned().collect();
    by_file.extend(silent.into_iter().map(|it| (it, Vec::new())));
    for (path, diagnostics) in by_file {
        let (uri, version) = match snapshot.open.get(&path) {
            Some((uri, version)) => (Some(uri.clone()), Some(*version)),
            None => (uri_of(&path), None),
        };
        let Some(uri) = uri else { continue };
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        let _ = sender.send(Notification::new("textDocument/publishDiagnostics".into(), params).into());
    }
}

/// A diagnostic, and the file that it is shown in.
pub(super) fn converted(snapshot: &Snapshot, it: &Found) -> Option<(PathBuf, Diagnostic)> {
    let (path, range) = place(snapshot, &it.primary.place)?;
    let severity = if it.is_error() { DiagnosticSeverity::Error } else { DiagnosticSeverity::Warning };
    let message = message_of(it);
    let related = |it: &Label| {
        let (path, range) = place(snapshot, &it.place)?;
        let uri = snapshot.uri(&path)?;
        Some(DiagnosticRelatedInformation { location: Location { uri, range }, message: it.text.to_string() })
    };
    let related: Vec<DiagnosticRelatedInformation> = it.secondary.iter().filter_map(related).collect();
    let diagnostic = Diagnostic {
        range,
        severity: Some(severity),
        code: Some(it.code.id.to_owned().into()),
        source: Some("fleetc".into()),
        message: message.into(),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    };
    Some((path, diagnostic))
}

/// All that is to be said, a sentence a line.
fn message_of(it: &Found) -> String {
    let label = if it.primary.text.is_empty() { EcoString::new() } else { eco_format!(": {}", it.primary.text) };
    let help = it.help.iter().map(|it| eco_format!("help: {it}"));
    let cluster = it.cluster.iter().map(|it| eco_format!("on cluster `{it}`"));
    let lines = std::iter::once(eco_format!("{}{label}", it.message)).chain(it.notes.iter().cloned());
    lines.chain(help).chain(cluster).collect::<Vec<_>>().join("\n")
}

fn place(snapshot: &Snapshot, place: &Place) -> Option<(PathBuf, lsp_types::Range)> {
    let (file, range) = match place {
        Place::Origin(at) if at.anchor.kind(&snapshot.db) == crate::source::Kind::Data => {
            // A row or a value: where it stands in its own file.
            let it = crate::data::locate(&snapshot.db, *at)?;
            let path = snapshot.root.join(it.path.as_str());
            let range = Lines::of(&it.text, snapshot.client.encoding).range(&it.range);
            return Some((path, range));
        }
        Place::File(path) => {
            return Some((snapshot.root.join(path.as_str()), lsp_types::Range::default()));
        }
        other => span(&snapshot.db, other)?,
    };
    let path = snapshot.path(file)?;
    Some((path, snapshot.lines(file).range(&range)))
}

/// Where something stands in a source.
pub(super) fn span(db: &dyn Db, place: &Place) -> Option<(SourceFile, Range<usize>)> {
    match place {
        Place::Origin(at) if at.anchor.kind(db) == crate::source::Kind::Data => None,
        Place::Origin(at) => locate(db, *at),
        Place::Span { file, start, end } => Some((*file, *start..*end)),
        Place::File(_) => None,
    }
}

impl Snapshot {
    /// Where a file lies; none for the standard library.
    pub(super) fn path(&self, file: SourceFile) -> Option<PathBuf> {
        (!is_of_library(file.package(&self.db))).then(|| place_of(&self.root, file.path(&self.db)))
    }

    pub(super) fn lines(&self, file: SourceFile) -> Lines {
        Lines::of_source(&self.db, file, self.client.encoding)
    }

    /// As the editor calls the file, if it has it open.
    pub(super) fn uri(&self, path: &std::path::Path) -> Option<lsp_types::Uri> {
        self.open.get(path).map(|(uri, _)| uri.clone()).or_else(|| uri_of(path))
    }
}
