//! A real fleet that nobody here wrote: aws-samples/flux-eks-gitops-config (MIT-0,
//! commit 6f3879b7). `data/flux-eks-gitops-config/` holds the objects that each of
//! its clusters ends up with, built by the real kustomize, without the prose of
//! its authors (descriptions and messages of policies).
//!
//! Every leaf of every object must be there; what differs is listed here, with
//! the reason.

use std::collections::{BTreeMap, BTreeSet};

use fleetc::compile::compile;
use fleetc::{emit::with_patches, value::json};
use fleetc::{fleet, flux, host};
use serde_json::Value;

/// Leaves of the original that are not in ours.
const GONE: [(&str, &str, &str); 6] = [
    ("HelmRelease", "spec.chart.spec.sourceRef.namespace", "the same namespace as the release's: redundant"),
    ("Kustomization", "spec.validation", "removed from the API in Flux 2.0"),
    ("Kustomization", "spec.path", "the layout differs"),
    ("Kustomization", "spec.dependsOn", "the order is derived: see README.md of the example"),
    ("Kustomization", "spec.postBuild", "the compiler knows every variable"),
    ("Kustomization", "spec.wait", "tenants' objects stand in the cluster's root; nothing waits for `config`"),
];

/// Leaves of ours that the original leaves to the controllers' defaults.
const ADDED: [(&str, &str, &str); 14] = [
    ("HelmRelease", "spec.timeout", "the default, written"),
    ("HelmRelease", "spec.driftDetection", "drift is reported"),
    ("HelmRelease", "spec.install.strategy", "retries do not stall"),
    ("HelmRelease", "spec.upgrade", "retries do not stall, custom resources are upgraded"),
    ("HelmRelease", "spec.chart.spec.version", "`*` is what an absent version means"),
    ("Namespace", "metadata.annotations", "never pruned"),
    ("Kustomization", "metadata.annotations", "a root's postBuild cannot eat patches"),
    ("Kustomization", "spec.retryInterval", "failures are retried soon"),
    ("Kustomization", "spec.timeout", "explicit"),
    ("Kustomization", "spec.path", "the layout differs"),
    ("Kustomization", "spec.dependsOn", "base and patches arrive together"),
    ("Kustomization", "spec.patches", "what differs between clusters"),
    ("Kustomization", "spec.wait", "the policies come after Kyverno is ready"),
    ("ClusterPolicy", "spec.rules", "messages in our own words"),
];

/// What each Kustomization waits for beyond what the original's authors wrote, and why.
const INFERRED: [(&str, &str, &str); 5] = [
    ("config", "flux-system", "base and patches arrive together"),
    ("external-config-data", "flux-system", "base and patches arrive together"),
    ("infrastructure", "flux-system", "base and patches arrive together"),
    ("infrastructure", "namespaces", "its releases and objects stand in them"),
    ("namespaces", "flux-system", "base and patches arrive together"),
];

fn allowed(list: &[(&str, &str, &str)], kind: &str, leaf: &str) -> bool {
    list.iter().any(|(of, prefix, _)| *of == kind && (leaf == *prefix || leaf.starts_with(&format!("{prefix}."))))
}

pub(super) fn leaves(value: &Value, path: &str, out: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                leaves(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (nth, value) in list.iter().enumerate() {
                leaves(value, &format!("{path}.{nth}"), out);
            }
        }
        leaf => {
            out.insert(path.to_owned(), leaf.clone());
        }
    }
}

pub(super) fn id(it: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&it["kind"]), text(&it["metadata"]["namespace"]), text(&it["metadata"]["name"]))
}

/// `v1beta1` and its like: Flux 2.9 serves none of the versions that the original names.
fn version_is_newer(kind: &str, original: &Value, ours: &Value) -> bool {
    let group = |it: &Value| it.as_str().unwrap_or_default().split('/').next().unwrap_or_default().to_owned();
    ["HelmRelease", "HelmRepository", "GitRepository", "Kustomization"].contains(&kind)
        && group(original) == group(ours)
}

fn cluster(name: &str, expected: &str) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flux-eks-gitops-config");
    let opened = host::open(&root).expect("a project");
    assert!(compile(&opened.db).is_clean());
    let anchor = fleet::clusters(&opened.db).find(|it| it.name(&opened.db) == name).expect("the cluster");
    let deployed = &flux::exactly(&opened.db, anchor).value;
    let ours: BTreeMap<_, Value> = deployed
        .root
        .iter()
        .map(|it| json(&it.body))
        .chain(deployed.units.iter().map(|it| json(&with_patches(&opened.db, it).body)))
        .chain(deployed.units.iter().flat_map(|it| it.objects.iter().map(|it| json(&it.body))))
        .map(|it| (id(&it), it))
        .collect();
    let expected: Vec<Value> = serde_json::from_str(expected).expect("JSON");
    let mut wrong = Vec::new();
    for original in &expected {
        let id = id(original);
        // Its tenants' objects stand in the cluster's root, so that no Kustomization is needed for them.
        if id == ("Kustomization".into(), "flux-system".into(), "tenants".into()) {
            continue;
        }
        let Some(mine) = ours.get(&id) else {
            wrong.push(format!("{id:?} is missing"));
            continue;
        };
        let (mut theirs, mut own) = (BTreeMap::new(), BTreeMap::new());
        leaves(original, "", &mut theirs);
        leaves(mine, "", &mut own);
        for (leaf, value) in &theirs {
            let is_version = leaf == "apiVersion" && version_is_newer(&id.0, value, &mine["apiVersion"]);
            let stays_path = id.1 == "podinfo" && leaf == "spec.path";
            if own.get(leaf) != Some(value) && !is_version && (stays_path || !allowed(&GONE, &id.0, leaf)) {
                wrong.push(format!("{id:?} {leaf}: {value} is {:?}", own.get(leaf)));
            }
        }
        for (leaf, value) in &own {
            if !theirs.contains_key(leaf) && !allowed(&ADDED, &id.0, leaf) {
                wrong.push(format!("{id:?} {leaf}: {value} is new"));
            }
        }
    }
    let known: Vec<_> = expected.iter().map(id).collect();
    for id in ours.keys().filter(|it| !known.contains(it)) {
        // The namespaces that network policies select by come first, so that they are one catalogue.
        if *id != ("Kustomization".into(), "flux-system".into(), "namespaces".into()) {
            wrong.push(format!("{id:?} is new"));
        }
    }
    wrong.extend(misordered(&expected, &ours));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What each Kustomization waits for: all that the original's does, what is listed, and nothing else.
fn misordered(expected: &[Value], ours: &BTreeMap<(String, String, String), Value>) -> Vec<String> {
    let waits = |it: &Value| -> BTreeSet<String> {
        let all = it["spec"]["dependsOn"].as_array().into_iter().flatten();
        all.filter_map(|it| it["name"].as_str()).map(str::to_owned).collect()
    };
    let kustomizations = ours.iter().filter(|((kind, ..), _)| kind == "Kustomization");
    let wrong = kustomizations.filter_map(|(of, mine)| {
        let original = expected.iter().find(|it| id(it) == *of).map(waits).unwrap_or_default();
        let inferred = INFERRED.iter().filter(|it| it.0 == of.2).map(|it| it.1.to_owned());
        let wanted: BTreeSet<String> = original.into_iter().chain(inferred).collect();
        (waits(mine) != wanted).then(|| format!("{of:?} waits for {:?} and not for {wanted:?}", waits(mine)))
    });
    wrong.collect()
}

#[test]
fn the_test_cluster_ends_up_with_the_same_objects() {
    cluster("test", include_str!("../data/flux-eks-gitops-config/test.json"));
}

#[test]
fn the_production_cluster_ends_up_with_the_same_objects() {
    cluster("production", include_str!("../data/flux-eks-gitops-config/production.json"));
}
