//! Input files as values whose nodes know their place in the file.
//!
//! In: the text of a YAML, JSON or CSV file. Out: a [`Document`], each node of
//! which has an origin in the file, and [`locate`], which finds the bytes of any
//! origin, in data or in sources. Knows no types and evaluates nothing.

mod csv;
mod file;
mod json;
mod mark;
mod problems;
mod reader;
mod size;
mod structured;

pub use file::{Document, Format};

use std::ops::Range;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use crate::diagnostic::Invariant;
use crate::source::{Anchor, Db, Kind, Origin, SourceFile};
use crate::syntax;
use crate::value::{Node, Value};

/// Where the input files of a declaration's package begin.
#[must_use]
pub fn path_of(db: &dyn Db, reader: Anchor, path: &str) -> EcoString {
    let package = reader.file(db).package(db);
    if package.is_empty() { path.into() } else { eco_format!("{PACKAGE}{package}/{path}") }
}

/// What the path of a package's input file begins with.
pub const PACKAGE: &str = "package:";

/// The anchor of a file that a declaration reads.
#[must_use]
pub fn anchor(db: &dyn Db, reader: Anchor, path: &str, format: Format) -> Anchor {
    Anchor::new(db, reader.file(db), None, Kind::Data, path_of(db, reader, path), format as u32, None)
}

fn format_of(db: &dyn Db, anchor: Anchor) -> Format {
    Format::ALL.into_iter().find(|it| *it as u32 == anchor.nth(db)).invariant("the anchor of a file has its format")
}

fn text(db: &dyn Db, anchor: Anchor) -> Option<Arc<str>> {
    db.data_file(anchor.name(db)).text(db).as_ref().ok().cloned()
}

/// The file behind an anchor.
#[salsa::tracked]
pub fn document(db: &dyn Db, anchor: Anchor) -> Arc<Document> {
    let Some(text) = text(db, anchor) else {
        let empty = Node::new(Value::Unknown, Origin::of(anchor));
        return Arc::new(Document { node: Ok(empty), size: 0, problems: Vec::new() });
    };
    Arc::new(match format_of(db, anchor) {
        Format::Csv => csv::read(anchor, &text),
        format => structured::read(reader::Origins::numbered(anchor), format, &text),
    })
}

/// A text that stands for a value, all of which has one origin.
#[must_use]
pub fn inline(format: Format, text: &str, origin: Origin) -> Document {
    structured::read(reader::Origins::one(origin), format, text)
}

/// The documents of a YAML text as they stand there; none where it cannot be read, or is too large.
#[must_use]
pub fn documents(text: &str) -> Option<Vec<serde_yaml::Value>> {
    try_documents(text).ok()
}

/// The documents of a YAML text as JSON, without empty ones. What is a number and what a text is as for readers of YAML 1.1.
///
/// # Errors
/// Why they cannot be read.
pub fn plain_documents(text: &str) -> Result<Vec<serde_json::Value>, EcoString> {
    structured::plain(text)
}

/// The documents of a YAML text.
///
/// # Errors
/// Why they cannot be read.
pub fn try_documents(text: &str) -> Result<Vec<serde_yaml::Value>, EcoString> {
    use serde::Deserialize;
    if size::too_large(text).is_some() {
        return Err("it is too large".into());
    }
    // A byte order mark is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let all = serde_yaml::Deserializer::from_str(text).map(serde_yaml::Value::deserialize);
    all.collect::<Result<_, _>>().map_err(|it| eco_format!("{it}"))
}

/// The bytes of each node of a file, by node number.
#[salsa::tracked]
fn places(db: &dyn Db, anchor: Anchor) -> Arc<[Range<usize>]> {
    let Some(text) = text(db, anchor) else { return Vec::new().into() };
    match format_of(db, anchor) {
        Format::Csv => csv::places(&text).into(),
        format => structured::places(format, &text).into(),
    }
}

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Located {
    /// From the project's root.
    pub path: EcoString,
    pub text: Arc<str>,
    pub range: Range<usize>,
}

impl Located {
    /// A place in a source. What is asked for on the command line is one line among those that make a source of it:
    /// that line is shown, as the first.
    #[must_use]
    pub fn in_source(db: &dyn Db, file: SourceFile, range: Range<usize>) -> Self {
        let (path, text) = (file.path(db).clone(), file.text(db));
        if !path.starts_with(OPTION) {
            return Self { path, text: Arc::clone(text), range };
        }
        let start = text.get(..range.start).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
        let line = text.get(start..).and_then(|it| it.lines().next()).unwrap_or_default();
        let end = (range.end - start).min(line.len());
        Self { path, text: line.into(), range: range.start - start..end.max(range.start - start) }
    }
}

/// How the names of sources begin that are options of a command.
const OPTION: &str = "--";

/// Where an origin stands today.
#[must_use]
pub fn locate(db: &dyn Db, origin: Origin) -> Option<Located> {
    if origin.anchor.kind(db) == Kind::Data {
        let text = text(db, origin.anchor)?;
        let range = places(db, origin.anchor).get(origin.node as usize).cloned().unwrap_or(0..0);
        let path = origin.anchor.name(db);
        let path = path.strip_prefix(PACKAGE).unwrap_or(path).into();
        return Some(Located { path, text, range });
    }
    let (file, range) = syntax::locate(db, origin)?;
    Some(Located::in_source(db, file, range))
}
