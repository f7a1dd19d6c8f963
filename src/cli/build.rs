//! `fleetc build`

use std::path::Path;
use std::time::Instant;

use super::Outcome;
use super::args::Build;
use super::terminal::{Terminal, result};
use crate::compile::{compile, expired, tidy};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux;
use crate::host::{self, HostError, Record, Records, Summary};
use crate::plan::{self, Permissions, Plan};
use crate::source::Db;

pub(super) fn run(directory: &Path, arguments: &Build, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let start = Instant::now();
    // What is long past depends on the day, which no record knows.
    let records = Records::of(directory, arguments.out.as_deref()).filter(|_| arguments.today.is_none());
    let mut last = records.as_ref().and_then(Records::last);
    if let (Some(records), Some(last)) = (&records, &mut last)
        && let Some(it) = records.still_hold(last, !arguments.check)
    {
        return as_before(arguments.check, &it, terminal, start);
    }
    let Some(opened) = super::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let db = &opened.db;
    let compilation = compile(db);
    if !compilation.is_clean() {
        return Ok(failed(db, &compilation.diagnostics, terminal, arguments.check));
    }
    let root = match &arguments.out {
        Some(out) if arguments.check || out.exists() => out.clone(),
        Some(out) => {
            std::fs::create_dir_all(out)
                .map_err(|it| HostError { message: format!("`{}` cannot be made: {it}", out.display()), help: None })?;
            out.clone()
        }
        None => opened.root.clone(),
    };
    let settings = &fleet::settings(db, db.project()).value;
    let deployed: Vec<_> = fleet::clusters(db).map(|it| &flux::deployed(db, it).value).collect();
    let directories = plan::output_directories(settings, &deployed, &compilation.tree);
    let known = last.map(|it| it.tree().clone()).unwrap_or_default();
    let mut found = host::snapshot(&root, &directories, &known)?;
    let permissions = Permissions { adopt: arguments.adopt, remove: arguments.remove.clone() };
    let plan = plan::plan(db, &compilation.tree, &found.snapshot, &permissions);
    let mut all = tidy(db, plan.diagnostics.iter().chain(&compilation.diagnostics).cloned().collect());
    all.extend(arguments.today.iter().flat_map(|it| expired(db, it)));
    if all.iter().any(Diagnostic::is_error) {
        return Ok(failed(db, &all, terminal, arguments.check));
    }
    terminal.diagnostics(db, &all);
    if arguments.check {
        return difference(&plan, terminal);
    }
    host::apply(&root, &compilation.tree, &plan, &mut found)?;
    let summary = Summary {
        clusters: compilation.clusters,
        addons: compilation.addons,
        files: compilation.tree.files.len(),
    };
    if let Some(records) = Records::of(directory, arguments.out.as_deref()) {
        // A warning has to be said each time.
        let record = Record::of(&opened.inputs, directories, found, summary).filter(|_| all.is_empty());
        record.map_or_else(|| records.forget(), |it| records.remember(&it));
    }
    terminal.status("Finished", &finished(&summary, &plan, start));
    Ok(Outcome::Fine)
}

/// Nothing changed since the last build.
fn as_before(check: bool, it: &Summary, terminal: &mut Terminal, start: Instant) -> Result<Outcome, HostError> {
    let nothing = Plan { unchanged: it.files, ..Plan::default() };
    if check {
        return difference(&nothing, terminal);
    }
    terminal.status("Finished", &finished(it, &nothing, start));
    Ok(Outcome::Fine)
}

fn failed(db: &dyn Db, found: &[Diagnostic], terminal: &mut Terminal, is_check: bool) -> Outcome {
    let counts = terminal.diagnostics(db, found);
    let consequence = if is_check { "the tree was not compared" } else { "nothing was written" };
    terminal.error(&format!("{}; {consequence}", Terminal::summary(counts)), None);
    Outcome::Findings
}

/// The list for `--check`.
fn difference(plan: &Plan, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    if plan.write.is_empty() && plan.remove.is_empty() {
        terminal.status("Finished", &format!("the tree is up to date: {} files", plan.unchanged));
        return Ok(Outcome::Fine);
    }
    let mut lines = String::new();
    for path in &plan.write {
        lines.extend(["differs ", path, "\n"]);
    }
    for path in &plan.remove {
        lines.extend(["extra   ", path, "\n"]);
    }
    result(&lines)?;
    terminal.error(
        &format!("the tree is out of date: {} files differ, {} are extra", plan.write.len(), plan.remove.len()),
        Some("run `fleetc build` and commit the result"),
    );
    Ok(Outcome::Findings)
}

/// `240 clusters, 31 add-ons in 0.14 s: 3 files written, 1 removed, 612 unchanged`
fn finished(it: &Summary, plan: &Plan, start: Instant) -> String {
    let plural = |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    format!(
        "{}, {} in {:.2} s: {} written, {} removed, {} unchanged",
        plural(it.clusters, "cluster"),
        plural(it.addons, "add-on"),
        start.elapsed().as_secs_f64(),
        plural(plan.write.len(), "file"),
        plan.remove.len(),
        plan.unchanged
    )
}
