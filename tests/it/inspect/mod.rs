//! Questions: `why`, `diff`, `list`, `graph`.

mod dangers;
pub(crate) mod diff;
mod pictures;
mod secrets;
mod tables;
mod whom;
mod why;
