//! Braces on a line of their own: they belong to what they open.

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

/// Whether a line may open a block, and does not yet.
fn opens(line: &Line<'_>) -> bool {
    let word_end = line.text.find(|it: char| !(it.is_ascii_alphanumeric() || "-_.".contains(it)));
    let (word, rest) = line.text.split_at(word_end.unwrap_or(line.text.len()));
    let is_head = [&DECLARATIONS[..], &MODIFIERS, &STATEMENTS].concat().contains(&word);
    let is_key = word.starts_with(|it: char| it.is_ascii_alphabetic()) && rest.trim().is_empty();
    let is_open = line.text.ends_with(['{', '[', '(', ',', '=', '>', '}']) || line.text.contains("//");
    (is_head || is_key) && !is_open
}
