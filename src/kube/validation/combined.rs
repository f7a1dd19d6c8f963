//! `allOf`, `anyOf`, `oneOf` and `not`: schemas that only say when a value is right.

use ecow::{EcoString, eco_format};

use super::found::Found;
use super::validator::{Step, Validation};
use crate::diagnostic::listed;
use crate::schema::{Inner, Shape};
use crate::value::{Node, Value};

impl Validation<'_> {
    pub(super) fn combined(&mut self, node: &Node, shape: &Shape) {
        // What is not there yet would decide.
        if self.against.is_part {
            return;
        }
        for it in &shape.all_of {
            self.logical(node, it.get());
        }
        if !shape.any_of.is_empty() && !shape.any_of.iter().any(|it| self.fits(node, it.get())) {
            self.none_fits(node, &shape.any_of, "one of");
        }
        if !shape.one_of.is_empty() {
            match shape.one_of.iter().filter(|it| self.fits(node, it.get())).count() {
                0 => self.none_fits(node, &shape.one_of, "exactly one of"),
                1 => {}
                _ => self.several_fit(node, &shape.one_of),
            }
        }
        if let Some(not) = &shape.not
            && self.fits(node, not.get())
        {
            let reason = match required(std::slice::from_ref(not)) {
                Some(it) => eco_format!("may not have {}", named(&it)),
                None => "is what its schema excludes".into(),
            };
            self.refused(node, &reason);
        }
    }

    /// Whether a value is right; what the schema does not name is.
    fn fits(&self, node: &Node, shape: &Shape) -> bool {
        let mut inner = Self { against: self.against, id: self.id, path: self.path.clone(), found: Found::default() };
        inner.logical(node, shape);
        inner.found.diagnostics.is_empty()
    }

    /// A schema inside of another closes nothing: the outer one says which fields there are.
    fn logical(&mut self, node: &Node, shape: &Shape) {
        if self.is_open_text(node) {
            return;
        }
        match &node.value {
            Value::Map(map) => {
                for (key, inner) in &shape.properties {
                    if let Some(node) = map.entries.get(key) {
                        self.path.push(Step::Key(key.clone()));
                        self.logical(node, inner.get());
                        self.path.pop();
                    }
                }
                for key in shape.required.iter().filter(|it| !map.entries.contains_key(*it)) {
                    self.refused(node, &eco_format!("needs `{key}`"));
                }
                self.sizes_of_map(map, node.origin, shape);
            }
            Value::List(list) => {
                if let Some(items) = &shape.items {
                    for (nth, it) in list.iter().enumerate() {
                        self.path.push(Step::Nth(nth));
                        self.logical(it, items.get());
                        self.path.pop();
                    }
                }
                self.list(node, list, shape);
            }
            Value::Absent | Value::Unknown | Value::Conflict(_) | Value::Template(_) | Value::Null => return,
            _ if self.scalar(node, shape) => {}
            _ => self.wrong_type(node, shape),
        }
        self.combined(node, shape);
    }

    fn none_fits(&mut self, node: &Node, of: &[Inner], how: &str) {
        let reason = required(of).map_or_else(
            || eco_format!("is none of the {} things that its schema allows", of.len()),
            |it| eco_format!("needs {how} {}", named(&it)),
        );
        self.refused(node, &reason);
    }

    fn several_fit(&mut self, node: &Node, of: &[Inner]) {
        let reason = match required(of) {
            Some(it) => eco_format!("may have only one of {}", named(&it)),
            None => "is several of the things of which its schema allows one".into(),
        };
        self.refused(node, &reason);
    }
}

/// The fields that schemas ask for, where that is all they say.
fn required(of: &[Inner]) -> Option<Vec<EcoString>> {
    let mut found = Vec::new();
    for it in of.iter().map(Inner::get) {
        match it.required.as_slice() {
            [] => return None,
            several => found.extend(several.iter().cloned()),
        }
    }
    found.dedup();
    Some(found)
}

fn named(names: &[EcoString]) -> EcoString {
    listed(names.iter().map(|it| eco_format!("`{it}`")))
}
