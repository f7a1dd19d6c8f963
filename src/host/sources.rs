//! The sources of a project on the disk.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use rayon::prelude::*;

use super::error::HostError;
use super::inputs::{Input, Inputs};
use super::stamp::{Stamp, now};
use crate::diagnostic::Invariant;

/// Where `fleetc vendor` puts what comes from Git, from the project's root.
pub(super) const VENDOR: &str = "vendor";

/// The file at the root of every project.
pub(super) const ROOT_FILE: &str = "fleet.fleet";

pub(super) fn find_root(start: &Path) -> Result<PathBuf, HostError> {
    let start = start.canonicalize().map_err(|it| HostError::at(start, "read", &it))?;
    let root = start.ancestors().find(|it| it.join(ROOT_FILE).is_file());
    root.map(Path::to_path_buf).ok_or_else(|| {
        HostError::new(format!("there is no `{ROOT_FILE}` in `{}` or above it", start.display()))
            .help("`fleetc init` makes a new project; `-C DIR` names another directory")
    })
}

/// Every `.fleet` file below the root that git would not ignore.
pub(super) fn sources(root: &Path, inputs: Option<&Inputs>) -> Result<Vec<(String, String)>, HostError> {
    let read: Vec<Result<(String, String), HostError>> =
        source_paths(root)?.into_par_iter().map(|(name, path)| source(root, name, &path, inputs)).collect();
    read.into_iter().collect()
}

/// The sources' names from the root, and where they are, in order of name.
pub(super) fn source_paths(root: &Path) -> Result<Vec<(String, PathBuf)>, HostError> {
    let mut found = Vec::new();
    let walk = WalkBuilder::new(root)
        .hidden(true)
        .parents(false)
        .git_global(false)
        .require_git(false)
        .follow_links(false)
        .build();
    for entry in walk {
        let entry = entry.map_err(|it| HostError::new(format!("the project cannot be read: {it}")))?;
        let path = entry.path();
        let is_file = || match entry.file_type() {
            Some(it) if !it.is_symlink() => it.is_file(),
            _ => path.is_file(),
        };
        if path.extension().is_none_or(|it| it != "fleet") || !is_file() {
            continue;
        }
        found.push((relative(root, path)?, entry.into_path()));
    }
    found.sort();
    Ok(found)
}

fn source(root: &Path, name: String, path: &Path, inputs: Option<&Inputs>) -> Result<(String, String), HostError> {
    let now = now();
    let metadata = path.symlink_metadata().map_err(|it| HostError::at(path, "read", &it))?;
    if metadata.is_symlink() {
        let target = path.canonicalize().map_err(|it| HostError::at(path, "read", &it))?;
        if !target.starts_with(root) {
            return Err(HostError::new(format!("`{name}` leads out of the project"))
                .help("a build reads nothing but the project: copy the file into it"));
        }
    }
    let bytes = std::fs::read(path).map_err(|it| HostError::at(path, "read", &it))?;
    if let Some(inputs) = inputs {
        inputs.note(&name, Stamp::of(&metadata, now, &bytes).map(Input::Source));
    }
    let text = source_text(&name, bytes)?;
    Ok((name, text))
}

/// The text of a source.
pub(super) fn source_text(name: &str, bytes: Vec<u8>) -> Result<String, HostError> {
    let text = String::from_utf8(bytes).map_err(|it| {
        HostError::new(format!("`{name}` is not UTF-8 (at byte {})", it.utf8_error().valid_up_to()))
            .help("save it as UTF-8")
    })?;
    let is_marked = text.starts_with('\u{feff}');
    Ok(if is_marked { text.trim_start_matches('\u{feff}').to_owned() } else { text })
}

/// A path from the root, with `/`.
pub(super) fn relative(root: &Path, path: &Path) -> Result<String, HostError> {
    let inner = path.strip_prefix(root).ok().invariant("the path is below the root");
    let parts: Option<Vec<&str>> = inner.components().map(|it| it.as_os_str().to_str()).collect();
    parts
        .map(|it| it.join("/"))
        .ok_or_else(|| HostError::new(format!("the name of `{}` is not UTF-8", path.display())).help("rename it"))
}
