//! Which object stands in which file.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::class::class_files;
use super::document::{document, known};
use super::patch::with_patches;
use super::tree::{FileTree, HEADER};
use crate::diagnostic::{Invariant, bug};
use crate::fleet;
use crate::flux::{self, Bundle, BundlePart, Deployed, Unit, UnitPlace};
use crate::kube::Object;
use crate::kube::object::{Tree, list, text};
use crate::source::{Anchor, Db, Origin};
use crate::syntax;
use crate::value::Node;
use crate::value::yaml::{Style, Writer};

/// A file that is about to be written.
pub(super) struct Draft<'a> {
    pub path: EcoString,
    /// The declaration that its header names.
    origin: Origin,
    /// Whether the declaration's doc comment heads it.
    with_doc: bool,
    pub documents: Vec<Document<'a>>,
}

/// One document of a file.
pub(super) enum Document<'a> {
    Object(&'a Object),
    /// The Flux Kustomization of a unit, with its patches.
    Unit(&'a Unit, Object),
    /// A `kustomization.yaml`.
    Index(Node),
}

impl Draft<'_> {
    /// Writes it.
    pub(super) fn write(&self, db: &dyn Db, writer: &mut Writer) {
        header(db, writer, &self.path, self.origin, self.with_doc);
        for (nth, it) in self.documents.iter().enumerate() {
            if nth > 0 {
                writer.separator();
            }
            match it {
                Document::Object(it) => document(writer, it),
                Document::Unit(_, it) => document(writer, it),
                Document::Index(body) => writer.document(body),
            }
        }
    }
}

fn tree(db: &dyn Db, drafts: Vec<Draft<'_>>) -> FileTree {
    let mut tree = FileTree::default();
    for it in drafts {
        let mut writer = Writer::new(Style::File);
        it.write(db, &mut writer);
        tree.add(it.path, writer.finish());
    }
    tree
}

/// The files of a bundle: its objects, and a `kustomization.yaml` for each directory
/// that a Kustomization points at.
#[must_use]
pub fn common_files(db: &dyn Db, bundle: &Bundle) -> FileTree {
    tree(db, common_drafts(bundle))
}

pub(super) fn common_drafts(bundle: &Bundle) -> Vec<Draft<'_>> {
    let mut drafts = Vec::new();
    let origin = bundle.catalogue.map(Origin::of).or_else(|| bundle.objects.first().map(|it| it.origin));
    let Some(origin) = origin else { return drafts };
    let mut parts: BTreeMap<BundlePart, Vec<&Object>> = BTreeMap::new();
    for object in &bundle.objects {
        parts.entry(bundle.part(object)).or_default().push(&**object);
    }
    if !parts.is_empty() {
        parts.entry(BundlePart::Main).or_default();
    }
    for (part, objects) in parts {
        let dir = match part.dir().as_str() {
            "" => bundle.dir.clone(),
            inner => eco_format!("{}/{inner}", bundle.dir),
        };
        let is_component = matches!(part, BundlePart::Component(_));
        directory(&mut drafts, &dir, objects, is_component, origin);
    }
    drafts
}

/// Objects and the `kustomization.yaml` that lists them.
fn directory<'a>(drafts: &mut Vec<Draft<'a>>, dir: &str, objects: Vec<&'a Object>, is_component: bool, origin: Origin) {
    let mut resources: Vec<EcoString> = Vec::new();
    for object in objects {
        resources.push(object.file.clone());
        let path = eco_format!("{dir}/{}", object.file);
        let documents = vec![Document::Object(object)];
        drafts.push(Draft { path, origin: object.origin, with_doc: true, documents });
    }
    resources.sort();
    let (version, kind) = if is_component {
        ("kustomize.config.k8s.io/v1alpha1", "Component")
    } else {
        ("kustomize.config.k8s.io/v1beta1", "Kustomization")
    };
    drafts.push(index(dir, version, kind, resources, origin));
}

/// A `kustomization.yaml`.
fn index(dir: &str, version: &str, kind: &str, resources: Vec<EcoString>, origin: Origin) -> Draft<'static> {
    let resources = resources.into_iter().map(|it| text(it, origin)).collect();
    let body = Tree::new(origin)
        .text("apiVersion", version)
        .text("kind", kind)
        .node("resources", list(resources, origin))
        .build();
    let path = eco_format!("{dir}/kustomization.yaml");
    Draft { path, origin, with_doc: false, documents: vec![Document::Index(body)] }
}

/// The files in a cluster's directory.
#[must_use]
pub fn cluster_files(db: &dyn Db, anchor: Anchor) -> FileTree {
    let mut tree = FileTree::default();
    let class = flux::wide_class_of(db, anchor).and_then(|it| class_files(db, it).as_ref());
    let cluster = &fleet::cluster(db, anchor).value;
    let texts = &fleet::own_of(db, anchor).texts;
    let class = class.filter(|files| files.iter().all(|it| it.body.fits(texts)));
    let Some(files) = class else { return exact_files(db, &flux::exactly(db, anchor).value) };
    for it in files {
        let path = eco_format!("{}/{}", cluster.path, it.name);
        let mut writer = Writer::new(Style::File);
        header(db, &mut writer, &path, cluster.taking(it.catalogue).unwrap_or(it.origin), true);
        tree.add_filled(path, writer.finish(), Arc::clone(&it.body), Arc::clone(texts));
    }
    tree
}

/// The files of a cluster as it is made by itself: what a class shares must come to the same.
#[must_use]
pub fn exact_files(db: &dyn Db, deployed: &Deployed) -> FileTree {
    tree(db, cluster_drafts(db, deployed))
}

pub(super) fn cluster_drafts<'a>(db: &dyn Db, deployed: &'a Deployed) -> Vec<Draft<'a>> {
    if !deployed.is_whole {
        bug(&format!("something is missing on cluster `{}`, and no error says why", deployed.cluster));
    }
    deployed.objects().for_each(|(_, it)| known(it));
    let root = &deployed.path;
    let mut by_file: BTreeMap<EcoString, Vec<Document<'a>>> = BTreeMap::new();
    for object in deployed.root.iter() {
        by_file.entry(object.file.clone()).or_default().push(Document::Object(object));
    }
    let unit = |it: &'a Unit| Document::Unit(it, with_patches(db, it));
    for it in deployed.units.iter().filter(|it| it.place != UnitPlace::Gate) {
        by_file.entry(it.file.clone()).or_default().push(unit(it));
    }
    let mut drafts = Vec::new();
    for (name, documents) in by_file {
        let path = eco_format!("{root}/{name}");
        let origin = match documents.first() {
            Some(Document::Object(it)) => it.origin,
            Some(Document::Unit(_, it)) => it.origin,
            _ => Origin::of(deployed.anchor),
        };
        drafts.push(Draft { path, origin, with_doc: true, documents });
    }
    let gated: Vec<&Unit> = deployed.units.iter().filter(|it| it.place == UnitPlace::Gate).collect();
    if let Some(first) = gated.first() {
        let dir = first.path.rsplit_once('/').map(|(dir, _)| dir).invariant("what a gate applies has a directory");
        let path = eco_format!("{dir}/sync.yaml");
        let documents = gated.iter().map(|it| unit(it)).collect();
        drafts.push(Draft { path, origin: first.origin, with_doc: true, documents });
        // The gate: the root's build stops here and does not descend.
        let listed = vec!["sync.yaml".into()];
        drafts.push(index(dir, "kustomize.config.k8s.io/v1beta1", "Kustomization", listed, first.origin));
        for unit in gated {
            let objects: Vec<&Object> = unit.objects.iter().map(|it| &**it).collect();
            directory(&mut drafts, &unit.path, objects, false, unit.origin);
        }
    }
    drafts
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
