//! The Kustomizations themselves, with the patches that each makes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::draft::{After, Draft, Readiness};
use super::kustomized;
use super::unit::{Inferred, Unit, UnitPatches, UnitPlace};
use super::{problems, timeouts};
use crate::diagnostic::{Diagnostic, Invariant};
use crate::fleet::Cluster;
use crate::flux::base::{bundle, shared_sources};
use crate::flux::context::Context;
use crate::flux::external;
use crate::flux::kustomization::{Pointing, health_check, kustomization};
use crate::flux::release::Release;
use crate::flux::shared_item::{MadePiece, Piece};
use crate::kube::ServedFields;
use crate::kube::Substitution;
use crate::kube::object::{Id, Object, set, text};
use crate::kube::patch::{self, Patch};
use crate::kube::rules;
use crate::schema;
use crate::source::{Db, IndexMap, IndexSet, Origin};
use crate::value::Node;

/// Makes the Kustomizations, now that it is known which of them wait for which.
pub(super) fn finish(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    mut drafts: Vec<Draft>,
    awaited_by_tenants: &[After],
) -> Vec<Unit> {
    drafts.retain(Draft::is_made);
    let after = |it: &'_ Draft| it.after.clone();
    let awaited = Awaited::of(ctx.db, drafts.iter().flat_map(after).chain(awaited_by_tenants.iter().cloned()));
    // What is suspended itself waits for nothing.
    let active = drafts.iter().filter(|it| !it.is_suspended()).flat_map(after);
    let awaited_now = Awaited::of(ctx.db, active.chain(awaited_by_tenants.iter().cloned()));
    let is_quick = |it: &&Draft| match it.readiness() {
        Readiness::Unsaid => !awaited.whole.contains(&it.name),
        Readiness::Applied => true,
        Readiness::Checked => false,
    };
    let quick: BTreeSet<EcoString> = drafts.iter().filter(is_quick).map(|it| it.name.clone()).collect();
    for draft in &mut drafts {
        let beside = draft.beside.take().filter(|it| quick.contains(it));
        draft.after.extend(beside.map(After::Applied));
    }
    for draft in &drafts {
        report_suspended(ctx, draft, &awaited_now);
    }
    let names = Names::of(ctx, cluster, &drafts);
    let mut units: Vec<Unit> = drafts.into_iter().map(|it| unit(ctx, cluster, it, &names, &awaited)).collect();
    units.sort_by(|a, b| a.name.cmp(&b.name));
    units
}

/// What the Kustomizations are called on the cluster, by what they are called in the project.
struct Names(BTreeMap<EcoString, Called>);

/// What a Kustomization is called.
struct Called {
    /// `namespace/name`.
    whole: EcoString,
    /// What no other is called: its name, with its namespace where several have that.
    shown: EcoString,
}

impl Names {
    fn of(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &[Draft]) -> Self {
        let whole = |it: &Draft| eco_format!("{}/{}", it.namespace(&cluster.sync), it.flux_name());
        let mut first: BTreeMap<EcoString, &Draft> = BTreeMap::new();
        let mut count: BTreeMap<&EcoString, usize> = BTreeMap::new();
        // Those whose authors name them come last: they are the ones to change.
        for it in drafts.iter().filter(|it| it.called.is_none()).chain(drafts.iter().filter(|it| it.called.is_some())) {
            // A hub has those of a cluster under their names alone.
            let key = if cluster.via.is_some() { it.flux_name().clone() } else { whole(it) };
            match first.insert(key, it).filter(|other| other.name != it.name) {
                Some(other) => ctx.state.out.push(problems::called_alike(other, it)),
                None => *count.entry(it.flux_name()).or_default() += 1,
            }
        }
        let is_root =
            |it: &Draft| *it.flux_name() == cluster.sync.root && *it.namespace(&cluster.sync) == cluster.sync.namespace;
        for it in drafts.iter().filter(|it| it.called.is_some() && is_root(it)) {
            ctx.state.out.push(problems::called_as_root(it));
        }
        let called = |it: &Draft| {
            let is_only = count.get(it.flux_name()).is_none_or(|it| *it < 2);
            let shown = if is_only { it.flux_name().clone() } else { whole(it) };
            (it.name.clone(), Called { whole: whole(it), shown })
        };
        Self(drafts.iter().map(called).collect())
    }
}

/// What others wait for.
struct Awaited {
    /// Kustomizations that have to be ready with everything in them.
    whole: BTreeSet<EcoString>,
    /// Add-ons that have to be ready, by their Kustomization.
    addons: BTreeMap<EcoString, BTreeSet<EcoString>>,
}

impl Awaited {
    fn of(db: &dyn Db, all: impl Iterator<Item = After>) -> Self {
        let mut it = Self { whole: BTreeSet::new(), addons: BTreeMap::new() };
        for after in all {
            match after {
                After::Ready(unit) => {
                    it.whole.insert(unit);
                }
                After::Release(unit, addon) => {
                    it.addons.entry(unit).or_default().insert(addon.name(db).clone());
                }
                After::Applied(_) | After::Outside(_) => {}
            }
        }
        it
    }

    /// The releases of a Kustomization that others wait for. A class has no release of an add-on of which more has
    /// to be known.
    fn releases<'a>(&self, db: &dyn Db, draft: &'a Draft) -> Vec<&'a Arc<Release>> {
        let names = self.addons.get(&draft.name).into_iter().flatten();
        names.filter_map(|name| draft.releases.iter().find(|it| it.addon.name(db) == name)).collect()
    }
}

fn unit(ctx: &mut Context<'_>, cluster: &Cluster, mut draft: Draft, names: &Names, awaited: &Awaited) -> Unit {
    let mut kustomization = of_draft(ctx, cluster, &draft, names, awaited);
    ServedFields { db: ctx.db, minor: cluster.flux, cluster: Some(&cluster.name) }
        .strip(&mut kustomization, &mut ctx.state.out);
    rules::check(&kustomization, &mut ctx.state.out);
    let substitution = Substitution::of(kustomization.spec(), |kind, name| {
        external::declared_keys(ctx, cluster, kind, &kustomization.id.namespace, name)
    });
    if let Some(substitution) = substitution.as_ref().filter(|_| draft.place == UnitPlace::Foreign) {
        kustomized::check_variables(ctx, &mut draft, substitution);
    }
    let name = names.0.get(&draft.name).map_or_else(|| draft.flux_name().clone(), |it| it.shown.clone());
    let mut objects = draft.objects;
    if let Some(substitution) = &substitution {
        for it in &mut objects {
            let object = Arc::make_mut(&mut it.object);
            object.is_checked = false;
            substitution.escape(object, &mut ctx.state.out);
            it.made = None;
        }
        // What is in the texts of facts is looked at, too.
        ctx.state.is_certain &= !ctx.target.is_shared();
    }
    let base = draft.catalogue.map_or_else(|| shared_sources(ctx.db, ctx.db.project()), |it| bundle(ctx.db, it));
    let base_is_whole = !base.diagnostics.iter().any(Diagnostic::is_error);
    let place = if base_is_whole { draft.place } else { UnitPlace::Foreign };
    let patches = difference(ctx, cluster, &draft.base, &objects, place);
    let in_cluster = |it: Inferred| {
        let unit = names.0.get(&it.unit).map_or_else(|| it.unit.clone(), |it| it.shown.clone());
        Inferred { unit, ..it }
    };
    let inferred = draft.inferred.into_iter().map(in_cluster).collect();
    Unit {
        name,
        file: eco_format!("{}.yaml", draft.name),
        kustomization,
        patches,
        raw_patches: draft.raw_patches,
        substitution,
        objects: objects.into_iter().map(|it| it.object).collect(),
        releases: draft.releases,
        path: draft.path,
        place: draft.place,
        origin: draft.origin,
        catalogue: draft.catalogue,
        components: draft.components,
        inferred,
    }
}

/// What is suspended never becomes ready, and others wait for it.
fn report_suspended(ctx: &mut Context<'_>, draft: &Draft, awaited: &Awaited) {
    let is_whole = awaited.whole.contains(&draft.name);
    if draft.is_suspended() && (is_whole || awaited.addons.contains_key(&draft.name)) {
        ctx.state.out.push(problems::suspended_unit(draft.origin, &draft.name));
    }
    let releases = awaited.releases(ctx.db, draft);
    for release in draft.releases.iter().filter(|it| it.suspended) {
        if is_whole || releases.iter().any(|it| it.addon == release.addon) {
            ctx.state.out.push(problems::suspended(ctx.db, release, &draft.name));
        }
    }
}

/// The Flux Kustomization of a draft.
fn of_draft(ctx: &mut Context<'_>, cluster: &Cluster, draft: &Draft, names: &Names, awaited: &Awaited) -> Object {
    let waits_for = |it: &&EcoString| **it != draft.name && **it != cluster.sync.root;
    let units: BTreeSet<&EcoString> = draft.after.iter().map(After::unit).filter(waits_for).collect();
    let is_outside = |unit: &EcoString| draft.after.iter().any(|it| it.unit() == unit && it.outside().is_some());
    let called =
        |it: &EcoString| names.0.get(it).map(|it| it.whole.clone()).or_else(|| is_outside(it).then(|| it.clone()));
    let depends_on = units.into_iter().filter_map(|it| Some((called(it)?, draft.ready_when.condition(it))));
    let version =
        schema::api_version("HelmRelease", cluster.flux, cluster.flux).invariant("every Flux serves HelmReleases");
    let check = |it: &Arc<Release>| health_check(&version, it, Origin::of(it.addon));
    let pointing = Pointing {
        name: draft.flux_name().clone(),
        namespace: draft.namespace(&cluster.sync).clone(),
        path: draft.path.clone(),
        source: draft.source.clone(),
        depends_on: depends_on.collect(),
        health_checks: awaited.releases(ctx.db, draft).into_iter().map(check).collect(),
        // Where its author says when it is ready, who waits for it waits for that.
        wait: awaited.whole.contains(&draft.name) && draft.readiness() == Readiness::Unsaid,
        components: draft.components.clone(),
        origin: draft.origin,
    };
    let mut fields = draft.fields.clone();
    if let Some(it) = namespace_of_encrypted(ctx, draft) {
        set(&mut fields, &["targetNamespace"], it);
    }
    let is_whole = pointing.wait;
    let releases = awaited.releases(ctx.db, draft);
    let waits_for = draft.releases.iter().filter(|it| is_whole || releases.iter().any(|other| other.addon == it.addon));
    timeouts::raise(ctx, draft, waits_for.map(|it| &**it), &mut fields);
    let mut made = kustomization(ctx, cluster, pointing, &fields);
    if let Some(called) = &draft.called {
        // Where it gets its name.
        set(&mut made.body, &["metadata", "name"], called.clone());
    }
    made
}

/// The namespace that the Kustomization gives to what SOPS encrypted without one: nothing else can be written into such
/// a file. It would give it to all others, too.
fn namespace_of_encrypted(ctx: &mut Context<'_>, draft: &Draft) -> Option<Node> {
    let objects = || draft.objects.iter().map(|it| &it.object);
    let has_none = |it: &&Arc<Object>| it.raw.is_some() && it.body.at(&["metadata", "namespace"]).is_none();
    let first = objects().filter(has_none).find(|it| !it.id.namespace.is_empty())?;
    let namespace = &first.id.namespace;
    // kustomize gives a namespace to kinds that it does not know, and to the accounts in bindings.
    let is_other = |it: &&Arc<Object>| match it.id.kind.as_str() {
        "Namespace" => it.id.name != *namespace,
        "RoleBinding" => true,
        _ => it.id.namespace != *namespace,
    };
    if let Some(other) = objects().find(is_other) {
        ctx.state.out.push(problems::encrypted_beside(first, other));
    }
    Some(text(namespace.clone(), first.origin))
}

/// The patches that make the cluster's objects of those in `common/`.
fn difference(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    base: &[Arc<Object>],
    wanted: &[Piece],
    place: UnitPlace,
) -> Vec<UnitPatches> {
    if place != UnitPlace::Root {
        return Vec::new();
    }
    let pairs = paired(base, wanted);
    let mut patches = Vec::new();
    for (object, piece) in base.iter().zip(pairs) {
        let Some(piece) = piece else {
            patches.push(UnitPatches::Own(vec![patch::delete(object)]));
            continue;
        };
        if let Some(MadePiece { shared_item, object }) = piece.made {
            patches.push(UnitPatches::Made { shared_item, object });
            continue;
        }
        let wanted = &*piece.object;
        if object.version != wanted.version {
            ctx.state.out.push(problems::another_version(object, wanted, &cluster.name));
            continue;
        }
        let own = patch::patches(object, wanted);
        if object.raw.is_some() {
            if !own.is_empty() {
                ctx.state.out.push(crate::flux::problems::amended_sops(object.origin));
            }
            continue;
        }
        for problem in patch::ambiguous(&own, base).into_iter().chain(patch::unreadable(&own, object, wanted)) {
            ctx.state.out.push(problem.on(Some(&cluster.name)));
        }
        if !own.is_empty() {
            patches.push(UnitPatches::Own(own));
        }
    }
    if wanted.len() + patches_of_deletion(&patches) > base.len() {
        let known: IndexSet<&Id> = base.iter().map(|it| &it.id).collect();
        for piece in wanted.iter().filter(|it| !known.contains(&it.object.id)) {
            ctx.state.out.push(problems::not_in_base(&piece.object, &cluster.name));
        }
    }
    patches
}

fn patches_of_deletion(patches: &[UnitPatches]) -> usize {
    let is_deletion = |it: &&UnitPatches| matches!(it, UnitPatches::Own(it) if matches!(**it, [Patch::Delete { .. }]));
    patches.iter().filter(is_deletion).count()
}

/// For each object of the base, the one that is wanted in its place.
fn paired<'a>(base: &[Arc<Object>], wanted: &'a [Piece]) -> Vec<Option<&'a Piece>> {
    // Both come from one catalogue, mostly in one order.
    let mut rest = wanted.iter().peekable();
    let in_order: Vec<Option<&Piece>> = base.iter().map(|it| rest.next_if(|piece| piece.object.id == it.id)).collect();
    if rest.peek().is_none() {
        return in_order;
    }
    let by_id: IndexMap<&Id, &Piece> = wanted.iter().map(|it| (&it.object.id, it)).collect();
    base.iter().map(|it| by_id.get(&it.id).copied()).collect()
}
