//! The library's face: open a project, compile it, read what came of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::compile;
#[cfg(feature = "system")]
use crate::host;
use crate::render;
use crate::source::{FleetDatabase, InMemory, Sources, standard_library};

/// A fleet's sources, opened for compilation.
///
/// ```
/// use fleetc::Project;
///
/// let project = Project::from_files([(
///     "fleet.fleet",
///     r#"
///     fleet acme { }
///     source charts = helm "https://charts.example.com"
///     catalogue tools {
///       addon podinfo { source = charts, version = "6.7.1" }
///     }
///     cluster staging { use tools }
///     "#,
/// )]);
/// let compiled = project.compile();
/// assert!(compiled.is_clean());
/// assert!(compiled.files["common/tools/add-ons/podinfo.yaml"].contains("version: 6.7.1"));
/// ```
pub struct Project {
    db: FleetDatabase,
    /// Packages that cannot be used: nothing is compiled then.
    problems: Vec<crate::diagnostic::Diagnostic>,
}

/// What a compilation found and made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compiled {
    /// The generated tree: the text of each file, by its path from the project's root, with `/`. Empty if there is an
    /// error.
    pub files: BTreeMap<String, String>,
    /// Errors, then warnings, in the order of the sources.
    pub messages: Vec<Message>,
}

/// A diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its code: `E0211`, `W0508`. `fleetc explain CODE` prints the page of it.
    pub code: String,
    /// Whether it keeps the tree from being written.
    pub is_error: bool,
    /// One fact, readable alone.
    pub message: String,
    /// What to write instead, if that is known.
    pub help: Option<String>,
    /// The file, from the project's root.
    pub path: Option<String>,
    /// The line in it, counted from 1.
    pub line: Option<usize>,
    /// All of it with the lines of the source, as a terminal shows it, without colors.
    pub text: String,
}

/// A project that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError {
    message: String,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for OpenError {}

impl Project {
    /// Reads the project that `directory` is in, and its packages.
    ///
    /// # Errors
    /// If there is no `fleet.fleet` there or above, or a source cannot be read.
    #[cfg(feature = "system")]
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let opened = host::open(directory).map_err(|it| OpenError { message: it.message })?;
        Ok(Self { db: opened.db, problems: opened.problems })
    }

    /// A project of texts in memory, each with its path: sources (`.fleet`), and data files that they read.
    pub fn from_files<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into()));
        let is_source = |(path, _): &(String, String)| Path::new(path).extension().is_some_and(|it| it == "fleet");
        let (files, data): (Vec<_>, Vec<_>) = files.partition(is_source);
        let sources = Sources { files, ..Sources::default() };
        let data = Arc::new(InMemory(data.into_iter().collect()));
        Self { db: FleetDatabase::with_packages(sources, standard_library(), data), problems: Vec::new() }
    }

    /// Compiles all of it. Nothing is written.
    ///
    /// # Panics
    /// On a bug in fleetc, with what to report.
    #[must_use]
    pub fn compile(&self) -> Compiled {
        if !self.problems.is_empty() {
            return Compiled { files: BTreeMap::new(), messages: self.messages(&self.problems) };
        }
        let compiled = compile::compile(&self.db);
        let files = compiled.tree.files.iter().map(|(path, it)| (path.to_string(), it.text().to_string()));
        Compiled { files: files.collect(), messages: self.messages(&compiled.diagnostics) }
    }

    fn messages(&self, found: &[crate::diagnostic::Diagnostic]) -> Vec<Message> {
        let message = |it: render::Finding| Message {
            code: it.id.into(),
            is_error: it.is_error,
            message: it.message.into(),
            help: it.help.map(Into::into),
            line: it.place.as_ref().and_then(|it| it.range).map(|it| it.line),
            path: it.place.map(|it| it.path.into()),
            text: it.text,
        };
        render::findings(&self.db, "", found).into_iter().map(message).collect()
    }
}

impl Compiled {
    /// Whether there is no error.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.messages.iter().any(|it| it.is_error)
    }
}
