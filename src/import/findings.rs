//! What import comes across: faults of the repository that Flux does not report.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use regex::Regex;
use serde_json::Value;

use super::clusters::is_yaml;
use super::report::{Finding, FindingKind};
use super::world::{Unit, UnitId, World};
use crate::kube::Id;
use crate::kustomize::{Files, Trouble, unused};

pub(super) fn of(files: &Files, worlds: &[World]) -> Vec<Finding> {
    let mut found = BTreeSet::new();
    for world in worlds {
        let cluster = &world.cluster.name;
        let mut say = |kind, place: &str, fact: EcoString| {
            found.insert(Finding { kind, place: place.into(), fact });
        };
        if let Some(it) = &world.trouble {
            say(FindingKind::Broken, &world.cluster.dir, eco_format!("the root of `{cluster}` cannot be built: {it}"));
        }
        for (id, unit) in &world.units {
            of_unit(files, world, id, unit, &mut say);
        }
        for (id, owners) in owners(world) {
            let names: Vec<EcoString> = owners.iter().map(|it| named(it.as_ref())).collect();
            say(FindingKind::TwoOwners, cluster, eco_format!("{id} is applied by {}", names.join(" and ")));
        }
        if world.cluster.flux.is_none() {
            let fact = "its version of Flux is not known; the tree needs Flux 2.3 or newer";
            say(FindingKind::Note, cluster, fact.into());
        }
    }
    found.extend(markers(files, worlds));
    found.extend(dead_files(files, worlds));
    found.into_iter().collect()
}

fn named(it: Option<&UnitId>) -> EcoString {
    it.map_or_else(|| "the root".into(), |it| eco_format!("`{}`", it.1))
}

/// Objects that several apply.
fn owners(world: &World) -> impl Iterator<Item = (Id, Vec<Option<UnitId>>)> {
    let mut found: BTreeMap<Id, Vec<Option<UnitId>>> = BTreeMap::new();
    for (by, it) in world.objects() {
        let owners = found.entry(it.id()).or_default();
        if !owners.contains(&by.cloned()) {
            owners.push(by.cloned());
        }
    }
    found.into_iter().filter(|it| it.1.len() > 1)
}

fn of_unit(files: &Files, world: &World, id: &UnitId, unit: &Unit, say: &mut impl FnMut(FindingKind, &str, EcoString)) {
    let place = &unit.resource.file;
    let cluster = &world.cluster.name;
    match (&unit.dir, &unit.objects) {
        (Some(dir), Err(Trouble::Broken { .. })) if !files.is_directory(dir) => {
            say(
                FindingKind::MissingPath,
                place,
                eco_format!("`{}` on `{cluster}` applies `{dir}`, which is not there", id.1),
            );
        }
        (_, Err(it @ Trouble::Broken { .. })) => {
            say(FindingKind::Broken, place, eco_format!("`{}` cannot be built: {it}", id.1));
        }
        (_, Err(_)) => {}
        (_, Ok(objects)) => {
            for it in unused(unit.spec().get("patches").unwrap_or(&Value::Null), objects) {
                say(FindingKind::UnusedPatch, place, eco_format!("a patch of `{}` is about nothing: {it}", id.1));
            }
            undefined(id, unit, place, say);
        }
    }
}

/// Variables that Flux replaces by nothing.
fn undefined(id: &UnitId, unit: &Unit, place: &str, say: &mut impl FnMut(FindingKind, &str, EcoString)) {
    let Some(build) = unit.spec().get("postBuild") else { return };
    if build.get("substituteFrom").and_then(Value::as_array).is_some_and(|it| !it.is_empty()) {
        return;
    }
    let Some(known) = build.get("substitute").and_then(Value::as_object).filter(|it| !it.is_empty()) else { return };
    let Ok(variable) = Regex::new(r"(^|[^$])\$\{([A-Za-z_][A-Za-z0-9_]*)\}") else { return };
    let mut missing: BTreeSet<EcoString> = BTreeSet::new();
    for it in unit.objects.iter().flatten() {
        texts(&it.body, &mut |text| {
            let all = variable.captures_iter(text).filter_map(|it| Some(EcoString::from(it.get(2)?.as_str())));
            missing.extend(all.filter(|it| !known.contains_key(it.as_str())));
        });
    }
    for it in missing {
        say(
            FindingKind::UndefinedVariable,
            place,
            eco_format!("nothing defines `${{{it}}}` in what `{}` applies", id.1),
        );
    }
}

fn texts(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(it) => each(it),
        Value::Array(list) => list.iter().for_each(|it| texts(it, each)),
        Value::Object(map) => map.values().for_each(|it| texts(it, each)),
        _ => {}
    }
}

/// Files with objects that no cluster reads.
fn dead_files(files: &Files, worlds: &[World]) -> Vec<Finding> {
    // What could not be built may read anything.
    if worlds.iter().any(|it| it.trouble.is_some()) {
        return Vec::new();
    }
    // What is in a chart, Helm reads; what stands beside nothing of Flux, nobody.
    let charts: Vec<&str> = files.paths().filter_map(|it| it.strip_suffix("/Chart.yaml")).collect();
    let is_hidden = |path: &str| {
        path.split('/').any(|it| it.starts_with('.')) || charts.iter().any(|it| crate::source::is_within(path, it))
    };
    let mut found = Vec::new();
    for path in files.untouched().into_iter().filter(|it| is_yaml(it) && !is_hidden(it)) {
        let Some(text) = files.text(&path) else { continue };
        let is_object =
            text.lines().any(|it| it.starts_with("apiVersion:")) && text.lines().any(|it| it.starts_with("kind:"));
        if is_object {
            found.push(Finding { kind: FindingKind::DeadFile, place: path, fact: "no cluster applies it".into() });
        }
    }
    found
}

/// Files in which Flux updates images by markers: what is generated has none.
fn markers(files: &Files, worlds: &[World]) -> Vec<Finding> {
    let objects = worlds.iter().flat_map(World::objects).map(|it| &it.1.file);
    let paths: BTreeSet<&EcoString> = objects.collect();
    let is_marked = |it: &&EcoString| files.text(it).is_some_and(|text| text.contains("$imagepolicy"));
    let fact = "a marker of image automation is not kept: the automation has to write a file that the sources read";
    let of = |it: &EcoString| Finding { kind: FindingKind::Marker, place: it.clone(), fact: fact.into() };
    paths.into_iter().filter(is_marked).map(of).collect()
}
