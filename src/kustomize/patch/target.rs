//! What a patch is about.

use ecow::{EcoString, eco_format};
use regex::Regex;
use serde_json::Value;

use super::super::resource::{Resource, text};
use super::super::trouble::Trouble;
use crate::kube::selector;

/// A selector of resources. Its texts are regular expressions over whole names.
pub(super) struct Target {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: EcoString,
    annotations: EcoString,
}

impl Target {
    pub(super) fn of(target: &Value, file: &str) -> Result<Self, Trouble> {
        let pattern = |key: &str| -> Result<Option<Regex>, Trouble> {
            let Some(it) = text(target, key).filter(|it| !it.is_empty()) else { return Ok(None) };
            let anchored = Regex::new(&format!("^(?:{it})$"));
            anchored.map(Some).map_err(|_| Trouble::broken(file, eco_format!("`{it}` is no regular expression")))
        };
        Ok(Self {
            group: pattern("group")?,
            version: pattern("version")?,
            kind: pattern("kind")?,
            name: pattern("name")?,
            namespace: pattern("namespace")?,
            labels: text(target, "labelSelector").unwrap_or_default().into(),
            annotations: text(target, "annotationSelector").unwrap_or_default().into(),
        })
    }

    pub(super) fn matches(&self, it: &Resource) -> bool {
        let holds = |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_none_or(|it| it.is_match(text));
        let (group, version) = it.api_version();
        let is_called =
            |(name, namespace): (EcoString, EcoString)| holds(&self.name, &name) && holds(&self.namespace, &namespace);
        holds(&self.group, &group)
            && holds(&self.version, &version)
            && holds(&self.kind, it.kind())
            && it.called().any(is_called)
            && selector::matches(&self.labels, &it.texts("labels")) == Some(true)
            && selector::matches(&self.annotations, &it.texts("annotations")) == Some(true)
    }
}
