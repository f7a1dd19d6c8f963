//! YAML and JSON → values.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde::Deserialize;

use super::file::{Document, Format};
use super::mark::{Marked, documents};
use super::problems;
use super::size::{too_large, too_large_json};
use crate::diagnostic::{Diagnostic, keep};
use crate::source::{Anchor, IndexMap, Origin, noncharacter};
use crate::value::{Node, Value};

/// Where the nodes of a text come from.
pub(super) enum Origins {
    /// Each from its own place, numbered in the order of the text.
    Numbered {
        anchor: Anchor,
        next: u32,
    },
    One(Origin),
}

impl Origins {
    pub(super) const fn numbered(anchor: Anchor) -> Self {
        Self::Numbered { anchor, next: 0 }
    }

    pub(super) const fn one(origin: Origin) -> Self {
        Self::One(origin)
    }

    const fn take(&mut self) -> Origin {
        match self {
            Self::Numbered { anchor, next } => {
                let origin = Origin::new(*anchor, *next);
                *next = next.saturating_add(1);
                origin
            }
            Self::One(origin) => *origin,
        }
    }
}

/// The documents of a text, or why it is none.
fn parse(format: Format, text: &str) -> Result<Vec<serde_yaml::Value>, EcoString> {
    if format == Format::Json {
        if let Some(reason) = too_large_json(text) {
            return Err(reason);
        }
        // A byte order mark is no JSON (RFC 8259, 8.1), and editors on Windows write one.
        return serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
            .map(|it| vec![it])
            .map_err(|it| eco_format!("{it}"));
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

pub(super) fn read(origins: Origins, format: Format, text: &str) -> Document {
    let parsed = match parse(format, text) {
        Ok(it) => it,
        Err(reason) => return Document { node: Err(reason), size: 0, problems: Vec::new() },
    };
    let marks = if format == Format::Yaml { documents(text) } else { None };
    let mut reader = Reader { origins, format, size: 0, problems: Vec::new() };
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
    Document { node: Ok(node), size: reader.size, problems: reader.problems }
}

struct Reader {
    origins: Origins,
    format: Format,
    size: u64,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn node(&mut self, value: &serde_yaml::Value, mark: Option<&Marked>) -> Node {
        if let serde_yaml::Value::Tagged(it) = value {
            return self.node(&it.value, mark);
        }
        let origin = self.origins.take();
        self.size += 1;
        let value = match value {
            serde_yaml::Value::Null | serde_yaml::Value::Tagged(_) => Value::Null,
            serde_yaml::Value::Bool(it) => Value::Bool(*it),
            serde_yaml::Value::String(it) => match old_integer(it) {
                Some(number) if self.format == Format::Yaml && mark.is_some_and(Marked::is_plain) => Value::Int(number),
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

impl Reader {
    /// A text, which has to be one.
    fn text(&mut self, text: &str, origin: Origin) -> EcoString {
        if let Some(it) = noncharacter(text) {
            keep(&mut self.problems, problems::noncharacter(origin, it));
        }
        text.into()
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
