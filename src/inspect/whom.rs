//! Which clusters they are, in a word: all, a ring's, a group's, those of a fact's value, all but a few.

use std::collections::BTreeMap;

use ecow::EcoString;

use crate::fleet;
use crate::schema::is_credential;
use crate::source::{Anchor, Db, IndexMap, IndexSet};
use crate::value::Value;

/// What some clusters have in common, and no other has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Every,
    /// Those that have something in common, or two things; all clusters if there is none. But for a few, which have it, too.
    Those {
        have: Vec<Trait>,
        but: Vec<EcoString>,
    },
    /// Nothing that could be said shorter than by their names.
    Named,
}

/// What clusters have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trait {
    Group(EcoString),
    /// A fact's value, as it is written.
    Fact {
        name: EcoString,
        value: EcoString,
    },
}

/// Up to this many clusters are listed by name, unless one word names them all.
const FEW: usize = 4;

/// How many exceptions are named.
const EXCEPTIONS: usize = 2;

/// So many times as many clusters as exceptions there are at least.
const MANY: usize = 4;

/// The clusters of each group and of each fact's value.
pub(super) struct Traits<'a> {
    all: Vec<&'a EcoString>,
    /// The clusters that have each, by number. What says most comes first: the ring, then groups, then the facts of the
    /// fewest values: an account tells less than a region.
    of: IndexMap<Trait, IndexSet<usize>>,
    numbers: BTreeMap<&'a EcoString, usize>,
}

impl<'a> Traits<'a> {
    pub(super) fn new(db: &'a dyn Db, clusters: &'a BTreeMap<EcoString, Anchor>) -> Self {
        let settings = &fleet::settings(db, db.project()).value;
        let mut of: IndexMap<Trait, IndexSet<usize>> = IndexMap::default();
        for (number, anchor) in clusters.values().enumerate() {
            let cluster = &fleet::cluster(db, *anchor).value;
            let groups = cluster.groups.iter().map(|it| Trait::Group(it.name(db).clone()));
            let facts = settings.facts.values().filter_map(|fact| {
                let node = cluster.facts.entries.get(&fact.name)?;
                let is_plain = matches!(node.value, Value::Text(_) | Value::Bool(_) | Value::Int(_));
                let it = Trait::Fact { name: fact.name.clone(), value: node.value.show() };
                (is_plain && !is_credential(&fact.name)).then_some(it)
            });
            for each in groups.chain(facts) {
                of.entry(each).or_default().insert(number);
            }
        }
        let mut values: BTreeMap<EcoString, usize> = BTreeMap::new();
        for it in of.keys() {
            if let Trait::Fact { name, .. } = it {
                *values.entry(name.clone()).or_default() += 1;
            }
        }
        let ring = settings.rings.as_ref().map(|it| &it.fact);
        let rank = |it: &Trait| match it {
            Trait::Fact { name, .. } if Some(name) == ring => (0, 0),
            Trait::Group(_) => (1, 0),
            Trait::Fact { name, .. } => (2, values.get(name).copied().unwrap_or_default()),
        };
        of.sort_by_cached_key(|it, _| rank(it));
        let numbers = clusters.keys().enumerate().map(|(number, name)| (name, number)).collect();
        Self { all: clusters.keys().collect(), of, numbers }
    }

    /// The shortest true word for some clusters.
    pub(super) fn whom(&self, clusters: &[&EcoString]) -> Whom {
        if clusters.len() == self.all.len() && clusters.len() > 1 {
            return Whom::Every;
        }
        let wanted: IndexSet<usize> = clusters.iter().filter_map(|it| self.numbers.get(*it).copied()).collect();
        // A single cluster is listed by name, and so are clusters that were removed.
        if clusters.len() < 2 || wanted.len() < clusters.len() {
            return Whom::Named;
        }
        let in_common: Vec<(&Trait, &IndexSet<usize>)> =
            self.of.iter().filter(|(_, have)| wanted.is_subset(*have)).collect();
        if let Some((it, _)) = in_common.iter().find(|(_, have)| have.len() == wanted.len()) {
            return Whom::Those { have: vec![(*it).clone()], but: Vec::new() };
        }
        if wanted.len() <= FEW {
            return Whom::Named;
        }
        for (nth, (one, of_one)) in in_common.iter().enumerate() {
            for (other, of_other) in in_common.iter().skip(nth + 1) {
                if of_one.intersection(*of_other).count() == wanted.len() {
                    return Whom::Those { have: vec![(*one).clone(), (*other).clone()], but: Vec::new() };
                }
            }
        }
        let few = |have: usize| have <= wanted.len() + EXCEPTIONS.min(wanted.len() / MANY);
        let but = |is_meant: &dyn Fn(usize) -> bool| {
            let rest = self.all.iter().enumerate().filter(|(number, _)| is_meant(*number) && !wanted.contains(number));
            rest.map(|(_, name)| (*name).clone()).collect()
        };
        if few(self.all.len()) {
            return Whom::Those { have: Vec::new(), but: but(&|_| true) };
        }
        if let Some((it, have)) = in_common.iter().find(|(_, have)| few(have.len())) {
            return Whom::Those { have: vec![(*it).clone()], but: but(&|number| have.contains(&number)) };
        }
        Whom::Named
    }
}
