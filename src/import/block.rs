//! What a block of the language says: the least that makes one JSON object of another.

use serde_json::{Map, Value};

use super::template::is_template;
use crate::source::IndexMap;

/// The entries of a block, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Block(pub IndexMap<String, Entry>);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    /// `key = value`
    Set(Value),
    /// `key { … }`
    Amend(Block),
    /// `unset key`
    Unset,
}

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything of an object.
    pub(super) fn of(object: &Value) -> Self {
        Self::between(&Value::Object(Map::new()), object)
    }

    /// What makes `target` of `base`.
    pub(super) fn between(base: &Value, target: &Value) -> Self {
        let empty = Map::new();
        let (base, target) = (base.as_object().unwrap_or(&empty), target.as_object().unwrap_or(&empty));
        let mut found = IndexMap::default();
        for (key, value) in target {
            match (base.get(key), value) {
                (Some(was), it) if was == it => {}
                (None, Value::Object(map)) if !map.is_empty() && !is_template(value) => {
                    found.insert(key.clone(), Entry::Amend(Self::of(value)));
                }
                (Some(was @ Value::Object(known)), Value::Object(map))
                    if is_block(map, value) && is_block(known, was) =>
                {
                    let inner = Self::between(was, value);
                    found.insert(key.clone(), Entry::Amend(inner));
                }
                _ => {
                    found.insert(key.clone(), Entry::Set(value.clone()));
                }
            }
        }
        for key in base.keys().filter(|it| !target.contains_key(*it)) {
            found.insert(key.clone(), Entry::Unset);
        }
        Self(found)
    }
}

/// Whether an object is amended key by key.
fn is_block(map: &Map<String, Value>, value: &Value) -> bool {
    !map.is_empty() && !is_template(value)
}

/// What most of some objects have: of each place the commonest value, where more than half have one.
pub(super) fn commonest<'a>(all: &[&'a Value]) -> Value {
    if all.len() == 1 {
        return all.first().map(|it| (*it).clone()).unwrap_or_default();
    }
    let mut found = Map::new();
    let mut keys: IndexMap<&'a String, Vec<&'a Value>> = IndexMap::default();
    for (key, value) in all.iter().filter_map(|it| it.as_object()).flatten() {
        keys.entry(key).or_default().push(value);
    }
    for (key, values) in keys {
        if values.len() * 2 <= all.len() {
            continue;
        }
        let maps: Vec<&Value> =
            values.iter().copied().filter(|it| it.as_object().is_some_and(|map| is_block(map, it))).collect();
        if maps.len() * 2 > values.len() {
            let inner = commonest(&maps);
            if inner.as_object().is_some_and(|it| !it.is_empty()) {
                found.insert(key.clone(), inner);
            }
            continue;
        }
        let mut counts: Vec<(&Value, usize)> = Vec::new();
        for it in values {
            match counts.iter_mut().find(|(known, _)| *known == it) {
                Some((_, count)) => *count += 1,
                None => counts.push((it, 1)),
            }
        }
        // The first of those that are there as often.
        let most = counts.iter().map(|it| it.1).max();
        if let Some((value, _)) = counts.into_iter().find(|it| Some(it.1) == most) {
            found.insert(key.clone(), value.clone());
        }
    }
    Value::Object(found)
}

/// What makes one add-on of another.
pub(super) fn addon_block(base: &Value, target: &Value, release: &Value) -> Block {
    let mut block = Block::between(&without(base, &["release"]), &without(target, &["release"]));
    let below = base.get("release").unwrap_or(release);
    let own = Block::between(below, target.get("release").unwrap_or(&Value::Null));
    if !own.is_empty() {
        block.0.insert("release".into(), Entry::Amend(own));
        // Values come last: they are the longest.
        if let Some(it) = block.0.shift_remove("values") {
            block.0.insert("values".into(), it);
        }
    }
    block
}

/// An object without some of its keys.
pub(super) fn without(of: &Value, keys: &[&str]) -> Value {
    let all = of.as_object().into_iter().flatten();
    Value::Object(
        all.filter(|(key, _)| !keys.contains(&key.as_str())).map(|(key, it)| (key.clone(), it.clone())).collect(),
    )
}
