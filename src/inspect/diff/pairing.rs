//! A cluster as it was beside what it is: which objects came, went and changed.
//!
//! Clusters of a class share their objects, and many classes share most of them. Two
//! objects are held against each other once, however many clusters have them.

use std::borrow::Cow;
use std::fmt::Write;
use std::rc::Rc;

use ecow::EcoString;

use super::change::{Bump, Fate};
use super::danger::{self, Danger};
use super::leaves::{LeafChange, described, differences, differences_with};
use crate::flux::{Deployed, Unit, UnitPlace};
use crate::inspect::placed::patched;
use crate::kube::{Id, Object};
use crate::source::{ById, IndexMap, IndexSet, Origin};
use crate::value::Map;

/// What became of one object, on every cluster that has it so.
#[derive(Debug)]
pub(super) struct Raw {
    pub id: Id,
    pub fate: Fate,
    /// The Kustomizations that applied it and that apply it.
    pub units: [Option<EcoString>; 2],
    pub is_patched: bool,
    /// Whether it goes, and stays on the cluster all the same.
    pub stays: bool,
    pub leaves: Rc<[LeafChange]>,
    pub dangers: Vec<Danger>,
    /// The step of its version, if it is a release.
    pub bump: Option<Bump>,
    /// The declarations that it was made from, and is.
    pub origins: [Option<Origin>; 2],
    /// Whether a cluster's facts have to tell which leaves change.
    pub is_open: bool,
    /// What makes two of them the same change.
    pub key: String,
    /// The same, with where everything comes from: then they have the same causes, too.
    pub description: Rc<str>,
}

/// What was found out of objects that several clusters share.
#[derive(Default)]
pub(super) struct Memo<'a> {
    leaves: IndexMap<[ById<'a, Object>; 2], Rc<[LeafChange]>>,
    placeholders: IndexMap<ById<'a, Object>, Rc<[EcoString]>>,
}

/// An object on one side.
struct SideObject<'a> {
    unit: Option<&'a Unit>,
    object: Cow<'a, Object>,
    is_patched: bool,
}

/// A cluster's facts on both sides, where texts have placeholders for them.
pub(super) struct Facts<'a> {
    pub old: &'a Map,
    pub new: &'a Map,
    /// Those that are not what they were; none where one side has texts and no placeholders, so that
    /// all have to be filled in.
    pub differing: Option<IndexSet<EcoString>>,
}

impl Facts<'_> {
    fn concern(&self, placeholders: &[EcoString]) -> bool {
        placeholders.iter().any(|it| self.differing.as_ref().is_none_or(|differing| differing.contains(it)))
    }
}

/// Every object that is not what it was; texts are compared as they are, or with facts.
pub(super) fn pair<'a>(
    old: &'a Deployed,
    new: &'a Deployed,
    known: &mut Memo<'a>,
    facts: Option<&Facts<'_>>,
) -> Vec<Rc<Raw>> {
    let [mut before, after] = [old, new].map(entries);
    let mut found = Vec::new();
    let unit_of = |side: &Deployed, entry: &SideObject<'_>| entry.unit.and_then(|it| position(side, it));
    for (id, entry) in &after {
        match before.shift_remove(id) {
            Some(other) => {
                let leaves = known.leaves(&other, entry, facts);
                let has_moved = id_of(other.unit) != id_of(entry.unit);
                if leaves.is_empty() && !has_moved {
                    continue;
                }
                let mut dangers = danger::of_change(other.unit, entry.unit, &other.object, &entry.object, &leaves);
                if is_foreign(new, id) {
                    dangers.extend(danger::of_contents(&entry.object, &leaves));
                }
                found.push(raw(id, Fate::Changed, [Some(&other), Some(entry)], leaves, dangers));
            }
            None if entry.is_patched && other_has(old, entry) => {
                let leaves = differences(None, Some(&entry.object.body));
                found.push(raw(id, Fate::Changed, [None, Some(entry)], leaves.into(), Vec::new()));
            }
            None => {
                let leaves = differences(None, Some(&entry.object.body));
                found.push(raw(id, Fate::Added, [None, Some(entry)], leaves.into(), Vec::new()));
            }
        }
    }
    for (id, entry) in &before {
        let leaves = differences(Some(&entry.object.body), None);
        if entry.is_patched {
            if other_has(new, entry) {
                found.push(raw(id, Fate::Changed, [Some(entry), None], leaves.into(), Vec::new()));
            }
            continue;
        }
        let remaining = unit_of(new, entry).and_then(|nth| new.units.get(nth));
        let is_unit = entry.unit.is_none() && old.units.iter().any(|it| it.kustomization.id == *id);
        // What a Kustomization applied is told object by object, where it is known.
        let dangers = if is_unit && !is_foreign(old, id) {
            Vec::new()
        } else {
            danger::of_removal(entry.unit, remaining, &entry.object)
        };
        let mut dangers = dangers;
        dangers.extend(danger::of_source(entry.unit, remaining, &entry.object, old, new));
        let stays = danger::stays(entry.unit, remaining, &entry.object);
        found.push(Raw { stays, ..raw(id, Fate::Removed, [Some(entry), None], leaves.into(), dangers) });
    }
    found.into_iter().map(Rc::new).collect()
}

fn entries(deployed: &Deployed) -> IndexMap<Id, SideObject<'_>> {
    let own = deployed.objects().map(|(unit, object)| {
        let substituted = unit.and_then(|it| it.substitution.as_ref()).map(|it| it.applied(object));
        let object = substituted.map_or(Cow::Borrowed(object), Cow::Owned);
        SideObject { unit, object, is_patched: false }
    });
    let of_others = deployed.units.iter().flat_map(|unit| {
        let entry = move |object| SideObject { unit: Some(unit), object: Cow::Owned(object), is_patched: true };
        patched(unit).into_iter().map(move |it| entry(it.object))
    });
    own.chain(of_others).map(|it| (it.object.id.clone(), it)).collect()
}

/// Whether it is a Kustomization of somebody else's objects: of a directory that is not
/// generated, or of a tenant's repository.
fn is_foreign(side: &Deployed, id: &Id) -> bool {
    let own = side.units.iter().find(|it| it.kustomization.id == *id);
    id.group == "kustomize.toolkit.fluxcd.io" && own.is_none_or(|it| it.place == UnitPlace::Foreign)
}

/// Where the Kustomization is on a side that is this one there.
fn position(side: &Deployed, unit: &Unit) -> Option<usize> {
    side.units.iter().position(|it| it.kustomization.id == unit.kustomization.id)
}

/// Whether what patches somebody else's object is on the other side, too.
fn other_has(other: &Deployed, entry: &SideObject<'_>) -> bool {
    entry.unit.is_some_and(|it| position(other, it).is_some())
}

fn id_of(unit: Option<&Unit>) -> Option<&Id> {
    unit.map(|it| &it.kustomization.id)
}

fn name(unit: Option<&Unit>) -> Option<&EcoString> {
    unit.map(|it| &it.name)
}

fn raw(
    id: &Id,
    fate: Fate,
    sides: [Option<&SideObject<'_>>; 2],
    leaves: Rc<[LeafChange]>,
    dangers: Vec<Danger>,
) -> Raw {
    let units = sides.map(|it| name(it?.unit).cloned());
    let origins = sides.map(|it| Some(it?.object.origin));
    let release =
        |it: &SideObject<'_>| danger::release(it.unit, &it.object).filter(|_| danger::says_chart(&it.object)).cloned();
    let version = |it: &SideObject<'_>| match release(it) {
        Some(it) => it.version_text().cloned(),
        None => danger::tag(&it.object).cloned(),
    };
    let versions = sides.map(|it| version(it?));
    let bump = match versions {
        [Some(old), Some(new)] if old != new => Some(Bump { old, new }),
        _ => None,
    };
    let (key, description) = described_whole(id, fate, &units, &dangers, origins, &leaves);
    Raw {
        id: id.clone(),
        fate,
        units,
        stays: false,
        is_patched: sides.into_iter().flatten().any(|it| it.is_patched),
        is_open: leaves.iter().any(LeafChange::is_open),
        leaves,
        dangers,
        bump,
        origins,
        key,
        description,
    }
}

impl Raw {
    /// The same with fewer leaves; none if nothing is left of it.
    pub(super) fn with(&self, leaves: Vec<LeafChange>) -> Option<Rc<Self>> {
        if leaves.is_empty() && self.units[0] == self.units[1] {
            return None;
        }
        let (key, description) =
            described_whole(&self.id, self.fate, &self.units, &self.dangers, self.origins, &leaves);
        Some(Rc::new(Self {
            id: self.id.clone(),
            units: self.units.clone(),
            leaves: leaves.into(),
            dangers: self.dangers.clone(),
            bump: self.bump.clone(),
            key,
            description,
            ..*self
        }))
    }
}

/// What makes a change what it is; and the same with where everything comes from.
fn described_whole(
    id: &Id,
    fate: Fate,
    units: &[Option<EcoString>; 2],
    dangers: &[Danger],
    origins: [Option<Origin>; 2],
    leaves: &[LeafChange],
) -> (String, Rc<str>) {
    let mut key = format!("{id:?} {fate:?} {units:?} {dangers:?}");
    for it in leaves {
        key.push('\n');
        key.push_str(&described(it));
    }
    let mut description = key.clone();
    let places = leaves.iter().map(|it| [&it.old, &it.new].map(|it| it.as_ref().map(|it| it.origin)));
    for it in std::iter::once(origins).chain(places) {
        // Writing to a String cannot fail.
        let _ = write!(description, "\n{it:?}");
    }
    (key, description.into())
}

impl<'a> Memo<'a> {
    fn leaves(&mut self, old: &SideObject<'a>, new: &SideObject<'a>, facts: Option<&Facts<'_>>) -> Rc<[LeafChange]> {
        if let Some(facts) = facts
            && [old, new].into_iter().any(|it| facts.concern(&self.placeholders_of(&it.object)))
        {
            if let Some(differing) = &facts.differing {
                return differences_with(Some(&old.object.body), Some(&new.object.body), differing).into();
            }
            let [old, new] = [(old, facts.old), (new, facts.new)].map(|(it, facts)| it.object.body.filled(facts));
            return differences(Some(&old), Some(&new)).into();
        }
        let compare = |old: &Object, new: &Object| match (&old.raw, &new.raw) {
            (None, None) => differences(Some(&old.body), Some(&new.body)).into(),
            // What is encrypted says nothing leaf by leaf: its text is another.
            (a, b) if a == b => Rc::from([]),
            _ => encrypted(old, new),
        };
        let (Cow::Borrowed(old), Cow::Borrowed(new)) = (&old.object, &new.object) else {
            return compare(&old.object, &new.object);
        };
        let found = self.leaves.entry([ById(*old), ById(*new)]);
        Rc::clone(found.or_insert_with(|| compare(old, new)))
    }

    /// The facts that a cluster's texts have placeholders for.
    pub(super) fn placeholders(&mut self, deployed: &'a Deployed) -> IndexSet<EcoString> {
        deployed.objects().flat_map(|(_, it)| self.placeholders_of(&Cow::Borrowed(it)).to_vec()).collect()
    }

    /// The facts that an object's texts have placeholders for.
    #[expect(clippy::ptr_arg, reason = "what is borrowed is remembered, what is owned goes")]
    fn placeholders_of(&mut self, object: &Cow<'a, Object>) -> Rc<[EcoString]> {
        let find = || {
            let mut found: IndexSet<EcoString> = IndexSet::default();
            object.body.value.each_per_cluster(&mut |it| found.extend(it.facts().cloned()));
            found.into_iter().collect()
        };
        match object {
            Cow::Borrowed(it) => Rc::clone(self.placeholders.entry(ById(*it)).or_insert_with(find)),
            Cow::Owned(_) => find(),
        }
    }
}

/// The leaves of an encrypted object: those of its body without what SOPS notes for itself.
fn encrypted(old: &Object, new: &Object) -> Rc<[LeafChange]> {
    let all = differences(Some(&old.body), Some(&new.body));
    let is_note = |it: &LeafChange| matches!(it.path.0.first(), Some(crate::value::Step::Key(key)) if key == "sops");
    let own: Vec<LeafChange> = all.iter().filter(|it| !is_note(it)).cloned().collect();
    if own.is_empty() { all.into() } else { own.into() }
}
