//! Cluster roots: what lies there beside what is generated.
//!
//! Flux applies everything below a root that is not behind a
//! `kustomization.yaml` of its own, so that what a person put there is part of
//! the cluster.

use ecow::{EcoString, eco_format};

use super::problems;
use super::snapshot::{Snapshot, SnapshotEntry};
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::fleet::{self, Settings};
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::applied::{Applied, AppliedObject, OwnSource};
use crate::kube::directory::Applies;
use crate::kube::object::split_api_version;
use crate::lint;
use crate::source::{Db, IndexMap, IndexSet, is_within};

const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

pub(super) fn check(
    db: &dyn Db,
    settings: &Settings,
    deployed: &[&Deployed],
    tree: &FileTree,
    snapshot: &Snapshot,
    out: &mut Vec<Diagnostic>,
) {
    undeclared(settings, deployed, snapshot, out);
    for it in deployed {
        root(db, settings, it, tree, snapshot, out);
    }
}

/// A directory with `flux-system/` in it is a live cluster's, unless all that it holds is generated: accounts of tenants
/// stand in directories that are called as their namespaces.
fn undeclared(settings: &Settings, deployed: &[&Deployed], snapshot: &Snapshot, out: &mut Vec<Diagnostic>) {
    for (path, entry) in snapshot.below(&settings.output.clusters) {
        let Some(dir) = path.strip_suffix("/flux-system") else { continue };
        let is_declared = deployed.iter().any(|it| it.path == dir);
        if matches!(entry, SnapshotEntry::Directory) && !is_declared && !is_generated(path, snapshot) {
            out.push(problems::undeclared_cluster(dir));
        }
    }
}

/// Whether fleetc wrote all files of a directory.
fn is_generated(dir: &str, snapshot: &Snapshot) -> bool {
    let files = snapshot.below(dir).filter(|(_, it)| !matches!(it, SnapshotEntry::Directory));
    let mut ours = files.map(|(path, it)| it.is_ours(path)).peekable();
    ours.peek().is_some() && ours.all(|it| it)
}

fn root(
    db: &dyn Db,
    settings: &Settings,
    it: &Deployed,
    tree: &FileTree,
    snapshot: &Snapshot,
    out: &mut Vec<Diagnostic>,
) {
    let root = it.path.as_str();
    let cluster = &fleet::cluster(db, it.anchor).value;
    let sync = &cluster.sync;
    if let Some(via) = &cluster.via
        && snapshot.below(&eco_format!("{root}/flux-system")).next().is_some()
    {
        out.push(problems::flux_of_spoke(root, &it.cluster, via.hub.name(db)));
    }
    let generated = [&settings.output.common, &settings.output.applications, &settings.output.clusters];
    let own = OwnSource { kind: &sync.kind, name: &sync.name, namespace: &sync.namespace, generated };
    let gates: Vec<&str> = snapshot
        .below(root)
        .filter_map(|(path, _)| path.rsplit_once('/'))
        .filter(|(dir, name)| KUSTOMIZATIONS.contains(name) && *dir != root)
        .map(|(dir, _)| dir)
        .collect();
    // What is applied by hand already: by which file.
    let mut by_hand: IndexMap<Id, EcoString> = IndexMap::default();
    let mut written: Vec<EcoString> = Vec::new();
    let mut followed: Vec<AppliedObject<'_>> = Vec::new();
    let mut of_directories: Option<IndexSet<Id>> = None;
    for (path, entry) in snapshot.below(root) {
        if matches!(entry, SnapshotEntry::Directory) || entry.is_ours(path) || tree.files.contains_key(path) {
            continue;
        }
        if let Some((dir, name)) = path.rsplit_once('/')
            && dir == root
            && KUSTOMIZATIONS.contains(&name)
        {
            out.push(problems::kustomization_in_root(path));
            continue;
        }
        let is_yaml = has_suffix(path, ".yaml") || has_suffix(path, ".yml");
        if !is_yaml || gates.iter().any(|it| is_within(path, it)) || is_within(path, &format!("{root}/flux-system")) {
            continue;
        }
        match objects(entry) {
            Ok(objects) => {
                written.push(path.clone());
                let mut brought = Vec::new();
                for (id, document) in objects {
                    if let (true, Some(spec)) = (is_flux_kustomization(&id), document.get("spec")) {
                        let mut applied = Applied::default();
                        applied.follow(db, &own, &Applies::of(spec), &id);
                        for (by, missing) in &applied.missing {
                            out.push(problems::missing_directory(path, by, missing));
                        }
                        let id = |it: &AppliedObject<'_>| Some((it.listed.file.clone(), it.id.clone()?));
                        brought.extend(applied.objects.iter().filter_map(id));
                        followed.append(&mut applied.objects);
                    }
                    brought.push((path.clone(), id));
                }
                for (file, id) in brought {
                    let in_file = (file != *path).then_some(&file);
                    let of_directories = of_directories.get_or_insert_with(|| lint::brought(db, it.anchor));
                    if it.objects().any(|(_, it)| it.id == id) || of_directories.contains(&id) {
                        out.push(problems::owned_by_hand(path, &id, in_file));
                    } else if let Some(other) = by_hand.insert(id.clone(), path.clone()) {
                        out.push(problems::twice_by_hand(path, &id, &other, in_file));
                    }
                }
            }
            Err(reason) => out.push(problems::not_an_object(path, &reason)),
        }
    }
    out.extend(lint::by_hand(db, it.anchor, &written, &followed));
}

fn has_suffix(path: &str, suffix: &str) -> bool {
    path.get(path.len().saturating_sub(suffix.len())..).is_some_and(|it| it.eq_ignore_ascii_case(suffix))
}

fn is_flux_kustomization(id: &Id) -> bool {
    id.kind == "Kustomization" && id.group == "kustomize.toolkit.fluxcd.io"
}

/// The objects in a hand-written file.
fn objects(entry: &SnapshotEntry) -> Result<Vec<(Id, serde_yaml::Value)>, EcoString> {
    let Some(text) = entry.text() else { return Err("it is not a text file".into()) };
    let identified = |it: serde_yaml::Value| {
        let id = id_of(&it).ok_or("a document in it has no apiVersion, kind and metadata.name")?;
        Ok((id, it))
    };
    documents(text)?.into_iter().map(identified).collect()
}

/// The documents of a YAML text, without empty ones.
pub(super) fn documents(text: &str) -> Result<Vec<serde_yaml::Value>, EcoString> {
    use serde::Deserialize;
    let mut found = Vec::new();
    for it in serde_yaml::Deserializer::from_str(text) {
        match serde_yaml::Value::deserialize(it) {
            Ok(serde_yaml::Value::Null) => {}
            Ok(it) => found.push(it),
            Err(reason) => return Err(eco_format!("it is no YAML: {reason}")),
        }
    }
    Ok(found)
}

/// The identity of an object.
pub(super) fn id_of(document: &serde_yaml::Value) -> Option<Id> {
    let (group, _) = split_api_version(document.get("apiVersion")?.as_str()?);
    let metadata = document.get("metadata")?;
    Some(Id {
        group,
        kind: document.get("kind")?.as_str()?.into(),
        namespace: metadata.get("namespace").and_then(serde_yaml::Value::as_str).unwrap_or_default().into(),
        name: metadata.get("name")?.as_str()?.into(),
    })
}

pub(super) fn field(of: &serde_yaml::Value, keys: &[&str]) -> Option<EcoString> {
    keys.iter().try_fold(of, |node, key| node.get(*key)).and_then(serde_yaml::Value::as_str).map(EcoString::from)
}
