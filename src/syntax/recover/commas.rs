//! Elements of a list that stand on lines of their own, without commas.

use super::line::line_at;
use crate::syntax::scan::{Delimiter, Event, Scanner};

/// Where commas are missing in a list, each at the element that it belongs before.
pub(super) type Missing = Vec<usize>;

/// The lists of a text in which commas are missing.
pub(super) fn missing(text: &str) -> Vec<Missing> {
    let mut lists: Vec<(usize, Missing)> = Vec::new();
    let mut scanner = Scanner::new(text);
    // Where the last line ended, its comment aside.
    let mut comment = None;
    while let Some(event) = scanner.next() {
        match event {
            Event::Begin(it) if it.delimiter == Delimiter::Comment => comment = Some(it.at),
            Event::Line(start) => {
                let end = comment.take().unwrap_or(start);
                let list = scanner.open().last().filter(|it| it.delimiter == Delimiter::Bracket);
                let Some((list, line)) = list.zip(line_at(text, start)) else { continue };
                let before = text.get(list.at..end).unwrap_or_default().trim_end();
                if ends_element(before) && begins_element(line.text) {
                    match lists.last_mut().filter(|it| it.0 == list.at) {
                        Some((_, found)) => found.push(line.range.start),
                        None => lists.push((list.at, vec![line.range.start])),
                    }
                }
            }
            _ => {}
        }
    }
    lists.into_iter().map(|it| it.1).collect()
}

fn ends_element(before: &str) -> bool {
    let word = before.rsplit(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
    let goes_on = ["and", "or", "not", "in", "if", "then", "else", "for", "match"].contains(&word);
    !goes_on && before.ends_with(|it: char| it.is_alphanumeric() || matches!(it, '"' | '#' | '}' | ']' | ')'))
}

fn begins_element(line: &str) -> bool {
    let word = line.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
    let goes_on = ["and", "or", "in", "then", "else", "if", "for"].contains(&word);
    !goes_on
        && (line.starts_with("...")
            || line.starts_with(|it: char| it.is_alphanumeric() || matches!(it, '"' | '#' | '{' | '[' | '(')))
}
