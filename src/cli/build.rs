//! `fleetc build`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ecow::EcoString;

use super::args::Build;
use super::outcome::Outcome;
use super::terminal::{Terminal, answer, counted};
use crate::compile::{Compilation, compile, expired, tidy};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux;
use crate::host::{self, Exclusive, HostError, Opened, Record, Records, StampedSnapshot, Summary, Tree};
use crate::plan::{self, Permissions, Plan};
use crate::source::{Db, FleetDatabase};

pub(super) fn run(directory: &Path, arguments: &Build, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let start = Instant::now();
    // What is long past depends on the day, which no record knows.
    let records = Records::of(directory, arguments.out.as_deref()).filter(|_| arguments.today.is_none());
    // A check trusts nothing but what it reads.
    let mut last = records.as_ref().filter(|_| !arguments.check).and_then(Records::last);
    if let (Some(records), Some(last)) = (&records, &mut last)
        && let Some(it) = records.still_hold(last)
    {
        terminal.step("Compared", "what was read and written last time: nothing changed", start.elapsed(), []);
        return Ok(as_before(&it, terminal, start));
    }
    let Some(opened) = super::project::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let known = last.map(|it| it.tree().clone()).unwrap_or_default();
    let mut waits = || terminal.status("Waiting", WAITING);
    let planned = planned(&opened.db, &opened.root, arguments, &known, &mut waits)?;
    let (outcome, record) = carried_out(&opened, planned, arguments, terminal, start)?;
    if let Some(records) = records.or_else(|| Records::of(directory, arguments.out.as_deref()))
        && !arguments.check
    {
        record.map_or_else(|| records.forget(), |it| records.remember(&it));
    }
    super::project::ended(opened);
    Ok(outcome)
}

/// What is said while another process has the directory.
pub(super) const WAITING: &str = "for another fleetc that changes this directory";

/// A build before anything is written: all that asks the database.
pub(super) struct Planned {
    compilation: Compilation,
    /// How long it took to compile, and to compare with the tree that is there.
    took: [Duration; 2],
    /// What is to be said.
    diagnostics: Vec<Diagnostic>,
    /// None if something is wrong.
    work: Option<Work>,
}

struct Work {
    root: PathBuf,
    directories: BTreeSet<EcoString>,
    found: StampedSnapshot,
    plan: Plan,
    /// None where nothing will be written.
    exclusive: Option<Exclusive>,
}

/// Compiles, and looks at what is there; `known` is what was there when it was last
/// looked at.
pub(super) fn planned(
    db: &FleetDatabase,
    root: &Path,
    arguments: &Build,
    known: &Tree,
    waits: &mut dyn FnMut(),
) -> Result<Planned, HostError> {
    let begun = Instant::now();
    let compilation = compile(db);
    let compiled = begun.elapsed();
    if !compilation.is_clean() {
        let diagnostics = compilation.diagnostics.clone();
        return Ok(Planned { compilation, took: [compiled, Duration::ZERO], diagnostics, work: None });
    }
    // From the root of the disk, so that no file's path has to be resolved.
    let out = arguments.out.as_ref().map(|it| std::path::absolute(it).unwrap_or_else(|_| it.clone()));
    if let (Some(out), false) = (&out, arguments.check) {
        host::make_directory(out)?;
    }
    let root = out.unwrap_or_else(|| root.to_path_buf());
    // What is there is looked at and changed by one at a time.
    let exclusive = if arguments.check { None } else { Some(Exclusive::of(&root, waits)) };
    let settings = &fleet::settings(db, db.project()).value;
    let deployed: Vec<_> = fleet::clusters(db).map(|it| &flux::outline(db, it).value).collect();
    let directories = plan::output_directories(settings, &deployed, &compilation.tree);
    let found = host::snapshot(&root, &directories, known)?;
    let permissions = Permissions { adopt: arguments.adopt, remove: arguments.remove.clone() };
    let plan = plan::plan(db, &compilation.tree, &found.snapshot, &permissions);
    found.is_whole()?;
    let mut diagnostics = tidy(db, plan.diagnostics.iter().chain(&compilation.diagnostics).cloned().collect());
    diagnostics.extend(arguments.today.iter().flat_map(|it| expired(db, it)));
    let is_right = !diagnostics.iter().any(Diagnostic::is_error);
    Ok(Planned {
        compilation,
        took: [compiled, begun.elapsed().saturating_sub(compiled)],
        diagnostics,
        work: is_right.then_some(Work { root, directories, found, plan, exclusive }),
    })
}

/// Says what is to be said, and writes; what there is to remember of it.
pub(super) fn carried_out(
    opened: &Opened,
    planned: Planned,
    arguments: &Build,
    terminal: &mut Terminal,
    start: Instant,
) -> Result<(Outcome, Option<Record>), HostError> {
    let Planned { compilation, took: [compiled, compared], diagnostics, work } = planned;
    terminal.step("Compiled", &counted(compilation.clusters, "cluster"), compiled, []);
    let Some(Work { root, directories, mut found, plan, exclusive }) = work else {
        return Ok((failed(&opened.db, &diagnostics, terminal, arguments.check), None));
    };
    terminal.step("Compared", &counted(compilation.tree.files.len(), "file"), compared, []);
    terminal.diagnostics(&opened.db, &diagnostics);
    let Some(exclusive) = exclusive else { return Ok((difference(&plan, terminal)?, None)) };
    let begun = Instant::now();
    host::apply(&root, &compilation.tree, &plan, &mut found, &exclusive)?;
    let took = begun.elapsed();
    terminal.step("Wrote", &counted(plan.write.len(), "file"), took, plan.write.iter().map(AsRef::as_ref));
    if !plan.remove.is_empty() {
        terminal.step("Removed", &counted(plan.remove.len(), "file"), took, plan.remove.iter().map(AsRef::as_ref));
    }
    for (path, text) in &plan.by_hand {
        let (word, what) = if text.is_some() {
            ("Kept", "what is not generated of it")
        } else {
            ("Removed", "all of it is generated")
        };
        terminal.status(word, &format!("{path}: {what}"));
    }
    let (clusters, addons) = (compilation.clusters, compilation.addons);
    let summary = Summary { clusters, addons, files: compilation.tree.files.len() };
    terminal.status("Finished", &finished(&summary, &plan, start));
    // A warning has to be said each time.
    let record = Record::of(&opened.inputs, directories, found, summary).filter(|_| diagnostics.is_empty());
    Ok((Outcome::Fine, record))
}

/// Nothing changed since the last build.
fn as_before(it: &Summary, terminal: &mut Terminal, start: Instant) -> Outcome {
    let nothing = Plan { unchanged: it.files, ..Plan::default() };
    terminal.status("Finished", &finished(it, &nothing, start));
    Outcome::Fine
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
    let [write, remove] = [&plan.write, &plan.remove].map(|it| it.iter().map(AsRef::as_ref).collect::<Vec<&str>>());
    if !terminal.tells_tree(&write, &remove) {
        let differing = write.iter().map(|it| format!("differs {it}\n"));
        let extra = remove.iter().map(|it| format!("extra   {it}\n"));
        answer(&differing.chain(extra).collect::<String>())?;
    }
    terminal.error(
        &format!("the tree is out of date: {} files differ, {} are extra", plan.write.len(), plan.remove.len()),
        Some("run `fleetc build` and commit the result"),
    );
    Ok(Outcome::Findings)
}

/// `240 clusters, 31 add-ons in 0.14 s: 3 files written, 1 removed, 612 unchanged`
fn finished(it: &Summary, plan: &Plan, start: Instant) -> String {
    format!(
        "{}, {} in {:.2} s: {} written, {} removed, {} unchanged",
        counted(it.clusters, "cluster"),
        counted(it.addons, "add-on"),
        start.elapsed().as_secs_f64(),
        counted(plan.write.len(), "file"),
        plan.remove.len(),
        plan.unchanged
    )
}
