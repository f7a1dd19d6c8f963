//! Texts that many clusters have, but for their facts.

use ecow::EcoString;

use crate::diagnostic::{Invariant, bug};
use crate::value::{Map, Template, TemplatePart, fact};

/// A text that is whole but for facts of a cluster.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Filling {
    /// What stands between the facts.
    text: String,
    /// Where in `text` a fact stands, and which of `names` it is.
    placeholders: Vec<(u32, u32)>,
    names: Vec<EcoString>,
}

impl Filling {
    /// A text with placeholders where facts belong.
    pub(super) fn of(template: &Template) -> Self {
        let mut it = Self::default();
        for part in template.parts() {
            match part {
                TemplatePart::Text(text) => it.push(text),
                TemplatePart::Fact(name) => it.placeholder(it.text.len(), name),
            }
        }
        it
    }

    fn placeholder(&mut self, at: usize, name: &str) {
        let known = self.names.iter().position(|it| it == name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        self.placeholders.push((short(at), short(known)));
    }

    /// Adds a text without placeholders.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds another text with its placeholders.
    pub(super) fn append(&mut self, other: &Self) {
        let from = self.text.len();
        self.text.push_str(&other.text);
        for (at, name) in &other.placeholders {
            let name = other.names.get(*name as usize).invariant("a placeholder has a name");
            self.placeholder(from + *at as usize, name);
        }
    }

    /// Writes the text with a cluster's facts in it.
    pub(super) fn fill(&self, facts: &Map, into: &mut String) {
        let facts: Vec<&str> = self.names.iter().map(|name| fact(facts, name)).collect();
        let of = |name: u32| *facts.get(name as usize).invariant("a placeholder has a name");
        let length: usize = self.placeholders.iter().map(|(_, it)| of(*it).len()).sum();
        into.reserve(self.text.len() + length);
        let mut from = 0;
        for (at, name) in &self.placeholders {
            let at = *at as usize;
            into.push_str(self.text.get(from..at).invariant("placeholders stand in order, between characters"));
            into.push_str(of(*name));
            from = at;
        }
        into.push_str(self.text.get(from..).invariant("placeholders stand inside of the text"));
    }
}

/// Files are far below 4 GiB.
fn short(it: usize) -> u32 {
    u32::try_from(it).unwrap_or_else(|_| bug("a file has more than 4 GiB"))
}
