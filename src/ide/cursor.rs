//! What stands before a cursor, as text: a line that is half typed cannot be read otherwise.

use crate::syntax::{Delimiter, Event, Open, Scanner};

/// The text of a declaration as far as it is typed, and what is still open in it.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// The outermost first.
    open: Vec<Around>,
    /// Where a string began that is not closed.
    quoted: Option<usize>,
    is_comment: bool,
}

/// A bracket that is not closed, or the whole text.
#[derive(Clone, Copy)]
struct Around {
    /// None for the whole text.
    bracket: Option<Open>,
    /// Where its content begins.
    start: usize,
    /// Behind the last comma, semicolon or line break in it.
    member: usize,
    /// Behind the last line break in it.
    line: usize,
    commas: usize,
}

impl Around {
    const fn new(bracket: Option<Open>, start: usize) -> Self {
        Self { bracket, start, member: start, line: start, commas: 0 }
    }

    /// Where its bracket stands; of the whole text, its beginning.
    fn at(&self) -> usize {
        self.bracket.map_or(0, |it| it.at)
    }

    fn is(&self, delimiters: &[Delimiter]) -> bool {
        self.bracket.is_some_and(|it| delimiters.contains(&it.delimiter))
    }
}

impl<'a> Cursor<'a> {
    /// Reads from the last line on that begins a declaration.
    pub(super) fn new(before: &'a str) -> Self {
        let begins =
            |at: &usize| before.get(*at..).is_some_and(|it| it.starts_with(|it: char| it.is_ascii_lowercase()));
        let starts = before.rmatch_indices('\n').map(|(at, _)| at + 1).chain([0]);
        let start = starts.into_iter().find(begins).unwrap_or_default();
        Self::read(before.get(start..).unwrap_or_default())
    }

    fn read(text: &'a str) -> Self {
        let is_bracket =
            |it: &Open| !matches!(it.delimiter, Delimiter::Text { .. } | Delimiter::Raw | Delimiter::Comment);
        let mut open = vec![Around::new(None, 0)];
        let mut scanner = Scanner::new(text);
        while let Some(event) = scanner.next() {
            // A line break may have ended several at once.
            open.truncate(1 + scanner.open().iter().filter(|it| is_bracket(it)).count());
            match (event, open.last_mut()) {
                (Event::Begin(it), _) if is_bracket(&it) => open.push(Around::new(Some(it), scanner.position())),
                (Event::Comma(at), Some(last)) => {
                    last.member = at + 1;
                    last.commas += 1;
                }
                (Event::Semicolon(at), Some(last)) => last.member = at + 1,
                (Event::Line(at), Some(last)) => (last.member, last.line) = (at, at),
                _ => {}
            }
        }
        let last = scanner.open().last();
        let is_quoted = |it: &&Open| matches!(it.delimiter, Delimiter::Text { .. } | Delimiter::Raw);
        let quoted = last.filter(is_quoted).map(|it| it.at);
        Self { text, open, quoted, is_comment: last.is_some_and(|it| it.delimiter == Delimiter::Comment) }
    }

    pub(super) const fn is_comment(&self) -> bool {
        self.is_comment
    }

    /// Whether a string is being written, and no interpolation in it.
    pub(super) const fn is_quoted(&self) -> bool {
        self.quoted.is_some()
    }

    /// Everything up to the word, or the string, that is being written.
    pub(super) fn stem(&self) -> &'a str {
        let end = self.quoted.unwrap_or_else(|| {
            self.text.trim_end_matches(|it: char| it.is_alphanumeric() || matches!(it, '_' | '-')).len()
        });
        self.text.get(..end).unwrap_or_default()
    }

    /// The block around, an interpolation, or the whole text: lists and arguments are part of a member.
    fn block(&self) -> Option<&Around> {
        let holds_members = |it: &&Around| it.bracket.is_none() || it.is(&[Delimiter::Brace, Delimiter::Interpolation]);
        self.open.iter().rev().find(holds_members)
    }

    /// What is written of the member that is being written; of an interpolation, that from its `(` on.
    pub(super) fn member(&self) -> &'a str {
        let Some(block) = self.block() else { return "" };
        let from = if block.is(&[Delimiter::Interpolation]) { block.at() + 1 } else { block.member };
        self.stem().get(from..).unwrap_or_default().trim_start()
    }

    /// What is written since the last line break of the block around.
    pub(super) fn line(&self) -> &'a str {
        let from = self.block().map_or(0, |it| it.line);
        self.stem().get(from..).unwrap_or_default().trim_start()
    }

    /// What stands before each block that is open, the innermost first: `override web`, `values`, `match x`.
    pub(super) fn heads(&self) -> impl Iterator<Item = &'a str> {
        self.open.iter().rev().filter(|it| it.is(&[Delimiter::Brace])).filter_map(|it| {
            let before = self.text.get(..it.at())?;
            let from = before.rfind(['\n', '{', ',', ';']).map_or(0, |it| it + 1);
            Some(before.get(from..)?.trim())
        })
    }

    /// What stands in each bracket that is open, the innermost first.
    pub(super) fn inside(&self) -> impl Iterator<Item = &'a str> {
        self.open.iter().rev().filter(|it| it.bracket.is_some()).filter_map(|it| self.text.get(it.start..))
    }

    /// The name of the innermost call, and how many arguments are written.
    pub(super) fn call(&self) -> Option<(&'a str, usize)> {
        let is_call = |it: &&Around| it.is(&[Delimiter::Parenthesis]);
        let (name, call) = self.open.iter().rev().filter(is_call).find_map(|it| {
            let before = self.text.get(..it.at())?;
            let from = before.trim_end_matches(|it: char| it.is_alphanumeric() || matches!(it, '_' | '-')).len();
            before.get(from..).filter(|it| !it.is_empty()).map(|name| (name, it))
        })?;
        Some((name, call.commas))
    }
}

/// The key and what is written of its value, if a value is being written.
pub(super) fn value_part(member: &str) -> Option<(&str, &str)> {
    let at = member.match_indices('=').map(|(at, _)| at).find(|at| {
        let before = member.get(..*at).unwrap_or_default();
        let after = member.get(at + 1..).unwrap_or_default();
        !before.ends_with(['=', '!', '<', '>']) && !after.starts_with(['=', '>'])
    });
    if let Some(at) = at {
        return Some((member.get(..at)?, member.get(at + 1..)?));
    }
    let when = member.rfind(" when ").map(|at| at + 6).or_else(|| member.starts_with("when ").then_some(5));
    when.and_then(|at| Some(("", member.get(at..)?)))
        // An argument, an operand on a line of its own.
        .or_else(|| member.contains(['(', '[', '+', '*', '?']).then_some(("", member)))
}

/// `cluster.` at the end of a text: its names.
pub(super) fn chain(text: &str) -> Option<Vec<&str>> {
    let text = text.strip_suffix('.')?;
    let text = text.strip_suffix('?').unwrap_or(text);
    path(text)
}

/// `cluster.zones` at the end of a text: its names.
pub(super) fn path(text: &str) -> Option<Vec<&str>> {
    let is_of_chain = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '?');
    let from = text.rfind(|it: char| !is_of_chain(it)).map_or(0, |it| it + 1);
    let names: Vec<&str> = text.get(from..)?.split('.').map(|it| it.trim_end_matches('?')).collect();
    names.iter().all(|it| !it.is_empty()).then_some(names)
}

/// What the value at the end of a text is held against: `cluster.zones` of `cluster.zones == `.
pub(super) fn compared(text: &str) -> Option<Vec<&str>> {
    let text = text.trim_end();
    let text = ["==", "!="].iter().find_map(|it| text.strip_suffix(it))?;
    path(text.trim_end())
}
