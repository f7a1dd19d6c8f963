//! What would uninstall something on a live cluster: a root or a Kustomization
//! that goes, an object that changes hands, a release that changes its identity.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::problems::{self, Heir};
use super::roots::{documents, id_of};
use super::touched::Touched;
use super::{Permissions, Snapshot, is_below};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux::{Deployed, Id, Release};
use crate::names;
use crate::source::{Db, Kind, Origin};

/// A Flux Kustomization of the old tree.
struct Old {
    /// The directory of its cluster.
    dir: EcoString,
    name: EcoString,
    namespace: EcoString,
    file: EcoString,
    spec: Value,
}

impl Old {
    /// Whether what it applied stays when it goes.
    fn lets_go(&self) -> bool {
        self.spec.get("prune").and_then(Value::as_bool) == Some(false)
    }
}

pub(super) fn check(
    db: &dyn Db,
    deployed: &[&Deployed],
    snapshot: &Snapshot,
    touched: &Touched<'_>,
    permissions: &Permissions,
    out: &mut Vec<Diagnostic>,
) {
    let mut by_dir: BTreeMap<EcoString, Vec<Old>> = BTreeMap::new();
    let clusters = &fleet::settings(db, db.project()).value.output.clusters;
    for it in old_kustomizations(clusters, snapshot, touched) {
        by_dir.entry(it.dir.clone()).or_default().push(it);
    }
    let by_path: BTreeMap<&str, &Deployed> = deployed.iter().map(|it| (it.path.as_str(), *it)).collect();
    for (dir, olds) in &by_dir {
        let name = dir.rsplit('/').next().unwrap_or(dir);
        let is_allowed = |what: &str| {
            permissions.remove.iter().any(|it| {
                it == name || it == dir.as_str() || *it == format!("{name}/{what}") || *it == format!("{dir}/{what}")
            })
        };
        let Some(new) = by_path.get(dir.as_str()) else {
            if !is_allowed("") {
                out.push(problems::removes_cluster(dir, name, olds.len()));
            }
            continue;
        };
        let freed = &fleet::moves(db, db.project()).value.freed;
        let index = names::index(db, db.project());
        for old in olds.iter().filter(|it| !is_allowed(&it.name)) {
            match kustomizations(new).find(|it| it.name == old.name) {
                None if old.lets_go() || has_only_survivors(old, snapshot) => {}
                None => {
                    let freed = freed.iter().find(|(it, _)| is_of(&old.name, it));
                    out.push(if let Some((_, at)) = freed {
                        problems::stage_skipped(*at, &old.name, &new.cluster)
                    } else {
                        let heir = heir(old, new, snapshot).map(|it| {
                            if olds.iter().any(|old| old.name == *it) { Heir::Joined(it) } else { Heir::Renamed(it) }
                        });
                        let heir = heir.filter(|it| index.catalogues.contains_key(it.name()));
                        problems::removes_kustomization(&old.file, &new.cluster, &old.name, heir)
                    });
                }
                Some(it) if it.namespace != old.namespace => {
                    out.push(problems::moves_kustomization(&old.file, &new.cluster, it, &old.namespace));
                }
                Some(_) => {}
            }
        }
        changes(db, new, olds, snapshot, &is_allowed, out);
    }
}

/// Whether a Kustomization is that of a catalogue, or of one of its parts.
fn is_of(name: &str, catalogue: &str) -> bool {
    name == catalogue || name.strip_prefix(catalogue).is_some_and(|it| it.starts_with('-'))
}

/// Whether Flux leaves an object that a Kustomization no longer has.
fn survives(document: &Value) -> bool {
    field(document, &["metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune"])
        .is_some_and(|it| it == "disabled")
}

/// Whether everything that a Kustomization applied is told to survive it.
fn has_only_survivors(old: &Old, snapshot: &Snapshot) -> bool {
    if old.spec.get("components").is_some() {
        return false;
    }
    let Some(path) = old.spec.get("path").and_then(Value::as_str) else { return false };
    let dir = path.trim_start_matches("./").trim_end_matches('/');
    let text = |path: &str| snapshot.entries.get(path).and_then(|it| it.text());
    let Some(lists) = text(&format!("{dir}/kustomization.yaml")).and_then(|it| documents(it).ok()) else {
        return false;
    };
    let listed = lists.iter().filter_map(|it| it.get("resources")).filter_map(Value::as_sequence).flatten();
    let mut objects = listed.map(|it| documents(text(&format!("{dir}/{}", it.as_str()?))?).ok()).peekable();
    objects.peek().is_some() && objects.all(|it| it.is_some_and(|it| it.iter().all(survives)))
}

/// The new Kustomization that has an object of one that goes.
fn heir<'a>(old: &Old, new: &'a Deployed, snapshot: &Snapshot) -> Option<&'a EcoString> {
    let objects = old_objects(old, snapshot);
    let has = |unit: &&crate::flux::Unit| unit.objects.iter().any(|it| objects.contains_key(&it.id));
    new.units.iter().find(has).map(|it| &it.name)
}

/// The Flux Kustomizations that a cluster has now.
fn kustomizations(it: &Deployed) -> impl Iterator<Item = &Id> {
    let own = it.root.iter().map(|it| &it.id).filter(|it| it.kind == "Kustomization");
    it.units.iter().map(|it| &it.kustomization.id).chain(own)
}

fn old_kustomizations(clusters: &str, snapshot: &Snapshot, touched: &Touched<'_>) -> Vec<Old> {
    let mut found = Vec::new();
    for (path, entry) in &snapshot.entries {
        let dir = cluster_of(path);
        // A Flux Kustomization among a catalogue's manifests is no cluster's.
        let is_cluster = is_below(dir, clusters) && !is_own_directory(dir);
        if !is_cluster || !touched.reaches(dir) || !entry.is_ours(path) {
            continue;
        }
        let Some(text) = entry.text().filter(|it| it.contains("kustomize.toolkit.fluxcd.io/")) else { continue };
        for document in documents(text).unwrap_or_default() {
            let is_it = id_of(&document).is_some_and(|it| it.group == "kustomize.toolkit.fluxcd.io");
            let (true, Some(id), Some(spec)) = (is_it, id_of(&document), document.get("spec")) else { continue };
            found.push(Old {
                dir: dir.into(),
                name: id.name,
                namespace: id.namespace,
                file: path.clone(),
                spec: spec.clone(),
            });
        }
    }
    found
}

/// The directory of the cluster that a file is of.
fn cluster_of(path: &str) -> &str {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    // `…-specific/sync.yaml` belongs to the cluster above it.
    if path.ends_with("-specific/sync.yaml") { dir.rsplit_once('/').map_or(dir, |(dir, _)| dir) } else { dir }
}

/// `clusters/one/one-specific/…`: what the cluster `one` has for itself.
fn is_own_directory(dir: &str) -> bool {
    let parts: Vec<&str> = dir.split('/').collect();
    parts.windows(2).any(|it| matches!(it, [cluster, own] if own.strip_suffix("-specific") == Some(cluster)))
}

/// Objects that change hands, releases that change their identity.
fn changes(
    db: &dyn Db,
    new: &Deployed,
    olds: &[Old],
    snapshot: &Snapshot,
    is_allowed: &dyn Fn(&str) -> bool,
    out: &mut Vec<Diagnostic>,
) {
    let index = names::index(db, db.project());
    let mut owners: BTreeMap<&Id, &EcoString> = BTreeMap::new();
    for unit in new.units.iter() {
        owners.extend(unit.objects.iter().map(|it| (&it.id, &unit.name)));
    }
    for old in olds {
        let objects = old_objects(old, snapshot);
        for (id, document) in &objects {
            let owner = owners.get(id);
            if let Some(owner) = owner
                && **owner != old.name
                && !is_allowed(&old.name)
                && !(old.lets_go() || survives(document))
                && new.units.iter().any(|it| it.name == old.name)
            {
                let origin = new.objects().find(|(_, it)| it.id == *id).map(|(_, it)| it.origin);
                let origin = origin.unwrap_or(Origin::of(new.anchor));
                let is_item = |name: &EcoString| index.catalogues.contains_key(name);
                let item = origin.anchor.parent(db).is_some_and(|it| it.kind(db) == Kind::Catalogue);
                let item = (item && is_item(owner)).then(|| origin.anchor.name(db));
                out.push(problems::moved(id, &old.name, owner, &new.cluster, origin, item));
            }
            if id.kind == "HelmRelease" && (owner.is_some() || !is_allowed(&old.name)) {
                successor(db, new, id, document, &objects, out);
            }
        }
    }
}

/// What becomes of an old HelmRelease. One that goes takes its Helm release with
/// it, even if another HelmRelease of the new tree means the same one.
fn successor(
    db: &dyn Db,
    new: &Deployed,
    id: &Id,
    old: &Value,
    objects: &BTreeMap<Id, Value>,
    out: &mut Vec<Diagnostic>,
) {
    let (name, storage) = (field(old, &["spec", "releaseName"]), storage_of(id, old));
    let heir = new.releases().find(|(_, it)| it.addon.name(db) == &id.name);
    if let Some((_, heir)) = heir {
        release(db, new, heir, id, old, objects, out);
    } else if let Some((_, heir)) =
        new.releases().find(|(_, it)| Some(&it.name) == name.as_ref() && it.storage == storage)
        && !heir.reinstall
    {
        let after = heir.addon.name(db);
        out.push(problems::reinstalls(heir.addon, db, "name of the HelmRelease", &id.name, after, &new.cluster));
    }
}

fn field(of: &Value, keys: &[&str]) -> Option<EcoString> {
    keys.iter().try_fold(of, |node, key| node.get(*key)).and_then(Value::as_str).map(EcoString::from)
}

/// The namespace in which Helm keeps a release.
fn storage_of(id: &Id, old: &Value) -> EcoString {
    field(old, &["spec", "storageNamespace"]).unwrap_or_else(|| id.namespace.clone())
}

/// Whether a release would be uninstalled and installed again.
fn release(
    db: &dyn Db,
    new: &Deployed,
    release: &Release,
    id: &Id,
    old: &Value,
    objects: &BTreeMap<Id, Value>,
    out: &mut Vec<Diagnostic>,
) {
    if release.reinstall {
        return;
    }
    let repository = Id {
        group: "source.toolkit.fluxcd.io".into(),
        kind: "OCIRepository".into(),
        namespace: id.namespace.clone(),
        name: id.name.clone(),
    };
    let from_registry = || {
        let url = objects.get(&repository)?.get("spec")?.get("url")?.as_str()?;
        url.rsplit('/').next().map(EcoString::from)
    };
    let chart = field(old, &["spec", "chart", "spec", "chart"]).or_else(from_registry);
    let new_chart = release.chart.rsplit('/').next().unwrap_or(&release.chart);
    let differences = [
        ("release name", field(old, &["spec", "releaseName"]), release.name.as_str()),
        ("namespace", field(old, &["spec", "targetNamespace"]), release.target.as_str()),
        ("storage namespace", Some(storage_of(id, old)), release.storage.as_str()),
        ("namespace of the HelmRelease", Some(id.namespace.clone()), release.namespace.as_str()),
        ("chart", chart.map(|it| it.rsplit('/').next().unwrap_or(&it).into()), new_chart),
    ];
    for (what, before, after) in differences {
        if let Some(before) = before
            && before != after
        {
            out.push(problems::reinstalls(release.addon, db, what, &before, after, &new.cluster));
        }
    }
}

/// The objects that an old Kustomization made: resources and components, with
/// its merges applied and its deletions left out.
fn old_objects(old: &Old, snapshot: &Snapshot) -> BTreeMap<Id, Value> {
    let mut objects = BTreeMap::new();
    let Some(path) = old.spec.get("path").and_then(Value::as_str) else { return objects };
    let dir = path.trim_start_matches("./").trim_end_matches('/');
    read_directory(dir, snapshot, &mut objects);
    for component in old.spec.get("components").and_then(Value::as_sequence).into_iter().flatten() {
        if let Some(it) = component.as_str() {
            read_directory(&format!("{dir}/{it}"), snapshot, &mut objects);
        }
    }
    for patch in old.spec.get("patches").and_then(Value::as_sequence).into_iter().flatten() {
        let Some(text) = patch.get("patch").and_then(Value::as_str) else { continue };
        if patch.get("target").is_some() {
            continue;
        }
        for document in documents(text).unwrap_or_default() {
            let Some(id) = id_of(&document) else { continue };
            if document.get("$patch").and_then(Value::as_str) == Some("delete") {
                objects.remove(&id);
            } else if let Some(object) = objects.get_mut(&id) {
                merge(object, &document);
            }
        }
    }
    objects
}

fn read_directory(dir: &str, snapshot: &Snapshot, objects: &mut BTreeMap<Id, Value>) {
    let list = eco_format!("{dir}/kustomization.yaml");
    let Some(text) = snapshot.entries.get(&list).and_then(|it| it.text()) else { return };
    for document in documents(text).unwrap_or_default() {
        for resource in document.get("resources").and_then(Value::as_sequence).into_iter().flatten() {
            let Some(file) = resource.as_str() else { continue };
            let path = eco_format!("{dir}/{file}");
            let Some(text) = snapshot.entries.get(&path).and_then(|it| it.text()) else { continue };
            for object in documents(text).unwrap_or_default() {
                if let Some(id) = id_of(&object) {
                    objects.insert(id, object);
                }
            }
        }
    }
}

/// A strategic merge of maps.
fn merge(object: &mut Value, patch: &Value) {
    let (Value::Mapping(object), Value::Mapping(patch)) = (object, patch) else { return };
    for (key, value) in patch {
        match object.get_mut(key) {
            _ if value.is_null() => {
                object.remove(key);
            }
            Some(slot) if slot.is_mapping() && value.is_mapping() => merge(slot, value),
            _ => {
                object.insert(key.clone(), value.clone());
            }
        }
    }
}
