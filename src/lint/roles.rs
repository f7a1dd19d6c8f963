//! The values of a chart name the role of its pods: in the annotation of the service account that the role trusts.
//!
//! Reports W0650.

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{Identity, Role};
use crate::flux::{Deployed, Release};
use crate::kube::object::Object;
use crate::source::Origin;
use crate::value::{Node, Value};

/// The annotation by which a pod gets its role.
const ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// Of what is made for many clusters at once, each release is looked at when it is made.
pub(super) fn check(lint: &mut Lint<'_>, deployed: &Deployed) {
    for (unit, release) in deployed.releases() {
        let object = unit.objects.iter().find(|it| it.id.kind == "HelmRelease" && it.origin.anchor == release.addon);
        if let Some(object) = object.filter(|it| !it.is_checked) {
            release_alone(lint, release, object);
        }
    }
}

/// What can be said of a release alone.
pub(super) fn release_alone(lint: &mut Lint<'_>, release: &Release, object: &Object) {
    let Some(role) = release.role.as_ref().filter(|it| it.via == Identity::Irsa && it.arn.is_some()) else { return };
    // What a Secret or ConfigMap says is not seen.
    let Some(spec) = object.spec().filter(|it| it.get("valuesFrom").is_none()) else { return };
    let mut found = Vec::new();
    accounts(spec, &mut found);
    if found.is_empty() && !names_a_role(&spec.value) {
        lint.out.push(not_told(lint, release, role));
    }
    for name in found.into_iter().filter_map(|it| it.get("name")) {
        match &name.value {
            Value::Text(it) if *it != role.service_account => {
                lint.out.push(another_account(lint, release, role, name));
            }
            Value::PerCluster(it) => lint.needed_facts.extend(it.own_texts().cloned()),
            _ => {}
        }
    }
}

/// What has annotations, the role's among them.
fn accounts<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    match &node.value {
        Value::Map(map) => {
            if map.entries.get("annotations").is_some_and(|it| it.get(ANNOTATION).is_some()) {
                found.push(node);
            }
            map.entries.values().for_each(|it| accounts(it, found));
        }
        Value::List(list) => list.iter().for_each(|it| accounts(it, found)),
        _ => {}
    }
}

/// Whether a role is named in another way: in a text, or as another key says.
fn names_a_role(value: &Value) -> bool {
    match value {
        Value::Text(it) => it.contains(":role/") || it.contains(ANNOTATION),
        Value::PerCluster(it) => it.show().contains(":role"),
        Value::List(list) => list.iter().any(|it| names_a_role(&it.value)),
        Value::Map(map) => map.entries.iter().any(|(key, it)| key.contains(ANNOTATION) || names_a_role(&it.value)),
        _ => false,
    }
}

fn not_told(lint: &Lint<'_>, release: &Release, role: &Role) -> Diagnostic {
    let name: &EcoString = release.addon.name(lint.db);
    Diagnostic::new(
        code::ROLE_NOT_USED,
        eco_format!("`{name}` has a role, and the values of its chart do not name it"),
        role.origin,
        eco_format!("no service account is annotated with `{ANNOTATION}`"),
    )
    .help("write `values.serviceAccount.annotations { ...irsa.annotations }`, where the chart takes them")
}

fn another_account(lint: &Lint<'_>, release: &Release, role: &Role, name: &Node) -> Diagnostic {
    let addon = release.addon.name(lint.db);
    let (trusted, at): (_, Origin) = (&role.service_account, name.origin);
    Diagnostic::new(
        code::ROLE_NOT_USED,
        eco_format!(
            "the role of `{addon}` trusts the service account `{trusted}`, and the chart makes {}",
            name.value.show()
        ),
        at,
        "its pods do not get the role",
    )
    .label(role.origin, "the role")
    .help("write `name = irsa.service-account`")
}
