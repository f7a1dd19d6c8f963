//! `fleetc explain`: pages on diagnostics, keywords, functions, commands and the standard library.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::args::Explain;
use super::examples::command;
use super::outcome::Outcome;
use super::terminal::{Terminal, counted, result};
use crate::diagnostic::{Code, code, did_you_mean};
use crate::host::{self, HostError};
use crate::ide::{manual, manual_paths};
use crate::source::{FleetDatabase, InMemory, Sources, standard_library};
use crate::syntax::{word, words};
use crate::types::builtin::{self, Builtin};

/// What the standard library is looked at from: its roles and names are made of these facts.
const PROJECT: &str = "fleet manual { facts { account: AwsAccountId, region: AwsRegion } }\n";

pub(super) fn run(arguments: &Explain, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    if let Some(dir) = &arguments.out {
        return write_all(dir, terminal);
    }
    let Some(wanted) = &arguments.code else {
        let lines: Vec<String> = code::ALL.iter().map(|it| format!("{}  {}\n", it.id, it.title)).collect();
        result(&lines.concat())?;
        return Ok(Outcome::Fine);
    };
    result(&page(wanted)?)?;
    Ok(Outcome::Fine)
}

fn page(wanted: &str) -> Result<String, HostError> {
    if wanted == "std" || wanted.starts_with("std.") {
        return manual(&standard(), wanted).map_err(|help| HostError {
            message: format!("the standard library has no `{wanted}`"),
            help: help.map(Into::into).or_else(|| Some("`fleetc explain std` lists its packages".into())),
        });
    }
    let code = code::ALL.iter().find(|it| it.id.eq_ignore_ascii_case(wanted));
    code.map(of_code)
        .or_else(|| word(wanted).map(|it| of_word(wanted, it)))
        .or_else(|| builtin::find(wanted).map(of_function))
        .ok_or_else(|| HostError {
            message: format!("there is no diagnostic, keyword or function `{wanted}`"),
            help: nearest(wanted).or_else(|| Some("`fleetc explain` lists all diagnostics".into())),
        })
}

fn of_code(it: &Code) -> String {
    format!("# {}: {}\n\n{}", it.id, it.title, it.page.trim_start())
}

fn of_word(word: &str, text: &str) -> String {
    format!("# {word}\n\n{text}\n")
}

fn of_function(it: &Builtin) -> String {
    format!("# {}\n\n`{}`\n\n{}.\n", it.name, it.signature, it.doc)
}

/// The standard library alone.
fn standard() -> FleetDatabase {
    let files = vec![("fleet.fleet".to_owned(), PROJECT.to_owned())];
    let project = Sources { files, ..Sources::default() };
    FleetDatabase::with_packages(project, standard_library(), Arc::new(InMemory::default()))
}

/// Every page, by its path.
fn write_all(dir: &Path, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    pages.extend(code::ALL.iter().map(|it| (format!("diagnostics/{}.md", it.id), of_code(it))));
    pages.extend(words().map(|(name, text)| (format!("keywords/{name}.md"), of_word(name, text))));
    pages.extend(builtin::all().iter().map(|it| (format!("functions/{}.md", it.name), of_function(it))));
    for mut it in command().get_subcommands().cloned() {
        let name = it.get_name().to_owned();
        pages.insert(
            format!("commands/{name}.md"),
            format!("# fleetc {name}\n\n```text\n{}```\n", it.render_long_help()),
        );
    }
    let db = standard();
    for path in manual_paths(&db) {
        if let Ok(it) = manual(&db, &path) {
            pages.insert(format!("std/{path}.md"), it);
        }
    }
    host::make_directory(dir)?;
    let count = pages.len();
    host::rewrite(dir, &pages.into_iter().collect::<Vec<_>>())?;
    terminal.status("Wrote", &format!("{} to {}", counted(count, "page"), dir.display()));
    Ok(Outcome::Fine)
}

fn nearest(wanted: &str) -> Option<String> {
    let upper = wanted.to_uppercase();
    let code = || did_you_mean(&upper, code::ALL.iter().map(|it| it.id));
    let names = words().map(|(it, _)| it).chain(builtin::all().iter().map(|it| it.name));
    did_you_mean(wanted, names).or_else(code).map(Into::into)
}
