//! Overrides that are of no use on any cluster.
//!
//! Reports W0528, W0529.

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Checked, Diagnostic, code};
use crate::eval::{Effect, Outcome};
use crate::fleet::{self, Evaluated};
use crate::flux::outline;
use crate::source::{Anchor, ById, Db, IndexMap, IndexSet, Kind, Origin};
use crate::value::{Map, Node};

/// What an entry did on all clusters that it reaches.
struct Seen<'a> {
    item: Anchor,
    /// What the item is with it.
    node: &'a Node,
    first: &'a Effect,
    changes: bool,
    /// What undid it, and on which cluster.
    shadowed: Option<(Origin, Anchor)>,
}

/// Entries of overrides that change nothing anywhere, or whose every change is undone.
pub(super) fn check(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let mut seen: IndexMap<Origin, Seen<'_>> = IndexMap::default();
    let mut shared = IndexSet::default();
    let mut looked_at: IndexSet<ById<'_, Checked<Evaluated>>> = IndexSet::default();
    for cluster in fleet::clusters(db) {
        let items = &outline(db, cluster).value.items;
        // What many clusters share says the same of all.
        if !shared.insert(ById(&**items)) {
            continue;
        }
        let items = items.iter();
        let fresh = items.filter(|(_, it)| looked_at.insert(ById(&**it)));
        let effects =
            fresh.flat_map(|(item, it)| it.value.effects.iter().map(move |effect| (item, &it.value.node, effect)));
        for (item, node, effect) in effects {
            if effect.origin.anchor.kind(db) == Kind::Source && missing(node, &effect.path).is_none() {
                continue;
            }
            let it = seen.entry(effect.origin).or_insert_with(|| Seen {
                item: *item,
                node,
                first: effect,
                changes: false,
                shadowed: None,
            });
            // Of several the first by name is shown, whichever was looked at first.
            if item.name(db) < it.item.name(db) {
                (it.item, it.node, it.first) = (*item, node, effect);
            }
            match effect.outcome {
                Outcome::Changed => it.changes = true,
                Outcome::Shadowed(by) => it.shadowed = it.shadowed.or(Some((by, cluster))),
                Outcome::Same => {}
            }
        }
    }
    for (at, it) in seen {
        if !it.changes {
            let path = it.first.path.join(".");
            out.push(match it.shadowed {
                None => match missing(it.node, &it.first.path) {
                    Some((key, map)) => removes_nothing(at, it.item.name(db), &path, key, map),
                    None => redundant(db, at, it.item, &path),
                },
                Some((by, cluster)) => shadowed(db, at, it.item, &path, written(db, it.item, at, cluster, by)),
            });
        }
    }
}

/// Where an override stands that undoes what was written at `at`: what many clusters say themselves stands in each of them.
fn written(db: &dyn Db, item: Anchor, at: Origin, cluster: Anchor, by: Origin) -> Origin {
    if !fleet::is_shaped(by) {
        return by;
    }
    let evaluated = fleet::evaluate_in(db, item, &fleet::cluster(db, cluster).value);
    let on_it = evaluated.value.effects.iter().filter(|it| it.origin == at).find_map(|it| match it.outcome {
        Outcome::Shadowed(by) => Some(by),
        Outcome::Same | Outcome::Changed => None,
    });
    on_it.unwrap_or_else(|| Origin::of(cluster))
}

/// The first key of a path that an item does not have, and those that it has there; none where it has them all, or
/// where the path goes through a list.
fn missing<'a>(node: &'a Node, path: &'a [EcoString]) -> Option<(&'a EcoString, &'a Map)> {
    let mut at = node;
    for key in path {
        let map = at.map()?;
        match map.entries.get(key) {
            Some(it) => at = it,
            None => return Some((key, map)),
        }
    }
    None
}

/// An `unset` of what no layer sets.
fn removes_nothing(at: Origin, item: &str, path: &str, key: &str, map: &Map) -> Diagnostic {
    let message = eco_format!("nothing sets `{path}` of `{item}`");
    Diagnostic::new(code::REDUNDANT, message, at, "there is nothing to remove")
        .did_you_mean(key, map.entries.keys().map(EcoString::as_str))
        .or_help(|| Some("remove it".into()))
}

fn redundant(db: &dyn Db, at: Origin, item: Anchor, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::REDUNDANT,
        eco_format!("this changes nothing: `{path}` of `{}` has this value already", item.name(db)),
        at,
        "the same on every cluster that it reaches",
    )
    .help("remove it; to keep others from changing the value, write `final` where it is set")
}

fn shadowed(db: &dyn Db, at: Origin, item: Anchor, path: &str, by: Origin) -> Diagnostic {
    Diagnostic::new(
        code::SHADOWED,
        eco_format!("no cluster sees this `{path}` of `{}`", item.name(db)),
        at,
        "a higher layer sets it wherever it reaches",
    )
    .label(by, "this one, for instance")
    .help("remove it, or what hides it")
}
