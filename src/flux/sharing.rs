//! What clusters share: made once for a class, and held to be the same for each of its clusters.
//!
//! A class starts with no fact known: its facts are placeholders, and what is made of them are texts with
//! placeholders in them. That goes well as long as no decision depends on a fact. Where one does (a condition, a number, a
//! namespace that is a fact) the making asks for the fact instead of guessing, and the class becomes smaller: the
//! clusters with the same value of it. So each class is as large as what its clusters use allows:
//!
//! ```text
//! 1000 clusters of one ring        replicas = 2                        one class
//!                                  replicas = cluster.size * 2         one for each size
//! ```
//!
//! What is shared is *certain*: so on each cluster of the class. Where that cannot be said (an object that stands in a
//! directory named after the cluster, a `${…}` that may come from a fact's text), or where anything is wrong, nothing
//! is shared: each cluster is compiled by itself, so that an error names its cluster.

use std::sync::Arc;

use ecow::EcoString;

use super::context::Memo;
use super::deploy::{self, Deployed, Outcome};
use super::exchange::{Alike, Otherwise, exchanged};
use crate::eval::Env;
use crate::fleet::{self, Class, Cluster, Own, Representative};
use crate::names;
use crate::source::{Anchor, Db, IndexSet};
use crate::value::Map;

/// The class of a cluster, if it has one for whose clusters everything is the same.
#[salsa::tracked]
pub fn class_of(db: &dyn Db, anchor: Anchor) -> Option<Class> {
    let cluster = &fleet::cluster(db, anchor).value;
    known_enough(db, Class::of(db, cluster).ok()?, &cluster.facts, |_| false).ok().flatten()
}

/// The class of a cluster when the texts that it alone says are taken out, if it has one.
#[salsa::tracked]
pub fn wide_class_of(db: &dyn Db, anchor: Anchor) -> Option<Class> {
    let own = fleet::own_of(db, anchor);
    if !own.has_texts {
        return *class_of(db, anchor);
    }
    wide_class(db, &fleet::cluster(db, anchor).value, own).or_else(|| *class_of(db, anchor))
}

fn wide_class(db: &dyn Db, cluster: &Cluster, own: &Own) -> Option<Class> {
    let mut decisive: IndexSet<EcoString> = IndexSet::default();
    loop {
        let applied = own.applied_with(db, cluster, &decisive);
        let class = Class::without_texts(db, cluster, &own.texts, &applied).ok()?;
        let is_text = |it: &EcoString| own.is_of_override(db, it);
        match known_enough(db, class, &own.texts, is_text) {
            Ok(it) => return it,
            // Of what something is decided by, it is known where it stands, too.
            Err(texts) => decisive.extend(texts),
        }
    }
}

/// Whether the texts of a cluster are what they must be where its class has placeholders.
fn keeps_promises(db: &dyn Db, deployed: &Deployed, texts: &Map) -> bool {
    let mut promises = deployed.items.iter().flat_map(|(_, it)| &it.value.promises).peekable();
    let Some(cluster) = promises.peek().map(|_| deployed.anchor) else { return true };
    let mut env = Env::new(db, names::index(db, db.project()), cluster);
    promises.all(|it| it.holds(&mut env, texts))
}

/// The class of which as much is known as has to be, if there is one that shares everything; or the texts that would have to
/// be known and must not be.
fn known_enough(
    db: &dyn Db,
    mut class: Class,
    texts: &Map,
    must_be_open: impl Fn(&EcoString) -> bool,
) -> Result<Option<Class>, Vec<EcoString>> {
    loop {
        match &**shared(db, class) {
            Shared::Needs(needed) => {
                let open: Vec<EcoString> = needed.iter().filter(|it| must_be_open(it)).cloned().collect();
                if !open.is_empty() {
                    return Err(open);
                }
                match class.with_facts(db, needed, texts) {
                    Some(it) => class = it,
                    None => return Ok(None),
                }
            }
            Shared::Nothing => return Ok(None),
            Shared::All { deployed, .. } => return Ok(keeps_promises(db, deployed, texts).then_some(class)),
        }
    }
}

/// What the clusters of a class end up with, if it is the same for all.
pub fn of_class(db: &dyn Db, class: Class) -> Option<&Deployed> {
    match &**shared(db, class) {
        Shared::All { deployed, .. } => Some(deployed),
        _ => None,
    }
}

/// The class that another is like, but for the values and versions of a few items; none where there is no such class.
#[salsa::tracked(returns(ref))]
pub fn alike(db: &dyn Db, class: Class) -> Option<Alike> {
    match &**shared(db, class) {
        Shared::All { alike, .. } => alike.clone(),
        _ => None,
    }
}

/// What the clusters of a class share.
#[derive(Debug, PartialEq)]
enum Shared {
    /// Facts have to be known to tell: smaller classes share something.
    Needs(IndexSet<EcoString>),
    /// Something is wrong, or not the same for all.
    Nothing,
    /// All, with what was found out of items on the way.
    All { deployed: Deployed, memo: Box<Memo>, alike: Option<Alike> },
}

#[salsa::tracked]
fn shared(db: &dyn Db, class: Class) -> Arc<Shared> {
    let Some(representative) = class.representative(db) else { return Arc::new(Shared::Nothing) };
    Arc::new(by_exchange(db, class, &representative).unwrap_or_else(|| {
        let outcome = deploy::of_class(db, &representative, known_of_items(db, class));
        judged(outcome)
    }))
}

/// What a class ends up with whose clusters' own overrides change values and versions alone.
fn by_exchange(db: &dyn Db, class: Class, representative: &Representative) -> Option<Shared> {
    let (plain, changed) = class.without_own_overrides(db)?;
    match &**shared(db, plain) {
        // What has to be known there has to be known here, at least to tell.
        Shared::Needs(facts) => Some(Shared::Needs(facts.clone())),
        Shared::Nothing => None,
        Shared::All { deployed, memo, .. } => match exchanged(db, representative, (plain, deployed, memo), &changed) {
            Ok((deployed, alike)) => Some(Shared::All { deployed, memo: Box::default(), alike: Some(alike) }),
            Err(Otherwise::Needs(facts)) => Some(Shared::Needs(facts)),
            Err(Otherwise::MoreDiffers) => None,
        },
    }
}

/// What is known of items from the class without its clusters' own overrides: all but the items that these change.
fn known_of_items(db: &dyn Db, class: Class) -> Memo {
    let Some((without_own, changed)) = class.without_own(db) else { return Memo::default() };
    match &**shared(db, without_own) {
        Shared::All { memo, .. } => memo.without(db, &changed),
        Shared::Needs(_) | Shared::Nothing => Memo::default(),
    }
}

fn judged(outcome: Outcome) -> Shared {
    if !outcome.needed_facts.is_empty() {
        Shared::Needs(outcome.needed_facts)
    } else if outcome.is_certain && outcome.deployed.diagnostics.is_empty() {
        Shared::All { deployed: outcome.deployed.value, memo: Box::new(outcome.memo), alike: None }
    } else {
        Shared::Nothing
    }
}
