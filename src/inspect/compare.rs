//! What two clusters have that is not the same, and who made it so.

use ecow::EcoString;

use super::absence::absence_on;
use super::answer::{Absence, Leaf, What};
use super::asked::{Asked, Leaves, in_spec, meant, within};
use super::placed::{Placed, placed};
use super::secrets;
use super::selector::{NotFound, Selector};
use super::why::deepest;
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed};
use crate::kube::Id;
use crate::source::{Anchor, Db, IndexMap, IndexSet};
use crate::value::{Node, Path, same};

/// Two clusters beside each other.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub clusters: [EcoString; 2],
    /// What one of them has alone.
    pub only: Vec<Only>,
    pub differing: Vec<Differing>,
}

/// An object of one of the clusters.
#[derive(Clone, Debug)]
pub struct Only {
    /// Which of the two has it.
    pub on: usize,
    pub object: Id,
    /// Why the other has it not; none for what the one has of its own.
    pub absence: Option<Absence>,
}

/// An object or an item that both have.
#[derive(Clone, Debug)]
pub struct Differing {
    pub what: What,
    /// In the order of the first; a value that one has not is none there.
    pub leaves: Vec<(Path, [Option<Leaf>; 2])>,
}

/// One of the two.
struct Side<'a> {
    model: &'a Cluster,
    asked: Asked<'a>,
    deployed: &'a Deployed,
    placed: Vec<Placed>,
}

/// Compares two clusters, or what a selector names on them.
///
/// # Errors
/// If the selector names nothing on either.
pub fn compare(db: &dyn Db, clusters: [Anchor; 2], selector: Option<&Selector>) -> Result<Comparison, NotFound> {
    let models = clusters.map(|it| &fleet::cluster(db, it).value);
    let deployed = clusters.map(|it| flux::traced(db, it));
    let ([one, other], [its, others]) = (models, &deployed);
    let [a, b] = [(one, its), (other, others)].map(|(model, deployed)| Side {
        model,
        asked: Asked::of(db, model, deployed),
        deployed,
        placed: placed(deployed),
    });
    let mut it = Comparison { clusters: models.map(|it| it.name.clone()), only: Vec::new(), differing: Vec::new() };
    let whole = Path::default();
    match selector {
        None => {
            let all = |side: &Side<'_>| side.placed.iter().map(|it| (it.called.clone(), whole.clone())).collect();
            it.add(db, &a, &b, &all(&a), &all(&b));
        }
        Some(selector) => {
            let [mine, theirs] = [meant(&a.placed, selector)?, meant(&b.placed, selector)?];
            let reaches = |side: &Side<'_>, (placed, path): &(&Placed, Path)| {
                within(&placed.object.body, path).is_ok() || !side.asked.removed(&placed.object, path).is_empty()
            };
            if mine.iter().any(|it| reaches(&a, it)) || theirs.iter().any(|it| reaches(&b, it)) {
                let by_id =
                    |all: &[(&Placed, Path)]| all.iter().map(|(it, path)| (it.called.clone(), path.clone())).collect();
                it.add(db, &a, &b, &by_id(&mine), &by_id(&theirs));
            } else if !it.add_items(db, &a, &b, selector)? {
                let missed = deepest(mine.iter().chain(&theirs));
                let known = a.placed.iter().chain(&b.placed).map(|it| it.object.id.name.clone()).collect();
                return Err(missed.map_or(NotFound::Object { wanted: selector.shown().into(), known }, |(_, it)| it));
            }
        }
    }
    for differing in &mut it.differing {
        let leaves = differing.leaves.iter_mut().flat_map(|(_, it)| it.iter_mut().flatten());
        leaves.for_each(|it| secrets::leaf(&differing.what, it));
    }
    it.only.iter_mut().filter_map(|it| it.absence.as_mut()).for_each(secrets::absence);
    Ok(it)
}

impl Comparison {
    /// Compares objects, below a path of each.
    fn add(&mut self, db: &dyn Db, a: &Side<'_>, b: &Side<'_>, mine: &IndexMap<Id, Path>, theirs: &IndexMap<Id, Path>) {
        let sides = [(0, a, b, mine), (1, b, a, theirs)];
        for (on, has, other, wanted) in sides {
            for id in wanted.keys().filter(|it| other.find(it).is_none()) {
                let is_patched = has.find(id).is_some_and(|it| it.is_patched && other.has_unit(it));
                if !is_patched {
                    self.only.push(Only { on, object: id.clone(), absence: absence_on(db, other.model, id) });
                }
            }
        }
        for (id, path) in mine.iter().chain(theirs.iter().filter(|(it, _)| !mine.contains_key(*it))) {
            let leaves = match (a.find(id), b.find(id)) {
                (Some(one), Some(other)) => {
                    pairs(of(one, path), of(other, path), |side, path, node| match (side, node) {
                        (0, Some(it)) => Some(a.asked.leaf_of(one, path.clone(), it)),
                        (0, None) => a.asked.removed(&one.object, path).into_iter().next(),
                        (_, Some(it)) => Some(b.asked.leaf_of(other, path.clone(), it)),
                        (_, None) => b.asked.removed(&other.object, path).into_iter().next(),
                    })
                }
                // Somebody else's object, which only one of them patches.
                (Some(one), None) if one.is_patched && b.has_unit(one) => {
                    pairs(of(one, path), Vec::new(), |_, path, node| Some(a.asked.leaf_of(one, path.clone(), node?)))
                }
                (None, Some(other)) if other.is_patched && a.has_unit(other) => {
                    pairs(Vec::new(), of(other, path), |_, path, node| {
                        Some(b.asked.leaf_of(other, path.clone(), node?))
                    })
                }
                _ => continue,
            };
            if !leaves.is_empty() {
                self.differing.push(Differing { what: What::Object(id.clone()), leaves });
            }
        }
    }

    /// Compares items in the words of the language; whether there are any that are meant.
    fn add_items(&mut self, db: &dyn Db, a: &Side<'_>, b: &Side<'_>, selector: &Selector) -> Result<bool, NotFound> {
        let mut has_any = false;
        if !selector.is_bare() {
            return Ok(false);
        }
        let items: IndexSet<Anchor> =
            [a, b].iter().flat_map(|it| it.deployed.items.iter()).map(|(it, _)| *it).collect();
        for item in items {
            let Some(path) = selector.path_behind(item.name(db)) else { continue };
            let path = Path::parse(path).map_err(NotFound::Path)?;
            let [mine, theirs] = [a, b].map(|side| {
                let (_, evaluated) = side.deployed.items.iter().find(|(it, _)| *it == item)?;
                Some(side.asked.item(item, evaluated, &path).ok()?.leaves)
            });
            has_any |= mine.is_some() || theirs.is_some();
            let leaves = paired(mine.unwrap_or_default(), theirs.unwrap_or_default());
            if !leaves.is_empty() {
                self.differing.push(Differing { what: What::Item(item), leaves });
            }
        }
        Ok(has_any)
    }
}

impl Side<'_> {
    fn find(&self, id: &Id) -> Option<&Placed> {
        self.placed.iter().find(|it| it.called == *id)
    }

    /// Whether what applies an object is here, too.
    fn has_unit(&self, placed: &Placed) -> bool {
        self.deployed.units.iter().any(|it| Some(&it.name) == placed.unit.as_ref())
    }
}

/// The leaves of an object below a path.
fn of<'a>(placed: &'a Placed, path: &Path) -> Leaves<'a> {
    let (inner, in_spec) = (path.find(&placed.object.body), in_spec(path));
    let found = if inner.is_empty() { in_spec.find(&placed.object.body) } else { inner };
    super::asked::below(found)
}

fn pairs(
    mine: Leaves<'_>,
    theirs: Leaves<'_>,
    leaf: impl Fn(usize, &Path, Option<&Node>) -> Option<Leaf>,
) -> Vec<(Path, [Option<Leaf>; 2])> {
    let mine: IndexMap<Path, &Node> = mine.into_iter().collect();
    let theirs: IndexMap<Path, &Node> = theirs.into_iter().collect();
    let paths = mine.keys().chain(theirs.keys().filter(|it| !mine.contains_key(*it)));
    paths
        .filter_map(|path| {
            let (a, b) = (mine.get(path).copied(), theirs.get(path).copied());
            if let (Some(a), Some(b)) = (a, b)
                && same(&a.value, &b.value)
            {
                return None;
            }
            Some((path.clone(), [leaf(0, path, a), leaf(1, path, b)]))
        })
        .collect()
}

/// The leaves of items that differ.
fn paired(mine: Vec<Leaf>, theirs: Vec<Leaf>) -> Vec<(Path, [Option<Leaf>; 2])> {
    let mut pairs: IndexMap<Path, [Option<Leaf>; 2]> = IndexMap::default();
    for it in mine {
        let [slot, _] = pairs.entry(it.path.clone()).or_default();
        *slot = Some(it);
    }
    for it in theirs {
        let [_, slot] = pairs.entry(it.path.clone()).or_default();
        *slot = Some(it);
    }
    let value = |it: &Option<Leaf>| it.as_ref().and_then(|it| it.layers.first()).map(|it| it.value.clone());
    let is_same = |pair: &[Option<Leaf>; 2]| match pair.each_ref().map(value) {
        [Some(a), Some(b)] => same(&a, &b),
        _ => false,
    };
    pairs.into_iter().filter(|(_, pair)| !is_same(pair)).collect()
}
