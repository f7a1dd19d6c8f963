//! What two clusters have that is not the same, and who made it so.

use ecow::EcoString;

use super::asked::{Asked, in_common, objects};
use super::selector::Selector;
use super::why::{Absence, Leaf};
use crate::fleet;
use crate::flux::{self, Id, Object};
use crate::source::{Anchor, Db, IndexMap};
use crate::value::path::leaves;
use crate::value::{Node, Path, same};

/// Two clusters beside each other.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub clusters: [EcoString; 2],
    /// What one of them has alone.
    pub only: Vec<Only>,
    pub differing: Vec<Differing>,
}

/// An object of one of the clusters.
#[derive(Clone, Debug)]
pub struct Only {
    /// Which of the two has it.
    pub on: usize,
    pub object: Id,
    /// Why the other has it not; none for what the one has of its own.
    pub absence: Option<Absence>,
}

/// An object that both have.
#[derive(Clone, Debug)]
pub struct Differing {
    pub object: Id,
    /// In the order of the first; a value that one has not is none there.
    pub leaves: Vec<(Path, [Option<Leaf>; 2])>,
}

/// Compares two clusters, or those of their objects that are selected.
#[must_use]
pub fn compare(db: &dyn Db, clusters: [Anchor; 2], selector: Option<&Selector>) -> Comparison {
    let models = clusters.map(|it| fleet::cluster(db, it));
    let deployed = clusters.map(|it| flux::traced(db, it));
    let [a, b] = [0, 1].map(|nth: usize| {
        let is_meant = |object: &Object| selector.is_none_or(|it| it.path_in(&object.id).is_some());
        let all = deployed.get(nth).map(objects).unwrap_or_default().into_iter().map(|(_, it)| it);
        all.filter(is_meant).map(|it| (it.id.clone(), it)).collect::<IndexMap<Id, Object>>()
    });
    let [first, second] = [0, 1].map(|nth: usize| Asked {
        db,
        cluster: models.get(nth).map(|it| &it.value),
        items: deployed.get(nth).map_or(&[][..], |it| it.items.as_slice()),
    });
    let mut it =
        Comparison { clusters: models.map(|it| it.value.name.clone()), only: Vec::new(), differing: Vec::new() };
    for (on, has, has_not, asked) in [(0, &a, &b, &second), (1, &b, &a, &first)] {
        for object in has.values().filter(|it| !has_not.contains_key(&it.id)) {
            let base = in_common(db).find(|it| it.id == object.id);
            let absence = base.and_then(|it| asked.absent(it)).and_then(|it| it.absence);
            it.only.push(Only { on, object: object.id.clone(), absence });
        }
    }
    for (id, one) in &a {
        let Some(other) = b.get(id) else { continue };
        let leaves = differences(&first, one, &second, other);
        if !leaves.is_empty() {
            it.differing.push(Differing { object: id.clone(), leaves });
        }
    }
    it
}

fn differences(first: &Asked<'_>, one: &Object, second: &Asked<'_>, other: &Object) -> Vec<(Path, [Option<Leaf>; 2])> {
    let leaf = |asked: &Asked<'_>, object: &Object, path: &Path, node: Option<&Node>| match node {
        Some(it) => Some(asked.leaf(path.clone(), it, asked.evaluated(object))),
        None => asked.removed(object, path),
    };
    let mine: IndexMap<Path, &Node> = leaves(&one.body).into_iter().collect();
    let theirs: IndexMap<Path, &Node> = leaves(&other.body).into_iter().collect();
    let paths = mine.keys().chain(theirs.keys().filter(|it| !mine.contains_key(*it)));
    paths
        .filter_map(|path| {
            let (a, b) = (mine.get(path).copied(), theirs.get(path).copied());
            if let (Some(a), Some(b)) = (a, b)
                && same(&a.value, &b.value)
            {
                return None;
            }
            Some((path.clone(), [leaf(first, one, path, a), leaf(second, other, path, b)]))
        })
        .collect()
}
