//! The command line: one file a command. Results go to standard output,
//! everything said to a person to standard error.
//!
//! Exit status: 0 all well; 1 the sources have errors or `--check` found a
//! difference; 2 usage or environment error; 3 a bug in fleetc.

mod args;
mod build;
mod check;
mod compare;
mod diff;
mod gates;
mod explain;
mod fmt;
mod graph;
mod init;
mod list;
mod model;
mod promote;
mod provision;
mod render;
mod report;
mod terminal;
mod vendor;
mod watch;
mod why;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use ecow::EcoString;

use args::{Arguments, Command};
use terminal::Terminal;

use crate::diagnostic::{caught, did_you_mean, keep_panics};
use crate::fleet;
use crate::host::{self, HostError, Opened};
use crate::source::{Db, FleetDatabase};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Fine,
    /// The sources are wrong, or the tree differs.
    Findings,
}

/// Most nesting of an expression times the frames that evaluating a level takes.
const STACK: usize = 256 * 1024 * 1024;

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    keep_panics(std::env::var_os("RUST_BACKTRACE").is_some_and(|it| it != "0"));
    let arguments = Arguments::parse();
    let mut terminal =
        Terminal::new(arguments.color, arguments.quiet, arguments.message_format(), &arguments.directory);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs()).stack_size(STACK).build();
    let result = match pool {
        Ok(pool) => match &arguments.command {
            Command::Build(it) if it.watch => watch::run(&pool, &arguments.directory, it, &mut terminal),
            Command::Lsp => crate::lsp::serve(pool).map(|()| Outcome::Fine),
            _ => match caught(|| pool.install(|| run(&arguments, &mut terminal))) {
                Ok(it) => it,
                Err(bug) => {
                    terminal.bug(&bug);
                    // The output for programs is incomplete, and says so.
                    let _ = terminal.finish(false);
                    return ExitCode::from(3);
                }
            },
        },
        Err(error) => {
            terminal.error(&format!("no threads can be started: {error}"), None);
            return ExitCode::from(2);
        }
    };
    if let Err(error) = &result {
        terminal.error(&error.message, error.help.as_deref());
    }
    match (terminal.finish(result.is_ok()), result) {
        (Ok(()), Ok(Outcome::Fine)) => ExitCode::SUCCESS,
        (Ok(()), Ok(Outcome::Findings)) => ExitCode::FAILURE,
        _ => ExitCode::from(2),
    }
}

/// Opens the project; none if a package cannot be used, which is then said.
fn opened(directory: &Path, terminal: &mut Terminal) -> Result<Option<Opened>, HostError> {
    let opened = host::open(directory)?;
    if opened.problems.is_empty() {
        return Ok(Some(opened));
    }
    let counts = terminal.diagnostics(&opened.db, &opened.problems);
    terminal.error(&format!("{}; nothing was compiled", Terminal::summary(counts)), None);
    Ok(None)
}

/// That a cluster is not there, with the nearest name.
fn unknown_cluster(db: &FleetDatabase, name: &str) -> HostError {
    let clusters = &fleet::all_clusters(db, db.project()).value;
    HostError {
        message: format!("there is no cluster `{name}`"),
        help: did_you_mean(name, clusters.keys().map(EcoString::as_str)).map(Into::into),
    }
}

/// The process ends: to take the database apart first would be work for nothing.
fn ended(opened: Opened) {
    std::mem::forget(opened);
}

fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    match &arguments.command {
        Command::Build(it) => build::run(&arguments.directory, it, terminal),
        Command::Check(it) => check::run(&arguments.directory, it, terminal),
        Command::Fmt(it) => fmt::run(&arguments.directory, it, terminal),
        Command::Render(it) => render::run(&arguments.directory, it, terminal),
        Command::Compare(it) => compare::run(&arguments.directory, it, terminal),
        Command::Diff(it) => diff::run(&arguments.directory, it, terminal),
        Command::Why(it) => why::run(&arguments.directory, it, terminal),
        Command::Promote(it) => promote::run(&arguments.directory, it, terminal),
        Command::List(it) => list::run(&arguments.directory, it, terminal),
        Command::Graph(it) => graph::run(&arguments.directory, it, terminal),
        Command::Report(it) => report::run(&arguments.directory, it, terminal),
        Command::Provision(it) => provision::run(&arguments.directory, it, terminal),
        Command::Vendor(it) => vendor::run(&arguments.directory, it, terminal),
        Command::Explain(it) => explain::run(it),
        // It has threads of its own.
        Command::Lsp => Ok(Outcome::Fine),
        Command::Init(it) => init::run(&arguments.directory, it, terminal),
    }
}
