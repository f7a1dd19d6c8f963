//! In one cluster every object and every Helm release has one owner: two that
//! apply one object fight, and deleting one deletes it for both.
//!
//! Reports E0612, E0613, E0644.

use ecow::{EcoString, eco_format};
use indexmap::map::Entry;

use super::context::Lint;
use super::foreign::{Foreign, ForeignObject};
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{self, Cluster, Sync};
use crate::flux::{self, Deployed, Release, Unit};
use crate::kube::object::{Id, Object};
use crate::source::{Anchor, Db, IndexMap, Origin};

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed, foreign: &Foreign<'_>) {
    // A cluster that is reached through a hub has no Flux: its namespace there is like any other.
    let is_on_hub = |id: &Id| cluster.via.is_none() || id.kind != "Namespace";
    let of_flux = deployed.objects().filter(|(_, it)| is_on_hub(&it.id) && is_of_bootstrap(&cluster.sync, &it.id));
    let is_said = |it: &Object| lint.has_errors && it.id.kind == "Kustomization";
    for (_, object) in of_flux.filter(|(_, it)| !is_said(it)).collect::<Vec<_>>() {
        lint.out.push(of_bootstrap(&object.id, object.origin));
    }
    let mut owners: IndexMap<&Id, Origin> = IndexMap::default();
    owners.reserve(deployed.objects().count());
    for (_, object) in deployed.objects() {
        // That two Kustomizations have one name is said where they get it.
        let is_said = lint.has_errors && object.id.kind == "Kustomization";
        if let Some(first) = owners.insert(&object.id, object.origin).filter(|_| !is_said) {
            lint.out.push(two_owners(lint.db, &object.id, object.origin, first));
        }
    }
    let mut of_directories: IndexMap<&Id, (&ForeignObject<'_>, Origin)> = IndexMap::default();
    for object in &foreign.objects {
        let Some(id) = &object.object.id else { continue };
        if is_of_bootstrap(&cluster.sync, id) {
            lint.out
                .push(of_bootstrap(id, object.origin).note(eco_format!("it is in `{}`", object.object.listed.file)));
        }
        let other = of_directories.insert(id, (object, object.origin));
        let other = other.map(|(it, at)| (Some(&it.object.listed.file), at));
        if let Some((file, first)) = other.or_else(|| owners.get(id).map(|it| (None, *it))) {
            lint.out.push(two_owners_of_file(lint.db, id, object, file, first));
        }
    }
    on_a_hub(lint, cluster, deployed);
    crds(lint, deployed);
    let mut releases: IndexMap<(&EcoString, &EcoString), &Release> = IndexMap::default();
    releases.reserve(deployed.releases().count());
    for (_, release) in deployed.releases() {
        let Some(first) = releases.insert((&release.storage, &release.name), release) else { continue };
        // Two HelmReleases of one name are two owners of one object, which is said already.
        let is_same_object = first.object == release.object && first.namespace == release.namespace;
        if !is_same_object {
            lint.out.push(two_releases(release, Origin::of(release.addon), Origin::of(first.addon)));
        }
    }
}

/// On a hub is what its Flux applies to other clusters, too: nothing of two of them, or of the hub itself, may have one
/// name there.
fn on_a_hub(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let spokes = fleet::spokes(lint.db, cluster.anchor);
    if spokes.is_empty() {
        return;
    }
    let mut owners: IndexMap<&Id, &Object> = deployed.objects().map(|(_, it)| (&it.id, it)).collect();
    for spoke in spokes {
        let of_spoke = &flux::exactly(lint.db, *spoke).value;
        for object in on_hub(of_spoke) {
            let Some(first) = owners.insert(&object.id, object) else { continue };
            let problem = Diagnostic::new(
                code::TWO_OWNERS,
                eco_format!("{} of `{}` has another owner on its hub, `{}`", object.id, of_spoke.cluster, cluster.name),
                object.origin,
                eco_format!("of `{}`", of_spoke.cluster),
            );
            lint.out.push(
                problem
                    .label(first.origin, "the other")
                    .note("what a hub's Flux applies to a cluster is named after it: the cluster's name, and `-`")
                    .help("rename one of the two, or the cluster"),
            );
        }
    }
}

/// What a spoke has on its hub: its Kustomizations, what stands in its root, and what those apply that say nothing of
/// another cluster.
fn on_hub(deployed: &Deployed) -> impl Iterator<Item = &Object> {
    deployed.objects().filter_map(|(unit, it)| (!unit.is_some_and(Unit::is_sent)).then_some(it))
}

/// CRDs that the charts of a family share on purpose: those of AWS Controllers for Kubernetes.
const SHARED: &str = "services.k8s.aws";

/// Custom resources whose definition comes from two places: with each upgrade of one, the other's is gone. A chart that
/// is installed twice brings the same.
fn crds(lint: &mut Lint<'_>, deployed: &Deployed) {
    let mut owners: IndexMap<(EcoString, EcoString), (EcoString, Origin, Option<&EcoString>)> = IndexMap::default();
    for (_, object) in deployed.objects() {
        if let Some(defined) = object.defined_kind() {
            owners.insert(defined, (eco_format!("{}", object.id), object.origin, None));
        }
    }
    for (_, release) in deployed.releases().filter(|(_, it)| it.applies_crds) {
        let (name, at) = (eco_format!("`{}`", release.addon.name(lint.db)), Origin::of(release.addon));
        let mut reported: Vec<Origin> = Vec::new();
        for (group, kind, _) in release.crds.iter().filter(|it| it.0 != SHARED) {
            match owners.entry((group.clone(), kind.clone())) {
                Entry::Vacant(slot) => {
                    slot.insert((name.clone(), at, Some(&release.chart)));
                }
                // One release with several is said once.
                Entry::Occupied(first)
                    if !reported.contains(&first.get().1) && first.get().2 != Some(&release.chart) =>
                {
                    let (other, place, _) = first.get();
                    reported.push(*place);
                    lint.out.push(two_bring_crds(group, kind, &name, at, other, *place));
                }
                Entry::Occupied(_) => {}
            }
        }
    }
}

/// Whether `flux bootstrap` made the object: the namespace of Flux, the source of
/// the fleet and the Kustomization at the root.
fn is_of_bootstrap(sync: &Sync, id: &Id) -> bool {
    let in_namespace = |group: &str, kind: &str, name: &EcoString| {
        id.group == group && id.kind == kind && id.name == *name && id.namespace == sync.namespace
    };
    (id.group.is_empty() && id.kind == "Namespace" && id.name == sync.namespace)
        || in_namespace("source.toolkit.fluxcd.io", &sync.kind, &sync.name)
        || in_namespace("kustomize.toolkit.fluxcd.io", "Kustomization", &sync.root)
}

fn two_owners(db: &dyn Db, id: &Id, at: Origin, first: Origin) -> Diagnostic {
    let message = eco_format!("{id} has two owners on one cluster");
    let why = "two Kustomizations that apply one object fight, and removing one deletes it for both";
    // Of one definition, each catalogue makes its own.
    let catalogue = |it: Anchor| it.original(db).and_then(|_| it.parent(db)).map(Origin::of);
    if let (true, Some(one), Some(other)) =
        (at.anchor.written(db) == first.anchor.written(db), catalogue(at.anchor), catalogue(first.anchor))
    {
        return Diagnostic::new(code::TWO_OWNERS, message, at, "made for both catalogues")
            .label(other, "first made for this one")
            .label(one, "and for this one again")
            .note(why)
            .help("name it after its catalogue: `\\(catalogue.name)` in its name, or in the path of its file, is the name of the catalogue that is declared from the definition");
    }
    Diagnostic::new(code::TWO_OWNERS, message, at, "made here again")
        .label(first, "first made here")
        .note(why)
        .help("rename one of the two, or drop one on that cluster")
}

fn two_owners_of_file(
    db: &dyn Db,
    id: &Id,
    object: &ForeignObject<'_>,
    other: Option<&EcoString>,
    first: Origin,
) -> Diagnostic {
    let problem = two_owners(db, id, object.origin, first);
    match other {
        Some(it) if *it == object.object.listed.file => problem.note(eco_format!("both apply `{it}`")),
        Some(it) => problem.note(eco_format!("it is in `{it}` and in `{}`", object.object.listed.file)),
        None => problem.note(eco_format!("it is in `{}`, too", object.object.listed.file)),
    }
}

fn two_bring_crds(group: &str, kind: &str, name: &str, at: Origin, other: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(
        code::TWO_BRING_CRDS,
        eco_format!("{other} and {name} both bring the CRD of `{group}/{kind}`"),
        at,
        "brings it, too",
    )
    .label(first, "brought here first")
    .note("each upgrade of one puts its own version in place of the other's")
    .help("write `release { install.crds = \"Skip\", upgrade.crds = \"Skip\" }` in one of them, or turn its CRDs off in its values")
}

fn of_bootstrap(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(code::TWO_OWNERS, eco_format!("{id} belongs to `flux bootstrap`"), at, "would be made here too")
        .note("it is what makes the cluster follow this repository: with another content, Flux uninstalls what it has")
        .help("choose another name")
}

fn two_releases(release: &Release, at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(
        code::TWO_RELEASES,
        eco_format!("two add-ons are the Helm release `{}` in `{}`", release.name, release.storage),
        at,
        "the same release again",
    )
    .label(first, "the first is here")
    .note("Helm would take one for an upgrade of the other and uninstall what it does not have")
    .help("write another `release-name`")
}
