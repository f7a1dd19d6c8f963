//! What a cluster applies: its root, and every Flux Kustomization with the objects that come of it.

use ecow::EcoString;
use serde_json::Value;

use super::clusters::Cluster;

use crate::kustomize::{self, Artifact, Builder, Resource, Spec, Trouble};
use crate::source::IndexMap;

/// Namespace and name of a Flux Kustomization.
pub type UnitId = (EcoString, EcoString);

/// Everything that one cluster applies, as far as it lies in the repository.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub cluster: Cluster,
    /// What the root applies itself.
    pub root: Vec<Resource>,
    /// What the Kustomization at the root does to all that it applies.
    pub root_spec: Value,
    /// Why the root could not be built: then nothing of the cluster is known.
    pub trouble: Option<Trouble>,
    pub units: IndexMap<UnitId, Unit>,
}

/// A Flux Kustomization.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// The object.
    pub resource: Resource,
    /// The Kustomization that applies it; none is the root.
    pub by: Option<UnitId>,
    /// Its directory in the repository; none if it applies something else.
    pub dir: Option<EcoString>,
    /// What it applies. Variables are replaced where the Kustomization says all of them.
    pub objects: Result<Vec<Resource>, Trouble>,
    /// Whether they are.
    pub is_replaced: bool,
}

impl Unit {
    #[must_use]
    pub(super) fn spec(&self) -> &Value {
        self.resource.body.get("spec").unwrap_or(&Value::Null)
    }
}

/// How deep Kustomizations may apply each other.
const DEPTH: usize = 8;

/// Builds what a cluster applies, from the Kustomization that applies most of it.
pub(super) fn of_cluster(builder: &Builder<'_>, cluster: &Cluster) -> World {
    let world = as_it_is(builder, cluster);
    match root_of_most(&world) {
        Some(it) => rooted_at(world, &it),
        None => world,
    }
}

/// Builds what a cluster applies.
pub(super) fn as_it_is(builder: &Builder<'_>, cluster: &Cluster) -> World {
    let nothing = Value::Null;
    let (root, trouble) = match builder.flux(Spec { dir: &cluster.dir, spec: &nothing }) {
        Ok(it) => (it, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    with_root(builder, cluster, root, (nothing, trouble))
}

/// The Kustomization that applies most of the others: then it is the root, and what applies it stays as it is.
fn root_of_most(world: &World) -> Option<UnitId> {
    let mut counts: IndexMap<Option<&UnitId>, usize> = IndexMap::default();
    for unit in world.units.values().filter(|it| it.dir.is_some()) {
        *counts.entry(unit.by.as_ref()).or_default() += 1;
    }
    let (most, count) = counts.iter().max_by_key(|it| it.1)?;
    let id = (*most)?;
    let unit = world.units.get(id)?;
    // What lives elsewhere than beside Flux, or is patched in by another, is no root.
    let can_be = unit.by.is_none()
        && id.0 == world.cluster.sync.namespace
        && unit.spec().get("postBuild").is_none()
        && unit.dir.as_ref().is_some_and(|it| !it.is_empty());
    (can_be && *count > 2).then(|| id.clone())
}

/// The same cluster, as what one of its Kustomizations applies.
fn rooted_at(world: World, id: &UnitId) -> World {
    let World { mut cluster, trouble, mut units, .. } = world;
    let Some(unit) = units.shift_remove(id) else {
        return World { cluster, root: Vec::new(), root_spec: Value::Null, trouble, units };
    };
    cluster.dir = unit.dir.clone().unwrap_or_default();
    cluster.sync.root = id.1.clone();
    // Everything beside it is none of its.
    let mut below: Vec<UnitId> = vec![id.clone()];
    while let Some(next) =
        units.iter().find(|(it, unit)| !below.contains(it) && unit.by.as_ref().is_some_and(|by| below.contains(by)))
    {
        below.push(next.0.clone());
    }
    units.retain(|it, _| below.contains(it));
    for it in units.values_mut().filter(|it| it.by.as_ref() == Some(id)) {
        it.by = None;
    }
    let root_spec = unit.spec().clone();
    World { cluster, root: unit.objects.unwrap_or_default(), root_spec, trouble, units }
}

/// What a cluster applies once the tree is there: the generated root in place of the Kustomizations that it replaces.
pub(super) fn after(
    builder: &Builder<'_>,
    generated: &Builder<'_>,
    old: &World,
    is_taken: &dyn Fn(&UnitId) -> bool,
) -> World {
    let flux = &old.cluster.sync.namespace;
    let stays = |it: &&Resource| !is_unit(it) || !is_taken(&unit_id(it, flux));
    let mut root: Vec<Resource> = old.root.iter().filter(stays).cloned().collect();
    // Where nothing is generated for it, there is no directory.
    let spec = &old.root_spec;
    root.extend(generated.flux(Spec { dir: &old.cluster.dir, spec }).unwrap_or_default());
    with_root(builder, &old.cluster, root, (old.root_spec.clone(), old.trouble.clone()))
}

fn with_root(
    builder: &Builder<'_>,
    cluster: &Cluster,
    root: Vec<Resource>,
    (root_spec, trouble): (Value, Option<Trouble>),
) -> World {
    let mut world = World { cluster: cluster.clone(), root, root_spec, trouble, units: IndexMap::default() };
    let sync = &cluster.sync;
    let artifacts = kustomize::artifacts(&world.root, &sync.kind, &sync.name);
    let mut todo: Vec<(Option<UnitId>, Vec<Resource>, usize)> = vec![(None, world.root.clone(), 0)];
    while let Some((by, objects, depth)) = todo.pop() {
        for it in objects.into_iter().filter(is_unit) {
            let id = unit_id(&it, &cluster.sync.namespace);
            // What bootstrap wrote is the root itself.
            let is_root = id.1 == cluster.sync.root && id.0 == cluster.sync.namespace;
            if is_root || world.units.contains_key(&id) {
                continue;
            }
            let unit = built(builder, cluster, &artifacts, it, by.clone());
            if let (Ok(inner), true) = (&unit.objects, depth < DEPTH) {
                todo.push((Some(id.clone()), inner.clone(), depth + 1));
            }
            world.units.insert(id, unit);
        }
    }
    world
}

pub(super) fn is_unit(it: &Resource) -> bool {
    it.kind() == "Kustomization" && it.api_version().0 == "kustomize.toolkit.fluxcd.io"
}

pub(super) fn unit_id(it: &Resource, flux: &EcoString) -> UnitId {
    let namespace = if it.namespace().is_empty() { flux.clone() } else { it.namespace().into() };
    (namespace, it.name().into())
}

fn built(
    builder: &Builder<'_>,
    cluster: &Cluster,
    artifacts: &[Artifact],
    resource: Resource,
    by: Option<UnitId>,
) -> Unit {
    let spec = resource.body.get("spec").cloned().unwrap_or_default();
    let own = if resource.namespace().is_empty() { &cluster.sync.namespace } else { resource.namespace() };
    let sync = &cluster.sync;
    let dir = kustomize::directory_of(&spec, own, [&sync.kind, &sync.name, &sync.namespace], artifacts);
    let objects = match &dir {
        Some(dir) => builder.flux(Spec { dir, spec: &spec }),
        None => Ok(Vec::new()),
    };
    let is_replaced = kustomize::are_all_said(&spec);
    let objects = if is_replaced { objects.and_then(|it| kustomize::replaced(&spec, it)) } else { objects };
    Unit { resource, by, dir, objects, is_replaced }
}

impl World {
    /// Every object with the Kustomization that applies it.
    pub(super) fn objects(&self) -> impl Iterator<Item = (Option<&UnitId>, &Resource)> {
        let of_units =
            self.units.iter().flat_map(|(id, it)| it.objects.iter().flatten().map(move |object| (Some(id), object)));
        self.root.iter().map(|it| (None, it)).chain(of_units)
    }
}
