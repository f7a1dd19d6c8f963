//! The project that a command is about.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use ecow::EcoString;

use super::terminal::{Terminal, counted};
use crate::diagnostic::did_you_mean;
use crate::fleet;
use crate::host::{self, HostError, Opened};
use crate::source::{Db, FleetDatabase, SourceFile};

/// Opens the project; none if a package cannot be used, which is then said.
pub(super) fn opened(directory: &Path, terminal: &mut Terminal) -> Result<Option<Opened>, HostError> {
    let begun = Instant::now();
    let opened = host::open(directory)?;
    read(&opened.db, begun, terminal);
    Ok(usable(opened, terminal))
}

/// Says which sources were read since then, to those who ask.
pub(super) fn read(db: &FleetDatabase, begun: Instant, terminal: &mut Terminal) {
    let took = begun.elapsed();
    let own = |it: &&SourceFile| it.package(db).is_empty();
    let files: Vec<&str> = db.project().files(db).iter().filter(own).map(|it| it.path(db).as_str()).collect();
    terminal.step("Read", &counted(files.len(), "source"), took, files);
}

/// The same for a command that stays and looks again.
pub(super) fn opened_to_stay(directory: &Path, terminal: &mut Terminal) -> Result<Option<Opened>, HostError> {
    Ok(usable(host::open_session(directory, &BTreeMap::new())?, terminal))
}

fn usable(opened: Opened, terminal: &mut Terminal) -> Option<Opened> {
    if opened.problems.is_empty() {
        return Some(opened);
    }
    let counts = terminal.diagnostics(&opened.db, &opened.problems);
    terminal.error(&format!("{}; nothing was compiled", Terminal::summary(counts)), None);
    None
}

/// That a cluster is not there, with the nearest name.
pub(super) fn unknown_cluster(db: &FleetDatabase, name: &str) -> HostError {
    let clusters = &fleet::all_clusters(db, db.project()).value;
    HostError {
        message: format!("there is no cluster `{name}`"),
        help: did_you_mean(name, clusters.keys().map(EcoString::as_str)).map(Into::into),
    }
}

/// The process ends: to take the database apart first would be work for nothing.
pub(super) fn ended(opened: Opened) {
    std::mem::forget(opened);
}
