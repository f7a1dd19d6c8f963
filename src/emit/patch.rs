//! Patches as text, inside the Flux Kustomization that makes them.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::document::known;
use super::filling::Filling;
use crate::diagnostic::{Invariant, bug};
use crate::flux::{self, Differing, SharedItem, Unit, UnitPatches};
use crate::kube::object::{Tree, list, merge, set};
use crate::kube::{Identity, Object, Operation, Patch};
use crate::source::{Db, Origin};
use crate::syntax::ast;
use crate::value::yaml::{Style, Writer};
use crate::value::{AsciiWriter, Node, Template, TemplatePart};

/// The Flux Kustomization of a unit, with its patches.
#[must_use]
pub fn with_patches(db: &dyn Db, unit: &Unit) -> Object {
    let mut object = unit.kustomization.clone();
    let mut patches: Vec<Node> = unit.each_patch(db).map(entry).collect();
    patches.extend(raw(unit));
    if !patches.is_empty() {
        let mut all = object.body.at(&["spec", "patches"]).and_then(Node::list).unwrap_or_default().to_vec();
        all.extend(patches);
        set(&mut object.body, &["spec", "patches"], list(all, unit.origin));
    }
    object
}

/// The Kustomization of a unit with its patches, with placeholders for facts.
pub(super) fn unit_text(db: &dyn Db, unit: &Unit) -> Filling {
    let mut writer = Writer::new(Style::File);
    if unit.kustomization.body.at(&["spec", "patches"]).is_some() {
        writer.document(&with_patches(db, unit).body);
        return Filling::of(&writer.finish_template());
    }
    writer.document(&unit.kustomization.body);
    let mut text = Filling::of(&writer.finish_template());
    if unit.each_patch(db).next().is_some() || !unit.raw_patches.is_empty() {
        text.push(HEAD.trim_start_matches("spec:\n"));
    }
    for it in &unit.patches {
        match it {
            UnitPatches::Own(all) => all.iter().for_each(|it| text.append(&entry_text(entry(it)))),
            UnitPatches::Made { shared_item, object } => {
                let made = made_texts(db, *shared_item).get(*object);
                text.append(made.invariant("what a unit patches is one of the objects that were made"));
            }
        }
    }
    for it in raw(unit) {
        text.append(&entry_text(it));
    }
    text
}

/// What stands above the entries.
const HEAD: &str = "spec:\n  patches:\n";

/// An entry of `spec.patches`, as it stands in a file.
fn entry_text(entry: Node) -> Filling {
    let origin = entry.origin;
    let spec = Tree::new(origin).node("patches", list(vec![entry], origin));
    let mut writer = Writer::new(Style::File);
    writer.document(&Tree::new(origin).tree("spec", spec).build());
    let (head, mut parts) = (TemplatePart::Text(HEAD.into()), writer.finish_template().parts().to_vec());
    match parts.first_mut() {
        Some(TemplatePart::Text(first)) if first.starts_with(HEAD) => *first = first.replacen(HEAD, "", 1),
        it => bug(&format!("a list of patches begins with {head:?}, and not with {it:?}")),
    }
    Filling::of(&Template::joined(parts))
}

/// The texts of the patches of what is made for clusters of a class, object by object.
#[salsa::tracked]
fn made_texts(db: &dyn Db, shared_item: SharedItem) -> Arc<[Filling]> {
    let text = |it: &Differing| {
        known(&it.object);
        let mut all = Filling::default();
        it.patches.iter().for_each(|it| all.append(&entry_text(entry(it))));
        all
    };
    flux::made(db, shared_item).objects.iter().map(text).collect()
}

/// The entries that merge something into objects of somebody else's.
fn raw(unit: &Unit) -> impl Iterator<Item = Node> {
    unit.raw_patches.iter().map(|it| patch_text(&raw_body(it), it.1.origin))
}

/// What is merged into an object of somebody else's, with what names it.
pub(super) fn raw_body((patch, node): &(ast::Patch, Node)) -> Node {
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
    body
}

/// An entry of `spec.patches`.
fn entry(patch: &Patch) -> Node {
    match patch {
        Patch::Delete { object } => patch_text(&deletion(object), object.origin),
        Patch::Merge { object, body } => patch_text(&merged(object, body), object.origin),
        Patch::Json { object, operations } => {
            let mut body = AsciiWriter::default();
            for (nth, it) in operations.iter().enumerate() {
                body.verbatim(if nth == 0 { "[\n  " } else { ",\n  " });
                operation(&mut body, it);
            }
            body.verbatim("\n]\n");
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
            let patch = Node::new(body.finish().into_value(), object.origin);
            Tree::new(object.origin).node("patch", patch).tree("target", target).build()
        }
    }
}

fn deletion(object: &Identity) -> Node {
    Tree::new(object.origin)
        .text("$patch", "delete")
        .text("apiVersion", object.api_version.clone())
        .text("kind", object.kind.clone())
        .tree("metadata", metadata(object))
        .build()
}

/// The patch that merges `body` into an object.
pub(super) fn merged(object: &Identity, body: &Node) -> Node {
    let mut whole = Tree::new(object.origin)
        .text("apiVersion", object.api_version.clone())
        .text("kind", object.kind.clone())
        .tree("metadata", metadata(object))
        .build();
    merge(&mut whole, body);
    whole
}

fn metadata(object: &Identity) -> Tree {
    let tree = Tree::new(object.origin).text("name", object.name.clone());
    if object.namespace.is_empty() { tree } else { tree.text("namespace", object.namespace.clone()) }
}

fn patch_text(body: &Node, origin: Origin) -> Node {
    let mut writer = Writer::new(Style::Patch);
    writer.document(body);
    Tree::new(origin).node("patch", Node::new(writer.finish_template().into_value(), origin)).build()
}

/// `{"op": "add", "path": "/spec/values/x", "value": null}`: `add` also replaces.
fn operation(out: &mut AsciiWriter, it: &Operation) {
    let path = it
        .path
        .iter()
        .fold(String::new(), |path, key| path + "/" + &key.as_str().replace('~', "~0").replace('/', "~1"));
    out.verbatim(r#"{"op": "add", "path": "#);
    out.string(&path);
    out.verbatim(r#", "value": "#);
    out.node(&it.value);
    out.verbatim("}");
}

/// A name as a regular expression that matches it alone.
fn escaped(name: &str) -> EcoString {
    name.chars().fold(EcoString::new(), |text, it| {
        if "\\.+*?()|[]{}^$".contains(it) { eco_format!("{text}\\{it}") } else { eco_format!("{text}{it}") }
    })
}
