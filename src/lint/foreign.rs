//! What hand-written directories of the project bring to a cluster: those of `kustomize` items, of Kustomizations in
//! manifests, and of Kustomizations in such directories.
//!
//! Reports E0659 and E0664.

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, Place, code};
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed, Unit, UnitPlace};
use crate::kube::applied::{Applied, AppliedObject, OwnSource};
use crate::kube::directory::{Applies, Broken};
use crate::kube::object::{Id, Object};
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::value::{Node, Value};

/// An object of a directory, and what makes Flux apply it.
pub(super) struct ForeignObject<'a> {
    pub object: AppliedObject<'a>,
    pub origin: Origin,
}

/// What the directories bring.
#[derive(Default)]
pub(super) struct Foreign<'a> {
    pub objects: Vec<ForeignObject<'a>>,
    /// Whether there may be more: something is applied that is not seen.
    pub may_be_more: bool,
    /// Other sources, of which nothing is seen: kind, namespace, name.
    pub others: IndexSet<(EcoString, EcoString, EcoString)>,
}

/// Everything that they bring; where a path depends on facts, these have to be known.
pub(super) fn of<'a>(lint: &mut Lint<'a>, cluster: &Cluster, deployed: &Deployed) -> Foreign<'a> {
    let units = deployed.units.iter().filter(|it| it.place == UnitPlace::Foreign);
    let of_items = units.map(|it| (&it.kustomization, it.origin, Some(it)));
    let is_written = |it: &Object| it.id.kind == "Kustomization" && it.id.group == "kustomize.toolkit.fluxcd.io";
    let manifests = deployed.objects().map(|(_, it)| it).filter(|it| it.origin.anchor.kind(lint.db) == Kind::MANIFEST);
    let of_manifests = manifests.filter(|it| is_written(it)).map(|it| {
        let path = it.spec().and_then(|it| it.get("path"));
        (it, path.map_or(it.origin, |it| it.origin), None)
    });
    let starts: Vec<(&Object, Origin, Option<&Unit>)> = of_items.chain(of_manifests).collect();
    let mut foreign = Foreign::default();
    for (kustomization, at, item) in starts {
        let Some(directory) = applies(lint, kustomization) else { continue };
        let (sync, output) = (&cluster.sync, &lint.settings.output);
        let own = OwnSource {
            kind: &sync.kind,
            name: &sync.name,
            namespace: &sync.namespace,
            generated: [&output.common, &output.applications, &output.clusters],
        };
        let mut applied = Applied::default();
        applied.follow(lint.db, &own, &directory, &kustomization.id);
        foreign.may_be_more |= applied.may_be_more;
        foreign.others.extend(applied.others);
        // The patches of an item keep what its objects are.
        let is_patched = item.is_some_and(|it| !it.raw_patches.is_empty());
        foreign.objects.extend(applied.objects.into_iter().map(|mut object| {
            object.is_patched |= is_patched;
            ForeignObject { object, origin: at }
        }));
        lint.out.extend(applied.broken.iter().map(|(by, it)| {
            let problem = broken_directory(by, it).label(at, eco_format!("{by} applies it"));
            problem.on(Some(&cluster.name))
        }));
        // That the directory of an item is there was looked at when it was made.
        let missing = applied.missing.iter().filter(|(by, _)| item.is_none() || *by != kustomization.id);
        lint.out.extend(missing.map(|(by, path)| missing_directory(by, path, at, &cluster.name)));
    }
    foreign
}

/// The objects that hand-written directories bring to a cluster, where it is known what they are.
#[must_use]
pub fn brought(db: &dyn Db, cluster: Anchor) -> IndexSet<Id> {
    let deployed = &flux::outline(db, cluster).value;
    let mut lint = Lint::new(db, false);
    let foreign = of(&mut lint, &fleet::cluster(db, cluster).value, deployed);
    foreign.objects.into_iter().filter_map(|it| it.object.id).collect()
}

/// What a Kustomization of the project applies; none where that is not known.
fn applies(lint: &mut Lint<'_>, kustomization: &Object) -> Option<Applies> {
    let spec = kustomization.spec()?;
    let mut text = |path: &[&str]| match spec.at(path) {
        None => Some(EcoString::new()),
        Some(Node { value: Value::PerCluster(it), .. }) => {
            lint.needed_facts.extend(it.facts().cloned());
            None
        }
        Some(it) => it.text().cloned(),
    };
    Some(Applies {
        source: (text(&["sourceRef", "kind"])?, text(&["sourceRef", "name"])?, text(&["sourceRef", "namespace"])?),
        path: text(&["path"])?,
        target_namespace: text(&["targetNamespace"])?,
        renames: ["namePrefix", "nameSuffix"].iter().any(|it| spec.get(it).is_some()),
        patches: ["patches", "components"].iter().any(|it| spec.get(it).is_some()),
        is_remote: spec.get("kubeConfig").is_some(),
        substitutes: spec.get("postBuild").is_some(),
    })
}

/// That a directory which a Kustomization applies cannot be built.
#[must_use]
pub fn broken_directory(by: &Id, it: &Broken) -> Diagnostic {
    let Broken { list, path, why } = it;
    let (message, help) = match why {
        None => (
            eco_format!("`{list}` lists `{path}`, which is not there"),
            "write its name as it is, or remove it from the list",
        ),
        Some(_) if list == path => (eco_format!("kustomize cannot read `{path}`"), "fix it"),
        Some(_) => {
            (eco_format!("`{list}` lists `{path}`, which kustomize cannot read"), "fix it, or remove it from the list")
        }
    };
    let text = why.clone().unwrap_or_else(|| "no such file or directory".into());
    Diagnostic::new(code::BROKEN_DIRECTORY, message, Place::File(path.clone()), text)
        .note(eco_format!("{by} applies it"))
        .note("kustomize builds the directory as a whole or not at all")
        .help(help)
}

fn missing_directory(id: &Id, path: &str, at: Origin, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_DIRECTORY,
        eco_format!("{id} applies `{path}`, which is no directory of the repository"),
        at,
        "named here",
    )
    .on(Some(cluster))
    .note("Flux reports that the path is not found, and applies nothing")
    .help("write the path from the repository's root, or make the directory")
}
