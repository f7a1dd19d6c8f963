//! A cluster's root with a `kustomization.yaml` of its author's: Flux applies what that lists, and nothing else.
//!
//! It stays its author's file. It has to list everything that is generated in the root, nothing that this build removes, and
//! Flux itself; and it may not change what it lists.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::document::{documents, field};
use super::problems;
use super::snapshot::{Snapshot, SnapshotEntry};
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::kube::directory::{KUSTOMIZATIONS, joined};
use crate::source::is_within;

/// What may be in it beside what it lists.
const HARMLESS: [&str; 4] = ["apiVersion", "kind", "metadata", "resources"];

/// What may be in it if it is about kinds that are not generated: the controllers of Flux are patched so.
const PATCHES: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];

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
    let made = kinds_in(root, tree);
    let is_harmless = |key: &str| {
        HARMLESS.contains(&key) || (PATCHES.contains(&key) && is_about_others(root, &value, key, &made, snapshot))
    };
    let changing: Vec<&str> = keys.filter(|it| !is_harmless(it)).collect();
    if !changing.is_empty() {
        out.push(problems::list_changes(&path, &changing));
    }
    let resources = value.get("resources").and_then(Value::as_sequence).into_iter().flatten();
    let local = resources.filter_map(Value::as_str).filter(|it| !it.contains("://"));
    let listed: BTreeSet<EcoString> = local.filter_map(|it| joined(root, it)).collect();
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
    // What is elsewhere in the repository is not looked at here.
    for it in listing.listed.iter().filter(|it| is_within(it, root)) {
        let goes = snapshot.entries.get(it).is_some_and(|entry| entry.is_ours(it)) && !tree.files.contains_key(it);
        let is_there = tree.files.contains_key(it) || snapshot.entries.contains_key(it) || has_any(it, snapshot);
        if goes || !is_there {
            out.push(problems::list_has_too_much(&path, &name(it), goes));
        }
    }
    Some(listing)
}

/// The kinds of what is generated in a root.
fn kinds_in(root: &str, tree: &FileTree) -> BTreeSet<EcoString> {
    let in_root = |it: &&EcoString| it.rsplit_once('/').is_some_and(|(dir, _)| dir == root);
    let texts = tree.files.iter().filter(|(path, _)| in_root(path)).map(|(_, it)| it.text());
    texts.flat_map(|it| documents(&it).unwrap_or_default()).filter_map(|it| field(&it, &["kind"])).collect()
}

/// Whether patches say which kinds they are about, and those are none that are generated.
fn is_about_others(root: &str, list: &Value, key: &str, made: &BTreeSet<EcoString>, snapshot: &Snapshot) -> bool {
    let is_other =
        |kind: Option<EcoString>| kind.is_some_and(|it| !made.contains(&it) && it.chars().all(char::is_alphanumeric));
    let all_others = |text: &str| {
        documents(text).is_ok_and(|all| !all.is_empty() && all.iter().all(|it| is_other(field(it, &["kind"]))))
    };
    let in_file = |path: &str| {
        let path = joined(root, path);
        path.and_then(|it| snapshot.entries.get(&it)?.text().cloned()).is_some_and(|it| all_others(&it))
    };
    list.get(key).and_then(Value::as_sequence).into_iter().flatten().all(|it| match it {
        Value::String(it) if it.contains('\n') => all_others(it),
        Value::String(it) => in_file(it),
        it if it.get("target").is_some() => is_other(field(it, &["target", "kind"])),
        it => match (field(it, &["patch"]), field(it, &["path"])) {
            (Some(it), _) => all_others(&it),
            (None, Some(it)) => in_file(&it),
            (None, None) => false,
        },
    })
}

fn has_any(dir: &str, snapshot: &Snapshot) -> bool {
    snapshot.below(dir).any(|(_, it)| !matches!(it, SnapshotEntry::Directory))
}
