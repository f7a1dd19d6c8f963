//! `fleetc fmt`

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::args::Fmt;
use super::outcome::Outcome;
use super::terminal::{Terminal, answer, result};
use crate::diagnostic::bug;
use crate::format::{Formatted, format, means_the_same};
use crate::host::{self, HostError, Text};
use crate::render::text_patch;

pub(super) fn run(directory: &Path, arguments: &Fmt, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let writes = !arguments.check && !arguments.diff;
    let wrong = Mutex::default();
    if arguments.files.iter().any(|it| it.as_os_str() == "-") {
        if arguments.files.len() > 1 {
            let message = "`-` is standard input and cannot be combined with files".to_owned();
            return Err(HostError { message, help: None });
        }
        let text = standard_input()?;
        let it = Text { path: "-".into(), name: "standard input".to_owned(), text };
        let Formatted { text, left } = laid_out(&it, &wrong);
        leaves(&it, &left, terminal);
        assert_kept(wrong);
        if writes {
            result(&text)?;
            return Ok(Outcome::Fine);
        }
        return report(arguments, &[(it, text)], 1, terminal);
    }
    let all = if arguments.files.is_empty() {
        host::texts_of_project(directory)?
    } else {
        let texts = arguments.files.iter().map(|it| host::texts_at(directory, it));
        texts.collect::<Result<Vec<Vec<Text>>, HostError>>()?.into_iter().flatten().collect()
    };
    let count = all.len();
    let formatted: Vec<(Text, Formatted)> = all
        .into_par_iter()
        .map(|it| {
            let formatted = laid_out(&it, &wrong);
            (it, formatted)
        })
        .collect();
    let mut changed: Vec<(Text, String)> = Vec::new();
    for (it, Formatted { text, left }) in formatted {
        leaves(&it, &left, terminal);
        if text != it.text {
            changed.push((it, text));
        }
    }
    if !writes {
        assert_kept(wrong);
        return report(arguments, &changed, count, terminal);
    }
    for (it, text) in &changed {
        host::replace(&it.path, text)?;
    }
    assert_kept(wrong);
    terminal.status("Formatted", &format!("{} of {}", changed.len(), files(count)));
    Ok(Outcome::Fine)
}

/// A text laid out, or as it is where that would change what it says: nothing is written that says something else.
fn laid_out(it: &Text, wrong: &Mutex<Vec<String>>) -> Formatted {
    let formatted = format(&it.text);
    if formatted.text == it.text || means_the_same(&it.text, &formatted.text) {
        return formatted;
    }
    wrong.lock().unwrap_or_else(PoisonError::into_inner).push(it.name.clone());
    Formatted { text: it.text.clone(), left: Vec::new() }
}

/// Says which files `fmt` would have changed in what they say; all others are written by then.
fn assert_kept(wrong: Mutex<Vec<String>>) {
    let mut wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    wrong.sort();
    if !wrong.is_empty() {
        bug(&format!("`fmt` would change what is said in {}", wrong.join(", ")));
    }
}

/// What would change.
fn report(
    arguments: &Fmt,
    changed: &[(Text, String)],
    count: usize,
    terminal: &mut Terminal,
) -> Result<Outcome, HostError> {
    let changed: Vec<&(Text, String)> = changed.iter().filter(|(it, text)| it.text != *text).collect();
    let mut out = String::new();
    for (it, text) in &changed {
        if arguments.diff {
            out.push_str(&text_patch(&it.name, &it.text, text));
        } else {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}", it.name);
        }
    }
    answer(&out)?;
    if changed.is_empty() {
        terminal.status("Finished", &format!("{} as `fleetc fmt` writes them", files(count)));
        return Ok(Outcome::Fine);
    }
    let verb = if changed.len() == 1 { "is" } else { "are" };
    let message = format!("{} of {} {verb} not as `fleetc fmt` writes them", changed.len(), files(count));
    terminal.error(&message, Some("run `fleetc fmt`"));
    Ok(Outcome::Findings)
}

/// Says which declarations cannot be read.
fn leaves(it: &Text, left: &[usize], terminal: &mut Terminal) {
    for at in left {
        let rest = it.text.get(*at..).unwrap_or_default();
        let first = at + rest.len() - rest.trim_start().len();
        let line = it.text.get(..first).unwrap_or_default().matches('\n').count() + 1;
        terminal.status("Left", &format!("{}:{line} unchanged: it cannot be parsed; run `fleetc check`", it.name));
    }
}

fn standard_input() -> Result<String, HostError> {
    let mut text = String::new();
    let failed = |it: std::io::Error| HostError { message: format!("standard input cannot be read: {it}"), help: None };
    std::io::stdin().read_to_string(&mut text).map_err(failed)?;
    // As in a file, a mark at the beginning says nothing.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
