//! What a function wants, while its arguments are written.

use ecow::{EcoString, eco_format};

use super::hover::documentation;
use super::occurrence::Symbol;
use crate::names;
use crate::source::{Db, Kind, Origin, SourceFile};
use crate::types::{self, builtin};

/// A function, and the argument that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub label: EcoString,
    pub doc: Option<EcoString>,
    /// Each parameter as it stands in the label.
    pub params: Vec<EcoString>,
    pub active: usize,
}

/// How far back a call may begin, in bytes.
const FAR: usize = 4000;

/// The innermost call around a place.
#[must_use]
pub fn signature(db: &dyn Db, file: SourceFile, offset: usize) -> Option<Signature> {
    let text = file.text(db);
    let mut from = offset.saturating_sub(FAR);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..offset)?;
    let (name, active) = call(before)?;
    if let Some(it) = builtin::find(name) {
        let params = it.params.iter().map(|it| it.name.into()).collect();
        return Some(Signature { label: it.signature.into(), doc: Some(it.doc.into()), params, active });
    }
    let anchor = *names::index(db, db.project()).lets.get(name)?;
    if anchor.kind(db) != Kind::Fn {
        return None;
    }
    let ty = &types::function_type(db, anchor).value;
    let params: Vec<EcoString> = ty.params.iter().map(|it| eco_format!("{}: {}", it.name, it.ty)).collect();
    let label = eco_format!("{name}({}): {}", params.join(", "), ty.result);
    let doc = documentation(db, &Symbol::At(Origin::of(anchor)));
    Some(Signature { label, doc, params, active })
}

/// The name of the call that a text ends in, and how many arguments stand before its end.
fn call(text: &str) -> Option<(&str, usize)> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, it)) = chars.next() {
        match it {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            _ if quoted => {}
            '/' if text.get(at..).is_some_and(|it| it.starts_with("//")) => {
                while chars.next_if(|(_, it)| *it != '\n').is_some() {}
            }
            '(' | '[' | '{' => open.push((at, 0)),
            ')' | ']' | '}' => {
                open.pop();
            }
            ',' => {
                if let Some((_, count)) = open.last_mut() {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    let (at, count) = open.into_iter().rev().find(|(at, _)| text.get(*at..).is_some_and(|it| it.starts_with('(')))?;
    let before = text.get(..at)?;
    let is_of_name = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_');
    let from = before.rfind(|it| !is_of_name(it)).map_or(0, |it| it + 1);
    before.get(from..).filter(|it| !it.is_empty()).map(|it| (it, count))
}
