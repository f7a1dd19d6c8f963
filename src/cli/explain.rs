//! `fleetc explain`

use super::Outcome;
use super::args::Explain;
use super::terminal::result;
use crate::diagnostic::{code, did_you_mean};
use crate::host::HostError;

pub(super) fn run(arguments: &Explain) -> Result<Outcome, HostError> {
    let Some(wanted) = &arguments.code else {
        let lines: Vec<String> = code::ALL.iter().map(|it| format!("{}  {}\n", it.id, it.title)).collect();
        result(&lines.concat())?;
        return Ok(Outcome::Fine);
    };
    let wanted = wanted.to_uppercase();
    match code::ALL.iter().find(|it| it.id == wanted) {
        Some(it) => {
            result(&format!("# {}: {}\n\n{}", it.id, it.title, it.page.trim_start()))?;
            Ok(Outcome::Fine)
        }
        None => Err(HostError {
            message: format!("there is no diagnostic `{wanted}`"),
            help: did_you_mean(&wanted, code::ALL.iter().map(|it| it.id))
                .map(Into::into)
                .or_else(|| Some("`fleetc explain` lists all of them".into())),
        }),
    }
}
