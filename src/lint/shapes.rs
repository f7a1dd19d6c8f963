//! Objects have the shape that the API server accepts: Flux kinds by their
//! schemas, and a few things that Kubernetes refuses only when it applies.
//!
//! Reports E0611, E0626, E0627, E0628, W0637, E0648, W0660.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::eval::{Conform, Env, complete};
use crate::fleet::Cluster;
use crate::flux::Deployed;
use crate::kube;
use crate::kube::ServedFields;
use crate::kube::object::{Id, Object};
use crate::kube::rules;
use crate::schema;
use crate::source::{Kind, Origin};
use crate::types;
use crate::value::{Node, TemplatePart, Value};

/// The largest integer that survives a JSON patch.
const SAFE_INTEGER: i64 = 1 << 53;

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    for (unit, it) in deployed.objects() {
        if !it.is_checked {
            object(lint, cluster, it);
        }
        if it.raw.is_some() {
            let decrypts =
                unit.is_some_and(|it| it.kustomization.spec().is_some_and(|it| it.get("decryption").is_some()));
            if !decrypts {
                lint.out.push(no_decryption(it, unit.map(|it| &it.name)));
            }
        }
    }
}

/// What can be said of an object alone.
pub(super) fn object(lint: &mut Lint<'_>, cluster: &Cluster, object: &Object) {
    if object.origin.anchor.kind(lint.db) == Kind::MANIFEST {
        manifest(lint, cluster, object);
    } else {
        schema_of(lint, cluster, object);
    }
    if object.raw.is_none() {
        sizes(lint, object);
        values(lint, object, &object.body);
        let all_of =
            |part: &str| object.body.get(part).and_then(Node::map).into_iter().flat_map(|it| it.entries.values());
        match object.id.kind.as_str() {
            "Secret" if object.id.group.is_empty() => {
                for it in ["data", "stringData"].into_iter().flat_map(all_of) {
                    credentials(lint, object, it, true);
                }
            }
            // Its schema names what others have; what is in it is encrypted.
            "CustomResourceDefinition" | "SealedSecret" => {}
            _ => {
                if let Some(it) = object.spec() {
                    credentials(lint, object, it, false);
                }
            }
        }
    }
}

/// Most bytes that the values of a ConfigMap or Secret may have (Kubernetes' validation).
const MOST_DATA: usize = 1024 * 1024;

/// Most bytes that an object may have (etcd's default limit of a request).
const MOST: usize = 1536 * 1024;

/// What is too large for Kubernetes to keep.
fn sizes(lint: &mut Lint<'_>, object: &Object) {
    let is_data = matches!(object.id.kind.as_str(), "ConfigMap" | "Secret") && object.id.group.is_empty();
    let parts = ["data", "stringData", "binaryData"].into_iter().filter_map(|it| object.body.get(it)?.map());
    let data: usize = parts.flat_map(|it| it.entries.values()).map(|it| size(&it.value)).sum();
    if is_data && data > MOST_DATA {
        lint.out.push(too_large(object, data, MOST_DATA, "Kubernetes takes 1 MiB of data at most"));
        return;
    }
    let whole = size(&object.body.value);
    if whole > MOST {
        lint.out.push(too_large(object, whole, MOST, "etcd takes 1.5 MiB at most"));
    }
}

/// About as many bytes as a value has as JSON.
fn size(value: &Value) -> usize {
    match value {
        Value::Text(it) => it.len() + 2,
        Value::PerCluster(it) => {
            it.parts().iter().map(|it| if let TemplatePart::Text(it) = it { it.len() } else { 0 }).sum()
        }
        Value::List(list) => list.iter().map(|it| size(&it.value) + 1).sum::<usize>() + 2,
        Value::Map(map) => map.entries.iter().map(|(key, it)| key.len() + 4 + size(&it.value)).sum::<usize>() + 2,
        _ => 4,
    }
}

fn too_large(object: &Object, bytes: usize, most: usize, reason: &str) -> Diagnostic {
    let (kib, most) = (bytes.div_ceil(1024), most / 1024);
    Diagnostic::new(
        code::TOO_LARGE_OBJECT,
        eco_format!("{} is too large: {kib} KiB of {most}", object.id),
        object.origin,
        reason,
    )
    .help("split it, or fetch it on the cluster: by an init container, from a bucket or an image")
}

/// Credentials that stand in the sources as they are: whoever reads the repository has them.
fn credentials(lint: &mut Lint<'_>, object: &Object, node: &Node, is_one: bool) {
    match &node.value {
        Value::Text(it) if is_one && is_plain_secret(it) => {
            lint.out.push(plain_credential(object, node.origin));
        }
        // Whether it is one depends on the text of each cluster.
        Value::PerCluster(it) if is_one => lint.needed_facts.extend(it.facts().cloned()),
        Value::List(elements) => elements.iter().for_each(|it| credentials(lint, object, it, is_one)),
        Value::Map(map) => {
            // There `secretKey` is the name of a key.
            let is_name = |key: &EcoString| object.id.group == "external-secrets.io" && key == "secretKey";
            for (key, it) in map.entries.iter().filter(|(key, _)| !is_name(key)) {
                // In the values of a chart all below such a name may be one. In an object of a known kind it says how a
                // credential is made, or which: it stands in its `value`, if at all.
                let is_free = object.id.kind == "HelmRelease";
                let is_reference = key.ends_with("From") || key.ends_with("Ref");
                if matches!(it.value, Value::Text(_) | Value::PerCluster(_) | Value::List(_) | Value::Map(_)) {
                    let is_one = if is_one { (is_free && !is_reference) || key == "value" } else { is_credential(key) };
                    credentials(lint, object, it, is_one);
                }
            }
        }
        _ => {}
    }
}

/// Whether a field of this name holds a credential, and not the name of what holds it.
fn is_credential(key: &str) -> bool {
    schema::is_credential(key) && !key.ends_with("From") && !key.ends_with("Ref")
}

/// Whether a text can be a credential itself: not a variable of Flux, of a template or of a
/// secret store, and not a path or an ARN.
fn is_plain_secret(text: &str) -> bool {
    let is_elsewhere = ["arn:", "/", "vault:", "ref+", "projects/", "https://"].iter().any(|it| text.starts_with(it));
    !text.trim().is_empty() && !is_elsewhere && !text.contains("${") && !text.contains("{{") && !text.contains("$(")
}

/// Holds the spec of a Flux object against the schema of its kind.
fn schema_of(lint: &mut Lint<'_>, cluster: &Cluster, object: &Object) {
    let Some(ty) =
        schema::is_flux_kind(&object.id.group, &object.id.kind).then(|| types::spec_of_kind(&object.id.kind)).flatten()
    else {
        return;
    };
    let Some(spec) = object.spec() else {
        lint.out.push(kube::problems::no_object_field(object.origin, "spec"));
        return;
    };
    let mut env = Env::new(lint.db, lint.index, object.origin.anchor);
    env.cluster_name = Some(cluster.name.clone());
    complete(&mut env, &mut spec.clone(), ty, Conform::Final, None);
    lint.needed_facts.append(&mut env.needed_facts);
    lint.out.append(&mut env.out);
}

/// The same for an object of a hand-written directory, of a kind of Flux.
pub(super) fn flux_object(lint: &mut Lint<'_>, cluster: &Cluster, id: &Id, version: &EcoString, body: &Node) {
    let object = Object {
        id: id.clone(),
        version: version.clone(),
        body: body.clone(),
        file: EcoString::new(),
        origin: body.origin,
        raw: None,
        component: None,
        is_checked: false,
    };
    manifest(lint, cluster, &object);
}

fn manifest(lint: &mut Lint<'_>, cluster: &Cluster, object: &Object) {
    if schema::is_flux_kind(&object.id.group, &object.id.kind) {
        schema_of(lint, cluster, object);
        let mut copy = object.clone();
        ServedFields { db: lint.db, minor: cluster.flux, cluster: Some(&cluster.name) }.strip(&mut copy, &mut lint.out);
        rules::check(object, &mut lint.out);
    }
    if matches!(object.id.kind.as_str(), "ConfigMap" | "Secret") && object.id.group.is_empty() {
        for part in ["data", "stringData"] {
            for (key, node) in object.body.get(part).and_then(Node::map).into_iter().flat_map(|it| &it.entries) {
                if !matches!(node.value, Value::Text(_) | Value::PerCluster(_) | Value::Unknown) {
                    lint.out.push(data_is_text(object, key, node));
                }
            }
        }
    }
    annotations(lint, object);
    duplicate_keys(lint, object, &object.body);
}

/// Annotations that kustomize takes for instructions, and nulls that it drops.
fn annotations(lint: &mut Lint<'_>, object: &Object) {
    for part in ["annotations", "labels"] {
        let Some(node) = object.body.at(&["metadata", part]) else { continue };
        if node.value == Value::Null {
            lint.out.push(kustomizes_own(object, part, node.origin));
        }
        for (key, inner) in node.map().into_iter().flat_map(|it| &it.entries) {
            let own = ["config.kubernetes.io/", "internal.config.kubernetes.io/", "kustomize.config.k8s.io/"];
            if own.iter().any(|it| key.starts_with(it)) {
                lint.out.push(kustomizes_own(object, key, inner.origin));
            } else if !matches!(inner.value, Value::Text(_) | Value::PerCluster(_) | Value::Unknown) {
                lint.out.push(data_is_text(object, key, inner));
            }
        }
    }
}

/// Server-side apply refuses two elements of one key in these lists.
fn duplicate_keys(lint: &mut Lint<'_>, object: &Object, node: &Node) {
    match &node.value {
        Value::Map(map) => {
            for (key, inner) in &map.entries {
                let fields: &[&str] = match key.as_str() {
                    "env" | "containers" | "initContainers" | "volumes" => &["name"],
                    "volumeMounts" => &["mountPath"],
                    "ports" if object.id.kind == "Service" => &["port", "protocol"],
                    "ports" => &["containerPort", "protocol"],
                    _ => &[],
                };
                if let (Value::List(list), [_, ..]) = (&inner.value, fields) {
                    let mut seen = BTreeSet::new();
                    for it in list.iter().filter(|it| it.map().is_some()) {
                        let id: Vec<EcoString> = fields
                            .iter()
                            .map(|field| it.get(field).map(|it| it.value.show()).unwrap_or_default())
                            .collect();
                        if id.first().is_some_and(|it| !it.is_empty()) && !seen.insert(id.clone()) {
                            lint.out.push(duplicate_element(
                                object,
                                key,
                                id.first().map_or("", EcoString::as_str),
                                it.origin,
                            ));
                        }
                    }
                }
                duplicate_keys(lint, object, inner);
            }
        }
        Value::List(elements) => elements.iter().for_each(|it| duplicate_keys(lint, object, it)),
        _ => {}
    }
}

/// Numbers, keys and characters that do not survive kustomize.
fn values(lint: &mut Lint<'_>, object: &Object, node: &Node) {
    match &node.value {
        Value::Int(it) if it.unsigned_abs() > SAFE_INTEGER.unsigned_abs() => {
            lint.out.push(unsafe_integer(object, *it, node.origin));
        }
        Value::Text(text) => {
            if let Some(account) = wrong_account(text).filter(|_| !node.origin.anchor.is_of_library(lint.db)) {
                lint.out.push(no_account(object, account, node.origin));
            }
            if !is_printable(text)
                && let Some(it) = text.chars().find(|it| is_refused(*it))
            {
                lint.out.push(refused_character(object, it, node.origin));
            }
        }
        Value::PerCluster(text) => {
            let texts = text.parts().iter().filter_map(|it| match it {
                TemplatePart::Text(it) => Some(it),
                TemplatePart::Fact(_) | TemplatePart::Quoted(..) | TemplatePart::Scalar(_) => None,
            });
            if let Some(it) = texts.flat_map(|it| it.chars()).find(|it| is_refused(*it)) {
                lint.out.push(refused_character(object, it, node.origin));
            }
            if matches!(text.parts().first(), Some(TemplatePart::Text(it)) if it.starts_with("arn:")) {
                lint.needed_facts.extend(text.own_texts().cloned());
            }
        }
        Value::Map(map) => {
            for (key, inner) in &map.entries {
                // Most keys are short words, of which nothing is said.
                if is_printable(key) && key.len() < SHORT && key.starts_with(|it: char| it.is_ascii_alphabetic()) {
                    values(lint, object, inner);
                    continue;
                }
                if key.is_empty() || key == "<<" || written_length(key) > 1000 || key.chars().any(is_refused) {
                    lint.out.push(refused_key(object, key, inner.origin));
                }
                if matches!(key.as_str(), "$patch" | "$retainKeys")
                    || key.starts_with("$setElementOrder/")
                    || key.starts_with("$deleteFromPrimitiveList/")
                {
                    lint.out.push(kustomizes_own(object, key, inner.origin));
                }
                values(lint, object, inner);
            }
        }
        Value::List(elements) => elements.iter().for_each(|it| values(lint, object, it)),
        // What has no value on a cluster was reported where it stands: nothing is written then.
        Value::Unknown | Value::Conflict(_) | Value::Template(_) => {}
        Value::Null | Value::Absent | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {}
    }
}

/// A key that is no longer than this is shorter in any form in which it is written than what is refused.
const SHORT: usize = 128;

/// Whether a text has nothing but signs of ASCII and blanks.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|it| matches!(it, b' '..=b'~'))
}

/// The account in an ARN, where it is none: accounts have 12 digits (AWS, "AWS account identifiers").
fn wrong_account(text: &str) -> Option<&str> {
    let mut parts = text.strip_prefix("arn:aws")?.split(':');
    let account = parts.nth(3)?;
    let is_named = account.is_empty() || account == "aws" || account.contains(['$', '{', '*']);
    let is_right = account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit());
    (!is_named && !is_right).then_some(account)
}

/// What kustomize's YAML reader refuses or changes, however it is written
/// (measured with kustomize 5.5): control characters, and NEL, which becomes a space.
const fn is_refused(it: char) -> bool {
    let code = it as u32;
    (code < 0x20 && !matches!(it, '\n' | '\t' | '\r'))
        || (code >= 0x7f && code <= 0x9f)
        || code == 0xfffe
        || code == 0xffff
}

/// The length of a key as it may be written, with escapes.
fn written_length(key: &str) -> usize {
    key.chars().map(|it| if it.is_ascii_graphic() || it == ' ' { 1 } else { 10 }).sum()
}

fn no_decryption(object: &Object, unit: Option<&EcoString>) -> Diagnostic {
    let unit = unit.map_or("its Kustomization", EcoString::as_str);
    Diagnostic::new(
        code::SOPS,
        eco_format!("{} is encrypted, and `{unit}` does not decrypt", object.id),
        object.origin,
        "encrypted by SOPS",
    )
    .help("write `kustomization { decryption { provider = \"sops\" } }` in the catalogue")
}

fn no_account(object: &Object, account: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::WRONG_ACCOUNT,
        eco_format!("an ARN of {} names the account `{account}`", object.id),
        at,
        "an account of AWS has 12 digits",
    )
    .help("write all of its digits, zeros in front included: an account is a String, and no number")
}

fn data_is_text(object: &Object, key: &str, node: &Node) -> Diagnostic {
    Diagnostic::new(
        code::DATA_IS_TEXT,
        eco_format!("`{key}` of {} must be a String, found {}", object.id, node.value.noun()),
        node.origin,
        "the API server refuses this",
    )
    .help("write it between quotes, or interpolate it: `\"\\(…)\"`")
}

fn duplicate_element(object: &Object, list: &str, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::DUPLICATE_ELEMENT,
        eco_format!("{} has two `{list}` with the key {name}", object.id),
        at,
        "the second one",
    )
    .note("server-side apply refuses two elements with one key")
    .help("remove one of the two")
}

fn unsafe_integer(object: &Object, value: i64, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("{value} in {} would lose its last digits", object.id),
        at,
        "beyond 2^53",
    )
    .note("JSON patches are read as floating point")
    .help("write it as a string, between quotes")
}

fn refused_character(object: &Object, it: char, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("a text of {} holds the character U+{:04X}", object.id, it as u32),
        at,
        "kustomize cannot read this",
    )
    .help("remove it, or carry the text in base64")
}

fn plain_credential(object: &Object, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::PLAIN_CREDENTIAL,
        eco_format!("a credential of {} is in the sources in plain text", object.id),
        at,
        "readable for everyone who has the repository",
    )
    .note("Git keeps it for ever, and fleetc writes it into the generated tree")
    .help("name a Secret that is made on the cluster (`valuesFrom`, `existingSecret`, External Secrets), or encrypt the manifest with SOPS")
}

fn refused_key(object: &Object, key: &str, at: Origin) -> Diagnostic {
    let shown: String = key.chars().take(40).collect();
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("kustomize loses the key {shown:?} of {}", object.id),
        at,
        "under this key",
    )
    .help("choose another key: neither empty nor `<<`, at most 1000 bytes, no control characters")
}

fn kustomizes_own(object: &Object, key: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("kustomize obeys `{key}` of {} itself", object.id),
        at,
        "would not arrive as it is written",
    )
    .help("remove it: the object would be dropped, renamed or changed")
}
