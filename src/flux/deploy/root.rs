//! Namespaces that stand in a cluster's root: Kustomizations live in them.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::draft::Draft;
use crate::fleet::Cluster;
use crate::flux::context::{Context, file_name};
use crate::flux::manifest::namespace;
use crate::flux::namespaces::BUILT_IN_NAMESPACES;
use crate::flux::{external, places};
use crate::kube::object::Object;
use crate::source::{Anchor, Kind, Origin};

/// Puts them into the root: those that the cluster's items declare, and those that something of the cluster is in.
pub(super) fn add_namespaces(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &[Draft], root: &mut Vec<Object>) {
    let db = ctx.db;
    let all = places::kustomization_namespaces(db, db.project());
    if all.is_empty() {
        return;
    }
    let own = ctx.index.items_of(cluster.anchor).map(|(_, it)| it);
    let items = cluster.taken.iter().flat_map(|it| it.items.iter().copied()).chain(own);
    let declared: Vec<Anchor> =
        items.filter(|it| it.kind(db) == Kind::NAMESPACE && all.contains(it.name(db))).collect();
    let mut used: BTreeMap<&EcoString, Origin> = BTreeMap::new();
    for draft in drafts.iter().filter(|it| it.is_made()) {
        used.entry(draft.namespace(&cluster.sync)).or_insert(draft.origin);
        for it in draft.objects.iter().map(|it| &it.object) {
            used.entry(&it.id.namespace).or_insert(it.origin);
        }
        for it in &draft.releases {
            used.entry(&it.target).or_insert(Origin::of(it.addon));
        }
    }
    let is_there = |name: &EcoString| {
        BUILT_IN_NAMESPACES.contains(&name.as_str())
            || declared.iter().any(|it| it.name(db) == name)
            || root.iter().any(|it| it.id.kind == "Namespace" && it.id.name == *name)
            || external::has_namespace(db, ctx.index, cluster, name)
    };
    let derived = used.into_iter().filter(|(name, _)| all.contains(*name) && !is_there(name));
    let mut made: Vec<Object> = derived.map(|(name, origin)| namespace(name, None, origin)).collect();
    for item in declared {
        let evaluated = ctx.evaluated(item);
        made.push(namespace(item.name(db), Some(&evaluated.value.node), Origin::of(item)));
    }
    for mut it in made {
        it.file = eco_format!("namespace-{}.yaml", file_name(&it.id.name));
        root.push(it);
    }
}
