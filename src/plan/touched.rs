//! Which clusters of the old tree have to be looked at, because something that
//! decides on what they apply changes.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};
use serde_yaml::Value;

use super::roots::documents;
use super::snapshot::Snapshot;
use super::work::Plan;
use crate::emit::FileTree;
use crate::fleet::Output;
use crate::source::is_within;

/// The files that change.
pub(super) struct Touched<'a> {
    files: BTreeSet<&'a EcoString>,
    /// Whether something changes that any cluster may apply.
    shared: bool,
}

impl<'a> Touched<'a> {
    pub(super) fn new(output: &Output, tree: &FileTree, snapshot: &Snapshot, plan: &'a Plan) -> Self {
        let files: BTreeSet<&EcoString> = plan.write.iter().chain(&plan.remove).collect();
        let is_shared = |path: &&&EcoString| !is_within(path, &output.clusters);
        let shared = files.iter().filter(is_shared).any(|path| !is_harmless(path, tree, snapshot));
        Self { files, shared }
    }

    /// Whether what the cluster in that directory applies may be other objects than before.
    pub(super) fn reaches(&self, dir: &str) -> bool {
        let below = eco_format!("{dir}/");
        self.shared
            || self.files.range::<EcoString, _>(&below..).next().is_some_and(|it| it.starts_with(below.as_str()))
    }
}

/// Whether a file holds the same objects as before: only values for charts differ, or
/// the version of one.
fn is_harmless(path: &EcoString, tree: &FileTree, snapshot: &Snapshot) -> bool {
    let old = snapshot.entries.get(path).and_then(|it| it.text());
    let new = tree.files.get(path);
    let (Some(old), Some(new)) = (old, new) else { return false };
    match (documents(old), documents(&new.text)) {
        (Ok(old), Ok(new)) => old.into_iter().map(without_values).eq(new.into_iter().map(without_values)),
        _ => false,
    }
}

fn without_values(mut object: Value) -> Value {
    if let Some(Value::Mapping(spec)) = object.get_mut("spec") {
        spec.remove("values");
        if let Some(Value::Mapping(chart)) = spec.get_mut("chart").and_then(|it| it.get_mut("spec")) {
            chart.remove("version");
        }
    }
    object
}
