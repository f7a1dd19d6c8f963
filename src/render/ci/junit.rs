//! `JUnit` XML: a test case for each finding; without any, one that passed.
//!
//! Source: `junit-10.xsd` of Jenkins' xunit plugin. There are no warnings in it, so one is
//! a test that passed and said something.

use std::fmt::Write;

use super::finding::{Finding, Point};

/// The report; `is_whole` is false where the run itself failed.
#[must_use]
pub fn junit(found: &[Finding], is_whole: bool) -> String {
    let failures = found.iter().filter(|it| it.is_error).count();
    let errors = usize::from(!is_whole);
    let tests = found.len().max(1);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a String cannot fail.
    let _ = writeln!(out, "<testsuites name=\"fleetc\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">");
    let _ =
        writeln!(out, "  <testsuite name=\"fleetc\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">");
    if found.is_empty() {
        let _ = if is_whole {
            writeln!(out, "    <testcase name=\"the fleet\" classname=\"fleetc\"/>")
        } else {
            writeln!(
                out,
                "    <testcase name=\"the fleet\" classname=\"fleetc\"><error message=\"fleetc could not run\"/></testcase>"
            )
        };
    }
    for it in found {
        let place = it.place.as_ref().map(named).unwrap_or_default();
        let name = attribute(format!("{} {place}", it.id).trim_end());
        let _ = writeln!(out, "    <testcase name=\"{name}\" classname=\"fleetc\">");
        let text = element(&it.text);
        let _ = if it.is_error {
            writeln!(out, "      <failure type=\"{}\" message=\"{}\">{text}</failure>", it.id, attribute(&it.message))
        } else {
            writeln!(out, "      <system-out>{text}</system-out>")
        };
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn named(it: &Point) -> String {
    it.range.map_or_else(|| it.path.to_string(), |range| format!("{}:{}:{}", it.path, range.line, range.column))
}

/// Text between tags; what XML 1.0 has no place for is left out.
fn element(text: &str) -> String {
    let is_allowed =
        |it: &char| matches!(it, '\t' | '\n' | '\r') || *it >= ' ' && !matches!(it, '\u{fffe}' | '\u{ffff}');
    let text: String = text.chars().filter(is_allowed).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text between quotes, where lines would be joined.
fn attribute(text: &str) -> String {
    element(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}
