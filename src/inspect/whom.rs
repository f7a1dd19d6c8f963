//! Which clusters they are, in a word: all, a group's, those of a fact's value.

use std::collections::BTreeMap;

use ecow::EcoString;

use crate::fleet;
use crate::schema::is_credential;
use crate::source::{Anchor, Db, IndexMap};
use crate::value::Value;

/// What some clusters have in common, and no other has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Every,
    /// Those of a group.
    Group(EcoString),
    /// Those whose fact has a value, as it is written.
    Fact {
        name: EcoString,
        value: EcoString,
    },
    /// Nothing that could be said shorter than by their names.
    Named,
}

/// The clusters of each group and of each fact's value, by their positions.
pub(super) struct Traits<'a> {
    all: Vec<&'a EcoString>,
    /// How many clusters each has.
    sizes: BTreeMap<Trait, usize>,
    /// What each cluster has.
    of_cluster: IndexMap<&'a EcoString, Vec<Trait>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trait {
    Group(EcoString),
    Fact(EcoString, EcoString),
}

impl<'a> Traits<'a> {
    pub(super) fn new(db: &'a dyn Db, clusters: &'a BTreeMap<EcoString, Anchor>) -> Self {
        let settings = &fleet::settings(db, db.project()).value;
        let mut it = Self { all: clusters.keys().collect(), sizes: BTreeMap::new(), of_cluster: IndexMap::default() };
        for (name, anchor) in clusters {
            let cluster = &fleet::cluster(db, *anchor).value;
            let groups = cluster.groups.iter().map(|it| Trait::Group(it.name(db).clone()));
            let facts = settings.facts.values().filter_map(|fact| {
                let node = cluster.facts.entries.get(&fact.name)?;
                let is_plain = matches!(node.value, Value::Text(_) | Value::Bool(_) | Value::Int(_));
                (is_plain && !is_credential(&fact.name)).then(|| Trait::Fact(fact.name.clone(), node.value.show()))
            });
            let traits: Vec<Trait> = groups.chain(facts).collect();
            for each in &traits {
                *it.sizes.entry(each.clone()).or_default() += 1;
            }
            it.of_cluster.insert(name, traits);
        }
        it
    }

    /// The shortest true word for some clusters.
    pub(super) fn whom(&self, clusters: &[&EcoString]) -> Whom {
        if clusters.len() == self.all.len() && clusters.len() > 1 {
            return Whom::Every;
        }
        let Some((first, rest)) = clusters.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return Whom::Named;
        };
        let of = |it: &EcoString| self.of_cluster.get(it).map(Vec::as_slice).unwrap_or_default();
        let in_common = of(first).iter().filter(|it| self.sizes.get(it) == Some(&clusters.len()));
        let mut in_common = in_common.filter(|it| rest.iter().all(|other| of(other).contains(it)));
        match in_common.next() {
            Some(Trait::Group(name)) => Whom::Group(name.clone()),
            Some(Trait::Fact(name, value)) => Whom::Fact { name: name.clone(), value: value.clone() },
            None => Whom::Named,
        }
    }
}
