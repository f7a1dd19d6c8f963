//! The repository as catalogues: what all clusters have under one name, side by side.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use serde_json::{Map, Value};

use super::addon::{self, Release};
use super::clusters::plain;
use super::facts::{self, Fact};
use super::items::{Item, ItemKind, Items, key_of};
use super::levels::{Level, Levels};
use super::template;
use super::world::{Unit, UnitId, World};
use crate::flux::BUILT_IN_NAMESPACES;
use crate::kube::Id;
use crate::kustomize::Resource;
use crate::schema::{self, Minor, NEWEST, OLDEST};
use crate::source::{IndexMap, IndexSet};

/// What is written.
pub(super) struct Model<'a> {
    pub worlds: &'a [World],
    pub catalogues: Vec<Catalogue>,
    /// Catalogues by the Kustomizations that they are made of, and the cluster.
    pub names: Names,
    /// What tells clusters apart, as far as something is said by it.
    pub facts: Vec<Fact>,
    /// Releases that add-ons wait for and that are none.
    pub externals: BTreeSet<EcoString>,
}

/// What identifies an add-on: it is the same for all clusters, or an override says it.
const OF_ADDON: [&str; 6] = ["source", "chart", "version", "namespace", "requires", "release-name"];

/// What identifies an object.
const OF_MANIFEST: [&str; 4] = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/// What catalogues are called.
pub(super) type Names = IndexMap<(UnitId, usize), EcoString>;

/// A Flux Kustomization of some clusters, as a catalogue.
pub(super) struct Catalogue {
    pub unit: UnitId,
    pub name: EcoString,
    /// Which clusters have it.
    pub on: Vec<usize>,
    pub items: Vec<Item>,
    /// The fields of its Kustomization, by cluster.
    pub settings: BTreeMap<usize, Value>,
    /// What it comes after, by cluster, as an author names it.
    pub after: BTreeMap<usize, Vec<EcoString>>,
    /// Where its releases live.
    pub release_in: Option<EcoString>,
    /// The directories and files that it is made of.
    pub from: Vec<EcoString>,
}

impl<'a> Model<'a> {
    pub(super) fn new(worlds: &'a [World], levels: &Levels) -> Self {
        // Those that have nothing in common on different clusters are catalogues of their own.
        let mut taken: IndexMap<(UnitId, Option<usize>), Vec<usize>> = IndexMap::default();
        for (nth, world) in worlds.iter().enumerate() {
            for id in world.units.keys().filter(|it| !levels.left.contains_key(*it)) {
                let of = levels.separate.contains(id).then_some(nth);
                taken.entry((id.clone(), of)).or_default().push(nth);
            }
        }
        let names = names(worlds, &taken);
        let made =
            |((unit, _), on): (&(UnitId, Option<usize>), &Vec<usize>)| catalogue(worlds, levels, &names, unit, on);
        let catalogues = taken.iter().map(made).collect();
        let facts = if levels.has_facts { facts::of(worlds) } else { Vec::new() };
        let mut model = Self { worlds, catalogues, names, facts, externals: BTreeSet::new() };
        model.put_facts();
        model.name_requirements();
        model.declare_kustomizations();
        model.declare_namespaces();
        model
    }

    /// Puts facts into texts.
    fn put_facts(&mut self) {
        for catalogue in &mut self.catalogues {
            template::put(&mut catalogue.settings, &self.facts, &["name", "namespace"]);
            for item in &mut catalogue.items {
                match item.kind {
                    ItemKind::Addon => template::put(&mut item.shapes, &self.facts, &OF_ADDON),
                    ItemKind::Manifest => template::put(&mut item.shapes, &self.facts, &OF_MANIFEST),
                    ItemKind::Namespace => template::put(&mut item.shapes, &self.facts, &[]),
                    ItemKind::File | ItemKind::Source => {}
                }
            }
        }
    }

    /// Kustomizations that stay as they are, where catalogues come after them.
    fn declare_kustomizations(&mut self) {
        for (nth, world) in self.worlds.iter().enumerate() {
            let flux = &world.cluster.sync.namespace;
            for catalogue in self.catalogues.iter().filter(|it| it.on.contains(&nth)) {
                let Some(unit) = world.units.get(&catalogue.unit) else { continue };
                for (id, _) in depends_on(unit, flux).filter(|(id, _)| !is_root(world, id)) {
                    if !self.names.contains_key(&(id.clone(), nth)) {
                        self.externals.insert(eco_format!("external Kustomization {}", external(&id, flux)));
                    }
                }
            }
        }
    }

    /// Namespaces that releases and sources live in and that no catalogue makes: nothing is to make them from now on either.
    fn declare_namespaces(&mut self) {
        let mut made: BTreeSet<(usize, &str)> = BTreeSet::new();
        for it in self.catalogues.iter().flat_map(|it| &it.items) {
            let namespaces = it.ids.iter().filter(|it| it.kind == "Namespace" && it.group.is_empty());
            made.extend(namespaces.flat_map(|id| it.shapes.keys().map(move |nth| (*nth, id.name.as_str()))));
        }
        let mut found = BTreeSet::new();
        for it in self.catalogues.iter().flat_map(|it| &it.items) {
            for (nth, shape) in &it.shapes {
                let own = match it.kind {
                    ItemKind::Addon => Some(shape.get("namespace").and_then(Value::as_str).unwrap_or(&it.name)),
                    ItemKind::Source => shape.get("namespace").and_then(Value::as_str),
                    _ => None,
                };
                let flux = self.worlds.get(*nth).map(|it| it.cluster.sync.namespace.as_str());
                let is_there = |it: &&str| BUILT_IN_NAMESPACES.contains(it) || Some(*it) == flux;
                let missing = own.filter(|it| !made.contains(&(*nth, *it)) && !is_there(it));
                found.extend(missing.map(|it| eco_format!("external Namespace {}", crate::edit::key(it))));
            }
        }
        for catalogue in &self.catalogues {
            for (nth, settings) in &catalogue.settings {
                let own = settings.get("namespace").and_then(Value::as_str);
                let missing = own.filter(|it| !made.contains(&(*nth, *it)) && !BUILT_IN_NAMESPACES.contains(it));
                found.extend(missing.map(|it| eco_format!("external Namespace {}", crate::edit::key(it))));
            }
        }
        self.externals.extend(found);
    }

    /// What add-ons wait for, by the names that it has in the language.
    fn name_requirements(&mut self) {
        let mut addons: BTreeMap<(usize, EcoString), EcoString> = BTreeMap::new();
        for catalogue in &self.catalogues {
            for it in catalogue.items.iter().filter(|it| it.kind == ItemKind::Addon) {
                let name = eco_format!("{}.{}", crate::edit::key(&catalogue.name), crate::edit::key(&it.name));
                for (nth, id) in it.shapes.keys().flat_map(|nth| it.ids.iter().map(move |id| (*nth, id))) {
                    addons.insert((nth, eco_format!("{}/{}", id.namespace, id.name)), name.clone());
                }
            }
        }
        for it in self.catalogues.iter_mut().flat_map(|it| it.items.iter_mut()) {
            for (nth, shape) in &mut it.shapes {
                let flux = self.worlds.get(*nth).map(|it| it.cluster.sync.namespace.clone()).unwrap_or_default();
                let mut named = |of: &str| {
                    if let Some(it) = addons.get(&(*nth, of.into())) {
                        return it.clone();
                    }
                    let (namespace, name) = of.split_once('/').unwrap_or_default();
                    let name = external(&(namespace.into(), name.into()), &flux);
                    self.externals.insert(eco_format!("external HelmRelease {name}"));
                    name
                };
                if it.kind != ItemKind::Addon {
                    continue;
                }
                for slot in shape.get_mut("requires").and_then(Value::as_array_mut).into_iter().flatten() {
                    *slot = named(slot.as_str().unwrap_or_default()).as_str().into();
                }
                if let Some(Value::Object(all)) = shape.get_mut("ready-when") {
                    *all = std::mem::take(all).into_iter().map(|(of, it)| (named(&of).to_string(), it)).collect();
                }
            }
        }
    }
}

/// Each as it is called; with its namespace or its cluster where that is not enough.
fn names(worlds: &[World], taken: &IndexMap<(UnitId, Option<usize>), Vec<usize>>) -> Names {
    // What all share has a place of that name.
    let mut used: IndexSet<EcoString> = std::iter::once("sources".into()).collect();
    let mut found = IndexMap::default();
    for ((unit, of), on) in taken {
        let is_alone = taken.keys().all(|(it, _)| it.1 != unit.1 || it == unit);
        let mut name = plain(&if is_alone { unit.1.clone() } else { eco_format!("{}-{}", unit.0, unit.1) });
        if let Some(world) = of.and_then(|it| worlds.get(it)) {
            name = eco_format!("{name}-{}", world.cluster.name);
        }
        while !used.insert(name.clone()) {
            name = eco_format!("{name}-2");
        }
        found.extend(on.iter().map(|nth| ((unit.clone(), *nth), name.clone())));
    }
    found
}

fn catalogue(worlds: &[World], levels: &Levels, names: &Names, id: &UnitId, on: &[usize]) -> Catalogue {
    let name = on.first().and_then(|nth| names.get(&(id.clone(), *nth))).cloned().unwrap_or_default();
    let units: Vec<(usize, &World, &Unit)> = on
        .iter()
        .filter_map(|nth| {
            let world = worlds.get(*nth)?;
            Some((*nth, world, world.units.get(id)?))
        })
        .collect();
    let mut items = Items::default();
    let mut releases: Vec<Release> = Vec::new();
    for (nth, world, unit) in &units {
        let objects: Vec<&Resource> = unit.objects.iter().flatten().collect();
        releases.extend(addon::releases(world, unit, id, &objects, levels, *nth));
    }
    let release_in = addon::release_in(&releases);
    let is_typed = |it: &Release| addon::lives_in(it, release_in.as_deref());
    // A release that is one on some clusters alone, or lives elsewhere, is a manifest on all.
    let odd: BTreeSet<Id> = releases.iter().filter(|it| !is_typed(it)).map(|it| it.id.clone()).collect();
    releases.retain(|it| !odd.contains(&it.id));
    let typed: BTreeSet<Id> = releases.iter().flat_map(Release::takes).collect();
    for it in &releases {
        it.add_to(&mut items);
    }
    let whole = whole_files(&units, levels, id, &typed);
    for (nth, world, unit) in &units {
        for it in unit.objects.iter().flatten().filter(|it| !typed.contains(&it.id())) {
            let is_whole = whole.contains(&it.file);
            object(&mut items, it, *nth, is_whole, (levels.of(id, &it.id()), minor(world)));
        }
    }
    let is_waited_for = is_waited_for(worlds, names, id);
    let settings =
        units.iter().map(|(nth, world, unit)| (*nth, settings(world, unit, &name, id, is_waited_for))).collect();
    let after = units.iter().map(|(nth, world, unit)| (*nth, after(world, unit, *nth, names))).collect();
    let from: IndexSet<EcoString> = units.iter().filter_map(|(_, _, it)| it.dir.clone()).collect();
    Catalogue {
        unit: id.clone(),
        name,
        on: on.to_vec(),
        items: items.finished(),
        settings,
        after,
        release_in,
        from: from.into_iter().collect(),
    }
}

/// Files all of whose objects are applied as they are, on every cluster that has the Kustomization.
fn whole_files(
    units: &[(usize, &World, &Unit)],
    levels: &Levels,
    id: &UnitId,
    typed: &BTreeSet<Id>,
) -> BTreeSet<EcoString> {
    let mut found: BTreeMap<EcoString, bool> = BTreeMap::new();
    for (_, world, unit) in units {
        for it in unit.objects.iter().flatten() {
            let own = it.id();
            let has_words = typed.contains(&own) || (own.kind == "Namespace" && own.group.is_empty());
            let is_written = !it.is_changed && !it.is_generated && newer(it, minor(world)).is_none();
            // kustomize gives a namespace to all that it does not know.
            let is_placed = !own.namespace.is_empty() || it.namespace().is_empty();
            let is_plain = is_written && is_placed && !has_words && levels.of(id, &own) == Level::Typed;
            *found.entry(it.file.clone()).or_insert(true) &= is_plain;
        }
    }
    // A document that a patch took away is in the file yet.
    let count = |unit: &Unit, file: &EcoString| unit.objects.iter().flatten().filter(|it| it.file == *file).count();
    let is_whole = |file: &EcoString| {
        let counts: BTreeSet<usize> = units.iter().map(|it| count(it.2, file)).filter(|it| *it > 0).collect();
        counts.len() == 1
    };
    found.into_iter().filter(|(file, plain)| *plain && is_whole(file)).map(|it| it.0).collect()
}

fn object(items: &mut Items, it: &Resource, nth: usize, is_whole: bool, (level, flux): (Level, Minor)) {
    let id = it.id();
    let stem = it.file.rsplit('/').next().and_then(|it| it.rsplit_once('.')).map_or("", |it| it.0);
    if is_whole {
        let shape = Value::String(it.file.to_string());
        items.add(ItemKind::File, &it.file, stem, Some(id), nth, shape, &it.file);
        return;
    }
    let key = key_of(&id);
    if id.kind == "Namespace" && id.group.is_empty() && level < Level::Manifest {
        let metadata = it.body.get("metadata").cloned().unwrap_or_default();
        let mut shape = Map::new();
        for part in ["labels", "annotations"] {
            if let Some(it) = metadata.get(part) {
                shape.insert(part.into(), it.clone());
            }
        }
        let is_plain = it.body.get("spec").is_none()
            && metadata
                .as_object()
                .is_some_and(|it| it.keys().all(|it| ["name", "labels", "annotations"].contains(&it.as_str())));
        if is_plain {
            items.add(ItemKind::Namespace, &key, &id.name, Some(id.clone()), nth, shape.into(), &it.file);
            return;
        }
    }
    let mut body = it.body.clone();
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut).filter(|_| id.namespace.is_empty())
    {
        // kustomize gives one to all that it does not know.
        metadata.remove("namespace");
    }
    if let (Some(version), Some(map)) = (newer(it, flux), body.as_object_mut()) {
        map.insert("apiVersion".into(), version.into());
        // Flux 2 knows it no longer, and ignored it before.
        if let Some(spec) = map.get_mut("spec").and_then(Value::as_object_mut).filter(|_| id.kind == "Kustomization") {
            spec.remove("validation");
        }
    }
    items.add(ItemKind::Manifest, &key, &id.name, Some(id.clone()), nth, body, &it.file);
}

/// The version of a kind of Flux that every Flux serves, where an object asks for one that none does any longer.
fn newer(it: &Resource, flux: Minor) -> Option<String> {
    let (group, version) = it.api_version();
    let is_old = schema::is_flux_kind(&group, it.kind())
        && schema::served(&group, it.kind(), &version).is_none_or(|it| it.1 < flux);
    if is_old { schema::api_version(it.kind(), flux, flux) } else { None }
}

/// Whether a catalogue comes after it on some cluster.
fn is_waited_for(worlds: &[World], names: &Names, id: &UnitId) -> bool {
    worlds.iter().enumerate().any(|(nth, world)| {
        let waits = |it: &Unit| depends_on(it, &world.cluster.sync.namespace).any(|(of, _)| of == *id);
        world.units.iter().any(|(of, it)| names.contains_key(&(of.clone(), nth)) && waits(it))
    })
}

/// Fields of a Kustomization that the language makes itself.
const OWN: [&str; 9] = [
    "path",
    "sourceRef",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "dependsOn",
    "targetNamespace",
    "images",
    "components",
];

fn settings(world: &World, unit: &Unit, name: &EcoString, id: &UnitId, is_waited_for: bool) -> Value {
    let mut found = unit.spec().as_object().cloned().unwrap_or_default();
    for key in OWN.into_iter().chain(["validation"]) {
        found.remove(key);
    }
    if unit.is_replaced {
        found.remove("postBuild");
    }
    if found.get("suspend") == Some(&Value::Bool(false)) {
        found.remove("suspend");
    }
    if found.get("wait") == Some(&Value::Bool(true)) {
        // Flux ignores them then.
        found.remove("healthChecks");
    }
    if is_waited_for && !found.contains_key("healthChecks") {
        found.entry("wait").or_insert(Value::Bool(false));
    }
    let mut metadata = Map::new();
    for part in ["labels", "annotations"] {
        let Some(Value::Object(all)) = unit.resource.body.pointer(&format!("/metadata/{part}")) else { continue };
        let kept: Map<String, Value> = all
            .iter()
            .filter(|(key, _)| {
                !key.starts_with("kustomize.toolkit.fluxcd.io/substitute") && !key.starts_with("config.kubernetes.io/")
            })
            .map(|(key, it)| (key.clone(), it.clone()))
            .collect();
        if !kept.is_empty() {
            metadata.insert(part.into(), kept.into());
        }
    }
    if !metadata.is_empty() {
        found.insert("metadata".into(), metadata.into());
    }
    if id.0 != world.cluster.sync.namespace {
        found.insert("namespace".into(), id.0.as_str().into());
    }
    if id.1 != *name {
        found.insert("name".into(), id.1.as_str().into());
    }
    found.into()
}

/// What a Kustomization waits for, and the condition.
pub(super) fn depends_on(unit: &Unit, flux: &EcoString) -> impl Iterator<Item = (UnitId, Option<EcoString>)> {
    let own = if unit.resource.namespace().is_empty() { flux.clone() } else { unit.resource.namespace().into() };
    unit.spec().get("dependsOn").and_then(Value::as_array).into_iter().flatten().filter_map(move |it| {
        let text = |key: &str| it.get(key).and_then(Value::as_str).map(EcoString::from);
        Some(((text("namespace").unwrap_or_else(|| own.clone()), text("name")?), text("readyExpr")))
    })
}

fn after(world: &World, unit: &Unit, nth: usize, names: &Names) -> Vec<EcoString> {
    let sync = &world.cluster.sync;
    depends_on(unit, &sync.namespace)
        // The root holds what it applies, anyway.
        .filter(|(id, _)| !is_root(world, id))
        .map(|(id, _)| {
            let known = names.get(&(id.clone(), nth)).cloned();
            known.unwrap_or_else(|| external(&id, &sync.namespace))
        })
        .collect()
}

fn is_root(world: &World, id: &UnitId) -> bool {
    let sync = &world.cluster.sync;
    id.1 == sync.root && id.0 == sync.namespace
}

/// What an object is called that is declared external.
pub(super) fn external((namespace, name): &UnitId, flux: &EcoString) -> EcoString {
    let name = crate::edit::key(name);
    if namespace == flux { name.into() } else { eco_format!("{}.{name}", crate::edit::key(namespace)) }
}

/// The Flux of a cluster; the newest where it is not known.
pub(super) fn minor(world: &World) -> Minor {
    let known = world.cluster.flux.as_deref().and_then(Minor::parse);
    known.map_or(NEWEST, |it| it.clamp(OLDEST, NEWEST))
}
