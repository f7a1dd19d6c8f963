//! Rings: a later one never has a newer version than an earlier one.

use std::cmp::Ordering;

use ecow::EcoString;
use indexmap::IndexMap;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::eval::versions::{compare, is_exact};
use crate::fleet;
use crate::flux::deployed;
use crate::source::{Anchor, Db, Origin};
use crate::value::Node;

/// The version of an add-on on a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub cluster: Anchor,
    pub version: EcoString,
    /// Where it was set.
    pub origin: Origin,
}

/// For each add-on of a catalogue, the clusters of each ring that run it, in the
/// rings' order. Empty without rings.
pub fn versions(db: &dyn Db) -> IndexMap<Anchor, Vec<Vec<Running>>> {
    let mut found: IndexMap<Anchor, Vec<Vec<Running>>> = IndexMap::new();
    let Some(rings) = &fleet::settings(db, db.project()).value.rings else { return found };
    for cluster in fleet::clusters(db) {
        let facts = &fleet::cluster(db, cluster).value.facts;
        let ring = facts.entries.get(&rings.fact).and_then(Node::text);
        let Some(nth) = ring.and_then(|it| rings.order.iter().position(|ring| ring == it)) else { continue };
        for (_, release) in deployed(db, cluster).value.releases() {
            let Some((version, origin)) = &release.version else { continue };
            let of_addon = found.entry(release.addon).or_insert_with(|| vec![Vec::new(); rings.order.len()]);
            if let Some(ring) = of_addon.get_mut(nth) {
                ring.push(Running { cluster, version: version.clone(), origin: *origin });
            }
        }
    }
    found.sort_by(|a, _, b, _| name_of(db, *a).cmp(&name_of(db, *b)));
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
                    out.push(problems::ring_ahead(db, addon, (ring, it), (early, before)));
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
