//! What tells clusters apart: variables that each cluster gives one value, and parts of paths.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::clusters::plain;
use super::world::World;
use crate::names::is_reserved;

/// A fact, with its value on each cluster.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    /// As `cluster.NAME` reads it.
    pub name: EcoString,
    pub values: Vec<EcoString>,
}

impl Fact {
    /// The clusters of each value.
    pub(super) fn groups(&self) -> BTreeMap<&EcoString, Vec<usize>> {
        let mut found: BTreeMap<&EcoString, Vec<usize>> = BTreeMap::new();
        for (nth, it) in self.values.iter().enumerate() {
            found.entry(it).or_default().push(nth);
        }
        found
    }

    /// Its type: a union where clusters share few values.
    pub(super) fn written_type(&self) -> String {
        let values: BTreeSet<&EcoString> = self.values.iter().collect();
        if values.len() > 6 || values.len() * 2 > self.values.len() {
            return "String".into();
        }
        values.iter().map(|it| crate::edit::quoted(it)).collect::<Vec<_>>().join(" | ")
    }
}

/// The name of what every cluster has without being asked.
pub(super) const NAME: &str = "name";

/// The facts of a fleet; the first are those that say the most.
pub(super) fn of(worlds: &[World]) -> Vec<Fact> {
    if worlds.len() < 2 {
        return Vec::new();
    }
    let names = worlds.iter().map(|it| it.cluster.name.clone()).collect();
    let mut found = vec![Fact { name: NAME.into(), values: names }];
    let mut add = |name: EcoString, values: Vec<EcoString>| {
        let is_told_apart = values.iter().collect::<BTreeSet<_>>().len() > 1;
        let is_known = found.iter().any(|it| it.values == values || it.name == name);
        let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic()) && !is_reserved(&name);
        if is_told_apart
            && !is_known
            && is_name
            && !["name", "path", "group", "groups", "flux"].contains(&name.as_str())
        {
            found.push(Fact { name, values });
        }
    };
    for (variable, values) in variables(worlds) {
        add(plain(&variable.to_lowercase().replace("_", "-")), values);
    }
    for (name, values) in overlays(worlds) {
        add(name, values);
    }
    // Of facts that tell the same clusters apart, a rule asks for the first: a word says more than a number.
    found.sort_by_key(|it| {
        let is_word =
            |it: &EcoString| it.starts_with(|it: char| it.is_ascii_alphabetic()) && it != "true" && it != "false";
        let is_usual = ["environment", "env", "stage", "tier", "region"].contains(&it.name.as_str());
        (it.name != NAME, !is_usual, !it.values.iter().all(is_word))
    });
    found
}

/// Variables that have one value on each cluster, whichever Kustomization says it.
fn variables(worlds: &[World]) -> BTreeMap<EcoString, Vec<EcoString>> {
    let mut all: BTreeMap<EcoString, Vec<BTreeSet<EcoString>>> = BTreeMap::new();
    for (nth, world) in worlds.iter().enumerate() {
        for unit in world.units.values() {
            let said = unit.spec().pointer("/postBuild/substitute").and_then(Value::as_object);
            for (name, it) in said.into_iter().flatten() {
                let values = all.entry(name.into()).or_insert_with(|| vec![BTreeSet::new(); worlds.len()]);
                if let (Some(slot), Some(it)) = (values.get_mut(nth), it.as_str()) {
                    slot.insert(it.into());
                }
            }
        }
    }
    let one = |it: BTreeSet<EcoString>| if it.len() == 1 { it.into_iter().next() } else { None };
    all.into_iter()
        .filter_map(|(name, it)| Some((name, it.into_iter().map(one).collect::<Option<Vec<_>>>()?)))
        .collect()
}

/// What overlays are called that Kustomizations of one name apply on different clusters: `apps/staging`, `apps/production`.
fn overlays(worlds: &[World]) -> Vec<(EcoString, Vec<EcoString>)> {
    let mut found: Vec<(EcoString, Vec<EcoString>)> = Vec::new();
    let ids: BTreeSet<_> = worlds.iter().flat_map(|it| it.units.keys()).collect();
    for id in ids {
        let dirs: Option<Vec<Vec<&str>>> =
            worlds.iter().map(|it| Some(it.units.get(id)?.dir.as_ref()?.split('/').collect())).collect();
        let Some(dirs) = dirs else { continue };
        let length = dirs.first().map_or(0, Vec::len);
        if dirs.iter().any(|it| it.len() != length) {
            continue;
        }
        for at in 0..length {
            let values: Vec<EcoString> =
                dirs.iter().filter_map(|it| it.get(at).copied()).map(EcoString::from).collect();
            let several: BTreeSet<&EcoString> = values.iter().collect();
            if several.len() > 1 && several.len() < worlds.len() && !found.iter().any(|it| it.1 == values) {
                let is_stage = several.iter().all(|it| STAGES.contains(&it.as_str()));
                let name = if is_stage { "environment".into() } else { eco_format!("overlay") };
                found.push((name, values));
            }
        }
    }
    found
}

/// What stages are usually called.
const STAGES: [&str; 14] = [
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "int",
    "integration",
    "stage",
    "staging",
    "preprod",
    "uat",
    "prod",
    "production",
    "live",
];
