//! What only this cluster has: items that stand behind the gate of its own directory.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::draft::{After, Draft, ReadyWhen};
use super::kustomized::kustomized;
use super::shared::used_sources;
use super::unit::UnitPlace;
use crate::diagnostic::Invariant;
use crate::fleet::Cluster;
use crate::flux::contents::contents;
use crate::flux::context::Context;
use crate::flux::item::pieces_for;
use crate::flux::kustomization::fields;
use crate::flux::lookup::find_source;
use crate::flux::release::Release;
use crate::flux::shared_item::Piece;
use crate::flux::version_range::Range;
use crate::kube::object::Object;
use crate::source::{Anchor, Kind};

/// What only this cluster has.
pub(super) fn own_items(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let items: Vec<Anchor> = ctx.index.items_of(cluster.anchor).map(|(_, it)| it).collect();
    if items.is_empty() {
        return;
    }
    let ctx = &mut ctx.within(Some(cluster.anchor), Range::one(cluster.flux, &cluster.name));
    let mut used = used_sources(ctx, cluster.anchor, &items);
    used.sort_keys();
    let sources: Vec<Anchor> = used
        .iter()
        .filter(|(_, shared)| !**shared)
        .map(|(name, _)| {
            find_source(db, ctx.index, Some(cluster.anchor), name).invariant("a source that is used is known")
        })
        .collect();
    let contents = contents(ctx, &items, &sources, pieces_for, None);
    let origin = cluster.origin;
    let fields = fields(ctx, cluster, None, None, origin);
    let mut after = Vec::new();
    if used.values().any(|it| *it) {
        after.push(After::Applied("sources".into()));
    }
    let (manifests, others): (Vec<Piece>, Vec<Piece>) =
        contents.pieces.into_iter().partition(|it| it.object.file.starts_with("manifests/"));
    let prefix = eco_format!("{}-specific", cluster.name);
    let dir = eco_format!("{}/{prefix}", cluster.path);
    let draft =
        |unit_name: EcoString, part: &str, objects: Vec<Piece>, releases: Vec<Arc<Release>>, after: Vec<After>| Draft {
            objects,
            releases,
            after,
            ..Draft::new(unit_name, eco_format!("{dir}/{part}"), UnitPlace::Gate, origin, fields.clone())
        };
    let mut manifests_after = after.clone();
    let mut kustomized_after = after.clone();
    if !others.is_empty() {
        manifests_after.push(After::Applied(prefix.clone()));
        kustomized_after.push(After::Applied(prefix.clone()));
        drafts.push(draft(prefix.clone(), "items", others, contents.releases, after.clone()));
    }
    if !manifests.is_empty() {
        let manifests = manifests
            .into_iter()
            .map(|it| {
                let file = it.object.file.trim_start_matches("manifests/").into();
                Piece::own(Object { file, ..Object::clone(&it.object) })
            })
            .collect();
        drafts.push(draft(eco_format!("{prefix}-manifests"), "manifests", manifests, Vec::new(), manifests_after));
    }
    for item in items.iter().filter(|it| it.kind(db) == Kind::KUSTOMIZE) {
        kustomized(ctx, *item, (&prefix, None), (kustomized_after.clone(), ReadyWhen::default()), &fields, drafts);
    }
}
