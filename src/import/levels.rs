//! How closely each thing is described in the language: what cannot be said closer is carried as it is.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;

use super::world::UnitId;
use crate::kube::Id;

/// What an object becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// An add-on with its version, a namespace, a file.
    #[default]
    Typed,
    /// An add-on of one artifact, which says its version itself.
    Artifact,
    /// A manifest with everything that the object says.
    Manifest,
}

impl Level {
    /// The next that asks for less.
    pub(super) const fn rawer(self) -> Option<Self> {
        match self {
            Self::Typed => Some(Self::Artifact),
            Self::Artifact => Some(Self::Manifest),
            Self::Manifest => None,
        }
    }
}

/// What was learnt from attempts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Levels {
    /// Whether what differs is said by facts.
    pub has_facts: bool,
    pub items: BTreeMap<(UnitId, Id), Level>,
    /// Kustomizations that stay as they are, and why.
    pub left: BTreeMap<UnitId, EcoString>,
    /// Kustomizations of several clusters.
    pub shared: BTreeSet<UnitId>,
    /// Kustomizations that are a catalogue of its own on each cluster.
    pub separate: BTreeSet<UnitId>,
    /// Those that became so in this attempt: what else was wrong with them says nothing.
    pub parted_now: BTreeSet<UnitId>,
    /// What is there already: declarations.
    pub externals: BTreeSet<EcoString>,
    /// Whether only that order holds which is written: what is inferred would be more than there was.
    pub order_is_written: bool,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            has_facts: true,
            items: BTreeMap::new(),
            left: BTreeMap::new(),
            shared: BTreeSet::new(),
            separate: BTreeSet::new(),
            parted_now: BTreeSet::new(),
            externals: BTreeSet::new(),
            order_is_written: false,
        }
    }
}

impl Levels {
    pub(super) fn of(&self, unit: &UnitId, id: &Id) -> Level {
        self.items.get(&(unit.clone(), id.clone())).copied().unwrap_or_default()
    }

    /// Describes an object less closely; a Kustomization of which one cannot be described stays as it is.
    pub(super) fn lower(&mut self, unit: &UnitId, id: &Id, why: &str) {
        if self.parted_now.contains(unit) {
            return;
        }
        match self.of(unit, id).rawer() {
            Some(it) => {
                self.items.insert((unit.clone(), id.clone()), it);
            }
            None => self.part(unit, why),
        }
    }

    /// Describes a Kustomization for each cluster by itself; one that cannot be described either stays as it is.
    pub(super) fn part(&mut self, unit: &UnitId, why: &str) {
        if self.parted_now.contains(unit) {
            return;
        }
        if self.shared.contains(unit) && self.separate.insert(unit.clone()) {
            self.items.retain(|(of, _), _| of != unit);
            self.parted_now.insert(unit.clone());
        } else {
            self.leave(unit, why);
        }
    }

    pub(super) fn leave(&mut self, unit: &UnitId, why: &str) {
        self.left.entry(unit.clone()).or_insert_with(|| why.into());
    }
}
