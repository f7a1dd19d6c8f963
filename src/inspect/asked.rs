//! One cluster, or what all have, with everything that can be asked of it.

use std::sync::Arc;

use ecow::EcoString;

use super::why::{Absence, Layer, Leaf, Subject, What};
use crate::diagnostic::Checked;
use crate::emit::Named;
use crate::eval::{Effect, Outcome};
use crate::fleet::{self, Cluster, Evaluated, Selected, reason};
use crate::flux::{self, Deployed, Object, Unit};
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin};
use crate::value::path::leaves;
use crate::value::{Node, Path, Step, Value};

/// Every object of `common/`.
pub(super) fn in_common(db: &dyn Db) -> impl Iterator<Item = &Arc<Object>> {
    let bundles = names::index(db, db.project()).catalogues.values().map(|it| &flux::bundle(db, *it).value);
    bundles.chain(std::iter::once(&flux::shared_sources(db, db.project()).value)).flat_map(|it| &it.objects)
}

/// Every object of a cluster as it ends up, with the Kustomization that applies it.
pub(super) fn objects(deployed: &Deployed) -> Vec<(Option<EcoString>, Object)> {
    let substituted = |unit: Option<&Unit>, object: &Object| match unit.and_then(|it| it.substitution.as_ref()) {
        Some(it) => it.applied(object),
        None => object.clone(),
    };
    deployed.objects().map(|(unit, it)| (unit.map(|it| it.name.clone()), substituted(unit, it))).collect()
}

/// Nodes, each with its whole path.
pub(super) type Found<'a> = Vec<(Path, &'a Node)>;

/// The leaves below a path of an object; a path that does not begin at its top may begin
/// in `spec`. Or how deep it leads, and what stands where it breaks off.
pub(super) fn within<'a>(body: &'a Node, path: &Path) -> Result<Found<'a>, (usize, Vec<EcoString>)> {
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
pub(super) fn below(found: Found<'_>) -> Found<'_> {
    let mut all = Vec::new();
    for (path, node) in found {
        for (inner, node) in leaves(node) {
            all.push((Path(path.0.iter().cloned().chain(inner.0).collect()), node));
        }
    }
    all
}

pub(super) struct Asked<'a> {
    pub db: &'a dyn Db,
    pub cluster: Option<&'a Cluster>,
    pub items: &'a [(Anchor, Arc<Checked<Evaluated>>)],
}

impl Asked<'_> {
    pub(super) fn object(&self, unit: Option<EcoString>, object: &Object, found: Found<'_>) -> Subject {
        let evaluated = self.evaluated(object);
        let leaves = found.into_iter().map(|(path, node)| self.leaf(path, node, evaluated)).collect();
        self.subject(unit, object, leaves)
    }

    pub(super) fn subject(&self, unit: Option<EcoString>, object: &Object, leaves: Vec<Leaf>) -> Subject {
        let taken = self.taken(object.origin.anchor);
        Subject { what: What::Object(object.id.clone()), unit, taken, absence: None, leaves }
    }

    /// The item that an object is made of, as it is on the cluster.
    pub(super) fn evaluated(&self, object: &Object) -> Option<&Evaluated> {
        self.items.iter().find(|(it, _)| *it == object.origin.anchor).map(|(_, it)| &it.value)
    }

    /// What a line is about.
    pub(super) fn named(&self, unit: Option<EcoString>, object: &Object, what: &Named) -> Subject {
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
    pub(super) fn removed(&self, object: &Object, path: &Path) -> Option<Leaf> {
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
    pub(super) fn absent(&self, object: &Object) -> Option<Subject> {
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
    pub(super) fn item(&self, item: Anchor, evaluated: &Checked<Evaluated>, path: &Path) -> Option<Subject> {
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

    pub(super) fn leaf(&self, path: Path, node: &Node, item: Option<&Evaluated>) -> Leaf {
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
