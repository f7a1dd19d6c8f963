//! The sources that diagnostics show: whole files, and parts of lines that are too long to be shown.

use std::ops::Range;

use codespan_reporting::files::{Error, Files, line_starts};

use super::human;
use crate::data::Located;
use crate::source::{IndexMap, shown, shown_length};

/// Longest line that is shown whole, in bytes.
const LONGEST: usize = 400;

/// Of a longer one: so many bytes before a label, and from its beginning on.
const BEFORE: usize = 60;
const AFTER: usize = 240;

/// What labels point into.
#[derive(Default)]
pub(super) struct Snippets {
    snippets: Vec<Snippet>,
    /// By path, and the bytes that a part of a line is.
    known: IndexMap<(String, Option<(usize, usize)>), usize>,
}

/// A text that is shown, and where it begins in its file.
struct Snippet {
    name: String,
    text: String,
    starts: Vec<usize>,
    /// Lines before the text.
    lines: usize,
    /// Characters before it in its first line.
    columns: usize,
}

impl Snippets {
    /// Where a place is shown: the text and the bytes in it.
    pub(super) fn locate(&mut self, it: &Located) -> (usize, Range<usize>) {
        let Located { path, text, range } = it;
        let line = line_around(text, range.start);
        // A label over several lines is hard to read: its first line says enough.
        let end = range.end.min(line.end).max(range.start);
        let part = if line.len() > LONGEST { part_of(text, &line, range.start) } else { 0..text.len() };
        let end = end.min(part.end).max(range.start);
        let key = (path.to_string(), (line.len() > LONGEST).then_some((part.start, part.end)));
        let id = *self.known.entry(key).or_insert_with(|| {
            self.snippets.push(Snippet::new(path, text, &line, &part));
            self.snippets.len() - 1
        });
        // What is shown as an escape is longer than it is.
        let shown_in = text.get(part.clone()).unwrap_or_default();
        let cut = if part.start > line.start && line.len() > LONGEST { CUT.len() } else { 0 };
        let at = |byte: usize| cut + shown_length(shown_in, byte - part.start);
        (id, at(range.start)..at(end))
    }
}

/// What stands for the part of a line that is not shown.
const CUT: &str = "…";

impl Snippet {
    fn new(path: &str, text: &str, line: &Range<usize>, part: &Range<usize>) -> Self {
        let before = text.get(..part.start).unwrap_or_default();
        let mut shown_text = shown(text.get(part.clone()).unwrap_or_default()).into_owned();
        let (mut lines, mut columns) = (0, 0);
        if part.start > 0 || part.end < text.len() {
            lines = before.matches('\n').count();
            columns = text.get(line.start..part.start).map_or(0, |it| it.chars().count());
            if part.start > line.start {
                shown_text.insert_str(0, CUT);
                columns = columns.saturating_sub(CUT.chars().count());
            }
            if part.end < line.end {
                shown_text.push_str(CUT);
            }
        }
        let starts = line_starts(&shown_text).collect();
        Self { name: human(path), text: shown_text, starts, lines, columns }
    }
}

/// The line that a byte stands in, without its end.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let end = text.get(at..).and_then(|it| it.find('\n')).map_or(text.len(), |it| at + it);
    let is_crlf = text.get(start..end).is_some_and(|it| it.ends_with('\r')) && end < text.len() && end > at;
    start..end - usize::from(is_crlf)
}

/// The part of a long line that is around a byte.
fn part_of(text: &str, line: &Range<usize>, at: usize) -> Range<usize> {
    let begins = |at: &usize| text.is_char_boundary(*at);
    let from = at.saturating_sub(BEFORE).max(line.start);
    let to = at.saturating_add(AFTER).min(line.end);
    (from..=at).find(begins).unwrap_or(at)..(to..=line.end).find(begins).unwrap_or(line.end)
}

impl<'a> Files<'a> for Snippets {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.snippet(id)?.name)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.snippet(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        let starts = &self.snippet(id)?.starts;
        Ok(starts.partition_point(|it| *it <= byte).saturating_sub(1))
    }

    fn line_number(&'a self, id: usize, line: usize) -> Result<usize, Error> {
        Ok(self.snippet(id)?.lines + line + 1)
    }

    fn column_number(&'a self, id: usize, line: usize, byte: usize) -> Result<usize, Error> {
        let snippet = self.snippet(id)?;
        let range = self.line_range(id, line)?;
        let before = snippet.text.get(range.start..byte.min(range.end)).map_or(0, |it| it.chars().count());
        Ok(before + if line == 0 { snippet.columns } else { 0 } + 1)
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let snippet = self.snippet(id)?;
        let max = snippet.starts.len().saturating_sub(1);
        let start = *snippet.starts.get(line).ok_or(Error::LineTooLarge { given: line, max })?;
        Ok(start..snippet.starts.get(line + 1).copied().unwrap_or(snippet.text.len()))
    }
}

impl Snippets {
    fn snippet(&self, id: usize) -> Result<&Snippet, Error> {
        self.snippets.get(id).ok_or(Error::FileMissing)
    }
}

#[cfg(test)]
mod tests {
    use codespan_reporting::files::Files;

    use super::Snippets;
    use crate::data::Located;

    /// Where a label is, and what stands under it.
    fn at(text: &str, what: &str) -> (usize, usize, String, usize) {
        let start = text.find(what).unwrap_or_default();
        let range = start..start + what.len();
        let mut snippets = Snippets::default();
        let (id, range) = snippets.locate(&Located { path: "a.fleet".into(), text: text.into(), range });
        let place = snippets.location(id, range.start).unwrap_or_else(|it| panic!("{it}"));
        let source = snippets.source(id).unwrap_or_default();
        assert!(!source.contains("\\u{d}"), "a line break is no character: {source}");
        (place.line_number, place.column_number, source.get(range).unwrap_or_default().into(), source.len())
    }

    #[test]
    fn long_lines_are_cut_and_places_stay() {
        let filler = "é".repeat(400);
        for (before, after) in [("", ""), ("x\ny\n", "\nz"), ("", "\n"), ("\u{7}\n", "")] {
            let short = format!("{before}ab here cd{after}");
            let (line, column, found, _) = at(&short, "here");
            assert_eq!((line, column, found.as_str()), (before.matches('\n').count() + 1, 4, "here"));
            for text in [
                format!("{before}{filler}here{filler}{after}"),
                format!("{before}here{filler}{after}"),
                format!("{before}{filler}here{after}"),
                format!("{before}{filler}here\r\n{after}"),
                format!("{before}{filler}\u{7}here\u{7}{filler}{after}"),
            ] {
                let (line, column, found, shown) = at(&text, "here");
                assert_eq!(line, before.matches('\n').count() + 1, "{text}");
                let stands = text.lines().nth(line - 1).and_then(|it| it.split_once("here")).map_or("", |it| it.0);
                // What is shown as an escape is counted as it is shown, but for what is cut off.
                let escaped = if stands.ends_with('\u{7}') { "\\u{7}".len() - 1 } else { 0 };
                assert_eq!(column, stands.chars().count() + 1 + escaped, "{text}");
                assert_eq!(found, "here");
                assert!(shown < 400, "{shown}");
            }
        }
    }
}
