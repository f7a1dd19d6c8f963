//! What the names of a file are, for those who colour them.

use std::ops::Range;

use super::occurrence::{Symbol, occurrences_in};
use super::scope::declared_in;
use crate::source::{Db, Kind, SourceFile};
use crate::syntax;

/// What sort of name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// A cluster, a catalogue, an add-on: what declarations are made of.
    Declaration,
    Type,
    Function,
    /// A `let`, a variable.
    Variable,
    /// A param of an add-on, a parameter of a function.
    Parameter,
    /// A fact, a field.
    Property,
}

/// A name.
#[derive(Clone, Debug)]
pub struct Highlight {
    /// In bytes.
    pub range: Range<usize>,
    pub colour: Colour,
    pub defines: bool,
    /// Whether the language has it, and no author.
    pub is_built_in: bool,
}

/// The names of a file, in the order of its text; none overlaps another.
#[must_use]
pub fn highlights(db: &dyn Db, file: SourceFile) -> Vec<Highlight> {
    let mut found: Vec<Highlight> = Vec::new();
    for anchor in &**syntax::anchors(db, file) {
        for it in occurrences_in(db, *anchor).iter() {
            let Some(place) = it.place(db).filter(|it| it.file == file) else { continue };
            let (colour, is_built_in) = match &it.symbol {
                Symbol::Builtin(_) => (Colour::Function, true),
                Symbol::Field(_) => (Colour::Property, true),
                Symbol::At(at) if at.node == 0 => match at.anchor.kind(db) {
                    Kind::Type => (Colour::Type, false),
                    Kind::Fn => (Colour::Function, false),
                    Kind::Let => (Colour::Variable, false),
                    _ => (Colour::Declaration, false),
                },
                Symbol::At(at) => match at.anchor.kind(db) {
                    Kind::Fn => (Colour::Parameter, false),
                    Kind::ADDON | Kind::Baseline if declared_in(db, at.anchor, &it.name) == Some(*at) => {
                        (Colour::Parameter, false)
                    }
                    Kind::Fleet | Kind::Type => (Colour::Property, false),
                    _ => (Colour::Variable, false),
                },
            };
            found.push(Highlight { range: place.range, colour, defines: it.defines, is_built_in });
        }
    }
    found.sort_by_key(|it| (it.range.start, it.range.len()));
    let mut end = 0;
    found.retain(|it| {
        let is_free = it.range.start >= end && !it.range.is_empty();
        if is_free {
            end = it.range.end;
        }
        is_free
    });
    found
}
