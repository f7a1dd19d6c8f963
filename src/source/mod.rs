//! Text and places: what the compiler is given.
//!
//! In: the project's files as text. Out: salsa inputs, and [`Origin`], the
//! position-free name of a place that every value carries. Knows no other layer
//! and never touches the disk: files that an expression names are fetched
//! through [`Loader`], which the host provides.

mod anchor;
mod character;
mod database;
mod db;
mod file;
mod identity;
mod ordered;
mod path;
mod standard;

pub use anchor::{Anchor, ItemKind, Kind, NodeId, Origin};
pub use character::{is_bidi_control, is_noncharacter, noncharacter, shown, shown_length};
pub use database::{FleetDatabase, InMemory, Loader, Sources};
pub use db::Db;
pub use file::{DataFile, Project, STANDARD, SourceFile, is_of_library};
pub use identity::ById;
pub use ordered::{IndexMap, IndexSet};
pub use path::{is_below, is_within};
pub use standard::standard_library;
