//! The compiled project that a question is about: as it is, or as it was.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ecow::EcoString;

use super::project::read;
use super::terminal::{Terminal, counted};
use crate::compile::{diagnose, diagnose_of};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::fleet;
use crate::host::{self, HostError, Opened, Past};
use crate::inspect::NotFound;
use crate::source::FleetDatabase;
use crate::value::Step;

/// A project that was compiled.
pub(super) struct Model {
    db: FleetDatabase,
    root: PathBuf,
    /// What is wrong with it.
    found: Vec<Diagnostic>,
    /// The revision, for messages.
    at: String,
}

/// The project as its files are.
pub(super) fn now(directory: &Path) -> Result<Model, HostError> {
    Ok(opened(directory, None)?.checked(diagnose))
}

/// The project as it was at a revision.
pub(super) fn at(directory: &Path, revision: &str) -> Result<Model, HostError> {
    Ok(opened(directory, Some(revision))?.checked(diagnose))
}

/// The project with what is wrong with its packages, which is all that is known yet.
fn opened(directory: &Path, revision: Option<&str>) -> Result<Model, HostError> {
    Ok(if let Some(revision) = revision {
        let Past { db, problems, root, commit } = host::open_at(directory, revision)?;
        Model { db, root, found: problems, at: format!(" at {commit}") }
    } else {
        let Opened { db, problems, root, .. } = host::open(directory)?;
        Model { db, root, found: problems, at: String::new() }
    })
}

/// The project in the directory, at a revision if one is named; none if it does not
/// compile, which is then said.
pub(super) fn model(
    directory: &Path,
    revision: Option<&str>,
    terminal: &mut Terminal,
) -> Result<Option<(FleetDatabase, PathBuf)>, HostError> {
    compiled(directory, revision, terminal, diagnose)
}

/// The same where only some clusters are asked about, by name: others may be wrong.
pub(super) fn model_of(
    directory: &Path,
    revision: Option<&str>,
    clusters: &[&str],
    terminal: &mut Terminal,
) -> Result<Option<(FleetDatabase, PathBuf)>, HostError> {
    compiled(directory, revision, terminal, |db| diagnose_of(db, clusters))
}

/// The project, its steps for those who ask, and what is wrong with it.
fn compiled(
    directory: &Path,
    revision: Option<&str>,
    terminal: &mut Terminal,
    diagnose: impl FnOnce(&FleetDatabase) -> Vec<Diagnostic>,
) -> Result<Option<(FleetDatabase, PathBuf)>, HostError> {
    let begun = Instant::now();
    let model = opened(directory, revision)?;
    read(&model.db, begun, terminal);
    let begun = Instant::now();
    let model = model.checked(diagnose);
    if terminal.is_verbose() {
        terminal.step("Compiled", &counted(fleet::clusters(&model.db).count(), "cluster"), begun.elapsed(), []);
    }
    Ok(model.reported(terminal))
}

impl Model {
    fn checked(mut self, diagnose: impl FnOnce(&FleetDatabase) -> Vec<Diagnostic>) -> Self {
        if self.found.is_empty() {
            self.found = diagnose(&self.db);
        }
        self
    }

    /// What is wrong with it, or worth a word.
    pub(super) fn found(&self) -> &[Diagnostic] {
        &self.found
    }

    /// The project and its directory; none if it does not compile, which is then said.
    pub(super) fn reported(self, terminal: &mut Terminal) -> Option<(FleetDatabase, PathBuf)> {
        if self.found.iter().any(Diagnostic::is_error) {
            let counts = terminal.diagnostics(&self.db, &self.found);
            let at = &self.at;
            terminal.error(&format!("{}{at}; there is nothing to ask about", Terminal::summary(counts)), None);
            return None;
        }
        Some((self.db, self.root))
    }
}

/// A selector that names nothing on any of some clusters.
pub(super) fn not_found(clusters: &[&str], it: NotFound) -> HostError {
    let names: Vec<String> = clusters.iter().map(|it| format!("`{it}`")).collect();
    match it {
        NotFound::Path(message) => HostError { message, help: None },
        NotFound::Object { wanted, known } => {
            let last = wanted.rsplit('/').next().unwrap_or(&wanted);
            let nearest = did_you_mean(last, known.iter().map(EcoString::as_str)).map(Into::into);
            let all = || Some(format!("`fleetc render {}` prints all objects", clusters.first()?));
            let message = match names.as_slice() {
                [one] => format!("{one} has no object and no item `{wanted}`"),
                several => format!("neither {} has an object or an item `{wanted}`", several.join(" nor ")),
            };
            HostError { message, help: nearest.or_else(all) }
        }
        NotFound::Fact { wanted, known } => HostError {
            message: format!("there is no fact `{wanted}`"),
            help: did_you_mean(&wanted, known.iter().map(EcoString::as_str)).map(Into::into),
        },
        NotFound::NoValue { fact } => HostError {
            message: format!("the fact `{fact}` has no value on {}", names.join(" or ")),
            help: Some(format!(
                "nothing sets it there, and it has no default; a cluster or a group does: `{fact} = …`"
            )),
        },
        NotFound::Inside { object, path, known } => {
            let keys = |it: &Step| if let Step::Key(it) = it { Some(it.clone()) } else { None };
            let last = path.0.iter().rev().find_map(keys);
            let known_names = || known.iter().map(EcoString::as_str);
            let nearest = last.and_then(|it| did_you_mean(&it, known_names())).map(Into::into);
            let there = || (!known.is_empty()).then(|| format!("there is: {}", known.join(", ")));
            let patches = [Step::Key("spec".into()), Step::Key("patches".into())];
            let help = if object.starts_with("Kustomization ") && path.0.starts_with(&patches) {
                Some("what a patch sets is asked of the object that it patches: `KIND/NAMESPACE/NAME.PATH`".into())
            } else {
                nearest.or_else(there)
            };
            HostError { message: format!("{object} has nothing at `{path}` on {}", names.join(" or ")), help }
        }
    }
}
