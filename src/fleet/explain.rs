//! Why a condition is false: the values of what it reads, each with its place.

use ecow::{EcoString, eco_format};

use crate::eval::{Env, clash};
use crate::source::{NodeId, Origin};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::value::{Node, Value};

/// What is shown under a condition that does not hold.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// A part of the condition, and what it comes to.
    pub parts: Vec<(NodeId, EcoString)>,
    /// Where a value was set, and which it is.
    pub places: Vec<(Origin, EcoString)>,
    pub notes: Vec<EcoString>,
    /// Whether a part has no value.
    pub has_absent: bool,
}

/// Most parts that are shown: more of them hide what matters.
const MOST: usize = 8;

/// Looks at the parts of a condition that decide that it is false.
pub(super) fn explain(env: &mut Env<'_>, condition: &Expr) -> Shown {
    let mut shown = Shown::default();
    // Evaluating again says nothing new.
    let before = env.out.len();
    decide(env, condition, false, &mut shown);
    env.out.truncate(before);
    shown.parts.truncate(MOST);
    shown.places.truncate(MOST);
    shown
}

/// Shows what makes `expr` come to `wanted`.
fn decide(env: &mut Env<'_>, expr: &Expr, found: bool, shown: &mut Shown) {
    match &expr.kind {
        ExprKind::Unary(UnaryOp::Not, of) => decide(env, of, !found, shown),
        ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
            // `and` is false, and `or` true, by one side alone.
            let by_one = (*op == BinaryOp::And) != found;
            for side in [a, b] {
                let is = env.eval(side).value;
                if !by_one || is == Value::Bool(found) || !matches!(is, Value::Bool(_)) {
                    decide(env, side, found, shown);
                    if by_one {
                        return;
                    }
                }
            }
        }
        ExprKind::Call { callee, args } if !found && is_of_pairs(callee) => pair(env, callee, args, expr, shown),
        ExprKind::Call { callee, args } if is_quantifier(callee, found) => match args.first().map(|it| &it.kind) {
            Some(ExprKind::ListFor { head, body }) => each(env, head, body, found, shown),
            _ => parts(env, expr, shown),
        },
        _ => parts(env, expr, shown),
    }
}

/// Whether a call is false by two elements of its list.
fn is_of_pairs(callee: &Expr) -> bool {
    matches!(&callee.kind, ExprKind::Name(name) if name == "all-distinct" || name == "cidrs-disjoint")
}

/// The two elements that decide.
fn pair(env: &mut Env<'_>, callee: &Expr, args: &[Expr], expr: &Expr, shown: &mut Shown) {
    let ExprKind::Name(name) = &callee.kind else { return };
    let node = args.first().map(|it| env.eval(it));
    let list = node.as_ref().and_then(Node::list).unwrap_or_default();
    let found = clash(name, list).and_then(|(a, b)| Some([(a, list.get(a)?), (b, list.get(b)?)]));
    let Some(found) = found else { return parts(env, expr, shown) };
    let mut names: Vec<EcoString> = Vec::new();
    if let Some(ExprKind::ListFor { head, .. }) = args.first().map(|it| &it.kind) {
        env.each(head, |env| {
            let element = head.names.last().and_then(|(_, name)| env.local(name));
            names.push(element.map_or_else(EcoString::new, |it| name_of(&it)));
        });
    }
    let described = |nth: usize, it: &Node| match names.get(nth).filter(|_| names.len() == list.len()) {
        Some(name) if !name.is_empty() => eco_format!("{} of {name}", show(&it.value)),
        _ => eco_format!("{} (number {})", show(&it.value), nth + 1),
    };
    let said = found.map(|(nth, it)| described(nth, it));
    let verb = if name == "all-distinct" { "are equal" } else { "overlap" };
    shown.notes.push(eco_format!("{} {verb}", said.join(" and ")));
    for (_, it) in found.into_iter().filter(|(_, it)| is_leaf(&it.value)) {
        shown.places.push((it.origin, eco_format!("{} is set here", show(&it.value))));
    }
}

/// `all(…)` is false by one element, `any(…)` true by one.
fn is_quantifier(callee: &Expr, found: bool) -> bool {
    matches!(&callee.kind, ExprKind::Name(name) if name == if found { "any" } else { "all" })
}

/// The elements of a comprehension that decide, by the first of them.
fn each(env: &mut Env<'_>, head: &crate::syntax::ast::ForHead, body: &Expr, found: bool, shown: &mut Shown) {
    let mut names: Vec<EcoString> = Vec::new();
    let mut all = 0;
    env.each(head, |env| {
        all += 1;
        if env.eval(body).value != Value::Bool(found) && env.eval(body).value != Value::Unknown {
            return;
        }
        if names.is_empty() {
            decide(env, body, found, shown);
        }
        let element = head.names.last().and_then(|(_, name)| env.local(name));
        names.push(element.map_or_else(|| eco_format!("number {all}"), |it| name_of(&it)));
    });
    let first: Vec<&str> = names.iter().take(5).map(EcoString::as_str).collect();
    let more = if names.len() > first.len() { ", …" } else { "" };
    shown.notes.push(eco_format!("{found} for {} of {all}: {}{more}", names.len(), first.join(", ")));
}

/// What an element is called.
fn name_of(node: &Node) -> EcoString {
    let name = node.get("name").and_then(Node::text);
    name.map_or_else(|| show(&node.value), |it| eco_format!("`{it}`"))
}

/// The values of what an expression reads.
fn parts(env: &mut Env<'_>, expr: &Expr, shown: &mut Shown) {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => {
            let node = env.eval(expr);
            let what = show(&node.value);
            if node.value == Value::Absent {
                shown.has_absent = true;
                shown.parts.push((expr.node, "no layer sets this".into()));
            } else {
                shown.parts.push((expr.node, what.clone()));
                if node.origin != env.at(expr.node) && is_leaf(&node.value) {
                    shown.places.push((node.origin, eco_format!("{what} is set here")));
                }
            }
        }
        ExprKind::Call { args, .. } => {
            let node = env.eval(expr);
            shown.parts.push((expr.node, show(&node.value)));
            for it in args {
                parts(env, it, shown);
            }
        }
        ExprKind::Binary(_, a, b) => {
            parts(env, a, shown);
            parts(env, b, shown);
        }
        ExprKind::Unary(_, of) => parts(env, of, shown),
        ExprKind::If { condition, then, otherwise } => {
            parts(env, condition, shown);
            let taken = if env.holds(condition) == Some(true) { then } else { otherwise };
            parts(env, taken, shown);
        }
        ExprKind::Match { subject, .. } => parts(env, subject, shown),
        ExprKind::Interpolation(all) => all.iter().for_each(|it| parts(env, it, shown)),
        ExprKind::ListFor { head, .. } | ExprKind::MapFor { head, .. } => {
            let node = env.eval(expr);
            shown.parts.push((expr.node, show(&node.value)));
            parts(env, &head.over, shown);
        }
        _ => {}
    }
}

/// Whether a value was written at one place.
fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Map(_) => false,
        Value::List(list) => list.iter().all(|it| is_leaf(&it.value)),
        _ => true,
    }
}

/// A value, a short list with its elements.
fn show(value: &Value) -> EcoString {
    match value {
        Value::List(list) if list.len() <= 5 => {
            let parts: Vec<EcoString> = list.iter().map(|it| it.value.show()).collect();
            eco_format!("[{}]", parts.join(", "))
        }
        it => it.show(),
    }
}
