//! Strategic merge: maps key by key; lists of Kubernetes' own kinds element by element, where each has a name.
//!
//! Source of the keys: `x-kubernetes-patch-merge-key` of Kubernetes' OpenAPI. What kinds beside those have, a patch replaces.

use serde_json::{Map, Value};

use crate::kube::object::split_api_version;

/// Merges a patch into an object.
pub(super) fn merge(body: &mut Value, patch: &Value) {
    let (group, _) = split_api_version(body.get("apiVersion").and_then(Value::as_str).unwrap_or_default());
    let is_known = !group.contains('.') || group.ends_with(".k8s.io");
    let kind = body.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = if is_known { kind.as_str() } else { "" };
    into(body, patch, kind, "");
}

/// What tells the elements of a list apart; none where the list is replaced.
fn merge_key(kind: &str, field: &str, elements: &[Value]) -> Option<&'static str> {
    if kind.is_empty() {
        return None;
    }
    Some(match field {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "volumes"
        | "env"
        | "imagePullSecrets"
        | "webhooks"
        | "schedulingGates"
        | "resourceClaims"
        | "claims" => "name",
        "secrets" if kind == "ServiceAccount" => "name",
        "ports" if kind == "Service" => "port",
        "ports" if elements.iter().any(|it| it.get("containerPort").is_some()) => "containerPort",
        "volumeMounts" => "mountPath",
        "volumeDevices" => "devicePath",
        "hostAliases" => "ip",
        "topologySpreadConstraints" => "topologyKey",
        "conditions" => "type",
        "ownerReferences" => "uid",
        _ => return None,
    })
}

fn directive(patch: &Value) -> Option<&str> {
    patch.get("$patch").and_then(Value::as_str)
}

fn into(base: &mut Value, patch: &Value, kind: &str, field: &str) {
    match (&mut *base, patch) {
        (Value::Object(map), Value::Object(over)) => {
            if directive(patch) == Some("replace") {
                *base = plain(patch);
                return;
            }
            for (key, value) in over.iter().filter(|(key, _)| !key.starts_with('$')) {
                entry(map, key, value, kind);
            }
        }
        (Value::Array(list), Value::Array(over)) => {
            match merge_key(kind, field, if over.is_empty() { list } else { over }) {
                Some(by) if over.iter().all(Value::is_object) => elements(list, over, by, kind),
                _ if field == "finalizers" && !kind.is_empty() => {
                    let more: Vec<Value> = list.iter().filter(|it| !over.contains(it)).cloned().collect();
                    *list = over.iter().cloned().chain(more).collect();
                }
                _ => *list = over.iter().map(plain).collect(),
            }
        }
        _ => *base = plain(patch),
    }
}

fn entry(map: &mut Map<String, Value>, key: &str, value: &Value, kind: &str) {
    if value.is_null() || directive(value) == Some("delete") {
        map.remove(key);
        return;
    }
    match map.get_mut(key) {
        Some(slot) if !slot.is_null() => into(slot, value, kind, key),
        _ => {
            map.insert(key.to_owned(), plain(value));
        }
    }
}

/// The patch's elements first, then those that it does not name.
fn elements(list: &mut Vec<Value>, over: &[Value], by: &str, kind: &str) {
    if over.iter().any(|it| directive(it) == Some("replace") && it.get(by).is_none()) {
        *list = over.iter().filter(|it| it.get(by).is_some()).map(plain).collect();
        return;
    }
    let mut rest = std::mem::take(list);
    for patch in over {
        let key = patch.get(by);
        let at = rest.iter().position(|it| key.is_some() && it.get(by) == key);
        let found = at.map(|at| rest.remove(at));
        if directive(patch) == Some("delete") {
            continue;
        }
        list.push(match found {
            Some(mut it) => {
                into(&mut it, patch, kind, "");
                it
            }
            None => plain(patch),
        });
    }
    list.append(&mut rest);
}

/// A patch as a value: without what it removes, and without directives.
fn plain(patch: &Value) -> Value {
    match patch {
        Value::Object(map) => {
            let kept = map
                .iter()
                .filter(|(key, it)| !key.starts_with('$') && !it.is_null() && directive(it) != Some("delete"));
            Value::Object(kept.map(|(key, it)| (key.clone(), plain(it))).collect())
        }
        Value::Array(list) => list.iter().filter(|it| directive(it) != Some("delete")).map(plain).collect(),
        it => it.clone(),
    }
}
