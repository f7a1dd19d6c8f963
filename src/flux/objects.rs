//! Items → objects, in the base and on a cluster.

use super::addon::release;
use super::computed::is_computed;
use super::context::{Context, in_file};
use super::layout::is_split;
use super::lookup::{is_kustomized, is_pinned, source_kind};
use super::manifest::{PRUNE, manifest, namespace};
use super::places;
use super::release::Release;
use super::source::source;
use crate::diagnostic::bug;
use crate::fleet;
use crate::kube::object::set;
use crate::kube::{Object, ServedFields, ineffective, rules};
use crate::source::{Anchor, ItemKind, Kind, Origin};
use crate::syntax::ast::SourceKind;

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
        // It stands in the roots of clusters.
        Kind::Item(ItemKind::Namespace)
            if places::kustomization_namespaces(db, db.project()).contains(item.name(db)) =>
        {
            Vec::new()
        }
        Kind::Item(ItemKind::Namespace) => vec![namespace(item.name(db), Some(&evaluated.node), Origin::of(item))],
        // In the directory of each cluster.
        Kind::Item(ItemKind::Manifest) if ctx.is_base() && is_computed(db, item) => Vec::new(),
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
        let cluster = ctx.target.cluster().map(|it| it.name.as_str());
        ServedFields { db: ctx.db, minor: ctx.minor(), cluster }.strip(object, &mut ctx.state.out);
        if !ctx.is_base() {
            rules::check(object, &mut ctx.state.out);
            ineffective::check(ctx.db, &object.id, object.spec(), ctx.minor(), &mut ctx.state.out);
        }
    }
}

fn in_cluster(ctx: &Context<'_>) -> bool {
    ctx.scope.is_some_and(|it| it.kind(ctx.db) == Kind::Cluster)
}

/// Whether a source is an object of its own: a registry of charts is none, and what something else makes.
pub(super) fn is_object(ctx: &Context<'_>, source: Anchor) -> bool {
    match source_kind(ctx.db, source) {
        SourceKind::Oci => is_kustomized(ctx.db, ctx.index, source) || is_pinned(ctx.db, source),
        it => it != SourceKind::External,
    }
}
