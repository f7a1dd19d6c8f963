//! The clusters that are reached from each hub.

use ecow::EcoString;

use super::clusters::{cluster, clusters};
use super::problems;
use super::said::may_have_hubs;
use crate::diagnostic::Diagnostic;
use crate::source::{Anchor, Db, IndexMap, Project};

/// The clusters that are reached through a hub, in order of name.
pub fn spokes(db: &dyn Db, hub: Anchor) -> &[Anchor] {
    all_spokes(db, db.project()).get(&hub).map_or(&[], Vec::as_slice)
}

/// Spokes of a hub that are reached in one way: they would be one cluster, with two owners of all that is on it.
pub fn reached_alike(db: &dyn Db) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (hub, spokes) in all_spokes(db, db.project()) {
        let mut ways: IndexMap<EcoString, Anchor> = IndexMap::default();
        for spoke in spokes {
            let Some(via) = &cluster(db, *spoke).value.via else { continue };
            let Some(way) = via.kube_config.way() else { continue };
            if let Some(first) = ways.get(&way) {
                let at = via.kube_config.origin();
                found.push(problems::reached_alike(at, spoke.name(db), first.name(db), hub.name(db), &way));
            } else {
                ways.insert(way, *spoke);
            }
        }
    }
    found
}

#[salsa::tracked(returns(ref))]
fn all_spokes(db: &dyn Db, project: Project) -> IndexMap<Anchor, Vec<Anchor>> {
    let mut all: IndexMap<Anchor, Vec<Anchor>> = IndexMap::default();
    if !may_have_hubs(db, project) {
        return all;
    }
    for it in clusters(db) {
        if let Some(via) = &cluster(db, it).value.via {
            all.entry(via.hub).or_default().push(it);
        }
    }
    all
}
