//! YAML in the place of the language: mappings and lists that are nested by indentation.

use std::ops::Range;

use super::line::{Line, line_at};
use crate::syntax::problems::Shape;
use crate::syntax::scan::{Event, Scanner};

/// Lines in YAML that belong together.
pub(super) struct Region {
    pub range: Range<usize>,
    pub shape: Shape,
    /// What is read instead.
    pub instead: &'static str,
}

/// The lines of a chunk that are YAML.
pub(super) fn regions(chunk: &str) -> Vec<Region> {
    let lines = lines(chunk);
    let mut found = Vec::new();
    let mut nth = 0;
    while let Some((line, depth)) = lines.get(nth) {
        let rest = lines.get(nth + 1..).unwrap_or_default();
        let (shape, more) = if is_item(line.text) {
            (Shape::List, rest.iter().take_while(|(it, _)| it.indent > line.indent || same(it, line)).count())
        } else if *depth == 0 && is_pair(line.text) && line.indent == 0 {
            let is_next = |it: &Line<'_>| it.indent > 0 || is_pair(it.text) || opens(it.text) || it.text == "---";
            (Shape::Document, rest.iter().take_while(|(it, _)| is_next(it)).count())
        } else if opens(line.text) {
            let is_in = |it: &Line<'_>| it.indent > line.indent || it.indent == line.indent && is_item(it.text);
            let is_yaml = rest
                .first()
                .is_some_and(|(it, _)| is_in(it) && (is_item(it.text) || is_pair(it.text) || opens(it.text)));
            let more = rest.iter().take_while(|(it, _)| is_in(it)).count();
            (if *depth == 0 { Shape::Document } else { Shape::Mapping }, if is_yaml { more } else { 0 })
        } else {
            (Shape::Mapping, 0)
        };
        if more == 0 && !is_item(line.text) && shape != Shape::Document {
            nth += 1;
            continue;
        }
        let end = lines.get(nth + more).map_or(line.range.end, |(it, _)| it.range.end);
        // `key =` before a list is an entry of its own: what is read in its place is a list.
        let is_value =
            shape == Shape::List && chunk.get(..line.range.start).is_some_and(|it| it.trim_end().ends_with('='));
        found.push(Region { range: line.range.start..end, shape, instead: if is_value { "[]" } else { "" } });
        nth += more + 1;
    }
    found
}

/// The lines of a chunk that are neither blank nor comments, with how many brackets are open before each.
fn lines(chunk: &str) -> Vec<(Line<'_>, usize)> {
    let mut found: Vec<_> = line_at(chunk, 0).map(|it| (it, 0)).into_iter().collect();
    let mut scanner = Scanner::new(chunk);
    while let Some(event) = scanner.next() {
        if let Event::Line(at) = event {
            let depth = scanner.open().len();
            found.extend(line_at(chunk, at).map(|it| (it, depth)));
        }
    }
    found
}

/// Another element of the list that `first` begins.
fn same(line: &Line<'_>, first: &Line<'_>) -> bool {
    line.indent == first.indent && is_item(line.text)
}

/// `- name`, `- "--flag"`: a difference stands between two values.
fn is_item(line: &str) -> bool {
    line == "-"
        || line.strip_prefix("- ").is_some_and(|it| !it.trim_start().starts_with(|it: char| it.is_ascii_digit()))
}

/// `key: value`
fn is_pair(line: &str) -> bool {
    key(line).is_some_and(|rest| rest.starts_with(' ') && !rest.trim().is_empty() && !line.ends_with(['{', '}']))
}

/// `key:`, with what belongs to it on the lines below.
fn opens(line: &str) -> bool {
    key(line).is_some_and(|rest| {
        let rest = rest.split('#').next().unwrap_or_default().trim();
        rest.is_empty() || matches!(rest, "|" | "|-" | "|+" | ">" | ">-" | ">+")
    })
}

/// What follows the colon behind the key that a line begins with.
fn key(line: &str) -> Option<&str> {
    let line = line.strip_prefix("- ").unwrap_or(line);
    let (key, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\":")?,
        None => line.split_once(':')?,
    };
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./".contains(it);
    (!key.is_empty() && (line.starts_with('"') || key.chars().all(is_plain))).then_some(rest)
}
