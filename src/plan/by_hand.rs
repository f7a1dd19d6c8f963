//! Files that a person put into a cluster's root: Flux applies them beside what is generated.

use std::cell::LazyCell;

use ecow::{EcoString, eco_format};

use super::adoption::Adoption;
use super::built::sync_objects;
use super::document::{documents, id_of};
use super::listing;
use super::parts::{is_yaml, parts};
use super::problems;
use super::snapshot::{Snapshot, SnapshotEntry};
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::fleet::{self, Cluster, Settings};
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::applied::{Applied, AppliedObject, OwnSource};
use crate::kube::directory::{Applies, KUSTOMIZATIONS};
use crate::kube::object::split_api_version;
use crate::lint;
use crate::source::{Db, IndexMap, IndexSet, is_within};

pub(super) fn check(
    db: &dyn Db,
    settings: &Settings,
    deployed: &Deployed,
    tree: &FileTree,
    snapshot: &Snapshot,
    adoption: &Adoption,
    out: &mut Vec<Diagnostic>,
) {
    let cluster = &fleet::cluster(db, deployed.anchor).value;
    let sync = &cluster.sync;
    let generated = [&settings.output.common, &settings.output.applications, &settings.output.clusters];
    let own = OwnSource { kind: &sync.kind, name: &sync.name, namespace: &sync.namespace, generated };
    // What bootstrap wrote is read only where there is something by hand.
    let root = LazyCell::new(|| root_of(cluster, snapshot));
    let goes_to_hub = |path: &str, groups: &[EcoString]| {
        let via = cluster.via.as_ref().filter(|_| groups.iter().any(|it| !it.ends_with(".fluxcd.io")))?;
        Some(problems::goes_to_hub(path, &cluster.name, via.hub.name(db)))
    };
    let by = Id {
        group: "kustomize.toolkit.fluxcd.io".into(),
        kind: "Kustomization".into(),
        namespace: sync.namespace.clone(),
        name: sync.root.clone(),
    };
    let mut found = ByHand { db, deployed, owners: IndexMap::default(), of_directories: None, followed: Vec::new() };
    let mut written: Vec<EcoString> = Vec::new();
    let parts = parts(&deployed.path, snapshot);
    let listing = listing::of_root(&deployed.path, tree, snapshot, out);
    for (path, entry) in snapshot.below(&deployed.path) {
        if matches!(entry, SnapshotEntry::Directory) || entry.is_ours(path) || tree.files.contains_key(path) {
            continue;
        }
        let (dir, name) = path.rsplit_once('/').unwrap_or_default();
        let is_list = dir == deployed.path && KUSTOMIZATIONS.contains(&name);
        if is_list || listing.as_ref().is_some_and(|it| !it.applies(path)) {
            continue;
        }
        if is_within(path, &format!("{}/flux-system", deployed.path)) {
            continue;
        }
        if parts.contains(dir) && KUSTOMIZATIONS.contains(&name) {
            let mut applied = Applied::default();
            applied.gone = adoption.gone(&deployed.path);
            applied.follow_part(db, &own, &root, &by, dir);
            let groups = applied.objects.iter().map(|it| split_api_version(&it.listed.api_version).0);
            out.extend(goes_to_hub(path, &groups.collect::<Vec<_>>()));
            found.applied(path, applied, out);
            continue;
        }
        if !is_yaml(path) || parts.iter().any(|it| is_within(path, it)) {
            continue;
        }
        match objects(entry) {
            Ok(objects) => {
                written.push(path.clone());
                let groups = objects.iter().map(|(id, _)| id.group.clone());
                out.extend(goes_to_hub(path, &groups.collect::<Vec<_>>()));
                for (id, document) in objects {
                    if let (true, Some(spec)) = (is_flux_kustomization(&id), document.get("spec")) {
                        let mut applied = Applied::default();
                        applied.follow(db, &own, &Applies::of(spec), &id);
                        found.applied(path, applied, out);
                    }
                    found.owned(path, path, id, out);
                }
            }
            Err(reason) => out.push(problems::not_an_object(path, &reason)),
        }
    }
    if !written.is_empty() || !found.followed.is_empty() {
        out.extend(lint::by_hand(db, deployed.anchor, &written, &root, &found.followed));
    }
}

/// What the root does with what it applies: it may be patched where Flux was bootstrapped.
fn root_of(cluster: &Cluster, snapshot: &Snapshot) -> Applies {
    let objects = sync_objects(&format!("{}/flux-system", cluster.path), snapshot).unwrap_or_default();
    let root = objects.iter().find(|it| it.get("kind").is_some_and(|it| it == "Kustomization"));
    let spec = root.and_then(|it| serde_yaml::to_value(it.get("spec")?).ok());
    spec.map(|it| Applies::of(&it)).unwrap_or_default()
}

/// What is found of one cluster.
struct ByHand<'a> {
    db: &'a dyn Db,
    deployed: &'a Deployed,
    /// What is applied by hand already: by which file.
    owners: IndexMap<Id, EcoString>,
    /// What hand-written directories bring that the sources name.
    of_directories: Option<IndexSet<Id>>,
    /// Objects of directories that are followed from here.
    followed: Vec<AppliedObject<'a>>,
}

impl<'a> ByHand<'a> {
    /// What a file makes Flux apply.
    fn applied(&mut self, path: &EcoString, mut applied: Applied<'a>, out: &mut Vec<Diagnostic>) {
        for (by, missing) in &applied.missing {
            out.push(problems::missing_directory(path, by, missing));
        }
        out.extend(applied.broken.iter().map(|(by, it)| lint::broken_directory(by, it)));
        let brought: Vec<(EcoString, Id)> =
            applied.objects.iter().filter_map(|it| Some((it.listed.file.clone(), it.id.clone()?))).collect();
        for (file, id) in brought {
            self.owned(path, &file, id, out);
        }
        self.followed.append(&mut applied.objects);
    }

    /// An object in a file, which is applied because of `path`.
    fn owned(&mut self, path: &EcoString, file: &EcoString, id: Id, out: &mut Vec<Diagnostic>) {
        let in_file = (file != path).then_some(file);
        let of_directories = self.of_directories.get_or_insert_with(|| lint::brought(self.db, self.deployed.anchor));
        if self.deployed.objects().any(|(_, it)| it.id == id) || of_directories.contains(&id) {
            out.push(problems::owned_by_hand(path, &id, in_file));
        } else if let Some(other) = self.owners.insert(id.clone(), path.clone()) {
            out.push(problems::twice_by_hand(path, &id, &other, in_file));
        }
    }
}

fn is_flux_kustomization(id: &Id) -> bool {
    id.kind == "Kustomization" && id.group == "kustomize.toolkit.fluxcd.io"
}

/// The objects in a hand-written file; those of a `List` by themselves, as kustomize takes it apart.
fn objects(entry: &SnapshotEntry) -> Result<Vec<(Id, serde_yaml::Value)>, EcoString> {
    let Some(text) = entry.text() else { return Err("it is not a text file".into()) };
    let mut found = Vec::new();
    for document in documents(text)? {
        let is_list = document.get("kind").and_then(serde_yaml::Value::as_str).is_some_and(|it| it.ends_with("List"));
        let all = match document.get("items").and_then(serde_yaml::Value::as_sequence) {
            Some(items) if is_list => items.clone(),
            _ => vec![document],
        };
        for it in all {
            let id =
                id_of(&it).ok_or_else(|| eco_format!("a document in it has no apiVersion, kind and metadata.name"))?;
            found.push((id, it));
        }
    }
    Ok(found)
}
