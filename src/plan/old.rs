//! The tree as the last build left it: the Flux Kustomizations of each cluster, and the objects
//! that each applies.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::document::{documents, id_of};
use super::skeleton::without_values;
use super::snapshot::Snapshot;
use super::touched::Touched;
use super::work::Plan;
use crate::kube::Id;
use crate::kube::lifecycle::{Pruning, is_never_pruned};
use crate::source::{IndexMap, is_within};

/// A Flux Kustomization of the old tree.
pub(super) struct Old {
    /// The directory of its cluster.
    pub dir: EcoString,
    pub name: EcoString,
    pub namespace: EcoString,
    /// What no other of the cluster is called: its name, with its namespace where several have that.
    pub called: EcoString,
    pub file: EcoString,
    pub spec: Value,
}

impl Old {
    /// Whether a Kustomization is this one.
    pub(super) fn is(&self, id: &Id) -> bool {
        self.name == id.name && self.namespace == id.namespace
    }

    /// What it deletes. Without `prune`, which Flux wants to be there, it may delete all.
    pub(super) fn pruning(&self) -> Pruning {
        let prune = self.spec.get("prune").and_then(Value::as_bool).unwrap_or(true);
        Pruning::of(Some(prune), self.spec.get("deletionPolicy").and_then(Value::as_str))
    }

    /// The directory that it applies, from the root of its source.
    pub(super) fn path(&self) -> Option<&str> {
        let path = self.spec.get("path").and_then(Value::as_str)?;
        Some(path.trim_start_matches("./").trim_end_matches('/'))
    }
}

/// What the clusters of the old tree have.
#[derive(Default)]
pub(super) struct OldTree {
    pub kustomizations: Vec<Old>,
    /// Files of fleetc's that are not YAML any more, each with the directory of its cluster.
    pub unreadable: Vec<(EcoString, EcoString)>,
}

/// The Kustomizations of clusters that something touches; files that are taken over are part of
/// the old tree.
pub(super) fn old_kustomizations(clusters: &str, snapshot: &Snapshot, touched: &Touched<'_>, plan: &Plan) -> OldTree {
    let mut found = OldTree::default();
    for (path, entry) in &snapshot.entries {
        let Some(dir) = cluster_of(path, snapshot) else { continue };
        let is_old = || entry.is_ours(path) || plan.adopted.contains(path);
        if !is_within(dir, clusters) || !touched.reaches(dir) || !is_old() {
            continue;
        }
        let Some(text) = entry.text().filter(|it| it.contains("kustomize.toolkit.fluxcd.io/")) else { continue };
        let Ok(all) = documents(text) else {
            found.unreadable.push((path.clone(), dir.into()));
            continue;
        };
        for document in all {
            let id = id_of(&document).filter(|it| it.group == "kustomize.toolkit.fluxcd.io");
            let (Some(id), Some(spec)) = (id, document.get("spec")) else { continue };
            let (name, namespace, spec) = (id.name, id.namespace, spec.clone());
            let called = name.clone();
            found.kustomizations.push(Old { dir: dir.into(), name, namespace, called, file: path.clone(), spec });
        }
    }
    let mut count: BTreeMap<(EcoString, EcoString), usize> = BTreeMap::new();
    for it in &found.kustomizations {
        *count.entry((it.dir.clone(), it.name.clone())).or_default() += 1;
    }
    for it in &mut found.kustomizations {
        if count.get(&(it.dir.clone(), it.name.clone())).is_some_and(|it| *it > 1) {
            it.called = eco_format!("{}/{}", it.namespace, it.name);
        }
    }
    found
}

/// The directory of the cluster whose root a file is part of. What lies behind a
/// `kustomization.yaml` is no part of a root but for the `sync.yaml` that it lists: that is
/// how a cluster's own directory looks.
fn cluster_of<'a>(path: &'a str, snapshot: &Snapshot) -> Option<&'a str> {
    let (dir, file) = path.rsplit_once('/')?;
    // That of a root itself is its author's.
    let lists = |dir: &&str| {
        let path = eco_format!("{dir}/kustomization.yaml");
        snapshot.entries.get(&path).is_some_and(|it| it.is_ours(&path))
    };
    let above = dir.match_indices('/').filter_map(|(at, _)| dir.get(..at)).chain(std::iter::once(dir));
    match above.into_iter().find(lists) {
        None => Some(dir),
        Some(gate) if gate == dir && file == "sync.yaml" && gate.ends_with("-specific") => {
            gate.rsplit_once('/').map(|(cluster, _)| cluster)
        }
        Some(_) => None,
    }
}

/// Whether Flux leaves an object that a Kustomization no longer has.
pub(super) fn survives(document: &Value) -> bool {
    let metadata = document.get("metadata");
    ["annotations", "labels"].into_iter().any(|of| is_never_pruned(|key| metadata?.get(of)?.get(key)?.as_str()))
}

/// Whether it is a source of Flux: what was installed from it stays when it goes.
fn is_source(document: &Value) -> bool {
    id_of(document).is_some_and(|it| it.is_source())
}

/// Whether everything that a Kustomization applied stays when it goes.
pub(super) fn has_only_survivors(old: &Old, snapshot: &Snapshot) -> bool {
    if old.spec.get("components").is_some() {
        return false;
    }
    let Some(dir) = old.path() else { return false };
    let text = |path: &str| snapshot.entries.get(path).and_then(|it| it.text());
    let Some(lists) = text(&format!("{dir}/kustomization.yaml")).and_then(|it| documents(it).ok()) else {
        return false;
    };
    let listed = lists.iter().filter_map(|it| it.get("resources")).filter_map(Value::as_sequence).flatten();
    let mut objects = listed.map(|it| documents(text(&format!("{dir}/{}", it.as_str()?))?).ok()).peekable();
    objects.peek().is_some() && objects.all(|it| it.is_some_and(|it| it.iter().all(|it| survives(it) || is_source(it))))
}

/// Whether the directory of a Kustomization is among what is known of the disk.
pub(super) fn is_known(old: &Old, snapshot: &Snapshot) -> bool {
    old.path().is_some_and(|dir| snapshot.entries.keys().any(|it| is_within(it, dir)))
}

/// What an old Kustomization made.
#[derive(Default)]
pub(super) struct Objects {
    pub by_id: BTreeMap<Id, Arc<Value>>,
    /// Files of fleetc's that hold more, and are not YAML any more.
    pub unreadable: BTreeSet<EcoString>,
}

/// The old files that Kustomizations apply: many clusters apply one, and it is parsed once.
pub(super) struct OldFiles<'a> {
    snapshot: &'a Snapshot,
    parsed: RefCell<IndexMap<EcoString, Rc<Parsed>>>,
}

/// A file with its objects, and those of other files that it lists.
#[derive(Default)]
struct Parsed {
    objects: Vec<(Id, Arc<Value>)>,
    listed: Vec<EcoString>,
    is_unreadable: bool,
}

/// The objects that an old Kustomization made: resources and components, with
/// its merges applied and its deletions left out. Values for charts are left out where they are patched.
pub(super) fn old_objects(old: &Old, files: &OldFiles<'_>) -> Objects {
    let mut objects = Objects::default();
    // One without a path applies the root of its source: none of fleetc's does.
    let Some(dir) = old.path() else { return objects };
    objects.read_directory(dir, files);
    for component in old.spec.get("components").and_then(Value::as_sequence).into_iter().flatten() {
        if let Some(it) = component.as_str() {
            objects.read_directory(&format!("{dir}/{it}"), files);
        }
    }
    for patch in old.spec.get("patches").and_then(Value::as_sequence).into_iter().flatten() {
        let Some(text) = patch.get("patch").and_then(Value::as_str) else { continue };
        if patch.get("target").is_some() {
            continue;
        }
        let Ok(parsed) = documents(&without_values(text)) else {
            objects.unreadable.insert(old.file.clone());
            continue;
        };
        for document in parsed {
            let Some(id) = id_of(&document) else { continue };
            if document.get("$patch").and_then(Value::as_str) == Some("delete") {
                objects.by_id.remove(&id);
            } else if let Some(object) = objects.by_id.get_mut(&id) {
                merge(Arc::make_mut(object), &document);
            }
        }
    }
    objects
}

impl Objects {
    fn read_directory(&mut self, dir: &str, files: &OldFiles<'_>) {
        for file in &self.read(eco_format!("{dir}/kustomization.yaml"), files).listed {
            let parsed = self.read(eco_format!("{dir}/{file}"), files);
            self.by_id.extend(parsed.objects.iter().cloned());
        }
    }

    fn read(&mut self, path: EcoString, files: &OldFiles<'_>) -> Rc<Parsed> {
        let parsed = files.parsed(&path);
        if parsed.is_unreadable {
            self.unreadable.insert(path);
        }
        parsed
    }
}

impl<'a> OldFiles<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, parsed: RefCell::default() }
    }

    /// The documents of a file. One that is not among what is generated says nothing here.
    fn parsed(&self, path: &EcoString) -> Rc<Parsed> {
        if let Some(it) = self.parsed.borrow().get(path) {
            return Rc::clone(it);
        }
        let parsed = Rc::new(self.parse(path));
        self.parsed.borrow_mut().insert(path.clone(), Rc::clone(&parsed));
        parsed
    }

    fn parse(&self, path: &EcoString) -> Parsed {
        let Some(entry) = self.snapshot.entries.get(path) else { return Parsed::default() };
        let Some(text) = entry.text() else { return Parsed::default() };
        let Ok(all) = documents(text) else {
            return Parsed { is_unreadable: entry.is_ours(path), ..Parsed::default() };
        };
        let lists = all.iter().filter_map(|it| it.get("resources")).filter_map(Value::as_sequence).flatten();
        let listed = lists.filter_map(Value::as_str).map(EcoString::from).collect();
        let objects = all.into_iter().filter_map(|it| Some((id_of(&it)?, Arc::new(it)))).collect();
        Parsed { objects, listed, is_unreadable: false }
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
