//! What a value comes to on each cluster.

use ecow::{EcoString, eco_format};

use super::key::quoted;
use crate::fleet::{self, Class, Cluster, Declarations, Params, Representative};
use crate::flux;
use crate::kube::Object;
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::value::{Map, Node, Value};

/// A value, and where it is so.
#[derive(Clone, Debug)]
pub(super) struct Effective {
    /// As the language writes it; none where there is nothing.
    pub value: Option<EcoString>,
    /// The clusters, in order of name; of a definition, with the add-on that is taken from it.
    pub on: Vec<EcoString>,
    /// Who set it there, for the first of them.
    pub origin: Option<Origin>,
    /// How many others set it for the rest.
    pub others: usize,
    /// What it stands over: what lower layers set, the highest first.
    pub over: Vec<(EcoString, Origin)>,
}

/// What is alike on several clusters, said once: a value, and where its layers stand.
struct EffectiveValues<'a> {
    facts: &'a Declarations,
    groups: IndexMap<(Option<EcoString>, Vec<Origin>), Effective>,
}

impl<'a> EffectiveValues<'a> {
    fn new(db: &'a dyn Db) -> Self {
        Self { facts: &fleet::settings(db, db.project()).value.facts, groups: IndexMap::default() }
    }

    fn add(&mut self, on: &EcoString, node: Option<&Node>, facts: &Map) {
        let value = node.map(|it| shown(&it.value, facts));
        let origins = node.map(|it| self.origins(it, facts)).unwrap_or_default();
        if let Some(known) = self.groups.get_mut(&(value.clone(), origins.clone())) {
            known.on.push(on.clone());
            return;
        }
        let layers = node.map(|it| layers(self.facts, it, facts)).unwrap_or_default();
        let mut layers = layers.into_iter();
        let origin = layers.next().map(|(_, at)| at);
        let entry = Effective { value: value.clone(), on: vec![on.clone()], origin, others: 0, over: layers.collect() };
        self.groups.insert((value, origins), entry);
    }

    /// Where its layers stand; for a fact that clusters set, where each did.
    fn origins(&self, node: &Node, facts: &Map) -> Vec<Origin> {
        let below = std::iter::successors(node.over.as_deref(), |it| it.over.as_deref()).map(|it| it.origin);
        let own = |at: Origin| {
            let fact = self.facts.values().find(|it| it.origin == at).and_then(|it| facts.entries.get(&it.name));
            fact.map_or(at, |it| it.origin)
        };
        std::iter::once(node.origin).chain(below).map(own).collect()
    }

    /// What most have comes first; where there are more than `most`, each value once, whoever set it.
    fn sorted(self, most: usize) -> Vec<Effective> {
        let mut all: Vec<Effective> = self.groups.into_values().collect();
        if all.len() > most {
            let mut by_value: IndexMap<Option<EcoString>, Effective> = IndexMap::default();
            for it in all {
                match by_value.get_mut(&it.value) {
                    Some(known) => {
                        known.on.extend(it.on);
                        known.others += 1;
                        known.over.clear();
                    }
                    None => {
                        by_value.insert(it.value.clone(), it);
                    }
                }
            }
            all = by_value.into_values().collect();
        }
        all.sort_by_key(|it| std::cmp::Reverse(it.on.len()));
        all
    }
}

/// Who set a value, the winner first. Where one writes what it passes on is no layer.
fn layers(declared: &Declarations, node: &Node, facts: &Map) -> Vec<(EcoString, Origin)> {
    let below = std::iter::successors(node.over.as_deref(), |it| it.over.as_deref());
    let below = below.filter(|it| !it.is_written).map(|it| (&it.value, it.origin));
    let mut found = Vec::new();
    for (value, at) in std::iter::once((&node.value, node.origin)).chain(below) {
        // What clusters share leaves open what a fact is, and who set it.
        let fact = declared.values().find(|it| it.origin == at).and_then(|it| facts.entries.get(&it.name));
        match fact.filter(|it| it.origin != at && shown(&it.value, facts) == shown(value, facts)) {
            Some(fact) => found.extend(layers(declared, fact, facts)),
            None => found.push((shown(value, facts), at)),
        }
    }
    found.dedup_by_key(|(_, at)| *at);
    found
}

/// What stands at a path of an item's block, on every cluster that has the item; of a definition
/// for each add-on that is taken from it.
pub(super) fn effective(db: &dyn Db, item: Anchor, path: &[&str], most: usize) -> Vec<Effective> {
    let items = made_of(db, item);
    let (mut found, mut evaluations) = (EffectiveValues::new(db), Evaluations::default());
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        for item in &items {
            let called = || {
                let is_only = items.len() == 1;
                if is_only { cluster.name.clone() } else { eco_format!("{} ({})", cluster.name, item.name(db)) }
            };
            if let ["params", name, rest @ ..] = path {
                if has(db, cluster, *item) {
                    let param = evaluations.param(db, *item, cluster, name);
                    found.add(&called(), param.as_ref().and_then(|it| it.at(rest)), &cluster.facts);
                }
                continue;
            }
            let deployed = &flux::deployed(db, anchor).value;
            let is_it = |object: &&Object| object.origin.anchor == *item && is_main(db, *item, object);
            if let Some(object) = deployed.objects().map(|(_, it)| it).find(is_it) {
                found.add(&called(), within(db, *item, object, path), &cluster.facts);
            }
        }
    }
    found.sorted(most)
}

/// What items come to, where clusters of one class share it.
#[derive(Default)]
struct Evaluations {
    representatives: IndexMap<Class, Option<Representative>>,
    shared: IndexMap<(Class, Anchor), Option<Params>>,
    own: IndexMap<(Anchor, Anchor), Params>,
}

impl Evaluations {
    /// An add-on's param on a cluster, perhaps with placeholders for its facts.
    fn param(&mut self, db: &dyn Db, item: Anchor, cluster: &Cluster, name: &str) -> Option<Node> {
        let shared = self.shared(db, item, cluster).and_then(|it| it.entries.get(name).cloned());
        shared.filter(|it| !is_open(&it.value)).or_else(|| {
            let own = self.own.entry((cluster.anchor, item));
            let own = own.or_insert_with(|| fleet::evaluate_in(db, item, cluster).value.params);
            own.entries.get(name).cloned()
        })
    }

    fn shared(&mut self, db: &dyn Db, item: Anchor, cluster: &Cluster) -> Option<Params> {
        flux::class_of(db, cluster.anchor).and_then(|class| {
            let representative = self.representatives.entry(class).or_insert_with(|| class.representative(db));
            let shared = || {
                let (_, specialized) = representative.as_ref()?.specialization(db, item).ok()?;
                specialized.is_certain.then(|| Params::clone(&specialized.evaluated.value.params))
            };
            self.shared.entry((class, item)).or_insert_with(shared).clone()
        })
    }
}

/// The add-ons that are taken from a definition; of what is no definition itself.
pub(super) fn made_of(db: &dyn Db, item: Anchor) -> IndexSet<Anchor> {
    if item.kind(db) != Kind::ADDON || item.parent(db).is_some() {
        return std::iter::once(item).collect();
    }
    let all = names::index(db, db.project()).items.values().flat_map(|it| it.values()).copied();
    all.filter(|it| it.kind(db) == Kind::ADDON && fleet::levels(db, *it).value.contains(&item)).collect()
}

/// What a fact is on each cluster.
pub(super) fn of_fact(db: &dyn Db, name: &str, most: usize) -> Vec<Effective> {
    let mut found = EffectiveValues::new(db);
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        found.add(&cluster.name, cluster.facts.entries.get(name), &cluster.facts);
    }
    found.sorted(most)
}

/// Every cluster that has an item, or an add-on that is taken from a definition.
pub(super) fn users(db: &dyn Db, item: Anchor) -> Vec<EcoString> {
    let items = made_of(db, item);
    let clusters = fleet::clusters(db).map(|it| &fleet::cluster(db, it).value);
    clusters.filter(|cluster| items.iter().any(|it| has(db, cluster, *it))).map(|it| it.name.clone()).collect()
}

/// How many clusters have each catalogue and item, and something that is taken from each definition.
pub(super) fn counts(db: &dyn Db) -> IndexMap<Anchor, usize> {
    let index = names::index(db, db.project());
    let mut levels: IndexMap<Anchor, &[Anchor]> = IndexMap::default();
    let mut found: IndexMap<Anchor, usize> = IndexMap::default();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        let holders = std::iter::successors(Some(anchor), |it| it.parent(db));
        let own = holders.flat_map(|it| index.items_of(it)).map(|(_, it)| it);
        let taken = cluster.taken.iter().flat_map(|it| it.items.iter().copied());
        let items: IndexSet<Anchor> = taken.chain(own).collect();
        let mut had: IndexSet<Anchor> = IndexSet::default();
        for it in items.into_iter().chain(cluster.taken.iter().map(|it| it.catalogue)) {
            had.insert(it.written(db));
            if it.kind(db) == Kind::ADDON || it.kind(db).is_catalogue() {
                let of_it = *levels.entry(it).or_insert_with(|| &fleet::levels(db, it).value);
                had.extend(of_it.iter().map(|it| it.written(db)));
            }
        }
        for it in had {
            *found.entry(it).or_default() += 1;
        }
    }
    found
}

/// Whether a cluster has a catalogue, or an item: out of a catalogue, of its own, of its groups.
fn has(db: &dyn Db, cluster: &Cluster, item: Anchor) -> bool {
    let mut holders = std::iter::successors(Some(cluster.anchor), |it| it.parent(db));
    cluster.taken.iter().any(|it| it.catalogue == item || it.items.contains(&item))
        || item.parent(db).is_some_and(|it| holders.any(|holder| holder == it))
}

/// Whether an object is what the item is for: an add-on may bring a namespace and a source.
fn is_main(db: &dyn Db, item: Anchor, object: &Object) -> bool {
    item.kind(db) != Kind::ADDON || object.id.kind == "HelmRelease"
}

/// What an entry of an item's block became in its object.
fn within<'a>(db: &dyn Db, item: Anchor, object: &'a Object, path: &[&str]) -> Option<&'a Node> {
    if item.kind(db) != Kind::ADDON {
        return object.body.at(path);
    }
    match path {
        ["values", ..] => object.body.at(&[&["spec"], path].concat()),
        ["release", rest @ ..] => object.body.at(&[&["spec"], rest].concat()),
        ["version"] => object.body.at(&["spec", "chart", "spec", "version"]),
        _ => None,
    }
}

/// A value on a cluster, as the language writes it, whole: what differs anywhere is not the same.
fn shown(value: &Value, facts: &Map) -> EcoString {
    let joined = |parts: Vec<EcoString>| parts.join(", ");
    match value {
        Value::Text(it) => eco_format!("{it:?}"),
        Value::PerCluster(it) => eco_format!("{:?}", it.fill(facts)),
        Value::List(it) => eco_format!("[{}]", joined(it.iter().map(|it| shown(&it.value, facts)).collect())),
        Value::Map(it) if !it.entries.is_empty() => {
            let entry = |(key, it): (&EcoString, &Node)| eco_format!("{} = {}", quoted(key), shown(&it.value, facts));
            eco_format!("{{ {} }}", joined(it.entries.iter().map(entry).collect()))
        }
        other => other.show(),
    }
}

/// Whether something in a value is known on each cluster alone.
fn is_open(value: &Value) -> bool {
    match value {
        Value::Template(_) | Value::Unknown => true,
        Value::List(it) => it.iter().any(|it| is_open(&it.value)),
        Value::Map(it) => it.entries.values().any(|it| is_open(&it.value)),
        _ => false,
    }
}
