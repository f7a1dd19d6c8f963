//! `fleet.lock`: which commit and which files every package from Git is.

use std::collections::BTreeMap;
use std::path::Path;

use ecow::EcoString;
use serde_json::{Map, Value};

use super::error::HostError;
use super::store::Store;
use crate::names::is_dns_label;

/// The file's name, at the project's root.
pub(super) const FILE: &str = "fleet.lock";

/// What is locked, by the package's name among all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lock {
    pub packages: BTreeMap<EcoString, Locked>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Locked {
    pub git: EcoString,
    pub rev: EcoString,
    pub directory: Option<EcoString>,
    pub commit: EcoString,
    /// Git's hash of the tree of the files below `vendor/`.
    pub tree: EcoString,
}

/// Reads the lock; an absent file locks nothing.
pub(super) fn read(store: &dyn Store, root: &Path) -> Result<Lock, HostError> {
    let Some(text) = store.text(&root.join(FILE))? else { return Ok(Lock::default()) };
    parse(&text).ok_or_else(|| {
        HostError::new(format!("`{FILE}` cannot be understood")).help("remove it, and run `fleetc vendor`")
    })
}

fn parse(text: &str) -> Option<Lock> {
    let value: Value = serde_json::from_str(text).ok()?;
    let mut lock = Lock::default();
    for (name, it) in value.get("packages")?.as_object()? {
        // A name is a directory below `vendor/`: nothing else is touched.
        if !name.split('.').all(is_dns_label) {
            return None;
        }
        let field = |key: &str| it.get(key).and_then(Value::as_str).map(EcoString::from);
        let locked = Locked {
            git: field("git")?,
            rev: field("rev")?,
            directory: field("directory"),
            commit: field("commit")?,
            tree: field("tree")?,
        };
        lock.packages.insert(name.into(), locked);
    }
    Some(lock)
}

/// The text of a lock: sorted, a line an entry, so that merges are easy to read.
pub(super) fn text(lock: &Lock) -> String {
    let packages: Map<String, Value> = lock
        .packages
        .iter()
        .map(|(name, it)| {
            let fields = [("git", Some(&it.git)), ("rev", Some(&it.rev)), ("directory", it.directory.as_ref())]
                .into_iter()
                .chain([("commit", Some(&it.commit)), ("tree", Some(&it.tree))]);
            let fields = fields.filter_map(|(key, it)| Some((key.to_owned(), Value::from(it?.as_str()))));
            (name.to_string(), Value::Object(fields.collect()))
        })
        .collect();
    let value = Value::Object(std::iter::once(("packages".to_owned(), Value::Object(packages))).collect());
    format!("{value:#}\n")
}
