//! What queries ask of the world around them.

use super::file::{DataFile, Project};

/// What every query may ask of the world.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The project that is compiled.
    fn project(&self) -> Project;

    /// A package by its name among all packages; the project by the empty name.
    fn package(&self, name: &str) -> Option<Project>;

    /// All packages, the standard library's included, in order of name.
    fn packages(&self) -> Vec<Project>;

    /// A data file below the project's root (`yaml("versions.yaml")`), read once
    /// and tracked from then on. `deploy/` is the list of the files below a directory.
    fn data_file(&self, path: &str) -> DataFile;
}
