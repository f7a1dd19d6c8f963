//! Items of clusters that share them, and how they differ from those in `common/`.

use std::sync::Arc;

use ecow::EcoString;

use super::base::{Bundle, bundle, shared_sources};
use super::contents::own_pieces;
use super::context::{Context, Memo, State, Target};
use super::lookup::{comes_with_definition, source_kind};
use super::objects::{finish, item_objects};
use super::release::Release;
use super::requires::{find_addon, namespace_of};
use super::shared_item::{Differing, Made, MadePiece, Piece, SharedItem};
use crate::fleet;
use crate::fleet::{Cluster, Representative};
use crate::kube::{Object, patch};
use crate::source::{Anchor, Db, Kind};
use crate::value::Node;

/// The objects that an item comes to on clusters.
#[salsa::tracked]
pub fn made(db: &dyn Db, shared_item: SharedItem) -> Arc<Made> {
    let specialization = shared_item.specialization(db);
    let specialized = fleet::specialized(db, specialization);
    let scope = shared_item.scope(db);
    let base = scope.map_or_else(|| shared_sources(db, db.project()), |it| bundle(db, it));
    let (flux, lockdown, sync) = (shared_item.flux(db), shared_item.lockdown(db), shared_item.sync(db));
    let Some(representative) = Representative::bare(db, flux, lockdown, sync) else {
        return Arc::default();
    };
    let mut state = State::new(Memo::default());
    let mut ctx = Context::new(db, Target::Shared(&representative), scope, base.value.range.clone(), &mut state);
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
    let is_certain = state.is_certain && state.is_whole && state.needed_facts.is_empty();
    Arc::new(Made { release: release.map(Arc::new), objects, diagnostics: state.out.into(), is_certain })
}

fn differing(ctx: &mut Context<'_>, object: Object, base: &Bundle) -> Differing {
    let object = Arc::new(object);
    let found = base.find(&object.id).cloned();
    let patches = found.as_ref().map(|it| patch::patches(it, &object)).unwrap_or_default();
    if let Some(it) = &found
        && (it.version != object.version || it.raw.is_some() && !patches.is_empty())
    {
        ctx.state.is_certain = false;
    }
    ctx.state.out.extend(patch::ambiguous(&patches, &base.objects));
    ctx.state.out.extend(found.as_ref().and_then(|it| patch::unreadable(&patches, it, &object)));
    Differing { object, base: found, patches }
}

/// What an item is made from on a representative and what it comes to; none where that is
/// not known, which the context remembers.
pub(super) fn made_for(ctx: &mut Context<'_>, cluster: &Cluster, item: Anchor) -> Option<(SharedItem, Arc<Made>)> {
    let key = (ctx.scope, item);
    if let Some(it) = ctx.state.memo.shared_items.get(&key).cloned() {
        if let Some(source) = it.0.source(ctx.db) {
            // It is of this cluster, too, though nothing about it has to be found out.
            ctx.evaluated_quietly(source.item(ctx.db));
        }
        ctx.state.shared_items.insert(it.0);
        return Some(it);
    }
    let shared_item = made_from(ctx, cluster, item)?;
    let it = (shared_item, Arc::clone(made(ctx.db, shared_item)));
    ctx.state.memo.shared_items.insert(key, it.clone());
    ctx.state.shared_items.insert(shared_item);
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
    let is_part = |it: &Anchor| source_kind(ctx.db, *it).is_one_chart() || comes_with_definition(ctx.db, *it);
    let source = match source.filter(is_part) {
        Some(it) => Some(ctx.specialization(it)?),
        None => None,
    };
    let required: Box<[(Anchor, EcoString)]> = required.into();
    let sync = cluster.sync.clone();
    Some(SharedItem::new(ctx.db, specialization, ctx.scope, cluster.flux, cluster.lockdown, sync, required, source))
}

/// The objects of an item: those that clusters share, where several are looked at in one.
pub(super) fn pieces_for(ctx: &mut Context<'_>, item: Anchor) -> (Option<Arc<Release>>, Vec<Piece>) {
    let Target::Shared(representative) = ctx.target else { return own_pieces(ctx, item) };
    let Some((shared_item, made)) = made_for(ctx, representative.cluster(), item) else { return (None, Vec::new()) };
    ctx.state.is_certain &= made.is_certain;
    ctx.evaluated(item);
    ctx.state.out.extend(made.diagnostics.iter().cloned());
    let piece = |(nth, it): (usize, &Differing)| Piece {
        object: Arc::clone(&it.object),
        made: Some(MadePiece { shared_item, object: nth }),
    };
    (made.release.clone(), made.objects.iter().enumerate().map(piece).collect())
}
