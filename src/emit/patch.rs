//! Patches as text, inside the Flux Kustomization that makes them.

use ecow::{EcoString, eco_format};

use crate::flux::object::{Tree, list, merge, set, text};
use crate::flux::{Object, Operation, Patch, Unit};
use crate::source::Origin;
use crate::value::json;
use crate::value::yaml::{Style, Writer};
use crate::value::{Node, Value};

/// The Flux Kustomization of a unit, with its patches.
#[must_use]
pub fn with_patches(unit: &Unit) -> Object {
    let mut object = unit.kustomization.clone();
    let mut patches: Vec<Node> = unit.patches.iter().map(entry).collect();
    patches.extend(unit.raw_patches.iter().map(|(patch, node)| {
        let origin = node.origin;
        let mut metadata = Tree::new(origin).text("name", patch.name.clone());
        if let Some(namespace) = &patch.namespace {
            metadata = metadata.text("namespace", namespace.clone());
        }
        let mut body = Tree::new(origin);
        if let Some(it) = node.get("apiVersion") {
            body = body.node("apiVersion", it.clone());
        }
        let mut body = body.text("kind", patch.object.clone()).tree("metadata", metadata).build();
        merge(&mut body, node);
        patch_text(&body, origin)
    }));
    if !patches.is_empty() {
        let mut all = object.body.at(&["spec", "patches"]).and_then(Node::list).unwrap_or_default().to_vec();
        all.extend(patches);
        set(&mut object.body, &["spec", "patches"], list(all, unit.origin));
    }
    object
}

/// An entry of `spec.patches`.
fn entry(patch: &Patch) -> Node {
    match patch {
        Patch::Delete { object } => {
            let body = Tree::new(object.origin)
                .text("$patch", "delete")
                .text("apiVersion", object.api_version.clone())
                .text("kind", object.kind.clone())
                .tree("metadata", metadata(object))
                .build();
            patch_text(&body, object.origin)
        }
        Patch::Merge { object, body } => {
            let mut whole = Tree::new(object.origin)
                .text("apiVersion", object.api_version.clone())
                .text("kind", object.kind.clone())
                .tree("metadata", metadata(object))
                .build();
            merge(&mut whole, body);
            patch_text(&whole, object.origin)
        }
        Patch::Json { object, operations } => {
            let lines: Vec<String> = operations.iter().map(operation).collect();
            let body = format!("[\n  {}\n]\n", lines.join(",\n  "));
            let mut target = Tree::new(object.origin);
            if !object.group.is_empty() {
                target = target.text("group", escaped(&object.group));
            }
            target = target
                .text("version", object.version.clone())
                .text("kind", object.kind.clone())
                .text("name", escaped(&object.name));
            if !object.namespace.is_empty() {
                target = target.text("namespace", escaped(&object.namespace));
            }
            Tree::new(object.origin).node("patch", text(body, object.origin)).tree("target", target).build()
        }
    }
}

fn metadata(object: &crate::flux::Identity) -> Tree {
    let tree = Tree::new(object.origin).text("name", object.name.clone());
    if object.namespace.is_empty() { tree } else { tree.text("namespace", object.namespace.clone()) }
}

fn patch_text(body: &Node, origin: Origin) -> Node {
    let mut writer = Writer::new(Style::Patch);
    writer.document(body);
    Tree::new(origin).node("patch", Node::new(Value::Text(writer.finish().0.into()), origin)).build()
}

/// `{"op": "add", "path": "/spec/values/x", "value": null}`: `add` also replaces.
fn operation(it: &Operation) -> String {
    let path = it
        .path
        .iter()
        .fold(String::new(), |path, key| path + "/" + &key.as_str().replace('~', "~0").replace('/', "~1"));
    let value = json(&it.value);
    let path = serde_json::Value::from(path);
    format!(r#"{{"op": "add", "path": {path}, "value": {value}}}"#)
}

/// A name as a regular expression that matches it alone.
fn escaped(name: &str) -> EcoString {
    name.chars().fold(EcoString::new(), |text, it| {
        if "\\.+*?()|[]{}^$".contains(it) { eco_format!("{text}\\{it}") } else { eco_format!("{text}{it}") }
    })
}
