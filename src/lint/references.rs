//! Namespaces, Secrets and ConfigMaps that objects name must be there: made by
//! this project, or declared `external`.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;

use super::context::Lint;
use super::problems;
use crate::diagnostic::{Diagnostic, few};
use crate::fleet::{self, Cluster};
use crate::flux::BUILT_IN_NAMESPACES;
use crate::flux::Deployed;
use crate::flux::external;
use crate::kube::object::{Id, Object};
use crate::schema;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::syntax::{self, ast::Head};
use crate::value::{Node, Value};

/// What a cluster has beside what the project makes: kind, namespace, name, with
/// the keys that it holds where they are declared.
type Given = BTreeMap<(EcoString, EcoString, EcoString), Option<BTreeSet<EcoString>>>;

fn given(lint: &Lint<'_>, cluster: &Cluster, deployed: &Deployed) -> Given {
    let mut given = Given::new();
    for external in &lint.index.externals {
        if !external::is_visible(lint.db, *external, cluster) {
            continue;
        }
        let Head::External { object, namespace } = &syntax::declaration(lint.db, *external).head else { continue };
        let keys = fleet::declared(lint.db, *external)
            .value
            .get("keys")
            .and_then(Node::list)
            .map(|list| list.iter().filter_map(|it| it.text().cloned()).collect());
        let in_namespace = match object.as_str() {
            "Namespace" => EcoString::new(),
            _ => namespace.clone().unwrap_or_else(|| lint.settings.sync.namespace.clone()),
        };
        given.insert((object.clone(), in_namespace, external.name(lint.db).clone()), keys);
    }
    for (_, object) in deployed.objects() {
        if matches!(object.id.kind.as_str(), "Secret" | "ConfigMap") && object.id.group.is_empty() {
            let mut keys: BTreeSet<EcoString> = BTreeSet::new();
            for part in ["data", "stringData", "binaryData"] {
                keys.extend(
                    object.body.get(part).and_then(Node::map).into_iter().flat_map(|it| it.entries.keys().cloned()),
                );
            }
            let key = (object.id.kind.clone(), object.id.namespace.clone(), object.id.name.clone());
            given.insert(key, (!keys.is_empty()).then_some(keys));
        }
    }
    given
}

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
    for (_, object) in deployed.objects() {
        if !object.id.namespace.is_empty() && !has_namespace(&object.id.namespace) {
            missing.entry(object.id.namespace.clone()).or_insert(object.origin);
        }
    }
    for (_, release) in deployed.releases() {
        if !has_namespace(&release.target) {
            missing.entry(release.target.clone()).or_insert(Origin::of(release.addon));
        }
    }
    for (name, origin) in missing {
        lint.out.push(problems::missing_namespace(&name, origin, &cluster.name));
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
    if lint.has_errors || lint.out.iter().any(Diagnostic::is_error) {
        return;
    }
    let is_source = |it: &&Object| it.id.group == SOURCES;
    let made: IndexSet<&Id> = deployed.objects().map(|(_, it)| it).filter(is_source).map(|it| &it.id).collect();
    for (_, object) in deployed.objects().filter(|(_, it)| it.id.kind == "HelmRelease") {
        let Some(spec) = object.spec() else { continue };
        let named = spec.at(&["chart", "spec", "sourceRef"]).or_else(|| spec.get("chartRef"));
        let Some(named) = named else { continue };
        let text = |key: &str| named.get(key).and_then(Node::text).cloned();
        let (Some(kind), Some(name)) = (text("kind"), text("name")) else { continue };
        let namespace = text("namespace").unwrap_or_else(|| object.id.namespace.clone());
        let wanted = Id { group: SOURCES.into(), kind, namespace, name };
        // What an author writes in a manifest may be made by somebody else.
        let is_addon = object.origin.anchor.kind(lint.db) == Kind::ADDON;
        if is_addon && !made.contains(&wanted) {
            lint.out.push(problems::missing_source(object, &wanted, &cluster.name));
        }
    }
}

/// The API group of Flux' sources.
const SOURCES: &str = "source.toolkit.fluxcd.io";

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
            lint.out.push(problems::missing_reference(it.origin, &it.kind, &id.1, &it.name, &same_kind, elsewhere));
        }
        Some(Some(keys)) => {
            if let Some(key) = &it.key
                && !keys.contains(key)
            {
                lint.out.push(problems::missing_key(it.origin, &it.kind, &it.name, key, keys));
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
            lint.out.push(problems::locked_down(namespace.origin, name, own, Some(cluster)));
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
    for (_, release) in deployed.releases() {
        for (required, at) in &release.requires {
            if let Some((_, it)) = deployed.releases().find(|(_, it)| it.addon == *required && it.suspended) {
                lint.out.push(problems::suspended_requirement(lint.db, release, it, *at));
            }
            let name = (parent_name(lint.db, *required), required.name(lint.db).clone());
            if !taken.contains(&name) {
                lint.out.push(problems::not_taken(lint.db, release, *required, *at, cluster));
            }
        }
    }
}

fn parent_name(db: &dyn Db, item: Anchor) -> EcoString {
    item.parent(db).map(|it| it.name(db).clone()).unwrap_or_default()
}
