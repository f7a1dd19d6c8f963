//! One cluster: facts, layers, items.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::config::{Settings, Sync, boolean};
use super::facts::{Named, facts};
use super::irsa::Identity;
use super::selection::{Attached, Taken, attached, select};
use crate::diagnostic::{Checked, Diagnostic};
use crate::eval::{Env, Fold, Given, Only, build_some, complete};
use crate::names;
use crate::schema::Minor;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::{self, ast::Head};
use crate::value::{Map, Node};

/// A cluster and what it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    pub anchor: Anchor,
    pub name: EcoString,
    /// Its directory, from the project's root.
    pub path: EcoString,
    /// Outermost first.
    pub groups: Vec<Anchor>,
    /// What `cluster` stands for.
    pub facts: Arc<Map>,
    pub flux: Minor,
    pub lockdown: bool,
    /// How pods get their roles, where an add-on does not say.
    pub identity: Identity,
    pub sync: Sync,
    /// The declarations that apply to it, lowest rank first, in order of name within a rank.
    pub ranks: Vec<Vec<Anchor>>,
    pub taken: Vec<Taken>,
    pub attached: Vec<(Attached, Origin)>,
}

/// All clusters, in order of name.
pub fn clusters(db: &dyn Db) -> impl Iterator<Item = Anchor> {
    names::index(db, db.project()).clusters.values().copied()
}

/// The groups around a declaration, outermost first.
pub fn groups_of(db: &dyn Db, anchor: Anchor) -> Vec<Anchor> {
    let mut groups = Vec::new();
    let mut at = anchor.parent(db);
    while let Some(group) = at {
        groups.push(group);
        at = group.parent(db);
    }
    groups.reverse();
    groups
}

/// The rank of a rule among the rules: 0 without `in`, then the fleet's layers.
pub(super) fn rank_of(settings: &Settings, head: &Head) -> Option<usize> {
    match head {
        Head::Rule { layer: Some((_, name)), .. } => settings.layers.iter().position(|it| it == name).map(|it| it + 1),
        _ => Some(0),
    }
}

/// The rules and top-level overrides without `when`, by rank.
pub(super) fn base_ranks(db: &dyn Db, settings: &Settings) -> Vec<Vec<Anchor>> {
    let index = names::index(db, db.project());
    let mut ranks = vec![Vec::new(); settings.layers.len() + 1];
    for anchor in super::top_level_overrides(db, db.project()).iter().chain(index.rules.values()) {
        let declaration = syntax::declaration(db, *anchor);
        let conditional = match &declaration.head {
            Head::Rule { when, .. } | Head::Override { when, .. } => when.is_some(),
            _ => false,
        };
        if !conditional && let Some(rank) = rank_of(settings, &declaration.head).and_then(|it| ranks.get_mut(it)) {
            rank.push(*anchor);
        }
    }
    ranks
}

/// Reads a cluster.
pub(super) fn read(db: &dyn Db, anchor: Anchor) -> Checked<Cluster> {
    let index = names::index(db, db.project());
    let settings = &super::settings(db, db.project()).value;
    let mut out: Vec<Diagnostic> = Vec::new();
    let groups = groups_of(db, anchor);
    let name = anchor.name(db).clone();
    let own = settings_of(db, anchor, &mut out);
    let chain: Vec<Node> =
        groups.iter().map(|it| settings_of(db, *it, &mut out)).chain(std::iter::once(own.clone())).collect();
    let path = match own.get("path").and_then(Node::text) {
        Some(it) => it.clone(),
        None => directory(db, settings, &groups, &chain, &name),
    };
    let named = Named { anchor, name: name.clone(), path: path.clone(), groups: groups.clone() };
    let facts = facts(db, settings, &named, &mut out);
    let mut flux = settings.flux;
    let mut lockdown = settings.lockdown;
    let mut sync = settings.sync.clone();
    let mut identity = settings.identity;
    for node in &chain {
        identity = node.get("identity").and_then(Node::text).map_or(identity, |it| Identity::parse(it));
        flux = node.get("flux").and_then(Node::text).and_then(|it| Minor::parse(it)).unwrap_or(flux);
        lockdown = boolean(Some(node), "lockdown").unwrap_or(lockdown);
        sync = sync.amended(node.get("sync"));
    }
    let ranks = ranks(db, settings, &named, &facts, &mut out);
    let taken = select(db, index, &ranks, &name, &mut out);
    let attached = attached(db, &ranks, &name, &mut out);
    let cluster = Cluster { anchor, name, path, groups, facts, flux, lockdown, identity, sync, ranks, taken, attached };
    Checked::new(cluster, out)
}

/// What a cluster or group says beside facts, evaluated without its facts.
fn settings_of(db: &dyn Db, anchor: Anchor, out: &mut Vec<Diagnostic>) -> Node {
    let index = names::index(db, db.project());
    let declaration = syntax::declaration(db, anchor);
    let mut env = Env::new(db, index, anchor);
    env.fleet = super::settings(db, db.project()).value.value.clone();
    let mut fold = Fold::new();
    for key in ["path", "directory", "flux", "lockdown", "identity", "sync"] {
        let only = Only { path: &[key], ..Only::default() };
        let layer = build_some(&mut env, &declaration.body, &only);
        fold.apply(&mut env, layer);
    }
    let mut node = fold.into_node(Origin::of(anchor));
    super::report_conflicts(&mut env, anchor, &mut node, true);
    if let Some(shape) = crate::types::named(db, index, "ClusterBody") {
        complete(&mut env, &mut node, &shape, crate::eval::Conform::Partial, None);
    }
    out.append(&mut env.out);
    node
}

fn directory(db: &dyn Db, settings: &Settings, groups: &[Anchor], chain: &[Node], name: &EcoString) -> EcoString {
    let mut path = settings.output.clusters.clone();
    for (group, node) in groups.iter().zip(chain) {
        let own = node.get("directory").and_then(Node::text);
        path = eco_format!("{path}/{}", own.unwrap_or(group.name(db)));
    }
    let own = chain.last().and_then(|it| it.get("directory")).and_then(Node::text);
    eco_format!("{path}/{}", own.unwrap_or(name))
}

/// The declarations whose layers apply: rules that hold, groups, the cluster.
fn ranks(
    db: &dyn Db,
    settings: &Settings,
    it: &Named,
    facts: &Arc<Map>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Vec<Anchor>> {
    let index = names::index(db, db.project());
    let mut ranks = vec![Vec::new(); settings.layers.len() + 1];
    let mut env = Env::new(db, index, it.anchor);
    env.cluster = Given::Known(Arc::clone(facts));
    env.fleet = settings.value.clone();
    env.cluster_name = Some(it.name.clone());
    for anchor in super::top_level_overrides(db, db.project()).iter().chain(index.rules.values()) {
        let declaration = syntax::declaration(db, *anchor);
        // A top-level override keeps its condition in its one statement.
        let holds = match &declaration.head {
            Head::Rule { when: Some(when), .. } => env.within(*anchor, |env| env.holds(when)) == Some(true),
            _ => true,
        };
        if holds && let Some(rank) = rank_of(settings, &declaration.head).and_then(|it| ranks.get_mut(it)) {
            rank.push(*anchor);
        }
    }
    out.append(&mut env.out);
    ranks.extend(it.groups.iter().map(|it| vec![*it]));
    ranks.push(vec![it.anchor]);
    ranks
}
