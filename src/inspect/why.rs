//! Why a value is what it is: who set it, over whom, under which conditions, and what
//! put the object there.

use std::sync::Arc;

use ecow::EcoString;

use super::asked::{Asked, in_common, objects, within};
use super::selector::{NotFound, Selector};
use crate::emit::{Named, Spot, lines_of};
use crate::fleet::{self, Cluster, Reason};
use crate::flux::{self, Id, Object};
use crate::source::{Anchor, Db, Origin};
use crate::value::{Path, Value};

/// An answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// None for what is the same on every cluster.
    pub cluster: Option<EcoString>,
    pub subjects: Vec<Subject>,
}

/// One object or item, or a part of it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub what: What,
    /// The Kustomization that applies it.
    pub unit: Option<EcoString>,
    /// What puts it on the cluster: each `use` of it, the highest last.
    pub taken: Vec<Origin>,
    /// Why it is not there, if it is not.
    pub absence: Option<Absence>,
    pub leaves: Vec<Leaf>,
}

/// Why something that the catalogue has is not on a cluster.
#[derive(Clone, Debug)]
pub enum Absence {
    /// This layer dropped it.
    Dropped(Box<Layer>),
    /// No `use` names it, or its catalogue.
    NotTaken,
    /// It is optional, and no `use` names it.
    Optional,
    /// Nothing that is taken needs it.
    NotNeeded,
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Object(Id),
    /// An item, in the words of the language.
    Item(Anchor),
}

/// A value that has none inside it.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub path: Path,
    /// Who set it, the winner first.
    pub layers: Vec<Layer>,
}

/// One setting of a value.
#[derive(Clone, Debug)]
pub struct Layer {
    pub origin: Origin,
    pub value: Value,
    pub reason: Reason,
}

/// What the selector names on a cluster.
///
/// # Errors
/// If it names nothing there.
pub fn why(db: &dyn Db, cluster: Anchor, selector: &Selector) -> Result<Why, NotFound> {
    let deployed = flux::traced(db, cluster);
    let cluster = &fleet::cluster(db, cluster).value;
    let asked = Asked { db, cluster: Some(cluster), items: &deployed.items };
    let objects = objects(&deployed);
    let longest = objects.iter().filter(|(_, it)| selector.path_in(&it.id).is_some()).map(|(_, it)| it.id.name.len());
    let longest = longest.max();
    let mut subjects = Vec::new();
    let mut missed = None;
    for (unit, object) in &objects {
        let is_longest = selector.name() == "*" || Some(object.id.name.len()) == longest;
        let Some(path) = selector.path_in(&object.id).filter(|_| is_longest) else { continue };
        let path = Path::parse(path).map_err(NotFound::Path)?;
        match within(&object.body, &path) {
            Ok(found) => subjects.push(asked.object(unit.clone(), object, found)),
            Err((depth, known)) => match asked.removed(object, &path) {
                Some(leaf) => subjects.push(asked.subject(unit.clone(), object, vec![leaf])),
                None if missed.as_ref().is_none_or(|(deepest, _)| depth > *deepest) => {
                    let object = object.id.to_string().into();
                    missed = Some((depth, NotFound::Inside { object, path, known }));
                }
                None => {}
            },
        }
    }
    if subjects.is_empty() && selector.is_bare() {
        for (item, evaluated) in deployed.items.iter() {
            let Some(path) = selector.path_behind(item.name(db)) else { continue };
            let path = Path::parse(path).map_err(NotFound::Path)?;
            subjects.extend(asked.item(*item, evaluated, &path));
        }
    }
    if subjects.is_empty() && longest.is_none() {
        let is_meant = |it: &&Arc<Object>| selector.path_in(&it.id).is_some();
        subjects.extend(in_common(db).filter(is_meant).filter_map(|it| asked.absent(it)));
    }
    if subjects.is_empty() {
        let known = objects.iter().map(|(_, it)| it.id.name.clone()).collect();
        return Err(missed.map_or(NotFound::Object { wanted: selector.shown().into(), known }, |(_, it)| it));
    }
    Ok(Why { cluster: Some(cluster.name.clone()), subjects })
}

/// What stands in a line, counted from 1, of a generated file: none if the project
/// generates no such file, and none inside if nothing with a value stands there.
pub fn why_line(db: &dyn Db, path: &str, line: usize) -> Option<Option<Why>> {
    let lines = lines_of(db, path)?;
    let spot = line.checked_sub(1).and_then(|it| lines.spots.get(it).cloned().flatten());
    let Some(Spot { object: id, what }) = spot else { return Some(None) };
    let of = |subject: Option<Subject>, cluster: Option<&Cluster>| {
        Some(Why { cluster: cluster.map(|it| it.name.clone()), subjects: vec![subject?] })
    };
    let Some(anchor) = lines.cluster else {
        let asked = Asked { db, cluster: None, items: &[] };
        let subject = in_common(db).find(|it| it.id == id).map(|it| asked.named(None, it, &what));
        return Some(of(subject, None));
    };
    let deployed = flux::traced(db, anchor);
    let cluster = &fleet::cluster(db, anchor).value;
    let asked = Asked { db, cluster: Some(cluster), items: &deployed.items };
    let subject = if what == Named::Gone {
        in_common(db).find(|it| it.id == id).and_then(|it| asked.absent(it))
    } else {
        objects(&deployed).iter().find(|(_, it)| it.id == id).map(|(unit, it)| asked.named(unit.clone(), it, &what))
    };
    Some(of(subject, Some(cluster)))
}
