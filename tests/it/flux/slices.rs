//! Slices of public repositories, said in the language. `tests/slices/NAME/` has the sources, `original/` what a repository of
//! that shape has, with data of our own, and `differences.tsv` what may differ, each with its reason.
//!
//! The original is built as Flux builds it: for each Kustomization in `cluster.yaml` the real kustomize makes its directory,
//! with its `targetNamespace` and patches. Every leaf of every object must be there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fleetc::compile::compile;
use fleetc::{emit::with_patches, flux, host, value::json};
use serde_json::{Value, json as object};

use super::corpus::{id, leaves};
use crate::support::{Kustomize, summary};

/// A row of `differences.tsv`: `gone`, `added` or `changed`, the kind, a path, the reason. `Kind/name` without a path is a whole object.
struct Difference {
    what: String,
    kind: String,
    path: String,
}

type Objects = BTreeMap<(String, String, String), Value>;

#[test]
fn slices_of_repositories_come_out_as_they_were() {
    let Some(kustomize) = Kustomize::find("slices of repositories") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slices");
    let mut slices: Vec<PathBuf> = std::fs::read_dir(root).expect("slices").map(|it| it.expect("one").path()).collect();
    slices.sort();
    assert!(slices.len() >= 7, "slices are gone");
    let wrong: Vec<String> = slices.iter().flat_map(|it| compared(it, &kustomize)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compared(slice: &Path, kustomize: &Kustomize) -> Vec<String> {
    let name = slice.file_name().expect("a name").to_string_lossy();
    let (ours, theirs) = (ours(slice), theirs(slice, kustomize));
    let differences = differences(slice);
    let may = |what: &str, kind: &str, leaf: &str| {
        let is_below = |path: &str| path.is_empty() || leaf == path || leaf.starts_with(&format!("{path}."));
        differences.iter().any(|it| it.what == what && it.kind == kind && is_below(&it.path))
    };
    let may_whole = |what: &str, (kind, _, name): &(String, String, String)| may(what, &format!("{kind}/{name}"), "");
    let mut wrong = Vec::new();
    for (id, original) in &theirs {
        let Some(mine) = ours.get(id) else {
            if !may_whole("gone", id) {
                wrong.push(format!("{name}: {id:?} is missing"));
            }
            continue;
        };
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        leaves(original, "", &mut before);
        leaves(mine, "", &mut after);
        for (leaf, value) in &before {
            let what = if after.contains_key(leaf) { "changed" } else { "gone" };
            if after.get(leaf) != Some(value) && !may(what, &id.0, leaf) {
                wrong.push(format!("{name}: {id:?} {leaf}: {value} is {:?}", after.get(leaf)));
            }
        }
        for (leaf, value) in after.iter().filter(|(leaf, _)| !before.contains_key(*leaf)) {
            if !may("added", &id.0, leaf) {
                wrong.push(format!("{name}: {id:?} {leaf}: {value} is new"));
            }
        }
    }
    let is_new = |it: &&(String, String, String)| !theirs.contains_key(*it) && !may_whole("added", it);
    wrong.extend(ours.keys().filter(is_new).map(|it| format!("{name}: {it:?} is new")));
    wrong
}

fn ours(slice: &Path) -> Objects {
    let opened = host::open(slice).expect("a project");
    let compilation = compile(&opened.db);
    assert_eq!(summary(&compilation), Vec::<String>::new(), "{}", slice.display());
    let cluster = fleetc::fleet::clusters(&opened.db).next().expect("a cluster");
    let deployed = &flux::exactly(&opened.db, cluster).value;
    let root = deployed.root.iter().map(|it| json(&it.body));
    let kustomizations = deployed.units.iter().map(|it| json(&with_patches(&opened.db, it).body));
    let objects = deployed.units.iter().flat_map(|it| it.objects.iter().map(|it| json(&it.body)));
    root.chain(kustomizations).chain(objects).map(|it| (id(&it), it)).collect()
}

/// What Flux makes of `original/cluster.yaml`.
fn theirs(slice: &Path, kustomize: &Kustomize) -> Objects {
    let original = slice.join("original");
    let text = std::fs::read_to_string(original.join("cluster.yaml")).expect("cluster.yaml");
    let root: Vec<Value> = serde_yaml::Deserializer::from_str(&text)
        .map(|it| serde_yaml::with::singleton_map_recursive::deserialize(it).expect("YAML"))
        .collect();
    let mut all: Objects = root.iter().map(|it| (id(it), it.clone())).collect();
    for it in root.iter().filter(|it| it["kind"] == "Kustomization") {
        let spec = &it["spec"];
        let path = original.join(spec["path"].as_str().expect("a path").trim_start_matches("./"));
        let dir = tempfile::tempdir().expect("a directory");
        let mut list = object!({ "resources": [path.to_string_lossy()] });
        if let Some(namespace) = spec["targetNamespace"].as_str() {
            list["namespace"] = namespace.into();
        }
        if spec["patches"].is_array() {
            list["patches"] = spec["patches"].clone();
        }
        // A directory elsewhere is named from here.
        let up = "../".repeat(dir.path().components().count() - 1);
        list["resources"][0] = format!("{up}{}", path.to_string_lossy().trim_start_matches('/')).into();
        std::fs::write(dir.path().join("kustomization.yaml"), list.to_string()).expect("a file");
        let built = kustomize.build(dir.path()).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
        all.extend(built.into_iter().map(without_namespace).map(|it| (id(&it), it)));
    }
    all
}

/// An object of a kind of the cluster as the API server takes it: kustomize gives a namespace to all that it does not know.
fn without_namespace(mut object: Value) -> Value {
    let is_of_cluster = object["kind"].as_str().is_some_and(|it| it.starts_with("Cluster"));
    if let Some(metadata) = object["metadata"].as_object_mut().filter(|_| is_of_cluster) {
        metadata.remove("namespace");
    }
    object
}

fn differences(slice: &Path) -> Vec<Difference> {
    let text = std::fs::read_to_string(slice.join("differences.tsv")).expect("differences.tsv");
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [what, kind, path, reason] = columns.as_slice() else { panic!("four columns: {line}") };
        assert!(["gone", "added", "changed"].contains(what) && !reason.is_empty(), "{line}");
        Difference { what: (*what).into(), kind: (*kind).into(), path: (*path).into() }
    };
    text.lines().filter(|it| !it.starts_with('#')).map(row).collect()
}
