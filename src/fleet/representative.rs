//! What stands for all clusters of a class while what they share is made.

use std::sync::Arc;

use ecow::EcoString;

use super::applied_override::AppliedOverride;
use super::cluster_data::Cluster;
use super::config;
use super::identity::Identity;
use super::known_facts::{self, KnownFacts};
use super::row::{RowOf, reads_row};
use super::settings_data::Sync;
use super::specialization::{self, Specialization, Specialized};
use super::statement::OverrideTarget;
use crate::schema::Minor;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Origin};

/// What all clusters of a class have in common, as if it were one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Representative {
    cluster: Cluster,
    /// The facts that they share.
    known: KnownFacts,
    /// The row that its overrides read.
    row: Option<RowOf>,
    /// The overrides that name one item, each with its place among all.
    exact: IndexMap<Anchor, Vec<(usize, AppliedOverride)>>,
    /// Those that name several.
    patterns: Vec<(usize, OverrideTarget, AppliedOverride)>,
}

impl Representative {
    /// Of a cluster whose facts are placeholders but for those that are known.
    pub(super) fn new(db: &dyn Db, cluster: Cluster, known: KnownFacts, row: Option<RowOf>) -> Self {
        let mut exact: IndexMap<Anchor, Vec<(usize, AppliedOverride)>> = IndexMap::default();
        let mut patterns = Vec::new();
        for (nth, applied) in cluster.applied.iter().enumerate() {
            match applied.statement(db).target {
                OverrideTarget::One(item) => exact.entry(item).or_default().push((nth, *applied)),
                target => patterns.push((nth, target, *applied)),
            }
        }
        Self { cluster, known, row, exact, patterns }
    }

    /// One that uses nothing and to which no override applies. None without a fleet.
    pub fn bare(db: &dyn Db, flux: Minor, lockdown: bool, sync: &Sync) -> Option<Self> {
        Some(Self::new(db, bare(db, flux, lockdown, sync)?, KnownFacts::default(), None))
    }

    /// As one of them. It has no name and no path, and is written nowhere: its origin is the fleet's.
    #[must_use]
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The specialization at which an item stands on these clusters, or the facts that have to be known.
    pub fn specialization(
        &self,
        db: &dyn Db,
        item: Anchor,
    ) -> Result<(Specialization, Arc<Specialized>), IndexSet<EcoString>> {
        let mut applied: Vec<AppliedOverride> = Vec::new();
        let mut ranks = (None, 0);
        for it in self.applied_to(db, item) {
            if ranks.0.is_some_and(|last| last != it.rank) {
                ranks.1 += 1;
            }
            ranks.0 = Some(it.rank);
            applied.push(AppliedOverride { rank: ranks.1, ..it });
        }
        let row = self.row.filter(|_| applied.iter().any(|it| reads_row(db, it)));
        let applied: Box<[AppliedOverride]> = applied.into();
        let mut known_facts = KnownFacts::default();
        loop {
            let specialization =
                Specialization::new(db, item, applied.clone(), self.cluster.identity, known_facts.clone(), row);
            let specialized = specialization::specialized(db, specialization);
            if specialized.needed_facts.is_empty() {
                return Ok((specialization, Arc::clone(specialized)));
            }
            let missing: IndexSet<EcoString> =
                specialized.needed_facts.iter().filter(|it| self.known.get(it).is_none()).cloned().collect();
            if !missing.is_empty() {
                return Err(missing);
            }
            let more = known_facts.with(&specialized.needed_facts, |it| self.known.get(it).cloned());
            match more.filter(|it| *it != known_facts) {
                Some(it) => known_facts = it,
                // What is known already cannot be needed.
                None => return Err(IndexSet::default()),
            }
        }
    }

    /// The overrides that apply to an item, lowest first.
    fn applied_to(&self, db: &dyn Db, item: Anchor) -> impl Iterator<Item = AppliedOverride> {
        let mut found: Vec<(usize, AppliedOverride)> = self.exact.get(&item).cloned().unwrap_or_default();
        let patterns = self.patterns.iter().filter(|(_, target, _)| target.reaches(db, item));
        found.extend(patterns.map(|(nth, _, applied)| (*nth, *applied)));
        found.sort_by_key(|it| it.0);
        found.into_iter().map(|it| it.1)
    }
}

/// A cluster without a name that uses nothing, all facts of which are placeholders. None without a fleet.
pub(super) fn bare(db: &dyn Db, flux: Minor, lockdown: bool, sync: &Sync) -> Option<Cluster> {
    let anchor = config::settings(db, db.project()).value.anchor?;
    Some(Cluster {
        anchor,
        origin: Origin::of(anchor),
        row: None,
        own: Vec::new(),
        name: EcoString::new(),
        path: EcoString::new(),
        groups: Vec::new(),
        facts: Arc::new(known_facts::facts(db, &KnownFacts::default())),
        flux,
        lockdown,
        baseline: None,
        identity: Identity::None,
        sync: sync.clone(),
        via: None,
        ranks: Vec::new(),
        applied: Arc::default(),
        taken: Vec::new(),
        attached: Vec::new(),
        traces: false,
    })
}
