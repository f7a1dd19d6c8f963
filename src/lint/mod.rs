//! What must hold on every cluster for Flux to reconcile it.
//!
//! In: deployments. Out: diagnostics. Nothing below knows it.
//!
//! One file a rule, with its messages and the codes that it reports at its head: it looks at the objects of one
//! cluster, but for [`reach`], [`rings`] and [`redundant`], which look at the whole fleet.
//!
//! **What a rule may meet.** Clusters of a class are checked once, on what they share:
//!
//! - The cluster may be a representative: no name, no path, and facts that are *placeholders*. A text such as
//!   `"role-${name}"` is then a [`Value::Template`](crate::value::Value::Template), which no `text()` matches: a rule
//!   that reads texts sees those alone that are the same on every cluster.
//! - A rule that has to know a fact says so in `Lint::needed_facts`. It is asked again for a smaller class: the
//!   clusters that have the same fact.
//! - A rule need not be exact about a class: where it reports anything at all, each of the clusters is checked by
//!   itself, without placeholders, and only that is shown. It must never be silent where one cluster is wrong.
//! - A rule about several objects looks neither at the values of a release nor at its version: a class that differs from
//!   another in those alone ([`flux::alike`]) is judged as that one is.
//! - An object with `is_checked` was looked at alone ([`shapes::object`]) when its item was made, for all clusters
//!   that share it. Rules about single objects skip it; rules about several look at all.
//! - Where `Lint::has_errors` is set, something was not made, and an error says so: what is missing may be that.

mod bounds;
mod context;
mod flux_references;
mod foreign;
mod given;
mod images;
mod kinds;
mod order;
mod owners;
mod reach;
mod redundant;
mod references;
mod remote;
mod rings;
mod roles;
mod running;
mod secret_keys;
mod shapes;
mod validation;

use ecow::EcoString;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fleet::{self, Class, Cluster, Representative};
use crate::flux::{self, Deployed, SharedItem};
use crate::source::{Anchor, Db, IndexSet, Project};

pub use foreign::{broken_directory, brought};
pub use rings::{is_ahead, outside_rings, versions};
pub use running::Running;
pub use validation::{by_hand, unchecked};

use context::Lint;

/// All rules that look at one cluster.
fn run(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let foreign = foreign::of(lint, cluster, deployed);
    owners::check(lint, cluster, deployed, &foreign);
    kinds::check(lint, cluster, deployed, &foreign);
    references::check(lint, cluster, deployed);
    flux_references::check(lint, cluster, deployed, &foreign);
    secret_keys::check(lint, cluster, deployed);
    order::check(lint, cluster, deployed);
    remote::check(lint, cluster, deployed);
    roles::check(lint, deployed);
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
    validation::check(&mut lint, cluster, &exact.value, &exact.diagnostics);
    let named = |it: Diagnostic| if it.cluster.is_some() { it } else { it.on(Some(&cluster.name)) };
    lint.out.into_iter().map(named).collect::<Vec<_>>().into()
}

fn is_fine_in_its_class(db: &dyn Db, anchor: Anchor, cluster: &Cluster) -> bool {
    let Some(class) = *flux::wide_class_of(db, anchor) else { return false };
    let texts = &fleet::own_of(db, anchor).texts;
    let mut class = class;
    if let Some(alike) = flux::alike(db, class) {
        // Rules about several objects look at no version and no value.
        if !alike.exchanged.iter().all(|it| *is_fine(db, *it)) {
            return false;
        }
        class = alike.class;
    }
    loop {
        match class_verdict(db, class) {
            Verdict::Fine => return validation::is_fine(db, class, cluster, texts),
            Verdict::Wrong => return false,
            Verdict::Needs(facts) => match class.with_facts(db, facts, texts) {
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
    let (Some(representative), Some(deployed)) = (class.representative(db), flux::of_class(db, class)) else {
        return Verdict::Wrong;
    };
    if deployed.shared_items.iter().any(|it| !is_fine(db, *it)) {
        return Verdict::Wrong;
    }
    let mut lint = Lint::new(db, false);
    run(&mut lint, representative.cluster(), deployed);
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
    let (flux, lockdown, sync) = (shared_item.flux(db), shared_item.lockdown(db), shared_item.sync(db));
    let Some(representative) = Representative::bare(db, flux, lockdown, sync) else {
        return false;
    };
    let mut lint = Lint::new(db, false);
    let made = flux::made(db, shared_item);
    for it in &made.objects {
        shapes::object(&mut lint, representative.cluster(), &it.object);
        if let Some(release) = made.release.as_ref().filter(|_| it.object.id.kind == "HelmRelease") {
            roles::release_alone(&mut lint, release, &it.object);
        }
    }
    lint.out.is_empty() && lint.needed_facts.is_empty()
}

/// What no single cluster shows: paths of clusters that overlap, overrides that no cluster uses, versions of rings.
#[salsa::tracked]
pub fn fleet_diagnostics(db: &dyn Db, _project: Project) -> Diagnostics {
    reach::whole_fleet(db).into()
}
