//! One item as objects, and how they differ from those in `common/`.
//!
//! For a cluster by itself it is made each time; for clusters of a class it is made
//! once for each specialization of the item, whatever else the clusters take.

use std::sync::Arc;

use ecow::EcoString;

use super::common::{Bundle, finish, item_objects};
use super::context::{Context, comes_with_definition, source_kind};
use super::release::{Release, find_addon, namespace_of};
use super::{bundle, shared_sources};
use crate::diagnostic::Diagnostics;
use crate::fleet::{self, Cluster, Specialization};
use crate::kube::object::Object;
use crate::kube::patch::{self, Patch};
use crate::schema::Minor;
use crate::source::{Anchor, Db, IndexSet, Kind};
use crate::syntax::ast::SourceKind;
use crate::value::Node;

/// What an item is made from, for clusters of a class.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct SharedItem {
    #[returns(copy)]
    specialization: Specialization,
    /// The catalogue that it stands in; none for a source at the top level.
    #[returns(copy)]
    scope: Option<Anchor>,
    #[returns(copy)]
    pub flux: Minor,
    #[returns(copy)]
    pub lockdown: bool,
    #[returns(ref)]
    pub sync: fleet::Sync,
    /// The namespaces of the releases that it requires.
    #[returns(ref)]
    required: Box<[(Anchor, EcoString)]>,
    /// The source whose fields are part of what is made.
    #[returns(copy)]
    source: Option<Specialization>,
}

impl SharedItem {
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
    /// How many patches it has.
    pub patches: usize,
}

impl Piece {
    /// An object that is made for one cluster.
    pub(super) fn own(object: Object) -> Self {
        Self { object: Arc::new(object), made: None }
    }
}

/// The objects that an item comes to on clusters.
#[salsa::tracked]
pub fn made(db: &dyn Db, shared_item: SharedItem) -> Arc<Made> {
    let specialization = shared_item.specialization(db);
    let specialized = fleet::specialized(db, specialization);
    let scope = shared_item.scope(db);
    let base = scope.map_or_else(|| shared_sources(db, db.project()), |it| bundle(db, it));
    let Some(cluster) = Cluster::bare(db, shared_item.flux(db), shared_item.lockdown(db), shared_item.sync(db)) else {
        return Arc::default();
    };
    let mut ctx = Context::new(db, Some(&cluster), scope, base.value.range.clone());
    ctx.required = shared_item.required(db);
    ctx.only_known = true;
    let item = specialization.item(db);
    ctx.tell(item, &specialized.evaluated);
    if let Some(source) = shared_item.source(db) {
        ctx.tell(source.item(db), &fleet::specialized(db, source).evaluated);
    }
    let (release, mut objects) = item_objects(&mut ctx, item);
    finish(&mut ctx, &mut objects);
    for it in &mut objects {
        it.is_checked = true;
    }
    let objects = objects.into_iter().map(|it| differing(&mut ctx, it, &base.value)).collect();
    let is_certain = ctx.is_certain && ctx.is_whole && ctx.needed_facts.is_empty();
    Arc::new(Made { release: release.map(Arc::new), objects, diagnostics: ctx.out.into(), is_certain })
}

fn differing(ctx: &mut Context<'_>, object: Object, base: &Bundle) -> Differing {
    let object = Arc::new(object);
    let found = base.find(&object.id).cloned();
    let patches = found.as_ref().map(|it| patch::patches(it, &object)).unwrap_or_default();
    if let Some(it) = &found
        && (it.version != object.version || it.raw.is_some() && !patches.is_empty())
    {
        ctx.is_certain = false;
    }
    ctx.out.extend(patch::ambiguous(&patches, &base.objects));
    ctx.out.extend(found.as_ref().and_then(|it| patch::unreadable(&patches, it, &object)));
    Differing { object, base: found, patches }
}

/// What an item is made from on a representative and what it comes to; none where that is
/// not known, which the context remembers.
pub(super) fn made_for(ctx: &mut Context<'_>, cluster: &Cluster, item: Anchor) -> Option<(SharedItem, Arc<Made>)> {
    let key = (ctx.scope, item);
    if let Some(it) = ctx.memo.shared_items.get(&key).cloned() {
        if let Some(source) = it.0.source(ctx.db) {
            // It is of this cluster, too, though nothing about it has to be found out.
            ctx.evaluated_quietly(source.item(ctx.db));
        }
        ctx.shared_items.insert(it.0);
        return Some(it);
    }
    let shared_item = made_from(ctx, cluster, item)?;
    let it = (shared_item, Arc::clone(made(ctx.db, shared_item)));
    ctx.memo.shared_items.insert(key, it.clone());
    ctx.shared_items.insert(shared_item);
    Some(it)
}

fn made_from(ctx: &mut Context<'_>, cluster: &Cluster, item: Anchor) -> Option<SharedItem> {
    let specialization = ctx.specialization(item)?;
    let evaluated = ctx.evaluated_quietly(item);
    let names = evaluated.value.node.get("requires").and_then(Node::list).unwrap_or_default();
    let mut required: Vec<(Anchor, EcoString)> = Vec::new();
    for name in names.iter().filter_map(Node::text) {
        if let Some(addon) = find_addon(ctx.db, ctx.index, item, name) {
            let namespace = namespace_of(ctx, addon);
            required.push((addon, namespace));
        }
    }
    let source = if item.kind(ctx.db) == Kind::ADDON { ctx.source_of_item(item).map(|it| it.source) } else { None };
    let is_part = |it: &Anchor| source_kind(ctx.db, *it) == SourceKind::Oci || comes_with_definition(ctx.db, *it);
    let source = match source.filter(is_part) {
        Some(it) => Some(ctx.specialization(it)?),
        None => None,
    };
    let required: Box<[(Anchor, EcoString)]> = required.into();
    let sync = cluster.sync.clone();
    Some(SharedItem::new(ctx.db, specialization, ctx.scope, cluster.flux, cluster.lockdown, sync, required, source))
}
