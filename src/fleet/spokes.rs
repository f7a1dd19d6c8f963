//! The clusters that are reached from each hub.

use super::clusters::{cluster, clusters};
use crate::source::{Anchor, Db, IndexMap, Project};

/// The clusters that are reached through a hub, in order of name.
pub fn spokes(db: &dyn Db, hub: Anchor) -> &[Anchor] {
    all_spokes(db, db.project()).get(&hub).map_or(&[], Vec::as_slice)
}

#[salsa::tracked(returns(ref))]
fn all_spokes(db: &dyn Db, _project: Project) -> IndexMap<Anchor, Vec<Anchor>> {
    let mut all: IndexMap<Anchor, Vec<Anchor>> = IndexMap::default();
    for it in clusters(db) {
        if let Some(via) = &cluster(db, it).value.via {
            all.entry(via.hub).or_default().push(it);
        }
    }
    all
}
