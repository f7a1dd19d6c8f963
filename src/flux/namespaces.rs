//! Namespaces that are there without an item.

use ecow::EcoString;

use crate::fleet;
use crate::source::{Anchor, Db, IndexSet};
use crate::value::Node;

/// Namespaces that every cluster with Flux has.
pub const BUILT_IN_NAMESPACES: [&str; 5] = ["kube-system", "default", "kube-public", "kube-node-lease", "flux-system"];

/// The namespace of a tenant.
pub(super) fn tenant_namespace(db: &dyn Db, tenant: Anchor) -> EcoString {
    fleet::declared(db, tenant).value.get("namespace").and_then(Node::text).unwrap_or(tenant.name(db)).clone()
}

/// All namespaces of a tenant, its own first.
pub fn tenant_namespaces(db: &dyn Db, tenant: Anchor) -> Vec<EcoString> {
    let body = &fleet::declared(db, tenant).value;
    let others = body.get("namespaces").and_then(Node::map).into_iter().flat_map(|it| it.entries.keys().cloned());
    let names: IndexSet<EcoString> = std::iter::once(tenant_namespace(db, tenant)).chain(others).collect();
    names.into_iter().collect()
}
