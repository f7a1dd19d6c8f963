//! ConfigMaps and Secrets that a kustomization makes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ecow::{EcoString, eco_format};
use serde_json::{Map, Value, json};

use super::files::Files;
use super::list::{List, resolved};
use super::resource::{Resource, put, text};
use super::trouble::Trouble;

pub(super) fn all(files: &Files, dir: &str, list: &List, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
        for it in list.all(key) {
            let made = generated(files, dir, list, kind, it)?;
            found.push(made);
        }
    }
    Ok(())
}

fn generated(files: &Files, dir: &str, list: &List, kind: &str, of: &Value) -> Result<Resource, Trouble> {
    let option = |key: &str| {
        let own = of.get("options").and_then(|it| it.get(key));
        own.or_else(|| list.body.get("generatorOptions").and_then(|it| it.get(key)))
    };
    let is_plain = option("disableNameSuffixHash").and_then(Value::as_bool) == Some(true);
    if !is_plain {
        return Err(Trouble::beyond(&list.file, "a generator that puts a hash behind a name"));
    }
    if text(of, "behavior").is_some_and(|it| it != "create") {
        return Err(Trouble::beyond(&list.file, "a generator that changes what is there"));
    }
    let mut data = Map::new();
    for (key, value) in entries(files, dir, list, of)? {
        let value = if kind == "Secret" { STANDARD.encode(value) } else { value };
        data.insert(key, value.into());
    }
    let mut metadata = json!({ "name": text(of, "name").unwrap_or_default() });
    for key in ["labels", "annotations"] {
        if let Some(it) = option(key) {
            put(&mut metadata, &[key], it.clone());
        }
    }
    if let Some(it) = text(of, "namespace") {
        put(&mut metadata, &["namespace"], it.into());
    }
    let mut body = json!({ "apiVersion": "v1", "kind": kind, "metadata": metadata });
    if !data.is_empty() {
        put(&mut body, &["data"], data.into());
    }
    if kind == "Secret" {
        put(&mut body, &["type"], text(of, "type").unwrap_or("Opaque").into());
    }
    if let Some(true) = option("immutable").and_then(Value::as_bool) {
        put(&mut body, &["immutable"], true.into());
    }
    Ok(Resource { is_generated: true, is_changed: true, ..Resource::new(body, &list.file, 0) })
}

/// Keys and values, in order.
fn entries(files: &Files, dir: &str, list: &List, of: &Value) -> Result<Vec<(String, String)>, Trouble> {
    let texts = |key: &str| of.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let read = |name: &str| -> Result<String, Trouble> {
        let place: Option<EcoString> = resolved(dir, name);
        let found = place.and_then(|it| files.text(&it).cloned());
        found.map(|it| it.to_string()).ok_or_else(|| Trouble::broken(&list.file, eco_format!("`{name}` is not there")))
    };
    let mut found = Vec::new();
    for it in texts("envs").chain(text(of, "env")) {
        for line in read(it)?.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            found.push((key.to_owned(), value.to_owned()));
        }
    }
    for it in texts("files") {
        let (key, file) = it.split_once('=').unwrap_or_else(|| (it.rsplit('/').next().unwrap_or(it), it));
        found.push((key.to_owned(), read(file)?));
    }
    for it in texts("literals") {
        let (key, value) = it.split_once('=').unwrap_or((it, ""));
        let quotes =
            ['"', '\''].iter().find(|quote| value.len() > 1 && value.starts_with(**quote) && value.ends_with(**quote));
        let value = if quotes.is_some() { value.get(1..value.len() - 1).unwrap_or_default() } else { value };
        found.push((key.to_owned(), value.to_owned()));
    }
    Ok(found)
}
