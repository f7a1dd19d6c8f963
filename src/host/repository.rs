//! The texts of a repository that has no project yet.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ecow::EcoString;
use ignore::WalkBuilder;
use rayon::prelude::*;

use super::commit::Repository;
use super::error::HostError;
use super::sources::{ROOT_FILE, relative};
use super::store::Store as _;

/// What is longer is no description of a cluster.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Every text below a directory that git would not ignore, by its path from there. What is no text is left out.
///
/// # Errors
/// If the directory cannot be read.
pub fn repository(root: &Path) -> Result<BTreeMap<EcoString, Arc<str>>, HostError> {
    if !root.is_dir() {
        return Err(HostError::new(format!("there is no directory `{}`", root.display())));
    }
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .filter_entry(|it| it.file_name() != ".git")
        .parents(false)
        .git_global(false)
        .require_git(false)
        .follow_links(false)
        .build();
    let mut paths = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|it| HostError::new(format!("the repository cannot be read: {it}")))?;
        let is_text =
            entry.file_type().is_some_and(|it| it.is_file()) && entry.metadata().is_ok_and(|it| it.len() <= LONGEST);
        if is_text && entry.path().extension().is_none_or(|it| it != "fleet") {
            paths.push(entry.into_path());
        }
    }
    let read = |path: &std::path::PathBuf| -> Option<(EcoString, Arc<str>)> {
        let name = relative(root, path).ok()?;
        let bytes = std::fs::read(path).ok()?;
        Some((name.into(), decoded(bytes)?.into()))
    };
    Ok(paths.par_iter().filter_map(read).collect())
}

/// The texts below a project's root at a revision that has no project yet; none if it has one.
///
/// # Errors
/// If there is no repository, or no such revision.
pub fn repository_before(root: &Path, revision: &str) -> Result<Option<BTreeMap<EcoString, Arc<str>>>, HostError> {
    let commit = Repository::around(root)?.at(revision)?;
    if commit.text(&root.join(ROOT_FILE))?.is_some() {
        return Ok(None);
    }
    commit.texts(root).map(Some)
}

/// UTF-8, or UTF-16 with its mark, as YAML may be written.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|it| it.try_into().ok()).map(unit).collect();
        String::from_utf16(&units).ok()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}
