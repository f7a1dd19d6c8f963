//! Declarations that no layer changes, and what stands in a catalogue.

use std::sync::Arc;

use ecow::EcoString;

use super::clusters::cluster;
use super::conflicts::report_conflicts;
use super::evaluated::Evaluated;
use super::item::evaluate_in;
use super::relocation::{holder, moves};
use crate::diagnostic::Checked;
use crate::eval::{Env, Fold, build_some};
use crate::source::{Anchor, Db, Origin};
use crate::value::Node;
use crate::{names, syntax};

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

/// What a catalogue or an application says of itself: `after`, `path`, `split`. Its `kustomization` and `release` may
/// read the cluster, and are evaluated where they are used.
#[salsa::tracked]
pub fn catalogue(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Node>> {
    Arc::new(plain_body(db, anchor, "CatalogueBody", &["after", "includes"], &["kustomization", "release"]))
}

/// What a catalogue includes beside its own items: catalogues, `catalogue.item`.
pub(super) fn includes(db: &dyn Db, catalogue: Anchor) -> Vec<EcoString> {
    let body = &self::catalogue(db, catalogue).value;
    body.get("includes").and_then(Node::list).unwrap_or_default().iter().filter_map(|it| it.text().cloned()).collect()
}

/// The value of a declaration that no layer changes: a repository, a tenant, an external.
#[salsa::tracked]
pub fn declared(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Node>> {
    let (shape, references): (&str, &[&str]) = match anchor.kind(db) {
        crate::source::Kind::Tenant => ("TenantBody", &["repositories", "repository", "after"]),
        _ => ("ExternalBody", &[]),
    };
    Arc::new(plain_body(db, anchor, shape, references, &[]))
}

/// A block that only its declaration writes and that reads no cluster, without what lies below some keys.
fn plain_body(db: &dyn Db, anchor: Anchor, shape: &str, references: &[&str], except: &[&str]) -> Checked<Node> {
    let index = names::index_of(db, anchor);
    let declaration = syntax::declaration(db, anchor);
    let mut env = Env::new(db, index, anchor);
    let deep = anchor.kind(db) == crate::source::Kind::Tenant;
    let only = crate::eval::Only { references, except, deep, ..Default::default() };
    let layer = build_some(&mut env, &declaration.body, &only);
    let mut fold = Fold::new();
    fold.apply(&mut env, layer);
    let mut node = fold.into_node(Origin::of(anchor));
    report_conflicts(&mut env, anchor, &mut node, true);
    crate::eval::complete(&mut env, &mut node, &crate::types::shape(db, shape), crate::eval::Conform::Partial, None);
    Checked::new(node, env.out)
}
