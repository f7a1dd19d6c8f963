//! Braces that other languages write otherwise: on a line of their own, or behind a `=`.

use super::line::{Line, line_at};
use crate::syntax::chunk::{DECLARATIONS, MODIFIERS};
use crate::syntax::fix::STATEMENTS;
use crate::syntax::scan::{Event, Scanner};

/// For each such brace: where the line above it ends, and where the brace is.
pub(super) fn alone(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut above = line_at(text, 0);
    for event in Scanner::new(text) {
        let Event::Line(start) = event else { continue };
        let Some(line) = line_at(text, start) else { continue };
        if let Some(head) = above.as_ref().filter(|it| line.text.starts_with('{') && opens(it)) {
            let between = text.get(head.range.end..line.range.start).unwrap_or_default();
            if between.trim().is_empty() {
                found.push((head.range.end, line.range.start));
            }
        }
        above = Some(line);
    }
    found
}

/// Where a `=` stands between a declaration and its block: `fleet acme = {`.
pub(super) fn set(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut look = |start: usize| {
        let Some(line) = line_at(text, start) else { return };
        let Some(head) = line.text.strip_suffix('{').and_then(|it| it.trim_end().strip_suffix('=')) else { return };
        let words: Vec<&str> = head.split_whitespace().collect();
        if let [word, _] = words.as_slice()
            && BLOCKS.contains(word)
        {
            found.push(line.range.start + head.len());
        }
    };
    look(0);
    for event in Scanner::new(text) {
        if let Event::Line(start) = event {
            look(start);
        }
    }
    found
}

/// Declarations that are a name and a block.
const BLOCKS: [&str; 9] =
    ["fleet", "catalogue", "cluster", "group", "addon", "tenant", "application", "baseline", "namespace"];

/// Whether a line may open a block, and does not yet.
fn opens(line: &Line<'_>) -> bool {
    let word_end = line.text.find(|it: char| !(it.is_ascii_alphanumeric() || "-_.".contains(it)));
    let (word, rest) = line.text.split_at(word_end.unwrap_or(line.text.len()));
    let is_head = [&DECLARATIONS[..], &MODIFIERS, &STATEMENTS].concat().contains(&word);
    let is_key = word.starts_with(|it: char| it.is_ascii_alphabetic()) && rest.trim().is_empty();
    let is_open = line.text.ends_with(['{', '[', '(', ',', '=', '>', '}']) || line.text.contains("//");
    (is_head || is_key) && !is_open
}
