//! The projects of a workspace.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::host::{self, HostError, Opened, Refreshed, Watcher};
use crate::source::{Db, FleetDatabase, SourceFile};

/// A project, with what its editor has not saved.
pub(super) struct Project {
    pub opened: Opened,
    /// Tells what changes outside of the editor; none where the system cannot.
    watcher: Option<Watcher>,
}

/// The texts that an editor holds, by path.
pub(super) type Texts = BTreeMap<PathBuf, Arc<str>>;

impl Project {
    /// Opens the project around a file; `changed` is called when something changes on the disk.
    pub(super) fn around(path: &Path, texts: &Texts, changed: impl Fn() + Send + 'static) -> Result<Self, HostError> {
        let dir = path.ancestors().skip(1).find(|it| it.is_dir()).unwrap_or(path);
        let opened = host::open_session(dir, texts)?;
        let mut watcher = Watcher::new(&opened.root, opened.generated(), changed).ok();
        watch_beside(watcher.as_mut(), &opened);
        Ok(Self { opened, watcher })
    }

    /// Looks at the disk again.
    pub(super) fn refresh(&mut self, texts: &Texts) -> Result<(), HostError> {
        if self.opened.db.is_worn() || self.opened.reread(texts)? == Refreshed::Anew {
            self.opened = host::open_session(&self.opened.root, texts)?;
        }
        watch_beside(self.watcher.as_mut(), &self.opened);
        if let Some(watcher) = &mut self.watcher {
            // What cannot be watched is seen when it is opened.
            let _ = watcher.renew();
        }
        Ok(())
    }

    /// Puts another text in place of a file's; false if the project does not know the file.
    pub(super) fn set(&mut self, path: &Path, text: &str) -> bool {
        let Some(file) = self.file(path) else { return false };
        if **file.text(&self.opened.db) != *text {
            self.opened.db.set_text(file, text.to_owned());
        }
        true
    }

    /// The file at a path, of the project or of a package beside it.
    pub(super) fn file(&self, path: &Path) -> Option<SourceFile> {
        file_at(&self.opened.db, &self.opened.root, path)
    }
}

fn watch_beside(watcher: Option<&mut Watcher>, opened: &Opened) {
    if let Some(watcher) = watcher {
        // What cannot be watched is seen when it is saved here.
        let _ = watcher.beside(opened.beside());
    }
}

/// The file at a path.
pub(super) fn file_at(db: &FleetDatabase, root: &Path, path: &Path) -> Option<SourceFile> {
    let files = std::iter::once(db.project()).chain(db.packages()).flat_map(|it| it.files(db).to_vec());
    if let Ok(own) = path.strip_prefix(root) {
        let name = own.to_str()?.replace('\\', "/");
        return files.into_iter().find(|it| *it.path(db) == name);
    }
    // A package beside the project says where it lies from there.
    files.into_iter().filter(|it| it.path(db).starts_with("..")).find(|it| place_of(root, it.path(db)) == path)
}

/// Where a file lies that is named from a project's root, without `..` in it.
pub(super) fn place_of(root: &Path, name: &str) -> PathBuf {
    let mut found = root.to_path_buf();
    for part in Path::new(name).components() {
        match part {
            Component::ParentDir => {
                found.pop();
            }
            Component::CurDir => {}
            other => found.push(other),
        }
    }
    found
}
