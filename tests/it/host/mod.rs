//! Files, revisions and watching.

mod revisions;
mod watch;
