//! Lines of a text, by their indentation.

use std::ops::Range;

/// A line that begins outside of strings.
pub(super) struct Line<'a> {
    /// Its bytes, from the first that is not blank to its end.
    pub range: Range<usize>,
    /// How many blanks it begins with.
    pub indent: usize,
    pub text: &'a str,
}

/// The line that begins at a byte; none where it is blank or a comment.
pub(super) fn line_at(text: &str, start: usize) -> Option<Line<'_>> {
    let rest = text.get(start..)?;
    let whole = rest.lines().next()?;
    let trimmed = whole.trim_start_matches([' ', '\t']);
    let indent = whole.len() - trimmed.len();
    let content = trimmed.trim_end();
    let begins = start + indent;
    (!content.is_empty() && !content.starts_with("//")).then_some(Line {
        range: begins..begins + content.len(),
        indent,
        text: content,
    })
}
