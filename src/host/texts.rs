//! Sources as texts, for those who put them in order.

use std::path::{Path, PathBuf};

use super::packages::VENDOR;
use super::project::{ROOT_FILE, find_root, outline_of, source_paths, source_text};
use super::{HostError, plain};

/// A source, and where it is written.
#[derive(Debug)]
pub struct Text {
    pub path: PathBuf,
    /// What messages call it.
    pub name: String,
    pub text: String,
}

/// Every source of the project around a directory, packages beside it included; not what is
/// generated or fetched, and not what git ignores.
///
/// # Errors
/// If there is no project, or a file cannot be read.
pub fn texts_of_project(start: &Path) -> Result<Vec<Text>, HostError> {
    let root = find_root(start)?;
    let mut texts = texts_below(&root)?;
    let own: Vec<(String, String)> =
        texts.iter().filter(|it| it.name == ROOT_FILE).map(|it| (it.name.clone(), it.text.clone())).collect();
    let outline = outline_of(&own);
    let is_below = |name: &str, dir: &str| name.strip_prefix(dir).is_some_and(|it| it.starts_with('/'));
    texts.retain(|it| !is_below(&it.name, VENDOR) && !outline.output.iter().any(|dir| is_below(&it.name, dir)));
    Ok(texts)
}

/// A file, or every source below a directory that git would not ignore; names are as the
/// path was written.
///
/// # Errors
/// If there is none, or one cannot be read.
pub fn texts_at(base: &Path, path: &Path) -> Result<Vec<Text>, HostError> {
    let full = base.join(path);
    if !full.is_dir() {
        // What a link leads to is written, not the link.
        let target = full.canonicalize().map_err(|it| HostError::at(path, "read", &it))?;
        return Ok(vec![read(target, path.display().to_string())?]);
    }
    let named = |it: Text| {
        let name = path.join(&it.name);
        Text { name: name.strip_prefix(".").unwrap_or(&name).display().to_string(), ..it }
    };
    let found: Vec<Text> = texts_below(&full)?.into_iter().map(named).collect();
    if found.is_empty() {
        return Err(HostError::new(format!("there is no `.fleet` file below `{}`", path.display())));
    }
    Ok(found)
}

fn texts_below(root: &Path) -> Result<Vec<Text>, HostError> {
    // What a link leads to is found by its own name, if it is of the project.
    let own = source_paths(root)?.into_iter().filter(|(_, path)| !path.is_symlink());
    own.map(|(name, path)| read(path, name)).collect()
}

fn read(path: PathBuf, name: String) -> Result<Text, HostError> {
    let bytes =
        std::fs::read(&path).map_err(|it| HostError::new(format!("`{name}` cannot be read: {}", plain(&it))))?;
    let text = source_text(&name, bytes)?;
    Ok(Text { path, name, text })
}
