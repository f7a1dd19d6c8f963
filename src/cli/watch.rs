//! `fleetc build --watch`
//!
//! The database stays, so that a change runs what depends on it and nothing else. A
//! change while a build runs cancels it. What is wrong stays on the screen until it is
//! fixed, and the tree stays as the last good build left it.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use rayon::ThreadPool;

use super::args::Build;
use super::build::{Planned, WAITING, carried_out, planned};
use super::outcome::{Outcome, STACK};
use super::project::opened_to_stay;
use super::terminal::Terminal;
use crate::diagnostic::{Bug, caught};
use crate::fleet;
use crate::host::{HostError, Opened, Record, Records, Refreshed, Tree, Watcher};
use crate::source::Db;

/// An editor that saves, or a branch that is switched to, changes several files within
/// that time of each other.
const QUIET: Duration = Duration::from_millis(15);

/// What is waited for longest, if it never gets quiet.
const LONGEST: Duration = Duration::from_millis(500);

/// What the loop waits for.
enum Event {
    Changed,
    /// A build waits for another process.
    Waiting,
    /// The build of that number ended; none if it was cancelled.
    Built(u64, Option<Box<Ended>>),
}

/// How a build ended; a bug in fleetc ends it, and not the watch.
type Ended = Result<Result<Planned, HostError>, Bug>;

/// Watches on a thread of its own; the builds run on those of the pool.
pub(super) fn run(
    pool: &ThreadPool,
    directory: &Path,
    arguments: &Build,
    terminal: &mut Terminal,
) -> Result<Outcome, HostError> {
    let no_thread = |it: &std::io::Error| HostError { message: format!("no thread can be started: {it}"), help: None };
    std::thread::scope(|scope| {
        let watch = || watch(pool, directory, arguments, terminal);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, watch);
        thread.map_err(|it| no_thread(&it))?.join().unwrap_or_else(|it| std::panic::resume_unwind(it))
    })
}

fn watch(
    pool: &ThreadPool,
    directory: &Path,
    arguments: &Build,
    terminal: &mut Terminal,
) -> Result<Outcome, HostError> {
    let (send, events) = channel();
    let mut number = 0;
    let mut project = opened_to_stay(directory, terminal)?;
    loop {
        if let Some(project) = project {
            number += 1;
            watched(pool, project, directory, arguments, terminal, (&send, &events), &mut number)?;
        } else {
            // What is wrong may be fixed anywhere: it is looked again when something changes.
            let root = Records::root_of(directory).unwrap_or_else(|| directory.to_path_buf());
            let _watcher = watcher(&root, Vec::new(), &send)?;
            wait(&events);
        }
        project = opened_to_stay(directory, terminal).unwrap_or_else(|error| {
            terminal.error(&error.message, error.help.as_deref());
            None
        });
    }
}

/// Builds a project until it has to be opened anew.
fn watched(
    pool: &ThreadPool,
    mut project: Opened,
    directory: &Path,
    arguments: &Build,
    terminal: &mut Terminal,
    (send, events): (&Sender<Event>, &Receiver<Event>),
    number: &mut u64,
) -> Result<(), HostError> {
    let output = &fleet::settings(&project.db, project.db.project()).value.output;
    let generated = [&output.common, &output.applications, &output.clusters];
    // One that is deeper may have sources beside it.
    let tops = generated.into_iter().filter(|it| !it.contains('/')).map(ToString::to_string);
    let mut watcher = watcher(&project.root, tops.collect(), send)?;
    watcher.beside(project.beside())?;
    let mut last_error = String::new();
    let records = Records::of(directory, arguments.out.as_deref());
    let mut tree = records.as_ref().and_then(Records::last).map(|it| it.tree().clone()).unwrap_or_default();
    let mut start = Instant::now();
    begin(pool, &project, arguments, &tree, *number, send);
    loop {
        match events.recv() {
            Ok(Event::Built(nth, Some(built))) if nth == *number => {
                let written = |it: Planned| carried_out(&project, it, arguments, terminal, start);
                match (*built).map(|it| it.and_then(written)) {
                    Ok(Ok((_, record))) => remembered(records.as_ref(), record, &mut tree),
                    // A full disk is no reason to leave.
                    Ok(Err(error)) => terminal.error(&error.message, error.help.as_deref()),
                    Err(bug) => terminal.bug(&bug),
                }
                terminal.status("Watching", "for changes");
            }
            Ok(Event::Waiting) => terminal.status("Waiting", WAITING),
            Ok(Event::Built(..)) => {}
            Ok(Event::Changed) => {
                let lost = wait_for_quiet(events);
                start = Instant::now();
                let refreshed = match watcher.renew() {
                    Ok(()) => project.refresh(),
                    Err(error) => {
                        project.outdate();
                        Err(error)
                    }
                };
                match refreshed {
                    Ok(Refreshed::Same) if !lost => last_error.clear(),
                    Ok(Refreshed::Same | Refreshed::Changed) => {
                        last_error.clear();
                        *number += 1;
                        begin(pool, &project, arguments, &tree, *number, send);
                    }
                    Ok(Refreshed::Anew) => return Ok(()),
                    Err(error) => {
                        // Whatever is being built is not what is there.
                        *number += 1;
                        if error.message != last_error {
                            terminal.error(&error.message, error.help.as_deref());
                        }
                        last_error = error.message;
                    }
                }
            }
            Err(_) => return Ok(()),
        }
    }
}

/// Compiles on other threads, on a handle of its own.
fn begin(pool: &ThreadPool, project: &Opened, arguments: &Build, tree: &Tree, number: u64, send: &Sender<Event>) {
    let (db, root, arguments, tree, send) =
        (project.db.clone(), project.root.clone(), arguments.clone(), tree.clone(), send.clone());
    pool.spawn(move || {
        let mut waits = || {
            let _ = send.send(Event::Waiting);
        };
        let plan = || caught(|| planned(&db, &root, &arguments, &tree, &mut waits));
        let plan = std::panic::AssertUnwindSafe(plan);
        let built = salsa::Cancelled::catch(plan);
        drop(db);
        // Whoever does not listen any more has ended.
        let _ = send.send(Event::Built(number, built.ok().map(Box::new)));
    });
}

fn remembered(records: Option<&Records>, record: Option<Record>, tree: &mut Tree) {
    match (&record, records) {
        (Some(record), Some(records)) => {
            tree.clone_from(record.tree());
            records.remember(record);
        }
        (None, Some(records)) => records.forget(),
        _ => {}
    }
}

fn watcher(root: &Path, skipped: Vec<String>, send: &Sender<Event>) -> Result<Watcher, HostError> {
    let send = send.clone();
    Watcher::new(root, skipped, move || {
        let _ = send.send(Event::Changed);
    })
}

fn wait(events: &Receiver<Event>) {
    while !matches!(events.recv(), Ok(Event::Changed) | Err(_)) {}
    wait_for_quiet(events);
}

/// Takes what follows closely on a change; whether a build ended meanwhile, of which
/// nobody heard.
fn wait_for_quiet(events: &Receiver<Event>) -> bool {
    let began = Instant::now();
    let mut lost = false;
    while began.elapsed() < LONGEST {
        match events.recv_timeout(QUIET) {
            Ok(Event::Built(_, built)) => lost |= built.is_some(),
            Ok(Event::Changed | Event::Waiting) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    lost
}
