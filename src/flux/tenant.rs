//! A tenant: its namespaces, with their quotas, and the account that is bound in them.

use ecow::{EcoString, eco_format};

use super::context::{Context, in_file};
use super::manifest::namespace;
use super::namespaces::{BUILT_IN_NAMESPACES, tenant_namespace, tenant_namespaces};
use super::problems;
use crate::fleet;
use crate::kube::object::{Object, Tree, list, object, set};
use crate::source::{Anchor, Origin};
use crate::value::Node;

/// The role of a tenant that chooses none.
const ROLE: &str = "fleetc-tenant";

/// By which its fixed rules are found.
const FIXED_LABEL: &str = "fleetc.dev/aggregate-to-tenant";

/// The label by which Flux' own tools know a tenant's objects.
const TENANT_LABEL: &str = "toolkit.fluxcd.io/tenant";

/// Namespaces, service account and role bindings, as `flux create tenant` makes
/// them; quotas, limits and network policies where the tenant says so.
pub(super) fn objects(ctx: &mut Context<'_>, anchor: Anchor) -> Vec<Object> {
    let checked = fleet::declared(ctx.db, anchor);
    ctx.state.out.extend(checked.diagnostics.iter().cloned());
    let body = &checked.value;
    let name = anchor.name(ctx.db);
    let file = eco_format!("tenant-{name}.yaml");
    let mut objects = Vec::new();
    for (nth, space) in tenant_namespaces(ctx.db, anchor).into_iter().enumerate() {
        let own = body.get("namespaces").and_then(|it| it.get(&space));
        let at = own.or_else(|| body.get("namespace")).map_or(Origin::of(anchor), |it| it.origin);
        if BUILT_IN_NAMESPACES.contains(&space.as_str()) && space != *ctx.flux_namespace() {
            ctx.state.out.push(problems::tenant_of_the_system(at, name, &space));
        }
        let it = Space { name: space, tenant: anchor, own, body };
        objects.push(it.namespace(ctx));
        if nth == 0 {
            objects.push(it.account(ctx));
        }
        objects.push(it.binding(ctx));
        objects.extend(it.bounds(ctx));
    }
    objects.into_iter().map(|it| in_file(it, file.clone())).collect()
}

/// The role that a tenant chooses instead of [`ROLE`].
fn chosen_role(body: &Node) -> Option<&EcoString> {
    body.get("cluster-role").and_then(Node::text)
}

/// The role of tenants that choose none, where some tenant of a cluster does not. Its rules are
/// fixed, and those of custom resources are taken over from what their makers grant to `admin`
/// and `edit`: Kubernetes' own parts of these, which may change network policies, are left out.
pub(super) fn role(ctx: &mut Context<'_>, tenants: &[Anchor]) -> Vec<Object> {
    let takes_it = |it: &Anchor| chosen_role(&fleet::declared(ctx.db, *it).value).is_none();
    if !tenants.iter().any(takes_it) {
        return Vec::new();
    }
    let rules = ctx.standard("tenant-rules");
    let at = rules.origin;
    let is_granted = |label: &str| {
        let own = Tree::new(at).text("key", "kubernetes.io/bootstrapping").text("operator", "DoesNotExist");
        Tree::new(at)
            .tree("matchLabels", Tree::new(at).text(label, "true"))
            .node("matchExpressions", list(vec![own.build()], at))
            .build()
    };
    let selectors =
        [FIXED_LABEL, "rbac.authorization.k8s.io/aggregate-to-edit", "rbac.authorization.k8s.io/aggregate-to-admin"];
    let selectors = list(selectors.into_iter().map(is_granted).collect(), at);
    let kind = |name: &str| object("rbac.authorization.k8s.io/v1", "ClusterRole", "", name, None, at);
    let mut fixed = kind(&eco_format!("{ROLE}-rules"));
    set(&mut fixed.body, &["metadata", "labels"], Tree::new(at).text(FIXED_LABEL, "true").build());
    set(&mut fixed.body, &["rules"], rules);
    let mut role = kind(ROLE);
    set(&mut role.body, &["aggregationRule", "clusterRoleSelectors"], selectors);
    [fixed, role].into_iter().map(|it| in_file(it, "tenant-role.yaml")).collect()
}

/// One of a tenant's namespaces.
struct Space<'a> {
    name: EcoString,
    tenant: Anchor,
    /// What is said of it alone.
    own: Option<&'a Node>,
    /// What is said of all of them.
    body: &'a Node,
}

impl Space<'_> {
    fn origin(&self) -> Origin {
        Origin::of(self.tenant)
    }

    /// A map of the tenant, with what this namespace says instead.
    fn merged(&self, key: &str) -> Tree {
        Tree::new(self.origin()).all_of(self.body.get(key)).all_of(self.own.and_then(|it| it.get(key)))
    }

    fn labelled(&self, ctx: &Context<'_>, mut it: Object) -> Object {
        let labels = Tree::new(self.origin()).text(TENANT_LABEL, self.tenant.name(ctx.db).clone());
        set(&mut it.body, &["metadata", "labels"], labels.build());
        it
    }

    fn namespace(&self, ctx: &Context<'_>) -> Object {
        let labels = Tree::new(self.origin()).text(TENANT_LABEL, self.tenant.name(ctx.db).clone());
        let labels = labels.all_of(Some(&self.merged("labels").build()));
        let body = Tree::new(self.origin()).tree("labels", labels).tree("annotations", self.merged("annotations"));
        namespace(&self.name, Some(&body.build()), self.origin())
    }

    fn account(&self, ctx: &Context<'_>) -> Object {
        let account = service_account(ctx, self.tenant);
        self.labelled(ctx, object("v1", "ServiceAccount", &self.name, &account, None, self.origin()))
    }

    /// The account of the first namespace, bound in this one.
    fn binding(&self, ctx: &Context<'_>) -> Object {
        let at = self.origin();
        let home = tenant_namespace(ctx.db, self.tenant);
        // What a binding binds cannot be changed: another role has another binding.
        let (role, what) = match chosen_role(self.body) {
            Some(it) => (it.clone(), "reconciler"),
            None => (ROLE.into(), "tenant"),
        };
        let name = eco_format!("{}-{what}", self.tenant.name(ctx.db));
        let mut it = object("rbac.authorization.k8s.io/v1", "RoleBinding", &self.name, &name, None, at);
        it = self.labelled(ctx, it);
        let role =
            Tree::new(at).text("apiGroup", "rbac.authorization.k8s.io").text("kind", "ClusterRole").text("name", role);
        set(&mut it.body, &["roleRef"], role.build());
        let user = Tree::new(at)
            .text("apiGroup", "rbac.authorization.k8s.io")
            .text("kind", "User")
            .text("name", eco_format!("gotk:{}:reconciler", self.name));
        let account = Tree::new(at)
            .text("kind", "ServiceAccount")
            .text("name", service_account(ctx, self.tenant))
            .text("namespace", home);
        set(&mut it.body, &["subjects"], list(vec![user.build(), account.build()], at));
        it
    }

    /// Quota, limits and network policy.
    fn bounds(&self, ctx: &Context<'_>) -> Vec<Object> {
        let at = self.origin();
        let tenant = self.tenant.name(ctx.db);
        let mut made = Vec::new();
        let quota = self.merged("quota").build();
        if quota.map().is_some_and(|it| !it.entries.is_empty()) {
            let hard = texts(&quota);
            let spec = Tree::new(at).node("hard", hard).build();
            made.push(object("v1", "ResourceQuota", &self.name, &eco_format!("{tenant}-quota"), Some(spec), at));
        }
        let limits = self.merged("limits").build();
        if limits.map().is_some_and(|it| !it.entries.is_empty()) {
            let mut limit = Tree::new(at).text("type", "Container");
            for (key, theirs) in
                [("default", "default"), ("default-request", "defaultRequest"), ("max", "max"), ("min", "min")]
            {
                limit = limit.maybe(theirs, limits.get(key).map(texts));
            }
            let spec = Tree::new(at).node("limits", list(vec![limit.build()], at)).build();
            made.push(object("v1", "LimitRange", &self.name, &eco_format!("{tenant}-limits"), Some(spec), at));
        }
        if self.body.get("network").and_then(Node::text).is_some_and(|it| it == "isolated") {
            let own = Tree::new(at).tree("matchLabels", Tree::new(at).text(TENANT_LABEL, tenant.clone()));
            let from = list(vec![Tree::new(at).tree("namespaceSelector", own).build()], at);
            let rule = list(vec![Tree::new(at).node("from", from).build()], at);
            let spec = Tree::new(at)
                .tree("podSelector", Tree::new(at))
                .node("policyTypes", list(vec![crate::kube::object::text("Ingress", at)], at))
                .node("ingress", rule)
                .build();
            let name = eco_format!("{tenant}-isolation");
            made.push(object("networking.k8s.io/v1", "NetworkPolicy", &self.name, &name, Some(spec), at));
        }
        made.into_iter().map(|it| self.labelled(ctx, it)).collect()
    }
}

/// Amounts as Kubernetes keeps them: as texts.
fn texts(node: &Node) -> Node {
    let tree = node.map().into_iter().flat_map(|it| &it.entries).fold(Tree::new(node.origin), |tree, (key, it)| {
        match &it.value {
            crate::value::Value::Int(number) => {
                tree.node(key, crate::kube::object::text(eco_format!("{number}"), it.origin))
            }
            _ => tree.node(key, it.clone()),
        }
    });
    tree.build()
}

pub(super) fn service_account(ctx: &Context<'_>, tenant: Anchor) -> EcoString {
    let body = &fleet::declared(ctx.db, tenant).value;
    body.get("service-account").and_then(Node::text).unwrap_or(tenant.name(ctx.db)).clone()
}
