//! Files that are taken over (`--adopt`): what they hold must be in what is written instead.
//!
//! Flux deletes what a file held and no longer holds. Until files are taken over document by
//! document, a file that would lose something is refused, with what would be lost.

use ecow::EcoString;
use serde_yaml::Value;

use super::document::field;
use super::document::{documents, id_of};
use super::live::release;
use super::old::{Old, OldFiles, is_known, old_objects};
use super::problems;
use super::snapshot::Snapshot;
use super::work::Plan;
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::lifecycle::Pruning;
use crate::source::Db;

pub(super) fn check(
    db: &dyn Db,
    deployed: &[&Deployed],
    tree: &FileTree,
    snapshot: &Snapshot,
    plan: &Plan,
    out: &mut Vec<Diagnostic>,
) {
    for path in &plan.adopted {
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
            match id.kind.as_str() {
                "HelmRelease" => reinstalled(db, deployed, &id, document, out),
                "Kustomization" => pruned(deployed, path, id, document, snapshot, out),
                _ => {}
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

/// A release whose HelmRelease is taken over and that Helm would keep elsewhere from then on.
fn reinstalled(db: &dyn Db, deployed: &[&Deployed], id: &Id, document: &Value, out: &mut Vec<Diagnostic>) {
    let of = |it: &&&Deployed| it.releases().any(|(_, it)| it.object == id.name && it.namespace == id.namespace);
    let Some(cluster) = deployed.iter().find(of) else { return };
    for (_, it) in cluster.releases().filter(|(_, it)| it.object == id.name && it.namespace == id.namespace) {
        release(db, cluster, it, id, document, &std::collections::BTreeMap::new(), out);
    }
}

/// A Kustomization that is taken over and points elsewhere from then on: Flux prunes what it
/// applied and the new one does not.
fn pruned(
    deployed: &[&Deployed],
    path: &EcoString,
    id: Id,
    document: &Value,
    snapshot: &Snapshot,
    out: &mut Vec<Diagnostic>,
) {
    let (Some(spec), Some((dir, _))) = (document.get("spec"), path.rsplit_once('/')) else { return };
    let Some(cluster) = deployed.iter().find(|it| it.path == dir) else { return };
    let old = Old {
        dir: dir.into(),
        name: id.name.clone(),
        namespace: id.namespace.clone(),
        called: id.name.clone(),
        file: path.clone(),
        spec: spec.clone(),
    };
    let new = cluster.units.iter().find(|it| it.kustomization.id == id);
    // Of what a Kustomization that stays does not apply any longer, its new fields decide.
    let deletes = new.map_or(old.pruning().all, |it| Pruning::of_kustomization(&it.kustomization).leaving);
    if !deletes || new.is_some_and(|it| Some(it.path.as_str()) == old.path()) {
        return;
    }
    if !is_known(&old, snapshot) {
        out.push(problems::adoption_prunes(path, &id, old.path().unwrap_or_default(), &[]));
        return;
    }
    let lost: Vec<Id> = old_objects(&old, &OldFiles::new(snapshot))
        .by_id
        .into_keys()
        .filter(|it| !cluster.objects().any(|(_, new)| new.id == *it))
        .collect();
    if !lost.is_empty() {
        out.push(problems::adoption_prunes(path, &id, old.path().unwrap_or_default(), &lost));
    }
}
