//! Tells when something below a directory changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::error::HostError;

/// Watches a project, but not what it generates.
pub struct Watcher {
    inner: RecommendedWatcher,
    root: PathBuf,
    /// Names at the root that are not looked into.
    skipped: Vec<String>,
    watched: BTreeSet<PathBuf>,
    /// Directories that do not lie in the project.
    beside: BTreeSet<PathBuf>,
    stale: Arc<Mutex<Stale>>,
}

/// What may be another directory now than the one that is watched under its name. Its
/// inode does not tell: the next directory may get the same one.
#[derive(Default)]
struct Stale {
    paths: BTreeSet<PathBuf>,
    /// Events were lost.
    all: bool,
}

impl Watcher {
    /// Calls `changed`, on another thread, whenever something changes below `root`,
    /// other than below those names at the root.
    ///
    /// # Errors
    /// If the system cannot watch, or not that many directories.
    pub fn new(root: &Path, skipped: Vec<String>, changed: impl Fn() + Send + 'static) -> Result<Self, HostError> {
        let stale = Arc::<Mutex<Stale>>::default();
        let (top, stale_too) = (root.to_path_buf(), stale.clone());
        let told = move |event: notify::Result<Event>| {
            if event.as_ref().is_ok_and(|it| matches!(it.kind, EventKind::Access(_))) {
                return;
            }
            stale_too.lock().unwrap_or_else(PoisonError::into_inner).note(&event, &top);
            changed();
        };
        let inner = notify::recommended_watcher(told).map_err(|it| failed(root, &it))?;
        let mut it =
            Self { inner, root: root.to_path_buf(), skipped, watched: BTreeSet::new(), beside: BTreeSet::new(), stale };
        it.inner.watch(root, RecursiveMode::NonRecursive).map_err(|it| failed(root, &it))?;
        it.renew()?;
        Ok(it)
    }

    /// Watches other directories, too: packages beside the project. One that is gone meanwhile is none.
    ///
    /// # Errors
    /// If the system cannot watch another directory.
    pub fn beside(&mut self, dirs: Vec<PathBuf>) -> Result<(), HostError> {
        for path in dirs {
            if !self.beside.contains(&path) && path.is_dir() {
                self.inner.watch(&path, RecursiveMode::Recursive).map_err(|it| failed(&path, &it))?;
                self.beside.insert(path);
            }
        }
        Ok(())
    }

    /// Watches directories at the root that are new.
    ///
    /// # Errors
    /// If the root cannot be read, or the system cannot watch another directory.
    pub fn renew(&mut self) -> Result<(), HostError> {
        let renewed = self.look();
        if renewed.is_err() {
            self.stale.lock().unwrap_or_else(PoisonError::into_inner).all = true;
        }
        renewed
    }

    fn look(&mut self) -> Result<(), HostError> {
        // Taken before the root is read: what changes meanwhile is stale the next time.
        let stale = std::mem::take(&mut *self.stale.lock().unwrap_or_else(PoisonError::into_inner));
        let entries = std::fs::read_dir(&self.root).map_err(|it| HostError::at(&self.root, "read", &it))?;
        let mut there = BTreeSet::new();
        for path in entries.filter_map(|it| it.ok().map(|it| it.path())) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !name.starts_with('.') && !self.skipped.iter().any(|it| *it == *name) {
                there.insert(path);
            }
        }
        for path in &there {
            let known = self.watched.contains(path);
            if known && !stale.all && !stale.paths.contains(path) {
                continue;
            }
            if known {
                // It may not be watched any more, which is no mistake.
                let _ = self.inner.unwatch(path);
            }
            if let Err(error) = self.inner.watch(path, RecursiveMode::Recursive) {
                // One that goes meanwhile is told of by the watch on the root.
                if path.is_dir() {
                    return Err(failed(path, &error));
                }
            }
        }
        self.watched = there;
        Ok(())
    }
}

impl Stale {
    fn note(&mut self, event: &notify::Result<Event>, root: &Path) {
        let Ok(event) = event else {
            self.all = true;
            return;
        };
        self.all |= event.need_rescan();
        let moves = EventKind::is_create(&event.kind)
            || event.kind.is_remove()
            || matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
        if moves {
            self.paths.extend(event.paths.iter().filter(|it| it.parent() == Some(root)).cloned());
        }
    }
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
