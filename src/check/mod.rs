//! What can be said of a declaration before anything is evaluated: every name,
//! kind and type in it.
//!
//! In: one declaration, the index, the fleet's facts. Out: diagnostics alone.
//! Below `Any` (input files, open records, untyped values) nothing is checked
//! here; it is checked where it meets a type.

mod bodies;
mod catalogue;
mod checker;
mod cluster;
mod definition;
mod item;
mod problems;
mod references;
mod reserved;
mod twice;

use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::source::{Anchor, Db};
use crate::types::{Notes, Scope};

/// What is found out of one declaration on the way: for those who show it to an author.
#[salsa::tracked]
pub fn notes(db: &dyn Db, anchor: Anchor) -> Arc<Notes> {
    Arc::new(bodies::notes(db, anchor))
}

/// What an expression in a declaration's block may name, beside what blocks around it bind.
#[must_use]
pub fn scope(db: &dyn Db, anchor: Anchor) -> Scope {
    bodies::scope(db, anchor)
}

/// What a check may read, though it be no declaration yet; `near` is any of its package.
#[must_use]
pub fn scope_of_checks(db: &dyn Db, near: Anchor) -> Scope {
    bodies::scope_of_checks(db, near)
}

/// Whether the language sets a field itself in the block before whose brace `head` stands, such as `release`; `is_own`
/// of what stands over objects of this project.
#[must_use]
pub fn is_set_elsewhere(head: &str, field: &str, is_own: bool) -> bool {
    reserved::is_set_elsewhere(head, field, is_own)
}

/// What is wrong with one declaration.
#[salsa::tracked]
pub fn check(db: &dyn Db, anchor: Anchor) -> Diagnostics {
    bodies::check(db, anchor).into()
}
