//! What rules look at and where they report.

use ecow::EcoString;

use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Settings};
use crate::names::{self, Index};
use crate::source::{Db, IndexSet};

/// What rules look at beside a cluster and its objects, and what they found.
pub(super) struct Lint<'a> {
    pub db: &'a dyn Db,
    pub index: &'a Index,
    pub settings: &'a Settings,
    /// Whether something could not be made, which is reported: then it is not missing.
    pub has_errors: bool,
    /// Facts that have to be known, where a cluster is checked for others.
    pub needed_facts: IndexSet<EcoString>,
    pub out: Vec<Diagnostic>,
}

impl<'a> Lint<'a> {
    pub(super) fn new(db: &'a dyn Db, has_errors: bool) -> Self {
        Self {
            db,
            index: names::index(db, db.project()),
            settings: &fleet::settings(db, db.project()).value,
            has_errors,
            needed_facts: IndexSet::default(),
            out: Vec::new(),
        }
    }
}
