//! `fleetc absorb`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ecow::EcoString;

use super::args::Absorb;
use super::outcome::Outcome;
use super::terminal::{Terminal, answer, counted};
use crate::compile::compile;
use crate::edit::{Absorbed, Edit, absorb, literal};
use crate::emit::header_path;
use crate::host::{self, HostError};
use crate::render::text_patch;

pub(super) fn run(directory: &Path, arguments: &Absorb, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some(mut opened) = super::project::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let compilation = compile(&opened.db);
    if !compilation.is_clean() {
        let counts = terminal.diagnostics(&opened.db, &compilation.diagnostics);
        terminal.error(&format!("{}; nothing was absorbed", Terminal::summary(counts)), None);
        return Ok(Outcome::Findings);
    }
    let paths = compilation.tree.files.keys();
    let texts = host::texts_in(&opened.root, arguments.revision.as_deref(), paths)?;
    // A file that is somebody else's is no edit.
    let is_edited = |(path, text): &(&EcoString, &String)| {
        header_path(text) == Some(path.as_str())
            && compilation.tree.files.get(*path).is_some_and(|it| *it.text() != ***text)
    };
    let edited: BTreeMap<EcoString, String> =
        texts.iter().filter(is_edited).map(|(path, text)| (path.clone(), text.clone())).collect();
    if edited.is_empty() {
        terminal.status("Finished", "the generated files are as the sources say");
        return Ok(Outcome::Fine);
    }
    let absorbed = absorb(&mut opened.db, &edited);
    answer(&told(&absorbed, arguments.dry_run))?;
    let Absorbed { texts, done, left, unreadable } = absorbed;
    if !arguments.dry_run {
        let texts: Vec<(String, String)> = texts.into_iter().map(|(path, (_, it))| (path.to_string(), it)).collect();
        host::rewrite(&opened.root, &texts)?;
    }
    let word = if arguments.dry_run { "Would say" } else { "Absorbed" };
    terminal.status(word, &format!("{} of {}", done.len(), counted(done.len() + left.len(), "edit")));
    if left.is_empty() && unreadable.is_empty() {
        return Ok(Outcome::Fine);
    }
    let count = counted(left.len() + unreadable.len(), "edit");
    terminal.error(
        &format!("{count} could not be absorbed: `fleetc build` would undo what is listed"),
        Some("edit the sources by hand, where `fleetc why FILE:LINE` shows"),
    );
    Ok(Outcome::Findings)
}

fn told(absorbed: &Absorbed, is_dry: bool) -> String {
    let mut out = String::new();
    for (edit, place) in &absorbed.done {
        let _ = writeln!(out, "{}: {place}", said(edit));
    }
    for (edit, why) in &absorbed.left {
        let _ = writeln!(out, "{}: not absorbed: {why} (in {})", said(edit), edit.files.join(", "));
    }
    for it in &absorbed.unreadable {
        let _ = writeln!(out, "{it}: not absorbed: it is no YAML");
    }
    if is_dry {
        for (path, (before, after)) in &absorbed.texts {
            out.push('\n');
            out.push_str(&text_patch(path, before, after));
        }
    }
    out
}

/// `HelmRelease flux-system/web spec.values.replicas: 1 → 2`
fn said(edit: &Edit) -> String {
    let value = |it: &Option<serde_json::Value>| it.as_ref().map_or_else(|| "nothing".to_owned(), literal);
    format!("{} {}: {} → {}", edit.object, edit.path.join("."), value(&edit.old), value(&edit.new))
}
