//! What catalogues hold: items with names of their own, each with what it is on every cluster.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::clusters::plain;
use crate::kube::Id;
use crate::source::IndexMap;

/// What a catalogue holds.
pub(super) struct Item {
    pub kind: ItemKind,
    pub name: EcoString,
    pub ids: Vec<Id>,
    /// The block that says it, by cluster.
    pub shapes: BTreeMap<usize, Value>,
    pub file: EcoString,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    Source,
    Addon,
    Namespace,
    Manifest,
    /// All objects of a file.
    File,
}

/// Items by what they are made of, in order.
#[derive(Default)]
pub(super) struct Items {
    found: IndexMap<(ItemKindKey, EcoString), Item>,
}

type ItemKindKey = u8;

impl Items {
    /// The shape of an item on a cluster; `key` tells it from others.
    pub(super) fn add(
        &mut self,
        kind: ItemKind,
        key: &str,
        name: &str,
        id: Option<Id>,
        nth: usize,
        shape: Value,
        file: &EcoString,
    ) {
        let key = (kind as u8, key.into());
        let item = self.found.entry(key).or_insert_with(|| Item {
            kind,
            name: plain(name),
            ids: Vec::new(),
            shapes: BTreeMap::new(),
            file: file.clone(),
        });
        item.ids.extend(id.filter(|it| !item.ids.contains(it)));
        item.shapes.insert(nth, shape);
    }

    /// Each has a name of its own: sources among themselves, namespaces too.
    pub(super) fn finished(self) -> Vec<Item> {
        let mut used: BTreeSet<(u8, EcoString)> = BTreeSet::new();
        let mut items: Vec<(EcoString, Item)> = self.found.into_iter().map(|((_, key), it)| (key, it)).collect();
        items.sort_by_key(|(_, it)| match it.kind {
            ItemKind::Namespace => 0,
            ItemKind::Source => 1,
            ItemKind::Addon => 2,
            ItemKind::File => 3,
            ItemKind::Manifest => 4,
        });
        let mut sources: BTreeMap<EcoString, EcoString> = BTreeMap::new();
        for (key, it) in &mut items {
            let space = match it.kind {
                ItemKind::Source => 0,
                ItemKind::Namespace => 1,
                _ => 2,
            };
            let kind = it.ids.first().map(|it| plain(&it.kind.to_lowercase())).unwrap_or_default();
            let mut name = it.name.clone();
            if matches!(it.kind, ItemKind::Manifest | ItemKind::File) && used.contains(&(space, name.clone())) {
                name = eco_format!("{name}-{kind}");
            }
            let whole = name.clone();
            let mut count = 2;
            while !used.insert((space, name.clone())) {
                name = eco_format!("{whole}-{count}");
                count += 1;
            }
            if it.kind == ItemKind::Source {
                sources.insert(key.clone(), name.clone());
            }
            it.name = name;
        }
        let mut items: Vec<Item> = items.into_iter().map(|it| it.1).collect();
        for shape in items.iter_mut().filter(|it| it.kind == ItemKind::Addon).flat_map(|it| it.shapes.values_mut()) {
            let Some(slot) = shape.get_mut("source") else { continue };
            if let Some(name) = slot.as_str().and_then(|it| sources.get(it)) {
                *slot = name.as_str().into();
            }
        }
        items
    }
}

/// What tells an object from others, whatever else is called so.
pub(super) fn key_of(id: &Id) -> EcoString {
    eco_format!("{} {} {} {}", id.group, id.kind, id.namespace, id.name)
}
