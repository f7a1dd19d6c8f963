//! What a Flux Kustomization adds to the kustomization of its directory.
//!
//! Source: `fluxcd/pkg/kustomize`, `kustomize_generator.go`.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::build::Builder;
use super::list::{List, joined};
use super::resource::Resource;
use super::transform::LISTS;
use super::trouble::Trouble;
use crate::source::is_within;

/// The spec of a Flux Kustomization, and where its directory is in the repository.
#[derive(Clone, Copy)]
pub struct Spec<'a> {
    pub dir: &'a str,
    pub spec: &'a Value,
}

impl Builder<'_> {
    /// What Flux applies, before variables are replaced and without `commonMetadata`, which is compared where it is written.
    ///
    /// # Errors
    /// If the directory cannot be built, here or at all.
    pub fn flux(&self, of: Spec<'_>) -> Result<Vec<Resource>, Trouble> {
        let list = match List::of(self.files, of.dir)? {
            Some(it) => it,
            None => self.generated(of.dir)?,
        };
        let list = with_spec(list, of.spec)?;
        let built = self.built(of.dir, &list, &mut Vec::new())?;
        Ok(Arc::unwrap_or_clone(built))
    }

    /// Without a kustomization, Flux lists all YAML below; a directory that has one is built as a whole.
    fn generated(&self, dir: &str) -> Result<List, Trouble> {
        let file = joined(dir, "kustomization.yaml");
        if !self.files.is_directory(dir) {
            return Err(Trouble::broken(dir, "there is no such directory"));
        }
        let mut resources: Vec<Value> = Vec::new();
        let mut built: Vec<&str> = Vec::new();
        for path in self.files.below(dir) {
            let inner = path.get(dir.len()..).unwrap_or_default().trim_start_matches('/');
            let below = inner.rsplit_once('/').map_or("", |it| it.0);
            if built.iter().any(|it| is_within(below, it)) {
                continue;
            }
            let outermost = below.match_indices('/').map(|it| it.0).chain([below.len()]);
            let mut directories = outermost.filter_map(|end| below.get(..end)).filter(|it| !it.is_empty());
            if let Some(it) = directories.find(|it| List::of(self.files, &joined(dir, it)).is_ok_and(|it| it.is_some()))
            {
                built.push(it);
                resources.push(it.into());
            } else if [".yaml", ".yml"].iter().any(|end| inner.ends_with(end)) {
                resources.push(inner.into());
            }
        }
        Ok(List { file, body: serde_json::json!({ "resources": resources }) })
    }
}

/// The kustomization with what the spec adds.
fn with_spec(mut list: List, spec: &Value) -> Result<List, Trouble> {
    for key in ["namePrefix", "nameSuffix"] {
        if spec.get(key).is_some() {
            return Err(Trouble::beyond(&list.file, ecow::eco_format!("`{key}` in its Kustomization")));
        }
    }
    let Some(body) = list.body.as_object_mut() else { return Ok(list) };
    if let Some(it) = spec.get("targetNamespace") {
        body.insert("namespace".into(), it.clone());
    }
    for key in LISTS {
        if let Some(Value::Array(more)) = spec.get(key) {
            append(body, key, more);
        }
    }
    Ok(list)
}

fn append(body: &mut Map<String, Value>, key: &str, more: &[Value]) {
    match body.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(all) => all.extend(more.iter().cloned()),
        other => *other = Value::Array(more.to_vec()),
    }
}
