//! `moved`: what changes its Kustomization without being deleted on the way.
//!
//! Flux prunes with the one Kustomization what it then creates with the other, in any
//! order. So a move has two stages, each committed and applied before the next: first
//! everything stays where it is and is told to survive (`prune: disabled`, or
//! `prune: false` where a whole Kustomization is renamed); then it changes hands. Once
//! that is applied too, the `moved` is removed.

use std::sync::Arc;

use ecow::EcoString;

use super::definition;
use super::parameters::catalogue_of;
use super::problems;
use crate::diagnostic::{Checked, Diagnostic};
use crate::eval::{Env, Fold, Only, build_some};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Origin, Project};
use crate::syntax;
use crate::value::{Node, Value};

/// All moves of a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moves {
    /// Items and sources that still stand in another catalogue: first stage.
    pub held: IndexMap<Anchor, Anchor>,
    /// Items and sources whose objects must not be pruned: both stages.
    pub kept: IndexSet<Anchor>,
    /// Catalogues that still have another name: first stage.
    pub old_names: IndexMap<Anchor, EcoString>,
    /// Names of Kustomizations that go without what they applied: second stage.
    pub vacated: IndexMap<EcoString, Origin>,
}

/// A name that `from` or `to` writes.
enum MovedName {
    Catalogue(EcoString),
    Item(EcoString, EcoString),
}

/// Reads the moves.
pub(super) fn read(db: &dyn Db, project: Project) -> Checked<Moves> {
    let index = names::index(db, project);
    let mut moves = Moves::default();
    let mut out: Vec<Diagnostic> = Vec::new();
    for anchor in &index.moves {
        one(db, *anchor, &mut moves, &mut out);
    }
    if !moves.kept.is_empty() {
        carry_sources(db, project, &mut moves);
    }
    Checked::new(moves, out)
}

/// A source that only moved items use moves with them: in the first stage no cluster may apply
/// the catalogue that declares it.
fn carry_sources(db: &dyn Db, project: Project, moves: &mut Moves) {
    let index = names::index(db, project);
    let carried: Vec<Anchor> = moves.kept.iter().copied().collect();
    for (catalogue, sources) in &index.local_sources {
        for (name, source) in sources {
            let is_user = |item: &Anchor| source_named(db, *item).as_ref() == Some(name);
            let users: Vec<Anchor> = index.items_of(*catalogue).map(|(_, it)| it).filter(is_user).collect();
            if users.is_empty() || !users.iter().all(|it| carried.contains(it)) {
                continue;
            }
            // Where a source of that name stays behind, it serves until the item is gone.
            let stands = |at: &Anchor| index.local_sources.get(at).is_some_and(|it| it.contains_key(name));
            let old = users.iter().find_map(|it| moves.held.get(it)).copied().filter(|it| !stands(it));
            if let Some(old) = old {
                moves.held.entry(*source).or_insert(old);
            }
            moves.kept.insert(*source);
        }
    }
}

/// The source that an item's own block names.
fn source_named(db: &dyn Db, item: Anchor) -> Option<EcoString> {
    let index = names::index_of(db, item);
    let only = Only { path: &["source"], references: &["source"], ..Only::default() };
    let mut fold = Fold::new();
    for level in &definition::levels(db, item).value {
        let mut env = Env::new(db, index, *level);
        env.catalogue = item.parent(db).filter(|it| it.kind(db).is_catalogue()).map(|it| catalogue_of(db, it, false));
        let layer = build_some(&mut env, &syntax::declaration(db, *level).body, &only);
        fold.apply(&mut env, layer);
    }
    fold.into_node(Origin::of(item)).get("source").and_then(Node::text).cloned()
}

fn one(db: &dyn Db, anchor: Anchor, moves: &mut Moves, out: &mut Vec<Diagnostic>) {
    let index = names::index_of(db, anchor);
    let mut env = Env::new(db, index, anchor);
    let only = Only { references: &["from", "to"], ..Only::default() };
    let layer = build_some(&mut env, &syntax::declaration(db, anchor).body, &only);
    let mut fold = Fold::new();
    fold.apply(&mut env, layer);
    let node = fold.into_node(Origin::of(anchor));
    out.append(&mut env.out);
    let (Some(from), Some(to)) = (node.get("from"), node.get("to")) else {
        out.push(problems::half_move(Origin::of(anchor)));
        return;
    };
    let stage = match node.get("stage").map(|it| &it.value) {
        None | Some(Value::Int(1)) => 1,
        Some(Value::Int(2)) => 2,
        // What is no stage is reported where its type is checked.
        Some(_) => return,
    };
    let (from_at, to_at) = (from.origin, to.origin);
    match (named(from), named(to)) {
        (Some(MovedName::Catalogue(old)), Some(MovedName::Catalogue(new))) => {
            let Some(catalogue) = index.catalogues.get(&new) else {
                out.push(names::unknown::catalogue(db, to_at, &new, index));
                return;
            };
            if let Some(it) = index.catalogues.get(&old) {
                out.push(problems::still_declared(from_at, &old, *it));
            } else if stage == 1 {
                moves.old_names.insert(*catalogue, old);
            } else {
                moves.vacated.insert(old, from_at);
            }
        }
        (Some(MovedName::Item(old, old_name)), Some(MovedName::Item(new, name))) => {
            if old_name != name {
                out.push(problems::renamed_item(to_at, &old_name, &name));
                return;
            }
            let (Some(old), Some(new)) = (index.catalogues.get(&old), index.catalogues.get(&new)) else {
                let (at, missing) = if index.catalogues.contains_key(&old) { (to_at, &new) } else { (from_at, &old) };
                out.push(problems::no_catalogue_to_move(at, missing));
                return;
            };
            let of = |parent: &Anchor| {
                let item = index.items.get(parent).and_then(|it| it.get(&name));
                item.or_else(|| index.local_sources.get(parent).and_then(|it| it.get(&name))).copied()
            };
            let Some(item) = of(new) else {
                out.push(names::unknown::item(db, to_at, *new, &name, index));
                return;
            };
            if let Some(it) = of(old) {
                out.push(problems::still_declared(from_at, &name, it));
                return;
            }
            moves.kept.insert(item);
            if stage == 1 {
                moves.held.insert(item, *old);
            }
        }
        _ => out.push(problems::half_move(Origin::of(anchor))),
    }
}

fn named(node: &Node) -> Option<MovedName> {
    let text = node.text()?;
    Some(match text.split_once('.') {
        None => MovedName::Catalogue(text.clone()),
        Some((catalogue, item)) => MovedName::Item(catalogue.into(), item.into()),
    })
}

/// What changes its Kustomization without being deleted on the way.
#[salsa::tracked]
pub fn moves(db: &dyn Db, project: Project) -> Arc<Checked<Moves>> {
    Arc::new(read(db, project))
}

/// What a catalogue's Kustomization and directory are called: its name, or in the first
/// stage of a move the one that it had.
pub fn unit_name(db: &dyn Db, catalogue: Anchor) -> EcoString {
    let moves = &moves(db, db.project()).value;
    moves.old_names.get(&catalogue).unwrap_or_else(|| catalogue.name(db)).clone()
}

/// Where an item or a source stands in the tree: its own catalogue, or in the first
/// stage of a move the one that it leaves.
pub fn holder(db: &dyn Db, item: Anchor) -> Option<Anchor> {
    moves(db, db.project()).value.held.get(&item).copied().or_else(|| item.parent(db))
}
