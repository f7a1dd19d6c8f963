//! Which version of an add-on a cluster runs.

use ecow::EcoString;

use crate::source::{Anchor, Origin};

/// The version of an add-on on a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub cluster: Anchor,
    pub version: EcoString,
    /// Where it was set.
    pub origin: Origin,
}
