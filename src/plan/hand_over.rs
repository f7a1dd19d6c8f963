//! What a Kustomization by hand applied, from a directory by hand, as Flux built it: for those that are taken over.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::document::{documents, id_of};
use super::old::{Old, survives};
use crate::fleet::{self, Settings};
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::applied::{Applied, OwnSource};
use crate::kube::directory::Applies;
use crate::source::Db;

/// An object that a Kustomization applied, and what it was, as far as that is known.
pub(super) struct HandedOver {
    pub id: Id,
    /// None where a patch, a variable or a namespace made something else of it.
    pub document: Option<Value>,
}

impl HandedOver {
    /// Whether Flux leaves it when its Kustomization has it no longer.
    pub(super) fn survives(&self) -> bool {
        self.document.as_ref().is_some_and(survives)
    }
}

/// All of it; none where not all is seen, something may be called otherwise, or it is not known what Helm calls a release.
pub(super) fn of(db: &dyn Db, settings: &Settings, deployed: &Deployed, old: &Old, id: &Id) -> Option<Vec<HandedOver>> {
    let sync = &fleet::cluster(db, deployed.anchor).value.sync;
    let generated = [&settings.output.common, &settings.output.applications, &settings.output.clusters];
    let own = OwnSource { kind: &sync.kind, name: &sync.name, namespace: &sync.namespace, generated };
    let mut applied = Applied::default();
    applied.follow(db, &own, &Applies::of(&old.spec), id);
    if applied.may_be_more || !applied.others.is_empty() || !applied.missing.is_empty() || !applied.broken.is_empty() {
        return None;
    }
    let moves = old.spec.get("targetNamespace").is_some();
    applied
        .objects
        .into_iter()
        .map(|it| {
            let as_written = !it.is_patched && !it.is_substituted && !moves && it.listed.moved_to.is_none();
            let document = as_written.then(|| written(db, &it.listed.file, it.id.as_ref()?)).flatten();
            let id = it.id?;
            (document.is_some() || id.kind != "HelmRelease").then_some(HandedOver { id, document })
        })
        .collect()
}

/// An object as it stands in a file.
fn written(db: &dyn Db, file: &EcoString, id: &Id) -> Option<Value> {
    let text = db.data_file(file).text(db).as_ref().ok()?;
    documents(text).ok()?.into_iter().find(|it| id_of(it).as_ref() == Some(id))
}

/// The fields of an object that are no longer what they were: those that are gone, and those that have another value.
pub(super) fn differences(old: &Value, new: &Value) -> (Vec<EcoString>, Vec<EcoString>) {
    let (mut gone, mut changed) = (BTreeSet::new(), BTreeSet::new());
    compare("", old, Some(new), &mut gone, &mut changed);
    (gone.into_iter().collect(), changed.into_iter().collect())
}

fn compare(
    path: &str,
    old: &Value,
    new: Option<&Value>,
    gone: &mut BTreeSet<EcoString>,
    changed: &mut BTreeSet<EcoString>,
) {
    match (old, new) {
        (_, None) => {
            gone.insert(path.into());
        }
        (Value::Mapping(all), Some(Value::Mapping(_))) => {
            for (key, it) in all {
                let Some(key) = key.as_str() else { continue };
                let below = if path.is_empty() { EcoString::from(key) } else { eco_format!("{path}.{key}") };
                compare(&below, it, new.and_then(|it| it.get(key)), gone, changed);
            }
        }
        (old, Some(new)) => {
            if old != new {
                changed.insert(path.into());
            }
        }
    }
}
