//! A project, for those who answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lsp_types::Uri;

use super::capabilities::Client;
use crate::diagnostic::Diagnostic;
use crate::source::FleetDatabase;

/// A project as it was when something was asked.
pub(super) struct Snapshot {
    pub db: FleetDatabase,
    /// Packages that cannot be used.
    pub problems: Vec<Diagnostic>,
    pub root: PathBuf,
    /// The roots of the other projects that are open.
    pub others: Vec<PathBuf>,
    pub client: Client,
    /// What the editor calls the files that it holds, and their versions.
    pub open: BTreeMap<PathBuf, (Uri, i32)>,
}
