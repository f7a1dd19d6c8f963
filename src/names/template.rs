//! Catalogues that are taken `from` a definition: each item of it, made again under the catalogue's own name.

use ecow::EcoString;

use super::qualified;
use super::table::Index;
use crate::diagnostic::Invariant;
use crate::source::{Anchor, Db, Kind, NodeId, Project};
use crate::syntax::{
    self, CATALOGUE_NAME,
    ast::{Action, Head, Key, Member, Path},
};

/// Whether a catalogue is a definition: its `params` declare something, or there is nothing in them.
#[salsa::tracked(returns(copy))]
pub fn is_template(db: &dyn Db, catalogue: Anchor) -> bool {
    let is_declaration = |it: &Member| matches!(it, Member::Entry(it) if matches!(it.action, Action::Declare { .. }));
    syntax::declaration(db, catalogue).body.members.iter().any(|it| match it {
        Member::Entry(entry) => match &entry.action {
            Action::Amend(block) if is_params(&entry.path) => {
                block.members.is_empty() || block.members.iter().any(is_declaration)
            }
            _ => false,
        },
        _ => false,
    })
}

fn is_params(path: &Path) -> bool {
    matches!(path.segments.as_slice(), [only] if only.key == Key::Name("params".into()))
}

/// What stands behind `from` of a catalogue.
#[salsa::tracked]
pub fn taken_from(db: &dyn Db, catalogue: Anchor) -> Option<(NodeId, EcoString)> {
    match &syntax::declaration(db, catalogue).head {
        Head::From { node, path } => Some((*node, path.clone())),
        _ => None,
    }
}

/// The definition of that name that a catalogue sees.
pub fn template_named(db: &dyn Db, index: &Index, from: Anchor, path: &str) -> Option<Anchor> {
    index.templates.get(path).copied().or_else(|| qualified(db, from, path, |it| &it.templates))
}

/// Makes the items and sources of every catalogue that is taken from a definition; `seen` are the names that a project or
/// package sees beside these.
pub(super) fn instantiate<'a>(index: &mut Index, db: &'a dyn Db, seen: impl Fn(Project) -> &'a Index) {
    let takers = index.catalogues.values().copied().filter(|it| taken_from(db, *it).is_some());
    for taker in takers.collect::<Vec<_>>() {
        for level in levels(db, taker, &seen) {
            let theirs = seen(package_of(db, level));
            for item in theirs.template_items.get(&level).into_iter().flat_map(|it| it.values()) {
                let made = made(db, *item, taker, taker.name(db));
                index.add_item(db, made, taker);
                copy_sources(index, db, theirs, *item, made, taker.name(db));
            }
            copy_sources(index, db, theirs, level, taker, taker.name(db));
        }
    }
}

/// The definitions that a catalogue is taken from, nearest first.
fn levels<'a>(db: &'a dyn Db, taker: Anchor, seen: &impl Fn(Project) -> &'a Index) -> Vec<Anchor> {
    let mut found: Vec<Anchor> = Vec::new();
    let mut at = taker;
    while let Some((_, path)) = taken_from(db, at) {
        let next = template_named(db, seen(package_of(db, at)), at, path).filter(|it| !found.contains(it));
        let Some(next) = next else { break };
        found.push(next);
        at = next;
    }
    found
}

fn package_of(db: &dyn Db, anchor: Anchor) -> Project {
    db.package(anchor.file(db).package(db)).invariant("a declaration is of the project or a package")
}

fn copy_sources(index: &mut Index, db: &dyn Db, theirs: &Index, of: Anchor, to: Anchor, name: &str) {
    for source in theirs.local_sources.get(&of).into_iter().flat_map(|it| it.values()).copied() {
        index.add_source(db, made(db, source, to, name), to);
    }
}

/// A declaration of a definition as it is in a catalogue that is taken from it.
fn made(db: &dyn Db, original: Anchor, parent: Anchor, catalogue: &str) -> Anchor {
    let name = original.name(db).replace(CATALOGUE_NAME, catalogue);
    Anchor::new(db, original.file(db), Some(parent), original.kind(db), name, original.nth(db), Some(original))
}

/// Whether something is an item or a source of a definition, or inside such an item.
pub fn is_of_template(db: &dyn Db, anchor: Anchor) -> bool {
    let is_one = |it: Anchor| matches!(it.kind(db), Kind::Catalogue | Kind::Application) && is_template(db, it);
    std::iter::successors(anchor.parent(db), |it| it.parent(db)).any(is_one)
}
