//! The statements of clusters, groups and rules, as data.

use std::sync::Arc;

use ecow::EcoString;

use crate::source::{Anchor, Db, Kind, NodeId};
use crate::syntax::ast::{Block, Expr, Member, Patch};

/// The statements of one declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statements {
    pub uses: Vec<UseStatement>,
    pub drops: Vec<DropStatement>,
    pub attaches: Vec<(Attached, NodeId)>,
    pub detaches: Vec<(Attached, NodeId)>,
    pub overrides: Vec<OverrideStatement>,
}

/// `use cluster-addons { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct UseStatement {
    pub what: Selected,
    pub node: NodeId,
    pub block: Option<Arc<Block>>,
    /// Whether it is named, and not included in what is named.
    pub by_name: bool,
}

/// `drop cluster-addons`
#[derive(Clone, Debug, PartialEq)]
pub struct DropStatement {
    pub what: Selected,
    pub node: NodeId,
    /// Whether it is named, and not included in what is named.
    pub by_name: bool,
}

/// A catalogue, or one item of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selected {
    Catalogue(Anchor),
    Item { catalogue: Anchor, item: Anchor },
}

/// `override ingress-nginx { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct OverrideStatement {
    pub target: OverrideTarget,
    pub node: NodeId,
    pub when: Option<Expr>,
    /// Without what it says of itself.
    pub block: Arc<Block>,
    pub about: About,
}

/// What an override says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    pub reason: Option<(NodeId, EcoString)>,
    pub owner: Option<(NodeId, EcoString)>,
    /// The last day on which it is meant to be there: `2026-12-31`.
    pub until: Option<(NodeId, EcoString)>,
    /// Entries that are no strings.
    pub wrong: Vec<NodeId>,
}

/// What an override applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideTarget {
    /// Exactly this item or source.
    One(Anchor),
    /// Every add-on of a catalogue.
    AddonsOf(Anchor),
    /// Every add-on.
    EveryAddon,
}

impl OverrideTarget {
    /// 2 for an exact target, 1 for `C.*`, 0 for `*.*`.
    #[must_use]
    pub const fn specificity(self) -> u8 {
        match self {
            Self::One(_) => 2,
            Self::AddonsOf(_) => 1,
            Self::EveryAddon => 0,
        }
    }

    /// Whether it applies to an item of a catalogue.
    #[must_use]
    pub fn reaches(self, db: &dyn Db, item: Anchor) -> bool {
        match self {
            Self::One(it) => it == item,
            Self::AddonsOf(catalogue) => item.kind(db) == Kind::ADDON && item.parent(db) == Some(catalogue),
            Self::EveryAddon => item.kind(db) == Kind::ADDON,
        }
    }
}

impl OverrideStatement {
    /// The raw patches in it, for a kustomize item.
    pub fn patches(&self) -> impl Iterator<Item = &Patch> {
        self.block.members.iter().filter_map(|it| match it {
            Member::Patch(it) => Some(it),
            _ => None,
        })
    }
}

/// What an `attach` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attached {
    Tenant(Anchor),
    Repository(Anchor),
}

impl Attached {
    /// The declaration, if it is a tenant's.
    #[must_use]
    pub const fn tenant(self) -> Option<Anchor> {
        match self {
            Self::Tenant(it) => Some(it),
            Self::Repository(_) => None,
        }
    }

    /// The declaration.
    #[must_use]
    pub const fn anchor(self) -> Anchor {
        match self {
            Self::Tenant(it) | Self::Repository(it) => it,
        }
    }
}
