//! `vendor/` and `fleet.lock`: what comes from Git, put on disk and pinned.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ecow::{EcoString, eco_format};
use tempfile::TempDir;

use super::error::HostError;
use super::git::{self, Network};
use super::lock::{self, Lock, Locked};
use super::outline::{is_root_file, settings_of};
use super::packages::{id_of, local_part};
use super::sources::VENDOR;
use super::store::Disk;
use super::tree_hash::{Files, tree_hash};
use super::writer;
use crate::fleet::Package;
use crate::source::is_within;

/// A package that was fetched.
pub struct Vendored {
    pub name: EcoString,
    pub rev: EcoString,
    pub commit: EcoString,
    pub files: usize,
    /// Whether it differs from what was locked.
    pub is_new: bool,
}

/// Fetches every package that comes from Git, writes them below `vendor/` and locks
/// them. A revision that is not what was locked is taken only with `update`.
///
/// # Errors
/// If a repository cannot be read, what is locked is not there any more, packages form
/// a cycle, or the disk does not take the files. Nothing is replaced before everything is fetched and written beside it.
pub fn vendor(
    root: &Path,
    declared: &BTreeMap<EcoString, Package>,
    update: bool,
    network: &Network,
) -> Result<Vec<Vendored>, HostError> {
    let old = lock::read(&Disk, root)?;
    let vendored = root.join(VENDOR);
    if vendored.is_symlink() {
        return Err(HostError::new(format!("`{VENDOR}` is a link"))
            .help("make it a directory: nothing is written through links"));
    }
    let mut job = Job {
        root,
        old,
        update,
        network,
        lock: Lock::default(),
        trees: BTreeMap::new(),
        done: Vec::new(),
        stack: vec![place_of(root)],
        remote: None,
    };
    job.all("", root, declared)?;
    let Job { old, lock, trees, done, .. } = job;
    for id in trees.keys().filter(|it| !old.packages.contains_key(*it)) {
        let dir = vendored.join(id.as_str());
        if dir.is_symlink() || dir.exists() {
            return Err(HostError::new(format!("`{VENDOR}/{id}` is there, and `{}` does not know it", lock::FILE))
                .help("move it away: `fleetc vendor` replaces only what it wrote"));
        }
    }
    let staged: Vec<(&EcoString, TempDir)> =
        trees.iter().map(|(id, files)| Ok((id, staged(root, files)?))).collect::<Result<_, HostError>>()?;
    for (id, fresh) in staged {
        replace(root, id, fresh)?;
    }
    for id in old.packages.keys().filter(|it| !lock.packages.contains_key(*it)) {
        let dir = vendored.join(id.as_str());
        if dir.is_dir() {
            std::fs::remove_dir_all(&dir).map_err(|it| HostError::at(&dir, "removed", &it))?;
        }
    }
    let path = root.join(lock::FILE);
    if lock.packages.is_empty() {
        match std::fs::remove_file(&path) {
            Err(it) if it.kind() != std::io::ErrorKind::NotFound => return Err(HostError::at(&path, "removed", &it)),
            _ => {}
        }
    } else {
        writer::write(root, lock::FILE, lock::text(&lock).as_bytes())?;
    }
    Ok(done)
}

struct Job<'a> {
    root: &'a Path,
    old: Lock,
    update: bool,
    network: &'a Network,
    lock: Lock,
    trees: BTreeMap<EcoString, Files>,
    done: Vec<Vendored>,
    /// The packages around the one that is looked at, to see cycles.
    stack: Vec<EcoString>,
    /// Where the package from Git will be that what is looked at is part of.
    remote: Option<PathBuf>,
}

/// A directory as one of the stack.
fn place_of(dir: &Path) -> EcoString {
    dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf()).to_string_lossy().into()
}

impl Job<'_> {
    fn all(&mut self, holder: &str, dir: &Path, declared: &BTreeMap<EcoString, Package>) -> Result<(), HostError> {
        for (alias, package) in declared {
            let id = id_of(holder, alias);
            if let Some(remote) = &self.remote
                && let Some(what) = local_part(remote, dir, package)
            {
                return Err(HostError::new(format!(
                    "the package `{holder}` comes from Git, and declares `{alias}` at `{what}` on this machine"
                ))
                .help("a package from Git names only packages from remote repositories and directories of its own"));
            }
            match (&package.git, &package.path) {
                (Some((git, rev)), _) => self.one(&id, git, rev, &package.directory)?,
                (None, Some(path)) => {
                    // A package by path may have packages from Git.
                    let inner = dir.join(path.as_str());
                    // One that is not there is reported where it is declared.
                    if inner.is_dir() {
                        let files = super::sources::sources(&inner, None)?;
                        self.inside(&id, place_of(&inner), &inner, &settings_of(&files).packages)?;
                    }
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// The packages of a package.
    fn inside(
        &mut self,
        id: &EcoString,
        place: EcoString,
        dir: &Path,
        declared: &BTreeMap<EcoString, Package>,
    ) -> Result<(), HostError> {
        if self.stack.contains(&place) {
            return Err(HostError::new(format!("the package `{id}` needs itself, by way of {place}"))
                .help("packages may not form a cycle: move what both need to a third"));
        }
        self.stack.push(place);
        self.all(id, dir, declared)?;
        self.stack.pop();
        Ok(())
    }

    fn one(
        &mut self,
        id: &EcoString,
        url: &EcoString,
        rev: &EcoString,
        directory: &EcoString,
    ) -> Result<(), HostError> {
        let before = self.old.packages.get(id).cloned();
        // What is locked is fetched again, whatever the revision has come to mean.
        let pinned = before.as_ref().filter(|it| {
            !self.update && it.git == *url && it.rev == *rev && it.directory.as_deref().unwrap_or_default() == directory
        });
        let wanted = pinned.map_or(rev, |it| &it.commit);
        let fetched = git::fetch(url, wanted, directory, self.root, self.network).map_err(|reason| {
            HostError::new(format!("the package `{id}` cannot be fetched: {reason}")).help(match pinned {
                Some(it) => format!("{url} is locked at {}; what `{rev}` is now: `fleetc vendor --update`", it.commit),
                None => format!("its source is {url} at `{rev}`"),
            })
        })?;
        let mut files = fetched.files;
        let texts: Vec<(String, String)> = files
            .iter()
            .filter(|(path, _)| is_root_file(path))
            .map(|(path, bytes)| Ok((path.clone(), super::sources::source_text(path, bytes.clone())?)))
            .collect::<Result<_, HostError>>()?;
        let outline = settings_of(&texts);
        let is_kept = |path: &str| {
            !outline.output.iter().any(|it| is_within(path, it)) && !is_within(path, VENDOR) && path != lock::FILE
        };
        files.retain(|path, _| is_kept(path));
        let Some(tree) = tree_hash(&files) else {
            return Err(HostError::new(format!("the package `{id}` has no files at `{rev}`"))
                .help("name its directory: `directory = \"…\"`"));
        };
        let locked = Locked {
            git: url.clone(),
            rev: rev.clone(),
            directory: (!directory.is_empty()).then(|| directory.clone()),
            commit: fetched.commit.into(),
            tree,
        };
        if let Some(pinned) = pinned.filter(|it| it.tree != locked.tree) {
            return Err(HostError::new(format!(
                "the files of the package `{id}` are not what was locked: the lock has the tree {}, commit {} has {}",
                pinned.tree, pinned.commit, locked.tree
            ))
            .help("if that is meant, take them: `fleetc vendor --update`"));
        }
        self.done.push(Vendored {
            name: id.clone(),
            rev: rev.clone(),
            commit: locked.commit.clone(),
            files: files.len(),
            is_new: before.as_ref() != Some(&locked),
        });
        self.lock.packages.insert(id.clone(), locked);
        self.trees.insert(id.clone(), files);
        let dir = self.root.join(VENDOR).join(id.as_str());
        let outer = self.remote.clone();
        if !git::is_local(url) {
            self.remote = Some(dir.clone());
        }
        self.inside(id, eco_format!("{url} {rev} {directory}"), &dir, &outline.packages)?;
        self.remote = outer;
        Ok(())
    }
}

/// A package's files beside the old ones.
fn staged(root: &Path, files: &Files) -> Result<TempDir, HostError> {
    let vendor = root.join(VENDOR);
    writer::make_directories(root, &format!("{VENDOR}/"))?;
    let failed = |it: &std::io::Error| HostError::at(&vendor, "written", it);
    let fresh = tempfile::Builder::new().prefix(".fleetc-").tempdir_in(&vendor).map_err(|it| failed(&it))?;
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    writer::write_each(fresh.path(), &files)?;
    Ok(fresh)
}

/// Puts them in place of the old ones.
fn replace(root: &Path, id: &str, fresh: TempDir) -> Result<(), HostError> {
    let target = root.join(VENDOR).join(id);
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(|it| HostError::at(&target, "removed", &it))?;
    }
    std::fs::rename(fresh.keep(), &target).map_err(|it| HostError::at(&target, "written", &it))
}
