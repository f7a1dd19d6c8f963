//! Hub and spoke: a cluster without a Flux of its own, whose objects the hub's Flux applies.
//!
//! What is no Flux object goes to the spoke, by Kustomizations with its `kubeConfig`. Flux objects stay on the hub, in
//! the namespace of its Flux, under names of the spoke's own: its Kustomizations; its releases, written whole, as Flux
//! cannot rename what it applies; and those sources that are not the same on every cluster. A source that is as in
//! `common/` is the hub's, once for all spokes.
//!
//! In: a cluster's drafts, as they would be with a Flux of its own. Out: those that its hub's Flux applies; and for a hub,
//! what it has for the clusters that are reached from it. It never decides what a cluster takes.

mod names;
mod own;
mod spoke;
mod tenants;

pub(super) use own::of_hub;
pub(super) use spoke::{of_spoke, take_places};
