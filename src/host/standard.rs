//! The standard library, inside the binary.

/// Path and text of each file.
pub const FILES: [(&str, &str); 3] = [
    ("std/defaults.fleet", include_str!("../../stdlib/defaults.fleet")),
    ("std/shapes.fleet", include_str!("../../stdlib/shapes.fleet")),
    ("std/types.fleet", include_str!("../../stdlib/types.fleet")),
];
