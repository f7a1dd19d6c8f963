//! Git's hash of a set of files.

use std::collections::BTreeMap;
use std::path::Path;

use ecow::{EcoString, eco_format};
use gix::objs::tree::{Entry, EntryKind};
use gix::objs::{Kind, Tree, WriteTo, compute_hash};

/// Files by path, with `/`.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Every regular file below a directory.
pub(super) fn files_below(dir: &Path) -> std::io::Result<Files> {
    let mut files = Files::new();
    collect(dir, "", &mut files)?;
    Ok(files)
}

fn collect(dir: &Path, prefix: &str, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if kind.is_file() {
            files.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The hash of the tree that holds the files, none of them executable; none where
/// there is no file.
pub(super) fn tree_hash(files: &Files) -> Option<EcoString> {
    let mut blobs: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for (path, bytes) in files {
        blobs.insert(path, bytes);
    }
    Some(eco_format!("{}", hash_of(&blobs)?))
}

fn hash_of(files: &BTreeMap<&str, &[u8]>) -> Option<gix::ObjectId> {
    let sha1 = gix::hash::Kind::Sha1;
    let mut entries = Vec::new();
    let mut below: BTreeMap<&str, BTreeMap<&str, &[u8]>> = BTreeMap::new();
    for (path, bytes) in files {
        if let Some((dir, rest)) = path.split_once('/') {
            below.entry(dir).or_default().insert(rest, bytes);
        } else {
            let oid = compute_hash(sha1, Kind::Blob, bytes).ok()?;
            entries.push(Entry { mode: EntryKind::Blob.into(), filename: (*path).into(), oid });
        }
    }
    for (dir, files) in &below {
        let oid = hash_of(files)?;
        entries.push(Entry { mode: EntryKind::Tree.into(), filename: (*dir).into(), oid });
    }
    if entries.is_empty() {
        return None;
    }
    entries.sort();
    let mut buffer = Vec::new();
    Tree { entries }.write_to(&mut buffer).ok()?;
    compute_hash(sha1, Kind::Tree, &buffer).ok()
}
