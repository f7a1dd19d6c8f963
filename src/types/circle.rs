//! Functions that come back to themselves: recursion would not end. A type may call
//! functions too: its conditions and its defaults do.

use std::sync::Arc;

use ecow::EcoString;

use crate::names;
use crate::source::{Anchor, Db, IndexSet, Kind};
use crate::syntax::{
    self,
    ast::{ExprKind, Head, TypeBody, TypeKind},
    walk,
};

/// The way from a function back to itself, the function at both ends.
pub type FunctionCircle = Option<Arc<[Anchor]>>;

/// The functions, `let`s and types that one of these names.
#[salsa::tracked]
fn names_of(db: &dyn Db, anchor: Anchor) -> Arc<[Anchor]> {
    let index = names::index_of(db, anchor);
    let mut found: Vec<Anchor> = Vec::new();
    let declaration = syntax::declaration(db, anchor);
    let params = if let Head::Fn { params, .. } = &declaration.head { params.as_slice() } else { &[] };
    let mut note = |it: Option<&Anchor>| {
        if let Some(it) = it
            && !found.contains(it)
        {
            found.push(*it);
        }
    };
    let mut visit = |part: walk::Part<'_>, bound: &[&EcoString]| match part {
        walk::Part::Expr(expr) => {
            if let ExprKind::Name(name) = &expr.kind
                && !bound.contains(&name)
                && !params.iter().any(|it| it.name == *name)
            {
                note(index.lets.get(name));
            }
        }
        walk::Part::Type(ty) => {
            if let TypeKind::Name(name) = &ty.kind {
                note(index.types.get(name));
            }
        }
    };
    match &declaration.head {
        Head::Fn { params, result, body } => {
            for it in params {
                walk::types(&it.ty, &mut visit);
                if let Some(default) = &it.default {
                    walk::parts(default, &mut visit);
                }
            }
            walk::types(result, &mut visit);
            walk::parts(body, &mut visit);
        }
        Head::Let { ty, value } => {
            if let Some(ty) = ty {
                walk::types(ty, &mut visit);
            }
            walk::parts(value, &mut visit);
        }
        Head::Type(TypeBody::Alias(ty)) => walk::types(ty, &mut visit),
        Head::Type(TypeBody::Record { fields, .. }) => {
            for it in fields {
                walk::types(&it.ty, &mut visit);
                if let Some(default) = &it.default {
                    walk::parts(default, &mut visit);
                }
            }
        }
        _ => {}
    }
    found.into()
}

/// The shortest way from a function back to itself, if there is one.
#[salsa::tracked]
pub fn function_circle(db: &dyn Db, function: Anchor) -> FunctionCircle {
    let mut ways: Vec<(Anchor, Option<usize>)> = vec![(function, None)];
    let mut seen: IndexSet<Anchor> = std::iter::once(function).collect();
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
            if matches!(it.kind(db), Kind::Fn | Kind::Let | Kind::Type) && seen.insert(*it) {
                ways.push((*it, Some(next)));
            }
        }
        next += 1;
    }
    None
}
