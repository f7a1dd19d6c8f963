//! Why a value is what it is: who set it, over whom, under which conditions, and what
//! put the object there.

use std::sync::Arc;

use ecow::EcoString;

use super::selector::{NotFound, Selector};
use crate::diagnostic::Checked;
use crate::emit::{Spot, stands_in};
use crate::fleet::{self, Cluster, Evaluated, Reason, Selected, reason};
use crate::flux::{self, Deployed, Id, Object};
use crate::names;
use crate::source::{Anchor, Db, Origin};
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
    pub leaves: Vec<Leaf>,
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
            Err(known) if missed.is_none() => {
                missed = Some(NotFound::Inside { object: object.id.to_string().into(), path, known });
            }
            Err(_) => {}
        }
    }
    if subjects.is_empty() && selector.is_bare() {
        for (item, evaluated) in deployed.items.iter() {
            let Some(path) = selector.path_behind(item.name(db)) else { continue };
            let path = Path::parse(path).map_err(NotFound::Path)?;
            subjects.extend(asked.item(*item, evaluated, &path));
        }
    }
    if subjects.is_empty() {
        let known = objects.iter().map(|(_, it)| it.id.name.clone()).collect();
        return Err(missed.unwrap_or(NotFound::Object { wanted: selector.shown().into(), known }));
    }
    Ok(Why { cluster: Some(cluster.name.clone()), subjects })
}

/// What stands in a line, counted from 1, of a generated file; none if nothing with a value does.
///
/// # Errors
/// If the project generates no such file.
pub fn why_line(db: &dyn Db, path: &str, line: usize) -> Option<Option<Why>> {
    let stands = stands_in(db, path, line)?;
    let Some(Spot { object: id, path }) = stands.spot else { return Some(None) };
    let found = match stands.cluster {
        Some(anchor) => {
            let deployed = flux::traced(db, anchor);
            let cluster = &fleet::cluster(db, anchor).value;
            let asked = Asked { db, cluster: Some(cluster), items: &deployed.items };
            let objects = objects(&deployed);
            let found = objects.iter().find(|(_, it)| it.id == id);
            found.map(|(unit, object)| {
                let subject = asked.object(unit.clone(), object, at_or_above(&object.body, path));
                Why { cluster: Some(cluster.name.clone()), subjects: vec![subject] }
            })
        }
        None => {
            let asked = Asked { db, cluster: None, items: &[] };
            let catalogues = names::index(db, db.project()).catalogues.values();
            let bundles = catalogues.map(|it| &flux::bundle(db, *it).value);
            let mut objects = bundles
                .chain(std::iter::once(&flux::shared_sources(db, db.project()).value))
                .flat_map(|it| &it.objects);
            objects.find(|it| it.id == id).map(|object| {
                let subject = asked.object(None, object, at_or_above(&object.body, path));
                Why { cluster: None, subjects: vec![subject] }
            })
        }
    };
    Some(found)
}

/// Every object of a cluster as it ends up, with the Kustomization that applies it.
fn objects(deployed: &Deployed) -> Vec<(Option<EcoString>, Object)> {
    let substituted = |unit: Option<&flux::Unit>, object: &Object| match unit.and_then(|it| it.substitution.as_ref()) {
        Some(it) => it.applied(object),
        None => object.clone(),
    };
    deployed.objects().map(|(unit, it)| (unit.map(|it| it.name.clone()), substituted(unit, it))).collect()
}

/// The leaves below a path of an object; a path that does not begin at its top may begin
/// in `spec`. Or what stands where the path breaks off.
fn within<'a>(body: &'a Node, path: &Path) -> Result<Vec<(Path, &'a Node)>, Vec<EcoString>> {
    let in_spec = Path(std::iter::once(Step::Key("spec".into())).chain(path.0.iter().cloned()).collect());
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
    Err(if inner.0 > whole.0 + 1 || whole.0 == 0 { inner.1 } else { whole.1 })
}

/// The leaves at or below some nodes, each with its whole path.
fn below(found: Vec<(Path, &Node)>) -> Vec<(Path, &Node)> {
    let mut all = Vec::new();
    for (path, node) in found {
        for (inner, node) in leaves(node) {
            all.push((Path(path.0.iter().cloned().chain(inner.0).collect()), node));
        }
    }
    all
}

/// The leaves at a path, or of the nearest that holds it: what a patch deletes is no more there.
fn at_or_above(body: &Node, mut path: Path) -> Vec<(Path, &Node)> {
    loop {
        let found = path.find(body);
        if !found.is_empty() || path.0.pop().is_none() {
            return below(found);
        }
    }
}

struct Asked<'a> {
    db: &'a dyn Db,
    cluster: Option<&'a Cluster>,
    items: &'a [(Anchor, Arc<Checked<Evaluated>>)],
}

impl Asked<'_> {
    fn object(&self, unit: Option<EcoString>, object: &Object, found: Vec<(Path, &Node)>) -> Subject {
        let item = object.origin.anchor;
        let evaluated = self.items.iter().find(|(it, _)| *it == item).map(|(_, it)| &it.value);
        let leaves = found.into_iter().map(|(path, node)| self.leaf(path, node, evaluated)).collect();
        Subject { what: What::Object(object.id.clone()), unit, taken: self.taken(item), leaves }
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
        Some(Subject { what: What::Item(item), unit: None, taken: self.taken(item), leaves })
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
