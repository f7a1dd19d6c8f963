//! Tables of what the fleet has: a row a cluster, an add-on, a source.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::filter::Filter;
use super::secrets;
use crate::eval::versions;
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed, Release};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind};
use crate::syntax::{self, ast::Head};
use crate::value::{Node, Value};

/// Rows under a head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub head: Vec<Heading>,
    pub rows: Vec<Vec<Cell>>,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heading {
    /// What every fleet has: `add-ons`.
    Of(&'static str),
    /// A fact, under the name that the fleet gives it.
    Fact(EcoString),
    /// What a ring has, under the name that the rollout gives it.
    Ring(EcoString),
}

/// What stands in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Nothing,
    Text(EcoString),
    Number(usize),
    /// Several texts, in order.
    List(Vec<EcoString>),
    /// A value of the language.
    Value(Value),
}

impl From<&EcoString> for Cell {
    fn from(text: &EcoString) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text.clone()) }
    }
}

/// What there are tables of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    Clusters,
    Addons,
    Releases,
    Sources,
    Catalogues,
    Rules,
    Versions,
}

/// A table of one kind of thing, of those clusters and add-ons that a filter leaves.
#[must_use]
pub fn list(db: &dyn Db, kinds: Kinds, filter: Option<Filter>) -> Table {
    let clusters: Vec<Anchor> = match filter {
        Some(it) => fleet::clusters(db).filter(|cluster| it.holds_on(db, *cluster) == Some(true)).collect(),
        None => fleet::clusters(db).collect(),
    };
    let releases = || releases_of(db, &clusters, filter);
    match kinds {
        Kinds::Clusters => of_clusters(db, &clusters),
        Kinds::Addons => of_addons(db, &releases()),
        Kinds::Releases => of_releases(db, &releases()),
        Kinds::Sources => of_sources(db, &clusters, filter.is_some()),
        Kinds::Catalogues => of_catalogues(db, &clusters, filter.is_some()),
        Kinds::Rules => of_rules(db, &clusters),
        Kinds::Versions => of_versions(db, &releases()),
    }
}

fn head(names: &[&'static str]) -> Vec<Heading> {
    names.iter().map(|it| Heading::Of(it)).collect()
}

fn of_clusters(db: &dyn Db, clusters: &[Anchor]) -> Table {
    let facts = &fleet::settings(db, db.project()).value.facts;
    let has_hub = clusters.iter().any(|it| fleet::cluster(db, *it).value.via.is_some());
    let after = if has_hub { vec!["flux", "hub", "add-ons", "path"] } else { vec!["flux", "add-ons", "path"] };
    let columns = facts.keys().map(|it| Heading::Fact(it.clone()));
    let head = head(&["cluster", "group"]).into_iter().chain(columns).chain(head(&after)).collect();
    let mut table = Table { head, rows: Vec::new() };
    for anchor in clusters {
        let cluster = &fleet::cluster(db, *anchor).value;
        let groups: Vec<&str> = cluster.groups.iter().map(|it| it.name(db).as_str()).collect();
        let facts_of = secrets::entries(cluster.facts.entries.iter());
        let fact = |name: &EcoString| facts_of.get(name).map_or(Cell::Nothing, cell_of);
        let addons = fleet::addons_of(db, cluster).count();
        let mut row = vec![Cell::from(&cluster.name), Cell::from(&EcoString::from(groups.join("/")))];
        row.extend(facts.keys().map(fact));
        row.push(Cell::Text(cluster.flux.to_string().into()));
        if has_hub {
            row.push(cluster.via.as_ref().map_or(Cell::Nothing, |it| Cell::from(it.hub.name(db))));
        }
        row.extend([Cell::Number(addons), Cell::from(&cluster.path)]);
        table.rows.push(row);
    }
    table
}

fn cell_of(node: &Node) -> Cell {
    match &node.value {
        Value::Absent | Value::Null => Cell::Nothing,
        Value::Text(it) => Cell::Text(it.clone()),
        other => Cell::Value(other.clone()),
    }
}

/// A release on a cluster.
struct OnCluster<'a> {
    cluster: &'a Cluster,
    unit: EcoString,
    release: Release,
}

fn releases_of<'a>(db: &'a dyn Db, clusters: &[Anchor], filter: Option<Filter>) -> Vec<OnCluster<'a>> {
    let mut found = Vec::new();
    for anchor in clusters {
        let cluster = &fleet::cluster(db, *anchor).value;
        let wanted: Option<BTreeSet<EcoString>> = filter.map(|it| it.addons_on(db, *anchor).into_iter().collect());
        let deployed: &Deployed = &flux::deployed(db, *anchor).value;
        for (unit, release) in deployed.releases() {
            let name = release.addon.name(db);
            // Of several with one name, each is called with its catalogue.
            let is_wanted = |all: &BTreeSet<EcoString>| all.contains(name) || all.contains(&release.addon.dotted(db));
            if wanted.as_ref().is_none_or(is_wanted) {
                found.push(OnCluster { cluster, unit: unit.name.clone(), release: release.clone() });
            }
        }
    }
    found
}

fn version(release: &Release) -> EcoString {
    release.version_text().cloned().unwrap_or_default()
}

/// Versions, each once, the lowest first.
fn sorted(versions: impl IntoIterator<Item = EcoString>) -> Vec<EcoString> {
    let mut all: Vec<EcoString> = versions.into_iter().filter(|it| !it.is_empty()).collect();
    all.sort_by(|a, b| versions::compare(a, b).unwrap_or_else(|| a.cmp(b)).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// Whose an item is: its catalogue, or the cluster that declares it.
fn holder(db: &dyn Db, item: Anchor) -> EcoString {
    item.parent(db).map(|it| it.name(db).clone()).unwrap_or_default()
}

fn source_name(db: &dyn Db, release: &Release) -> EcoString {
    release.source.map(|it| it.name(db).clone()).unwrap_or_default()
}

fn of_addons(db: &dyn Db, releases: &[OnCluster<'_>]) -> Table {
    let mut rows: BTreeMap<(EcoString, EcoString), Vec<&OnCluster<'_>>> = BTreeMap::new();
    for it in releases {
        let key = (it.release.addon.name(db).clone(), holder(db, it.release.addon));
        rows.entry(key).or_default().push(it);
    }
    let row = |((name, holder), all): ((EcoString, EcoString), Vec<&OnCluster<'_>>)| {
        let charts: BTreeSet<EcoString> = all.iter().map(|it| it.release.chart.clone()).collect();
        let sources: BTreeSet<EcoString> = all.iter().map(|it| source_name(db, &it.release)).collect();
        let list = |it: BTreeSet<EcoString>| Cell::List(it.into_iter().filter(|it| !it.is_empty()).collect());
        vec![
            Cell::from(&name),
            Cell::from(&holder),
            list(charts),
            list(sources),
            Cell::List(sorted(all.iter().map(|it| version(&it.release)))),
            Cell::Number(all.len()),
        ]
    };
    let head = head(&["add-on", "catalogue", "chart", "source", "versions", "clusters"]);
    Table { head, rows: rows.into_iter().map(row).collect() }
}

fn of_releases(db: &dyn Db, releases: &[OnCluster<'_>]) -> Table {
    let row = |it: &OnCluster<'_>| {
        vec![
            Cell::from(&it.cluster.name),
            Cell::from(it.release.addon.name(db)),
            Cell::from(&version(&it.release)),
            Cell::from(&it.release.target),
            Cell::from(&it.release.name),
            Cell::from(&it.unit),
        ]
    };
    let head = head(&["cluster", "add-on", "version", "namespace", "release", "kustomization"]);
    Table { head, rows: releases.iter().map(row).collect() }
}

/// Where somebody asks about some clusters, what none of those has is left out.
fn of_sources(db: &dyn Db, clusters: &[Anchor], is_asked: bool) -> Table {
    let mut used: IndexMap<Anchor, (IndexSet<Anchor>, IndexSet<Anchor>)> = IndexMap::default();
    for cluster in clusters {
        for (_, release) in flux::deployed(db, *cluster).value.releases() {
            if let Some(source) = release.source {
                let (addons, on) = used.entry(source).or_default();
                addons.insert(release.addon);
                on.insert(*cluster);
            }
        }
    }
    let index = names::index(db, db.project());
    let local = index.local_sources.values().flatten().map(|(_, it)| *it);
    let mut all: Vec<Anchor> = index.sources.values().copied().chain(local).chain(used.keys().copied()).collect();
    let place = |it: &Anchor| (it.name(db).clone(), holder(db, *it));
    all.sort_by_key(place);
    all.dedup();
    all.retain(|it| !names::is_of_template(db, *it));
    all.retain(|it| used.contains_key(it) || (!is_asked && it.file(db).package(db).is_empty()));
    let row = |it: Anchor| {
        let evaluated = &fleet::base(db, it).value.node;
        let url = ["url", "bucketName", "name"]
            .iter()
            .find_map(|key| evaluated.get(key)?.text())
            .cloned()
            .unwrap_or_default();
        let kind = match &syntax::declaration(db, it).head {
            Head::Source { provider, .. } => EcoString::from(provider.object()),
            _ => EcoString::new(),
        };
        let (addons, on) = used.get(&it).map_or((0, 0), |(addons, on)| (addons.len(), on.len()));
        let cells = [Cell::from(it.name(db)), Cell::from(&holder(db, it)), Cell::from(&kind), Cell::from(&url)];
        cells.into_iter().chain([Cell::Number(addons), Cell::Number(on)]).collect()
    };
    let head = head(&["source", "in", "kind", "url", "add-ons", "clusters"]);
    Table { head, rows: all.into_iter().map(row).collect() }
}

fn of_catalogues(db: &dyn Db, clusters: &[Anchor], is_asked: bool) -> Table {
    let index = names::index(db, db.project());
    let row = |catalogue: &Anchor| {
        let items: Vec<Anchor> = index.items_of(*catalogue).map(|(_, it)| it).collect();
        let addons = items.iter().filter(|it| it.kind(db) == Kind::ADDON).count();
        let takes = |it: &&Anchor| fleet::cluster(db, **it).value.taken.iter().any(|it| it.catalogue == *catalogue);
        let dir = &flux::bundle(db, *catalogue).value.dir;
        let on = clusters.iter().filter(takes).count();
        let cells = [Cell::from(catalogue.name(db)), Cell::Number(addons), Cell::Number(items.len() - addons)];
        (on > 0 || !is_asked).then(|| cells.into_iter().chain([Cell::Number(on), Cell::from(dir)]).collect())
    };
    let head = head(&["catalogue", "add-ons", "other items", "clusters", "path"]);
    Table { head, rows: index.catalogues.values().filter_map(row).collect() }
}

fn of_rules(db: &dyn Db, clusters: &[Anchor]) -> Table {
    let index = names::index(db, db.project());
    let row = |rule: &Anchor| {
        let applies = |it: &&Anchor| fleet::cluster(db, **it).value.ranks.iter().flatten().any(|it| it == rule);
        let statements = &fleet::statements(db, *rule).value;
        let condition = match &syntax::declaration(db, *rule).head {
            Head::Rule { when: Some(when), .. } => text_of(db, *rule, when.node),
            _ => EcoString::new(),
        };
        vec![
            Cell::from(rule.name(db)),
            Cell::from(&condition),
            Cell::Number(clusters.iter().filter(applies).count()),
            Cell::Number(statements.overrides.len()),
            Cell::Number(statements.uses.len()),
            Cell::Number(statements.drops.len()),
        ]
    };
    let head = head(&["rule", "when", "clusters", "overrides", "uses", "drops"]);
    Table { head, rows: index.rules.values().map(row).collect() }
}

fn text_of(db: &dyn Db, anchor: Anchor, node: crate::source::NodeId) -> EcoString {
    let located = crate::data::locate(db, crate::source::Origin::new(anchor, node));
    let text = located.and_then(|it| Some(EcoString::from(it.text.get(it.range)?)));
    let words: Vec<String> = text.iter().flat_map(|it| it.split_whitespace()).map(str::to_owned).collect();
    eco_format!("{}", words.join(" "))
}

/// Add-on × ring, or where the fleet has no rings, × everywhere.
fn of_versions(db: &dyn Db, releases: &[OnCluster<'_>]) -> Table {
    let rings = fleet::settings(db, db.project()).value.rings.as_ref();
    let order: Vec<EcoString> = rings.map_or_else(|| vec!["versions".into()], |it| it.order.clone());
    let mut rows: BTreeMap<(EcoString, EcoString), Vec<Vec<EcoString>>> = BTreeMap::new();
    let mut has_outside = false;
    for it in releases {
        let ring = rings.map_or(Some(0), |rings| {
            let name = it.cluster.facts.entries.get(&rings.fact).and_then(Node::text)?;
            order.iter().position(|it| it == name)
        });
        has_outside |= ring.is_none();
        let key = (it.release.addon.name(db).clone(), holder(db, it.release.addon));
        let row = rows.entry(key).or_insert_with(|| vec![Vec::new(); order.len() + 1]);
        if let Some(cell) = row.get_mut(ring.unwrap_or(order.len())) {
            cell.push(version(&it.release));
        }
    }
    let mut table = Table { head: head(&["add-on"]), rows: Vec::new() };
    let heading = |it: &EcoString| rings.map_or(Heading::Of("versions"), |_| Heading::Ring(it.clone()));
    table.head.extend(order.iter().map(heading));
    if has_outside {
        table.head.push(Heading::Of("no ring"));
    }
    for ((name, _), cells) in rows {
        let mut row = vec![Cell::from(&name)];
        row.extend(cells.into_iter().take(table.head.len() - 1).map(|it| match sorted(it) {
            it if it.is_empty() => Cell::Nothing,
            it => Cell::List(it),
        }));
        table.rows.push(row);
    }
    table
}
