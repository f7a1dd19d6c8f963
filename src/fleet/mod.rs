//! The domain: which cluster has what.
//!
//! In: declarations. Out: the fleet's [`Settings`]; for each cluster a
//! [`Cluster`] with its facts, the layers that apply to it and the items that it
//! takes; for each item its value, in the base or for a cluster. Knows nothing
//! of Flux's objects, of files or of YAML.

mod assertion;
mod class;
mod clusters;
mod config;
mod definition;
mod explain;
mod facts;
mod inventory;
mod irsa;
mod item;
mod relocation;
mod patch;
mod problems;
mod applied;
mod reason;
mod selection;
mod specialization;
mod statement;
mod table;

pub use applied::AppliedOverride;
pub use assertion::{Checks, addons_for_which, addons_of, holds_on};
pub use class::{Class, StandsFor, has_roles, specialization_on};
pub use clusters::{Cluster, clusters, groups_of, project_of};
pub use config::{Output, Package, ReleaseIn, Rings, Settings, Sync, release_in};
pub use inventory::{overridden_cluster, row_of, rows};
pub use irsa::{Identity, Role, has_irsa, partition};
pub use item::{Evaluated, ITEM_REFERENCES, Params, body_type, evaluate_in, report_conflicts};
pub use reason::{Condition, Read, Reason, reason};
pub use relocation::Moves;
pub use selection::{Attached, Taken, decision, is_optional};
pub use specialization::{KnownFacts, Specialization, Specialized, specialized};
pub use statement::{
    About, OverrideStatement, OverrideTarget, Selected, Statements, UseStatement, is_date, statements_of,
};
pub use table::{Declarations, Declared};

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use crate::diagnostic::{Checked, Diagnostic, Diagnostics};
use crate::eval::{Env, Fold, build_some};
use crate::names;
use crate::source::{Anchor, Db, IndexSet, Origin, Project};
use crate::syntax;
use crate::value::Node;

/// What the `fleet` declaration says.
#[salsa::tracked]
pub fn settings(db: &dyn Db, project: Project) -> Arc<Checked<Settings>> {
    Arc::new(config::read(db, names::index(db, project)))
}

/// The `use`, `drop`, `attach` and `override` of one declaration, their targets found.
#[salsa::tracked]
pub fn statements(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Statements>> {
    Arc::new(statements_of(db, anchor))
}

/// The overrides of a declaration whose last day is before `today`, both as
/// `2026-12-31`.
pub fn expired(db: &dyn Db, anchor: Anchor, today: &str) -> Vec<Diagnostic> {
    let of = |it: &OverrideStatement| {
        let (node, until) = it.about.until.as_ref()?;
        (until.as_str() < today && statement::is_date(until))
            .then(|| problems::expired(Origin::new(anchor, *node), until, &it.about))
    };
    statements(db, anchor).value.overrides.iter().filter_map(of).collect()
}

/// The overrides at the top level. They have no names to be ordered by, so it is
/// by what they say: never by where they stand.
#[salsa::tracked]
pub fn top_level_overrides(db: &dyn Db, project: Project) -> Arc<[Anchor]> {
    let mut all: Vec<(String, Anchor)> = names::index(db, project)
        .overrides
        .iter()
        .filter(|it| overridden_cluster(db, **it).is_none())
        .map(|it| (format!("{} {:?}", it.name(db), syntax::declaration(db, *it).body), *it))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.into_iter().map(|(_, it)| it).collect()
}

/// All clusters by name: those that are declared, and those that inventories make.
#[salsa::tracked]
pub fn all_clusters(db: &dyn Db, project: Project) -> Arc<Checked<BTreeMap<EcoString, Anchor>>> {
    Arc::new(clusters::all(db, project))
}

/// The checks that read `cluster`, for one cluster.
#[salsa::tracked]
pub fn cluster_checks(db: &dyn Db, anchor: Anchor) -> Arc<Checks> {
    Arc::new(assertion::of_cluster(db, anchor))
}

/// The checks of the fleet as a whole, and those that cover no cluster.
#[salsa::tracked]
pub fn fleet_checks(db: &dyn Db, _project: Project) -> Diagnostics {
    let covered: IndexSet<Anchor> =
        clusters(db).flat_map(|it| cluster_checks(db, it).covering.iter().copied()).collect();
    assertion::of_fleet(db, &covered).into()
}

/// What changes its Kustomization without being deleted on the way.
#[salsa::tracked]
pub fn moves(db: &dyn Db, project: Project) -> Arc<Checked<Moves>> {
    Arc::new(relocation::read(db, project))
}

/// What a catalogue's Kustomization and directory are called: its name, or in the first
/// stage of a move the one that it had.
pub fn unit_name(db: &dyn Db, catalogue: Anchor) -> EcoString {
    let moves = &moves(db, db.project()).value;
    moves.old_names.get(&catalogue).unwrap_or_else(|| catalogue.name(db)).clone()
}

/// Where an item or a source stands in the tree: its own catalogue, or in the first
/// stage of a move the one that it leaves.
pub fn holder(db: &dyn Db, item: Anchor) -> Option<Anchor> {
    moves(db, db.project()).value.held.get(&item).copied().or_else(|| item.parent(db))
}

/// What a catalogue has for those who use it as a whole, in order of name.
#[salsa::tracked]
pub(crate) fn whole(db: &dyn Db, catalogue: Anchor) -> Arc<[Anchor]> {
    let items = names::index(db, db.project()).items_of(catalogue).map(|(_, it)| it);
    items.filter(|it| !is_optional(db, *it)).collect()
}

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

/// The `override cluster` of each cluster.
#[salsa::tracked]
pub fn cluster_overrides(db: &dyn Db, project: Project) -> Arc<BTreeMap<EcoString, Vec<Anchor>>> {
    Arc::new(inventory::overrides(db, project))
}

/// One cluster: its facts, layers and items.
#[salsa::tracked]
pub fn cluster(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Cluster>> {
    Arc::new(clusters::read(db, anchor))
}

/// The cluster's baseline with everything that amends it; none if it has none.
#[salsa::tracked]
pub fn baseline(db: &dyn Db, cluster: Anchor) -> Option<Arc<Checked<Evaluated>>> {
    let it = &self::cluster(db, cluster).value;
    Some(Arc::new(evaluate_in(db, it.baseline?, it)))
}

/// What a catalogue or an application says of itself: `after`, `path`, `split`.
#[salsa::tracked]
pub fn catalogue(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Node>> {
    Arc::new(plain_body(db, anchor, "CatalogueBody", &["after"]))
}

/// What an add-on or a baseline is taken `from`, the first definition first, itself last.
#[salsa::tracked]
pub fn levels(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Vec<Anchor>>> {
    Arc::new(definition::levels(db, anchor))
}

/// An item in the base: layers 1 and 2 and the rules without `when`, the cluster unknown.
#[salsa::tracked]
pub fn base(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Evaluated>> {
    Arc::new(item::base(db, anchor))
}

/// The params that an add-on or a baseline declares, those of its definitions first.
#[salsa::tracked]
pub fn params_of(db: &dyn Db, item: Anchor) -> Arc<Declarations> {
    Arc::new(item::params_of(db, item))
}

/// The value of a declaration that no layer changes: a repository, a tenant, an external.
#[salsa::tracked]
pub fn declared(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Node>> {
    let (shape, references): (&str, &[&str]) = match anchor.kind(db) {
        crate::source::Kind::Tenant => ("TenantBody", &["repositories", "repository"]),
        _ => ("ExternalBody", &[]),
    };
    Arc::new(plain_body(db, anchor, shape, references))
}

/// A block that only its declaration writes and that reads no cluster.
fn plain_body(db: &dyn Db, anchor: Anchor, shape: &str, references: &[&str]) -> Checked<Node> {
    let index = names::index_of(db, anchor);
    let declaration = syntax::declaration(db, anchor);
    let mut env = Env::new(db, index, anchor);
    let deep = anchor.kind(db) == crate::source::Kind::Tenant;
    let only = crate::eval::Only { references, deep, ..Default::default() };
    let layer = build_some(&mut env, &declaration.body, &only);
    let mut fold = Fold::new();
    fold.apply(&mut env, layer);
    let mut node = fold.into_node(Origin::of(anchor));
    report_conflicts(&mut env, anchor, &mut node, true);
    crate::eval::complete(&mut env, &mut node, &crate::types::shape(db, shape), crate::eval::Conform::Partial, None);
    Checked::new(node, env.out)
}
