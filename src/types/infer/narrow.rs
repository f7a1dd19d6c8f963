//! What a condition shows to be there.

use super::context::Infer;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::types::assign::fits;
use crate::types::problems;
use crate::types::ty::Type;

impl Infer<'_> {
    pub(super) fn condition(&mut self, expr: &Expr) {
        let found = self.infer(expr);
        if !fits(&found, &Type::Bool) {
            self.out.push(problems::condition(self.at(expr), &found));
        }
    }

    /// Notes what a condition shows to be there; returns the mark to go back to.
    pub(super) fn narrow(&mut self, condition: &Expr, holds: bool) -> usize {
        let mark = self.narrowed.len();
        self.narrow_into(condition, holds);
        mark
    }

    fn narrow_into(&mut self, condition: &Expr, holds: bool) {
        match &condition.kind {
            ExprKind::Binary(BinaryOp::And, a, b) if holds => {
                self.narrow_into(a, true);
                self.narrow_into(b, true);
            }
            ExprKind::Binary(BinaryOp::Or, a, b) if !holds => {
                self.narrow_into(a, false);
                self.narrow_into(b, false);
            }
            ExprKind::Unary(UnaryOp::Not, of) => self.narrow_into(of, !holds),
            ExprKind::Binary(op, a, b)
                if b.kind == ExprKind::Null && (*op == if holds { BinaryOp::Ne } else { BinaryOp::Eq }) =>
            {
                if let Some(path) = dotted(a) {
                    let mut ignored = Vec::new();
                    std::mem::swap(self.out, &mut ignored);
                    let ty = self.infer(a).present().clone();
                    std::mem::swap(self.out, &mut ignored);
                    self.narrowed.push((path, without_null(&ty)));
                }
            }
            _ => {}
        }
    }
}

/// `a.b.c` as text, if the expression is that and nothing else.
#[must_use]
pub fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(it) => Some(it.to_string()),
        ExprKind::Member { of, name, .. } => Some(format!("{}.{name}", dotted(of)?)),
        _ => expr.written_name().map(|it| it.to_string()),
    }
}

pub(super) fn without_null(ty: &Type) -> Type {
    match ty {
        Type::Union(members) => Type::union(members.iter().filter(|it| **it != Type::Null).cloned()),
        it => it.clone(),
    }
}
