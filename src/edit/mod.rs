//! Changes of the sources that a command makes for the author.
//!
//! In: a compiled project and what the author asks for. Out: a [`Change`]: texts to
//! put in place of others, and what comes of it on which cluster, which is tried
//! before anything is written. What is not changed keeps its every byte.

mod absorb;
mod leaves;
mod promote;
mod ring;
mod text;
mod words;

pub use absorb::{Absorbed, Edit, absorb};
pub use promote::{Promotion, promote};
pub use text::Change;
pub use words::{escaped, key, literal, quoted};
