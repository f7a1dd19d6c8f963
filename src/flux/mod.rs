//! Flux's vocabulary: what a cluster ends up with, as objects.
//!
//! In: the fleet's model. Out: for each catalogue its [`Bundle`], the objects
//! that are the same for every cluster; for each cluster its [`Deployed`], the
//! Flux Kustomizations with their patches and the objects that come of them.
//! Knows no files but their names, and writes no YAML.

mod addon;
mod attach;
mod base;
mod chart;
mod computed;
mod contents;
mod context;
mod deploy;
mod exchange;
pub mod external;
mod item;
mod kustomization;
mod layout;
mod lookup;
mod manifest;
mod namespaces;
mod objects;
mod places;
mod problems;
mod release;
mod requires;
mod shared_item;
mod sharing;
mod source;
mod tenant;
mod version_range;

pub use base::{Bundle, BundlePart, bundle, shared_sources};
pub use deploy::{Cause, Deployed, Inferred, Unit, UnitPatches, UnitPlace};
pub use exchange::Alike;
pub use item::made;
pub use layout::{directory, has_own_unit};
pub use lookup::find_source;
pub use namespaces::{BUILT_IN_NAMESPACES, tenant_namespaces};
pub use places::called;
pub use release::Release;
pub use requires::find_addon;
pub use shared_item::{Differing, Made, SharedItem};
pub use sharing::{alike, class_of, of_class, wide_class_of};
pub use version_range::{Range, range, ranges, whole_range};

use std::sync::Arc;

use ecow::EcoString;

use crate::diagnostic::Checked;
use crate::fleet::{self, Class, Cluster};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::value::Value;

/// What a cluster ends up with: its own, or what it shares with clusters of its class.
#[salsa::tracked]
pub fn deployed(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Deployed>> {
    as_class(db, anchor, *class_of(db, anchor))
}

/// The same as far as clusters share it that differ in their own texts: those are placeholders, too, in values and
/// versions. For what looks at all clusters and at no value.
#[salsa::tracked]
pub fn outline(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Deployed>> {
    if fleet::own_of(db, anchor).has_texts {
        as_class(db, anchor, *wide_class_of(db, anchor))
    } else {
        Arc::clone(deployed(db, anchor))
    }
}

/// The version of the chart of a release that a cluster's [`outline`] has, and where it was set.
pub fn version_on(db: &dyn Db, cluster: Anchor, release: &Release) -> Option<(EcoString, Origin)> {
    let version = release.version.as_ref()?;
    // What a row says stands in the data of each cluster.
    let is_of_row = version.origin.anchor.kind(db) == Kind::Inventory && version.origin.node == 0;
    match &version.value {
        Value::PerCluster(it) => {
            let texts = &fleet::own_of(db, cluster).texts;
            let own = it.facts().next().and_then(|name| texts.entries.get(name));
            Some((it.fill(texts), own.map_or(version.origin, |it| it.origin)))
        }
        Value::Text(_) if is_of_row => {
            let exact = deployed(db, cluster).value.releases().find(|(_, it)| it.addon == release.addon)?.1;
            exact.version.as_ref().and_then(|it| Some((it.text()?.clone(), it.origin)))
        }
        Value::Text(it) => Some((it.clone(), version.origin)),
        _ => None,
    }
}

fn as_class(db: &dyn Db, anchor: Anchor, class: Option<Class>) -> Arc<Checked<Deployed>> {
    let Some((class, shared)) = class.and_then(|it| Some((it, of_class(db, it)?))) else {
        return Arc::clone(exactly(db, anchor));
    };
    let cluster = &fleet::cluster(db, anchor).value;
    let (name, path) = (cluster.name.clone(), cluster.path.clone());
    let own = Deployed { cluster: name, path, anchor, class: Some(class), ..shared.clone() };
    Arc::new(Checked::new(own, Vec::new()))
}

/// What a cluster ends up with, made for it alone, without placeholders.
#[salsa::tracked]
pub fn exactly(db: &dyn Db, cluster: Anchor) -> Arc<Checked<Deployed>> {
    Arc::new(of_cluster(db, &fleet::cluster(db, cluster).value))
}

/// The same, for those who ask why: what refers to other values tells where it stands itself.
#[must_use]
pub fn traced(db: &dyn Db, cluster: Anchor) -> Deployed {
    let cluster = Cluster { traces: true, ..fleet::cluster(db, cluster).value.clone() };
    of_cluster(db, &cluster).value
}

fn of_cluster(db: &dyn Db, cluster: &Cluster) -> Checked<Deployed> {
    let spokes = fleet::spokes(db, cluster.anchor).iter().map(|it| exactly(db, *it));
    let spokes: Vec<&Deployed> = spokes.map(|it| &it.value).collect();
    deploy::of_cluster(db, cluster, &spokes)
}
