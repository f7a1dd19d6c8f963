//! An answer to `fleetc diff`: for a person, for a pull request, for a program.

mod json;
mod markdown;
mod patch;
mod text;
mod words;

pub use json::diff_json;
pub use markdown::diff_markdown;
pub use patch::{diff_patch, text_patch};
pub use text::diff_text;

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
