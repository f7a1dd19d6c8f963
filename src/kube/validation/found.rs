//! What was found, and what a text must be like on each cluster where it has placeholders for facts: asked of each
//! cluster by itself, which is far less than to check all of its objects.

use std::sync::Arc;

use super::limits;
use super::name_rule::NameRule;
use crate::diagnostic::Diagnostic;
use crate::schema::Shape;
use crate::value::{Map, Template};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub diagnostics: Vec<Diagnostic>,
    /// What must hold on each cluster, where an object is checked for several.
    pub promises: Vec<Promise>,
}

/// What a text must be like.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TextRule {
    Name(NameRule),
    /// The limits of a schema.
    Limits(Arc<Shape>),
}

/// A text that has to be right on each cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    text: Arc<Template>,
    rule: TextRule,
}

impl Promise {
    /// Whether it is right with the facts of a cluster.
    #[must_use]
    pub fn holds(&self, facts: &Map) -> bool {
        let text = self.text.fill(facts);
        match &self.rule {
            TextRule::Name(rule) => rule.holds(&text),
            TextRule::Limits(shape) => limits::fits(&text, shape),
        }
    }
}

impl Found {
    /// With what else was found.
    pub fn add(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.promises.extend(other.promises);
    }

    pub(super) fn promise(&mut self, text: &Arc<Template>, rule: TextRule) {
        self.promises.push(Promise { text: Arc::clone(text), rule });
    }
}
