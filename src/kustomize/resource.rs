//! An object on its way through kustomizations.

use std::collections::BTreeMap;

use ecow::EcoString;
use serde_json::{Map, Value};

use crate::kube::Id;
use crate::kube::object::split_api_version;
use crate::schema::{self, Scope};

/// An object that a kustomization lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    pub body: Value,
    /// The file that it is written in, from the repository's root.
    pub file: EcoString,
    /// Which of the objects in that file.
    pub nth: usize,
    /// Whether a kustomization changed it: it is not what its file says.
    pub is_changed: bool,
    /// Whether a generator made it.
    pub is_generated: bool,
    /// Names and namespaces that it had: a patch finds it by these, too.
    pub(super) before: Vec<(EcoString, EcoString)>,
}

impl Resource {
    pub(super) fn new(body: Value, file: &EcoString, nth: usize) -> Self {
        Self { body, file: file.clone(), nth, is_changed: false, is_generated: false, before: Vec::new() }
    }

    /// The same with another body.
    #[must_use]
    pub fn with(self, body: Value) -> Self {
        Self { is_changed: self.is_changed || body != self.body, body, ..self }
    }

    /// Group and version.
    #[must_use]
    pub fn api_version(&self) -> (EcoString, EcoString) {
        split_api_version(self.text("apiVersion"))
    }

    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("kind")
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.metadata("name")
    }

    #[must_use]
    pub fn namespace(&self) -> &str {
        self.metadata("namespace")
    }

    /// What it is on a cluster: what has no namespace there has none here.
    #[must_use]
    pub fn id(&self) -> Id {
        let (group, _) = self.api_version();
        let scope = schema::scope(&group, self.kind()).or_else(|| schema::custom_scope(&group, self.kind()));
        let is_of_cluster = scope == Some(Scope::Cluster);
        let namespace = if is_of_cluster { "" } else { self.namespace() };
        Id { kind: self.kind().into(), namespace: namespace.into(), name: self.name().into(), group }
    }

    /// Labels or annotations.
    pub(super) fn texts(&self, key: &str) -> BTreeMap<EcoString, EcoString> {
        let map = self.body.get("metadata").and_then(|it| it.get(key)?.as_object());
        map.into_iter().flatten().filter_map(|(key, it)| Some((key.into(), it.as_str()?.into()))).collect()
    }

    fn text(&self, key: &str) -> &str {
        self.body.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn metadata(&self, key: &str) -> &str {
        self.body.get("metadata").and_then(|it| it.get(key)?.as_str()).unwrap_or_default()
    }

    /// Notes its name before something changes it.
    pub(super) fn remember(&mut self) {
        let now = (self.name().into(), self.namespace().into());
        if !self.before.contains(&now) {
            self.before.push(now);
        }
    }

    /// Names and namespaces by which it is found, the newest first.
    pub(super) fn called(&self) -> impl Iterator<Item = (EcoString, EcoString)> {
        let now = (self.name().into(), self.namespace().into());
        std::iter::once(now).chain(self.before.iter().rev().cloned())
    }
}

/// The map at a path, made where there is none.
pub(super) fn map_at<'a>(body: &'a mut Value, path: &[&str]) -> Option<&'a mut Map<String, Value>> {
    let mut at = body;
    for key in path {
        let map = at.as_object_mut()?;
        let slot = map.entry(*key).or_insert_with(|| Value::Object(Map::new()));
        if slot.is_null() {
            *slot = Value::Object(Map::new());
        }
        at = slot;
    }
    at.as_object_mut()
}

/// A text of a map.
pub(super) fn text<'v>(of: &'v Value, key: &str) -> Option<&'v str> {
    of.get(key).and_then(Value::as_str)
}

/// Sets what is at a path, making maps on the way.
pub(super) fn put(body: &mut Value, path: &[&str], value: Value) {
    if let Some((last, above)) = path.split_last()
        && let Some(map) = map_at(body, above)
    {
        map.insert((*last).to_owned(), value);
    }
}
