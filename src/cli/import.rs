//! `fleetc import`

use std::path::Path;
use std::time::Instant;

use super::args::{Import, ImportOutput};
use super::outcome::Outcome;
use super::terminal::{Terminal, answer, counted, result};
use crate::host::{self, HostError};
use crate::import::{Options, import};
use crate::kustomize::Files;
use crate::render::{import_json, import_markdown, import_text};

pub(super) fn run(directory: &Path, arguments: &Import, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let began = Instant::now();
    let root = directory.join(&arguments.path);
    let out = arguments.out.as_ref().map_or_else(|| root.clone(), |it| directory.join(it));
    if !arguments.dry_run && out.join("fleet.fleet").exists() {
        return Err(HostError {
            message: format!("there is a project in `{}` already", out.display()),
            help: Some("`--out DIR` writes the sources to another directory".into()),
        });
    }
    let files = Files::new(host::repository(&root)?);
    let name = root.canonicalize().ok().and_then(|it| Some(it.file_name()?.to_string_lossy().into_owned()));
    let options = Options {
        clusters: arguments.cluster.clone(),
        only: arguments.only.clone(),
        name: name.unwrap_or_else(|| "fleet".into()),
    };
    let imported =
        import(&files, &options, &mut |it| terminal.progress("Importing", it, began)).map_err(|it| HostError {
            message: it.to_string(),
            help: Some("`--cluster NAME=DIR` names a cluster and the directory that its Flux reads".into()),
        })?;
    terminal.progress_done();
    let report = &imported.report;
    match arguments.output {
        ImportOutput::Text => answer(&import_text(report))?,
        ImportOutput::Markdown => result(&import_markdown(report))?,
        ImportOutput::Json => result(&format!("{:#}\n", import_json(report)))?,
    }
    if report.has_fatal() && !arguments.accept {
        terminal.error(
            "Flux would delete something, or install it anew: nothing was written",
            Some("`--only KUSTOMIZATION` imports what is safe; `--accept` writes the sources anyway"),
        );
        return Ok(Outcome::Findings);
    }
    if arguments.dry_run {
        return Ok(Outcome::Fine);
    }
    let mut texts: Vec<(String, String)> =
        imported.sources.iter().map(|(path, text)| (path.to_string(), text.clone())).collect();
    if arguments.out.is_some() {
        // What the sources read goes with them.
        let data = imported.data.iter().filter_map(|it| Some((it.to_string(), files.text(it)?.to_string())));
        texts.extend(data);
    }
    host::make_directory(&out)?;
    host::rewrite(&out, &texts)?;
    let count = counted(imported.sources.len(), "source");
    terminal.status("Wrote", &format!("{count} to `{}` in {:.1} s", out.display(), began.elapsed().as_secs_f64()));
    terminal.status("Next", "fleetc build --adopt, and commit what it writes together with the sources");
    Ok(Outcome::Fine)
}
