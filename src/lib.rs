//! fleetc compiles a typed description of a fleet of Kubernetes clusters to the
//! Git tree that Flux applies.
//!
//! As a library: [`Project`] opens and compiles a project; what comes out is plain data. All else is the inside
//! of the program, without a promise that it stays as it is.
//!
//! The pipeline, in the order of the modules: text is cut into declarations (`syntax`), whose names form one table
//! (`names`). Every declaration is checked against its types (`types`, `check`). Blocks become layers, and layers
//! values, each of which knows where it was written (`eval`). Facts and rules decide which cluster uses which add-ons
//! (`fleet`). Values become Flux' objects (`kube`), once for all clusters and with the difference of each (`flux`).
//! Objects are linted (`lint`) and become files (`emit`), which are written unless that would harm a live cluster
//! (`plan`, `host`).
//!
//! The modules are in the order of the layers: each names only those above it. The last three alone know the system that
//! they run on: without the feature `system` there is the compiler without files, for a browser.

mod api;

pub use api::{Compiled, Message, OpenError, Project};

#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod diagnostic;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod format;
#[doc(hidden)]
pub mod names;
#[doc(hidden)]
pub mod types;
#[doc(hidden)]
pub mod value;
#[doc(hidden)]
pub mod data;
#[doc(hidden)]
pub mod kube;
#[doc(hidden)]
pub mod kustomize;
#[doc(hidden)]
pub mod eval;
#[doc(hidden)]
pub mod fleet;
#[doc(hidden)]
pub mod flux;
#[doc(hidden)]
pub mod lint;
#[doc(hidden)]
pub mod provision;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod emit;
#[doc(hidden)]
pub mod compile;
#[doc(hidden)]
pub mod inspect;
#[doc(hidden)]
pub mod edit;
#[doc(hidden)]
pub mod import;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod ide;
#[cfg(feature = "system")]
#[doc(hidden)]
pub mod host;
#[cfg(feature = "system")]
#[doc(hidden)]
pub mod lsp;
#[cfg(feature = "system")]
#[doc(hidden)]
pub mod cli;
