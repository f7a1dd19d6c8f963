//! A diagnostic with its places found, as every format needs it.

use ecow::{EcoString, eco_format};
use sha2::{Digest, Sha256};

use crate::data::{self, Located};
use crate::diagnostic::{Bug, Code, Diagnostic, Label, Place, Severity, code};
use crate::render::terminal;
use crate::source::Db;

/// Something that is wrong, or worth a look.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub id: EcoString,
    /// None for what is no diagnostic of the language.
    pub code: Option<Code>,
    pub is_error: bool,
    pub message: EcoString,
    /// What is at the place.
    pub label: EcoString,
    pub place: Option<Point>,
    /// Other places that are part of the story, each with what is to be said of it.
    pub others: Vec<(Point, EcoString)>,
    pub notes: Vec<EcoString>,
    pub help: Option<EcoString>,
    pub cluster: Option<EcoString>,
    /// All of it as a terminal shows it.
    pub text: String,
    /// What makes two the same mistake, wherever it moves in its file; see [`seal`].
    pub fingerprint: EcoString,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// From the repository's top, with `/`.
    pub path: EcoString,
    /// First and last character, counted from 1; none for the file as a whole.
    pub range: Option<Range>,
}

/// Lines and columns, counted from 1; the end is that behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

/// Finds the places of diagnostics; `prefix` is where the project lies in its repository.
#[must_use]
pub fn findings(db: &dyn Db, prefix: &str, found: &[Diagnostic]) -> Vec<Finding> {
    found.iter().map(|it| finding(db, prefix, it)).collect()
}

fn finding(db: &dyn Db, prefix: &str, it: &Diagnostic) -> Finding {
    let others = it.secondary.iter().filter_map(|label| Some((point(db, prefix, label)?.0, label.text.clone())));
    let (place, line) = point(db, prefix, &it.primary).map_or((None, EcoString::new()), |(it, line)| (Some(it), line));
    let path = place.as_ref().map(|it| it.path.clone()).unwrap_or_default();
    Finding {
        id: it.code.id.into(),
        code: Some(it.code),
        is_error: it.code.severity == Severity::Error,
        message: it.message.clone(),
        label: it.primary.text.clone(),
        place,
        others: others.collect(),
        notes: it.notes.clone(),
        help: it.help.clone(),
        cluster: it.cluster.clone(),
        text: terminal::plain(db, it),
        fingerprint: eco_format!("{}\n{path}\n{}\n{line}", it.code.id, it.message),
    }
}

impl Finding {
    /// A file of the tree that is not what a build writes.
    #[must_use]
    pub fn of_tree(prefix: &str, path: &str, is_extra: bool) -> Self {
        let what = if is_extra { "is no longer generated" } else { "differs from the sources" };
        let message = eco_format!("`{path}` {what}");
        let help = EcoString::from("run `fleetc build` and commit the result");
        Self {
            id: "tree".into(),
            code: None,
            is_error: true,
            text: format!("error: {message}\n  = help: {help}"),
            fingerprint: eco_format!("tree\n{path}\n{is_extra}"),
            message,
            label: EcoString::new(),
            place: Some(Point { path: joined(prefix, path), range: None }),
            others: Vec::new(),
            notes: Vec::new(),
            help: Some(help),
            cluster: None,
        }
    }

    /// A broken invariant of fleetc.
    #[must_use]
    pub fn of_bug(bug: &Bug) -> Self {
        let code = code::INTERNAL;
        let message = eco_format!("internal error: {}", bug.what);
        let notes = vec![
            eco_format!("found at {} by fleetc {}", bug.at, env!("CARGO_PKG_VERSION")),
            EcoString::from("this is a bug in fleetc, not in your sources; nothing was written"),
        ];
        let help = EcoString::from(
            "report this message, the command and, if you can, the sources at https://github.com/fleetc/fleetc/issues",
        );
        let notes_text = notes.iter().fold(String::new(), |text, it| text + "\n  = note: " + it);
        Self {
            id: code.id.into(),
            code: Some(code),
            is_error: true,
            text: format!("error[{}]: {message}{notes_text}\n  = help: {help}", code.id),
            fingerprint: eco_format!("{}\n{message}", code.id),
            message,
            label: EcoString::new(),
            place: None,
            others: Vec::new(),
            notes,
            help: Some(help),
            cluster: None,
        }
    }

    /// The message, what is at the place, and how to fix it, in a few lines.
    #[must_use]
    pub fn summary(&self) -> String {
        let label = if self.label.is_empty() { String::new() } else { format!(": {}", self.label) };
        let notes = self.notes.iter().map(|it| format!("\nnote: {it}"));
        let help = self.help.iter().map(|it| format!("\nhelp: {it}"));
        std::iter::once(format!("{}{label}", self.message)).chain(notes).chain(help).collect()
    }
}

/// Makes fingerprints of what they are made from; two that are alike are told apart by
/// their order.
pub fn seal(all: &mut [Finding]) {
    let texts: Vec<EcoString> = all.iter().map(|it| it.fingerprint.clone()).collect();
    for (nth, it) in all.iter_mut().enumerate() {
        let before = texts.iter().take(nth).filter(|text| **text == it.fingerprint).count();
        let digest = Sha256::digest(eco_format!("{}\n{before}", it.fingerprint).as_bytes());
        it.fingerprint = digest.iter().take(16).map(|it| eco_format!("{it:02x}")).collect();
    }
}

fn point(db: &dyn Db, prefix: &str, label: &Label) -> Option<(Point, EcoString)> {
    let (located, is_own) = match &label.place {
        Place::Origin(origin) => {
            let is_data = origin.anchor.kind(db) == crate::source::Kind::Data;
            let is_own = is_data || origin.anchor.file(db).package(db).is_empty();
            (data::locate(db, *origin)?, is_own)
        }
        Place::Span { file, start, end } => (Located::in_source(db, *file, *start..*end), file.package(db).is_empty()),
        Place::File(path) => return Some((Point { path: joined(prefix, path), range: None }, EcoString::new())),
    };
    let Located { path, text, range } = located;
    let path = if is_own { joined(prefix, &path) } else { path };
    let (line, column) = position(&text, range.start)?;
    let (end_line, end_column) = position(&text, range.end)?;
    let whole = text.lines().nth(line - 1).unwrap_or_default().trim().into();
    Some((Point { path, range: Some(Range { line, column, end_line, end_column }) }, whole))
}

/// Line and column of a byte, both from 1; columns are characters.
fn position(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text.get(..at)?;
    let from = before.rfind('\n').map_or(0, |it| it + 1);
    Some((before.matches('\n').count() + 1, before.get(from..)?.chars().count() + 1))
}

fn joined(prefix: &str, path: &str) -> EcoString {
    if prefix.is_empty() { path.into() } else { eco_format!("{prefix}/{path}") }
}
