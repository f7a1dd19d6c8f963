//! Clusters that come to a hub, or leave it: another Flux applies from then on what they have.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::old::{Old, OldFiles, old_objects};
use super::problems;
use super::snapshot::Snapshot;
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux::Deployed;
use crate::source::Db;

/// The Kustomizations of the old tree that apply the root of another cluster, by that root.
pub(super) fn roots(olds: &BTreeMap<EcoString, Vec<Old>>) -> BTreeMap<EcoString, &Old> {
    let all = olds.values().flatten();
    let of_others = all.filter_map(|it| Some((EcoString::from(it.path()?), it)));
    of_others.filter(|(path, it)| *path != it.dir && olds.contains_key(path)).collect()
}

/// What is lost if a cluster is not handed over first, as it comes to a hub or leaves one. `root` is the hub's
/// Kustomization for it, if that changes.
pub(super) fn handed_over(
    db: &dyn Db,
    new: &Deployed,
    olds: &[Old],
    root: Option<&Old>,
    files: &OldFiles<'_>,
    snapshot: &Snapshot,
) -> Option<Diagnostic> {
    let hub = fleet::cluster(db, new.anchor).value.via.as_ref().map(|it| &fleet::cluster(db, it.hub).value);
    let was_there = hub.is_some_and(|it| {
        let file = eco_format!("{}/{}.yaml", it.path, new.cluster);
        snapshot.entries.get(&file).is_some_and(|it| it.is_ours(&file))
    });
    match (root, hub) {
        _ if was_there => None,
        // Its directory was another cluster's, or this one's through another hub.
        (Some(root), _) => {
            let suspended = olds.iter().filter(|it| it.spec.get("kubeConfig").is_some()).map(|it| it.name.clone());
            let releases = olds.iter().flat_map(|it| old_objects(it, files).by_id.into_keys());
            let releases: BTreeSet<EcoString> =
                releases.filter(|it| it.kind == "HelmRelease").map(|it| it.name).collect();
            Some(problems::leaves_hub(new, root, &suspended.collect(), &releases))
        }
        (None, Some(hub)) if olds.iter().any(|it| it.pruning().all) => Some(problems::joins_hub(new, &hub.name)),
        _ => None,
    }
}
