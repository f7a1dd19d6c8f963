//! A `kustomization.yaml`: what it has, and what of that is not done here.

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::files::Files;
use super::trouble::Trouble;
use crate::kube::directory::KUSTOMIZATIONS;

/// A kustomization and its file.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub file: EcoString,
    pub body: Value,
}

/// Fields that only plugins, or references that follow a name, need.
const BEYOND: [&str; 12] = [
    "namePrefix",
    "nameSuffix",
    "helmCharts",
    "helmChartInflationGenerator",
    "generators",
    "transformers",
    "validators",
    "replacements",
    "vars",
    "openapi",
    "buildMetadata",
    "crds",
];

impl List {
    /// That of a directory; none if it has none.
    pub(super) fn of(files: &Files, dir: &str) -> Result<Option<Self>, Trouble> {
        let Some(file) = KUSTOMIZATIONS.iter().map(|it| joined(dir, it)).find(|it| files.text(it).is_some()) else {
            return Ok(None);
        };
        let documents = files.documents(&file)?;
        let all = documents.as_ref().as_ref().map_err(|why| Trouble::broken(&file, why.clone()))?;
        match all.as_slice() {
            [] => Ok(Some(Self { file, body: Value::Object(serde_json::Map::new()) })),
            [body] if body.is_object() => Self { file, body: body.clone() }.checked().map(Some),
            _ => Err(Trouble::broken(&file, "it is not one kustomization")),
        }
    }

    pub(super) fn checked(self) -> Result<Self, Trouble> {
        let has = |key: &str| self.body.get(key).is_some_and(|it| !is_empty(it));
        match BEYOND.iter().find(|it| has(it)) {
            Some(it) => Err(Trouble::beyond(&self.file, eco_format!("`{it}`"))),
            None => Ok(self),
        }
    }

    /// The elements of a list.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = &Value> {
        self.body.get(key).and_then(Value::as_array).into_iter().flatten()
    }

    /// The texts of a list.
    pub(super) fn texts<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.all(key).filter_map(Value::as_str)
    }
}

/// Whether there is nothing in it.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(it) => it.is_empty(),
        Value::Array(it) => it.is_empty(),
        Value::Object(it) => it.is_empty(),
        _ => false,
    }
}

/// A path below a directory; the empty one is the repository.
pub(super) fn joined(dir: &str, name: &str) -> EcoString {
    if dir.is_empty() { name.into() } else { eco_format!("{dir}/{name}") }
}

/// A path that a file of a directory names; none if it leads out of the repository.
pub(super) fn resolved(dir: &str, path: &str) -> Option<EcoString> {
    let mut parts: Vec<&str> = dir.split('/').filter(|it| !it.is_empty()).collect();
    for it in path.split('/') {
        match it {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            it => parts.push(it),
        }
    }
    Some(parts.join("/").into())
}
