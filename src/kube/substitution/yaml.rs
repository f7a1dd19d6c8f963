//! An object as the YAML in which Flux replaces variables, and what it reads afterwards.
//!
//! Flux writes each object with `sigs.k8s.io/yaml` (go-yaml 2, a port of libyaml), replaces variables in the text, and
//! reads it again: a value that looks like a number is one then. The rules for that are go-yaml's `resolve.go`
//! (go.yaml.in/yaml/v2 2.4) and JSON's, which knows no infinity.

use std::sync::{Arc, LazyLock};

use base64::prelude::{BASE64_STANDARD, Engine};
use ecow::EcoString;
use libyaml_safer::{Emitter, Encoding, Event, EventData, MappingStyle, Parser, ScalarStyle, SequenceStyle};
use regex::Regex;

use crate::source::{IndexMap, Origin};
use crate::value::{Map, Node, Value, is_written};

/// Why a text is not the YAML of an object.
pub(super) type Reason = String;

/// A node as Flux writes it. Keys are in order, and what is not there is left out.
pub(super) fn written(node: &Node) -> Result<String, Reason> {
    let mut out = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_output_string(&mut out);
    emitter.set_unicode(true);
    emitter.set_width(-1);
    let mut events = vec![Event::stream_start(Encoding::Utf8), Event::document_start(None, &[], true)];
    write(&node.value, &mut events);
    events.extend([Event::document_end(true), Event::stream_end()]);
    for it in events {
        emitter.emit(it).map_err(|it| it.to_string())?;
    }
    emitter.flush().map_err(|it| it.to_string())?;
    drop(emitter);
    String::from_utf8(out).map_err(|it| it.to_string())
}

fn write(value: &Value, events: &mut Vec<Event>) {
    let plain = |it: &str| scalar(it, ScalarStyle::Plain);
    match value {
        Value::Map(map) => {
            let mut entries: Vec<(&EcoString, &Node)> =
                map.entries.iter().filter(|(_, it)| is_written(&it.value)).collect();
            entries.sort_by_key(|it| it.0);
            let style = if entries.is_empty() { MappingStyle::Flow } else { MappingStyle::Block };
            events.push(Event::mapping_start(None, None, true, style));
            for (key, it) in entries {
                events.push(text(key));
                write(&it.value, events);
            }
            events.push(Event::mapping_end());
        }
        Value::List(list) => {
            let style = if list.is_empty() { SequenceStyle::Flow } else { SequenceStyle::Block };
            events.push(Event::sequence_start(None, None, true, style));
            for it in list.iter() {
                write(&it.value, events);
            }
            events.push(Event::sequence_end());
        }
        Value::Bool(it) => events.push(plain(if *it { "true" } else { "false" })),
        Value::Int(it) => events.push(plain(&it.to_string())),
        Value::Float(it) => events.push(plain(&it.to_string())),
        Value::Text(it) => events.push(text(it)),
        Value::Null
        | Value::Absent
        | Value::Unknown
        | Value::Template(_)
        | Value::PerCluster(_)
        | Value::Conflict(_) => events.push(plain("null")),
    }
}

/// A text: several lines as a block, and between quotes what would be read as something else.
fn text(text: &str) -> Event {
    let style = if text.contains('\n') {
        ScalarStyle::Literal
    } else if matches!(resolved(text), Ok(Value::Text(_))) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    };
    scalar(text, style)
}

fn scalar(text: &str, style: ScalarStyle) -> Event {
    Event::scalar(None, None, text, style == ScalarStyle::Plain, style != ScalarStyle::Plain, style)
}

/// Reads it again; each node is of the given origin.
pub(super) fn read(text: &str, origin: Origin) -> Result<Node, Reason> {
    let mut input = text.as_bytes();
    let mut parser: Parser<&mut &[u8]> = Parser::new();
    parser.set_input_string(&mut input);
    let mut reading = Reading { parser, origin, anchors: IndexMap::default() };
    loop {
        match reading.next()? {
            EventData::StreamStart { .. } | EventData::DocumentStart { .. } => {}
            EventData::StreamEnd => return Err("it is empty".into()),
            event => return reading.value(event),
        }
    }
}

struct Reading<'r, 'b> {
    parser: Parser<&'r mut &'b [u8]>,
    origin: Origin,
    anchors: IndexMap<String, Node>,
}

impl Reading<'_, '_> {
    fn next(&mut self) -> Result<EventData, Reason> {
        self.parser.parse().map(|it| it.data).map_err(|it| it.problem().to_owned())
    }

    /// A node as JSON has it.
    fn value(&mut self, event: EventData) -> Result<Node, Reason> {
        let node = self.node(event)?;
        Ok(match node.value {
            Value::Float(it) => Node { value: number(it), ..node },
            _ => node,
        })
    }

    fn node(&mut self, event: EventData) -> Result<Node, Reason> {
        let (value, anchor) = match event {
            EventData::Alias { anchor } => {
                return self.anchors.get(&anchor).cloned().ok_or_else(|| format!("unknown anchor `{anchor}`"));
            }
            EventData::Scalar { anchor, tag, value, plain_implicit, .. } => {
                (tagged(tag.as_deref(), &value, plain_implicit)?, anchor)
            }
            EventData::SequenceStart { anchor, .. } => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        EventData::SequenceEnd => break,
                        it => list.push(self.value(it)?),
                    }
                }
                (Value::List(Arc::new(list)), anchor)
            }
            EventData::MappingStart { anchor, .. } => {
                let mut entries = IndexMap::default();
                loop {
                    match self.next()? {
                        EventData::MappingEnd => break,
                        it => {
                            let key = self.node(it)?;
                            let key = key_text(&key.value)?;
                            let next = self.next()?;
                            let value = self.value(next)?;
                            entries.insert(key, value);
                        }
                    }
                }
                (Value::Map(Arc::new(Map { entries })), anchor)
            }
            _ => return Err("it is no document".into()),
        };
        let node = Node::new(value, self.origin);
        if let Some(it) = anchor {
            self.anchors.insert(it, node.clone());
        }
        Ok(node)
    }
}

/// A key as JSON has it.
fn key_text(value: &Value) -> Result<EcoString, Reason> {
    match value {
        Value::Text(it) => Ok(it.clone()),
        Value::Int(it) => Ok(it.to_string().into()),
        Value::Float(it) => Ok(short(*it).into()),
        Value::Bool(it) => Ok(it.to_string().into()),
        _ => Err("a key is neither text nor number".into()),
    }
}

/// A scalar with what may stand before it: `!!binary`, `!!str`.
fn tagged(tag: Option<&str>, text: &str, is_plain: bool) -> Result<Value, Reason> {
    const PREFIX: &str = "tag:yaml.org,2002:";
    let plain = || resolved(text);
    let is_not = |what: &str| Err(format!("`{text}` is no {what}"));
    match tag.map(|it| it.strip_prefix(PREFIX).unwrap_or(it)) {
        None if is_plain => plain(),
        None | Some("str") => Ok(Value::Text(text.into())),
        Some("binary") => {
            let bytes = BASE64_STANDARD.decode(text.replace(['\n', ' '], "")).map_err(|it| it.to_string())?;
            String::from_utf8(bytes).map(|it| Value::Text(it.into())).map_err(|it| it.to_string())
        }
        Some("int") => match plain()? {
            it @ Value::Int(_) => Ok(it),
            _ => is_not("integer"),
        },
        Some("float") => match plain()? {
            it @ (Value::Int(_) | Value::Float(_)) => Ok(it),
            _ => is_not("number"),
        },
        Some("bool") => match plain()? {
            it @ Value::Bool(_) => Ok(it),
            _ => is_not("boolean"),
        },
        Some("null") => match plain()? {
            Value::Null => Ok(Value::Null),
            _ => is_not("null"),
        },
        // Whatever else stands there, the text is read as one.
        Some(_) => Ok(Value::Text(text.into())),
    }
}

/// What a text without quotes is.
fn resolved(text: &str) -> Result<Value, Reason> {
    static FLOAT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$").ok());
    let as_text = || Value::Text(text.into());
    Ok(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => return Err(format!("JSON has no `{text}`")),
        "<<" => return Err("`<<` merges maps".into()),
        _ if !text.starts_with(|it: char| it.is_ascii_digit() || matches!(it, '+' | '-' | '.')) => as_text(),
        _ => {
            let plain = text.replace('_', "");
            let integer = if text.starts_with('.') { None } else { integer(&plain) };
            // A point at the beginning leaves no room for `_`.
            let decimal = if text.starts_with('.') { text } else { &plain };
            let is_float = FLOAT.as_ref().is_some_and(|it| it.is_match(decimal));
            let float = decimal.parse().ok().filter(|it: &f64| is_float && it.is_finite());
            match (integer, float) {
                (Some(it), _) => it,
                (None, Some(it)) => Value::Float(it),
                (None, None) => as_text(),
            }
        }
    })
}

/// As Go's `strconv.ParseInt(…, 0, 64)` and `ParseUint` read it.
fn integer(text: &str) -> Option<Value> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match (lower.get(..2), digits.len()) {
        (Some("0x"), _) => (16, lower.get(2..)?),
        (Some("0o"), _) => (8, lower.get(2..)?),
        (Some("0b"), _) => (2, lower.get(2..)?),
        (_, length) if length > 1 && digits.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if !digits.starts_with(|it: char| it.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, base).ok()?;
    let value = if sign { -magnitude } else { magnitude };
    match i64::try_from(value) {
        Ok(it) => Some(Value::Int(it)),
        // Larger ones have no sign before them.
        Err(_) if u64::try_from(value).is_ok() && !text.starts_with('+') => {
            #[expect(clippy::cast_precision_loss, reason = "as JSON's readers have it")]
            let it = value as f64;
            Some(Value::Float(it))
        }
        Err(_) => None,
    }
}

/// A number as a key: as Go's `strconv.FormatFloat(…, 'g', -1, 32)` writes it, with fewer digits than it had.
fn short(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "so does sigs.k8s.io/yaml")]
    let number = number as f32;
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// JSON does not tell 1.0 from 1.
fn number(it: f64) -> Value {
    /// From here on a number is written with its exponent.
    const LONG: f64 = 1e15;
    if it.fract() == 0.0 && it.abs() < LONG {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        return Value::Int(it as i64);
    }
    Value::Float(it)
}
