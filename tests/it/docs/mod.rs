//! What users read is run: chapters, pages, examples, messages.

mod examples;
mod messages;
pub(crate) mod pages;
mod schemas;
mod spec;
pub(crate) mod steady;
