//! Types, `let`s and functions.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::Checker;
use super::problems;
use crate::eval;
use crate::source::Origin;
use crate::syntax::ast::{Declaration, Head, TypeBody};
use crate::types::{self, Constraint, RecordType, Scope, Type};

impl Checker<'_> {
    pub(super) fn type_(&mut self, it: &Declaration) {
        let checked = types::type_of(self.db, self.anchor);
        self.out.extend(checked.diagnostics.iter().cloned());
        let Head::Type(body) = &it.head else { return };
        match (body, &checked.value) {
            (TypeBody::Alias(_), Type::Refined(refined)) => {
                for constraint in &refined.constraints {
                    if let Constraint::Where(condition) = constraint {
                        let scope = Scope { locals: vec![("it".into(), refined.base.clone())], ..Scope::default() };
                        self.infer(scope, |infer| infer.check(&condition.expr, &Type::Bool, None));
                    }
                }
            }
            (TypeBody::Record { .. }, Type::Record(record)) => self.record(record),
            _ => {}
        }
    }

    pub(super) fn record(&mut self, record: &Arc<RecordType>) {
        for field in record.fields.values() {
            let mut locals: Vec<(EcoString, Type)> =
                record.fields.iter().map(|(name, field)| (name.clone(), field.ty.clone())).collect();
            if let Some(default) = &field.default {
                let scope = Scope { locals: locals.clone(), ..Scope::default() };
                self.infer(scope, |infer| infer.check(&default.expr, &field.ty, field.origin));
            }
            locals.push(("it".into(), field.ty.present().clone()));
            for condition in &field.wheres {
                let scope = Scope { locals: locals.clone(), ..Scope::default() };
                self.infer(scope, |infer| infer.check(&condition.expr, &Type::Bool, None));
            }
        }
    }

    pub(super) fn let_(&mut self) {
        self.out.extend(types::let_type(self.db, self.anchor).diagnostics.iter().cloned());
        if self.out.is_empty() {
            self.out.extend(eval::let_value(self.db, self.anchor).diagnostics.iter().cloned());
        }
    }

    pub(super) fn function(&mut self, it: &Declaration) {
        let checked = types::function_type(self.db, self.anchor);
        self.out.extend(checked.diagnostics.iter().cloned());
        let Head::Fn { params, body, .. } = &it.head else { return };
        if let Some(circle) = types::function_circle(self.db, self.anchor) {
            let name = self.anchor.name(self.db);
            // One circle, one error: at the first of its names.
            if circle.iter().all(|it| it.name(self.db) >= name) {
                self.out.push(problems::function_circle(self.db, &circle));
            }
            return;
        }
        let mut locals: Vec<(EcoString, Type)> = Vec::new();
        for (param, written) in checked.value.params.iter().zip(params) {
            if crate::names::is_reserved(&param.name) || self.index.lets.contains_key(&param.name) {
                self.out.push(problems::taken_param(param.origin, &param.name));
            }
            self.wheres(&param.ty);
            if let Some(default) = &written.default {
                let scope = Scope { why_no_cluster: NO_CLUSTER, locals: locals.clone(), ..Scope::default() };
                self.infer(scope, |infer| infer.check(default, &param.ty, Some(param.origin)));
            }
            locals.push((param.name.clone(), param.ty.clone()));
        }
        let result = &checked.value.result;
        self.wheres(result);
        let asked =
            if let Head::Fn { result, .. } = &it.head { Some(Origin::new(self.anchor, result.node)) } else { None };
        let scope = Scope { why_no_cluster: NO_CLUSTER, locals, ..Scope::default() };
        self.infer(scope, |infer| infer.check(body, result, asked));
    }
}

const NO_CLUSTER: &str = "a function sees its parameters alone: pass what it needs";
