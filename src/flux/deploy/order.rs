//! Who waits for whom: what follows from custom resources and namespaces.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;

use super::draft::{After, Draft};
use super::problems;
use super::unit::{Cause, Inferred, UnitPlace};
use crate::fleet::Cluster;
use crate::flux::context::Context;
use crate::flux::external;
use crate::kube::directory::{self, Directory};
use crate::source::{Anchor, Db, IndexMap, Kind, Origin};

/// Adds what follows from custom resources and namespaces.
pub(super) fn infer_order(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut [Draft]) {
    let order = in_order(drafts);
    let mut providers: BTreeMap<(EcoString, EcoString), (EcoString, Anchor)> = BTreeMap::new();
    let mut namespaces: IndexMap<EcoString, EcoString> = IndexMap::default();
    let mut definitions: BTreeMap<(EcoString, EcoString), EcoString> = BTreeMap::new();
    for draft in order.iter().filter_map(|it| drafts.get(*it)) {
        for release in &draft.releases {
            for (group, kind, _) in &release.crds {
                providers.entry((group.clone(), kind.clone())).or_insert((draft.name.clone(), release.addon));
            }
        }
        for it in draft.objects.iter().map(|it| &it.object) {
            if it.id.kind == "Namespace" {
                namespaces.entry(it.id.name.clone()).or_insert_with(|| draft.name.clone());
            }
            if let Some(defined) = it.defined_kind() {
                definitions.entry(defined).or_insert_with(|| draft.name.clone());
            }
        }
    }
    let of_directories = of_directories(ctx, drafts);
    for (unit, directory) in &of_directories {
        for it in &directory.objects {
            if let Some((group, kind, _)) = &it.defines {
                definitions.entry((group.clone(), kind.clone())).or_insert_with(|| unit.clone());
            }
        }
    }
    drop_copies_of_namespaces(ctx.db, drafts, &namespaces);
    if !ctx.settings.infers_order {
        return;
    }
    if drafts.len() < 2 && providers.is_empty() && definitions.is_empty() {
        return;
    }
    // What a directory waits for cannot wait for it.
    let is_of_directory = |unit: &EcoString| of_directories.iter().any(|(it, _)| it == unit);
    let said: BTreeMap<EcoString, Vec<EcoString>> = if of_directories.is_empty() {
        BTreeMap::new()
    } else {
        drafts.iter().map(|it| (it.name.clone(), it.after.iter().map(After::unit).cloned().collect())).collect()
    };
    let there = external::kinds_there(ctx.db, ctx.index, cluster);
    for draft in drafts.iter_mut() {
        let mut after = Vec::new();
        let mut inferred: Vec<Inferred> = Vec::new();
        let mut wait = |it: After, origin: Origin, why: Cause| {
            if !inferred.iter().any(|known| known.unit == *it.unit() && known.why == why) {
                inferred.push(Inferred { unit: it.unit().clone(), origin, why });
            }
            after.push(it);
        };
        for it in draft.objects.iter().map(|it| &it.object) {
            let kind = (it.id.group.clone(), it.id.kind.clone());
            if there.contains(&kind) {
                // Nothing is waited for that the cluster has already.
                continue;
            }
            if let Some((unit, addon)) = providers.get(&kind) {
                if *unit == draft.name {
                    ctx.state.out.push(problems::crd_beside(ctx.db, it, *addon).on(Some(&cluster.name)));
                } else {
                    wait(After::Release(unit.clone(), *addon), it.origin, Cause::KindOf(kind.1, *addon));
                }
            } else if let Some(unit) = definitions.get(&kind)
                && *unit != draft.name
                && !(is_of_directory(unit) && waits_for(&said, unit, &draft.name))
            {
                wait(After::Applied(unit.clone()), it.origin, Cause::Definition(kind.1));
            }
        }
        let of_objects = draft.objects.iter().map(|it| (&it.object.id.namespace, it.object.origin));
        let of_releases = draft.releases.iter().map(|it| (&it.target, Origin::of(it.addon)));
        let of_directory = draft.fields.get("targetNamespace").and_then(|it| Some((it.text()?, it.origin)));
        let directory = of_directories.iter().find(|(it, _)| *it == draft.name).map(|(_, it)| *it);
        let of_listed = directory.into_iter().flat_map(namespaces_in).map(|it| (it, draft.origin));
        for (namespace, origin) in of_objects.chain(of_releases).chain(of_directory).chain(of_listed) {
            if let Some(unit) = namespaces.get(namespace)
                && *unit != draft.name
            {
                wait(After::Applied(unit.clone()), origin, Cause::Namespace(namespace.clone()));
            }
        }
        draft.after.extend(after);
        draft.inferred = inferred;
    }
}

/// The hand-written directories of the project that drafts apply.
fn of_directories<'a>(ctx: &Context<'a>, drafts: &[Draft]) -> Vec<(EcoString, &'a Directory)> {
    let is_local = |it: &&Draft| it.place == UnitPlace::Foreign && it.source.is_none();
    let found = drafts.iter().filter(is_local).filter_map(|it| {
        let directory = directory::of_flux(ctx.db, &it.path)?;
        Some((it.name.clone(), directory))
    });
    found.collect()
}

/// The namespaces that objects of a directory are in, but for those that it makes itself.
fn namespaces_in(directory: &Directory) -> impl Iterator<Item = &EcoString> {
    let is_made = |name: &EcoString| directory.objects.iter().any(|it| it.kind == "Namespace" && it.name == *name);
    let all = directory.objects.iter().map(|it| it.moved_to.as_ref().unwrap_or(&it.namespace));
    all.filter(move |it| !it.is_empty() && !is_made(it))
}

/// Whether a unit waits for another already, by way of others, too.
fn waits_for(after: &BTreeMap<EcoString, Vec<EcoString>>, unit: &EcoString, other: &EcoString) -> bool {
    let mut todo = vec![unit];
    let mut seen: BTreeSet<&EcoString> = BTreeSet::new();
    while let Some(it) = todo.pop() {
        if it == other {
            return true;
        }
        if seen.insert(it) {
            todo.extend(after.get(it).into_iter().flatten());
        }
    }
    false
}

/// The drafts, those that others come after first; by name where nothing says.
fn in_order(drafts: &[Draft]) -> Vec<usize> {
    let mut of_name: BTreeMap<&EcoString, Vec<usize>> = BTreeMap::new();
    for (nth, draft) in drafts.iter().enumerate() {
        of_name.entry(&draft.name).or_default().push(nth);
    }
    // For each draft those that come after it, and for how many others each waits.
    let mut followers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut waits: BTreeMap<usize, usize> = BTreeMap::new();
    for (nth, draft) in drafts.iter().enumerate() {
        let units: BTreeSet<&EcoString> = draft.after.iter().map(After::unit).filter(|it| **it != draft.name).collect();
        for it in units.into_iter().filter_map(|it| of_name.get(it)).flatten() {
            followers.entry(*it).or_default().push(nth);
            *waits.entry(nth).or_default() += 1;
        }
    }
    let place = |nth: usize| (drafts.get(nth).map(|it| &it.name), nth);
    let mut rest: BTreeSet<_> = (0..drafts.len()).map(place).collect();
    let mut ready: BTreeSet<_> = rest.iter().filter(|(_, nth)| !waits.contains_key(nth)).copied().collect();
    let mut order = Vec::new();
    // In a cycle, which is reported later, any will do.
    while let Some(next) = ready.first().or_else(|| rest.first()).copied() {
        ready.remove(&next);
        rest.remove(&next);
        let (_, nth) = next;
        order.push(nth);
        for follower in followers.get(&nth).into_iter().flatten() {
            let Some(count) = waits.get_mut(follower) else { continue };
            *count -= 1;
            if *count == 0 && rest.contains(&place(*follower)) {
                ready.insert(place(*follower));
            }
        }
    }
    order
}

/// A namespace that two catalogues derive is the first one's.
fn drop_copies_of_namespaces(db: &dyn Db, drafts: &mut [Draft], owners: &IndexMap<EcoString, EcoString>) {
    for draft in drafts {
        let name = draft.name.clone();
        draft.objects.retain(|it| {
            let it = &it.object;
            let of_user = matches!(it.origin.anchor.kind(db), Kind::ADDON | Kind::Source);
            let is_derived = it.id.kind == "Namespace" && of_user;
            !is_derived || owners.get(&it.id.name) == Some(&name)
        });
    }
}
