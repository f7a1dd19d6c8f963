//! One cluster: facts, layers, items.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::applied::layers;
use super::around::{groups_of, project_of};
use super::cluster_data::{Cluster, Taken};
use super::config;
use super::conflicts;
use super::declarations::Declared;
use super::facts::{ClusterHead, facts};
use super::identity::Identity;
use super::relocation;
use super::selection::{attached, select};
use super::settings_data::{Settings, Sync, boolean};
use super::{fact_problems, inventory, problems, via};
use crate::diagnostic::{Checked, Diagnostic, Subject, code, few};
use crate::eval::{Env, Fold, Given, Only, Row, build_some, complete};
use crate::names;
use crate::schema::Minor;
use crate::source::{Anchor, Db, Kind, Origin, Project};
use crate::syntax::{self, ast::Head};
use crate::value::Node;

/// All clusters, in order of name.
pub fn clusters(db: &dyn Db) -> impl Iterator<Item = Anchor> {
    all_clusters(db, db.project()).value.values().copied()
}

/// Declared clusters, and those that inventories make.
pub(super) fn all(db: &dyn Db, project: Project) -> Checked<BTreeMap<EcoString, Anchor>> {
    let index = names::index(db, project);
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut clusters = index.clusters.clone();
    for inventory in index.inventories.values() {
        let members = inventory::members(db, *inventory);
        out.extend(members.diagnostics.iter().cloned());
        for (name, anchor) in members.value.iter() {
            if let Some(first) = clusters.get(name) {
                out.push(problems::cluster_twice(origin_of(db, anchor), name, origin_of(db, *first)));
            } else {
                clusters.insert(name.clone(), anchor);
            }
        }
    }
    for (name, overrides) in inventory::overrides(db, project) {
        let of_inventory = clusters.get(&name).is_some_and(|it| inventory::row_of(db, *it).is_some());
        if !of_inventory {
            for it in overrides {
                let declared = clusters.get(&name).copied();
                let known = few(clusters.iter())
                    .filter(|(_, it)| it.parent(db).is_some_and(|it| it.kind(db) == Kind::Inventory));
                out.push(problems::overridden_cluster(it, &name, declared, known.map(|(name, _)| name.as_str())));
            }
        }
    }
    Checked::new(clusters, out)
}

/// The cluster of another project that a cluster is taken `from`.
fn imported(db: &dyn Db, anchor: Anchor, out: &mut Vec<Diagnostic>) -> Option<Anchor> {
    let Head::From { node, path } = &syntax::declaration(db, anchor).head else { return None };
    let at = Origin::new(anchor, *node);
    let known = project_of(db, anchor).packages(db);
    let Some((alias, name)) = path.rsplit_once('.') else {
        out.push(problems::not_a_package_path(at, path));
        return None;
    };
    let Some(package) = known.get(alias).and_then(|it| db.package(it)) else {
        out.push(names::unknown_package(at, alias, known));
        return None;
    };
    let theirs = &all_clusters(db, package).value;
    let found = theirs.get(name).copied();
    if found.is_none() {
        out.push(problems::unknown_imported(at, alias, name, theirs.keys().map(EcoString::as_str)));
    }
    found
}

/// What a cluster says of a hub, which is looked at without reading the cluster.
pub(super) fn says_via(db: &dyn Db, anchor: Anchor) -> Option<Node> {
    let row = inventory::row_of(db, anchor).clone();
    let mut out = Vec::new();
    let own = own_ranks(db, anchor).concat();
    let groups =
        groups_around(db, anchor, &settings_of(db, anchor, &own, row.as_ref(), &["group"], &mut out), &mut out);
    settings_of(db, anchor, &[groups, own].concat(), row.as_ref(), &["via"], &mut out).get("via").cloned()
}

/// The hub that a cluster names, and where.
fn hub_of(db: &dyn Db, cluster: Anchor, said: &Node, out: &mut Vec<Diagnostic>) -> Option<(Anchor, Origin)> {
    // What is no cluster's name is reported where names are resolved.
    let hub = *all_clusters(db, project_of(db, cluster)).value.get(said.text()?)?;
    if hub == cluster {
        out.push(problems::own_hub(said.origin, cluster.name(db)));
        return None;
    }
    if let Some(other) = says_via(db, hub) {
        out.push(problems::hub_with_hub(said.origin, hub.name(db), other.origin));
        return None;
    }
    Some((hub, said.origin))
}

/// Where a cluster comes from: its declaration, or its row.
pub(super) fn origin_of(db: &dyn Db, cluster: Anchor) -> Origin {
    inventory::row_of(db, cluster).as_ref().map_or(Origin::of(cluster), |it| it.origin)
}

/// The ranks that are a cluster's own: its declaration; or its inventory, and above
/// that what `override cluster` says.
fn own_ranks(db: &dyn Db, cluster: Anchor) -> Vec<Vec<Anchor>> {
    match cluster.parent(db).filter(|it| it.kind(db) == Kind::Inventory) {
        None => vec![vec![cluster]],
        Some(inventory) => {
            let mut ranks = vec![vec![inventory]];
            ranks.extend(inventory::cluster_overrides(db, project_of(db, cluster)).get(cluster.name(db)).cloned());
            ranks
        }
    }
}

/// The groups that hold a cluster, outermost first: an inventory at the top level
/// may say which.
fn groups_around(db: &dyn Db, cluster: Anchor, own: &Node, out: &mut Vec<Diagnostic>) -> Vec<Anchor> {
    let around = groups_of(db, cluster);
    let Some(node) = own.get("group") else { return around };
    let Some(name) = node.text() else { return around };
    let index = names::index_of(db, cluster);
    match index.groups.get(name) {
        Some(group) if around.is_empty() => {
            let mut groups = groups_of(db, *group);
            groups.push(*group);
            groups
        }
        Some(_) => {
            out.push(problems::group_of_group(node.origin, cluster.parent(db)));
            around
        }
        None => {
            out.push(problems::unknown_group(node.origin, name, index));
            around
        }
    }
}

/// The facts that were found to have no value: they are reported together, at the cluster.
fn lacking<'a>(settings: &'a Settings, out: &mut Vec<Diagnostic>) -> Vec<&'a Declared> {
    let found: Vec<&Declared> = out
        .iter()
        .filter(|it| it.code == code::NO_VALUE)
        .filter_map(|it| match &it.subject {
            Some(Subject::Fact(name)) => settings.facts.get(name),
            _ => None,
        })
        .collect();
    out.retain(|it| it.code != code::NO_VALUE);
    found
}

/// Reads a cluster.
pub(super) fn read(db: &dyn Db, anchor: Anchor) -> Checked<Cluster> {
    let index = names::index_of(db, anchor);
    let settings = &config::settings(db, project_of(db, anchor)).value;
    let mut out: Vec<Diagnostic> = Vec::new();
    let name = anchor.name(db).clone();
    let row = inventory::row_of(db, anchor).clone();
    let origin = origin_of(db, anchor);
    let own_ranks = own_ranks(db, anchor);
    let own = settings_of(db, anchor, &own_ranks.concat(), row.as_ref(), PLACE, &mut out);
    let groups = groups_around(db, anchor, &own, &mut out);
    let around = [groups.clone(), own_ranks.concat()].concat();
    let inherited = settings_of(db, anchor, &around, row.as_ref(), INHERITED, &mut out);
    let imported = imported(db, anchor, &mut out).map(|it| &cluster(db, it).value);
    let path = match (own.get("path").and_then(Node::text), imported) {
        (Some(it), _) => it.clone(),
        // It stands where the other project has it, unless this one groups it anew.
        (None, Some(other)) if groups.is_empty() => other.path.clone(),
        (None, _) => directory(db, settings, &groups, &own, &name, &mut out),
    };
    let named = ClusterHead {
        anchor,
        origin,
        name: name.clone(),
        path: path.clone(),
        groups: groups.clone(),
        own: own_ranks,
        row,
        imported: imported.map(|it| Arc::clone(&it.facts)),
    };
    let facts = facts(db, settings, &named, &mut out);
    let lacking = lacking(settings, &mut out);
    // One that is taken from none has none of its facts: that is said already.
    let is_lost = named.imported.is_none() && matches!(syntax::declaration(db, anchor).head, Head::From { .. });
    if !lacking.is_empty() && !is_lost {
        out.push(fact_problems::lacks_facts(origin, &name, named.row.is_some(), &lacking));
    }
    let text = |key: &str| inherited.get(key).and_then(Node::text);
    let identity = text("identity").and_then(|it| Identity::parse(it)).unwrap_or(settings.identity);
    let baseline = text("baseline").and_then(|it| index.baselines.get(it)).copied();
    let mut flux = imported.map_or(settings.flux, |it| it.flux);
    flux = text("flux").and_then(|it| Minor::parse(it)).unwrap_or(flux);
    let mut lockdown = boolean(Some(&inherited), "lockdown").unwrap_or(settings.lockdown);
    let mut sync = settings.sync.clone().amended(inherited.get("sync"));
    let via = match inherited.get("via").map(|it| hub_of(db, anchor, it, &mut out)) {
        // What is wrong with the hub is reported.
        Some(None) => None,
        hub => via::via(db, &named, &facts, hub.flatten(), &mut out),
    };
    if let Some(other) = imported.and_then(|it| it.via.as_ref())
        && via.is_none()
    {
        out.push(problems::hub_of_another_project(origin, &name, other.hub.name(db)));
    }
    if let Some(it) = &via {
        let said = settings_of(db, anchor, &named.own.concat(), named.row.as_ref(), OF_FLUX, &mut Vec::new());
        for (key, at) in OF_FLUX.iter().filter_map(|key| Some((key, said.get(key)?.origin))).take(1) {
            out.push(problems::setting_of_hub(at, key, it.hub.name(db)));
        }
        // What reads, and applies, is the hub's Flux.
        let hub = &cluster(db, it.hub).value;
        (flux, lockdown) = (hub.flux, hub.lockdown);
        sync = Sync { root: name.clone(), ..hub.sync.clone() };
    }
    let (ranks, applied) = layers(db, settings, &named, &facts, &mut out);
    let taken = stand(db, select(db, index, &ranks, &name, &mut out), &name, &mut out);
    let attached = attached(db, &ranks, &name, &mut out);
    if !lockdown {
        let tenants = attached.iter().filter_map(|(it, at)| Some((it.tenant()?, *at)));
        out.extend(tenants.map(|(it, at)| problems::not_locked_down(db, it, at).on(Some(&name))));
    }
    let ClusterHead { own, row, .. } = named;
    let cluster = Cluster {
        anchor,
        origin,
        row,
        own,
        name,
        path,
        groups,
        facts,
        flux,
        lockdown,
        baseline,
        identity,
        sync,
        via,
        ranks,
        applied: applied.into(),
        taken,
        attached,
        traces: false,
    };
    Checked::new(cluster, out)
}

impl Cluster {
    /// Where it says that it takes a catalogue.
    #[must_use]
    pub fn taking(&self, catalogue: Option<Anchor>) -> Option<Origin> {
        self.taken.iter().find(|it| Some(it.catalogue) == catalogue).map(Taken::origin)
    }

    /// An environment in which its facts are known.
    pub fn env<'a>(&self, db: &'a dyn Db) -> Env<'a> {
        let mut env = Env::new(db, names::index_of(db, self.anchor), self.anchor);
        env.cluster = Given::Known(Arc::clone(&self.facts));
        env.fleet = config::settings(db, project_of(db, self.anchor)).value.value.clone();
        env.cluster_name = Some(self.name.clone());
        env.row.clone_from(&self.row);
        env.traces = self.traces;
        env
    }
}

/// What is taken, where it stands: items that are about to move are taken with the
/// catalogue that they leave.
fn stand(db: &dyn Db, taken: Vec<Taken>, cluster: &EcoString, out: &mut Vec<Diagnostic>) -> Vec<Taken> {
    let moves = &relocation::moves(db, db.project()).value;
    if moves.held.is_empty() {
        return taken;
    }
    for (item, old) in &moves.held {
        let has = |catalogue: Anchor| taken.iter().any(|it| it.catalogue == catalogue);
        if item.kind(db) != Kind::Source
            && let Some(new) = item.parent(db)
            && has(*old)
            && !has(new)
        {
            out.push(problems::left_behind(*item, item.name(db), old.name(db), new.name(db), cluster));
        }
    }
    let mut all: Vec<Taken> = Vec::new();
    let mut moving: Vec<(Anchor, Anchor)> = Vec::new();
    for mut it in taken {
        for item in &it.items {
            moving.extend(moves.held.get(item).map(|old| (*item, *old)));
        }
        it.items.retain(|item| !moves.held.contains_key(item));
        if !it.items.is_empty() {
            all.push(it);
        }
    }
    for (item, old) in moving {
        match all.iter_mut().find(|it| it.catalogue == old) {
            Some(it) => it.items.push(item),
            None => all.push(Taken { catalogue: old, items: vec![item], uses: Vec::new() }),
        }
    }
    for it in &mut all {
        it.items.sort_by(|a, b| a.name(db).cmp(b.name(db)));
    }
    all.sort_by(|a, b| a.catalogue.name(db).cmp(b.catalogue.name(db)));
    all
}

/// What a cluster says of where it stands, which groups do not say for it.
const PLACE: &[&str] = &["path", "directory", "group"];
/// What a cluster has from its groups unless it says it itself.
const INHERITED: &[&str] = &["flux", "lockdown", "identity", "baseline", "sync", "via"];
/// The settings of the Flux that applies a cluster: of one that is reached through a hub, the hub's.
const OF_FLUX: &[&str] = &["flux", "lockdown", "sync"];

/// What clusters and groups, the lowest first, say beside facts, evaluated without the facts.
fn settings_of(
    db: &dyn Db,
    own: Anchor,
    layers: &[Anchor],
    row: Option<&Arc<Row>>,
    keys: &[&str],
    out: &mut Vec<Diagnostic>,
) -> Node {
    let mut env = Env::new(db, names::index_of(db, own), own);
    env.fleet = config::settings(db, project_of(db, own)).value.value.clone();
    env.row = row.cloned();
    let mut fold = Fold::new();
    for anchor in layers {
        let body = &syntax::declaration(db, *anchor).body;
        for key in keys {
            let only = Only { path: &[key], references: &["baseline", "via"], ..Only::default() };
            let layer = env.within(*anchor, |env| build_some(env, body, &only));
            fold.apply(&mut env, layer);
        }
    }
    let mut node = fold.into_node(Origin::of(own));
    conflicts::report_conflicts(&mut env, own, &mut node, true);
    complete(&mut env, &mut node, &crate::types::shape(db, "ClusterBody"), crate::eval::Conform::Partial, None);
    out.append(&mut env.out);
    node
}

fn directory(
    db: &dyn Db,
    settings: &Settings,
    groups: &[Anchor],
    own: &Node,
    name: &EcoString,
    out: &mut Vec<Diagnostic>,
) -> EcoString {
    let mut path = settings.output.clusters.clone();
    for group in groups {
        let node = settings_of(db, *group, &[*group], None, &["directory"], out);
        let directory = node.get("directory").and_then(Node::text);
        path = eco_format!("{path}/{}", directory.unwrap_or(group.name(db)));
    }
    let directory = own.get("directory").and_then(Node::text);
    eco_format!("{path}/{}", directory.unwrap_or(name))
}

/// All clusters by name: those that are declared, and those that inventories make.
#[salsa::tracked]
pub fn all_clusters(db: &dyn Db, project: Project) -> Arc<Checked<BTreeMap<EcoString, Anchor>>> {
    Arc::new(all(db, project))
}

/// One cluster: its facts, layers and items.
#[salsa::tracked]
pub fn cluster(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Cluster>> {
    Arc::new(read(db, anchor))
}
