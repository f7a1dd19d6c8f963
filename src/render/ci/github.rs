//! Annotations of GitHub Actions: a command a line.
//!
//! Source: GitHub's documentation of workflow commands, and `@actions/core`, which escapes
//! as this does. GitHub shows ten errors and ten warnings of a step, so the errors come first.

use std::fmt::Write;

use super::finding::{Finding, Range};
use crate::source::shown;

/// The commands.
#[must_use]
pub fn github(found: &[Finding]) -> String {
    let mut out = String::new();
    let (errors, warnings): (Vec<&Finding>, Vec<&Finding>) = found.iter().partition(|it| it.is_error);
    for it in errors.into_iter().chain(warnings) {
        let mut properties = vec![format!("title={}", property(&format!("fleetc {}", it.id)))];
        if let Some(place) = &it.place {
            properties.push(format!("file={}", property(&place.path)));
            if let Some(Range { line, column, end_line, end_column }) = place.range {
                properties.push(format!("line={line},endLine={end_line}"));
                if line == end_line {
                    properties.push(format!("col={column},endColumn={end_column}"));
                }
            }
        }
        let kind = if it.is_error { "error" } else { "warning" };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "::{kind} {}::{}", properties.join(","), data(&it.summary()));
    }
    out
}

fn data(text: &str) -> String {
    shown(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
