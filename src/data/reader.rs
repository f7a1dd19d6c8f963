//! What the readers of YAML and JSON make a document of.

use ecow::EcoString;

use super::file::Document;
use super::problems;
use crate::diagnostic::{Diagnostic, keep};
use crate::source::{Anchor, Origin, noncharacter};
use crate::value::Node;

/// Where the nodes of a text come from.
pub(super) enum Origins {
    /// Each from its own place, numbered in the order of the text.
    Numbered {
        anchor: Anchor,
        next: u32,
    },
    One(Origin),
}

impl Origins {
    pub(super) const fn numbered(anchor: Anchor) -> Self {
        Self::Numbered { anchor, next: 0 }
    }

    pub(super) const fn one(origin: Origin) -> Self {
        Self::One(origin)
    }

    pub(super) const fn take(&mut self) -> Origin {
        match self {
            Self::Numbered { anchor, next } => {
                let origin = Origin::new(*anchor, *next);
                *next = next.saturating_add(1);
                origin
            }
            Self::One(origin) => *origin,
        }
    }
}

/// What a text has come to so far.
pub(super) struct Reader {
    pub origins: Origins,
    size: u64,
    pub problems: Vec<Diagnostic>,
}

impl Reader {
    pub(super) const fn new(origins: Origins) -> Self {
        Self { origins, size: 0, problems: Vec::new() }
    }

    /// Begins a value: where it stands.
    pub(super) const fn begin(&mut self) -> Origin {
        self.size += 1;
        self.origins.take()
    }

    /// A text, which has to be one.
    pub(super) fn text(&mut self, text: &str, origin: Origin) -> EcoString {
        if let Some(it) = noncharacter(text) {
            keep(&mut self.problems, problems::noncharacter(origin, it));
        }
        text.into()
    }

    /// What was read; of what cannot be read, nothing is said but why.
    pub(super) fn document(self, node: Result<Node, EcoString>) -> Document {
        if node.is_err() {
            return Document { node, size: 0, problems: Vec::new() };
        }
        Document { node, size: self.size, problems: self.problems }
    }
}
