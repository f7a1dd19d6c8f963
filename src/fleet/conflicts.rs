//! Layers of one rank that disagree, and that nothing higher settled.

use std::sync::Arc;

use ecow::eco_format;

use crate::eval::{Env, conflict};
use crate::source::Anchor;
use crate::value::{Node, Value};

/// Reports conflicts that no layer settled; where no cluster is given they are
/// merely unknown.
pub fn report_conflicts(env: &mut Env<'_>, item: Anchor, node: &mut Node, is_final: bool) {
    let name = eco_format!("`{}`", item.name(env.db));
    let mut found = Vec::new();
    settle(node, &mut found);
    if is_final {
        for it in found {
            env.report(conflict(&it, &name));
        }
    }
}

fn settle(node: &mut Node, found: &mut Vec<Arc<crate::value::Conflict>>) {
    match &mut node.value {
        Value::Conflict(it) => {
            found.push(Arc::clone(it));
            node.value = Value::Unknown;
        }
        Value::Map(map) if map.entries.values().any(|it| has_conflict(&it.value)) => {
            for node in Arc::make_mut(map).entries.values_mut() {
                settle(node, found);
            }
        }
        Value::List(list) if list.iter().any(|it| has_conflict(&it.value)) => {
            for node in Arc::make_mut(list) {
                settle(node, found);
            }
        }
        _ => {}
    }
}

fn has_conflict(value: &Value) -> bool {
    match value {
        Value::Conflict(_) => true,
        Value::Map(map) => map.entries.values().any(|it| has_conflict(&it.value)),
        Value::List(list) => list.iter().any(|it| has_conflict(&it.value)),
        _ => false,
    }
}
