//! The one integration binary. Each file is a study of one promise.

mod cli;
mod corpus;
mod determinism;
mod diagnostics;
mod examples;
mod gotchas;
mod hostile;
mod incremental;
mod oracle;
mod random;
mod semantics;
mod spec;
mod support;
mod tidy;
mod writing;
