//! `fleetc promote`

use std::fmt::Write as _;
use std::path::Path;

use super::args::Promote;
use super::outcome::Outcome;
use super::terminal::{Terminal, answer};
use crate::compile::diagnose;
use crate::diagnostic::Diagnostic;
use crate::edit::promote;
use crate::host::{self, HostError};

pub(super) fn run(directory: &Path, arguments: &Promote, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some(mut opened) = super::project::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let found = diagnose(&opened.db);
    if found.iter().any(Diagnostic::is_error) {
        let counts = terminal.diagnostics(&opened.db, &found);
        terminal.error(&format!("{}; nothing was promoted", Terminal::summary(counts)), None);
        return Ok(Outcome::Findings);
    }
    let it = match promote(&mut opened.db, &arguments.addon, arguments.from.as_deref()) {
        Ok(it) => it,
        Err((message, help)) => {
            terminal.error(&message, help.as_deref());
            return Ok(Outcome::Findings);
        }
    };
    let mut lines = String::new();
    for (cluster, before, after) in &it.clusters {
        let _ = writeln!(lines, "{cluster}: {} {before} → {after}", it.addon);
    }
    answer(&lines)?;
    let texts: Vec<(String, String)> =
        it.change.files().map(|file| (file.path(&opened.db).to_string(), file.text(&opened.db).to_string())).collect();
    let files: Vec<&str> = texts.iter().map(|(path, _)| path.as_str()).collect();
    let what = format!("`{}` {} from `{}` to `{}`", it.addon, it.version, it.from, it.to);
    if arguments.dry_run {
        terminal.status("Would move", &format!("{what}, in {}", files.join(", ")));
        return Ok(Outcome::Fine);
    }
    host::rewrite(&opened.root, &texts)?;
    terminal.status("Promoted", &format!("{what}, in {}; `fleetc build` writes the tree", files.join(", ")));
    Ok(Outcome::Fine)
}
