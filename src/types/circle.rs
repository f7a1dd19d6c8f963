//! Functions that come back to themselves: recursion would not end.

use std::sync::Arc;

use ecow::EcoString;

use crate::names;
use crate::source::{Anchor, Db, Kind};
use crate::syntax::{
    self,
    ast::{ExprKind, Head},
    walk,
};

/// The way from a function back to itself, the function at both ends.
pub type FunctionCircle = Option<Arc<[Anchor]>>;

/// The functions and `let`s that a function or `let` names.
#[salsa::tracked]
fn names_of(db: &dyn Db, anchor: Anchor) -> Arc<[Anchor]> {
    let index = names::index_of(db, anchor);
    let mut found: Vec<Anchor> = Vec::new();
    let declaration = syntax::declaration(db, anchor);
    let params = if let Head::Fn { params, .. } = &declaration.head { params.as_slice() } else { &[] };
    let mut visit = |expr: &syntax::ast::Expr, bound: &[&EcoString]| {
        if let ExprKind::Name(name) = &expr.kind
            && !bound.contains(&name)
            && !params.iter().any(|it| it.name == *name)
            && let Some(it) = index.lets.get(name)
            && !found.contains(it)
        {
            found.push(*it);
        }
    };
    match &declaration.head {
        Head::Fn { params, body, .. } => {
            params.iter().filter_map(|it| it.default.as_ref()).for_each(|it| walk::expressions(it, &mut visit));
            walk::expressions(body, &mut visit);
        }
        Head::Let { value, .. } => walk::expressions(value, &mut visit),
        _ => {}
    }
    found.into()
}

/// The shortest way from a function back to itself, if there is one.
#[salsa::tracked]
pub fn function_circle(db: &dyn Db, function: Anchor) -> FunctionCircle {
    let mut ways: Vec<(Anchor, Option<usize>)> = vec![(function, None)];
    let mut next = 0;
    while let Some((at, _)) = ways.get(next).copied() {
        for it in names_of(db, at).iter() {
            if *it == function {
                let mut way = vec![function];
                let mut step = Some(next);
                while let Some((anchor, before)) = step.and_then(|it| ways.get(it)) {
                    way.push(*anchor);
                    step = *before;
                }
                way.reverse();
                return Some(way.into());
            }
            if matches!(it.kind(db), Kind::Fn | Kind::Let) && !ways.iter().any(|(known, _)| known == it) {
                ways.push((*it, Some(next)));
            }
        }
        next += 1;
    }
    None
}
