//! Where a project is read from: the disk, or a commit.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ecow::EcoString;

use super::error::{HostError, plain};
use super::tree_hash::{Files, files_below};

/// Largest input file, in bytes: bundles of custom resources have four megabytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// So many files of a directory are listed.
const MOST_LISTED: usize = 10_000;

/// Names as the lines of a text.
pub(super) fn lines(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().fold(String::new(), |text, it| text + &it + "\n")
}

/// Files by their absolute paths.
pub(super) trait Store: Send + Sync {
    /// Every `.fleet` file below a directory that git would not ignore: its name from
    /// there, and its text.
    fn sources(&self, dir: &Path) -> Result<Vec<(String, String)>, HostError>;

    /// The text of a file; none if there is none.
    fn text(&self, path: &Path) -> Result<Option<String>, HostError>;

    /// The directory that a path leads to, if it is one.
    fn directory(&self, path: &Path) -> Option<PathBuf>;

    /// Every regular file below a directory.
    fn files(&self, dir: &Path) -> Result<Files, HostError>;

    /// The regular files below a directory, which must lie below `root`, as paths from it: in order, one a line.
    fn list(&self, root: &Path, dir: &Path) -> Result<String, EcoString>;

    /// The bytes of a file that must lie below `root`, or why not.
    fn load(&self, root: &Path, path: &Path) -> Result<Vec<u8>, EcoString>;
}

/// What lies on the disk now.
pub(super) struct Disk;

impl Store for Disk {
    fn sources(&self, dir: &Path) -> Result<Vec<(String, String)>, HostError> {
        super::sources::sources(dir, None)
    }

    fn text(&self, path: &Path) -> Result<Option<String>, HostError> {
        match std::fs::read_to_string(path) {
            Ok(it) => Ok(Some(it)),
            Err(it) if it.kind() == ErrorKind::NotFound => Ok(None),
            Err(it) => Err(HostError::at(path, "read", &it)),
        }
    }

    fn directory(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok().filter(|it| it.is_dir())
    }

    fn files(&self, dir: &Path) -> Result<Files, HostError> {
        files_below(dir).map_err(|it| HostError::at(dir, "read", &it))
    }

    fn list(&self, root: &Path, dir: &Path) -> Result<String, EcoString> {
        let real = dir.canonicalize().map_err(|it| EcoString::from(plain(&it)))?;
        if !real.starts_with(root) {
            return Err("it leads out of the project".into());
        }
        let mut found = BTreeSet::new();
        let mut todo = vec![real.clone()];
        while let Some(dir) = todo.pop() {
            for entry in std::fs::read_dir(&dir).map_err(|it| EcoString::from(plain(&it)))? {
                let entry = entry.map_err(|it| EcoString::from(plain(&it)))?;
                let kind = entry.file_type().map_err(|it| EcoString::from(plain(&it)))?;
                let path = entry.path();
                if kind.is_dir() {
                    todo.push(path);
                } else if let (true, Some(name)) =
                    (kind.is_file(), path.strip_prefix(&real).ok().and_then(Path::to_str))
                {
                    found.insert(name.to_owned());
                }
                if found.len() + todo.len() > MOST_LISTED {
                    return Err("it has too many files".into());
                }
            }
        }
        Ok(lines(found))
    }

    fn load(&self, root: &Path, path: &Path) -> Result<Vec<u8>, EcoString> {
        let real = path.canonicalize().map_err(|it| EcoString::from(plain(&it)))?;
        if !real.starts_with(root) {
            return Err("it leads out of the project".into());
        }
        let metadata = real.metadata().map_err(|it| EcoString::from(plain(&it)))?;
        if !metadata.is_file() {
            return Err("it is not a regular file".into());
        }
        if metadata.len() > LARGEST {
            return Err(ecow::eco_format!("it is larger than {} MiB", LARGEST / 1024 / 1024));
        }
        std::fs::read(&real).map_err(|it| EcoString::from(plain(&it)))
    }
}
