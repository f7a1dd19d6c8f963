//! Values as JSON.

use crate::value::{Node, Value};

use super::yaml::is_written;

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
