//! The sources themselves: what they must keep to.

mod cycles;
pub(crate) mod tidy;
mod voice;
mod walk;
