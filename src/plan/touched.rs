//! Which clusters of the old tree have to be looked at, because something that
//! decides on what they apply changes.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::skeleton::same_but_values;
use super::snapshot::Snapshot;
use super::work::Plan;
use crate::emit::FileTree;
use crate::fleet::Output;
use crate::source::is_within;

/// The files that change.
pub(super) struct Touched<'a> {
    files: BTreeSet<&'a EcoString>,
    /// Whether something changes that any cluster may apply.
    shared: bool,
}

impl<'a> Touched<'a> {
    pub(super) fn new(output: &Output, tree: &FileTree, snapshot: &Snapshot, plan: &'a Plan) -> Self {
        let changed: Vec<&EcoString> = plan.write.iter().chain(&plan.remove).collect();
        let files: BTreeSet<&EcoString> =
            changed.into_par_iter().filter(|path| !is_harmless(path, tree, snapshot)).collect();
        let shared = files.iter().any(|path| !is_within(path, &output.clusters));
        Self { files, shared }
    }

    /// Whether what the cluster in that directory applies may be other objects than before.
    pub(super) fn reaches(&self, dir: &str) -> bool {
        let below = eco_format!("{dir}/");
        self.shared
            || self.files.range::<EcoString, _>(&below..).next().is_some_and(|it| it.starts_with(below.as_str()))
    }
}

/// Whether a file holds the same objects as before, and lets go of none: only values for charts differ, or the version
/// of one.
fn is_harmless(path: &EcoString, tree: &FileTree, snapshot: &Snapshot) -> bool {
    let old = snapshot.entries.get(path).filter(|it| it.is_ours(path)).and_then(|it| it.text());
    let new = tree.files.get(path);
    let (Some(old), Some(new)) = (old, new) else { return false };
    same_but_values(old, &new.text)
}
