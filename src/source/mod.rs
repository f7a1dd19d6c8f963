//! Text and places: what the compiler is given.
//!
//! In: the project's files as text. Out: salsa inputs, and [`Origin`], the
//! position-free name of a place that every value carries. Knows no other layer
//! and never touches the disk: files that an expression names are fetched
//! through [`Loader`], which the host provides.

mod anchor;
mod character;
mod database;
mod file;
mod ordered;

pub use anchor::{Anchor, Kind, NodeId, Origin};
pub use character::{is_bidi_control, is_noncharacter, noncharacter, shown, shown_length};
pub use database::{FleetDatabase, InMemory, Loader, STANDARD, Sources, is_of_library};
pub use file::{DataFile, Project, SourceFile};
pub use ordered::{IndexMap, IndexSet};

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
    /// and tracked from then on.
    fn data_file(&self, path: &str) -> DataFile;
}
