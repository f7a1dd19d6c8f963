//! What a build does to the tree on disk, and what it refuses to do.
//!
//! In: the compiled tree and a snapshot of what lies in its directories. Out: a
//! [`Plan`]: files to write, files to remove, and diagnostics about what would
//! harm a live cluster. Reads and writes nothing itself.

mod adopt;
mod adoption;
mod bootstrap;
mod built;
mod by_hand;
mod document;
mod hand_over;
mod hubs;
mod listing;
mod live;
mod old;
mod parts;
mod problems;
mod roots;
mod skeleton;
mod snapshot;
mod touched;
mod work;

use std::collections::BTreeSet;

use ecow::EcoString;
use rayon::prelude::*;

use crate::emit::{FileTree, GeneratedFile};
use crate::fleet::{self, Settings};
use crate::flux::{self, Deployed};
use crate::source::Db;

use adoption::Adoption;
pub use snapshot::{Content, Digest, KnownFile, Snapshot, SnapshotEntry, digest};
pub use work::{Permissions, Plan};

/// Compares the tree with what is there.
#[must_use]
pub fn plan(db: &dyn Db, tree: &FileTree, snapshot: &Snapshot, permissions: &Permissions) -> Plan {
    let settings = &fleet::settings(db, db.project()).value;
    let deployed: Vec<&Deployed> = fleet::clusters(db).map(|it| &flux::outline(db, it).value).collect();
    let mut plan = files(tree, snapshot, permissions);
    let adoption = if permissions.adopt { Adoption::of(db, &deployed, tree, snapshot) } else { Adoption::default() };
    let left = (!adoption.texts.is_empty()).then(|| adoption.applied_to(snapshot));
    let now = left.as_ref().unwrap_or(snapshot);
    roots::check(db, settings, &deployed, tree, now, &adoption, &mut plan.diagnostics);
    bootstrap::check(db, settings, &deployed, tree, snapshot, &mut plan.diagnostics);
    if !plan.write.is_empty() || !plan.remove.is_empty() {
        let touched = touched::Touched::new(&settings.output, &deployed, tree, snapshot, &plan);
        let mut found = Vec::new();
        live::check(db, &deployed, snapshot, &touched, &plan, permissions, &mut found);
        adopt::check(db, &deployed, tree, snapshot, &plan, &adoption, &mut found);
        plan.diagnostics.append(&mut found);
    }
    plan.by_hand = adoption.texts;
    plan.by_hand.retain(|path, text| text.is_some() || !tree.files.contains_key(path));
    plan
}

/// Which files are written and removed, whatever they hold.
#[must_use]
pub fn files(tree: &FileTree, snapshot: &Snapshot, permissions: &Permissions) -> Plan {
    let mut plan = Plan::default();
    let is_there = |(path, file): (&EcoString, &GeneratedFile)| match snapshot.entries.get(path) {
        Some(SnapshotEntry::File(it)) => it.is(&file.text()),
        _ => false,
    };
    let there: Vec<bool> = tree.files.par_iter().map(is_there).collect();
    for (path, is_there) in tree.files.keys().zip(there) {
        match snapshot.entries.get(path) {
            None => {
                if let Some(blocker) = snapshot.blocker(path) {
                    plan.diagnostics.push(problems::link_in_the_way(path, blocker));
                } else {
                    plan.write.push(path.clone());
                }
            }
            Some(SnapshotEntry::Link) => plan.diagnostics.push(problems::link_in_the_way(path, path)),
            Some(SnapshotEntry::Directory) => plan.diagnostics.push(problems::directory_in_the_way(path)),
            Some(SnapshotEntry::File(_)) if is_there => plan.unchanged += 1,
            Some(entry) if entry.is_ours(path) => plan.write.push(path.clone()),
            Some(_) if permissions.adopt => {
                plan.write.push(path.clone());
                plan.adopted.insert(path.clone());
            }
            Some(_) => plan.diagnostics.push(problems::foreign_file(path)),
        }
    }
    for (path, entry) in &snapshot.entries {
        if entry.is_ours(path) && !tree.files.contains_key(path) {
            plan.remove.push(path.clone());
        }
    }
    plan
}

/// The directories that a project generates.
#[must_use]
pub fn output_directories(settings: &Settings, deployed: &[&Deployed], tree: &FileTree) -> BTreeSet<EcoString> {
    let output = &settings.output;
    let mut dirs: BTreeSet<EcoString> =
        [&output.common, &output.applications, &output.clusters].into_iter().cloned().collect();
    dirs.extend(deployed.iter().map(|it| it.path.clone()));
    // A catalogue may stand elsewhere (`path`).
    let outside: Vec<EcoString> = tree
        .files
        .keys()
        .filter_map(|path| path.rsplit_once('/').map(|(dir, _)| dir))
        .filter(|dir| !dirs.contains(*dir) && !is_inside(dir, &dirs))
        .map(EcoString::from)
        .collect();
    dirs.extend(outside);
    let inner: Vec<EcoString> = dirs.iter().filter(|it| is_inside(it, &dirs)).cloned().collect();
    dirs.retain(|it| inner.binary_search(it).is_err());
    dirs
}

/// Whether a path lies below one of some directories.
fn is_inside(path: &str, dirs: &BTreeSet<EcoString>) -> bool {
    path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|it| dirs.contains(it)))
}
