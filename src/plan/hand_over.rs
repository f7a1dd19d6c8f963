//! What a Kustomization by hand applied, from a directory by hand, as Flux built it: for those that are taken over.

use std::collections::BTreeSet;
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::old::{Old, survives};
use super::parts::is_yaml;
use super::snapshot::Snapshot;
use crate::fleet;
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::directory;
use crate::kustomize::{self, Builder, Files, Resource, Spec};
use crate::source::Db;

/// An object that a Kustomization applied, and what it was, as far as that is known.
pub(super) struct HandedOver {
    pub id: Id,
    pub document: Value,
}

impl HandedOver {
    /// Whether Flux leaves it when its Kustomization has it no longer.
    pub(super) fn survives(&self) -> bool {
        survives(&self.document)
    }
}

/// All of it; none where it cannot be built.
pub(super) fn of(db: &dyn Db, deployed: &Deployed, old: &Old, snapshot: &Snapshot) -> Option<Vec<HandedOver>> {
    let sync = &fleet::cluster(db, deployed.anchor).value.sync;
    let spec: serde_json::Value = serde_json::to_value(&old.spec).ok()?;
    let root = root_of(&deployed.path, snapshot);
    let artifacts = kustomize::artifacts(&root, &sync.kind, &sync.name);
    let namespace = if old.namespace.is_empty() { &sync.namespace } else { &old.namespace };
    let dir = kustomize::directory_of(&spec, namespace, [&sync.kind, &sync.name, &sync.namespace], &artifacts)?;
    let components = spec.get("components").and_then(serde_json::Value::as_array).into_iter().flatten();
    let components = components.filter_map(|it| directory::joined(&dir, it.as_str()?));
    let files = files_of(db, std::iter::once(dir.clone()).chain(components));
    let mut built = Builder::new(&files).flux(Spec { dir: &dir, spec: &spec }).ok()?;
    if kustomize::are_all_said(&spec) {
        built = kustomize::replaced(&spec, built).ok()?;
    }
    let one = |it: Resource| {
        let id = it.id();
        // What a variable makes of a name is not known.
        let is_named = ![&id.name, &id.namespace].iter().any(|it| it.contains('$'));
        Some(HandedOver { document: serde_yaml::to_value(&it.body).ok()?, id: is_named.then_some(id)? })
    };
    built.into_iter().map(one).collect()
}

/// What people put into the root of a cluster.
fn root_of(root: &str, snapshot: &Snapshot) -> Vec<Resource> {
    let by_hand = snapshot.below(root).filter(|(path, it)| !it.is_ours(path) && is_yaml(path));
    let texts = by_hand.filter_map(|(path, it)| Some((path.clone(), Arc::clone(it.text()?))));
    let files = Files::new(texts.filter(|(_, it)| it.contains("ArtifactGenerator")).collect());
    Builder::new(&files).flux(Spec { dir: root, spec: &serde_json::Value::Null }).unwrap_or_default()
}

/// The files of the project that directories are built from.
fn files_of(db: &dyn Db, dirs: impl Iterator<Item = EcoString>) -> Files {
    let mut paths: BTreeSet<EcoString> = BTreeSet::new();
    let mut todo: Vec<EcoString> = Vec::new();
    for dir in dirs {
        // Without a kustomization, all below is part of it.
        if directory::files_of_directory(db, &dir).is_empty()
            && let Ok(below) = db.data_file(&eco_format!("{dir}/")).text(db)
        {
            for name in below.lines() {
                let path = eco_format!("{dir}/{name}");
                todo.extend(path.rsplit_once('/').map(|it| EcoString::from(it.0)));
                paths.insert(path);
            }
        }
        todo.push(dir);
    }
    for it in todo {
        paths.extend(directory::files_of_directory(db, &it));
    }
    let text = |path: &EcoString| db.data_file(path).text(db).clone().ok();
    Files::new(paths.into_iter().filter_map(|path| Some((path.clone(), text(&path)?))).collect())
}

/// The fields of an object that are no longer what they were: those that are gone, and those that have another value.
pub(super) fn differences(old: &Value, new: &Value) -> (Vec<EcoString>, Vec<EcoString>) {
    let (mut gone, mut changed) = (BTreeSet::new(), BTreeSet::new());
    compare("", old, Some(new), &mut gone, &mut changed);
    (gone.into_iter().collect(), changed.into_iter().collect())
}

fn compare(
    path: &str,
    old: &Value,
    new: Option<&Value>,
    gone: &mut BTreeSet<EcoString>,
    changed: &mut BTreeSet<EcoString>,
) {
    match (old, new) {
        (_, None) => {
            gone.insert(path.into());
        }
        (Value::Mapping(all), Some(Value::Mapping(_))) => {
            for (key, it) in all {
                let Some(key) = key.as_str() else { continue };
                // The same kind in another version is the same object, and an order has no order.
                let is_version = path.is_empty() && key == "apiVersion";
                let is_order =
                    path == "spec" && key == "dependsOn" && new.is_some_and(|new| same_names(it, new.get(key)));
                if is_version || is_order {
                    continue;
                }
                let below = if path.is_empty() { EcoString::from(key) } else { eco_format!("{path}.{key}") };
                compare(&below, it, new.and_then(|it| it.get(key)), gone, changed);
            }
        }
        (old, Some(new)) => {
            // What a variable is is not known here.
            let is_open = old.as_str().is_some_and(|it| it.contains("${"));
            if old != new && !is_open {
                changed.insert(path.into());
            }
        }
    }
}

/// Whether two lists hold the same names.
fn same_names(a: &Value, b: Option<&Value>) -> bool {
    let names = |it: &Value| -> BTreeSet<String> {
        let all = it.as_sequence().into_iter().flatten();
        all.filter_map(|it| serde_yaml::to_string(it).ok()).collect()
    };
    b.is_some_and(|b| names(a) == names(b))
}
