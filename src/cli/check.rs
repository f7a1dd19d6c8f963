//! `fleetc check`

use std::path::Path;
use std::time::Instant;

use super::args::Check;
use super::outcome::Outcome;
use super::terminal::{Terminal, counted};
use crate::compile::{diagnose, expired};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::host::HostError;
use crate::inspect::sharing;
use crate::lint;
use crate::source::{Db, IndexMap};

pub(super) fn run(directory: &Path, arguments: &Check, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let start = Instant::now();
    let Some(opened) = super::project::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let begun = Instant::now();
    let mut found = diagnose(&opened.db);
    found.extend(arguments.today.iter().flat_map(|it| expired(&opened.db, it)));
    let counts = terminal.diagnostics(&opened.db, &found);
    let clusters = fleet::clusters(&opened.db).count();
    if terminal.is_verbose() {
        terminal.step("Compiled", &counted(clusters, "cluster"), begun.elapsed(), []);
        for it in sharing(&opened.db) {
            let s = |count: usize| if count == 1 { "" } else { "es" };
            let clusters = if it.clusters == 1 {
                format!("1 cluster (`{}`)", it.example)
            } else {
                format!("{} clusters (`{}`, …)", it.clusters, it.example)
            };
            terminal.status("Shared", &format!("{} class{} for {clusters}: {}", it.classes, s(it.classes), it.why));
        }
        for (kind, clusters) in unchecked(&opened.db) {
            let on = counted(clusters, "cluster");
            terminal.status("Unchecked", &format!("{kind}, on {on}: its schema is not known"));
        }
    }
    if found.iter().any(Diagnostic::is_error) {
        let of = if clusters == 0 { String::new() } else { format!(" in {}", counted(clusters, "cluster")) };
        terminal.error(&format!("{}{of}", Terminal::summary(counts)), None);
        return Ok(Outcome::Findings);
    }
    super::project::ended(opened);
    let elapsed = start.elapsed().as_secs_f64();
    let verdict = if found.is_empty() { "no mistakes".to_owned() } else { Terminal::summary(counts) };
    terminal.status("Checked", &format!("{} in {elapsed:.2} s: {verdict}", counted(clusters, "cluster")));
    Ok(Outcome::Fine)
}

/// The kinds whose objects are not held against a schema, each with how many clusters have some; in order of name.
fn unchecked(db: &dyn Db) -> IndexMap<String, usize> {
    let mut found: IndexMap<String, usize> = IndexMap::default();
    for cluster in fleet::clusters(db) {
        for kind in lint::unchecked(db, cluster) {
            *found.entry(kind.to_string()).or_default() += 1;
        }
    }
    found.sort_keys();
    found
}
