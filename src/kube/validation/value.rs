//! One value, without what it holds: its type and its limits.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::found::TextRule;
use super::limits::{has_limits, wrong_text};
use super::problems;
use super::validator::Validation;
use crate::schema::{Shape, ShapeType};
use crate::source::{IndexSet, Origin};
use crate::value::{Map, Node, Value};

/// The largest whole numbers that a floating point number tells apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Validation<'_> {
    /// Checks the limits of a scalar; false if it is of another type.
    pub(super) fn scalar(&mut self, node: &Node, shape: &Shape) -> bool {
        let is_quantity = shape.format.as_deref() == Some("quantity");
        let is_text = matches!(shape.ty, None | Some(ShapeType::String)) || shape.int_or_string;
        let is_number = matches!(shape.ty, None | Some(ShapeType::Number)) || is_quantity;
        let is_integer = matches!(shape.ty, None | Some(ShapeType::Integer | ShapeType::Number)) || shape.int_or_string;
        match &node.value {
            Value::Text(text) if is_text => self.text(node, text, shape),
            Value::PerCluster(template) if is_text => {
                // What a cluster puts in may not be allowed.
                if has_limits(shape) {
                    self.found.promise(template, TextRule::Limits(Arc::new(shape.clone())));
                }
            }
            Value::Bool(_)
                if matches!(shape.ty, None | Some(ShapeType::Boolean)) && !shape.int_or_string && !is_quantity =>
            {
                self.choice(node, shape);
            }
            #[expect(clippy::cast_precision_loss, reason = "limits are small")]
            Value::Int(it) if is_integer || is_quantity => self.number(node, *it as f64, shape),
            Value::Float(it) if is_number || (is_integer && it.fract() == 0.0 && it.abs() < EXACT) => {
                self.number(node, *it, shape);
            }
            _ => return false,
        }
        true
    }

    fn text(&mut self, node: &Node, text: &EcoString, shape: &Shape) {
        if self.choice(node, shape) {
            return;
        }
        for reason in wrong_text(text, shape) {
            self.refused(node, &reason);
        }
    }

    /// Whether it is none of the values that are allowed, which is reported.
    fn choice(&mut self, node: &Node, shape: &Shape) -> bool {
        let is_right = shape.choices.is_empty() || {
            let json = crate::value::json(node);
            // What Kubernetes reads itself is empty where nothing is said.
            shape.choices.contains(&json) || (shape.nullable && json == "")
        };
        if is_right {
            return false;
        }
        let place = self.place(None);
        let choices: Vec<EcoString> =
            shape.choices.iter().map(|it| it.as_str().map_or_else(|| eco_format!("{it}"), EcoString::from)).collect();
        let newer = self.against.newer.as_deref();
        self.report(problems::no_choice(node, self.id, &place, &choices, &self.against.source, newer));
        true
    }

    fn number(&mut self, node: &Node, it: f64, shape: &Shape) {
        if self.choice(node, shape) {
            return;
        }
        if let Some(least) = shape.minimum
            && (it < least || (shape.exclusive_minimum && it <= least))
        {
            let than = if shape.exclusive_minimum { "more than" } else { "at least" };
            self.refused(node, &eco_format!("is {it}, and must be {than} {least}"));
        }
        if let Some(most) = shape.maximum
            && (it > most || (shape.exclusive_maximum && it >= most))
        {
            let than = if shape.exclusive_maximum { "less than" } else { "at most" };
            self.refused(node, &eco_format!("is {it}, and must be {than} {most}"));
        }
        if let Some(of) = shape.multiple_of.filter(|of| *of > 0.0 && (it / of).fract() != 0.0) {
            self.refused(node, &eco_format!("is {it}, and must be a multiple of {of}"));
        }
    }

    /// How many elements a list has, and whether two have one key.
    pub(super) fn list(&mut self, node: &Node, list: &[Node], shape: &Shape) {
        if let Some(least) = shape.min_items.filter(|it| list.len() < *it) {
            self.refused(node, &eco_format!("has {} elements, and must have at least {least}", list.len()));
        } else if let Some(most) = shape.max_items.filter(|it| list.len() > *it) {
            self.refused(node, &eco_format!("has {} elements, and may have {most}", list.len()));
        }
        let is_set = shape.unique_items || shape.list_type.as_deref() == Some("set");
        let is_map = shape.list_type.as_deref() == Some("map");
        if !is_set && !is_map {
            return;
        }
        let mut seen: IndexSet<EcoString> = IndexSet::default();
        for it in list {
            if is_set && it.value.is_per_cluster() {
                continue;
            }
            let key: EcoString = if is_map {
                let parts =
                    shape.list_keys.iter().map(|key| it.get(key).map_or_else(|| "-".into(), |it| it.value.show()));
                let parts: Vec<EcoString> = parts.collect();
                parts.join(", ").into()
            } else {
                it.value.show()
            };
            if seen.contains(&key) {
                let what = if is_map { "has two elements of the key" } else { "has an element twice:" };
                self.refused(it, &eco_format!("{what} {key}"));
            }
            seen.insert(key);
        }
    }

    pub(super) fn sizes_of_map(&mut self, map: &Map, at: Origin, shape: &Shape) {
        let entries = map.entries.values().filter(|it| !matches!(it.value, Value::Absent)).count();
        let least = shape.min_properties.filter(|it| entries < *it);
        let most = shape.max_properties.filter(|it| entries > *it);
        let reason = match (least, most) {
            (Some(it), _) => eco_format!("has {entries} entries, and must have at least {it}"),
            (None, Some(it)) => eco_format!("has {entries} entries, and may have {it}"),
            (None, None) => return,
        };
        let place = self.place(None);
        self.report(problems::refused(at, self.id, &place, &reason, &self.against.source));
    }
}
