//! What can be said of a declaration before anything is evaluated: every name,
//! kind and type in it.
//!
//! In: one declaration, the index, the fleet's facts. Out: diagnostics alone.
//! Below `Any` (input files, open records, untyped values) nothing is checked
//! here; it is checked where it meets a type.

mod bodies;
mod checker;
mod cluster;
mod definition;
mod item;
mod problems;
mod references;
mod reserved;
mod twice;

use crate::diagnostic::Diagnostics;
use crate::source::{Anchor, Db};

/// What is wrong with one declaration.
#[salsa::tracked]
pub fn check(db: &dyn Db, anchor: Anchor) -> Diagnostics {
    bodies::check(db, anchor).into()
}
