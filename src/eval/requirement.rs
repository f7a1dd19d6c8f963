//! Conditions of types, in words: "must be at least 1".

use ecow::{EcoString, eco_format};

use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// What a value must be, by a condition over `it`; none where the condition is best read itself.
pub(super) fn requirement(condition: &Expr) -> Option<EcoString> {
    match &condition.kind {
        ExprKind::Binary(op, left, right) => compared(*op, left, right),
        ExprKind::Unary(UnaryOp::Not, of) => {
            let (name, text) = called(of)?;
            Some(match name {
                "starts-with" => eco_format!("must not start with `{text}`"),
                "ends-with" => eco_format!("must not end with `{text}`"),
                _ => return None,
            })
        }
        ExprKind::Call { .. } => {
            let (name, text) = called(condition)?;
            Some(match name {
                "starts-with" => eco_format!("must start with `{text}`"),
                "ends-with" => eco_format!("must end with `{text}`"),
                "matches" => eco_format!("must match `{text}`"),
                _ => return None,
            })
        }
        _ => None,
    }
}

fn compared(op: BinaryOp, left: &Expr, right: &Expr) -> Option<EcoString> {
    let bound = literal(right)?;
    let is_length = is_call_of(left, "length");
    if !is_length && !is_it(left) {
        return None;
    }
    let be = if is_length { "have a length of" } else { "be" };
    Some(match op {
        BinaryOp::Ge => eco_format!("must {be} at least {bound}"),
        BinaryOp::Le => eco_format!("must {be} at most {bound}"),
        BinaryOp::Gt => eco_format!("must {be} more than {bound}"),
        BinaryOp::Lt => eco_format!("must {be} less than {bound}"),
        BinaryOp::Ne => eco_format!("must not {be} {bound}"),
        _ => return None,
    })
}

fn is_it(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if name == "it")
}

/// `FUNCTION(it)`
fn is_call_of(expr: &Expr, function: &str) -> bool {
    let ExprKind::Call { callee, args } = &expr.kind else { return false };
    matches!(&callee.kind, ExprKind::Name(name) if name == function) && matches!(args.as_slice(), [only] if is_it(only))
}

/// The name and the text of `FUNCTION(it, "text")`.
fn called(expr: &Expr) -> Option<(&str, &str)> {
    let ExprKind::Call { callee, args } = &expr.kind else { return None };
    match (&callee.kind, args.as_slice()) {
        (ExprKind::Name(name), [it, Expr { kind: ExprKind::Text(text), .. }]) if is_it(it) => Some((name, text)),
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<EcoString> {
    match &expr.kind {
        ExprKind::Int(it) => Some(eco_format!("{it}")),
        ExprKind::Float(it) => Some(eco_format!("{it}")),
        ExprKind::Text(it) => Some(eco_format!("`{it}`")),
        ExprKind::Unary(UnaryOp::Neg, of) => Some(eco_format!("-{}", literal(of)?)),
        _ => None,
    }
}
