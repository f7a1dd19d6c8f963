//! What becomes of objects that leave the tree, and what makes a Helm release another one.
//!
//! Facts: Flux prunes what leaves a Kustomization's build, unless the Kustomization or the object forbids it; what a
//! Kustomization that is deleted had applied goes as its `deletionPolicy` says (Flux' documentation of Kustomization).
//! Another release name, target namespace, storage namespace or chart makes helm-controller uninstall the old release
//! and install a new one (Flux' documentation of HelmRelease).

use ecow::EcoString;

use super::object::Object;
use crate::value::{Node, Value};

/// What a Flux Kustomization deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruning {
    /// What leaves its build while it stays.
    pub leaving: bool,
    /// Everything that it applied, when it is deleted itself.
    pub all: bool,
}

impl Pruning {
    /// By its fields `prune` and `deletionPolicy`.
    #[must_use]
    pub fn of(prune: Option<bool>, deletion_policy: Option<&str>) -> Self {
        let leaving = prune == Some(true);
        let all = match deletion_policy {
            Some("Orphan") => false,
            Some("Delete" | "WaitForTermination") => true,
            _ => leaving,
        };
        Self { leaving, all }
    }

    /// What a Flux Kustomization deletes. Of what leaves the build of one that stays, its new fields decide.
    #[must_use]
    pub fn of_kustomization(object: &Object) -> Self {
        let field = |key: &str| object.body.at(&["spec", key]);
        let prune = field("prune").map(|it| it.value == Value::Bool(true));
        Self::of(prune, field("deletionPolicy").and_then(Node::text).map(EcoString::as_str))
    }
}

/// Whether a label or an annotation of an object on the cluster keeps Flux from deleting it.
pub fn is_never_pruned<'a>(mark: impl Fn(&str) -> Option<&'a str>) -> bool {
    mark("kustomize.toolkit.fluxcd.io/prune").is_some_and(|it| it.eq_ignore_ascii_case("disabled"))
}

/// Whether an object forbids by one of its labels or annotations that Flux deletes it. Those but the first keep Flux from applying
/// it, too: that they are in the tree does not say that they are on the cluster ([`is_never_pruned`]).
pub fn is_kept<'a>(mark: impl Fn(&str) -> Option<&'a str>) -> bool {
    [
        ("kustomize.toolkit.fluxcd.io/prune", "disabled"),
        ("kustomize.toolkit.fluxcd.io/reconcile", "disabled"),
        ("kustomize.toolkit.fluxcd.io/ssa", "ignore"),
    ]
    .into_iter()
    .any(|(key, value)| mark(key).is_some_and(|it| it.eq_ignore_ascii_case(value)))
}

/// What tells a Helm release from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseIdentity<'a> {
    pub name: &'a str,
    /// The namespace of what it installs.
    pub target: &'a str,
    /// The namespace in which Helm keeps what it knows of the release.
    pub storage: &'a str,
    /// The chart, with or without a path before its name; `None` where that is not known.
    pub chart: Option<&'a str>,
}

impl<'a> ReleaseIdentity<'a> {
    /// What another release has otherwise: the field, what it was and what it is.
    #[must_use]
    pub fn differences(self, new: Self) -> Vec<(&'static str, &'a str, &'a str)> {
        let name_of = |chart: &'a str| chart.rsplit('/').next().unwrap_or(chart);
        let charts = self.chart.zip(new.chart).map(|(old, new)| ("chart", name_of(old), name_of(new)));
        [
            ("release name", self.name, new.name),
            ("target namespace", self.target, new.target),
            ("storage namespace", self.storage, new.storage),
        ]
        .into_iter()
        .chain(charts)
        .filter(|(_, old, new)| old != new)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Pruning, ReleaseIdentity, is_kept, is_never_pruned};

    #[test]
    fn pruning_is_what_flux_does() {
        for (prune, policy, leaving, all) in [
            (Some(true), None, true, true),
            (Some(false), None, false, false),
            (None, None, false, false),
            (Some(true), Some("Orphan"), true, false),
            (Some(false), Some("Delete"), false, true),
            (Some(false), Some("WaitForTermination"), false, true),
            (Some(false), Some("MirrorPrune"), false, false),
        ] {
            assert_eq!(Pruning::of(prune, policy), Pruning { leaving, all }, "{prune:?} {policy:?}");
        }
    }

    #[test]
    fn marks_are_read_as_flux_reads_them() {
        let marked = |name: &'static str, value: &'static str| move |key: &str| (key == name).then_some(value);
        for (name, value, kept, never_pruned) in [
            ("kustomize.toolkit.fluxcd.io/prune", "Disabled", true, true),
            ("kustomize.toolkit.fluxcd.io/prune", "enabled", false, false),
            ("kustomize.toolkit.fluxcd.io/reconcile", "disabled", true, false),
            ("kustomize.toolkit.fluxcd.io/ssa", "Ignore", true, false),
            ("kustomize.toolkit.fluxcd.io/ssa", "Merge", false, false),
        ] {
            assert_eq!(is_kept(marked(name, value)), kept, "{name}: {value}");
            assert_eq!(is_never_pruned(marked(name, value)), never_pruned, "{name}: {value}");
        }
    }

    #[test]
    fn a_release_is_told_from_another() {
        let old = ReleaseIdentity { name: "web", target: "shop", storage: "flux-system", chart: Some("a/web") };
        assert!(old.differences(ReleaseIdentity { chart: Some("b/web"), ..old }).is_empty());
        assert!(old.differences(ReleaseIdentity { chart: None, ..old }).is_empty());
        let new = ReleaseIdentity { name: "www", chart: Some("b/www"), ..old };
        assert_eq!(old.differences(new), [("release name", "web", "www"), ("chart", "web", "www")]);
    }
}
