//! Every expression inside another, in the order of the text.

use super::ast::{Action, Block, Expr, ExprKind, Key, Member, Path};

/// Calls `visit` with an expression and everything inside it, outermost first.
pub fn expressions<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    visit(expr);
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
                expressions(it, visit);
            }
        }
        ExprKind::Member { of, .. } | ExprKind::Unary(_, of) => expressions(of, visit),
        ExprKind::Index { of, index } => {
            expressions(of, visit);
            expressions(index, visit);
        }
        ExprKind::Call { callee, args } => {
            expressions(callee, visit);
            for it in args {
                expressions(it, visit);
            }
        }
        ExprKind::Binary(_, a, b) => {
            expressions(a, visit);
            expressions(b, visit);
        }
        ExprKind::If { condition, then, otherwise } => {
            for it in [condition, then, otherwise] {
                expressions(it, visit);
            }
        }
        ExprKind::Match { subject, arms } => {
            expressions(subject, visit);
            for it in arms {
                expressions(&it.body, visit);
            }
        }
        ExprKind::List(elements) => elements.iter().for_each(|it| expressions(&it.value, visit)),
        ExprKind::Object(block) => of_block(block, visit),
        ExprKind::ListFor { head, body } => {
            expressions(&head.over, visit);
            if let Some(it) = &head.condition {
                expressions(it, visit);
            }
            expressions(body, visit);
        }
        ExprKind::MapFor { head, key, body } => {
            expressions(&head.over, visit);
            if let Some(it) = &head.condition {
                expressions(it, visit);
            }
            expressions(key, visit);
            expressions(body, visit);
        }
    }
}

/// The same for every expression in a block and the blocks inside it.
pub fn of_block<'a>(block: &'a Block, visit: &mut dyn FnMut(&'a Expr)) {
    for member in &block.members {
        match member {
            Member::Entry(entry) => {
                of_path(&entry.path, visit);
                match &entry.action {
                    Action::Assign(value) | Action::Append(value) => expressions(value, visit),
                    Action::Amend(inner) | Action::AmendTyped { block: inner, .. } => of_block(inner, visit),
                    Action::Declare { default, .. } => default.iter().for_each(|it| expressions(it, visit)),
                }
                entry.when.iter().for_each(|it| expressions(it, visit));
            }
            Member::Unset(it) => {
                of_path(&it.path, visit);
                it.when.iter().for_each(|it| expressions(it, visit));
            }
            Member::Spread(it) => {
                expressions(&it.value, visit);
                it.when.iter().for_each(|it| expressions(it, visit));
            }
            Member::Use(it) => it.block.iter().for_each(|it| of_block(it, visit)),
            Member::Override(it) => {
                it.when.iter().for_each(|it| expressions(it, visit));
                of_block(&it.block, visit);
            }
            Member::Patch(it) => of_block(&it.block, visit),
            Member::Let(it) => expressions(&it.value, visit),
            Member::Rings(it) => expressions(&it.order, visit),
            Member::Drop(_) | Member::Attach(_) | Member::Detach(_) => {}
        }
    }
}

fn of_path<'a>(path: &'a Path, visit: &mut dyn FnMut(&'a Expr)) {
    for segment in &path.segments {
        if let Key::Interpolated(text) = &segment.key {
            expressions(text, visit);
        }
        for (_, value) in segment.selectors.iter().flat_map(|it| &it.pins) {
            expressions(value, visit);
        }
    }
}
