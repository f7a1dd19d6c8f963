//! What a build does to the tree, and what the author allowed.

use std::collections::BTreeSet;

use ecow::EcoString;

use crate::diagnostic::Diagnostic;

/// What the author allowed on the command line.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// Take files over that have no header.
    pub adopt: bool,
    /// `CLUSTER` or `CLUSTER/KUSTOMIZATION`.
    pub remove: Vec<String>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    pub write: Vec<EcoString>,
    pub remove: Vec<EcoString>,
    /// Those of the files to write that are somebody else's until then.
    pub adopted: BTreeSet<EcoString>,
    pub unchanged: usize,
    pub diagnostics: Vec<Diagnostic>,
}
