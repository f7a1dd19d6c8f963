//! `use`, `drop`, `attach`, `override`: what they name.

use std::sync::Arc;

use ecow::EcoString;

use super::problems;
use crate::diagnostic::{Checked, Diagnostic};
use crate::names::{self, Index, unknown};
use crate::source::{Anchor, Db, Kind, NodeId, Origin};
use crate::syntax::{
    self,
    ast::{Block, Expr, Head, Member, OverrideOf, Patch, Target},
};

use super::Attached;

/// The statements of one declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statements {
    pub uses: Vec<UseStatement>,
    pub drops: Vec<(Selected, NodeId)>,
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
}

/// A catalogue, or one item of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub block: Arc<Block>,
}

/// What an override reaches.
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

    /// Whether it reaches an item of a catalogue.
    #[must_use]
    pub fn reaches(self, db: &dyn Db, item: Anchor) -> bool {
        match self {
            Self::One(it) => it == item,
            Self::AddonsOf(catalogue) => item.kind(db) == Kind::Addon && item.parent(db) == Some(catalogue),
            Self::EveryAddon => item.kind(db) == Kind::Addon,
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

/// Reads the statements of a cluster, a group, a rule or a top-level override.
pub fn statements_of(db: &dyn Db, anchor: Anchor) -> Checked<Statements> {
    let index = names::index_of(db, anchor);
    let declaration = syntax::declaration(db, anchor);
    let mut finder = Finder { db, index, anchor, out: Vec::new() };
    let mut statements = Statements::default();
    if let Head::Override { what, target, when } = &declaration.head
        && *what != OverrideOf::Cluster
    {
        if let Some(target) = finder.overridden(*what, target) {
            let block = Arc::new(declaration.body.clone());
            statements.overrides.push(OverrideStatement { target, node: 0, when: when.clone(), block });
        }
        return Checked::new(statements, finder.out);
    }
    for member in &declaration.body.members {
        match member {
            Member::Use(it) => {
                let block = it.block.as_ref().map(|it| Arc::new(it.clone()));
                for target in &it.targets {
                    if let Some(what) = finder.selected(target) {
                        statements.uses.push(UseStatement { what, node: target.node, block: block.clone() });
                    }
                }
            }
            Member::Drop(targets) => {
                for target in targets {
                    if let Some(what) = finder.selected(target) {
                        statements.drops.push((what, target.node));
                    }
                }
            }
            Member::Attach(targets) => finder.attached(targets, &mut statements.attaches),
            Member::Detach(targets) => finder.attached(targets, &mut statements.detaches),
            Member::Override(it) => {
                if let Some(target) = finder.overridden(it.what, &it.target) {
                    statements.overrides.push(OverrideStatement {
                        target,
                        node: it.node,
                        when: it.when.clone(),
                        block: Arc::new(it.block.clone()),
                    });
                }
            }
            Member::Entry(_)
            | Member::Unset(_)
            | Member::Spread(_)
            | Member::Patch(_)
            | Member::Let(_)
            | Member::Rings(_) => {}
        }
    }
    Checked::new(statements, finder.out)
}

struct Finder<'a> {
    db: &'a dyn Db,
    index: &'a Index,
    anchor: Anchor,
    out: Vec<Diagnostic>,
}

impl Finder<'_> {
    /// `catalogue` or `catalogue.item`.
    fn selected(&mut self, target: &Target) -> Option<Selected> {
        let at = Origin::new(self.anchor, target.node);
        match target.parts.as_slice() {
            [Some(catalogue)] => {
                if let Some(it) = self.index.catalogues.get(catalogue) {
                    Some(Selected::Catalogue(*it))
                } else {
                    self.out.push(unknown::catalogue(self.db, at, catalogue, self.index));
                    None
                }
            }
            [Some(catalogue), Some(item)] => {
                let Some(anchor) = self.index.catalogues.get(catalogue).copied() else {
                    self.out.push(unknown::catalogue(self.db, at, catalogue, self.index));
                    return None;
                };
                if let Some(it) = self.index.items.get(&anchor).and_then(|it| it.get(item)) {
                    Some(Selected::Item { catalogue: anchor, item: *it })
                } else {
                    self.out.push(unknown::item(self.db, at, anchor, item, self.index));
                    None
                }
            }
            _ => {
                self.out.push(problems::bad_selection(at));
                None
            }
        }
    }

    fn attached(&mut self, targets: &[Target], into: &mut Vec<(Attached, NodeId)>) {
        for target in targets {
            let at = Origin::new(self.anchor, target.node);
            let name = match target.parts.as_slice() {
                [Some(it)] => it.clone(),
                _ => EcoString::new(),
            };
            if let Some(it) = self.index.tenants.get(&name) {
                into.push((Attached::Tenant(*it), target.node));
            } else if let Some(it) = self.index.repositories.get(&name) {
                into.push((Attached::Repository(*it), target.node));
            } else {
                self.out.push(problems::unknown_attached(at, &name, self.index));
            }
        }
    }

    fn overridden(&mut self, what: OverrideOf, target: &Target) -> Option<OverrideTarget> {
        let at = Origin::new(self.anchor, target.node);
        match what {
            OverrideOf::Cluster => {
                self.out.push(problems::nested_cluster_override(at));
                None
            }
            OverrideOf::Baseline => self.baseline(target, at),
            OverrideOf::Source => self.source(target, at),
            OverrideOf::Item => match target.parts.as_slice() {
                [None, None] => Some(OverrideTarget::EveryAddon),
                [Some(catalogue), None] => {
                    if let Some(it) = self.index.catalogues.get(catalogue) {
                        Some(OverrideTarget::AddonsOf(*it))
                    } else {
                        self.out.push(unknown::catalogue(self.db, at, catalogue, self.index));
                        None
                    }
                }
                [Some(_), Some(_)] => match self.selected(target)? {
                    Selected::Item { item, .. } => Some(OverrideTarget::One(item)),
                    Selected::Catalogue(_) => None,
                },
                [Some(name)] => self.unqualified(name, at),
                _ => {
                    self.out.push(problems::bad_override(at));
                    None
                }
            },
        }
    }

    /// An item by its bare name: this cluster's own, or that of the one catalogue that has it.
    fn unqualified(&mut self, name: &EcoString, at: Origin) -> Option<OverrideTarget> {
        if let Some(own) = self.index.items.get(&self.anchor).and_then(|it| it.get(name)) {
            return Some(OverrideTarget::One(*own));
        }
        let found: Vec<Anchor> = self
            .index
            .catalogues
            .values()
            .filter_map(|it| self.index.items.get(it).and_then(|it| it.get(name)).copied())
            .collect();
        match found.as_slice() {
            [only] => Some(OverrideTarget::One(*only)),
            [] => {
                self.out.push(problems::unknown_override(self.db, at, name, self.index));
                None
            }
            several => {
                self.out.push(problems::ambiguous(self.db, at, name, several));
                None
            }
        }
    }

    fn baseline(&mut self, target: &Target, at: Origin) -> Option<OverrideTarget> {
        let name = target_text(target);
        let found = self.index.baselines.get(&name).copied();
        if found.is_none() {
            self.out.push(problems::unknown_definition(
                at,
                Kind::Baseline,
                &name,
                &self.index.baselines.keys().cloned().collect::<Vec<_>>(),
            ));
        }
        found.map(OverrideTarget::One)
    }

    fn source(&mut self, target: &Target, at: Origin) -> Option<OverrideTarget> {
        let found: Vec<Anchor> = match target.parts.as_slice() {
            [Some(name)] => {
                let mut around = super::groups_of(self.db, self.anchor);
                around.push(self.anchor);
                let local = self.index.catalogues.values().chain(&around);
                let mut found: Vec<Anchor> = local
                    .filter_map(|it| self.index.local_sources.get(it).and_then(|it| it.get(name)).copied())
                    .collect();
                found.extend(self.index.sources.get(name));
                found
            }
            [Some(catalogue), Some(name)] => self
                .index
                .catalogues
                .get(catalogue)
                .and_then(|it| self.index.local_sources.get(it))
                .and_then(|it| it.get(name))
                .copied()
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        match found.as_slice() {
            [only] => Some(OverrideTarget::One(*only)),
            [] => {
                self.out.push(unknown::source(self.db, at, &target_text(target), None, self.index));
                None
            }
            several => {
                self.out.push(problems::ambiguous(self.db, at, &target_text(target), several));
                None
            }
        }
    }
}

/// `cluster-addons.*`
pub(super) fn target_text(target: &Target) -> EcoString {
    let parts: Vec<&str> = target.parts.iter().map(|it| it.as_deref().unwrap_or("*")).collect();
    parts.join(".").into()
}
