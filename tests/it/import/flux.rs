//! What Flux applies on a cluster, by the real kustomize: the root, and every Kustomization of the repository.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Kustomize;

/// Owner, kind, namespace and name.
pub(super) type Key = (String, String, String, String);

/// What each owner applies; the root is the empty name.
pub(super) fn world(kustomize: &Kustomize, repository: &Path, dir: &str) -> BTreeMap<Key, Value> {
    let copy = tempfile::tempdir().expect("a directory");
    copied(repository, copy.path());
    let root = copy.path().join(dir);
    let objects = built(kustomize, &root, &Value::Null);
    let mut all: BTreeMap<Key, Value> = objects.iter().map(|it| (key("", it), it.clone())).collect();
    for it in objects.iter().filter(|it| it["kind"] == "Kustomization") {
        let (name, spec) = (it["metadata"]["name"].as_str().expect("a name"), &it["spec"]);
        let path = spec["path"].as_str().unwrap_or_default().trim_start_matches("./");
        let place = copy.path().join(path);
        if spec["sourceRef"]["name"] != "flux-system" || path.is_empty() || !place.is_dir() {
            continue;
        }
        for object in built(kustomize, &place, spec) {
            all.insert(key(name, &object), replaced(object, spec));
        }
    }
    all
}

fn key(owner: &str, it: &Value) -> Key {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let kind = text(&it["kind"]);
    // kustomize gives a namespace to what it does not know.
    let is_of_cluster = kind.starts_with("Cluster") && kind != "Cluster";
    let namespace = if is_of_cluster { String::new() } else { text(&it["metadata"]["namespace"]) };
    (owner.to_owned(), kind, namespace, text(&it["metadata"]["name"]))
}

/// A directory as Flux builds it: with a list of all YAML below where it has none, and what a spec adds.
fn built(kustomize: &Kustomize, dir: &Path, spec: &Value) -> Vec<Value> {
    let list = ["kustomization.yaml", "kustomization.yml"].map(|it| dir.join(it)).into_iter().find(|it| it.is_file());
    let (place, mut body) = if let Some(it) = &list {
        (it.clone(), read(it))
    } else {
        let mut resources = Vec::new();
        collect(dir, dir, &mut resources);
        (dir.join("kustomization.yaml"), json!({ "resources": resources }))
    };
    let before = list.as_ref().map(|it| std::fs::read_to_string(it).expect("a list"));
    if let Some(it) = spec.get("targetNamespace") {
        body["namespace"] = it.clone();
    }
    for key in ["patches", "components", "images"] {
        if let Some(more) = spec[key].as_array() {
            let mut all = body[key].as_array().cloned().unwrap_or_default();
            all.extend(more.iter().cloned());
            body[key] = all.into();
        }
    }
    std::fs::write(&place, body.to_string()).expect("a list");
    let made = kustomize.build(dir).unwrap_or_else(|it| panic!("{}: {it}", dir.display()));
    match before {
        Some(it) => std::fs::write(&place, it).expect("a list"),
        None => std::fs::remove_file(&place).expect("a list"),
    }
    made
}

fn read(path: &Path) -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(path).expect("a file")).expect("YAML")
}

fn collect(root: &Path, dir: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(dir).expect("a directory").map(|it| it.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
        if path.is_dir() {
            if path.join("kustomization.yaml").is_file() || path.join("kustomization.yml").is_file() {
                found.push(name);
            } else {
                collect(root, &path, found);
            }
        } else if name.ends_with(".yaml") || name.ends_with(".yml") {
            found.push(name);
        }
    }
}

/// Variables that a Kustomization says, replaced in texts; one that is a whole text is read again.
fn replaced(mut object: Value, spec: &Value) -> Value {
    fn fill(value: &mut Value, known: &serde_json::Map<String, Value>) {
        match value {
            Value::String(text) => {
                let before = text.clone();
                for (name, it) in known {
                    *text = text.replace(&format!("${{{name}}}"), it.as_str().unwrap_or_default());
                }
                if *text != before && before.starts_with("${") && before.ends_with('}') {
                    *value = serde_yaml::from_str(text).unwrap_or_else(|_| text.as_str().into());
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|it| fill(it, known)),
            Value::Object(all) => all.values_mut().for_each(|it| fill(it, known)),
            _ => {}
        }
    }
    if let Some(known) = spec["postBuild"]["substitute"].as_object() {
        fill(&mut object, known);
    }
    object
}

pub(super) fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        let place = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copied(&path, &place);
        } else {
            std::fs::copy(&path, &place).expect("a file");
        }
    }
}

/// Leaves, by their paths.
fn leaves(value: &Value, at: &str, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(all) if !all.is_empty() => {
            all.iter().for_each(|(key, it)| leaves(it, &format!("{at}.{key}"), found));
        }
        it => {
            found.insert(at.trim_start_matches('.').to_owned(), it.clone());
        }
    }
}

/// What of the first world is not in the second, or is otherwise there; what only says what was so anyway is left out.
pub(super) fn lost(before: &BTreeMap<Key, Value>, after: &BTreeMap<Key, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for (key, was) in before {
        let Some(is) = after.get(key) else {
            found.push(format!("{key:?} is gone"));
            continue;
        };
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        leaves(was, "", &mut a);
        leaves(is, "", &mut b);
        let paths: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for path in paths.into_iter().filter(|path| a.get(*path) != b.get(*path)) {
            if !is_allowed(key, path, was, is) {
                found.push(format!("{key:?} {path}: {:?} → {:?}", a.get(path), b.get(path)));
            }
        }
    }
    found
}

fn is_allowed((_, kind, namespace, name): &Key, path: &str, was: &Value, is: &Value) -> bool {
    let starts = |all: &[&str]| all.iter().any(|it| path == *it || path.starts_with(&format!("{it}.")));
    let effective = |it: &Value, key: &str, usual: &str| it["spec"][key].as_str().unwrap_or(usual).to_owned();
    match kind.as_str() {
        "Kustomization" => {
            let own = [
                "spec.path",
                "spec.patches",
                "spec.sourceRef",
                "spec.targetNamespace",
                "spec.postBuild",
                "spec.images",
            ];
            let annotations = ["metadata.annotations.kustomize"];
            starts(&own)
                || annotations.iter().any(|it| path.starts_with(it))
                || (path == "spec.wait" && is["spec"]["wait"] == false)
        }
        "HelmRelease" if path == "spec.targetNamespace" || path == "spec.releaseName" => {
            let key = path.trim_start_matches("spec.");
            let usual = if key == "releaseName" { name } else { namespace };
            effective(was, key, usual) == effective(is, key, usual)
        }
        "HelmRelease" if path == "spec.chart.spec.version" => was["spec"]["chart"]["spec"]["version"].is_null(),
        "HelmRelease" => path.ends_with("sourceRef.namespace") || path == "apiVersion",
        "Namespace" => path.starts_with("metadata.annotations.kustomize"),
        _ => path == "apiVersion" || path == "metadata.namespace" && namespace.is_empty(),
    }
}
