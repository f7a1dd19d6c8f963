//! Both worlds, object by object and leaf by leaf.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::world::{UnitId, World, is_unit};
use crate::kube::Id;
use crate::kustomize::Resource;

/// How bad a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Means the same.
    Allowed,
    /// Something is otherwise, and nothing is lost.
    Listed,
    /// Something is deleted, or installed anew.
    Fatal,
}

/// A difference between what was applied and what will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub class: Class,
    pub cluster: EcoString,
    /// The Kustomization that applied it, or will.
    pub unit: Option<UnitId>,
    pub id: Id,
    /// The path of a value; none is the object as a whole.
    pub path: Option<EcoString>,
    pub what: EcoString,
}

/// What each object is to each of its owners.
type Owned<'a> = BTreeMap<Id, Vec<(Option<&'a UnitId>, &'a Resource)>>;

fn owned(world: &World) -> Owned<'_> {
    let mut found = Owned::new();
    for (by, it) in world.objects() {
        found.entry(it.id()).or_default().push((by, it));
    }
    found
}

/// Everything that is otherwise on a cluster.
pub(super) fn differences(old: &World, new: &World) -> Vec<Difference> {
    let cluster = &old.cluster.name;
    let (before, after) = (owned(old), owned(new));
    let mut found = Vec::new();
    let mut say = |class, unit: Option<&UnitId>, id: &Id, path: Option<EcoString>, what: EcoString| {
        found.push(Difference { class, cluster: cluster.clone(), unit: unit.cloned(), id: id.clone(), path, what });
    };
    let none = Vec::new();
    for (id, owners) in &before {
        let now = after.get(id).unwrap_or(&none);
        for (by, was) in owners {
            let Some((_, is)) = now.iter().find(|it| it.0 == *by) else {
                let what = match now.iter().find(|it| owners.iter().all(|known| known.0 != it.0)) {
                    Some(it) => eco_format!("is applied by {} from now on", called(it.0)),
                    None if now.is_empty() => "is applied no longer: Flux deletes it".into(),
                    None => eco_format!("is no longer applied by {}: Flux deletes it", called(*by)),
                };
                say(Class::Fatal, *by, id, None, what);
                continue;
            };
            let bodies = (replaced(old, *by, &was.body), replaced(new, *by, &is.body));
            let mut leaves = Leaves::default();
            leaves.between("", &bodies.0, &bodies.1);
            for (path, a, b) in leaves.found {
                let class = class(was, is, &path, a, b);
                if class > Class::Allowed {
                    say(class, *by, id, Some(path), eco_format!("{} → {}", shown(a), shown(b)));
                }
            }
        }
        for (by, _) in now.iter().filter(|it| owners.iter().all(|known| known.0 != it.0)) {
            say(Class::Listed, *by, id, None, eco_format!("is applied by {}, too", called(*by)));
        }
    }
    for (id, owners) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
        for (by, _) in owners {
            say(Class::Listed, *by, id, None, "is new".into());
        }
    }
    found
}

/// An object with the variables that its Kustomization replaces, as far as it says them.
fn replaced<'a>(world: &World, by: Option<&UnitId>, body: &'a Value) -> Cow<'a, Value> {
    let unit = by.and_then(|it| world.units.get(it)).filter(|it| !it.is_replaced);
    let build = unit.and_then(|it| it.spec().get("postBuild"));
    let Some(build) = build else { return Cow::Borrowed(body) };
    let mut known: Vec<(String, &str)> = Vec::new();
    for (key, it) in build.get("substitute").and_then(Value::as_object).into_iter().flatten() {
        known.extend(it.as_str().map(|it| (format!("${{{key}}}"), it)));
    }
    let mut body = body.clone();
    fill(&mut body, &known);
    Cow::Owned(body)
}

fn fill(value: &mut Value, known: &[(String, &str)]) {
    match value {
        Value::String(text) if text.contains('$') => {
            for (variable, it) in known {
                if text.contains(variable) {
                    *text = text.replace(variable, it);
                }
            }
            *text = text.replace("$$", "$");
        }
        Value::Array(list) => list.iter_mut().for_each(|it| fill(it, known)),
        Value::Object(map) => map.values_mut().for_each(|it| fill(it, known)),
        _ => {}
    }
}

fn called(unit: Option<&UnitId>) -> EcoString {
    unit.map_or_else(|| "the root".into(), |it| eco_format!("`{}`", it.1))
}

fn shown(it: Option<&Value>) -> EcoString {
    let Some(it) = it else { return "nothing".into() };
    let text = it.to_string();
    if text.chars().count() > 60 {
        eco_format!("{}…", text.chars().take(60).collect::<String>())
    } else {
        text.into()
    }
}

/// Leaves that differ, by their paths.
#[derive(Default)]
struct Leaves<'a> {
    found: Vec<(EcoString, Option<&'a Value>, Option<&'a Value>)>,
}

impl<'a> Leaves<'a> {
    fn between(&mut self, at: &str, was: &'a Value, is: &'a Value) {
        match (was, is) {
            (Value::Object(a), Value::Object(b)) => {
                let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for key in keys {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    match (a.get(key), b.get(key)) {
                        (Some(a), Some(b)) => self.between(&path, a, b),
                        (a, b) => self.found.push((path.into(), a, b)),
                    }
                }
            }
            (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
            (a, b) if a == b => {}
            (a, b) => self.found.push((at.into(), Some(a), Some(b))),
        }
    }
}

/// How bad it is that a leaf differs.
fn class(was: &Resource, is: &Resource, path: &str, a: Option<&Value>, b: Option<&Value>) -> Class {
    if path == "apiVersion" {
        return Class::Allowed;
    }
    let of = |it: &Resource, pointer: &str| it.body.pointer(pointer).and_then(Value::as_str).map(EcoString::from);
    if is_unit(was) {
        let own =
            ["spec.path", "spec.patches", "spec.sourceRef", "spec.targetNamespace", "spec.images", "spec.components"];
        let starts = |all: &[&str]| all.iter().any(|it| path == *it || path.starts_with(&format!("{it}.")));
        return match path {
            // The values are in the objects.
            "spec.postBuild" if b.is_none() => Class::Allowed,
            "spec.wait" | "spec.suspend" if a.or(b) == Some(&Value::Bool(false)) => Class::Allowed,
            "spec.validation" | "spec.patchesStrategicMerge" | "spec.patchesJson6902" => Class::Allowed,
            _ if starts(&own) || path.starts_with("metadata.annotations.kustomize.toolkit.fluxcd.io/") => {
                Class::Allowed
            }
            "metadata.annotations" => Class::Allowed,
            "spec.dependsOn" if same_order(a, b, was) => Class::Allowed,
            // With `wait`, Flux looks at nothing that is listed.
            "spec.healthChecks" if b.is_none() && waits(was) && waits(is) => Class::Allowed,
            "spec.prune" if b != Some(&Value::Bool(false)) => Class::Fatal,
            _ => Class::Listed,
        };
    }
    match (was.kind(), path) {
        ("HelmRelease", "spec.targetNamespace") => {
            let effective = |it: &Resource| of(it, "/spec/targetNamespace").unwrap_or_else(|| it.namespace().into());
            if effective(was) == effective(is) { Class::Allowed } else { Class::Fatal }
        }
        ("HelmRelease", "spec.releaseName") => {
            if release_name(was) == release_name(is) {
                Class::Allowed
            } else {
                Class::Fatal
            }
        }
        ("HelmRelease", "spec.storageNamespace") => {
            let effective = |it: &Resource| of(it, "/spec/storageNamespace").unwrap_or_else(|| it.namespace().into());
            if effective(was) == effective(is) { Class::Allowed } else { Class::Fatal }
        }
        ("HelmRelease", "spec.chart.spec.reconcileStrategy")
            if a.is_none() && b.is_some_and(|it| it == "ChartVersion") =>
        {
            Class::Allowed
        }
        ("HelmRelease", "spec.dependsOn") if same_order(a, b, was) => Class::Allowed,
        // Without a version, any.
        ("HelmRelease", "spec.chart.spec.version") if a.is_none() && b.is_some_and(|it| it == "*") => Class::Allowed,
        ("HelmRelease", "spec.chart.spec.sourceRef.namespace") => {
            let effective =
                |it: &Resource| of(it, "/spec/chart/spec/sourceRef/namespace").unwrap_or_else(|| it.namespace().into());
            if effective(was) == effective(is) { Class::Allowed } else { Class::Listed }
        }
        ("HelmRelease", "spec.chartRef.namespace") => {
            let effective = |it: &Resource| of(it, "/spec/chartRef/namespace").unwrap_or_else(|| it.namespace().into());
            if effective(was) == effective(is) { Class::Allowed } else { Class::Listed }
        }
        ("HelmRelease", "spec.chart.spec.chart") => {
            let plain = |it: Option<&Value>| {
                it.and_then(Value::as_str).map(|it| it.trim_start_matches("./").trim_end_matches('/').to_owned())
            };
            if plain(a) == plain(b) { Class::Allowed } else { Class::Fatal }
        }
        ("HelmRelease" | "HelmRepository" | "GitRepository" | "OCIRepository" | "Bucket", "spec.suspend")
            if a.or(b) == Some(&Value::Bool(false)) =>
        {
            Class::Allowed
        }
        ("HelmRepository", "spec.type") if a.or(b).is_some_and(|it| it == "default") => Class::Allowed,
        ("OCIRepository", "spec.layerSelector") if a.is_none() => Class::Listed,
        (_, "metadata.annotations") if was.kind() == "Namespace" && a.is_none() && is_prune(b) => Class::Allowed,
        ("Namespace", "metadata.annotations.kustomize.toolkit.fluxcd.io/prune") if a.is_none() => Class::Allowed,
        // A namespace that a kind of the cluster never has.
        (_, "metadata.namespace") if was.id().namespace.is_empty() => Class::Allowed,
        // What holds nothing says nothing.
        (_, "metadata.labels" | "metadata.annotations") if is_nothing(a) && is_nothing(b) => Class::Allowed,
        (_, "metadata.creationTimestamp" | "status") => Class::Allowed,
        _ => Class::Listed,
    }
}

fn waits(it: &Resource) -> bool {
    it.body.pointer("/spec/wait") == Some(&Value::Bool(true))
}

fn is_nothing(it: Option<&Value>) -> bool {
    it.is_none_or(|it| it.is_null() || it.as_object().is_some_and(serde_json::Map::is_empty))
}

fn is_prune(it: Option<&Value>) -> bool {
    let all = it.and_then(Value::as_object);
    all.is_some_and(|it| it.keys().all(|it| it == "kustomize.toolkit.fluxcd.io/prune"))
}

/// Whether both wait for the same, in whichever order.
fn same_order(a: Option<&Value>, b: Option<&Value>, of: &Resource) -> bool {
    let names = |it: Option<&Value>| -> BTreeSet<(String, String)> {
        let text = |it: &Value, key: &str| it.get(key).and_then(Value::as_str).map(str::to_owned);
        let all = it.and_then(Value::as_array).into_iter().flatten();
        all.map(|it| {
            (text(it, "namespace").unwrap_or_else(|| of.namespace().to_owned()), text(it, "name").unwrap_or_default())
        })
        .collect()
    };
    names(a) == names(b)
}

fn release_name(it: &Resource) -> String {
    let text = |pointer: &str| it.body.pointer(pointer).and_then(Value::as_str);
    match (text("/spec/releaseName"), text("/spec/targetNamespace")) {
        (Some(it), _) => it.to_owned(),
        (None, Some(namespace)) => format!("{namespace}-{}", it.name()),
        (None, None) => it.name().to_owned(),
    }
}
