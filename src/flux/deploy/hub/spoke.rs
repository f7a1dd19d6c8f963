//! A spoke: what of it is sent there, and what stays on the hub under names of its own.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::names::{SOURCES, hub_name, is_release, is_same, is_source};
use crate::fleet::{Cluster, KubeConfig, Via};
use crate::flux::context::Context;
use crate::flux::deploy::draft::{After, Draft};
use crate::flux::deploy::problems;
use crate::flux::deploy::unit::{OnHub, UnitPlace};
use crate::flux::release::Release;
use crate::flux::shared_item::Piece;
use crate::kube::Id;
use crate::kube::object::{Object, Tree, list, object, remove, set, text};
use crate::schema;
use crate::source::{IndexMap, IndexSet, Kind, Origin};
use crate::value::{Node, Value};

/// The longest that Flux copies into a label.
const LONGEST: usize = 63;

/// Makes of what a cluster would have with a Flux of its own what the hub's Flux applies to it. Out comes what its
/// hub has of it.
pub(in crate::flux::deploy) fn of_spoke(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    drafts: &mut Vec<Draft>,
    root: &mut Vec<Object>,
) -> Option<Arc<OnHub>> {
    let via = cluster.via.as_ref()?;
    let mut spoke = Spoke { cluster, via, moved: IndexSet::default(), on_hub: OnHub::default() };
    spoke.find_moved(drafts);
    let all = std::mem::take(drafts);
    drafts.extend(all.into_iter().flat_map(|it| spoke.halves(ctx, it)));
    let made: IndexSet<EcoString> = drafts.iter().filter(|it| it.is_made()).map(|it| it.name.clone()).collect();
    drafts.extend(spoke.tenants(ctx, root, &made));
    if let KubeConfig::Identity { name, data, origin } = &via.kube_config {
        let data = data.iter().fold(Tree::new(*origin), |tree, (key, it)| tree.node(key, it.clone()));
        let mut it = object("v1", "ConfigMap", &cluster.sync.namespace, name, None, *origin);
        set(&mut it.body, &["data"], data.build());
        it.file = "kubeconfig.yaml".into();
        root.push(it);
    }
    Some(Arc::new(spoke.on_hub))
}

/// A spoke whose objects are sent to two places.
pub(super) struct Spoke<'a> {
    pub cluster: &'a Cluster,
    via: &'a Via,
    /// What is the spoke's own on the hub beside its releases: sources that differ from those in `common/`, and what
    /// releases read values from.
    moved: IndexSet<Id>,
    on_hub: OnHub,
}

impl Spoke<'_> {
    pub(super) fn name(&self, namespace: &str, name: &str) -> EcoString {
        hub_name(self.cluster, namespace, name)
    }

    pub(super) fn kube_config(&self) -> Node {
        let origin = self.via.origin;
        let (key, tree) = match &self.via.kube_config {
            KubeConfig::Secret { name, key } => {
                ("secretRef", Tree::new(origin).node("name", name.clone()).maybe("key", key.clone()))
            }
            KubeConfig::Identity { name, .. } => ("configMapRef", Tree::new(origin).text("name", name.clone())),
        };
        Tree::new(origin).tree(key, tree).build()
    }

    fn find_moved(&mut self, drafts: &[Draft]) {
        let mut read: IndexSet<Id> = IndexSet::default();
        for release in drafts.iter().flat_map(|it| &it.objects).map(|it| &it.object).filter(|it| is_release(it)) {
            let from = release.body.at(&["spec", "valuesFrom"]).and_then(Node::list).unwrap_or_default();
            for it in from {
                let text = |key: &str| it.get(key).and_then(Node::text).cloned();
                if let (Some(kind), Some(name)) = (text("kind"), text("name")) {
                    read.insert(Id { group: EcoString::new(), kind, namespace: release.id.namespace.clone(), name });
                }
            }
        }
        for draft in drafts {
            let of_base: IndexMap<&Id, &Arc<Object>> = draft.base.iter().map(|it| (&it.id, it)).collect();
            for it in draft.objects.iter().map(|it| &it.object) {
                let is_as_in_base = || of_base.get(&it.id).is_some_and(|base| is_same(base, it));
                if read.contains(&it.id) || (is_source(&it.id) && !is_as_in_base()) {
                    self.moved.insert(it.id.clone());
                }
            }
        }
    }

    /// What goes to the spoke, and what stays on the hub.
    fn halves(&mut self, ctx: &mut Context<'_>, draft: Draft) -> Vec<Draft> {
        let sync = &self.cluster.sync.namespace;
        if let Some(it) = draft.fields.get("kubeConfig") {
            ctx.state.out.push(problems::own_kube_config(it.origin, &self.cluster.name, self.via.origin));
        }
        let mut there = Vec::new();
        let mut here = Vec::new();
        for piece in draft.objects {
            let id = &piece.object.id;
            if self.moved.contains(id) || is_release(&piece.object) {
                here.push(self.moved_to_hub(ctx, &piece.object));
            } else if is_source(id) && piece.object.origin.anchor.kind(ctx.db) != Kind::MANIFEST {
                self.on_hub.sources.push(piece.object);
            } else if schema::is_flux_kind(&id.group, &id.kind) {
                ctx.state.out.push(problems::flux_object_of_spoke(&piece.object, &self.cluster.name, self.via.origin));
            } else {
                there.push(piece);
            }
        }
        let after: Vec<After> = draft.after.iter().flat_map(|it| self.after(it)).collect();
        let ready_when = draft.ready_when.renamed(|unit| vec![self.name(sync, unit), self.releases_of(unit)]);
        let releases = draft.releases.iter().map(|it| {
            let storage = if it.storage == it.namespace { it.target.clone() } else { it.storage.clone() };
            let object = self.name(&it.namespace, &it.object);
            Arc::new(Release { storage, object, namespace: sync.clone(), ..Release::clone(it) })
        });
        let on_hub = Draft {
            objects: here,
            releases: releases.collect(),
            after: after.clone(),
            ready_when: ready_when.clone(),
            catalogue: draft.catalogue,
            ..Draft::new(
                self.releases_of(&draft.name),
                eco_format!(
                    "{}/{}-specific/{}",
                    self.cluster.path,
                    self.cluster.name,
                    self.releases_of(&draft.name).trim_start_matches(&*eco_format!("{}-", self.cluster.name))
                ),
                UnitPlace::Gate,
                draft.origin,
                draft.fields.clone(),
            )
        };
        let unit = |name: EcoString| Id {
            group: "kustomize.toolkit.fluxcd.io".into(),
            kind: "Kustomization".into(),
            namespace: sync.clone(),
            name,
        };
        self.on_hub.own_names.insert(unit(self.name(sync, &draft.name)), unit(draft.name.clone()));
        let mut fields = draft.fields;
        set(&mut fields, &["kubeConfig"], self.kube_config());
        let on_spoke = Draft {
            name: self.name(sync, &draft.name),
            objects: there,
            releases: Vec::new(),
            after,
            ready_when,
            fields,
            ..draft
        };
        vec![on_spoke, on_hub]
    }

    pub(super) fn releases_of(&self, unit: &str) -> EcoString {
        eco_format!("{}-releases", self.name(&self.cluster.sync.namespace, unit))
    }

    /// What is awaited of a unit, in its two halves. One that is not made is left out later.
    fn after(&self, after: &After) -> Vec<After> {
        let there = self.name(&self.cluster.sync.namespace, after.unit());
        let here = self.releases_of(after.unit());
        match after {
            After::Ready(_) => vec![After::Ready(there), After::Ready(here)],
            After::Release(_, addon) => vec![After::Release(here, *addon)],
            After::Applied(_) => vec![After::Applied(there), After::Applied(here)],
        }
    }

    /// An object of the spoke's own on the hub.
    pub(super) fn moved_to_hub(&mut self, ctx: &mut Context<'_>, object: &Object) -> Piece {
        let mut it = object.clone();
        let sync = &self.cluster.sync.namespace;
        let was = std::mem::replace(&mut it.id.namespace, sync.clone());
        it.id.name = self.name(&was, &object.id.name);
        it.is_checked = false;
        it.component = None;
        self.on_hub.own_names.insert(it.id.clone(), object.id.clone());
        if it.id.name.len() > LONGEST {
            ctx.state.out.push(problems::long_hub_name(object.origin, &it.id.name, LONGEST));
        }
        let at = |node: Option<&Node>| node.map_or(object.origin, |it| it.origin);
        let (name_at, namespace_at) =
            (at(it.body.at(&["metadata", "name"])), at(it.body.at(&["metadata", "namespace"])));
        set(&mut it.body, &["metadata", "name"], text(it.id.name.clone(), name_at));
        set(&mut it.body, &["metadata", "namespace"], text(sync.clone(), namespace_at));
        if is_release(object) {
            self.complete_release(ctx, &mut it.body, &was, object.origin);
        }
        Piece::own(it)
    }

    fn complete_release(&self, ctx: &mut Context<'_>, body: &mut Node, was: &EcoString, origin: Origin) {
        if let Some(it) = body.at(&["spec", "kubeConfig"]) {
            ctx.state.out.push(problems::own_kube_config(it.origin, &self.cluster.name, self.via.origin));
        }
        set(body, &["spec", "kubeConfig"], self.kube_config());
        if body.at(&["spec", "storageNamespace"]).is_none()
            && let Some(target) = body.at(&["spec", "targetNamespace"]).cloned()
        {
            set(body, &["spec", "storageNamespace"], target);
        }
        if body.at(&["spec", "install", "createNamespace"]).is_none() {
            let yes = Node::new(Value::Bool(true), self.via.origin);
            set(body, &["spec", "install", "createNamespace"], yes);
        }
        for path in [&["spec", "chart", "spec", "sourceRef"][..], &["spec", "chartRef"]] {
            let Some(reference) = body.at(path).cloned() else { continue };
            set(body, path, self.reference(&reference, was, |id| self.moved.contains(id)));
        }
        for (path, kind) in [(["spec", "dependsOn"], Some("HelmRelease")), (["spec", "valuesFrom"], None)] {
            let Some(all) = body.at(&path).and_then(Node::list).map(<[Node]>::to_vec) else { continue };
            let all = all.iter().map(|it| {
                let is_own = |id: &Id| kind.is_some() || self.moved.contains(id);
                self.reference(it, was, is_own)
            });
            set(body, &path, list(all.collect(), origin));
        }
    }

    /// What a Flux object says of another, which may have another name on the hub.
    pub(super) fn reference(&self, node: &Node, was: &EcoString, is_own: impl Fn(&Id) -> bool) -> Node {
        let mut node = node.clone();
        let text_of = |node: &Node, key: &str| node.get(key).and_then(Node::text).cloned();
        let Some(name) = text_of(&node, "name") else { return node };
        let namespace = text_of(&node, "namespace").unwrap_or_else(|| was.clone());
        let kind = text_of(&node, "kind").unwrap_or_default();
        let is_value = matches!(kind.as_str(), "ConfigMap" | "Secret");
        let group = if is_value { EcoString::new() } else { SOURCES.into() };
        if is_own(&Id { group, kind, namespace: namespace.clone(), name: name.clone() }) {
            let at = node.get("name").map_or(node.origin, |it| it.origin);
            set(&mut node, &["name"], text(self.name(&namespace, &name), at));
            remove(&mut node, &["namespace"]);
        } else if namespace == self.cluster.sync.namespace {
            remove(&mut node, &["namespace"]);
        }
        node
    }
}
