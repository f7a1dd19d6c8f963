//! The one integration binary. Each file is a study of one promise.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

mod cli;
mod compile;
mod docs;
mod edit;
mod emit;
mod eval;
mod fleet;
mod flux;
mod format;
mod host;
mod house;
mod ide;
mod import;
mod inspect;
mod kustomize;
mod lint;
mod lsp;
mod plan;
mod provision;
mod render;
mod support;
