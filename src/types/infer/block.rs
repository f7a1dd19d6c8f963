//! Blocks: what stands under each key, against the record that is asked for.

use std::sync::Arc;

use ecow::EcoString;

use super::context::Infer;
use super::operator::widen;
use crate::source::{IndexMap, IndexSet, Origin};
use crate::syntax::ast::{Action, Block, Key, Member};
use crate::types::ty::{FieldType, RecordType, THIS_OBJECT, Type};
use crate::types::{problems, signature};

impl Infer<'_> {
    /// Checks a block against the record or map that it amends. What is not
    /// known is `Any` and fits everything.
    pub fn block(&mut self, block: &Block, ty: &Type, asked: Option<Origin>) {
        if let Some(notes) = &mut self.notes {
            notes.blocks.insert(block.node, ty.clone());
        }
        let mark = self.lets(block, true);
        for member in &block.members {
            self.block_member(member, block, ty, asked);
        }
        self.scope.locals.truncate(mark);
    }

    /// Brings the names that a block binds into scope; returns the mark to go back to.
    pub fn lets(&mut self, block: &Block, report: bool) -> usize {
        let mark = self.scope.locals.len();
        let mut bound = IndexSet::default();
        for it in block.lets() {
            let before = self.out.len();
            let ty = match &it.ty {
                Some(ty) => {
                    let ty = signature::lower(self.db, self.index, self.anchor, ty, self.out);
                    self.check(&it.value, &ty, Some(Origin::new(self.anchor, it.node)));
                    ty
                }
                None => widen(&self.infer(&it.value)),
            };
            let taken = crate::names::is_reserved(&it.name)
                || self.index.lets.contains_key(&it.name)
                || !bound.insert(&it.name);
            if taken {
                self.out.push(problems::shadows(Origin::new(self.anchor, it.node), &it.name));
            }
            if !report {
                self.out.truncate(before);
            }
            self.scope.locals.push((it.name.clone(), ty));
        }
        mark
    }

    /// Checks a member of a block. What it assigns is inferred once, however deep blocks and
    /// objects nest: the type of what is assigned where nothing is expected.
    fn block_member(&mut self, member: &Member, block: &Block, ty: &Type, asked: Option<Origin>) -> Option<Type> {
        let mut assigned = None;
        match member {
            Member::Entry(entry) => {
                let mark = self.narrowed.len();
                if let Some(when) = &entry.when {
                    self.condition(when);
                    self.narrow(when, true);
                }
                let target = self.path_type(&entry.path.segments, ty);
                let Some((target, asked_here)) = target else {
                    self.inner_of_unknown(&entry.action);
                    self.narrowed.truncate(mark);
                    return None;
                };
                let asked = asked_here.or(asked);
                match &entry.action {
                    Action::Assign(value) if target == Type::Any => assigned = Some(self.infer(value)),
                    Action::Assign(value) => self.check(value, &target.clone().optional(), asked),
                    Action::Append(value) => match target.present().base() {
                        Type::List(_) => self.check(value, &target, asked),
                        Type::Any | Type::Broken => self.check(value, &Type::List(Arc::new(Type::Any)), asked),
                        _ => self.out.push(problems::append_to(Origin::new(self.anchor, entry.node), &target)),
                    },
                    Action::Amend(inner) | Action::AmendTyped { block: inner, .. } => match target.present().base() {
                        Type::Record(_) | Type::Map(_) | Type::Any | Type::Broken | Type::Union(_) => {
                            self.block(inner, target.present(), asked);
                        }
                        _ => {
                            self.out.push(problems::amend_scalar(Origin::new(self.anchor, entry.node), &target, asked));
                        }
                    },
                    Action::Declare { ty, .. } => {
                        self.out.push(problems::declaration_here(
                            Origin::new(self.anchor, entry.node),
                            &entry.path,
                            ty,
                        ));
                    }
                }
                self.narrowed.truncate(mark);
            }
            Member::Unset(unset) => {
                if let Some(when) = &unset.when {
                    self.condition(when);
                }
                self.path_type(&unset.path.segments, ty);
            }
            Member::Spread(spread) => {
                if let Some(when) = &spread.when {
                    self.condition(when);
                }
                let found = self.infer(&spread.value);
                if !has_entries(&found) {
                    self.out.push(problems::spread_of(self.at(&spread.value), &found));
                }
            }
            Member::Let(_) => {}
            Member::Rings(it) => self.out.push(problems::rings_here(Origin::new(self.anchor, it.node))),
            Member::Use(crate::syntax::ast::Use { node, .. })
            | Member::Override(crate::syntax::ast::Override { node, .. })
            | Member::Patch(crate::syntax::ast::Patch { node, .. }) => {
                self.out.push(problems::statement_here(Origin::new(self.anchor, *node)));
            }
            Member::Drop(targets) | Member::Attach(targets) | Member::Detach(targets) => {
                let node = targets.first().map_or(block.node, |it| it.node);
                self.out.push(problems::statement_here(Origin::new(self.anchor, node)));
            }
        }
        assigned
    }

    /// An object that nothing expects: open in its spreads and computed keys.
    pub(super) fn object(&mut self, block: &Block) -> Type {
        if let Some(notes) = &mut self.notes {
            notes.blocks.insert(block.node, Type::Any);
        }
        let mark = self.lets(block, true);
        let mut fields: IndexMap<EcoString, FieldType> = IndexMap::default();
        let mut open = false;
        for member in &block.members {
            let assigned = self.block_member(member, block, &Type::Any, None);
            match member {
                Member::Entry(entry) => match (assigned, entry.path.segments.as_slice()) {
                    (Some(ty), [only]) if only.selectors.is_empty() && entry.when.is_none() => match &only.key {
                        Key::Name(name) => {
                            fields.insert(name.clone(), FieldType::optional(widen(&ty)));
                        }
                        Key::Interpolated(_) => open = true,
                    },
                    (_, [first, ..]) => match &first.key {
                        Key::Name(name) => {
                            fields.entry(name.clone()).or_insert(FieldType::optional(Type::Any));
                        }
                        Key::Interpolated(_) => open = true,
                    },
                    _ => open = true,
                },
                Member::Let(_) => {}
                _ => open = true,
            }
        }
        self.scope.locals.truncate(mark);
        Type::Record(Arc::new(RecordType { name: THIS_OBJECT.into(), fields, open, ..RecordType::default() }))
    }

    /// Still looks into what stands under an unknown key, for names.
    fn inner_of_unknown(&mut self, action: &Action) {
        match action {
            Action::Assign(value) | Action::Append(value) => {
                self.infer(value);
            }
            Action::Amend(block) | Action::AmendTyped { block, .. } => self.block(block, &Type::Any, None),
            Action::Declare { .. } => {}
        }
    }
}

/// Whether every value of the type has entries to spread, or none because it is absent.
fn has_entries(ty: &Type) -> bool {
    match ty.present().base() {
        Type::Record(_) | Type::Map(_) | Type::Any | Type::Broken => true,
        Type::Union(members) => members.iter().all(has_entries),
        _ => false,
    }
}
