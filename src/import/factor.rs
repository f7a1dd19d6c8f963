//! What clusters have otherwise than their catalogues: by a fact where that says it, else by the cluster.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::block::{Block, Entry, addon_block, commonest};
use super::facts::{Fact, NAME};
use super::items::{Item, ItemKind};
use super::model::{Catalogue, Model};
use crate::edit::key;
use crate::source::IndexMap;

/// What is done to an item.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    Drop,
    Override(Block),
}

/// Changes by the item that they are about, as `override` and `drop` name it.
pub(super) type Changes = IndexMap<EcoString, (Change, bool)>;

/// All changes of a fleet.
#[derive(Default)]
pub(super) struct Factored {
    /// By the fact and its value.
    pub rules: IndexMap<(EcoString, EcoString), Changes>,
    pub clusters: BTreeMap<usize, Changes>,
}

/// A value somewhere in a block, or that the item is not there.
type Leaf = Option<Entry>;

/// Clusters of three and more have rules; of two, each says what it has.
const LEAST: usize = 3;

pub(super) fn of(model: &Model<'_>, release: &Value) -> Factored {
    let mut found = Factored::default();
    for catalogue in &model.catalogues {
        for item in catalogue.items.iter().filter(|it| it.kind != ItemKind::Source || it.shapes.len() > 1) {
            of_item(model, catalogue, item, release, &mut found);
        }
    }
    found.rules.sort_keys();
    found
}

fn of_item(model: &Model<'_>, catalogue: &Catalogue, item: &Item, release: &Value, found: &mut Factored) {
    let target = match item.kind {
        ItemKind::Source => eco_format!("source {}", key(&item.name)),
        ItemKind::Namespace => eco_format!("namespace {}", key(&item.name)),
        _ => eco_format!("{}.{}", key(&catalogue.name), key(&item.name)),
    };
    let dropped = eco_format!("{}.{}", key(&catalogue.name), key(&item.name));
    let base = commonest(&item.shapes.values().collect::<Vec<_>>());
    let mut leaves: IndexMap<Vec<String>, BTreeMap<usize, Leaf>> = IndexMap::default();
    for nth in &catalogue.on {
        let Some(shape) = item.shapes.get(nth) else {
            if item.kind != ItemKind::Source {
                leaves.entry(Vec::new()).or_default().insert(*nth, None);
            }
            continue;
        };
        if item.kind == ItemKind::File || *shape == base {
            continue;
        }
        let block = match item.kind {
            ItemKind::Addon => addon_block(&base, shape, release),
            _ => Block::between(&base, shape),
        };
        flatten(&block, &mut Vec::new(), &mut |path, entry| {
            leaves.entry(path.to_vec()).or_default().insert(*nth, Some(entry.clone()));
        });
    }
    let is_addon = item.kind == ItemKind::Addon;
    for (path, on) in leaves {
        let name = if path.is_empty() { &dropped } else { &target };
        match rule_for(model, catalogue, item, &on) {
            Some((fact, by_value)) => {
                for (value, leaf) in by_value {
                    let changes = found.rules.entry((fact.name.clone(), value)).or_default();
                    put(changes, name, &path, leaf, is_addon);
                }
            }
            None => {
                for (nth, leaf) in on {
                    put(found.clusters.entry(nth).or_default(), name, &path, leaf, is_addon);
                }
            }
        }
    }
}

/// The fact that says a leaf: clusters with one value of it say the same, and there are fewer values than clusters.
fn rule_for<'a>(
    model: &'a Model<'_>,
    catalogue: &Catalogue,
    item: &Item,
    on: &BTreeMap<usize, Leaf>,
) -> Option<(&'a Fact, Vec<(EcoString, Leaf)>)> {
    if model.worlds.len() < LEAST || on.len() < 2 {
        return None;
    }
    // An address says what a cluster has, not what it is.
    let is_word =
        |it: &EcoString| it.len() <= 24 && it.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
    let facts = model.facts.iter().filter(|it| it.name != NAME && it.values.iter().all(is_word));
    let said = facts.filter_map(|fact| {
        let mut by_value = Vec::new();
        for (value, clusters) in fact.groups() {
            // Clusters that have no such catalogue, or no such item, are no matter.
            let is_about = |it: &&usize| {
                catalogue.on.contains(it) && (item.shapes.contains_key(it) || on.get(it).is_some_and(Option::is_none))
            };
            let mut leaves = clusters.iter().filter(is_about).map(|it| on.get(it));
            let Some(first) = leaves.next() else { continue };
            if leaves.any(|it| it != first) {
                return None;
            }
            by_value.extend(first.map(|it| (value.clone(), it.clone())));
        }
        (by_value.len() < on.len()).then_some((fact, by_value))
    });
    said.min_by_key(|it| it.1.len())
}

fn flatten(block: &Block, path: &mut Vec<String>, each: &mut impl FnMut(&[String], &Entry)) {
    for (key, entry) in &block.0 {
        path.push(key.clone());
        match entry {
            Entry::Amend(inner) => flatten(inner, path, each),
            it => each(path, it),
        }
        path.pop();
    }
}

fn put(changes: &mut Changes, name: &EcoString, path: &[String], leaf: Leaf, is_addon: bool) {
    let Some(entry) = leaf else {
        changes.insert(name.clone(), (Change::Drop, is_addon));
        return;
    };
    let slot = changes.entry(name.clone()).or_insert_with(|| (Change::Override(Block::default()), is_addon));
    if let Change::Override(block) = &mut slot.0 {
        insert(block, path, entry);
    }
}

fn insert(block: &mut Block, path: &[String], entry: Entry) {
    match path {
        [] => {}
        [last] => {
            block.0.insert(last.clone(), entry);
        }
        [first, rest @ ..] => {
            let slot = block.0.entry(first.clone()).or_insert_with(|| Entry::Amend(Block::default()));
            if let Entry::Amend(inner) = slot {
                insert(inner, rest, entry);
            }
        }
    }
}
