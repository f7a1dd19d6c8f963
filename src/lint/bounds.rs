//! What a service account bounds: a tenant's project stays in its namespaces, and what runs as an account runs as one
//! that is there; under lockdown everything does.
//!
//! Reports E0634, E0635.

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::Cluster;
use crate::flux::Deployed;
use crate::flux::external;
use crate::kube::object::Id;
use crate::source::Origin;
use crate::syntax::{self, ast::Head};
use crate::value::{Node, Value};

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    if let Some(bounds) = cluster.sync.bounds() {
        within(lint, &bounds, deployed);
    }
    accounts(lint, cluster, deployed);
}

/// Everything that the project applies is in a namespace that it may fill: the
/// account has no right to anything else.
fn within(lint: &mut Lint<'_>, bounds: &[&EcoString], deployed: &Deployed) {
    for (_, object) in deployed.objects() {
        if !bounds.contains(&&object.id.namespace) {
            lint.out.push(outside_tenant(&object.id, object.origin, bounds));
        }
    }
    for (_, release) in deployed.releases() {
        for namespace in [&release.target, &release.storage] {
            if !bounds.contains(&namespace) {
                lint.out.push(release_outside(namespace, Origin::of(release.addon), bounds));
            }
        }
    }
}

/// The accounts that Flux installs for itself (`flux install --export`).
const CONTROLLERS: [&str; 6] = [
    "kustomize-controller",
    "helm-controller",
    "source-controller",
    "notification-controller",
    "image-reflector-controller",
    "image-automation-controller",
];

/// Flux impersonates the account that an object names: one that is not there fails, and without one, under lockdown, it
/// is `default`, which may do nothing.
fn accounts(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let is_there = |namespace: &EcoString, name: &EcoString| {
        let made = deployed
            .objects()
            .any(|(_, it)| it.id.kind == "ServiceAccount" && it.id.namespace == *namespace && it.id.name == *name);
        made || (*namespace == cluster.sync.namespace && CONTROLLERS.contains(&name.as_str()))
            || lint.index.externals.iter().any(|it| {
                let Head::External { object, namespace: of } = &syntax::declaration(lint.db, *it).head else {
                    return false;
                };
                external::is_visible(lint.db, *it, cluster)
                    && object == "ServiceAccount"
                    && (it.name(lint.db) == name || external::name(lint.db, *it) == *name)
                    && of.as_ref() == Some(namespace)
            })
    };
    let (mut found, mut needed) = (Vec::new(), Vec::new());
    for (_, object) in deployed.objects() {
        let is_it = matches!(
            (object.id.group.as_str(), object.id.kind.as_str()),
            ("kustomize.toolkit.fluxcd.io", "Kustomization") | ("helm.toolkit.fluxcd.io", "HelmRelease")
        );
        let Some(spec) = object.spec().filter(|_| is_it) else { continue };
        if let Some(Node { value: Value::PerCluster(it), .. }) = spec.get("serviceAccountName") {
            needed.extend(it.facts().cloned());
            continue;
        }
        match spec.get("serviceAccountName").and_then(Node::text) {
            None if cluster.lockdown => found.push(without_account(&object.id, object.origin)),
            // The platform made the account that a tenant's project runs as.
            Some(name) if cluster.sync.service_account.as_ref() == Some(name) => {}
            // It is one of the other cluster.
            Some(_) if spec.get("kubeConfig").is_some() => {}
            Some(name) if !is_there(&object.id.namespace, name) => {
                let at = spec.get("serviceAccountName").map_or(object.origin, |it| it.origin);
                found.push(missing_account(&object.id, name, at));
            }
            None | Some(_) => {}
        }
    }
    lint.out.append(&mut found);
    lint.needed_facts.extend(needed);
}

fn outside_tenant(id: &Id, at: Origin, bounds: &[&EcoString]) -> Diagnostic {
    let help = if id.namespace.is_empty() {
        "let the platform make it: an object without a namespace is no tenant's"
    } else {
        "move it into one of them, or let the platform give the tenant that namespace"
    };
    Diagnostic::new(code::OUTSIDE_TENANT, eco_format!("{id} is outside the tenant"), at, "declared here")
        .note(bounded(bounds))
        .help(help)
}

fn release_outside(namespace: &str, at: Origin, bounds: &[&EcoString]) -> Diagnostic {
    Diagnostic::new(
        code::OUTSIDE_TENANT,
        eco_format!("this release goes to `{namespace}`, outside the tenant"),
        at,
        "declared here",
    )
    .note(bounded(bounds))
    .help("write `namespace = \"…\"` in the add-on, and name one of them")
}

fn without_account(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_ACCOUNT,
        eco_format!("under lockdown, {id} runs as `default`"),
        at,
        "names no account",
    )
    .note("`--default-service-account=default`: what names no account may do nothing")
    .help("write `serviceAccountName`")
}

fn missing_account(id: &Id, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_ACCOUNT,
        eco_format!("nothing makes the ServiceAccount `{}/{name}`", id.namespace),
        at,
        eco_format!("{id} runs as it"),
    )
    .help(eco_format!(
        "make it, attach its tenant, or declare it: `external ServiceAccount {}.{name} {{ }}`",
        id.namespace
    ))
}

fn bounded(bounds: &[&EcoString]) -> EcoString {
    let names: Vec<String> = bounds.iter().map(|it| format!("`{it}`")).collect();
    eco_format!("this project runs as a tenant's account, which has rights in {} alone", names.join(" and "))
}
