//! A Secret that a Flux object names has the keys that Flux reads of it.
//!
//! Reports E0658. Looked at are Secrets and ConfigMaps whose keys are known: made by the project, or declared with
//! `keys`.

use ecow::{EcoString, eco_format};

use super::context::Lint;
use super::given::{Given, given};
use crate::diagnostic::{Diagnostic, code, listed};
use crate::fleet::Cluster;
use crate::flux::Deployed;
use crate::kube::object::Object;
use crate::schema;
use crate::source::Origin;
use crate::value::{Node, Value};

/// A field that names a Secret, and what Flux reads of it.
struct Row {
    /// From `spec` on; the reference has a `name`.
    path: &'static [&'static str],
    when: fn(&Node) -> bool,
    /// All keys of one of these must be there; `*.x` is any key that ends so.
    needs: &'static [&'static [&'static str]],
}

const ALWAYS: fn(&Node) -> bool = |_| true;
const CERTIFICATES: &[&[&str]] = &[&["ca.crt"], &["tls.crt", "tls.key"], &["caFile"], &["certFile", "keyFile"]];
const SIGNED: &[&[&str]] = &[&["*.pub"], &["trustpolicy.json"]];
const DOCKER: &[&[&str]] = &[&[".dockerconfigjson"]];
const KUBE_CONFIG: &[&[&str]] = &[&["value"], &["value.yaml"]];
const PROXY: &[&[&str]] = &[&["address"]];

fn says(spec: &Node, key: &str, text: &str) -> bool {
    spec.get(key).and_then(Node::text).is_some_and(|it| it == text)
}

fn begins(spec: &Node, start: &str) -> bool {
    spec.get("url").and_then(Node::text).is_some_and(|it| it.starts_with(start))
}

const fn row(path: &'static [&'static str], when: fn(&Node) -> bool, needs: &'static [&'static [&'static str]]) -> Row {
    Row { path, when, needs }
}

/// By kind, the most frequent first. Source: the API references of Flux' controllers, in the sections about each `secretRef`.
const ROWS: [(&str, &[Row]); 11] = [
    (
        "HelmRelease",
        &[
            row(&["chart", "spec", "verify", "secretRef"], ALWAYS, SIGNED),
            row(&["kubeConfig", "secretRef"], ALWAYS, KUBE_CONFIG),
        ],
    ),
    (
        "Kustomization",
        &[
            row(
                &["decryption", "secretRef"],
                ALWAYS,
                &[
                    &["*.agekey"],
                    &["*.asc"],
                    &["sops.aws-kms"],
                    &["sops.azure-kv"],
                    &["sops.gcp-kms"],
                    &["sops.vault-token"],
                ],
            ),
            row(&["kubeConfig", "secretRef"], ALWAYS, KUBE_CONFIG),
        ],
    ),
    (
        "GitRepository",
        &[
            row(&["secretRef"], |it| begins(it, "ssh://"), &[&["identity", "known_hosts"]]),
            row(
                &["secretRef"],
                |it| begins(it, "http"),
                &[
                    &["username", "password"],
                    &["bearerToken"],
                    &["githubAppID", "githubAppPrivateKey"],
                    &["tls.crt", "tls.key"],
                    &["ca.crt"],
                    &["caFile"],
                ],
            ),
            row(&["proxySecretRef"], ALWAYS, PROXY),
        ],
    ),
    (
        "HelmRepository",
        &[
            row(&["secretRef"], |it| says(it, "type", "oci"), &[&["username", "password"], &[".dockerconfigjson"]]),
            row(
                &["secretRef"],
                |it| !says(it, "type", "oci"),
                &[
                    &["username", "password"],
                    &["ca.crt"],
                    &["tls.crt", "tls.key"],
                    &["caFile"],
                    &["certFile", "keyFile"],
                ],
            ),
            row(&["certSecretRef"], ALWAYS, CERTIFICATES),
        ],
    ),
    ("HelmChart", &[row(&["verify", "secretRef"], ALWAYS, SIGNED)]),
    (
        "OCIRepository",
        &[
            row(&["secretRef"], ALWAYS, DOCKER),
            row(&["verify", "secretRef"], ALWAYS, SIGNED),
            row(&["certSecretRef"], ALWAYS, CERTIFICATES),
            row(&["proxySecretRef"], ALWAYS, PROXY),
        ],
    ),
    (
        "Bucket",
        &[
            row(&["secretRef"], |it| says(it, "provider", "gcp"), &[&["serviceaccount"]]),
            row(
                &["secretRef"],
                |it| !says(it, "provider", "gcp") && !says(it, "provider", "azure"),
                &[&["accesskey", "secretkey"]],
            ),
            row(&["proxySecretRef"], ALWAYS, PROXY),
        ],
    ),
    ("Receiver", &[row(&["secretRef"], ALWAYS, &[&["token"]])]),
    ("ImageRepository", &[row(&["secretRef"], ALWAYS, DOCKER)]),
    ("ImageUpdateAutomation", &[row(&["git", "commit", "signingKey", "secretRef"], ALWAYS, &[&["git.asc"]])]),
    (
        "Provider",
        &[row(
            &["secretRef"],
            ALWAYS,
            &[&["token"], &["address"], &["password"], &["headers"], &["githubAppID", "githubAppPrivateKey"]],
        )],
    ),
];

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let mut known: Option<Given> = None;
    for (_, object) in deployed.objects() {
        let Some((_, rows)) = ROWS.iter().find(|it| it.0 == object.id.kind) else { continue };
        if !schema::is_flux_kind(&object.id.group, &object.id.kind) {
            continue;
        }
        let Some(spec) = object.spec() else { continue };
        for row in *rows {
            let Some(reference) = spec.at(row.path).filter(|_| (row.when)(spec)) else { continue };
            // Another key may be named, and is looked at with the reference.
            if reference.get("key").is_none() {
                let known = known.get_or_insert_with(|| given(lint, cluster, deployed));
                one(lint, object, "Secret", reference, row.needs, known);
            }
        }
        for it in spec.get("valuesFrom").and_then(Node::list).unwrap_or_default() {
            let is_optional = it.get("optional").is_some_and(|it| it.value == Value::Bool(true));
            if let (None, Some(kind), false) = (it.get("valuesKey"), it.get("kind").and_then(Node::text), is_optional) {
                let known = known.get_or_insert_with(|| given(lint, cluster, deployed));
                one(lint, object, kind, it, &[&["values.yaml"]], known);
            }
        }
    }
}

fn one(lint: &mut Lint<'_>, object: &Object, kind: &str, reference: &Node, needs: &[&[&str]], known: &Given) {
    let Some(node) = reference.get("name") else { return };
    let Some(name) = node.text() else { return };
    let id = (kind.into(), object.id.namespace.clone(), name.clone());
    let Some(Some(keys)) = known.get(&id) else { return };
    let has = |wanted: &str| match wanted.strip_prefix('*') {
        Some(end) => keys.iter().any(|it| it.ends_with(end)),
        None => keys.contains(wanted),
    };
    if !needs.iter().any(|all| all.iter().all(|it| has(it))) {
        let keys: Vec<&EcoString> = keys.iter().collect();
        let at = if node.origin.anchor.is_of_library(lint.db) { object.origin } else { node.origin };
        lint.out.push(without_keys(object, kind, name, at, needs, &keys));
    }
}

fn without_keys(
    object: &Object,
    kind: &str,
    name: &str,
    at: Origin,
    needs: &[&[&str]],
    keys: &[&EcoString],
) -> Diagnostic {
    let ways = needs.iter().map(|all| {
        let all: Vec<String> = all.iter().map(|it| format!("`{it}`")).collect();
        all.join(" and ")
    });
    let ways: Vec<String> = ways.collect();
    Diagnostic::new(
        code::WITHOUT_KEYS,
        eco_format!("{} cannot use the {kind} `{name}`: it has no key that is read", object.id),
        at,
        eco_format!("has {}", listed(keys.iter().map(|it| eco_format!("`{it}`")))),
    )
    .note(eco_format!("it must have {}", ways.join(", or ")))
    .help(eco_format!("put the keys into the {kind}, or name another"))
}
