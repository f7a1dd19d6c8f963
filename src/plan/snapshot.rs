//! What lies in the generated directories.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, OnceLock};

use ecow::EcoString;

use crate::emit::header_path;

/// Paths from the tree's root, with `/`.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub entries: BTreeMap<EcoString, SnapshotEntry>,
}

/// Something on disk.
#[derive(Clone, Debug)]
pub enum SnapshotEntry {
    File(Content),
    Directory,
    /// A symbolic link, or anything that is neither file nor directory.
    Link,
}

/// What a file holds, as far as it has to be known.
#[derive(Clone)]
pub struct Content {
    /// What was there when it was last looked at, if it is still the same.
    known: Option<KnownFile>,
    /// None if it is not UTF-8.
    text: OnceLock<Option<Arc<str>>>,
    read: Arc<dyn Fn() -> Option<Arc<str>> + Send + Sync>,
}

/// A file that did not change since it was last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownFile {
    pub digest: Digest,
    /// Whether it has fleetc's header with its own path.
    pub is_ours: bool,
}

/// Tells texts apart.
pub type Digest = (u64, u64);

/// The digest of a text: 128 bits of XXH3.
#[must_use]
pub fn digest(bytes: &[u8]) -> Digest {
    let it = xxhash_rust::xxh3::xxh3_128(bytes);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are kept")]
    ((it >> 64) as u64, it as u64)
}

impl Content {
    /// A file that was read.
    #[must_use]
    pub fn read(text: Option<Arc<str>>) -> Self {
        Self { known: None, text: OnceLock::from(text), read: Arc::new(|| None) }
    }

    /// A file that is read only if somebody wants its text.
    pub fn known(known: KnownFile, read: impl Fn() -> Option<Arc<str>> + Send + Sync + 'static) -> Self {
        Self { known: Some(known), text: OnceLock::new(), read: Arc::new(read) }
    }

    fn text(&self) -> Option<&Arc<str>> {
        self.text.get_or_init(|| (self.read)()).as_ref()
    }

    /// Whether it holds exactly that.
    pub(super) fn is(&self, text: &str) -> bool {
        match self.known {
            Some(it) => it.digest == digest(text.as_bytes()),
            None => self.text().is_some_and(|it| **it == *text),
        }
    }
}

impl Debug for Content {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("known", &self.known).field("text", &self.text).finish_non_exhaustive()
    }
}

impl SnapshotEntry {
    /// Whether fleetc wrote it there. A copy names another path, and is not ours.
    #[must_use]
    pub fn is_ours(&self, path: &str) -> bool {
        match self {
            Self::File(Content { known: Some(it), .. }) => it.is_ours,
            it => it.text().is_some_and(|it| header_path(it) == Some(path)),
        }
    }

    /// The text, if it is a file that has one.
    #[must_use]
    pub fn text(&self) -> Option<&Arc<str>> {
        match self {
            Self::File(it) => it.text(),
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
            (!matches!(entry, SnapshotEntry::Directory)).then_some(key)
        })
    }

    /// Files below a directory.
    pub fn below<'a>(&'a self, dir: &'a str) -> impl Iterator<Item = (&'a EcoString, &'a SnapshotEntry)> {
        let start: EcoString = ecow::eco_format!("{dir}/");
        self.entries.range(start.clone()..).take_while(move |(path, _)| path.starts_with(start.as_str()))
    }
}
