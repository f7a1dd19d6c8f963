//! The tree on disk: what is there, and how it is changed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ecow::EcoString;
use rayon::prelude::*;

use super::error::HostError;
use super::exclusive::Exclusive;
use super::sources::relative;
use super::stamp::{Stamp, now};
use super::writer::{self, TEMPORARY};
use crate::diagnostic::Invariant;
use crate::emit::FileTree;
use crate::plan::{Content, KnownFile, Plan, Snapshot, SnapshotEntry};

/// A temporary file that was written so long ago is nobody's, where locks cannot tell.
const OLD: Duration = Duration::from_secs(600);

/// What lies in some directories, by path from the tree's root.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub directories: BTreeSet<EcoString>,
    pub files: BTreeSet<EcoString>,
    /// Links, and whatever else is neither file nor directory.
    pub links: BTreeSet<EcoString>,
}

/// Walks one of the generated directories, and notes those above it.
pub(super) fn walk(root: &Path, dir: &str, walked: &mut Walked) -> Result<(), HostError> {
    let ends = dir.match_indices('/').map(|(at, _)| at).chain(std::iter::once(dir.len()));
    for above in ends.filter_map(|at| dir.get(..at)) {
        let full = root.join(above);
        let metadata = match full.symlink_metadata() {
            Ok(it) => it,
            Err(it) if it.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(it) => return Err(HostError::at(&full, "read", &it)),
        };
        if !metadata.is_dir() {
            walked.links.insert(above.into());
            return Ok(());
        }
        walked.directories.insert(above.into());
    }
    below(root, &root.join(dir), walked)
}

fn below(root: &Path, dir: &Path, walked: &mut Walked) -> Result<(), HostError> {
    let entries = std::fs::read_dir(dir).map_err(|it| HostError::at(dir, "read", &it))?;
    for entry in entries {
        let entry = entry.map_err(|it| HostError::at(dir, "read", &it))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|it| HostError::at(&path, "read", &it))?;
        let name: EcoString = relative(root, &path)?.into();
        if kind.is_dir() {
            walked.directories.insert(name);
            below(root, &path, walked)?;
        } else if kind.is_file() {
            walked.files.insert(name);
        } else {
            walked.links.insert(name);
        }
    }
    Ok(())
}

/// What lies in the given directories of `root`. A file that is as it was when it was
/// last looked at is not read.
///
/// # Errors
/// If a directory or file cannot be read.
pub fn snapshot(root: &Path, directories: &BTreeSet<EcoString>, last: &Tree) -> Result<StampedSnapshot, HostError> {
    let mut walked = Walked::default();
    for dir in directories {
        walk(root, dir, &mut walked)?;
    }
    let files: Vec<EcoString> = walked.files.into_iter().collect();
    let mut found = StampedSnapshot::default();
    let unread = &found.unread;
    let look = |path| look(root, path, last, unread);
    let looked_at: Result<Vec<Look>, HostError> = files.into_par_iter().map(look).collect();
    for (path, content, stamp) in looked_at? {
        found.snapshot.entries.insert(path.clone(), SnapshotEntry::File(content));
        found.stamps.insert(path, stamp);
    }
    found.snapshot.entries.extend(walked.directories.iter().cloned().map(|it| (it, SnapshotEntry::Directory)));
    found.snapshot.entries.extend(walked.links.into_iter().map(|it| (it, SnapshotEntry::Link)));
    found.directories = walked.directories;
    Ok(found)
}

/// What lies in the generated directories, and the stamp of each file.
#[derive(Debug, Default)]
pub struct StampedSnapshot {
    pub snapshot: Snapshot,
    pub(super) stamps: Tree,
    pub(super) directories: BTreeSet<EcoString>,
    unread: Unread,
}

/// Why a file whose text was wanted later could not be read then.
type Unread = Arc<OnceLock<String>>;

impl StampedSnapshot {
    /// # Errors
    /// If a file could not be read when its text was wanted: what follows from the snapshot then does not hold.
    pub fn is_whole(&self) -> Result<(), HostError> {
        self.unread.get().map_or(Ok(()), |it| Err(HostError::new(it.clone())))
    }
}

/// Files of a tree as they were when they were last looked at, and whether they are
/// fleetc's; directories have no stamp.
pub type Tree = BTreeMap<EcoString, Stamped>;

/// The stamp of a file, and whether it is fleetc's; none where that cannot be told.
type Stamped = Option<(Stamp, bool)>;

type Look = (EcoString, Content, Stamped);

fn look(root: &Path, path: EcoString, last: &Tree, unread: &Unread) -> Result<Look, HostError> {
    let full = root.join(path.as_str());
    let failed = |it: &std::io::Error| HostError::at(&full, "read", it);
    if let Some(Some((stamp, is_ours))) = last.get(&path)
        && !stamp.is_young()
        && stamp.holds(&full)
    {
        let known = KnownFile { digest: stamp.digest, is_ours: *is_ours };
        let (unread, full) = (Arc::clone(unread), full.clone());
        let text = move || match std::fs::read(&full) {
            Ok(it) => String::from_utf8(it).ok().map(Arc::from),
            Err(it) => {
                unread.get_or_init(|| HostError::at(&full, "read", &it).message);
                None
            }
        };
        return Ok((path, Content::known(known, text), Some((stamp.clone(), *is_ours))));
    }
    let now = now();
    let metadata = full.symlink_metadata().map_err(|it| failed(&it))?;
    let bytes = std::fs::read(&full).map_err(|it| failed(&it))?;
    let stamp = Stamp::of(&metadata, now, &bytes);
    let content = Content::read(String::from_utf8(bytes).ok().map(Arc::from));
    let is_ours = SnapshotEntry::File(content.clone()).is_ours(&path);
    Ok((path, content, stamp.map(|it| (it, is_ours))))
}

/// Does what the plan says: each file is written beside its place and renamed
/// into it, so that nobody sees half a file. What lies there then is what was found
/// before, with that.
///
/// # Errors
/// If the disk does not take it. What was written until then is whole; the next
/// build does the rest.
pub fn apply(
    root: &Path,
    tree: &FileTree,
    plan: &Plan,
    found: &mut StampedSnapshot,
    exclusive: &Exclusive,
) -> Result<(), HostError> {
    remove_leftovers(root, found, exclusive.is_certain())?;
    let bytes_of = |path| {
        if let Some(Some(it)) = plan.by_hand.get(path) {
            return Cow::Borrowed(it.as_bytes());
        }
        let file = tree.files.get(path).invariant("what is planned to be written is in the tree");
        match file.text() {
            Cow::Borrowed(it) => Cow::Borrowed(it.as_bytes()),
            Cow::Owned(it) => Cow::Owned(it.into_bytes()),
        }
    };
    let rest = plan.by_hand.iter().filter(|(_, text)| text.is_some()).map(|(path, _)| path);
    let paths: Vec<&str> = plan.write.iter().chain(rest).map(EcoString::as_str).collect();
    let written = writer::write_all(root, &paths, bytes_of)?;
    let now = now();
    // What is somebody else's is looked at again.
    for (path, (metadata, digest)) in
        paths.into_iter().zip(&written).filter(|(path, _)| !plan.by_hand.contains_key(*path))
    {
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        found.directories.extend(above.map(EcoString::from));
        found.stamps.insert(path.into(), Stamp::with(metadata, now, *digest).map(|it| (it, true)));
    }
    let emptied = plan.by_hand.iter().filter(|(_, text)| text.is_none()).map(|(path, _)| path);
    for path in plan.remove.iter().chain(emptied) {
        let full = root.join(path.as_str());
        writer::refuse_links(root, path)?;
        std::fs::remove_file(&full).map_err(|it| HostError::at(&full, "removed", &it))?;
        found.stamps.remove(path);
        remove_empty(root, path, found);
    }
    Ok(())
}

/// Puts new texts in place of sources, each whole or not at all.
///
/// # Errors
/// If the disk does not take one.
pub fn rewrite(root: &Path, texts: &[(String, String)]) -> Result<(), HostError> {
    let files: Vec<(&str, &[u8])> = texts.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    writer::write_each(root, &files)
}

/// Makes the directory that somebody named for what a command writes, with those around it.
///
/// # Errors
/// If it cannot be made.
pub fn make_directory(path: &Path) -> Result<(), HostError> {
    std::fs::create_dir_all(path).map_err(|it| HostError::at(path, "made", &it))
}

/// Writes one file that is no part of the tree: what stood there is whole until the new one is.
///
/// # Errors
/// If it cannot be written.
pub fn write_page(path: &Path, text: &str) -> Result<(), HostError> {
    let dir = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !dir.is_dir() {
        let message = format!("`{}` cannot be written: there is no directory `{}`", path.display(), dir.display());
        return Err(HostError::new(message));
    }
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    writer::write(dir, &name, text.as_bytes())
}

/// Puts another text in place of a file's, which keeps its mode; what may not be written is not.
///
/// # Errors
/// If it cannot be written.
pub fn replace(path: &Path, text: &str) -> Result<(), HostError> {
    let failed = |it: &std::io::Error| HostError::at(path, "written", it);
    let permissions = std::fs::metadata(path).map_err(|it| failed(&it))?.permissions();
    if permissions.readonly() {
        return Err(HostError::new(format!("`{}` may not be written", path.display())));
    }
    write_page(path, text)?;
    std::fs::set_permissions(path, permissions).map_err(|it| failed(&it))
}

/// Puts a copy of a text below a project, where it is not there yet; returns where.
///
/// # Errors
/// If it cannot be written.
pub fn write_copy(root: &Path, path: &Path, text: &str) -> Result<std::path::PathBuf, HostError> {
    let full = root.join(path);
    if std::fs::read_to_string(&full).is_ok_and(|it| it == text) {
        return Ok(full);
    }
    let name = path.to_string_lossy().replace('\\', "/");
    writer::write(root, &name, text.as_bytes()).map(|()| full)
}

/// Temporary files of a build that was killed.
fn remove_leftovers(root: &Path, found: &mut StampedSnapshot, is_alone: bool) -> Result<(), HostError> {
    let is_leftover = |path: &&EcoString| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
    };
    let leftovers: Vec<EcoString> = found.stamps.keys().filter(is_leftover).cloned().collect();
    for path in leftovers {
        let full = root.join(path.as_str());
        let modified = full.symlink_metadata().and_then(|it| it.modified());
        let is_old = modified.is_ok_and(|it| now().duration_since(it).is_ok_and(|age| age > OLD));
        if !is_alone && !is_old {
            continue;
        }
        std::fs::remove_file(&full).map_err(|it| HostError::at(&full, "removed", &it))?;
        found.stamps.remove(&path);
    }
    Ok(())
}

/// Removes directories that a removed file leaves empty.
fn remove_empty(root: &Path, file: &str, found: &mut StampedSnapshot) {
    for (at, _) in file.rmatch_indices('/') {
        let Some(dir) = file.get(..at).filter(|it| std::fs::remove_dir(root.join(it)).is_ok()) else { break };
        found.directories.remove(dir);
    }
}
