//! Files, revisions and watching.

mod revisions;
mod sessions;
mod watch;
