//! `fleetc diff` against a revision that had no project: the YAML that lay there, built as Flux builds it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::args::{Diff, DiffOutput};
use super::outcome::Outcome;
use super::terminal::{Terminal, answer, result};
use crate::compile::compile;
use crate::fleet;
use crate::host::{self, HostError};
use crate::import::{Class, Report, Side, Sync, compared};
use crate::kustomize::Files;
use crate::render::{import_json, import_markdown, import_text};

/// None if there was a project.
pub(super) fn run(
    directory: &Path,
    revision: &str,
    arguments: &Diff,
    terminal: &mut Terminal,
) -> Result<Option<Outcome>, HostError> {
    if host::is_bare(directory) {
        return Ok(None);
    }
    // What is wrong with the project is said by who reads it as one.
    let Ok(opened) = host::open(directory) else { return Ok(None) };
    let Ok(Some(before)) = host::repository_before(&opened.root, revision) else { return Ok(None) };
    let compilation = compile(&opened.db);
    if !compilation.is_clean() {
        return Ok(None);
    }
    if arguments.output == DiffOutput::Patch {
        return Err(HostError {
            message: format!("there was no project at `{revision}`: a patch of the generated tree is all of it"),
            help: Some("`-o text`, `-o markdown` and `-o json` compare what Flux applies".into()),
        });
    }
    let mut after = host::repository(&opened.root)?;
    for (path, file) in &compilation.tree.files {
        after.insert(path.clone(), Arc::from(file.text().as_ref()));
    }
    let clusters: BTreeMap<_, _> = fleet::clusters(&opened.db)
        .map(|it| {
            let cluster = &fleet::cluster(&opened.db, it).value;
            let sync = &cluster.sync;
            let sync = Sync {
                kind: sync.kind.clone(),
                name: sync.name.clone(),
                namespace: sync.namespace.clone(),
                root: sync.root.clone(),
            };
            (it.name(&opened.db).clone(), Side { dir: cluster.path.clone(), sync })
        })
        .collect();
    let report = compared(&Files::new(before), &Files::new(after), &clusters);
    match arguments.output {
        DiffOutput::Markdown => result(&import_markdown(&report))?,
        DiffOutput::Json => result(&format!("{:#}\n", import_json(&report)))?,
        DiffOutput::Text | DiffOutput::Patch => answer(&import_text(&report))?,
    }
    let closed = arguments.fail_on.iter().any(|it| is_closed(it, &report));
    if closed {
        terminal.error("what Flux applies is not what it was", None);
    }
    Ok(Some(if closed { Outcome::Findings } else { Outcome::Fine }))
}

/// Whether a gate is closed: every danger is that something is deleted or installed anew.
fn is_closed(gate: &str, report: &Report) -> bool {
    match gate {
        "any" => !report.differences.is_empty(),
        _ => report.differences.iter().any(|it| it.class == Class::Fatal),
    }
}
