//! The projects of a workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::host::{self, HostError, Opened, Refreshed, Watcher};
use crate::source::{Db, FleetDatabase, SourceFile};

/// A project, with what its editor has not saved.
pub(super) struct Project {
    pub opened: Opened,
    /// Tells what changes outside of the editor; none where the system cannot.
    watcher: Option<Watcher>,
}

/// The texts that an editor holds, by path.
pub(super) type Texts = BTreeMap<PathBuf, String>;

impl Project {
    /// Opens the project around a file; `changed` is called when something changes on the disk.
    pub(super) fn around(path: &Path, texts: &Texts, changed: impl Fn() + Send + 'static) -> Result<Self, HostError> {
        let dir = path.ancestors().skip(1).find(|it| it.is_dir()).unwrap_or(path);
        let root = host::Records::root_of(dir).unwrap_or_else(|| dir.to_path_buf());
        let opened = host::open_over(dir, &inside(&root, texts))?;
        let watcher = Watcher::new(&opened.root, opened.generated(), changed).ok();
        Ok(Self { opened, watcher })
    }

    /// Looks at the disk again.
    pub(super) fn refresh(&mut self, texts: &Texts) -> Result<(), HostError> {
        let unsaved = inside(&self.opened.root, texts);
        if self.opened.reread(&unsaved)? == Refreshed::Anew {
            self.opened = host::open_over(&self.opened.root, &unsaved)?;
        }
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

/// The file at a path.
pub(super) fn file_at(db: &FleetDatabase, root: &Path, path: &Path) -> Option<SourceFile> {
    let name = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    let files = std::iter::once(db.project()).chain(db.packages()).flat_map(|it| it.files(db).to_vec());
    files.into_iter().find(|it| *it.path(db) == name)
}

/// The texts below a directory, by their paths from there.
fn inside(root: &Path, texts: &Texts) -> BTreeMap<String, String> {
    let own = texts.iter().filter_map(|(path, text)| {
        let name = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        path.extension().is_some_and(|it| it == "fleet").then(|| (name, text.clone()))
    });
    own.collect()
}
