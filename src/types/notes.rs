//! What is found out of a declaration's expressions, beside what is wrong with them: for those
//! who show it to an author.

use ecow::EcoString;

use super::ty::{Reference, Type};
use crate::source::{IndexMap, NodeId, Origin};

/// Types and meanings, by the nodes of one declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// What each expression is.
    pub types: IndexMap<NodeId, Type>,
    /// What each block is to hold.
    pub blocks: IndexMap<NodeId, Type>,
    /// What the names in it mean.
    pub names: IndexMap<NodeId, Meaning>,
    /// The names that are bound around an expression, and may be read in it.
    pub scopes: IndexMap<NodeId, Vec<(EcoString, Type)>>,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// A declaration, or a place inside of one: a fact, a param, a field of a type.
    At(Origin, Type),
    /// What a `let`, a comprehension or a function around it binds.
    Local(EcoString, Type),
    /// A function of the language.
    Builtin(EcoString),
    /// A field that no author declares: of Flux's objects, of `cluster`.
    Field(EcoString, Type),
    /// The name of a declaration of a kind.
    Reference(Reference, EcoString),
}
