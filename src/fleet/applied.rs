//! Which layers reach a cluster: rules whose condition holds, groups, the cluster
//! itself; and which of the overrides in them.

use std::sync::Arc;

use super::applied_override::{AppliedOverride, Written};
use super::around;
use super::config;
use super::facts::ClusterHead;
use super::finder;
use super::inventory;
use super::settings_data::Settings;

use crate::diagnostic::Diagnostic;
use crate::eval::{Env, Given};
use crate::names;
use crate::source::{Anchor, Db, Project};
use crate::syntax::{self, ast::Head};
use crate::value::Map;

/// The overrides of some ranks whose condition holds, ranks that have none not counted.
fn applied_overrides(db: &dyn Db, ranks: &[Vec<Anchor>], env: &mut Env<'_>) -> Vec<AppliedOverride> {
    let mut found: Vec<AppliedOverride> = Vec::new();
    let mut rank = 0;
    for of_rank in ranks {
        let before = found.len();
        for anchor in of_rank {
            for (nth, it) in (0..).zip(&finder::statements(db, *anchor).value.overrides) {
                let holds =
                    it.when.as_ref().is_none_or(|when| env.within(*anchor, |env| env.holds(when)) == Some(true));
                if holds {
                    found.push(AppliedOverride { rank, written: Written::In { anchor: *anchor, nth } });
                }
            }
        }
        rank += u32::from(found.len() > before);
    }
    found
}

/// The declarations whose layers apply to a cluster: rules that hold, groups, the
/// cluster; and the overrides in them.
pub(super) fn layers(
    db: &dyn Db,
    settings: &Settings,
    it: &ClusterHead,
    facts: &Arc<Map>,
    out: &mut Vec<Diagnostic>,
) -> (Vec<Vec<Anchor>>, Vec<AppliedOverride>) {
    let index = names::index_of(db, it.anchor);
    let mut ranks = vec![Vec::new(); settings.layers.len() + 1];
    let mut env = Env::new(db, index, it.anchor);
    env.cluster = Given::Known(Arc::clone(facts));
    env.fleet = settings.value.clone();
    env.cluster_name = Some(it.name.clone());
    env.row.clone_from(&it.row);
    for anchor in
        inventory::top_level_overrides(db, around::project_of(db, it.anchor)).iter().chain(index.rules.values())
    {
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
    ranks.extend(it.groups.iter().map(|it| vec![*it]));
    ranks.extend(it.own.iter().cloned());
    let applied = applied_overrides(db, &ranks, &mut env);
    out.append(&mut env.out);
    (ranks, applied)
}

/// The overrides of the base: those of rules and at the top level, without any condition.
#[salsa::tracked]
pub(super) fn base_overrides(db: &dyn Db, project: Project) -> Arc<[AppliedOverride]> {
    let index = names::index(db, project);
    let ranks = base_ranks(db, &config::settings(db, project).value);
    let Some(first) = ranks.iter().flatten().next() else { return Arc::default() };
    let mut env = Env::new(db, index, *first);
    env.cluster = Given::Unknown;
    env.fleet = config::settings(db, project).value.value.clone();
    applied_overrides(db, &ranks, &mut env).into()
}

/// The rules and top-level overrides without `when`, by rank.
fn base_ranks(db: &dyn Db, settings: &Settings) -> Vec<Vec<Anchor>> {
    let index = names::index(db, db.project());
    let mut ranks = vec![Vec::new(); settings.layers.len() + 1];
    for anchor in inventory::top_level_overrides(db, db.project()).iter().chain(index.rules.values()) {
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

/// The rank of a rule among the rules: 0 without `in`, then the fleet's layers.
pub(super) fn rank_of(settings: &Settings, head: &Head) -> Option<usize> {
    match head {
        Head::Rule { layer: Some((_, name)), .. } => settings.layers.get_index_of(name).map(|it| it + 1),
        _ => Some(0),
    }
}
