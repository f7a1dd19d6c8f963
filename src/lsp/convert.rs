//! Places as editors count them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use line_index::{LineCol, LineIndex, WideEncoding, WideLineCol};
use lsp_types::{Position, Uri};

use crate::source::{Db, SourceFile};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

/// The lines of a text.
pub(super) struct Lines {
    index: Arc<LineIndex>,
    encoding: Encoding,
    length: usize,
}

impl Lines {
    pub(super) fn of(text: &str, encoding: Encoding) -> Self {
        Self { index: Arc::new(LineIndex::new(text)), encoding, length: text.len() }
    }

    /// The same of a source, whose lines are found once.
    pub(super) fn of_source(db: &dyn Db, file: SourceFile, encoding: Encoding) -> Self {
        Self { index: Arc::clone(lines_of(db, file)), encoding, length: file.text(db).len() }
    }

    /// A place in bytes; the end of the line or of the text where there is no such column.
    pub(super) fn offset(&self, text: &str, at: Position) -> usize {
        let place = match self.encoding {
            Encoding::Utf8 => Some(LineCol { line: at.line, col: at.character }),
            Encoding::Utf16 => {
                self.index.to_utf8(WideEncoding::Utf16, WideLineCol { line: at.line, col: at.character })
            }
        };
        let line = self.index.line(at.line).map(|it| usize::from(it.start())..usize::from(it.end()));
        let Some(line) = line else { return self.length };
        let end = line.start + text.get(line.clone()).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
        let found = place.and_then(|it| self.index.offset(it)).map_or(end, usize::from);
        let mut found = found.clamp(line.start, end);
        while !text.is_char_boundary(found) {
            found -= 1;
        }
        found
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = u32::try_from(offset.min(self.length)).unwrap_or(u32::MAX);
        let Some(at) = self.index.try_line_col(offset.into()) else { return Position::new(0, 0) };
        match self.encoding {
            Encoding::Utf8 => Position::new(at.line, at.col),
            Encoding::Utf16 => {
                let wide = self.index.to_wide(WideEncoding::Utf16, at);
                wide.map_or_else(|| Position::new(at.line, 0), |it| Position::new(it.line, it.col))
            }
        }
    }

    pub(super) fn range(&self, range: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(range.start), self.position(range.end))
    }

    pub(super) fn bytes(&self, text: &str, range: lsp_types::Range) -> Range<usize> {
        let start = self.offset(text, range.start);
        start..self.offset(text, range.end).max(start)
    }
}

#[salsa::tracked]
fn lines_of(db: &dyn Db, file: SourceFile) -> Arc<LineIndex> {
    Arc::new(LineIndex::new(file.text(db)))
}

/// The file that a URI names; none for what is no file.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let path = uri.to_file_path().ok()?;
    // The same file by one name, if it is there already.
    Some(path.canonicalize().unwrap_or(path))
}

pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    Uri::from_file_path(path).ok()
}
