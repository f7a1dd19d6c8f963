//! Where a catalogue is written, and which Kustomizations apply its items.

use ecow::{EcoString, eco_format};

use crate::diagnostic::bug;
use crate::fleet;
use crate::source::{Anchor, Db, ItemKind, Kind};
use crate::value::{Node, Value};

/// Where a catalogue's objects stand.
pub fn directory(db: &dyn Db, catalogue: Anchor) -> EcoString {
    let output = &fleet::settings(db, db.project()).value.output;
    if let Some(path) = fleet::catalogue(db, catalogue).value.get("path").and_then(Node::text) {
        return path.clone();
    }
    let root = if catalogue.kind(db) == Kind::Application { &output.applications } else { &output.common };
    eco_format!("{root}/{}", fleet::unit_name(db, catalogue))
}

/// Whether a Kustomization of its own applies an item, in a catalogue that is split or is not.
#[must_use]
pub fn has_own_unit(item: Kind, is_split: bool) -> bool {
    match item {
        Kind::Item(ItemKind::Kustomize) => true,
        Kind::Item(ItemKind::Addon) => is_split,
        Kind::Item(ItemKind::Namespace | ItemKind::Manifest) => false,
        _ => bug("what is applied is an item"),
    }
}

/// Whether a catalogue has a Kustomization for each add-on.
pub(super) fn is_split(db: &dyn Db, catalogue: Anchor) -> bool {
    fleet::catalogue(db, catalogue).value.get("split").is_some_and(|it| it.value == Value::Bool(true))
}

/// Where what a catalogue holds goes that does not say so itself; none where it is not said.
pub(super) fn namespace_of(db: &dyn Db, catalogue: Option<Anchor>) -> Option<EcoString> {
    let of_items = catalogue.filter(|it| matches!(it.kind(db), Kind::Catalogue | Kind::Application))?;
    fleet::catalogue(db, of_items).value.get("namespace").and_then(Node::text).cloned()
}

/// What the part of a catalogue is called whose objects have names of the cluster's own.
pub(super) const SPECIFIC: &str = "specific";

/// The Kustomization that applies it.
pub(super) fn specific(catalogue: &str) -> EcoString {
    eco_format!("{catalogue}-{SPECIFIC}")
}
