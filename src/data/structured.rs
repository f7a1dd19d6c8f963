//! YAML and JSON → values.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde::Deserialize;

use super::file::{Document, Format};
use super::json;
use super::mark::{Marked, documents};
use super::problems;
use super::reader::{Origins, Reader};
use super::size::{too_large, too_large_json};
use crate::diagnostic::keep;
use crate::source::IndexMap;
use crate::value::{Node, Value};

/// The documents of a text, or why it is none.
fn parse(format: Format, text: &str) -> Result<Vec<serde_yaml::Value>, EcoString> {
    // A byte order mark is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if format == Format::Json {
        if let Some(reason) = too_large_json(text) {
            return Err(reason);
        }
        return serde_json::from_str(json::without_mark(text)).map(|it| vec![it]).map_err(|it| eco_format!("{it}"));
    }
    if let Some(reason) = too_large(text) {
        return Err(reason);
    }
    serde_yaml::Deserializer::from_str(text)
        .map(|it| {
            let mut value = serde_yaml::Value::deserialize(it).map_err(|it| eco_format!("{it}"))?;
            value.apply_merge().map_err(|it| eco_format!("{it}"))?;
            Ok(value)
        })
        .filter(|it| !matches!(it, Ok(serde_yaml::Value::Null)))
        .collect()
}

/// The documents of a YAML text as plain JSON, read as [`read`] reads them.
pub(super) fn plain(text: &str) -> Result<Vec<serde_json::Value>, EcoString> {
    let parsed = parse(Format::Yaml, text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let marks = if parsed.iter().any(has_old_integer) { documents(text) } else { None };
    let mark = |nth: usize| marks.as_ref().and_then(|it| it.get(nth)).map(Rc::as_ref);
    parsed.iter().enumerate().map(|(nth, it)| plain_value(it, mark(nth))).collect()
}

fn plain_value(value: &serde_yaml::Value, mark: Option<&Marked>) -> Result<serde_json::Value, EcoString> {
    Ok(match value {
        serde_yaml::Value::Null => serde_json::Value::Null,
        serde_yaml::Value::Bool(it) => (*it).into(),
        serde_yaml::Value::Tagged(it) => return plain_value(&it.value, mark),
        serde_yaml::Value::String(it) => match old_integer(it) {
            Some(number) if mark.is_some_and(Marked::is_plain) => number.into(),
            _ => it.as_str().into(),
        },
        serde_yaml::Value::Number(it) => match (it.as_i64(), it.as_u64(), it.as_f64()) {
            (Some(it), _, _) => it.into(),
            (_, Some(it), _) => it.into(),
            (_, _, Some(it)) if it.is_finite() => it.into(),
            _ => return Err(eco_format!("JSON has no number like `{it}`")),
        },
        serde_yaml::Value::Sequence(list) => {
            let at = |nth: usize| mark.and_then(|mark| mark.nth(nth));
            list.iter().enumerate().map(|(nth, it)| plain_value(it, at(nth))).collect::<Result<_, _>>()?
        }
        serde_yaml::Value::Mapping(map) => {
            let mut entries = serde_json::Map::new();
            for (key, value) in map {
                let key = key_text(key).ok_or("a key is no text")?;
                let value = plain_value(value, mark.and_then(|mark| mark.get(&key)))?;
                entries.insert(key.into(), value);
            }
            entries.into()
        }
    })
}

pub(super) fn read(origins: Origins, format: Format, text: &str) -> Document {
    let mut reader = Reader::new(origins);
    if format == Format::Json {
        return json::read(reader, text);
    }
    let parsed = match parse(format, text) {
        Ok(it) => it,
        Err(reason) => return reader.document(Err(reason)),
    };
    // Only what may be an integer has to be told from quoted text: all places take as much memory as the values.
    let marks = if parsed.iter().any(has_old_integer) {
        let Some(it) = documents(text) else {
            return reader.document(Err(
                "it is ambiguous whether one of its values, like `0644`, is a number or a string".into(),
            ));
        };
        Some(it)
    } else {
        None
    };
    let mark = |nth: usize| marks.as_ref().and_then(|it| it.get(nth)).map(Rc::as_ref);
    let node = match parsed.as_slice() {
        [only] => reader.node(only, mark(0)),
        [] => Node::new(Value::Null, reader.origins.take()),
        several => {
            let origin = reader.origins.take();
            let list = several.iter().enumerate().map(|(nth, it)| reader.node(it, mark(nth))).collect();
            Node::new(Value::List(Arc::new(list)), origin)
        }
    };
    reader.document(Ok(node))
}

impl Reader {
    fn node(&mut self, value: &serde_yaml::Value, mark: Option<&Marked>) -> Node {
        if let serde_yaml::Value::Tagged(it) = value {
            return self.node(&it.value, mark);
        }
        let origin = self.begin();
        let value = match value {
            serde_yaml::Value::Null | serde_yaml::Value::Tagged(_) => Value::Null,
            serde_yaml::Value::Bool(it) => Value::Bool(*it),
            serde_yaml::Value::String(it) => match old_integer(it) {
                Some(number) if mark.is_some_and(Marked::is_plain) => Value::Int(number),
                _ => Value::Text(self.text(it, origin)),
            },
            serde_yaml::Value::Number(it) => match (it.as_i64(), it.as_f64()) {
                (Some(it), _) => Value::Int(it),
                (None, Some(float)) if float.is_finite() && !value.is_u64() => Value::Float(float),
                _ => {
                    keep(&mut self.problems, problems::bad_number(origin, &it.to_string()));
                    Value::Unknown
                }
            },
            serde_yaml::Value::Sequence(list) => {
                let nodes = list.iter().enumerate().map(|(nth, it)| self.node(it, mark.and_then(|mark| mark.nth(nth))));
                Value::List(Arc::new(nodes.collect()))
            }
            serde_yaml::Value::Mapping(map) => {
                let mut entries = IndexMap::default();
                for (key, value) in map {
                    let Some(key) = key_text(key) else {
                        keep(&mut self.problems, problems::bad_key(origin));
                        continue;
                    };
                    let key = self.text(&key, origin);
                    let node = self.node(value, mark.and_then(|mark| mark.get(&key)));
                    entries.insert(key, node);
                }
                Value::of_map(entries)
            }
        };
        Node::new(value, origin)
    }
}

fn key_text(key: &serde_yaml::Value) -> Option<EcoString> {
    Some(match key {
        serde_yaml::Value::String(it) => it.into(),
        serde_yaml::Value::Number(it) => eco_format!("{it}"),
        serde_yaml::Value::Bool(it) => eco_format!("{it}"),
        _ => return None,
    })
}

/// The bytes of each node, in the order in which [`read`] numbers them.
pub(super) fn places(format: Format, text: &str) -> Vec<Range<usize>> {
    // What cannot be read has no nodes; their number is 0, which every file has.
    let (Ok(parsed), Some(marks)) = (parse(format, text), documents(text)) else { return Vec::new() };
    let mut places = Vec::new();
    if parsed.len() > 1 {
        places.push(0..0);
    }
    for (nth, it) in parsed.iter().enumerate() {
        place(it, marks.get(nth).map(Rc::as_ref), &(0..0), &mut places);
    }
    places
}

/// What has no place of its own stands where its parent does.
fn place(value: &serde_yaml::Value, mark: Option<&Marked>, around: &Range<usize>, places: &mut Vec<Range<usize>>) {
    if let serde_yaml::Value::Tagged(it) = value {
        return place(&it.value, mark, around, places);
    }
    let range = mark.map_or(around, |it| &it.range).clone();
    places.push(range.clone());
    match value {
        serde_yaml::Value::Sequence(list) => {
            for (nth, it) in list.iter().enumerate() {
                place(it, mark.and_then(|mark| mark.nth(nth)), &range, places);
            }
        }
        serde_yaml::Value::Mapping(map) => {
            for (key, it) in map {
                if let Some(key) = key_text(key) {
                    place(it, mark.and_then(|mark| mark.get(&key)), &range, places);
                }
            }
        }
        _ => {}
    }
}

/// Whether a text in it is an integer to readers of YAML 1.1.
fn has_old_integer(value: &serde_yaml::Value) -> bool {
    match value {
        serde_yaml::Value::String(it) => old_integer(it).is_some(),
        serde_yaml::Value::Sequence(it) => it.iter().any(has_old_integer),
        serde_yaml::Value::Mapping(it) => it.values().any(has_old_integer),
        serde_yaml::Value::Tagged(it) => has_old_integer(&it.value),
        _ => false,
    }
}

/// What is an integer to readers of YAML 1.1, kustomize and kubectl among them, and
/// text to those of 1.2: `0644`, `1_000`.
fn old_integer(text: &str) -> Option<i64> {
    if !text.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let bare: String = text.chars().filter(|it| *it != '_').collect();
    let is_octal = bare.len() > 1 && bare.starts_with('0') && bare.bytes().all(|it| (b'0'..=b'7').contains(&it));
    let is_grouped = text.contains('_') && !bare.starts_with('0') && bare.bytes().all(|it| it.is_ascii_digit());
    if is_octal {
        return i64::from_str_radix(&bare, 8).ok();
    }
    if is_grouped { bare.parse().ok() } else { None }
}
