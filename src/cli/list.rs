//! `fleetc list`

use std::path::Path;

use super::args::{List, Listed, TableOutput};
use super::model::model;
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::host::HostError;
use crate::inspect::{Filter, Kinds, list};
use crate::render::{human, table_json, table_text};
use crate::source::{Db, FleetDatabase};

pub(super) fn run(directory: &Path, arguments: &List, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some((db, _)) = model(directory, arguments.rev.as_deref(), terminal)? else { return Ok(Outcome::Findings) };
    let filter = match arguments.filter.as_deref().map(|it| filter(&db, arguments.what, it)).transpose() {
        Ok(it) => it,
        Err(found) => {
            let counts = terminal.diagnostics(&db, &found);
            terminal.error(&format!("{} in `--where`; nothing was listed", Terminal::summary(counts)), None);
            return Ok(Outcome::Findings);
        }
    };
    let table = list(&db, kinds(arguments.what), filter);
    result(&match arguments.output {
        TableOutput::Table => human(&table_text(&table)),
        TableOutput::Json => {
            let first = fleet::clusters(&db).next().or(fleet::settings(&db, db.project()).value.anchor);
            format!("{:#}\n", table_json(&table, first))
        }
    })?;
    Ok(Outcome::Fine)
}

/// What lists add-ons may ask about `addon`, too.
fn filter(db: &FleetDatabase, what: Listed, text: &str) -> Result<Filter, Vec<Diagnostic>> {
    match what {
        Listed::AddOns | Listed::Releases | Listed::Versions => Filter::of_addons(db, "--where", text),
        _ => Filter::of_clusters(db, "--where", text),
    }
}

const fn kinds(what: Listed) -> Kinds {
    match what {
        Listed::Clusters => Kinds::Clusters,
        Listed::AddOns => Kinds::Addons,
        Listed::Releases => Kinds::Releases,
        Listed::Sources => Kinds::Sources,
        Listed::Catalogues => Kinds::Catalogues,
        Listed::Rules => Kinds::Rules,
        Listed::Versions => Kinds::Versions,
    }
}
