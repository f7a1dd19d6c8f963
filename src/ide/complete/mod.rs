//! What may be written at a place.
//!
//! A line that is half typed cannot be read, so its own words are looked at as text; what
//! stands around it is known from the declarations.

mod keys;
mod keywords;
mod packages;
mod statement;
mod value;

use ecow::{EcoString, eco_format};

use super::cursor::Cursor;
use super::hover::documentation;
use super::occurrence::Symbol;
use super::place::declaration_at;
use crate::names;
use crate::source::{Anchor, Db, Origin, SourceFile};
use crate::types::{RecordType, Type};

/// Something that may be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    pub label: EcoString,
    pub kind: CompletionKind,
    /// Its type, or what it is.
    pub detail: EcoString,
    /// In Markdown.
    pub doc: Option<EcoString>,
    /// What is written; `$1` is where the author goes on, if the editor knows that.
    pub snippet: Option<EcoString>,
}

/// What sort of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    Value,
    Field,
    Variable,
    Item,
    Function,
    Type,
    Keyword,
}

/// What may stand at a place; nothing in comments, and in strings that may be anything.
#[must_use]
pub fn complete(db: &dyn Db, file: SourceFile, offset: usize) -> Vec<Completion> {
    let Some(before) = file.text(db).get(..offset) else { return Vec::new() };
    let cursor = Cursor::new(before);
    if cursor.is_comment() {
        return Vec::new();
    }
    let asking = Asking { db, file, offset, anchor: declaration_at(db, file, offset), cursor };
    let mut found = asking.found();
    let mut seen = Vec::new();
    found.retain(|it| {
        let is_new = !seen.contains(&it.label);
        seen.push(it.label.clone());
        is_new
    });
    found
}

struct Asking<'a> {
    db: &'a dyn Db,
    file: SourceFile,
    offset: usize,
    anchor: Option<Anchor>,
    cursor: Cursor<'a>,
}

impl Asking<'_> {
    fn found(&self) -> Vec<Completion> {
        let is_quoted = self.cursor.is_quoted();
        if let Some(rest) = self.cursor.stem().trim_start().strip_prefix("import ") {
            return self.imported(rest);
        }
        if let Some(found) = self.patterns() {
            return found;
        }
        if !is_quoted && let Some(found) = self.statement() {
            return found;
        }
        if !is_quoted && let Some(found) = self.types() {
            return found;
        }
        if let Some(found) = self.value() {
            return found;
        }
        if is_quoted { Vec::new() } else { self.keys() }
    }

    /// The first word of the declaration that is half typed.
    fn first_word(&self) -> &str {
        self.cursor.stem().split_whitespace().next().unwrap_or_default()
    }

    fn index(&self) -> &names::Index {
        match self.anchor {
            Some(it) => names::index_of(self.db, it),
            None => names::index(self.db, self.db.project()),
        }
    }

    fn item(&self, name: &EcoString, anchor: Anchor, label: EcoString) -> Completion {
        let kind = anchor.kind(self.db);
        let parent = anchor.parent(self.db).map_or_else(EcoString::new, |it| eco_format!(" of `{}`", it.name(self.db)));
        Completion {
            label,
            kind: CompletionKind::Item,
            detail: eco_format!("{} {name}{parent}", kind.word()),
            doc: documentation(self.db, &Symbol::At(Origin::of(anchor))),
            snippet: None,
        }
    }
}

fn plain(label: &str, kind: CompletionKind, detail: &str) -> Completion {
    Completion { label: label.into(), kind, detail: detail.into(), doc: None, snippet: None }
}

pub(super) fn field(ty: &Type, name: &str) -> Option<Type> {
    match ty.present().base() {
        Type::Record(record) => record.fields.get(name).map(|it| it.ty.clone()),
        Type::Map(of) => Some((**of).clone()),
        _ => None,
    }
}

fn record_of(ty: &Type) -> Option<&RecordType> {
    match ty.present().base() {
        Type::Record(it) => Some(it),
        _ => None,
    }
}
