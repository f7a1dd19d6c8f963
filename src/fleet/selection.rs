//! Which items a cluster takes (`semantics.md` rule 1).

use std::sync::Arc;

use ecow::EcoString;

use super::cluster_data::{Cluster, Taken};
use super::finder;
use super::problems;
use super::statement::{Attached, Selected, Statements, UseStatement};
use crate::diagnostic::Diagnostic;
use crate::names;
use crate::names::Index;
use crate::source::{Anchor, Db, IndexMap, Kind, NodeId, Origin};
use crate::syntax::{self, ast::Head};

/// A decision for or against, and who took it.
struct Decision {
    taken: bool,
    at: Origin,
}

/// The catalogues and items that a cluster takes, in order of name.
pub(super) fn select(
    db: &dyn Db,
    index: &Index,
    ranks: &[Vec<Anchor>],
    cluster: &EcoString,
    out: &mut Vec<Diagnostic>,
) -> Vec<Taken> {
    let mut uses: IndexMap<Anchor, Vec<(Anchor, UseStatement)>> = IndexMap::default();
    for anchor in ranks.iter().flatten() {
        for it in &finder::statements(db, *anchor).value.uses {
            uses.entry(catalogue_of(it.what)).or_default().push((*anchor, it.clone()));
        }
    }
    let decided = decisions(db, ranks, cluster, out);
    let is_taken = |what: Selected| decided.get(&what).map(|it| it.taken);
    let mut taken = Vec::new();
    for catalogue in index.catalogues.values() {
        let Some(uses) = uses.swap_remove(catalogue) else { continue };
        let is_whole = is_taken(Selected::Catalogue(*catalogue)).unwrap_or(false);
        let by_name = decided.keys().any(|it| matches!(it, Selected::Item { catalogue: of, .. } if of == catalogue));
        if !by_name {
            let items = if is_whole { whole(db, *catalogue).to_vec() } else { Vec::new() };
            if !items.is_empty() {
                taken.push(Taken { catalogue: *catalogue, items, uses });
            }
            continue;
        }
        let items: Vec<Anchor> = index
            .items_of(*catalogue)
            .map(|(_, item)| item)
            .filter(|item| {
                let named = is_taken(Selected::Item { catalogue: *catalogue, item: named_with(db, index, *item) });
                named.unwrap_or_else(|| is_whole && !is_optional(db, *item))
            })
            .collect();
        if !items.is_empty() {
            taken.push(Taken { catalogue: *catalogue, items, uses });
        }
    }
    taken
}

/// The item that `use` and `drop` reach an item by: a namespace goes with what has its name in its catalogue.
fn named_with(db: &dyn Db, index: &Index, item: Anchor) -> Anchor {
    let beside = || index.items.get(&item.parent(db)?)?.get(item.name(db)).copied();
    if item.kind(db) == Kind::NAMESPACE { beside().unwrap_or(item) } else { item }
}

const fn catalogue_of(selected: Selected) -> Anchor {
    match selected {
        Selected::Catalogue(it) | Selected::Item { catalogue: it, .. } => it,
    }
}

/// Whether only those clusters have an item that name it.
pub fn is_optional(db: &dyn Db, item: Anchor) -> bool {
    item.kind(db) == Kind::ADDON && matches!(syntax::declaration(db, item).head, Head::Addon { optional: true, .. })
}

/// What the highest layer that names it says, of everything that is used or dropped.
fn decisions(
    db: &dyn Db,
    ranks: &[Vec<Anchor>],
    cluster: &EcoString,
    out: &mut Vec<Diagnostic>,
) -> IndexMap<Selected, Decision> {
    let mut decided: IndexMap<Selected, Decision> = IndexMap::default();
    // What is named itself outranks what is only included in something.
    for by_name in [true, false] {
        let named = decided.len();
        for rank in ranks.iter().rev() {
            let higher = decided.len();
            for anchor in rank {
                let statements = &finder::statements(db, *anchor).value;
                for (what, node, taken) in choices(statements, by_name) {
                    let at = Origin::new(*anchor, node);
                    match decided.get_full(&what) {
                        None => {
                            decided.insert(what, Decision { taken, at });
                        }
                        Some((nth, _, first)) if nth >= higher.max(named) && first.taken != taken => {
                            out.push(problems::use_and_drop(first.at, at, taken).on(Some(cluster)));
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }
    decided
}

/// What a declaration uses and drops, either by name or by what includes it.
fn choices(statements: &Statements, by_name: bool) -> impl Iterator<Item = (Selected, NodeId, bool)> {
    let uses = statements.uses.iter().filter(move |it| it.by_name == by_name).map(|it| (it.what, it.node, true));
    let drops = statements.drops.iter().filter(move |it| it.by_name == by_name).map(|it| (it.what, it.node, false));
    uses.chain(drops)
}

/// Whether the highest layer that names something uses it, and where; none if no layer does.
#[must_use]
pub fn decision(db: &dyn Db, cluster: &Cluster, wanted: Selected) -> Option<(bool, Origin)> {
    let wanted = match wanted {
        Selected::Item { catalogue, item } => {
            Selected::Item { catalogue, item: named_with(db, names::index(db, db.project()), item) }
        }
        it @ Selected::Catalogue(_) => it,
    };
    let found = |by_name: bool| {
        let of = |anchor: &Anchor| {
            let statements = &finder::statements(db, *anchor).value;
            let (_, node, taken) = choices(statements, by_name).find(|(what, ..)| *what == wanted)?;
            Some((taken, Origin::new(*anchor, node)))
        };
        cluster.ranks.iter().rev().find_map(|rank| rank.iter().find_map(of))
    };
    found(true).or_else(|| found(false))
}

/// The repositories and tenants that a cluster attaches, in order of name.
pub(super) fn attached(
    db: &dyn Db,
    ranks: &[Vec<Anchor>],
    cluster: &EcoString,
    out: &mut Vec<Diagnostic>,
) -> Vec<(Attached, Origin)> {
    let mut decided: Vec<(Attached, Decision)> = Vec::new();
    for rank in ranks.iter().rev() {
        let settled = decided.len();
        for anchor in rank {
            let statements = &finder::statements(db, *anchor).value;
            let attaches = statements.attaches.iter().map(|(what, node)| (*what, *node, true));
            let detaches = statements.detaches.iter().map(|(what, node)| (*what, *node, false));
            for (what, node, taken) in attaches.chain(detaches) {
                let at = Origin::new(*anchor, node);
                match decided.iter().position(|(it, _)| *it == what) {
                    None => decided.push((what, Decision { taken, at })),
                    Some(nth) if nth >= settled => {
                        if let Some((_, first)) = decided.get(nth)
                            && first.taken != taken
                        {
                            out.push(problems::use_and_drop(first.at, at, taken).on(Some(cluster)));
                        }
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let mut attached: Vec<(Attached, Origin)> =
        decided.into_iter().filter(|(_, it)| it.taken).map(|(what, it)| (what, it.at)).collect();
    attached.sort_by_key(|(it, _)| (it.anchor().kind(db), it.anchor().name(db).clone()));
    attached
}

/// What a catalogue has for those who use it as a whole, in order of name.
#[salsa::tracked]
pub(crate) fn whole(db: &dyn Db, catalogue: Anchor) -> Arc<[Anchor]> {
    let items = names::index(db, db.project()).items_of(catalogue).map(|(_, it)| it);
    items.filter(|it| !is_optional(db, *it)).collect()
}
