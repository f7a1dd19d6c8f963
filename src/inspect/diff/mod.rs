//! What a change of the sources changes on which cluster.
//!
//! In: two projects that compile, as they were and as they are. Out: each object that came,
//! went or changed, leaf by leaf, with who made it so and what of it is dangerous; clusters
//! on which the same happens are told together. Reads the model alone, and parses no YAML.

mod bundle;
mod cause;
pub(super) mod change;
mod clusters;
mod danger;
mod files;
pub(super) mod leaves;
mod pairing;

pub use change::{
    Because, Bump, Cause, Change, Difference, Explained, Fate, FilesChange, Objects, Side, Switch, Touched, Verb,
};
pub use clusters::{ClusterChange, ClusterFate};
pub use danger::Danger;
pub use leaves::{LeafChange, differences};

use std::collections::BTreeMap;
use std::rc::Rc;

use ecow::EcoString;

use crate::fleet;
use crate::flux::{self, Deployed, Unit};
use crate::inspect::secrets;
use crate::inspect::whom::{self};
use crate::kube::{Id, Object};
use crate::source::{Anchor, ById, Db, IndexMap, IndexSet};
use bundle::{Variant, bundle};
use pairing::{Facts, Memo, Raw, pair};

/// Holds two projects against each other.
#[must_use]
pub fn diff(old: &dyn Db, new: &dyn Db) -> Difference {
    let (pairs, whole) = clusters::pairs(old, new);
    let mut shared =
        Shared { old, new, known: Memo::default(), pairs: IndexMap::default(), placeholders: IndexMap::default() };
    let mut written = files::Directories::new(old, new);
    let mut variants: IndexMap<Id, IndexMap<Rc<str>, Variant>> = IndexMap::default();
    let mut differing: IndexMap<(files::Applied, Rc<[EcoString]>), Vec<usize>> = IndexMap::default();
    let mut touched: Vec<Touched> = Vec::new();
    for it in &pairs {
        let changes = shared.changes(it.old, it.new);
        let files = written.of_cluster(it.old, it.new);
        let is_whole = whole.iter().any(|whole| whole.name == it.name);
        if changes.is_empty() && files.is_empty() && !is_whole {
            continue;
        }
        for it in changes {
            let of_object = variants.entry(it.id.clone()).or_default();
            of_object.entry(Rc::clone(&it.description)).or_insert_with(|| (it, Vec::new())).1.push(touched.len());
        }
        for it in files {
            differing.entry(it).or_default().push(touched.len());
        }
        let ring = clusters::ring(new, it.new);
        let old_ring = clusters::ring(old, it.old);
        touched.push(Touched { name: it.name.clone(), old: it.old, new: it.new, ring, old_ring });
    }
    let mut objects = Objects::default();
    for (raw, clusters) in variants.values().flat_map(IndexMap::values) {
        *match raw.fate {
            Fate::Added => &mut objects.added,
            Fate::Removed => &mut objects.removed,
            Fate::Changed => &mut objects.changed,
        } += clusters.len();
    }
    let states = cause::States::new(old, new);
    // New clusters are listed apart: they are no exception to what the others have.
    let all: BTreeMap<EcoString, Anchor> = pairs.iter().map(|it| (it.name.clone(), it.new)).collect();
    let known = whom::Traits::new(new, &all);
    let bundled = variants.iter().flat_map(|(id, of_object)| {
        let of_object: Vec<&Variant> = of_object.values().collect();
        bundle(&states, id, &of_object, &touched, &known)
    });
    let mut changes: Vec<Change> = bundled.collect();
    changes.iter_mut().for_each(secrets::change);
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    let those = |clusters: &[usize]| clusters.iter().filter_map(|it| touched.get(*it)).cloned().collect::<Vec<_>>();
    let described = differing.into_iter().map(|(((unit, directory), files), clusters)| {
        let clusters = those(&clusters);
        let whom = known.whom(&clusters.iter().map(|it| &it.name).collect::<Vec<_>>());
        FilesChange { unit, directory, files, clusters, whom }
    });
    let files = described.collect();
    Difference { clusters: pairs.len(), whole, changes, files, objects, touched }
}

/// The gravest first; then releases, then what else there is, then what Flux needs for it.
fn order(it: &Change) -> impl Ord + use<'_> {
    let rank = match (it.object.kind.as_str(), it.object.group.as_str()) {
        ("HelmRelease", _) => 0,
        (_, "kustomize.toolkit.fluxcd.io") => 2,
        (_, "source.toolkit.fluxcd.io") => 3,
        _ => 1,
    };
    let first = it.clusters.first().map(|it| &it.name);
    let danger = it.dangers.first();
    (danger.is_none(), danger, rank, &it.object, it.fate, std::cmp::Reverse(it.clusters.len()), first)
}

/// What a pair of clusters shares with others, and the facts that are not what they were.
type Pair<'a> = ([SharedBy<'a>; 2], Vec<EcoString>);

/// What clusters of a class share.
type SharedBy<'a> = (ById<'a, Vec<Unit>>, ById<'a, Vec<Object>>);

/// What is found out once for many clusters.
struct Shared<'a> {
    old: &'a dyn Db,
    new: &'a dyn Db,
    known: Memo<'a>,
    pairs: IndexMap<Pair<'a>, Vec<Rc<Raw>>>,
    /// The facts that texts of a class have placeholders for.
    placeholders: IndexMap<ById<'a, Vec<Unit>>, Rc<IndexSet<EcoString>>>,
}

impl<'a> Shared<'a> {
    /// What changes on one cluster.
    fn changes(&mut self, was: Anchor, is: Anchor) -> Vec<Rc<Raw>> {
        let (old, new) = (flux::deployed(self.old, was), flux::deployed(self.new, is));
        let [before, after] = [(self.old, was), (self.new, is)].map(|(db, it)| &fleet::cluster(db, it).value.facts);
        let (old, new) = (&old.value, &new.value);
        if old.class.is_none() && new.class.is_none() {
            return pair(old, new, &mut self.known, None);
        }
        let placeholders = [self.placeholders(old), self.placeholders(new)];
        let is_same = |fact: &EcoString| match (before.entries.get(fact), after.entries.get(fact)) {
            (Some(a), Some(b)) => crate::value::same(&a.value, &b.value),
            (a, b) => a.is_none() && b.is_none(),
        };
        let both = old.class.is_some() && new.class.is_some();
        let differing: IndexSet<EcoString> =
            placeholders.iter().flat_map(|it| it.iter()).filter(|it| !is_same(it)).cloned().collect();
        let own;
        let found = if both {
            let known = &mut self.known;
            let key = ([old, new].map(shared_by), differing.iter().cloned().collect());
            self.pairs.entry(key).or_insert_with(|| {
                let facts = Facts { old: before, new: after, differing: Some(differing) };
                pair(old, new, known, Some(&facts))
            })
        } else {
            own = pair(old, new, &mut self.known, Some(&Facts { old: before, new: after, differing: None }));
            &own
        };
        let real = |it: &Rc<Raw>| {
            if !it.is_open || it.fate != Fate::Changed {
                return Some(Rc::clone(it));
            }
            // One side may have a fact's text where the other has a placeholder for it.
            let is_change = |leaf: &&LeafChange| !leaf.is_open() || leaf.filled(before, after).is_change();
            if it.leaves.iter().all(|leaf| is_change(&leaf)) {
                return Some(Rc::clone(it));
            }
            it.with(it.leaves.iter().filter(is_change).cloned().collect())
        };
        found.iter().filter_map(real).collect()
    }

    fn placeholders(&mut self, deployed: &'a Deployed) -> Rc<IndexSet<EcoString>> {
        if deployed.class.is_none() {
            return Rc::default();
        }
        let known = &mut self.known;
        Rc::clone(
            self.placeholders.entry(ById(&*deployed.units)).or_insert_with(|| Rc::new(known.placeholders(deployed))),
        )
    }
}

fn shared_by(deployed: &Deployed) -> SharedBy<'_> {
    (ById(&*deployed.units), ById(&*deployed.root))
}
