//! Namespaces, Secrets and ConfigMaps that objects name must be there: made by
//! this project, or declared `external`.
//!
//! Reports E0509, E0608, E0617, E0623, E0624.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::context::Lint;
use super::given::{Given, given};
use crate::diagnostic::{Diagnostic, code, few, listed};
use crate::fleet::Cluster;
use crate::flux::external;
use crate::flux::{self, BUILT_IN_NAMESPACES, Deployed, Release, Unit, UnitPlace};
use crate::kube::object::{Id, Object};
use crate::schema;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Head, SourceKind},
};
use crate::value::{Node, Value};

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let given = given(lint, cluster, deployed);
    let is_namespace = |it: &&Object| it.id.kind == "Namespace" && it.id.group.is_empty();
    let made = deployed.objects().map(|(_, it)| it).filter(is_namespace).map(|it| &it.id.name);
    let namespaces: IndexSet<&EcoString> =
        given.keys().filter(|(kind, ..)| kind == "Namespace").map(|(_, _, name)| name).chain(made).collect();
    let has_namespace = |name: &EcoString| {
        namespaces.contains(name)
            || *name == cluster.sync.namespace
            || BUILT_IN_NAMESPACES.contains(&name.as_str())
            || cluster.sync.bounds().is_some_and(|it| it.contains(&name))
    };
    let mut missing: BTreeMap<EcoString, Origin> = BTreeMap::new();
    let is_sent = |unit: Option<&Unit>| unit.is_some_and(Unit::is_sent);
    for (unit, object) in deployed.objects() {
        // A cluster that is reached through a hub has the namespace of Flux only if something makes it.
        let of_flux = cluster.via.is_some() && object.id.namespace == cluster.sync.namespace && is_sent(unit);
        let is_there =
            if of_flux { namespaces.contains(&object.id.namespace) } else { has_namespace(&object.id.namespace) };
        if !object.id.namespace.is_empty() && !is_there {
            missing.entry(object.id.namespace.clone()).or_insert(object.origin);
        }
    }
    for (_, release) in deployed.releases() {
        if !has_namespace(&release.target) {
            missing.entry(release.target.clone()).or_insert(Origin::of(release.addon));
        }
    }
    for unit in deployed.units.iter().filter(|it| it.place == UnitPlace::Foreign && !it.is_sent()) {
        let target = unit.kustomization.spec().and_then(|it| it.get("targetNamespace"));
        if let Some((name, at)) = target.and_then(|it| Some((it.text()?, it.origin)))
            && !has_namespace(name)
        {
            missing.entry(name.clone()).or_insert(at);
        }
    }
    for (name, origin) in missing {
        lint.out.push(missing_namespace(&name, origin, &cluster.name));
    }
    sources(lint, cluster, deployed);
    for (_, object) in deployed.objects() {
        if schema::is_flux_kind(&object.id.group, &object.id.kind)
            && let Some(spec) = object.spec()
        {
            let mut references = Vec::new();
            collect(spec, &mut references);
            for it in references {
                check_one(lint, object, &it, &given);
            }
            if cluster.lockdown {
                locked_down(lint, object, spec, &cluster.name);
            }
        }
    }
    requires(lint, cluster, deployed);
}

/// What a release takes its chart from is on the cluster: the add-on and its source may be on
/// their way from one catalogue to another.
fn sources(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    // A source that is wrong is not made, and its error says so.
    let shared = &flux::shared_sources(lint.db, lint.db.project()).diagnostics;
    if lint.has_errors || lint.out.iter().chain(shared.iter()).any(Diagnostic::is_error) {
        return;
    }
    let is_source = |it: &&Object| it.id.is_source();
    let of_hub = deployed.hub_sources().iter().map(|it| &it.id);
    let made = deployed.objects().map(|(_, it)| it).filter(is_source).map(|it| &it.id);
    let made: IndexSet<&Id> = made.chain(of_hub).collect();
    for (_, object) in deployed.objects().filter(|(_, it)| it.id.kind == "HelmRelease") {
        let Some(spec) = object.spec() else { continue };
        let named = spec.at(&["chart", "spec", "sourceRef"]).or_else(|| spec.get("chartRef"));
        let Some(named) = named else { continue };
        let text = |key: &str| named.get(key).and_then(Node::text).cloned();
        let (Some(kind), Some(name)) = (text("kind"), text("name")) else { continue };
        let namespace = text("namespace").unwrap_or_else(|| object.id.namespace.clone());
        let wanted = Id { group: Id::SOURCES.into(), kind, namespace, name };
        // What an author writes in a manifest may be made by somebody else.
        let is_addon = object.origin.anchor.kind(lint.db) == Kind::ADDON;
        // What something else makes is looked at with all that Flux objects name.
        // That of the fleet, `flux bootstrap` makes.
        let sync = &cluster.sync;
        let is_sync = (&wanted.kind, &wanted.namespace, &wanted.name) == (&sync.kind, &sync.namespace, &sync.name);
        let is_there = made.contains(&wanted) || is_declared(lint, cluster, &wanted);
        if is_addon && !is_sync && wanted.kind != "ExternalArtifact" && !is_there {
            let kind = release_source(lint, deployed, object);
            lint.out.push(missing_source(object, &wanted, kind == Some(SourceKind::External), &cluster.name));
        }
    }
}

/// Whether an object is declared to be on a cluster.
fn is_declared(lint: &Lint<'_>, cluster: &Cluster, id: &Id) -> bool {
    let whole = eco_format!("{}.{}", id.namespace, id.name);
    let beside_flux = id.namespace == cluster.sync.namespace;
    [Some(&whole), beside_flux.then_some(&id.name)].into_iter().flatten().any(|name| {
        external::named(lint.db, lint.index, &id.kind, name).any(|it| external::is_visible(lint.db, it, cluster))
    })
}

/// A reference to a Secret or ConfigMap; Flux looks in the object's own namespace.
struct Reference {
    kind: EcoString,
    name: EcoString,
    key: Option<EcoString>,
    origin: Origin,
}

fn collect(node: &Node, found: &mut Vec<Reference>) {
    match &node.value {
        Value::Map(map) => {
            for (key, inner) in &map.entries {
                match key.as_str() {
                    "values" => {}
                    "secretRef" | "certSecretRef" | "proxySecretRef" | "trustedRootSecretRef" => {
                        reference("Secret", inner, found);
                    }
                    "configMapRef" => reference("ConfigMap", inner, found),
                    "valuesFrom" | "substituteFrom" => {
                        for it in inner.list().unwrap_or_default() {
                            let is_optional = it.get("optional").is_some_and(|it| it.value == Value::Bool(true));
                            if !is_optional && let Some(kind) = it.get("kind").and_then(Node::text) {
                                reference(kind, it, found);
                            }
                        }
                    }
                    _ => collect(inner, found),
                }
            }
        }
        Value::List(list) => list.iter().for_each(|it| collect(it, found)),
        _ => {}
    }
}

fn reference(kind: &str, node: &Node, found: &mut Vec<Reference>) {
    let Some(name) = node.get("name") else { return };
    if let Some(text) = name.text() {
        let key = node.get("valuesKey").or_else(|| node.get("key")).and_then(Node::text).cloned();
        found.push(Reference { kind: kind.into(), name: text.clone(), key, origin: name.origin });
    }
}

fn check_one(lint: &mut Lint<'_>, object: &Object, it: &Reference, given: &Given) {
    let id = (it.kind.clone(), object.id.namespace.clone(), it.name.clone());
    match given.get(&id) {
        None => {
            let same_kind: Vec<&EcoString> = few(given.keys())
                .filter(|(kind, namespace, _)| *kind == it.kind && *namespace == id.1)
                .map(|(_, _, name)| name)
                .collect();
            let elsewhere = given
                .keys()
                .find(|(kind, _, name)| *kind == it.kind && *name == it.name)
                .map(|(_, namespace, _)| namespace);
            lint.out.push(missing_reference(it.origin, &it.kind, &id.1, &it.name, &same_kind, elsewhere));
        }
        Some(Some(keys)) => {
            if let Some(key) = &it.key
                && !keys.contains(key)
            {
                lint.out.push(missing_key(it.origin, &it.kind, &it.name, key, keys));
            }
        }
        Some(None) => {}
    }
}

/// With `--no-cross-namespace-refs`, a reference that names another namespace is refused.
fn locked_down(lint: &mut Lint<'_>, object: &Object, spec: &Node, cluster: &EcoString) {
    let places: [&[&str]; 4] =
        [&["sourceRef"], &["chartRef"], &["chart", "spec", "sourceRef"], &["imageRepositoryRef"]];
    let single = places.into_iter().filter_map(|path| spec.at(path));
    let event_sources = spec.get("eventSources").and_then(Node::list).unwrap_or_default();
    for namespace in single.chain(event_sources).filter_map(|it| it.get("namespace")) {
        if namespace.text().is_some_and(|it| *it != object.id.namespace) {
            let (name, own) = (&object.id.name, &object.id.namespace);
            lint.out.push(locked_down_problem(namespace.origin, name, own, Some(cluster)));
        }
    }
}

/// What an add-on requires is taken too.
fn requires(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    if deployed.releases().all(|(_, it)| it.requires.is_empty()) {
        return;
    }
    let taken: BTreeSet<(EcoString, EcoString)> =
        deployed.releases().map(|(_, it)| (parent_name(lint.db, it.addon), it.addon.name(lint.db).clone())).collect();
    for (unit, release) in deployed.releases() {
        // What is suspended itself waits for nothing.
        let is_suspended = release.suspended
            || unit
                .kustomization
                .spec()
                .and_then(|it| it.get("suspend"))
                .is_some_and(|it| it.value == Value::Bool(true));
        for (required, at) in &release.requires {
            let mut suspended = deployed.releases().filter(|(_, it)| it.addon == *required && it.suspended);
            if let (Some((_, it)), false) = (suspended.next(), is_suspended) {
                lint.out.push(suspended_requirement(lint.db, release, it, *at));
            }
            let name = (parent_name(lint.db, *required), required.name(lint.db).clone());
            if !taken.contains(&name) {
                lint.out.push(not_taken(lint.db, release, *required, *at, cluster));
            }
        }
    }
}

fn parent_name(db: &dyn Db, item: Anchor) -> EcoString {
    item.parent(db).map(|it| it.name(db).clone()).unwrap_or_default()
}

fn locked_down_problem(at: Origin, name: &str, namespace: &str, cluster: Option<&EcoString>) -> Diagnostic {
    Diagnostic::new(
        code::LOCKDOWN,
        eco_format!("under lockdown, `{name}` in `{namespace}` may not refer to another namespace"),
        at,
        "a reference across namespaces",
    )
    .on(cluster)
    .help("keep both in one namespace: leave `release-in` at \"flux-system\", declare the source where it is used, or take `namespace` out of `kustomization`")
}

/// What the source of a release is declared as.
fn release_source(lint: &Lint<'_>, deployed: &Deployed, object: &Object) -> Option<SourceKind> {
    let mut releases = deployed.releases().map(|it| it.1);
    let of = releases.find(|it| it.object == object.id.name && it.namespace == object.id.namespace)?;
    match &syntax::declaration(lint.db, of.source?).head {
        Head::Source { provider, .. } => Some(*provider),
        _ => None,
    }
}

fn missing_source(object: &Object, source: &Id, is_external: bool, cluster: &EcoString) -> Diagnostic {
    let it = Diagnostic::new(
        code::MISSING_REFERENCE,
        eco_format!("nothing on `{cluster}` creates {source}, the source of the chart of {}", object.id),
        object.origin,
        "its source is not on the cluster",
    )
    .on(Some(cluster));
    if is_external {
        let declaration = eco_format!("external {} {}.{}", source.kind, source.namespace, source.name);
        return it.help(eco_format!("if something else creates it, declare it: `{declaration}`"));
    }
    it.note("a source is applied with the catalogue that declares it, once an add-on of that catalogue uses it")
        .help("declare the source in the catalogue of the add-on, or at the top level for all")
}

fn missing_namespace(name: &str, at: Origin, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_NAMESPACE,
        eco_format!("nothing makes the namespace `{name}` on cluster `{cluster}`"),
        at,
        eco_format!("goes into `{name}`"),
    )
    .help(eco_format!(
        "declare it: `namespace {name} {{ }}` in a catalogue that the cluster uses, or `external Namespace {name}`"
    ))
}

fn missing_reference(
    at: Origin,
    kind: &str,
    namespace: &str,
    name: &str,
    same_kind: &[&EcoString],
    elsewhere: Option<&EcoString>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::MISSING_REFERENCE,
        eco_format!("there is no {kind} `{name}` in namespace `{namespace}`"),
        at,
        "named here",
    );
    if let Some(elsewhere) = elsewhere {
        return diagnostic
            .note(eco_format!("there is one in `{elsewhere}`, but Flux looks in the object's own namespace only"))
            .help(eco_format!("declare it there too: `external {kind} {namespace}.{name}`"));
    }
    diagnostic
        .did_you_mean(name, same_kind.iter().map(|it| it.as_str()))
        .or_help(|| Some(eco_format!("if something else creates it, declare it: `external {kind} {namespace}.{name}`")))
}

fn missing_key(at: Origin, kind: &str, name: &str, key: &str, keys: &BTreeSet<EcoString>) -> Diagnostic {
    Diagnostic::new(code::MISSING_REFERENCE, eco_format!("the {kind} `{name}` has no key `{key}`"), at, "named here")
        .did_you_mean(key, keys.iter().map(EcoString::as_str))
        .or_help(|| Some(eco_format!("it has {}", listed(keys.iter().map(|it| format!("`{it}`"))))))
}

fn not_taken(db: &dyn Db, release: &Release, required: Anchor, at: Origin, cluster: &Cluster) -> Diagnostic {
    let name = required.name(db);
    let qualified = match required.parent(db) {
        Some(parent) => eco_format!("{}.{name}", parent.name(db)),
        None => name.clone(),
    };
    Diagnostic::new(
        code::NOT_TAKEN,
        eco_format!("`{}` requires `{name}`, which cluster `{}` does not use", release.addon.name(db), cluster.name),
        at,
        "required here",
    )
    .label(Origin::of(required), "declared here")
    .label(cluster.origin, "the cluster")
    .on(Some(&cluster.name))
    .help(eco_format!("write `use {qualified}`, or drop `{}` too", release.addon.name(db)))
}

fn suspended_requirement(db: &dyn Db, release: &Release, required: &Release, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::SUSPENDED,
        eco_format!("`{}` is suspended, and `{}` waits for it", required.addon.name(db), release.addon.name(db)),
        at,
        "required here",
    )
    .help("remove `suspend`, or the requirement")
}
