//! What an item is evaluated for, and what it becomes.

use std::sync::Arc;

use ecow::EcoString;

use super::cluster_data::Cluster;
use super::identity::{Identity, Role};
use super::known_facts::KnownFacts;
use super::statement::OverrideStatement;
use crate::eval::{Effect, Promise, Row};
use crate::source::Anchor;
use crate::syntax::ast::Patch;
use crate::value::{Map, Node};

/// What an item comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// The block: for a manifest the object, or a list of objects.
    pub node: Node,
    pub params: Params,
    /// Raw patches of a kustomize item, lowest layer first.
    pub patches: Vec<(Patch, Node)>,
    /// The AWS role of an add-on that has one, on a cluster.
    pub role: Option<Role>,
    /// What entries of overrides did.
    pub effects: Vec<Effect>,
    /// What its texts with placeholders must be on each cluster.
    pub promises: Vec<Promise>,
}

/// The values of an add-on's params.
pub type Params = Arc<Map>;

/// What is known of the cluster that an item is looked at for.
pub(super) enum View<'a> {
    /// Nothing: what `common/` holds.
    Base,
    Cluster(&'a Cluster),
    /// Some of its facts; the others are placeholders.
    Specialized {
        facts: Arc<Map>,
        identity: Identity,
        known_facts: &'a KnownFacts,
        /// The row that the overrides read.
        row: Option<Arc<Row>>,
        /// What stands for the texts of shapes.
        texts: &'a [(EcoString, Node)],
    },
}

impl View<'_> {
    /// `cluster` in expressions.
    pub(super) fn facts(&self) -> Option<&Arc<Map>> {
        match self {
            Self::Base => None,
            Self::Cluster(it) => Some(&it.facts),
            Self::Specialized { facts, .. } => Some(facts),
        }
    }

    /// A fact of the cluster.
    pub(super) fn fact(&self, name: &str) -> Option<&Node> {
        self.facts()?.entries.get(name)
    }

    /// How pods get their roles; none where there is no cluster.
    pub(super) const fn identity(&self) -> Option<Identity> {
        match self {
            Self::Base => None,
            Self::Cluster(it) => Some(it.identity),
            Self::Specialized { identity, .. } => Some(*identity),
        }
    }

    pub(super) const fn is_base(&self) -> bool {
        matches!(self, Self::Base)
    }
}

/// Overrides by rank, lowest first.
pub(super) type Overrides<'a> = Vec<Vec<(Anchor, &'a OverrideStatement)>>;
