//! The database behind every query.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;

use super::{DataFile, Db, Project, SourceFile};

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

/// The compiler's memory. Cloning gives another handle on the same memory, one
/// for each thread.
#[salsa::db]
#[derive(Clone)]
pub struct FleetDatabase {
    storage: salsa::Storage<Self>,
    project: Option<Project>,
    loader: Arc<dyn Loader>,
    data: Arc<Mutex<BTreeMap<EcoString, DataFile>>>,
    log: Arc<Mutex<Option<Vec<String>>>>,
}

impl FleetDatabase {
    /// A database over the given files: path and text of each. The order of the
    /// files does not matter.
    pub fn new(files: Vec<(String, String)>, loader: Arc<dyn Loader>) -> Self {
        let log = Arc::<Mutex<Option<Vec<String>>>>::default();
        let sink = Arc::clone(&log);
        let on_event = move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind
                && let Some(lines) = &mut *sink.lock().unwrap_or_else(PoisonError::into_inner)
            {
                lines.push(format!("{database_key:?}"));
            }
        };
        let mut db = Self {
            storage: salsa::Storage::new(Some(Box::new(on_event))),
            project: None,
            loader,
            data: Arc::default(),
            log,
        };
        let mut files = files;
        files.sort();
        let files: Vec<_> =
            files.into_iter().map(|(path, text)| SourceFile::new(&db, path.into(), Arc::from(text))).collect();
        db.project = Some(Project::new(&db, files.into()));
        db
    }

    /// The input of the file at `path`, if the project has it.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<SourceFile> {
        self.project().files(self).iter().copied().find(|it| it.path(self) == path)
    }

    /// Starts noting which queries run.
    pub fn start_log(&self) {
        *self.log.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// The queries that ran since the log was started or last taken.
    #[must_use]
    pub fn take_log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(std::mem::take).unwrap_or_default()
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

    fn data_file(&self, path: &str) -> DataFile {
        let mut known = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(path.into()).or_insert_with_key(|path| DataFile::new(self, path.clone(), self.loader.load(path)))
    }
}
