//! What one Flux object says of another must be there: a provider, a source, what is waited for, what an alert is about.
//!
//! Reports E0646, W0647, E0665.

use ecow::{EcoString, eco_format};

use super::context::Lint;
use super::foreign::Foreign;
use super::kinds;
use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::fleet::Cluster;
use crate::flux::{self, Deployed, external, tenant_namespaces};
use crate::kube::object::Object;
use crate::source::{IndexMap, IndexSet, Kind, Origin};
use crate::syntax::{self, ast::Head};
use crate::value::{Node, Value};

/// A place of an object that names another.
struct Row {
    /// The kind of the object.
    of: &'static str,
    /// From `spec` on.
    path: &'static [&'static str],
    /// What it names; none where its `kind` says so.
    kind: Option<&'static str>,
    /// Whether it may name another namespace than its own.
    across: bool,
}

const fn row(of: &'static str, path: &'static [&'static str], kind: Option<&'static str>, across: bool) -> Row {
    Row { of, path, kind, across }
}

const HEALTH_CHECKS: &[&str] = &["healthChecks"];

/// Source: the API references of Flux' controllers.
const ROWS: [Row; 13] = [
    row("ArtifactGenerator", &["sources"], None, true),
    row("Alert", &["providerRef"], Some("Provider"), false),
    row("Alert", &["eventSources"], None, true),
    row("Receiver", &["resources"], None, true),
    row("Kustomization", &["sourceRef"], None, true),
    row("Kustomization", &["dependsOn"], Some("Kustomization"), true),
    row("Kustomization", HEALTH_CHECKS, None, true),
    row("HelmRelease", &["chartRef"], None, true),
    row("HelmRelease", &["chart", "spec", "sourceRef"], None, true),
    row("HelmRelease", &["dependsOn"], Some("HelmRelease"), true),
    row("HelmChart", &["sourceRef"], None, false),
    row("ImagePolicy", &["imageRepositoryRef"], Some("ImageRepository"), true),
    row("ImageUpdateAutomation", &["sourceRef"], None, true),
];

/// Kinds that an Alert or a Receiver may name where the Flux Operator installs Flux: it adds them to the CRDs (its
/// `GetProfileNotification`).
const OF_OPERATOR: [&str; 3] = ["FluxInstance", "ResourceSet", "ResourceSetInputProvider"];

/// The group of the Flux Operator's own kinds.
const OPERATOR: &str = "fluxcd.controlplane.io";

/// What is on a cluster: names by kind and namespace.
#[derive(Default)]
struct There {
    names: IndexMap<(EcoString, EcoString), IndexSet<EcoString>>,
    /// Whether there may be more: a hand-written directory is applied that is not seen whole.
    may_be_more: bool,
    has_operator: bool,
}

impl There {
    fn add(&mut self, kind: &str, namespace: &EcoString, name: &EcoString) {
        self.names.entry((kind.into(), namespace.clone())).or_default().insert(name.clone());
    }

    /// What a cluster's Flux objects are, and the artifacts that they make.
    fn add_made(&mut self, deployed: &Deployed) {
        for (_, object) in deployed.objects().filter(|(_, it)| is_flux(it)) {
            self.add(&object.id.kind, &object.id.namespace, &object.id.name);
        }
        for (_, object) in deployed.objects().filter(|(_, it)| it.id.kind == "ArtifactGenerator") {
            let artifacts = object.body.at(&["spec", "artifacts"]).and_then(Node::list).unwrap_or_default();
            for name in artifacts.iter().filter_map(|it| it.get("name")?.text()) {
                self.add("ExternalArtifact", &object.id.namespace, name);
            }
        }
    }

    fn of(lint: &Lint<'_>, cluster: &Cluster, deployed: &Deployed, foreign: &Foreign<'_>) -> Self {
        let mut it = Self::default();
        let sync = &cluster.sync;
        if let Some(via) = &cluster.via {
            let hub = &flux::exactly(lint.db, via.hub).value;
            it.add_made(hub);
        }
        it.add(&sync.kind, &sync.namespace, &sync.name);
        it.add("Kustomization", &sync.namespace, &sync.root);
        it.add_made(deployed);
        for object in deployed.hub_sources() {
            it.add(&object.id.kind, &object.id.namespace, &object.id.name);
        }
        for anchor in lint.index.externals.iter().filter(|it| external::is_visible(lint.db, **it, cluster)) {
            let Head::External { object, namespace } = &syntax::declaration(lint.db, *anchor).head else { continue };
            let namespace = namespace.clone().unwrap_or_else(|| sync.namespace.clone());
            it.add(object, &namespace, anchor.name(lint.db));
        }
        // Out of a source that is not there nothing comes.
        let has_more = foreign.others.iter().any(|(kind, namespace, name)| it.has(kind, namespace, name));
        it.may_be_more |= foreign.may_be_more || has_more;
        for object in &foreign.objects {
            match &object.object.id {
                Some(id) if !id.namespace.is_empty() => it.add(&id.kind, &id.namespace, &id.name),
                Some(id) => it.add(&id.kind, &sync.namespace, &id.name),
                None => it.may_be_more = true,
            }
        }
        // Where the project is a tenant's, others have what it does not see; and so has a repository that may do anything.
        let is_trusted = cluster.attached.iter().any(|(it, _)| it.tenant().is_none());
        it.may_be_more |= sync.service_account.is_some() || is_trusted;
        let custom = kinds::custom_kinds(lint.db, cluster, deployed, lint.index.externals.as_slice());
        it.has_operator = it.may_be_more || custom.keys().any(|(group, _)| group == OPERATOR);
        it
    }

    fn has(&self, kind: &str, namespace: &EcoString, name: &EcoString) -> bool {
        self.in_namespace(kind, namespace).is_some_and(|it| it.contains(name))
    }

    fn in_namespace(&self, kind: &str, namespace: &EcoString) -> Option<&IndexSet<EcoString>> {
        self.names.get(&(kind.into(), namespace.clone()))
    }

    /// The namespaces that have one, or any, of a kind.
    fn elsewhere(&self, kind: &str, name: Option<&EcoString>) -> Vec<&EcoString> {
        let has = |names: &IndexSet<EcoString>| name.is_none_or(|it| names.contains(it));
        let mut found: Vec<&EcoString> =
            self.names.iter().filter(|((of, _), names)| of == kind && has(names)).map(|((_, it), _)| it).collect();
        found.sort();
        found
    }
}

/// Whether it names what the language does not make: an artifact of something else.
fn is_external(reference: &Node) -> bool {
    reference.get("kind").and_then(Node::text).is_some_and(|it| it == "ExternalArtifact")
}

fn is_flux(object: &Object) -> bool {
    object.id.group.ends_with(".fluxcd.io")
}

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed, foreign: &Foreign<'_>) {
    // What is wrong is not made, and its error says so.
    if lint.has_errors {
        return;
    }
    let mut written: Vec<(&Object, &Row, &Node)> = Vec::new();
    for (_, object) in deployed.objects().filter(|(_, it)| is_flux(it)) {
        // What the language makes names what it makes itself, but for the health checks that an author adds.
        let is_manifest = object.origin.anchor.kind(lint.db) == Kind::MANIFEST;
        if !is_manifest && !["Kustomization", "HelmRelease"].contains(&object.id.kind.as_str()) {
            continue;
        }
        let Some(spec) = object.spec() else { continue };
        for row in ROWS.iter().filter(|it| it.of == object.id.kind) {
            let Some(node) = spec.at(row.path) else { continue };
            let is_named = |it: &&Node| {
                let is_own = is_manifest || row.path == HEALTH_CHECKS;
                is_external(it) || (is_own && it.origin.anchor.kind(lint.db) != Kind::ADDON)
            };
            let all = node.list().unwrap_or(std::slice::from_ref(node)).iter();
            written.extend(all.filter(is_named).map(|it| (object, row, it)));
        }
    }
    if written.is_empty() {
        return;
    }
    let there = There::of(lint, cluster, deployed, foreign);
    for (object, row, node) in written {
        one(lint, cluster, object, row, node, &there);
    }
}

/// A text that is the same on every cluster; where it is not, more has to be known.
fn text(lint: &mut Lint<'_>, node: Option<&Node>) -> Option<EcoString> {
    let node = node?;
    if let Value::PerCluster(it) = &node.value {
        lint.needed_facts.extend(it.facts().cloned());
    }
    node.text().cloned()
}

fn one(lint: &mut Lint<'_>, cluster: &Cluster, object: &Object, row: &Row, node: &Node, there: &There) {
    let kind = match row.kind {
        Some(it) => Some(it.into()),
        None => text(lint, node.get("kind")),
    };
    let (Some(kind), Some(name)) = (kind, text(lint, node.get("name"))) else { return };
    if OF_OPERATOR.contains(&kind.as_str()) && !there.has_operator {
        let at = node.get("kind").map_or(node.origin, |it| it.origin);
        lint.out.push(no_operator(object, &kind, at, &cluster.name));
    }
    if !external::FLUX_KINDS.contains(&kind.as_str()) {
        return;
    }
    let own = object.id.namespace.clone();
    let namespace = match node.get("namespace").filter(|_| row.across) {
        Some(it) => match text(lint, Some(it)) {
            Some(it) => it,
            None => return,
        },
        None => own,
    };
    let at = Some(node.get("name").map_or(node.origin, |it| it.origin));
    let at = at.filter(|it| !it.anchor.is_of_library(lint.db)).unwrap_or(object.origin);
    if is_of_tenant(lint, &namespace) {
        return;
    }
    if name == "*" {
        let elsewhere = there.elsewhere(&kind, None);
        if there.in_namespace(&kind, &namespace).is_none() && !elsewhere.is_empty() && !there.may_be_more {
            lint.out.push(matches_nothing(object, &kind, &namespace, &elsewhere, at, &cluster.name));
        }
        return;
    }
    if there.may_be_more || there.has(&kind, &namespace, &name) {
        return;
    }
    let known = there.in_namespace(&kind, &namespace);
    let elsewhere = there.elsewhere(&kind, Some(&name));
    let problem = Diagnostic::new(
        code::MISSING_FLUX_OBJECT,
        eco_format!("{} names the {kind} `{namespace}/{name}`, which nothing on `{}` creates", object.id, cluster.name),
        at,
        "named here",
    );
    let problem = match elsewhere.first() {
        Some(it) if row.across => problem.help(eco_format!("it is in `{it}`: write `namespace = \"{it}\"`")),
        Some(it) => problem.note(eco_format!("there is one in `{it}`, but Flux looks in the object's own namespace")),
        None => {
            let known: Vec<&str> = known.into_iter().flatten().map(EcoString::as_str).collect();
            if did_you_mean(&name, known.iter().copied()).is_some() {
                problem.did_you_mean(&name, known)
            } else {
                problem
                    .help(eco_format!("declare it here, or say that it is there: `external {kind} {namespace}.{name}`"))
            }
        }
    };
    lint.out.push(problem.on(Some(&cluster.name)));
}

/// Whether a namespace is a tenant's: what is in it is in the tenant's repositories.
fn is_of_tenant(lint: &Lint<'_>, namespace: &EcoString) -> bool {
    lint.index.tenants.values().any(|it| tenant_namespaces(lint.db, *it).contains(namespace))
}

fn no_operator(object: &Object, kind: &str, at: Origin, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::NO_OPERATOR,
        eco_format!("{} is about a {kind}, which Flux accepts only where the Flux Operator installs it", object.id),
        at,
        eco_format!("nothing on `{cluster}` has the Flux Operator"),
    )
    .on(Some(cluster))
    .help("use `std.addons.flux-operator`. If something else installs it, write `external CRD \"fluxinstances.fluxcd.controlplane.io\" { kind = \"FluxInstance\", scope = \"Namespaced\" }`")
}

fn matches_nothing(
    object: &Object,
    kind: &str,
    namespace: &EcoString,
    elsewhere: &[&EcoString],
    at: Origin,
    cluster: &EcoString,
) -> Diagnostic {
    let names = crate::diagnostic::listed(elsewhere.iter().map(|it| eco_format!("`{it}`")));
    Diagnostic::new(
        code::MATCHES_NOTHING,
        eco_format!("{} is about each {kind} in `{namespace}`, and there is none on `{cluster}`", object.id),
        at,
        "matches nothing",
    )
    .on(Some(cluster))
    .note(eco_format!("there are some in {names}"))
    .help("name the namespace in each of its sources")
}
