//! Diagnostics → text for people.

mod terminal;

pub use terminal::{Counts, print};
