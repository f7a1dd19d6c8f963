//! Texts that differ between clusters only by a fact: one text with the fact in it.

use std::collections::BTreeMap;

use ecow::EcoString;
use serde_json::{Map, Value};

use super::facts::Fact;
use crate::edit::escaped;

/// The key of an object that stands for a text with facts: no YAML has it.
const KEY: &str = "\0template";

/// Whether a value is a text with facts.
pub(super) fn is_template(value: &Value) -> bool {
    value.as_object().is_some_and(|it| it.contains_key(KEY))
}

/// A text with facts as an author writes it.
pub(super) fn written(value: &Value) -> Option<String> {
    let parts = value.get(KEY)?.as_array()?;
    let fact = |it: &Value| it.get("fact").and_then(Value::as_str).map(str::to_owned);
    if let [only] = parts.as_slice()
        && let Some(name) = fact(only)
    {
        return Some(format!("cluster.{name}"));
    }
    let part = |it: &Value| match fact(it) {
        Some(name) => format!("\\(cluster.{name})"),
        None => escaped(it.as_str().unwrap_or_default()),
    };
    Some(format!("\"{}\"", parts.iter().map(part).collect::<String>()))
}

/// Puts facts into the texts of blocks, where all clusters then say the same. What identifies something stays a text.
pub(super) fn put(shapes: &mut BTreeMap<usize, Value>, facts: &[Fact], identity: &[&str]) {
    let clusters: Vec<usize> = shapes.keys().copied().collect();
    if clusters.len() < 2 {
        return;
    }
    let all: Vec<&Value> = shapes.values().collect();
    let Some(made) = merged(&all, &clusters, facts, identity, "") else { return };
    for (shape, made) in shapes.values_mut().zip(made) {
        *shape = made;
    }
}

/// The values with facts in them, as many as there were; none where nothing is put in.
fn merged(all: &[&Value], clusters: &[usize], facts: &[Fact], identity: &[&str], at: &str) -> Option<Vec<Value>> {
    let first = all.first()?;
    if identity.contains(&at) || all.iter().all(|it| it == first) {
        return None;
    }
    if all.iter().all(|it| it.is_string()) {
        let texts: Vec<&str> = all.iter().filter_map(|it| it.as_str()).collect();
        let made = template(&texts, clusters, facts)?;
        return Some(vec![made; all.len()]);
    }
    if all.iter().all(|it| it.is_object()) {
        let mut made: Vec<Map<String, Value>> = all.iter().filter_map(|it| it.as_object().cloned()).collect();
        let mut is_changed = false;
        for key in first.as_object()?.keys() {
            let values: Vec<&Value> = all.iter().filter_map(|it| it.get(key)).collect();
            if values.len() != all.len() {
                continue;
            }
            let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            if let Some(inner) = merged(&values, clusters, facts, identity, &path) {
                for (map, it) in made.iter_mut().zip(inner) {
                    map.insert(key.clone(), it);
                }
                is_changed = true;
            }
        }
        return is_changed.then(|| made.into_iter().map(Value::Object).collect());
    }
    let length = first.as_array()?.len();
    if !all.iter().all(|it| it.as_array().is_some_and(|it| it.len() == length)) {
        return None;
    }
    let mut made: Vec<Vec<Value>> = all.iter().filter_map(|it| it.as_array().cloned()).collect();
    let mut is_changed = false;
    for nth in 0..length {
        let values: Vec<&Value> = all.iter().filter_map(|it| it.get(nth)).collect();
        if let Some(inner) = merged(&values, clusters, facts, identity, &format!("{at}[]")) {
            for (list, it) in made.iter_mut().zip(inner) {
                if let Some(slot) = list.get_mut(nth) {
                    *slot = it;
                }
            }
            is_changed = true;
        }
    }
    is_changed.then(|| made.into_iter().map(Value::Array).collect())
}

/// One text for all, with facts in it.
fn template(texts: &[&str], clusters: &[usize], facts: &[Fact]) -> Option<Value> {
    let of_all = |chosen: &[&Fact]| -> Option<Value> {
        let mut made = texts.iter().zip(clusters).map(|(text, nth)| parts(text, *nth, chosen));
        let first = made.next()?;
        let has_fact = first.iter().any(Value::is_object);
        (has_fact && made.all(|it| it == first)).then(|| serde_json::json!({ KEY: first }))
    };
    // One fact is easier to read than several; of several, the longest values are found first.
    let one = facts.iter().find_map(|it| of_all(&[it]));
    one.or_else(|| {
        let mut all: Vec<&Fact> = facts.iter().collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.values.iter().map(EcoString::len).max()));
        of_all(&all)
    })
}

/// A text in parts: texts, and facts whose values stand there as words.
fn parts(text: &str, nth: usize, facts: &[&Fact]) -> Vec<Value> {
    let found = facts.iter().find_map(|fact| {
        let value = fact.values.get(nth)?;
        Some((*fact, value, word(text, value)?))
    });
    let Some((fact, value, at)) = found else {
        return if text.is_empty() { Vec::new() } else { vec![text.into()] };
    };
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + value.len()..).unwrap_or_default());
    let mut found = parts(before, nth, facts);
    found.push(serde_json::json!({ "fact": fact.name.as_str() }));
    found.extend(parts(after, nth, facts));
    found
}

/// Where a word stands in a text, between what is no letter or digit.
fn word(text: &str, word: &str) -> Option<usize> {
    if word.len() < 2 || ["true", "false"].contains(&word) || word.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    text.match_indices(word).map(|it| it.0).find(|at| {
        let before = text.get(..*at).and_then(|it| it.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|it| it.chars().next());
        let is_open = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
        is_open(before) && is_open(after)
    })
}
