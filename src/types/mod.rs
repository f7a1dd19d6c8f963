//! What every value may be.
//!
//! In: written types and expressions, whose names are in the index. Out: a
//! [`Type`] for each, and what does not go together. Knows the shape of values,
//! never a value: conditions are checked by `eval`, where values are.

mod assign;
pub mod builtin;
mod cycle;
mod flux;
mod foreign;
mod infer;
mod mismatch;
mod notes;
mod problems;
mod show;
mod signature;
mod ty;

pub use assign::fits;
pub use cycle::{FunctionCycle, function_cycle, is_circular, link};
pub use flux::spec_of_kind;
pub use infer::{Infer, Literals, Resolver, Scope, dotted, let_type, no_references, widen};
pub use mismatch::no_choice;
pub use notes::{Meaning, Notes};
pub use problems::too_long;
pub use signature::{SHAPES, function_type, lower, shape, type_of, written};
pub use ty::{
    Constraint, FieldType, FieldsAre, FunctionType, Members, Param, RecordType, Reference, Refined, THIS_OBJECT, Type,
    Written,
};
