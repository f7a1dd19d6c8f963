//! Why a value is what it is: who set it, over whom, under which conditions, and what
//! put the object there.

use ecow::{EcoString, eco_format};

use super::answer::{Subject, Why};
use super::asked::{Asked, meant, within};
use super::placed::{Placed, in_common, placed};
use super::secrets;
use super::selector::{NotFound, Selector};
use crate::emit::{Spot, SpotValues, lines_of};
use crate::fleet::{self, Cluster};
use crate::flux;
use crate::kube::Id;
use crate::source::{Anchor, Db};
use crate::value::{Path, Step};

/// What the selector names on a cluster.
///
/// # Errors
/// If it names nothing there.
pub fn why(db: &dyn Db, cluster: Anchor, selector: &Selector) -> Result<Why, NotFound> {
    let deployed = flux::traced(db, cluster);
    let cluster = &fleet::cluster(db, cluster).value;
    let asked = Asked::of(db, cluster, &deployed);
    let objects = placed(&deployed);
    let meant = meant(&objects, selector)?;
    let mut subjects = Vec::new();
    for (placed, path) in &meant {
        match within(&placed.object.body, path) {
            Ok(found) => subjects.push(asked.object(placed, found)),
            Err(_) => match asked.removed(&placed.object, path) {
                leaves if leaves.is_empty() => {}
                leaves => subjects.push(asked.subject(placed, leaves)),
            },
        }
    }
    let mut missed = deepest(meant.iter());
    if subjects.is_empty() && selector.is_bare() {
        for (item, evaluated) in deployed.items.iter() {
            let with_catalogue = item.dotted(db);
            let Some(path) = selector.path_behind(&with_catalogue).or_else(|| selector.path_behind(item.name(db)))
            else {
                continue;
            };
            let path = Path::parse(path).map_err(NotFound::Path)?;
            match asked.item(*item, evaluated, &path) {
                Ok(it) => subjects.push(it),
                Err((depth, known)) => {
                    let is_params = matches!(path.0.first(), Some(Step::Key(it)) if it == "params");
                    // What begins with no word of the language is meant of the object.
                    if is_params || missed.as_ref().is_none_or(|(deepest, _)| depth > *deepest) {
                        let object = eco_format!("{} `{}`", item.kind(db).word(), item.name(db));
                        missed = Some((depth, NotFound::Inside { object, path, known }));
                    }
                }
            }
        }
    }
    if subjects.is_empty() && selector.is_bare() {
        for (name, node) in &cluster.facts.entries {
            // An add-on may have the fact's name: `cluster.NAME` is the fact, as in the language.
            let in_language = selector.path_behind(&eco_format!("cluster.{name}"));
            let Some(path) = selector.path_behind(name).or(in_language) else { continue };
            let path = Path::parse(path).map_err(NotFound::Path)?;
            match asked.fact(name, node, &path) {
                Ok(it) => subjects.push(it),
                Err((depth, known)) => {
                    let object = eco_format!("the fact `{name}`");
                    missed = missed.or(Some((depth, NotFound::Inside { object, path, known })));
                }
            }
        }
    }
    if subjects.is_empty() && meant.is_empty() {
        let is_meant = |it: &Id| selector.path_in(it).is_some();
        subjects.extend(in_common(db).filter(|it| is_meant(&it.id)).filter_map(|it| asked.absent(it)));
        let units = asked.common_units();
        subjects.extend(units.iter().filter(|it| is_meant(&it.id)).filter_map(|it| asked.absent_unit(it)));
    }
    if subjects.is_empty() {
        let declared = &fleet::settings(db, db.project()).value.facts;
        let mut facts = declared.keys().filter(|_| selector.is_bare());
        if let Some(fact) =
            facts.clone().find(|it| selector.is_exactly(it) || selector.is_exactly(&eco_format!("cluster.{it}")))
        {
            return Err(NotFound::NoValue { fact: fact.clone() });
        }
        if let (None, Some(wanted)) = (&missed, selector.fact()) {
            let fixed = ["name", "path", "group", "groups"].map(EcoString::from);
            return Err(NotFound::Fact { wanted, known: facts.by_ref().cloned().chain(fixed).collect() });
        }
        let objects = objects.iter().map(|it| it.object.id.name.clone());
        let known = objects.chain(facts.by_ref().cloned()).collect();
        return Err(missed.map_or(NotFound::Object { wanted: selector.shown().into(), known }, |(_, it)| it));
    }
    Ok(Why { cluster: Some(cluster.name.clone()), subjects }.without_credentials())
}

impl Why {
    fn without_credentials(mut self) -> Self {
        for subject in &mut self.subjects {
            subject.leaves.iter_mut().for_each(|it| secrets::leaf(&subject.what, it));
            subject.absence.iter_mut().for_each(secrets::absence);
        }
        self
    }
}

/// Of paths that lead nowhere, the one that leads deepest, and how deep.
pub(super) fn deepest<'a>(meant: impl Iterator<Item = &'a (&'a Placed, Path)>) -> Option<(usize, NotFound)> {
    let missed = meant.filter_map(|(placed, path)| {
        let (depth, known) = within(&placed.object.body, path).err()?;
        let object = placed.object.id.to_string().into();
        Some((depth, NotFound::Inside { object, path: path.clone(), known }))
    });
    // Of several that lead as deep, the first.
    missed.reduce(|a, b| if b.0 > a.0 { b } else { a })
}

/// What stands in a line, counted from 1, of a generated file: none if the project
/// generates no such file, and none inside if nothing with a value stands there.
pub fn why_line(db: &dyn Db, path: &str, line: usize) -> Option<Option<Why>> {
    let lines = lines_of(db, path)?;
    let spot = line.checked_sub(1).and_then(|it| lines.spots.get(it).cloned().flatten());
    let Some(Spot { object: id, what }) = spot else { return Some(None) };
    let of = |subject: Option<Subject>, cluster: Option<&Cluster>| {
        Some(Why { cluster: cluster.map(|it| it.name.clone()), subjects: vec![subject?] }.without_credentials())
    };
    let Some(anchor) = lines.cluster else {
        let asked = Asked { db, cluster: None, items: &[] };
        let subject = in_common(db).find(|it| it.id == id).map(|it| asked.in_common(it, &what));
        return Some(of(subject, None));
    };
    let deployed = flux::traced(db, anchor);
    let cluster = &fleet::cluster(db, anchor).value;
    let asked = Asked::of(db, cluster, &deployed);
    let subject = if what == SpotValues::Gone {
        in_common(db).find(|it| it.id == id).and_then(|it| asked.absent(it))
    } else {
        placed(&deployed).iter().find(|it| it.object.id == id).map(|it| asked.named(it, &what))
    };
    Some(of(subject, Some(cluster)))
}
