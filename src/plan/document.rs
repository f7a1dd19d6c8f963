//! Documents of YAML files that somebody else wrote, or an earlier build.

use ecow::{EcoString, eco_format};

use crate::kube::Id;
use crate::kube::object::split_api_version;

/// The documents of a YAML text, without empty ones.
pub(super) fn documents(text: &str) -> Result<Vec<serde_yaml::Value>, EcoString> {
    use serde::Deserialize;
    let mut found = Vec::new();
    for it in serde_yaml::Deserializer::from_str(text) {
        match serde_yaml::Value::deserialize(it) {
            Ok(serde_yaml::Value::Null) => {}
            Ok(it) => found.push(it),
            Err(reason) => return Err(eco_format!("it is no YAML: {reason}")),
        }
    }
    Ok(found)
}

/// The identity of an object.
pub(super) fn id_of(document: &serde_yaml::Value) -> Option<Id> {
    let (group, _) = split_api_version(document.get("apiVersion")?.as_str()?);
    let metadata = document.get("metadata")?;
    Some(Id {
        group,
        kind: document.get("kind")?.as_str()?.into(),
        namespace: metadata.get("namespace").and_then(serde_yaml::Value::as_str).unwrap_or_default().into(),
        name: metadata.get("name")?.as_str()?.into(),
    })
}

pub(super) fn field(of: &serde_yaml::Value, keys: &[&str]) -> Option<EcoString> {
    keys.iter().try_fold(of, |node, key| node.get(*key)).and_then(serde_yaml::Value::as_str).map(EcoString::from)
}
