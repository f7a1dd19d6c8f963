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
        } else if *depth == 0 && line.text == "---" {
            let is_document = rest.first().is_some_and(|(it, _)| is_pair(it.text) || opens(it.text));
            let is_next = |it: &Line<'_>| it.indent > 0 || is_dash(it.text) || is_pair(it.text) || opens(it.text);
            (Shape::Document, if is_document { rest.iter().take_while(|(it, _)| is_next(it)).count() } else { 0 })
        } else if *depth == 0 && is_pair(line.text) && line.indent == 0 {
            let is_next = |it: &Line<'_>| {
                it.indent > 0 || is_dash(it.text) || is_pair(it.text) || opens(it.text) || it.text == "---"
            };
            (Shape::Document, rest.iter().take_while(|(it, _)| is_next(it)).count())
        } else if let Some(text) = opened(line.text) {
            let is_in = |it: &Line<'_>| it.indent > line.indent || it.indent == line.indent && is_dash(it.text);
            let next = rest.first().map(|it| &it.0).filter(|it| is_in(it));
            let is_text = text.starts_with(['|', '>']);
            let is_yaml = next.is_some_and(|it| is_text || is_dash(it.text) || is_pair(it.text) || opens(it.text));
            let more = if is_yaml { rest.iter().take_while(|(it, _)| is_in(it)).count() } else { 0 };
            let shape = match next {
                _ if *depth == 0 => Shape::Document,
                _ if is_text => Shape::Text,
                Some(it) if is_dash(it.text) => Shape::Sequence,
                _ => Shape::Mapping,
            };
            (shape, more)
        } else {
            (Shape::Mapping, 0)
        };
        let is_whole = is_item(line.text) || shape == Shape::Document && (is_pair(line.text) || line.text == "---");
        if more == 0 && !is_whole {
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
    opened(line).is_some()
}

/// What stands behind the key of a line that only opens a value: nothing, or how a text is read.
fn opened(line: &str) -> Option<&str> {
    let rest = key(line)?.split('#').next().unwrap_or_default().trim();
    (rest.is_empty() || matches!(rest, "|" | "|-" | "|+" | ">" | ">-" | ">+")).then_some(rest)
}

/// `- name`, as an element of a list that a key opens: there `- 80` is one, too.
fn is_dash(line: &str) -> bool {
    line == "-" || line.starts_with("- ")
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
