//! Overrides whose condition holds on a cluster.

use super::finder;
use super::shape::Shape;
use super::statement::OverrideStatement;
use crate::diagnostic::Invariant;
use crate::source::{Anchor, Db};

/// An override whose condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppliedOverride {
    /// Overrides of one rank disagree, a higher rank beats a lower one.
    pub rank: u32,
    pub written: Written,
}

/// Where an override is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Written {
    /// It is one of a declaration's.
    In { anchor: Anchor, nth: u32 },
    /// On each of several clusters, but for its texts.
    Like(Shape),
}

impl AppliedOverride {
    /// The override.
    pub fn statement(self, db: &dyn Db) -> &OverrideStatement {
        match self.written {
            Written::In { anchor, nth } => {
                let all = &finder::statements(db, anchor).value.overrides;
                all.get(nth as usize).invariant("an override that applies is one of its declaration's")
            }
            Written::Like(shape) => shape.statement(db),
        }
    }

    /// The declaration in whose text it stands; of a shape, what it amends: it names nothing.
    pub(super) fn anchor(self, db: &dyn Db) -> Anchor {
        match self.written {
            Written::In { anchor, .. } => anchor,
            Written::Like(shape) => shape.item(db),
        }
    }
}
