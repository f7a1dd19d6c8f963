//! What is applied to another cluster by `kubeConfig` can work there.
//!
//! Reports E0661, W0662. Source: the API references of kustomize-controller and helm-controller, "Remote clusters".

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::Cluster;
use crate::flux::{Deployed, Unit, UnitPlace};
use crate::kube::directory;
use crate::kube::object::{Id, Object, split_api_version};
use crate::schema;
use crate::source::Origin;
use crate::value::{Node, Value};

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    for unit in deployed.units.iter() {
        let Some(config) = kube_config(&unit.kustomization) else { continue };
        // One is enough to say it.
        let of_flux = unit.objects.iter().find(|it| schema::is_flux_kind(&it.id.group, &it.id.kind));
        if let Some(object) = of_flux {
            lint.out.push(flux_object(&unit.name, config.origin, &object.id, object.origin, None));
            continue;
        }
        if let Some((id, file)) = of_directory(lint, cluster, unit) {
            lint.out.push(flux_object(&unit.name, config.origin, &id, unit.origin, Some(&file)));
        }
    }
    // What a hub applies to a cluster makes its namespaces there.
    if cluster.via.is_some() {
        return;
    }
    for (_, object) in deployed.objects().filter(|(_, it)| it.id.kind == "HelmRelease") {
        let Some(config) = kube_config(object) else { continue };
        let creates = object.body.at(&["spec", "install", "createNamespace"]);
        let is_built_in = |it: &Node| it.text().is_some_and(|it| it == "default" || it == "kube-system");
        let target = object.body.at(&["spec", "targetNamespace"]);
        if !creates.is_some_and(|it| it.value == Value::Bool(true)) && !target.is_some_and(is_built_in) {
            lint.out.push(no_namespace(&object.id, config.origin));
        }
    }
}

/// A Flux object in a hand-written directory of the project that a unit applies, and its file.
fn of_directory(lint: &Lint<'_>, cluster: &Cluster, unit: &Unit) -> Option<(Id, EcoString)> {
    let source = unit.kustomization.spec()?.get("sourceRef")?;
    let is = |key: &str, wanted: &EcoString| source.get(key).and_then(Node::text) == Some(wanted);
    let is_fleet =
        is("kind", &cluster.sync.kind) && is("name", &cluster.sync.name) && source.get("namespace").is_none();
    let directory = directory::read(lint.db, &unit.path).filter(|_| is_fleet && unit.place == UnitPlace::Foreign)?;
    directory.objects.iter().find_map(|it| {
        let (group, _) = split_api_version(&it.api_version);
        let id = Id { group, kind: it.kind.clone(), namespace: it.namespace.clone(), name: it.name.clone() };
        schema::is_flux_kind(&id.group, &id.kind).then(|| (id, it.file.clone()))
    })
}

fn kube_config(object: &Object) -> Option<&Node> {
    object.spec()?.get("kubeConfig")
}

/// `file` is where it is in a hand-written directory.
fn flux_object(unit: &str, at: Origin, id: &Id, origin: Origin, file: Option<&EcoString>) -> Diagnostic {
    let problem = Diagnostic::new(
        code::REMOTE_FLUX_OBJECT,
        eco_format!("`{unit}` is applied to another cluster, and holds {id}"),
        at,
        "the other cluster",
    )
    .label(origin, eco_format!("a {} of this cluster's Flux", id.kind))
    .note("a cluster that is reached by `kubeConfig` has no Flux that would act on it");
    match file {
        Some(it) => problem
            .note(eco_format!("it is in `{it}`"))
            .help("take it out of the directory, and apply it on the cluster where Flux is"),
        None => problem.help(
            "write `via = …` in the cluster that is reached: its releases and sources are then kept where Flux is",
        ),
    }
}

fn no_namespace(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::REMOTE_NAMESPACE,
        eco_format!("{id} goes to another cluster, and makes no namespace there"),
        at,
        "the other cluster",
    )
    .note("namespaces that are declared here are made on this cluster")
    .help("write `release { install.createNamespace = true }`")
}
