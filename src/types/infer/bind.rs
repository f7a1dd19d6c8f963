//! The arms of a `match` and the head of a comprehension.

use super::context::Infer;
use crate::source::{IndexSet, Origin};
use crate::syntax::ast::{Arm, Expr, ForHead, Literal};
use crate::types::assign::fits;
use crate::types::problems;
use crate::types::ty::Type;

impl Infer<'_> {
    pub(super) fn arms(&mut self, expr: &Expr, subject: &Expr, arms: &[Arm]) {
        let ty = self.infer(subject);
        if matches!(ty, Type::Any | Type::Broken) {
            return;
        }
        for arm in arms {
            for pattern in &arm.patterns {
                if !fits(&Type::Literal(pattern.clone()), &ty) {
                    self.out.push(problems::pattern(Origin::new(self.anchor, arm.node), pattern, &ty));
                }
            }
        }
        if arms.iter().any(|it| it.patterns.is_empty()) {
            return;
        }
        let covered: IndexSet<&Literal> = arms.iter().flat_map(|it| &it.patterns).collect();
        let missing: Option<Vec<Literal>> =
            ty.present().literals().map(|it| it.into_iter().filter(|it| !covered.contains(it)).collect());
        match missing {
            Some(missing) if missing.is_empty() => {}
            missing => self.out.push(problems::not_exhaustive(self.at(expr), &ty, missing.unwrap_or_default())),
        }
    }

    /// Brings a comprehension's variables into scope; returns the mark to go back to.
    pub(super) fn for_head(&mut self, head: &ForHead) -> usize {
        let over = self.infer(&head.over);
        let mark = self.scope.locals.len();
        let (key, value) = match over.present().base() {
            Type::List(of) => (Type::Int, (**of).clone()),
            Type::Map(of) => (Type::Text, (**of).clone()),
            Type::Record(of) => (Type::Text, of.element()),
            Type::Any | Type::Broken => (Type::Any, Type::Any),
            _ => {
                self.out.push(problems::iterate(self.at(&head.over), &over));
                (Type::Broken, Type::Broken)
            }
        };
        match head.names.as_slice() {
            [(_, only)] => self.scope.locals.push((only.clone(), value)),
            [(_, first), (_, second), ..] => {
                self.scope.locals.push((first.clone(), key));
                self.scope.locals.push((second.clone(), value));
            }
            [] => {}
        }
        for (node, name) in &head.names {
            if crate::names::is_reserved(name) || self.index.lets.contains_key(name) {
                self.out.push(problems::shadows(Origin::new(self.anchor, *node), name));
            }
        }
        if let Some(condition) = &head.condition {
            self.condition(condition);
        }
        mark
    }
}
