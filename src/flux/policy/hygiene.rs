//! Overrides that are of no use on any cluster.

use indexmap::IndexMap;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::eval::{Effect, Outcome};
use crate::fleet;
use crate::flux::deployed;
use crate::source::{Anchor, Db, Kind, Origin};

/// What an entry did on all clusters that it reaches.
struct Seen<'a> {
    item: Anchor,
    first: &'a Effect,
    changes: bool,
    shadowed: Option<Origin>,
}

/// Entries of overrides that change nothing anywhere, or whose every change is undone.
pub(super) fn check(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let mut seen: IndexMap<Origin, Seen<'_>> = IndexMap::new();
    for cluster in fleet::clusters(db) {
        for (item, effect) in &deployed(db, cluster).value.effects {
            if effect.origin.anchor.kind(db) == Kind::Source {
                continue;
            }
            let it = seen.entry(effect.origin).or_insert_with(|| Seen {
                item: *item,
                first: effect,
                changes: false,
                shadowed: None,
            });
            match effect.outcome {
                Outcome::Changed => it.changes = true,
                Outcome::Shadowed(by) => it.shadowed = it.shadowed.or(Some(by)),
                Outcome::Same => {}
            }
        }
    }
    for (at, it) in seen {
        if !it.changes {
            let path = it.first.path.join(".");
            out.push(match it.shadowed {
                None => problems::redundant(db, at, it.item, &path),
                Some(by) => problems::shadowed(db, at, it.item, &path, by),
            });
        }
    }
}
