//! The compiled project that a question is about: as it is, or as it was.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use crate::compile::diagnose;
use crate::diagnostic::Diagnostic;
use crate::host::{self, HostError};
use crate::source::FleetDatabase;

/// The project in the directory, at a revision if one is named; none if it does not
/// compile, which is then said.
pub(super) fn model(
    directory: &Path,
    revision: Option<&str>,
    terminal: &mut Terminal,
) -> Result<Option<(FleetDatabase, PathBuf)>, HostError> {
    let (db, mut found, root, at) = match revision {
        None => {
            let opened = host::open(directory)?;
            (opened.db, opened.problems, opened.root, String::new())
        }
        Some(it) => {
            let past = host::open_at(directory, it)?;
            (past.db, past.problems, past.root, format!(" at {}", past.commit))
        }
    };
    if found.is_empty() {
        found = diagnose(&db);
    }
    if found.iter().any(Diagnostic::is_error) {
        let counts = terminal.diagnostics(&db, &found);
        terminal.error(&format!("{}{at}; there is nothing to ask about", Terminal::summary(counts)), None);
        return Ok(None);
    }
    Ok(Some((db, root)))
}
