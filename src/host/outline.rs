//! What is known of a project before it is compiled: its packages and the directories that it generates.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::sources::{ROOT_FILE, VENDOR};
use crate::fleet;
use crate::fleet::{Output, Package};
use crate::source::is_within;
use crate::source::{Db, FleetDatabase, InMemory, Sources, standard_library};

/// What is known of a project before it is compiled.
#[derive(PartialEq)]
pub(super) struct Outline {
    pub output: Vec<EcoString>,
    pub packages: BTreeMap<EcoString, Package>,
}

impl Default for Outline {
    fn default() -> Self {
        Self::new(&Output::default(), BTreeMap::new())
    }
}

impl Outline {
    pub(super) fn new(output: &Output, packages: BTreeMap<EcoString, Package>) -> Self {
        let output = vec![output.common.clone(), output.applications.clone(), output.clusters.clone()];
        Self { output, packages }
    }

    /// Whether a file belongs to what is generated, or to a package inside the project.
    pub(super) fn hides(&self, path: &str) -> bool {
        if path == ROOT_FILE {
            return false;
        }
        let of_package = self.packages.values().filter_map(|it| it.path.as_ref()).map(|it| it.trim_start_matches("./"));
        self.output.iter().map(EcoString::as_str).chain(of_package).any(|it| is_within(path, it.trim_end_matches('/')))
            || is_within(path, VENDOR)
    }
}

/// Whether the file is the one at the root of a project.
pub(super) fn is_root_file(path: &str) -> bool {
    path == ROOT_FILE
}

/// What the sources say of where things lie. Where neither word stands in the text, the
/// defaults hold, and nothing is read twice.
pub(super) fn outline_of(files: &[(String, String)]) -> Outline {
    let words = ["packages", "output", "\\"];
    let says_where = |(path, text): &(String, String)| path == ROOT_FILE && words.iter().any(|it| text.contains(it));
    if files.iter().any(says_where) { settings_of(files) } else { Outline::default() }
}

/// What `fleet.fleet` alone says of the generated directories and of packages.
pub(super) fn settings_of(files: &[(String, String)]) -> Outline {
    let files = files.iter().filter(|(path, _)| path == ROOT_FILE).cloned().collect();
    let small = Sources { files, ..Sources::default() };
    let db = FleetDatabase::with_packages(small, standard_library(), Arc::new(InMemory::default()));
    let settings = &fleet::settings(&db, db.project()).value;
    Outline::new(&settings.output, settings.packages.clone())
}
