//! Does a value have its type? Fills defaults in on the way.

use std::sync::Arc;

use ecow::EcoString;

use super::builtins;
use super::env::Env;
use super::problems;
use crate::diagnostic::Invariant;
use crate::source::{IndexMap, Origin};
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::{Constraint, FieldType, Members, RecordType, Refined, Type};
use crate::value::{Node, Template, Value, same};

/// Steps of the budget for a default that is filled in: a record whose fields have defaults
/// of records grows with each level.
const FILLED_IN: u64 = 40;

/// How strictly a value is held against its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conform {
    /// A layer, or the base: fields may be missing, conditions over other fields wait.
    Partial,
    /// The final value for a cluster.
    Final,
}

/// Checks `node` against `ty`, filling defaults of records in. `asked` is the
/// place that asks for the type.
pub fn complete(env: &mut Env<'_>, node: &mut Node, ty: &Type, how: Conform, asked: Option<Origin>) {
    changes(env, node, ty, how, asked);
}

/// [`complete`]; whether the value became another. To compare it with what it was would look at all
/// of it again at each level.
fn changes(env: &mut Env<'_>, node: &mut Node, ty: &Type, how: Conform, asked: Option<Origin>) -> bool {
    match &node.value {
        Value::Unknown | Value::Conflict(_) | Value::Absent => return false,
        Value::Template(template) => {
            let is_open = !is_certain(template, ty);
            if is_open {
                *node = env.forced(node.clone());
            }
            return is_open;
        }
        Value::PerCluster(template) => {
            if !is_certain(template, ty) {
                env.needed_facts.extend(template.facts().cloned());
            }
            return false;
        }
        _ => {}
    }
    match ty {
        Type::Any | Type::Broken | Type::Variable | Type::Reference(_) => false,
        Type::Optional(inner) => changes(env, node, inner, how, asked),
        Type::Refined(refined) => {
            let before = env.out.len();
            let changed = changes(env, node, &refined.base, how, refined.origin.or(asked));
            if env.out.len() == before {
                for constraint in &refined.constraints {
                    if !holds(env, node, refined, constraint) {
                        break;
                    }
                }
            }
            changed
        }
        Type::Union(members) => union_changes(env, node, members, ty, how, asked),
        Type::List(of) => {
            let Value::List(list) = &mut node.value else {
                env.report(problems::mismatch(node, ty, asked));
                return false;
            };
            let mut elements = list.as_ref().clone();
            let mut changed = false;
            for element in &mut elements {
                changed |= changes(env, element, of, how, asked);
            }
            if changed {
                *list = Arc::new(elements);
            }
            changed
        }
        Type::Map(of) => {
            let Value::Map(map) = &mut node.value else {
                env.report(problems::mismatch(node, ty, asked));
                return false;
            };
            let mut entries = map.as_ref().clone();
            let mut changed = false;
            for value in entries.entries.values_mut() {
                changed |= changes(env, value, of, how, asked);
            }
            if changed {
                *map = Arc::new(entries);
            }
            changed
        }
        Type::Record(record) => record_changes(env, node, record, how, asked),
        Type::Null | Type::Bool | Type::Int | Type::Float | Type::Text | Type::Cell | Type::Literal(_) => {
            if !shape_fits(&node.value, ty) {
                env.report(problems::mismatch(node, ty, asked));
            }
            false
        }
    }
}

fn union_changes(
    env: &mut Env<'_>,
    node: &mut Node,
    members: &Members,
    ty: &Type,
    how: Conform,
    asked: Option<Origin>,
) -> bool {
    if is_one_of(&node.value, members) == Some(true) {
        return false;
    }
    let Some(first) = members.iter().find(|it| shape_fits(&node.value, it)) else {
        env.report(problems::mismatch(node, ty, asked));
        return false;
    };
    match members.iter().find_map(|it| Some((accepted(env, node, it)?, it))) {
        // What was completed to see whether it fits is not completed again: unions nest.
        Some(((completed, changed), _)) if how == Conform::Partial => {
            *node = completed;
            changed
        }
        Some((_, member)) => changes(env, node, member, how, asked),
        None => changes(env, node, first, how, asked),
    }
}

fn record_changes(
    env: &mut Env<'_>,
    node: &mut Node,
    record: &Arc<RecordType>,
    how: Conform,
    asked: Option<Origin>,
) -> bool {
    let at = node.origin;
    let Value::Map(map) = &mut node.value else {
        env.report(problems::mismatch(node, &Type::Record(Arc::clone(record)), asked));
        return false;
    };
    let mut changed = false;
    let mut entries = map.as_ref().clone();
    if !record.open {
        for (key, value) in &entries.entries {
            if !record.fields.contains_key(key) {
                env.report(problems::unknown_field(value.origin, record, key));
            }
        }
    }
    for (name, field) in &record.fields {
        match entries.entries.get_mut(name) {
            Some(value) => changed |= changes(env, value, &field.ty, how, field.origin.or(asked)),
            None => {
                if let Some(default) = &field.default {
                    // What is filled in stays: it costs more than what is looked at.
                    if !env.spend(FILLED_IN, at) {
                        break;
                    }
                    let read = |env: &mut Env<'_>| env.within(default.anchor, |env| env.passed(&default.expr));
                    let mut value = env.with_fields(&mut entries.entries, read);
                    if value.value != Value::Absent {
                        complete(env, &mut value, &field.ty, how, field.origin.or(asked));
                        entries.entries.insert(name.clone(), value);
                        changed = true;
                    }
                } else if field.required && how == Conform::Final {
                    env.report(problems::missing_field(at, record, name, field.origin));
                }
            }
        }
    }
    if how == Conform::Final {
        for (name, field) in &record.fields {
            check_wheres(env, &mut entries.entries, name, field);
        }
    }
    if changed {
        *map = Arc::new(entries);
    }
    changed
}

/// Whether a text with placeholders has a type on every cluster.
fn is_certain(template: &Template, ty: &Type) -> bool {
    match ty {
        Type::Any | Type::Broken | Type::Variable | Type::Reference(_) => true,
        Type::Optional(inner) => is_certain(template, inner),
        Type::Text => template.is_text(),
        // A fact is held against its own type where it is set.
        _ => template.ty() == Some(ty),
    }
}

/// Conditions of a field, over `it` and the other fields.
fn check_wheres(env: &mut Env<'_>, entries: &mut IndexMap<EcoString, Node>, name: &EcoString, field: &FieldType) {
    if field.wheres.is_empty() {
        return;
    }
    let Some(node) = entries.get(name).cloned() else { return };
    if node.value.has_unknown() && !matches!(node.value, Value::Template(_)) {
        return;
    }
    for condition in &field.wheres {
        let holds = env.with_fields(entries, |env| {
            env.with_local("it", node.clone(), |env| env.within(condition.anchor, |env| env.holds(&condition.expr)))
        });
        if holds == Some(false) {
            env.report(problems::condition_fails(env.db, &node, None, condition.origin()));
            return;
        }
    }
}

/// Whether one condition holds; reports it if not.
fn holds(env: &mut Env<'_>, node: &Node, refined: &Refined, constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Where(condition) => {
            // A project that has a `matches` of its own is told so; nothing shall follow from it.
            let pattern = pattern_of(&condition.expr).filter(|_| !env.index.lets.contains_key("matches"));
            let holds = match (&node.value, pattern.map(|it| builtins::whole_regex(it))) {
                (Value::Text(text), Some(Ok(pattern))) => Some(pattern.regex.is_match(text)),
                _ => env.with_local("it", node.clone(), |env| {
                    env.within(condition.anchor, |env| env.holds(&condition.expr))
                }),
            };
            if holds == Some(false) {
                env.report(problems::condition_fails(env.db, node, refined.name.as_ref(), condition.origin()));
                return false;
            }
            holds.is_some()
        }
        Constraint::Pattern(pattern) => {
            let Value::Text(text) = &node.value else { return true };
            let regex = builtins::regex(pattern).ok().invariant("the patterns of Flux' fields compile");
            if !regex.regex.is_match(text) {
                env.report(problems::pattern_fails(node, text, pattern));
                return false;
            }
            true
        }
        Constraint::Length { min, max } => {
            let length = match &node.value {
                Value::Text(it) => it.chars().count(),
                Value::List(it) => it.len(),
                _ => return true,
            };
            if min.is_some_and(|it| length < it) || max.is_some_and(|it| length > it) {
                env.report(problems::length_fails(node, length, *min, *max));
                return false;
            }
            true
        }
    }
}

/// The pattern of `matches(it, "…")`, which most conditions are: it is looked at for
/// each value of each cluster.
fn pattern_of(condition: &Expr) -> Option<&EcoString> {
    let ExprKind::Call { callee, args } = &condition.kind else { return None };
    let is_named = |of: &Expr, name: &str| matches!(&of.kind, ExprKind::Name(it) if it == name);
    match args.as_slice() {
        [it, Expr { kind: ExprKind::Text(pattern), .. }] if is_named(callee, "matches") && is_named(it, "it") => {
            Some(pattern)
        }
        _ => None,
    }
}

/// The value completed and whether that changed it, if it conforms to a type; reports nothing but that
/// the budget is spent.
fn accepted(env: &mut Env<'_>, node: &Node, ty: &Type) -> Option<(Node, bool)> {
    if !shape_fits(&node.value, ty) {
        return None;
    }
    let mut copy = node.clone();
    let mut changed = false;
    let is_clean = env.without_words(|env| changed = changes(env, &mut copy, ty, Conform::Partial, None));
    is_clean.then_some((copy, changed))
}

/// Whether a value has the outermost shape of a type.
fn shape_fits(value: &Value, ty: &Type) -> bool {
    match (ty.present().base().present(), value) {
        (Type::Any | Type::Broken, _)
        | (_, Value::Unknown | Value::Conflict(_))
        | (Type::Null, Value::Null)
        | (Type::Bool, Value::Bool(_))
        | (Type::Int, Value::Int(_))
        | (Type::Float, Value::Float(_) | Value::Int(_))
        | (Type::Text | Type::Cell | Type::Reference(_), Value::Text(_) | Value::PerCluster(_))
        | (Type::List(_), Value::List(_))
        | (Type::Map(_) | Type::Record(_), Value::Map(_)) => true,
        (Type::Literal(literal), value) => same(&Value::of_literal(literal), value),
        (Type::Union(members), value) => {
            is_one_of(value, members).unwrap_or_else(|| members.iter().any(|it| shape_fits(value, it)))
        }
        _ => false,
    }
}

/// Whether a value is one of the literals of a union; none where it may be one of the others.
fn is_one_of(value: &Value, members: &Members) -> Option<bool> {
    let is_one = members.has(&value.literal()?);
    (is_one || members.are_literals()).then_some(is_one)
}

/// Checks a literal against the conditions of the type that it is written for:
/// what needs no cluster is said at once, even where nothing uses it.
pub fn literal_problems(env: &mut Env<'_>, expr: &Expr, ty: &Type, asked: Option<Origin>) {
    if matches!(expr.kind, ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_)) {
        let mut node = env.eval(expr);
        if shape_fits(&node.value, ty) {
            complete(env, &mut node, ty, Conform::Partial, asked);
        }
    }
}
