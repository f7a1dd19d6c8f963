//! The tree on disk: what is there, and how it is changed.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use ecow::EcoString;
use rayon::prelude::*;

use super::HostError;
use super::project::relative;
use crate::emit::FileTree;
use crate::plan::{Entry, Plan, Snapshot};

/// Temporary files begin and end so, that neither Flux nor git nor we mistake one.
const TEMPORARY: (&str, &str) = (".fleetc-", ".tmp");

/// What lies in the given directories of `root`.
///
/// # Errors
/// If a directory or file cannot be read.
pub fn snapshot(root: &Path, directories: &BTreeSet<EcoString>) -> Result<Snapshot, HostError> {
    let mut snapshot = Snapshot::default();
    for dir in directories {
        let mut above = String::new();
        for part in dir.split('/') {
            if !above.is_empty() {
                above.push('/');
            }
            above.push_str(part);
            let Ok(metadata) = root.join(&above).symlink_metadata() else { break };
            let entry = if metadata.is_dir() { Entry::Directory } else { Entry::Link };
            let stop = !metadata.is_dir();
            snapshot.entries.insert(above.as_str().into(), entry);
            if stop {
                break;
            }
        }
        if matches!(snapshot.entries.get(dir), Some(Entry::Directory)) {
            let mut files = Vec::new();
            walk(root, &root.join(dir.as_str()), &mut snapshot, &mut files)?;
            let read: Result<Vec<(EcoString, Entry)>, HostError> = files
                .into_par_iter()
                .map(|path| {
                    let full = root.join(path.as_str());
                    let bytes = std::fs::read(&full).map_err(|it| HostError::at(&full, "read", &it))?;
                    Ok((path, Entry::File { text: String::from_utf8(bytes).ok().map(Arc::from) }))
                })
                .collect();
            snapshot.entries.extend(read?);
        }
    }
    Ok(snapshot)
}

fn walk(root: &Path, dir: &Path, snapshot: &mut Snapshot, files: &mut Vec<EcoString>) -> Result<(), HostError> {
    let entries = std::fs::read_dir(dir).map_err(|it| HostError::at(dir, "read", &it))?;
    for entry in entries {
        let entry = entry.map_err(|it| HostError::at(dir, "read", &it))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|it| HostError::at(&path, "read", &it))?;
        let name: EcoString = relative(root, &path)?.into();
        if kind.is_dir() {
            snapshot.entries.insert(name, Entry::Directory);
            walk(root, &path, snapshot, files)?;
        } else if kind.is_file() {
            files.push(name);
        } else {
            snapshot.entries.insert(name, Entry::Link);
        }
    }
    Ok(())
}

/// Does what the plan says: each file is written beside its place and renamed
/// into it, so that nobody sees half a file.
///
/// # Errors
/// If the disk does not take it. What was written until then is whole; the next
/// build does the rest.
pub fn apply(root: &Path, tree: &FileTree, plan: &Plan, snapshot: &Snapshot) -> Result<(), HostError> {
    remove_leftovers(root, snapshot)?;
    for path in &plan.write {
        if let Some(file) = tree.files.get(path) {
            write(root, path, &file.text)?;
        }
    }
    for path in &plan.remove {
        let full = root.join(path.as_str());
        std::fs::remove_file(&full).map_err(|it| HostError::at(&full, "removed", &it))?;
        remove_empty(root, &full);
    }
    Ok(())
}

/// Puts new texts in place of sources, each whole or not at all.
///
/// # Errors
/// If the disk does not take one.
pub fn rewrite(root: &Path, texts: &[(String, String)]) -> Result<(), HostError> {
    texts.iter().try_for_each(|(path, text)| write(root, path, text))
}

fn write(root: &Path, path: &str, text: &str) -> Result<(), HostError> {
    let full = root.join(path);
    let dir = full.parent().unwrap_or(root);
    std::fs::create_dir_all(dir).map_err(|it| HostError::at(dir, "made", &it))?;
    let failed = |it: &std::io::Error| {
        HostError::at(&full, "written", it)
            .help("what was written until then is whole; build again once there is room and permission")
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut temporary = builder.tempfile_in(dir).map_err(|it| failed(&it))?;
    temporary.write_all(text.as_bytes()).map_err(|it| failed(&it))?;
    temporary.persist(&full).map_err(|it| failed(&it.error))?;
    Ok(())
}

/// Temporary files of a build that was killed.
fn remove_leftovers(root: &Path, snapshot: &Snapshot) -> Result<(), HostError> {
    for path in snapshot.entries.keys() {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
            let full = root.join(path.as_str());
            std::fs::remove_file(&full).map_err(|it| HostError::at(&full, "removed", &it))?;
        }
    }
    Ok(())
}

/// Removes directories that a removed file leaves empty.
fn remove_empty(root: &Path, file: &Path) {
    for dir in file.ancestors().skip(1).take_while(|it| *it != root) {
        if std::fs::remove_dir(dir).is_err() {
            break;
        }
    }
}
