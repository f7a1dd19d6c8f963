//! What is bound around a place.

use ecow::EcoString;

use crate::fleet;
use crate::names::Index;
use crate::source::{Anchor, Db, Kind, NodeId, Origin};
use crate::syntax;
use crate::syntax::ast::{Action, Block, Expr, ExprKind, Head, Member, TypeBody};
use crate::syntax::walk;

/// Where a variable that is read at a node was bound: the last place before it that binds the
/// name, in the declaration or in one around it.
pub(super) fn binding(db: &dyn Db, anchor: Anchor, node: NodeId, name: &EcoString) -> Option<Origin> {
    let mut last = Some(node);
    let mut at = Some(anchor);
    while let Some(anchor) = at {
        let bound =
            bindings(db, anchor).into_iter().filter(|(it, known)| known == name && last.is_none_or(|last| *it < last));
        if let Some((node, _)) = bound.max_by_key(|(node, _)| *node) {
            return Some(Origin::new(anchor, node));
        }
        at = anchor.parent(db);
        last = None;
    }
    None
}

/// Every place of a declaration that binds a name.
fn bindings(db: &dyn Db, anchor: Anchor) -> Vec<(NodeId, EcoString)> {
    let declaration = syntax::declaration(db, anchor);
    let mut found = Vec::new();
    let mut expressions: Vec<&Expr> = Vec::new();
    match &declaration.head {
        Head::Fn { params, body, .. } => {
            found.extend(params.iter().map(|it| (it.node, it.name.clone())));
            expressions.extend(params.iter().filter_map(|it| it.default.as_ref()).chain([body]));
        }
        Head::Inventory { names, rows, .. } => {
            found.extend(names.iter().cloned());
            expressions.push(rows);
        }
        Head::Type(TypeBody::Record { fields, .. }) => {
            found.extend(fields.iter().map(|it| (it.node, it.name.clone())));
        }
        Head::Let { value, .. } | Head::Manifest { value: Some(value) } => expressions.push(value),
        Head::Check { when, conditions } => expressions.extend(when.iter().chain(conditions)),
        Head::Rule { when: Some(when), .. } | Head::Override { when: Some(when), .. } => expressions.push(when),
        _ => {}
    }
    in_block(&declaration.body, &mut found, &mut expressions);
    for expr in expressions {
        walk::expressions(expr, &mut |it| {
            found.extend(bound_by(it));
            if let ExprKind::Object(block) = &it.kind {
                found.extend(block.lets().map(|it| (it.node, it.name.clone())));
            }
        });
    }
    found
}

fn in_block<'a>(block: &'a Block, found: &mut Vec<(NodeId, EcoString)>, expressions: &mut Vec<&'a Expr>) {
    for member in &block.members {
        match member {
            Member::Entry(entry) => {
                match &entry.action {
                    Action::Assign(it) | Action::Append(it) => expressions.push(it),
                    Action::Amend(block) | Action::AmendTyped { block, .. } => in_block(block, found, expressions),
                    Action::Declare { default, .. } => expressions.extend(default),
                }
                expressions.extend(&entry.when);
            }
            Member::Let(it) => {
                found.push((it.node, it.name.clone()));
                expressions.push(&it.value);
            }
            Member::Spread(it) => expressions.push(&it.value),
            Member::Override(it) => {
                expressions.extend(&it.when);
                in_block(&it.block, found, expressions);
            }
            Member::Use(it) => {
                if let Some(block) = &it.block {
                    in_block(block, found, expressions);
                }
            }
            Member::Patch(it) => in_block(&it.block, found, expressions),
            Member::Rings(it) => expressions.push(&it.order),
            Member::Unset(_) | Member::Drop(_) | Member::Attach(_) | Member::Detach(_) => {}
        }
    }
}

/// The variables that an expression itself binds.
pub(super) fn bound_by(expr: &Expr) -> Vec<(NodeId, EcoString)> {
    match &expr.kind {
        ExprKind::ListFor { head, .. } | ExprKind::MapFor { head, .. } => head.names.clone(),
        _ => Vec::new(),
    }
}

/// What a name at the top level means.
pub(super) fn declared(index: &Index, name: &str) -> Option<Anchor> {
    let tables = [
        &index.definitions,
        &index.lets,
        &index.types,
        &index.catalogues,
        &index.templates,
        &index.sources,
        &index.baselines,
        &index.tenants,
        &index.repositories,
        &index.clusters,
    ];
    tables.into_iter().find_map(|it| it.get(name)).copied()
}

/// Where a fact or a param is declared, as its readers know it.
pub(super) fn declared_in(db: &dyn Db, anchor: Anchor, name: &str) -> Option<Origin> {
    let facts = &fleet::settings(db, db.project()).value;
    match anchor.kind(db) {
        Kind::Fleet if facts.anchor == Some(anchor) => facts.facts.get(name).map(|it| it.origin),
        Kind::ADDON | Kind::Baseline | Kind::Catalogue | Kind::Application => {
            fleet::params_of(db, anchor).get(name).filter(|it| it.origin.anchor == anchor).map(|it| it.origin)
        }
        _ => None,
    }
}
