//! Packages: other directories of sources, found by path or below `vendor/`.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::error::HostError;
use super::lock::{self, Lock};
use super::outline::settings_of;
use super::problems::Trouble;
use super::sources::VENDOR;
use super::store::Store;
use super::tree_hash::tree_hash;
use crate::fleet::Package;
use crate::source::Sources;

/// All packages of a project, those of packages included.
#[derive(Default)]
pub(super) struct Packages {
    pub sources: Vec<Sources>,
    /// What the project calls its own packages.
    pub names: BTreeMap<EcoString, EcoString>,
    /// Where each begins.
    pub roots: BTreeMap<EcoString, PathBuf>,
    /// What keeps one from being read: the project's own name of it, and the reason.
    pub troubles: Vec<(EcoString, Trouble)>,
}

/// Which packages there are and what they call each other: all but the texts of their files.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    names: BTreeMap<EcoString, EcoString>,
    /// What each calls its own.
    aliases: BTreeMap<EcoString, BTreeMap<EcoString, EcoString>>,
    /// Where each begins.
    pub roots: BTreeMap<EcoString, PathBuf>,
    pub has_troubles: bool,
}

impl Packages {
    pub(super) fn layout(&self) -> Layout {
        Layout {
            names: self.names.clone(),
            aliases: self.sources.iter().map(|it| (it.name.clone(), it.packages.clone())).collect(),
            roots: self.roots.clone(),
            has_troubles: !self.troubles.is_empty(),
        }
    }
}

/// Reads the packages that a project declares; `unsaved` texts, by their paths, instead of what is stored.
pub(super) fn load(
    store: &dyn Store,
    root: &Path,
    declared: &BTreeMap<EcoString, Package>,
    unsaved: &BTreeMap<PathBuf, Arc<str>>,
) -> Result<Packages, HostError> {
    let mut loader = Loader {
        store,
        root,
        unsaved,
        lock: lock::read(store, root)?,
        found: Packages::default(),
        stack: vec![root.to_path_buf()],
        remote: None,
    };
    let names = loader.all(root, "", "", declared)?;
    loader.found.names = names;
    Ok(loader.found)
}

/// A package's name among all packages.
pub(super) fn id_of(holder: &str, alias: &str) -> EcoString {
    if holder.is_empty() { alias.into() } else { eco_format!("{holder}.{alias}") }
}

struct Loader<'a> {
    store: &'a dyn Store,
    root: &'a Path,
    unsaved: &'a BTreeMap<PathBuf, Arc<str>>,
    lock: Lock,
    found: Packages,
    /// The packages around the one that is read, to see cycles.
    stack: Vec<PathBuf>,
    /// The directory of the package from Git that what is read is part of.
    remote: Option<PathBuf>,
}

impl Loader<'_> {
    /// The packages of one holder: its directory, name and path as shown.
    fn all(
        &mut self,
        dir: &Path,
        holder: &str,
        shown: &str,
        declared: &BTreeMap<EcoString, Package>,
    ) -> Result<BTreeMap<EcoString, EcoString>, HostError> {
        let mut names = BTreeMap::new();
        for (alias, package) in declared {
            let id = id_of(holder, alias);
            let top: EcoString = id.split('.').next().unwrap_or(&id).into();
            let (at, shown) = match &package.path {
                Some(path) => (dir.join(path.as_str()), join(shown, path)),
                None => (self.root.join(VENDOR).join(id.as_str()), eco_format!("{VENDOR}/{id}")),
            };
            if let Some(remote) = &self.remote
                && let Some(what) = local_part(remote, dir, package)
            {
                let trouble = Trouble::Outside { package: holder.into(), alias: alias.clone(), what };
                self.found.troubles.push((top, trouble));
                continue;
            }
            if package.path.is_none()
                && let Some(trouble) = self.unlocked(&id, package, &at, &shown)?
            {
                self.found.troubles.push((top, trouble));
                continue;
            }
            let Some(at) = self.store.directory(&at) else {
                self.found.troubles.push((top, Trouble::NoDirectory(shown)));
                continue;
            };
            if self.stack.contains(&at) {
                self.found.troubles.push((top, Trouble::Cycle(shown)));
                continue;
            }
            let outer = self.remote.clone();
            if package.git.as_ref().is_some_and(|(url, _)| !super::git::is_local(url)) {
                self.remote = Some(at.clone());
            }
            let trouble = self.read(&at, &id, &shown)?;
            self.remote = outer;
            if let Some(trouble) = trouble {
                self.found.troubles.push((top, trouble));
                continue;
            }
            names.insert(alias.clone(), id);
        }
        Ok(names)
    }

    fn read(&mut self, dir: &Path, id: &EcoString, shown: &str) -> Result<Option<Trouble>, HostError> {
        let mut files = self.store.sources(dir)?;
        for (path, text) in &mut files {
            if let Some(it) = self.unsaved.get(&dir.join(&*path)) {
                *text = it.to_string();
            }
        }
        let settings = settings_of(&files);
        files.retain(|(path, _)| !settings.hides(path));
        if files.is_empty() {
            return Ok(Some(Trouble::NoSources(shown.into())));
        }
        self.stack.push(dir.to_path_buf());
        let packages = self.all(dir, id, shown, &settings.packages)?;
        self.stack.pop();
        let files = files.into_iter().map(|(path, text)| (join(shown, &path).to_string(), text)).collect();
        self.found.sources.push(Sources { name: id.clone(), files, packages });
        self.found.roots.insert(id.clone(), dir.to_path_buf());
        Ok(None)
    }

    /// What is wrong with a package from Git, held against the lock.
    fn unlocked(
        &self,
        id: &EcoString,
        package: &Package,
        dir: &Path,
        shown: &str,
    ) -> Result<Option<Trouble>, HostError> {
        let Some((git, rev)) = &package.git else { return Ok(None) };
        let locked = self.lock.packages.get(id).filter(|it| {
            it.git == *git && it.rev == *rev && it.directory.as_deref().unwrap_or_default() == package.directory
        });
        let Some(locked) = locked.filter(|_| self.store.directory(dir).is_some()) else {
            return Ok(Some(Trouble::NotVendored(shown.into())));
        };
        let found = tree_hash(&self.store.files(dir)?).unwrap_or_else(|| "nothing".into());
        Ok((found != locked.tree).then(|| Trouble::Changed { dir: shown.into(), locked: locked.tree.clone(), found }))
    }
}

/// What of a package that a package from Git declares is on this machine: a path out of its
/// repository, or a local repository. The files of everybody who builds are the same only
/// without.
pub(super) fn local_part(remote: &Path, dir: &Path, package: &Package) -> Option<EcoString> {
    match (&package.path, &package.git) {
        (Some(path), _) => {
            let mut at = dir.to_path_buf();
            for part in Path::new(path.as_str()).components() {
                match part {
                    Component::Normal(it) => at.push(it),
                    Component::CurDir => {}
                    Component::ParentDir if at != remote => {
                        at.pop();
                    }
                    _ => return Some(path.clone()),
                }
            }
            (!at.starts_with(remote)).then(|| path.clone())
        }
        (None, Some((url, _))) => super::git::is_local(url).then(|| url.clone()),
        (None, None) => None,
    }
}

fn join(shown: &str, path: &str) -> EcoString {
    if shown.is_empty() { path.into() } else { eco_format!("{}/{path}", shown.trim_end_matches('/')) }
}
