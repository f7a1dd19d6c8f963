//! Why a value is what it is: who set it, over whom, under which conditions, and what
//! put the object there.

use std::sync::Arc;

use ecow::EcoString;

use super::selector::{NotFound, Selector};
use crate::diagnostic::Checked;
use crate::emit::{Named, Spot, lines_of};
use crate::eval::{Effect, Outcome};
use crate::fleet::{self, Cluster, Evaluated, Reason, Selected, reason};
use crate::flux::{self, Deployed, Id, Object};
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin};
use crate::value::path::leaves;
use crate::value::{Node, Path, Step, Value};

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

/// Every object of `common/`.
fn in_common(db: &dyn Db) -> impl Iterator<Item = &Arc<Object>> {
    let bundles = names::index(db, db.project()).catalogues.values().map(|it| &flux::bundle(db, *it).value);
    bundles.chain(std::iter::once(&flux::shared_sources(db, db.project()).value)).flat_map(|it| &it.objects)
}

/// Every object of a cluster as it ends up, with the Kustomization that applies it.
fn objects(deployed: &Deployed) -> Vec<(Option<EcoString>, Object)> {
    let substituted = |unit: Option<&flux::Unit>, object: &Object| match unit.and_then(|it| it.substitution.as_ref()) {
        Some(it) => it.applied(object),
        None => object.clone(),
    };
    deployed.objects().map(|(unit, it)| (unit.map(|it| it.name.clone()), substituted(unit, it))).collect()
}

/// Nodes, each with its whole path.
type Found<'a> = Vec<(Path, &'a Node)>;

/// The leaves below a path of an object; a path that does not begin at its top may begin
/// in `spec`. Or how deep it leads, and what stands where it breaks off.
fn within<'a>(body: &'a Node, path: &Path) -> Result<Found<'a>, (usize, Vec<EcoString>)> {
    let in_spec = in_spec(path);
    for it in [path, &in_spec] {
        let found = it.find(body);
        if !found.is_empty() {
            return Ok(below(found));
        }
    }
    let known = |path: &Path| {
        let mut path = path.clone();
        while !path.0.is_empty() {
            path.0.pop();
            if let Some((_, node)) = path.find(body).first() {
                let keys = node.map().into_iter().flat_map(|it| it.entries.keys().cloned());
                return (path.0.len(), keys.collect());
            }
        }
        (0, Vec::new())
    };
    let (whole, inner): ((usize, Vec<EcoString>), (usize, Vec<EcoString>)) = (known(path), known(&in_spec));
    Err(if inner.0 > whole.0 + 1 || whole.0 == 0 { inner } else { whole })
}

fn in_spec(path: &Path) -> Path {
    Path(std::iter::once(Step::Key("spec".into())).chain(path.0.iter().cloned()).collect())
}

/// The leaves at or below some nodes, each with its whole path.
fn below(found: Found<'_>) -> Found<'_> {
    let mut all = Vec::new();
    for (path, node) in found {
        for (inner, node) in leaves(node) {
            all.push((Path(path.0.iter().cloned().chain(inner.0).collect()), node));
        }
    }
    all
}

struct Asked<'a> {
    db: &'a dyn Db,
    cluster: Option<&'a Cluster>,
    items: &'a [(Anchor, Arc<Checked<Evaluated>>)],
}

impl Asked<'_> {
    fn object(&self, unit: Option<EcoString>, object: &Object, found: Found<'_>) -> Subject {
        let evaluated = self.evaluated(object);
        let leaves = found.into_iter().map(|(path, node)| self.leaf(path, node, evaluated)).collect();
        self.subject(unit, object, leaves)
    }

    fn subject(&self, unit: Option<EcoString>, object: &Object, leaves: Vec<Leaf>) -> Subject {
        let taken = self.taken(object.origin.anchor);
        Subject { what: What::Object(object.id.clone()), unit, taken, absence: None, leaves }
    }

    /// The item that an object is made of, as it is on the cluster.
    fn evaluated(&self, object: &Object) -> Option<&Evaluated> {
        self.items.iter().find(|(it, _)| *it == object.origin.anchor).map(|(_, it)| &it.value)
    }

    /// What a line is about.
    fn named(&self, unit: Option<EcoString>, object: &Object, what: &Named) -> Subject {
        let evaluated = self.evaluated(object);
        let at = |path: &Path| -> Vec<Leaf> {
            let found = below(path.find(&object.body));
            if found.is_empty()
                && let Some(leaf) = self.removed(object, path)
            {
                return vec![leaf];
            }
            found.into_iter().map(|(path, node)| self.leaf(path, node, evaluated)).collect()
        };
        let leaves = match what {
            Named::At(path) => at(path),
            Named::Each(paths) => paths.iter().flat_map(at).collect(),
            Named::Gone => Vec::new(),
        };
        self.subject(unit, object, leaves)
    }

    /// What a layer removed from an object, which `common/` still has.
    fn removed(&self, object: &Object, path: &Path) -> Option<Leaf> {
        let evaluated = self.evaluated(object)?;
        let base = in_common(self.db).find(|it| it.id == object.id)?;
        let (path, node) =
            [path.clone(), in_spec(path)].iter().find_map(|it| it.find(&base.body).into_iter().next())?;
        let keys: Vec<EcoString> =
            path.0.iter().map_while(|it| if let Step::Key(it) = it { Some(it.clone()) } else { None }).collect();
        let inner = keys.get(1..).unwrap_or_default();
        let of_release: Vec<EcoString> = std::iter::once("release".into()).chain(inner.iter().cloned()).collect();
        let removes = |it: &&Effect| {
            let is_there = [keys.as_slice(), inner, &of_release].iter().any(|keys| keys.starts_with(&it.path));
            it.outcome == Outcome::Changed && is_there
        };
        let by = evaluated.effects.iter().rev().find(removes)?;
        let mut leaf = self.leaf(path, node, Some(evaluated));
        leaf.layers.insert(0, self.layer(by.origin, &Value::Absent, Some(evaluated)));
        Some(leaf)
    }

    /// Why an object of `common/` is not on the cluster.
    fn absent(&self, object: &Object) -> Option<Subject> {
        let cluster = self.cluster?;
        let item = object.origin.anchor;
        let names_it = |it: &Selected| match it {
            Selected::Catalogue(it) => item.parent(self.db) == Some(*it),
            Selected::Item { item: it, .. } => *it == item,
        };
        let dropped = cluster.ranks.iter().rev().flatten().find_map(|anchor| {
            let drops = &fleet::statements(self.db, *anchor).value.drops;
            let (_, node) = drops.iter().find(|(what, _)| names_it(what))?;
            Some(self.layer(Origin::new(*anchor, *node), &Value::Absent, None))
        });
        let uses_catalogue = cluster.taken.iter().any(|it| Some(it.catalogue) == item.parent(self.db));
        let absence = match dropped {
            Some(it) => Absence::Dropped(Box::new(it)),
            None if uses_catalogue && item.kind(self.db) == Kind::Source => Absence::NotNeeded,
            None if uses_catalogue && fleet::is_optional(self.db, item) => Absence::Optional,
            None => Absence::NotTaken,
        };
        Some(Subject { absence: Some(absence), ..self.subject(None, object, Vec::new()) })
    }

    /// A part of an item in the words of the language; none if there is nothing.
    fn item(&self, item: Anchor, evaluated: &Checked<Evaluated>, path: &Path) -> Option<Subject> {
        let it = &evaluated.value;
        let params = Node::new(Value::Map(Arc::clone(&it.params)), Origin::of(item));
        let found = match path.0.split_first() {
            Some((Step::Key(first), rest)) if first == "params" => {
                let rest = Path(rest.to_vec());
                let named =
                    |(path, node)| (Path(std::iter::once(Step::Key("params".into())).chain(path).collect()), node);
                let all = below(rest.find(&params));
                all.into_iter().map(|(path, node): (Path, &Node)| named((path.0, node))).collect()
            }
            _ => below(path.find(&it.node)),
        };
        if found.is_empty() {
            return None;
        }
        let leaves = found.into_iter().map(|(path, node)| self.leaf(path, node, Some(it))).collect();
        Some(Subject { what: What::Item(item), unit: None, taken: self.taken(item), absence: None, leaves })
    }

    fn leaf(&self, path: Path, node: &Node, item: Option<&Evaluated>) -> Leaf {
        let mut layers = vec![self.layer(node.origin, &node.value, item)];
        let mut over = node.over.as_deref();
        while let Some(it) = over {
            layers.push(self.layer(it.origin, &it.value, item));
            over = it.over.as_deref();
        }
        Leaf { path, layers }
    }

    fn layer(&self, origin: Origin, value: &Value, item: Option<&Evaluated>) -> Layer {
        let reason = self.cluster.map(|it| reason(self.db, it, item, origin)).unwrap_or_default();
        Layer { origin, value: value.clone(), reason }
    }

    /// Each `use` that names the item or its catalogue.
    fn taken(&self, item: Anchor) -> Vec<Origin> {
        let Some(taken) = self.cluster.and_then(|it| it.taken.iter().find(|it| it.items.contains(&item))) else {
            return Vec::new();
        };
        let names_it = |what: Selected| match what {
            Selected::Catalogue(_) => true,
            Selected::Item { item: it, .. } => it == item,
        };
        let uses = taken.uses.iter().filter(|(_, it)| names_it(it.what));
        uses.map(|(anchor, it)| Origin::new(*anchor, it.node)).collect()
    }
}
