pub mod source;
pub mod diagnostic;
pub mod syntax;
pub mod schema;
pub mod names;
pub mod types;
pub mod eval;
