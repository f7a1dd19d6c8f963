//! The rules of the language, and its limits.

mod corners;
mod limits;
mod pairs;
mod semantics;
