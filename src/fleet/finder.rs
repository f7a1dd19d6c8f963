//! `use`, `drop`, `attach`, `override`: what they name.

use std::sync::Arc;

use ecow::EcoString;

use super::around;
use super::config;
use super::statement::{
    About, Attached, DropStatement, OverrideStatement, OverrideTarget, Selected, Statements, UseStatement,
};
use super::{definition_problems, problems};
use crate::diagnostic::{Checked, Diagnostic, bug, few};
use crate::names::{self, Index, unknown};
use crate::source::{Anchor, Db, Kind, NodeId, Origin};
use crate::syntax::{
    self,
    ast::{Action, Block, Expr, ExprKind, Head, Member, OverrideOf, Target},
};

impl About {
    /// Takes `reason`, `owner` and `until` out of an override's block.
    fn split(block: &Arc<Block>) -> (Arc<Block>, Self) {
        let mut about = Self::default();
        let is_about = |it: &Member| match it {
            Member::Entry(entry) => config::single_name(entry)
                .is_some_and(|(name, _)| matches!(name.as_str(), "reason" | "owner" | "until")),
            _ => false,
        };
        if !block.members.iter().any(is_about) {
            return (Arc::clone(block), about);
        }
        let mut members = Vec::with_capacity(block.members.len());
        for member in &block.members {
            let slot = match member {
                Member::Entry(entry) => match config::single_name(entry) {
                    Some((name, _)) if name == "reason" => Some((entry, &mut about.reason)),
                    Some((name, _)) if name == "owner" => Some((entry, &mut about.owner)),
                    Some((name, _)) if name == "until" => Some((entry, &mut about.until)),
                    _ => None,
                },
                _ => None,
            };
            match slot.map(|(entry, slot)| (entry, slot, &entry.action)) {
                Some((_, slot, Action::Assign(Expr { node, kind: ExprKind::Text(text) }))) => {
                    *slot = Some((*node, text.clone()));
                }
                Some((entry, ..)) => about.wrong.push(entry.node),
                None => members.push(member.clone()),
            }
        }
        (Arc::new(Block::new(block.node, members)), about)
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
            let (block, about) = About::split(&Arc::new(declaration.body.clone()));
            statements.overrides.push(OverrideStatement { target, node: 0, when: when.clone(), block, about });
        }
        return Checked::new(statements, finder.out);
    }
    for member in &declaration.body.members {
        match member {
            Member::Use(it) => {
                let block = it.block.as_ref().map(|it| Arc::new(it.clone()));
                for target in &it.targets {
                    let use_ =
                        |(what, by_name)| UseStatement { what, node: target.node, block: block.clone(), by_name };
                    statements.uses.extend(finder.chosen(target).into_iter().map(use_));
                }
            }
            Member::Drop(targets) => {
                for target in targets {
                    let drop = |(what, by_name)| DropStatement { what, node: target.node, by_name };
                    statements.drops.extend(finder.chosen(target).into_iter().map(drop));
                }
            }
            Member::Attach(targets) => finder.attached(targets, &mut statements.attaches),
            Member::Detach(targets) => finder.attached(targets, &mut statements.detaches),
            Member::Override(it) => {
                if let Some(target) = finder.overridden(it.what, &it.target) {
                    let (block, about) = About::split(&it.block);
                    let when = it.when.clone();
                    statements.overrides.push(OverrideStatement { target, node: it.node, when, block, about });
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

/// What a catalogue includes, and what that includes: catalogues, and items of them. Names that mean nothing are reported
/// where they are.
fn selected_by(db: &dyn Db, index: &Index, catalogue: Anchor) -> Vec<Selected> {
    let names = super::plain::included(db, catalogue.name(db));
    let selected = |name: &EcoString| {
        let (of, item) = name.split_once('.').map_or((name.as_str(), None), |(of, item)| (of, Some(item)));
        let of = index.catalogues.get(of).copied()?;
        let Some(item) = item else { return Some(Selected::Catalogue(of)) };
        let item = index.items.get(&of)?.get(item)?;
        Some(Selected::Item { catalogue: of, item: *item })
    };
    names.iter().filter_map(selected).collect()
}

struct Finder<'a> {
    db: &'a dyn Db,
    index: &'a Index,
    anchor: Anchor,
    out: Vec<Diagnostic>,
}

impl Finder<'_> {
    /// What a target names, and what that includes; with each whether it is named itself.
    fn chosen(&mut self, target: &Target) -> Vec<(Selected, bool)> {
        let Some(named) = self.selected(target) else { return Vec::new() };
        let mut found = vec![(named, true)];
        if let Selected::Catalogue(it) = named {
            found.extend(selected_by(self.db, self.index, it).into_iter().map(|it| (it, false)));
        }
        found
    }

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
            OverrideOf::Namespace => self.namespace(target, at),
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
                    Selected::Catalogue(_) => bug("two parts name an item"),
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
            self.out.push(definition_problems::unknown_definition(
                at,
                Kind::Baseline,
                &name,
                &few(self.index.baselines.keys()).cloned().collect::<Vec<_>>(),
            ));
        }
        found.map(OverrideTarget::One)
    }

    /// `override namespace web`, `override namespace addons.web`
    fn namespace(&mut self, target: &Target, at: Origin) -> Option<OverrideTarget> {
        let (db, index) = (self.db, self.index);
        let found: Vec<Anchor> = match target.parts.as_slice() {
            [Some(name)] => {
                let own = index.namespace_of(db, self.anchor, name);
                let of_catalogues = || index.catalogues.values().filter_map(|it| index.namespace_of(db, *it, name));
                own.map_or_else(|| of_catalogues().collect(), |it| vec![it])
            }
            [Some(catalogue), Some(name)] => {
                let catalogue = index.catalogues.get(catalogue);
                catalogue.and_then(|it| index.namespace_of(db, *it, name)).into_iter().collect()
            }
            _ => Vec::new(),
        };
        match found.as_slice() {
            [only] => Some(OverrideTarget::One(*only)),
            [] => {
                self.out.push(problems::unknown_namespace(db, at, &target_text(target), index));
                None
            }
            several => {
                self.out.push(problems::ambiguous(db, at, &target_text(target), several));
                None
            }
        }
    }

    fn source(&mut self, target: &Target, at: Origin) -> Option<OverrideTarget> {
        let found: Vec<Anchor> = match target.parts.as_slice() {
            [Some(name)] => {
                let mut around = around::groups_of(self.db, self.anchor);
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

/// Whether a text is a day, `2026-12-31`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |it: &str, digits: usize| {
        (it.len() == digits && it.bytes().all(|it| it.is_ascii_digit())).then(|| it.parse::<u32>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// The `use`, `drop`, `attach` and `override` of one declaration, their targets found.
#[salsa::tracked]
pub fn statements(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Statements>> {
    Arc::new(statements_of(db, anchor))
}

/// The overrides of a declaration whose last day is before `today`, both as
/// `2026-12-31`.
pub fn expired(db: &dyn Db, anchor: Anchor, today: &str) -> Vec<Diagnostic> {
    let of = |it: &OverrideStatement| {
        let (node, until) = it.about.until.as_ref()?;
        (until.as_str() < today && is_date(until))
            .then(|| problems::expired(Origin::new(anchor, *node), until, &it.about))
    };
    statements(db, anchor).value.overrides.iter().filter_map(of).collect()
}
