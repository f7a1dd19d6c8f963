//! What `common/` holds: the objects of a catalogue, with the cluster unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use indexmap::map::Entry;

use super::context::{Context, Range, in_file, source_kind};
use super::manifest::{PRUNE, manifest, namespace};
use super::release::{Release, release};
use super::shared_item::{MadePiece, Piece, made_for};
use super::source::source;
use super::{bundle, problems, range, whole_range};
use crate::diagnostic::{Checked, Invariant, bug};
use crate::fleet;
use crate::kube::ServedFields;
use crate::kube::object::{Id, Object, set};
use crate::kube::rules;
use crate::names;
use crate::schema::NEWEST;
use crate::source::{Anchor, Db, IndexMap, IndexSet, ItemKind, Kind, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::{Node, Value};

/// Namespaces that every cluster with Flux has.
pub const BUILT_IN_NAMESPACES: [&str; 5] = ["kube-system", "default", "kube-public", "kube-node-lease", "flux-system"];

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
    derived: IndexMap<EcoString, Arc<Object>>,
    pub releases: Vec<Arc<Release>>,
    pub range: Range,
    /// Whether each add-on has a Kustomization of its own.
    pub split: bool,
}

/// Which part of a bundle an object belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
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
    pub fn part(&self, object: &Object) -> Part {
        match &object.component {
            None => Part::Main,
            Some(it) if self.split => Part::Split(it.clone()),
            Some(it) => Part::Component(it.clone()),
        }
    }
}

impl Part {
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
                    .and_then(|name| super::context::find_source(db, index, Some(parent), name))
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
    for cluster in fleet::clusters(db).filter(|it| uses_shared(*it)) {
        let it = &fleet::cluster(db, cluster).value;
        add(it.flux, &it.name);
    }
    found
}

/// What some items and sources come to.
pub(super) struct Contents {
    pub pieces: Vec<Piece>,
    pub releases: Vec<Arc<Release>>,
}

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

/// The bundle of a catalogue.
pub(super) fn of_catalogue(db: &dyn Db, catalogue: Anchor) -> Checked<Bundle> {
    let range = range(db, catalogue).clone().or_else(|| whole_range(db, db.project()).clone());
    let settings = &fleet::settings(db, db.project()).value;
    let range = range.unwrap_or_else(|| Range::one(settings.flux.min(NEWEST), &settings.name));
    let mut ctx = Context::new(db, None, Some(catalogue), range);
    let (items, sources) = &**fleet::contents_of(db, catalogue);
    let contents = contents(&mut ctx, items, sources);
    let bundle = Bundle {
        catalogue: Some(catalogue),
        name: fleet::unit_name(db, catalogue),
        dir: directory(db, catalogue),
        has_parts: contents.pieces.iter().any(|it| it.object.component.is_some()),
        positions: positions(&contents.pieces),
        derived: derived(db, &contents.pieces),
        objects: contents.pieces.into_iter().map(|it| it.object).collect(),
        releases: contents.releases,
        range: ctx.range,
        split: is_split(db, catalogue),
    };
    Checked::new(bundle, ctx.out)
}

/// The bundle of the sources at the top level.
pub(super) fn of_shared_sources(db: &dyn Db) -> Checked<Bundle> {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let range = range_of_shared(db).unwrap_or_else(|| Range::one(settings.flux.min(NEWEST), &settings.name));
    let mut ctx = Context::new(db, None, None, range);
    let sources: Vec<Anchor> = index.sources.values().copied().collect();
    let contents = contents(&mut ctx, &[], &sources);
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
        range: ctx.range,
        split: false,
    };
    Checked::new(bundle, ctx.out)
}

fn derived(db: &dyn Db, pieces: &[Piece]) -> IndexMap<EcoString, Arc<Object>> {
    let objects = pieces.iter().map(|it| &it.object);
    let is_derived = |it: &&Arc<Object>| {
        it.id.kind == "Namespace" && it.component.is_none() && it.origin.anchor.kind(db) == Kind::ADDON
    };
    objects.filter(is_derived).map(|it| (it.id.name.clone(), Arc::clone(it))).collect()
}

fn positions(pieces: &[Piece]) -> IndexMap<Id, usize> {
    pieces.iter().enumerate().map(|(nth, it)| (it.object.id.clone(), nth)).collect()
}

/// The objects of some items and sources. Each is gated by the context's Flux.
pub(super) fn contents(ctx: &mut Context<'_>, items: &[Anchor], sources: &[Anchor]) -> Contents {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut releases = Vec::new();
    let are_objects: Vec<Anchor> = sources.iter().copied().filter(|it| is_object(ctx, *it)).collect();
    for item in are_objects.iter().chain(items) {
        if let Some(cluster) = ctx.cluster.filter(|it| it.stands_for.is_some()) {
            let Some((shared_item, made)) = made_for(ctx, cluster, *item) else { continue };
            ctx.is_certain &= made.is_certain;
            ctx.evaluated(*item);
            ctx.out.extend(made.diagnostics.iter().cloned());
            releases.extend(made.release.clone());
            pieces.extend(made.objects.iter().enumerate().map(|(nth, it)| Piece {
                object: Arc::clone(&it.object),
                made: Some(MadePiece { shared_item, object: nth, patches: it.patches.len() }),
            }));
        } else {
            let (release, objects) = item_objects(ctx, *item);
            releases.extend(release.map(Arc::new));
            pieces.extend(objects.into_iter().map(Piece::own));
        }
    }
    let derived = derive_namespaces(ctx, &releases, &pieces);
    let is_own = |it: &&mut Piece| it.made.is_none();
    for piece in pieces.iter_mut().filter(is_own) {
        finish(ctx, std::slice::from_mut(Arc::make_mut(&mut piece.object)));
    }
    pieces.extend(derived);
    let mut seen: IndexMap<&Id, Origin> = IndexMap::default();
    seen.reserve(pieces.len());
    let mut unique = Vec::with_capacity(pieces.len());
    for (nth, it) in pieces.iter().enumerate() {
        match seen.entry(&it.object.id) {
            Entry::Occupied(mut first) => {
                ctx.out.push(problems::same_object(&it.object.id, it.object.origin, *first.get()));
                first.insert(it.object.origin);
            }
            Entry::Vacant(slot) => {
                slot.insert(it.object.origin);
                unique.push(nth);
            }
        }
    }
    if unique.len() < pieces.len() {
        pieces = unique.into_iter().filter_map(|nth| pieces.get(nth).cloned()).collect();
    }
    Contents { pieces, releases }
}

/// What one item or source comes to, before its Flux is looked at.
pub(super) fn item_objects(ctx: &mut Context<'_>, item: Anchor) -> (Option<Release>, Vec<Object>) {
    let db = ctx.db;
    let checked = ctx.evaluated(item);
    let evaluated = &checked.value;
    let objects = match item.kind(db) {
        Kind::Source => source(ctx, item, evaluated).into_iter().collect(),
        Kind::Item(ItemKind::Addon) => {
            let Some((release, made)) = release(ctx, item, evaluated) else { return (None, Vec::new()) };
            let split = ctx.scope.is_some_and(|it| it.kind(db) != Kind::Cluster && is_split(db, it));
            let own_part = split || (fleet::is_optional(db, item) && !in_cluster(ctx));
            let component = own_part.then(|| item.name(db).clone());
            let placed = made.into_iter().map(|it| {
                let file = match (&component, it.id.kind.as_str()) {
                    (Some(_), "HelmRelease") => "release.yaml".into(),
                    (Some(_), _) => "source.yaml".into(),
                    (None, _) => it.file.clone(),
                };
                Object { component: component.clone(), ..in_file(it, file) }
            });
            return (Some(release), placed.collect());
        }
        Kind::Item(ItemKind::Namespace) => vec![namespace(item.name(db), Some(&evaluated.node), Origin::of(item))],
        Kind::Item(ItemKind::Manifest) => manifest(ctx, item, evaluated),
        // A directory of its own, with a Kustomization that applies it.
        Kind::Item(ItemKind::Kustomize) => Vec::new(),
        _ => bug("what is made into objects is an item or a source"),
    };
    (None, objects)
}

/// Takes out what the Flux has not, and holds the objects against its rules.
pub(super) fn finish(ctx: &mut Context<'_>, objects: &mut [Object]) {
    let kept = &fleet::moves(ctx.db, ctx.db.project()).value.kept;
    for object in objects.iter_mut() {
        if object.raw.is_none() && kept.contains(&object.origin.anchor) {
            // On its way from one Kustomization to another it must survive both.
            let disabled = crate::kube::object::text("disabled", object.origin);
            set(&mut object.body, &["metadata", "annotations", PRUNE], disabled);
        }
        let cluster = ctx.cluster.map(|it| it.name.as_str());
        ServedFields { db: ctx.db, minor: ctx.minor(), cluster }.strip(object, &mut ctx.out);
        if ctx.cluster.is_some() {
            rules::check(object, &mut ctx.out);
        }
    }
}

fn in_cluster(ctx: &Context<'_>) -> bool {
    ctx.scope.is_some_and(|it| it.kind(ctx.db) == Kind::Cluster)
}

/// Whether a source is an object of its own: a registry of charts is none.
fn is_object(ctx: &Context<'_>, source: Anchor) -> bool {
    source_kind(ctx.db, source) != SourceKind::Oci || is_kustomized(ctx, source)
}

/// Whether a kustomize item takes its files from a source.
pub(super) fn is_kustomized(ctx: &Context<'_>, source: Anchor) -> bool {
    ctx.index.items.iter().flat_map(|(_, items)| items.values()).filter(|it| it.kind(ctx.db) == Kind::KUSTOMIZE).any(
        |it| {
            let node = &fleet::base(ctx.db, *it).value.node;
            node.get("source")
                .and_then(Node::text)
                .and_then(|name| super::context::find_source(ctx.db, ctx.index, it.parent(ctx.db), name))
                == Some(source)
        },
    )
}

/// A Namespace for each target that nothing declares.
fn derive_namespaces(ctx: &mut Context<'_>, releases: &[Arc<Release>], pieces: &[Piece]) -> Vec<Piece> {
    let mut users: BTreeMap<&EcoString, Vec<&Release>> = BTreeMap::new();
    for it in releases {
        users.entry(&it.target).or_default().push(it);
    }
    let declared: IndexSet<&EcoString> =
        pieces.iter().map(|it| &it.object.id).filter(|it| it.kind == "Namespace").map(|it| &it.name).collect();
    let has_parts = pieces.iter().any(|it| it.object.component.is_some());
    let mut derived: Vec<Piece> = Vec::new();
    // For a cluster, the one in `common/` is the same if the same add-on is the first.
    let catalogue = ctx.scope.filter(|it| ctx.cluster.is_some() && it.kind(ctx.db) != Kind::Cluster);
    let base = catalogue.map(|it| &bundle(ctx.db, it).value).filter(|_| !has_parts);
    for (name, users) in users {
        if declared.contains(name) || is_given_here(ctx, name) {
            continue;
        }
        let first = users.first().invariant("a namespace that is derived has a user");
        let origin = Origin::of(first.addon);
        if let Some(it) = base.and_then(|it| it.derived.get(name)).filter(|it| it.origin == origin) {
            derived.push(Piece { object: Arc::clone(it), made: None });
            continue;
        }
        if is_given(ctx, name) {
            continue;
        }
        let mut object = namespace(name, None, origin);
        // It has nothing that an author wrote but its name.
        object.is_checked = name.bytes().all(|it| it.is_ascii_graphic());
        let of_main = |it: &Piece| it.object.id.namespace == *name && it.object.component.is_none();
        if let (true, [only]) = (has_parts, users.as_slice())
            && !pieces.iter().any(of_main)
            && let Some(part) = pieces.iter().find(|it| it.object.origin.anchor == only.addon)
            && part.object.component.is_some()
        {
            object.component.clone_from(&part.object.component);
            object.file = "namespace.yaml".into();
        }
        finish(ctx, std::slice::from_mut(&mut object));
        derived.push(Piece::own(object));
    }
    derived
}

/// Whether the account that applies the cluster is bound to a namespace: then it is there.
fn is_given_here(ctx: &Context<'_>, name: &EcoString) -> bool {
    ctx.cluster.is_some_and(|it| it.sync.bounds().is_some_and(|it| it.contains(&name)))
}

/// Whether a namespace is there without the items that are looked at, whichever of the
/// clusters it is that the items are looked at for.
fn is_given(ctx: &Context<'_>, name: &EcoString) -> bool {
    BUILT_IN_NAMESPACES.contains(&name.as_str())
        || name == ctx.flux_namespace()
        || ctx.index.externals.iter().any(|it| {
            it.name(ctx.db) == name
                && matches!(&crate::syntax::declaration(ctx.db, *it).head, crate::syntax::ast::Head::External { object, .. } if object == "Namespace")
        })
        || ctx.index.items.iter().any(|(parent, items)| {
            let visible = parent.kind(ctx.db) != Kind::Cluster || Some(*parent) == ctx.scope;
            visible && items.get(name).is_some_and(|it| it.kind(ctx.db) == Kind::NAMESPACE)
        })
        || ctx.index.tenants.values().any(|it| tenant_namespaces(ctx.db, *it).contains(name))
        || fleet::settings(ctx.db, ctx.db.project()).value.sync.bounds().is_some_and(|it| it.contains(&name))
}

/// The namespace of a tenant.
pub(super) fn tenant_namespace(db: &dyn Db, tenant: Anchor) -> EcoString {
    fleet::declared(db, tenant).value.get("namespace").and_then(Node::text).unwrap_or(tenant.name(db)).clone()
}

/// All namespaces of a tenant, its own first.
pub(super) fn tenant_namespaces(db: &dyn Db, tenant: Anchor) -> Vec<EcoString> {
    let body = &fleet::declared(db, tenant).value;
    let others = body.get("namespaces").and_then(Node::map).into_iter().flat_map(|it| it.entries.keys().cloned());
    let names: IndexSet<EcoString> = std::iter::once(tenant_namespace(db, tenant)).chain(others).collect();
    names.into_iter().collect()
}
