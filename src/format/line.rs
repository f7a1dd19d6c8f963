//! Lines of the new text.

/// Columns by which what is inside stands further to the right.
pub(super) const INDENT: usize = 2;

/// White space of the language. What Unicode calls white space beside it is kept where a text cannot be read; at the
/// end of a comment it goes.
pub(super) const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// A line of the new text.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub indent: usize,
    pub text: String,
    /// Whether a blank line stands before it.
    pub is_after_blank: bool,
    /// Where it may be pulled apart.
    pub column: Option<Column>,
    pub is_comment: bool,
    /// The brackets that it opens.
    pub opens: Vec<usize>,
    /// Whether a declaration at the top level begins here, or the comments above it.
    pub is_top: bool,
}

impl Line {
    /// One that is as it was.
    pub(super) fn raw(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// In characters.
    pub(super) fn width(&self) -> usize {
        self.indent + self.text.chars().count()
    }
}

/// Where a line may be pulled apart, and which others it goes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The byte in front of which space is put.
    pub at: usize,
    pub kind: ColumnKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Before the `=` of an entry.
    Entry,
    /// Before the `=` of `source NAME =`.
    Source,
    /// Behind `name:`.
    Type,
}
