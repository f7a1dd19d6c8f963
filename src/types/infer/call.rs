//! Calls of functions, built in and declared.

use std::sync::Arc;

use super::context::Infer;
use super::operator::widen;
use crate::diagnostic::few;
use crate::names;
use crate::source::{Anchor, Kind, Origin};
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::assign::fits;
use crate::types::builtin::{self, Builtin};
use crate::types::mismatch::mismatch;
use crate::types::notes::Meaning;
use crate::types::problems;
use crate::types::signature::function_type;
use crate::types::ty::Type;

impl Infer<'_> {
    pub(super) fn call(&mut self, expr: &Expr, callee: &Expr, args: &[Expr]) -> Type {
        if let Some(function) = names::called(self.db, self.anchor, callee) {
            self.mean(callee.node, || Meaning::At(Origin::of(function), Type::Any));
            return self.declared(expr, function, args);
        }
        let ExprKind::Name(name) = &callee.kind else {
            self.out.push(problems::not_callable(self.at(callee)));
            return Type::Broken;
        };
        if let Some(function) = builtin::find(name) {
            self.mean(callee.node, || Meaning::Builtin(name.clone()));
            return self.built_in(expr, function, args);
        }
        if self.index.is_lost(name) {
            return Type::Broken;
        }
        let known =
            few(self.index.lets.iter()).filter(|(_, it)| it.kind(self.db) == Kind::Fn).map(|(name, _)| name.as_str());
        self.out.push(problems::unknown_function(self.at(callee), name, known));
        for arg in args {
            self.infer(arg);
        }
        Type::Broken
    }

    fn declared(&mut self, expr: &Expr, function: Anchor, args: &[Expr]) -> Type {
        let ty = &function_type(self.db, function).value;
        let needed = ty.params.iter().rposition(|it| !it.may_be_left_out()).map_or(0, |it| it + 1);
        if args.len() < needed || args.len() > ty.params.len() {
            self.out.push(problems::arity_of(self.at(expr), self.db, function, ty, args.len()));
        }
        for (arg, param) in args.iter().zip(&ty.params) {
            self.check(arg, &param.ty, Some(param.origin));
        }
        for arg in args.iter().skip(ty.params.len()) {
            self.infer(arg);
        }
        ty.result.clone()
    }

    fn built_in(&mut self, expr: &Expr, function: &Builtin, args: &[Expr]) -> Type {
        let needed = function.params.iter().filter(|it| !it.optional).count();
        if args.len() < needed || args.len() > function.params.len() {
            self.out.push(problems::arity(self.at(expr), function, args.len()));
        }
        let mut bound: Option<Type> = None;
        for (arg, param) in args.iter().zip(&function.params) {
            if has_variable(&param.ty) {
                let found = self.infer(arg);
                let wanted = with_variable(&param.ty, &Type::Any);
                if fits(found.present(), &wanted) {
                    if let Some(it) = variable_of(&param.ty, found.present()) {
                        bound = Some(Type::join(bound.into_iter().chain(std::iter::once(widen(&it)))));
                    }
                } else {
                    self.out.push(mismatch(self.at(arg), &wanted, &found, &arg.kind, None));
                }
            } else {
                self.check(arg, &param.ty, None);
            }
        }
        with_variable(&function.result, &bound.unwrap_or(Type::Any))
    }
}

fn has_variable(ty: &Type) -> bool {
    match ty {
        Type::Variable => true,
        Type::Optional(it) | Type::List(it) | Type::Map(it) => has_variable(it),
        _ => false,
    }
}

/// The type with the variable replaced.
fn with_variable(ty: &Type, by: &Type) -> Type {
    match ty {
        Type::Variable => by.clone(),
        Type::Optional(it) => with_variable(it, by).optional(),
        Type::List(it) => Type::List(Arc::new(with_variable(it, by))),
        Type::Map(it) => Type::Map(Arc::new(with_variable(it, by))),
        it => it.clone(),
    }
}

/// What the variable stands for where a value of type `found` is passed.
fn variable_of(param: &Type, found: &Type) -> Option<Type> {
    match (param, found.base()) {
        (Type::Variable, _) => Some(found.clone()),
        (Type::List(param), Type::List(found)) | (Type::Map(param), Type::Map(found)) => variable_of(param, found),
        (Type::Map(param), Type::Record(record)) => {
            let fields = record.fields.values().map(|it| widen(it.ty.present()));
            let all = if record.open { Type::Any } else { Type::join(fields) };
            variable_of(param, &all)
        }
        _ => None,
    }
}
