//! Transformers: what a kustomization does to all of its resources, in kustomize's order.

use ecow::{EcoString, eco_format};
use serde_json::{Map, Value};

use super::files::Files;
use super::list::List;
use super::patch;
use super::resource::{Resource, map_at, put, text};
use super::trouble::Trouble;
use crate::schema::{self, Scope};

/// The lists that a Flux Kustomization adds to those of its directory.
pub(super) const LISTS: [&str; 5] = ["patches", "patchesStrategicMerge", "patchesJson6902", "images", "components"];

pub(super) fn all(files: &Files, dir: &str, list: &List, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    patch::all(files, dir, list, found)?;
    if let Some(it) = text(&list.body, "namespace").filter(|it| !it.is_empty()) {
        namespace(list, it, found)?;
    }
    labels(list, found)?;
    if let Some(Value::Object(pairs)) = list.body.get("commonAnnotations") {
        for it in found.iter_mut() {
            add(it, &["metadata", "annotations"], pairs);
            if let Some(template) = template_of(it.kind()) {
                add_below(it, template, "annotations", pairs);
            }
        }
    }
    patch::last(files, dir, list, found)?;
    for it in list.all("replicas") {
        replicas(it, found);
    }
    for it in list.all("images") {
        for object in found.iter_mut() {
            object.is_changed |= images(&mut object.body, it);
        }
    }
    Ok(())
}

/// Gives all a namespace; a Namespace gets its name, and bindings follow the accounts that moved.
fn namespace(list: &List, namespace: &str, found: &mut [Resource]) -> Result<(), Trouble> {
    let moves: Vec<(EcoString, EcoString)> = found
        .iter()
        .filter(|it| it.kind() == "ServiceAccount")
        .map(|it| (it.name().into(), it.namespace().into()))
        .collect();
    let refers = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService"];
    if let Some(it) = found.iter().find(|it| refers.contains(&it.kind())) {
        return Err(Trouble::beyond(&list.file, eco_format!("a `namespace` for {}", it.id())));
    }
    for it in found.iter_mut() {
        let (group, _) = it.api_version();
        let is_of_cluster = schema::scope(&group, it.kind()) == Some(Scope::Cluster) && is_of_kubernetes(&group);
        it.remember();
        if group.is_empty() && it.kind() == "Namespace" {
            put(&mut it.body, &["metadata", "name"], namespace.into());
            it.is_changed = true;
        } else if !is_of_cluster && it.namespace() != namespace {
            put(&mut it.body, &["metadata", "namespace"], namespace.into());
            it.is_changed = true;
        }
        if !["RoleBinding", "ClusterRoleBinding"].contains(&it.kind()) {
            continue;
        }
        for subject in it.body.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = text(subject, "name").unwrap_or_default();
            let of = text(subject, "namespace").unwrap_or_default();
            let moves = moves.iter().any(|(known, place)| known == name && place == of);
            if text(subject, "kind") == Some("ServiceAccount") && (name == "default" || moves) && of != namespace {
                put(subject, &["namespace"], namespace.into());
                it.is_changed = true;
            }
        }
    }
    Ok(())
}

/// Whether kustomize knows the kinds of a group.
fn is_of_kubernetes(group: &str) -> bool {
    !group.contains('.') || group.ends_with(".k8s.io")
}

fn labels(list: &List, found: &mut [Resource]) -> Result<(), Trouble> {
    let empty = Map::new();
    let common = list.body.get("commonLabels").and_then(Value::as_object);
    let all = common.map(|it| (it, true, true)).into_iter().chain(list.all("labels").map(|it| {
        let pairs = it.get("pairs").and_then(Value::as_object).unwrap_or(&empty);
        let says = |key: &str| it.get(key).and_then(Value::as_bool) == Some(true);
        (pairs, says("includeSelectors"), says("includeSelectors") || says("includeTemplates"))
    }));
    if list.all("labels").any(|it| it.get("fields").is_some()) {
        return Err(Trouble::beyond(&list.file, "labels in `fields` of its own"));
    }
    for (pairs, selectors, templates) in all {
        if pairs.is_empty() {
            continue;
        }
        for it in found.iter_mut() {
            add(it, &["metadata", "labels"], pairs);
            let template = template_of(it.kind());
            if let Some(path) = template.filter(|_| templates) {
                add_below(it, path, "labels", pairs);
            }
            if !selectors {
                continue;
            }
            match it.kind() {
                "Service" | "ReplicationController" => add(it, &["spec", "selector"], pairs),
                "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => {
                    add(it, &["spec", "selector", "matchLabels"], pairs);
                }
                "NetworkPolicy" | "PodDisruptionBudget" | "Job" | "CronJob" => {
                    return Err(Trouble::beyond(&list.file, eco_format!("labels in the selector of {}", it.id())));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Where the template of a kind's pods is.
fn template_of(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            Some(&["spec", "template", "metadata"])
        }
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template", "metadata"]),
        _ => None,
    }
}

fn add(it: &mut Resource, path: &[&str], pairs: &Map<String, Value>) {
    if let Some(map) = map_at(&mut it.body, path) {
        map.extend(pairs.clone());
        it.is_changed = true;
    }
}

fn add_below(it: &mut Resource, path: &[&str], key: &str, pairs: &Map<String, Value>) {
    let whole: Vec<&str> = path.iter().copied().chain([key]).collect();
    add(it, &whole, pairs);
}

fn replicas(of: &Value, found: &mut [Resource]) {
    let (Some(name), Some(count)) = (text(of, "name"), of.get("count")) else { return };
    let kinds = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"];
    for it in found.iter_mut().filter(|it| kinds.contains(&it.kind())) {
        if it.called().any(|(known, _)| known == name)
            && let Some(spec) = map_at(&mut it.body, &["spec"])
        {
            spec.insert("replicas".into(), count.clone());
            it.is_changed = true;
        }
    }
}

/// Gives images of containers another name, tag or digest.
fn images(at: &mut Value, of: &Value) -> bool {
    let mut changed = false;
    match at {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if key == "containers" || key == "initContainers" {
                    for it in value.as_array_mut().into_iter().flatten() {
                        if let Some(image) = it.get_mut("image")
                            && let Some(new) = image.as_str().and_then(|it| renamed(it, of))
                        {
                            *image = new.into();
                            changed = true;
                        }
                    }
                }
                changed |= images(value, of);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|it| changed |= images(it, of)),
        _ => {}
    }
    changed
}

fn renamed(image: &str, of: &Value) -> Option<String> {
    let (bare, digest) = image.split_once('@').map_or((image, None), |(bare, digest)| (bare, Some(digest)));
    let colon = bare.rfind(':').filter(|at| !bare.get(at + 1..).unwrap_or_default().contains('/'));
    let (name, tag) = colon.map_or((bare, None), |at| (bare.get(..at).unwrap_or(bare), bare.get(at + 1..)));
    if text(of, "name") != Some(name) {
        return None;
    }
    let name = text(of, "newName").filter(|it| !it.is_empty()).unwrap_or(name);
    let new_tag = of.get("newTag").map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
    let new_digest = text(of, "digest").filter(|it| !it.is_empty());
    Some(match (new_tag.filter(|it| !it.is_empty()), new_digest) {
        (Some(tag), Some(digest)) => format!("{name}:{tag}@{digest}"),
        (None, Some(digest)) => format!("{name}@{digest}"),
        (Some(tag), None) => format!("{name}:{tag}"),
        (None, None) => match (tag, digest) {
            (Some(tag), Some(digest)) => format!("{name}:{tag}@{digest}"),
            (Some(tag), None) => format!("{name}:{tag}"),
            (None, Some(digest)) => format!("{name}@{digest}"),
            (None, None) => name.to_owned(),
        },
    })
}
