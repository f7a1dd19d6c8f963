//! Files that are taken over (`--adopt`): what they hold must be in what is written instead.
//!
//! Flux deletes what a file held and no longer holds, and what a Kustomization applied from its old directory and not from
//! the new one: that is refused, with what would be lost. What becomes something else under its name is a warning.

use ecow::EcoString;
use serde_yaml::Value;

use super::adoption::Adoption;
use super::document::{documents, field, id_of};
use super::hand_over::{self, differences};
use super::live::release;
use super::old::{Old, OldFiles, is_known, old_objects, survives};
use super::problems;
use super::snapshot::Snapshot;
use super::work::Plan;
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::lifecycle::Pruning;
use crate::source::{Db, is_within};
use crate::value::json;

pub(super) fn check(
    db: &dyn Db,
    deployed: &[&Deployed],
    tree: &FileTree,
    snapshot: &Snapshot,
    plan: &Plan,
    adoption: &Adoption,
    out: &mut Vec<Diagnostic>,
) {
    for (path, id, document) in &adoption.taken {
        let Some(cluster) = deployed.iter().find(|it| is_within(path, &it.path)) else { continue };
        changed(db, cluster, path, id, document, out);
        if id.kind == "Kustomization" {
            pruned(db, cluster, path, id, document, snapshot, out);
        }
    }
    for path in plan.adopted.iter().filter(|it| !adoption.texts.contains_key(*it)) {
        let (Some(old), Some(new)) = (snapshot.entries.get(path).and_then(|it| it.text()), tree.files.get(path)) else {
            continue;
        };
        let (Ok(old), Ok(new)) = (documents(old), documents(&new.text())) else {
            // What is no YAML is nothing that Flux applies.
            continue;
        };
        let stays: Vec<Id> = new.iter().filter_map(id_of).collect();
        let is_index =
            |it: &Value| field(it, &["apiVersion"]).is_some_and(|it| it.starts_with("kustomize.config.k8s.io/"));
        if let Some(index) = old.iter().find(|it| is_index(it)) {
            listed(path, index, &new, out);
            continue;
        }
        let lost: Vec<Id> = old.iter().filter_map(id_of).filter(|it| !stays.contains(it)).collect();
        if !lost.is_empty() {
            out.push(problems::adoption_loses(path, &lost));
        }
        for document in &old {
            let Some(id) = id_of(document).filter(|it| stays.contains(it)) else { continue };
            // Those of a catalogue are on each cluster that has it.
            let has_it = |it: &&&Deployed| match path.rsplit_once('/') {
                Some((dir, _)) if it.path == dir => true,
                _ => it.objects().any(|(_, object)| object.id == id),
            };
            let Some(cluster) = deployed.iter().find(has_it) else { continue };
            changed(db, cluster, path, &id, document, out);
            if id.kind == "Kustomization" {
                pruned(db, cluster, path, &id, document, snapshot, out);
            }
        }
    }
}

/// A `kustomization.yaml` that lists more than the one that is written instead.
fn listed(path: &EcoString, old: &Value, new: &[Value], out: &mut Vec<Diagnostic>) {
    let kept = |it: &Value| new.iter().any(|new| list(new).any(|new| plain(new) == plain(it)));
    let lost: Vec<EcoString> =
        list(old).filter(|it| !kept(it)).filter_map(Value::as_str).map(EcoString::from).collect();
    let other = old.as_mapping().into_iter().flat_map(|it| it.keys()).filter_map(Value::as_str);
    let more: Vec<EcoString> =
        other.filter(|it| !["apiVersion", "kind", "metadata", "resources"].contains(it)).map(EcoString::from).collect();
    if !lost.is_empty() || !more.is_empty() {
        out.push(problems::adoption_loses_list(path, &lost, &more));
    }
}

fn list(of: &Value) -> impl Iterator<Item = &Value> {
    of.get("resources").and_then(Value::as_sequence).into_iter().flatten()
}

fn plain(it: &Value) -> Option<&str> {
    it.as_str().map(|it| it.trim_start_matches("./").trim_end_matches('/'))
}

/// A Kustomization that is taken over and points elsewhere from then on: Flux prunes what it
/// applied and the new one does not.
fn pruned(
    db: &dyn Db,
    cluster: &Deployed,
    path: &EcoString,
    id: &Id,
    document: &Value,
    snapshot: &Snapshot,
    out: &mut Vec<Diagnostic>,
) {
    let Some(spec) = document.get("spec") else { return };
    let old = Old {
        dir: cluster.path.clone(),
        name: id.name.clone(),
        namespace: id.namespace.clone(),
        called: id.name.clone(),
        file: path.clone(),
        spec: spec.clone(),
    };
    let new = cluster.units.iter().find(|it| it.kustomization.id == *id);
    if new.is_some_and(|it| Some(it.path.as_str()) == old.path()) {
        return;
    }
    // Of what a Kustomization that stays does not apply any longer, its new fields decide.
    let deletes = new.map_or(old.pruning().all, |it| Pruning::of_kustomization(&it.kustomization).leaving);
    // What says no namespace goes where the catalogue's things go.
    let is_there = |it: &Id| {
        let is_same = |new: &Id| {
            new == it
                || (it.namespace.is_empty() && (&new.group, &new.kind, &new.name) == (&it.group, &it.kind, &it.name))
        };
        cluster.objects().any(|(_, new)| is_same(&new.id))
    };
    let lost: Vec<Id> = if is_known(&old, snapshot) {
        let all = old_objects(&old, &OldFiles::new(snapshot)).by_id;
        all.into_iter().filter(|(it, was)| !is_there(it) && !survives(was)).map(|(it, _)| it).collect()
    } else {
        let Some(all) = hand_over::of(db, cluster, &old, snapshot) else {
            if deletes {
                out.push(problems::adoption_prunes(path, id, old.path().unwrap_or_default(), &[]));
            }
            return;
        };
        for it in &all {
            changed(db, cluster, path, &it.id, &it.document, out);
        }
        all.into_iter().filter(|it| !is_there(&it.id) && !it.survives()).map(|it| it.id).collect()
    };
    if deletes && !lost.is_empty() {
        out.push(problems::adoption_prunes(path, id, old.path().unwrap_or_default(), &lost));
    }
}

/// Fields of a Kustomization that say what becomes of its directory: what comes of them is compared object by object. And those
/// that Flux ignores.
const OWN: [&str; 10] = [
    "spec.path",
    "spec.patches",
    "spec.sourceRef",
    "spec.targetNamespace",
    "spec.components",
    "spec.images",
    "spec.postBuild",
    "spec.commonMetadata",
    "spec.healthChecks",
    "spec.validation",
];

/// An object that stays, under its name: a release that Helm would keep elsewhere, and fields that are not what they were.
fn changed(db: &dyn Db, cluster: &Deployed, path: &str, id: &Id, was: &Value, out: &mut Vec<Diagnostic>) {
    if id.kind == "HelmRelease" {
        for (_, it) in cluster.releases().filter(|(_, it)| it.object == id.name && it.namespace == id.namespace) {
            release(db, cluster, it, id, was, &std::collections::BTreeMap::new(), out);
        }
    }
    let of_units = cluster.units.iter().flat_map(|it| it.objects.iter().map(|it| &**it));
    let own = cluster.units.iter().map(|it| &it.kustomization).chain(cluster.root.iter());
    let Some(new) = of_units.chain(own).find(|it| it.id == *id) else { return };
    let Ok(new) = serde_yaml::to_value(json(&new.body)) else { return };
    let is_own = |it: &EcoString| id.kind == "Kustomization" && OWN.iter().any(|own| it.starts_with(own));
    let (mut gone, mut other) = differences(was, &new);
    gone.retain(|it| !is_own(it));
    other.retain(|it| !is_own(it));
    if !gone.is_empty() || !other.is_empty() {
        out.push(problems::adoption_changes(path, id, &gone, &other));
    }
}
