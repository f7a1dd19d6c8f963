//! Every expression inside another, in the order of the text.

use ecow::EcoString;

use super::ast::{Action, Block, Expr, ExprKind, ForHead, Key, Member, Path, TypeExpr, TypeKind};

/// What is met on the way.
#[derive(Clone, Copy)]
pub enum Visited<'a> {
    Expr(&'a Expr),
    Type(&'a TypeExpr),
}

/// What is called with each part, and with the names that comprehensions and `let`s
/// around it bind.
pub type Visit<'a, 'v> = &'v mut dyn FnMut(Visited<'a>, &[&'a EcoString]);

/// Visits an expression and everything inside it, outermost first.
pub fn parts<'a>(expr: &'a Expr, visit: Visit<'a, '_>) {
    Walk { visit, bound: Vec::new() }.expr(expr);
}

/// Visits everything in a block.
pub fn blocks<'a>(block: &'a Block, visit: Visit<'a, '_>) {
    Walk { visit, bound: Vec::new() }.block(block);
}

/// Visits a type and everything inside it, outermost first.
pub fn types<'a>(ty: &'a TypeExpr, visit: Visit<'a, '_>) {
    Walk { visit, bound: Vec::new() }.ty(ty);
}

/// Visits the expressions alone.
pub fn expressions<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    parts(expr, &mut |part, _| {
        if let Visited::Expr(it) = part {
            visit(it);
        }
    });
}

struct Walk<'a, 'v> {
    visit: Visit<'a, 'v>,
    bound: Vec<&'a EcoString>,
}

impl<'a> Walk<'a, '_> {
    fn expr(&mut self, expr: &'a Expr) {
        (self.visit)(Visited::Expr(expr), &self.bound);
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
                        Action::Amend(inner) => self.block(inner),
                        Action::AmendTyped { ty, block } => {
                            self.ty(ty);
                            self.block(block);
                        }
                        Action::Declare { ty, default } => {
                            self.ty(ty);
                            self.maybe(default.as_ref());
                        }
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
                    if let Some(ty) = &it.ty {
                        self.ty(ty);
                    }
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

    fn ty(&mut self, ty: &'a TypeExpr) {
        (self.visit)(Visited::Type(ty), &self.bound);
        match &ty.kind {
            TypeKind::Optional(of) | TypeKind::List(of) => self.ty(of),
            TypeKind::Map(key, of) => {
                self.ty(key);
                self.ty(of);
            }
            TypeKind::Union(members) => {
                for it in members {
                    self.ty(it);
                }
            }
            TypeKind::Where(of, condition) => {
                self.ty(of);
                self.expr(condition);
            }
            TypeKind::Name(_) | TypeKind::Literal(_) | TypeKind::Broken => {}
        }
    }

    fn maybe(&mut self, expr: Option<&'a Expr>) {
        if let Some(it) = expr {
            self.expr(it);
        }
    }
}
