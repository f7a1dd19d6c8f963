//! Paths of the tree.

/// Whether a path is a directory or lies below it.
#[must_use]
pub fn is_below(path: &str, dir: &str) -> bool {
    path == dir || path.strip_prefix(dir).is_some_and(|it| it.starts_with('/'))
}
