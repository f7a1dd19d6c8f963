//! What is fuzzed: for each target what is done with some bytes, and what has to hold.
//!
//! In: bytes, whatever they are. Out: nothing; what does not hold panics. The binaries of this package give
//! libFuzzer a target; the tests of fleetc run every target over what is kept in `corpus/`.

mod data;
mod edits;
mod emitter;
mod layout;
mod parser;
mod patches;
mod project;

/// What is done with some bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its binary and of its folder in `corpus/`.
pub const TARGETS: [(&str, Target); 7] = [
    ("parser", parser::run),
    ("emitter", emitter::run),
    ("project", project::run),
    ("layout", layout::run),
    ("data", data::run),
    ("patches", patches::run),
    ("edits", edits::run),
];

/// The target of a name.
///
/// # Panics
/// If there is none.
pub fn target(name: &str) -> Target {
    TARGETS.iter().find(|it| it.0 == name).unwrap_or_else(|| panic!("no target `{name}`")).1
}
