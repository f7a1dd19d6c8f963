//! What is compared.

use crate::source::Db;

/// The two states that are held against each other, and what they are called.
#[derive(Clone, Copy)]
pub struct States<'a> {
    pub old: &'a dyn Db,
    pub new: &'a dyn Db,
    /// `HEAD~1`
    pub old_name: &'a str,
    /// `main`, or "the working tree".
    pub new_name: &'a str,
}
