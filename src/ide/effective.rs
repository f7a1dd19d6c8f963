//! What a value comes to on each cluster.

use ecow::EcoString;

use crate::fleet;
use crate::flux::{self, Object};
use crate::source::{Anchor, Db, IndexMap, Kind, Origin};
use crate::value::Node;

/// A value, and the clusters that have it.
#[derive(Clone, Debug)]
pub(super) struct Effective {
    /// As the language writes it; none where there is nothing.
    pub value: Option<EcoString>,
    /// In order of name.
    pub clusters: Vec<EcoString>,
    /// Who set it there, for the first of them.
    pub origin: Option<Origin>,
}

/// What stands at a path of an item's block, on every cluster that has the item; what most
/// clusters have comes first.
pub(super) fn effective(db: &dyn Db, item: Anchor, path: &[&str]) -> Vec<Effective> {
    let mut found: IndexMap<Option<EcoString>, Effective> = IndexMap::default();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        let deployed = &flux::deployed(db, anchor).value;
        let is_it = |object: &&Object| object.origin.anchor == item && is_main(db, item, object);
        let Some(object) = deployed.objects().map(|(_, it)| it).find(is_it) else { continue };
        let node = within(db, item, object, path);
        let value = node.map(|it| shown(it, &cluster.facts));
        let entry = found.entry(value.clone()).or_insert_with(|| Effective {
            value,
            clusters: Vec::new(),
            origin: node.map(|it| it.origin),
        });
        entry.clusters.push(cluster.name.clone());
    }
    let mut all: Vec<Effective> = found.into_values().collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.clusters.len()));
    all
}

/// Every cluster that has an item.
pub(super) fn users(db: &dyn Db, item: Anchor) -> Vec<EcoString> {
    let has = |anchor: &Anchor| {
        let cluster = &fleet::cluster(db, *anchor).value;
        let mut holders = std::iter::successors(Some(*anchor), |it| it.parent(db));
        cluster.taken.iter().any(|it| it.catalogue == item || it.items.contains(&item))
            || item.parent(db).is_some_and(|it| holders.any(|holder| holder == it))
            || fleet::addons_of(db, cluster).any(|it| it == item)
    };
    fleet::clusters(db).filter(has).map(|it| it.name(db).clone()).collect()
}

/// Whether an object is what the item is for: an add-on may bring a namespace and a source.
fn is_main(db: &dyn Db, item: Anchor, object: &Object) -> bool {
    item.kind(db) != Kind::Addon || object.id.kind == "HelmRelease"
}

/// What an entry of an item's block became in its object.
fn within<'a>(db: &dyn Db, item: Anchor, object: &'a Object, path: &[&str]) -> Option<&'a Node> {
    if item.kind(db) != Kind::Addon {
        return object.body.at(path);
    }
    match path {
        ["values", ..] => object.body.at(&[&["spec"], path].concat()),
        ["release", rest @ ..] => object.body.at(&[&["spec"], rest].concat()),
        ["version"] => object.body.at(&["spec", "chart", "spec", "version"]),
        _ => None,
    }
}

fn shown(node: &Node, facts: &crate::value::Map) -> EcoString {
    let text = node.value.show();
    fleet::filled(&text, facts)
}
