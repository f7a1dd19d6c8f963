//! Files of the project, and text that stands for a value.

use std::sync::Arc;

use ecow::{EcoString, eco_format};
use indexmap::IndexMap;

use super::Call;
use crate::eval::expression::Env;
use crate::eval::problems;
use crate::source::Origin;
use crate::value::{Node, Value};

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    Some(match (it.name, it.texts) {
        ("secret", [name]) => Value::Text(name.clone()),
        ("file", [path]) => match read(env, path, it.origin) {
            Some(text) => Value::Text(text.as_ref().into()),
            None => Value::Unknown,
        },
        ("yaml" | "json", [path]) => match read(env, path, it.origin) {
            Some(text) => structured(env, it.name, path, &text, it.origin),
            None => Value::Unknown,
        },
        ("from-json", [text]) => structured(env, "json", "this text", text, it.origin),
        ("from-yaml", [text]) => structured(env, "yaml", "this text", text, it.origin),
        _ => return None,
    })
}

fn read(env: &mut Env<'_>, path: &str, origin: Origin) -> Option<Arc<str>> {
    let is_inside = !path.starts_with('/')
        && !path.contains('\\')
        && path.split('/').all(|it| !it.is_empty() && it != "." && it != "..");
    if !is_inside {
        env.report(problems::outside(origin, path));
        return None;
    }
    match env.db.data_file(path).text(env.db) {
        Ok(text) => Some(Arc::clone(text)),
        Err(reason) => {
            let problem = problems::unreadable(origin, path, reason);
            env.report(problem);
            None
        }
    }
}

fn structured(env: &mut Env<'_>, format: &str, path: &str, text: &str, origin: Origin) -> Value {
    let parsed: Result<Vec<serde_yaml::Value>, String> = if format == "json" {
        serde_json::from_str::<serde_yaml::Value>(text).map(|it| vec![it]).map_err(|it| it.to_string())
    } else {
        use serde::Deserialize;
        serde_yaml::Deserializer::from_str(text)
            .map(|it| {
                let mut value = serde_yaml::Value::deserialize(it).map_err(|it| it.to_string())?;
                value.apply_merge().map_err(|it| it.to_string())?;
                Ok(value)
            })
            .filter(|it| !matches!(it, Ok(serde_yaml::Value::Null)))
            .collect()
    };
    match parsed {
        Ok(mut documents) if documents.len() == 1 => match documents.pop() {
            Some(only) => value_of(env, &only, path, text, origin),
            None => Value::Null,
        },
        Ok(documents) => {
            let nodes = documents.iter().map(|it| Node::new(value_of(env, it, path, text, origin), origin)).collect();
            Value::List(Arc::new(nodes))
        }
        Err(reason) => env.report(problems::unparsable(origin, path, format, &reason)),
    }
}

fn value_of(env: &mut Env<'_>, value: &serde_yaml::Value, path: &str, text: &str, origin: Origin) -> Value {
    if !env.spend(1, origin) {
        return Value::Unknown;
    }
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(it) => Value::Bool(*it),
        serde_yaml::Value::String(it) => match old_integer(it) {
            Some(number) => match plain_and_quoted(text, it) {
                (true, false) => Value::Int(number),
                (true, true) => env.report(problems::plain_and_quoted(origin, path, it)),
                (false, _) => Value::Text(it.into()),
            },
            None => Value::Text(it.into()),
        },
        serde_yaml::Value::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(it), _) => Value::Int(it),
            (None, Some(it)) if it.is_finite() && !value.is_u64() => Value::Float(it),
            _ => env.report(problems::bad_number(origin, path, &it.to_string())),
        },
        serde_yaml::Value::Sequence(list) => Value::List(Arc::new(
            list.iter().map(|it| Node::new(value_of(env, it, path, text, origin), origin)).collect(),
        )),
        serde_yaml::Value::Mapping(map) => {
            let mut entries = IndexMap::new();
            for (key, value) in map {
                let key: EcoString = match key {
                    serde_yaml::Value::String(it) => it.into(),
                    serde_yaml::Value::Number(it) => eco_format!("{it}"),
                    serde_yaml::Value::Bool(it) => eco_format!("{it}"),
                    _ => return env.report(problems::bad_key(origin, path)),
                };
                let value = value_of(env, value, path, text, origin);
                entries.insert(key, Node::new(value, origin));
            }
            Value::of_map(entries)
        }
        serde_yaml::Value::Tagged(it) => value_of(env, &it.value, path, text, origin),
    }
}

/// What is an integer to readers of YAML 1.1, kustomize and kubectl among them, and
/// text to those of 1.2: `0644`, `1_000`.
fn old_integer(text: &str) -> Option<i64> {
    let bare: String = text.chars().filter(|it| *it != '_').collect();
    let is_octal = bare.len() > 1 && bare.starts_with('0') && bare.bytes().all(|it| (b'0'..=b'7').contains(&it));
    let is_grouped = text.contains('_') && !bare.starts_with('0') && bare.bytes().all(|it| it.is_ascii_digit());
    if is_octal {
        return i64::from_str_radix(&bare, 8).ok();
    }
    if is_grouped && text.starts_with(|it: char| it.is_ascii_digit()) { bare.parse().ok() } else { None }
}

/// Whether a scalar stands in a text without quotes, and whether with them.
fn plain_and_quoted(text: &str, scalar: &str) -> (bool, bool) {
    let mut found = (false, false);
    for (at, _) in text.match_indices(scalar) {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let after = text.get(at + scalar.len()..).and_then(|it| it.chars().next());
        match (before, after) {
            (Some('"' | '\''), Some('"' | '\'')) => found.1 = true,
            (Some(' '), None | Some('\n' | '\r' | ' ' | ',' | ']' | '}')) => found.0 = true,
            _ => {}
        }
    }
    found
}
