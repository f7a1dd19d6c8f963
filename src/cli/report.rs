//! `fleetc report`

use std::path::Path;

use super::args::Report;
use super::model::{at, now};
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::host::{self, HostError};
use crate::inspect::{picture, report};
use crate::render::report_html;

pub(super) fn run(directory: &Path, arguments: &Report, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let model = arguments.rev.as_deref().map_or_else(|| now(directory), |it| at(directory, it))?;
    let warnings = model.found().to_vec();
    let Some((db, _)) = model.reported(terminal) else { return Ok(Outcome::Findings) };
    let found = report(&db, warnings);
    let page = report_html(&db, &found, &picture(&db));
    if arguments.out.as_os_str() == "-" {
        result(&page)?;
        return Ok(Outcome::Fine);
    }
    host::write_page(&arguments.out, &page)?;
    let (clusters, addons) = (found.clusters.len(), found.addons.len());
    let size = page.len().div_ceil(1024);
    let text = format!("{clusters} clusters × {addons} add-ons, {size} KiB: {}", arguments.out.display());
    terminal.status("Reported", &text);
    // The process ends: to take all of it apart first would be work for nothing.
    std::mem::forget((db, found));
    Ok(Outcome::Fine)
}
