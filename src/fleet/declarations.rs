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

/// What a param of an add-on or a baseline is called.
pub(super) const PARAM: &str = "param";

/// What a param of a catalogue is called, which no override sets.
pub(super) const CATALOGUE_PARAM: &str = "catalogue's param";
