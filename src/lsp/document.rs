//! What an editor holds of a file.

use lsp_types::{TextDocumentContentChangeEvent as Change, Uri};

use super::convert::{Encoding, Lines};

/// A file that is open in the editor.
pub(super) struct Document {
    /// As the editor wrote it.
    pub uri: Uri,
    pub text: String,
    pub version: i32,
}

impl Document {
    /// Takes changes in, one after the other.
    pub(super) fn change(&mut self, changes: Vec<Change>, version: i32, encoding: Encoding) {
        for it in changes {
            match it {
                Change::TextDocumentContentChangePartial(it) => {
                    let lines = Lines::of(&self.text, encoding);
                    let range = lines.bytes(&self.text, it.range);
                    self.text.replace_range(range, &it.text);
                }
                Change::TextDocumentContentChangeWholeDocument(it) => self.text = it.text,
            }
        }
        self.version = version;
    }
}
