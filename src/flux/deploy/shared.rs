//! The sources at the top level that a cluster uses.

use std::collections::BTreeSet;

use ecow::EcoString;

use super::draft::Draft;
use super::unit::UnitPlace;
use crate::diagnostic::Invariant;
use crate::fleet::Cluster;
use crate::flux::base::shared_sources;
use crate::flux::contents::contents;
use crate::flux::context::{Context, Stands, UsedSource};
use crate::flux::item::pieces_for;
use crate::flux::kustomization::fields;
use crate::source::{Anchor, IndexMap, ItemKind, Origin};

/// The sources at the top level that this cluster uses.
pub(super) fn shared(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let mut used: BTreeSet<EcoString> = BTreeSet::new();
    let own: Vec<Anchor> = ctx.index.items_of(cluster.anchor).map(|(_, it)| it).collect();
    let taken = cluster.taken.iter().map(|it| (it.catalogue, it.items.as_slice()));
    for (scope, items) in taken.chain(std::iter::once((cluster.anchor, own.as_slice()))) {
        let of_scope = used_sources(ctx, scope, items);
        used.extend(of_scope.into_iter().filter(|(_, shared)| *shared).map(|(name, _)| name));
    }
    if used.is_empty() {
        return;
    }
    let base = &shared_sources(db, db.project()).value;
    let ctx = &mut ctx.within(None, base.range.clone());
    let anchors: Vec<Anchor> =
        used.iter().map(|it| *ctx.index.sources.get(it).invariant("a source that is used is known")).collect();
    let contents = contents(ctx, &[], &anchors, pieces_for, None);
    let origin = anchors.first().map_or(cluster.origin, |it| Origin::of(*it));
    let fields = fields(ctx, cluster, None, None, origin);
    drafts.push(Draft {
        objects: contents.pieces,
        base: base.objects.clone(),
        ..Draft::new(base.name.clone(), base.dir.clone(), UnitPlace::Root, origin, fields)
    });
}

/// The sources that items use, out of those that are objects; and whether each stands
/// at the top level.
pub(super) fn used_sources(ctx: &mut Context<'_>, scope: Anchor, items: &[Anchor]) -> IndexMap<EcoString, bool> {
    let range = ctx.range.clone();
    let ctx = &mut ctx.within(Some(scope), range);
    let mut used = IndexMap::default();
    for item in items {
        if !item.kind(ctx.db).item().is_some_and(ItemKind::has_source) {
            continue;
        }
        match ctx.source_of_item(*item) {
            Some(UsedSource { name, stands, .. }) if *stands != Stands::Beside => {
                used.insert(name.clone(), *stands == Stands::Shared);
            }
            _ => {}
        }
    }
    used
}
