//! The base of a catalogue: what `common/` has of it.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::contents::{Namespaces, contents, own_pieces};
use super::context::{Context, Memo, State, Target};
use super::layout::{directory, is_split};
use super::lookup::find_source;
use super::release::Release;
use super::shared_item::Piece;
use super::version_range::{Range, range, whole_range};
use crate::diagnostic::Checked;
use crate::kube::{Id, Object};
use crate::schema::NEWEST;
use crate::source::{Anchor, Db, IndexMap, ItemKind, Kind, Project};
use crate::value::Node;
use crate::{fleet, names};

/// Objects that stand in one directory and its subdirectories.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The catalogue; none for the shared sources.
    pub catalogue: Option<Anchor>,
    pub name: EcoString,
    /// From the project's root.
    pub dir: EcoString,
    pub objects: Vec<Arc<Object>>,
    /// Whether some of them are of another part than the main one.
    pub(super) has_parts: bool,
    /// Where in `objects` each stands.
    positions: IndexMap<Id, usize>,
    /// The namespaces that nothing declares, by name.
    pub(super) derived: Namespaces,
    pub releases: Vec<Arc<Release>>,
    pub range: Range,
    /// Whether each add-on has a Kustomization of its own.
    pub split: bool,
}

/// Which part of a bundle an object belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BundlePart {
    Main,
    /// A kustomize component that clusters take by name.
    Component(EcoString),
    /// A directory with a Flux Kustomization of its own.
    Split(EcoString),
}

impl Bundle {
    /// The object of an identity.
    pub(super) fn find(&self, id: &Id) -> Option<&Arc<Object>> {
        self.positions.get(id).and_then(|it| self.objects.get(*it))
    }

    /// Where an object belongs.
    #[must_use]
    pub fn part(&self, object: &Object) -> BundlePart {
        match &object.component {
            None => BundlePart::Main,
            Some(it) if self.split => BundlePart::Split(it.clone()),
            Some(it) => BundlePart::Component(it.clone()),
        }
    }
}

impl BundlePart {
    /// The directory of the part, from that of the bundle; empty for the bundle itself.
    #[must_use]
    pub fn dir(&self) -> EcoString {
        match self {
            Self::Main => EcoString::new(),
            Self::Component(it) => eco_format!("optional/{it}"),
            Self::Split(it) => eco_format!("split/{it}"),
        }
    }
}

/// The Flux versions of the clusters that take something out of a shared source.
fn range_of_shared(db: &dyn Db) -> Option<Range> {
    let index = names::index(db, db.project());
    let uses_shared = |parent: Anchor| {
        index.items_of(parent).any(|(_, item)| {
            item.kind(db).item().is_some_and(ItemKind::has_source)
                && fleet::base(db, item)
                    .value
                    .node
                    .get("source")
                    .and_then(Node::text)
                    .and_then(|name| find_source(db, index, Some(parent), name))
                    .is_some_and(|it| it.parent(db).is_none())
        })
    };
    let mut found: Option<Range> = None;
    let mut add = |minor, name: &EcoString| match &mut found {
        Some(it) => it.add(minor, name),
        None => found = Some(Range::one(minor, name)),
    };
    for catalogue in index.catalogues.values().filter(|it| uses_shared(**it)) {
        if let Some(it) = range(db, *catalogue) {
            add(it.oldest.0, &it.oldest.1);
            add(it.newest.0, &it.newest.1);
        }
    }
    if fleet::has_one_flux(db, db.project()) {
        return None;
    }
    for cluster in fleet::clusters(db).filter(|it| uses_shared(*it)) {
        let it = &fleet::cluster(db, cluster).value;
        add(it.flux, &it.name);
    }
    found
}

/// The bundle of a catalogue.
fn of_catalogue(db: &dyn Db, catalogue: Anchor) -> Checked<Bundle> {
    let range = range(db, catalogue).clone().or_else(|| whole_range(db, db.project()).clone());
    let settings = &fleet::settings(db, db.project()).value;
    let range = range.unwrap_or_else(|| Range::one(settings.flux.min(NEWEST), &settings.name));
    let mut state = State::new(Memo::default());
    let mut ctx = Context::new(db, Target::Base, Some(catalogue), range.clone(), &mut state);
    let (items, sources) = &**fleet::contents_of(db, catalogue);
    let contents = contents(&mut ctx, items, sources, own_pieces, None);
    let bundle = Bundle {
        catalogue: Some(catalogue),
        name: fleet::unit_name(db, catalogue),
        dir: directory(db, catalogue),
        has_parts: contents.pieces.iter().any(|it| it.object.component.is_some()),
        positions: positions(&contents.pieces),
        derived: derived(db, &contents.pieces),
        objects: contents.pieces.into_iter().map(|it| it.object).collect(),
        releases: contents.releases,
        range,
        split: is_split(db, catalogue),
    };
    Checked::new(bundle, state.out)
}

/// The bundle of the sources at the top level.
fn of_shared_sources(db: &dyn Db) -> Checked<Bundle> {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let range = range_of_shared(db).unwrap_or_else(|| Range::one(settings.flux.min(NEWEST), &settings.name));
    let mut state = State::new(Memo::default());
    let mut ctx = Context::new(db, Target::Base, None, range.clone(), &mut state);
    let sources: Vec<Anchor> = index.sources.values().copied().collect();
    let contents = contents(&mut ctx, &[], &sources, own_pieces, None);
    let in_its_directory = |it: &Piece| {
        let object = Object::clone(&it.object);
        let file = object.file.trim_start_matches("sources/").into();
        Arc::new(Object { file, ..object })
    };
    let bundle = Bundle {
        catalogue: None,
        name: "sources".into(),
        dir: eco_format!("{}/sources", settings.output.common),
        has_parts: false,
        positions: positions(&contents.pieces),
        derived: IndexMap::default(),
        objects: contents.pieces.iter().map(in_its_directory).collect(),
        releases: Vec::new(),
        range,
        split: false,
    };
    Checked::new(bundle, state.out)
}

fn derived(db: &dyn Db, pieces: &[Piece]) -> Namespaces {
    let objects = pieces.iter().map(|it| &it.object);
    let is_derived = |it: &&Arc<Object>| {
        it.id.kind == "Namespace" && it.component.is_none() && it.origin.anchor.kind(db) == Kind::ADDON
    };
    objects.filter(is_derived).map(|it| (it.id.name.clone(), Arc::clone(it))).collect()
}

fn positions(pieces: &[Piece]) -> IndexMap<Id, usize> {
    pieces.iter().enumerate().map(|(nth, it)| (it.object.id.clone(), nth)).collect()
}

/// What `common/` holds of a catalogue.
#[salsa::tracked]
pub fn bundle(db: &dyn Db, catalogue: Anchor) -> Arc<Checked<Bundle>> {
    Arc::new(of_catalogue(db, catalogue))
}

/// The sources at the top level, in `common/sources`.
#[salsa::tracked]
pub fn shared_sources(db: &dyn Db, _project: Project) -> Arc<Checked<Bundle>> {
    Arc::new(of_shared_sources(db))
}
