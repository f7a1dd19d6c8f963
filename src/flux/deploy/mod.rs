//! A cluster: its Flux Kustomizations, their patches, and what comes of them.
//!
//! In comes a cluster with what it takes; out go its units in order of name, each
//! with the objects that it applies. Drafts are made first, because what one waits
//! for is known only when all are there. It never writes YAML.

mod after;
mod catalogue;
mod draft;
mod hub;
mod kustomized;
mod order;
mod own;
mod problems;
mod root;
mod shards;
mod shared;
mod targets;
mod timeouts;
mod unit;
mod units;

pub use unit::{Cause, Deployed, Inferred, Unit, UnitPatches, UnitPlace};

use crate::flux::version_range::Range;
use std::sync::Arc;

use ecow::EcoString;

use super::attach::attached;
use super::context::{Context, Memo, State, Target};
use crate::diagnostic::{Checked, Diagnostic};
use crate::fleet::{Cluster, Representative};
use crate::source::{Db, IndexSet};

/// What a cluster ends up with, or all clusters of a class: then also the facts that have to be
/// known first, and whether it is so for all of them.
pub(in crate::flux) struct Outcome {
    pub deployed: Checked<Deployed>,
    pub needed_facts: IndexSet<EcoString>,
    pub is_certain: bool,
    /// What clusters that differ in a few items need not find out again.
    pub memo: Memo,
}

/// Compiles a cluster by itself. `spokes` are those that are reached from it.
pub(in crate::flux) fn of_cluster(db: &dyn Db, cluster: &Cluster, spokes: &[&Deployed]) -> Checked<Deployed> {
    deploy(db, Target::Cluster(cluster), cluster, spokes, Memo::default()).deployed
}

/// Compiles all clusters of a class at once. What another class found out of items, as `memo` has it, holds for
/// this one, too.
pub(in crate::flux) fn of_class(db: &dyn Db, representative: &Representative, memo: Memo) -> Outcome {
    deploy(db, Target::Shared(representative), representative.cluster(), &[], memo)
}

fn deploy(db: &dyn Db, target: Target<'_>, cluster: &Cluster, spokes: &[&Deployed], memo: Memo) -> Outcome {
    let mut state = State::new(memo);
    let mut ctx = Context::new(db, target, None, Range::one(cluster.flux, &cluster.name), &mut state);
    let mut drafts = Vec::new();
    for taken in &cluster.taken {
        catalogue::of_catalogue(&mut ctx, cluster, taken, &mut drafts);
    }
    own::own_items(&mut ctx, cluster, &mut drafts);
    shared::shared(&mut ctx, cluster, &mut drafts);
    let mut root = attached(&mut ctx, cluster);
    let awaited_by_tenants = after::of_tenants(&mut ctx, cluster, &drafts, &mut root);
    hub::take_places(cluster, &mut drafts);
    root::add_namespaces(&mut ctx, cluster, &drafts, &mut root);
    order::infer_order(&mut ctx, cluster, &mut drafts);
    shards::label_charts(&mut ctx, &mut drafts);
    let on_hub = hub::of_spoke(&mut ctx, cluster, &mut drafts, &mut root);
    hub::of_hub(&mut ctx, cluster, spokes, &mut drafts);
    let units = units::finish(&mut ctx, cluster, drafts, &awaited_by_tenants);
    let used = state.memo.known.iter().filter(|(_, it)| it.is_used);
    let items = used.map(|(item, it)| (*item, Arc::clone(&it.evaluated))).collect();
    let deployed = Deployed {
        cluster: cluster.name.clone(),
        path: cluster.path.clone(),
        anchor: cluster.anchor,
        units: Arc::new(units),
        root: Arc::new(root),
        on_hub,
        items: Arc::new(items),
        shared_items: Arc::new(state.shared_items.iter().copied().collect()),
        class: None,
        is_whole: state.is_whole,
    };
    let named = |it: Diagnostic| if it.cluster.is_some() { it } else { it.on(Some(&cluster.name)) };
    let out = state.out.into_iter().map(named).collect();
    let (needed_facts, is_certain, memo) = (state.needed_facts, state.is_certain && state.is_whole, state.memo);
    Outcome { deployed: Checked::new(deployed, out), needed_facts, is_certain, memo }
}
