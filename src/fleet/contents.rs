//! What a catalogue holds, and the baseline of a cluster.

use std::sync::Arc;

use super::clusters::cluster;
use super::evaluated::Evaluated;
use super::item::evaluate_in;
use super::relocation::{holder, moves};
use crate::diagnostic::Checked;
use crate::names;
use crate::source::{Anchor, Db};

/// The items and the sources that stand in a catalogue's directory.
#[salsa::tracked]
pub fn contents_of(db: &dyn Db, catalogue: Anchor) -> Arc<(Vec<Anchor>, Vec<Anchor>)> {
    let index = names::index(db, db.project());
    let stands_here = |it: &Anchor| holder(db, *it) == Some(catalogue);
    let held = || moves(db, db.project()).value.held.iter().filter(|(_, old)| **old == catalogue).map(|(it, _)| *it);
    let is_source = |it: &Anchor| it.kind(db) == crate::source::Kind::Source;
    let mut items: Vec<Anchor> = index.items_of(catalogue).map(|(_, it)| it).filter(stands_here).collect();
    items.extend(held().filter(|it| !is_source(it)));
    items.sort_by(|a, b| a.name(db).cmp(b.name(db)));
    let own = index.local_sources.get(&catalogue).into_iter().flatten().map(|(_, it)| *it);
    let mut sources: Vec<Anchor> = own.filter(stands_here).chain(held().filter(is_source)).collect();
    sources.sort_by(|a, b| a.name(db).cmp(b.name(db)));
    Arc::new((items, sources))
}

/// The cluster's baseline with everything that amends it; none if it has none.
#[salsa::tracked]
pub fn baseline(db: &dyn Db, cluster: Anchor) -> Option<Arc<Checked<Evaluated>>> {
    let it = &self::cluster(db, cluster).value;
    Some(Arc::new(evaluate_in(db, it.baseline?, it)))
}
