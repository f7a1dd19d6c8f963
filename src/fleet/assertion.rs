//! `check`: what must hold for every cluster that it covers, or for the fleet.

use std::collections::BTreeSet;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::cluster_data::Cluster;
use super::clusters;
use super::config;
use super::definition;
use super::explain::explain;
use super::item;
use super::problems;
use crate::diagnostic::{Diagnostic, Diagnostics, listed};
use crate::eval::{Env, Given};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin, Project};
use crate::syntax::{
    self,
    ast::{BinaryOp, Expr, ExprKind, Head},
    walk,
};
use crate::value::{Map, Node, Value};

/// What a check reads, as its text shows.
#[derive(Debug, Default)]
struct Reads {
    cluster: bool,
    fleet: bool,
    /// Add-ons whose values it names.
    addons: BTreeSet<EcoString>,
    /// Add-ons whose presence it tests.
    tested: BTreeSet<EcoString>,
    /// Whether it goes through all of them.
    all_addons: bool,
}

impl Reads {
    fn of(head: &Head) -> Self {
        let mut reads = Self::default();
        let Head::Check { when, conditions } = head else { return reads };
        let mut mentions = 0;
        let mut accounted = 0;
        let mut visit = |expr: &Expr| match &expr.kind {
            ExprKind::Name(name) => {
                reads.cluster |= name == "cluster";
                reads.fleet |= name == "fleet";
            }
            ExprKind::Member { name, .. } if name == "addons" => mentions += 1,
            ExprKind::Member { of, name, .. } if is_addons(of) => {
                accounted += 1;
                reads.addons.insert(name.clone());
            }
            ExprKind::Index { of, index } if is_addons(of) => {
                if let ExprKind::Text(name) = &index.kind {
                    accounted += 1;
                    reads.addons.insert(name.clone());
                }
            }
            ExprKind::Binary(BinaryOp::In, name, of) if is_addons(of) => {
                accounted += 1;
                if let ExprKind::Text(name) = &name.kind {
                    reads.tested.insert(name.clone());
                }
            }
            _ => {}
        };
        for it in when.iter().chain(conditions) {
            walk::expressions(it, &mut visit);
        }
        reads.all_addons = mentions > accounted;
        reads
    }
}

fn is_addons(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Member { name, .. } if name == "addons")
}

/// What the checks say of one cluster, and which of them cover it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checks {
    pub failures: Vec<Diagnostic>,
    pub covering: Vec<Anchor>,
}

/// The checks that read `cluster`, for one cluster.
pub(super) fn of_cluster(db: &dyn Db, anchor: Anchor) -> Checks {
    let cluster = &clusters::cluster(db, anchor).value;
    let mut checks = Checks { failures: Vec::new(), covering: Vec::new() };
    for check in sorted(db) {
        let head = &syntax::declaration(db, check).head;
        let reads = Reads::of(head);
        let taken = |name: &EcoString| addons_of(db, cluster).any(|it| it.name(db) == name || it.dotted(db) == *name);
        let covers = reads.addons.iter().all(|it| taken(it) || reads.tested.contains(it) || reads.fleet);
        if !reads.cluster || !covers {
            continue;
        }
        let mut env = asking(db, check, head, anchor);
        if run(&mut env, check, head) {
            checks.covering.push(check);
        }
        let several = if env.out.is_empty() { Vec::new() } else { several(db, cluster, &reads) };
        checks.failures.extend(env.out.drain(..).map(|it| several.iter().fold(it, |it, note| it.note(note.clone()))));
    }
    checks
}

/// The checks that read no single cluster, and those that cover none.
pub(super) fn of_fleet(db: &dyn Db, covered: &IndexSet<Anchor>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for check in sorted(db) {
        let head = &syntax::declaration(db, check).head;
        let reads = Reads::of(head);
        if reads.cluster {
            if !covered.contains(&check) {
                found.push(problems::check_covers_nothing(check, reads.addons.iter().map(EcoString::as_str)));
            }
            continue;
        }
        let mut env = Env::new(db, names::index(db, db.project()), check);
        env.fleet = Value::clone(fleet_of(db, check));
        run(&mut env, check, head);
        found.append(&mut env.out);
    }
    found
}

fn sorted(db: &dyn Db) -> Vec<Anchor> {
    let mut checks = names::index(db, db.project()).checks.clone();
    checks.sort_by_key(|it| (it.name(db).clone(), it.nth(db)));
    checks
}

/// Tests the conditions; false if `when` leaves the check out.
fn run(env: &mut Env<'_>, check: Anchor, head: &Head) -> bool {
    let Head::Check { when, conditions } = head else { return false };
    if let Some(when) = when
        && env.holds(when) != Some(true)
    {
        return false;
    }
    for condition in conditions {
        let before = env.out.len();
        let value = env.eval(condition).value;
        if value == Value::Bool(true) {
            continue;
        }
        let own: Vec<Diagnostic> = env.out.drain(before..).collect();
        let shown = explain(env, condition);
        // What could not be computed for another reason than an absent value says so itself.
        if value != Value::Bool(false) && !shown.has_absent && !own.is_empty() {
            env.out.extend(own);
            continue;
        }
        let failure = problems::check_fails(env.db, check, Origin::new(check, condition.node), shown);
        env.report(failure);
    }
    true
}

/// Whether what a check asks for holds on a cluster, whatever it covers; none where that
/// cannot be computed.
#[must_use]
pub fn holds_on(db: &dyn Db, check: Anchor, cluster: Anchor) -> Option<bool> {
    let head = &syntax::declaration(db, check).head;
    let Head::Check { conditions, .. } = head else { return None };
    let mut env = asking(db, check, head, cluster);
    match env.eval(conditions.first()?).value {
        Value::Bool(it) => Some(it),
        _ => None,
    }
}

/// The add-ons of a cluster for which a check holds that goes through them: they are the
/// elements whose body is true.
#[must_use]
pub fn addons_for_which(db: &dyn Db, check: Anchor, cluster: Anchor) -> Vec<EcoString> {
    let declaration = syntax::declaration(db, check);
    let Head::Check { conditions, .. } = &declaration.head else { return Vec::new() };
    let Some(Expr { kind: ExprKind::Call { args, .. }, .. }) = conditions.first() else { return Vec::new() };
    let Some(Expr { kind: ExprKind::ListFor { head, body }, .. }) = args.first() else { return Vec::new() };
    let mut env = asking(db, check, &declaration.head, cluster);
    let mut found = Vec::new();
    env.each(head, |env| {
        if env.eval(body).value == Value::Bool(true)
            && let Some(name) = head.names.first().and_then(|(_, name)| env.local(name))
        {
            found.extend(name.text().cloned());
        }
    });
    found
}

/// Where a check is held against one cluster.
fn asking<'a>(db: &'a dyn Db, check: Anchor, head: &Head, cluster: Anchor) -> Env<'a> {
    let cluster = &clusters::cluster(db, cluster).value;
    let mut env = Env::new(db, names::index(db, db.project()), check);
    env.cluster = Given::Known(record(db, cluster, &Reads::of(head)));
    env.fleet = Value::clone(fleet_of(db, check));
    env.cluster_name = Some(cluster.name.clone());
    env
}

/// The add-ons that a cluster has: taken ones and its own.
pub fn addons_of<'a>(db: &'a dyn Db, cluster: &'a Cluster) -> impl Iterator<Item = Anchor> + 'a {
    let own = names::index(db, db.project()).items_of(cluster.anchor).map(|(_, it)| it);
    cluster.taken.iter().flat_map(|it| it.items.iter().copied()).chain(own).filter(|it| it.kind(db) == Kind::ADDON)
}

/// What `cluster` stands for in a check: facts, and `addons`.
fn record(db: &dyn Db, cluster: &Cluster, reads: &Reads) -> Arc<Map> {
    let mut entries = cluster.facts.entries.clone();
    let mut addons: Vec<Anchor> = addons_of(db, cluster).collect();
    addons.sort_by_key(|it| it.name(db).clone());
    let mut all: IndexMap<EcoString, Node> = IndexMap::default();
    // Those of one name are beside each other.
    let has_name =
        |nth: Option<usize>, name: &EcoString| nth.and_then(|it| addons.get(it)).is_some_and(|it| it.name(db) == name);
    for (nth, it) in addons.iter().enumerate() {
        let is_only = !has_name(nth.checked_sub(1), it.name(db)) && !has_name(Some(nth + 1), it.name(db));
        let qualified = it.dotted(db);
        let is_asked = reads.addons.contains(&qualified) || reads.tested.contains(&qualified);
        // Of several with one name, each is called with its catalogue.
        let names = is_only.then(|| it.name(db).clone()).into_iter().chain((is_asked || !is_only).then_some(qualified));
        for name in names {
            let is_read = reads.all_addons || reads.addons.contains(&name);
            let empty = || Node::new(Value::of_map(IndexMap::default()), Origin::of(*it));
            let node = if is_read { addon(db, *it, cluster) } else { empty() };
            all.insert(name, node);
        }
    }
    entries.insert("addons".into(), Node::new(Value::of_map(all), cluster.origin));
    Arc::new(Map { entries })
}

/// For each name that a check reads and that several add-ons of a cluster have: how they are named.
fn several(db: &dyn Db, cluster: &Cluster, reads: &Reads) -> Vec<EcoString> {
    let addons: Vec<Anchor> = addons_of(db, cluster).collect();
    let of_name = |name: &EcoString| {
        let all: Vec<EcoString> = addons
            .iter()
            .filter(|it| it.name(db) == name)
            .map(|it| eco_format!("`cluster.addons.\"{}\"`", it.dotted(db)))
            .collect();
        (all.len() > 1).then(|| eco_format!("several add-ons are called `{name}` there: {}", listed(&all)))
    };
    reads.addons.iter().chain(&reads.tested).collect::<BTreeSet<_>>().into_iter().filter_map(of_name).collect()
}

/// An add-on as it ends up on a cluster.
fn addon(db: &dyn Db, item: Anchor, cluster: &Cluster) -> Node {
    let evaluated = item::evaluate_in(db, item, cluster).value;
    let origin = Origin::of(item);
    let text = |it: &EcoString| Node::new(Value::Text(it.clone()), origin);
    let mut entries: IndexMap<EcoString, Node> = IndexMap::default();
    entries.insert("name".into(), text(item.name(db)));
    if let Some(parent) = item.parent(db).filter(|it| it.kind(db) != Kind::Cluster) {
        entries.insert("catalogue".into(), text(parent.name(db)));
    }
    let first = definition::levels(db, item).value.first().map_or(item.name(db), |it| it.name(db));
    for (key, default) in [("chart", first), ("namespace", item.name(db)), ("release-name", item.name(db))] {
        entries.insert(key.into(), evaluated.node.get(key).cloned().unwrap_or_else(|| text(default)));
    }
    for key in ["version", "source", "release", "values"] {
        if let Some(node) = evaluated.node.get(key) {
            entries.insert(key.into(), node.clone());
        }
    }
    entries.insert("params".into(), Node::new(Value::Map(Arc::clone(&evaluated.params)), origin));
    Node::new(Value::of_map(entries), origin)
}

/// What `fleet` stands for in a check: with `clusters`, if the check reads them. Made
/// once, however many clusters the check covers.
#[salsa::tracked]
fn fleet_of(db: &dyn Db, check: Anchor) -> Arc<Value> {
    let reads = &Reads::of(&syntax::declaration(db, check).head);
    let settings = &config::settings(db, db.project()).value;
    let (true, Value::Map(map)) = (reads.fleet, &settings.value) else { return Arc::new(settings.value.clone()) };
    let mut entries = map.entries.clone();
    let clusters = clusters::clusters(db).map(|it| {
        let cluster = &clusters::cluster(db, it).value;
        Node::new(Value::Map(record(db, cluster, reads)), cluster.origin)
    });
    let list: Vec<Node> = clusters.collect();
    if let Some(at) = settings.anchor.map(Origin::of).or_else(|| list.first().map(|it| it.origin)) {
        entries.insert("clusters".into(), Node::new(Value::List(Arc::new(list)), at));
    }
    Arc::new(Value::of_map(entries))
}

/// The checks that read `cluster`, for one cluster.
#[salsa::tracked]
pub fn cluster_checks(db: &dyn Db, anchor: Anchor) -> Arc<Checks> {
    Arc::new(of_cluster(db, anchor))
}

/// The checks of the fleet as a whole, and those that cover no cluster.
#[salsa::tracked]
pub fn fleet_checks(db: &dyn Db, _project: Project) -> Diagnostics {
    let covered: IndexSet<Anchor> =
        clusters(db).flat_map(|it| cluster_checks(db, it).covering.iter().copied()).collect();
    of_fleet(db, &covered).into()
}
