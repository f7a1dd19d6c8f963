//! Two trees, leaf by leaf.

use std::sync::Arc;

use ecow::EcoString;

use crate::source::IndexSet;
use crate::value::{Map, Node, Path, Step, Value};
use crate::value::{is_written, json};

/// A value that is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafChange {
    pub path: Path,
    /// None where there was nothing.
    pub old: Option<Node>,
    /// None where there is nothing any more.
    pub new: Option<Node>,
    /// The facts in its text that are not what they were.
    pub facts: Vec<EcoString>,
}

/// What is not the same, in the order of the old tree and then of the new one. Lists of the
/// same length differ element by element, others as a whole.
#[must_use]
pub fn differences(old: Option<&Node>, new: Option<&Node>) -> Vec<LeafChange> {
    differences_with(old, new, &IndexSet::default())
}

/// The same; a text with a placeholder for one of some facts is not the same either.
pub(super) fn differences_with(old: Option<&Node>, new: Option<&Node>, facts: &IndexSet<EcoString>) -> Vec<LeafChange> {
    let mut walk = Walk { facts, path: Vec::new(), found: Vec::new() };
    walk.node(old, new);
    walk.found
}

/// What makes two leaves the same change.
pub(super) fn described(it: &LeafChange) -> String {
    let [old, new] = [&it.old, &it.new].map(|side| side.as_ref().map(json));
    format!("{} {old:?} {new:?} {:?}", it.path, it.facts)
}

struct Walk<'a> {
    facts: &'a IndexSet<EcoString>,
    path: Vec<Step>,
    found: Vec<LeafChange>,
}

impl Walk<'_> {
    /// Whether two trees are written alike, wherever their parts come from.
    fn is_same(&self, a: &Node, b: &Node) -> bool {
        match (&a.value, &b.value) {
            (Value::Map(a), Value::Map(b)) => {
                (Arc::ptr_eq(a, b) && self.facts.is_empty())
                    || written(a).count() == written(b).count()
                        && written(a).all(|(key, a)| b.entries.get(key).is_some_and(|b| self.is_same(a, b)))
            }
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.is_same(a, b))
            }
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::PerCluster(a), Value::PerCluster(b)) => {
                a.parts() == b.parts() && !a.facts().any(|it| self.facts.contains(it))
            }
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Null, Value::Null) => true,
            _ => false,
        }
    }

    fn node(&mut self, old: Option<&Node>, new: Option<&Node>) {
        let [old, new] = [old, new].map(|it| it.filter(|it| is_written(&it.value)));
        match (old, new) {
            (None, None) => {}
            (Some(a), Some(b)) if self.is_same(a, b) => {}
            // What loses everything is not gone: it is empty.
            (Some(Node { value: Value::Map(_), .. }), Some(Node { value: Value::Map(b), .. }))
                if written(b).next().is_none() =>
            {
                self.leaf(old, new);
            }
            (Some(Node { value: Value::Map(a), .. }), Some(Node { value: Value::Map(b), .. })) => {
                for (key, it) in &a.entries {
                    self.below(Step::Key(key.clone()), Some(it), b.entries.get(key));
                }
                for (key, it) in b.entries.iter().filter(|(key, _)| !a.entries.contains_key(*key)) {
                    self.below(Step::Key(key.clone()), None, Some(it));
                }
            }
            (Some(Node { value: Value::List(a), .. }), Some(Node { value: Value::List(b), .. }))
                if a.len() == b.len() =>
            {
                for (nth, (a, b)) in a.iter().zip(b.iter()).enumerate() {
                    self.below(Step::Nth(nth), Some(a), Some(b));
                }
            }
            (Some(Node { value: Value::Map(map), .. }), None) if written(map).next().is_some() => {
                for (key, it) in &map.entries {
                    self.below(Step::Key(key.clone()), Some(it), None);
                }
            }
            (None, Some(Node { value: Value::Map(map), .. })) if written(map).next().is_some() => {
                for (key, it) in &map.entries {
                    self.below(Step::Key(key.clone()), None, Some(it));
                }
            }
            (old, new) => self.leaf(old, new),
        }
    }

    fn leaf(&mut self, old: Option<&Node>, new: Option<&Node>) {
        let mut facts: IndexSet<EcoString> = IndexSet::default();
        for it in [old, new].into_iter().flatten() {
            it.value.each_per_cluster(&mut |text| {
                facts.extend(text.facts().filter(|it| self.facts.contains(*it)).cloned());
            });
        }
        let (path, facts) = (Path(self.path.clone()), facts.into_iter().collect());
        self.found.push(LeafChange { path, old: old.cloned(), new: new.cloned(), facts });
    }

    fn below(&mut self, step: Step, old: Option<&Node>, new: Option<&Node>) {
        self.path.push(step);
        self.node(old, new);
        self.path.pop();
    }
}

fn written(map: &Map) -> impl Iterator<Item = (&EcoString, &Node)> {
    map.entries.iter().filter(|(_, it)| is_written(&it.value))
}

impl LeafChange {
    /// Whether only a cluster's facts tell whether something changes: a text may have a placeholder
    /// where the other has just what the fact is.
    pub(super) fn is_open(&self) -> bool {
        let [old, new] = [&self.old, &self.new].map(|it| it.as_ref().map(|it| &it.value));
        // A placeholder in both for a fact that is not what it was.
        let by_fact = !self.facts.is_empty() && old == new;
        !by_fact && [old, new].into_iter().flatten().any(Value::is_per_cluster)
    }

    /// With a cluster's facts in the placeholders.
    #[must_use]
    pub fn filled(&self, old: &Map, new: &Map) -> Self {
        let fill = |node: &Option<Node>, facts: &Map| node.as_ref().map(|it| it.filled(facts));
        Self { path: self.path.clone(), old: fill(&self.old, old), new: fill(&self.new, new), facts: Vec::new() }
    }

    /// Whether something changes.
    pub(super) fn is_change(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => !differences(Some(old), Some(new)).is_empty(),
            _ => true,
        }
    }
}
