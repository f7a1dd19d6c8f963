//! What the studies share: projects in memory and on disk, and the real kustomize.

mod kustomize;
mod project;

pub use kustomize::{Kustomize, same_objects};
pub use project::{Fleet, Run, compiled, database, errors, files_of, read_tree, summary};
