//! Why something that a catalogue has is not on a cluster.

use ecow::{EcoString, eco_format};

use super::answer::{Absence, Subject, What};
use super::asked::Asked;
use super::placed::in_common;
use crate::fleet::{self, Cluster, Selected};
use crate::flux;
use crate::kube::{Id, Object};
use crate::names;
use crate::source::{Anchor, Db, Kind};
use crate::value::Value;

/// A Kustomization that clusters may have: of a catalogue, or of one of its items.
pub(super) struct Common {
    pub id: Id,
    /// None for the sources at the top level.
    catalogue: Option<Anchor>,
    item: Option<Anchor>,
}

/// Why an object that a catalogue has is not on a cluster; none for what none has.
pub(super) fn absence_on(db: &dyn Db, cluster: &Cluster, id: &Id) -> Option<Absence> {
    let asked = Asked { db, cluster: Some(cluster), items: &[] };
    let in_common = in_common(db).find(|it| it.id == *id).and_then(|it| asked.absent(it));
    let unit = || asked.common_units().iter().find(|it| it.id == *id).and_then(|it| asked.absent_unit(it));
    in_common.or_else(unit)?.absence
}

impl Asked<'_> {
    /// Why an object of `common/` is not on the cluster.
    pub(super) fn absent(&self, object: &Object) -> Option<Subject> {
        let absence = self.absence_of_item(object.origin.anchor)?;
        let (what, taken) = (What::Object(object.id.clone()), Vec::new());
        Some(Subject { what, unit: None, is_patched: false, taken, absence: Some(absence), leaves: Vec::new() })
    }

    /// Why a Kustomization is not on the cluster.
    pub(super) fn absent_unit(&self, unit: &Common) -> Option<Subject> {
        let absence = match (unit.item, unit.catalogue) {
            (Some(it), _) => self.absence_of_item(it)?,
            (None, Some(it)) => self.absence_of_catalogue(it)?,
            (None, None) => Absence::NotNeeded,
        };
        let (what, taken) = (What::Object(unit.id.clone()), Vec::new());
        Some(Subject { what, unit: None, is_patched: false, taken, absence: Some(absence), leaves: Vec::new() })
    }

    /// The Kustomizations that catalogues come to, for this cluster's Flux.
    pub(super) fn common_units(&self) -> Vec<Common> {
        let Some(cluster) = self.cluster else { return Vec::new() };
        let id = |name: EcoString| Id {
            group: "kustomize.toolkit.fluxcd.io".into(),
            kind: "Kustomization".into(),
            namespace: cluster.sync.namespace.clone(),
            name,
        };
        let index = names::index(self.db, self.db.project());
        let mut units = Vec::new();
        for catalogue in index.catalogues.values().copied() {
            let name = fleet::unit_name(self.db, catalogue);
            let is_split = flux::bundle(self.db, catalogue).value.split;
            let has_own_unit = |it: &Anchor| flux::has_own_unit(it.kind(self.db), is_split);
            let items = index.items_of(catalogue).map(|(_, it)| it).filter(has_own_unit);
            units.extend(items.map(|it| {
                let id = id(eco_format!("{name}-{}", it.name(self.db)));
                Common { id, catalogue: Some(catalogue), item: Some(it) }
            }));
            // With a name of its own it is asked for by that, too.
            let names = std::iter::once(name).chain(flux::called(self.db, catalogue));
            units.extend(names.map(|it| Common { id: id(it), catalogue: Some(catalogue), item: None }));
        }
        let sources = &flux::shared_sources(self.db, self.db.project()).value;
        units.push(Common { id: id(sources.name.clone()), catalogue: None, item: None });
        units
    }

    fn absence_of_item(&self, item: Anchor) -> Option<Absence> {
        let cluster = self.cluster?;
        let Some(catalogue) = item.parent(self.db) else { return Some(Absence::NotNeeded) };
        match fleet::decision(self.db, cluster, Selected::Item { catalogue, item }) {
            Some((false, at)) => return Some(self.dropped(at)),
            Some((true, _)) => return None,
            None => {}
        }
        let is_used = cluster.taken.iter().any(|it| it.catalogue == catalogue);
        Some(match fleet::decision(self.db, cluster, Selected::Catalogue(catalogue)) {
            Some((false, at)) => self.dropped(at),
            _ if is_used && item.kind(self.db) == Kind::Source => Absence::NotNeeded,
            Some((true, _)) if fleet::is_optional(self.db, item) => Absence::Optional,
            _ => Absence::NotTaken,
        })
    }

    fn absence_of_catalogue(&self, catalogue: Anchor) -> Option<Absence> {
        Some(match fleet::decision(self.db, self.cluster?, Selected::Catalogue(catalogue)) {
            Some((false, at)) => self.dropped(at),
            Some((true, _)) => Absence::NotNeeded,
            None => Absence::NotTaken,
        })
    }

    fn dropped(&self, at: crate::source::Origin) -> Absence {
        Absence::Dropped(Box::new(self.layer(at, &Value::Absent, None)))
    }
}
