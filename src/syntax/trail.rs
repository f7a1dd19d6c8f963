//! What stands around a node of a declaration.

use super::ast::{Action, Block, Declaration, Entry, Expr, ExprKind, Head, Key, Member};
use super::walk;
use crate::source::NodeId;

/// The way from a declaration down to one of its nodes.
#[derive(Debug, Default)]
pub struct Trail<'a> {
    /// What has to hold for the node to count, outermost first.
    pub conditions: Vec<&'a Expr>,
    /// The blocks around it, outermost first: their `let`s are in scope.
    pub blocks: Vec<&'a Block>,
    /// The outermost expression that the node is, or is part of.
    pub expression: Option<&'a Expr>,
}

/// What stands around a node; the declaration's own head if it is nowhere inside.
#[must_use]
pub fn trail(declaration: &Declaration, node: NodeId) -> Trail<'_> {
    let mut trail = Trail::default();
    match &declaration.head {
        Head::Rule { when: Some(when), .. } | Head::Override { when: Some(when), .. } => trail.conditions.push(when),
        Head::Let { value, .. } if within(value, node) => trail.expression = Some(value),
        Head::Source { url, .. } if within(url, node) => trail.expression = Some(url),
        Head::Manifest { value: Some(value) } if within(value, node) => trail.expression = Some(value),
        _ => {}
    }
    trail.block(&declaration.body, node);
    trail
}

impl<'a> Trail<'a> {
    /// Whether the node is in the block; then the trail leads there.
    fn block(&mut self, block: &'a Block, node: NodeId) -> bool {
        self.blocks.push(block);
        if block.node == node || block.members.iter().any(|it| self.member(it, node)) {
            return true;
        }
        self.blocks.pop();
        false
    }

    fn member(&mut self, member: &'a Member, node: NodeId) -> bool {
        match member {
            Member::Entry(it) => self.when(it.when.as_ref(), |trail| trail.entry(it, node)),
            Member::Unset(it) => self.when(it.when.as_ref(), |_| it.node == node || it.path.node == node),
            Member::Spread(it) => {
                self.when(it.when.as_ref(), |trail| it.node == node || trail.expression(&it.value, node))
            }
            Member::Override(it) => {
                self.when(it.when.as_ref(), |trail| it.node == node || trail.block(&it.block, node))
            }
            Member::Patch(it) => it.node == node || self.block(&it.block, node),
            Member::Use(it) => {
                it.node == node
                    || it.targets.iter().any(|it| it.node == node)
                    || it.block.as_ref().is_some_and(|it| self.block(it, node))
            }
            Member::Let(it) => it.node == node || self.expression(&it.value, node),
            Member::Rings(it) => it.node == node || self.expression(&it.order, node),
            Member::Drop(targets) | Member::Attach(targets) | Member::Detach(targets) => {
                targets.iter().any(|it| it.node == node)
            }
        }
    }

    fn when(&mut self, when: Option<&'a Expr>, inside: impl FnOnce(&mut Self) -> bool) -> bool {
        let before = self.conditions.len();
        self.conditions.extend(when);
        let found = inside(self);
        if !found {
            self.conditions.truncate(before);
        }
        found
    }

    fn entry(&mut self, entry: &'a Entry, node: NodeId) -> bool {
        let in_path = entry.path.node == node
            || entry
                .path
                .segments
                .iter()
                .any(|it| it.node == node || matches!(&it.key, Key::Interpolated(key) if within(key, node)));
        let found = match &entry.action {
            Action::Assign(value) | Action::Append(value) => self.expression(value, node),
            Action::Amend(block) | Action::AmendTyped { block, .. } => self.block(block, node),
            Action::Declare { default, .. } => default.as_ref().is_some_and(|it| self.expression(it, node)),
        };
        if !found && (entry.node == node || in_path) {
            // The entry as a whole: what it comes to is its value.
            if let Action::Assign(value) | Action::Append(value) = &entry.action {
                self.expression = Some(value);
            }
            return true;
        }
        found
    }

    fn expression(&mut self, expr: &'a Expr, node: NodeId) -> bool {
        if !within(expr, node) {
            return false;
        }
        // A value inside an object that is written out has entries of its own around it.
        if let ExprKind::Object(block) = &expr.kind
            && expr.node != node
            && self.block(block, node)
        {
            return true;
        }
        self.expression = Some(expr);
        true
    }
}

fn within(expr: &Expr, node: NodeId) -> bool {
    let mut found = false;
    walk::expressions(expr, &mut |it| {
        found |= it.node == node || matches!(&it.kind, ExprKind::Object(block) if has(block, node));
    });
    found
}

/// Whether a node is the block's, or that of an entry in it.
fn has(block: &Block, node: NodeId) -> bool {
    block.node == node
        || block.members.iter().any(|it| match it {
            Member::Entry(it) => {
                it.node == node
                    || it.path.node == node
                    || it.path.segments.iter().any(|it| it.node == node)
                    || matches!(&it.action, Action::Amend(inner) | Action::AmendTyped { block: inner, .. } if has(inner, node))
            }
            _ => false,
        })
}
