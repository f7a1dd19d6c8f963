//! Changes that an author may want where they stand, though nothing is wrong.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::change::{Edit, Fix};
use super::effective::{Effective, effective, users};
use super::fix::{sample, target};
use super::hover::entry_at;
use super::key::quoted;
use super::occurrence::{Symbol, occurrence_at, references};
use super::place::{FileRange, declaration_at, place_of};
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin, SourceFile};
use crate::syntax::{
    self,
    ast::{Action, ExprKind, Key, Member},
};

/// Most clusters that are offered by name.
const MOST: usize = 6;

/// What is offered at a place.
#[must_use]
pub fn assists(db: &dyn Db, file: SourceFile, offset: usize) -> Vec<Fix> {
    let mut found = Vec::new();
    if let Some((item, path)) = item_at(db, file, offset) {
        found.extend(overrides(db, item, &path));
        found.extend(moves(db, file, item));
    }
    found
}

/// The item of this project's catalogues that is declared around a place, and the entry of it.
fn item_at(db: &dyn Db, file: SourceFile, offset: usize) -> Option<(Anchor, Vec<EcoString>)> {
    let is_item = |it: &Anchor| {
        let holds = |it: Anchor| matches!(it.kind(db), Kind::Catalogue | Kind::Application);
        matches!(it.kind(db), Kind::ADDON | Kind::MANIFEST) && it.parent(db).is_some_and(holds)
    };
    let item = declaration_at(db, file, offset).filter(is_item)?;
    let (_, path) = entry_at(db, file, offset).unwrap_or((item, Vec::new()));
    let is_head = occurrence_at(db, file, offset).is_some_and(|(it, _)| it.symbol == Symbol::At(Origin::of(item)));
    Some((item, if is_head { Vec::new() } else { path }))
}

/// The clusters and groups that may have their own.
fn overrides(db: &dyn Db, item: Anchor, path: &[EcoString]) -> Vec<Fix> {
    let all = &fleet::all_clusters(db, db.project()).value;
    let users: Vec<(EcoString, Anchor)> =
        users(db, item).into_iter().filter_map(|it| all.get(&it).map(|anchor| (it, *anchor))).collect();
    let mut groups: Vec<Anchor> = Vec::new();
    for (_, it) in &users {
        let parents = std::iter::successors(it.parent(db), |it| it.parent(db));
        groups.extend(parents.filter(|it| it.kind(db) == Kind::Group && !groups.contains(it)).collect::<Vec<_>>());
    }
    let clusters = users.iter().filter(|(_, it)| it.kind(db) == Kind::Cluster).map(|(_, it)| *it);
    let places = clusters.take(MOST).chain(groups.into_iter().take(MOST));
    let own = |it: &Anchor| it.file(db).package(db).is_empty();
    // Every place asks of the same values.
    let keys: Vec<&str> = path.iter().map(EcoString::as_str).collect();
    let all = if keys.is_empty() { Vec::new() } else { effective(db, item, &keys, usize::MAX) };
    places.filter(own).filter_map(|it| in_block(db, (item, path), &all, it)).collect()
}

fn in_block(db: &dyn Db, (item, path): (Anchor, &[EcoString]), all: &[Effective], of: Anchor) -> Option<Fix> {
    let name = item.name(db);
    let target = target(db, item);
    let cluster = (of.kind(db) == Kind::Cluster).then(|| of.name(db));
    let (what, body) = match entry(db, (item, path), all, cluster) {
        Some((key, value)) => (eco_format!("`{key}` of `{name}`"), eco_format!(" {key} = {value} ")),
        None => (eco_format!("`{name}`"), " ".into()),
    };
    let edit = at_end(db, of, &eco_format!("override {target} {{{body}}}"))?;
    let title = eco_format!("Override {what} in {} `{}`", of.kind(db).word(), of.name(db));
    Some(Fix { title, edits: vec![edit], is_preferred: false })
}

/// A key that an override may set, and what it is on a cluster, or on most.
fn entry(
    db: &dyn Db,
    (item, path): (Anchor, &[EcoString]),
    all: &[Effective],
    cluster: Option<&EcoString>,
) -> Option<(EcoString, EcoString)> {
    let key = path.iter().map(quoted).collect::<Vec<_>>().join(".").into();
    let here = |it: &&Effective| cluster.is_none_or(|name| it.on.contains(name));
    let value = all.iter().find(here).and_then(|it| it.value.clone());
    if let [block, name] = path
        && block == "params"
    {
        let param = fleet::params_of(db, item).get(name)?;
        let is_whole = value.as_ref().is_some_and(|it| is_literal(it) || it.starts_with(['[', '{']));
        let value = value.filter(|_| is_whole).or_else(|| default_of(db, param.origin));
        return Some((key, value.unwrap_or_else(|| sample(&param.ty))));
    }
    // A block is amended by its keys, and a list is not told here.
    value.filter(|it| is_literal(it)).map(|it| (key, it))
}

/// What a param is by default, where that is a value by itself.
fn default_of(db: &dyn Db, param: Origin) -> Option<EcoString> {
    let place = place_of(db, param)?;
    let line = place.file.text(db).get(place.range.start..)?.lines().next()?;
    let (_, value) = line.rsplit_once(" = ")?;
    let value = EcoString::from(value.trim_end_matches([' ', ',', '}']));
    is_literal(&value).then_some(value)
}

fn is_literal(text: &str) -> bool {
    let is_text = text.len() > 1 && text.starts_with('"') && text.ends_with('"') && text.matches('"').count() == 2;
    is_text || text.parse::<f64>().is_ok() || matches!(text, "true" | "false" | "null")
}

/// A line at the end of a declaration's block.
fn at_end(db: &dyn Db, of: Anchor, line: &str) -> Option<Edit> {
    let block = place_of(db, Origin::new(of, syntax::declaration(db, of).body.node))?;
    let text = block.file.text(db).get(block.range.clone())?;
    let close = block.range.start + text.rfind('}')?;
    let before = block.file.text(db).get(..close)?;
    let (start, indent) = (before.rfind('\n').map_or(0, |it| it + 1), indentation(db, &block));
    if before.get(start..)?.trim().is_empty() {
        return Some(Edit { file: block.file, range: start..start, text: eco_format!("{indent}  {line}\n") });
    }
    let from = before.trim_end().len();
    Some(Edit { file: block.file, range: from..close, text: eco_format!("\n{indent}  {line}\n{indent}") })
}

/// The spaces before the line that a block begins on.
fn indentation(db: &dyn Db, block: &FileRange) -> EcoString {
    let before = block.file.text(db).get(..block.range.start).unwrap_or_default();
    let own = before.rsplit('\n').next().unwrap_or_default();
    own.get(..own.len() - own.trim_start().len()).unwrap_or_default().into()
}

/// The other catalogues that an item may go to, and the `moved` by which Flux hands it over.
fn moves(db: &dyn Db, file: SourceFile, item: Anchor) -> Vec<Fix> {
    let Some(from) = item.parent(db) else { return Vec::new() };
    let Some(whole) = whole(db, file, item) else { return Vec::new() };
    let index = names::index_of(db, item);
    let has_it = |it: &Anchor| index.items.get(it).is_some_and(|it| it.contains_key(item.name(db)));
    // Its source must be visible there, and whoever has it must take the other catalogue, too.
    let source = syntax::declaration(db, item).body.members.iter().find_map(named_source);
    let local = |it: &Anchor, name: &EcoString| index.local_sources.get(it).is_some_and(|it| it.contains_key(name));
    let sees_source = |it: &Anchor| source.as_ref().is_none_or(|name| local(it, name) || !local(&from, name));
    let own = users(db, item);
    let is_taken = |it: &Anchor| {
        let takers = users(db, *it);
        own.iter().all(|user| takers.contains(user))
    };
    let others = index.catalogues.values().filter(|it| it.kind(db) == from.kind(db) && !has_it(it));
    let others = others.filter(|it| sees_source(it) && is_taken(it));
    others.filter_map(|to| moving(db, file, item, from, *to, whole.clone())).collect()
}

/// `source = name` of an item.
fn named_source(member: &Member) -> Option<EcoString> {
    let Member::Entry(entry) = member else { return None };
    match (entry.path.segments.as_slice(), &entry.action) {
        ([only], Action::Assign(value)) if only.key == Key::Name("source".into()) => match &value.kind {
            ExprKind::Name(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn moving(db: &dyn Db, file: SourceFile, item: Anchor, from: Anchor, to: Anchor, whole: Range<usize>) -> Option<Fix> {
    let name = item.name(db);
    let (old, new) = (from.name(db), to.name(db));
    let text = file.text(db);
    let mut edits = vec![
        Edit { file, range: whole.clone(), text: EcoString::new() },
        at_end(db, to, text.get(whole)?.trim())?,
        Edit {
            file,
            range: text.len()..text.len(),
            text: eco_format!("\nmoved {{ from = {old}.{name}, to = {new}.{name} }}\n"),
        },
    ];
    // `use old.item` follows.
    for (named, place) in references(db, &Symbol::At(Origin::of(item))) {
        let before = place.file.text(db).get(..place.range.start)?;
        if !named.defines && before.ends_with(&format!("{old}.")) {
            let start = place.range.start - old.len() - 1;
            edits.push(Edit { file: place.file, range: start..place.range.start - 1, text: new.clone() });
        }
    }
    let title = eco_format!("Move `{name}` to {} `{new}`, with a `moved`", to.kind(db).word());
    Some(Fix { title, edits, is_preferred: false })
}

/// All lines of an item, those of its documentation included.
fn whole(db: &dyn Db, file: SourceFile, item: Anchor) -> Option<Range<usize>> {
    let nodes = syntax::parse(db, file).nodes.get(&item)?;
    let (start, end) = (nodes.iter().map(|it| it.start).min()?, nodes.iter().map(|it| it.end).max()?);
    let text = file.text(db);
    let mut from = text.get(..start)?.rfind('\n').map_or(0, |it| it + 1);
    while let Some(above) = text.get(..from)?.strip_suffix('\n') {
        let line = above.rsplit('\n').next().unwrap_or_default();
        if !line.trim().starts_with("//") {
            break;
        }
        from = above.len() - line.len();
    }
    let rest = text.get(end..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    // On one line with other things, it cannot be cut out by lines.
    let is_alone = line.trim().is_empty() && !text.get(from..start)?.contains('{');
    is_alone.then(|| from..(end + line.len() + 1).min(text.len()))
}
