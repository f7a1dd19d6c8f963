//! What must hold on every cluster for Flux to reconcile it.
//!
//! In: deployments. Out: diagnostics. Nothing below knows it.
//!
//! One file a rule, with its messages and the codes that it reports at its head: it looks at the objects of one cluster, but for [`reach`], [`rings`] and [`redundant`], which look at
//! the whole fleet. Clusters of a class are checked once, on what they share. A rule that has to know a fact for that
//! asks for it in `Lint::needed_facts`, and is asked again for the clusters that have the same; where a rule finds anything,
//! each cluster is checked by itself.

mod bounds;
mod context;
mod kinds;
mod order;
mod owners;
mod reach;
mod redundant;
mod references;
mod rings;
mod running;
mod shapes;

use ecow::EcoString;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fleet::{self, Class, Cluster};
use crate::flux::{self, Deployed, SharedItem};
use crate::source::{Anchor, Db, IndexSet, Project};

pub use rings::{is_ahead, outside_rings, versions};
pub use running::Running;

use context::Lint;

/// All rules that look at one cluster.
fn run(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    owners::check(lint, cluster, deployed);
    kinds::check(lint, cluster, deployed);
    references::check(lint, cluster, deployed);
    order::check(lint, cluster, deployed);
    shapes::check(lint, cluster, deployed);
    bounds::check(lint, cluster, deployed);
}

/// What is wrong on a cluster.
#[salsa::tracked]
pub fn cluster_diagnostics(db: &dyn Db, anchor: Anchor) -> Diagnostics {
    let cluster = &fleet::cluster(db, anchor).value;
    if is_fine_in_its_class(db, anchor, cluster) {
        return Diagnostics::default();
    }
    let exact = flux::exactly(db, anchor);
    let mut lint = Lint::new(db, exact.diagnostics.iter().any(Diagnostic::is_error));
    run(&mut lint, cluster, &exact.value);
    let named = |it: Diagnostic| if it.cluster.is_some() { it } else { it.on(Some(&cluster.name)) };
    lint.out.into_iter().map(named).collect::<Vec<_>>().into()
}

fn is_fine_in_its_class(db: &dyn Db, anchor: Anchor, cluster: &Cluster) -> bool {
    let Some(class) = flux::class_of(db, anchor) else { return false };
    let mut class = *class;
    loop {
        match class_verdict(db, class) {
            Verdict::Fine => return true,
            Verdict::Wrong => return false,
            Verdict::Needs(facts) => match class.with_facts(db, facts, cluster) {
                Some(it) => class = it,
                None => return false,
            },
        }
    }
}

/// What the rules find on clusters of a class.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    Fine,
    /// Facts have to be known.
    Needs(IndexSet<EcoString>),
    /// Something is wrong on one of them, or may be.
    Wrong,
}

#[salsa::tracked(returns(ref))]
fn class_verdict(db: &dyn Db, class: Class) -> Verdict {
    let (Some(cluster), Some(deployed)) = (class.representative(db), flux::of_class(db, class)) else {
        return Verdict::Wrong;
    };
    if deployed.shared_items.iter().any(|it| !is_fine(db, *it)) {
        return Verdict::Wrong;
    }
    let mut lint = Lint::new(db, false);
    run(&mut lint, &cluster, deployed);
    if !lint.needed_facts.is_empty() {
        Verdict::Needs(lint.needed_facts)
    } else if lint.out.is_empty() {
        Verdict::Fine
    } else {
        Verdict::Wrong
    }
}

/// Whether the rules about single objects find nothing in what an item is made into for many clusters.
#[salsa::tracked]
fn is_fine(db: &dyn Db, shared_item: SharedItem) -> bool {
    let Some(cluster) = Cluster::bare(db, shared_item.flux(db), shared_item.lockdown(db), shared_item.sync(db)) else {
        return false;
    };
    let mut lint = Lint::new(db, false);
    for it in &flux::made(db, shared_item).objects {
        shapes::object(&mut lint, &cluster, &it.object);
    }
    lint.out.is_empty() && lint.needed_facts.is_empty()
}

/// What no single cluster shows: paths of clusters that overlap, overrides that no cluster uses, versions of rings.
#[salsa::tracked]
pub fn fleet_diagnostics(db: &dyn Db, _project: Project) -> Diagnostics {
    reach::whole_fleet(db).into()
}
