//! What Flux makes of hand-written YAML: kustomize, as far as repositories of Flux use it.
//!
//! In: the texts of a repository, and a directory or the spec of a Flux Kustomization. Out: the objects that Flux applies,
//! each with the file that it comes from, before variables are replaced. What kustomize does and this does not (a hash behind a
//! name, prefixes, plugins, what has to be fetched) is reported as [`Trouble`], never guessed. Reads no disk. What fleetc
//! itself writes is never built by this.
//!
//! A *resource* is an object on its way through a kustomization; a *transformer* is what changes all of them.
//!
//! Source of the rules: kustomize 5.5 (`api/internal/target`, `kyaml/yaml/merge2`); `tests/it/kustomize` holds it against the real
//! one.

mod artifact;
mod build;
mod files;
mod flux;
mod generate;
mod list;
mod patch;
mod resource;
mod transform;
mod trouble;
mod variables;

pub use crate::kube::applied::cleaned;
pub use artifact::{Artifact, artifacts, directory_of};
pub use build::Builder;
pub use files::Files;
pub use flux::Spec;
pub use patch::unused;
pub use resource::Resource;
pub use trouble::Trouble;
pub use variables::{are_all_said, replaced};
