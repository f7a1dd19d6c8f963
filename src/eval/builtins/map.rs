//! Functions of maps and objects.

use std::sync::Arc;

use ecow::EcoString;

use super::call::{Call, list};
use crate::eval::env::Env;
use crate::source::{IndexMap, IndexSet};
use crate::value::{Map, Node, Value};

pub(super) fn call(_: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    let of = it.args.first()?.map()?;
    Some(match it.name {
        "keys" => list(of.entries.iter().map(|(key, node)| Node::new(Value::Text(key.clone()), node.origin))),
        "values" => list(of.entries.values().cloned()),
        "entries" => list(of.entries.iter().map(|(key, node)| {
            let key = Node::new(Value::Text(key.clone()), node.origin);
            let entries = [("key", key), ("value", node.clone())].map(|(key, it)| (EcoString::from(key), it));
            Node::new(Value::of_map(entries.into_iter().collect()), node.origin)
        })),
        "pick" => chosen(it, of, true)?,
        "omit" => chosen(it, of, false)?,
        "merge" => Value::Map(Arc::new(merged(of, it.args.get(1)?.map()?))),
        _ => return None,
    })
}

/// The entries whose keys are listed, or the others.
fn chosen(it: &Call<'_>, of: &Map, listed: bool) -> Option<Value> {
    let keys: IndexSet<&EcoString> = it.args.get(1)?.list()?.iter().filter_map(Node::text).collect();
    let is_listed = |key: &EcoString| keys.contains(key);
    let entries: IndexMap<EcoString, Node> = of
        .entries
        .iter()
        .filter(|(key, _)| is_listed(key) == listed)
        .map(|(key, it)| (key.clone(), it.clone()))
        .collect();
    Some(Value::of_map(entries))
}

/// Whether it is known what is merged with what: a map meets a map, or something else.
pub(super) fn is_merge_known(a: &Map, b: &Map) -> bool {
    b.entries.iter().all(|(key, theirs)| {
        let Some(mine) = a.entries.get(key) else { return true };
        match (&mine.value, &theirs.value) {
            (Value::Map(mine), Value::Map(theirs)) => is_merge_known(mine, theirs),
            (Value::Unknown | Value::Conflict(_) | Value::Template(_), _) => false,
            (Value::Map(_), Value::Unknown | Value::Conflict(_) | Value::Template(_)) => false,
            _ => true,
        }
    })
}

fn merged(a: &Map, b: &Map) -> Map {
    let mut entries = a.entries.clone();
    for (key, theirs) in &b.entries {
        let merged = match (entries.get(key).map(|it| &it.value), &theirs.value) {
            (Some(Value::Map(mine)), Value::Map(inner)) => {
                Node::new(Value::Map(Arc::new(merged(mine, inner))), theirs.origin)
            }
            _ => theirs.clone(),
        };
        entries.insert(key.clone(), merged);
    }
    Map { entries }
}
