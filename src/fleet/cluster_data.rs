//! A cluster, as data.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::applied_override::AppliedOverride;
use super::identity::Identity;
use super::settings_data::Sync;
use super::statement::{Attached, UseStatement};
use crate::eval::Row;
use crate::schema::Minor;
use crate::source::{Anchor, Origin};
use crate::value::{Map, Node};

/// A cluster and what it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    pub anchor: Anchor,
    /// Its declaration, or the row of data that it is made of.
    pub origin: Origin,
    pub row: Option<Arc<Row>>,
    /// The ranks that are its own, lowest first.
    pub own: Vec<Vec<Anchor>>,
    pub name: EcoString,
    /// Its directory, from the project's root.
    pub path: EcoString,
    /// Outermost first.
    pub groups: Vec<Anchor>,
    /// What `cluster` stands for.
    pub facts: Arc<Map>,
    pub flux: Minor,
    pub lockdown: bool,
    /// What the cluster itself is, for those that are made from here.
    pub baseline: Option<Anchor>,
    /// How pods get their roles, where an add-on does not say.
    pub identity: Identity,
    pub sync: Sync,
    /// The hub whose Flux applies what it gets; none where it has a Flux of its own.
    pub via: Option<Via>,
    /// The declarations that apply to it, lowest rank first, in order of name within a rank.
    pub ranks: Vec<Vec<Anchor>>,
    /// The overrides in them whose condition holds.
    pub applied: Arc<[AppliedOverride]>,
    pub taken: Vec<Taken>,
    pub attached: Vec<(Attached, Origin)>,
    /// Whether its values shall tell which entry set them, where they only refer to others.
    pub traces: bool,
}

/// What a cluster takes of one catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    pub catalogue: Anchor,
    /// In order of name.
    pub items: Vec<Anchor>,
    /// Where it is used, highest layer last: the blocks of `use` amend each other.
    pub uses: Vec<(Anchor, UseStatement)>,
}

impl Taken {
    /// Where the highest layer says that it is used.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.uses.last().map_or(Origin::of(self.catalogue), |(anchor, it)| Origin::new(*anchor, it.node))
    }
}

/// How a spoke is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Via {
    pub hub: Anchor,
    /// Where the cluster, or a group, says so.
    pub origin: Origin,
    /// What names the Secret or ConfigMap that Flux reads beside itself.
    pub kube_config: KubeConfig,
}

/// What Flux connects with.
#[derive(Clone, Debug, PartialEq)]
pub enum KubeConfig {
    /// A Secret with a kubeconfig, and the key that it is in.
    Secret { name: Node, key: Option<Node> },
    /// An identity that the cloud knows: a ConfigMap of that name, with what it holds.
    Identity { name: EcoString, data: Vec<(EcoString, Node)>, origin: Origin },
}

impl KubeConfig {
    /// What tells one way from another, in words; none where it is not known.
    #[must_use]
    pub fn way(&self) -> Option<EcoString> {
        match self {
            Self::Secret { name, key } => {
                let key = key.as_ref().and_then(Node::text).map(|it| eco_format!(" (`{it}`)")).unwrap_or_default();
                Some(eco_format!("Secret `{}`{key}", name.text()?))
            }
            Self::Identity { data, .. } => {
                let named = ["cluster", "address"].iter().find_map(|key| data.iter().find(|it| it.0 == *key));
                Some(eco_format!("{} `{}`", named?.0, named?.1.text()?))
            }
        }
    }

    /// Where it is said.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        match self {
            Self::Secret { name, .. } => name.origin,
            Self::Identity { origin, .. } => *origin,
        }
    }
}
