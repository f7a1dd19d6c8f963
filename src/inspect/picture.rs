//! What depends on what, as boxes with rows and arrows between them.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::whom::{Trait, Traits, Whom};
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed, Release, Unit, UnitPlace};
use crate::kube::Id;
use crate::names;
use crate::source::{Anchor, Db, IndexMap, Kind};
use crate::syntax::{self, ast::Head};
use crate::value::{Node, Value};

/// Boxes, and what leads from one to another.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub title: EcoString,
    pub boxes: Vec<Boxed>,
    pub arrows: Vec<Arrow>,
}

/// A box.
#[derive(Clone, Debug)]
pub struct Boxed {
    pub kind: BoxKind,
    pub title: EcoString,
    /// What else there is to say of it.
    pub detail: EcoString,
    pub rows: Vec<Row>,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoxKind {
    Sources,
    /// A catalogue, or a Kustomization.
    Applied,
    /// A directory or repository of somebody else's.
    Foreign,
    Clusters,
}

/// A line in a box.
#[derive(Clone, Debug)]
pub struct Row {
    pub label: EcoString,
    pub detail: EcoString,
}

/// From what comes first to what needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arrow {
    pub from: End,
    pub to: End,
    pub kind: ArrowKind,
}

/// A box, or a row of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct End {
    pub of: usize,
    pub row: Option<usize>,
}

/// What an arrow says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArrowKind {
    /// A chart comes from a source.
    Source,
    /// One waits for another.
    DependsOn,
    /// A cluster takes something.
    Takes,
}

/// Most sets of add-ons that are told apart.
const MOST: usize = 24;

/// The fleet: sources, catalogues with their add-ons, and which clusters take them.
#[must_use]
pub fn picture(db: &dyn Db) -> Picture {
    let index = names::index(db, db.project());
    let name = fleet::settings(db, db.project()).value.anchor.map(|it| it.name(db).clone()).unwrap_or_default();
    let mut it = Drawing::new(db);
    it.picture.title = name;
    for catalogue in index.catalogues.values() {
        it.catalogue(*catalogue);
    }
    for catalogue in index.catalogues.values() {
        it.order(*catalogue);
    }
    it.clusters();
    it.finished()
}

/// One cluster: its Kustomizations, the releases in them, and what waits for what.
#[must_use]
pub fn picture_of(db: &dyn Db, cluster: Anchor) -> Picture {
    let deployed = &flux::deployed(db, cluster).value;
    let model = &fleet::cluster(db, cluster).value;
    let mut it = Drawing::new(db);
    it.picture.title = model.name.clone();
    for unit in deployed.units.iter() {
        it.unit(unit);
    }
    it.attached(deployed);
    it.waits(deployed, model);
    it.finished()
}

struct Drawing<'a> {
    db: &'a dyn Db,
    picture: Picture,
    /// Where an add-on stands.
    addons: IndexMap<Anchor, End>,
    /// Which source each needs.
    sources: Vec<(Anchor, End)>,
    boxes: BTreeMap<EcoString, usize>,
}

impl<'a> Drawing<'a> {
    fn new(db: &'a dyn Db) -> Self {
        let (addons, sources) = (IndexMap::default(), Vec::new());
        Self { db, picture: Picture::default(), addons, sources, boxes: BTreeMap::new() }
    }

    fn add(&mut self, name: EcoString, it: Boxed) -> usize {
        let of = self.picture.boxes.len();
        self.picture.boxes.push(it);
        self.boxes.insert(name, of);
        of
    }

    fn arrow(&mut self, from: End, to: End, kind: ArrowKind) {
        let it = Arrow { from, to, kind };
        if from != to && !self.picture.arrows.contains(&it) {
            self.picture.arrows.push(it);
        }
    }

    fn catalogue(&mut self, catalogue: Anchor) {
        let db = self.db;
        let items: Vec<Anchor> = names::index(db, db.project()).items_of(catalogue).map(|(_, it)| it).collect();
        let (addons, others): (Vec<Anchor>, Vec<Anchor>) = items.into_iter().partition(|it| it.kind(db) == Kind::ADDON);
        let addons = in_order(db, addons);
        let mut rows: Vec<Row> = addons.iter().map(|it| addon_row(db, *it)).collect();
        rows.extend(summed(others.iter().map(|it| EcoString::from(it.kind(db).word()))));
        let dir = flux::bundle(db, catalogue).value.dir.clone();
        let title = catalogue.name(db).clone();
        let of = self.add(title.clone(), Boxed { kind: BoxKind::Applied, title, detail: dir, rows });
        for (nth, addon) in addons.iter().enumerate() {
            let end = End { of, row: Some(nth) };
            self.addons.insert(*addon, end);
            let evaluated = &fleet::base(db, *addon).value.node;
            let source = evaluated.get("source").and_then(Node::text);
            if let Some(source) =
                source.and_then(|it| flux::find_source(db, names::index(db, db.project()), Some(catalogue), it))
            {
                self.sources.push((source, end));
            }
        }
    }

    /// `after` of catalogues, and `requires` of their add-ons.
    fn order(&mut self, catalogue: Anchor) {
        let db = self.db;
        let index = names::index(db, db.project());
        let body = &fleet::catalogue(db, catalogue).value;
        let Some(to) = self.boxes.get(catalogue.name(db)).copied() else { return };
        for name in body.get("after").and_then(Node::list).unwrap_or_default().iter().filter_map(Node::text) {
            let (of, item) = name.split_once('.').map_or((name.as_str(), None), |(of, item)| (of, Some(item)));
            let addon = item.and_then(|it| index.items.get(index.catalogues.get(of)?)?.get(it));
            let from = match (addon.and_then(|it| self.addons.get(it)), self.boxes.get(of)) {
                (Some(it), _) => *it,
                (None, Some(of)) => End { of: *of, row: None },
                (None, None) => continue,
            };
            self.arrow(from, End { of: to, row: None }, ArrowKind::DependsOn);
        }
        for (addon, required) in required(db, catalogue) {
            if let (Some(from), Some(to)) = (self.addons.get(&required).copied(), self.addons.get(&addon).copied()) {
                self.arrow(from, to, ArrowKind::DependsOn);
            }
        }
    }

    /// A box for each ring, in the order of the rollout; one for all where there are none, or for those of no ring.
    fn clusters(&mut self) {
        let db = self.db;
        let all = &fleet::all_clusters(db, db.project()).value;
        let known = Traits::new(db, all);
        let mut rest: Vec<(&EcoString, Anchor)> = all.iter().map(|(name, anchor)| (name, *anchor)).collect();
        let rings = fleet::settings(db, db.project()).value.rings.as_ref();
        for (rings, ring) in rings.into_iter().flat_map(|it| it.order.iter().map(move |ring| (it, ring))) {
            let fact = |anchor: Anchor| fleet::cluster(db, anchor).value.facts.entries.get(&rings.fact);
            let is_of = |anchor: Anchor| fact(anchor).is_some_and(|it| written(&it.value) == *ring);
            let (of_ring, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, it)| is_of(*it));
            rest = others;
            self.ring(eco_format!("{} = {ring}", rings.fact), &of_ring, &known);
        }
        self.ring("clusters".into(), &rest, &known);
    }

    /// Clusters that take the same are one row.
    fn ring(&mut self, title: EcoString, clusters: &[(&EcoString, Anchor)], known: &Traits<'_>) {
        let db = self.db;
        let mut alike: IndexMap<Vec<(Anchor, Vec<Anchor>)>, Vec<&EcoString>> = IndexMap::default();
        for (name, anchor) in clusters {
            let taken = &fleet::cluster(db, *anchor).value.taken;
            let what = taken.iter().map(|it| (it.catalogue, it.items.clone())).collect();
            alike.entry(what).or_default().push(name);
        }
        if clusters.is_empty() {
            return;
        }
        // The most common first; of those that few have, only how many there are.
        alike.sort_by(|_, a, _, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        let left: Vec<Vec<&EcoString>> = alike.split_off(MOST.min(alike.len())).into_values().collect();
        let is_only = alike.len() == 1 && left.is_empty();
        let rows = alike.iter().map(|(what, names)| {
            let label = match (known.whom(names), names.as_slice()) {
                (Whom::Every, _) => eco_format!("all clusters"),
                (_, [one]) => (*one).clone(),
                _ if is_only => eco_format!("all of them"),
                (Whom::Those { have, but }, _) => those(&have, &but),
                (Whom::Named, [first, rest @ ..]) => eco_format!("{first} and {} more", rest.len()),
                (Whom::Named, []) => EcoString::new(),
            };
            let addons = what.iter().flat_map(|(_, items)| items).filter(|it| it.kind(db) == Kind::ADDON).count();
            let number = |count: usize, what: &str| eco_format!("{count} {what}{}", if count == 1 { "" } else { "s" });
            Row { label, detail: eco_format!("{}, {}", number(names.len(), "cluster"), number(addons, "add-on")) }
        });
        let (mut rows, detail): (Vec<Row>, _) = (rows.collect(), eco_format!("{}", clusters.len()));
        if !left.is_empty() {
            let count: usize = left.iter().map(Vec::len).sum();
            let label = eco_format!("and {} other sets", left.len());
            rows.push(Row { label, detail: eco_format!("{count} clusters") });
        }
        let of = self.picture.boxes.len();
        self.picture.boxes.push(Boxed { kind: BoxKind::Clusters, title, detail, rows });
        for (nth, what) in alike.keys().enumerate() {
            for (catalogue, _) in what {
                if let Some(from) = self.boxes.get(catalogue.name(db)).copied() {
                    self.arrow(End { of: from, row: None }, End { of, row: Some(nth) }, ArrowKind::Takes);
                }
            }
        }
    }

    fn unit(&mut self, unit: &Unit) {
        let db = self.db;
        let releases: Vec<&Release> = unit.releases.iter().map(|it| &**it).collect();
        let mut order = in_order(db, releases.iter().map(|it| it.addon).collect());
        order.dedup();
        let find = |addon: &Anchor| releases.iter().find(|it| it.addon == *addon);
        let releases: Vec<&Release> = order.iter().filter_map(find).copied().collect();
        let mut rows: Vec<Row> = releases.iter().map(|it| release_row(db, it)).collect();
        let is_source = |id: &Id| id.group == "source.toolkit.fluxcd.io";
        let others = unit.objects.iter().filter(|it| it.id.kind != "HelmRelease" && !is_source(&it.id));
        rows.extend(summed(others.map(|it| it.id.kind.clone())));
        if rows.is_empty() && unit.place != UnitPlace::Foreign {
            // Sources alone: they have a box of their own.
            rows.extend(summed(unit.objects.iter().map(|it| it.id.kind.clone())));
        }
        let kind = if unit.place == UnitPlace::Foreign { BoxKind::Foreign } else { BoxKind::Applied };
        let it = Boxed { kind, title: unit.name.clone(), detail: eco_format!("./{}", unit.path), rows };
        let of = self.add(unit.name.clone(), it);
        for (nth, release) in releases.iter().enumerate() {
            let end = End { of, row: Some(nth) };
            self.addons.insert(release.addon, end);
            self.sources.extend(release.source.map(|it| (it, end)));
        }
    }

    /// What tenants and repositories bring: Kustomizations in the cluster's root.
    fn attached(&mut self, deployed: &Deployed) {
        let kustomizations = deployed.root.iter().filter(|it| it.id.group == "kustomize.toolkit.fluxcd.io");
        for it in kustomizations {
            let text = |path: &[&str]| it.body.at(path).and_then(Node::text).cloned().unwrap_or_default();
            let (source, path) = (text(&["spec", "sourceRef", "name"]), text(&["spec", "path"]));
            let title = eco_format!("{}/{}", it.id.namespace, it.id.name);
            let rows = vec![Row { label: source, detail: path }];
            let detail = "repository".into();
            self.add(title.clone(), Boxed { kind: BoxKind::Foreign, title, detail, rows });
        }
    }

    /// `dependsOn` of Kustomizations and of releases.
    fn waits(&mut self, deployed: &Deployed, cluster: &Cluster) {
        for unit in deployed.units.iter() {
            let Some(to) = self.boxes.get(&unit.name).copied() else { continue };
            let depends_on = unit.kustomization.spec().and_then(|it| it.get("dependsOn")).and_then(Node::list);
            let names = depends_on.unwrap_or_default().iter().filter_map(|it| it.get("name")?.text());
            // Everything waits for the root.
            for name in names.filter(|it| **it != cluster.sync.root) {
                if let Some(from) = self.boxes.get(name).copied() {
                    self.arrow(End { of: from, row: None }, End { of: to, row: None }, ArrowKind::DependsOn);
                }
            }
            for release in &unit.releases {
                for (required, _) in &release.requires {
                    if let (Some(from), Some(to)) =
                        (self.addons.get(required).copied(), self.addons.get(&release.addon).copied())
                    {
                        self.arrow(from, to, ArrowKind::DependsOn);
                    }
                }
            }
        }
    }

    /// With the sources, in the order of what needs them.
    fn finished(mut self) -> Picture {
        let mut used: IndexMap<Anchor, Vec<End>> = IndexMap::default();
        for (source, end) in std::mem::take(&mut self.sources) {
            used.entry(source).or_default().push(end);
        }
        if !used.is_empty() {
            let rows: Vec<Row> = used.keys().map(|it| source_row(self.db, *it)).collect();
            let detail = eco_format!("{}", rows.len());
            let of = self.picture.boxes.len();
            self.picture.boxes.push(Boxed { kind: BoxKind::Sources, title: "sources".into(), detail, rows });
            for (nth, ends) in used.values().enumerate() {
                for end in ends {
                    self.arrow(End { of, row: Some(nth) }, *end, ArrowKind::Source);
                }
            }
        }
        self.picture
    }
}

/// A ring's name, as `rings` has it.
fn written(value: &Value) -> EcoString {
    match value {
        Value::Text(it) => it.clone(),
        other => other.show(),
    }
}

/// Some clusters, as briefly as they can be told.
fn those(have: &[Trait], but: &[EcoString]) -> EcoString {
    let one = |it: &Trait| match it {
        Trait::Group(name) => eco_format!("group {name}"),
        Trait::Fact { name, value } => eco_format!("{name} = {}", value.trim_matches('"')),
    };
    let whole: Vec<EcoString> = have.iter().map(one).collect();
    let whole = if whole.is_empty() { "all".into() } else { whole.join(", ") };
    if but.is_empty() { whole.into() } else { eco_format!("{whole} but {}", but.join(", ")) }
}

/// Add-ons after those that they require, and otherwise by name.
fn in_order(db: &dyn Db, mut all: Vec<Anchor>) -> Vec<Anchor> {
    all.sort_by_key(|it| it.name(db).clone());
    let index = names::index(db, db.project());
    let needs: Vec<(Anchor, Vec<Anchor>)> = all.iter().map(|it| (*it, requires(db, index, *it))).collect();
    let mut placed: Vec<Anchor> = Vec::with_capacity(all.len());
    while placed.len() < all.len() {
        let left = || needs.iter().filter(|(it, _)| !placed.contains(it));
        let waits = |other: &Anchor| all.contains(other) && !placed.contains(other);
        // In a cycle, which is an error elsewhere, the first by name.
        let free = left().find(|(_, needs)| !needs.iter().any(waits)).or_else(|| left().next());
        let Some((next, _)) = free else { break };
        placed.push(*next);
    }
    placed
}

fn requires(db: &dyn Db, index: &names::Index, addon: Anchor) -> Vec<Anchor> {
    let node = &fleet::base(db, addon).value.node;
    let names = node.get("requires").and_then(Node::list).unwrap_or_default();
    names.iter().filter_map(|it| flux::find_addon(db, index, addon, it.text()?)).collect()
}

/// The add-ons of a catalogue, each with one that it requires.
fn required(db: &dyn Db, catalogue: Anchor) -> Vec<(Anchor, Anchor)> {
    let index = names::index(db, db.project());
    let addons = index.items_of(catalogue).map(|(_, it)| it).filter(|it| it.kind(db) == Kind::ADDON);
    addons.flat_map(|addon| requires(db, index, addon).into_iter().map(move |it| (addon, it))).collect()
}

fn addon_row(db: &dyn Db, addon: Anchor) -> Row {
    let version = fleet::base(db, addon).value.node.get("version").and_then(Node::text).cloned().unwrap_or_default();
    let optional = if fleet::is_optional(db, addon) { "optional " } else { "" };
    Row { label: addon.name(db).clone(), detail: eco_format!("{optional}{version}") }
}

fn release_row(db: &dyn Db, release: &Release) -> Row {
    let version = release.version_text().cloned().unwrap_or_default();
    Row { label: release.addon.name(db).clone(), detail: version }
}

fn source_row(db: &dyn Db, source: Anchor) -> Row {
    let kind = match &syntax::declaration(db, source).head {
        Head::Source { provider, .. } => provider.object(),
        _ => "",
    };
    Row { label: source.name(db).clone(), detail: kind.into() }
}

/// "3 ConfigMaps", a row for each kind.
fn summed(kinds: impl Iterator<Item = EcoString>) -> Vec<Row> {
    let mut counts: BTreeMap<EcoString, usize> = BTreeMap::new();
    for it in kinds {
        *counts.entry(it).or_default() += 1;
    }
    let label = |(kind, count): (EcoString, usize)| if count == 1 { kind } else { eco_format!("{count} × {kind}") };
    counts.into_iter().map(|it| Row { label: label(it), detail: EcoString::new() }).collect()
}
