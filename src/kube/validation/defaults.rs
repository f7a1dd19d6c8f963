//! What the API server fills into a custom resource before it looks at it.

use std::sync::Arc;

use crate::schema::{Inner, More, Shape};
use crate::source::IndexMap;
use crate::value::{Node, Value, of_json};

/// The object with the defaults of its schema; the rules of a CRD read them.
pub(super) fn defaulted(node: &Node, shape: &Shape) -> Node {
    let value = match &node.value {
        Value::Map(map) => {
            let more = match &shape.additional_properties {
                Some(More::Of(it)) => Some(it.get()),
                _ => None,
            };
            let mut entries = IndexMap::default();
            for (key, it) in &map.entries {
                let inner = shape.properties.get(key).map(Inner::get).or(more);
                let is_dropped =
                    it.value == Value::Null && inner.is_some_and(|it| !it.nullable && it.default.is_some());
                if !is_dropped {
                    entries.insert(key.clone(), inner.map_or_else(|| it.clone(), |inner| defaulted(it, inner)));
                }
            }
            for (key, inner) in &shape.properties {
                if let (Some(default), false) = (&inner.get().default, entries.contains_key(key)) {
                    entries.insert(key.clone(), defaulted(&of_json(default, node.origin), inner.get()));
                }
            }
            Value::of_map(entries)
        }
        Value::List(list) => match &shape.items {
            Some(items) => Value::List(Arc::new(list.iter().map(|it| defaulted(it, items.get())).collect())),
            None => return node.clone(),
        },
        _ => return node.clone(),
    };
    Node { value, origin: node.origin, over: None }
}
