//! Functions of lists.

use std::cmp::Ordering;
use std::sync::Arc;

use ecow::EcoString;

use super::call::{Call, count, list, usize_of};
use super::text::text_at;
use crate::diagnostic::bug;
use crate::eval::env::Env;
use crate::eval::problems;
use crate::source::{IndexMap, IndexSet};
use crate::value::{Node, Value, json, same};

/// The first two elements that are equal, by their positions.
pub(super) fn twice(of: &[Node]) -> Option<(usize, usize)> {
    let mut seen: IndexMap<String, usize> = IndexMap::default();
    of.iter().enumerate().find_map(|(nth, it)| {
        let first = seen.insert(json(it).to_string(), nth)?;
        Some((first, nth))
    })
}

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    if it.name == "range" {
        return range(env, it);
    }
    let of = it.args.first()?.list()?;
    let element = |node: Option<&Node>| node.map_or(Value::Absent, |it| it.value.clone());
    Some(match it.name {
        "first" => element(of.first()),
        "last" => element(of.last()),
        "reverse" => list(of.iter().rev().cloned()),
        "all" => Value::Bool(of.iter().all(|it| it.value == Value::Bool(true))),
        "any" => Value::Bool(of.iter().any(|it| it.value == Value::Bool(true))),
        "index-of" => {
            let wanted = it.args.get(1)?;
            of.iter().position(|it| same(&it.value, &wanted.value)).map_or(Value::Absent, count)
        }
        "all-distinct" => Value::Bool(twice(of).is_none()),
        "unique" => {
            let mut texts = IndexSet::default();
            let mut others: Vec<&Node> = Vec::new();
            let mut found = Vec::new();
            for element in of {
                let is_new = if let Value::Text(text) = &element.value {
                    texts.insert(text)
                } else {
                    if !env.spend(others.len() as u64 / 4, it.origin) {
                        return Some(Value::Unknown);
                    }
                    let is_new = !others.iter().any(|it| same(&it.value, &element.value));
                    others.extend(is_new.then_some(element));
                    is_new
                };
                found.extend(is_new.then(|| element.clone()));
            }
            list(found)
        }
        "flatten" => {
            let inner: Option<Vec<&[Node]>> = of.iter().map(Node::list).collect();
            list(inner?.concat())
        }
        "slice" => {
            let to = it.args.get(2).map_or(Some(of.len()), |it| usize_of(Some(it)));
            match (usize_of(it.args.get(1)), to) {
                (Some(from), Some(to)) => list(of.iter().take(to).skip(from).cloned()),
                _ => env.report(problems::fails(it.origin, "a position is a whole number from 0 on")),
            }
        }
        "chunks" => match usize_of(it.args.get(1)) {
            Some(size) if size > 0 => list(of.chunks(size).map(|part| Node::new(list(part.to_vec()), it.origin))),
            _ => env.report(problems::fails(it.origin, "a part has at least one element")),
        },
        "sort" | "min" | "max" => return Some(ordered(env, it, of)),
        "sort-by" => {
            let key = it.args.get(1)?.text()?;
            let mut keyed: Vec<(&Value, &Node)> = Vec::new();
            for element in of {
                match element.get(key) {
                    Some(it) => keyed.push((&it.value, element)),
                    None => return Some(env.report(problems::no_such_key(it.origin, key))),
                }
            }
            if !comparable(keyed.iter().map(|it| it.0)) {
                return Some(env.report(problems::not_ordered(it.origin)));
            }
            keyed.sort_by(|a, b| compare(a.0, b.0));
            list(keyed.into_iter().map(|(_, it)| it.clone()))
        }
        "sum" => return sum(env, it, of),
        "group-by" | "index-by" => return by_key(env, it, of),
        _ => return None,
    })
}

fn range(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    let (Value::Int(from), Value::Int(to)) = (&it.args.first()?.value, &it.args.get(1)?.value) else { return None };
    let length = u64::try_from(to.saturating_sub(*from)).unwrap_or(0);
    if !env.spend(length, it.origin) {
        return Some(Value::Unknown);
    }
    Some(list((*from..*to).map(|nth| Node::new(Value::Int(nth), it.origin))))
}

fn ordered(env: &mut Env<'_>, it: &Call<'_>, of: &[Node]) -> Value {
    if !comparable(of.iter().map(|it| &it.value)) {
        return env.report(problems::not_ordered(it.origin));
    }
    let mut sorted = of.to_vec();
    sorted.sort_by(|a, b| compare(&a.value, &b.value));
    let end = match it.name {
        "sort" => return list(sorted),
        "min" => sorted.first(),
        _ => sorted.last(),
    };
    match end {
        Some(it) => it.value.clone(),
        None => env.report(problems::fails(it.origin, "the list is empty")),
    }
}

/// Whether all are numbers, or all texts.
fn comparable<'a>(mut of: impl Iterator<Item = &'a Value> + Clone) -> bool {
    of.clone().all(|it| matches!(it, Value::Text(_))) || of.all(|it| matches!(it, Value::Int(_) | Value::Float(_)))
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Int(a), Value::Float(b)) => float(*a).total_cmp(b),
        (Value::Float(a), Value::Int(b)) => a.total_cmp(&float(*b)),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        _ => bug("values that are sorted are of one kind"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "an integer beside a float is that float")]
const fn float(it: i64) -> f64 {
    it as f64
}

fn sum(env: &mut Env<'_>, it: &Call<'_>, of: &[Node]) -> Option<Value> {
    let whole = |it: &Node| if let Value::Int(it) = it.value { Some(it) } else { None };
    if let Some(whole) = of.iter().map(whole).collect::<Option<Vec<i64>>>() {
        return Some(match whole.into_iter().try_fold(0_i64, i64::checked_add) {
            Some(it) => Value::Int(it),
            None => env.report(problems::overflow(it.origin)),
        });
    }
    let number = |it: &Node| match it.value {
        Value::Int(it) => Some(float(it)),
        Value::Float(it) => Some(it),
        _ => None,
    };
    let total: f64 = of.iter().map(number).collect::<Option<Vec<f64>>>()?.into_iter().sum();
    Some(if total.is_finite() { Value::Float(total) } else { env.report(problems::overflow(it.origin)) })
}

fn by_key(env: &mut Env<'_>, it: &Call<'_>, of: &[Node]) -> Option<Value> {
    let key = it.args.get(1)?.text()?;
    let mut groups: IndexMap<EcoString, Vec<Node>> = IndexMap::default();
    for element in of {
        let Some(name) = text_at(element, key) else {
            return Some(env.report(problems::no_such_key(it.origin, key)));
        };
        groups.entry(name.clone()).or_default().push(element.clone());
    }
    if it.name == "group-by" {
        let entries =
            groups.into_iter().map(|(name, group)| (name, Node::new(Value::List(Arc::new(group)), it.origin)));
        return Some(Value::of_map(entries.collect()));
    }
    let mut entries = IndexMap::default();
    for (name, group) in groups {
        match group.as_slice() {
            [only] => {
                entries.insert(name, only.clone());
            }
            _ => return Some(env.report(problems::fails(it.origin, &format!("several elements have `{name}` there")))),
        }
    }
    Some(Value::of_map(entries))
}
