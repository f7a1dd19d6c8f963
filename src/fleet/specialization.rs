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

use std::hash::Hash;
use std::sync::Arc;

use ecow::EcoString;

use super::applied_override::{AppliedOverride, Written};
use super::evaluated::{Evaluated, View};
use super::identity::Identity;
use super::item;
use super::known_facts::{self, KnownFacts};
use super::row::RowOf;
use super::shape::{Shape, is_shaped};
use crate::diagnostic::{Checked, Invariant};
use crate::eval::Outcome;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::types::{self, Type};
use crate::value::{Node, Template, Value, is_written};

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
    /// The row that the overrides read.
    #[returns(copy)]
    pub row: Option<RowOf>,
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
    let known = specialization.known_facts(db);
    let facts = Arc::new(known_facts::facts(db, known));
    let row = specialization.row(db).and_then(|it| it.row(db, known));
    let shapes = specialization.applied(db).iter().filter_map(|it| match it.written {
        Written::Like(shape) => Some(shape),
        Written::In { .. } => None,
    });
    let texts: Vec<(EcoString, Node)> = shapes.flat_map(|it| texts(db, it, known)).collect();
    let view =
        View::Specialized { facts, identity: specialization.identity(db), known_facts: known, row, texts: &texts };
    let (mut evaluated, mut needed_facts) = item::evaluate(db, item, specialization.applied(db), &view);
    // What changes nothing is said where it is written.
    let effects = &mut evaluated.value.effects;
    let mut is_certain = effects.iter().all(|it| !is_shaped(it.origin) || it.outcome == Outcome::Changed);
    effects.retain(|it| !is_shaped(it.origin));
    if needed_facts.is_empty() {
        let base = &item::base(db, item).value.node;
        place(db, item, &mut evaluated.value.node, base, &mut needed_facts, &mut is_certain);
        is_certain &= evaluated.value.patches.iter().all(|(_, it)| !it.value.has_unknown());
    }
    Arc::new(Specialized { evaluated: Arc::new(evaluated), needed_facts, is_certain })
}

/// What stands for the texts of a shape, by their names: a placeholder for what is not known.
fn texts(db: &dyn Db, shape: Shape, known: &KnownFacts) -> Vec<(EcoString, Node)> {
    let item = shape.item(db);
    let there = &item::base(db, item).value.node;
    let text = |(name, path): (EcoString, &[EcoString])| {
        let value = known.get(&name).cloned().unwrap_or_else(|| {
            let other = path.iter().try_fold(there, |node, key| node.get(key)).and_then(Node::text);
            let ty = if path.first().is_some_and(|it| it == "version") { version(db) } else { Type::Text };
            Value::Template(Arc::new(Template::of_own(name.clone(), ty, other.cloned())))
        });
        (name, Node::new(value, Origin::of(item)))
    };
    shape.names(db).zip(shape.placeholders(db)).map(text).collect()
}

/// The type of an add-on's version.
fn version(db: &dyn Db) -> Type {
    let body = types::shape(db, "AddonBody");
    let field = body.record().and_then(|it| it.fields.get("version"));
    field.map_or(Type::Text, |it| it.ty.present().clone())
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
    let free: &[&str] = match item.kind(db) {
        Kind::ADDON => &["values"],
        Kind::Repository => &["path"],
        _ => &[],
    };
    let Value::Map(map) = &mut node.value else {
        return force(&node.value, needed_facts, is_certain);
    };
    let keys: Vec<EcoString> = map.entries.keys().cloned().collect();
    for key in keys {
        let inner = map.entries.get(&key).invariant("the keys are those of the map");
        let is_version =
            || key == "version" && matches!(&inner.value, Value::Template(it) if it.other_than().is_some());
        let is_free = free.contains(&key.as_str()) || (item.kind(db) == Kind::ADDON && is_version());
        if !is_free {
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
            let may_be_same = |it: &Node| match &it.value {
                Value::Text(text) => template.may_be(text),
                other => is_written(other),
            };
            if !template.is_text() || base.is_some_and(may_be_same) {
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
