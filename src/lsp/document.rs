//! What an editor holds of a file.

use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent as Change, Uri};

use super::convert::{Encoding, Lines};

/// A file that is open in the editor.
pub(super) struct Document {
    /// As the editor wrote it.
    pub uri: Uri,
    pub text: Arc<str>,
    pub version: i32,
}

impl Document {
    /// Takes changes in, one after the other.
    pub(super) fn change(&mut self, changes: Vec<Change>, version: i32, encoding: Encoding) {
        let mut text = self.text.to_string();
        for it in changes {
            match it {
                Change::TextDocumentContentChangePartial(it) => {
                    let lines = Lines::of(&text, encoding);
                    let range = lines.bytes(&text, it.range);
                    text.replace_range(range, &it.text);
                }
                Change::TextDocumentContentChangeWholeDocument(it) => text = it.text,
            }
        }
        self.text = text.into();
        self.version = version;
    }
}
