//! Whether the API server accepts an object: its fields, their types and limits, and its names.
//!
//! In: an object's tree and the [`Shape`] of its kind. Out: diagnostics. Never knows which version a cluster has.
//!
//! - [`Against`]: the shape, and how sure it is; [`Found`] and [`Promise`]: what comes out.
//! - `defaults`: what the API server fills in first.
//! - `tree`: field by field; `value`: one value without what it holds; `combined`: `anyOf` and its like.
//! - [`eks`]: what Amazon EKS refuses beside.
//! - [`names`]: names, labels and annotations.

mod combined;
mod defaults;
mod eks;
mod found;
mod limits;
mod name_rule;
mod names;
mod problems;
mod tree;
mod validator;
mod value;

use super::object::Id;
use crate::value::Node;
use validator::Validation;

pub use eks::check as eks;
pub use found::{Found, Promise};
pub use names::check as names;
pub use problems::{is_missing_field, no_kind, not_served};
pub use validator::Against;

/// Holds an object against a shape.
#[must_use]
pub fn validate(against: &Against<'_>, id: &Id, body: &Node) -> Found {
    let mut validation = Validation { against, id, path: Vec::new(), found: Found::default() };
    if against.is_part {
        validation.node(body, against.shape);
    } else {
        validation.node(&defaults::defaulted(body, against.shape), against.shape);
    }
    validation.found
}
