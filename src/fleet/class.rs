//! Clusters that differ in the texts of their facts and in nothing else.
//!
//! What Flux applies to them is made once, for a stand-in whose facts are holes.

use ecow::EcoString;

use super::clusters::Cluster;
use super::config;
use super::irsa::{self, Identity};
use super::reach::Reach;
use super::selection::{Attached, Taken};
use super::stage::{self, Bound, Stage, Staged};
use super::statement::OverrideTarget;
use crate::diagnostic::Invariant;
use crate::names;
use crate::schema::Minor;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::syntax;
use crate::syntax::ast::{Key, Member};
use crate::value::{Node, Value};

/// What clusters of a class have in common.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct Class {
    #[returns(ref)]
    kin: Kin,
}

/// What its clusters share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kin {
    reaches: std::sync::Arc<[Reach]>,
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
    sync: config::Sync,
    attached: Vec<(Attached, Origin)>,
    bound: Bound,
}

impl Class {
    /// The class of a cluster; none for one that has something that no other can have.
    pub fn of(db: &dyn Db, cluster: &Cluster) -> Option<Self> {
        let index = names::index(db, db.project());
        let anchor = cluster.anchor;
        super::settings(db, db.project()).value.anchor?;
        let has_own = index.items_of(anchor).next().is_some()
            || index.local_sources.get(&anchor).is_some_and(|it| !it.is_empty())
            || index.externals.iter().any(|it| it.parent(db) == Some(anchor));
        if has_own || !is_plain(db, cluster) {
            return None;
        }
        let mut uses = Vec::new();
        for taken in &cluster.taken {
            for (holder, it) in taken.uses.iter().filter(|(_, it)| it.block.is_some()) {
                let rank = cluster.ranks.iter().position(|rank| rank.contains(holder))?;
                let statements = &super::statements(db, *holder).value;
                uses.push((taken.catalogue, rank, *holder, statements.uses.iter().position(|other| other == it)?));
            }
        }
        let own: Vec<Anchor> =
            cluster.own.iter().flatten().copied().filter(|it| says(db, *it, "kustomization")).collect();
        let reads_row = |it: &Anchor| it.kind(db) == Kind::Inventory;
        let writers = uses.iter().map(|it| it.2).chain(own.iter().copied());
        if cluster.row.is_some() && cluster.reaches.iter().map(|it| it.anchor).chain(writers).any(|it| reads_row(&it)) {
            return None;
        }
        Some(Self::new(
            db,
            Kin {
                reaches: std::sync::Arc::clone(&cluster.reaches),
                taken: cluster.taken.iter().map(|it| (it.catalogue, it.items.clone())).collect(),
                uses,
                own,
                groups: cluster.groups.clone(),
                flux: cluster.flux,
                lockdown: cluster.lockdown,
                identity: cluster.identity,
                sync: cluster.sync.clone(),
                attached: cluster.attached.clone(),
                bound: Bound::default(),
            },
        ))
    }

    /// The class in which more facts of a cluster are known; none if that changes nothing.
    pub fn knowing(self, db: &dyn Db, needs: &IndexSet<EcoString>, cluster: &Cluster) -> Option<Self> {
        let kin = self.kin(db);
        let value = |name: &str| Some(cluster.facts.entries.get(name).map_or(Value::Absent, |it| it.value.clone()));
        let bound = kin.bound.with(needs, value)?;
        (bound != kin.bound).then(|| Self::new(db, Kin { bound, ..kin.clone() }))
    }

    /// The class of those that have nothing of their own beside, and the items that these
    /// change: what else they have is the same. None if it is this class.
    pub fn plainer(self, db: &dyn Db) -> Option<(Self, IndexSet<Anchor>)> {
        let kin = self.kin(db);
        let is_own = |it: &&Reach| it.anchor.kind(db) == Kind::Cluster;
        let mut changed: IndexSet<Anchor> = IndexSet::default();
        for it in kin.reaches.iter().filter(is_own) {
            match it.statement(db).target {
                OverrideTarget::One(item) => changed.insert(item),
                OverrideTarget::AddonsOf(_) | OverrideTarget::EveryAddon => return None,
            };
        }
        let taken = kin.taken.iter().map(|(catalogue, _)| (*catalogue, super::whole(db, *catalogue).to_vec()));
        let plainer = Kin {
            reaches: kin.reaches.iter().filter(|it| !is_own(it)).copied().collect(),
            taken: taken.collect(),
            ..kin.clone()
        };
        (plainer != *kin).then(|| (Self::new(db, plainer), changed))
    }

    /// A cluster that stands for all of the class. It has no name and no path, and is
    /// written nowhere: its origin is the fleet's.
    pub fn stand_in(self, db: &dyn Db) -> Option<Cluster> {
        let kin = self.kin(db);
        let ranks = kin.uses.iter().map(|it| it.1).max().map_or(0, |it| it + 1);
        let mut ranks = vec![Vec::new(); ranks];
        for (_, rank, holder, _) in &kin.uses {
            let rank = ranks.get_mut(*rank).invariant("there are as many ranks as the highest says");
            if !rank.contains(holder) {
                rank.push(*holder);
            }
        }
        let uses = |catalogue: Anchor| {
            let of_it = kin.uses.iter().filter(move |it| it.0 == catalogue);
            of_it.map(|(_, _, holder, nth)| {
                let uses = &super::statements(db, *holder).value.uses;
                (*holder, uses.get(*nth).invariant("a `use` of a class is one of its declaration's").clone())
            })
        };
        Some(Cluster {
            own: kin.own.iter().map(|it| vec![*it]).collect(),
            groups: kin.groups.clone(),
            facts: std::sync::Arc::new(stage::facts(db, &kin.bound)),
            identity: kin.identity,
            ranks,
            reaches: std::sync::Arc::clone(&kin.reaches),
            taken: kin
                .taken
                .iter()
                .map(|(catalogue, items)| Taken {
                    catalogue: *catalogue,
                    items: items.clone(),
                    uses: uses(*catalogue).collect(),
                })
                .collect(),
            attached: kin.attached.clone(),
            stands_for: Some(StandsFor::new(db, kin.bound.clone(), &kin.reaches)),
            ..Cluster::bare(db, kin.flux, kin.lockdown, &kin.sync)?
        })
    }
}

/// What a cluster that stands for others knows of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StandsFor {
    /// The facts that they share.
    known: Bound,
    /// The overrides that name one item, each with its place among all.
    exact: IndexMap<Anchor, Vec<(usize, Reach)>>,
    /// Those that name several.
    patterns: Vec<(usize, OverrideTarget, Reach)>,
}

impl StandsFor {
    fn new(db: &dyn Db, known: Bound, reaches: &[Reach]) -> Self {
        let mut it = Self { known, ..Self::default() };
        for (nth, reach) in reaches.iter().enumerate() {
            match reach.statement(db).target {
                OverrideTarget::One(item) => it.exact.entry(item).or_default().push((nth, *reach)),
                target => it.patterns.push((nth, target, *reach)),
            }
        }
        it
    }

    /// The overrides that reach an item, lowest first.
    fn reached(&self, db: &dyn Db, item: Anchor) -> impl Iterator<Item = Reach> {
        let mut found: Vec<(usize, Reach)> = self.exact.get(&item).cloned().unwrap_or_default();
        let patterns = self.patterns.iter().filter(|(_, target, _)| target.reaches(db, item));
        found.extend(patterns.map(|(nth, _, reach)| (*nth, *reach)));
        found.sort_by_key(|it| it.0);
        found.into_iter().map(|it| it.1)
    }
}

impl Cluster {
    /// A stand-in that takes nothing and that nothing reaches.
    pub fn bare(db: &dyn Db, flux: Minor, lockdown: bool, sync: &config::Sync) -> Option<Self> {
        let anchor = super::settings(db, db.project()).value.anchor?;
        Some(Self {
            anchor,
            origin: Origin::of(anchor),
            row: None,
            own: Vec::new(),
            name: EcoString::new(),
            path: EcoString::new(),
            groups: Vec::new(),
            facts: std::sync::Arc::new(stage::facts(db, &Bound::default())),
            flux,
            lockdown,
            baseline: None,
            identity: Identity::None,
            sync: sync.clone(),
            ranks: Vec::new(),
            reaches: std::sync::Arc::default(),
            taken: Vec::new(),
            attached: Vec::new(),
            stands_for: Some(StandsFor::default()),
            traces: false,
        })
    }
}

/// The stage at which an item stands on a stand-in, or the facts that have to be known.
pub fn stage_on(
    db: &dyn Db,
    item: Anchor,
    cluster: &Cluster,
) -> Result<(Stage, std::sync::Arc<Staged>), IndexSet<EcoString>> {
    let Some(it) = &cluster.stands_for else { return Err(IndexSet::default()) };
    let known = &it.known;
    let mut reaches: Vec<Reach> = Vec::new();
    let mut ranks = (None, 0);
    for it in it.reached(db, item) {
        if ranks.0.is_some_and(|last| last != it.rank) {
            ranks.1 += 1;
        }
        ranks.0 = Some(it.rank);
        reaches.push(Reach { rank: ranks.1, ..it });
    }
    let reaches: Box<[Reach]> = reaches.into();
    let mut bound = Bound::default();
    loop {
        let stage = Stage::new(db, item, reaches.clone(), cluster.identity, bound.clone());
        let staged = stage::staged(db, stage);
        if staged.needs.is_empty() {
            return Ok((stage, std::sync::Arc::clone(staged)));
        }
        let missing: IndexSet<EcoString> = staged.needs.iter().filter(|it| known.get(it).is_none()).cloned().collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let more = bound.with(&staged.needs, |it| known.get(it).cloned());
        match more.filter(|it| *it != bound) {
            Some(it) => bound = it,
            // What is known already cannot be needed.
            None => return Err(IndexSet::default()),
        }
    }
}

/// Whether a cluster's facts are texts that are written as they are, wherever they are
/// put, and all that is checked of each cluster by itself holds.
fn is_plain(db: &dyn Db, cluster: &Cluster) -> bool {
    let settings = &super::settings(db, db.project()).value;
    let fixed = ["name", "path", "group", "groups"];
    let is_declared = |name: &EcoString| fixed.contains(&name.as_str()) || settings.facts.contains_key(name);
    let written_alike = |it: &EcoString| it.bytes().all(|it| matches!(it, b' '..=b'~') && it != b'"' && it != b'\\');
    let is_fit = |(name, node): (&EcoString, &Node)| {
        is_declared(name) && !node.value.has_unknown() && node.text().is_none_or(written_alike)
    };
    let longest = longest_role(db, db.project());
    cluster.facts.entries.iter().all(is_fit) && longest.as_ref().is_none_or(|it| irsa::is_regular(cluster, it))
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
    let mut overrides = holders.flat_map(|it| &super::statements(db, *it).value.overrides);
    let has_role = overrides.any(|it| it.block.members.iter().any(irsa::is_irsa))
        || addons.iter().any(|it| irsa::has_irsa(db, *it));
    has_role.then(|| addons.iter().map(|it| it.name(db)).max_by_key(|it| it.len()).cloned()).flatten()
}

/// Whether a declaration's block has an entry.
fn says(db: &dyn Db, anchor: Anchor, key: &str) -> bool {
    syntax::declaration(db, anchor).body.members.iter().any(|it| match it {
        Member::Entry(entry) => entry.path.segments.first().is_some_and(|it| it.key == Key::Name(key.into())),
        Member::Spread(_) => true,
        _ => false,
    })
}
