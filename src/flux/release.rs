//! A Helm release on a cluster.

use ecow::EcoString;

use crate::fleet::Role;
use crate::kube::lifecycle::ReleaseIdentity;
use crate::source::{Anchor, Origin};
use crate::value::Node;

/// What an add-on is on a cluster, beside its objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    pub addon: Anchor,
    /// The name of the HelmRelease, and its namespace.
    pub object: EcoString,
    pub namespace: EcoString,
    /// The namespace that the chart's objects go to.
    pub target: EcoString,
    pub name: EcoString,
    /// Where Helm keeps what it knows of the release.
    pub storage: EcoString,
    pub chart: EcoString,
    pub source: Option<Anchor>,
    pub requires: Vec<(Anchor, Origin)>,
    /// Custom resources that it brings: group, kind, whether namespaced.
    pub crds: Vec<(EcoString, EcoString, bool)>,
    pub suspended: bool,
    /// Whether Helm applies the CRDs that stand in its chart.
    pub applies_crds: bool,
    pub reinstall: bool,
    /// The version of the chart: a text, or a placeholder for one.
    pub version: Option<Node>,
    /// The AWS role of its service account.
    pub role: Option<Role>,
}

impl Release {
    /// The version of the chart, where it is known: on a cluster, it is.
    #[must_use]
    pub fn version_text(&self) -> Option<&EcoString> {
        self.version.as_ref().and_then(Node::text)
    }

    /// What tells it from other releases.
    #[must_use]
    pub fn identity(&self) -> ReleaseIdentity<'_> {
        ReleaseIdentity { name: &self.name, target: &self.target, storage: &self.storage, chart: Some(&self.chart) }
    }
}
