//! Paths of a project, with `/` on every system.

/// Whether a path lies below a directory.
#[must_use]
pub fn is_below(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|it| it.starts_with('/'))
}

/// Whether a path is a directory or lies below it.
#[must_use]
pub fn is_within(path: &str, dir: &str) -> bool {
    path == dir || is_below(path, dir)
}
