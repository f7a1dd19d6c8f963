//! In one cluster every object and every Helm release has one owner: two that
//! apply one object fight, and deleting one deletes it for both.

use ecow::EcoString;

use super::context::Lint;
use super::problems;
use crate::fleet::{Cluster, Sync};
use crate::flux::Deployed;
use crate::flux::Release;
use crate::kube::object::Id;
use crate::source::{IndexMap, Origin};

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    for (_, object) in deployed.objects().filter(|(_, it)| is_of_bootstrap(&cluster.sync, &it.id)) {
        lint.out.push(problems::of_bootstrap(&object.id, object.origin));
    }
    let mut owners: IndexMap<&Id, Origin> = IndexMap::default();
    owners.reserve(deployed.objects().count());
    for (_, object) in deployed.objects() {
        if let Some(first) = owners.insert(&object.id, object.origin) {
            lint.out.push(problems::two_owners(&object.id, object.origin, first));
        }
    }
    let mut releases: IndexMap<(&EcoString, &EcoString), &Release> = IndexMap::default();
    releases.reserve(deployed.releases().count());
    for (_, release) in deployed.releases() {
        let Some(first) = releases.insert((&release.storage, &release.name), release) else { continue };
        // Two HelmReleases of one name are two owners of one object, which is said already.
        let is_same_object =
            first.addon.name(lint.db) == release.addon.name(lint.db) && first.namespace == release.namespace;
        if !is_same_object {
            lint.out.push(problems::two_releases(release, Origin::of(release.addon), Origin::of(first.addon)));
        }
    }
}

/// Whether `flux bootstrap` made the object: the namespace of Flux, the source of
/// the fleet and the Kustomization at the root.
fn is_of_bootstrap(sync: &Sync, id: &Id) -> bool {
    let in_namespace = |group: &str, kind: &str, name: &EcoString| {
        id.group == group && id.kind == kind && id.name == *name && id.namespace == sync.namespace
    };
    (id.group.is_empty() && id.kind == "Namespace" && id.name == sync.namespace)
        || in_namespace("source.toolkit.fluxcd.io", &sync.kind, &sync.name)
        || in_namespace("kustomize.toolkit.fluxcd.io", "Kustomization", &sync.root)
}
