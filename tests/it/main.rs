//! The one integration binary. Each file is a study of one promise.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

mod ci;
mod classes;
mod cli;
mod corners;
mod corpus;
mod cycles;
mod dangers;
mod determinism;
mod diff;
mod diagnostics;
mod editors;
mod examples;
mod formatting;
mod fuzzing;
mod gotchas;
mod hostile;
mod ide;
mod incremental;
mod library;
mod limits;
mod lsp;
mod messages;
mod model;
mod moves;
mod oracle;
mod packages;
mod pictures;
mod properties;
mod provision;
mod random;
mod real_editors;
mod records;
mod report;
mod revisions;
mod rings;
mod secrets;
mod semantics;
mod spec;
mod support;
mod tables;
mod tenants;
mod tidy;
mod treesitter;
mod trust;
mod uninstalls;
mod watch;
mod why;
mod writing;
