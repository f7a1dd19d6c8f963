//! What a hub has for the clusters that are reached from it.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::names::is_same;
use crate::fleet::{self, Cluster};
use crate::flux::context::{Context, file_name};
use crate::flux::deploy::draft::{After, Draft};
use crate::flux::deploy::problems;
use crate::flux::deploy::unit::{Deployed, UnitPlace};
use crate::flux::external;
use crate::flux::kustomization::fields;
use crate::flux::manifest::namespace;
use crate::flux::namespaces::BUILT_IN_NAMESPACES;
use crate::flux::shared_item::Piece;
use crate::kube::object::remove;
use crate::kube::{Id, Object};
use crate::source::{IndexMap, Origin};
use crate::value::Node;

/// What a hub has for its spokes: the sources that they share, and a Kustomization for the root of each.
pub(in crate::flux::deploy) fn of_hub(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    spokes: &[&Deployed],
    drafts: &mut Vec<Draft>,
) {
    let db = ctx.db;
    if spokes.is_empty() {
        return;
    }
    let own: IndexMap<Id, Arc<Object>> = drafts
        .iter()
        .flat_map(|it| &it.objects)
        .filter(|it| it.object.id.is_source())
        .map(|it| (it.object.id.clone(), Arc::clone(&it.object)))
        .collect();
    let mut sources: IndexMap<Id, Arc<Object>> = IndexMap::default();
    for spoke in spokes {
        for it in spoke.hub_sources() {
            match own.get(&it.id).or_else(|| sources.get(&it.id)) {
                None => {
                    sources.insert(it.id.clone(), Arc::clone(it));
                }
                Some(other) if is_same(other, it) => {}
                Some(other) => {
                    let problem =
                        problems::other_source(&it.id, it.origin, other.origin, &spoke.cluster, &cluster.name);
                    ctx.state.out.push(problem);
                }
            }
        }
    }
    sources.sort_keys();
    let of_sources = eco_format!("{}-spokes", cluster.name);
    let origin = cluster.origin;
    // What a hub has for spokes is beside its Flux.
    let beside = |mut fields: Node| {
        remove(&mut fields, &["namespace"]);
        fields
    };
    if !sources.is_empty() {
        let fields = beside(fields(ctx, cluster, None, None, origin));
        let path = eco_format!("{}/{}-specific/spokes", cluster.path, cluster.name);
        let mut namespaces: IndexMap<EcoString, Origin> = IndexMap::default();
        for it in sources.values().filter(|it| needs_namespace(ctx, cluster, drafts, &it.id.namespace)) {
            namespaces.entry(it.id.namespace.clone()).or_insert(it.origin);
        }
        let objects = sources.into_values().map(|it| {
            let file = eco_format!("{}-{}.yaml", it.id.kind.to_lowercase(), file_name(&it.id.name));
            Piece::own(Object { file, component: None, ..Object::clone(&it) })
        });
        let namespaces = namespaces.into_iter().map(|(name, origin)| {
            let it = namespace(&name, None, origin);
            Piece::own(Object { file: eco_format!("namespace-{}.yaml", file_name(&name)), ..it })
        });
        let objects = namespaces.chain(objects).collect();
        drafts.push(Draft { objects, ..Draft::new(of_sources.clone(), path, UnitPlace::Gate, origin, fields) });
    }
    // One that has nothing has no directory, and Flux would look for it for ever.
    for spoke in spokes.iter().filter(|it| !it.units.is_empty() || !it.root.is_empty()) {
        if spoke.cluster == "kustomization" {
            ctx.state.out.push(problems::name_of_a_list(Origin::of(spoke.anchor), &spoke.cluster));
        }
        let spoke = &fleet::cluster(db, spoke.anchor).value;
        let at = spoke.via.as_ref().map_or(origin, |it| it.origin);
        let fields = beside(fields(ctx, cluster, None, None, at));
        drafts.push(Draft {
            after: vec![After::Applied(of_sources.clone())],
            ..Draft::new(spoke.name.clone(), spoke.path.clone(), UnitPlace::Foreign, at, fields)
        });
    }
}

/// Whether nothing on the hub makes the namespace of a source that spokes use.
fn needs_namespace(ctx: &Context<'_>, hub: &Cluster, drafts: &[Draft], name: &EcoString) -> bool {
    let is_it = |it: &Id| it.kind == "Namespace" && it.name == *name;
    let is_made = drafts.iter().flat_map(|it| &it.objects).any(|it| is_it(&it.object.id));
    let is_external = external::has_namespace(ctx.db, ctx.index, hub, name);
    *name != hub.sync.namespace && !BUILT_IN_NAMESPACES.contains(&name.as_str()) && !is_made && !is_external
}
