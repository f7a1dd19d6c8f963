//! What limits a text.

use std::sync::{LazyLock, Mutex, PoisonError};

use base64::Engine;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use ecow::{EcoString, eco_format};
use regex::Regex;

use crate::schema::{self, Shape};
use crate::source::IndexMap;

/// As Go reads it.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Whether a schema says more of a text than that it is one.
pub(super) fn has_limits(shape: &Shape) -> bool {
    let length = shape.min_length.is_some() || shape.max_length.is_some();
    !shape.choices.is_empty() || shape.pattern.is_some() || shape.format.is_some() || length
}

/// Whether a text is within the limits of a schema.
pub(super) fn fits(text: &EcoString, shape: &Shape) -> bool {
    let is_choice = shape.choices.is_empty() || shape.choices.iter().any(|it| it == text.as_str());
    is_choice && wrong_text(text, shape).is_empty()
}

/// What is wrong with a text, but for the values that are allowed.
pub(super) fn wrong_text(text: &EcoString, shape: &Shape) -> Vec<EcoString> {
    let mut wrong = Vec::new();
    match shape.format.as_deref() {
        Some("quantity") if schema::quantity(text.trim()).is_none() => {
            wrong.push(eco_format!("is no quantity: `{text}`"));
        }
        Some("byte") if BASE64.decode(text.as_str().replace(['\r', '\n'], "")).is_err() => {
            wrong.push("must be base64".into());
        }
        _ => {}
    }
    let length = text.chars().count();
    if let Some(least) = shape.min_length.filter(|it| length < *it) {
        wrong.push(eco_format!("must not be shorter than {least}"));
    } else if let Some(most) = shape.max_length.filter(|it| length > *it) {
        wrong.push(eco_format!("has {length} characters, and may have {most}"));
    }
    if let Some(pattern) = &shape.pattern
        && let Some(regex) = regex(pattern)
        && !regex.is_match(text)
    {
        wrong.push(eco_format!("is `{text}`, which does not match `{pattern}`"));
    }
    wrong
}

/// The regular expression, compiled once; none where it is of another dialect.
fn regex(pattern: &EcoString) -> Option<Regex> {
    static KNOWN: LazyLock<Mutex<IndexMap<EcoString, Option<Regex>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(pattern.clone()).or_insert_with(|| Regex::new(pattern).ok()).clone()
}
