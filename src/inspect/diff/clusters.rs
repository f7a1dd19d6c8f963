//! Which cluster is which, and what becomes of clusters as a whole.

use ecow::EcoString;

use crate::fleet;
use crate::flux;
use crate::kube::Id;
use crate::source::{Anchor, Db};

/// A cluster that as a whole is not what it was.
#[derive(Debug)]
pub struct ClusterChange {
    /// What it is called now, or was last.
    pub name: EcoString,
    pub fate: ClusterFate,
    /// In the state that has it; in the new one if both have.
    pub anchor: Anchor,
    /// Its place in the rollout, if the fleet has rings and it is in one.
    pub ring: Option<EcoString>,
    /// What comes or goes with it.
    pub objects: Vec<Id>,
}

/// What becomes of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterFate {
    New,
    /// Whether its hub's Flux deletes what it applied; its own would find no directory, and leave it.
    Gone {
        of_hub: bool,
    },
    /// The one that had this name and has its directory still.
    Renamed {
        old: EcoString,
    },
    /// Flux on it reads one directory, and what it shall read is written into another.
    Moved {
        old: EcoString,
        new: EcoString,
    },
}

impl ClusterFate {
    /// The name of the danger.
    pub const DANGER: &str = "cluster";

    /// Whether a live cluster may suffer from it.
    #[must_use]
    pub const fn is_danger(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::Moved { .. })
    }

    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Gone { .. })
    }

    /// Whether only one of the states has the cluster.
    #[must_use]
    pub const fn is_one_sided(&self) -> bool {
        matches!(self, Self::New | Self::Gone { .. })
    }
}

/// A cluster on both sides, by the name that it has now.
pub(super) struct Pair {
    pub name: EcoString,
    pub old: Anchor,
    pub new: Anchor,
}

/// The clusters of both states in order of name, and what became of those that as a whole
/// are not what they were. One is the same if it has its name or, that being gone, its directory.
pub(super) fn pairs(old: &dyn Db, new: &dyn Db) -> (Vec<Pair>, Vec<ClusterChange>) {
    let [before, after] = [old, new].map(|db| &fleet::all_clusters(db, db.project()).value);
    let mut gone: Vec<(&EcoString, Anchor)> =
        before.iter().filter(|(name, _)| !after.contains_key(*name)).map(|(name, it)| (name, *it)).collect();
    let mut pairs = Vec::new();
    let mut changes = Vec::new();
    let path = |db: &dyn Db, it: Anchor| fleet::cluster(db, it).value.path.clone();
    for (name, is) in after {
        let change = |fate, objects| ClusterChange { fate, objects, ..change(new, name, *is) };
        let was = if let Some(was) = before.get(name) {
            let (from, to) = (path(old, *was), path(new, *is));
            if from != to {
                changes.push(change(ClusterFate::Moved { old: from, new: to }, Vec::new()));
            }
            *was
        } else {
            let directory = path(new, *is);
            let Some(nth) = gone.iter().position(|(_, it)| path(old, *it) == directory) else {
                changes.push(change(ClusterFate::New, objects(new, *is)));
                continue;
            };
            let (called, was) = gone.remove(nth);
            changes.push(change(ClusterFate::Renamed { old: called.clone() }, Vec::new()));
            was
        };
        pairs.push(Pair { name: name.clone(), old: was, new: *is });
    }
    let went = |(name, it): (&EcoString, Anchor)| ClusterChange { objects: objects(old, it), ..change(old, name, it) };
    changes.extend(gone.into_iter().map(went));
    (pairs, changes)
}

/// One that is gone, until more is said of it.
fn change(db: &dyn Db, name: &EcoString, anchor: Anchor) -> ClusterChange {
    let of_hub = fleet::cluster(db, anchor).value.via.is_some();
    ClusterChange {
        name: name.clone(),
        fate: ClusterFate::Gone { of_hub },
        anchor,
        ring: ring(db, anchor),
        objects: Vec::new(),
    }
}

/// The ring that a cluster is in.
pub(super) fn ring(db: &dyn Db, cluster: Anchor) -> Option<EcoString> {
    let rings = fleet::settings(db, db.project()).value.rings.as_ref()?;
    fleet::cluster(db, cluster).value.facts.entries.get(&rings.fact)?.text().cloned()
}

fn objects(db: &dyn Db, cluster: Anchor) -> Vec<Id> {
    flux::deployed(db, cluster).value.objects().map(|(_, it)| it.id.clone()).collect()
}
