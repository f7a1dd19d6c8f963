//! Operators.

use std::sync::Arc;

use super::context::Infer;
use super::narrow::without_null;
use crate::syntax::ast::{BinaryOp, Expr, Literal, UnaryOp};
use crate::types::assign::fits;
use crate::types::problems;
use crate::types::ty::Type;

impl Infer<'_> {
    pub(super) fn unary(&mut self, expr: &Expr, op: UnaryOp, of: &Expr) -> Type {
        let ty = self.infer(of);
        match (op, ty.base()) {
            (_, Type::Any | Type::Broken) => ty,
            (UnaryOp::Not, it) if fits(it, &Type::Bool) => Type::Bool,
            (UnaryOp::Neg, Type::Literal(Literal::Int(it))) => Type::Literal(Literal::Int(it.saturating_neg())),
            (UnaryOp::Neg, it) if fits(it, &Type::Int) => Type::Int,
            (UnaryOp::Neg, it) if fits(it, &Type::Float) => Type::Float,
            _ => {
                let sign = if op == UnaryOp::Not { "not" } else { "-" };
                self.out.push(problems::unary(self.at(expr), sign, &ty));
                Type::Broken
            }
        }
    }

    pub(super) fn binary(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> Type {
        let a = self.infer(left);
        let mark = match op {
            BinaryOp::And => self.narrow(left, true),
            BinaryOp::Or => self.narrow(left, false),
            _ => self.narrowed.len(),
        };
        let b = self.infer(right);
        self.narrowed.truncate(mark);
        if op == BinaryOp::Coalesce {
            return Type::join([without_null(a.present()), b]);
        }
        if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            let (x, y) = (a.present(), b.present());
            if !(fits(&widen(x), &widen(y)) || fits(&widen(y), &widen(x)) || overlaps(x, y)) {
                self.out.push(problems::never_equal(self.at(expr), &a, &b));
            } else if let Some(problem) = problems::impossible_literal(self.at(right), x, y) {
                self.out.push(problem);
            }
            return Type::Bool;
        }
        let (a, b) = if self.scope.absent_fails { (a.present().clone(), b.present().clone()) } else { (a, b) };
        for (operand, ty) in [(left, &a), (right, &b)] {
            if matches!(ty, Type::Optional(_)) {
                self.out.push(problems::may_be_absent(self.at(operand), ty));
                return Type::Broken;
            }
        }
        if matches!(a, Type::Any | Type::Broken) || matches!(b, Type::Any | Type::Broken) {
            return match op {
                BinaryOp::Or
                | BinaryOp::And
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::In => Type::Bool,
                _ => Type::Any,
            };
        }
        if let Some(it) = binary_type(op, &a, &b) {
            it
        } else {
            self.out.push(problems::binary(self.at(expr), op, &a, &b, (self.at(left), self.at(right))));
            Type::Broken
        }
    }
}

/// A literal's base type: what a list of such literals holds.
#[must_use]
pub fn widen(ty: &Type) -> Type {
    match ty {
        Type::Literal(Literal::Null) => Type::Null,
        Type::Literal(Literal::Bool(_)) => Type::Bool,
        Type::Literal(Literal::Int(_)) => Type::Int,
        Type::Literal(Literal::Float(_)) => Type::Float,
        Type::Literal(Literal::Text(_)) | Type::Cell => Type::Text,
        Type::Union(members) => Type::union(members.iter().map(widen)),
        Type::Optional(it) => widen(it).optional(),
        Type::Refined(it) => widen(&it.base),
        it => it.clone(),
    }
}

fn overlaps(a: &Type, b: &Type) -> bool {
    let parts = |ty: &Type| match ty.base() {
        Type::Union(members) => members.to_vec(),
        it => vec![it.clone()],
    };
    let (a, b) = (parts(a), parts(b));
    a.iter().any(|x| b.iter().any(|y| *x == Type::Null || *y == Type::Null || fits(&widen(x), &widen(y))))
}

pub(super) fn is_printable(ty: &Type) -> bool {
    match ty.base() {
        Type::Text | Type::Cell | Type::Int | Type::Float | Type::Bool | Type::Any | Type::Broken => true,
        Type::Literal(it) => *it != Literal::Null,
        Type::Union(members) => members.iter().all(is_printable),
        _ => false,
    }
}

fn binary_type(op: BinaryOp, a: &Type, b: &Type) -> Option<Type> {
    let is = |ty: &Type, wanted: &Type| fits(ty, wanted);
    let number = || {
        if is(a, &Type::Int) && is(b, &Type::Int) {
            Some(Type::Int)
        } else if is(a, &Type::Float) && is(b, &Type::Float) {
            Some(Type::Float)
        } else {
            None
        }
    };
    match op {
        BinaryOp::Or | BinaryOp::And => (is(a, &Type::Bool) && is(b, &Type::Bool)).then_some(Type::Bool),
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            (number().is_some() || (is(a, &Type::Text) && is(b, &Type::Text))).then_some(Type::Bool)
        }
        BinaryOp::In => match b.base() {
            Type::List(of) => (fits(&widen(a), &widen(of)) || fits(&widen(of), &widen(a))).then_some(Type::Bool),
            Type::Map(_) | Type::Record(_) => is(a, &Type::Text).then_some(Type::Bool),
            _ => (is(a, &Type::Text) && is(b, &Type::Text)).then_some(Type::Bool),
        },
        BinaryOp::Add if is(a, &Type::Text) && is(b, &Type::Text) => Some(Type::Text),
        BinaryOp::Add => match (a.base(), b.base()) {
            (Type::List(x), Type::List(y)) => Some(Type::join([Type::List(Arc::clone(x)), Type::List(Arc::clone(y))])),
            _ => number(),
        },
        BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => number(),
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Coalesce => Some(Type::Bool),
    }
}
