//! One cluster, or what all have, with everything that can be asked of it.

use std::sync::Arc;

use ecow::EcoString;

use super::answer::{Layer, Leaf, Subject, What};
use super::placed::Placed;
use super::selector::{NotFound, Selector};
use crate::diagnostic::Checked;
use crate::emit::SpotValues;
use crate::fleet::{Cluster, Evaluated, Read, Reason, Selected, reason};
use crate::flux::Deployed;
use crate::kube::{Id, Object};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::value::path::leaves;
use crate::value::{Node, Overridden, Path, Step, Value};

/// Nodes, each with its whole path.
pub(super) type Leaves<'a> = Vec<(Path, &'a Node)>;

/// The leaves below a path of an object; a path that does not begin at its top may begin
/// in `spec`. Or how deep it leads, and what stands where it breaks off.
pub(super) fn within<'a>(body: &'a Node, path: &Path) -> Result<Leaves<'a>, (usize, Vec<EcoString>)> {
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
                return (path.0.len(), inside(node));
            }
        }
        (0, Vec::new())
    };
    let (whole, inner): ((usize, Vec<EcoString>), (usize, Vec<EcoString>)) = (known(path), known(&in_spec));
    Err(if inner.0 > whole.0 + 1 || whole.0 == 0 { inner } else { whole })
}

/// What stands directly inside a node, as a path would name it.
fn inside(node: &Node) -> Vec<EcoString> {
    let one = |(step, _): (Step, &Node)| match step {
        Step::Key(it) => it,
        other => Path(vec![other]).to_string().into(),
    };
    crate::value::path::children(node).map(one).collect()
}

/// The same path, in `spec`.
pub(super) fn in_spec(path: &Path) -> Path {
    Path(std::iter::once(Step::Key("spec".into())).chain(path.0.iter().cloned()).collect())
}

/// The leaves at or below some nodes, each with its whole path.
pub(super) fn below(found: Leaves<'_>) -> Leaves<'_> {
    let mut all = Vec::new();
    for (path, node) in found {
        for (inner, node) in leaves(node) {
            all.push((Path(path.0.iter().cloned().chain(inner.0).collect()), node));
        }
    }
    all
}

/// Those that a selector means, and the path that it has behind their names. Of names
/// that begin alike the longest is meant.
pub(super) fn meant<'a>(objects: &'a [Placed], selector: &Selector) -> Result<Vec<(&'a Placed, Path)>, NotFound> {
    let named: Vec<(&Placed, (&Id, &str))> =
        objects.iter().filter_map(|it| Some((it, it.selected(selector)?))).collect();
    let longest = named.iter().map(|(_, (id, _))| id.name.len()).max();
    let is_longest = |id: &Id| selector.name() == "*" || Some(id.name.len()) == longest;
    let meant = named.into_iter().filter(|(_, (id, _))| is_longest(id));
    meant.map(|(it, (_, path))| Ok((it, Path::parse(path).map_err(NotFound::Path)?))).collect()
}

/// So many values are followed to what they read.
const MOST_READ: usize = 12;

pub(super) struct Asked<'a> {
    pub db: &'a dyn Db,
    pub cluster: Option<&'a Cluster>,
    pub items: &'a [(Anchor, Arc<Checked<Evaluated>>)],
}

impl<'a> Asked<'a> {
    /// What is asked of a cluster.
    pub(super) fn of(db: &'a dyn Db, cluster: &'a Cluster, deployed: &'a Deployed) -> Self {
        Self { db, cluster: Some(cluster), items: &deployed.items }
    }

    pub(super) fn object(&self, placed: &Placed, found: Leaves<'_>) -> Subject {
        self.subject(placed, found.into_iter().map(|(path, node)| self.leaf_of(placed, path, node)).collect())
    }

    pub(super) fn subject(&self, placed: &Placed, leaves: Vec<Leaf>) -> Subject {
        let object = &placed.object;
        let taken = self.taken(object.origin.anchor);
        let is_patched = placed.is_patched;
        let unit = placed.unit.clone();
        Subject { what: What::Object(object.id.clone()), unit, is_patched, taken, absence: None, leaves }
    }

    /// What all clusters have: nothing applies it yet.
    pub(super) fn in_common(&self, object: &Object, what: &SpotValues) -> Subject {
        let leaf = |(path, node)| self.leaf(path, node, None);
        let leaves = paths(what).iter().flat_map(|it| below(it.find(&object.body))).map(leaf).collect();
        let what = What::Object(object.id.clone());
        Subject { what, unit: None, is_patched: false, taken: Vec::new(), absence: None, leaves }
    }

    /// The item that an object is made of, as it is on the cluster.
    fn evaluated(&self, object: &Object) -> Option<&Evaluated> {
        self.items.iter().find(|(it, _)| *it == object.origin.anchor).map(|(_, it)| &it.value)
    }

    /// What a line is about.
    pub(super) fn named(&self, placed: &Placed, what: &SpotValues) -> Subject {
        let at = |path: &Path| -> Vec<Leaf> {
            let found = below(path.find(&placed.object.body));
            if found.is_empty() {
                return self.removed(&placed.object, path);
            }
            found.into_iter().map(|(path, node)| self.leaf_of(placed, path, node)).collect()
        };
        self.subject(placed, paths(what).iter().flat_map(at).collect())
    }

    /// What a layer removed from an object: each leaf that there was.
    pub(super) fn removed(&self, object: &Object, path: &Path) -> Vec<Leaf> {
        // A namespace comes of an add-on, too, and has nothing of its block.
        let is_own = object.origin.anchor.kind(self.db) != Kind::ADDON || object.id.kind == "HelmRelease";
        let Some(evaluated) = self.evaluated(object).filter(|_| is_own) else { return Vec::new() };
        for path in [path.clone(), in_spec(path)] {
            for (depth, in_item) in in_item(&path, object.origin.anchor.kind(self.db)) {
                for effect in evaluated.effects.iter().rev() {
                    let entry: Vec<Step> = effect.path.iter().cloned().map(Step::Key).collect();
                    let Some(rest) = in_item.strip_prefix(entry.as_slice()) else { continue };
                    let Some(node) = &effect.removed else { continue };
                    // The step in front of the item's own path is the object's.
                    let front: Vec<Step> = path.0.iter().take(path.0.len() + depth - in_item.len()).cloned().collect();
                    let inner = entry.get(depth..).unwrap_or_default();
                    let leaves: Vec<Leaf> = below(Path(rest.to_vec()).find(node))
                        .into_iter()
                        .map(|(found, node)| {
                            let path = front.iter().chain(inner).cloned().chain(found.0).collect();
                            let mut leaf = self.leaf(Path(path), node, Some(evaluated));
                            let remover = self.layer(effect.origin, &Value::Absent, Some(evaluated));
                            leaf.layers.insert(0, remover);
                            leaf
                        })
                        .collect();
                    if !leaves.is_empty() {
                        return leaves;
                    }
                }
            }
        }
        Vec::new()
    }

    /// A part of an item in the words of the language; or what it has there instead.
    pub(super) fn item(
        &self,
        item: Anchor,
        evaluated: &Checked<Evaluated>,
        path: &Path,
    ) -> Result<Subject, (usize, Vec<EcoString>)> {
        let it = &evaluated.value;
        let mut whole = it.node.clone();
        if !it.params.entries.is_empty()
            && let Value::Map(map) = &mut whole.value
        {
            let params = Node::new(Value::Map(Arc::clone(&it.params)), Origin::of(item));
            Arc::make_mut(map).entries.insert("params".into(), params);
        }
        let leaves = within(&whole, path)?.into_iter().map(|(path, node)| self.leaf(path, node, Some(it))).collect();
        let taken = self.taken(item);
        Ok(Subject { what: What::Item(item), unit: None, is_patched: false, taken, absence: None, leaves })
    }

    /// A fact of the cluster, or a part of it.
    pub(super) fn fact(&self, name: &EcoString, node: &Node, path: &Path) -> Result<Subject, (usize, Vec<EcoString>)> {
        let behind = |it: Path| Path(std::iter::once(Step::Key(name.clone())).chain(it.0).collect());
        let leaves = within(node, path)?.into_iter().map(|(path, node)| self.leaf(behind(path), node, None)).collect();
        let what = What::Fact(name.clone());
        Ok(Subject { what, unit: None, is_patched: false, taken: Vec::new(), absence: None, leaves })
    }

    /// A value of an object, with the variables that Flux put into it.
    pub(super) fn leaf_of(&self, placed: &Placed, path: Path, node: &Node) -> Leaf {
        let variables = placed.variables(&path);
        let mut leaf = self.leaf(path, node, self.evaluated(&placed.object));
        if let Some(winner) = leaf.layers.first_mut() {
            let at = winner.origin;
            let read = |(name, node): (EcoString, Node)| Read {
                at,
                names: vec![name.clone()],
                called: Some(name),
                node,
                is_hidden: false,
            };
            winner.reason.reads.extend(variables.into_iter().map(read));
        }
        leaf
    }

    fn leaf(&self, path: Path, node: &Node, item: Option<&Evaluated>) -> Leaf {
        let mut layers = vec![self.layer(node.origin, &node.value, item)];
        let mut over = node.over.as_deref();
        while let Some(Overridden { origin, value, over: next, is_written }) = over {
            match layers.last_mut().filter(|_| *is_written) {
                Some(it) => it.written.push(*origin),
                None => layers.push(self.layer(*origin, value, item)),
            }
            over = next.as_deref();
        }
        Leaf { path, layers }
    }

    pub(super) fn layer(&self, origin: Origin, value: &Value, item: Option<&Evaluated>) -> Layer {
        let reason = self.cluster.map(|it| self.followed(it, item, origin)).unwrap_or_default();
        Layer { origin, value: value.clone(), written: Vec::new(), reason, is_hidden: false }
    }

    /// What stands behind a place, and behind what is read there, and so on to the line that states it.
    fn followed(&self, cluster: &Cluster, item: Option<&Evaluated>, origin: Origin) -> Reason {
        let mut all = reason(self.db, cluster, item, None, origin);
        let mut nth = 0;
        while let Some(at) = all.reads.get(nth).map(|it| it.node.origin).filter(|_| nth < MOST_READ) {
            nth += 1;
            // What is passed on is where it is written.
            if at == origin {
                continue;
            }
            for it in reason(self.db, cluster, item, Some(origin.anchor), at).reads {
                if !all.reads.iter().any(|known| known.node == it.node && known.names == it.names) {
                    all.reads.push(it);
                }
            }
        }
        all
    }

    /// Each `use` that names the item or its catalogue.
    pub(super) fn taken(&self, item: Anchor) -> Vec<Origin> {
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

fn paths(what: &SpotValues) -> &[Path] {
    match what {
        SpotValues::At(path) => std::slice::from_ref(path),
        SpotValues::Each(paths) => paths,
        SpotValues::Gone => &[],
    }
}

/// What a path of an object is in the item that it is made of: the same in a manifest,
/// without `spec` for values and sources, below `release` for fields of the release. With
/// each the number of steps that only the item has.
fn in_item(path: &Path, item: Kind) -> Vec<(usize, Vec<Step>)> {
    if item == Kind::MANIFEST {
        return vec![(0, path.0.clone())];
    }
    match path.0.split_first() {
        Some((Step::Key(spec), inner)) if spec == "spec" => {
            let of_release = std::iter::once(Step::Key("release".into())).chain(inner.iter().cloned()).collect();
            vec![(0, inner.to_vec()), (1, of_release)]
        }
        Some((Step::Key(key), _)) if key == "metadata" => vec![(0, path.0.clone())],
        _ => Vec::new(),
    }
}
