//! The only place that touches the world: reads the project, takes a snapshot of
//! the tree, writes files.
//!
//! Errors here are about the surroundings, not about the author's sources: an
//! unreadable directory, a full disk. They end the command with status 2.

mod commit;
mod exclusive;
mod git;
mod lock;
mod packages;
mod problems;
mod project;
mod record;
mod stamp;
mod standard;
mod store;
mod texts;
mod tree;
mod tree_hash;
mod vendor;
mod watch;
mod writer;

pub use commit::{is_bare, merge_base, prefix};
pub use exclusive::Exclusive;
pub use git::Network;
pub use project::{Opened, Past, Refreshed, open, open_at, open_over};
pub use record::{Inputs, Record, Records, Summary};
pub use stamp::Stamp;
pub use standard::standard_library;
pub use texts::{Text, texts_at, texts_of_project};
pub use tree::{Found, Tree, apply, replace, rewrite, snapshot, write_copy, write_page};
pub use vendor::{Vendored, vendor};
pub use watch::Watcher;

use std::fmt::{self, Display, Formatter};
use std::path::Path;

/// Something is wrong with the surroundings.
#[derive(Debug)]
pub struct HostError {
    pub message: String,
    pub help: Option<String>,
}

impl HostError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    fn at(path: &Path, what: &str, error: &std::io::Error) -> Self {
        Self::new(format!("`{}` cannot be {what}: {}", path.display(), plain(error)))
    }

    fn help(mut self, help: impl Into<String>) -> Self {
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
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_lowercase(),
        None => text,
    }
}
