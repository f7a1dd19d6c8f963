//! Kubernetes objects, whoever makes them.
//!
//! In: values. Out: objects, the patches between two of them, and what is invalid about one. Never knows a fleet.
//!
//! - [`Object`], [`Id`]: an object as a tree whose nodes know where they were set, and what identifies it on a cluster.
//! - [`patch`]: the minimal kustomize patches that turn one object into another.
//! - [`applied`]: what Flux applies of such directories, and of the Kustomizations in them.
//! - [`cel`]: conditions in objects, read and evaluated.
//! - [`directory`]: directories with a `kustomization.yaml` that somebody wrote by hand.
//! - [`Substitution`]: what `postBuild` replaces in the objects of a Flux Kustomization.
//! - [`ServedFields`]: the fields of Flux' objects that a version of Flux serves.
//! - [`lifecycle`]: what Flux deletes, and when Helm installs a release anew.
//! - [`validation`]: whether the API server accepts an object.
//! - [`produced`]: the Secrets and ConfigMaps that controllers make of other objects.
//! - [`rules`]: what Flux' CRDs refuse beyond types, such as two fields that exclude each other.

pub mod applied;
pub mod cel;
pub mod directory;
mod fields;
pub mod ineffective;
pub mod lifecycle;
pub mod object;
pub mod patch;
pub mod problems;
pub mod produced;
pub mod rules;
pub mod selector;
pub mod substitution;
pub mod validation;

pub use fields::ServedFields;
pub use object::{Id, Identity, Object};
pub use patch::{Operation, Patch};
pub use substitution::{Substitution, is_substituted};
