//! Whether the API server accepts an object: its fields, their types and limits, and its names.
//!
//! In: an object's tree and the [`Shape`] of its kind. Out: diagnostics. Never knows which version a cluster has.
//!
//! - [`Validation`]: what an object is held against, and how sure that is.
//! - `value`: one value without what it holds.
//! - `eks`: what Amazon EKS refuses beside.
//! - `names`: names, labels and annotations.

mod combined;
mod eks;
mod names;
mod problems;
mod promise;
mod value;

use std::fmt::Write;

use ecow::EcoString;

use super::cel;
use super::object::Id;
use crate::diagnostic::Diagnostic;
use crate::schema::{self, Inner, More, Shape, ShapeType};
use crate::source::Origin;
use crate::value::{Map, Node, Value};

pub use eks::check as eks;
pub use names::check as names;
pub use problems::not_served;
pub use promise::Promise;

/// So many mistakes of one object are reported.
const MOST: usize = 20;

/// What an object is held against.
#[derive(Clone, Debug)]
pub struct Against<'a> {
    pub shape: &'a Shape,
    /// Where the shape is from: `Kubernetes 1.34`, `cert-manager v1.20.0`.
    pub source: EcoString,
    /// What the cluster has, where the shape is of an older version: there may be more fields than it says.
    pub newer: Option<EcoString>,
    /// Whether only a part of the object is known: it is patched elsewhere.
    pub is_part: bool,
    /// Whether Flux replaces variables in it: a text that has one may become anything.
    pub is_substituted: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub diagnostics: Vec<Diagnostic>,
    /// What must hold on each cluster, where an object is checked for several.
    pub promises: Vec<Promise>,
}

/// Holds an object against a shape.
#[must_use]
pub fn validate(against: &Against<'_>, id: &Id, body: &Node) -> Found {
    let mut validation = Validation { against, id, path: Vec::new(), found: Found::default() };
    validation.node(body, against.shape);
    validation.found
}

/// A part of a path.
#[derive(Clone, Debug)]
enum Step {
    Key(EcoString),
    Nth(usize),
}

struct Validation<'a> {
    against: &'a Against<'a>,
    id: &'a Id,
    path: Vec<Step>,
    found: Found,
}

impl Validation<'_> {
    fn report(&mut self, problem: Diagnostic) {
        if self.found.diagnostics.len() < MOST {
            self.found.diagnostics.push(problem);
        }
    }

    /// The place as `spec.containers[0].image`.
    fn place(&self, key: Option<&str>) -> EcoString {
        let mut text = EcoString::new();
        for step in self.path.iter().cloned().chain(key.map(|it| Step::Key(it.into()))) {
            match step {
                Step::Key(it) if text.is_empty() => text.push_str(&it),
                Step::Key(it) => {
                    text.push('.');
                    text.push_str(&it);
                }
                Step::Nth(it) => {
                    let _ = write!(text, "[{it}]");
                }
            }
        }
        text
    }

    fn inside(&mut self, step: Step, node: &Node, shape: &Shape) {
        self.path.push(step);
        self.node(node, shape);
        self.path.pop();
    }

    /// A value and what it holds.
    fn node(&mut self, node: &Node, shape: &Shape) {
        if self.is_open_text(node) {
            return;
        }
        match (&node.value, shape.ty) {
            (Value::Absent | Value::Unknown | Value::Conflict(_) | Value::Template(_), _) => return,
            (Value::Null, _) => {
                let is_taken = shape.nullable || shape.default.0 || matches!(shape.ty, None | Some(ShapeType::Null));
                if !is_taken {
                    self.wrong_type(node, shape);
                }
                return;
            }
            (Value::Map(map), None | Some(ShapeType::Object)) if !shape.int_or_string => {
                self.object(map, node.origin, shape);
            }
            (Value::List(list), None | Some(ShapeType::Array)) if !shape.int_or_string => {
                if let Some(items) = &shape.items {
                    for (nth, it) in list.iter().enumerate() {
                        self.inside(Step::Nth(nth), it, items.get());
                    }
                }
                self.list(node, list, shape);
            }
            _ if self.scalar(node, shape) => {}
            _ => {
                self.wrong_type(node, shape);
                return;
            }
        }
        self.combined(node, shape);
        self.rules(node, shape);
    }

    /// The rules of a CRD in CEL; what compares with the object as it was does not hold of a new one.
    fn rules(&mut self, node: &Node, shape: &Shape) {
        if shape.rules.is_empty() || self.against.is_part || self.has_open_text(node) {
            return;
        }
        for it in shape.rules.iter().filter(|it| !it.rule.contains("oldSelf")) {
            if cel::holds(&it.rule, node) == Some(false) {
                let place = self.place(None);
                self.report(problems::rule(node.origin, self.id, &place, it, &self.against.source));
            }
        }
    }

    /// Whether a text in it becomes another.
    fn has_open_text(&self, node: &Node) -> bool {
        self.against.is_substituted
            && match &node.value {
                Value::List(list) => list.iter().any(|it| self.has_open_text(it)),
                Value::Map(map) => map.entries.values().any(|it| self.has_open_text(it)),
                _ => self.is_open_text(node),
            }
    }

    /// Whether Flux makes another text of it, which may be anything.
    fn is_open_text(&self, node: &Node) -> bool {
        self.against.is_substituted && node.text().is_some_and(|it| it.contains("${"))
    }

    fn object(&mut self, map: &Map, at: Origin, shape: &Shape) {
        for (key, node) in &map.entries {
            if matches!(node.value, Value::Absent) {
                continue;
            }
            let inner = shape.properties.get(key).map(Inner::get);
            let other = || match &shape.additional_properties {
                Some(More::Of(it)) => Some(it.get()),
                _ => None,
            };
            match inner.or_else(other) {
                // Metadata has rules of its own.
                _ if key == "metadata" && self.path.is_empty() => {
                    self.inside(Step::Key(key.clone()), node, schema::metadata());
                }
                Some(inner) => self.inside(Step::Key(key.clone()), node, inner),
                None if shape.is_open() => {}
                None if self.path.is_empty() && matches!(key.as_str(), "apiVersion" | "kind") => {}
                None => {
                    let place = self.place(Some(key));
                    let known = shape.properties.keys().map(EcoString::as_str);
                    let newer = self.against.newer.as_deref();
                    let problem =
                        problems::unknown_field(node.origin, self.id, &place, key, known, &self.against.source, newer);
                    self.report(problem);
                }
            }
        }
        self.sizes_of_map(map, at, shape);
        if self.against.is_part {
            return;
        }
        for key in &shape.required {
            let is_there = map.entries.get(key).is_some_and(|it| !matches!(it.value, Value::Absent));
            let is_filled = || shape.properties.get(key).is_some_and(|it| it.get().default.0);
            if !is_there && !is_filled() {
                let place = self.place(Some(key));
                self.report(problems::missing_field(at, self.id, &place, &self.against.source));
            }
        }
    }

    fn wrong_type(&mut self, node: &Node, shape: &Shape) {
        let place = self.place(None);
        self.report(problems::wrong_type(node, self.id, &place, shape, &self.against.source));
    }

    fn refused(&mut self, node: &Node, reason: &str) {
        let place = self.place(None);
        self.report(problems::refused(node.origin, self.id, &place, reason, &self.against.source));
    }
}
