//! Patches: which objects they are about, and what they do to them.

mod strategic;
mod target;

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::files::Files;
use super::list::{List, resolved};
use super::resource::{Resource, put, text};
use super::trouble::Trouble;
use crate::data;
use crate::kube::object::split_api_version;
use target::Target;

/// Applies every patch of a kustomization, in its order.
pub(super) fn all(files: &Files, dir: &str, list: &List, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    for it in list.texts("patchesStrategicMerge") {
        // It is a file, or the patch itself.
        let place = if it.contains('\n') { None } else { resolved(dir, it) };
        let content = match place.and_then(|it| files.text(&it)) {
            Some(it) => it.to_string(),
            None => it.to_owned(),
        };
        merged(list, &documents(list, &content)?, None, found)?;
    }
    for it in list.all("patches") {
        one(files, dir, list, it, found)?;
    }
    Ok(())
}

/// `patchesJson6902`, which come after names.
pub(super) fn last(files: &Files, dir: &str, list: &List, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    list.all("patchesJson6902").try_for_each(|it| one(files, dir, list, it, found))
}

fn one(files: &Files, dir: &str, list: &List, patch: &Value, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    let content = content(files, dir, list, patch)?;
    let documents = documents(list, &content)?;
    let target = patch.get("target").map(|it| Target::of(it, &list.file)).transpose()?;
    let operations = match documents.as_slice() {
        [Value::Array(all)] => Some(all),
        _ => None,
    };
    match (operations, target) {
        (Some(all), Some(target)) => {
            let patch: json_patch::Patch = serde_json::from_value(Value::Array(all.clone()))
                .map_err(|why| Trouble::broken(&list.file, eco_format!("a JSON patch: {why}")))?;
            for it in found.iter_mut().filter(|it| target.matches(it)) {
                it.remember();
                json_patch::patch(&mut it.body, &patch)
                    .map_err(|why| Trouble::broken(&list.file, eco_format!("a JSON patch of {}: {why}", it.id())))?;
                it.is_changed = true;
            }
            Ok(())
        }
        (Some(_), None) => Err(Trouble::broken(&list.file, "a JSON patch without a target")),
        (None, target) => merged(list, &documents, target.as_ref(), found),
    }
}

/// The text of a patch, in its place or in its file.
fn content(files: &Files, dir: &str, list: &List, patch: &Value) -> Result<String, Trouble> {
    if let Some(it) = text(patch, "patch").filter(|it| !it.trim().is_empty()) {
        return Ok(it.to_owned());
    }
    // The patches of a Flux Kustomization may hold operations as they are.
    if let Some(it @ Value::Array(_)) = patch.get("patch") {
        return Ok(it.to_string());
    }
    let Some(file) = text(patch, "path") else {
        return Err(Trouble::broken(&list.file, "a patch that holds nothing"));
    };
    let place = resolved(dir, file).and_then(|it| files.text(&it).cloned());
    place.map(|it| it.to_string()).ok_or_else(|| Trouble::broken(&list.file, eco_format!("`{file}` is not there")))
}

fn documents(list: &List, content: &str) -> Result<Vec<Value>, Trouble> {
    data::plain_documents(content).map_err(|why| Trouble::broken(&list.file, eco_format!("a patch: {why}")))
}

/// A strategic merge: with a target all that it matches, else the one that has the names of the patch.
fn merged(list: &List, patches: &[Value], target: Option<&Target>, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    for patch in patches {
        if !patch.is_object() {
            return Err(Trouble::broken(&list.file, "a patch that is no object"));
        }
        let mut gone = BTreeSet::new();
        let mut hits = 0_usize;
        for (at, it) in found.iter_mut().enumerate() {
            let is_hit = target.map_or_else(|| is_about(patch, it), |target| target.matches(it));
            if !is_hit {
                continue;
            }
            hits += 1;
            it.remember();
            if text(patch, "$patch") == Some("delete") {
                gone.insert(at);
                continue;
            }
            renamed_back(it, |body| strategic::merge(body, patch));
            it.is_changed = true;
        }
        if hits == 0 && target.is_none() {
            let name = patch.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            let kind = text(patch, "kind").unwrap_or_default();
            return Err(Trouble::broken(&list.file, eco_format!("a patch of {kind} `{name}`, which is not there")));
        }
        let mut at = 0;
        found.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
    Ok(())
}

/// Changes a resource, which keeps its name: a merge gives no other.
fn renamed_back(it: &mut Resource, change: impl FnOnce(&mut Value)) {
    let paths: [&[&str]; 4] = [&["apiVersion"], &["kind"], &["metadata", "name"], &["metadata", "namespace"]];
    let at = |body: &Value, path: &[&str]| path.iter().try_fold(body, |at, key| at.get(key)).cloned();
    let before: Vec<Option<Value>> = paths.iter().map(|path| at(&it.body, path)).collect();
    change(&mut it.body);
    for (path, was) in paths.iter().zip(before) {
        match (was, path) {
            (Some(was), path) => put(&mut it.body, path, was),
            (None, [above, last]) => {
                if let Some(map) = it.body.get_mut(*above).and_then(Value::as_object_mut) {
                    map.remove(*last);
                }
            }
            (None, _) => {}
        }
    }
}

/// Whether a patch names a resource: as it is called, or as it was.
fn is_about(patch: &Value, resource: &Resource) -> bool {
    let (group, version) = split_api_version(text(patch, "apiVersion").unwrap_or_default());
    let name = patch.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let namespace = patch.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default();
    let plain = |it: &str| EcoString::from(if it == "default" { "" } else { it });
    text(patch, "kind") == Some(resource.kind())
        && (group, version) == resource.api_version()
        && resource.called().any(|(known, of)| known == name && plain(&of) == plain(namespace))
}

/// The patches of a Flux Kustomization or a kustomization that change none of the objects: their targets, as text.
#[must_use]
pub fn unused(patches: &Value, objects: &[Resource]) -> Vec<EcoString> {
    let targets = patches.as_array().into_iter().flatten().filter_map(|it| it.get("target"));
    let is_unused =
        |it: &&Value| Target::of(it, "").is_ok_and(|target| !objects.iter().any(|object| target.matches(object)));
    targets.filter(is_unused).map(|it| eco_format!("{it}")).collect()
}
