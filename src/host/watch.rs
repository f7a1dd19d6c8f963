//! Tells when something below a directory changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::HostError;

/// Watches a project, but not what it generates.
pub struct Watcher {
    inner: RecommendedWatcher,
    root: PathBuf,
    /// Names at the root that are not looked into.
    skipped: Vec<String>,
    /// With what tells one directory from another of its name.
    watched: BTreeSet<(PathBuf, u64)>,
}

impl Watcher {
    /// Calls `changed`, on another thread, whenever something changes below `root`,
    /// other than below those names at the root.
    ///
    /// # Errors
    /// If the system cannot watch, or not that many directories.
    pub fn new(root: &Path, skipped: Vec<String>, changed: impl Fn() + Send + 'static) -> Result<Self, HostError> {
        let is_change = |it: &EventKind| !matches!(it, EventKind::Access(_));
        let told = move |event: notify::Result<notify::Event>| {
            // Whoever lost events looks at everything again.
            if event.as_ref().map_or(true, |it| is_change(&it.kind)) {
                changed();
            }
        };
        let inner = notify::recommended_watcher(told).map_err(|it| failed(root, &it))?;
        let mut it = Self { inner, root: root.to_path_buf(), skipped, watched: BTreeSet::new() };
        it.inner.watch(root, RecursiveMode::NonRecursive).map_err(|it| failed(root, &it))?;
        it.renew()?;
        Ok(it)
    }

    /// Watches directories at the root that are new.
    ///
    /// # Errors
    /// If the root cannot be read, or the system cannot watch another directory.
    pub fn renew(&mut self) -> Result<(), HostError> {
        let entries = std::fs::read_dir(&self.root).map_err(|it| HostError::at(&self.root, "read", &it))?;
        let mut there = BTreeSet::new();
        for path in entries.filter_map(|it| it.ok().map(|it| it.path())) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !name.starts_with('.') && !self.skipped.iter().any(|it| *it == *name) {
                let identity = identity(&path);
                there.insert((path, identity));
            }
        }
        for (path, _) in there.difference(&self.watched) {
            self.inner.watch(path, RecursiveMode::Recursive).map_err(|it| failed(path, &it))?;
        }
        self.watched = there;
        Ok(())
    }
}

/// A directory that was replaced is another one, and not watched.
#[cfg(unix)]
fn identity(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map_or(0, |it| it.ino())
}

#[cfg(not(unix))]
fn identity(path: &Path) -> u64 {
    let created = path.metadata().and_then(|it| it.created()).ok();
    created.and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |it| it.as_secs())
}

fn failed(path: &Path, error: &notify::Error) -> HostError {
    let message = format!("`{}` cannot be watched: {error}", path.display());
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            HostError::new(message).help("allow more: `sysctl fs.inotify.max_user_watches=524288`")
        }
        _ => HostError::new(message),
    }
}
