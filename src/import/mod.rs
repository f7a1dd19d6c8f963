//! An existing Flux repository as sources.
//!
//! In: the texts of the repository, and which clusters it has. Out: `.fleet` sources, the proof that Flux applies from them
//! what it applied before, and a [`Report`]. Reads and writes no disk.
//!
//! Two *worlds* are compared: what Flux made of the repository, and what it makes of the tree that the sources compile to,
//! both built by [`crate::kustomize`]. What does not come out equal is described less closely (a [`Level`]) until it does,
//! and at last left as it is.

mod addon;
mod attempt;
mod blame;
mod block;
mod clusters;
mod factor;
mod facts;
mod findings;
mod items;
mod levels;
mod model;
mod print;
mod prove;
mod report;
mod template;
mod world;
mod write;

pub use attempt::{Imported, Options, Side, compared, import};
pub use clusters::{Cluster, Sync};
pub use levels::Level;
pub use prove::{Class, Difference};
pub use report::{Finding, FindingKind, Report, UnitReport};
pub use world::UnitId;
