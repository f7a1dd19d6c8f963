//! Partial evaluation: items that are evaluated once for many clusters.
//!
//! The value of an item on a cluster depends on the overrides that apply to it and on the facts that it reads. A
//! [`Specialization`] is an item with given overrides and with some facts known. The other facts are placeholders in its
//! texts ([`crate::value::Template`]). Where an expression decides on a fact, as `if cluster.zones > 2` does, the
//! evaluation asks for it ([`Specialized::needed_facts`]) and is done again with that fact known: no specialization
//! has two results.
//!
//! `values.host = "api.\(cluster.name)"` needs no fact: its text has a placeholder for the name, on every cluster.
//! `values.replicas = if cluster.zones > 2 { 3 } else { 1 }` needs `zones`, and is evaluated once for each of its values.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ecow::EcoString;

use super::applied::AppliedOverride;
use super::irsa::Identity;
use super::item::{self, Evaluated, View};
use super::settings;
use crate::diagnostic::{Checked, Invariant};
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::types::Type;
use crate::value::is_written;
use crate::value::{Map, Node, Template, Value};

/// An item under some overrides, with some facts known.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct Specialization {
    #[returns(copy)]
    pub item: Anchor,
    /// The overrides that reach it, lowest rank first.
    #[returns(ref)]
    pub applied: Box<[AppliedOverride]>,
    #[returns(copy)]
    pub identity: Identity,
    #[returns(ref)]
    pub known_facts: KnownFacts,
}

/// Facts that are known, in order of name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KnownFacts(Vec<(EcoString, Exact)>);

impl KnownFacts {
    /// The value of a fact; an absent one is [`Value::Absent`].
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, it)| &it.0)
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

/// The result of a specialization.
#[derive(Clone, Debug, PartialEq)]
pub struct Specialized {
    /// Its texts have placeholders where facts belong ([`Value::PerCluster`]).
    pub evaluated: Arc<Checked<Evaluated>>,
    /// Facts that have to be known first: nothing else here means anything then.
    pub needed_facts: IndexSet<EcoString>,
    /// Whether the item is that on every cluster with these overrides and facts.
    pub is_certain: bool,
}

/// Evaluates an item with some facts known.
#[salsa::tracked]
pub fn specialized(db: &dyn Db, specialization: Specialization) -> Arc<Specialized> {
    let item = specialization.item(db);
    let facts = Arc::new(facts(db, specialization.known_facts(db)));
    let view = View::Specialized { facts, identity: specialization.identity(db) };
    let (mut evaluated, mut needed_facts) = item::evaluate(db, item, specialization.applied(db), &view);
    let mut is_certain = true;
    if needed_facts.is_empty() {
        let base = &item::base(db, item).value.node;
        place(db, item, &mut evaluated.value.node, base, &mut needed_facts, &mut is_certain);
        is_certain &= evaluated.value.patches.iter().all(|(_, it)| !it.value.has_unknown());
    }
    Arc::new(Specialized { evaluated: Arc::new(evaluated), needed_facts, is_certain })
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

/// Leaves placeholders where texts may have them, and asks for the facts of the others.
fn place(
    db: &dyn Db,
    item: Anchor,
    node: &mut Node,
    base: &Node,
    needed_facts: &mut IndexSet<EcoString>,
    is_certain: &mut bool,
) {
    let free: &[&str] = if item.kind(db) == Kind::ADDON { &["values"] } else { &[] };
    let Value::Map(map) = &mut node.value else {
        return force(&node.value, needed_facts, is_certain);
    };
    let keys: Vec<EcoString> = map.entries.keys().cloned().collect();
    for key in keys {
        let inner = map.entries.get(&key).invariant("the keys are those of the map");
        if !free.contains(&key.as_str()) {
            force(&inner.value, needed_facts, is_certain);
        } else if (has_template(&inner.value) || has_unknown(&inner.value))
            && let Some(inner) = Arc::make_mut(map).entries.get_mut(&key)
        {
            fill_in(inner, base.get(&key), needed_facts, is_certain);
        }
    }
}

fn has_template(value: &Value) -> bool {
    let mut found = false;
    value.each_template(&mut |_| found = true);
    found
}

/// Whether there is something that is no template and not known.
fn has_unknown(value: &Value) -> bool {
    match value {
        Value::Unknown | Value::Conflict(_) => true,
        Value::List(it) => it.iter().any(|it| has_unknown(&it.value)),
        Value::Map(it) => it.entries.values().any(|it| has_unknown(&it.value)),
        _ => false,
    }
}

/// Nothing in the value may be open.
fn force(value: &Value, needed_facts: &mut IndexSet<EcoString>, is_certain: &mut bool) {
    value.each_template(&mut |it| needed_facts.extend(it.facts().cloned()));
    *is_certain &= !has_unknown(value);
}

/// Leaves placeholders where templates stand, unless the base has something there that they
/// must be compared with.
fn fill_in(node: &mut Node, base: Option<&Node>, needed_facts: &mut IndexSet<EcoString>, is_certain: &mut bool) {
    match &mut node.value {
        Value::Template(template) => {
            if !template.is_text() || base.is_some_and(|it| is_written(&it.value)) {
                needed_facts.extend(template.facts().cloned());
            } else {
                node.value = Value::PerCluster(Arc::clone(template));
            }
        }
        Value::List(list) if has_template(&Value::List(Arc::clone(list))) => {
            if base.is_some_and(|it| is_written(&it.value)) {
                return force(&node.value, needed_facts, is_certain);
            }
            for it in Arc::make_mut(list) {
                fill_in(it, None, needed_facts, is_certain);
            }
        }
        Value::Map(map) if map.entries.values().any(|it| has_template(&it.value) || has_unknown(&it.value)) => {
            for (key, it) in &mut Arc::make_mut(map).entries {
                fill_in(it, base.and_then(|it| it.get(key)), needed_facts, is_certain);
            }
        }
        _ => *is_certain &= !has_unknown(&node.value),
    }
}
