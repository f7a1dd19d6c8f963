//! `vendor/` and `fleet.lock`: what comes from Git, put on disk and pinned.

use std::collections::BTreeMap;
use std::path::Path;

use ecow::EcoString;

use super::HostError;
use super::git::{self, Network};
use super::lock::{self, Lock, Locked};
use super::packages::{VENDOR, id_of, is_root_file};
use super::project::settings_of;
use super::tree_hash::{Files, tree_hash};
use crate::fleet::Package;
use crate::plan::is_below;

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
/// If a repository cannot be read, a revision moved, or the disk does not take the
/// files. What was there stays.
pub fn vendor(
    root: &Path,
    declared: &BTreeMap<EcoString, Package>,
    update: bool,
    network: &Network,
) -> Result<Vec<Vendored>, HostError> {
    let old = lock::read(root)?;
    let mut job = Job { root, old, update, network, lock: Lock::default(), trees: BTreeMap::new(), done: Vec::new() };
    job.all("", root, declared)?;
    let Job { old, lock, trees, done, .. } = job;
    for (id, files) in &trees {
        write(root, id, files)?;
    }
    for id in old.packages.keys().filter(|it| !lock.packages.contains_key(*it)) {
        let dir = root.join(VENDOR).join(id.as_str());
        if dir.is_dir() {
            std::fs::remove_dir_all(&dir).map_err(|it| HostError::at(&dir, "removed", &it))?;
        }
    }
    let path = root.join(lock::FILE);
    if lock.packages.is_empty() {
        let _ = std::fs::remove_file(&path);
    } else {
        std::fs::write(&path, lock::text(&lock)).map_err(|it| HostError::at(&path, "written", &it))?;
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
}

impl Job<'_> {
    fn all(&mut self, holder: &str, dir: &Path, declared: &BTreeMap<EcoString, Package>) -> Result<(), HostError> {
        for (alias, package) in declared {
            let id = id_of(holder, alias);
            match (&package.git, &package.path) {
                (Some((git, rev)), _) => self.one(&id, git, rev, &package.directory)?,
                (None, Some(path)) => {
                    // A package by path may have packages from Git.
                    let inner = dir.join(path.as_str());
                    if let Ok(files) = super::project::sources(&inner) {
                        self.all(&id, &inner, &settings_of(&files).packages)?;
                    }
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn one(
        &mut self,
        id: &EcoString,
        url: &EcoString,
        rev: &EcoString,
        directory: &EcoString,
    ) -> Result<(), HostError> {
        let fetched = git::fetch(url, rev, directory, self.root, self.network).map_err(|reason| {
            HostError::new(format!("the package `{id}` cannot be fetched: {reason}"))
                .help(format!("its source is {url} at `{rev}`"))
        })?;
        let mut files = fetched.files;
        let texts: Vec<(String, String)> = files
            .iter()
            .filter(|(path, _)| is_root_file(path))
            .filter_map(|(path, bytes)| Some((path.clone(), String::from_utf8(bytes.clone()).ok()?)))
            .collect();
        let outline = settings_of(&texts);
        let is_kept = |path: &str| {
            !outline.output.iter().any(|it| is_below(path, it)) && !is_below(path, VENDOR) && path != lock::FILE
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
        let before = self.old.packages.get(id);
        if let Some(before) = before.filter(|it| it.git == locked.git && it.rev == locked.rev)
            && before.tree != locked.tree
            && !self.update
        {
            return Err(HostError::new(format!(
                "`{rev}` of the package `{id}` is not what was locked: the lock has commit {}, the repository {}",
                short(&before.commit),
                short(&locked.commit)
            ))
            .help("if the revision may have moved, as a branch does: `fleetc vendor --update`"));
        }
        self.done.push(Vendored {
            name: id.clone(),
            rev: rev.clone(),
            commit: locked.commit.clone(),
            files: files.len(),
            is_new: before != Some(&locked),
        });
        self.lock.packages.insert(id.clone(), locked);
        self.trees.insert(id.clone(), files);
        let dir = self.root.join(VENDOR).join(id.as_str());
        self.all(id, &dir, &outline.packages)
    }
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// Puts a package's files in place of the old ones.
fn write(root: &Path, id: &str, files: &Files) -> Result<(), HostError> {
    let vendor = root.join(VENDOR);
    let target = vendor.join(id);
    std::fs::create_dir_all(&vendor).map_err(|it| HostError::at(&vendor, "made", &it))?;
    let failed = |it: &std::io::Error| HostError::at(&target, "written", it);
    let fresh = tempfile::Builder::new().prefix(".fleetc-").tempdir_in(&vendor).map_err(|it| failed(&it))?;
    for (path, bytes) in files {
        let full = fresh.path().join(path);
        if let Some(dir) = full.parent() {
            std::fs::create_dir_all(dir).map_err(|it| failed(&it))?;
        }
        std::fs::write(&full, bytes).map_err(|it| failed(&it))?;
    }
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(|it| HostError::at(&target, "removed", &it))?;
    }
    std::fs::rename(fresh.keep(), &target).map_err(|it| failed(&it))
}
