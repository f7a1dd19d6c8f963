//! Where in the repository lies what a Flux Kustomization applies.

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::resource::Resource;
use crate::kube::applied::cleaned;

/// What an ArtifactGenerator of the root copies out of the repository: from a directory to a directory of the artifact.
pub struct Artifact {
    name: EcoString,
    namespace: EcoString,
    copies: Vec<(EcoString, EcoString)>,
}

impl Artifact {
    /// The place in the repository of a path in the artifact.
    fn place(&self, path: &str) -> Option<EcoString> {
        self.copies.iter().find_map(|(from, to)| {
            let rest = if to.is_empty() { path } else { path.strip_prefix(to.as_str())? };
            let is_below = to.is_empty() || rest.is_empty() || rest.starts_with('/');
            is_below.then(|| cleaned(&eco_format!("{from}/{rest}")))
        })
    }
}

/// The artifacts that are made of the repository, which clusters read as an object of a kind and a name.
///
/// Source: `source.extensions.fluxcd.io/v1beta1`, `spec.artifacts[].copy[]`.
#[must_use]
pub fn artifacts(root: &[Resource], kind: &str, name: &str) -> Vec<Artifact> {
    let mut found = Vec::new();
    for it in root.iter().filter(|it| it.kind() == "ArtifactGenerator") {
        let all = |pointer: &str| it.body.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        let own = all("/spec/sources").find(|it| it["kind"] == kind && it["name"] == name);
        let Some(alias) = own.and_then(|it| it["alias"].as_str()) else { continue };
        for artifact in all("/spec/artifacts") {
            let copies = artifact["copy"].as_array().into_iter().flatten().filter_map(|it| {
                let from = it["from"].as_str()?.strip_prefix(&format!("@{alias}/"))?.strip_suffix("**")?;
                let to = it["to"].as_str()?.strip_prefix("@artifact/")?;
                Some((cleaned(from), cleaned(to)))
            });
            found.push(Artifact {
                name: artifact["name"].as_str().unwrap_or_default().into(),
                namespace: it.namespace().into(),
                copies: copies.collect(),
            });
        }
    }
    found
}

/// The directory that the spec of a Kustomization in a namespace means; none where it is of another source, on another cluster,
/// or depends on a variable. `sync` is kind, name and namespace of the object by which clusters read the repository.
#[must_use]
pub fn directory_of(spec: &Value, namespace: &str, sync: [&str; 3], artifacts: &[Artifact]) -> Option<EcoString> {
    let text = |pointer: &str| spec.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let namespace = match text("/sourceRef/namespace") {
        "" => namespace,
        it => it,
    };
    let source = [text("/sourceRef/kind"), text("/sourceRef/name"), namespace];
    let path = cleaned(text("/path"));
    let artifact = artifacts.iter().find(|it| source == ["ExternalArtifact", it.name.as_str(), it.namespace.as_str()]);
    let found = match artifact {
        Some(it) => it.place(&path),
        None => (source == sync).then_some(path),
    };
    found.filter(|it| spec.get("kubeConfig").is_none() && !it.contains('$'))
}
