//! Values as JSON.

use std::fmt::Write;
use std::sync::Arc;

use ecow::EcoString;

use super::node::{Node, Value, is_written};
use super::template::{Quotes, Template, TemplatePart};
use crate::diagnostic::bug;
use crate::source::Origin;

/// The JSON of a node; what is not written in YAML is not in it either.
#[must_use]
pub fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null | Value::Absent | Value::Unknown | Value::Conflict(_) | Value::Template(_) => {
            serde_json::Value::Null
        }
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Float(it) => serde_json::Number::from_f64(*it).map_or(serde_json::Value::Null, Into::into),
        Value::Text(it) => it.as_str().into(),
        // A placeholder is a cluster's affair: whoever has a cluster fills it first.
        Value::PerCluster(it) => it.show().as_str().into(),
        Value::List(it) => it.iter().map(json).collect(),
        Value::Map(it) => it
            .entries
            .iter()
            .filter(|(_, it)| is_written(&it.value))
            .map(|(key, it)| (key.to_string(), json(it)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// JSON under construction, in ASCII: other readers of a text than JSON's own take line
/// separators, or what stands beside them, for something else.
#[derive(Default)]
pub struct AsciiWriter {
    parts: Vec<TemplatePart>,
    text: EcoString,
}

impl AsciiWriter {
    /// Writes text that is JSON already, and ASCII.
    pub fn verbatim(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    /// Writes the JSON of a node, which has a placeholder where the node has one.
    pub fn node(&mut self, node: &Node) {
        match &node.value {
            Value::Text(it) => self.string(it),
            Value::PerCluster(it) => {
                self.text.push('"');
                for part in it.parts() {
                    match part {
                        TemplatePart::Text(it) => self.escaped(it),
                        TemplatePart::Fact(name) => {
                            self.parts.push(TemplatePart::Text(std::mem::take(&mut self.text)));
                            self.parts.push(TemplatePart::Quoted(name.clone(), Quotes::Json));
                        }
                        TemplatePart::Quoted(..) | TemplatePart::Scalar(_) => bug("a fact is put into quotes once"),
                    }
                }
                self.text.push('"');
            }
            Value::List(list) => {
                for (nth, it) in list.iter().enumerate() {
                    self.text.push(if nth == 0 { '[' } else { ',' });
                    self.node(it);
                }
                self.text.push_str(if list.is_empty() { "[]" } else { "]" });
            }
            Value::Map(map) => {
                self.text.push('{');
                for (nth, (key, it)) in map.entries.iter().filter(|(_, it)| is_written(&it.value)).enumerate() {
                    if nth > 0 {
                        self.text.push(',');
                    }
                    self.string(key);
                    self.text.push(':');
                    self.node(it);
                }
                self.text.push('}');
            }
            _ => self.text.push_str(&json(node).to_string()),
        }
    }

    /// The text with its placeholders.
    #[must_use]
    pub fn finish(mut self) -> Template {
        self.parts.push(TemplatePart::Text(self.text));
        Template::joined(self.parts)
    }

    fn escaped(&mut self, text: &str) {
        escaped(&mut self.text, text);
    }
}

/// A text as it is between the quotes of JSON in ASCII.
pub fn escaped(out: &mut impl Write, text: &str) {
    let quoted = serde_json::Value::from(text).to_string();
    let Some(inner) = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"')) else {
        bug("the JSON of a text has no quotes")
    };
    // Writing to a string cannot fail.
    for it in inner.chars() {
        if it.is_ascii() && it != '\u{7f}' {
            let _ = out.write_char(it);
            continue;
        }
        for unit in it.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
}

/// JSON as a value, all of which stands at one place.
#[must_use]
pub fn of_json(json: &serde_json::Value, at: Origin) -> Node {
    let value = match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(it) => Value::Bool(*it),
        serde_json::Value::Number(it) => {
            it.as_i64().map_or_else(|| Value::Float(it.as_f64().unwrap_or(f64::MAX)), Value::Int)
        }
        serde_json::Value::String(it) => Value::Text(it.into()),
        serde_json::Value::Array(it) => Value::List(Arc::new(it.iter().map(|it| of_json(it, at)).collect())),
        serde_json::Value::Object(it) => {
            Value::of_map(it.iter().map(|(key, it)| (key.into(), of_json(it, at))).collect())
        }
    };
    Node::new(value, at)
}
