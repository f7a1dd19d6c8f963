//! Which clusters of the old tree have to be looked at, because something that
//! decides on what they apply changes.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::skeleton::same_but_values;
use super::snapshot::Snapshot;
use super::work::Plan;
use crate::emit::FileTree;
use crate::fleet::Output;
use crate::flux::Deployed;
use crate::source::is_within;

/// The files that change.
pub(super) struct Touched<'a> {
    files: BTreeSet<&'a EcoString>,
    /// Whether something changes that any cluster may apply.
    shared: bool,
    /// The directories of clusters that a hub may lose.
    lost: BTreeSet<&'a EcoString>,
}

impl<'a> Touched<'a> {
    pub(super) fn new(
        output: &Output,
        deployed: &[&'a Deployed],
        tree: &FileTree,
        snapshot: &Snapshot,
        plan: &'a Plan,
    ) -> Self {
        let changed: Vec<&EcoString> = plan.write.iter().chain(&plan.remove).collect();
        let files: BTreeSet<&EcoString> =
            changed.into_par_iter().filter(|path| !is_harmless(path, tree, snapshot)).collect();
        let shared = files.iter().any(|path| !is_within(path, &output.clusters));
        let by_name: BTreeMap<&str, &EcoString> = deployed.iter().map(|it| (it.cluster.as_str(), &it.path)).collect();
        // A hub has a Kustomization of each cluster's name. That another cluster has one of that name does no harm.
        let lost = |path: &EcoString| by_name.get(path.rsplit_once('/')?.1.strip_suffix(".yaml")?).copied();
        let lost = plan.remove.iter().filter_map(lost).collect();
        Self { files, shared, lost }
    }

    /// Whether what the cluster in that directory applies may be other objects than before.
    pub(super) fn reaches(&self, dir: &str) -> bool {
        let below = eco_format!("{dir}/");
        self.shared
            || self.lost.contains(&EcoString::from(dir))
            || self.files.range::<EcoString, _>(&below..).next().is_some_and(|it| it.starts_with(below.as_str()))
    }
}

/// Whether a file holds the same objects as before, and lets go of none: only values for charts differ, or the version
/// of one.
fn is_harmless(path: &EcoString, tree: &FileTree, snapshot: &Snapshot) -> bool {
    let old = snapshot.entries.get(path).filter(|it| it.is_ours(path)).and_then(|it| it.text());
    let new = tree.files.get(path);
    let (Some(old), Some(new)) = (old, new) else { return false };
    same_but_values(old, &new.text())
}
