//! What is wrong with the surroundings.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

/// Something is wrong with the surroundings.
#[derive(Debug)]
pub struct HostError {
    pub message: String,
    pub help: Option<String>,
}

impl HostError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn at(path: &Path, what: &str, error: &std::io::Error) -> Self {
        Self::new(format!("`{}` cannot be {what}: {}", path.display(), plain(error)))
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Display for HostError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// An I/O error without its number.
pub(super) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_lowercase(),
        None => text,
    }
}
