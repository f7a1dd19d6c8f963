//! What an object is held against, and where in it.

use std::fmt::Write;

use ecow::EcoString;

use super::found::Found;
use super::problems;
use crate::diagnostic::Diagnostic;
use crate::kube::object::Id;
use crate::schema::Shape;
use crate::value::Node;

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

/// A part of a path.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Key(EcoString),
    Nth(usize),
}

pub(super) struct Validation<'a> {
    pub against: &'a Against<'a>,
    pub id: &'a Id,
    pub path: Vec<Step>,
    pub found: Found,
}

impl Validation<'_> {
    pub(super) fn report(&mut self, problem: Diagnostic) {
        // A patch may put another value in place of a wrong one.
        let is_certain = !self.against.is_part || problems::is_unknown_field(&problem);
        if is_certain && self.found.diagnostics.len() < MOST {
            self.found.diagnostics.push(problem);
        }
    }

    /// The place as `spec.containers[0].image`.
    pub(super) fn place(&self, key: Option<&str>) -> EcoString {
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

    pub(super) fn wrong_type(&mut self, node: &Node, shape: &Shape) {
        let place = self.place(None);
        self.report(problems::wrong_type(node, self.id, &place, shape, &self.against.source));
    }

    /// Whether Flux makes another text of it, which may be anything.
    pub(super) fn is_open_text(&self, node: &Node) -> bool {
        self.against.is_substituted && node.text().is_some_and(|it| it.contains("${"))
    }

    pub(super) fn refused(&mut self, node: &Node, reason: &str) {
        let place = self.place(None);
        self.report(problems::refused(node.origin, self.id, &place, reason, &self.against.source));
    }
}
