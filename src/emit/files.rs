//! Which object stands in which file.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::class::class_files;
use super::patch::with_patches;
use super::tree::{FileTree, HEADER};
use crate::fleet;
use crate::flux::object::{Tree, list, text};
use crate::flux::{self, Bundle, Deployed, Object, Part, Unit, UnitPlace};
use crate::source::{Anchor, Db, Origin};
use crate::syntax;
use crate::value::yaml::{Style, Writer};

/// The files of a bundle: its objects, and a `kustomization.yaml` for each directory
/// that a Kustomization points at.
#[must_use]
pub fn common_files(db: &dyn Db, bundle: &Bundle) -> FileTree {
    let mut tree = FileTree::default();
    let origin = bundle.catalogue.map(Origin::of).or_else(|| bundle.objects.first().map(|it| it.origin));
    let Some(origin) = origin else { return tree };
    let mut parts: BTreeMap<Part, Vec<&Object>> = BTreeMap::new();
    for object in &bundle.objects {
        parts.entry(bundle.part(object)).or_default().push(&**object);
    }
    if !parts.is_empty() {
        parts.entry(Part::Main).or_default();
    }
    for (part, objects) in parts {
        let dir = match part.dir().as_str() {
            "" => bundle.dir.clone(),
            inner => eco_format!("{}/{inner}", bundle.dir),
        };
        let is_component = matches!(part, Part::Component(_));
        directory(db, &mut tree, &dir, &objects, is_component, origin);
    }
    tree
}

/// Objects and the `kustomization.yaml` that lists them.
fn directory(db: &dyn Db, tree: &mut FileTree, dir: &str, objects: &[&Object], is_component: bool, origin: Origin) {
    let mut resources: Vec<EcoString> = Vec::new();
    for object in objects {
        resources.push(object.file.clone());
        let path = eco_format!("{dir}/{}", object.file);
        let text = file(db, &path, std::slice::from_ref(*object), object.origin);
        tree.add(path, text);
    }
    resources.sort();
    let (version, kind) = if is_component {
        ("kustomize.config.k8s.io/v1alpha1", "Component")
    } else {
        ("kustomize.config.k8s.io/v1beta1", "Kustomization")
    };
    let resources = resources.into_iter().map(|it| text(it, origin)).collect();
    let body = Tree::new(origin)
        .text("apiVersion", version)
        .text("kind", kind)
        .node("resources", list(resources, origin))
        .build();
    let path = eco_format!("{dir}/kustomization.yaml");
    let mut writer = Writer::new(Style::File);
    header(db, &mut writer, &path, origin, false);
    writer.document(&body);
    tree.add(path, writer.finish().0);
}

/// The files in a cluster's directory.
#[must_use]
pub fn cluster_files(db: &dyn Db, anchor: Anchor) -> FileTree {
    let mut tree = FileTree::default();
    let class = flux::class_of(db, anchor).and_then(|it| class_files(db, it).as_ref());
    let Some(files) = class else { return exact_files(db, &flux::exactly(db, anchor).value) };
    let cluster = &fleet::cluster(db, anchor).value;
    for it in files {
        let path = eco_format!("{}/{}", cluster.path, it.name);
        let mut writer = Writer::new(Style::File);
        header(db, &mut writer, &path, cluster.taking(it.catalogue).unwrap_or(it.origin), true);
        let mut text = writer.finish().0;
        it.body.fill(&cluster.facts, &mut text);
        tree.add(path, text);
    }
    tree
}

/// The files of a cluster as it is made by itself: what a class shares must come to the same.
#[must_use]
pub fn exact_files(db: &dyn Db, deployed: &Deployed) -> FileTree {
    let mut tree = FileTree::default();
    let root = &deployed.path;
    let mut by_file: BTreeMap<EcoString, Vec<Object>> = BTreeMap::new();
    for object in deployed.root.iter() {
        by_file.entry(object.file.clone()).or_default().push(object.clone());
    }
    for unit in deployed.units.iter().filter(|it| it.place != UnitPlace::Gate) {
        by_file.entry(eco_format!("{}.yaml", unit.name)).or_default().push(with_patches(db, unit));
    }
    for (name, objects) in by_file {
        let path = eco_format!("{root}/{name}");
        let origin = objects.first().map_or(Origin::of(deployed.anchor), |it| it.origin);
        let text = file(db, &path, &objects, origin);
        tree.add(path, text);
    }
    let gated: Vec<&Unit> = deployed.units.iter().filter(|it| it.place == UnitPlace::Gate).collect();
    if let Some(first) = gated.first() {
        let dir = first.path.rsplit_once('/').map_or(root.as_str(), |(dir, _)| dir);
        let sync: Vec<Object> = gated.iter().map(|it| with_patches(db, it)).collect();
        let path = eco_format!("{dir}/sync.yaml");
        let body = file(db, &path, &sync, first.origin);
        tree.add(path, body);
        // The gate: the root's build stops here and does not descend.
        let path = eco_format!("{dir}/kustomization.yaml");
        let body = Tree::new(first.origin)
            .text("apiVersion", "kustomize.config.k8s.io/v1beta1")
            .text("kind", "Kustomization")
            .node("resources", list(vec![text("sync.yaml", first.origin)], first.origin))
            .build();
        let mut writer = Writer::new(Style::File);
        header(db, &mut writer, &path, first.origin, false);
        writer.document(&body);
        tree.add(path, writer.finish().0);
        for unit in gated {
            let objects: Vec<&Object> = unit.objects.iter().map(|it| &**it).collect();
            directory(db, &mut tree, &unit.path, &objects, false, unit.origin);
        }
    }
    tree
}

/// A whole file: header, then one document an object.
fn file(db: &dyn Db, path: &str, objects: &[Object], origin: Origin) -> String {
    let mut writer = Writer::new(Style::File);
    header(db, &mut writer, path, origin, true);
    documents(&mut writer, objects);
    writer.finish().0
}

/// One document an object.
pub fn documents<'a>(writer: &mut Writer, objects: impl IntoIterator<Item = &'a Object>) {
    for (nth, object) in objects.into_iter().enumerate() {
        if nth > 0 {
            writer.separator();
        }
        match &object.raw {
            Some(raw) => writer.verbatim(raw),
            None => writer.document(&object.body),
        }
    }
}

/// The line that makes a file fleetc's, without the sign of a comment.
#[must_use]
pub fn header_line(db: &dyn Db, path: &str, origin: Origin) -> String {
    let source = origin.anchor.file(db).path(db);
    format!("{}{path}, from {source}. Do not edit.", HEADER.trim_start_matches("# "))
}

/// Whose the file is, where it comes from, and what its declaration says of itself.
fn header(db: &dyn Db, writer: &mut Writer, path: &str, origin: Origin, with_doc: bool) {
    writer.comment(&header_line(db, path, origin));
    if with_doc && let Some(doc) = &syntax::declaration(db, origin.anchor).doc {
        for line in doc.lines() {
            writer.comment(line);
        }
    }
}
