//! The tenants of a spoke: accounts and namespaces there, repositories on the hub.

use ecow::{EcoString, eco_format};

use super::spoke::Spoke;
use crate::flux::context::{Context, file_name};
use crate::flux::deploy::draft::Draft;
use crate::flux::deploy::problems;
use crate::flux::deploy::unit::UnitPlace;
use crate::flux::kustomization::fields;
use crate::flux::manifest::namespace;
use crate::flux::shared_item::Piece;
use crate::kube::object::{Object, Tree, list, remove, set, text};
use crate::schema;
use crate::source::{IndexSet, Origin};
use crate::value::Node;

impl Spoke<'_> {
    /// What a cluster's root holds for tenants. Their accounts and namespaces go to the spoke. Flux takes the account of
    /// a Kustomization to be in the Kustomization's namespace, on the spoke as well: so the accounts are there, too.
    pub(super) fn tenants(
        &mut self,
        ctx: &mut Context<'_>,
        root: &mut Vec<Object>,
        made: &IndexSet<EcoString>,
        has_flux_namespace: bool,
    ) -> Option<Draft> {
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
                self.complete_kustomization(ctx, &mut it.body, &was, origin, made, after);
            }
            here.push(it);
        }
        *root = here;
        let first = there.first()?.origin;
        let account = there.iter().find(|it| it.id.kind == "ServiceAccount").map(|it| it.origin);
        if let Some(origin) = account.filter(|_| !has_flux_namespace && !there.iter().any(|it| it.id.name == *sync)) {
            there.push(namespace(sync, None, origin));
        }
        let mut fields = fields(ctx, self.cluster, None, None, first);
        set(&mut fields, &["kubeConfig"], self.kube_config());
        remove(&mut fields, &["namespace"]);
        let path = eco_format!("{}/{}-specific/tenants", self.cluster.path, self.cluster.name);
        let objects = there.into_iter().map(|it| {
            let name = eco_format!("{}-{}.yaml", it.id.kind.to_lowercase(), file_name(&it.id.name));
            let is_in_none = it.id.namespace.is_empty();
            let file = if is_in_none { name } else { eco_format!("{}/{name}", it.id.namespace) };
            Piece::own(Object { file, ..it })
        });
        Some(Draft {
            objects: objects.collect(),
            ..Draft::new(tenants, path, UnitPlace::Gate, self.cluster.origin, fields)
        })
    }

    /// A Kustomization of a tenant, or of a repository that is trusted. It comes after the tenants' accounts, and after
    /// both halves of what it came after.
    fn complete_kustomization(
        &self,
        ctx: &mut Context<'_>,
        body: &mut Node,
        was: &EcoString,
        origin: Origin,
        made: &IndexSet<EcoString>,
        tenants: Option<&EcoString>,
    ) {
        let sync = &self.cluster.sync.namespace;
        if let Some(it) = body.at(&["spec", "kubeConfig"]) {
            ctx.state.out.push(problems::own_kube_config(it.origin, &self.cluster.name, self.via.origin));
        }
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

/// The account of a tenant's namespace, beside those of others.
fn account(namespace: &str, name: &str) -> EcoString {
    eco_format!("{namespace}-{name}")
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
