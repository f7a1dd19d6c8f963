//! One item as objects, and how they differ from those in `common/`.
//!
//! For a cluster by itself it is made each time; for clusters of a class it is made
//! once for each specialization of the item, whatever else the clusters take.

use std::sync::Arc;

use ecow::EcoString;

use super::release::Release;
use crate::diagnostic::Diagnostics;
use crate::fleet::{self, Specialization};
use crate::kube::object::Object;
use crate::kube::patch::Patch;
use crate::schema::Minor;
use crate::source::{Anchor, Db, IndexSet};

/// What an item is made from, for clusters of a class.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct SharedItem {
    #[returns(copy)]
    pub(super) specialization: Specialization,
    /// The catalogue that it stands in; none for a source at the top level.
    #[returns(copy)]
    pub(super) scope: Option<Anchor>,
    #[returns(copy)]
    pub flux: Minor,
    #[returns(copy)]
    pub lockdown: bool,
    #[returns(ref)]
    pub sync: fleet::Sync,
    /// The namespaces of the releases that it requires.
    #[returns(ref)]
    pub(super) required: Box<[(Anchor, EcoString)]>,
    /// The source whose fields are part of what is made.
    #[returns(copy)]
    pub(super) source: Option<Specialization>,
}

impl SharedItem {
    /// The same made from another specialization of the item.
    pub(super) fn with(self, db: &dyn Db, specialization: Specialization) -> Self {
        let (flux, lockdown, sync) = (self.flux(db), self.lockdown(db), self.sync(db).clone());
        Self::new(db, specialization, self.scope(db), flux, lockdown, sync, self.required(db).clone(), self.source(db))
    }

    /// Whether it is the same whatever becomes of other items.
    pub(super) fn stands_alone(self, db: &dyn Db, changed: &IndexSet<Anchor>) -> bool {
        self.required(db).is_empty() && self.source(db).is_none_or(|it| !changed.contains(&it.item(db)))
    }
}

/// An item as objects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    pub release: Option<Arc<Release>>,
    pub objects: Vec<Differing>,
    pub diagnostics: Diagnostics,
    /// Whether it is so on every cluster that it is made for.
    pub is_certain: bool,
}

/// An object and how it differs from the one in `common/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Differing {
    pub object: Arc<Object>,
    /// The one in `common/`.
    pub base: Option<Arc<Object>>,
    /// The patches that make the one of the other.
    pub patches: Vec<Patch>,
}

/// An object of a unit, and which of what is made it is.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub object: Arc<Object>,
    pub made: Option<MadePiece>,
}

/// One of the objects that are made for clusters of a class.
#[derive(Clone, Copy, Debug)]
pub(super) struct MadePiece {
    pub shared_item: SharedItem,
    /// Its position among those.
    pub object: usize,
}

impl Piece {
    /// An object that is made for one cluster.
    pub(super) fn own(object: Object) -> Self {
        Self { object: Arc::new(object), made: None }
    }
}
