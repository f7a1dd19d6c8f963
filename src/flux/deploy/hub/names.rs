//! What something of a spoke is called on the hub, and which objects are looked at there.

use ecow::{EcoString, eco_format};

use crate::fleet::Cluster;
use crate::kube::object::Object;
use crate::kube::patch;

/// The name that something of a spoke has on the hub: what the cluster calls it, after the cluster's name.
pub(super) fn hub_name(cluster: &Cluster, namespace: &str, name: &str) -> EcoString {
    let spoke = &cluster.name;
    let is_its = name.strip_prefix(spoke.as_str()).is_some_and(|it| it.starts_with('-'));
    match (namespace == cluster.sync.namespace, is_its) {
        (true, true) => name.into(),
        (true, false) => eco_format!("{spoke}-{name}"),
        (false, _) => eco_format!("{spoke}-{namespace}-{name}"),
    }
}

pub(super) fn is_release(object: &Object) -> bool {
    object.id.kind == "HelmRelease" && object.id.group == "helm.toolkit.fluxcd.io"
}

/// Whether two objects are the same, wherever their values are written.
pub(super) fn is_same(one: &Object, other: &Object) -> bool {
    one.version == other.version && patch::patches(one, other).is_empty()
}
