//! The sources at the top level that a cluster uses.

use std::collections::BTreeSet;

use ecow::EcoString;

use super::UnitPlace;
use super::draft::Draft;
use crate::fleet::Cluster;
use crate::flux::common::contents;
use crate::flux::context::{Context, comes_with_definition, source_kind};
use crate::flux::kustomization::fields;
use crate::flux::shared_sources;
use crate::source::{Anchor, Kind, Origin};
use crate::syntax::ast::SourceKind;

/// The sources at the top level that this cluster uses.
pub(super) fn shared(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let mut used: BTreeSet<EcoString> = BTreeSet::new();
    let scopes: Vec<(Anchor, Vec<Anchor>)> = cluster
        .taken
        .iter()
        .map(|it| (it.catalogue, it.items.clone()))
        .chain(std::iter::once((cluster.anchor, ctx.index.items_of(cluster.anchor).map(|(_, it)| it).collect())))
        .collect();
    for (scope, items) in scopes {
        used.extend(used_sources(ctx, scope, &items).into_iter().filter(|(_, shared)| *shared).map(|(name, _)| name));
    }
    if used.is_empty() {
        return;
    }
    let base = &shared_sources(db, db.project()).value;
    ctx.scope = None;
    ctx.range = base.range.clone();
    let anchors: Vec<Anchor> = used.iter().filter_map(|it| ctx.index.sources.get(it)).copied().collect();
    let contents = contents(ctx, &[], &anchors);
    let origin = anchors.first().map_or(cluster.origin, |it| Origin::of(*it));
    let fields = fields(ctx, cluster, None, None, origin);
    drafts.push(Draft {
        objects: contents.pieces,
        base: base.objects.clone(),
        ..Draft::new(base.name.clone(), base.dir.clone(), UnitPlace::Root, origin, fields)
    });
}

/// The sources that items use, out of those that are objects.
pub(super) fn used_sources(ctx: &mut Context<'_>, scope: Anchor, items: &[Anchor]) -> BTreeSet<(EcoString, bool)> {
    let mut used = BTreeSet::new();
    for item in items {
        if !matches!(item.kind(ctx.db), Kind::Addon | Kind::Kustomize) {
            continue;
        }
        let evaluated = ctx.evaluated_quietly(*item);
        let Some(node) = evaluated.value.node.get("source") else { continue };
        let Some(name) = node.text() else { continue };
        let outer = ctx.scope.replace(scope);
        let found = ctx.source_of(name, node.origin);
        ctx.scope = outer;
        let Some(source) = found.filter(|it| !comes_with_definition(ctx.db, *it)) else { continue };
        let as_object = item.kind(ctx.db) == Kind::Kustomize || source_kind(ctx.db, source) != SourceKind::Oci;
        if as_object {
            used.insert((name.clone(), source.parent(ctx.db).is_none()));
        }
    }
    used
}
