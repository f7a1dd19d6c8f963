//! `fleetc graph`

use std::path::Path;

use super::args::{Graph, GraphOutput};
use super::model::model;
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::fleet;
use crate::host::HostError;
use crate::inspect::{picture, picture_of};
use crate::render::{picture_dot, picture_mermaid, picture_svg};
use crate::source::Db;

pub(super) fn run(directory: &Path, arguments: &Graph, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some((db, _)) = model(directory, arguments.rev.as_deref(), terminal)? else { return Ok(Outcome::Findings) };
    let found = match &arguments.cluster {
        None => picture(&db),
        Some(name) => {
            let clusters = &fleet::all_clusters(&db, db.project()).value;
            picture_of(&db, *clusters.get(name.as_str()).ok_or_else(|| super::project::unknown_cluster(&db, name))?)
        }
    };
    result(&match arguments.output {
        GraphOutput::Svg => picture_svg(&found),
        GraphOutput::Dot => picture_dot(&found),
        GraphOutput::Mermaid => picture_mermaid(&found),
    })?;
    Ok(Outcome::Fine)
}
