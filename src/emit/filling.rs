//! Texts that many clusters have, but for their facts.

use ecow::EcoString;

use crate::fleet;
use crate::value::{Map, Node};

/// A text that is whole but for facts of a cluster.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Filling {
    /// What stands between the facts.
    text: String,
    /// Where in `text` a fact stands, and which of `names` it is.
    holes: Vec<(u32, u32)>,
    names: Vec<EcoString>,
}

impl Filling {
    /// A text with marks where facts belong.
    pub(super) fn of(marked: &str) -> Self {
        let mut it = Self::default();
        for (before, name) in fleet::marks(marked) {
            it.push(before);
            if let Some(name) = name {
                it.hole(it.text.len(), name);
            }
        }
        it
    }

    fn hole(&mut self, at: usize, name: &str) {
        let known = self.names.iter().position(|it| it == name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        self.holes.push((short(at), short(known)));
    }

    /// Adds a text without marks.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds another text with its holes.
    pub(super) fn append(&mut self, other: &Self) {
        let from = self.text.len();
        self.text.push_str(&other.text);
        for (at, name) in &other.holes {
            if let Some(name) = other.names.get(*name as usize) {
                self.hole(from + *at as usize, name);
            }
        }
    }

    /// Writes the text with a cluster's facts in it.
    pub(super) fn fill(&self, facts: &Map, into: &mut String) {
        let text = |name: &EcoString| facts.entries.get(name).and_then(Node::text).map_or("", EcoString::as_str);
        let facts: Vec<&str> = self.names.iter().map(text).collect();
        let length: usize = self.holes.iter().filter_map(|(_, it)| facts.get(*it as usize)).map(|it| it.len()).sum();
        into.reserve(self.text.len() + length);
        let mut from = 0;
        for (at, name) in &self.holes {
            let at = *at as usize;
            into.push_str(self.text.get(from..at).unwrap_or_default());
            into.push_str(facts.get(*name as usize).unwrap_or(&""));
            from = at;
        }
        into.push_str(self.text.get(from..).unwrap_or_default());
    }
}

/// Files are far below 4 GiB.
fn short(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}
