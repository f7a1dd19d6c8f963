//! JSON → values, read as they come: a text in another form in between would take several times the memory.

use std::fmt;
use std::sync::Arc;

use ecow::EcoString;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::file::Document;
use super::problems;
use super::reader::Reader;
use super::size::too_large_json;
use crate::diagnostic::keep;
use crate::source::IndexMap;
use crate::value::{Node, Value};

/// The document of a text, or why it is none.
pub(super) fn read(mut reader: Reader, text: &str) -> Document {
    let node = match too_large_json(text) {
        Some(reason) => Err(reason),
        None => parse(&mut reader, text).map_err(|it| ecow::eco_format!("{it}")),
    };
    reader.document(node)
}

fn parse(reader: &mut Reader, text: &str) -> serde_json::Result<Node> {
    let mut deserializer = serde_json::Deserializer::from_str(without_mark(text));
    let node = Seed(reader).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(node)
}

/// A byte order mark is no JSON (RFC 8259, 8.1), and editors on Windows write one.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The next value of a text.
struct Seed<'a>(&'a mut Reader);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::new(Value::Null, self.0.begin()))
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<Node, E> {
        Ok(Node::new(Value::Bool(it), self.0.begin()))
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<Node, E> {
        Ok(Node::new(Value::Int(it), self.0.begin()))
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<Node, E> {
        let origin = self.0.begin();
        let value = i64::try_from(it).map_or_else(
            |_| {
                keep(&mut self.0.problems, problems::bad_number(origin, &it.to_string()));
                Value::Unknown
            },
            Value::Int,
        );
        Ok(Node::new(value, origin))
    }

    fn visit_f64<E: Error>(self, it: f64) -> Result<Node, E> {
        Ok(Node::new(Value::Float(it), self.0.begin()))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Node, E> {
        let origin = self.0.begin();
        Ok(Node::new(Value::Text(self.0.text(it, origin)), origin))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let origin = self.0.begin();
        let mut nodes = Vec::new();
        while let Some(it) = list.next_element_seed(Seed(&mut *self.0))? {
            nodes.push(it);
        }
        nodes.shrink_to_fit();
        Ok(Node::new(Value::List(Arc::new(nodes)), origin))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let origin = self.0.begin();
        let mut entries = IndexMap::default();
        while let Some(key) = map.next_key::<String>()? {
            let key: EcoString = self.0.text(&key, origin);
            if entries.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate entry with key {key:?}")));
            }
            let node = map.next_value_seed(Seed(&mut *self.0))?;
            entries.insert(key, node);
        }
        entries.shrink_to_fit();
        Ok(Node::new(Value::of_map(entries), origin))
    }
}
