//! Tenants and repositories: what a cluster's root holds beside Kustomizations.

use ecow::{EcoString, eco_format};

use super::common::{BUILT_IN_NAMESPACES, tenant_namespace};
use super::context::{Context, in_file};
use super::gate::Gate;
use super::object::{Object, Tree, list, merge, object, remove, set, text};
use super::problems;
use super::rules;
use crate::fleet::{self, Attached, Cluster};
use crate::source::{Anchor, Origin};
use crate::value::Node;

/// The label by which Flux' own tools know a tenant's objects.
const TENANT_LABEL: &str = "toolkit.fluxcd.io/tenant";

/// Keys of a repository's block that are the language's own.
const OWN: [&str; 8] = ["path", "branch", "tag", "semver", "commit", "auth", "trust", "kustomization"];

/// For whom a repository is reconciled.
struct For<'a> {
    namespace: EcoString,
    service_account: Option<EcoString>,
    tenant: Option<&'a EcoString>,
}

/// The objects of everything that a cluster attaches.
pub(super) fn attached(ctx: &mut Context<'_>, cluster: &Cluster) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut repositories: Vec<(Anchor, Option<Anchor>, Origin)> = Vec::new();
    for (what, at) in &cluster.attached {
        match what {
            Attached::Tenant(it) => {
                objects.extend(tenant(ctx, *it));
                repositories
                    .extend(repositories_of(ctx, *it).into_iter().map(|repository| (repository, Some(*it), *at)));
            }
            Attached::Repository(it) => repositories.push((*it, None, *at)),
        }
    }
    for (anchor, tenant, at) in &repositories {
        let several = repositories.iter().filter(|(it, ..)| it == anchor).count() > 1;
        let body = ctx.evaluated(*anchor);
        let name = anchor.name(ctx.db);
        let trusted = body.node.get("trust").is_some();
        let whose = match tenant {
            Some(tenant) => For {
                namespace: tenant_namespace(ctx.db, *tenant),
                service_account: Some(service_account(ctx, *tenant)),
                tenant: Some(tenant.name(ctx.db)),
            },
            None if trusted => {
                ctx.out.push(problems::trusted(body.node.get("trust").map_or(*at, |it| it.origin), name));
                For { namespace: ctx.flux_namespace().clone(), service_account: None, tenant: None }
            }
            None => {
                ctx.out.push(problems::no_tenant(*at, name, Origin::of(*anchor)));
                continue;
            }
        };
        let file = if let (true, Some(tenant)) = (several, whose.tenant) {
            eco_format!("{tenant}-{name}.yaml")
        } else {
            eco_format!("{name}.yaml")
        };
        objects.extend(
            repository(ctx, cluster, *anchor, &body.node, &whose).into_iter().map(|it| in_file(it, file.clone())),
        );
    }
    objects
}

fn repositories_of(ctx: &Context<'_>, tenant: Anchor) -> Vec<Anchor> {
    let body = &fleet::declared(ctx.db, tenant).value;
    let names = body.get("repositories").and_then(Node::list).unwrap_or_default();
    let mut found: Vec<Anchor> =
        names.iter().filter_map(|it| ctx.index.repositories.get(it.text()?)).copied().collect();
    found.sort_by_key(|it| it.name(ctx.db).clone());
    found.dedup();
    found
}

fn service_account(ctx: &Context<'_>, tenant: Anchor) -> EcoString {
    let body = &fleet::declared(ctx.db, tenant).value;
    body.get("service-account").and_then(Node::text).unwrap_or(tenant.name(ctx.db)).clone()
}

/// Namespace, service account and role binding, as `flux create tenant` makes them.
fn tenant(ctx: &mut Context<'_>, anchor: Anchor) -> Vec<Object> {
    let checked = fleet::declared(ctx.db, anchor);
    ctx.out.extend(checked.diagnostics.iter().cloned());
    let body = &checked.value;
    let origin = Origin::of(anchor);
    let name = anchor.name(ctx.db);
    let namespace = tenant_namespace(ctx.db, anchor);
    let account = service_account(ctx, anchor);
    let role = body.get("cluster-role").and_then(Node::text).cloned().unwrap_or_else(|| "cluster-admin".into());
    if BUILT_IN_NAMESPACES.contains(&namespace.as_str()) && namespace != *ctx.flux_namespace() {
        let at = body.get("namespace").map_or(origin, |it| it.origin);
        ctx.out.push(problems::tenant_of_the_system(at, name, &namespace));
    }
    let file = eco_format!("tenant-{name}.yaml");
    let labels = || Tree::new(origin).text(TENANT_LABEL, name.clone());
    let mut space = super::manifest::namespace(&namespace, Some(body), origin);
    set(&mut space.body, &["metadata", "labels"], labels().all_of(body.get("labels")).build());
    let mut user = object("v1", "ServiceAccount", &namespace, &account, None, origin);
    set(&mut user.body, &["metadata", "labels"], labels().build());
    let binding_name = eco_format!("{name}-reconciler");
    let mut binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", &namespace, &binding_name, None, origin);
    set(&mut binding.body, &["metadata", "labels"], labels().build());
    let role =
        Tree::new(origin).text("apiGroup", "rbac.authorization.k8s.io").text("kind", "ClusterRole").text("name", role);
    set(&mut binding.body, &["roleRef"], role.build());
    let subjects = vec![
        Tree::new(origin)
            .text("apiGroup", "rbac.authorization.k8s.io")
            .text("kind", "User")
            .text("name", eco_format!("gotk:{namespace}:reconciler"))
            .build(),
        Tree::new(origin)
            .text("kind", "ServiceAccount")
            .text("name", account)
            .text("namespace", namespace.clone())
            .build(),
    ];
    set(&mut binding.body, &["subjects"], list(subjects, origin));
    [space, user, binding].into_iter().map(|it| in_file(it, file.clone())).collect()
}

/// The GitRepository, and the Kustomization that applies it.
fn repository(ctx: &mut Context<'_>, cluster: &Cluster, anchor: Anchor, body: &Node, whose: &For<'_>) -> Vec<Object> {
    let origin = Origin::of(anchor);
    let name = anchor.name(ctx.db).clone();
    let Some(map) = body.map() else { return Vec::new() };
    let mut spec = ctx.standard("source-defaults").unwrap_or_else(|| Tree::new(origin).build());
    let mut own = Tree::new(origin);
    let mut reference = Tree::new(origin).all_of(body.get("ref"));
    for (key, node) in &map.entries {
        match key.as_str() {
            "branch" | "tag" | "semver" | "commit" => reference = reference.node(key, node.clone()),
            "ref" => {}
            it if OWN.contains(&it) => {}
            "suspend" if node.value == crate::value::Value::Bool(false) => {}
            it => own = own.node(it, node.clone()),
        }
    }
    merge(&mut spec, &own.build());
    let mut ordered = Tree::new(origin).maybe("url", spec.get("url").cloned()).tree("ref", reference).build();
    merge(&mut ordered, &spec);
    if let Some(auth) = body.get("auth") {
        set(&mut ordered, &["secretRef", "name"], auth.clone());
    }
    let git_version = ctx.api_version("GitRepository", origin);
    let git = object(&git_version, "GitRepository", &whose.namespace, &name, Some(ordered), origin);
    let mut fields = ctx.standard("kustomization-defaults").unwrap_or_else(|| Tree::new(origin).build());
    if let Some(it) = body.get("kustomization") {
        merge(&mut fields, it);
    }
    let path = body.get("path").cloned().unwrap_or_else(|| text("./", origin));
    set(&mut fields, &["path"], path);
    set(
        &mut fields,
        &["sourceRef"],
        Tree::new(origin).text("kind", "GitRepository").text("name", name.clone()).build(),
    );
    if let Some(account) = &whose.service_account {
        set(&mut fields, &["serviceAccountName"], text(account.clone(), origin));
    } else if cluster.lockdown {
        set(&mut fields, &["serviceAccountName"], text("kustomize-controller", origin));
    }
    if fields.get("suspend").is_some_and(|it| it.value == crate::value::Value::Bool(false)) {
        remove(&mut fields, &["suspend"]);
    }
    let version = ctx.api_version("Kustomization", origin);
    let mut kustomization = object(&version, "Kustomization", &whose.namespace, &name, Some(fields), origin);
    set(&mut kustomization.body, &["metadata", "annotations"], super::kustomization::annotations(origin));
    let mut made = vec![git, kustomization];
    for it in &mut made {
        Gate { db: ctx.db, minor: cluster.flux, cluster: Some(&cluster.name) }.object(it, &mut ctx.out);
        rules::check(it, &mut ctx.out);
    }
    made
}
