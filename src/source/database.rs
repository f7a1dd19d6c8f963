//! The database behind every query.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;

use super::db::Db;
use super::file::{DataFile, Project, SourceFile};

/// Fetches the files that expressions name. The host reads the disk, tests
/// answer from memory.
pub trait Loader: Send + Sync {
    /// The text of a file below the project's root, or why there is none.
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
        self.0.get(path).map(|it| Arc::from(it.as_str())).ok_or_else(|| "there is no such file".into())
    }
}

/// Queries, in the order in which they began.
type Log = Arc<Mutex<Vec<String>>>;

/// The package that every project sees without naming it.
pub const STANDARD: &str = "std";

/// Whether a package is the standard library, or one of those inside it.
#[must_use]
pub fn is_of_library(package: &str) -> bool {
    package.split('.').next() == Some(STANDARD)
}

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
}

impl FleetDatabase {
    /// A database over the given files: path and text of each. The order of the
    /// files does not matter.
    pub fn new(files: Vec<(String, String)>, loader: Arc<dyn Loader>) -> Self {
        Self::with_packages(Sources { files, ..Sources::default() }, Vec::new(), loader)
    }

    /// A database over a project and its packages.
    pub fn with_packages(project: Sources, packages: Vec<Sources>, loader: Arc<dyn Loader>) -> Self {
        Self::over(project, packages, loader, None)
    }

    /// The same; what runs is noted from now on, for [`Self::take_log`].
    pub fn with_log(project: Sources, packages: Vec<Sources>, loader: Arc<dyn Loader>) -> Self {
        Self::over(project, packages, loader, Some(Log::default()))
    }

    fn over(project: Sources, packages: Vec<Sources>, loader: Arc<dyn Loader>, log: Option<Log>) -> Self {
        let on_event = log.clone().map(|sink| -> Box<dyn Fn(salsa::Event) + Send + Sync> {
            Box::new(move |event| {
                if let salsa::EventKind::WillExecute { database_key } = event.kind {
                    sink.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{database_key:?}"));
                }
            })
        });
        let mut db = Self {
            storage: salsa::Storage::new(on_event),
            project: None,
            packages: BTreeMap::new(),
            loader,
            data: Arc::default(),
            log,
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

    /// Makes the project's own files these: path and text of each. What is the same is
    /// left alone. Whoever computes on another handle is cancelled.
    pub fn set_files(&mut self, files: Vec<(String, String)>) {
        use salsa::Setter;
        let project = self.project();
        let is_own = |it: &&SourceFile| it.package(self).is_empty();
        let (own, others): (Vec<SourceFile>, Vec<SourceFile>) = project.files(self).iter().partition(|it| is_own(it));
        let known: BTreeMap<EcoString, SourceFile> = own.iter().map(|it| (it.path(self).clone(), *it)).collect();
        let mut all = others;
        for (path, text) in files {
            match known.get(path.as_str()).copied() {
                Some(file) => {
                    if **file.text(self) != *text {
                        self.set_text(file, text);
                    }
                    all.push(file);
                }
                None => all.push(SourceFile::new(self, path.into(), EcoString::new(), Arc::from(text))),
            }
        }
        all.sort_by(|a, b| a.path(self).cmp(b.path(self)));
        if **project.files(self) != *all {
            project.set_files(self).to(all.into());
        }
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
