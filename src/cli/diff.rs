//! `fleetc diff`

use std::path::Path;

use super::Outcome;
use super::args::{Diff, DiffOutput};
use super::model::{Model, at, now};
use super::terminal::{Terminal, result};
use crate::compile::compile;
use crate::host::{self, HostError};
use crate::inspect::{Danger, Difference, Filter, diff};
use crate::render::{States, diff_json, diff_markdown, diff_patch, diff_text};
use crate::source::FleetDatabase;

pub(super) fn run(directory: &Path, arguments: &Diff, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Ends { old, new } = ends(directory, arguments.revisions.as_deref().unwrap_or("HEAD"))?;
    // Much of compiling is done by one thread: the other state is compiled meanwhile.
    let (before, after) = rayon::join(
        || at(directory, &old),
        || new.as_ref().map_or_else(|| working_tree(directory), |it| at(directory, it)),
    );
    let (before, after) = (before?.said(terminal), after?.said(terminal));
    let (Some((before, _)), Some((after, _))) = (before, after) else { return Ok(Outcome::Findings) };
    let Some(gates) = Gates::read(arguments, &after, terminal)? else { return Ok(Outcome::Findings) };
    let found = diff(&before, &after);
    let new_name = new.as_deref().unwrap_or("the working tree");
    let states = States { old: &before, new: &after, old_name: &old, new_name };
    result(&match arguments.output {
        DiffOutput::Text => diff_text(&states, &found),
        DiffOutput::Markdown => diff_markdown(&states, &found),
        DiffOutput::Patch => {
            let (old, new) = (compile(&before).tree, compile(&after).tree);
            diff_patch(&old, &new, &host::prefix(directory))
        }
        DiffOutput::Json => {
            format!("{}\n", serde_json::to_string_pretty(&diff_json(&states, &found)).unwrap_or_default())
        }
    })?;
    let closed = gates.closed(&after, &found);
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

/// What may not be: `--fail-on` and `--max-rings`.
struct Gates {
    any: bool,
    dangers: Vec<&'static str>,
    clusters: Vec<(String, Filter)>,
    max_rings: Option<usize>,
}

impl Gates {
    /// None where an expression is wrong, which is then said.
    fn read(arguments: &Diff, db: &FleetDatabase, terminal: &mut Terminal) -> Result<Option<Self>, HostError> {
        let mut it = Self { any: false, dangers: Vec::new(), clusters: Vec::new(), max_rings: arguments.max_rings };
        for text in &arguments.fail_on {
            match (text.as_str(), Danger::WORDS.iter().find(|it| **it == text)) {
                ("any", _) => it.any = true,
                ("danger", _) => it.dangers.extend(Danger::WORDS),
                (_, Some(word)) => it.dangers.push(*word),
                _ => match Filter::of_clusters(db, "--fail-on", text) {
                    Ok(filter) => it.clusters.push((text.clone(), filter)),
                    Err(found) => {
                        terminal.diagnostics(db, &found);
                        let words = Danger::WORDS.join("`, `");
                        let help = format!("a gate is `any`, `danger`, `{words}`, or an expression over `cluster`");
                        terminal.error(&format!("`--fail-on {text}` cannot be read"), Some(&help));
                        return Ok(None);
                    }
                },
            }
        }
        if it.max_rings.is_some() && crate::fleet::settings(db, crate::source::Db::project(db)).value.rings.is_none() {
            return Err(HostError {
                message: "the fleet has no rings".into(),
                help: Some("write `rings environment = [ … ]` in the fleet, or leave `--max-rings` out".into()),
            });
        }
        Ok(Some(it))
    }

    /// What of a difference may not be, each in a sentence.
    fn closed(&self, db: &FleetDatabase, found: &Difference) -> Vec<String> {
        let mut closed = Vec::new();
        let count = found.touched.len() + found.appearing.len();
        if self.any && count > 0 {
            closed.push(format!("`--fail-on any`: {}", clusters(count, "change")));
        }
        for word in &self.dangers {
            let is_one = |it: &&crate::inspect::Change| it.dangers.iter().any(|it| it.word() == *word);
            let hit: std::collections::BTreeSet<&str> =
                found.changes.iter().filter(is_one).flat_map(|it| &it.clusters).map(|it| it.name.as_str()).collect();
            if let Some(first) = hit.first() {
                closed.push(format!("`{word}` on {}, such as `{first}`", clusters(hit.len(), "")));
            }
        }
        for (text, filter) in &self.clusters {
            // What cannot be computed may be what somebody guards against.
            let hit: Vec<&str> = found
                .touched
                .iter()
                .filter(|it| filter.holds_on(db, it.new).unwrap_or(true))
                .map(|it| it.name.as_str())
                .collect();
            if let Some(first) = hit.first() {
                closed.push(format!("`--fail-on {text}`: {}, such as `{first}`", clusters(hit.len(), "change")));
            }
        }
        if let Some(most) = self.max_rings {
            let mut rings: Vec<&str> = found.touched.iter().map(|it| it.ring.as_deref().unwrap_or("no ring")).collect();
            rings.sort_unstable();
            rings.dedup();
            if rings.len() > most {
                closed.push(format!(
                    "objects change in {} rings ({}), and `--max-rings` is {most}",
                    rings.len(),
                    rings.join(", ")
                ));
            }
        }
        closed
    }
}

/// "12 clusters change"
fn clusters(count: usize, verb: &str) -> String {
    let text = if count == 1 {
        format!("1 cluster {verb}{}", if verb.is_empty() { "" } else { "s" })
    } else {
        format!("{count} clusters {verb}")
    };
    text.trim_end().to_owned()
}
