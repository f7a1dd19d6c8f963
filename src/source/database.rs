//! The database behind every query.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;

use super::db::Db;
use super::file::{DataFile, Project, STANDARD, SourceFile, is_of_library};

/// Fetches the files that expressions name. The host reads the disk, tests
/// answer from memory.
pub trait Loader: Send + Sync {
    /// The text of a file below the project's root, or why there is none. Of a path that ends with `/`: the files below
    /// that directory, in order, one a line.
    ///
    /// # Errors
    /// A sentence for the author: "no such file", "is not UTF-8".
    fn load(&self, path: &str) -> Result<Arc<str>, EcoString>;
}

/// A loader over given texts.
#[derive(Default)]
pub struct InMemory(pub BTreeMap<String, String>);

impl Loader for InMemory {
    fn load(&self, path: &str) -> Result<Arc<str>, EcoString> {
        if path.ends_with('/') {
            let below: Vec<&str> = self.0.keys().filter_map(|it| it.strip_prefix(path)).collect();
            return if below.is_empty() {
                Err("there is no such directory".into())
            } else {
                Ok((below.join("\n") + "\n").into())
            };
        }
        self.0.get(path).map(|it| Arc::from(it.as_str())).ok_or_else(|| "there is no such file".into())
    }
}

/// Queries, in the order in which they began.
type Log = Arc<Mutex<Vec<String>>>;

/// How many names a database keeps. Salsa never forgets what was interned (a name that was half typed, a class of
/// clusters that is no more) nor what was computed for it.
#[derive(Default)]
struct Interned {
    now: AtomicUsize,
    /// When everything was computed for the first time; 0 before.
    at_first: AtomicUsize,
}

/// So many names that are no more weigh less than computing everything anew: a cluster's name keeps some 300 kB.
const NAMES_TO_KEEP: usize = 500;

/// The files of a project or a package: path and text of each.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The name among all packages; empty for the project.
    pub name: EcoString,
    pub files: Vec<(String, String)>,
    /// What it calls its packages, and which they are.
    pub packages: BTreeMap<EcoString, EcoString>,
}

/// The compiler's memory. Cloning gives another handle on the same memory, one
/// for each thread.
#[salsa::db]
#[derive(Clone)]
pub struct FleetDatabase {
    storage: salsa::Storage<Self>,
    project: Option<Project>,
    /// Packages by name; all are known when the database is made.
    packages: BTreeMap<EcoString, Project>,
    loader: Arc<dyn Loader>,
    data: Arc<Mutex<BTreeMap<EcoString, DataFile>>>,
    /// The queries that ran, where somebody asked for them.
    log: Option<Log>,
    /// In a session that goes on.
    interned: Option<Arc<Interned>>,
}

impl FleetDatabase {
    /// A database over the given files: path and text of each. The order of the
    /// files does not matter.
    pub fn new(files: Vec<(String, String)>, loader: Arc<dyn Loader>) -> Self {
        Self::with_packages(Sources { files, ..Sources::default() }, Vec::new(), loader)
    }

    /// A database over a project and its packages.
    pub fn with_packages(project: Sources, packages: Vec<Sources>, loader: Arc<dyn Loader>) -> Self {
        Self::over(project, packages, loader, None, None)
    }

    /// The same for a session that goes on, which shall know when it [is worn](Self::is_worn).
    pub fn for_session(project: Sources, packages: Vec<Sources>, loader: Arc<dyn Loader>) -> Self {
        Self::over(project, packages, loader, None, Some(Arc::default()))
    }

    /// The same; what runs is noted from now on, for [`Self::take_log`].
    pub fn with_log(project: Sources, packages: Vec<Sources>, loader: Arc<dyn Loader>) -> Self {
        Self::over(project, packages, loader, Some(Log::default()), None)
    }

    fn over(
        project: Sources,
        packages: Vec<Sources>,
        loader: Arc<dyn Loader>,
        log: Option<Log>,
        interned: Option<Arc<Interned>>,
    ) -> Self {
        let (sink, counter) = (log.clone(), interned.clone());
        let on_event: Box<dyn Fn(salsa::Event) + Send + Sync> =
            Box::new(move |event| match (event.kind, &sink, &counter) {
                (salsa::EventKind::WillExecute { database_key }, Some(sink), _) => {
                    sink.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{database_key:?}"));
                }
                (salsa::EventKind::DidInternValue { .. }, _, Some(counter)) => {
                    counter.now.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            });
        let mut db = Self {
            storage: salsa::Storage::new((log.is_some() || interned.is_some()).then_some(on_event)),
            project: None,
            packages: BTreeMap::new(),
            loader,
            data: Arc::default(),
            log,
            interned,
        };
        let is_prelude = |it: &&Sources| it.name == STANDARD;
        // Tests of single layers do without.
        let prelude = packages.iter().find(is_prelude).map(|it| db.files(STANDARD, &it.files)).unwrap_or_default();
        // What everybody may name without declaring it.
        let standard: BTreeMap<EcoString, EcoString> = packages
            .iter()
            .map(|it| it.name.clone())
            .filter(|it| is_of_library(it))
            .map(|it| (it.clone(), it))
            .collect();
        for package in packages {
            let own = if package.name == STANDARD { Vec::new() } else { db.files(&package.name, &package.files) };
            let it = db.assembled(&package, own, &prelude, &standard);
            db.packages.insert(package.name, it);
        }
        let own = db.files("", &project.files);
        db.project = Some(db.assembled(&project, own, &prelude, &standard));
        db
    }

    fn files(&self, package: &str, files: &[(String, String)]) -> Vec<SourceFile> {
        let file = |(path, text): &(String, String)| {
            SourceFile::new(self, path.into(), package.into(), Arc::from(text.as_str()))
        };
        files.iter().map(file).collect()
    }

    fn assembled(
        &self,
        sources: &Sources,
        mut files: Vec<SourceFile>,
        prelude: &[SourceFile],
        standard: &BTreeMap<EcoString, EcoString>,
    ) -> Project {
        files.extend(prelude);
        files.sort_by(|a, b| a.path(self).cmp(b.path(self)));
        let mut packages = standard.clone();
        packages.extend(sources.packages.iter().map(|(alias, name)| (alias.clone(), name.clone())));
        Project::new(self, sources.name.clone(), files.into(), packages)
    }

    /// The input of the file at `path`, if the project has it.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<SourceFile> {
        self.project().files(self).iter().copied().find(|it| it.path(self) == path)
    }

    /// Makes the files of the project (which has no name) or of a package these: path and text of each; whether one
    /// changed. What is the same is left alone. Whoever computes on another handle is cancelled.
    pub fn set_files(&mut self, package: &str, files: Vec<(String, String)>) -> bool {
        use salsa::Setter;
        let Some(project) = self.package(package) else { return false };
        let mut changed = false;
        let is_own = |it: &&SourceFile| it.package(self) == package;
        let (own, others): (Vec<SourceFile>, Vec<SourceFile>) = project.files(self).iter().partition(|it| is_own(it));
        let known: BTreeMap<EcoString, SourceFile> = own.iter().map(|it| (it.path(self).clone(), *it)).collect();
        let mut all = others;
        for (path, text) in files {
            match known.get(path.as_str()).copied() {
                Some(file) => {
                    if **file.text(self) != *text {
                        self.set_text(file, text);
                        changed = true;
                    }
                    all.push(file);
                }
                None => all.push(SourceFile::new(self, path.into(), package.into(), Arc::from(text))),
            }
        }
        all.sort_by(|a, b| a.path(self).cmp(b.path(self)));
        if **project.files(self) != *all {
            project.set_files(self).to(all.into());
            changed = true;
        }
        changed
    }

    /// Notes that everything was computed.
    pub fn settle(&self) {
        if let Some(it) = &self.interned {
            let now = it.now.load(Ordering::Relaxed);
            // Later ones are held against the first.
            let _ = it.at_first.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Whether so many names are kept that are no more that the session should begin with a new database.
    #[must_use]
    pub fn is_worn(&self) -> bool {
        self.interned.as_ref().is_some_and(|it| {
            let at_first = it.at_first.load(Ordering::Relaxed);
            at_first > 0 && it.now.load(Ordering::Relaxed) > at_first + NAMES_TO_KEEP
        })
    }

    /// Reads the data files again that expressions named; whether one changed.
    pub fn refresh_data(&mut self) -> bool {
        use salsa::Setter;
        let known = self.data.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut changed = false;
        for (path, file) in known {
            let text = self.loader.load(&path);
            if *file.text(self) != text {
                let _before = file.set_text(self).to(text);
                changed = true;
            }
        }
        changed
    }

    /// Puts another text in place of a file's.
    pub fn set_text(&mut self, file: SourceFile, text: String) {
        use salsa::Setter;
        file.set_text(self).to(Arc::from(text));
    }

    /// The queries that ran since the log was last taken; none without a log.
    #[must_use]
    pub fn take_log(&self) -> Vec<String> {
        let take = |log: &Log| std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner));
        self.log.as_ref().map(take).unwrap_or_default()
    }
}

#[salsa::db]
impl salsa::Database for FleetDatabase {}

#[salsa::db]
impl Db for FleetDatabase {
    fn project(&self) -> Project {
        #[expect(clippy::expect_used, reason = "`new` sets the project before it returns")]
        self.project.expect("the project is set when the database is made")
    }

    fn package(&self, name: &str) -> Option<Project> {
        if name.is_empty() { self.project } else { self.packages.get(name).copied() }
    }

    fn packages(&self) -> Vec<Project> {
        self.packages.values().copied().collect()
    }

    fn data_file(&self, path: &str) -> DataFile {
        let mut known = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(path.into()).or_insert_with_key(|path| DataFile::new(self, path.clone(), self.loader.load(path)))
    }
}
