//! An answer to `fleetc diff`: for a person, for a pull request, for a program.

mod json;
mod markdown;
mod patch;
mod states;
mod text;
mod words;

pub use json::diff_json;
pub use markdown::diff_markdown;
pub use patch::{diff_patch, text_patch};
pub use states::States;
pub use text::diff_text;
