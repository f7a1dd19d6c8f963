//! The Flux versions that objects have to be right for.

use std::sync::Arc;

use ecow::EcoString;

use crate::fleet;
use crate::schema::Minor;
use crate::source::{Anchor, Db, IndexMap, Project};

/// The Flux versions of all clusters that take something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub oldest: (Minor, EcoString),
    pub newest: (Minor, EcoString),
}

impl Range {
    /// One cluster's Flux.
    #[must_use]
    pub fn one(minor: Minor, cluster: &EcoString) -> Self {
        Self { oldest: (minor, cluster.clone()), newest: (minor, cluster.clone()) }
    }

    /// With another cluster's Flux.
    pub fn add(&mut self, minor: Minor, cluster: &EcoString) {
        if minor < self.oldest.0 {
            self.oldest = (minor, cluster.clone());
        }
        if minor > self.newest.0 {
            self.newest = (minor, cluster.clone());
        }
    }
}

/// The Flux versions of the clusters that take each catalogue; none where all have the fleet's.
#[salsa::tracked]
pub fn ranges(db: &dyn Db, project: Project) -> Arc<IndexMap<Anchor, Range>> {
    let mut ranges: IndexMap<Anchor, Range> = IndexMap::default();
    if fleet::has_one_flux(db, project) {
        return Arc::new(ranges);
    }
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        for taken in &cluster.taken {
            ranges
                .entry(taken.catalogue)
                .and_modify(|it| it.add(cluster.flux, &cluster.name))
                .or_insert_with(|| Range::one(cluster.flux, &cluster.name));
        }
    }
    Arc::new(ranges)
}

/// The Flux versions of all clusters: sources at the top level are for any.
#[salsa::tracked]
pub fn whole_range(db: &dyn Db, project: Project) -> Option<Range> {
    if fleet::has_one_flux(db, project) {
        return None;
    }
    let mut clusters = fleet::clusters(db).map(|it| fleet::cluster(db, it));
    let first = &clusters.next()?.value;
    let mut range = Range::one(first.flux, &first.name);
    for it in clusters {
        range.add(it.value.flux, &it.value.name);
    }
    Some(range)
}

/// The Flux versions of the clusters that take one catalogue.
#[salsa::tracked]
pub fn range(db: &dyn Db, catalogue: Anchor) -> Option<Range> {
    ranges(db, db.project()).get(&catalogue).cloned()
}
