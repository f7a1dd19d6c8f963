//! What a build does to the tree, and what the author allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    /// Files of others of which a part is generated from now on: the rest, none where nothing is left.
    pub by_hand: BTreeMap<EcoString, Option<Arc<str>>>,
    pub unchanged: usize,
    pub diagnostics: Vec<Diagnostic>,
}
