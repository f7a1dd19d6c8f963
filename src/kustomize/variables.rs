//! `postBuild`: variables that a Kustomization says itself are values from then on.

use ecow::{EcoString, eco_format};
use regex::Regex;
use serde_json::Value;

use super::resource::Resource;
use super::trouble::Trouble;
use crate::kube::Object;
use crate::kube::substitution::{Substitution, is_substituted};
use crate::source::{Anchor, FleetDatabase, InMemory, Kind, Origin};
use crate::value::{json, of_json};

/// Whether a Kustomization replaces variables and says the value of each itself.
#[must_use]
pub fn are_all_said(spec: &Value) -> bool {
    let Some(build) = spec.get("postBuild") else { return false };
    let is_empty = |key: &str| match build.get(key) {
        Some(Value::Array(it)) => it.is_empty(),
        Some(Value::Object(it)) => it.is_empty(),
        _ => true,
    };
    !is_empty("substitute") && is_empty("substituteFrom")
}

/// What Flux makes of objects: each is written, its variables are replaced, and it is read again.
///
/// # Errors
/// If Flux cannot read what comes of it.
pub fn replaced(spec: &Value, objects: Vec<Resource>) -> Result<Vec<Resource>, Trouble> {
    let origin = somewhere();
    let spec = of_json(&with_undefined(spec, &objects), origin);
    let Some(substitution) = Substitution::of(Some(&spec), |_, _| None) else { return Ok(objects) };
    let one = |it: Resource| {
        if !it.body.to_string().contains('$') {
            return Ok(it);
        }
        let body = of_json(&it.body, origin);
        if !is_substituted(&body) {
            return Ok(it);
        }
        let (_, version) = it.api_version();
        let object = Object {
            id: it.id(),
            version,
            body,
            file: it.file.clone(),
            origin,
            raw: None,
            component: None,
            is_checked: true,
        };
        let made = json(&substitution.applied(&object).body);
        // It is as it was only if Flux cannot do it.
        if made == it.body && made.to_string().contains("${") {
            return Err(Trouble::Beyond {
                file: it.file.clone(),
                what: eco_format!("a variable in {} that nothing defines", object.id),
            });
        }
        Ok(it.with(made))
    };
    objects.into_iter().map(one).collect()
}

/// The spec with what nothing defines: where Flux is not strict, that is empty.
fn with_undefined(spec: &Value, objects: &[Resource]) -> Value {
    let mut spec = spec.clone();
    let Some(known) = spec.pointer_mut("/postBuild/substitute").and_then(Value::as_object_mut) else { return spec };
    let Ok(variable) = Regex::new(r"\$\{([A-Za-z_][A-Za-z0-9_]*)") else { return spec };
    for it in objects {
        let text = it.body.to_string();
        for name in variable.captures_iter(&text).filter_map(|it| it.get(1)) {
            known.entry(name.as_str()).or_insert_with(|| "".into());
        }
    }
    spec
}

/// A place for values that stand in no source.
fn somewhere() -> Origin {
    let sources = vec![("fleet.fleet".to_owned(), String::new())];
    let db = FleetDatabase::new(sources, std::sync::Arc::new(InMemory::default()));
    let file = crate::source::Db::project(&db).files(&db).first().copied();
    match file {
        Some(file) => Origin::of(Anchor::new(&db, file, None, Kind::Data, EcoString::new(), 0, None)),
        None => crate::diagnostic::bug("a database has the file that it was given"),
    }
}
