//! Facts and params, as they are declared.

use ecow::EcoString;

use crate::source::{IndexMap, Origin};
use crate::types::{Type, Written};

/// Declared names, in the order in which they are declared.
pub type Declarations = IndexMap<EcoString, Declared>;

/// A declared name.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    pub name: EcoString,
    pub ty: Type,
    pub default: Option<Written>,
    pub origin: Origin,
    /// Where it was made final.
    pub is_final: Option<Origin>,
}
