//! The command line: one file a command, its arguments in `args.rs`, examples of each in `examples.rs`. Results go to standard output,
//! everything said to a person to standard error.
//!
//! Exit status: 0 all well; 1 the sources have errors or `--check` found a
//! difference; 2 usage or environment error; 3 a bug in fleetc.

mod absorb;
mod args;
mod build;
mod check;
mod compare;
mod completions;
mod diff;
mod diff_by_hand;
mod gates;
mod examples;
mod explain;
mod fmt;
mod graph;
mod import;
mod init;
mod list;
mod man;
mod outcome;
mod model;
mod project;
mod promote;
mod provision;
mod render;
mod report;
mod terminal;
mod vendor;
mod watch;
mod why;

use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Arguments, Command};
use terminal::Terminal;

use crate::diagnostic::{caught, keep_panics};
use crate::host::HostError;
use outcome::{Outcome, STACK};

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    keep_panics(std::env::var_os("RUST_BACKTRACE").is_some_and(|it| it != "0"));
    let arguments = match Arguments::from_arg_matches(&examples::command().get_matches()) {
        Ok(it) => it,
        Err(it) => it.exit(),
    };
    let mut terminal = Terminal::new(&arguments);
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

fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    match &arguments.command {
        Command::Build(it) => build::run(&arguments.directory, it, terminal),
        Command::Check(it) => check::run(&arguments.directory, it, terminal),
        Command::Fmt(it) => fmt::run(&arguments.directory, it, terminal),
        Command::Render(it) => render::run(&arguments.directory, it, terminal),
        Command::Compare(it) => compare::run(&arguments.directory, it, terminal),
        Command::Diff(it) => diff::run(&arguments.directory, it, terminal),
        Command::Why(it) => why::run(&arguments.directory, it, terminal),
        Command::Absorb(it) => absorb::run(&arguments.directory, it, terminal),
        Command::Promote(it) => promote::run(&arguments.directory, it, terminal),
        Command::List(it) => list::run(&arguments.directory, it, terminal),
        Command::Graph(it) => graph::run(&arguments.directory, it, terminal),
        Command::Report(it) => report::run(&arguments.directory, it, terminal),
        Command::Provision(it) => provision::run(&arguments.directory, it, terminal),
        Command::Vendor(it) => vendor::run(&arguments.directory, it, terminal),
        Command::Explain(it) => explain::run(it, terminal),
        Command::Completions(it) => completions::run(it),
        Command::Man(it) => man::run(it, terminal),
        // It has threads of its own.
        Command::Lsp => Ok(Outcome::Fine),
        Command::Init(it) => init::run(&arguments.directory, it, terminal),
        Command::Import(it) => import::run(&arguments.directory, it, terminal),
    }
}
