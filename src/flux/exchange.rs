//! A class that differs from another in the values and versions of a few add-ons: it has what that one has, with those
//! exchanged.
//!
//! A cluster that pins a version shares everything else with the clusters that do not. Its Kustomizations, what they wait
//! for, their order and their namespaces depend on what add-ons are called, where they go, what they require and what
//! they bring, and on no version and no value. So nothing of that is found out again:
//!
//! ```text
//! class without overrides of its own    web   api   db
//! this class                            web   api'  db      api' has another version
//! ```
//!
//! Whether that is so is looked at, not assumed: the add-on as it was evaluated, its release and its objects must be the
//! same but for the values and the version.

use std::sync::Arc;

use ecow::EcoString;

use super::context::Memo;
use super::deploy::{Deployed, Unit, UnitPatches};
use super::item::made;
use super::release::Release;
use super::shared_item::{Made, SharedItem};
use crate::diagnostic::Checked;
use crate::fleet::{Class, Evaluated, Representative};
use crate::kube::object::Object;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::value::{Node, Value};

/// The class that another is like, but for a few items.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    pub class: Class,
    /// What it has in place of some of that one's.
    pub exchanged: Vec<SharedItem>,
}

/// An add-on, and what stands in its place.
struct Exchange {
    item: Anchor,
    was: SharedItem,
    is: SharedItem,
    made_was: Arc<Made>,
    made_is: Arc<Made>,
    evaluated: Arc<Checked<Evaluated>>,
}

/// Why items cannot be exchanged.
pub(super) enum Otherwise {
    /// Facts have to be known to tell.
    Needs(IndexSet<EcoString>),
    /// More than values and versions is another, or something is to be reported.
    MoreDiffers,
}

/// What a class ends up with that changes some items of another. `known` is what was found out of that one's items.
///
/// # Errors
/// Why that cannot be told from the other one.
pub(super) fn exchanged(
    db: &dyn Db,
    representative: &Representative,
    (class, deployed, known): (Class, &Deployed, &Memo),
    changed: &IndexSet<Anchor>,
) -> Result<(Deployed, Alike), Otherwise> {
    let mut exchanges = Vec::new();
    for item in changed {
        // What the clusters do not take is not there to be changed.
        if deployed.items.iter().any(|(it, _)| it == item) {
            exchanges.push(exchange(db, representative, known, *item)?);
        }
    }
    let mut units = Vec::clone(&deployed.units);
    for it in &exchanges {
        let found: usize = units.iter_mut().map(|unit| in_unit(unit, it)).sum();
        // What became another object on its way into a unit cannot be exchanged.
        if found != it.made_was.objects.len() {
            return Err(Otherwise::MoreDiffers);
        }
    }
    let mut items = Vec::clone(&deployed.items);
    let mut shared_items = Vec::clone(&deployed.shared_items);
    for it in &exchanges {
        let evaluated = items.iter_mut().filter(|(item, _)| *item == it.item);
        evaluated.for_each(|(_, evaluated)| *evaluated = Arc::clone(&it.evaluated));
        shared_items.iter_mut().filter(|item| **item == it.was).for_each(|item| *item = it.is);
    }
    let deployed = Deployed {
        units: Arc::new(units),
        items: Arc::new(items),
        shared_items: Arc::new(shared_items),
        ..deployed.clone()
    };
    Ok((deployed, Alike { class, exchanged: exchanges.iter().map(|it| it.is).collect() }))
}

fn exchange(db: &dyn Db, representative: &Representative, known: &Memo, item: Anchor) -> Result<Exchange, Otherwise> {
    let needs =
        |facts: IndexSet<EcoString>| if facts.is_empty() { Otherwise::MoreDiffers } else { Otherwise::Needs(facts) };
    let (specialization, specialized) = representative.specialization(db, item).map_err(needs)?;
    let new = &specialized.evaluated;
    let in_place = || {
        let old = known.known.get(&item).filter(|_| item.kind(db) == Kind::ADDON)?;
        let (was, made_was) = known.shared_items.get(&(item.parent(db), item))?;
        let is_quiet = new.diagnostics.is_empty() && old.evaluated.diagnostics.is_empty();
        let is_same = specialized.is_certain && is_quiet && same_but_for_values(&old.evaluated.value, &new.value);
        is_same.then_some(())?;
        let is = was.with(db, specialization);
        let made_is = Arc::clone(made(db, is));
        let is_same = made_is.is_certain && made_is.diagnostics.is_empty() && same_to_others(item, made_was, &made_is);
        is_same.then(|| Exchange {
            item,
            was: *was,
            is,
            made_was: Arc::clone(made_was),
            made_is,
            evaluated: Arc::clone(new),
        })
    };
    in_place().ok_or(Otherwise::MoreDiffers)
}

/// Whether an add-on is the same in all that others may know of it.
fn same_but_for_values(old: &Evaluated, new: &Evaluated) -> bool {
    old.role == new.role
        && old.patches.is_empty()
        && new.patches.is_empty()
        && same_but_for(&old.node, &new.node, &[&["values"], &["version"]])
}

/// Whether what is made of an add-on is the same to all others.
fn same_to_others(addon: Anchor, old: &Made, new: &Made) -> bool {
    // Of what a chart brings the CRD, its version says what it may hold.
    let release = |it: &Made| {
        let version = |it: &Release| {
            let version = it.version.clone().filter(|_| !it.crds.is_empty())?;
            Some(Node::new(version.value, Origin::of(addon)))
        };
        it.release.as_ref().map(|it| Release { version: version(it), ..Release::clone(it) })
    };
    let mut pairs = old.objects.iter().zip(&new.objects);
    release(old) == release(new)
        && old.objects.len() == new.objects.len()
        && pairs.all(|(old, new)| same_object(&old.object, &new.object))
}

/// Where an object says which version, and with which values.
fn free(object: &Object) -> &'static [&'static [&'static str]] {
    match object.id.kind.as_str() {
        "HelmRelease" => &[&["spec", "values"], &["spec", "chart", "spec", "version"]],
        "OCIRepository" => &[&["spec", "ref"]],
        _ => &[],
    }
}

fn same_object(old: &Object, new: &Object) -> bool {
    let beside = |it: &Object| (it.version.clone(), it.file.clone(), it.origin, it.raw.clone(), it.component.clone());
    old.id == new.id
        && old.is_checked == new.is_checked
        && beside(old) == beside(new)
        && same_but_for(&old.body, &new.body, free(old))
}

/// Whether two values are the same, but for what lies at some paths.
fn same_but_for(old: &Node, new: &Node, free: &[&[&str]]) -> bool {
    if free.is_empty() {
        return old == new;
    }
    let (Value::Map(a), Value::Map(b)) = (&old.value, &new.value) else { return old == new };
    let is_free = |key: &str| free.iter().any(|it| matches!(it, [only] if *only == key));
    let rest = |it: &'_ crate::value::Map| it.entries.keys().filter(|it| !is_free(it)).count();
    rest(a) == rest(b)
        && a.entries.iter().filter(|(key, _)| !is_free(key)).all(|(key, old)| {
            let below: Vec<&[&str]> =
                free.iter().filter_map(|it| it.split_first().filter(|it| *it.0 == key).map(|it| it.1)).collect();
            b.entries.get(key).is_some_and(|new| same_but_for(old, new, &below))
        })
}

/// Exchanges what a unit has of an item; how many objects that were.
fn in_unit(unit: &mut Unit, it: &Exchange) -> usize {
    let mut found = 0;
    for (was, is) in it.made_was.objects.iter().zip(&it.made_is.objects) {
        for object in unit.objects.iter_mut().filter(|object| Arc::ptr_eq(object, &was.object)) {
            *object = Arc::clone(&is.object);
            found += 1;
        }
    }
    if found > 0 {
        for patches in &mut unit.patches {
            if let UnitPatches::Made { shared_item, .. } = patches
                && *shared_item == it.was
            {
                *shared_item = it.is;
            }
        }
        if let (Some(was), Some(is)) = (&it.made_was.release, &it.made_is.release) {
            for release in unit.releases.iter_mut().filter(|release| Arc::ptr_eq(release, was)) {
                *release = Arc::clone(is);
            }
        }
    }
    found
}
