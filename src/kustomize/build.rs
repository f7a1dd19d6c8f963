//! Directories, and directories that they list.

use std::sync::{Arc, Mutex, PoisonError};

use ecow::{EcoString, eco_format};
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::files::Files;
use super::list::{List, resolved};
use super::resource::Resource;
use super::trouble::Trouble;
use super::{generate, transform};
use crate::kube::directory::is_remote;

type Built = Result<Arc<Vec<Resource>>, Trouble>;

/// Builds directories of a repository; each that is listed by others is built once.
pub struct Builder<'a> {
    pub(super) files: &'a Files,
    built: Mutex<FxHashMap<EcoString, Built>>,
}

impl<'a> Builder<'a> {
    #[must_use]
    pub fn new(files: &'a Files) -> Self {
        Self { files, built: Mutex::default() }
    }

    /// The resources of a kustomization, transformed. `around` are the directories that are being built.
    pub(super) fn built(&self, dir: &str, list: &List, around: &mut Vec<EcoString>) -> Built {
        let mut resources = self.listed(dir, list, around)?;
        for it in list.texts("components") {
            let place = local(list, dir, it)?;
            let component = List::of(self.files, &place)?
                .ok_or_else(|| Trouble::broken(&list.file, eco_format!("`{it}` is no component")))?;
            enter(around, &place, list)?;
            resources.extend(self.listed(&place, &component, around)?);
            generate::all(self.files, &place, &component, &mut resources)?;
            transform::all(self.files, &place, &component, &mut resources)?;
            around.pop();
        }
        generate::all(self.files, dir, list, &mut resources)?;
        transform::all(self.files, dir, list, &mut resources)?;
        Ok(Arc::new(resources))
    }

    /// Reads what a directory that cannot be built names, as far as it can be read: somebody means it.
    pub fn touch(&self, dir: &str) {
        let mut seen: Vec<EcoString> = Vec::new();
        let mut todo: Vec<EcoString> = vec![dir.into()];
        while let Some(dir) = todo.pop() {
            if seen.contains(&dir) {
                continue;
            }
            seen.push(dir.clone());
            let Ok(Some(list)) = List::of(self.files, &dir) else {
                let read = self.files.below(&dir).filter_map(|it| self.files.text(it));
                read.for_each(drop);
                continue;
            };
            let mut names = Vec::new();
            texts(&list.body, &mut names);
            for place in names.into_iter().filter_map(|it| resolved(&dir, it)) {
                if self.files.text(&place).is_none() {
                    todo.push(place);
                }
            }
        }
    }

    /// A directory as others list it.
    fn directory(&self, dir: &EcoString, list: &List, around: &mut Vec<EcoString>) -> Built {
        if let Some(it) = self.built.lock().unwrap_or_else(PoisonError::into_inner).get(dir) {
            return it.clone();
        }
        enter(around, dir, list)?;
        let built = self.built(dir, list, around);
        around.pop();
        self.built.lock().unwrap_or_else(PoisonError::into_inner).insert(dir.clone(), built.clone());
        built
    }

    fn listed(&self, dir: &str, list: &List, around: &mut Vec<EcoString>) -> Result<Vec<Resource>, Trouble> {
        let mut found: Vec<Resource> = Vec::new();
        for it in list.texts("resources").chain(list.texts("bases")) {
            let place = local(list, dir, it)?;
            if self.files.text(&place).is_some() {
                self.file(&place, &mut found)?;
                continue;
            }
            let inner = List::of(self.files, &place)?.ok_or_else(|| {
                let why = if self.files.is_directory(&place) { "has no kustomization.yaml" } else { "is not there" };
                Trouble::broken(&list.file, eco_format!("`{it}` {why}"))
            })?;
            found.extend(self.directory(&place, &inner, around)?.iter().cloned());
        }
        let mut known = rustc_hash::FxHashSet::default();
        for it in &found {
            if !known.insert((it.id(), it.namespace().to_owned())) {
                return Err(Trouble::broken(&list.file, eco_format!("it has {} twice", it.id())));
            }
        }
        Ok(found)
    }

    fn file(&self, path: &EcoString, found: &mut Vec<Resource>) -> Result<(), Trouble> {
        let documents = self.files.documents(path)?;
        let all = documents.as_ref().as_ref().map_err(|why| Trouble::broken(path, why.clone()))?;
        for (nth, body) in all.iter().enumerate() {
            let it = Resource::new(body.clone(), path, nth);
            if it.kind().is_empty() || body.get("apiVersion").is_none() || it.name().is_empty() {
                return Err(Trouble::broken(path, "it has a document without apiVersion, kind and metadata.name"));
            }
            found.push(it);
        }
        Ok(())
    }
}

/// Notes that a directory is being built; one that leads to itself cannot be.
fn enter(around: &mut Vec<EcoString>, dir: &EcoString, list: &List) -> Result<(), Trouble> {
    if around.contains(dir) {
        return Err(Trouble::broken(&list.file, eco_format!("`{dir}` leads to itself")));
    }
    around.push(dir.clone());
    Ok(())
}

/// The place of something that a kustomization names.
fn local(list: &List, dir: &str, name: &str) -> Result<EcoString, Trouble> {
    if is_remote(name) {
        return Err(Trouble::beyond(&list.file, eco_format!("`{name}`, which is not in the repository")));
    }
    resolved(dir, name).ok_or_else(|| Trouble::broken(&list.file, eco_format!("`{name}` leads out of the repository")))
}

/// All texts of a value, those that may name a file.
fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        // A generator may give a file another name: `key=file`.
        Value::String(it) if !it.contains('\n') => found.push(it.split_once('=').map_or(it, |it| it.1)),
        Value::Array(all) => all.iter().for_each(|it| texts(it, found)),
        Value::Object(all) => all.values().for_each(|it| texts(it, found)),
        _ => {}
    }
}
