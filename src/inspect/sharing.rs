//! How many clusters share what they have, and why the others do not.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use crate::fleet::{self, Alone, Class};
use crate::flux;
use crate::source::{Db, IndexMap};

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
    let mut reasons: BTreeMap<EcoString, (IndexMap<Option<Class>, ()>, usize, usize, EcoString)> = BTreeMap::new();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        let class = *flux::class_of(db, anchor);
        let why = match class {
            Some(class) => of_class(db, class),
            None => alone(Class::of(db, cluster).err()).into(),
        };
        let first = || (IndexMap::default(), 0, 0, cluster.name.clone());
        let (classes, alone, clusters, _) = reasons.entry(why).or_insert_with(first);
        match class {
            Some(_) => {
                classes.insert(class, ());
            }
            None => *alone += 1,
        }
        *clusters += 1;
    }
    let mut found: Vec<Sharing> = reasons
        .into_iter()
        .map(|(why, (classes, alone, clusters, example))| Sharing {
            why,
            classes: classes.len() + alone,
            clusters,
            example,
        })
        .collect();
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
        Some(Alone::Row) => "overrides that read the row of an inventory",
        Some(Alone::NoFleet) => "there is no fleet",
        None => "what is decided for each, or something to report",
    }
}
