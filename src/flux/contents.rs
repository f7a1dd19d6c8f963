//! What some items and sources become together: their objects, and the namespaces that nothing declares.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;
use indexmap::map::Entry;

use super::context::Context;
use super::manifest::namespace;
use super::namespaces::{BUILT_IN_NAMESPACES, tenant_namespaces};
use super::objects::{finish, is_object, item_objects};
use super::release::Release;
use super::shared_item::Piece;
use super::{external, places, problems};
use crate::diagnostic::Invariant;
use crate::fleet;
use crate::kube::{Id, Object};
use crate::source::{Anchor, IndexMap, IndexSet, Kind, Origin};

/// How an item becomes objects: by itself, or as what clusters of a class share.
pub(super) type PiecesOf = fn(&mut Context<'_>, Anchor) -> (Option<Arc<Release>>, Vec<Piece>);

/// Namespaces that nothing declares, by name.
pub(super) type Namespaces = IndexMap<EcoString, Arc<Object>>;

/// What some items and sources come to.
pub(super) struct Contents {
    pub pieces: Vec<Piece>,
    pub releases: Vec<Arc<Release>>,
}

/// The objects of some items and sources. Each is gated by the context's Flux.
pub(super) fn contents(
    ctx: &mut Context<'_>,
    items: &[Anchor],
    sources: &[Anchor],
    pieces_of: PiecesOf,
    base: Option<&Namespaces>,
) -> Contents {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut releases = Vec::new();
    let are_objects: Vec<Anchor> = sources.iter().copied().filter(|it| is_object(ctx, *it)).collect();
    for item in are_objects.iter().chain(items) {
        let (release, of_item) = pieces_of(ctx, *item);
        releases.extend(release);
        pieces.extend(of_item);
    }
    let derived = derive_namespaces(ctx, &releases, &pieces, base);
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
                ctx.state.out.push(problems::same_object(&it.object.id, it.object.origin, *first.get()));
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

/// A Namespace for each target that nothing declares.
fn derive_namespaces(
    ctx: &mut Context<'_>,
    releases: &[Arc<Release>],
    pieces: &[Piece],
    base: Option<&Namespaces>,
) -> Vec<Piece> {
    let mut users: BTreeMap<&EcoString, Vec<Anchor>> = BTreeMap::new();
    for it in releases {
        users.entry(&it.target).or_default().push(it.addon);
    }
    // A source may live elsewhere than beside Flux.
    let is_source = |it: &&Arc<Object>| it.origin.anchor.kind(ctx.db) == Kind::Source;
    let elsewhere = pieces.iter().map(|it| &it.object).filter(|it| it.id.namespace != *ctx.flux_namespace());
    for it in elsewhere.filter(is_source) {
        users.entry(&it.id.namespace).or_default().push(it.origin.anchor);
    }
    let declared: IndexSet<&EcoString> =
        pieces.iter().map(|it| &it.object.id).filter(|it| it.kind == "Namespace").map(|it| &it.name).collect();
    let has_parts = pieces.iter().any(|it| it.object.component.is_some());
    let mut derived: Vec<Piece> = Vec::new();
    // For a cluster, the one in `common/` is the same if the same add-on is the first.
    let base = base.filter(|_| !has_parts);
    for (name, users) in users {
        if declared.contains(name) || is_given_here(ctx, name) {
            continue;
        }
        let first = users.first().invariant("a namespace that is derived has a user");
        let origin = Origin::of(*first);
        if let Some(it) = base.and_then(|it| it.get(name)).filter(|it| it.origin == origin) {
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
            && let Some(part) = pieces.iter().find(|it| it.object.origin.anchor == *only)
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
    ctx.target.cluster().is_some_and(|it| it.sync.bounds().is_some_and(|it| it.contains(&name)))
}

/// Whether a namespace is there without the items that are looked at, whichever of the
/// clusters it is that the items are looked at for.
fn is_given(ctx: &Context<'_>, name: &EcoString) -> bool {
    BUILT_IN_NAMESPACES.contains(&name.as_str())
        || name == ctx.flux_namespace()
        || places::kustomization_namespaces(ctx.db, ctx.db.project()).contains(name)
        || external::named(ctx.db, ctx.index, "Namespace", name).next().is_some()
        || ctx.index.items.keys().any(|holder| {
            let visible = holder.kind(ctx.db) != Kind::Cluster || Some(*holder) == ctx.scope;
            visible && ctx.index.namespace_of(ctx.db, *holder, name).is_some()
        })
        || ctx.index.tenants.values().any(|it| tenant_namespaces(ctx.db, *it).contains(name))
        || fleet::settings(ctx.db, ctx.db.project()).value.sync.bounds().is_some_and(|it| it.contains(&name))
}

/// The objects of an item, made for the base or for one cluster.
pub(super) fn own_pieces(ctx: &mut Context<'_>, item: Anchor) -> (Option<Arc<Release>>, Vec<Piece>) {
    let (release, objects) = item_objects(ctx, item);
    (release.map(Arc::new), objects.into_iter().map(Piece::own).collect())
}
