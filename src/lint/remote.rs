//! What is applied to another cluster by `kubeConfig` can work there.
//!
//! Reports E0661, W0662. Source: the API references of kustomize-controller and helm-controller, "Remote clusters".

use ecow::eco_format;

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::flux::Deployed;
use crate::kube::object::{Id, Object};
use crate::schema;
use crate::source::Origin;
use crate::value::{Node, Value};

pub(super) fn check(lint: &mut Lint<'_>, deployed: &Deployed) {
    for unit in deployed.units.iter() {
        let Some(config) = kube_config(&unit.kustomization) else { continue };
        // One is enough to say it.
        let of_flux = unit.objects.iter().find(|it| schema::is_flux_kind(&it.id.group, &it.id.kind));
        if let Some(object) = of_flux {
            lint.out.push(flux_object(&unit.name, config.origin, object));
        }
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

fn kube_config(object: &Object) -> Option<&Node> {
    object.spec()?.get("kubeConfig")
}

fn flux_object(unit: &str, at: Origin, object: &Object) -> Diagnostic {
    Diagnostic::new(
        code::REMOTE_FLUX_OBJECT,
        eco_format!("`{unit}` is applied to another cluster, and holds {}", object.id),
        at,
        "the other cluster",
    )
    .label(object.origin, eco_format!("a {} of this cluster's Flux", object.id.kind))
    .note("a cluster that is reached by `kubeConfig` has no Flux that would act on it")
    .help("write `via = …` in the cluster that is reached: its releases and sources are then kept where Flux is")
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
