//! What `flux bootstrap` wrote, as kustomize builds it: `flux-system/kustomization.yaml` may patch it.

use ecow::{EcoString, eco_format};
use regex::Regex;
use serde_json::Value;

use super::document::documents;
use super::snapshot::Snapshot;

/// A file that cannot be built: which, and why.
pub(super) type Failure = (String, EcoString);

/// The objects of `gotk-sync.yaml` in a directory, with the patches of the kustomization beside it.
pub(super) fn sync_objects(dir: &str, snapshot: &Snapshot) -> Result<Vec<Value>, Failure> {
    let Some(text) = text(snapshot, &format!("{dir}/gotk-sync.yaml")) else { return Ok(Vec::new()) };
    let mut objects = values(&format!("{dir}/gotk-sync.yaml"), text)?;
    let path = format!("{dir}/kustomization.yaml");
    let Some(text) = self::text(snapshot, &path) else { return Ok(objects) };
    for kustomization in values(&path, text)? {
        let list = |key: &str| kustomization.get(key).and_then(Value::as_array).into_iter().flatten();
        // The older two name a file, or hold the patch, as `patches` does.
        for it in list("patchesStrategicMerge").filter_map(Value::as_str) {
            let is_inline = it.contains('\n');
            let (file, text) = if is_inline { (path.clone(), it) } else { patch_file(dir, it, snapshot)? };
            apply(&mut objects, &file, text, None)?;
        }
        for it in list("patches").chain(list("patchesJson6902")) {
            let (file, text) = match (it.get("patch").and_then(Value::as_str), it.get("path").and_then(Value::as_str)) {
                (Some(it), _) => (path.clone(), it),
                (None, Some(name)) => patch_file(dir, name, snapshot)?,
                (None, None) => continue,
            };
            apply(&mut objects, &file, text, it.get("target"))?;
        }
    }
    Ok(objects)
}

fn text<'a>(snapshot: &'a Snapshot, path: &str) -> Option<&'a str> {
    snapshot.entries.get(path).and_then(|it| it.text()).map(|it| &**it)
}

fn patch_file<'a>(dir: &str, name: &str, snapshot: &'a Snapshot) -> Result<(String, &'a str), Failure> {
    let path = format!("{dir}/{}", name.trim_start_matches("./"));
    match text(snapshot, &path) {
        Some(it) => Ok((path, it)),
        None => Err((format!("{dir}/kustomization.yaml"), eco_format!("it names `{name}`, which is not there"))),
    }
}

/// The documents of a file as JSON.
fn values(path: &str, text: &str) -> Result<Vec<Value>, Failure> {
    let documents = documents(text).map_err(|reason| (path.to_owned(), reason))?;
    let json = documents.into_iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
    json.map_err(|it| (path.to_owned(), eco_format!("{it}")))
}

fn apply(objects: &mut [Value], file: &str, text: &str, target: Option<&Value>) -> Result<(), Failure> {
    for patch in values(file, text)? {
        for object in objects.iter_mut().filter(|it| hits(it, target.unwrap_or(&patch), target.is_some())) {
            if patch.is_array() {
                let operations: json_patch::Patch =
                    serde_json::from_value(patch.clone()).map_err(|it| (file.to_owned(), eco_format!("{it}")))?;
                json_patch::patch(object, &operations).map_err(|it| (file.to_owned(), eco_format!("{it}")))?;
            } else {
                // Of kinds that kustomize has no schema of, a strategic merge is a merge: lists are replaced.
                let name = object.get("metadata").cloned();
                json_patch::merge(object, &patch);
                if let (Some(Value::Object(old)), Some(Value::Object(new))) = (name, object.get_mut("metadata")) {
                    new.extend(
                        ["name", "namespace"].into_iter().filter_map(|it| Some((it.into(), old.get(it)?.clone()))),
                    );
                }
            }
        }
    }
    Ok(())
}

/// Whether a patch is for an object: by its target, whose texts are patterns, or by what it names itself.
fn hits(object: &Value, by: &Value, is_target: bool) -> bool {
    let (group, version) = split(object.get("apiVersion"));
    let metadata = |it: &Value, key: &str| it.get("metadata").and_then(|it| it.get(key)?.as_str()).map(str::to_owned);
    let own = [
        ("group", Some(group)),
        ("version", Some(version)),
        ("kind", object.get("kind").and_then(Value::as_str).map(str::to_owned)),
        ("name", metadata(object, "name")),
        ("namespace", metadata(object, "namespace")),
    ];
    if is_target {
        // No object of bootstrap has labels or annotations that a selector could ask for.
        let selects = ["labelSelector", "annotationSelector"].iter().any(|it| by.get(it).is_some());
        return !selects
            && own.iter().all(|(key, own)| match by.get(*key).and_then(Value::as_str) {
                None | Some("") => true,
                Some(pattern) => Regex::new(&format!("^(?:{pattern})$"))
                    .is_ok_and(|it| own.as_deref().is_some_and(|own| it.is_match(own))),
            });
    }
    let (group, _) = split(by.get("apiVersion"));
    let named = [
        ("group", Some(group)),
        ("kind", by.get("kind").and_then(Value::as_str).map(str::to_owned)),
        ("name", metadata(by, "name")),
        ("namespace", metadata(by, "namespace")),
    ];
    named.iter().all(|(key, wanted)| own.iter().any(|(it, own)| it == key && own == wanted))
}

fn split(api_version: Option<&Value>) -> (String, String) {
    let text = api_version.and_then(Value::as_str).unwrap_or_default();
    text.split_once('/')
        .map_or_else(|| (String::new(), text.to_owned()), |(group, version)| (group.into(), version.into()))
}
