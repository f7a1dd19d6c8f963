//! Flux Kustomizations: what points at a directory.

use ecow::{EcoString, eco_format};

use super::context::Context;
use super::release::Release;
use super::source::{SourceRef, label};
use super::{places, problems};
use crate::eval::{Conform, Contribution, Fold, Layer, Only, build_some, complete};
use crate::fleet::{self, Cluster, Taken};
use crate::kube::object::{Object, SUBSTITUTE, Tree, list, merge, object, remove, set, text};
use crate::source::{Anchor, Origin};
use crate::syntax;
use crate::types;
use crate::value::{Node, Value};

/// What a Flux Kustomization points at.
pub(super) struct Pointing {
    pub name: EcoString,
    pub namespace: EcoString,
    /// From the source's root, without `./`.
    pub path: EcoString,
    /// Another source than the fleet's.
    pub source: Option<SourceRef>,
    /// Kustomizations without the root, as `namespace/name`, each with the condition for it to be ready.
    pub depends_on: Vec<(EcoString, Option<Node>)>,
    /// Releases to wait for.
    pub health_checks: Vec<Node>,
    /// Whether everything in it is waited for.
    pub wait: bool,
    pub components: Vec<EcoString>,
    pub origin: Origin,
}

/// The object; patches are put in when it is written.
pub(super) fn kustomization(ctx: &mut Context<'_>, cluster: &Cluster, it: Pointing, fields: &Node) -> Object {
    let origin = it.origin;
    let mut spec = fields.clone();
    let sync = &cluster.sync;
    for own in ["name", "namespace", "metadata"] {
        remove(&mut spec, &[own]);
    }
    set(
        &mut spec,
        &["path"],
        text(if it.path.is_empty() { "./".into() } else { eco_format!("./{}", it.path) }, origin),
    );
    let reads_fleet = it.source.is_none();
    let source = it.source.unwrap_or_else(|| SourceRef {
        kind: sync.kind.clone(),
        name: sync.name.clone(),
        namespace: (it.namespace != sync.namespace).then(|| sync.namespace.clone()),
        origin,
    });
    set(&mut spec, &["sourceRef"], source.reference());
    let mut depends_on = Vec::new();
    if reads_fleet && sync.gate {
        depends_on.push((eco_format!("{}/{}", sync.namespace, sync.root), None));
    }
    depends_on.extend(it.depends_on);
    if depends_on.is_empty() {
        remove(&mut spec, &["dependsOn"]);
    } else {
        let own = it.namespace.as_str();
        let node = |(name, ready_when): (EcoString, Option<Node>)| {
            let (namespace, name) = name.split_once('/').unwrap_or((own, &name));
            let namespace = (namespace != own).then(|| text(namespace, origin));
            Tree::new(origin).text("name", name).maybe("namespace", namespace).maybe("readyExpr", ready_when).build()
        };
        let nodes = depends_on.into_iter().map(node).collect();
        set(&mut spec, &["dependsOn"], list(nodes, origin));
    }
    // `wait` ignores health checks, so only one of the two is written.
    let waits = it.wait || spec.get("wait").is_some_and(|it| it.value == Value::Bool(true));
    if waits {
        if let Some(checks) = spec.get("healthChecks") {
            ctx.state.out.push(problems::wait_and_checks(checks.origin));
        }
        let at = spec.get("wait").map_or(origin, |it| it.origin);
        set(&mut spec, &["wait"], Node::new(Value::Bool(true), at));
        remove(&mut spec, &["healthChecks"]);
    } else if !it.health_checks.is_empty() {
        let mut checks = spec.get("healthChecks").and_then(Node::list).unwrap_or_default().to_vec();
        checks.extend(it.health_checks);
        set(&mut spec, &["healthChecks"], list(checks, origin));
    }
    if !it.components.is_empty() {
        let nodes = it.components.into_iter().map(|it| text(it, origin)).collect();
        set(&mut spec, &["components"], list(nodes, origin));
    }
    if spec.get("serviceAccountName").is_none() {
        if let Some(account) = &sync.service_account {
            set(&mut spec, &["serviceAccountName"], text(account.clone(), origin));
        } else if cluster.lockdown {
            set(&mut spec, &["serviceAccountName"], text("kustomize-controller", origin));
        }
    }
    if spec.get("suspend").is_some_and(|it| it.value == Value::Bool(false)) {
        remove(&mut spec, &["suspend"]);
    }
    let api_version = ctx.api_version("Kustomization", origin);
    let mut it = object(&api_version, "Kustomization", &it.namespace, &it.name, Some(spec), origin);
    label(&mut it, fields);
    let mut annotations = annotations(origin);
    if let Some(own) = it.body.at(&["metadata", "annotations"]) {
        merge(&mut annotations, own);
    }
    set(&mut it.body, &["metadata", "annotations"], annotations);
    it
}

/// Takes out of the fields of a Kustomization what `use` says of its order.
pub(super) fn take_order(fields: &mut Node) -> Node {
    let mut order = Tree::new(fields.origin);
    for key in ["after", "ready-when"] {
        order = order.maybe(key, fields.get(key).cloned());
        remove(fields, &[key]);
    }
    order.build()
}

/// Takes the name out of the fields of a Kustomization, as its author wants it.
pub(super) fn take_name(fields: &mut Node) -> Option<Node> {
    let name = fields.get("name").filter(|it| it.text().is_some()).cloned();
    remove(fields, &["name"]);
    name
}

/// What a part of something is called that its author calls so.
pub(super) fn part_of(called: Option<&Node>, part: &str) -> Option<Node> {
    let name = called?.text()?;
    Some(text(eco_format!("{name}-{part}"), called?.origin))
}

/// What every Flux Kustomization is annotated with: a root's `postBuild` shall not replace `${…}` in patches.
pub(super) fn annotations(origin: Origin) -> Node {
    Tree::new(origin).text(SUBSTITUTE, "disabled").build()
}

/// The fields that defaults, the fleet, the catalogue, the groups and the
/// cluster, and the `use`s give, lowest first.
pub(super) fn fields(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    catalogue: Option<Anchor>,
    taken: Option<&Taken>,
    origin: Origin,
) -> Node {
    let mut env = cluster.env(ctx.db);
    env.has_placeholders = ctx.target.is_shared();
    let defaults = ctx.standard("kustomization-defaults");
    let mut fold = Fold::over(&Tree::new(origin).node(BLOCK, defaults).build());
    env.catalogue = catalogue.map(|it| fleet::catalogue_of(ctx.db, it, true));
    let of_catalogue = catalogue.into_iter().flat_map(|it| fleet::levels(ctx.db, it).value.iter().copied());
    let around = ctx.settings.anchor.into_iter().chain(of_catalogue).chain(cluster.groups.iter().copied());
    for anchor in around.chain(cluster.own.iter().flatten().copied()) {
        let body = syntax::declaration(ctx.db, anchor);
        let only = Only { path: &[BLOCK], ..Only::default() };
        let layer = env.within(anchor, |env| build_some(env, &body.body, &only));
        fold.apply(&mut env, layer);
    }
    for rank in taken.into_iter().flat_map(|_| &cluster.ranks) {
        let contributions: Vec<Contribution> = taken
            .into_iter()
            .flat_map(|it| &it.uses)
            .filter(|(anchor, _)| rank.contains(anchor))
            .filter_map(|(anchor, it)| {
                let block = it.block.as_ref()?;
                let only = Only { references: &["after"], ..Only::default() };
                let inner = env.within(*anchor, |env| build_some(env, block, &only));
                let layer = Layer::below(BLOCK, inner, Origin::new(*anchor, it.node));
                Some(Contribution { specificity: 2, name: anchor.name(ctx.db).clone(), layer })
            })
            .collect();
        if !contributions.is_empty() {
            fold.apply_rank(&mut env, contributions);
        }
    }
    let mut node = fold.into_node(origin);
    fleet::report_conflicts(&mut env, catalogue.unwrap_or(cluster.anchor), &mut node, true);
    // An author may have set or unset the whole block: then nothing is left of the defaults.
    let mut node = node.get(BLOCK).cloned().unwrap_or_else(|| Tree::new(origin).build());
    complete(&mut env, &mut node, &types::shape(ctx.db, "UseBody"), Conform::Partial, None);
    if let Some(name) = node.get("namespace").and_then(Node::text)
        && *name != cluster.sync.namespace
        && !places::kustomization_namespaces(ctx.db, ctx.db.project()).contains(name)
    {
        let at = Origin::of(catalogue.unwrap_or(cluster.anchor));
        ctx.state.out.push(problems::computed_place(at, name));
        remove(&mut node, &["namespace"]);
    }
    // Where clusters share the Kustomization, a fact in it has to be known.
    node.value.each_template(&mut |it| env.needed_facts.extend(it.facts().cloned()));
    ctx.state.needed_facts.append(&mut env.needed_facts);
    ctx.state.out.append(&mut env.out);
    node
}

/// The block in which fields of Flux Kustomizations are written.
const BLOCK: &str = "kustomization";

/// A health check of a release.
pub(super) fn health_check(api_version: &str, release: &Release, origin: Origin) -> Node {
    Tree::new(origin)
        .text("apiVersion", api_version)
        .text("kind", "HelmRelease")
        .text("name", release.object.clone())
        .text("namespace", release.namespace.clone())
        .build()
}
