//! Cuts a file into chunks of one declaration each, before it is parsed.
//!
//! A declaration begins at a keyword in column 0 and runs to the brace that
//! closes it. Where that brace is missing, it ends at the next keyword in
//! column 0, so that an unclosed block spoils its own declaration only.

use crate::diagnostic::Invariant;
use std::ops::Range;

use super::scan::{Delimiter, Event, Open, Scanner};

/// Deepest nesting of braces, brackets and parentheses that is parsed.
pub(super) const NESTING_LIMIT: usize = 100;

/// Largest file that is parsed, in bytes: a hundred thousand lines. What is known of a source takes up to two hundred
/// times its size, and one declaration is as large as its file at most.
pub(super) const SIZE_LIMIT: usize = 2 * 1024 * 1024;

/// Words that head a declaration at the top level.
pub(super) const DECLARATIONS: [&str; 22] = [
    "addon",
    "application",
    "catalogue",
    "check",
    "cluster",
    "external",
    "fleet",
    "fn",
    "group",
    "import",
    "inventory",
    "kustomize",
    "let",
    "manifest",
    "moved",
    "namespace",
    "override",
    "repository",
    "rule",
    "source",
    "tenant",
    "type",
];

/// Words that may stand before one.
pub(super) const MODIFIERS: [&str; 2] = ["baseline", "optional"];

/// The chunks of a file.
pub(super) struct Chunks {
    /// Byte ranges that together cover the file.
    pub ranges: Vec<Range<usize>>,
    /// The first opening bracket that is nested too deeply.
    pub too_deep: Option<usize>,
}

/// Cuts `text` into chunks.
pub(super) fn split(text: &str) -> Chunks {
    let outline = outline(text);
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut next = 0;
    while let Some(&head) = outline.heads.get(next) {
        next += 1;
        let next_head = outline.heads.get(next).copied().unwrap_or(text.len());
        let first = outline.opens.partition_point(|(open, _)| *open < head);
        if let Some((open, Some(close))) = outline.opens.get(first)
            && *open < next_head
        {
            next = outline.heads.partition_point(|it| it < close).max(next);
        }
        let cut = outline.heads.get(next).copied().unwrap_or(text.len());
        ranges.push(start..cut);
        start = cut;
    }
    if start < text.len() || ranges.is_empty() {
        ranges.push(start..text.len());
    }
    Chunks { ranges, too_deep: outline.too_deep }
}

/// What of a text shows where its declarations are.
struct Outline {
    /// Offsets of declaration keywords in column 0.
    heads: Vec<usize>,
    /// Each `{` with the `}` that closes it, in order of the `{`.
    opens: Vec<(usize, Option<usize>)>,
    too_deep: Option<usize>,
}

/// Finds braces and heads outside of strings and comments.
fn outline(text: &str) -> Outline {
    let mut it = Outline { heads: Vec::new(), opens: Vec::new(), too_deep: None };
    let head = |at: usize| {
        let line = text.get(at..).invariant("a line begins between characters");
        is_head(line).then_some(at)
    };
    it.heads.extend(head(0));
    let mut scanner = Scanner::new(text);
    while let Some(event) = scanner.next() {
        match event {
            Event::Line(at) => it.heads.extend(head(at)),
            Event::Begin(Open { delimiter: Delimiter::Comment | Delimiter::Raw, .. })
            | Event::Comma(_)
            | Event::Semicolon(_) => {}
            Event::Begin(open) => {
                let at = scanner.position();
                if it.too_deep.is_none() && scanner.open().len() > NESTING_LIMIT && at < text.len() {
                    it.too_deep = Some(at);
                }
                if open.delimiter == Delimiter::Brace {
                    it.opens.push((open.at, None));
                }
            }
            Event::End { open, at } => {
                if open.delimiter == Delimiter::Brace
                    && let Ok(nth) = it.opens.binary_search_by_key(&open.at, |it| it.0)
                    && let Some(found) = it.opens.get_mut(nth)
                {
                    found.1 = Some(at);
                }
            }
        }
    }
    it
}

fn is_head(rest: &str) -> bool {
    let word_end = rest.find(|it: char| !(it.is_ascii_alphanumeric() || it == '-')).unwrap_or(rest.len());
    let (word, tail) = rest.split_at(word_end);
    // `repository: Url` is a parameter or a field, wherever it stands.
    let is_named = tail.trim_start_matches([' ', '\t']).starts_with([':', ',', ')', '=', '.']);
    DECLARATIONS.contains(&word) && !is_named
        || MODIFIERS.contains(&word)
            && tail.starts_with([' ', '\t'])
            && tail
                .trim_start_matches([' ', '\t'])
                .starts_with(|it: char| it.is_ascii_alphanumeric() || "_\"*".contains(it))
}
