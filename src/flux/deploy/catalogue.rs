//! A catalogue on a cluster: its unit, or its units if it is split.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::after;
use super::draft::{After, Draft, ReadyWhen};
use super::kustomized::kustomized;
use super::shared::used_sources;
use super::unit::UnitPlace;
use crate::diagnostic::bug;
use crate::fleet::{self, Cluster, Taken};
use crate::flux::base::{Bundle, BundlePart, bundle};
use crate::flux::computed::is_computed;
use crate::flux::contents::contents;
use crate::flux::context::Context;
use crate::flux::item::pieces_for;
use crate::flux::kustomization::{fields, part_of, take_name, take_order};
use crate::flux::layout::{SPECIFIC, specific};
use crate::flux::lookup::{is_pinned, source_kind};
use crate::flux::release::Release;
use crate::flux::shared_item::Piece;
use crate::kube::object::{Object, set, text};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::value::{Node, Value};

/// A catalogue's unit, or its units if it is split, and those of its kustomize items.
pub(super) fn of_catalogue(ctx: &mut Context<'_>, cluster: &Cluster, taken: &Taken, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let catalogue = taken.catalogue;
    let base = &bundle(db, catalogue).value;
    let ctx = &mut ctx.within(Some(catalogue), base.range.clone());
    let used = used_sources(ctx, catalogue, &taken.items);
    let (_, standing) = &**fleet::contents_of(db, catalogue);
    let is_used = |it: &Anchor| used.get(it.name(db)) == Some(&false);
    let sources: Vec<Anchor> = standing.iter().copied().filter(is_used).collect();
    let (computed, items): (Vec<Anchor>, Vec<Anchor>) = taken.items.iter().partition(|it| is_computed(db, **it));
    let mut contents = contents(ctx, &items, &sources, pieces_for, Some(&base.derived));
    namespaces_of_overrides(ctx, cluster, base, &mut contents.pieces, drafts);
    let mut fields = fields(ctx, cluster, Some(catalogue), Some(taken), taken.origin());
    let called = take_name(&mut fields);
    let origin = taken.origin();
    if fleet::moves(db, db.project()).value.old_names.contains_key(&catalogue) {
        // It is about to be renamed: the Kustomization goes, and what it applied stays.
        let_go(&mut fields, origin);
    }
    let order = take_order(&mut fields);
    let mut after =
        after::of_catalogue(ctx, cluster, catalogue, fleet::catalogue(ctx.db, catalogue).value.get("after"));
    after.extend(after::of_catalogue(ctx, cluster, catalogue, order.get("after")));
    if used.values().any(|it| *it) || contents.releases.iter().any(|it| uses_shared(ctx, it)) {
        after.push(After::Applied("sources".into()));
    }
    let mut ready_when = after::ready_when(ctx, cluster, &fleet::catalogue(ctx.db, catalogue).value);
    ready_when.0.extend(after::ready_when(ctx, cluster, &order).0);
    let catalogue = OnCluster {
        catalogue,
        base,
        origin,
        called,
        fields,
        ready_when: ready_when.clone(),
        releases: contents.releases,
    };
    let name = fleet::unit_name(db, catalogue.catalogue);
    if catalogue.units(db, &name, &after, contents.pieces, drafts) {
        // Everything else of the catalogue comes after its main part.
        after.push(After::Applied(name.clone()));
    }
    if !computed.is_empty() {
        let called = catalogue.called.as_ref();
        let draft = catalogue.draft(specific(&name), specific_directory(cluster, &name), after.clone());
        let draft = Draft { called: part_of(called, SPECIFIC), place: UnitPlace::Gate, ..draft };
        drafts.extend(with_computed(ctx, &computed, draft));
    }
    for item in taken.items.iter().filter(|it| it.kind(db) == Kind::KUSTOMIZE) {
        let mut fields = catalogue.fields.clone();
        if fleet::moves(db, db.project()).value.held.contains_key(item) {
            let_go(&mut fields, origin);
        }
        let prefix = (name.as_str(), catalogue.called.as_ref());
        kustomized(ctx, *item, prefix, (after.clone(), ready_when.clone()), &fields, drafts);
    }
}

fn specific_directory(cluster: &Cluster, catalogue: &str) -> EcoString {
    eco_format!("{}/{}-{SPECIFIC}/{catalogue}", cluster.path, cluster.name)
}

/// The objects of a catalogue that have names of the cluster's own, in its own directory.
fn with_computed(ctx: &mut Context<'_>, items: &[Anchor], draft: Draft) -> Option<Draft> {
    if ctx.target.is_shared() {
        // Each cluster makes them for itself.
        ctx.state.is_certain = false;
        return None;
    }
    let contents = contents(ctx, items, &[], pieces_for, None);
    let objects = contents.pieces.into_iter().map(|it| {
        let file = it.object.file.trim_start_matches("manifests/").into();
        Piece::own(Object { file, ..Object::clone(&it.object) })
    });
    Some(Draft { objects: objects.collect(), ..draft })
}

/// What a Kustomization applied stays when it goes, whatever its author wants of its end.
fn let_go(fields: &mut Node, origin: Origin) {
    set(fields, &["prune"], Node::new(Value::Bool(false), origin));
    if fields.get("deletionPolicy").is_some() {
        set(fields, &["deletionPolicy"], text("Orphan", origin));
    }
}

/// A catalogue as a cluster uses it.
struct OnCluster<'a> {
    catalogue: Anchor,
    base: &'a Bundle,
    origin: Origin,
    /// What its Kustomization is called, if its author says so.
    called: Option<Node>,
    /// Of each of its Kustomizations.
    fields: Node,
    ready_when: ReadyWhen,
    releases: Vec<Arc<Release>>,
}

impl OnCluster<'_> {
    /// Its main Kustomization with the components that it uses, and one for each part that is split off. Whether
    /// there is a main one.
    fn units(
        &self,
        db: &dyn Db,
        name: &EcoString,
        after: &[After],
        pieces: Vec<Piece>,
        drafts: &mut Vec<Draft>,
    ) -> bool {
        let is_split = |(it, _): &(BundlePart, Vec<Piece>)| matches!(it, BundlePart::Split(_));
        let (split, parts): (BTreeMap<BundlePart, Vec<Piece>>, BTreeMap<_, _>) =
            self.parts(pieces).into_iter().partition(is_split);
        let is_split_off = |it: &&Arc<Release>| split.contains_key(&BundlePart::Split(it.addon.name(db).clone()));
        let has_main = !parts.is_empty();
        if has_main {
            let components = parts.keys().filter(|it| **it != BundlePart::Main).map(BundlePart::dir).collect();
            let is_used = |it: &BundlePart| *it == BundlePart::Main || parts.contains_key(it);
            drafts.push(Draft {
                base: self.base_of(&is_used),
                releases: self.releases.iter().filter(|it| !is_split_off(it)).cloned().collect(),
                components,
                objects: parts.into_values().flatten().collect(),
                called: self.called.clone(),
                ..self.draft(name.clone(), self.base.dir.clone(), after.to_vec())
            });
        }
        for (part, objects) in split {
            let BundlePart::Split(addon) = &part else { bug("what is split off is a part of its own") };
            let mut after = after.to_vec();
            if has_main {
                after.push(After::Applied(name.clone()));
            }
            let path = eco_format!("{}/{}", self.base.dir, part.dir());
            drafts.push(Draft {
                objects,
                called: part_of(self.called.as_ref(), addon),
                base: self.base_of(&|it| *it == part),
                releases: self.releases.iter().filter(|it| it.addon.name(db) == addon).cloned().collect(),
                ..self.draft(eco_format!("{name}-{addon}"), path, after)
            });
        }
        has_main
    }

    /// Its objects, by the part of `common/` that they are in. What `common/` has not is of the main part: it is
    /// refused later.
    fn parts(&self, pieces: Vec<Piece>) -> BTreeMap<BundlePart, Vec<Piece>> {
        let mut parts: BTreeMap<BundlePart, Vec<Piece>> = BTreeMap::new();
        for it in pieces {
            let in_base = if self.base.has_parts { self.base.find(&it.object.id) } else { None };
            let part = in_base.map_or(BundlePart::Main, |it| self.base.part(it));
            parts.entry(part).or_default().push(it);
        }
        parts
    }

    fn base_of(&self, is_wanted: &dyn Fn(&BundlePart) -> bool) -> Vec<Arc<Object>> {
        self.base.objects.iter().filter(|it| is_wanted(&self.base.part(it))).cloned().collect()
    }

    fn draft(&self, name: EcoString, path: EcoString, after: Vec<After>) -> Draft {
        Draft {
            catalogue: Some(self.catalogue),
            after,
            ready_when: self.ready_when.clone(),
            ..Draft::new(name, path, UnitPlace::Root, self.origin, self.fields.clone())
        }
    }
}

/// A namespace that only an override brings stands in the cluster's own directory,
/// before everything else.
fn namespaces_of_overrides(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    base: &Bundle,
    objects: &mut Vec<Piece>,
    drafts: &mut Vec<Draft>,
) {
    let is_extra = |it: &Piece| {
        it.object.id.kind == "Namespace"
            && it.object.origin.anchor.kind(ctx.db) == Kind::ADDON
            && base.find(&it.object.id).is_none()
    };
    if !objects.iter().any(is_extra) {
        return;
    }
    // It would stand in a directory that is the cluster's own.
    ctx.state.is_certain &= !ctx.target.is_shared();
    let (extra, rest): (Vec<Piece>, Vec<Piece>) = std::mem::take(objects).into_iter().partition(is_extra);
    *objects = rest;
    let name = eco_format!("{}-namespaces", cluster.name);
    let extra = extra.into_iter().map(|it| {
        let file = eco_format!("{}.yaml", it.object.id.name);
        Piece::own(Object { file, component: None, ..Object::clone(&it.object) })
    });
    if let Some(draft) = drafts.iter_mut().find(|it| it.name == name) {
        for it in extra {
            if !draft.objects.iter().any(|other| other.object.id == it.object.id) {
                draft.objects.push(it);
            }
        }
        return;
    }
    let origin = cluster.origin;
    let fields = fields(ctx, cluster, None, None, origin);
    drafts.push(Draft {
        objects: extra.collect(),
        ..Draft::new(
            name,
            eco_format!("{}/{}-specific/namespaces", cluster.path, cluster.name),
            UnitPlace::Gate,
            origin,
            fields,
        )
    });
}

fn uses_shared(ctx: &Context<'_>, release: &Release) -> bool {
    let is_object = |it: Anchor| !source_kind(ctx.db, it).is_one_chart() || is_pinned(ctx.db, it);
    release.source.is_some_and(|it| it.parent(ctx.db).is_none() && is_object(it))
}
