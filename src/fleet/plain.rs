//! Declarations that no layer changes: catalogues, tenants, repositories, what is external.

use std::sync::Arc;

use ecow::EcoString;

use super::conflicts::report_conflicts;
use super::definition;
use super::definition_problems;
use super::parameters::{catalogue_of, problems_of_params};
use crate::diagnostic::Checked;
use crate::eval::{Env, Fold, build_some};
use crate::source::{Anchor, Db, Origin};
use crate::value::Node;
use crate::{names, syntax};

/// What a catalogue or an application says of itself: `after`, `path`, `split`. Its `kustomization` and `release` may
/// read the cluster, and are evaluated where they are used.
#[salsa::tracked]
pub fn catalogue(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Node>> {
    Arc::new(plain_body(db, anchor, "CatalogueBody", &["after", "includes"], &["kustomization", "release", "params"]))
}

/// What a catalogue includes beside its own items, and what that includes: names of catalogues, `catalogue.item`.
pub fn included(db: &dyn Db, name: &str) -> Vec<EcoString> {
    let catalogues = &names::index(db, db.project()).catalogues;
    let mut found: Vec<EcoString> = Vec::new();
    let mut todo = vec![EcoString::from(name)];
    while let Some(it) = todo.pop() {
        let Some(body) = catalogues.get(&it).map(|it| &catalogue(db, *it).value) else { continue };
        for it in body.get("includes").and_then(Node::list).unwrap_or_default().iter().filter_map(Node::text) {
            if it != name && !found.contains(it) {
                found.push(it.clone());
                todo.push(it.clone());
            }
        }
    }
    found
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
    let mut env = Env::new(db, index, anchor);
    let deep = anchor.kind(db) == crate::source::Kind::Tenant;
    let only = crate::eval::Only { except, references, deep, ..Default::default() };
    let is_catalogue = anchor.kind(db).is_catalogue();
    env.catalogue = is_catalogue.then(|| catalogue_of(db, anchor, false));
    let mut fold = Fold::new();
    // Others are taken from nothing.
    let levels = if is_catalogue { definition::levels(db, anchor).value.clone() } else { vec![anchor] };
    for level in levels {
        let layer = env.within(level, |env| build_some(env, &syntax::declaration(db, level).body, &only));
        fold.apply(&mut env, layer);
    }
    let mut node = fold.into_node(Origin::of(anchor));
    report_conflicts(&mut env, anchor, &mut node, true);
    crate::eval::complete(&mut env, &mut node, &crate::types::shape(db, shape), crate::eval::Conform::Partial, None);
    if is_catalogue {
        env.out.extend(problems_of_params(db, anchor));
        let unknown = node.map().into_iter().flat_map(|it| &it.entries).find(|(_, it)| it.value.has_unknown());
        if let (Some((key, it)), true) = (unknown, env.out.is_empty()) {
            env.out.push(definition_problems::cluster_in_catalogue(anchor.name(db), key, it.origin));
        }
    }
    Checked::new(node, env.out)
}
