//! How many clusters share what they have, and why the others do not.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use crate::fleet::{self, Alone, Class};
use crate::flux;
use crate::source::{Db, IndexSet};

/// Classes that exist for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Why they are classes of their own, to be read after "N classes, M clusters: ".
    pub why: EcoString,
    pub classes: usize,
    pub clusters: usize,
    /// The first cluster of them by name.
    pub example: EcoString,
}

/// The classes of the fleet by why they exist, those of the most clusters first. Clusters of a class are compiled once.
#[must_use]
pub fn sharing(db: &dyn Db) -> Vec<Sharing> {
    let mut found: BTreeMap<EcoString, Sharing> = BTreeMap::new();
    let mut seen: IndexSet<Class> = IndexSet::default();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        let class = *flux::wide_class_of(db, anchor);
        let why = match class {
            Some(class) => of_class(db, class),
            None => alone(Class::of(db, cluster).err()).into(),
        };
        let first = || Sharing { why: why.clone(), classes: 0, clusters: 0, example: cluster.name.clone() };
        let it = found.entry(why.clone()).or_insert_with(first);
        it.clusters += 1;
        // One that is compiled by itself is a class of its own.
        it.classes += usize::from(class.is_none_or(|class| seen.insert(class)));
    }
    let mut found: Vec<Sharing> = found.into_values().collect();
    found.sort_by(|a, b| b.clusters.cmp(&a.clusters).then_with(|| a.why.cmp(&b.why)));
    found
}

fn of_class(db: &dyn Db, class: Class) -> EcoString {
    let facts: Vec<EcoString> = class.deciding_facts(db).map(|it| eco_format!("`{it}`")).collect();
    let of_facts = match facts.as_slice() {
        [] => None,
        [one] => Some(eco_format!("the fact {one} decides something")),
        several => Some(eco_format!("the facts {} decide something", several.join(", "))),
    };
    match (of_facts, class.has_own_overrides(db)) {
        (None, false) => "what is used, rules and groups".into(),
        (None, true) => "overrides of their own".into(),
        (Some(facts), false) => facts,
        (Some(facts), true) => eco_format!("{facts}, and overrides of their own"),
    }
}

const fn alone(why: Option<Alone>) -> &'static str {
    match why {
        Some(Alone::OwnItems) => "items, sources or `external`s of their own",
        Some(Alone::Hub) => "a hub, or clusters that are reached through one",
        Some(Alone::Facts) => "a fact that no text can be filled with, or the name of a role",
        Some(Alone::Row) => "what an inventory says of Kustomizations",
        Some(Alone::NoFleet) => "there is no fleet",
        None => "what is decided for each, or something to report",
    }
}
