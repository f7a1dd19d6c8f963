//! A project at a Git revision, straight from the repository's objects: nothing is
//! checked out, and nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ecow::EcoString;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;

use super::error::HostError;
use super::git::{Network, causes, options};
use super::outline::outline_of;
use super::sources::{ROOT_FILE, source_text};
use super::store::{Disk, Store, lines};
use super::tree_hash::Files;

type Result<T> = std::result::Result<T, HostError>;

/// A repository of Git.
pub(super) struct Repository {
    inner: gix::ThreadSafeRepository,
    /// Where its files lie; a bare one has none, and its paths begin at its own directory.
    pub base: PathBuf,
}

impl Repository {
    /// The repository around a directory.
    pub(super) fn around(directory: &Path) -> Result<Self> {
        let (start, _) = nearest(directory)?;
        let options = options(&Network::default());
        let trust = gix::sec::trust::Mapping { full: options.clone(), reduced: options };
        let inner = gix::ThreadSafeRepository::discover_opts(&start, gix::discover::upwards::Options::default(), trust)
            .map_err(|it| {
                let causes = causes(&it);
                let error = HostError::new(format!("`{}` is in no Git repository", directory.display()));
                // That there is none needs no more words; that one cannot be read does.
                if causes.contains("Could not find") { error } else { error.help(causes) }
            })?;
        let local = inner.to_thread_local();
        let base = local.workdir().unwrap_or_else(|| local.git_dir());
        let base = base.canonicalize().map_err(|it| HostError::at(base, "read", &it))?;
        Ok(Self { inner, base })
    }

    /// The files of a revision: a tag, a branch, a hash, `HEAD~3`.
    pub(super) fn at(&self, revision: &str) -> Result<Commit> {
        let id = self.commit(revision)?;
        let repository = self.inner.to_thread_local();
        let commit = repository.find_commit(id).map_err(|it| missing(&it))?;
        let tree = commit.tree_id().map_err(|it| missing(&it))?.detach();
        let name = id.to_hex_with_len(10).to_string();
        Ok(Commit { repository: self.inner.clone(), base: self.base.clone(), tree, name })
    }

    /// The commit that a revision names.
    fn commit(&self, revision: &str) -> Result<ObjectId> {
        let repository = self.inner.to_thread_local();
        let unknown = |reason: &str| {
            let is_old = revision.contains(['~', '^']) || revision.chars().all(|it| it.is_ascii_hexdigit());
            let help = if is_old && repository.is_shallow().unwrap_or(false) {
                "the clone is shallow: `git fetch --unshallow` brings the rest of its history".into()
            } else if repository.head().is_ok_and(|it| it.is_unborn()) {
                "nothing was committed yet".into()
            } else {
                format!("{reason}: write a branch, a tag, the beginning of a hash, or `HEAD~2`")
            };
            HostError::new(format!("there is no revision `{revision}`")).help(help)
        };
        let id = repository.rev_parse_single(revision).map_err(|it| {
            let is_ambiguous = causes(&it).contains("ambiguous");
            unknown(if is_ambiguous { "several objects begin so" } else { "Git knows no commit by that name" })
        })?;
        let object = id.object().map_err(|it| missing(&it))?;
        let commit = object.peel_to_commit().map_err(|_| unknown("it names no commit"))?;
        Ok(commit.id)
    }
}

/// Whether the repository around a directory has no files of its own.
#[must_use]
pub fn is_bare(directory: &Path) -> bool {
    Repository::around(directory).is_ok_and(|it| it.inner.to_thread_local().workdir().is_none())
}

/// Where the project around a directory lies in its repository, from the top and with `/`;
/// empty at the top, and outside of any.
#[must_use]
pub fn prefix(directory: &Path) -> String {
    let inner = || {
        let root = super::sources::find_root(directory).ok()?;
        let base = Repository::around(&root).ok()?.base;
        Some(root.strip_prefix(base).ok()?.to_str()?.replace('\\', "/"))
    };
    inner().unwrap_or_default()
}

/// The last commit that two revisions have in common, by its hash.
///
/// # Errors
/// If there is no repository, no such revision, or nothing in common.
pub fn merge_base(directory: &Path, one: &str, other: &str) -> Result<String> {
    let repository = Repository::around(directory)?;
    let ids = [repository.commit(one)?, repository.commit(other)?];
    let local = repository.inner.to_thread_local();
    let found = local.merge_base(ids[0], ids[1]).map_err(|it| missing(&it))?.ok_or_else(|| {
        HostError::new(format!("`{one}` and `{other}` have no commit in common"))
            .help("in a shallow clone, fetch more of the history: `git fetch --unshallow`")
    })?;
    Ok(found.to_hex_with_len(10).to_string())
}

/// The nearest directory that there is, and the way from there to the one that is meant:
/// that may be there at another revision.
fn nearest(directory: &Path) -> Result<(PathBuf, PathBuf)> {
    let absolute = std::path::absolute(directory).map_err(|it| HostError::at(directory, "read", &it))?;
    let found = absolute.ancestors().find_map(|it| {
        let gone = absolute.strip_prefix(it).ok()?;
        Some((it.canonicalize().ok()?, gone.to_path_buf()))
    });
    found.ok_or_else(|| HostError::new(format!("there is no directory around `{}`", directory.display())))
}

/// What a shallow clone does not have.
fn missing(error: &(dyn std::error::Error + 'static)) -> HostError {
    HostError::new(format!("the repository cannot be read: {}", causes(error)))
        .help("in a shallow clone, fetch more of the history: `git fetch --unshallow`")
}

/// The files of one commit.
pub(super) struct Commit {
    repository: gix::ThreadSafeRepository,
    base: PathBuf,
    tree: ObjectId,
    /// The beginning of its hash.
    pub name: String,
}

/// A file of a tree.
struct Blob {
    id: ObjectId,
    is_link: bool,
}

impl Commit {
    /// The project that a directory lies in, or lay in; or else the only one below it.
    pub(super) fn root(&self, directory: &Path) -> Result<PathBuf> {
        let (there, gone) = nearest(directory)?;
        let start = there.join(gone);
        let around = start.ancestors().take_while(|it| it.starts_with(&self.base));
        for it in around {
            if self.blob(&it.join(ROOT_FILE))?.is_some() {
                return Ok(it.to_path_buf());
            }
        }
        let is_hidden = |name: &str| name.split('/').any(|it| it.starts_with('.'));
        let below = self.below(&start, &|name| !is_hidden(name))?;
        let dirs: Vec<&str> = below.keys().filter_map(|it| it.strip_suffix(ROOT_FILE)?.strip_suffix('/')).collect();
        match dirs.as_slice() {
            [only] => Ok(start.join(only)),
            [] => Err(HostError::new(format!(
                "there is no `{ROOT_FILE}` around `{}` at `{}`",
                start.display(),
                self.name
            ))),
            [first, ..] => {
                let all = dirs.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
                Err(HostError::new(format!(
                    "there are several projects in `{}` at `{}`: {all}",
                    start.display(),
                    self.name
                ))
                .help(format!("name one: `fleetc -C {}`", directory.join(first).display())))
            }
        }
    }

    /// A path from the repository's top; none outside of it. Paths are UTF-8 all the way: sources whose names
    /// are not are refused, and so are declared directories.
    fn inner(&self, path: &Path) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        for it in path.strip_prefix(&self.base).ok()?.components() {
            match it {
                Component::Normal(it) => parts.push(it.to_str()?),
                Component::ParentDir => {
                    parts.pop()?;
                }
                _ => {}
            }
        }
        Some(parts.join("/"))
    }

    /// What a path is in the commit; none if nothing is there. An object that cannot be read is not
    /// nothing: a state without it would be another one.
    fn entry(&self, path: &Path) -> Result<Option<(EntryKind, ObjectId)>> {
        let Some(inner) = self.inner(path) else { return Ok(None) };
        if inner.is_empty() {
            return Ok(Some((EntryKind::Tree, self.tree)));
        }
        let repository = self.repository.to_thread_local();
        let mut found = (EntryKind::Tree, self.tree);
        for name in inner.split('/') {
            // Nothing of this repository is below a file or a submodule.
            let (EntryKind::Tree, id) = found else { return Ok(None) };
            let tree = repository.find_tree(id).map_err(|it| missing(&it))?;
            let Some(entry) = tree.find_entry(name) else { return Ok(None) };
            found = (entry.mode().kind(), entry.object_id());
        }
        Ok(Some(found))
    }

    /// The file that a path leads to, over links inside the repository.
    fn blob(&self, path: &Path) -> Result<Option<ObjectId>> {
        let mut path = path.to_path_buf();
        for _ in 0..10 {
            match self.entry(&path)? {
                Some((EntryKind::Blob | EntryKind::BlobExecutable, id)) => return Ok(Some(id)),
                Some((EntryKind::Link, id)) => {
                    let target = self.bytes(id)?;
                    let (Some(parent), Ok(target)) = (path.parent(), target.to_path()) else { return Ok(None) };
                    path = parent.join(target);
                }
                Some((EntryKind::Tree | EntryKind::Commit, _)) | None => return Ok(None),
            }
        }
        Ok(None)
    }

    fn bytes(&self, id: ObjectId) -> Result<Vec<u8>> {
        let repository = self.repository.to_thread_local();
        let mut blob = repository.find_blob(id).map_err(|it| missing(&it))?;
        Ok(blob.take_data())
    }

    /// The files below a directory that `wanted` asks for, by their names from there.
    fn below(&self, dir: &Path, enter: &dyn Fn(&str) -> bool) -> Result<BTreeMap<String, Blob>> {
        let Some((EntryKind::Tree, id)) = self.entry(dir)? else { return Ok(BTreeMap::new()) };
        let repository = self.repository.to_thread_local();
        let mut found = BTreeMap::new();
        let mut todo = vec![(String::new(), id)];
        while let Some((prefix, id)) = todo.pop() {
            let tree = repository.find_tree(id).map_err(|it| missing(&it))?;
            for entry in tree.iter() {
                let entry = entry.map_err(|it| missing(&it))?;
                let Ok(name) = entry.filename().to_str() else {
                    // As on disk: only what is read has to have such a name.
                    if entry.filename().ends_with(b".fleet") {
                        let name = entry.filename();
                        return Err(
                            HostError::new(format!("the name of `{prefix}{name}` is not UTF-8")).help("rename it")
                        );
                    }
                    continue;
                };
                let name = format!("{prefix}{name}");
                let kind = entry.kind();
                match kind {
                    EntryKind::Tree if enter(&name) => todo.push((format!("{name}/"), entry.object_id())),
                    EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => {
                        found.insert(name, Blob { id: entry.object_id(), is_link: kind == EntryKind::Link });
                    }
                    EntryKind::Tree | EntryKind::Commit => {}
                }
            }
        }
        Ok(found)
    }

    /// Every text below a directory, by its path from there.
    pub(super) fn texts(&self, dir: &Path) -> Result<BTreeMap<EcoString, Arc<str>>> {
        let mut found = BTreeMap::new();
        for (name, blob) in self.below(dir, &|_| true)? {
            if blob.is_link {
                continue;
            }
            if let Ok(text) = String::from_utf8(self.bytes(blob.id)?) {
                found.insert(name.into(), text.into());
            }
        }
        Ok(found)
    }

    /// What the files of ignored names below a directory are: git reads them from the top down.
    fn ignored(&self, dir: &Path, files: &BTreeMap<String, Blob>) -> Result<Vec<Gitignore>> {
        let mut all = Vec::new();
        for (name, blob) in files {
            let is_it = matches!(name.rsplit('/').next(), Some(".gitignore" | ".ignore"));
            if !is_it || blob.is_link {
                continue;
            }
            let path = dir.join(name);
            let mut builder = GitignoreBuilder::new(path.parent().unwrap_or(dir));
            for line in self.bytes(blob.id)?.lines() {
                // As git does, a line that is no pattern is passed over.
                let _ = builder.add_line(None, &line.to_str_lossy());
            }
            all.extend(builder.build());
        }
        all.sort_by_key(|it| it.path().components().count());
        Ok(all)
    }
}

/// Whether the nearest file that says something of a path says that it is ignored.
fn is_ignored(all: &[Gitignore], path: &Path) -> bool {
    let of_path = all.iter().rev().filter(|it| path.starts_with(it.path()));
    of_path
        .map(|it| it.matched_path_or_any_parents(path, false))
        .find(|it| !it.is_none())
        .is_some_and(|it| it.is_ignore())
}

impl Store for Commit {
    fn sources(&self, dir: &Path) -> Result<Vec<(String, String)>> {
        if self.inner(dir).is_none() {
            return Disk.sources(dir);
        }
        let root = self.text(&dir.join(ROOT_FILE))?;
        let outline = outline_of(&root.map(|it| (ROOT_FILE.to_owned(), it)).into_iter().collect::<Vec<_>>());
        let is_hidden = |name: &str| name.split('/').any(|it| it.starts_with('.'));
        let files = self.below(dir, &|name| !is_hidden(name) && !outline.hides(name))?;
        let ignored = self.ignored(dir, &files)?;
        let wanted: BTreeSet<&String> = files
            .keys()
            .filter(|it| {
                Path::new(it).extension().is_some_and(|it| it == "fleet")
                    && !is_hidden(it)
                    && !is_ignored(&ignored, &dir.join(it))
            })
            .collect();
        wanted
            .into_par_iter()
            .filter_map(|name| {
                let blob = files.get(name)?;
                let linked = if blob.is_link { self.blob(&dir.join(name)).transpose()? } else { Ok(blob.id) };
                let id = match linked {
                    Ok(it) => it,
                    Err(it) => return Some(Err(it)),
                };
                Some(self.bytes(id).and_then(|it| Ok((name.clone(), source_text(name, it)?))))
            })
            .collect()
    }

    fn text(&self, path: &Path) -> Result<Option<String>> {
        if self.inner(path).is_none() {
            return Disk.text(path);
        }
        let Some(id) = self.blob(path)? else { return Ok(None) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        source_text(&name, self.bytes(id)?).map(Some)
    }

    fn directory(&self, path: &Path) -> Option<PathBuf> {
        match self.inner(path) {
            // What cannot be read is refused as what is no directory is.
            Some(inner) => matches!(self.entry(path), Ok(Some((EntryKind::Tree, _)))).then(|| self.base.join(inner)),
            None => Disk.directory(path),
        }
    }

    fn files(&self, dir: &Path) -> Result<Files> {
        if self.inner(dir).is_none() {
            return Disk.files(dir);
        }
        let regular = self.below(dir, &|_| true)?.into_iter().filter(|(_, it)| !it.is_link);
        regular.map(|(name, it)| Ok((name, self.bytes(it.id)?))).collect()
    }

    fn list(&self, root: &Path, dir: &Path) -> std::result::Result<String, EcoString> {
        match self.inner(dir) {
            None => Disk.list(root, dir),
            Some(inner) if !self.base.join(&inner).starts_with(root) => Err("it leads out of the project".into()),
            Some(_) => {
                let below = self.below(dir, &|_| true).map_err(|it| EcoString::from(it.message))?;
                if below.is_empty() {
                    return Err("no such directory".into());
                }
                Ok(lines(below.into_iter().filter(|(_, it)| !it.is_link).map(|(name, _)| name)))
            }
        }
    }

    fn load(&self, root: &Path, path: &Path) -> std::result::Result<Vec<u8>, EcoString> {
        match self.inner(path) {
            None => Disk.load(root, path),
            Some(inner) if !self.base.join(&inner).starts_with(root) => Err("it leads out of the project".into()),
            Some(_) => {
                let found = self.blob(path).map_err(|it| EcoString::from(it.message))?;
                let id = found.ok_or_else(|| EcoString::from("no such file"))?;
                self.bytes(id).map_err(|it| it.message.into())
            }
        }
    }
}
