//! Cluster roots: what lies there beside what is generated.
//!
//! Flux applies everything below a root that is not behind a
//! `kustomization.yaml` of its own, so that what a person put there is part of
//! the cluster.

use ecow::eco_format;

use super::adoption::Adoption;
use super::by_hand;
use super::problems;
use super::snapshot::{Snapshot, SnapshotEntry};
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::fleet::{self, Settings};
use crate::flux::Deployed;
use crate::source::Db;

pub(super) fn check(
    db: &dyn Db,
    settings: &Settings,
    deployed: &[&Deployed],
    tree: &FileTree,
    snapshot: &Snapshot,
    adoption: &Adoption,
    out: &mut Vec<Diagnostic>,
) {
    undeclared(settings, deployed, snapshot, out);
    for it in deployed {
        root(db, settings, it, tree, (snapshot, adoption), out);
    }
}

/// A directory with `flux-system/` in it is a live cluster's, unless all that it holds is generated: accounts of tenants
/// stand in directories that are called as their namespaces.
fn undeclared(settings: &Settings, deployed: &[&Deployed], snapshot: &Snapshot, out: &mut Vec<Diagnostic>) {
    for (path, entry) in snapshot.below(&settings.output.clusters) {
        let Some(dir) = path.strip_suffix("/flux-system") else { continue };
        let is_declared = deployed.iter().any(|it| it.path == dir);
        if matches!(entry, SnapshotEntry::Directory) && !is_declared && !is_generated(path, snapshot) {
            out.push(problems::undeclared_cluster(dir));
        }
    }
}

/// Whether fleetc wrote all files of a directory.
fn is_generated(dir: &str, snapshot: &Snapshot) -> bool {
    let files = snapshot.below(dir).filter(|(_, it)| !matches!(it, SnapshotEntry::Directory));
    let mut ours = files.map(|(path, it)| it.is_ours(path)).peekable();
    ours.peek().is_some() && ours.all(|it| it)
}

fn root(
    db: &dyn Db,
    settings: &Settings,
    it: &Deployed,
    tree: &FileTree,
    (snapshot, adoption): (&Snapshot, &Adoption),
    out: &mut Vec<Diagnostic>,
) {
    let root = it.path.as_str();
    let cluster = &fleet::cluster(db, it.anchor).value;
    if let Some(via) = &cluster.via
        && snapshot.below(&eco_format!("{root}/flux-system")).next().is_some()
    {
        out.push(problems::flux_of_spoke(root, &it.cluster, via.hub.name(db)));
    }
    by_hand::check(db, settings, it, tree, snapshot, adoption, out);
}
