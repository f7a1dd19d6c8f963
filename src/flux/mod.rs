//! Flux's vocabulary: what a cluster ends up with, as objects.
//!
//! In: the fleet's model. Out: for each catalogue its [`Bundle`], the objects
//! that are the same for every cluster; for each cluster its [`Deployed`], the
//! Flux Kustomizations with their patches and the objects that come of them.
//! Knows no files but their names, and writes no YAML.

mod addon;
mod attach;
mod base;
mod contents;
mod context;
mod deploy;
pub mod external;
mod item;
mod kustomization;
mod layout;
mod lookup;
mod manifest;
mod namespaces;
mod objects;
mod problems;
mod release;
mod shared_item;
mod source;
mod tenant;
mod version_range;

pub use addon::find_addon;
pub use base::{Bundle, Part, bundle, shared_sources};
use context::Memo;
pub use deploy::{Deployed, Unit, UnitPatch, UnitPlace};
pub use item::made;
pub use layout::{directory, has_own_unit};
pub use lookup::find_source;
pub use namespaces::BUILT_IN_NAMESPACES;
pub use release::Release;
pub use shared_item::{Made, SharedItem};
pub use version_range::{Range, range, ranges, whole_range};

use std::sync::Arc;

use ecow::EcoString;

use crate::diagnostic::Checked;
use crate::fleet::{self, Class, Cluster};
use crate::source::{Anchor, Db, IndexSet};

/// What a cluster ends up with: its own, or what it shares with clusters of its class.
#[salsa::tracked]
pub fn deployed(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Deployed>> {
    let class = class_of(db, anchor);
    let Some((class, shared)) = class.and_then(|it| Some((it, of_class(db, it)?))) else {
        return Arc::clone(exactly(db, anchor));
    };
    let cluster = &fleet::cluster(db, anchor).value;
    let (name, path) = (cluster.name.clone(), cluster.path.clone());
    let own = Deployed { cluster: name, path, anchor, class: Some(class), ..shared.clone() };
    Arc::new(Checked::new(own, Vec::new()))
}

/// The class of a cluster, if it has one for whose clusters everything is the same.
#[salsa::tracked]
pub fn class_of(db: &dyn Db, anchor: Anchor) -> Option<Class> {
    let cluster = &fleet::cluster(db, anchor).value;
    let mut class = Class::of(db, cluster)?;
    loop {
        match &**outline(db, class) {
            Outline::Needs(needs) => class = class.with_facts(db, needs, cluster)?,
            Outline::Unlike => return None,
            Outline::Alike(..) => return Some(class),
        }
    }
}

/// What a cluster ends up with, made for it alone, without placeholders.
#[salsa::tracked]
pub fn exactly(db: &dyn Db, cluster: Anchor) -> Arc<Checked<Deployed>> {
    Arc::new(deploy::deploy(db, &fleet::cluster(db, cluster).value, Memo::default()).deployed)
}

/// The same, for those who ask why: what refers to other values tells where it stands itself.
#[must_use]
pub fn traced(db: &dyn Db, cluster: Anchor) -> Deployed {
    let cluster = Cluster { traces: true, ..fleet::cluster(db, cluster).value.clone() };
    deploy::deploy(db, &cluster, Memo::default()).deployed.value
}

/// What the clusters of a class end up with.
#[derive(Debug, PartialEq)]
enum Outline {
    Needs(IndexSet<EcoString>),
    /// Something is wrong, or not the same for all: each has to be looked at by itself.
    Unlike,
    Alike(Deployed, Memo),
}

#[salsa::tracked]
fn outline(db: &dyn Db, class: Class) -> Arc<Outline> {
    let Some(representative) = class.representative(db) else { return Arc::new(Outline::Unlike) };
    let shared_class = class.without_own(db).and_then(|(class, changed)| match &**outline(db, class) {
        Outline::Alike(_, memo) => Some(memo.without(db, &changed)),
        Outline::Needs(_) | Outline::Unlike => None,
    });
    let outcome = deploy::deploy(db, &representative, shared_class.unwrap_or_default());
    Arc::new(if !outcome.needed_facts.is_empty() {
        Outline::Needs(outcome.needed_facts)
    } else if outcome.is_certain && outcome.deployed.diagnostics.is_empty() {
        Outline::Alike(outcome.deployed.value, outcome.memo)
    } else {
        Outline::Unlike
    })
}

/// What the clusters of a class end up with, if it is the same for all.
pub fn of_class(db: &dyn Db, class: Class) -> Option<&Deployed> {
    match &**outline(db, class) {
        Outline::Alike(it, _) => Some(it),
        _ => None,
    }
}
