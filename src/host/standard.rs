//! The standard library, inside the binary.

use crate::source::{STANDARD, Sources};

/// What every file sees without importing it: path and text of each.
const PRELUDE: [(&str, &str); 3] = [
    ("std/defaults.fleet", include_str!("../../stdlib/defaults.fleet")),
    ("std/shapes.fleet", include_str!("../../stdlib/shapes.fleet")),
    ("std/types.fleet", include_str!("../../stdlib/types.fleet")),
];

/// The standard library as packages: `std`, `std.addons`.
#[must_use]
pub fn standard_library() -> Vec<Sources> {
    vec![package(STANDARD, &PRELUDE)]
}

fn package(name: &str, files: &[(&str, &str)]) -> Sources {
    Sources {
        name: name.into(),
        files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        ..Sources::default()
    }
}
