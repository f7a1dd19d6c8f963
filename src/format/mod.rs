//! The one way to lay out the text of a file.
//!
//! In: the text of one file. Out: the same words, strings and comments, each where everyone
//! expects it. What cannot be read is left as it stands. Knows no meaning and no names.
//!
//! The author decides what has several lines: what has a line break behind its opening
//! bracket, has a line for each of its members; everything else stands in one line, as long
//! as it fits.

mod align;
mod layout;
mod line;
mod print;

use std::sync::Arc;

use crate::diagnostic::Invariant;
use crate::source::{FleetDatabase, InMemory, SourceFile};
use crate::syntax;
use layout::Layout;
use line::{BLANK, Line};
use print::Printer;

/// What holds of where a declaration stands.
const IN_TEXT: &str = "a declaration is a part of its file";

/// Characters that fit in a line.
const WIDTH: usize = 120;

/// A file as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    pub text: String,
    /// Where in the old text something stands that cannot be read: its declaration is as it was.
    /// In bytes.
    pub left: Vec<usize>,
}

/// Lays out a file.
#[must_use]
pub fn format(text: &str) -> Formatted {
    let mut lines: Vec<Line> = Vec::new();
    let mut left = Vec::new();
    for chunk in syntax::tokens(text) {
        let own = if let Some(tokens) = &chunk.tokens {
            laid_out(tokens)
        } else {
            left.push(chunk.range.start);
            verbatim(text, chunk.range)
        };
        lines.extend(own);
    }
    print::set_apart(&mut lines);
    align::align(&mut lines);
    let end = if text.find('\n').is_some_and(|it| text.get(..it).is_some_and(|it| it.ends_with('\r'))) {
        "\r\n"
    } else {
        "\n"
    };
    Formatted { text: print::text(&lines, end), left }
}

/// Whether two texts say the same, comments included: what is laid out does, or the layout is wrong.
#[must_use]
pub fn means_the_same(before: &str, after: &str) -> bool {
    let db = FleetDatabase::new(Vec::new(), Arc::new(InMemory::default()));
    meaning(&db, before) == meaning(&db, after)
}

/// The declarations and the comments of a text.
fn meaning(db: &FleetDatabase, text: &str) -> (Vec<String>, Vec<String>) {
    let file = SourceFile::new(db, "a.fleet".into(), "".into(), text.into());
    let parsed = syntax::parse(db, file);
    let declarations = parsed.declarations.iter().map(|(_, it)| format!("{it:?}")).collect();
    let comments = parsed.comments.iter().map(|it| text.get(it.clone()).unwrap_or_default().trim_end().to_owned());
    (declarations, comments.collect())
}

/// The lines of some declarations.
fn laid_out(tokens: &[syntax::Token<'_>]) -> Vec<Line> {
    let mut layout = Layout::of(tokens);
    loop {
        let lines = Printer::new(tokens, &layout).lines();
        let long = lines.iter().filter(|it| it.width() > WIDTH);
        if !layout.widen(tokens, long.map(|it| it.opens.as_slice())) {
            return lines;
        }
    }
}

/// The lines of what cannot be read.
fn verbatim(text: &str, range: std::ops::Range<usize>) -> Vec<Line> {
    let before = text.get(..range.start).invariant(IN_TEXT);
    let slice = text.get(range).invariant(IN_TEXT);
    let breaks = before.get(before.trim_end_matches(BLANK).len()..).unwrap_or_default().matches('\n').count();
    let Some(first) = slice.find(|it: char| !BLANK.contains(&it)) else { return Vec::new() };
    // What stands before the first word of its line belongs to it.
    let from = slice.get(..first).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let skipped = slice.get(..from).invariant(IN_TEXT).matches('\n').count();
    let body = slice.get(from..).unwrap_or_default().trim_end_matches(BLANK);
    let mut lines: Vec<Line> = body.split('\n').map(|it| Line::raw(it.trim_end_matches('\r'))).collect();
    // Comments at its end say something of what comes next.
    let comments: Vec<Line> = pop_while(&mut lines, |it| it.text.trim_start_matches(BLANK).starts_with("//"));
    let is_apart = !pop_while(&mut lines, |it| it.text.is_empty()).is_empty();
    lines.extend(comments.into_iter().enumerate().map(|(nth, it)| Line {
        is_comment: true,
        is_after_blank: is_apart && nth == 0,
        ..it
    }));
    if let Some(first) = lines.first_mut() {
        first.is_after_blank = breaks + skipped > 1;
        first.is_top = true;
    }
    lines
}

/// Takes lines from the end, but never the first; in their order.
fn pop_while(lines: &mut Vec<Line>, holds: impl Fn(&Line) -> bool) -> Vec<Line> {
    let count = lines.iter().skip(1).rev().take_while(|it| holds(it)).count();
    lines.split_off(lines.len() - count)
}
