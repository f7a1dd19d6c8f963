//! A cluster's root with a `kustomization.yaml` of its author's: Flux applies what that lists, and nothing else.
//!
//! It stays its author's file. It has to list everything that is generated in the root, nothing that this build removes, and
//! Flux itself; and it may not change what it lists.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::problems;
use super::snapshot::{Snapshot, SnapshotEntry};
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::kube::directory::KUSTOMIZATIONS;
use crate::source::is_within;

/// What may be in it beside what it lists.
const HARMLESS: [&str; 4] = ["apiVersion", "kind", "metadata", "resources"];

/// What a root's own `kustomization.yaml` lists.
pub(super) struct Listing {
    /// Files and directories, from the tree's root.
    listed: BTreeSet<EcoString>,
}

impl Listing {
    /// Whether Flux applies a file of the root.
    pub(super) fn applies(&self, path: &str) -> bool {
        self.listed.iter().any(|it| is_within(path, it))
    }
}

/// Reads that of a root, if it has one, and says what is wrong with it.
pub(super) fn of_root(root: &str, tree: &FileTree, snapshot: &Snapshot, out: &mut Vec<Diagnostic>) -> Option<Listing> {
    let (path, text) = KUSTOMIZATIONS.iter().find_map(|name| {
        let path = eco_format!("{root}/{name}");
        let entry = snapshot.entries.get(&path).filter(|it| !it.is_ours(&path))?;
        Some((path, entry.text()?))
    })?;
    let value = match serde_yaml::from_str::<Value>(text) {
        Ok(it) => it,
        Err(why) => {
            out.push(problems::unreadable_list(&path, &eco_format!("{why}")));
            return Some(Listing { listed: BTreeSet::new() });
        }
    };
    let keys = value.as_mapping().into_iter().flat_map(|it| it.keys()).filter_map(Value::as_str);
    let changing: Vec<&str> = keys.filter(|it| !HARMLESS.contains(it)).collect();
    if !changing.is_empty() {
        out.push(problems::list_changes(&path, &changing));
    }
    let resources = value.get("resources").and_then(Value::as_sequence).into_iter().flatten();
    let local = resources.filter_map(Value::as_str).filter(|it| !it.contains("://"));
    let listed: BTreeSet<EcoString> =
        local.map(|it| eco_format!("{root}/{}", it.trim_start_matches("./").trim_end_matches('/'))).collect();
    let listing = Listing { listed };
    let in_root = |it: &str| it.rsplit_once('/').is_some_and(|(dir, _)| dir == root);
    let name = |it: &EcoString| EcoString::from(it.rsplit('/').next().unwrap_or(it));
    let missing: Vec<EcoString> =
        tree.files.keys().filter(|it| in_root(it) && !listing.applies(it)).map(name).collect();
    if !missing.is_empty() {
        out.push(problems::list_misses(&path, &missing));
    }
    let has_flux = snapshot.below(&eco_format!("{root}/flux-system")).next().is_some();
    let lists_flux = listing.listed.iter().any(|it| is_within(it, &format!("{root}/flux-system")));
    if has_flux && !lists_flux {
        out.push(problems::list_misses_flux(&path));
    }
    for it in &listing.listed {
        let goes = snapshot.entries.get(it).is_some_and(|entry| entry.is_ours(it)) && !tree.files.contains_key(it);
        let is_there = tree.files.contains_key(it) || snapshot.entries.contains_key(it) || has_any(it, snapshot);
        if goes || !is_there {
            out.push(problems::list_has_too_much(&path, &name(it), goes));
        }
    }
    Some(listing)
}

fn has_any(dir: &str, snapshot: &Snapshot) -> bool {
    snapshot.below(dir).any(|(_, it)| !matches!(it, SnapshotEntry::Directory))
}
