//! Facts of which the values are known, as a key.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ecow::EcoString;

use super::config::settings;
use crate::source::{Db, IndexMap, Origin};
use crate::types::Type;
use crate::value::{Map, Node, Template, Value};

/// Facts that are known, in order of name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KnownFacts(Vec<(EcoString, Exact)>);

impl KnownFacts {
    /// The value of a fact; an absent one is [`Value::Absent`].
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, it)| &it.0)
    }

    /// The names of those that are known.
    pub(super) fn names(&self) -> impl Iterator<Item = &EcoString> {
        self.0.iter().map(|(name, _)| name)
    }

    /// With more facts of a cluster; none if it is not known what one of them is.
    pub(super) fn with<'a>(
        &self,
        names: impl IntoIterator<Item = &'a EcoString>,
        of: impl Fn(&str) -> Option<Value>,
    ) -> Option<Self> {
        let mut all = self.0.clone();
        for name in names {
            if self.get(name).is_none() {
                all.push((name.clone(), Exact(of(name)?)));
            }
        }
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|a, b| a.0 == b.0);
        Some(Self(all))
    }
}

/// A value that is the same only if it is written alike, wherever it was written.
#[derive(Clone, Debug)]
struct Exact(Value);

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        alike(&self.0, &other.0)
    }
}

impl Eq for Exact {}

impl Hash for Exact {
    fn hash<H: Hasher>(&self, state: &mut H) {
        digest(&self.0, state);
    }
}

fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| alike(&a.value, &b.value))
        }
        (Value::Map(a), Value::Map(b)) => {
            let pairs = || a.entries.iter().zip(&b.entries);
            a.entries.len() == b.entries.len() && pairs().all(|(a, b)| a.0 == b.0 && alike(&a.1.value, &b.1.value))
        }
        (Value::Null, Value::Null) | (Value::Absent, Value::Absent) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        _ => false,
    }
}

fn digest<H: Hasher>(value: &Value, state: &mut H) {
    std::mem::discriminant(value).hash(state);
    match value {
        Value::Bool(it) => it.hash(state),
        Value::Int(it) => it.hash(state),
        Value::Float(it) => it.to_bits().hash(state),
        Value::Text(it) => it.hash(state),
        Value::List(it) => it.iter().for_each(|it| digest(&it.value, state)),
        Value::Map(it) => it.entries.iter().for_each(|(key, it)| {
            key.hash(state);
            digest(&it.value, state);
        }),
        _ => {}
    }
}

/// `cluster`, as far as it is known.
pub(super) fn facts(db: &dyn Db, known_facts: &KnownFacts) -> Map {
    let settings = &settings(db, db.project()).value;
    let at = settings.anchor.map(Origin::of);
    let fixed = [
        ("name", Type::Text),
        ("path", Type::Text),
        ("group", Type::Optional(Arc::new(Type::Text))),
        ("groups", Type::List(Arc::new(Type::Text))),
    ];
    // Without a fleet there is nothing to write, and that is said.
    let fixed = fixed.into_iter().filter_map(|(name, ty)| Some((EcoString::from(name), ty, at?)));
    let declared = settings.facts.values().map(|it| (it.name.clone(), it.ty.clone(), it.origin));
    let mut entries = IndexMap::default();
    for (name, ty, origin) in fixed.chain(declared) {
        let value = match known_facts.get(&name) {
            Some(Value::Absent) => continue,
            Some(it) => there(it, origin),
            None => Value::Template(Arc::new(Template::of_fact(name.clone(), ty))),
        };
        entries.insert(name, Node::new(value, origin));
    }
    Map { entries }
}

/// A value whose every node stands at one place: where a cluster wrote it is the
/// cluster's own affair.
fn there(value: &Value, origin: Origin) -> Value {
    let node = |it: &Node| Node::new(there(&it.value, origin), origin);
    match value {
        Value::List(it) => Value::List(Arc::new(it.iter().map(node).collect())),
        Value::Map(it) => Value::of_map(it.entries.iter().map(|(key, it)| (key.clone(), node(it))).collect()),
        it => it.clone(),
    }
}
