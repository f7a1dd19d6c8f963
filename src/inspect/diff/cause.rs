//! Which line made something change.

use std::cell::RefCell;
use std::rc::Rc;

use ecow::EcoString;

use super::change::{Because, Cause, Fate, Side, Switch, Touched, Verb};
use super::pairing::Raw;
use crate::data::locate;
use crate::eval::Outcome;
use crate::fleet::{self, Cluster, Evaluated, Read, reason};
use crate::flux;
use crate::inspect::absence::absence_on;
use crate::inspect::answer::{Absence, Layer};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::value::{Node, Overridden, Path, Step, Value, same};

/// What of a catalogue and of an item says how its objects are called and what applies them.
const SWITCHES: [&str; 6] = ["split", "release-in", "namespace", "release-name", "source", "name"];

/// Both states, and what was found out of them.
pub(super) struct States<'a> {
    pub old: &'a dyn Db,
    pub new: &'a dyn Db,
    items: RefCell<IndexMap<(bool, Anchor, Anchor), Rc<Evaluated>>>,
}

impl<'a> States<'a> {
    /// Nothing yet.
    pub(super) fn new(old: &'a dyn Db, new: &'a dyn Db) -> Self {
        Self { old, new, items: RefCell::default() }
    }
}

/// What becomes of an object, the number of a leaf in it, and a cluster that has it so.
pub(super) type Variant<'a> = (&'a Raw, usize, &'a Touched);

/// The causes of a leaf, over all that have the change, and how many more there are.
pub(super) fn of_leaf(known: &States<'_>, variants: &[Variant<'_>], most: usize) -> (Vec<Cause>, usize) {
    let mut seen: IndexSet<[Option<Origin>; 2]> = IndexSet::default();
    let mut causes: Vec<Cause> = Vec::new();
    let mut more = 0;
    for (raw, nth, cluster) in variants {
        let Some(leaf) = raw.leaves.get(*nth) else { continue };
        let sides = Sides { known, cluster, raw };
        let [was, is] = [(&leaf.old, Side::Old), (&leaf.new, Side::New)].map(|(node, side)| {
            let node = node.as_ref()?;
            Some(Node { origin: sides.real(side, node.origin), ..node.clone() })
        });
        let places = [&was, &is].map(|it| it.as_ref().map(|it| it.origin));
        if !seen.insert(places) {
            continue;
        }
        if causes.len() < most {
            causes.extend(sides.cause(&leaf.path, was.as_ref(), is.as_ref()));
        } else {
            more += 1;
        }
    }
    (causes, more)
}

/// Why an object came or went, over all that have the change.
pub(super) fn of_object(known: &States<'_>, variants: &[Variant<'_>], most: usize) -> Vec<Because> {
    let all = variants.iter().take(most).flat_map(|(raw, _, cluster)| {
        let sides = Sides { known, cluster, raw };
        match raw.fate {
            Fate::Added => sides.came(),
            Fate::Removed => sides.went(),
            Fate::Changed => sides.switched().into_iter().collect(),
        }
    });
    let mut found: Vec<Because> = Vec::new();
    for it in all {
        if !found.iter().any(|known| known.place() == it.place()) {
            found.push(it);
        }
    }
    found
}

impl Because {
    fn place(&self) -> Option<Origin> {
        match self {
            Self::Used(it) | Self::Attached(it) => Some(it.origin),
            Self::NotDropped(it) => Some(it.layer.origin),
            Self::Detached => None,
            Self::Switched(it) => it.new.as_ref().or(it.old.as_ref()).map(|it| it.origin),
            Self::Declared(it) | Self::Undeclared(it) | Self::Follows(it) | Self::NoLonger(it) => Some(*it),
            Self::Absent(it) => match &**it {
                Absence::Dropped(it) => Some(it.origin),
                _ => None,
            },
        }
    }
}

/// One cluster on both sides.
struct Sides<'a> {
    known: &'a States<'a>,
    cluster: &'a Touched,
    raw: &'a Raw,
}

impl Sides<'_> {
    const fn of(&self, side: Side) -> (&dyn Db, Anchor) {
        match side {
            Side::Old => (self.known.old, self.cluster.old),
            Side::New => (self.known.new, self.cluster.new),
        }
    }

    /// The item that the object is made from.
    fn item(&self, side: Side) -> Option<Anchor> {
        let [old, new] = self.raw.origins;
        match side {
            Side::Old => old,
            Side::New => new,
        }
        .map(|it| it.anchor)
    }

    /// Where a value stands that clusters of a class share: for a fact, where the cluster has it.
    fn real(&self, side: Side, origin: Origin) -> Origin {
        let (db, cluster) = self.of(side);
        if origin.anchor.kind(db) != Kind::Fleet {
            return origin;
        }
        let fact = fleet::settings(db, db.project()).value.facts.values().find(|it| it.origin == origin);
        let node = fact.and_then(|it| fleet::cluster(db, cluster).value.facts.entries.get(&it.name));
        node.map_or(origin, |it| it.origin)
    }

    fn evaluated(&self, side: Side) -> Option<Rc<Evaluated>> {
        self.evaluated_item(side, self.item(side)?)
    }

    fn evaluated_item(&self, side: Side, item: Anchor) -> Option<Rc<Evaluated>> {
        let (db, cluster) = self.of(side);
        let is_item = matches!(item.kind(db), Kind::Item(_) | Kind::Source);
        let evaluate = || {
            let traced = Cluster { traces: true, ..fleet::cluster(db, cluster).value.clone() };
            Rc::new(fleet::evaluate_in(db, item, &traced).value)
        };
        let mut items = self.known.items.borrow_mut();
        is_item.then(|| Rc::clone(items.entry((side == Side::New, item, cluster)).or_insert_with(evaluate)))
    }

    fn layer(&self, side: Side, origin: Origin, value: &Value) -> Layer {
        let (db, cluster) = self.of(side);
        let reads_params = self.item(side).is_some_and(|it| it.kind(db) == Kind::ADDON);
        let evaluated = if reads_params { self.evaluated(side) } else { None };
        let reason = reason(db, &fleet::cluster(db, cluster).value, evaluated.as_deref(), self.item(side), origin);
        Layer { origin, value: value.clone(), written: Vec::new(), reason, is_hidden: false }
    }

    fn cause(&self, path: &Path, old: Option<&Node>, new: Option<&Node>) -> Option<Cause> {
        let Some(new) = new else {
            let old = old?;
            if let Some(origin) = self.remover(path) {
                let layer = self.layer(Side::New, origin, &Value::Absent);
                return self.cause_of(Verb::Unsets, Side::New, layer);
            }
            return self.no_longer(old);
        };
        let layer = self.layer(Side::New, new.origin, &new.value);
        let before = self.counterpart(Side::New, new.origin);
        let began = before
            .map(|it| differing_reads(conditions(&layer), &conditions(&self.layer(Side::Old, it, &Value::Absent))));
        if let Some(reads) = began.filter(|it| !it.is_empty()) {
            // Its condition holds now.
            return self.cause_of(Verb::Reads(reads), Side::New, layer);
        }
        let Some(old) = old else { return self.cause_of(Verb::Sets, Side::New, layer) };
        if self.was_below(old, new) {
            return self.no_longer(old);
        }
        if self.text(Side::Old, old.origin) == self.text(Side::New, new.origin)
            && self.is_same_owner(old.origin, new.origin)
        {
            let before = self.layer(Side::Old, old.origin, &old.value);
            let reads = differing(&layer, &before);
            let reads = if reads.is_empty() { self.variables(path, new.origin) } else { reads };
            if !reads.is_empty() {
                return self.cause_of(Verb::Reads(reads), Side::New, layer);
            }
        }
        self.cause_of(Verb::Sets, Side::New, layer)
    }

    /// What set the old value does so no more.
    fn no_longer(&self, old: &Node) -> Option<Cause> {
        let layer = self.layer(Side::Old, old.origin, &old.value);
        let now = self.counterpart(Side::Old, old.origin);
        let reads =
            now.map(|it| differing_reads(conditions(&self.layer(Side::New, it, &Value::Absent)), &conditions(&layer)));
        self.cause_of(Verb::NoLonger(reads.unwrap_or_default()), Side::Old, layer)
    }

    /// The same words at the same place of the same declaration in the other state: what they
    /// read may be something else there.
    fn counterpart(&self, side: Side, origin: Origin) -> Option<Origin> {
        let other = if side == Side::Old { Side::New } else { Side::Old };
        let ((db, _), (other_db, _)) = (self.of(side), self.of(other));
        let index = names::index(other_db, other_db.project());
        let all: Vec<Anchor> = match origin.anchor.kind(db) {
            Kind::Rule => index.rules.get(origin.anchor.name(db)).copied().into_iter().collect(),
            Kind::Override => index.overrides.clone(),
            _ => Vec::new(),
        };
        let is_it = |it: &Origin| {
            let (old, new) = if side == Side::Old { (origin, *it) } else { (*it, origin) };
            self.text(other, *it) == self.text(side, origin) && self.is_same_owner(old, new)
        };
        all.into_iter().map(|it| Origin::new(it, origin.node)).find(is_it)
    }

    #[expect(clippy::unnecessary_wraps, reason = "whoever asks has to do with both")]
    fn cause_of(&self, verb: Verb, side: Side, layer: Layer) -> Option<Cause> {
        Some(Cause { verb, side, layer, on: self.cluster.name.clone() })
    }

    /// The variables that Flux puts into the text at a path, and that are not what they were.
    fn variables(&self, path: &Path, at: Origin) -> Vec<(Read, Option<Node>)> {
        let [before, after] = [Side::Old, Side::New].map(|side| {
            let (db, cluster) = self.of(side);
            let deployed = &flux::deployed(db, cluster).value;
            let units = deployed.units.iter().filter(|it| it.substitution.is_some());
            let objects = units.flat_map(|unit| unit.objects.iter().map(move |it| (unit, it)));
            let found = objects.filter(|(_, it)| it.id == self.raw.id).find_map(|(unit, object)| {
                let (_, node) = path.find(&object.body).into_iter().next()?;
                let known = unit.substitution.as_ref()?.used_in(node.text()?);
                Some(known.into_iter().map(|(name, node)| (name, node.clone())).collect::<Vec<(EcoString, Node)>>())
            });
            found.unwrap_or_default()
        });
        let changed = after.into_iter().filter_map(|(name, node)| {
            let was = before.iter().find(|(known, _)| *known == name).map(|(_, it)| it.clone());
            let is_same = was.as_ref().is_some_and(|was| same(&was.value, &node.value));
            (!is_same)
                .then(|| (Read { at, names: vec![name.clone()], called: Some(name), node, is_hidden: false }, was))
        });
        changed.collect()
    }

    /// The entry that removes a value now.
    fn remover(&self, path: &Path) -> Option<Origin> {
        let evaluated = self.evaluated(Side::New)?;
        let keys: Vec<&str> =
            path.0.iter().map_while(|it| if let Step::Key(it) = it { Some(it.as_str()) } else { None }).collect();
        let ends_so = |it: &[EcoString]| {
            let it: Vec<&str> = it.iter().map(EcoString::as_str).collect();
            !it.is_empty() && (keys.starts_with(&it) || keys.get(1..).is_some_and(|keys| keys.starts_with(&it)))
        };
        let removes =
            evaluated.effects.iter().rev().filter(|it| it.outcome == Outcome::Changed && it.removed.is_some());
        removes.filter(|it| ends_so(&it.path)).map(|it| it.origin).next()
    }

    /// Whether what is set now was set before, by the same, under what is no more.
    fn was_below(&self, old: &Node, new: &Node) -> bool {
        let mut below = old.over.as_deref();
        while let Some(Overridden { origin, value, over, .. }) = below {
            if same(value, &new.value) && self.is_same_owner(*origin, new.origin) {
                return true;
            }
            below = over.as_deref();
        }
        false
    }

    fn is_same_owner(&self, old: Origin, new: Origin) -> bool {
        let name = |db: &dyn Db, it: Anchor| {
            let parent = it.parent(db);
            (it.kind(db), it.name(db).clone(), parent.map(|it| (it.kind(db), it.name(db).clone())))
        };
        name(self.known.old, old.anchor) == name(self.known.new, new.anchor)
    }

    fn text(&self, side: Side, origin: Origin) -> Option<String> {
        let (db, _) = self.of(side);
        let it = locate(db, origin)?;
        it.text.get(it.range).map(str::to_owned)
    }

    fn came(&self) -> Vec<Because> {
        let Some(item) = self.item(Side::New) else { return Vec::new() };
        if is_attached(self.known.new, item) {
            let attached = &fleet::cluster(self.known.new, self.cluster.new).value.attached;
            let before = &fleet::cluster(self.known.old, self.cluster.old).value.attached;
            let is_new = |it: &&(fleet::Attached, Origin)| {
                let name = it.0.anchor().name(self.known.new);
                !before.iter().any(|(known, _)| known.anchor().name(self.known.old) == name)
            };
            // A repository comes with the tenant that names it.
            let of = |it: &&(fleet::Attached, Origin)| it.0.anchor() == item;
            let found = attached.iter().find(of).or_else(|| attached.iter().find(is_new)).filter(|it| is_new(it));
            let because = found.map(|(_, at)| Because::Attached(Box::new(self.layer(Side::New, *at, &Value::Absent))));
            return vec![because.unwrap_or(Because::Declared(Origin::of(item)))];
        }
        let cluster = &fleet::cluster(self.known.new, self.cluster.new).value;
        let taken = cluster.taken.iter().find(|it| it.items.contains(&item) || it.catalogue == item);
        let Some(taken) = taken else { return vec![Because::Declared(Origin::of(item))] };
        // It was taken before, and only this is new.
        let was_taken = fleet::cluster(self.known.old, self.cluster.old)
            .value
            .taken
            .iter()
            .any(|it| it.catalogue.name(self.known.old) == taken.catalogue.name(self.known.new));
        let was_there = was_taken && taken.items.contains(&item) && self.was_declared(item);
        if was_there {
            return vec![self.switched().unwrap_or(Because::Follows(Origin::of(item)))];
        }
        // What a catalogue is written as, it is itself.
        if was_taken && taken.catalogue == item {
            return vec![self.switched().unwrap_or(Because::Follows(Origin::of(item)))];
        }
        let before = &fleet::cluster(self.known.old, self.cluster.old).value;
        if let Some(Absence::Dropped(layer)) = absence_on(self.known.old, before, &self.raw.id)
            && let Some(it) = self.not_dropped(*layer)
        {
            return vec![Because::NotDropped(Box::new(it))];
        }
        if was_taken && !self.was_there_to_take(taken.catalogue, item) {
            return vec![Because::Declared(Origin::of(item))];
        }
        let last = taken.uses.last().map(|(anchor, it)| Origin::new(*anchor, it.node));
        let used = last.map(|it| Because::Used(Box::new(self.layer(Side::New, it, &Value::Absent))));
        vec![used.unwrap_or(Because::Declared(Origin::of(item)))]
    }

    /// Whether the old state's catalogue has the item, whoever takes it.
    fn was_there_to_take(&self, catalogue: Anchor, item: Anchor) -> bool {
        let index = names::index(self.known.old, self.known.old.project());
        let before = index.catalogues.get(catalogue.name(self.known.new));
        before.is_some_and(|it| index.items_of(*it).any(|(name, _)| name == item.name(self.known.new)))
    }

    /// What dropped an object does so no more; none if it says what it said, and something else
    /// takes the object all the same.
    fn not_dropped(&self, layer: Layer) -> Option<Cause> {
        let Some(now) = self.counterpart(Side::Old, layer.origin) else {
            return self.cause_of(Verb::NoLonger(Vec::new()), Side::Old, layer);
        };
        let reads = differing_reads(conditions(&self.layer(Side::New, now, &Value::Absent)), &conditions(&layer));
        if reads.is_empty() { None } else { self.cause_of(Verb::NoLonger(reads), Side::Old, layer) }
    }

    /// Whether an item that is taken now was taken before.
    fn was_declared(&self, item: Anchor) -> bool {
        let cluster = &fleet::cluster(self.known.old, self.cluster.old).value;
        cluster.taken.iter().flat_map(|it| &it.items).any(|it| it.name(self.known.old) == item.name(self.known.new))
    }

    fn went(&self) -> Vec<Because> {
        let Some(origin) = self.raw.origins[0] else { return Vec::new() };
        let cluster = &fleet::cluster(self.known.new, self.cluster.new).value;
        if is_attached(self.known.old, origin.anchor) {
            let index = names::index(self.known.new, self.known.new.project());
            let name = origin.anchor.name(self.known.old);
            let is_there = index.tenants.contains_key(name) || index.repositories.contains_key(name);
            let is_attached = |it: &&(fleet::Attached, Origin)| it.0.anchor().name(self.known.new) == name;
            let stays = cluster.attached.iter().find(is_attached);
            return vec![match stays {
                Some((it, _)) => Because::NoLonger(Origin::of(it.anchor())),
                None if is_there => Because::Detached,
                None => Because::Undeclared(origin),
            }];
        }
        if let Some(it) = absence_on(self.known.new, cluster, &self.raw.id) {
            return vec![Because::Absent(Box::new(it))];
        }
        let taken = cluster.taken.iter().flat_map(|it| it.items.iter().copied().chain([it.catalogue]));
        let all = taken.chain(fleet::addons_of(self.known.new, cluster));
        let mut successors = all.filter(|it| self.is_same_owner(Origin::of(origin.anchor), Origin::of(*it)));
        let successor = successors.next();
        if let Some(it) = successor.and_then(|_| self.switched()) {
            return vec![it];
        }
        vec![successor.map_or(Because::Undeclared(origin), |it| Because::NoLonger(Origin::of(it)))]
    }

    /// What says otherwise how the item's objects are called, or what applies them.
    fn switched(&self) -> Option<Because> {
        let [old, new] = [Side::Old, Side::New].map(|side| self.settings_of(side));
        SWITCHES.into_iter().find_map(|key| {
            let [old, new] = [&old, &new].map(|all| all.iter().find_map(|it| it.get(key)).cloned());
            let is_same = match (&old, &new) {
                (Some(old), Some(new)) => same(&old.value, &new.value),
                (old, new) => old.is_none() && new.is_none(),
            };
            (!is_same).then(|| Because::Switched(Box::new(Switch { key, old, new })))
        })
    }

    /// What an item says of itself, and then its catalogue. One side may know only the other's
    /// name for it.
    fn settings_of(&self, side: Side) -> Vec<Node> {
        let (db, cluster) = self.of(side);
        let other = if side == Side::Old { Side::New } else { Side::Old };
        let named = self.item(side).or_else(|| {
            let it = self.item(other)?;
            let cluster = &fleet::cluster(db, cluster).value;
            let all = cluster.taken.iter().flat_map(|it| it.items.iter().copied().chain([it.catalogue]));
            let is_it = |found: &Anchor| {
                let (old, new) = if side == Side::Old { (*found, it) } else { (it, *found) };
                self.is_same_owner(Origin::of(old), Origin::of(new))
            };
            all.chain(fleet::addons_of(db, cluster)).find(is_it)
        });
        let Some(item) = named else { return Vec::new() };
        let of_item = self.evaluated_item(side, item).map(|it| it.node.clone());
        let catalogue = if item.kind(db) == Kind::Catalogue { Some(item) } else { item.parent(db) };
        let is_catalogue = |it: &Anchor| it.kind(db) == Kind::Catalogue;
        let of_catalogue = catalogue.filter(is_catalogue).map(|it| fleet::catalogue(db, it).value.clone());
        of_item.into_iter().chain(of_catalogue).collect()
    }
}

/// Whether clusters get something by `attach`.
fn is_attached(db: &dyn Db, item: Anchor) -> bool {
    matches!(item.kind(db), Kind::Tenant | Kind::Repository)
}

/// What an entry and its conditions read that is not what it was.
fn differing(new: &Layer, old: &Layer) -> Vec<(Read, Option<Node>)> {
    let all = |layer: &Layer| conditions(layer).into_iter().chain(layer.reason.reads.clone()).collect::<Vec<Read>>();
    differing_reads(all(new), &all(old))
}

/// What the conditions of an entry read.
fn conditions(layer: &Layer) -> Vec<Read> {
    layer.reason.conditions.iter().flat_map(|it| it.reads.iter()).cloned().collect()
}

fn differing_reads(new: Vec<Read>, old: &[Read]) -> Vec<(Read, Option<Node>)> {
    let changed = new.into_iter().enumerate().filter_map(|(nth, it)| {
        let was = old.get(nth).map(|it| it.node.clone());
        let is_same = was.as_ref().is_some_and(|was| same(&was.value, &it.node.value));
        if is_same { None } else { Some((it, was)) }
    });
    changed.collect()
}
