//! What would uninstall something on a live cluster: a root or a Kustomization
//! that goes, an object that changes hands, a release that changes its identity.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::document::field;
use super::hubs;
use super::old::{Objects, Old, OldFiles, has_only_survivors, old_kustomizations, old_objects, survives};
use super::problems::{self, NewOwner};
use super::snapshot::Snapshot;
use super::touched::Touched;
use super::work::{Permissions, Plan};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux::{Deployed, Release, Unit};
use crate::kube::Id;
use crate::kube::lifecycle::{Pruning, ReleaseIdentity};
use crate::names;
use crate::source::{Db, Kind, Origin};

pub(super) fn check(
    db: &dyn Db,
    deployed: &[&Deployed],
    snapshot: &Snapshot,
    touched: &Touched<'_>,
    plan: &Plan,
    permissions: &Permissions,
    out: &mut Vec<Diagnostic>,
) {
    let clusters = &fleet::settings(db, db.project()).value.output.clusters;
    let by_path: BTreeMap<&str, &Deployed> = deployed.iter().map(|it| (it.path.as_str(), *it)).collect();
    let mut by_dir: BTreeMap<EcoString, Vec<Old>> = BTreeMap::new();
    let found = old_kustomizations(clusters, snapshot, touched, plan);
    for it in found.kustomizations {
        by_dir.entry(it.dir.clone()).or_default().push(it);
    }
    let mut unreadable: BTreeSet<EcoString> = BTreeSet::new();
    let removals = Removals { deployed, permissions };
    let files = OldFiles::new(snapshot);
    for (path, dir) in found.unreadable {
        let goes = plan.remove.contains(&path);
        if !goes || !removals.allow(&dir, by_path.get(dir.as_str()).copied(), "") {
            out.push(problems::unreadable(&path, &dir, goes));
        }
    }
    let roots = hubs::roots(&by_dir);
    for (dir, olds) in &by_dir {
        // A spoke may have moved to another directory: its hub knows it by its name.
        let moved = || deployed.iter().copied().find(|it| roots.get(dir).is_some_and(|root| root.name == it.cluster));
        let new = by_path.get(dir.as_str()).copied().or_else(moved);
        let is_allowed = |what: &str| removals.allow(dir, new, what);
        let Some(new) = new else {
            if !is_allowed("") {
                let of_hub = roots.contains_key(dir);
                out.push(problems::removes_cluster(dir, removals.name_of(dir), olds.len(), of_hub));
            }
            continue;
        };
        if let Some(it) = hubs::handed_over(db, new, olds, roots.get(dir).copied(), &files, snapshot) {
            if !is_allowed("") {
                out.push(it);
            }
            continue;
        }
        let vacated = &fleet::moves(db, db.project()).value.vacated;
        let index = names::index(db, db.project());
        // What a file that is taken over loses is reported by its own rule.
        // So is what a hub has for a cluster that goes.
        let is_root = |it: &Old| it.path().is_some_and(|it| roots.contains_key(it)) && it.path() != Some(dir.as_str());
        let is_looked_at = |it: &&Old| !is_allowed(&it.called) && !plan.adopted.contains(&it.file) && !is_root(it);
        for old in olds.iter().filter(is_looked_at) {
            match successor_of(old, olds, new) {
                None if !old.pruning().all || has_only_survivors(old, snapshot) => {}
                None => {
                    let vacated = vacated.iter().find(|(it, _)| is_of(&old.name, it));
                    out.push(if let Some((_, at)) = vacated {
                        problems::stage_skipped(*at, &old.name, &new.cluster)
                    } else {
                        let new_owner = new_owner(old, new, &files).map(|it| {
                            if olds.iter().any(|old| old.name == *it) {
                                NewOwner::Joined(it)
                            } else {
                                NewOwner::Renamed(it)
                            }
                        });
                        let new_owner = new_owner.filter(|it| index.catalogues.contains_key(it.name()));
                        problems::removes_kustomization(&old.file, &new.cluster, &old.called, new_owner)
                    });
                }
                Some(it) if it.namespace != old.namespace => {
                    out.push(problems::moves_kustomization(old, &new.cluster, it));
                }
                Some(_) => {}
            }
        }
        changes(db, new, olds, &files, &is_allowed, &mut unreadable, out);
    }
    // Many clusters apply what one such file held.
    out.extend(unreadable.iter().map(|it| problems::unreadable(it, "", false)));
}

/// What the author let go on the command line.
struct Removals<'a> {
    deployed: &'a [&'a Deployed],
    permissions: &'a Permissions,
}

impl Removals<'_> {
    /// Whether a Kustomization of a directory may go, or all of it where `what` is empty:
    /// `CLUSTER`, `DIRECTORY`, and either with `/KUSTOMIZATION`. A cluster that the sources
    /// declare is called by its name, whatever its directory is called.
    fn allow(&self, dir: &str, cluster: Option<&Deployed>, what: &str) -> bool {
        let name = cluster.map(|it| it.cluster.as_str()).or_else(|| self.name_of(dir));
        let is_it = |it: &str| it == dir || Some(it) == name;
        self.permissions
            .remove
            .iter()
            .any(|it| is_it(it) || it.strip_suffix(what).and_then(|it| it.strip_suffix('/')).is_some_and(is_it))
    }

    /// What the cluster of a directory that nothing declares was called, unless a cluster that
    /// is declared has that name.
    fn name_of<'b>(&self, dir: &'b str) -> Option<&'b str> {
        let name = dir.rsplit('/').next().unwrap_or(dir);
        (!self.deployed.iter().any(|it| it.cluster == name)).then_some(name)
    }
}

/// The Kustomization that a cluster has in place of an old one: of that name, in that
/// namespace or else in one where there was none of that name.
fn successor_of<'a>(old: &Old, olds: &[Old], new: &'a Deployed) -> Option<&'a Id> {
    let named = || kustomizations(new).filter(|it| it.name == old.name);
    // Of several that move, each stays in its file.
    let file = old.file.rsplit('/').next();
    let in_file = new.units.iter().find(|it| Some(it.file.as_str()) == file).map(|it| &it.kustomization.id);
    let is_new = |it: &Id| !olds.iter().any(|old| old.is(it));
    named()
        .find(|it| it.namespace == old.namespace)
        .or_else(|| in_file.filter(|it| it.name == old.name && is_new(it)))
        .or_else(|| named().find(|it| is_new(it) && new.units.iter().all(|unit| unit.kustomization.id != **it)))
}

/// Whether a Kustomization is that of a catalogue, or of one of its parts.
fn is_of(name: &str, catalogue: &str) -> bool {
    name == catalogue || name.strip_prefix(catalogue).is_some_and(|it| it.starts_with('-'))
}

/// The new Kustomization that has an object of one that goes.
fn new_owner<'a>(old: &Old, new: &'a Deployed, files: &OldFiles<'_>) -> Option<&'a EcoString> {
    let objects = old_objects(old, files).by_id;
    let has = |unit: &&crate::flux::Unit| unit.objects.iter().any(|it| objects.contains_key(&it.id));
    new.units.iter().find(has).map(|it| &it.name)
}

/// The Flux Kustomizations that a cluster has now.
fn kustomizations(it: &Deployed) -> impl Iterator<Item = &Id> {
    let own = it.root.iter().map(|it| &it.id).filter(|it| it.kind == "Kustomization");
    it.units.iter().map(|it| &it.kustomization.id).chain(own)
}

/// Objects that change hands, releases that change their identity.
fn changes(
    db: &dyn Db,
    new: &Deployed,
    olds: &[Old],
    files: &OldFiles<'_>,
    is_allowed: &dyn Fn(&str) -> bool,
    unreadable: &mut BTreeSet<EcoString>,
    out: &mut Vec<Diagnostic>,
) {
    let index = names::index(db, db.project());
    let mut owners: BTreeMap<&Id, &Unit> = BTreeMap::new();
    for unit in new.units.iter() {
        owners.extend(unit.objects.iter().map(|it| (&it.id, unit)));
    }
    let all: Vec<Objects> = olds.iter().map(|it| old_objects(it, files)).collect();
    let was_there = |id: &Id| all.iter().any(|it| it.by_id.contains_key(id));
    for (old, objects) in olds.iter().zip(&all) {
        unreadable.extend(objects.unreadable.iter().cloned());
        for (id, document) in &objects.by_id {
            let owner = owners.get(id);
            if let Some(owner) = owner
                && !old.is(&owner.kustomization.id)
                && !is_allowed(&old.called)
                && !survives(document)
                && new
                    .units
                    .iter()
                    .any(|it| old.is(&it.kustomization.id) && Pruning::of_kustomization(&it.kustomization).leaving)
            {
                let origin = new.objects().find(|(_, it)| it.id == *id).map(|(_, it)| it.origin);
                let origin = origin.unwrap_or(Origin::of(new.anchor));
                let is_item = |name: &EcoString| index.catalogues.contains_key(name);
                let item = origin.anchor.parent(db).is_some_and(|it| it.kind(db) == Kind::Catalogue);
                let item = (item && is_item(&owner.name)).then(|| origin.anchor.name(db));
                out.push(problems::moved(id, &old.called, &owner.name, &new.cluster, origin, item));
            }
            if id.kind == "HelmRelease" && (owner.is_some() || !is_allowed(&old.called)) {
                successor(db, new, id, document, &objects.by_id, &was_there, out);
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
    objects: &BTreeMap<Id, Arc<Value>>,
    was_there: &dyn Fn(&Id) -> bool,
    out: &mut Vec<Diagnostic>,
) {
    let was = old_release(id, old, objects);
    let id_of = |it: &Release| Id { namespace: it.namespace.clone(), name: it.object.clone(), ..id.clone() };
    // Several catalogues may have an add-on of one name, each in its own namespace.
    let same = new.releases().find(|(_, it)| id_of(it) == *id);
    let new_owner = same.or_else(|| new.releases().find(|(_, it)| it.object == id.name && !was_there(&id_of(it))));
    if let Some((_, new_owner)) = new_owner {
        release(db, new, new_owner, id, old, objects, out);
    } else if let Some((_, new_owner)) =
        new.releases().find(|(_, it)| it.name == was.name && it.storage == was.storage && !was_there(&id_of(it)))
        && !new_owner.reinstall
    {
        let after = new_owner.addon.name(db);
        out.push(problems::reinstalls(
            Origin::of(new_owner.addon),
            after,
            "name of the HelmRelease",
            &id.name,
            after,
            &new.cluster,
        ));
    }
}

/// What tells an old release from others.
struct OldRelease {
    name: EcoString,
    target: EcoString,
    storage: EcoString,
    chart: Option<EcoString>,
}

/// An old HelmRelease's release, with the defaults of Flux where it says nothing.
fn old_release(id: &Id, old: &Value, objects: &BTreeMap<Id, Arc<Value>>) -> OldRelease {
    let repository = Id {
        group: "source.toolkit.fluxcd.io".into(),
        kind: "OCIRepository".into(),
        namespace: id.namespace.clone(),
        name: id.name.clone(),
    };
    let from_registry = || Some(EcoString::from(objects.get(&repository)?.get("spec")?.get("url")?.as_str()?));
    let target = field(old, &["spec", "targetNamespace"]);
    let default_name = || match &target {
        Some(it) => eco_format!("{it}-{}", id.name),
        None => id.name.clone(),
    };
    OldRelease {
        name: field(old, &["spec", "releaseName"]).unwrap_or_else(default_name),
        storage: field(old, &["spec", "storageNamespace"]).unwrap_or_else(|| id.namespace.clone()),
        chart: field(old, &["spec", "chart", "spec", "chart"]).or_else(from_registry),
        target: target.unwrap_or_else(|| id.namespace.clone()),
    }
}

/// Where the field is set that decides on a part of a release's identity: in the override that changes it, if one does.
fn decided_at(db: &dyn Db, new: &Deployed, release: &Release, what: &str) -> Origin {
    let keys: &[&str] = match what {
        "release name" => &["release-name"],
        "chart" => &["chart"],
        _ => &["namespace", "release-in"],
    };
    let node = new.items.iter().find(|(it, _)| *it == release.addon).map(|(_, it)| &it.value.node);
    let set = keys.iter().filter_map(|key| node?.get(key)).map(|it| it.origin);
    set.filter(|it| !it.anchor.is_standard(db) && !fleet::is_shaped(*it))
        .last()
        .unwrap_or_else(|| Origin::of(release.addon))
}

/// Whether a release would be uninstalled and installed again.
pub(super) fn release(
    db: &dyn Db,
    new: &Deployed,
    release: &Release,
    id: &Id,
    old: &Value,
    objects: &BTreeMap<Id, Arc<Value>>,
    out: &mut Vec<Diagnostic>,
) {
    if release.reinstall {
        return;
    }
    let old = old_release(id, old, objects);
    let was =
        ReleaseIdentity { name: &old.name, target: &old.target, storage: &old.storage, chart: old.chart.as_deref() };
    let mut differences = was.differences(release.identity());
    if id.namespace != release.namespace {
        differences.push(("namespace of the HelmRelease", &id.namespace, &release.namespace));
    }
    for (what, before, after) in differences {
        let at = decided_at(db, new, release, what);
        out.push(problems::reinstalls(at, release.addon.name(db), what, before, after, &new.cluster));
    }
}
