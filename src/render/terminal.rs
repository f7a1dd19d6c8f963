//! Diagnostics on a terminal, through codespan-reporting.

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label as ShownLabel, Severity as ShownSeverity};
use codespan_reporting::term;
use codespan_reporting::term::termcolor::WriteColor;

use crate::data::{self, Located};
use crate::diagnostic::{Diagnostic, Place, Severity, code};
use crate::source::Db;

use super::alike::merged;
use super::human;
use super::snippet::Snippets;

/// Most errors that are shown; more of them help nobody.
const LIMIT: usize = 20;

/// How many there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
}

/// Prints diagnostics, errors first, at most [`LIMIT`] of them; like ones count once. Or all of them, each by itself.
///
/// # Errors
/// If nothing can be written.
pub fn print(db: &dyn Db, found: &[Diagnostic], all: bool, out: &mut dyn WriteColor) -> std::io::Result<Counts> {
    let mut counts = Counts::default();
    let mut files = Snippets::default();
    let config = term::Config::default();
    let found = if all { found.to_vec() } else { merged(db, found) };
    let limit = if all { usize::MAX } else { LIMIT };
    for (nth, it) in found.iter().enumerate() {
        match it.code.severity {
            Severity::Error => counts.errors += 1,
            Severity::Warning => counts.warnings += 1,
        }
        if nth >= limit {
            continue;
        }
        let shown = diagnostic(db, it, &mut files);
        term::emit_to_write_style(out, &config, &files, &shown).map_err(std::io::Error::other)?;
    }
    if found.len() > limit {
        writeln!(out, "… and {} more: `fleetc check --all` shows them\n", found.len() - limit)?;
    }
    Ok(counts)
}

/// A diagnostic as text, without colours.
#[must_use]
pub(super) fn plain(db: &dyn Db, it: &Diagnostic) -> String {
    let mut out = term::termcolor::NoColor::new(Vec::new());
    let mut files = Snippets::default();
    let shown = diagnostic(db, it, &mut files);
    // Writing to a vector cannot fail.
    let _ = term::emit_to_write_style(&mut out, &term::Config::default(), &files, &shown);
    String::from_utf8_lossy(&out.into_inner()).trim_end().to_owned()
}

fn diagnostic(db: &dyn Db, it: &Diagnostic, files: &mut Snippets) -> Shown<usize> {
    let severity = match it.code.severity {
        Severity::Error => ShownSeverity::Error,
        Severity::Warning => ShownSeverity::Warning,
    };
    let mut notes: Vec<String> = it.notes.iter().map(|it| human(&format!("note: {it}"))).collect();
    notes.extend(it.help.iter().map(|it| human(&format!("help: {it}"))));
    let mut labels = Vec::new();
    let mut places = Vec::new();
    for (nth, label) in std::iter::once(&it.primary).chain(&it.secondary).enumerate() {
        // A log is read by more people than the sources are: no credential is in it.
        if it.code == code::PLAIN_CREDENTIAL
            && let Some(Located { path, text, range }) = place(db, &label.place)
        {
            let line = text.get(..range.start).map_or(1, |it| it.matches('\n').count() + 1);
            places.push(human(&format!("{path}:{line}: {}", label.text)));
            continue;
        }
        match place(db, &label.place) {
            Some(it) => {
                let (file, range) = files.locate(&it);
                let shown =
                    if nth == 0 { ShownLabel::primary(file, range) } else { ShownLabel::secondary(file, range) };
                labels.push(shown.with_message(human(&label.text)));
            }
            None => {
                if let Place::File(path) = &label.place {
                    places.push(human(&format!("{path}: {}", label.text)));
                }
            }
        }
    }
    places.append(&mut notes);
    Shown::new(severity).with_code(it.code.id).with_message(human(&it.message)).with_labels(labels).with_notes(places)
}

/// The file and bytes of a place.
fn place(db: &dyn Db, place: &Place) -> Option<Located> {
    match place {
        Place::Origin(origin) => data::locate(db, *origin),
        Place::Span { file, start, end } => Some(Located::in_source(db, *file, *start..*end)),
        Place::File(_) => None,
    }
}
