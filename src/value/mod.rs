//! What everything comes to: values, each node with its origin, and their text.
//!
//! In: nothing but origins. Out: [`Value`] and [`Node`], and the only writers of
//! YAML and JSON. Computes nothing.

mod json;
mod node;
pub mod path;
mod template;
pub mod yaml;

pub use json::{AsciiWriter, escaped as json_escaped, json, of_json};
pub use node::{Conflict, Map, Node, Overridden, Value, fact, is_written, same};
pub use path::{Path, Step};
pub use template::{Quotes, Template, TemplatePart, own_name};
