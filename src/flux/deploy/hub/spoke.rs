//! A spoke: what of it is sent there, and what stays on the hub under names of its own.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::names::{hub_name, is_release, is_same};
use crate::fleet::{self, Cluster, KubeConfig, Via};
use crate::flux::context::Context;
use crate::flux::deploy::draft::{After, Draft};
use crate::flux::deploy::problems;
use crate::flux::deploy::unit::{OnHub, UnitPlace};
use crate::flux::manifest::PRUNE;
use crate::flux::release::Release;
use crate::flux::shared_item::Piece;
use crate::flux::source::SourceRef;
use crate::kube::Id;
use crate::kube::object::{Object, Tree, list, object, remove, set, split_api_version, text};
use crate::schema;
use crate::source::{IndexMap, IndexSet, Kind, Origin};
use crate::value::{Node, Value, same};

/// The longest that Flux copies into a label.
const LONGEST: usize = 63;

/// The Kustomizations of a spoke live beside its hub's Flux, each with the spoke's name in front of its own.
pub(in crate::flux::deploy) fn take_places(cluster: &Cluster, drafts: &mut [Draft]) {
    for draft in drafts.iter_mut().filter(|_| cluster.via.is_some()) {
        draft.called = None;
        remove(&mut draft.fields, &["namespace"]);
    }
}

/// Makes of what a cluster would have with a Flux of its own what the hub's Flux applies to it. Out comes what its
/// hub has of it.
pub(in crate::flux::deploy) fn of_spoke(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    drafts: &mut Vec<Draft>,
    root: &mut Vec<Object>,
) -> Option<Arc<OnHub>> {
    let via = cluster.via.as_ref()?;
    let mut spoke =
        Spoke { cluster, via, moved: IndexSet::default(), releases: IndexSet::default(), on_hub: OnHub::default() };
    spoke.find_moved(ctx, drafts);
    let all = std::mem::take(drafts);
    drafts.extend(all.into_iter().flat_map(|it| spoke.halves(ctx, it)));
    let made: IndexSet<EcoString> = drafts.iter().filter(|it| it.is_made()).map(|it| it.name.clone()).collect();
    let has_flux_namespace = drafts
        .iter()
        .flat_map(|it| &it.objects)
        .any(|it| it.object.id.kind == "Namespace" && it.object.id.name == cluster.sync.namespace);
    if let Some(tenants) = spoke.tenants(ctx, root, &made, has_flux_namespace) {
        let makes = |namespace: &EcoString| {
            tenants.objects.iter().any(|it| it.object.id.kind == "Namespace" && it.object.id.name == *namespace)
        };
        for draft in drafts.iter_mut() {
            let is_inside = draft.objects.iter().any(|it| makes(&it.object.id.namespace));
            if is_inside || draft.releases.iter().any(|it| makes(&it.target)) {
                draft.after.push(After::Applied(tenants.name.clone()));
            }
        }
        drafts.push(tenants);
    }
    if let KubeConfig::Identity { name, data, origin } = &via.kube_config {
        let data = data.iter().fold(Tree::new(*origin), |tree, (key, it)| tree.node(key, it.clone()));
        let mut it = object("v1", "ConfigMap", &cluster.sync.namespace, name, None, *origin);
        // The Kustomizations and releases that reach the spoke by it need it to go, and would leave what they
        // applied if it went before them.
        set(&mut it.body, &["metadata", "annotations", PRUNE], text("disabled", *origin));
        set(&mut it.body, &["data"], data.build());
        it.file = "kubeconfig.yaml".into();
        root.push(it);
    }
    Some(Arc::new(spoke.on_hub))
}

/// A spoke whose objects are sent to two places.
pub(super) struct Spoke<'a> {
    pub cluster: &'a Cluster,
    pub via: &'a Via,
    /// What is the spoke's own on the hub beside its releases: sources that differ from those in `common/`, and what
    /// releases read values from.
    moved: IndexSet<Id>,
    /// Its releases as they would be called with a Flux of its own: namespace and name.
    releases: IndexSet<(EcoString, EcoString)>,
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

    fn find_moved(&mut self, ctx: &mut Context<'_>, drafts: &[Draft]) {
        let sync = &self.cluster.sync.namespace;
        let releases = drafts.iter().flat_map(|it| &it.objects).map(|it| &it.object).filter(|it| is_release(it));
        self.releases.extend(releases.map(|it| (it.id.namespace.clone(), it.id.name.clone())));
        let mut read: IndexSet<Id> = IndexSet::default();
        for draft in drafts {
            read.extend(read_by_kustomization(&draft.fields, sync));
            for it in draft.objects.iter().map(|it| &*it.object).filter(|it| is_release(it) || it.id.is_source()) {
                read.extend(read_by_object(it));
            }
        }
        for it in drafts.iter().flat_map(|it| &it.objects).map(|it| &it.object).filter(|it| read.contains(&it.id)) {
            if it.raw.is_some() {
                ctx.state.out.push(problems::sops_on_hub(&it.id, it.origin, &self.cluster.name, self.via.origin));
            }
            self.moved.insert(it.id.clone());
        }
        for draft in drafts {
            let of_base: IndexMap<&Id, &Arc<Object>> = draft.base.iter().map(|it| (&it.id, it)).collect();
            // What a Kustomization does to its objects, it would do on the hub for one spoke alone.
            let is_changed = draft.fields.get("postBuild").or_else(|| draft.fields.get("commonMetadata")).is_some();
            for it in draft.objects.iter().map(|it| &it.object).filter(|it| it.id.is_source()) {
                let is_as_in_base = of_base.get(&it.id).is_some_and(|base| is_same(base, it));
                let is_beside = it.origin.anchor.kind(ctx.db) == Kind::ADDON;
                let is_shared = is_as_in_base && !is_changed && !is_beside && self.is_as_on_hub(ctx, it);
                if !is_shared || read_by_object(it).iter().any(|it| self.moved.contains(it)) {
                    self.moved.insert(it.id.clone());
                }
            }
        }
    }

    /// Whether the hub, if it has a source, has it as it is in `common/`.
    fn is_as_on_hub(&self, ctx: &Context<'_>, source: &Object) -> bool {
        let (db, anchor) = (ctx.db, source.origin.anchor);
        let on_hub = fleet::evaluate_in(db, anchor, &fleet::cluster(db, self.via.hub).value);
        same(&on_hub.value.node.value, &fleet::base(db, anchor).value.node.value)
    }

    /// What goes to the spoke, and what stays on the hub.
    fn halves(&mut self, ctx: &mut Context<'_>, draft: Draft) -> Vec<Draft> {
        let sync = &self.cluster.sync.namespace;
        if let Some(it) = draft.fields.get("kubeConfig") {
            ctx.state.out.push(problems::own_kube_config(it.origin, &self.cluster.name, self.via.origin));
        }
        let (on_spoke_name, on_hub_name) = (self.name(sync, &draft.name), self.releases_of(&draft.name));
        for name in [&on_spoke_name, &on_hub_name].into_iter().filter(|it| it.len() > LONGEST) {
            ctx.state.out.push(problems::long_hub_name(draft.origin, name, LONGEST));
        }
        let mut there = Vec::new();
        let mut here = Vec::new();
        for piece in draft.objects {
            let id = &piece.object.id;
            if self.moved.contains(id) || is_release(&piece.object) {
                here.push(self.moved_to_hub(ctx, &piece.object));
            } else if id.is_source() && piece.object.origin.anchor.kind(ctx.db) != Kind::MANIFEST {
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
        let part = on_hub_name.strip_prefix(&*eco_format!("{}-", self.cluster.name)).unwrap_or(&on_hub_name);
        let dir = eco_format!("{}/{}-specific/{part}", self.cluster.path, self.cluster.name);
        let on_hub = Draft {
            objects: here,
            releases: releases.collect(),
            after: after.clone(),
            beside: Some(on_spoke_name.clone()),
            ready_when: ready_when.clone(),
            catalogue: draft.catalogue,
            ..Draft::new(on_hub_name, dir, UnitPlace::Gate, draft.origin, self.fields(draft.fields.clone(), true))
        };
        let unit = |name: EcoString| Id {
            group: "kustomize.toolkit.fluxcd.io".into(),
            kind: "Kustomization".into(),
            namespace: sync.clone(),
            name,
        };
        self.on_hub.own_names.insert(unit(on_spoke_name.clone()), unit(draft.name.clone()));
        let mut fields = self.fields(draft.fields, false);
        set(&mut fields, &["kubeConfig"], self.kube_config());
        let source = draft.source.map(|mut it| {
            let namespace = it.namespace.clone().unwrap_or_else(|| sync.clone());
            let id = Id { group: Id::SOURCES.into(), kind: it.kind.clone(), namespace, name: it.name.clone() };
            if self.moved.contains(&id) {
                it = SourceRef { name: self.name(&id.namespace, &id.name), namespace: None, ..it };
            }
            it
        });
        let on_spoke = Draft {
            name: on_spoke_name,
            source,
            objects: there,
            releases: Vec::new(),
            after,
            ready_when,
            fields,
            ..draft
        };
        vec![on_spoke, on_hub]
    }

    /// The fields of a Kustomization's half. Each looks for what its objects are where those are, and reads what it reads
    /// on the hub.
    fn fields(&self, mut fields: Node, on_hub: bool) -> Node {
        let sync = &self.cluster.sync.namespace;
        let text_of = |node: &Node, key: &str| node.get(key).and_then(Node::text).cloned();
        if let Some(all) = fields.get("healthChecks").and_then(Node::list).map(<[Node]>::to_vec) {
            let is_of_flux = |it: &Node| {
                let (group, _) = split_api_version(&text_of(it, "apiVersion").unwrap_or_default());
                schema::is_flux_kind(&group, &text_of(it, "kind").unwrap_or_default())
            };
            let renamed = |mut it: Node| {
                let namespace = text_of(&it, "namespace").unwrap_or_else(|| sync.clone());
                if let Some(name) = text_of(&it, "name").filter(|_| on_hub) {
                    let at = it.origin;
                    set(&mut it, &["name"], text(self.name(&namespace, &name), at));
                    set(&mut it, &["namespace"], text(sync.clone(), at));
                }
                it
            };
            let at = all.first().map_or(self.via.origin, |it| it.origin);
            let kept: Vec<Node> = all.into_iter().filter(|it| is_of_flux(it) == on_hub).map(renamed).collect();
            if kept.is_empty() {
                remove(&mut fields, &["healthChecks"]);
            } else {
                set(&mut fields, &["healthChecks"], list(kept, at));
            }
        }
        if on_hub {
            // An account that is said is one of the spoke.
            remove(&mut fields, &["serviceAccountName"]);
        }
        if let Some(all) = fields.at(&["postBuild", "substituteFrom"]).and_then(Node::list).map(<[Node]>::to_vec) {
            let all = all.iter().map(|it| self.reference(it, sync, |id| self.moved.contains(id))).collect();
            set(&mut fields, &["postBuild", "substituteFrom"], list(all, self.via.origin));
        }
        self.rename_secret(&mut fields, &["decryption", "secretRef"], sync);
        fields
    }

    /// Gives a reference to a Secret the name that the Secret has on the hub.
    fn rename_secret(&self, node: &mut Node, path: &[&str], namespace: &EcoString) {
        let Some((name, at)) =
            node.at(path).and_then(|it| it.get("name")).and_then(|it| Some((it.text()?.clone(), it.origin)))
        else {
            return;
        };
        let id = Id { group: EcoString::new(), kind: "Secret".into(), namespace: namespace.clone(), name };
        if self.moved.contains(&id) {
            let path: Vec<&str> = path.iter().copied().chain(["name"]).collect();
            set(node, &path, text(self.name(namespace, &id.name), at));
        }
    }

    pub(super) fn releases_of(&self, unit: &str) -> EcoString {
        eco_format!("{}-releases", self.name(&self.cluster.sync.namespace, unit))
    }

    /// What is awaited of a unit, in its two halves. One that is not made is left out later.
    fn after(&self, after: &After) -> Vec<After> {
        if after.outside().is_some() {
            return vec![after.clone()];
        }
        let there = self.name(&self.cluster.sync.namespace, after.unit());
        let here = self.releases_of(after.unit());
        match after {
            After::Ready(_) => vec![After::Ready(there), After::Ready(here)],
            After::Release(_, addon) => vec![After::Release(here, *addon)],
            After::Applied(_) => vec![After::Applied(there), After::Applied(here)],
            After::Outside(_) => Vec::new(),
        }
    }

    /// An object of the spoke's own on the hub.
    pub(super) fn moved_to_hub(&mut self, ctx: &mut Context<'_>, object: &Object) -> Piece {
        let mut it = object.clone();
        let sync = &self.cluster.sync.namespace;
        let was = std::mem::replace(&mut it.id.namespace, sync.clone());
        it.id.name = self.name(&was, &object.id.name);
        it.is_checked = false;
        // Parts of a catalogue have files of one name.
        if let Some(part) = it.component.take() {
            it.file = eco_format!("{part}/{}", it.file);
        }
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
        } else if object.id.is_source() {
            for path in SECRETS {
                let path: Vec<&str> = std::iter::once("spec").chain(path.iter().copied()).collect();
                self.rename_secret(&mut it.body, &path, &was);
            }
        }
        Piece::own(it)
    }

    fn complete_release(&self, ctx: &mut Context<'_>, body: &mut Node, was: &EcoString, origin: Origin) {
        if let Some(it) = body.at(&["spec", "kubeConfig"]) {
            ctx.state.out.push(problems::own_kube_config(it.origin, &self.cluster.name, self.via.origin));
        }
        set(body, &["spec", "kubeConfig"], self.kube_config());
        if let Some(account) = body.at(&["spec", "serviceAccountName"]).filter(|_| *was != self.cluster.sync.namespace)
        {
            let sync = &self.cluster.sync.namespace;
            ctx.state.out.push(problems::account_elsewhere(account.origin, was, sync, &self.cluster.name));
        }
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
                let is_release = |id: &Id| self.releases.contains(&(id.namespace.clone(), id.name.clone()));
                let is_own = |id: &Id| if kind.is_some() { is_release(id) } else { self.moved.contains(id) };
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
        let group = if is_value { EcoString::new() } else { Id::SOURCES.into() };
        if is_own(&Id { group, kind, namespace: namespace.clone(), name: name.clone() }) {
            let at = node.get("name").map_or(node.origin, |it| it.origin);
            set(&mut node, &["name"], text(self.name(&namespace, &name), at));
            remove(&mut node, &["namespace"]);
        } else if namespace == self.cluster.sync.namespace {
            remove(&mut node, &["namespace"]);
        } else {
            // What names it lives beside Flux now.
            let at = node.origin;
            set(&mut node, &["namespace"], text(namespace, at));
        }
        node
    }
}

/// Where a source names Secrets, from `spec` on.
const SECRETS: [&[&str]; 4] = [&["secretRef"], &["certSecretRef"], &["proxySecretRef"], &["verify", "secretRef"]];

/// What a release or a source reads beside itself.
fn read_by_object(object: &Object) -> Vec<Id> {
    let of = |kind: EcoString, name: EcoString| Id {
        group: EcoString::new(),
        kind,
        namespace: object.id.namespace.clone(),
        name,
    };
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).cloned();
    let Some(spec) = object.spec() else { return Vec::new() };
    let values = spec.get("valuesFrom").and_then(Node::list).unwrap_or_default().iter();
    let values = values.filter_map(|it| Some(of(text(it, "kind")?, text(it, "name")?)));
    let secrets = SECRETS.iter().filter_map(|path| Some(of("Secret".into(), text(spec.at(path)?, "name")?)));
    values.chain(secrets).collect()
}

/// What a Kustomization reads beside itself.
fn read_by_kustomization(fields: &Node, namespace: &EcoString) -> Vec<Id> {
    let of =
        |kind: EcoString, name: EcoString| Id { group: EcoString::new(), kind, namespace: namespace.clone(), name };
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).cloned();
    let from = fields.at(&["postBuild", "substituteFrom"]).and_then(Node::list).unwrap_or_default().iter();
    let from = from.filter_map(|it| Some(of(text(it, "kind")?, text(it, "name")?)));
    let key = fields.at(&["decryption", "secretRef"]).and_then(|it| text(it, "name"));
    from.chain(key.map(|it| of("Secret".into(), it))).collect()
}
