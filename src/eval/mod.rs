//! What every expression comes to, and how layers become one value.
//!
//! In: declarations whose names and types are known, and what is known of a
//! cluster. Out: a [`Value`], each node of which remembers where it was written
//! and what it overrode. Never reads a file's tree of positions, never fails:
//! what cannot be computed is [`Value::Unknown`] and a diagnostic.

mod budget;
mod builtins;
mod comprehension;
mod conform;
mod effect;
mod env;
mod expression;
mod fold;
mod layer;
mod lets;
mod operator;
mod problems;
mod promise;
mod requirement;
mod scope;
mod select;

pub use builtins::{clash, versions};
pub use conform::{Conform, complete, literal_problems};
pub use effect::{Effect, Outcome};
pub use env::{Catalogue, Env, Given, Lazy, Local, Row};
pub use fold::{Contribution, Fold};
pub use layer::{Edit, Layer, Only, Op, build, build_some};
pub use lets::{Costed, let_value};
pub use problems::conflict;
pub use promise::Promise;
