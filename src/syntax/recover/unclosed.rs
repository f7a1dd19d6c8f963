//! Brackets that nothing closes, found by indentation.
//!
//! A line that is indented no deeper than the line of an open bracket, and does not begin with its
//! partner, stands behind the end of the block.

use super::line::{Line, line_at};
use crate::syntax::scan::{Delimiter, Event, Scanner};

/// A bracket without a partner.
pub(super) struct Unclosed {
    /// Where it is.
    pub open: usize,
    pub delimiter: Delimiter,
    /// How many blanks its line begins with.
    pub indent: usize,
    /// Where the line begins that stands behind its block; the end of the text if none does.
    pub before: usize,
}

/// An open bracket, and how its line is laid out.
struct Block {
    at: usize,
    delimiter: Delimiter,
    indent: usize,
    /// Whether a line in it is indented deeper than its own.
    is_indented: bool,
}

/// Whether some bracket of a text has no partner, as far as strings that are closed show that.
fn is_open(text: &str) -> bool {
    let (mut begun, mut ended) = (0, 0);
    let mut scanner = Scanner::new(text);
    for event in scanner.by_ref() {
        match event {
            Event::Begin(it) if is_bracket(it.delimiter) => begun += 1,
            Event::End { open, .. } if is_bracket(open.delimiter) => ended += 1,
            _ => {}
        }
    }
    // Any other string ends with its line.
    let in_text = scanner.open().iter().any(|it| it.delimiter == Delimiter::Text { lines: true });
    begun > ended && !in_text
}

/// The first bracket of a text that nothing closes; none where all are closed, or where the text is not indented.
pub(super) fn first(text: &str) -> Option<Unclosed> {
    if !is_open(text) {
        return None;
    }
    let mut open: Vec<Block> = Vec::new();
    let mut indent = line_at(text, 0).map_or(0, |it| it.indent);
    for event in Scanner::new(text) {
        match event {
            Event::Line(start) => {
                let Some(line) = line_at(text, start) else { continue };
                if let Some(found) = open.last_mut() {
                    if ends(found, &line) {
                        let is_indented = found.is_indented || follows(text, found.at);
                        return is_indented.then_some(Unclosed {
                            open: found.at,
                            delimiter: found.delimiter,
                            indent: found.indent,
                            before: start,
                        });
                    }
                    found.is_indented |= line.indent > found.indent;
                }
                indent = line.indent;
            }
            Event::Begin(it) if is_bracket(it.delimiter) => {
                open.push(Block { at: it.at, delimiter: it.delimiter, indent, is_indented: false });
            }
            Event::End { open: it, .. } if is_bracket(it.delimiter) => {
                // Brackets that are left open in it end with it.
                while open.pop_if(|last| last.at > it.at).is_some() {}
                open.pop_if(|last| last.at == it.at);
            }
            _ => {}
        }
    }
    let last = open.pop()?;
    Some(Unclosed { open: last.at, delimiter: last.delimiter, indent: last.indent, before: text.len() })
}

const fn is_bracket(it: Delimiter) -> bool {
    matches!(it, Delimiter::Brace | Delimiter::Bracket | Delimiter::Parenthesis)
}

/// Whether a line stands behind the block of an open bracket.
fn ends(block: &Block, line: &Line<'_>) -> bool {
    let closes = line.text.starts_with(block.delimiter.closing());
    line.indent < block.indent || (line.indent == block.indent && !closes)
}

/// Whether something stands behind a bracket in its line.
fn follows(text: &str, at: usize) -> bool {
    text.get(at + 1..).and_then(|it| it.lines().next()).is_some_and(|it| !it.trim().is_empty())
}
