//! What an author is told of a name that they point at.

use std::fmt::Write;
use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::cursor::Cursor;
use super::effective::{effective, of_fact};
use super::occurrence::{Occurrence, Symbol, occurrence_at};
use super::place::{FileRange, declaration_at, nodes_at, place_of};
use crate::data;
use crate::fleet;
use crate::render::owner;
use crate::source::{Anchor, Db, Kind, Origin, SourceFile};
use crate::syntax::ast::{Head, Key, Member, OverrideOf, TypeBody};
use crate::syntax::{self, ast};
use crate::types::{self, builtin};

/// A text in Markdown, and what it is about.
#[derive(Clone, Debug)]
pub struct Hover {
    pub text: String,
    pub place: FileRange,
}

/// Most values that are listed.
const MOST: usize = 6;

/// Most characters of a value that are shown.
const WIDEST: usize = 80;

/// What is known of the name at a place.
#[must_use]
pub fn hover(db: &dyn Db, file: SourceFile, offset: usize) -> Option<Hover> {
    let mut text = String::new();
    let Some((named, place)) = occurrence_at(db, file, offset) else {
        if let Some((word, range)) = keyword_at(db, file, offset) {
            return Some(Hover { text: syntax::word(word)?.into(), place: FileRange { file, range } });
        }
        // A key that no type knows: what it comes to is all that there is to say.
        let (_, path) = entry_at(db, file, offset)?;
        let (.., range) = nodes_at(db, file, offset).into_iter().next()?;
        let values = values(db, file, offset, None)?;
        return Some(Hover { text: format!("`{}`\n\n{values}", path.join(".")), place: FileRange { file, range } });
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "```fleet\n{}\n```", signature(db, &named));
    if let Some(doc) = documentation(db, &named.symbol) {
        let _ = writeln!(text, "\n{doc}");
    }
    if let Some(values) = values(db, file, offset, Some(&named)) {
        let _ = write!(text, "\n{values}");
    }
    if let Symbol::At(at) = &named.symbol
        && !named.defines
        && let Some(it) = place_of(db, *at)
    {
        let line = it.file.text(db).get(..it.range.start).unwrap_or_default().matches('\n').count() + 1;
        let _ = write!(text, "\n{} · `{}:{line}`", owner(db, at.anchor), it.file.path(db));
    }
    Some(Hover { text, place })
}

/// A word of the language, where it is not the name of something.
fn keyword_at(db: &dyn Db, file: SourceFile, offset: usize) -> Option<(&str, Range<usize>)> {
    let text = file.text(db);
    let is_of_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-');
    let start = text.get(..offset)?.trim_end_matches(is_of_word).len();
    let end = text.len() - text.get(offset..)?.trim_start_matches(is_of_word).len();
    let word = text.get(start..end)?;
    let before = text.get(..start)?;
    let behind = text.get(end..)?.trim_start_matches([' ', '\t']);
    // What heads a value, or comes after a dot, is a name.
    let is_name = before.ends_with('.')
        || match behind.chars().next() {
            Some('=') => !behind.starts_with("==") && !word.starts_with(char::is_uppercase),
            Some('+') => behind.starts_with("+="),
            Some(':') => true,
            Some('{') => word != "moved",
            Some('.') => !["cluster", "catalogue", "params", "irsa", "fleet", "it"].contains(&word),
            _ => false,
        };
    let cursor = Cursor::new(before);
    let is_code = !cursor.is_comment() && !cursor.is_quoted();
    (syntax::word(word).is_some() && is_code && !is_name).then_some((word, start..end))
}

/// What it is, as the language writes it.
pub(super) fn signature(db: &dyn Db, named: &Occurrence) -> EcoString {
    let typed = |name: &str| named.ty.as_ref().map_or_else(|| name.into(), |ty| eco_format!("{name}: {}", shape(ty)));
    match &named.symbol {
        Symbol::Builtin(name) => builtin::find(name).map_or_else(|| name.clone(), |it| it.signature.into()),
        Symbol::Field(name) => typed(name),
        Symbol::At(at) if at.node == 0 => declared(db, at.anchor),
        Symbol::At(at) => written(db, *at).unwrap_or_else(|| typed(&named.name)),
    }
}

/// A type, where an object that has no type of its own is told by its fields.
pub(super) fn shape(ty: &types::Type) -> EcoString {
    let types::Type::Record(it) = ty else { return eco_format!("{ty}") };
    if it.origin.is_some() || it.name != types::THIS_OBJECT {
        return eco_format!("{ty}");
    }
    let fields: Vec<EcoString> =
        it.fields.iter().map(|(name, field)| eco_format!("{name}: {}", shape(&field.ty))).collect();
    if fields.is_empty() { "{ }".into() } else { eco_format!("{{ {} }}", fields.join(", ")) }
}

/// What declares a fact, a param, a field: its name, its type and what it is by default.
fn written(db: &dyn Db, at: Origin) -> Option<EcoString> {
    let name = place_of(db, at)?;
    let nodes = syntax::parse(db, name.file).nodes.get(&at.anchor)?;
    let begin_there = nodes.iter().filter(|it| it.start == name.range.start && it.end > name.range.start);
    let texts = begin_there.filter_map(|it| name.file.text(db).get(it.clone()));
    let declares =
        |it: &&str| it.trim_start_matches(|it: char| it.is_alphanumeric() || "-_\"".contains(it)).starts_with(':');
    let text = texts.filter(declares).min_by_key(|it| it.len())?;
    // Columns that are aligned are not, alone.
    let (name, ty) = text.lines().next()?.split_once(':')?;
    Some(eco_format!("{name}: {}", ty.trim()))
}

fn declared(db: &dyn Db, anchor: Anchor) -> EcoString {
    let name = anchor.name(db);
    match &syntax::declaration(db, anchor).head {
        Head::Fn { params, .. } => {
            let of = &types::function_type(db, anchor).value;
            let param = |(param, written): (&types::Param, &ast::FnParam)| {
                let default = if written.default.is_some() { " = …" } else { "" };
                eco_format!("{}: {}{default}", param.name, param.ty)
            };
            let params: Vec<EcoString> = of.params.iter().zip(params).map(param).collect();
            eco_format!("fn {name}({}): {}", params.join(", "), of.result)
        }
        Head::Let { .. } => eco_format!("let {name}: {}", shape(&types::let_type(db, anchor).value)),
        Head::Type(TypeBody::Alias(_)) => {
            let place = place_of(db, Origin::of(anchor));
            let line = place.and_then(|it| {
                let text = it.file.text(db);
                let from = text.get(..it.range.start)?.rfind('\n').map_or(0, |it| it + 1);
                text.get(from..)?.lines().next().map(EcoString::from)
            });
            line.unwrap_or_else(|| eco_format!("type {name}"))
        }
        _ => {
            eco_format!("{} {name}", anchor.kind(db).word())
        }
    }
}

/// What its author says of it.
pub(super) fn documentation(db: &dyn Db, symbol: &Symbol) -> Option<EcoString> {
    match symbol {
        Symbol::Builtin(name) => builtin::find(name).map(|it| it.doc.into()),
        Symbol::Field(_) => None,
        Symbol::At(at) if at.node == 0 => syntax::declaration(db, at.anchor).doc.clone(),
        Symbol::At(at) => {
            let place = place_of(db, *at)?;
            let above = place.file.text(db).get(..place.range.start)?;
            let (above, _) = above.rsplit_once('\n')?;
            let mut lines: Vec<&str> = above.split('\n').rev().map_while(|it| it.trim().strip_prefix("///")).collect();
            lines.reverse();
            let text: Vec<&str> = lines.iter().map(|it| it.trim()).collect();
            (!text.is_empty()).then(|| text.join("\n").into())
        }
    }
}

/// What a fact, a param or an entry comes to on each cluster, and what it stands over.
fn values(db: &dyn Db, file: SourceFile, offset: usize, named: Option<&Occurrence>) -> Option<String> {
    let all = match named.map(|it| (&it.symbol, &it.name)) {
        Some((Symbol::At(at), name)) if at.node != 0 && at.anchor.kind(db) == Kind::Fleet => of_fact(db, name, MOST),
        Some((Symbol::At(at), name)) if at.node != 0 && is_param(db, *at) => {
            let entry = entry_at(db, file, offset).filter(|(_, path)| path.first().is_some_and(|it| it == "params"));
            let (item, path) = entry
                .or_else(|| Some((declaration_at(db, file, offset)?, vec!["params".into(), name.clone()])))
                .filter(|(item, _)| item.kind(db) == Kind::ADDON)?;
            effective(db, item, &path.iter().map(EcoString::as_str).collect::<Vec<_>>(), MOST)
        }
        _ => {
            let (item, path) = entry_at(db, file, offset)?;
            effective(db, item, &path.iter().map(EcoString::as_str).collect::<Vec<_>>(), MOST)
        }
    };
    if all.iter().all(|it| it.value.is_none()) {
        return None;
    }
    let has_layers = all.iter().take(MOST).any(|it| !it.over.is_empty());
    let mut out = String::from("| on | value | by |");
    out.push_str(if has_layers { " over |\n| --- | --- | --- | --- |\n" } else { "\n| --- | --- | --- |\n" });
    for it in all.iter().take(MOST) {
        let on = match it.on.as_slice() {
            [first, .., last] if it.on.len() > 3 => {
                // `one (web)`: of a definition, each add-on counts.
                let what = if last.ends_with(')') { "add-ons" } else { "clusters" };
                eco_format!("{} {what}, such as `{first}`", it.on.len())
            }
            all => all.iter().map(|it| eco_format!("`{it}`")).collect::<Vec<_>>().join(", ").into(),
        };
        let value = it.value.as_ref().map_or_else(|| "nothing".into(), quoted);
        let others = match it.others {
            0 => EcoString::new(),
            1 => " and 1 other".into(),
            count => eco_format!(" and {count} others"),
        };
        let by = it.origin.map_or_else(EcoString::new, |at| eco_format!("{}{others}", setter(db, at)));
        let _ = write!(out, "| {on} | {value} | {by} |");
        if has_layers {
            let over: Vec<EcoString> =
                it.over.iter().map(|(value, at)| eco_format!("{} {}", quoted(value), setter(db, *at))).collect();
            let _ = write!(out, " {} |", over.join("<br>"));
        }
        out.push('\n');
    }
    if all.len() > MOST {
        let _ = writeln!(out, "| … and {} other values | | |", all.len() - MOST);
    }
    Some(out)
}

/// Whether a place declares a param.
fn is_param(db: &dyn Db, at: Origin) -> bool {
    matches!(at.anchor.kind(db), Kind::ADDON | Kind::Baseline)
        && fleet::params_of(db, at.anchor).values().any(|it| it.origin == at)
}

/// A value in a cell of a table, shortened.
fn quoted(value: &EcoString) -> EcoString {
    let is_long = value.chars().count() > WIDEST;
    let shown: String =
        if is_long { value.chars().take(WIDEST - 1).chain(['…']).collect() } else { value.to_string() };
    eco_format!("`{}`", shown.replace('|', "\\|").replace('`', "'").replace('\n', " "))
}

/// Who set a value, and where.
fn setter(db: &dyn Db, at: Origin) -> EcoString {
    let line = |path: &str, text: &str, start: usize| {
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        eco_format!("`{path}:{line}`")
    };
    if at.anchor.kind(db) == Kind::Data {
        return data::locate(db, at).map_or_else(EcoString::new, |it| line(&it.path, &it.text, it.range.start));
    }
    let owner = owner(db, at.anchor);
    place_of(db, at).map_or_else(
        || owner.clone(),
        |it| eco_format!("{owner} {}", line(it.file.path(db), it.file.text(db), it.range.start)),
    )
}

/// The item that an entry is about, and the entry's path in its block.
pub(super) fn entry_at(db: &dyn Db, file: SourceFile, offset: usize) -> Option<(Anchor, Vec<EcoString>)> {
    let (anchor, node, _) = nodes_at(db, file, offset).into_iter().next()?;
    let declaration = syntax::declaration(db, anchor);
    let mut path = Vec::new();
    match anchor.kind(db) {
        Kind::ADDON | Kind::MANIFEST => descend(&declaration.body, node, &mut path).then_some((anchor, path)),
        _ => overridden(db, anchor, &declaration.body, declaration, node),
    }
}

fn overridden(
    db: &dyn Db,
    anchor: Anchor,
    block: &ast::Block,
    declaration: &ast::Declaration,
    node: u32,
) -> Option<(Anchor, Vec<EcoString>)> {
    let mut path = Vec::new();
    if let Head::Override { what: OverrideOf::Item, target, .. } = &declaration.head {
        return descend(block, node, &mut path).then_some((targeted(db, anchor, target)?, path));
    }
    block.members.iter().find_map(|it| match it {
        Member::Override(it) if it.what == OverrideOf::Item => {
            let mut path = Vec::new();
            descend(&it.block, node, &mut path).then_some((targeted(db, anchor, &it.target)?, path))
        }
        _ => None,
    })
}

/// The item that the override around a place is about.
pub(super) fn overridden_at(db: &dyn Db, file: SourceFile, offset: usize) -> Option<Anchor> {
    nodes_at(db, file, offset).into_iter().find_map(|(anchor, node, _)| {
        let declaration = syntax::declaration(db, anchor);
        if let Head::Override { what: OverrideOf::Item, target, .. } = &declaration.head {
            return targeted(db, anchor, target);
        }
        declaration.body.members.iter().find_map(|it| match it {
            Member::Override(it) if it.what == OverrideOf::Item && it.node == node => targeted(db, anchor, &it.target),
            _ => None,
        })
    })
}

/// The one item that an override names.
fn targeted(db: &dyn Db, anchor: Anchor, target: &ast::Target) -> Option<Anchor> {
    let index = crate::names::index_of(db, anchor);
    match target.parts.as_slice() {
        [Some(name)] => index.item_named(anchor, name),
        [Some(catalogue), Some(name)] => index.items.get(index.catalogues.get(catalogue)?)?.get(name).copied(),
        _ => None,
    }
}

/// The keys from a block down to a node in the path of one of its entries.
fn descend(block: &ast::Block, node: u32, path: &mut Vec<EcoString>) -> bool {
    for member in &block.members {
        let Member::Entry(entry) = member else { continue };
        let mark = path.len();
        for segment in &entry.path.segments {
            let Key::Name(name) = &segment.key else { break };
            path.push(name.clone());
            if segment.node == node {
                return true;
            }
        }
        if entry.node == node || entry.path.node == node {
            return true;
        }
        if let ast::Action::Amend(inner) | ast::Action::AmendTyped { block: inner, .. } = &entry.action
            && descend(inner, node, path)
        {
            return true;
        }
        path.truncate(mark);
    }
    false
}
