//! Does a value have its type? Fills defaults in on the way.

use std::sync::Arc;

use ecow::EcoString;

use super::builtins;
use super::env::Env;
use super::problems;
use super::promise::Promise;
use crate::diagnostic::Invariant;
use crate::source::{IndexMap, Origin};
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::{Constraint, FieldType, Members, RecordType, Refined, Type};
use crate::value::{Map, Node, Template, Value, same};

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
    if let Some(completed) = completed(env, node, ty, how, asked) {
        *node = completed;
    }
}

/// The value that [`complete`] makes of one; none if that is no other. Most values are as they shall be, and are not copied.
fn completed(env: &mut Env<'_>, node: &Node, ty: &Type, how: Conform, asked: Option<Origin>) -> Option<Node> {
    match &node.value {
        Value::Unknown | Value::Conflict(_) | Value::Absent => return None,
        Value::Template(template) if is_certain(template, ty) => return None,
        Value::Template(template) if how == Conform::Final && template.is_text() && Promise::is_about(ty) => {
            env.promises.push(Promise { text: Arc::clone(template), ty: ty.clone(), at: node.origin });
            return None;
        }
        Value::Template(_) => return Some(env.forced(node.clone())),
        Value::PerCluster(template) => {
            if !is_certain(template, ty) {
                env.needed_facts.extend(template.facts().cloned());
            }
            return None;
        }
        _ => {}
    }
    match ty {
        Type::Any | Type::Broken | Type::Variable | Type::Reference(_) => None,
        Type::Optional(inner) => completed(env, node, inner, how, asked),
        Type::Refined(refined) => {
            let before = env.out.len();
            let new = completed(env, node, &refined.base, how, refined.origin.or(asked));
            if env.out.len() == before {
                let now = new.as_ref().unwrap_or(node);
                for constraint in &refined.constraints {
                    if !holds(env, now, refined, constraint) {
                        break;
                    }
                }
            }
            new
        }
        Type::Union(members) => completed_union(env, node, members, ty, how, asked),
        Type::List(of) => {
            let Value::List(list) = &node.value else {
                env.report(problems::mismatch(node, ty, asked));
                return None;
            };
            let mut new: Option<Vec<Node>> = None;
            for (nth, element) in list.iter().enumerate() {
                if let Some(it) = completed(env, element, of, how, asked)
                    && let Some(place) = new.get_or_insert_with(|| list.to_vec()).get_mut(nth)
                {
                    *place = it;
                }
            }
            Some(node.with(Value::List(Arc::new(new?))))
        }
        Type::Map(of) => {
            let Value::Map(map) = &node.value else {
                env.report(problems::mismatch(node, ty, asked));
                return None;
            };
            let mut new: Option<IndexMap<EcoString, Node>> = None;
            for (key, value) in &map.entries {
                if let Some(it) = completed(env, value, of, how, asked) {
                    new.get_or_insert_with(|| map.entries.clone()).insert(key.clone(), it);
                }
            }
            Some(node.with(Value::of_map(new?)))
        }
        Type::Record(record) => completed_record(env, node, record, how, asked),
        Type::Null | Type::Bool | Type::Int | Type::Float | Type::Text | Type::Cell | Type::Literal(_) => {
            if !shape_fits(&node.value, ty) {
                env.report(problems::mismatch(node, ty, asked));
            }
            None
        }
    }
}

fn completed_union(
    env: &mut Env<'_>,
    node: &Node,
    members: &Members,
    ty: &Type,
    how: Conform,
    asked: Option<Origin>,
) -> Option<Node> {
    if is_one_of(&node.value, members) == Some(true) {
        return None;
    }
    let Some(first) = members.iter().find(|it| shape_fits(&node.value, it)) else {
        env.report(problems::mismatch(node, ty, asked));
        return None;
    };
    match members.iter().find_map(|it| Some((accepted(env, node, it)?, it))) {
        // What was completed to see whether it fits is not completed again: unions nest.
        Some((Accepted::AsItIs, _)) if how == Conform::Partial => None,
        Some((Accepted::With(it), _)) if how == Conform::Partial => Some(it),
        Some((_, member)) => completed(env, node, member, how, asked),
        None => completed(env, node, first, how, asked),
    }
}

fn completed_record(
    env: &mut Env<'_>,
    node: &Node,
    record: &Arc<RecordType>,
    how: Conform,
    asked: Option<Origin>,
) -> Option<Node> {
    let at = node.origin;
    let Value::Map(map) = &node.value else {
        env.report(problems::mismatch(node, &Type::Record(Arc::clone(record)), asked));
        return None;
    };
    if !record.open {
        for (key, value) in &map.entries {
            if !record.fields.contains_key(key) {
                env.report(problems::unknown_field(value.origin, record, key));
            }
        }
    }
    // A copy is made where one is needed: of what changes, and of what defaults and conditions read.
    let mut own: Option<IndexMap<EcoString, Node>> = None;
    let mut changed = false;
    for (name, field) in &record.fields {
        match own.as_ref().unwrap_or(&map.entries).get(name) {
            Some(value) => {
                if let Some(it) = completed(env, value, &field.ty, how, field.origin.or(asked)) {
                    own.get_or_insert_with(|| map.entries.clone()).insert(name.clone(), it);
                    changed = true;
                }
            }
            None => {
                if let Some(default) = &field.default {
                    // What is filled in stays: it costs more than what is looked at.
                    if !env.spend(FILLED_IN, at) {
                        break;
                    }
                    let entries = own.get_or_insert_with(|| map.entries.clone());
                    let read = |env: &mut Env<'_>| env.within(default.anchor, |env| env.passed(&default.expr));
                    let mut value = env.with_fields(entries, read);
                    if value.value != Value::Absent {
                        complete(env, &mut value, &field.ty, how, field.origin.or(asked));
                        entries.insert(name.clone(), value);
                        changed = true;
                    }
                } else if field.required && how == Conform::Final {
                    env.report(problems::missing_field(at, record, name, field.origin));
                }
            }
        }
    }
    if how == Conform::Final {
        for (name, field) in record.fields.iter().filter(|(_, field)| !field.wheres.is_empty()) {
            if own.as_ref().unwrap_or(&map.entries).contains_key(name) {
                check_wheres(env, own.get_or_insert_with(|| map.entries.clone()), name, field);
            }
        }
    }
    changed.then_some(())?;
    Some(node.with(Value::of_map(own?)))
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
    let Some(node) = entries.get(name).cloned() else { return };
    if node.value.has_unknown() && !matches!(node.value, Value::Template(_)) {
        return;
    }
    for condition in &field.wheres {
        let holds = env.with_fields(entries, |env| {
            env.with_local("it", node.clone(), |env| env.within(condition.anchor, |env| env.holds(&condition.expr)))
        });
        if holds == Some(false) {
            env.report(problems::condition_fails(env.db, &node, None, condition));
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
                env.report(problems::condition_fails(env.db, node, refined.name.as_ref(), condition));
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

/// What a value that conforms to a type is completed to.
enum Accepted {
    AsItIs,
    With(Node),
}

/// What a value is completed to, if it conforms to a type; reports nothing but that the budget is spent.
fn accepted(env: &mut Env<'_>, node: &Node, ty: &Type) -> Option<Accepted> {
    if !shape_fits(&node.value, ty) {
        return None;
    }
    let mut new = None;
    let is_clean = env.without_words(|env| new = completed(env, node, ty, Conform::Partial, None));
    is_clean.then(|| new.map_or(Accepted::AsItIs, Accepted::With))
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

impl Promise {
    /// Whether the text has its type with the facts of a cluster.
    pub fn holds(&self, env: &mut Env<'_>, facts: &Map) -> bool {
        let before = env.out.len();
        let mut node = Node::new(Value::Text(self.text.fill(facts)), self.at);
        complete(env, &mut node, &self.ty, Conform::Final, None);
        env.out.len() == before
    }
}
