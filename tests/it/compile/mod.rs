//! The pipeline as a whole: the same bytes whatever the order, and no work for nothing.

mod api;
pub(crate) mod classes;
mod determinism;
mod fuzzing;
mod incremental;
mod own_texts;
