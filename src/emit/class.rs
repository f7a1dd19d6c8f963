//! The files that the clusters of a class have, but for their headers and their facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::document::{documents, known};
use super::filling::Filling;
use super::patch::unit_text;
use crate::fleet::Class;
use crate::flux::{self, UnitPlace};
use crate::kube::Object;
use crate::source::{Anchor, Db, Origin};
use crate::value::yaml::{Style, Writer};

/// A file in the roots of the clusters of a class.
#[derive(Debug, PartialEq)]
pub(super) struct ClassFile {
    pub name: EcoString,
    /// The catalogue whose Kustomization heads it: each cluster says itself that it
    /// takes that.
    pub catalogue: Option<Anchor>,
    pub origin: Origin,
    pub body: Arc<Filling>,
}

/// The files of a class; none if some of them are each cluster's own.
#[salsa::tracked]
pub(super) fn class_files(db: &dyn Db, class: Class) -> Option<Vec<ClassFile>> {
    let deployed = flux::of_class(db, class)?;
    if deployed.units.iter().any(|it| it.place == UnitPlace::Gate) {
        return None;
    }
    let mut of_root: BTreeMap<EcoString, Vec<&Object>> = BTreeMap::new();
    for object in deployed.root.iter() {
        of_root.entry(object.file.clone()).or_default().push(object);
    }
    deployed.root.iter().chain(deployed.units.iter().map(|it| &it.kustomization)).for_each(known);
    let mut files: BTreeMap<EcoString, (Option<Anchor>, Origin, Filling)> = BTreeMap::new();
    for (name, objects) in of_root {
        let mut writer = Writer::new(Style::File);
        documents(&mut writer, objects.iter().copied());
        let body = Filling::of(&writer.finish_template());
        let origin = objects.first().map_or(Origin::of(deployed.anchor), |it| it.origin);
        files.insert(name, (None, origin, body));
    }
    for unit in deployed.units.iter() {
        let name = unit.file.clone();
        let body = unit_text(db, unit);
        if let Some((_, _, above)) = files.get_mut(&name) {
            above.push("---\n");
            above.append(&body);
        } else {
            files.insert(name, (unit.catalogue, unit.origin, body));
        }
    }
    let file = |(name, (catalogue, origin, body))| ClassFile { name, catalogue, origin, body: Arc::new(body) };
    Some(files.into_iter().map(file).collect())
}
