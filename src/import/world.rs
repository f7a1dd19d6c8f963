//! What a cluster applies: its root, and every Flux Kustomization with the objects that come of it.

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::clusters::Cluster;
use crate::kustomize::{Builder, Resource, Spec, Trouble, cleaned};
use crate::source::IndexMap;

/// Namespace and name of a Flux Kustomization.
pub type UnitId = (EcoString, EcoString);

/// Everything that one cluster applies, as far as it lies in the repository.
#[derive(Clone, Debug)]
pub struct World {
    pub cluster: Cluster,
    /// What the root applies itself.
    pub root: Vec<Resource>,
    /// Why the root could not be built: then nothing of the cluster is known.
    pub trouble: Option<Trouble>,
    pub units: IndexMap<UnitId, Unit>,
}

/// A Flux Kustomization.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The object.
    pub resource: Resource,
    /// The Kustomization that applies it; none is the root.
    pub by: Option<UnitId>,
    /// Its directory in the repository; none if it applies something else.
    pub dir: Option<EcoString>,
    /// What it applies, before variables are replaced.
    pub objects: Result<Vec<Resource>, Trouble>,
}

impl Unit {
    #[must_use]
    pub fn spec(&self) -> &Value {
        self.resource.body.get("spec").unwrap_or(&Value::Null)
    }
}

/// How deep Kustomizations may apply each other.
const DEPTH: usize = 8;

/// Builds what a cluster applies.
pub(super) fn of_cluster(builder: &Builder<'_>, cluster: &Cluster) -> World {
    let nothing = Value::Null;
    let (root, trouble) = match builder.flux(Spec { dir: &cluster.dir, spec: &nothing }) {
        Ok(it) => (it, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    with_root(builder, cluster, root, trouble)
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
    let nothing = Value::Null;
    root.extend(generated.flux(Spec { dir: &old.cluster.dir, spec: &nothing }).unwrap_or_default());
    with_root(builder, &old.cluster, root, old.trouble.clone())
}

fn with_root(builder: &Builder<'_>, cluster: &Cluster, root: Vec<Resource>, trouble: Option<Trouble>) -> World {
    let mut world = World { cluster: cluster.clone(), root, trouble, units: IndexMap::default() };
    let artifacts = artifacts(&world.root, &cluster.sync);
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
    let text = |pointer: &str| spec.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let own = resource.namespace();
    let namespace = match text("/sourceRef/namespace") {
        "" if own.is_empty() => cluster.sync.namespace.as_str(),
        "" => own,
        it => it,
    };
    let path = cleaned(text("/path"));
    let is_remote = spec.get("kubeConfig").is_some();
    let sync = &cluster.sync;
    let is_own = text("/sourceRef/kind") == sync.kind && text("/sourceRef/name") == sync.name && namespace == sync.namespace;
    let artifact = artifacts.iter().find(|it| {
        text("/sourceRef/kind") == "ExternalArtifact" && it.name == text("/sourceRef/name") && it.namespace == namespace
    });
    let dir = match artifact {
        Some(it) => it.place(&path),
        None => is_own.then_some(path),
    };
    let dir = dir.filter(|it| !is_remote && !it.contains('$'));
    // Labels for all are compared where they are said.
    let mut plain = spec.clone();
    if let Some(it) = plain.as_object_mut() {
        it.remove("commonMetadata");
    }
    let objects = match &dir {
        Some(dir) => builder.flux(Spec { dir, spec: &plain }),
        None => Ok(Vec::new()),
    };
    Unit { resource, by, dir, objects }
}

/// What an ArtifactGenerator of the root copies out of the repository: from a directory to a directory of the artifact.
struct Artifact {
    name: EcoString,
    namespace: EcoString,
    copies: Vec<(EcoString, EcoString)>,
}

impl Artifact {
    /// The place in the repository of a path in the artifact.
    fn place(&self, path: &str) -> Option<EcoString> {
        self.copies.iter().find_map(|(from, to)| {
            let rest = if to.is_empty() { path } else { path.strip_prefix(to.as_str())? };
            let is_below = to.is_empty() || rest.is_empty() || rest.starts_with('/');
            is_below.then(|| cleaned(&eco_format!("{from}/{rest}")))
        })
    }
}

/// Source: `source.extensions.fluxcd.io/v1beta1`, `spec.artifacts[].copy[]`.
fn artifacts(root: &[Resource], sync: &super::clusters::Sync) -> Vec<Artifact> {
    let mut found = Vec::new();
    for it in root.iter().filter(|it| it.kind() == "ArtifactGenerator") {
        let all = |pointer: &str| it.body.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        let own = all("/spec/sources").find(|it| it["kind"] == sync.kind.as_str() && it["name"] == sync.name.as_str());
        let Some(alias) = own.and_then(|it| it["alias"].as_str()) else { continue };
        for artifact in all("/spec/artifacts") {
            let copies = artifact["copy"].as_array().into_iter().flatten().filter_map(|it| {
                let from = it["from"].as_str()?.strip_prefix(&format!("@{alias}/"))?.strip_suffix("**")?;
                let to = it["to"].as_str()?.strip_prefix("@artifact/")?;
                Some((cleaned(from), cleaned(to)))
            });
            found.push(Artifact {
                name: artifact["name"].as_str().unwrap_or_default().into(),
                namespace: it.namespace().into(),
                copies: copies.collect(),
            });
        }
    }
    found
}

impl World {
    /// Every object with the Kustomization that applies it.
    pub(super) fn objects(&self) -> impl Iterator<Item = (Option<&UnitId>, &Resource)> {
        let of_units = self.units.iter().flat_map(|(id, it)| {
            it.objects.iter().flatten().map(move |object| (Some(id), object))
        });
        self.root.iter().map(|it| (None, it)).chain(of_units)
    }
}
