//! Types as people write them.

use std::fmt::{self, Display, Formatter};

use super::ty::{Reference, Type};
use crate::syntax::ast::Literal;

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any | Self::Broken | Self::Variable => write!(f, "Any"),
            Self::Null => write!(f, "Null"),
            Self::Bool => write!(f, "Bool"),
            Self::Int => write!(f, "Int"),
            Self::Float => write!(f, "Float"),
            Self::Text | Self::Cell => write!(f, "String"),
            Self::Literal(it) => write!(f, "{it}"),
            Self::Union(members) => {
                for (nth, member) in members.iter().enumerate() {
                    if nth > 0 {
                        write!(f, " | ")?;
                    }
                    if nth == 8 && members.len() > 9 {
                        return write!(f, "…");
                    }
                    write!(f, "{member}")?;
                }
                Ok(())
            }
            Self::Optional(it) if matches!(**it, Self::Union(_)) => write!(f, "({it})?"),
            Self::Optional(it) => write!(f, "{it}?"),
            Self::List(it) => write!(f, "[{it}]"),
            Self::Map(it) => write!(f, "{{String: {it}}}"),
            Self::Record(it) => write!(f, "{}", it.name),
            Self::Refined(it) => match &it.name {
                Some(name) => write!(f, "{name}"),
                None => write!(f, "{}", it.base),
            },
            Self::Reference(it) => write!(f, "{}", it.noun()),
        }
    }
}

impl Reference {
    /// What it names, with its article.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Source => "a source",
            Self::Addon => "an add-on",
            Self::CatalogueOrItem => "a catalogue or one of its items",
            Self::Repository => "a repository",
            Self::Layer => "a layer",
            Self::Baseline => "a baseline",
            Self::Cluster => "a cluster",
            Self::Fact => "a fact",
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => write!(f, "null"),
            Self::Bool(it) => write!(f, "{it}"),
            Self::Int(it) => write!(f, "{it}"),
            Self::Float(it) => write!(f, "{it:?}"),
            Self::Text(it) => write!(f, "{it:?}"),
        }
    }
}
