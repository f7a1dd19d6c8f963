//! Equivalence classes of clusters: those that differ in the texts of their facts and in nothing else.
//!
//! What Flux applies to a class is made once, for its representative: a cluster whose facts are placeholders, in
//! texts such as `"https://${name}.example.com"`. Each cluster's files are that text with its own facts filled in.

use std::sync::Arc;

use ecow::EcoString;

use super::applied_override::{AppliedOverride, Written};
use super::cluster_data::{Cluster, Taken};
use super::config;
use super::finder;
use super::identity::Identity;
use super::inventory::overridden_cluster;
use super::irsa;
use super::known_facts::{self, KnownFacts};
use super::representative::{Representative, bare};
use super::row::{RowOf, may_be_any, reads_row};
use super::said::says;
use super::selection;
use super::settings_data;
use super::spokes;
use super::statement::{Attached, OverrideTarget};
use crate::diagnostic::Invariant;
use crate::names;
use crate::schema::Minor;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::value::{Map, Node, Value, yaml};

/// An equivalence class of clusters.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct Class {
    #[returns(ref)]
    key: ClassKey,
}

/// What is the same on all clusters of a class, and tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClassKey {
    applied: Arc<[AppliedOverride]>,
    taken: Vec<(Anchor, Vec<Anchor>)>,
    /// The `use`s that say more than that something is used: what they use, the rank
    /// and the declaration that they stand in, and which of its `use`s they are.
    uses: Vec<(Anchor, usize, Anchor, usize)>,
    /// Declarations of the cluster's own that say something of Kustomizations.
    own: Vec<Anchor>,
    groups: Vec<Anchor>,
    flux: Minor,
    lockdown: bool,
    identity: Identity,
    sync: settings_data::Sync,
    /// Wherever each says so.
    attached: Vec<Attached>,
    known_facts: KnownFacts,
    /// The row that the overrides read, if they read one.
    row: Option<RowOf>,
}

/// What a cluster has that no other can have, so that it is compiled by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alone {
    /// Items, sources or `external`s of its own.
    OwnItems,
    /// It is a hub, or reached through one.
    Hub,
    /// A text of its facts that has to be written by number, or a role that is named otherwise.
    Facts,
    /// What an inventory says of Kustomizations may read its row.
    Row,
    /// There is no fleet.
    NoFleet,
}

impl Class {
    /// The class of a cluster.
    ///
    /// # Errors
    /// What it has that no other can have.
    pub fn of(db: &dyn Db, cluster: &Cluster) -> Result<Self, Alone> {
        let row = cluster.applied.iter().any(|it| reads_row(db, it)).then_some(RowOf::Cluster(cluster.anchor));
        Self::with(db, cluster, &cluster.facts, &cluster.applied, row)
    }

    /// The class of a cluster, the texts that it alone says taken out of `applied`.
    ///
    /// # Errors
    /// What it has that no other can have.
    pub fn without_texts(
        db: &dyn Db,
        cluster: &Cluster,
        texts: &Map,
        applied: &Arc<[AppliedOverride]>,
    ) -> Result<Self, Alone> {
        let row = applied.iter().find_map(|it| match it.written {
            Written::In { anchor, .. } if reads_row(db, it) => Some(anchor),
            _ => None,
        });
        let is_open = || cluster.row.as_ref().is_some_and(|it| may_be_any(db, it));
        let row = row.map(|it| if is_open() { RowOf::Inventory(it) } else { RowOf::Cluster(cluster.anchor) });
        Self::with(db, cluster, texts, applied, row)
    }

    fn with(
        db: &dyn Db,
        cluster: &Cluster,
        texts: &Map,
        applied: &Arc<[AppliedOverride]>,
        row: Option<RowOf>,
    ) -> Result<Self, Alone> {
        let index = names::index(db, db.project());
        let anchor = cluster.anchor;
        config::settings(db, db.project()).value.anchor.ok_or(Alone::NoFleet)?;
        let has_own = index.items_of(anchor).next().is_some()
            || index.local_sources.get(&anchor).is_some_and(|it| !it.is_empty())
            || index.externals.iter().any(|it| it.parent(db) == Some(anchor));
        let has_hub = cluster.via.is_some() || !spokes::spokes(db, anchor).is_empty();
        if has_own {
            return Err(Alone::OwnItems);
        }
        if has_hub {
            return Err(Alone::Hub);
        }
        if !is_plain(db, cluster, texts) {
            return Err(Alone::Facts);
        }
        let mut uses = Vec::new();
        for taken in &cluster.taken {
            for (holder, it) in taken.uses.iter().filter(|(_, it)| it.block.is_some()) {
                let rank = cluster.ranks.iter().position(|rank| rank.contains(holder)).ok_or(Alone::Hub)?;
                let statements = &finder::statements(db, *holder).value;
                let nth = statements.uses.iter().position(|other| other == it).ok_or(Alone::Hub)?;
                uses.push((taken.catalogue, rank, *holder, nth));
            }
        }
        let own: Vec<Anchor> =
            cluster.own.iter().flatten().copied().filter(|it| says(db, *it, "kustomization")).collect();
        let of_inventory = |it: &Anchor| it.kind(db) == Kind::Inventory;
        let mut writers = uses.iter().map(|it| it.2).chain(own.iter().copied());
        if cluster.row.is_some() && writers.any(|it| of_inventory(&it)) {
            return Err(Alone::Row);
        }
        Ok(Self::new(
            db,
            ClassKey {
                applied: Arc::clone(applied),
                taken: cluster.taken.iter().map(|it| (it.catalogue, it.items.clone())).collect(),
                uses,
                own,
                groups: cluster.groups.clone(),
                flux: cluster.flux,
                lockdown: cluster.lockdown,
                identity: cluster.identity,
                sync: cluster.sync.clone(),
                attached: cluster.attached.iter().map(|(it, _)| *it).collect(),
                known_facts: KnownFacts::default(),
                row,
            },
        ))
    }

    /// The facts that have to be known, because something is decided by them.
    pub fn deciding_facts(self, db: &dyn Db) -> impl Iterator<Item = &EcoString> {
        self.key(db).known_facts.names()
    }

    /// Whether clusters override something themselves.
    pub fn has_own_overrides(self, db: &dyn Db) -> bool {
        self.key(db).applied.iter().any(|it| self.is_own(db, it))
    }

    /// The class in which more facts of a cluster are known, or other texts of its own; none if that changes nothing.
    pub fn with_facts(self, db: &dyn Db, needed_facts: &IndexSet<EcoString>, texts: &Map) -> Option<Self> {
        let key = self.key(db);
        let value = |name: &str| Some(texts.entries.get(name).map_or(Value::Absent, |it| it.value.clone()));
        let known_facts = key.known_facts.with(needed_facts, value)?;
        (known_facts != key.known_facts).then(|| Self::new(db, ClassKey { known_facts, ..key.clone() }))
    }

    /// The class of those that have nothing of their own beside, and the items that these
    /// change: what else they have is the same. None if it is this class.
    pub fn without_own(self, db: &dyn Db) -> Option<(Self, IndexSet<Anchor>)> {
        let taken = self.key(db).taken.iter();
        let taken = taken.map(|(catalogue, _)| (*catalogue, selection::whole(db, *catalogue).to_vec()));
        self.with_others(db, taken.collect())
    }

    /// The class of those that have the same but no overrides of their own, and the items that these change. None where
    /// that is this class.
    pub fn without_own_overrides(self, db: &dyn Db) -> Option<(Self, IndexSet<Anchor>)> {
        self.with_others(db, self.key(db).taken.clone())
    }

    fn with_others(self, db: &dyn Db, taken: Vec<(Anchor, Vec<Anchor>)>) -> Option<(Self, IndexSet<Anchor>)> {
        let key = self.key(db);
        let mut changed: IndexSet<Anchor> = IndexSet::default();
        for it in key.applied.iter().filter(|it| self.is_own(db, it)) {
            match it.statement(db).target {
                OverrideTarget::One(item) => changed.insert(item),
                OverrideTarget::AddonsOf(_) | OverrideTarget::EveryAddon => return None,
            };
        }
        let without_own = ClassKey {
            applied: key.applied.iter().filter(|it| !self.is_own(db, it)).copied().collect(),
            row: key.row.filter(|it| matches!(it, RowOf::Inventory(_))),
            taken,
            ..key.clone()
        };
        (without_own != *key).then(|| (Self::new(db, without_own), changed))
    }

    /// Whether an override says what few other clusters have: its declaration is the cluster's, or it reads its row.
    fn is_own(self, db: &dyn Db, it: &AppliedOverride) -> bool {
        match it.written {
            Written::Like(_) => true,
            Written::In { anchor, .. } => match anchor.kind(db) {
                Kind::Cluster => true,
                Kind::Override => overridden_cluster(db, anchor).is_some(),
                _ => matches!(self.key(db).row, Some(RowOf::Cluster(_))) && reads_row(db, it),
            },
        }
    }

    /// What stands for all clusters of the class.
    pub fn representative(self, db: &dyn Db) -> Option<Representative> {
        let key = self.key(db);
        let ranks = key.uses.iter().map(|it| it.1).max().map_or(0, |it| it + 1);
        let mut ranks = vec![Vec::new(); ranks];
        for (_, rank, holder, _) in &key.uses {
            let rank = ranks.get_mut(*rank).invariant("there are as many ranks as the highest says");
            if !rank.contains(holder) {
                rank.push(*holder);
            }
        }
        let uses = |catalogue: Anchor| {
            let of_it = key.uses.iter().filter(move |it| it.0 == catalogue);
            of_it.map(|(_, _, holder, nth)| {
                let uses = &finder::statements(db, *holder).value.uses;
                (*holder, uses.get(*nth).invariant("a `use` of a class is one of its declaration's").clone())
            })
        };
        let bare = bare(db, key.flux, key.lockdown, &key.sync)?;
        let cluster = Cluster {
            own: key.own.iter().map(|it| vec![*it]).collect(),
            groups: key.groups.clone(),
            facts: Arc::new(known_facts::facts(db, &key.known_facts)),
            identity: key.identity,
            ranks,
            applied: Arc::clone(&key.applied),
            taken: key
                .taken
                .iter()
                .map(|(catalogue, items)| Taken {
                    catalogue: *catalogue,
                    items: items.clone(),
                    uses: uses(*catalogue).collect(),
                })
                .collect(),
            attached: key.attached.iter().map(|it| (*it, Origin::of(it.anchor()))).collect(),
            row: key.row.and_then(|it| it.row(db, &key.known_facts)),
            ..bare
        };
        Some(Representative::new(db, cluster, key.known_facts.clone(), key.row))
    }
}

/// Whether a cluster's facts are texts without characters that have to be written by number, and all that is checked of
/// each cluster by itself holds.
fn is_plain(db: &dyn Db, cluster: &Cluster, texts: &Map) -> bool {
    let settings = &config::settings(db, db.project()).value;
    let fixed = ["name", "path", "group", "groups"];
    let is_declared = |name: &EcoString| fixed.contains(&name.as_str()) || settings.facts.contains_key(name);
    let is_fit = |(name, node): (&EcoString, &Node)| is_declared(name) && !node.value.has_unknown();
    let is_readable = |node: &Node| node.text().is_none_or(|it| yaml::is_readable(it));
    let longest = longest_role(db, db.project());
    cluster.facts.entries.iter().all(is_fit)
        && texts.entries.values().all(is_readable)
        && longest.as_ref().is_none_or(|it| irsa::is_regular(cluster, it))
}

/// Whether any add-on has a role of AWS.
pub fn has_roles(db: &dyn Db) -> bool {
    longest_role(db, db.project()).is_some()
}

/// The longest name of what may have a role of AWS, if anything may.
#[salsa::tracked]
fn longest_role(db: &dyn Db, project: crate::source::Project) -> Option<EcoString> {
    let index = names::index(db, project);
    let items = index.items.values().flat_map(|it| it.values());
    let addons: Vec<Anchor> = items.copied().filter(|it| it.kind(db) == Kind::ADDON).collect();
    let holders = index.overrides.iter().chain(index.rules.values()).chain(index.groups.values());
    let holders = holders.chain(index.clusters.values()).chain(index.inventories.values());
    let mut overrides = holders.flat_map(|it| &finder::statements(db, *it).value.overrides);
    let has_role = overrides.any(|it| it.block.members.iter().any(irsa::is_irsa))
        || addons.iter().any(|it| irsa::has_irsa(db, *it));
    has_role.then(|| addons.iter().map(|it| it.name(db)).max_by_key(|it| it.len()).cloned()).flatten()
}
