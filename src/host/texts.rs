//! Sources as texts, for those who put them in order.

use std::path::{Path, PathBuf};

use super::error::{HostError, plain};
use super::outline::outline_of;
use super::sources::VENDOR;
use super::sources::{ROOT_FILE, find_root, source_paths, source_text};

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
    own_texts(texts_below(&root)?, &root, &root)
}

/// Those that are an author's: not what the project around them generates or has fetched.
fn own_texts(texts: Vec<Text>, below: &Path, root: &Path) -> Result<Vec<Text>, HostError> {
    let path = root.join(ROOT_FILE);
    let text = std::fs::read_to_string(&path).map_err(|it| HostError::at(&path, "read", &it))?;
    let outline = outline_of(&[(ROOT_FILE.to_owned(), text)]);
    let hidden: Vec<PathBuf> =
        outline.output.iter().map(ecow::EcoString::as_str).chain([VENDOR]).map(|it| root.join(it)).collect();
    // What is named itself is meant.
    let is_own = |it: &Text| !hidden.iter().any(|dir| it.path.starts_with(dir) && !below.starts_with(dir));
    Ok(texts.into_iter().filter(is_own).collect())
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
    let full = full.canonicalize().map_err(|it| HostError::at(path, "read", &it))?;
    let all = texts_below(&full)?;
    let all = match find_root(&full) {
        Ok(root) => own_texts(all, &full, &root)?,
        Err(_) => all,
    };
    let found: Vec<Text> = all.into_iter().map(named).collect();
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
