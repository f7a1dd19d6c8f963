//! `fleetc compare`

use std::path::Path;

use super::args::{Compare, Output};
use super::model::{model_of, not_found};
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::fleet;
use crate::host::HostError;
use crate::inspect::{Selector, compare};
use crate::render::{compare_json, compare_text, human};
use crate::source::{Anchor, Db};

pub(super) fn run(directory: &Path, arguments: &Compare, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let pair = [arguments.first.as_str(), arguments.second.as_str()];
    let compiled = model_of(directory, arguments.rev.as_deref(), &pair, terminal)?;
    let Some((db, _)) = compiled else { return Ok(Outcome::Findings) };
    let clusters = &fleet::all_clusters(&db, db.project()).value;
    let cluster = |name: &str| -> Result<Anchor, HostError> {
        clusters.get(name).copied().ok_or_else(|| super::project::unknown_cluster(&db, name))
    };
    let pair = [cluster(&arguments.first)?, cluster(&arguments.second)?];
    let selector = arguments.object.as_deref().map(Selector::parse);
    let (first, second) = (&arguments.first, &arguments.second);
    let found = compare(&db, pair, selector.as_ref()).map_err(|it| not_found(&[first, second], it))?;
    result(&match arguments.output {
        Output::Text => human(&compare_text(&db, &found)),
        Output::Json => format!("{:#}\n", compare_json(&db, &found)),
    })?;
    Ok(Outcome::Fine)
}
