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
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Levels {
    pub items: BTreeMap<(UnitId, Id), Level>,
    /// Kustomizations that stay as they are, and why.
    pub left: BTreeMap<UnitId, EcoString>,
    /// What is there already: declarations.
    pub externals: BTreeSet<EcoString>,
    /// Whether only that order holds which is written: what is inferred would be more than there was.
    pub order_is_written: bool,
}

impl Levels {
    pub(super) fn of(&self, unit: &UnitId, id: &Id) -> Level {
        self.items.get(&(unit.clone(), id.clone())).copied().unwrap_or_default()
    }

    /// Describes an object less closely; a Kustomization of which one cannot be described stays as it is.
    pub(super) fn lower(&mut self, unit: &UnitId, id: &Id, why: &str) {
        match self.of(unit, id).rawer() {
            Some(it) => {
                self.items.insert((unit.clone(), id.clone()), it);
            }
            None => self.leave(unit, why),
        }
    }

    pub(super) fn leave(&mut self, unit: &UnitId, why: &str) {
        self.left.entry(unit.clone()).or_insert_with(|| why.into());
    }
}
