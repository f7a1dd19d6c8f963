//! Everything that a page about the fleet shows: which cluster has which add-on, in which
//! version, with which values, and who set each.

use std::cell::LazyCell;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::asked::below;
use super::secrets;
use crate::diagnostic::{Diagnostic, Invariant};
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed, Release};
use crate::kube::Object;
use crate::source::{Anchor, ById, Db, IndexMap, IndexSet, Origin};
use crate::value::{Node, Path, Step, Value};

/// What a page shows.
pub struct Report {
    pub title: EcoString,
    /// The facts that clusters have, in the order of their declarations.
    pub facts: Vec<EcoString>,
    /// The fact that tells a cluster's ring, and its values in the order of the rollout.
    pub rings: Option<(EcoString, Vec<EcoString>)>,
    pub addons: Vec<Column>,
    pub clusters: Vec<Line>,
    /// What clusters have of each add-on: several clusters may have the same.
    pub cells: Vec<Vec<Option<usize>>>,
    pub warnings: Vec<Diagnostic>,
}

/// An add-on.
pub struct Column {
    pub name: EcoString,
    /// Its catalogue, or the cluster that declares it.
    pub holder: EcoString,
    /// What it is on some clusters, each once.
    pub variants: Vec<Variant>,
}

/// A column that is being filled: from an object with its version, and from what these say, to a variant.
struct Filling<'a> {
    column: Column,
    by_object: IndexMap<(ById<'a, Object>, EcoString), usize>,
    by_text: IndexMap<String, usize>,
}

/// Who set a value, and what each other wanted, the winner first.
pub type Layers = Vec<(Origin, Value)>;

/// A release as some clusters have it; texts may have placeholders for their facts.
pub struct Variant {
    pub version: EcoString,
    pub namespace: EcoString,
    /// Its leaves, each with who set it and what each other wanted, the winner first.
    pub leaves: Vec<(Path, Layers)>,
    /// Whether a cluster's own declaration says something of it.
    pub is_own: bool,
}

/// A cluster.
pub struct Line {
    pub name: EcoString,
    pub groups: Vec<EcoString>,
    pub facts: Arc<crate::value::Map>,
    /// Its number in `cells`.
    pub cells: usize,
    /// Where each catalogue is used, by the catalogue's name.
    pub uses: Vec<(EcoString, Origin)>,
    pub origin: Origin,
}

/// Gathers it; `warnings` are what was said of the project.
#[must_use]
pub fn report(db: &dyn Db, warnings: Vec<Diagnostic>) -> Report {
    let settings = &fleet::settings(db, db.project()).value;
    let mut columns: IndexMap<(EcoString, EcoString), Filling<'_>> = IndexMap::default();
    // What each cluster has, by the column's key, before the columns have their order.
    let mut rows: IndexSet<Vec<((EcoString, EcoString), usize)>> = IndexSet::default();
    let mut clusters = Vec::new();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        let deployed = &flux::deployed(db, anchor).value;
        // For values that refer to others: where each entry is written, not where the others are.
        let traced = LazyCell::new(|| flux::traced(db, anchor));
        let mut row = Vec::new();
        for unit in deployed.units.iter() {
            for release in &unit.releases {
                let is_it = |it: &&Arc<Object>| it.id.kind == "HelmRelease" && it.origin.anchor == release.addon;
                let object = unit.objects.iter().find(is_it).invariant("a release is an object of its unit");
                let holder = release.addon.parent(db).map(|it| it.name(db).clone()).unwrap_or_default();
                let key = (release.addon.name(db).clone(), holder);
                let column = columns.entry(key.clone()).or_insert_with(|| Filling::new(&key));
                row.push((key, column.variant(db, cluster, object, release, &traced)));
            }
        }
        let uses = cluster.taken.iter().map(|it| (it.catalogue.name(db).clone(), it.origin()));
        clusters.push(Line {
            name: cluster.name.clone(),
            groups: cluster.groups.iter().map(|it| it.name(db).clone()).collect(),
            facts: Arc::new(crate::value::Map { entries: secrets::entries(cluster.facts.entries.iter()) }),
            cells: rows.insert_full(row).0,
            uses: uses.collect(),
            origin: cluster.origin,
        });
    }
    columns.sort_keys();
    let place = |row: &Vec<((EcoString, EcoString), usize)>| {
        let mut cells = vec![None; columns.len()];
        for (key, variant) in row {
            if let Some(slot) = columns.get_index_of(key).and_then(|nth| cells.get_mut(nth)) {
                *slot = Some(*variant);
            }
        }
        cells
    };
    Report {
        title: settings.anchor.map(|it| it.name(db).clone()).unwrap_or_default(),
        facts: settings.facts.keys().cloned().collect(),
        rings: settings.rings.as_ref().map(|it| (it.fact.clone(), it.order.clone())),
        cells: rows.iter().map(place).collect(),
        addons: columns.into_values().map(|it| it.column).collect(),
        clusters,
        warnings,
    }
}

impl<'a> Filling<'a> {
    fn new((name, holder): &(EcoString, EcoString)) -> Self {
        let column = Column { name: name.clone(), holder: holder.clone(), variants: Vec::new() };
        Self { column, by_object: IndexMap::default(), by_text: IndexMap::default() }
    }

    /// The number of what a cluster has.
    fn variant<F: FnOnce() -> Deployed>(
        &mut self,
        db: &dyn Db,
        cluster: &Cluster,
        object: &'a Object,
        release: &Release,
        traced: &LazyCell<Deployed, F>,
    ) -> usize {
        let version = release.version_text().cloned().unwrap_or_default();
        // The version may stand in another object: that of the chart's registry.
        let key = (ById(object), version.clone());
        if let Some(nth) = self.by_object.get(&key) {
            return *nth;
        }
        let told = traced.objects().map(|(_, it)| it).find(|it| it.id == object.id);
        let leaves: Vec<(Path, Layers)> = below(vec![(Path::default(), &object.body)])
            .into_iter()
            .filter(|(path, _)| matches!(path.0.first(), Some(Step::Key(it)) if it == "spec"))
            .map(|(path, node)| {
                let written = told.and_then(|it| path.find(&it.body).first().map(|(_, it)| *it));
                let path = Path(path.0.get(1..).unwrap_or_default().to_vec());
                let layers = layers(&path, node, written);
                (path, layers)
            })
            .collect();
        // What stands in the texts, and who wrote it.
        let mut text = format!("{version} {}\n", release.target);
        for (path, layers) in &leaves {
            text.push_str(&eco_format!("{path} {layers:?}\n"));
        }
        let next = self.column.variants.len();
        let nth = *self.by_text.entry(text).or_insert(next);
        if nth == next {
            let is_own =
                |(_, layers): &(Path, Layers)| layers.first().is_some_and(|it| is_of(db, it.0.anchor, cluster));
            self.column.variants.push(Variant {
                version,
                namespace: release.target.clone(),
                is_own: leaves.iter().any(is_own),
                leaves,
            });
        }
        self.by_object.insert(key, nth);
        nth
    }
}

/// Whether a declaration is the cluster's own.
fn is_of(db: &dyn Db, anchor: Anchor, cluster: &Cluster) -> bool {
    cluster.own.iter().flatten().any(|it| *it == anchor) || anchor.parent(db) == Some(cluster.anchor)
}

/// The layers of a leaf. `written` is the same leaf of one cluster, where each layer tells where it is written.
fn layers(path: &Path, node: &Node, written: Option<&Node>) -> Layers {
    let chain = |node: &Node| {
        let mut found = vec![(node.origin, node.value.clone())];
        let mut over = node.over.as_deref();
        while let Some(it) = over {
            if !it.is_written {
                found.push((it.origin, it.value.clone()));
            }
            over = it.over.as_deref();
        }
        found
    };
    let mut found = chain(node);
    match written.map(chain) {
        Some(written) if written.len() == found.len() => {
            for (layer, (origin, _)) in found.iter_mut().zip(written) {
                layer.0 = origin;
            }
        }
        // What a value refers to has layers of its own: those are not this one's. The winner's text may have placeholders.
        Some(written) => {
            let winner = found.first().map(|(_, value)| value.clone());
            found = written;
            if let (Some(first), Some(value)) = (found.first_mut(), winner) {
                first.1 = value;
            }
        }
        None => {}
    }
    secrets::layers(path, found)
}
