//! Rings: a later one never has a newer version than an earlier one.
//!
//! Reports E0525.

use std::cmp::Ordering;

use ecow::{EcoString, eco_format};

use super::running::Running;
use crate::diagnostic::{Diagnostic, code};
use crate::eval::versions::{compare, is_exact};
use crate::fleet;
use crate::flux::{outline, version_on};
use crate::source::{Anchor, Db, IndexMap};
use crate::value::Node;

/// For each add-on of a catalogue, the clusters of each ring that run it, in the
/// rings' order. Empty without rings.
pub fn versions(db: &dyn Db) -> IndexMap<Anchor, Vec<Vec<Running>>> {
    let mut found: IndexMap<Anchor, Vec<Vec<Running>>> = IndexMap::default();
    let Some(rings) = &fleet::settings(db, db.project()).value.rings else { return found };
    for (ring, addon, running) in everywhere(db) {
        let Some(nth) = ring else { continue };
        let of_addon = found.entry(addon).or_insert_with(|| vec![Vec::new(); rings.order.len()]);
        if let Some(ring) = of_addon.get_mut(nth) {
            ring.push(running);
        }
    }
    found.sort_by(|a, _, b, _| name_of(db, *a).cmp(&name_of(db, *b)));
    found
}

/// The clusters of no ring that run an add-on.
pub fn outside_rings(db: &dyn Db, addon: Anchor) -> Vec<Running> {
    let found = everywhere(db).into_iter().filter(|(ring, it, _)| ring.is_none() && *it == addon);
    found.map(|(_, _, it)| it).collect()
}

/// Whether a version comes after another; false where that cannot be said.
#[must_use]
pub fn is_ahead(version: &str, other: &str) -> bool {
    compare(version, other) == Some(Ordering::Greater)
}

/// Ring, add-on and version of every release.
fn everywhere(db: &dyn Db) -> Vec<(Option<usize>, Anchor, Running)> {
    let mut found = Vec::new();
    let rings = fleet::settings(db, db.project()).value.rings.as_ref();
    for cluster in fleet::clusters(db) {
        let facts = &fleet::cluster(db, cluster).value.facts;
        let nth = rings.and_then(|rings| {
            let name = facts.entries.get(&rings.fact).and_then(Node::text)?;
            rings.order.iter().position(|it| it == name)
        });
        for (_, release) in outline(db, cluster).value.releases() {
            if let Some((version, origin)) = version_on(db, cluster, release) {
                found.push((nth, release.addon, Running { cluster, version, origin }));
            }
        }
    }
    found
}

fn name_of(db: &dyn Db, addon: Anchor) -> (EcoString, EcoString) {
    let parent = addon.parent(db).map(|it| it.name(db).clone()).unwrap_or_default();
    (addon.name(db).clone(), parent)
}

/// Versions of a later ring that are ahead of an earlier one.
pub(super) fn check(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let Some(rings) = &fleet::settings(db, db.project()).value.rings else { return };
    for (addon, by_ring) in versions(db) {
        // The oldest version of the rings so far; a later one may not pass it.
        let mut oldest: Option<(&EcoString, &Running)> = None;
        for (ring, running) in rings.order.iter().zip(&by_ring) {
            for it in running.iter().filter(|it| is_exact(&it.version)) {
                if let Some((early, before)) = oldest
                    && early != ring
                    && compare(&it.version, &before.version) == Some(Ordering::Greater)
                {
                    out.push(ring_ahead(db, addon, (ring, it), (early, before)));
                }
            }
            for it in running.iter().filter(|it| is_exact(&it.version)) {
                let is_older =
                    oldest.is_none_or(|(_, other)| compare(&it.version, &other.version) == Some(Ordering::Less));
                if is_older {
                    oldest = Some((ring, it));
                }
            }
        }
    }
}

fn ring_ahead(
    db: &dyn Db,
    addon: Anchor,
    (ring, later): (&EcoString, &Running),
    (early, before): (&EcoString, &Running),
) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(
        code::RING_AHEAD,
        eco_format!("`{name}` is at {} in `{ring}`, ahead of {} in `{early}`", later.version, before.version),
        later.origin,
        eco_format!("the version in `{ring}`"),
    )
    .label(before.origin, eco_format!("the version in `{early}`"))
    .note(eco_format!(
        "new versions reach `{early}` first; compared are the clusters `{}` and `{}`",
        later.cluster.name(db),
        before.cluster.name(db)
    ))
    .help(eco_format!("give `{early}` the version first, or take it back here"))
}
