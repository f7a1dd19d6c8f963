//! `fleetc completions`

use clap_complete::generate;

use super::args::Completions;
use super::examples::command;
use super::outcome::Outcome;
use super::terminal::result;
use crate::host::HostError;

pub(super) fn run(arguments: &Completions) -> Result<Outcome, HostError> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command(), "fleetc", &mut script);
    result(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Fine)
}
