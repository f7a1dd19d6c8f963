//! The objects of a cluster as they end up there, and what is known of somebody else's.

use std::sync::Arc;

use ecow::EcoString;

use super::selector::Selector;
use crate::flux::{self, Deployed, Unit};
use crate::kube::object::{remove, split_api_version};
use crate::kube::{Id, Object, Substitution};
use crate::names;
use crate::source::{Db, IndexMap};
use crate::value::{Node, Overridden, Path, Value};

/// An object, and what applies it.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The Kustomization; none for what the cluster's root holds.
    pub unit: Option<EcoString>,
    pub object: Object,
    /// What the object would be called on a cluster with a Flux of its own: on a hub it has another name.
    pub called: Id,
    /// The object before Flux substitutes variables, and which those are.
    unsubstituted: Option<(Object, Substitution)>,
    /// Whether it is in a directory of somebody else's: then the body is what patches say.
    pub is_patched: bool,
}

impl Placed {
    /// The name by which a selector means the object, and the path that it has behind it.
    pub(super) fn selected<'a>(&'a self, selector: &'a Selector) -> Option<(&'a Id, &'a str)> {
        let mut ids = [&self.called, &self.object.id].into_iter();
        ids.find_map(|it| Some((it, selector.path_in(it)?)))
    }

    /// The variables in a text of the object, each with its value.
    pub(super) fn variables(&self, path: &Path) -> Vec<(EcoString, Node)> {
        let Some((object, substitution)) = &self.unsubstituted else { return Vec::new() };
        let texts = path.find(&object.body).into_iter().filter_map(|(_, it)| it.text());
        let known = texts.flat_map(|it| substitution.used_in(it));
        known.map(|(name, node)| (name, node.clone())).collect()
    }
}

/// Every object of a cluster, in the order of its Kustomizations.
pub(super) fn placed(deployed: &Deployed) -> Vec<Placed> {
    let own = deployed.objects().map(|(unit, object)| {
        let substitution = unit.and_then(|it| it.substitution.as_ref());
        Placed {
            unit: unit.map(|it| it.name.clone()),
            called: deployed.own_name(&object.id).clone(),
            object: substitution.map_or_else(|| object.clone(), |it| it.applied(object)),
            unsubstituted: substitution.map(|it| (object.clone(), it.clone())),
            is_patched: false,
        }
    });
    own.chain(deployed.units.iter().flat_map(patched)).collect()
}

/// What a unit merges into objects of somebody else's.
pub(super) fn patched(unit: &Unit) -> Vec<Placed> {
    let mut found: IndexMap<Id, Placed> = IndexMap::default();
    for (id, node) in unit.raw_patched() {
        let api_version = node.get("apiVersion").and_then(Node::text).cloned().unwrap_or_default();
        let body = deleting(node.clone());
        let placed = found.entry(id.clone()).or_insert_with(|| Placed {
            unit: Some(unit.name.clone()),
            called: id.clone(),
            object: Object {
                id,
                version: split_api_version(&api_version).1,
                body: Node::new(Value::of_map(IndexMap::default()), node.origin),
                file: EcoString::new(),
                origin: unit.origin,
                raw: None,
                component: None,
                is_checked: true,
            },
            unsubstituted: None,
            is_patched: true,
        });
        put(&mut placed.object.body, &body);
        // It only tells which object is meant.
        remove(&mut placed.object.body, &["apiVersion"]);
    }
    found.into_values().collect()
}

/// What a patch unsets, it writes as null.
fn deleting(mut node: Node) -> Node {
    match &mut node.value {
        Value::Absent => node.value = Value::Null,
        Value::Map(map) => {
            for it in Arc::make_mut(map).entries.values_mut() {
                *it = deleting(it.clone());
            }
        }
        _ => {}
    }
    node
}

/// Merges a higher patch; what it overrides is remembered.
fn put(node: &mut Node, over: &Node) {
    if let (Value::Map(map), Value::Map(other)) = (&mut node.value, &over.value) {
        let map = Arc::make_mut(map);
        for (key, value) in &other.entries {
            match map.entries.get_mut(key) {
                Some(slot) => put(slot, value),
                None => {
                    map.entries.insert(key.clone(), value.clone());
                }
            }
        }
        return;
    }
    let mut new = over.clone();
    new.overrides(Overridden::of(node));
    *node = new;
}

/// Every object of `common/`.
pub(super) fn in_common(db: &dyn Db) -> impl Iterator<Item = &Arc<Object>> {
    let bundles = names::index(db, db.project()).catalogues.values().map(|it| &flux::bundle(db, *it).value);
    bundles.chain(std::iter::once(&flux::shared_sources(db, db.project()).value)).flat_map(|it| &it.objects)
}
