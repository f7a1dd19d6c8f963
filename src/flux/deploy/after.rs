//! `after`: the Kustomizations that a catalogue, or a tenant, comes after.

use ecow::{EcoString, eco_format};

use super::draft::{After, Draft, ReadyWhen};
use crate::fleet::{self, Attached, Cluster};
use crate::flux::computed::is_computed;
use crate::flux::context::Context;
use crate::flux::external;
use crate::flux::layout::{has_own_unit, is_split, specific};
use crate::flux::namespaces::tenant_namespaces;
use crate::flux::problems;
use crate::kube::object::{Object, Tree, list, set, text};
use crate::source::{Anchor, Kind};
use crate::value::Node;

/// What the tenants of a cluster come after. Each Kustomization of a tenant's repositories waits for it.
pub(super) fn of_tenants(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    drafts: &[Draft],
    root: &mut [Object],
) -> Vec<After> {
    let mut all = Vec::new();
    for tenant in cluster.attached.iter().filter_map(|(it, _): &(Attached, _)| it.tenant()) {
        let body = &fleet::declared(ctx.db, tenant).value;
        let Some(names) = body.get("after") else { continue };
        let ready_when = ready_when(ctx, cluster, body);
        let is_made = |it: &After| {
            it.outside().is_some() || drafts.iter().any(|draft| draft.name == *it.unit() && draft.is_made())
        };
        let after: Vec<After> = of(ctx, cluster, Some(names)).into_iter().filter(is_made).collect();
        let namespaces = tenant_namespaces(ctx.db, tenant);
        let is_its = |it: &&mut Object| it.id.kind == "Kustomization" && namespaces.contains(&it.id.namespace);
        for kustomization in root.iter_mut().filter(is_its) {
            let own = kustomization.body.at(&["spec", "dependsOn"]).and_then(Node::list).unwrap_or_default();
            let mut waits = own.to_vec();
            for it in &after {
                let unit = drafts.iter().find(|draft| draft.name == *it.unit());
                // Those of a spoke have other names on its hub, which are found there.
                let called = unit.filter(|_| cluster.via.is_none());
                let called = called.map(|it| (it.namespace(&cluster.sync).as_str(), it.flux_name().as_str()));
                let in_project = || (cluster.sync.namespace.as_str(), it.unit().as_str());
                let (namespace, name) = it.outside().or(called).unwrap_or_else(in_project);
                let node = Tree::new(names.origin)
                    .text("name", name)
                    .text("namespace", namespace)
                    .maybe("readyExpr", ready_when.condition(it.unit()))
                    .build();
                if !waits.contains(&node) {
                    waits.push(node);
                }
            }
            if !waits.is_empty() {
                set(&mut kustomization.body, &["spec", "dependsOn"], list(waits, names.origin));
            }
        }
        all.extend(after);
    }
    all
}

/// `ready-when { cluster-addons.karpenter = "…" }` beside `after`.
pub(super) fn ready_when(ctx: &mut Context<'_>, cluster: &Cluster, body: &Node) -> ReadyWhen {
    let mut all = Vec::new();
    let names = || body.get("after").and_then(Node::list).unwrap_or_default().iter().filter_map(Node::text);
    for (name, condition) in body.get("ready-when").and_then(Node::map).into_iter().flat_map(|it| &it.entries) {
        if !names().any(|it| it == name) {
            let known = names().map(EcoString::as_str);
            ctx.state.out.push(problems::not_awaited(condition.origin, name, "after", known));
        }
        let one = list(vec![text(name.clone(), condition.origin)], condition.origin);
        all.extend(of(ctx, cluster, Some(&one)).iter().map(|it| (it.unit().clone(), condition.clone())));
    }
    ReadyWhen(all)
}

/// `after` of a catalogue, which cannot come after itself.
pub(super) fn of_catalogue(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    catalogue: Anchor,
    names: Option<&Node>,
) -> Vec<After> {
    let own = catalogue.name(ctx.db);
    for node in names.and_then(Node::list).unwrap_or_default() {
        let is_own = |it: &EcoString| it.split('.').next() == Some(own.as_str());
        if node.text().is_some_and(|it| is_own(it) && external::awaited(ctx.db, ctx.index, it).is_empty()) {
            ctx.state.out.push(problems::after_itself(node.origin, own));
        }
    }
    of(ctx, cluster, names)
}

/// `after = [cluster-addons.karpenter]`, as far as the cluster takes it.
pub(super) fn of(ctx: &Context<'_>, cluster: &Cluster, names: Option<&Node>) -> Vec<After> {
    let mut after = Vec::new();
    for name in names.and_then(Node::list).unwrap_or_default().iter().filter_map(Node::text) {
        after.extend(of_name(ctx, cluster, name));
        // Who waits for a catalogue waits for what it includes.
        for included in fleet::included(ctx.db, name) {
            after.extend(of_name(ctx, cluster, &included));
        }
    }
    after
}

fn of_name(ctx: &Context<'_>, cluster: &Cluster, name: &EcoString) -> Vec<After> {
    let mut after = Vec::new();
    let (catalogue, item) = match name.split_once('.') {
        Some((catalogue, item)) => (catalogue, Some(item)),
        None => (name.as_str(), None),
    };
    let outside = external::awaited(ctx.db, ctx.index, name).into_iter();
    after.extend(outside.filter(|it| external::is_visible(ctx.db, *it, cluster)).map(|it| {
        let namespace = external::namespace(ctx.db, it).unwrap_or_else(|| cluster.sync.namespace.clone());
        After::Outside(eco_format!("{namespace}/{}", it.name(ctx.db)))
    }));
    let Some(anchor) = ctx.index.catalogues.get(catalogue) else { return after };
    let Some(taken) = cluster.taken.iter().find(|it| it.catalogue == *anchor) else { return after };
    let unit = fleet::unit_name(ctx.db, *anchor);
    let catalogue = unit.as_str();
    match item {
        None => {
            after.push(After::Ready(catalogue.into()));
            if taken.items.iter().any(|it| is_computed(ctx.db, *it)) {
                after.push(After::Ready(specific(catalogue)));
            }
            let kustomized = taken.items.iter().filter(|it| it.kind(ctx.db) == Kind::KUSTOMIZE);
            after.extend(kustomized.map(|it| After::Ready(eco_format!("{catalogue}-{}", it.name(ctx.db)))));
            if is_split(ctx.db, *anchor) {
                let addons = taken.items.iter().filter(|it| it.kind(ctx.db) == Kind::ADDON);
                after.extend(addons.map(|it| After::Ready(eco_format!("{catalogue}-{}", it.name(ctx.db)))));
            }
        }
        Some(item) => {
            // A namespace of the same name is not meant.
            let named = ctx.index.items.get(anchor).and_then(|it| it.get(item));
            let Some(item) = named.filter(|it| taken.items.contains(it)) else { return after };
            let has_own_unit = has_own_unit(item.kind(ctx.db), is_split(ctx.db, *anchor));
            let unit = if is_computed(ctx.db, *item) {
                specific(catalogue)
            } else if has_own_unit {
                eco_format!("{catalogue}-{}", item.name(ctx.db))
            } else {
                catalogue.into()
            };
            if item.kind(ctx.db) == Kind::ADDON {
                after.push(After::Release(unit, *item));
            } else {
                after.push(After::Ready(unit));
            }
        }
    }
    after
}
