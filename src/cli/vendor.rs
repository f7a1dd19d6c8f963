//! `fleetc vendor`

use std::path::Path;

use super::args::Vendor;
use super::build::WAITING;
use super::outcome::Outcome;
use super::terminal::Terminal;
use crate::fleet;
use crate::host::{self, Exclusive, HostError, Network};
use crate::source::Db;

pub(super) fn run(directory: &Path, arguments: &Vendor, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let opened = host::open(directory)?;
    let db = &opened.db;
    let settings = fleet::settings(db, db.project());
    if settings.diagnostics.iter().any(crate::diagnostic::Diagnostic::is_error) {
        let counts = terminal.diagnostics(db, &settings.diagnostics);
        terminal.error(&format!("{}; nothing was fetched", Terminal::summary(counts)), None);
        return Ok(Outcome::Findings);
    }
    #[expect(clippy::disallowed_methods, reason = "git's own variable for the program that speaks SSH")]
    let network = Network { ssh: std::env::var("GIT_SSH_COMMAND").ok() };
    let _exclusive = Exclusive::of(&opened.root, || terminal.status("Waiting", WAITING));
    let done = host::vendor(&opened.root, &settings.value.packages, arguments.update, &network)?;
    for it in done.iter().filter(|it| it.is_new) {
        let commit = it.commit.get(..12).unwrap_or(&it.commit);
        terminal.status("Vendored", &format!("{} at {} ({commit}), {} files", it.name, it.rev, it.files));
    }
    let new = done.iter().filter(|it| it.is_new).count();
    let plural = if done.len() == 1 { "" } else { "s" };
    terminal.status("Finished", &format!("{} package{plural} from Git, {new} new", done.len()));
    Ok(Outcome::Fine)
}
