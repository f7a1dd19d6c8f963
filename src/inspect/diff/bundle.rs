//! The same change of several clusters, told once.
//!
//! What happens to an object is cut into its parts: each leaf, each danger. Parts that
//! happen on the same clusters are told together.

use std::rc::Rc;

use super::cause;
use super::change::{Bump, Change, Explained, Fate, Touched};
use super::danger::Danger;
use super::leaves::{LeafChange, described};
use super::pairing::Raw;
use crate::diagnostic::Invariant;
use crate::inspect::whom::Traits;
use crate::kube::Id;
use crate::source::IndexMap;

/// What holds of the clusters of a variant.
const TOUCHED: &str = "a variant is on clusters that something touches";

/// Most causes that are told of one leaf.
const MOST: usize = 3;

/// What became of an object on some clusters, which are told by their positions.
pub(super) type Variant = (Rc<Raw>, Vec<usize>);

/// A part of what becomes of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum ChangePart {
    /// All of it: it came, or went.
    Whole(String),
    /// The path, and both values as they are written.
    Leaf(String),
    /// With the leaves that it is seen by, where they alone tell what it means.
    Danger(Danger, Vec<String>),
    Bump(Bump),
    /// Another Kustomization applies it.
    Moved([Option<ecow::EcoString>; 2]),
}

/// A part, and who has it.
#[derive(Default)]
struct Had {
    /// The variants in which it is, and its number among their leaves.
    by: Vec<(Rc<Raw>, usize, usize)>,
    clusters: Vec<usize>,
}

/// What becomes of it, and on which clusters.
type Those = (Fate, Vec<usize>);

/// Bundles what becomes of one object.
pub(super) fn bundle(
    states: &cause::States<'_>,
    id: &Id,
    variants: &[&Variant],
    touched: &[Touched],
    known: &Traits<'_>,
) -> Vec<Change> {
    let mut parts: IndexMap<(Fate, ChangePart), Had> = IndexMap::default();
    for (raw, clusters) in variants {
        for (part, nth) in parts_of(raw) {
            let had = parts.entry((raw.fate, part)).or_default();
            had.by.push((Rc::clone(raw), nth, clusters.first().copied().invariant("a variant is on a cluster")));
            had.clusters.extend(clusters);
        }
    }
    let mut bundles: IndexMap<Those, Vec<(ChangePart, Had)>> = IndexMap::default();
    for ((fate, part), mut had) in parts {
        had.clusters.sort_unstable();
        let clusters = had.clusters.clone();
        bundles.entry((fate, clusters)).or_default().push((part, had));
    }
    let changes = bundles.into_iter().map(|((fate, clusters), parts)| {
        let clusters: Vec<Touched> = clusters.iter().map(|it| touched.get(*it).invariant(TOUCHED).clone()).collect();
        let mut change = Change {
            object: id.clone(),
            fate,
            units: [None, None],
            is_patched: false,
            leaves: Vec::new(),
            dangers: Vec::new(),
            bump: None,
            stays: false,
            because: Vec::new(),
            whom: known.whom(&clusters.iter().map(|it| &it.name).collect::<Vec<_>>()),
            clusters,
        };
        for (part, had) in parts {
            change.add(states, part, &had, touched);
        }
        change.dangers.sort();
        change
    });
    changes.collect()
}

/// What a variant consists of.
fn parts_of(raw: &Raw) -> Vec<(ChangePart, usize)> {
    if raw.fate != Fate::Changed {
        return vec![(ChangePart::Whole(raw.key.clone()), 0)];
    }
    let leaf = |(nth, it): (usize, &LeafChange)| (ChangePart::Leaf(described(it)), nth);
    let mut parts: Vec<(ChangePart, usize)> = raw.leaves.iter().enumerate().map(leaf).collect();
    for danger in &raw.dangers {
        let leaves = raw.leaves.iter().filter(|it| danger.is_of(it)).map(described).collect();
        parts.push((ChangePart::Danger(danger.clone(), leaves), 0));
    }
    parts.extend(raw.bump.iter().map(|it| (ChangePart::Bump(it.clone()), 0)));
    if raw.units[0] != raw.units[1] && !raw.is_patched {
        parts.push((ChangePart::Moved(raw.units.clone()), 0));
    }
    parts
}

impl Change {
    fn add(&mut self, states: &cause::States<'_>, part: ChangePart, had: &Had, touched: &[Touched]) {
        let variants: Vec<cause::Variant<'_>> =
            had.by.iter().map(|(raw, nth, first)| (&**raw, *nth, touched.get(*first).invariant(TOUCHED))).collect();
        let (raw, nth, _) = variants.first().invariant("a part is of a variant");
        self.is_patched |= raw.is_patched;
        match part {
            ChangePart::Whole(_) => {
                let plain = |leaf: &LeafChange| Explained { leaf: leaf.clone(), causes: Vec::new(), more: 0 };
                self.leaves = raw.leaves.iter().map(plain).collect();
                self.dangers.clone_from(&raw.dangers);
                self.stays = raw.stays;
                self.units.clone_from(&raw.units);
                self.because = cause::of_object(states, &variants, MOST);
            }
            ChangePart::Leaf(_) => {
                let leaf = raw.leaves.get(*nth).invariant("a leaf is of its variant");
                let (causes, more) = cause::of_leaf(states, &variants, MOST);
                self.leaves.push(Explained { leaf: leaf.clone(), causes, more });
            }
            ChangePart::Danger(it, _) => self.dangers.push(it),
            ChangePart::Bump(it) => self.bump = Some(it),
            ChangePart::Moved(units) => {
                self.units = units;
                self.because = cause::of_object(states, &variants, MOST);
            }
        }
    }
}
