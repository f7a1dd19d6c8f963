//! Inputs: the files that a build reads.

use std::sync::Arc;

use ecow::EcoString;

/// One `.fleet` file.
#[salsa::input(debug)]
pub struct SourceFile {
    /// Path from the project's root, with `/` on every system. Files of the
    /// standard library begin with `std/`.
    #[returns(ref)]
    pub path: EcoString,
    /// The text, already known to be UTF-8.
    #[returns(ref)]
    pub text: Arc<str>,
}

/// All `.fleet` files of the project, sorted by path.
#[salsa::input]
pub struct Project {
    /// The files, the standard library's included.
    #[returns(ref)]
    pub files: Arc<[SourceFile]>,
}

/// A file that an expression reads: `yaml("versions.yaml")`.
#[salsa::input]
pub struct DataFile {
    /// Path from the project's root.
    #[returns(ref)]
    pub path: EcoString,
    /// Its text, or why it cannot be read.
    #[returns(ref)]
    pub text: Result<Arc<str>, EcoString>,
}
