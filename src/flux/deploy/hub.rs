//! Hub and spoke: a cluster without a Flux of its own, whose objects the hub's Flux applies.
//!
//! What is no Flux object goes to the spoke, by Kustomizations with its `kubeConfig`. Flux objects stay on the hub, in
//! the namespace of its Flux, under names of the spoke's own: its Kustomizations; its releases, written whole, as Flux
//! cannot rename what it applies; and those sources that are not the same on every cluster. A source that is as it
//! stands in `common/` is the hub's, once for all spokes.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::draft::{After, Draft};
use super::problems;
use super::unit::UnitPlace;
use crate::fleet::{self, Cluster, KubeConfig, Via};
use crate::flux;
use crate::flux::context::{Context, file_name};
use crate::flux::kustomization::fields;
use crate::flux::manifest::namespace;
use crate::flux::release::Release;
use crate::flux::shared_item::Piece;
use crate::kube::Id;
use crate::kube::object::{Object, Tree, list, object, remove, set, text};
use crate::kube::patch;
use crate::schema;
use crate::source::{IndexMap, IndexSet, Kind, Origin};
use crate::value::{Node, Value};

/// The name that something of a spoke has on the hub: what the cluster calls it, after the cluster's name.
fn hub_name(cluster: &Cluster, namespace: &str, name: &str) -> EcoString {
    let spoke = &cluster.name;
    let is_its = name.strip_prefix(spoke.as_str()).is_some_and(|it| it.starts_with('-'));
    match (namespace == cluster.sync.namespace, is_its) {
        (true, true) => name.into(),
        (true, false) => eco_format!("{spoke}-{name}"),
        (false, _) => eco_format!("{spoke}-{namespace}-{name}"),
    }
}

/// What a hub has of a spoke.
#[derive(Default)]
pub(super) struct OnHub {
    /// The sources that are the hub's.
    pub sources: Vec<Arc<Object>>,
    /// What the spoke's own objects would be called on a cluster with a Flux of its own.
    pub own_names: IndexMap<Id, Id>,
}

/// Makes of what a cluster would have with a Flux of its own what the hub's Flux applies to it. Out comes what its
/// hub has of it.
pub(super) fn of_spoke(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    drafts: &mut Vec<Draft>,
    root: &mut Vec<Object>,
) -> OnHub {
    let Some(via) = &cluster.via else { return OnHub::default() };
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
    spoke.on_hub
}

/// A spoke whose objects are sent to two places.
struct Spoke<'a> {
    cluster: &'a Cluster,
    via: &'a Via,
    /// What is the spoke's own on the hub beside its releases: sources that differ from those in `common/`, and what
    /// releases read values from.
    moved: IndexSet<Id>,
    on_hub: OnHub,
}

impl Spoke<'_> {
    fn name(&self, namespace: &str, name: &str) -> EcoString {
        hub_name(self.cluster, namespace, name)
    }

    fn kube_config(&self) -> Node {
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

    fn releases_of(&self, unit: &str) -> EcoString {
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
    fn moved_to_hub(&mut self, ctx: &mut Context<'_>, object: &Object) -> Piece {
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
    fn reference(&self, node: &Node, was: &EcoString, is_own: impl Fn(&Id) -> bool) -> Node {
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

    /// What a cluster's root holds for tenants. Their accounts and namespaces go to the spoke. Flux takes the account of
    /// a Kustomization to be in the Kustomization's namespace, on the spoke as well: so the accounts are there, too.
    fn tenants(&mut self, ctx: &mut Context<'_>, root: &mut Vec<Object>, made: &IndexSet<EcoString>) -> Option<Draft> {
        let sync = &self.cluster.sync.namespace;
        let tenants = eco_format!("{}-tenants", self.cluster.name);
        let mut there: Vec<Object> = Vec::new();
        let mut here: Vec<Object> = Vec::new();
        for mut it in std::mem::take(root) {
            let origin = it.origin;
            if !schema::is_flux_kind(&it.id.group, &it.id.kind) {
                if it.id.kind == "ServiceAccount" {
                    it.id.name = account(&it.id.namespace, &it.id.name);
                    it.id.namespace = sync.clone();
                    set(&mut it.body, &["metadata", "name"], text(it.id.name.clone(), origin));
                    set(&mut it.body, &["metadata", "namespace"], text(sync.clone(), origin));
                } else if it.id.kind == "RoleBinding" {
                    bind_moved(&mut it, sync);
                }
                there.push(it);
                continue;
            }
            let was = it.id.namespace.clone();
            let mut it = Object::clone(&self.moved_to_hub(ctx, &it).object);
            if it.id.kind == "Kustomization" {
                let after = if was == *sync { None } else { Some(&tenants) };
                self.complete_kustomization(&mut it.body, &was, origin, made, after);
            }
            here.push(it);
        }
        *root = here;
        let first = there.first()?.origin;
        let account = there.iter().find(|it| it.id.kind == "ServiceAccount").map(|it| it.origin);
        if let Some(origin) = account.filter(|_| !there.iter().any(|it| it.id.name == *sync)) {
            there.push(namespace(sync, None, origin));
        }
        let mut fields = fields(ctx, self.cluster, None, None, first);
        set(&mut fields, &["kubeConfig"], self.kube_config());
        let path = eco_format!("{}/{}-specific/tenants", self.cluster.path, self.cluster.name);
        let objects = there.into_iter().map(|it| {
            let file = eco_format!("{}-{}.yaml", it.id.kind.to_lowercase(), file_name(&own_name(&it.id)));
            Piece::own(Object { file, ..it })
        });
        Some(Draft { objects: objects.collect(), ..Draft::new(tenants, path, UnitPlace::Gate, first, fields) })
    }

    /// A Kustomization of a tenant, or of a repository that is trusted. It comes after the tenants' accounts, and after
    /// both halves of what it came after.
    fn complete_kustomization(
        &self,
        body: &mut Node,
        was: &EcoString,
        origin: Origin,
        made: &IndexSet<EcoString>,
        tenants: Option<&EcoString>,
    ) {
        let sync = &self.cluster.sync.namespace;
        set(body, &["spec", "kubeConfig"], self.kube_config());
        if let Some(it) = body.at(&["spec", "sourceRef"]).cloned() {
            set(body, &["spec", "sourceRef"], self.reference(&it, was, |_| true));
        }
        let named = |name: EcoString, at: Origin| Tree::new(at).text("name", name).build();
        let mut after: Vec<Node> = tenants.map(|it| named(it.clone(), origin)).into_iter().collect();
        for it in body.at(&["spec", "dependsOn"]).and_then(Node::list).unwrap_or_default() {
            let unit = it.get("name").and_then(Node::text);
            let is_unit = it.get("namespace").and_then(Node::text).unwrap_or(was) == sync;
            match unit.filter(|_| is_unit) {
                Some(unit) => {
                    let halves = [self.name(sync, unit), self.releases_of(unit)].into_iter();
                    let halves = halves.filter(|half| made.contains(half));
                    after.extend(halves.map(|half| {
                        let mut half = named(half, it.origin);
                        if let Some(condition) = it.get("readyExpr") {
                            set(&mut half, &["readyExpr"], condition.clone());
                        }
                        half
                    }));
                }
                None => after.push(self.reference(it, was, |_| true)),
            }
        }
        if !after.is_empty() {
            set(body, &["spec", "dependsOn"], list(after, origin));
        }
        if was != sync
            && let Some(it) = body.at(&["spec", "serviceAccountName"]).cloned()
            && let Some(name) = it.text()
        {
            set(body, &["spec", "serviceAccountName"], text(account(was, name), it.origin));
        }
    }
}

/// The longest that Flux copies into a label.
const LONGEST: usize = 63;

/// The API group of Flux' sources.
const SOURCES: &str = "source.toolkit.fluxcd.io";

fn is_release(object: &Object) -> bool {
    object.id.kind == "HelmRelease" && object.id.group == "helm.toolkit.fluxcd.io"
}

fn is_source(id: &Id) -> bool {
    id.group == SOURCES
}

/// Whether two objects are the same, wherever their values are written.
fn is_same(one: &Object, other: &Object) -> bool {
    one.version == other.version && patch::patches(one, other).is_empty()
}

/// The account of a tenant's namespace, beside those of others.
fn account(namespace: &str, name: &str) -> EcoString {
    eco_format!("{namespace}-{name}")
}

fn own_name(id: &Id) -> EcoString {
    if id.namespace.is_empty() { id.name.clone() } else { eco_format!("{}-{}", id.namespace, id.name) }
}

/// A binding of accounts that are moved beside Flux.
fn bind_moved(binding: &mut Object, sync: &EcoString) {
    let Some(subjects) = binding.body.get("subjects").and_then(Node::list) else { return };
    let mut subjects = subjects.to_vec();
    let at = binding.origin;
    for it in
        subjects.iter_mut().filter(|it| it.get("kind").and_then(Node::text).is_some_and(|it| it == "ServiceAccount"))
    {
        let named = |key: &str| it.get(key).and_then(Node::text).cloned();
        let (Some(name), Some(namespace)) = (named("name"), named("namespace")) else { continue };
        set(it, &["name"], text(account(&namespace, &name), at));
        set(it, &["namespace"], text(sync.clone(), at));
    }
    set(&mut binding.body, &["subjects"], list(subjects, at));
}

/// What a hub has for its spokes: the sources that they share, and a Kustomization for the root of each.
pub(super) fn of_hub(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let spokes = fleet::spokes(db, cluster.anchor);
    if spokes.is_empty() {
        return;
    }
    let own: IndexMap<Id, Arc<Object>> = drafts
        .iter()
        .flat_map(|it| &it.objects)
        .filter(|it| is_source(&it.object.id))
        .map(|it| (it.object.id.clone(), Arc::clone(&it.object)))
        .collect();
    let mut sources: IndexMap<Id, Arc<Object>> = IndexMap::default();
    for spoke in spokes {
        for it in &flux::exactly(db, *spoke).value.hub_sources {
            match own.get(&it.id).or_else(|| sources.get(&it.id)) {
                None => {
                    sources.insert(it.id.clone(), Arc::clone(it));
                }
                Some(other) if is_same(other, it) => {}
                Some(other) => {
                    let problem =
                        problems::other_source(&it.id, it.origin, other.origin, spoke.name(db), &cluster.name);
                    ctx.state.out.push(problem);
                }
            }
        }
    }
    sources.sort_keys();
    let of_sources = eco_format!("{}-spokes", cluster.name);
    let origin = cluster.origin;
    if !sources.is_empty() {
        let fields = fields(ctx, cluster, None, None, origin);
        let path = eco_format!("{}/{}-specific/spokes", cluster.path, cluster.name);
        let objects = sources.into_values().map(|it| {
            let file = eco_format!("{}-{}.yaml", it.id.kind.to_lowercase(), file_name(&it.id.name));
            Piece::own(Object { file, component: None, ..Object::clone(&it) })
        });
        let objects = objects.collect();
        drafts.push(Draft { objects, ..Draft::new(of_sources.clone(), path, UnitPlace::Gate, origin, fields) });
    }
    for spoke in spokes {
        let spoke = &fleet::cluster(db, *spoke).value;
        let at = spoke.via.as_ref().map_or(origin, |it| it.origin);
        let fields = fields(ctx, cluster, None, None, at);
        drafts.push(Draft {
            after: vec![After::Applied(of_sources.clone())],
            ..Draft::new(spoke.name.clone(), spoke.path.clone(), UnitPlace::Foreign, at, fields)
        });
    }
}
