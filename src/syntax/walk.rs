//! Every expression inside another, in the order of the text.

use ecow::EcoString;

use super::ast::{Action, Block, Expr, ExprKind, ForHead, Key, Member, Path};

/// Calls `visit` with an expression and everything inside it, outermost first, and
/// with the names that comprehensions and `let`s around it bind.
pub fn expressions<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr, &[&'a EcoString])) {
    Walk { visit, bound: Vec::new() }.expr(expr);
}

struct Walk<'a, 'v> {
    visit: &'v mut dyn FnMut(&'a Expr, &[&'a EcoString]),
    bound: Vec<&'a EcoString>,
}

impl<'a> Walk<'a, '_> {
    fn expr(&mut self, expr: &'a Expr) {
        (self.visit)(expr, &self.bound);
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Name(_)
            | ExprKind::Broken => {}
            ExprKind::Interpolation(parts) => {
                for it in parts {
                    self.expr(it);
                }
            }
            ExprKind::Member { of, .. } | ExprKind::Unary(_, of) => self.expr(of),
            ExprKind::Index { of, index } => {
                self.expr(of);
                self.expr(index);
            }
            ExprKind::Call { callee, args } => {
                self.expr(callee);
                for it in args {
                    self.expr(it);
                }
            }
            ExprKind::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::If { condition, then, otherwise } => {
                for it in [condition, then, otherwise] {
                    self.expr(it);
                }
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                for it in arms {
                    self.expr(&it.body);
                }
            }
            ExprKind::List(elements) => {
                for it in elements {
                    self.expr(&it.value);
                }
            }
            ExprKind::Object(block) => self.block(block),
            ExprKind::ListFor { head, body } => self.comprehension(head, &[body]),
            ExprKind::MapFor { head, key, body } => self.comprehension(head, &[key, body]),
        }
    }

    fn comprehension(&mut self, head: &'a ForHead, made: &[&'a Expr]) {
        self.expr(&head.over);
        let outside = self.bound.len();
        self.bound.extend(head.names.iter().map(|(_, name)| name));
        for it in head.condition.as_deref().into_iter().chain(made.iter().copied()) {
            self.expr(it);
        }
        self.bound.truncate(outside);
    }

    fn block(&mut self, block: &'a Block) {
        let outside = self.bound.len();
        for member in &block.members {
            match member {
                Member::Entry(entry) => {
                    self.path(&entry.path);
                    match &entry.action {
                        Action::Assign(value) | Action::Append(value) => self.expr(value),
                        Action::Amend(inner) | Action::AmendTyped { block: inner, .. } => self.block(inner),
                        Action::Declare { default, .. } => self.maybe(default.as_ref()),
                    }
                    self.maybe(entry.when.as_ref());
                }
                Member::Unset(it) => {
                    self.path(&it.path);
                    self.maybe(it.when.as_ref());
                }
                Member::Spread(it) => {
                    self.expr(&it.value);
                    self.maybe(it.when.as_ref());
                }
                Member::Use(it) => {
                    if let Some(it) = &it.block {
                        self.block(it);
                    }
                }
                Member::Override(it) => {
                    self.maybe(it.when.as_ref());
                    self.block(&it.block);
                }
                Member::Patch(it) => self.block(&it.block),
                Member::Let(it) => {
                    self.expr(&it.value);
                    self.bound.push(&it.name);
                }
                Member::Rings(it) => self.expr(&it.order),
                Member::Drop(_) | Member::Attach(_) | Member::Detach(_) => {}
            }
        }
        self.bound.truncate(outside);
    }

    fn path(&mut self, path: &'a Path) {
        for segment in &path.segments {
            if let Key::Interpolated(text) = &segment.key {
                self.expr(text);
            }
            for (_, value) in segment.selectors.iter().flat_map(|it| &it.pins) {
                self.expr(value);
            }
        }
    }

    fn maybe(&mut self, expr: Option<&'a Expr>) {
        if let Some(it) = expr {
            self.expr(it);
        }
    }
}
