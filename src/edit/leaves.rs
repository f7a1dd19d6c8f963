//! The values of a generated file, by the objects that they are of: those in patches, too.

use std::collections::BTreeMap;

use ecow::EcoString;
use serde_json::Value;

use crate::data;
use crate::kube::Id;
use crate::kube::object::split_api_version;

/// An object, and the keys down to a value in it. A list is one value.
pub(super) type Leaf = (Id, Vec<EcoString>);

/// The values of a file; none if it is no YAML.
pub(super) fn of(text: &str) -> Option<BTreeMap<Leaf, Value>> {
    let mut found = BTreeMap::new();
    for document in data::plain_documents(text).ok()? {
        let id = id_of(&document)?;
        let is_unit = id.group == "kustomize.toolkit.fluxcd.io";
        let mut body = document;
        let patches = if is_unit { taken(&mut body, "patches") } else { None };
        below(&id, &body, &mut Vec::new(), &mut found);
        for it in patches.as_ref().and_then(Value::as_array).into_iter().flatten() {
            patch(it, &mut found)?;
        }
    }
    Some(found)
}

fn taken(body: &mut Value, key: &str) -> Option<Value> {
    body.get_mut("spec")?.as_object_mut()?.remove(key)
}

fn id_of(document: &Value) -> Option<Id> {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (group, _) = split_api_version(text("/apiVersion"));
    let (kind, name) = (text("/kind"), text("/metadata/name"));
    let is_list = group == "kustomize.config.k8s.io";
    (!kind.is_empty() && (is_list || !name.is_empty())).then(|| Id {
        group,
        kind: kind.into(),
        namespace: text("/metadata/namespace").into(),
        name: name.into(),
    })
}

fn below(id: &Id, value: &Value, path: &mut Vec<EcoString>, found: &mut BTreeMap<Leaf, Value>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, it) in map {
                path.push(key.into());
                below(id, it, path, found);
                path.pop();
            }
        }
        it => {
            found.insert((id.clone(), path.clone()), it.clone());
        }
    }
}

/// What a patch sets: a merge by its keys, a JSON patch by its pointers.
fn patch(of: &Value, found: &mut BTreeMap<Leaf, Value>) -> Option<()> {
    let text = of.get("patch")?.as_str()?;
    let documents = data::plain_documents(text).ok()?;
    for it in documents {
        let Value::Array(operations) = &it else {
            let id = id_of(&it)?;
            let mut body = it;
            for key in ["apiVersion", "kind"] {
                body.as_object_mut()?.remove(key);
            }
            for key in ["name", "namespace"] {
                body.get_mut("metadata")?.as_object_mut()?.remove(key);
            }
            if body.get("metadata").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty) {
                body.as_object_mut()?.remove("metadata");
            }
            below(&id, &body, &mut Vec::new(), found);
            continue;
        };
        let target = |key: &str| of.get("target").and_then(|it| it.get(key)?.as_str()).unwrap_or_default();
        let plain = |it: &str| EcoString::from(it.replace('\\', ""));
        let id = Id {
            group: plain(target("group")),
            kind: plain(target("kind")),
            namespace: plain(target("namespace")),
            name: plain(target("name")),
        };
        for operation in operations {
            let keys = operation.get("path")?.as_str()?.split('/').skip(1);
            let path = keys.map(|it| it.replace("~1", "/").replace("~0", "~").into()).collect();
            let value = operation.get("value").cloned().unwrap_or(Value::Null);
            found.insert((id.clone(), path), value);
        }
    }
    Some(())
}
