//! What the studies share: projects in memory and on disk, the real kustomize and real repositories.

mod browser;
mod editor;
mod git;
mod kustomize;
pub(crate) mod oracle;
mod project;
mod substitute;

pub(crate) use browser::Browser;
pub(crate) use editor::{Editor, uri};
pub(crate) use git::{commit, git};
pub(crate) use kustomize::Kustomize;
pub(crate) use project::{
    Fleet, Run, compiled, database, database_with_log, errors, files_of, quote, read_tree, summary,
};
pub(crate) use substitute::Substitute;
