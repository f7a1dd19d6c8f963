//! Manifests whose objects are called otherwise on each cluster: their names, their namespaces, or which there are, depend on
//! the cluster. A patch cannot change that, so they are in no directory that clusters share.

use crate::diagnostic::code;
use crate::fleet;
use crate::source::{Anchor, Db, Kind};
use crate::value::{Node, Value};

/// Whether an item is such a manifest.
pub(super) fn is_computed(db: &dyn Db, item: Anchor) -> bool {
    if item.kind(db) != Kind::MANIFEST {
        return false;
    }
    let base = fleet::base(db, item);
    let is_stopped = base.diagnostics.iter().any(|it| it.code == code::BUDGET);
    !is_stopped && are_computed(&base.value.node)
}

fn are_computed(node: &Node) -> bool {
    let is_unknown = |path: &[&str]| node.at(path).is_some_and(|it| it.value == Value::Unknown);
    match &node.value {
        Value::Unknown => true,
        Value::List(objects) => objects.iter().any(are_computed),
        Value::Map(_) => {
            let items = node.get("items").and_then(Node::list).filter(|_| is_list(node));
            is_unknown(&["metadata"])
                || is_unknown(&["metadata", "name"])
                || is_unknown(&["metadata", "namespace"])
                || items.is_some_and(|it| it.iter().any(are_computed))
        }
        _ => false,
    }
}

fn is_list(node: &Node) -> bool {
    node.get("kind").and_then(Node::text).is_some_and(|it| it == "List")
}
