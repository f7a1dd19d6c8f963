//! The only place that touches the world: reads the project, takes a snapshot of
//! the tree, writes files.
//!
//! Errors here are about the surroundings, not about the author's sources: an
//! unreadable directory, a full disk. They end the command with status 2.

mod commit;
mod error;
mod exclusive;
mod git;
mod inputs;
mod lock;
mod outline;
mod packages;
mod problems;
mod project;
mod record;
mod remote;
mod repository;
mod stamp;
mod sources;
mod store;
mod texts;
mod tree;
mod tree_hash;
mod vendor;
mod watch;
mod writer;

pub use commit::{is_bare, merge_base, prefix};
pub use error::HostError;
pub use exclusive::Exclusive;
pub use git::Network;
pub use inputs::Inputs;
pub use project::{Opened, Past, Refreshed, open, open_at, open_session, texts_in};
pub use record::{Record, Records, Summary};
pub use remote::{Remote, flux_objects, remote};
pub use repository::{repository, repository_before};
pub use stamp::Stamp;
pub use texts::{Text, texts_at, texts_of_project};
pub use tree::{StampedSnapshot, Tree, apply, make_directory, replace, rewrite, snapshot, write_copy, write_page};
pub use vendor::{Vendored, vendor};
pub use watch::Watcher;
