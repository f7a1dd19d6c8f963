//! What must hold on every cluster for Flux to reconcile it.
//!
//! Each file is one question. All look at the finished objects of one cluster,
//! but for [`whole_fleet`].

mod bounds;
mod hygiene;
mod kinds;
mod order;
mod owners;
mod problems;
mod reach;
mod references;
mod rings;
mod shapes;

pub(super) use kinds::defined_kind;
pub(super) use reach::whole_fleet;
pub(super) use references::declared_keys;
pub use rings::{Running, is_ahead, outside_rings, versions};
pub(super) use shapes::object as shape;

use super::context::Context;
use super::deploy::Deployed;
use crate::fleet::Cluster;

/// Checks a cluster.
pub(super) fn cluster(ctx: &mut Context<'_>, cluster: &Cluster, deployed: &Deployed) {
    owners::check(ctx, cluster, deployed);
    kinds::check(ctx, cluster, deployed);
    references::check(ctx, cluster, deployed);
    order::check(ctx, cluster, deployed);
    shapes::check(ctx, cluster, deployed);
    bounds::check(ctx, cluster, deployed);
}
