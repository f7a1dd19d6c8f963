//! A fact or a param that is read or set, and that nothing declares: its declaration.

use ecow::{EcoString, eco_format};

use super::change::{Fix, beginning, beginning_of};
use super::complete::field;
use super::key::names_a_key;
use super::place::FileRange;
use crate::check;
use crate::diagnostic::{self, Diagnostic, Subject, code};
use crate::fleet;
use crate::names::{self, is_reserved};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax;
use crate::syntax::ast::{Action, Block, Entry, Key, Member};
use crate::types::{self, Type};

/// The declaration that a diagnostic asks for, if it does.
pub(super) fn declaration(db: &dyn Db, it: &Diagnostic, at: Origin, place: &FileRange) -> Option<Fix> {
    let (owner, name) = match it.subject.as_ref()? {
        Subject::Undeclared(facts) => {
            let s = if facts.len() == 1 { "" } else { "s" };
            return fix(db, at.anchor, "facts", &eco_format!("fact{s}"), &facts.join(", "), true);
        }
        Subject::Fact(name) => (fleet::settings(db, db.project()).value.anchor?, name),
        Subject::Param(name) => (owner(db, it, &[Kind::ADDON, Kind::Baseline])?, name),
        Subject::Cases(_) | Subject::Lacking(_) | Subject::Facts => return None,
    };
    let ty = match it.code {
        code::NO_MEMBER => read_as(db, at, place),
        code::UNKNOWN_FIELD => set_to(db, at)?,
        _ => return None,
    };
    let is_own = owner.file(db).package(db).is_empty();
    if !names_a_key(name) || is_reserved(name) || !is_own {
        return None;
    }
    let (key, what) = if owner.kind(db) == Kind::Fleet { ("facts", "fact") } else { ("params", "param") };
    let is_preferred = it.suggestion.is_none();
    fix(db, owner, key, what, &eco_format!("{name}: {ty}"), is_preferred)
}

/// Declarations in `facts { … }` or `params { … }`, at the head of the block if there is one.
fn fix(db: &dyn Db, owner: Anchor, key: &str, what: &str, lines: &str, is_preferred: bool) -> Option<Fix> {
    let edit = match block_of(&syntax::declaration(db, owner).body, key) {
        Some(block) => beginning_of(db, Origin::new(owner, block.node), lines)?,
        None => beginning(db, owner, &eco_format!("{key} {{ {lines} }}"))?,
    };
    Some(Fix { title: eco_format!("Declare the {what} `{lines}`"), edits: vec![edit], is_preferred })
}

/// What the diagnostic says declares the others.
fn owner(db: &dyn Db, it: &Diagnostic, kinds: &[Kind]) -> Option<Anchor> {
    it.secondary.iter().find_map(|it| match &it.place {
        diagnostic::Place::Origin(at) if kinds.contains(&at.anchor.kind(db)) => Some(at.anchor),
        _ => None,
    })
}

/// `facts { … }`, `params { … }`
fn block_of<'a>(block: &'a Block, key: &str) -> Option<&'a Block> {
    block.members.iter().find_map(|it| match it {
        Member::Entry(Entry { path, action: Action::Amend(inner), .. }) => match path.segments.as_slice() {
            [only] if only.key == Key::Name(key.into()) => Some(inner),
            _ => None,
        },
        _ => None,
    })
}

/// The type of what a key is set to.
fn set_to(db: &dyn Db, at: Origin) -> Option<EcoString> {
    let mut found = None;
    entries(&syntax::declaration(db, at.anchor).body, &mut |_, entry| {
        if entry.path.segments.last().is_some_and(|it| it.node == at.node) {
            found = Some(match &entry.action {
                Action::Assign(value) | Action::Append(value) => {
                    let known = check::notes(db, at.anchor);
                    known.types.get(&value.node).map_or_else(|| "Any".into(), |it| written(db, &types::widen(it)))
                }
                Action::Amend(_) => "{String: Any}".into(),
                Action::AmendTyped { .. } | Action::Declare { .. } => return,
            });
        }
    });
    found
}

/// The type that a name is read as: by what it is held against, or by the key that it is for.
fn read_as(db: &dyn Db, at: Origin, place: &FileRange) -> EcoString {
    let text = place.file.text(db);
    let after = text.get(place.range.end..).unwrap_or_default().lines().next().unwrap_or_default().trim_start();
    let before = text.get(..place.range.start).unwrap_or_default().lines().next_back().unwrap_or_default().trim_end();
    let operators = ["==", "!=", ">=", "<=", ">", "<", "+", "-", "*", "/"];
    if let Some(rest) = operators.iter().find_map(|it| after.strip_prefix(it)) {
        return match rest.trim_start().chars().next() {
            Some(it) if it.is_ascii_digit() => "Int".into(),
            Some('t' | 'f') if rest.trim_start().starts_with(['t', 'f']) => "Bool".into(),
            _ => "String".into(),
        };
    }
    let is_list = before.ends_with(" in") && before.contains("for ");
    let is_condition = ["when", "if", "not", "and", "or"]
        .iter()
        .any(|it| before.strip_suffix(it).is_some_and(|rest| rest.ends_with([' ', '(']) || rest.is_empty()));
    if is_list {
        return "[String]".into();
    }
    if is_condition && !after.starts_with("in ") {
        return "Bool".into();
    }
    let mut key = None;
    entries(&syntax::declaration(db, at.anchor).body, &mut |block, entry| {
        if let Action::Assign(value) = &entry.action
            && value.node == at.node
        {
            let mut ty = check::notes(db, at.anchor).blocks.get(&block.node).cloned();
            for segment in &entry.path.segments {
                ty = ty.and_then(|ty| match &segment.key {
                    Key::Name(name) => field(&ty, name),
                    Key::Interpolated(_) => None,
                });
            }
            key = ty;
        }
    });
    key.map_or_else(|| "String".into(), |it| written(db, it.present()))
}

/// Every entry of a block and of the blocks in it, each with the block that it stands in.
fn entries<'a>(block: &'a Block, visit: &mut dyn FnMut(&'a Block, &'a Entry)) {
    for member in &block.members {
        match member {
            Member::Entry(entry) => {
                visit(block, entry);
                if let Action::Amend(inner) | Action::AmendTyped { block: inner, .. } = &entry.action {
                    entries(inner, visit);
                }
            }
            Member::Override(it) => entries(&it.block, visit),
            Member::Patch(it) => entries(&it.block, visit),
            Member::Use(it) => it.block.iter().for_each(|it| entries(it, visit)),
            _ => {}
        }
    }
}

/// A type as an author writes it.
fn written(db: &dyn Db, ty: &Type) -> EcoString {
    match ty {
        Type::Bool => "Bool".into(),
        Type::Int => "Int".into(),
        Type::Float => "Float".into(),
        Type::Text => "String".into(),
        Type::Refined(it) => {
            let known = &names::index(db, db.project()).types;
            let name = it.name.clone().filter(|name| known.contains_key(name));
            name.unwrap_or_else(|| written(db, ty.base()))
        }
        Type::Union(_) if ty.literals().is_some() => ty.to_string().into(),
        Type::List(of) => eco_format!("[{}]", written(db, of)),
        Type::Map(of) => eco_format!("{{String: {}}}", written(db, of)),
        Type::Record(_) => "{String: Any}".into(),
        _ => "Any".into(),
    }
}
