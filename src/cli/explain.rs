//! `fleetc explain`

use super::args::Explain;
use super::outcome::Outcome;
use super::terminal::result;
use crate::diagnostic::{code, did_you_mean};
use crate::host::HostError;
use crate::syntax::{word, words};
use crate::types::builtin;

pub(super) fn run(arguments: &Explain) -> Result<Outcome, HostError> {
    let Some(wanted) = &arguments.code else {
        let lines: Vec<String> = code::ALL.iter().map(|it| format!("{}  {}\n", it.id, it.title)).collect();
        result(&lines.concat())?;
        return Ok(Outcome::Fine);
    };
    let code = code::ALL.iter().find(|it| it.id.eq_ignore_ascii_case(wanted));
    let page = code
        .map(|it| format!("# {}: {}\n\n{}", it.id, it.title, it.page.trim_start()))
        .or_else(|| word(wanted).map(|it| format!("# {wanted}\n\n{it}\n")))
        .or_else(|| builtin::find(wanted).map(|it| format!("# {wanted}\n\n`{}`\n\n{}.\n", it.signature, it.doc)));
    match page {
        Some(it) => {
            result(&it)?;
            Ok(Outcome::Fine)
        }
        None => Err(HostError {
            message: format!("there is no diagnostic, keyword or function `{wanted}`"),
            help: nearest(wanted).or_else(|| Some("`fleetc explain` lists all diagnostics".into())),
        }),
    }
}

fn nearest(wanted: &str) -> Option<String> {
    let upper = wanted.to_uppercase();
    let code = || did_you_mean(&upper, code::ALL.iter().map(|it| it.id));
    let names = words().map(|(it, _)| it).chain(builtin::all().iter().map(|it| it.name));
    did_you_mean(wanted, names).or_else(code).map(Into::into)
}
