//! `fleetc man`

use clap::Command;
use clap_mangen::Man as Page;

use super::args::Man;
use super::examples::command;
use super::outcome::Outcome;
use super::terminal::{Terminal, counted, result};
use crate::diagnostic::did_you_mean;
use crate::host::{self, HostError};

pub(super) fn run(arguments: &Man, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let whole = command();
    if let Some(dir) = &arguments.out {
        host::make_directory(dir)?;
        let mut pages = vec![("fleetc.1".to_owned(), page(whole.clone())?)];
        for it in whole.get_subcommands() {
            let name = format!("fleetc-{}", it.get_name());
            pages.push((format!("{name}.1"), page(it.clone())?));
        }
        host::rewrite(dir, &pages)?;
        terminal.status("Wrote", &format!("{} to {}", counted(pages.len(), "page"), dir.display()));
        return Ok(Outcome::Fine);
    }
    let wanted = match &arguments.command {
        None => whole,
        Some(name) => {
            let found = whole.find_subcommand(name).cloned();
            found.ok_or_else(|| HostError {
                message: format!("there is no command `{name}`"),
                help: did_you_mean(name, whole.get_subcommands().map(Command::get_name)).map(Into::into),
            })?
        }
    };
    result(&page(wanted)?)?;
    Ok(Outcome::Fine)
}

/// The manual page of a command, in roff.
fn page(command: Command) -> Result<String, HostError> {
    let mut text = Vec::new();
    let rendered = Page::new(command).render(&mut text);
    rendered.map_err(|it| HostError { message: format!("a page cannot be made: {it}"), help: None })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
