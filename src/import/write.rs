//! The model as sources: `fleet.fleet`, a file for each catalogue, one for the clusters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ecow::{EcoString, eco_format};
use serde_json::{Map, Value, json};

use super::block::{Block, Entry, addon_block, commonest, without};
use super::clusters::{Cluster, Sync, plain};
use super::factor::{self, Change, Changes, Factored};
use super::facts::{Fact, NAME};
use super::items::{Item, ItemKind};
use super::levels::Levels;
use super::model::{Catalogue, Model};
use super::print::entries;
use crate::edit::{key, quoted};
use crate::format;

/// What is the same for all: lowest layers of the fleet.
struct Defaults {
    release: Value,
    kustomization: Value,
    release_in: EcoString,
}

/// What `stdlib/defaults.fleet` says.
fn built_in() -> (Value, Value) {
    let release = json!({
        "interval": "30m",
        "timeout": "5m",
        "install": { "strategy": { "name": "RetryOnFailure", "retryInterval": "5m" } },
        "upgrade": { "crds": "CreateReplace", "strategy": { "name": "RetryOnFailure", "retryInterval": "5m" } },
        "driftDetection": { "mode": "warn" },
    });
    let kustomization = json!({ "interval": "10m", "retryInterval": "2m", "timeout": "5m", "prune": true });
    (release, kustomization)
}

/// Where things are written.
pub(super) struct Layout {
    pub name: EcoString,
    pub common: EcoString,
    pub applications: EcoString,
    pub clusters: EcoString,
}

/// The sources by their paths.
pub(super) fn sources(model: &Model<'_>, levels: &Levels, layout: &Layout) -> BTreeMap<EcoString, String> {
    let defaults = defaults(model);
    let factored = factor::of(model, &defaults.release);
    let mut found = BTreeMap::new();
    for it in &model.catalogues {
        found.insert(eco_format!("catalogues/{}.fleet", it.name), catalogue(model, it, &defaults));
    }
    if !factored.rules.is_empty() {
        found.insert("rules.fleet".into(), rules(&factored));
    }
    // Facts that nothing asks for say nothing.
    let is_used = |it: &&Fact| {
        let read = format!("cluster.{}", it.name);
        let ends = |text: &str, at: usize| {
            !text.get(at + read.len()..).unwrap_or_default().starts_with(|it: char| it.is_alphanumeric() || it == '-')
        };
        it.name != NAME && found.values().any(|text: &String| text.match_indices(&read).any(|it| ends(text, it.0)))
    };
    let facts: Vec<&Fact> = model.facts.iter().filter(is_used).collect();
    found.insert("fleet.fleet".into(), fleet(model, levels, layout, &defaults, &facts));
    for (nth, world) in model.worlds.iter().enumerate() {
        found.insert(eco_format!("fleet/{}.fleet", world.cluster.name), cluster(model, nth, &factored, &facts));
    }
    found.into_iter().map(|(path, text)| (path, format::format(&text).text)).collect()
}

fn defaults(model: &Model<'_>) -> Defaults {
    let addons = || model.catalogues.iter().flat_map(|it| &it.items).filter(|it| it.kind == ItemKind::Addon);
    let releases: Vec<&Value> = addons().flat_map(|it| it.shapes.values()).filter_map(|it| it.get("release")).collect();
    let settings: Vec<Value> = model.catalogues.iter().flat_map(|it| it.settings.values()).map(shared).collect();
    let (release, kustomization) = built_in();
    let mut places: BTreeMap<&EcoString, usize> = BTreeMap::new();
    for it in model.catalogues.iter().filter_map(|it| it.release_in.as_ref()) {
        *places.entry(it).or_default() += 1;
    }
    Defaults {
        // What one release says is its own.
        release: if releases.len() < 2 { release } else { shared_by_releases(&releases) },
        kustomization: if settings.is_empty() {
            kustomization
        } else {
            commonest(&settings.iter().collect::<Vec<_>>())
        },
        release_in: places.into_iter().max_by_key(|it| it.1).map_or_else(|| "flux-system".into(), |it| it.0.clone()),
    }
}

/// The fields that releases may share: not what is about one chart.
fn shared_by_releases(all: &[&Value]) -> Value {
    let own = ["valuesFrom", "postRenderers", "storageNamespace", "chart", "kubeConfig"];
    let all: Vec<Value> = all.iter().map(|it| without(it, &own)).collect();
    commonest(&all.iter().collect::<Vec<_>>())
}

/// The settings that catalogues may share: not their names, nor what only they replace.
fn shared(settings: &Value) -> Value {
    let own = ["name", "namespace", "metadata", "postBuild", "wait", "healthChecks", "healthCheckExprs"];
    let all = settings.as_object().into_iter().flatten();
    Value::Object(
        all.filter(|(key, _)| !own.contains(&key.as_str())).map(|(key, it)| (key.clone(), it.clone())).collect(),
    )
}

fn fleet(model: &Model<'_>, levels: &Levels, layout: &Layout, defaults: &Defaults, facts: &[&Fact]) -> String {
    let mut out = format!("fleet {} {{\n", key(&plain(&layout.name)));
    let clusters = || model.worlds.iter().map(|it| &it.cluster);
    let git = || clusters().filter(|it| it.sync.kind == "GitRepository");
    if let Some(it) = most(git().filter_map(|it| it.repository.clone())) {
        let _ = writeln!(out, "repository = {}", quoted(&it));
    }
    if let Some(it) = most(git().filter_map(|it| it.branch.clone())).filter(|it| it != "main") {
        let _ = writeln!(out, "branch = {}", quoted(&it));
    }
    if let Some(it) = most(clusters().filter_map(|it| it.flux.as_ref().map(supported))) {
        let _ = writeln!(out, "flux = {}", quoted(&it));
    }
    if defaults.release_in != "flux-system" {
        let _ = writeln!(out, "release-in = {}", quoted(&defaults.release_in));
    }
    if levels.order_is_written {
        out.push_str("order = \"written\"\n");
    }
    if let Some(it) = most(clusters().map(|it| sync(&it.sync))) {
        let _ = writeln!(out, "{it}");
    }
    if !facts.is_empty() {
        out.push_str("facts {\n");
        for it in facts {
            let _ = writeln!(out, "    {}: {}", key(&it.name), it.written_type());
        }
        out.push_str("}\n");
    }
    let mut places = Map::new();
    for (name, place, usual) in [
        ("common", &layout.common, "common"),
        ("applications", &layout.applications, "applications"),
        ("clusters", &layout.clusters, "clusters"),
    ] {
        if place != usual {
            places.insert(name.into(), place.as_str().into());
        }
    }
    let (release, kustomization) = built_in();
    for (name, block) in [
        ("output", Block::of(&places.into())),
        ("kustomization", Block::between(&kustomization, &defaults.kustomization)),
        ("release", Block::between(&release, &defaults.release)),
    ] {
        named_block(name, &block, &mut out);
    }
    out.push_str("}\n");
    let externals: BTreeSet<&EcoString> = levels.externals.iter().chain(&model.externals).collect();
    if !externals.is_empty() {
        out.push_str("\n// What is there already, and made by nothing below.\n");
    }
    for it in externals {
        let _ = writeln!(out, "{it}");
    }
    out
}

/// The version that is asked for: those that are known begin with 2.3.
fn supported(version: &EcoString) -> EcoString {
    let minor: u8 = version.trim_start_matches("2.").parse().unwrap_or(3);
    eco_format!("2.{}", minor.clamp(3, 9))
}

fn sync(sync: &Sync) -> EcoString {
    let usual = Sync::default();
    let mut parts = Vec::new();
    for (name, it, usual) in [
        ("kind", &sync.kind, &usual.kind),
        ("name", &sync.name, &usual.name),
        ("namespace", &sync.namespace, &usual.namespace),
        ("root", &sync.root, &usual.root),
    ] {
        if it != usual {
            parts.push(format!("{name} = {}", quoted(it)));
        }
    }
    parts.push("gate = false".into());
    eco_format!("sync {{ {} }}", parts.join(", "))
}

fn most<T: Ord + Clone>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for it in all {
        *counts.entry(it).or_default() += 1;
    }
    counts.into_iter().max_by_key(|it| it.1).map(|it| it.0)
}

fn named_block(name: &str, block: &Block, out: &mut String) {
    if !block.is_empty() {
        let mut whole = Block::default();
        whole.0.insert(name.into(), Entry::Amend(block.clone()));
        entries(&whole, 1, out);
    }
}

/// What a catalogue says of itself on most clusters.
fn base_settings(it: &Catalogue) -> Value {
    commonest(&it.settings.values().collect::<Vec<_>>())
}

fn base_after(it: &Catalogue) -> Vec<EcoString> {
    let mut all = it.after.values();
    let first = all.next().cloned().unwrap_or_default();
    all.fold(first, |kept, other| kept.into_iter().filter(|it| other.contains(it)).collect())
}

fn base_of(item: &Item) -> Value {
    commonest(&item.shapes.values().collect::<Vec<_>>())
}

fn catalogue(_: &Model<'_>, it: &Catalogue, defaults: &Defaults) -> String {
    let mut out = format!("/// What `{}` applies from {}.\n", it.unit.1, listed(&it.from));
    let _ = writeln!(out, "catalogue {} {{", key(&it.name));
    let after = base_after(it);
    if !after.is_empty() {
        let _ = writeln!(out, "after = [{}]", after.join(", "));
    }
    if let Some(place) = it.release_in.as_ref().filter(|it| **it != defaults.release_in) {
        let _ = writeln!(out, "release-in = {}", quoted(place));
    }
    named_block("kustomization", &Block::between(&defaults.kustomization, &base_settings(it)), &mut out);
    for item in &it.items {
        write_item(item, defaults, &mut out);
    }
    out.push_str("}\n");
    out
}

fn listed(all: &[EcoString]) -> String {
    all.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

fn write_item(item: &Item, defaults: &Defaults, out: &mut String) {
    let base = base_of(item);
    let name = key(&item.name);
    match item.kind {
        ItemKind::File => {
            let path = item.shapes.values().next().and_then(Value::as_str).unwrap_or_default();
            let _ = writeln!(out, "manifest {name} = yaml({})", quoted(path));
        }
        ItemKind::Namespace => {
            let _ = writeln!(out, "namespace {name} {{");
            entries(&Block::of(&base), 2, out);
            out.push_str("}\n");
        }
        ItemKind::Manifest => {
            let _ = writeln!(out, "manifest {name} {{");
            entries(&Block::of(&base), 2, out);
            out.push_str("}\n");
        }
        ItemKind::Source => {
            let text = |key: &str| base.get(key).and_then(Value::as_str).unwrap_or_default();
            let _ = write!(out, "source {name} = {} {}", text("provider"), quoted(text("url")));
            let mut block = Block::of(&without(&base, &["provider", "url"]));
            // What is nothing in a source was taken away from what the language says.
            block.0.values_mut().filter(|it| **it == Entry::Set(Value::Null)).for_each(|it| *it = Entry::Unset);
            if block.is_empty() {
                out.push('\n');
            } else {
                out.push_str(" {\n");
                entries(&block, 2, out);
                out.push_str("}\n");
            }
        }
        ItemKind::Addon => {
            let _ = writeln!(out, "addon {name} {{");
            addon(&addon_block(&Value::Object(Map::new()), &base, &defaults.release), out);
            out.push_str("}\n");
        }
    }
}

/// The entries of an add-on: names stand without quotes.
fn addon(block: &Block, out: &mut String) {
    let mut block = block.clone();
    if let Some(Entry::Set(Value::String(it))) = block.0.get("source").cloned() {
        let _ = writeln!(out, "    source = {}", key(&it));
        block.0.shift_remove("source");
    }
    if let Some(Entry::Set(Value::Array(all))) = block.0.get("requires").cloned() {
        let names: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
        let _ = writeln!(out, "    requires = [{}]", names.join(", "));
        block.0.shift_remove("requires");
    }
    entries(&block, 2, out);
}

/// Overrides and drops.
fn changes(all: &Changes, out: &mut String) {
    let dropped: Vec<&str> = all.iter().filter(|(_, it)| it.0 == Change::Drop).map(|it| it.0.as_str()).collect();
    for it in dropped {
        let _ = writeln!(out, "drop {it}");
    }
    for (target, (change, is_addon)) in all {
        let Change::Override(block) = change else { continue };
        let _ = writeln!(out, "override {target} {{");
        if *is_addon {
            addon(block, out);
        } else {
            entries(block, 2, out);
        }
        out.push_str("}\n");
    }
}

/// A rule for each value of a fact by which something differs.
fn rules(factored: &Factored) -> String {
    let mut out = String::new();
    for ((fact, value), all) in &factored.rules {
        let name = plain(&eco_format!("{fact}-{value}").to_lowercase());
        let _ = writeln!(out, "rule {} when cluster.{fact} == {} {{", key(&name), quoted(value));
        changes(all, &mut out);
        out.push_str("}\n\n");
    }
    out
}

fn cluster(model: &Model<'_>, nth: usize, factored: &Factored, facts: &[&Fact]) -> String {
    let Some(world) = model.worlds.get(nth) else { return String::new() };
    let of: &Cluster = &world.cluster;
    let mut out = format!("/// What `{}` reads.\ncluster {} {{\n", of.dir, key(&of.name));
    let _ = writeln!(out, "path = {}", quoted(&of.dir));
    for it in facts {
        if let Some(value) = it.values.get(nth) {
            let _ = writeln!(out, "{} = {}", key(&it.name), quoted(value));
        }
    }
    let clusters = || model.worlds.iter().map(|it| &it.cluster);
    if let Some(own) = of.flux.as_ref().map(supported)
        && most(clusters().filter_map(|it| it.flux.as_ref().map(supported))).as_ref() != Some(&own)
    {
        let _ = writeln!(out, "flux = {}", quoted(&own));
    }
    if most(clusters().map(|it| sync(&it.sync))) != Some(sync(&of.sync)) {
        let _ = writeln!(out, "{}", sync(&of.sync));
    }
    let has = |it: &&Catalogue| it.on.contains(&nth);
    let (mut plain_uses, mut uses) = (Vec::new(), String::new());
    for it in model.catalogues.iter().filter(has) {
        let own = Block::between(&base_settings(it), it.settings.get(&nth).unwrap_or(&Value::Null));
        let base = base_after(it);
        let after: Vec<&EcoString> = it.after.get(&nth).into_iter().flatten().filter(|it| !base.contains(it)).collect();
        if own.is_empty() && after.is_empty() {
            plain_uses.push(key(&it.name));
        } else {
            let _ = writeln!(uses, "use {} {{", key(&it.name));
            if !after.is_empty() {
                let names: Vec<&str> = after.iter().map(|it| it.as_str()).collect();
                let _ = writeln!(uses, "    after = [{}]", names.join(", "));
            }
            entries(&own, 2, &mut uses);
            uses.push_str("}\n");
        }
    }
    if !plain_uses.is_empty() {
        let _ = writeln!(out, "use {}", plain_uses.join(", "));
    }
    out.push_str(&uses);
    if let Some(all) = factored.clusters.get(&nth) {
        changes(all, &mut out);
    }
    out.push_str("}\n");
    out
}
