//! Inputs: the files that a build reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

/// The package that every project sees without naming it.
pub const STANDARD: &str = "std";

/// Whether a package is the standard library, or one of those inside it.
#[must_use]
pub fn is_of_library(package: &str) -> bool {
    package.split('.').next() == Some(STANDARD)
}

/// One `.fleet` file.
#[salsa::input(debug)]
pub struct SourceFile {
    /// Path from the project's root, with `/` on every system. Files of the
    /// standard library begin with `std/`.
    #[returns(ref)]
    pub path: EcoString,
    /// The package that it belongs to; empty for the project's own files.
    #[returns(ref)]
    pub package: EcoString,
    /// The text, already known to be UTF-8.
    #[returns(ref)]
    pub text: Arc<str>,
}

/// All `.fleet` files of the project or of one of its packages, sorted by path.
#[salsa::input]
pub struct Project {
    /// The package's name among all packages; empty for the project that is built.
    #[returns(ref)]
    pub name: EcoString,
    /// The files, those of the standard library that every project sees included.
    #[returns(ref)]
    pub files: Arc<[SourceFile]>,
    /// What it calls its packages, and which they are.
    #[returns(ref)]
    pub packages: BTreeMap<EcoString, EcoString>,
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
