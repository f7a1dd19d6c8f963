//! What the `fleet` declaration says, as data.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::declarations::Declarations;
use super::identity::Identity;
use crate::schema::Minor;
use crate::source::{Anchor, IndexSet, Origin};
use crate::types::Type;
use crate::value::{Node, Value};

/// The fleet's settings; what is not said has the language's default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub anchor: Option<Anchor>,
    pub name: EcoString,
    pub repository: Option<Node>,
    pub branch: EcoString,
    pub flux: Minor,
    /// Ranks of rules, lowest first.
    pub layers: IndexSet<EcoString>,
    pub facts: Declarations,
    pub lockdown: bool,
    /// Whether a catalogue comes after what it needs, beside what its `after` says.
    pub infers_order: bool,
    pub identity: Identity,
    pub release_in: ReleaseIn,
    pub sync: Sync,
    pub output: Output,
    /// Packages by the names that this project gives them.
    pub packages: BTreeMap<EcoString, Package>,
    /// The order in which clusters get new versions.
    pub rings: Option<Rings>,
    /// The type of `cluster` in expressions.
    pub cluster_type: Type,
    /// The value of `fleet` in expressions.
    pub value: Value,
}

/// A fact whose values are rings, the first to get what is new first.
#[derive(Clone, Debug, PartialEq)]
pub struct Rings {
    pub fact: EcoString,
    pub order: Vec<EcoString>,
    pub origin: Origin,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// A directory, from the project's root.
    pub path: Option<EcoString>,
    /// A Git repository and its revision.
    pub git: Option<(EcoString, EcoString)>,
    /// The package's directory inside the repository.
    pub directory: EcoString,
    pub origin: Origin,
}

/// Where HelmReleases live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseIn {
    /// In the namespace of Flux.
    FluxSystem,
    /// In the namespace that they release into.
    Target,
    /// In another one.
    Namespace(EcoString),
}

/// The object through which a cluster reads the fleet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sync {
    pub kind: EcoString,
    pub name: EcoString,
    pub namespace: EcoString,
    /// The Flux Kustomization at the cluster's root.
    pub root: EcoString,
    /// Whether every Kustomization waits for the root to have the same revision.
    pub gate: bool,
    /// Where the project is a tenant's: as whom everything runs.
    pub service_account: Option<EcoString>,
    /// Where the project is a tenant's: what it may fill beside `namespace`.
    pub namespaces: Vec<EcoString>,
}

/// The directories that are generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub common: EcoString,
    pub applications: EcoString,
    pub clusters: EcoString,
}

impl Default for Output {
    fn default() -> Self {
        Self { common: "common".into(), applications: "applications".into(), clusters: "clusters".into() }
    }
}

impl Sync {
    /// The namespaces that a tenant's project may fill; none if it is no tenant's.
    #[must_use]
    pub fn bounds(&self) -> Option<Vec<&EcoString>> {
        self.service_account.as_ref()?;
        Some(std::iter::once(&self.namespace).chain(&self.namespaces).collect())
    }

    /// This one, with what a group or a cluster says instead.
    #[must_use]
    pub fn amended(&self, node: Option<&Node>) -> Self {
        let Some(node) = node else { return self.clone() };
        let text = |key: &str, old: &EcoString| node.get(key).and_then(Node::text).unwrap_or(old).clone();
        Self {
            kind: text("kind", &self.kind),
            name: text("name", &self.name),
            namespace: text("namespace", &self.namespace),
            root: text("root", &self.root),
            gate: boolean(Some(node), "gate").unwrap_or(self.gate),
            service_account: node.get("service-account").and_then(Node::text).cloned().or(self.service_account.clone()),
            namespaces: match node.get("namespaces").and_then(Node::list) {
                Some(list) => list.iter().filter_map(|it| it.text().cloned()).collect(),
                None => self.namespaces.clone(),
            },
        }
    }
}

/// A Bool of a map.
pub(super) fn boolean(node: Option<&Node>, key: &str) -> Option<bool> {
    match node?.get(key)?.value {
        Value::Bool(it) => Some(it),
        _ => None,
    }
}
