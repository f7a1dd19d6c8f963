//! Whether a file is still what it was, without reading it where that is safe.
//!
//! A file system notes when a file was last changed, but only so finely: what is changed
//! twice within a tick looks unchanged. A file that was changed a moment before it was
//! stamped is therefore read again: Git calls such a file racily clean.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::plan::{Digest, digest};

/// Twice the coarsest tick of a file system's stamps: a second on ext4 with inodes of 128 bytes
/// and on ext3, two on FAT. A clock that is ahead makes everything young, which is safe.
const TICK: Duration = Duration::from_secs(2);

/// The time by which a file is young.
#[expect(clippy::disallowed_methods, reason = "a build's result does not depend on it, only whether files are read")]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    length: u64,
    /// Nanoseconds since 1970: when it was written, and when anything about it changed.
    written: i64,
    changed: i64,
    inode: u64,
    /// Whether it was changed a moment before it was stamped.
    young: bool,
    pub(super) digest: Digest,
}

impl Stamp {
    /// The stamp of a file whose bytes are those: `metadata` was asked for before they
    /// were read, or after they were written, at `now`. None where a system does not
    /// tell when a file was changed.
    pub(super) fn of(metadata: &Metadata, now: SystemTime, bytes: &[u8]) -> Option<Self> {
        Self::with(metadata, now, digest(bytes))
    }

    /// The same of a file whose bytes have that digest.
    pub(super) fn with(metadata: &Metadata, now: SystemTime, digest: Digest) -> Option<Self> {
        let mut it = Self::bare(metadata)?;
        it.digest = digest;
        it.grow(now);
        Some(it)
    }

    /// Notes that the file was as it is at `now`; whether it is no longer young.
    pub(super) fn grow(&mut self, now: SystemTime) -> bool {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |it| it.as_nanos());
        let age = i64::try_from(now).unwrap_or(0).saturating_sub(self.changed.max(self.written));
        self.young = i64::try_from(TICK.as_nanos()).is_ok_and(|tick| age <= tick);
        !self.young
    }

    #[cfg(unix)]
    fn bare(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanos = |seconds: i64, nanos: i64| seconds.checked_mul(1_000_000_000)?.checked_add(nanos);
        Some(Self {
            length: metadata.is_file().then_some(metadata.len())?,
            written: nanos(metadata.mtime(), metadata.mtime_nsec())?,
            changed: nanos(metadata.ctime(), metadata.ctime_nsec())?,
            inode: metadata.ino(),
            young: false,
            digest: Digest::default(),
        })
    }

    #[cfg(not(unix))]
    fn bare(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether the file at `path` is still the one that was stamped.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let Some(now) = path.symlink_metadata().ok().and_then(|it| Self::bare(&it)) else { return false };
        let is_same =
            (now.length, now.written, now.changed, now.inode) == (self.length, self.written, self.changed, self.inode);
        is_same && (!self.young || std::fs::read(path).is_ok_and(|it| digest(&it) == self.digest))
    }

    /// Whether it has to be read each time.
    pub(super) const fn is_young(&self) -> bool {
        self.young
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use super::{Stamp, now};

    /// A file that was changed within a tick of being stamped may change again without a sign.
    #[test]
    fn a_stamp_counts_only_if_it_is_older_than_a_tick() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a");
        std::fs::write(&path, "one").expect("a file");
        let metadata = path.symlink_metadata().expect("metadata");
        let written = now();
        let stamped = |after: Duration| Stamp::of(&metadata, written + after, b"one").expect("a stamp");
        assert!(stamped(Duration::ZERO).is_young() && stamped(Duration::from_millis(1500)).is_young());
        assert!(!stamped(Duration::from_millis(2500)).is_young());
        assert!(stamped(Duration::ZERO).holds(&path));
        // The same size at the same time, as a file system with whole seconds shows it.
        let coarse = |text: &str| Stamp::of(&metadata, written, text.as_bytes()).expect("a stamp");
        assert!(!coarse("two").holds(&path), "a young file is read");
        let mut old = coarse("one");
        assert!(old.grow(written + Duration::from_secs(3)) && old.holds(&path));
        // A time of writing in the future tells nothing.
        let file = std::fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(written + Duration::from_secs(3600)).expect("set");
        let ahead = path.symlink_metadata().expect("metadata");
        assert!(Stamp::of(&ahead, written + Duration::from_secs(60), b"one").expect("a stamp").is_young());
    }
}
