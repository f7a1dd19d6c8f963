//! Which Kubernetes a cluster runs.

use crate::schema::KubernetesMinor;
use crate::source::{Anchor, Db};
use crate::value::Node;

/// Facts that say it, where no baseline does.
const FACTS: [&str; 2] = ["kubernetes", "kubernetes-version"];

/// What the cluster's baseline says, or a fact of it; none where neither does.
pub fn kubernetes_version(db: &dyn Db, cluster: Anchor) -> Option<KubernetesMinor> {
    let of = |node: Option<&Node>| KubernetesMinor::parse(node?.text()?);
    let baseline = super::contents::baseline(db, cluster);
    let facts = &super::clusters::cluster(db, cluster).value.facts;
    let stated = || FACTS.iter().find_map(|it| of(facts.entries.get(*it)));
    of(baseline.as_ref().and_then(|it| it.value.node.get("kubernetes"))).or_else(stated)
}
