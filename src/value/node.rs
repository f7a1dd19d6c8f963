//! Values, each node with its origin.

use std::sync::Arc;

use ecow::EcoString;

use super::template::{Template, TemplatePart};
use crate::diagnostic::bug;
use crate::source::{IndexMap, Origin};
use crate::syntax::ast::Literal;

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value: makes no entry.
    Absent,
    /// Depends on a cluster that is not given, or could not be computed.
    Unknown,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(EcoString),
    /// A text that is whole but for facts of a cluster; never outside of evaluation.
    Template(Arc<Template>),
    /// A text on every cluster, with placeholders for its facts: what evaluation leaves where
    /// clusters share what is made. The writer puts each cluster's facts in.
    PerCluster(Arc<Template>),
    List(Arc<Vec<Node>>),
    Map(Arc<Map>),
    /// Two layers of one rank disagree, and nothing higher has settled it yet.
    Conflict(Arc<Conflict>),
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Value,
    pub origin: Origin,
    /// What it overrode, nearest first.
    pub over: Option<Arc<Overridden>>,
}

/// An origin that a higher layer overrode.
#[derive(Clone, Debug, PartialEq)]
pub struct Overridden {
    pub origin: Origin,
    pub value: Value,
    pub over: Option<Arc<Self>>,
    /// It is no layer, but where the text of the value above it stands: an entry passed
    /// on what a `let`, a function or a file says. Only where somebody asks why.
    pub is_written: bool,
}

/// Two settings of one rank.
#[derive(Debug, PartialEq)]
pub struct Conflict {
    pub path: Vec<EcoString>,
    pub a: (Origin, Value),
    pub b: (Origin, Value),
    /// Both stand in one block.
    pub same_block: bool,
}

/// Entries in the order in which they were first written.
#[derive(Clone, Debug, Default)]
pub struct Map {
    pub entries: IndexMap<EcoString, Node>,
}

/// Unlike an `IndexMap`'s: the order of keys is part of the output.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.entries.len() == other.entries.len() && self.entries.iter().eq(other.entries.iter()))
    }
}

impl Overridden {
    /// A value that is no more.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        Self { origin: node.origin, value: node.value.clone(), over: node.over.clone(), is_written: false }
    }
}

impl Node {
    /// Another value in its place.
    #[must_use]
    pub fn with(&self, value: Value) -> Self {
        Self { value, origin: self.origin, over: self.over.clone() }
    }

    /// A value written at `origin`, which overrode nothing.
    #[must_use]
    pub const fn new(value: Value, origin: Origin) -> Self {
        Self { value, origin, over: None }
    }

    /// Makes this the value that overrides another. What it says of where it is written stays.
    pub fn overrides(&mut self, other: Overridden) {
        fn below(over: Option<&Overridden>, other: Overridden) -> Arc<Overridden> {
            Arc::new(match over.filter(|it| it.is_written) {
                Some(it) => Overridden { over: Some(below(it.over.as_deref(), other)), ..it.clone() },
                None => other,
            })
        }
        self.over = Some(below(self.over.as_deref(), other));
    }

    /// This value, passed on by what stands at `at`: it tells where its parts are written.
    #[must_use]
    pub fn passed_on(self, at: Origin, is_part: &dyn Fn(Origin) -> bool) -> Self {
        let value = match self.value {
            Value::Map(map) => {
                let entries = map.entries.iter().map(|(key, it)| (key.clone(), it.clone().passed_on(at, is_part)));
                Value::of_map(entries.collect())
            }
            Value::List(list) => {
                Value::List(Arc::new(list.iter().map(|it| it.clone().passed_on(at, is_part)).collect()))
            }
            other => other,
        };
        if self.origin == at || !is_part(self.origin) {
            return Self { value, ..self };
        }
        let written = Overridden { origin: self.origin, value: Value::Absent, over: None, is_written: true };
        let mut node = Self { value, origin: at, over: Some(Arc::new(written)) };
        if let Some(inner) = self.over.as_deref().filter(|it| it.is_written) {
            node.overrides(inner.clone());
        }
        node
    }

    /// The node at `key` of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(map) => map.entries.get(key),
            _ => None,
        }
    }

    /// The node at the end of a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// With a cluster's facts in the placeholders.
    #[must_use]
    pub fn filled(&self, facts: &Map) -> Self {
        if !self.value.is_per_cluster() {
            return self.clone();
        }
        let value = match &self.value {
            Value::PerCluster(it) => Value::Text(it.fill(facts)),
            Value::List(list) => Value::List(Arc::new(list.iter().map(|it| it.filled(facts)).collect())),
            Value::Map(map) => {
                Value::of_map(map.entries.iter().map(|(key, it)| (key.clone(), it.filled(facts))).collect())
            }
            other => other.clone(),
        };
        Self { value, ..self.clone() }
    }

    /// The text, if it is one.
    #[must_use]
    pub const fn text(&self) -> Option<&EcoString> {
        match &self.value {
            Value::Text(it) => Some(it),
            _ => None,
        }
    }

    /// The entries, if it is a map.
    #[must_use]
    pub fn map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(it) => Some(it),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(it) => Some(it),
            _ => None,
        }
    }
}

impl Value {
    /// A map of the given entries.
    #[must_use]
    pub fn of_map(entries: IndexMap<EcoString, Node>) -> Self {
        Self::Map(Arc::new(Map { entries }))
    }

    /// The value that a literal stands for.
    #[must_use]
    pub fn of_literal(literal: &Literal) -> Self {
        match literal {
            Literal::Null => Self::Null,
            Literal::Bool(it) => Self::Bool(*it),
            Literal::Int(it) => Self::Int(*it),
            Literal::Float(it) => Self::Float(*it),
            Literal::Text(it) => Self::Text(it.clone()),
        }
    }

    /// The literal that stands for it; none for numbers, which may be written in two ways, and for what
    /// is no literal.
    #[must_use]
    pub fn literal(&self) -> Option<Literal> {
        match self {
            Self::Null => Some(Literal::Null),
            Self::Bool(it) => Some(Literal::Bool(*it)),
            Self::Text(it) => Some(Literal::Text(it.clone())),
            _ => None,
        }
    }

    /// Whether it, or anything inside it, is not known.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        match self {
            Self::Unknown | Self::Conflict(_) | Self::Template(_) => true,
            Self::List(it) => it.iter().any(|it| it.value.has_unknown()),
            Self::Map(it) => it.entries.values().any(|it| it.value.has_unknown()),
            Self::Absent
            | Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::PerCluster(_) => false,
        }
    }

    /// The texts with placeholders in it, at any depth.
    pub fn each_per_cluster(&self, each: &mut impl FnMut(&Template)) {
        match self {
            Self::PerCluster(it) => each(it),
            Self::List(it) => it.iter().for_each(|it| it.value.each_per_cluster(each)),
            Self::Map(it) => it.entries.values().for_each(|it| it.value.each_per_cluster(each)),
            _ => {}
        }
    }

    /// Whether it has a placeholder, at any depth.
    #[must_use]
    pub fn is_per_cluster(&self) -> bool {
        let mut found = false;
        self.each_per_cluster(&mut |_| found = true);
        found
    }

    /// The templates in it, at any depth.
    pub fn each_template(&self, each: &mut impl FnMut(&Template)) {
        match self {
            Self::Template(it) => each(it),
            Self::List(it) => it.iter().for_each(|it| it.value.each_template(each)),
            Self::Map(it) => it.entries.values().for_each(|it| it.value.each_template(each)),
            _ => {}
        }
    }

    /// What it is, with its article, for messages.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Absent => "nothing",
            Self::Unknown | Self::Conflict(_) | Self::Template(_) => "an unknown value",
            Self::Null => "null",
            Self::Bool(_) => "a Bool",
            Self::Int(_) => "an Int",
            Self::Float(_) => "a Float",
            Self::Text(_) | Self::PerCluster(_) => "a String",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }

    /// The value as an author would write it, shortened.
    #[must_use]
    pub fn show(&self) -> EcoString {
        match self {
            Self::Null => "null".into(),
            Self::Bool(it) => ecow::eco_format!("{it}"),
            Self::Int(it) => ecow::eco_format!("{it}"),
            Self::Float(it) => ecow::eco_format!("{it:?}"),
            Self::Text(it) if it.chars().count() > 60 => {
                ecow::eco_format!("{:?}", it.chars().take(57).chain("…".chars()).collect::<String>())
            }
            Self::Text(it) => ecow::eco_format!("{it:?}"),
            Self::PerCluster(it) => it.show(),
            Self::List(it) => ecow::eco_format!("a list of {}", it.len()),
            Self::Map(it) if it.entries.is_empty() => "{ }".into(),
            Self::Map(_) => "{ … }".into(),
            Self::Absent | Self::Unknown | Self::Conflict(_) | Self::Template(_) => self.noun().into(),
        }
    }
}

/// The language's `==`: by value, whatever the origins and the order of keys.
#[must_use]
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => exactly(*a, *b),
        (Value::Null | Value::Absent, Value::Null | Value::Absent) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b).is_eq() || (a.abs() + b.abs()).to_bits() == 0,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::PerCluster(a), Value::PerCluster(b)) => a.parts() == b.parts(),
        (Value::List(a), Value::List(b)) => {
            Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(&a.value, &b.value)))
        }
        (Value::Map(a), Value::Map(b)) => {
            Arc::ptr_eq(a, b)
                || (a.entries.len() == b.entries.len()
                    && a.entries.iter().all(|(key, a)| b.entries.get(key).is_some_and(|b| same(&a.value, &b.value))))
        }
        _ => false,
    }
}

/// Whether an integer and a float are the same number.
#[expect(clippy::cast_precision_loss, reason = "integers above 2^53 are compared as the float that they become")]
fn exactly(a: i64, b: f64) -> bool {
    (a as f64).to_bits() == b.to_bits() || (a == 0 && b == 0.0)
}

/// Whether a value appears in a file. A list with an unknown element is absent whole.
#[must_use]
pub fn is_written(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Unknown | Value::Conflict(_) | Value::Template(_) => false,
        Value::List(list) => !list.iter().any(|it| it.value.has_unknown()),
        _ => true,
    }
}

/// The text of a fact that a placeholder is for: what has a placeholder is made only for clusters that have the fact.
#[must_use]
pub fn fact<'a>(facts: &'a Map, name: &str) -> &'a str {
    match facts.entries.get(name).and_then(Node::text) {
        Some(it) => it,
        None => bug(&format!("the fact `{name}` has no text on a cluster that has a placeholder for it")),
    }
}

impl Template {
    /// The text with a cluster's facts in the placeholders.
    #[must_use]
    pub fn fill(&self, facts: &Map) -> EcoString {
        self.parts().iter().fold(EcoString::new(), |mut text, part| {
            match part {
                TemplatePart::Text(it) => text.push_str(it),
                TemplatePart::Fact(name) => text.push_str(fact(facts, name)),
                TemplatePart::Quoted(..) | TemplatePart::Scalar(_) => {
                    bug("a value has no facts between quotes: only its text has")
                }
            }
            text
        })
    }

    /// As a value: a text, or one with placeholders.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self.parts() {
            [] => Value::Text(EcoString::new()),
            [TemplatePart::Text(it)] => Value::Text(it.clone()),
            _ => Value::PerCluster(Arc::new(self)),
        }
    }
}
