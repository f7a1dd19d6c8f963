//! fleetc compiles a typed description of a fleet of Kubernetes clusters to the
//! tree that Flux reads.
//!
//! The story in eight steps: text is cut into declarations ([`syntax`]); their
//! names make one table ([`names`]); every declaration is held against its types
//! ([`types`], [`check`]); blocks become layers, and layers values, each of which
//! knows where it was written ([`eval`]); facts and rules say which cluster takes
//! what ([`fleet`]); values become Flux's objects ([`kube`]), once for all clusters and
//! with each one's difference ([`flux`]); objects become files ([`emit`]); and files
//! are written, unless that would harm a live cluster ([`plan`], [`host`]).
//!
//! The modules stand in the order of the layers: each names only those above it.

pub mod source;
pub mod diagnostic;
pub mod schema;
pub mod syntax;
pub mod format;
pub mod names;
pub mod types;
pub mod value;
pub mod data;
pub mod kube;
pub mod eval;
pub mod fleet;
pub mod flux;
pub mod lint;
pub mod provision;
pub mod check;
pub mod emit;
pub mod compile;
pub mod inspect;
pub mod edit;
pub mod plan;
pub mod render;
pub mod ide;
pub mod host;
pub mod lsp;
pub mod cli;
