//! Finds a project and reads its sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ecow::EcoString;
use rayon::prelude::*;

use super::commit::Repository;
use super::error::HostError;
use super::inputs::{Input, Inputs};
use super::outline::{Outline, outline_of};
use super::packages::{self, Layout, Packages};
use super::sources::{find_root, source_paths, sources};
use super::stamp::{Stamp, now};
use super::store::{Disk, Store};
use crate::compile;
use crate::data::PACKAGE;
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::source::{Db, FleetDatabase, Loader, Sources, standard_library};

/// A project that was read.
pub struct Opened {
    pub root: PathBuf,
    pub db: FleetDatabase,
    /// Packages that cannot be used.
    pub problems: Vec<Diagnostic>,
    /// The files that were read, and those that will be.
    pub inputs: Inputs,
    outline: Outline,
    packages: Layout,
    /// Whether something changed that nobody was told of yet.
    is_outdated: bool,
}

/// Reads the project that `start` lies in, and its packages.
///
/// # Errors
/// If there is none, a source cannot be read or is no UTF-8, or a second project
/// lies inside.
pub fn open(start: &Path) -> Result<Opened, HostError> {
    read(start, &BTreeMap::new(), FleetDatabase::with_packages)
}

/// The same for whoever stays, and looks at the disk [again](Opened::refresh). Some texts, by their paths, are not what
/// is on the disk, or not on it yet.
///
/// # Errors
/// Those of [`open`].
pub fn open_session(start: &Path, unsaved: &BTreeMap<PathBuf, Arc<str>>) -> Result<Opened, HostError> {
    read(start, unsaved, FleetDatabase::for_session)
}

/// How a database is made of a project and its packages.
type Making = fn(Sources, Vec<Sources>, Arc<dyn Loader>) -> FleetDatabase;

fn read(start: &Path, unsaved: &BTreeMap<PathBuf, Arc<str>>, database: Making) -> Result<Opened, HostError> {
    let root = find_root(start)?;
    let inputs = Inputs::new();
    let mut files = overlaid(sources(&root, Some(&inputs))?, &root, unsaved);
    let outline = outline_of(&files);
    files.retain(|(path, _)| !outline.hides(path));
    check_roots(&files)?;
    let packages = packages::load(&Disk, &root, &outline.packages, unsaved)?;
    if !outline.packages.is_empty() {
        // What packages are made of is not noted.
        inputs.note("", None);
    }
    let layout = packages.layout();
    let loader = FromDisk { root: root.clone(), packages: layout.roots.clone(), inputs: inputs.clone() };
    let (db, problems) = assembled(files, packages, Arc::new(loader), database);
    Ok(Opened { root, db, problems, inputs, outline, packages: layout, is_outdated: false })
}

/// A project as it was.
pub struct Past {
    pub root: PathBuf,
    pub db: FleetDatabase,
    /// Packages that cannot be used.
    pub problems: Vec<Diagnostic>,
    /// The beginning of the commit's hash.
    pub commit: String,
}

/// Reads the project around `start` at a Git revision, from the repository's objects.
///
/// # Errors
/// If there is no repository, no such revision, or no project in it.
pub fn open_at(start: &Path, revision: &str) -> Result<Past, HostError> {
    let commit = Arc::new(Repository::around(start)?.at(revision)?);
    let root = commit.root(start)?;
    let files = commit.sources(&root)?;
    check_roots(&files)?;
    let packages = packages::load(&*commit, &root, &outline_of(&files).packages, &BTreeMap::new())?;
    let roots = packages.roots.clone();
    let name = commit.name.clone();
    let loader = Arc::new(FromStore { store: commit, root: root.clone(), packages: roots });
    let (db, problems) = assembled(files, packages, loader, FleetDatabase::with_packages);
    Ok(Past { root, db, problems, commit: name })
}

/// Texts of files below a project's root, on the disk or at a revision; those that are not there are left out.
///
/// # Errors
/// If there is no such revision, or a file cannot be read.
pub fn texts_in<'a>(
    root: &Path,
    revision: Option<&str>,
    paths: impl Iterator<Item = &'a EcoString>,
) -> Result<BTreeMap<EcoString, String>, HostError> {
    let store: Box<dyn Store> = match revision {
        Some(it) => Box::new(Repository::around(root)?.at(it)?),
        None => Box::new(Disk),
    };
    let read = |path: &EcoString| Ok(store.text(&root.join(path.as_str()))?.map(|it| (path.clone(), it)));
    paths.filter_map(|it| read(it).transpose()).collect()
}

fn assembled(
    files: Vec<(String, String)>,
    packages: Packages,
    loader: Arc<dyn Loader>,
    database: Making,
) -> (FleetDatabase, Vec<Diagnostic>) {
    let project = Sources { files, packages: packages.names, ..Sources::default() };
    let all = standard_library().into_iter().chain(packages.sources).collect();
    let db = database(project, all, loader);
    compile::parse(&db);
    let declared = &fleet::settings(&db, db.project()).value.packages;
    // Where all files together declare other packages than `fleet.fleet` alone, that has an error of its own: the fleet or
    // a name is declared twice, or data is spread that cannot be.
    let troubles = packages.troubles.iter().filter_map(|(name, it)| Some(it.diagnostic(name, declared.get(name)?)));
    let problems = troubles.collect();
    (db, problems)
}

/// What became of a project that was looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    Same,
    Changed,
    /// It has to be opened anew: what belongs to it may be something else now.
    Anew,
}

impl Opened {
    /// Looks at the disk again, and gives the database what changed. Whoever computes on
    /// another handle of it is then cancelled.
    ///
    /// # Errors
    /// Those of [`open`].
    pub fn refresh(&mut self) -> Result<Refreshed, HostError> {
        let refreshed = self.look();
        // What was seen before something failed is still to be built.
        self.is_outdated |= refreshed.is_err();
        refreshed
    }

    /// Notes that what was compiled last is of no use: the next [`Self::refresh`] says so.
    pub const fn outdate(&mut self) {
        self.is_outdated = true;
    }

    /// Reads the files again, but for those that an editor holds.
    ///
    /// # Errors
    /// Those of [`open`].
    pub fn reread(&mut self, unsaved: &BTreeMap<PathBuf, Arc<str>>) -> Result<Refreshed, HostError> {
        let mut files = overlaid(sources(&self.root, None)?, &self.root, unsaved);
        let outline = outline_of(&files);
        if outline != self.outline {
            return Ok(Refreshed::Anew);
        }
        files.retain(|(path, _)| !outline.hides(path));
        check_roots(&files)?;
        if !self.reread_packages(unsaved)? {
            return Ok(Refreshed::Anew);
        }
        self.db.refresh_data();
        self.db.set_files("", files);
        Ok(Refreshed::Changed)
    }

    /// Reads the files of packages again; false where they fit together otherwise than before.
    fn reread_packages(&mut self, unsaved: &BTreeMap<PathBuf, Arc<str>>) -> Result<bool, HostError> {
        if self.outline.packages.is_empty() {
            return Ok(true);
        }
        let packages = packages::load(&Disk, &self.root, &self.outline.packages, unsaved)?;
        let layout = packages.layout();
        if layout != self.packages || layout.has_troubles {
            return Ok(false);
        }
        for it in packages.sources {
            self.is_outdated |= self.db.set_files(&it.name, it.files);
        }
        Ok(true)
    }

    /// Directories at the root that are generated.
    #[must_use]
    pub fn generated(&self) -> Vec<String> {
        self.outline.output.iter().map(|it| it.split('/').next().unwrap_or(it).to_owned()).collect()
    }

    /// Directories of packages that do not lie in the project.
    #[must_use]
    pub fn beside(&self) -> Vec<PathBuf> {
        self.packages.roots.values().filter(|it| !it.starts_with(&self.root)).cloned().collect()
    }

    fn look(&mut self) -> Result<Refreshed, HostError> {
        let noted = self.inputs.sources();
        let paths = source_paths(&self.root)?;
        let same_files = noted.as_ref().is_some_and(|noted| {
            let is_same = |(name, path): &(String, PathBuf)| noted.get(name).is_some_and(|it| it.holds(path));
            paths.len() == noted.len() && paths.par_iter().all(is_same)
        });
        if self.db.is_worn() || !self.reread_packages(&BTreeMap::new())? {
            return Ok(Refreshed::Anew);
        }
        self.is_outdated |= self.db.refresh_data();
        if !same_files {
            let inputs = Inputs::new();
            let mut files = sources(&self.root, Some(&inputs))?;
            let outline = outline_of(&files);
            if outline != self.outline {
                return Ok(Refreshed::Anew);
            }
            files.retain(|(path, _)| !outline.hides(path));
            check_roots(&files)?;
            let changed = self.db.set_files("", files);
            compile::parse(&self.db);
            // Only now is what was read what is compiled.
            self.inputs.take_sources(&inputs);
            self.is_outdated |= changed || self.outline.packages.is_empty();
        }
        Ok(if std::mem::take(&mut self.is_outdated) { Refreshed::Changed } else { Refreshed::Same })
    }
}

/// Puts texts in place of those with the same names, and beside the others.
fn overlaid(
    mut files: Vec<(String, String)>,
    root: &Path,
    unsaved: &BTreeMap<PathBuf, Arc<str>>,
) -> Vec<(String, String)> {
    let own = unsaved.iter().filter(|(path, _)| path.extension().is_some_and(|it| it == "fleet"));
    for (path, text) in own {
        let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str).map(|it| it.replace('\\', "/")) else {
            continue;
        };
        match files.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = text.to_string(),
            None => files.push((name, text.to_string())),
        }
    }
    files.sort();
    files
}

/// One project does not lie in another.
fn check_roots(files: &[(String, String)]) -> Result<(), HostError> {
    let second = files.iter().find(|(path, _)| path.ends_with("/fleet.fleet"));
    second.map_or(Ok(()), |(second, _)| {
        Err(HostError::new(format!("there is a second project inside this one: `{second}`")).help(
            "a project has one `fleet.fleet`; move the inner one beside this project, declare it as a package, or name it in `.gitignore`",
        ))
    })
}

/// Reads input files of a commit.
struct FromStore {
    store: Arc<dyn Store>,
    root: PathBuf,
    packages: BTreeMap<EcoString, PathBuf>,
}

impl Loader for FromStore {
    fn load(&self, path: &str) -> Result<Arc<str>, EcoString> {
        let (root, inner) = place_of(path, &self.root, &self.packages);
        if path.ends_with('/') {
            return self.store.list(root, &root.join(inner)).map(Arc::from);
        }
        let bytes = self.store.load(root, &root.join(inner))?;
        String::from_utf8(bytes).map(Arc::from).map_err(|_| "it is not UTF-8".into())
    }
}

/// Where a file lies that an expression names: in the project, or in a package.
fn place_of<'a>(path: &'a str, root: &'a Path, packages: &'a BTreeMap<EcoString, PathBuf>) -> (&'a Path, &'a str) {
    let of_package = path.strip_prefix(PACKAGE).and_then(|it| {
        let (name, inner) = it.split_once('/')?;
        Some((packages.get(name)?.as_path(), inner))
    });
    of_package.unwrap_or((root, path))
}

/// Reads input files below the root, and notes them.
struct FromDisk {
    root: PathBuf,
    /// Where each package begins.
    packages: BTreeMap<EcoString, PathBuf>,
    inputs: Inputs,
}

impl Loader for FromDisk {
    fn load(&self, path: &str) -> Result<Arc<str>, EcoString> {
        let (root, inner) = place_of(path, &self.root, &self.packages);
        if path.ends_with('/') {
            // Whether a directory has the same files is not told from outside.
            self.inputs.note(path, None);
            return Disk.list(root, &root.join(inner)).map(Arc::from);
        }
        let now = now();
        let found = root.join(inner);
        let metadata = found.symlink_metadata();
        let (text, bytes) = match Disk.load(root, &found) {
            Ok(bytes) => (String::from_utf8(bytes.clone()).map_err(|_| "it is not UTF-8".into()), Some(bytes)),
            Err(reason) => (Err(reason), None),
        };
        let input = match (&metadata, &bytes) {
            (Ok(metadata), Some(bytes)) => Stamp::of(metadata, now, bytes).map(Input::Data),
            (Err(_), None) => Some(Input::Missing),
            _ => None,
        };
        self.inputs.note(path, input);
        text.map(Arc::from)
    }
}
