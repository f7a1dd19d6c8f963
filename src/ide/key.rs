//! Keys as they are written.

use ecow::{EcoString, eco_format};

/// A key as it is written: in quotes where it must be.
pub(super) fn quoted(name: &EcoString) -> EcoString {
    if names_a_key(name) { name.clone() } else { eco_format!("\"{name}\"") }
}

/// Whether a key needs no quotes.
pub(super) fn names_a_key(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
        && !name.ends_with('-')
}
