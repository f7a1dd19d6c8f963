//! The difference between an object of the base and what a cluster wants, as
//! the patches that kustomize needs to make one of the other.
//!
//! Facts (kustomize 5.5, measured): a strategic merge deletes what it sets to
//! null, cannot write a null, takes `{}` for "no change", and replaces lists of
//! custom resources whole; lists of built-in kinds it merges by key. A JSON 6902
//! patch whose target matches nothing is silently ignored, a merge without
//! target is not.

use std::sync::Arc;

use ecow::EcoString;

use super::object::{Identity, Object};
use super::problems;
use crate::diagnostic::{Diagnostic, bug};
use crate::schema;
use crate::source::{IndexMap, Origin};
use crate::value::{Node, TemplatePart, Value, same};

/// A patch of one object.
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// Removes the object.
    Delete { object: Identity },
    /// A strategic merge; `body` holds the changed leaves, [`Value::Absent`] for those to delete.
    Merge { object: Identity, body: Node },
    /// JSON 6902 operations, always behind a merge that fails if the object is gone.
    Json { object: Identity, operations: Vec<Operation> },
}

/// `add` of a value, which also replaces one.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    pub path: Vec<EcoString>,
    pub value: Node,
}

/// Removes an object from the build.
#[must_use]
pub fn delete(base: &Object) -> Patch {
    Patch::Delete { object: Identity::of(base) }
}

/// The patches that turn `base` into `wanted`; none if they are equal.
#[must_use]
pub fn patches(base: &Object, wanted: &Object) -> Vec<Patch> {
    if std::ptr::eq(base, wanted) {
        return Vec::new();
    }
    let is_custom =
        schema::scope(&base.id.group, &base.id.kind).is_none() || schema::is_flux_kind(&base.id.group, &base.id.kind);
    let mut differ = Differ { lists_merge: !is_custom, operations: Vec::new(), path: Vec::new() };
    let merge = differ.maps(&base.body, &wanted.body);
    let mut patches = Vec::new();
    if merge.is_some() || !differ.operations.is_empty() {
        let body = merge.unwrap_or_else(|| Node::new(Value::of_map(IndexMap::default()), wanted.origin));
        patches.push(Patch::Merge { object: Identity::of(base), body });
    }
    if !differ.operations.is_empty() {
        patches.push(Patch::Json { object: Identity::of(base), operations: differ.operations });
    }
    patches
}

/// An empty group or namespace in a target means any: another object that the
/// target of a JSON 6902 patch would hit too is an error.
#[must_use]
pub fn ambiguous(patches: &[Patch], base: &[Arc<Object>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for patch in patches {
        let Patch::Json { object, .. } = patch else { continue };
        let hits = |it: &&Arc<Object>| {
            it.version == object.version
                && it.id.kind == object.kind
                && it.id.name == object.name
                && (object.group.is_empty() || it.id.group == object.group)
                && (object.namespace.is_empty() || it.id.namespace == object.namespace)
        };
        let others =
            base.iter().filter(hits).filter(|it| it.id.group != object.group || it.id.namespace != object.namespace);
        found.extend(others.map(|other| problems::ambiguous_patch(object, other)));
    }
    found
}

/// kustomize writes an object that a JSON 6902 patch changes as YAML and reads that back: a text
/// that begins with a tab and has several lines becomes a block that it cannot read (5.5 to
/// 5.8, measured). It is looked for in the whole object, as it is and as it was.
pub fn unreadable(patches: &[Patch], base: &Object, wanted: &Object) -> Option<Diagnostic> {
    if !patches.iter().any(|it| matches!(it, Patch::Json { .. })) {
        return None;
    }
    let at = [wanted, base].into_iter().find_map(|it| tabbed(&it.body))?;
    Some(problems::tabbed_text(&wanted.id, at))
}

/// Where a text or a key begins with a tab and has several lines.
fn tabbed(node: &Node) -> Option<Origin> {
    let breaks = |it: &str| it.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    let is_tabbed = |it: &str| it.starts_with('\t') && breaks(it);
    match &node.value {
        Value::Text(it) => is_tabbed(it).then_some(node.origin),
        Value::PerCluster(it) => match it.parts() {
            [TemplatePart::Text(first), rest @ ..] => {
                let is_tabbed = first.starts_with('\t')
                    && (breaks(first) || rest.iter().any(|it| matches!(it, TemplatePart::Text(it) if breaks(it))));
                is_tabbed.then_some(node.origin)
            }
            _ => None,
        },
        Value::List(it) => it.iter().find_map(tabbed),
        Value::Map(it) => {
            let key = |(key, it): (&EcoString, &Node)| is_tabbed(key).then_some(it.origin).or_else(|| tabbed(it));
            it.entries.iter().find_map(key)
        }
        _ => None,
    }
}

struct Differ {
    /// Built-in kinds: kustomize would merge a list by key.
    lists_merge: bool,
    operations: Vec<Operation>,
    path: Vec<EcoString>,
}

impl Differ {
    /// The merge between two maps; what it cannot say is noted as an operation.
    fn maps(&mut self, base: &Node, wanted: &Node) -> Option<Node> {
        let (Value::Map(old), Value::Map(new)) = (&base.value, &wanted.value) else { bug("an object is not a map") };
        if Arc::ptr_eq(old, new) {
            return None;
        }
        let mark = self.operations.len();
        let mut merge: IndexMap<EcoString, Node> = IndexMap::default();
        for (key, wanted) in &new.entries {
            self.path.push(key.clone());
            if let Some(node) = self.entry(old.entries.get(key), wanted) {
                merge.insert(key.clone(), node);
            }
            self.path.pop();
        }
        let removed: Vec<(&EcoString, &Node)> = old
            .entries
            .iter()
            .filter(|(key, node)| is_written(node) && new.entries.get(*key).is_none_or(|it| !is_written(it)))
            .collect();
        let stays = new.entries.iter().any(|(key, it)| {
            is_written(it) && (merge.contains_key(key) || old.entries.get(key).is_some_and(is_written))
        });
        if !removed.is_empty() && !stays && !self.path.is_empty() {
            // A merge that empties a map removes the map itself, so it is replaced whole.
            self.operations.truncate(mark);
            self.operations.push(Operation { path: self.path.clone(), value: stripped(wanted) });
            return None;
        }
        for (key, _) in removed {
            merge.insert(key.clone(), Node::new(Value::Absent, wanted.origin));
        }
        (!merge.is_empty()).then(|| Node::new(Value::of_map(merge), wanted.origin))
    }

    /// The merge's value at one key, if it needs one.
    fn entry(&mut self, base: Option<&Node>, wanted: &Node) -> Option<Node> {
        let base = base.filter(|it| is_written(it));
        if !is_written(wanted) || base.is_some_and(|it| same_exactly(it, wanted)) {
            return None;
        }
        match (base, &wanted.value) {
            (Some(it), Value::Map(_)) if matches!(it.value, Value::Map(_)) => self.maps(it, wanted),
            (None, Value::Map(map)) if !needs_json(wanted) && !map.entries.is_empty() && !self.lists_merge => {
                Some(stripped(wanted))
            }
            (None, Value::Map(_)) => {
                // The parent may itself be new: then it is added whole, where it is.
                self.operations.push(Operation { path: self.path.clone(), value: stripped(wanted) });
                None
            }
            (_, Value::Null) => {
                self.operations.push(Operation { path: self.path.clone(), value: wanted.clone() });
                None
            }
            (Some(it), Value::Map(_)) if !matches!(it.value, Value::Map(_)) => {
                self.operations.push(Operation { path: self.path.clone(), value: stripped(wanted) });
                None
            }
            (_, Value::List(_)) if self.lists_merge || needs_json(wanted) => {
                self.operations.push(Operation { path: self.path.clone(), value: stripped(wanted) });
                None
            }
            (Some(it), _)
                if matches!(it.value, Value::Map(_) | Value::List(_)) || matches!(wanted.value, Value::List(_)) =>
            {
                if matches!((&it.value, &wanted.value), (Value::List(_), Value::List(_))) {
                    return Some(stripped(wanted));
                }
                self.operations.push(Operation { path: self.path.clone(), value: stripped(wanted) });
                None
            }
            (Some(it), Value::Bool(_) | Value::Int(_) | Value::Float(_)) if matches!(it.value, Value::Text(_)) => {
                // kustomize keeps the base's quotes, and with them the string.
                self.operations.push(Operation { path: self.path.clone(), value: wanted.clone() });
                None
            }
            _ => Some(stripped(wanted)),
        }
    }
}

/// Whether a node appears in a written object.
fn is_written(node: &Node) -> bool {
    crate::value::is_written(&node.value)
}

/// Whether two nodes are written alike.
fn same_exactly(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Map(x), Value::Map(y)) => {
            if Arc::ptr_eq(x, y) {
                return !a.value.has_unknown();
            }
            let written = |map: &crate::value::Map| map.entries.values().filter(|it| is_written(it)).count();
            written(x) == written(y)
                && y.entries
                    .iter()
                    .filter(|(_, it)| is_written(it))
                    .all(|(key, y)| x.entries.get(key).is_some_and(|x| is_written(x) && same_exactly(x, y)))
        }
        // A float that is a whole number is written with its point.
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => false,
        (Value::List(x), Value::List(y)) => {
            x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| same_exactly(x, y))
        }
        (x, y) => same(x, y),
    }
}

/// Whether a merge would lose something inside: a null, or an empty map.
fn needs_json(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Map(map) => map.entries.is_empty() || map.entries.values().any(needs_json),
        Value::List(list) => list.iter().any(has_null),
        _ => false,
    }
}

/// Inside lists only nulls are at risk.
fn has_null(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Map(map) => map.entries.values().any(has_null),
        Value::List(list) => list.iter().any(has_null),
        _ => false,
    }
}

/// The node without what is not written.
fn stripped(node: &Node) -> Node {
    match &node.value {
        Value::Map(map) => {
            let entries = map
                .entries
                .iter()
                .filter(|(_, it)| is_written(it))
                .map(|(key, it)| (key.clone(), stripped(it)))
                .collect();
            Node::new(Value::of_map(entries), node.origin)
        }
        _ => node.clone(),
    }
}
