//! What the last build read and what it left.
//!
//! In: the files that a build read, and the tree that it left. Out: whether a build
//! would find the same, so that it need not be done; and which files of the tree need
//! not be read. It lies in `.fleetc/`, which may be deleted at any time, and says
//! nothing that cannot be found out again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ecow::EcoString;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::HostError;
use super::inputs::{Input, Inputs};
use super::sources::{ROOT_FILE, source_paths};
use super::stamp::{Stamp, now};
use super::tree::{StampedSnapshot, Tree, Walked, walk};
use super::writer;

/// Where it lies, from the project's root.
const DIRECTORY: &str = ".fleetc";

/// Keeps it out of Git.
const IGNORE: &str = ".gitignore";

/// What a build says when it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub clusters: usize,
    pub addons: usize,
    /// Generated files.
    pub files: usize,
}

/// A build that wrote, or found, all that it should.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// The fleetc that built.
    program: Option<Stamp>,
    /// By path from the project's root.
    inputs: BTreeMap<String, Input>,
    /// The directories that are generated, from the tree's root.
    directories: BTreeSet<EcoString>,
    /// What lies in them.
    tree: Tree,
    summary: Summary,
}

impl Record {
    /// A build that left nothing to be said. None where something that it read or left
    /// cannot be told from outside.
    #[must_use]
    pub fn of(
        inputs: &Inputs,
        directories: BTreeSet<EcoString>,
        found: StampedSnapshot,
        summary: Summary,
    ) -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        let metadata = program.symlink_metadata().ok()?;
        let mut tree: Tree = found.directories.into_iter().map(|it| (it, None)).collect();
        for (path, stamp) in found.stamps {
            tree.insert(path, Some(stamp?));
        }
        let is_plain = found.snapshot.entries.values().all(|it| !matches!(it, crate::plan::SnapshotEntry::Link));
        is_plain.then_some(())?;
        Some(Self {
            // A program is not built while it runs.
            program: Stamp::of(&metadata, now(), &[]),
            inputs: inputs.read()?,
            directories,
            tree,
            summary,
        })
    }

    /// What lay in the generated directories.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Notes that everything was found as it is at `now` or later; whether that makes a
    /// file old enough not to be read.
    fn grow(&mut self, now: SystemTime) -> bool {
        let inputs = self.inputs.values_mut().filter_map(|it| match it {
            Input::Source(it) | Input::Data(it) => Some(it),
            Input::Missing => None,
        });
        let mut grown = false;
        for it in inputs.chain(self.tree.values_mut().flatten().map(|it| &mut it.0)).filter(|it| it.is_young()) {
            grown |= it.grow(now);
        }
        grown
    }
}

/// The record of a project's builds into one directory.
pub struct Records {
    root: PathBuf,
    out: PathBuf,
    /// The record's file in [`DIRECTORY`].
    name: String,
}

impl Records {
    /// Those of the project that `start` lies in; none if there is no project.
    #[must_use]
    pub fn of(start: &Path, out: Option<&Path>) -> Option<Self> {
        let root = Self::root_of(start)?;
        let out = out.map_or_else(|| Some(root.clone()), |it| it.canonicalize().ok())?;
        let name = if out == root {
            "build.json".to_owned()
        } else {
            let (high, low) = crate::plan::digest(out.as_os_str().as_encoded_bytes());
            format!("build-{high:016x}{low:016x}.json")
        };
        Some(Self { root, out, name })
    }

    /// Where the project begins that `start` lies in.
    #[must_use]
    pub fn root_of(start: &Path) -> Option<PathBuf> {
        let start = start.canonicalize().ok()?;
        start.ancestors().find(|it| it.join(ROOT_FILE).is_file()).map(Path::to_path_buf)
    }

    /// The last build, if this program made it.
    #[must_use]
    pub fn last(&self) -> Option<Record> {
        let file = self.root.join(DIRECTORY).join(&self.name);
        let record: Record = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        let program = std::env::current_exe().ok()?;
        record.program.as_ref().is_some_and(|it| it.holds(&program)).then_some(record)
    }

    /// What the last build said, if everything is as it left it: then another would
    /// change nothing. What had to be read for that is not read again.
    #[must_use]
    pub fn still_hold(&self, record: &mut Record) -> Option<Summary> {
        let now = now();
        let summary = self.compared(record)?;
        if record.grow(now) {
            self.remember(record);
        }
        Some(summary)
    }

    fn compared(&self, record: &Record) -> Option<Summary> {
        let sources = source_paths(&self.root).ok()?;
        let known = record.inputs.iter().filter(|(_, it)| matches!(it, Input::Source(_))).map(|(path, _)| path);
        if !sources.iter().map(|(name, _)| name).eq(known) {
            return None;
        }
        let inputs: Vec<(&String, &Input)> = record.inputs.iter().collect();
        let is_same = |(path, it): &(&String, &Input)| {
            let path = self.root.join(path);
            match it {
                Input::Source(it) => it.holds(&path),
                // A link above it may lead elsewhere by now.
                Input::Data(it) => it.holds(&path) && path.canonicalize().is_ok_and(|it| it.starts_with(&self.root)),
                Input::Missing => !path.exists(),
            }
        };
        if !inputs.par_iter().all(is_same) {
            return None;
        }
        let mut walked = Walked::default();
        for dir in &record.directories {
            walk(&self.out, dir, &mut walked).ok()?;
        }
        let directories = record.tree.iter().filter(|(_, it)| it.is_none()).map(|(path, _)| path);
        let files: Vec<(&EcoString, &Stamp)> =
            record.tree.iter().filter_map(|(path, it)| Some((path, &it.as_ref()?.0))).collect();
        let same_places = walked.links.is_empty()
            && walked.directories.iter().eq(directories)
            && walked.files.iter().eq(files.iter().map(|(path, _)| *path));
        let is_same = |(path, stamp): &(&EcoString, &Stamp)| stamp.holds(&self.out.join(path.as_str()));
        (same_places && files.par_iter().all(is_same)).then_some(record.summary)
    }

    /// Remembers a build.
    pub fn remember(&self, record: &Record) {
        // Without it the next build takes longer, and nothing else.
        let _ = self.write(record);
    }

    fn write(&self, record: &Record) -> Result<(), HostError> {
        if !self.root.join(DIRECTORY).join(IGNORE).exists() {
            writer::write(&self.root, &format!("{DIRECTORY}/{IGNORE}"), b"*\n")?;
        }
        let text = serde_json::to_vec(record).map_err(|it| HostError::new(it.to_string()))?;
        writer::write(&self.root, &format!("{DIRECTORY}/{}", self.name), &text)
    }

    /// Forgets what was remembered.
    pub fn forget(&self) {
        let path = format!("{DIRECTORY}/{}", self.name);
        if writer::refuse_links(&self.root, &path).is_ok() {
            let _ = std::fs::remove_file(self.root.join(path));
        }
    }
}
