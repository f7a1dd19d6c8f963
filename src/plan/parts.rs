//! What of a cluster's root is built by kustomize as a whole, and what is a file of its own.

use super::snapshot::Snapshot;
use crate::kube::directory::KUSTOMIZATIONS;
use crate::source::{IndexSet, is_below};

/// The directories that kustomize builds as a whole, the outermost alone. Those of fleetc are applied by Kustomizations of
/// their own.
pub(super) fn parts<'a>(root: &'a str, snapshot: &'a Snapshot) -> IndexSet<&'a str> {
    let mut found: IndexSet<&str> = IndexSet::default();
    for (path, _) in snapshot.below(root) {
        let Some((dir, name)) = path.rsplit_once('/') else { continue };
        if dir != root && KUSTOMIZATIONS.contains(&name) {
            found.insert(dir);
        }
    }
    let all = found.clone();
    found.retain(|it| !all.iter().any(|other| is_below(it, other)));
    found
}

/// Whether Flux reads a file as YAML.
pub(super) fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml"].iter().any(|it| has_suffix(path, it))
}

fn has_suffix(path: &str, suffix: &str) -> bool {
    path.get(path.len().saturating_sub(suffix.len())..).is_some_and(|it| it.eq_ignore_ascii_case(suffix))
}
