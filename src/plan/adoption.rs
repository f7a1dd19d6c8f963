//! Files of a cluster's root that are taken over, document by document: what is generated from now on leaves them, and the rest
//! stays as its author wrote it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::by_hand::{is_yaml, parts};
use super::document::{documents, id_of};
use super::snapshot::{Content, Snapshot, SnapshotEntry};
use crate::emit::FileTree;
use crate::flux::Deployed;
use crate::kube::Id;
use crate::kube::directory::KUSTOMIZATIONS;
use crate::source::is_within;

/// What becomes of files that people wrote.
#[derive(Debug, Default)]
pub(super) struct Adoption {
    /// Their new texts; none where nothing is left. A generated file may be written in its place.
    pub texts: BTreeMap<EcoString, Option<Arc<str>>>,
    /// What is generated from now on: the file that it was in, what it is, and what it was.
    pub taken: Vec<(EcoString, Id, Value)>,
}

impl Adoption {
    /// Looks for what is generated in the roots of clusters.
    pub(super) fn of(deployed: &[&Deployed], tree: &FileTree, snapshot: &Snapshot) -> Self {
        let mut found = Self::default();
        for it in deployed {
            let own = it.root.iter().map(|it| &it.id);
            let made: BTreeSet<&Id> = own.chain(it.units.iter().map(|it| &it.kustomization.id)).collect();
            found.root(&it.path, &made, tree, snapshot);
        }
        found
    }

    fn root(&mut self, root: &str, made: &BTreeSet<&Id>, tree: &FileTree, snapshot: &Snapshot) {
        let parts = parts(root, snapshot);
        for (path, entry) in snapshot.below(root) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_bootstrap = is_within(path, &format!("{root}/flux-system"));
            if is_bootstrap || !is_yaml(path) || KUSTOMIZATIONS.contains(&name) || entry.is_ours(path) {
                continue;
            }
            let Some(text) = entry.text() else { continue };
            let documents = split(text);
            let is_made = |it: &Document| it.id.as_ref().is_some_and(|it| made.contains(it));
            if !documents.iter().any(is_made) {
                continue;
            }
            let (taken, rest): (Vec<Document>, Vec<Document>) = documents.into_iter().partition(is_made);
            let rest: Vec<&str> = rest.iter().filter(|it| it.id.is_some()).map(|it| it.text.as_str()).collect();
            let rest = (!rest.is_empty()).then(|| Arc::from(joined(&rest)));
            let is_listed = parts.iter().any(|it| is_within(path, it));
            self.taken.extend(taken.into_iter().filter_map(|it| Some((path.clone(), it.id?, it.value?))));
            let place = if tree.files.contains_key(path) { beside(path, snapshot) } else { path.clone() };
            if rest.is_none() && is_listed {
                self.unlist(path, snapshot);
            }
            if place != *path {
                // The generated file takes its place.
                self.texts.insert(path.clone(), None);
            }
            if place == *path || rest.is_some() {
                self.texts.insert(place, rest);
            }
        }
    }

    /// Takes a file out of the list of its directory.
    fn unlist(&mut self, path: &EcoString, snapshot: &Snapshot) {
        let Some((dir, name)) = path.rsplit_once('/') else { return };
        for it in KUSTOMIZATIONS {
            let list = eco_format!("{dir}/{it}");
            let before = self.texts.get(&list).cloned().flatten();
            let text = before.or_else(|| snapshot.entries.get(&list)?.text().cloned());
            let Some(text) = text else { continue };
            let is_entry = |line: &str| {
                let entry = line.trim_start().strip_prefix('-').map(|it| it.split(" #").next().unwrap_or(it).trim());
                entry.is_some_and(|it| it.trim_matches(['"', '\'']).trim_start_matches("./") == name)
            };
            let kept: String = text.split_inclusive('\n').filter(|it| !is_entry(it)).collect();
            self.texts.insert(list, Some(kept.into()));
            return;
        }
    }

    /// What is there once this is done, beside what is generated.
    pub(super) fn applied_to(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        for (path, text) in &self.texts {
            match text {
                Some(text) => {
                    let file = SnapshotEntry::File(Content::read(Some(Arc::clone(text))));
                    snapshot.entries.insert(path.clone(), file);
                }
                None => {
                    snapshot.entries.remove(path);
                }
            }
        }
        snapshot
    }
}

/// A document of a file, with the comments above it.
struct Document {
    text: String,
    id: Option<Id>,
    value: Option<Value>,
}

/// The documents of a file as they are written. A `List` is one.
fn split(text: &str) -> Vec<Document> {
    let mut pieces: Vec<String> = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let is_mark = line.trim_end() == "---" || line.starts_with("--- ");
        match pieces.last_mut() {
            Some(last) if !is_mark => last.push_str(line),
            _ => pieces.push(String::new()),
        }
    }
    let read = |text: String| {
        let value = documents(&text).ok().and_then(|it| it.into_iter().next());
        Document { id: value.as_ref().and_then(id_of), value, text }
    };
    pieces.into_iter().map(read).collect()
}

fn joined(pieces: &[&str]) -> String {
    let mut out = String::new();
    for it in pieces {
        if !out.is_empty() {
            if !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str("---\n");
        }
        out.push_str(it);
    }
    out
}

/// Where what stays of a file goes whose name a generated one takes: `apps.extras.yaml`.
fn beside(path: &str, snapshot: &Snapshot) -> EcoString {
    let stem = path.rsplit_once('.').map_or(path, |it| it.0);
    let names = std::iter::once(eco_format!("{stem}.extras.yaml"))
        .chain((2..).map(|nth| eco_format!("{stem}.extras-{nth}.yaml")));
    let mut free = names.filter(|it| !snapshot.entries.contains_key(it));
    free.next().unwrap_or_else(|| eco_format!("{stem}.extras.yaml"))
}
