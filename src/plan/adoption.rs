//! Files of a cluster's root that are taken over, document by document: what is generated from now on leaves them, and the rest
//! stays as its author wrote it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::document::{documents, id_of};
use super::parts::{is_yaml, parts};
use super::snapshot::{Content, Snapshot, SnapshotEntry};
use crate::emit::FileTree;
use crate::flux::{self, Deployed};
use crate::kube::Id;
use crate::kube::directory::{self, KUSTOMIZATIONS, joined as joined_path};
use crate::kustomize::{Builder, Files, Resource, Spec};
use crate::source::{Db, IndexSet, is_within};

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
    pub(super) fn of(db: &dyn Db, deployed: &[&Deployed], tree: &FileTree, snapshot: &Snapshot) -> Self {
        let mut found = Self::default();
        for it in deployed {
            // Names may depend on the cluster.
            let exactly = &flux::exactly(db, it.anchor).value;
            let own = exactly.root.iter().map(|it| &it.id);
            let made: BTreeSet<&Id> = own.chain(exactly.units.iter().map(|it| &it.kustomization.id)).collect();
            found.root(&built_in(db, &it.path, snapshot), &it.path, &made, tree, snapshot);
            found.list(&it.path, tree, snapshot);
        }
        found
    }

    fn root(&mut self, built: &Built, root: &str, made: &BTreeSet<&Id>, tree: &FileTree, snapshot: &Snapshot) {
        let parts = parts(root, snapshot);
        for (path, entry) in snapshot.below(root) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_bootstrap = is_within(path, &format!("{root}/flux-system"));
            if is_bootstrap || !is_yaml(path) || KUSTOMIZATIONS.contains(&name) || entry.is_ours(path) {
                continue;
            }
            let Some(text) = entry.text() else { continue };
            let mut documents = split(text);
            // What a kustomization makes of it tells what it is.
            let mut nth = 0;
            for it in &mut documents {
                if let (Some(_), Some((id, value))) = (&it.id, built.get(&(path.clone(), nth))) {
                    (it.id, it.value) = (Some(id.clone()), Some(value.clone()));
                    nth += 1;
                } else {
                    nth += it.objects();
                }
            }
            let is_made = |it: &Document| it.id.as_ref().is_some_and(|it| made.contains(it));
            if !documents.iter().any(is_made) {
                continue;
            }
            let (taken, rest): (Vec<Document>, Vec<Document>) = documents.into_iter().partition(is_made);
            let rest: Vec<&str> = rest.iter().filter(|it| it.says_something()).map(|it| it.text.as_str()).collect();
            let rest = (!rest.is_empty()).then(|| Arc::from(joined(&rest)));
            let is_listed = parts.iter().any(|it| is_within(path, it));
            self.taken.extend(taken.into_iter().filter_map(|it| Some((path.clone(), it.id?, it.value?))));
            let place = if tree.files.contains_key(path) { beside(path, snapshot) } else { path.clone() };
            if rest.is_none() && is_listed {
                self.unlist(root, path, snapshot);
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

    /// Adds what is generated, and what is kept beside it, to the list of a root that has one.
    fn list(&mut self, root: &str, tree: &FileTree, snapshot: &Snapshot) {
        let Some(list) =
            KUSTOMIZATIONS.iter().map(|it| eco_format!("{root}/{it}")).find(|it| snapshot.entries.contains_key(it))
        else {
            return;
        };
        let Some(text) = snapshot.entries.get(&list).and_then(|it| it.text()) else { return };
        let Some(value) = documents(text).ok().and_then(|it| it.into_iter().next()) else { return };
        let resources = value.get("resources").and_then(Value::as_sequence).into_iter().flatten();
        let listed: BTreeSet<EcoString> = resources.filter_map(|it| joined_path(root, it.as_str()?)).collect();
        let in_root = |it: &&EcoString| it.rsplit_once('/').is_some_and(|(dir, _)| dir == root);
        let kept = self.texts.iter().filter(|(_, text)| text.is_some()).map(|(path, _)| path);
        let missing: Vec<&str> = tree
            .files
            .keys()
            .chain(kept)
            .filter(in_root)
            .filter(|it| **it != list && !listed.iter().any(|known| is_within(it, known)))
            .filter_map(|it| it.rsplit('/').next())
            .collect();
        let emptied = self.texts.iter().filter(|(path, text)| text.is_none() && !tree.files.contains_key(*path));
        let emptied: BTreeSet<&EcoString> = emptied.map(|it| it.0).collect();
        let is_emptied = |line: &str| entry_in(root, line).is_some_and(|it| emptied.contains(&it));
        let kept: String = text.split_inclusive('\n').filter(|it| !is_emptied(it)).collect();
        let kept = if missing.is_empty() { Some(kept) } else { with_entries(&kept, &missing) };
        if let Some(kept) = kept.filter(|it| **it != **text) {
            self.texts.insert(list, Some(with_list(kept).into()));
        }
    }

    /// Takes a file out of the lists below a root. A list that is empty then stays: without it, Flux would apply all files below.
    fn unlist(&mut self, root: &str, path: &str, snapshot: &Snapshot) {
        let is_list =
            |it: &str| it.rsplit_once('/').is_some_and(|(dir, name)| dir != root && KUSTOMIZATIONS.contains(&name));
        let lists: Vec<EcoString> = snapshot.below(root).map(|it| it.0.clone()).filter(|it| is_list(it)).collect();
        for list in lists {
            let Some((dir, _)) = list.rsplit_once('/') else { continue };
            let before = match self.texts.get(&list) {
                Some(it) => it.clone(),
                None => snapshot.entries.get(&list).and_then(|it| it.text().cloned()),
            };
            let Some(before) = before else { continue };
            let is_entry = |line: &str| entry_in(dir, line).is_some_and(|it| it == path);
            let after: String = before.split_inclusive('\n').filter(|it| !is_entry(it)).collect();
            let after = if after == *before { without_entry(&before, dir, path) } else { Some(after) };
            let Some(after) = after else { continue };
            self.texts.insert(list.clone(), Some(with_list(after).into()));
        }
    }

    /// What is generated from now on in the root of a cluster.
    pub(super) fn gone(&self, root: &str) -> IndexSet<Id> {
        self.taken.iter().filter(|(path, _, _)| is_within(path, root)).map(|(_, id, _)| id.clone()).collect()
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

/// What kustomizations make of the objects in files of a root: by file, and which of its objects.
type Built = BTreeMap<(EcoString, usize), (Id, Value)>;

fn built_in(db: &dyn Db, root: &str, snapshot: &Snapshot) -> Built {
    let mut texts: BTreeMap<EcoString, Arc<str>> = BTreeMap::new();
    for (path, entry) in snapshot.below(root).filter(|(path, it)| !it.is_ours(path)) {
        texts.extend(entry.text().map(|it| (path.clone(), Arc::clone(it))));
    }
    for part in parts(root, snapshot) {
        for path in directory::files_of_directory(db, part) {
            if let Ok(text) = db.data_file(&path).text(db) {
                texts.entry(path).or_insert_with(|| Arc::clone(text));
            }
        }
    }
    let files = Files::new(texts);
    let built = Builder::new(&files).flux(Spec { dir: root, spec: &serde_json::Value::Null });
    let one = |it: Resource| Some(((it.file.clone(), it.nth), (it.id(), serde_yaml::to_value(&it.body).ok()?)));
    built.into_iter().flatten().filter_map(one).collect()
}

/// What a line of a list in a directory names: `- ./apps.yaml`.
fn entry_in(dir: &str, line: &str) -> Option<EcoString> {
    let entry = line.trim_start().strip_prefix('-')?;
    let entry = entry.split(" #").next().unwrap_or(entry).trim().trim_matches(['"', '\'']).trim_end_matches('/');
    joined_path(dir, entry)
}

/// A kustomization without one of its resources, where those are not written line by line; none if it has no such one.
fn without_entry(text: &str, dir: &str, path: &str) -> Option<String> {
    let mut value = documents(text).ok()?.into_iter().next()?;
    let resources = value.get_mut("resources")?.as_sequence_mut()?;
    let count = resources.len();
    resources.retain(|it| it.as_str().and_then(|it| joined_path(dir, it)).is_none_or(|it| it != path));
    if resources.len() == count { None } else { serde_yaml::to_string(&value).ok() }
}

/// A kustomization with more resources, behind those that it has; none where they are not written line by line.
fn with_entries(text: &str, names: &[&str]) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let head = lines.iter().position(|it| it.trim_end() == "resources:")?;
    let is_entry = |it: &&str| it.trim_start().starts_with('-');
    let is_inside = |it: &&str| it.trim().is_empty() || it.trim_start().starts_with(['-', '#']);
    let inside = lines.iter().skip(head + 1).take_while(|it| is_inside(it)).count();
    let last = lines
        .iter()
        .enumerate()
        .skip(head + 1)
        .take(inside)
        .filter(|(_, it)| is_entry(it))
        .map(|it| it.0)
        .next_back()?;
    let indent: String = lines.get(last)?.chars().take_while(|it| it.is_whitespace()).collect();
    let mut out: String = lines.get(..=last)?.concat();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    for it in names {
        let _ = writeln!(out, "{indent}- {it}");
    }
    out.push_str(&lines.get(last + 1..)?.concat());
    Some(out)
}

/// A kustomization that lists nothing says so: kustomize takes one without anything for a mistake.
fn with_list(text: String) -> String {
    let is_empty =
        documents(&text).is_ok_and(|all| all.first().is_some_and(|it| it.get("resources").is_some_and(Value::is_null)));
    if !is_empty {
        return text;
    }
    let line = |it: &str| if it.trim_end() == "resources:" { "resources: []\n".to_owned() } else { it.to_owned() };
    text.split_inclusive('\n').map(line).collect()
}

/// A document of a file, with the comments above it.
struct Document {
    text: String,
    id: Option<Id>,
    value: Option<Value>,
}

impl Document {
    /// How many objects kustomize makes of it: it takes a `List` apart.
    fn objects(&self) -> usize {
        let items = self.value.as_ref().and_then(|it| it.get("items")?.as_sequence());
        items.map_or(usize::from(self.id.is_some()), Vec::len)
    }

    /// Whether there is more than comments.
    fn says_something(&self) -> bool {
        self.text.lines().map(str::trim).any(|it| !it.is_empty() && !it.starts_with('#'))
    }
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
