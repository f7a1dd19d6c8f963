//! Tenants and repositories: what a cluster's root holds beside Kustomizations.

use ecow::{EcoString, eco_format};

use super::context::{Context, in_file};
use super::namespaces::{tenant_namespace, tenant_namespaces};
use super::{kustomization, problems, tenant};
use crate::diagnostic::Invariant;
use crate::fleet::{self, Attached, Cluster};
use crate::kube::ServedFields;
use crate::kube::object::{Object, Tree, list, merge, object, remove, set, text};
use crate::kube::{ineffective, rules};
use crate::source::{Anchor, Origin};
use crate::syntax::{self, ast::SourceKind};
use crate::value::Node;

/// Keys of a repository's block that are the language's own.
const OWN: [&str; 8] = ["path", "branch", "tag", "semver", "commit", "auth", "trust", "kustomization"];

/// For whom a repository is reconciled.
struct For<'a> {
    namespace: EcoString,
    service_account: Option<EcoString>,
    tenant: Option<&'a EcoString>,
    namespaces: Vec<EcoString>,
    /// The tenant's own Kustomizations, by name.
    kustomizations: Vec<(&'a EcoString, &'a Node)>,
}

/// The objects of everything that a cluster attaches.
pub(super) fn attached(ctx: &mut Context<'_>, cluster: &Cluster) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut repositories: Vec<(Anchor, Option<Anchor>, Origin)> = Vec::new();
    let tenants: Vec<Anchor> = cluster.attached.iter().filter_map(|(it, _)| it.tenant()).collect();
    objects.extend(tenant::role(ctx, &tenants));
    for (what, at) in &cluster.attached {
        match what {
            Attached::Tenant(it) => {
                objects.extend(tenant::objects(ctx, *it));
                repositories
                    .extend(repositories_of(ctx, *it).into_iter().map(|repository| (repository, Some(*it), *at)));
            }
            Attached::Repository(it) => repositories.push((*it, None, *at)),
        }
    }
    for (anchor, tenant, at) in &repositories {
        let several = repositories.iter().filter(|(it, ..)| it == anchor).count() > 1;
        let checked = ctx.evaluated(*anchor);
        let body = &checked.value;
        let name = anchor.name(ctx.db);
        let trusted = body.node.get("trust").is_some();
        let whose = match tenant {
            Some(tenant) => For {
                namespace: tenant_namespace(ctx.db, *tenant),
                service_account: Some(tenant::service_account(ctx, *tenant)),
                tenant: Some(tenant.name(ctx.db)),
                namespaces: tenant_namespaces(ctx.db, *tenant),
                kustomizations: fleet::declared(ctx.db, *tenant)
                    .value
                    .get("kustomizations")
                    .and_then(Node::map)
                    .into_iter()
                    .flat_map(|it| &it.entries)
                    .collect(),
            },
            None if trusted => {
                ctx.state.out.push(problems::trusted(body.node.get("trust").map_or(*at, |it| it.origin), name));
                For {
                    namespace: ctx.flux_namespace().clone(),
                    service_account: None,
                    tenant: None,
                    namespaces: Vec::new(),
                    kustomizations: Vec::new(),
                }
            }
            None => {
                ctx.state.out.push(problems::no_tenant(*at, name, Origin::of(*anchor)));
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

/// The repositories that a tenant names, in its list or in its Kustomizations.
fn repositories_of(ctx: &Context<'_>, tenant: Anchor) -> Vec<Anchor> {
    let body = &fleet::declared(ctx.db, tenant).value;
    let listed = body.get("repositories").and_then(Node::list).unwrap_or_default().iter();
    let used = body.get("kustomizations").and_then(Node::map).into_iter().flat_map(|it| it.entries.values());
    let names = listed.chain(used.filter_map(|it| it.get("repository")));
    let mut found: Vec<Anchor> = names.filter_map(|it| ctx.index.repositories.get(it.text()?)).copied().collect();
    found.sort_by_key(|it| it.name(ctx.db).clone());
    found.dedup();
    found
}

/// The source, and the Kustomization that applies it.
fn repository(ctx: &mut Context<'_>, cluster: &Cluster, anchor: Anchor, body: &Node, whose: &For<'_>) -> Vec<Object> {
    let origin = Origin::of(anchor);
    let name = anchor.name(ctx.db).clone();
    let map = body.map().invariant("the body of a repository is an object");
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
    let spec = own.build();
    let mut ordered = Tree::new(origin);
    for key in ["url", "bucketName", "endpoint"] {
        ordered = ordered.maybe(key, spec.get(key).cloned());
    }
    let kind = fleet::repository_kind(syntax::declaration(ctx.db, anchor));
    let mut ordered = if kind == SourceKind::Bucket { ordered } else { ordered.tree("ref", reference) }.build();
    merge(&mut ordered, &spec);
    if let Some(auth) = body.get("auth") {
        set(&mut ordered, &["secretRef", "name"], auth.clone());
    }
    let version = ctx.api_version(kind.object(), origin);
    let mut made = vec![object(&version, kind.object(), &whose.namespace, &name, Some(ordered), origin)];
    let own: Vec<(&EcoString, &Node)> =
        whose.kustomizations.iter().filter(|(_, it)| is_of(it, &name)).copied().collect();
    if own.is_empty() {
        made.push(kustomization(ctx, cluster, anchor, body, &name, None, whose));
    }
    for (own_name, it) in own {
        made.push(kustomization(ctx, cluster, anchor, body, own_name, Some(it), whose));
    }
    for it in &mut made {
        ServedFields { db: ctx.db, minor: cluster.flux, cluster: Some(&cluster.name) }.strip(it, &mut ctx.state.out);
        rules::check(it, &mut ctx.state.out);
        ineffective::check(ctx.db, &it.id, it.spec(), cluster.flux, &mut ctx.state.out);
    }
    made
}

fn is_of(kustomization: &Node, repository: &EcoString) -> bool {
    kustomization.get("repository").and_then(Node::text) == Some(repository)
}

/// What applies a repository, or a part of it that the tenant names.
fn kustomization(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    anchor: Anchor,
    body: &Node,
    name: &EcoString,
    own: Option<&Node>,
    whose: &For<'_>,
) -> Object {
    let origin = own.map_or(Origin::of(anchor), |it| it.origin);
    // What the repository says has the language's defaults below it.
    let mut fields = body.get("kustomization").cloned().unwrap_or_else(|| Tree::new(origin).build());
    if let Some(it) = own.and_then(|it| it.get("kustomization")) {
        merge(&mut fields, it);
    }
    let path = own.and_then(|it| it.get("path")).or_else(|| body.get("path")).cloned();
    set(&mut fields, &["path"], path.unwrap_or_else(|| text("./", origin)));
    if let Some(target) = own.and_then(|it| it.get("namespace")) {
        if let Some(namespace) = target.text()
            && !whose.namespaces.contains(namespace)
        {
            ctx.state.out.push(problems::not_its_namespace(target.origin, namespace, &whose.namespaces));
        }
        set(&mut fields, &["targetNamespace"], target.clone());
    }
    let mut after = Vec::new();
    for it in own.and_then(|it| it.get("after")).and_then(Node::list).unwrap_or_default() {
        let Some(other) = it.text() else { continue };
        if !whose.kustomizations.iter().any(|(known, _)| *known == other) || other == name {
            let known = whose.kustomizations.iter().map(|(name, _)| name.as_str());
            ctx.state.out.push(problems::unknown_after(it.origin, other, known));
        }
        after.push(Tree::new(it.origin).node("name", it.clone()).build());
    }
    if !after.is_empty() {
        set(&mut fields, &["dependsOn"], list(after, origin));
    }
    let kind = fleet::repository_kind(syntax::declaration(ctx.db, anchor)).object();
    let source = Tree::new(origin).text("kind", kind).text("name", anchor.name(ctx.db).clone());
    set(&mut fields, &["sourceRef"], source.build());
    if let Some(account) = &whose.service_account {
        set(&mut fields, &["serviceAccountName"], text(account.clone(), origin));
    } else if cluster.lockdown {
        set(&mut fields, &["serviceAccountName"], text("kustomize-controller", origin));
    }
    if fields.get("suspend").is_some_and(|it| it.value == crate::value::Value::Bool(false)) {
        remove(&mut fields, &["suspend"]);
    }
    let version = ctx.api_version("Kustomization", origin);
    let mut kustomization = object(&version, "Kustomization", &whose.namespace, name, Some(fields), origin);
    set(&mut kustomization.body, &["metadata", "annotations"], kustomization::annotations(origin));
    kustomization
}
