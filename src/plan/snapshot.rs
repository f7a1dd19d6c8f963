//! What lies in the generated directories.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use crate::emit::header_path;

/// Paths from the tree's root, with `/`.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub entries: BTreeMap<EcoString, Entry>,
}

/// Something on disk.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A file; no text if it is not UTF-8.
    File {
        text: Option<Arc<str>>,
    },
    Directory,
    /// A symbolic link, or anything that is neither file nor directory.
    Link,
}

impl Entry {
    /// Whether fleetc wrote it there. A copy names another path, and is not ours.
    #[must_use]
    pub fn is_ours(&self, path: &str) -> bool {
        matches!(self, Self::File { text: Some(text) } if header_path(text) == Some(path))
    }

    /// The text, if it is a file that has one.
    #[must_use]
    pub const fn text(&self) -> Option<&Arc<str>> {
        match self {
            Self::File { text } => text.as_ref(),
            _ => None,
        }
    }
}

impl Snapshot {
    /// The link or file among the directories above a path.
    #[must_use]
    pub fn blocker(&self, path: &str) -> Option<&EcoString> {
        path.match_indices('/').find_map(|(at, _)| {
            let (key, entry) = self.entries.get_key_value(path.get(..at)?)?;
            (!matches!(entry, Entry::Directory)).then_some(key)
        })
    }

    /// Files below a directory.
    pub fn below<'a>(&'a self, dir: &'a str) -> impl Iterator<Item = (&'a EcoString, &'a Entry)> {
        let start: EcoString = ecow::eco_format!("{dir}/");
        self.entries.range(start.clone()..).take_while(move |(path, _)| path.starts_with(start.as_str()))
    }
}
