//! The texts of a repository.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::trouble::Trouble;
use crate::data;

/// What a file holds, or why it cannot be read.
type Documents = Result<Vec<Value>, EcoString>;

/// A text, which is kept, and what it holds.
type Read = (Arc<str>, Arc<Documents>);

/// The texts of a repository, by paths from its root; what is read is kept, for all who have the same text.
#[derive(Clone, Default)]
pub struct Files {
    texts: BTreeMap<EcoString, Arc<str>>,
    /// By the place of a text in memory; the text is kept with what it holds.
    read: Arc<Mutex<FxHashMap<usize, Read>>>,
    /// The files that somebody read.
    touched: Arc<Mutex<FxHashSet<EcoString>>>,
}

impl Files {
    /// Files by their paths, with `/`.
    #[must_use]
    pub fn new(texts: BTreeMap<EcoString, Arc<str>>) -> Self {
        Self { texts, read: Arc::default(), touched: Arc::default() }
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        let found = self.texts.get_key_value(path)?;
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if !touched.contains(path) {
            touched.insert(found.0.clone());
        }
        Some(found.1)
    }

    /// Begins anew to note which files are read.
    pub fn forget_touched(&self) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The files that nobody read.
    #[must_use]
    pub fn untouched(&self) -> Vec<EcoString> {
        let touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        self.texts.keys().filter(|it| !touched.contains(*it)).cloned().collect()
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &EcoString> {
        self.texts.keys()
    }

    /// The files below a directory; the empty path is the repository.
    pub fn below<'a>(&'a self, dir: &str) -> impl Iterator<Item = &'a EcoString> {
        let start = if dir.is_empty() { EcoString::new() } else { ecow::eco_format!("{dir}/") };
        self.texts.range(start.clone()..).map(|(path, _)| path).take_while(move |it| it.starts_with(start.as_str()))
    }

    /// Whether there is a file below it.
    #[must_use]
    pub fn is_directory(&self, dir: &str) -> bool {
        self.below(dir).next().is_some()
    }

    /// Another text at a path.
    pub fn insert(&mut self, path: EcoString, text: Arc<str>) {
        self.texts.insert(path, text);
    }

    /// Without a file.
    pub fn remove(&mut self, path: &str) {
        self.texts.remove(path);
    }

    /// The documents of a file; those of a `List` by themselves.
    ///
    /// # Errors
    /// If there is no such file, or it is no YAML.
    pub fn documents(&self, path: &str) -> Result<Arc<Documents>, Trouble> {
        let text = self.text(path).ok_or_else(|| Trouble::broken(path, "there is no such file"))?;
        let place = text.as_ptr() as usize;
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&place).map(|it| Arc::clone(&it.1));
        if let Some(it) = known() {
            return Ok(it);
        }
        let read = Arc::new(data::plain_documents(text).map(|all| all.into_iter().flat_map(taken_apart).collect()));
        let kept = (Arc::clone(text), Arc::clone(&read));
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(place, kept);
        Ok(read)
    }
}

/// The items of a `List`, as kustomize reads it.
fn taken_apart(mut document: Value) -> Vec<Value> {
    let is_list = document.get("kind").and_then(Value::as_str).is_some_and(|it| it.ends_with("List"));
    match document.get_mut("items") {
        Some(Value::Array(items)) if is_list => std::mem::take(items),
        _ => vec![document],
    }
}
