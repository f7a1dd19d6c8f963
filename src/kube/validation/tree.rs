//! An object field by field.

use ecow::EcoString;

use super::problems;
use super::validator::{Step, Validation};
use crate::kube::cel;
use crate::schema::{self, Inner, More, Shape, ShapeType};
use crate::source::Origin;
use crate::value::{Map, Node, Value};

impl Validation<'_> {
    fn inside(&mut self, step: Step, node: &Node, shape: &Shape) {
        self.path.push(step);
        self.node(node, shape);
        self.path.pop();
    }

    /// A value and what it holds.
    pub(super) fn node(&mut self, node: &Node, shape: &Shape) {
        if self.is_open_text(node) {
            return;
        }
        let is_scalar = shape.int_or_string || shape.format.as_deref() == Some("quantity");
        match (&node.value, shape.ty) {
            (Value::Absent | Value::Unknown | Value::Conflict(_) | Value::Template(_), _) => return,
            (Value::Null, _) => {
                let is_any = shape.ty.is_none() && !shape.int_or_string;
                let is_taken = shape.nullable || shape.default.is_some() || is_any || shape.ty == Some(ShapeType::Null);
                if !is_taken {
                    self.wrong_type(node, shape);
                }
                return;
            }
            (Value::Map(map), None | Some(ShapeType::Object)) if !is_scalar => {
                self.object(map, node.origin, shape);
            }
            (Value::List(list), None | Some(ShapeType::Array)) if !is_scalar => {
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
                    let problem = problems::unknown_field(
                        written(node, at),
                        self.id,
                        &place,
                        key,
                        known,
                        &self.against.source,
                        newer,
                    );
                    self.report(problem);
                }
            }
        }
        self.sizes_of_map(map, at, shape);
        for key in &shape.required {
            let is_there = map.entries.get(key).is_some_and(|it| !matches!(it.value, Value::Absent));
            if !is_there {
                let place = self.place(Some(key));
                self.report(problems::missing_field(at, self.id, &place, &self.against.source));
            }
        }
    }
}

/// Where a field is written: one on the way to another, as `a` in `a.b = 1`, has no place of its own but that of the
/// block.
fn written(node: &Node, block: Origin) -> Origin {
    match &node.value {
        Value::Map(map) if node.origin == block => map.entries.first().map_or(block, |(_, it)| written(it, block)),
        _ => node.origin,
    }
}
