//! `fleetc diff`

use std::path::Path;

use super::args::{Diff, DiffOutput};
use super::diff_by_hand;
use super::gates::Gates;
use super::model::{Model, at, now};
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::compile::compile;
use crate::host::{self, HostError};
use crate::inspect::diff;
use crate::render::{States, diff_json, diff_markdown, diff_patch, diff_text, human};

pub(super) fn run(directory: &Path, arguments: &Diff, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Ends { old, new } = ends(directory, arguments.revisions.as_deref().unwrap_or("HEAD"))?;
    if new.is_none()
        && let Some(outcome) = diff_by_hand::run(directory, &old, arguments, terminal)?
    {
        return Ok(outcome);
    }
    // Much of compiling is done by one thread: the other state is compiled meanwhile.
    let (before, after) = rayon::join(
        || at(directory, &old),
        || new.as_ref().map_or_else(|| working_tree(directory), |it| at(directory, it)),
    );
    let (before, after) = (before?.reported(terminal), after?.reported(terminal));
    let (Some((before, _)), Some((after, _))) = (before, after) else { return Ok(Outcome::Findings) };
    let gates = Gates::read(arguments, &before, &after, terminal)?;
    let found = diff(&before, &after);
    let new_name = new.as_deref().unwrap_or("the working tree");
    let states = States { old: &before, new: &after, old_name: &old, new_name };
    result(&match arguments.output {
        DiffOutput::Text => human(&diff_text(&states, &found)),
        DiffOutput::Markdown => human(&diff_markdown(&states, &found)),
        DiffOutput::Patch => {
            let (old, new) = (compile(&before).tree, compile(&after).tree);
            human(&diff_patch(&old, &new, &host::prefix(directory)))
        }
        DiffOutput::Json => {
            format!("{:#}\n", diff_json(&states, &found))
        }
    })?;
    let closed = gates.closed(&before, &after, &found);
    for it in &closed {
        terminal.error(it, None);
    }
    // The process ends: to take the databases apart first would be work for nothing.
    std::mem::forget((before, after, found));
    Ok(if closed.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// Two revisions; the second is none for the files as they are.
struct Ends {
    old: String,
    new: Option<String>,
}

/// Reads `REV`, `REV..REV` and `REV...REV`, as git does: the last begins where both still
/// were the same.
fn ends(directory: &Path, text: &str) -> Result<Ends, HostError> {
    let or_head = |it: &str| if it.is_empty() { "HEAD".to_owned() } else { it.to_owned() };
    if let Some((old, new)) = text.split_once("...") {
        let (old, new) = (or_head(old), or_head(new));
        return Ok(Ends { old: host::merge_base(directory, &old, &new)?, new: Some(new) });
    }
    Ok(match text.split_once("..") {
        Some((old, new)) => Ends { old: or_head(old), new: Some(or_head(new)) },
        None => Ends { old: text.to_owned(), new: None },
    })
}

fn working_tree(directory: &Path) -> Result<Model, HostError> {
    if host::is_bare(directory) {
        return Err(HostError {
            message: "a bare repository has no working tree".into(),
            help: Some("name two revisions: `fleetc diff main~1..main`".into()),
        });
    }
    now(directory)
}
