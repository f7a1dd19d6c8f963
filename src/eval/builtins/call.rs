//! A call of a built-in function, and what several of them make.

use std::sync::Arc;

use ecow::EcoString;

use crate::source::Origin;
use crate::value::{Node, Value};

/// A call of a built-in function.
pub(super) struct Call<'a> {
    pub name: &'static str,
    pub args: &'a [Node],
    /// Those of the values that are texts.
    pub texts: &'a [EcoString],
    pub origin: Origin,
}

pub(super) fn list(nodes: impl IntoIterator<Item = Node>) -> Value {
    Value::List(Arc::new(nodes.into_iter().collect()))
}

pub(super) fn texts<T: Into<EcoString>>(parts: impl IntoIterator<Item = T>, origin: Origin) -> Value {
    list(parts.into_iter().map(|it| Node::new(Value::Text(it.into()), origin)))
}

pub(super) fn count(of: usize) -> Value {
    Value::Int(i64::try_from(of).unwrap_or(i64::MAX))
}

/// A position or size that an author wrote; negative is none.
pub(super) fn usize_of(node: Option<&Node>) -> Option<usize> {
    match node?.value {
        Value::Int(it) => usize::try_from(it).ok(),
        _ => None,
    }
}
