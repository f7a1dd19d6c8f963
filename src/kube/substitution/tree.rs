//! Texts in a tree: those that hold a `$`, and where they came from once the tree was read again.

use std::sync::Arc;

use crate::source::{IndexMap, Origin};
use crate::value::{Map, Node, Path, Step, Value, same};

/// Gives the nodes of a tree that was read again the origins and the past of those that it was made of. Keys stand in
/// the old order; `renamed` tells what an old key is called now.
pub(super) fn with_origins(new: Node, old: &Node, renamed: &dyn Fn(&str) -> Option<String>) -> Node {
    if same(&new.value, &old.value) {
        return old.clone();
    }
    let value = match (new.value, &old.value) {
        (Value::Map(map), Value::Map(before)) => {
            let mut rest = map.entries.clone();
            let mut entries = IndexMap::default();
            for (key, was) in &before.entries {
                let now =
                    if key.contains('$') { renamed(key).map_or_else(|| key.clone(), Into::into) } else { key.clone() };
                if let Some(it) = rest.shift_remove(&now) {
                    entries.insert(now, with_origins(it, was, renamed));
                }
            }
            entries.extend(rest);
            Value::Map(Arc::new(Map { entries }))
        }
        (Value::List(list), Value::List(before)) => {
            let list = list.iter().enumerate().map(|(nth, it)| match before.get(nth) {
                Some(was) => with_origins(it.clone(), was, renamed),
                None => it.clone(),
            });
            Value::List(Arc::new(list.collect()))
        }
        (value, _) => value,
    };
    Node { value, ..old.clone() }
}

/// Where a text stands.
pub(super) struct Place<'a> {
    pub path: &'a Path,
    pub origin: Origin,
    pub is_key: bool,
}

/// Changes every text and key of a tree that holds a `$`.
pub(super) fn walk(node: &mut Node, path: &mut Path, change: &mut dyn FnMut(&str, &Place<'_>) -> Option<String>) {
    match &mut node.value {
        Value::Text(text) if text.contains('$') => {
            if let Some(changed) = change(text, &Place { path, origin: node.origin, is_key: false }) {
                *text = changed.into();
            }
        }
        Value::List(list) if list.iter().any(|it| mentions(&it.value)) => {
            for (nth, it) in Arc::make_mut(list).iter_mut().enumerate() {
                path.0.push(Step::Nth(nth));
                walk(it, path, change);
                path.0.pop();
            }
        }
        Value::Map(map) if mentions(&Value::Map(Arc::clone(map))) => {
            let entries = &mut Arc::make_mut(map).entries;
            for (key, mut it) in std::mem::take(entries) {
                if is_directive(&key) {
                    entries.insert(key, it);
                    continue;
                }
                path.0.push(Step::Key(key.clone()));
                walk(&mut it, path, change);
                let place = Place { path, origin: it.origin, is_key: true };
                let key = if key.contains('$') { change(&key, &place).map_or(key, Into::into) } else { key };
                path.0.pop();
                entries.insert(key, it);
            }
        }
        _ => {}
    }
}

/// Whether a key is for kustomize, which takes it before Flux sees the object.
fn is_directive(key: &str) -> bool {
    let names = ["$patch", "$retainKeys"];
    names.contains(&key) || key.starts_with("$setElementOrder/") || key.starts_with("$deleteFromPrimitiveList/")
}

/// Whether a value has a text or a key with a `$`.
pub(super) fn mentions(value: &Value) -> bool {
    match value {
        Value::Text(it) => it.contains('$'),
        Value::List(it) => it.iter().any(|it| mentions(&it.value)),
        Value::Map(it) => it.entries.iter().any(|(key, it)| key.contains('$') || mentions(&it.value)),
        _ => false,
    }
}
