//! Projects for tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fleetc::compile::{Compilation, compile};
use fleetc::source::standard_library;
use fleetc::source::{FleetDatabase, InMemory, Sources};

/// `--- path ---` begins a file; what stands before the first is `fleet.fleet`.
pub(crate) fn files_of(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("fleet.fleet".to_owned(), String::new())];
    for line in text.lines() {
        match line.trim().strip_prefix("--- ").and_then(|it| it.strip_suffix(" ---")) {
            Some(path) => files.push((path.to_owned(), String::new())),
            None => {
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    files.retain(|(_, text)| !text.trim().is_empty());
    files
}

/// A database over sources; files that are no `.fleet` are what expressions may read.
pub(crate) fn database(files: &[(String, String)]) -> FleetDatabase {
    let (project, data) = project_of(files);
    FleetDatabase::with_packages(project, standard_library(), Arc::new(data))
}

/// The same, noting which queries run.
pub(crate) fn database_with_log(files: &[(String, String)]) -> FleetDatabase {
    let (project, data) = project_of(files);
    FleetDatabase::with_log(project, standard_library(), Arc::new(data))
}

fn project_of(files: &[(String, String)]) -> (Sources, InMemory) {
    let (files, data): (Vec<_>, Vec<_>) = files.iter().cloned().partition(|(path, _)| path.ends_with(".fleet"));
    (Sources { files, ..Sources::default() }, InMemory(data.into_iter().collect()))
}

/// Compiles sources.
pub(crate) fn compiled(text: &str) -> (FleetDatabase, Compilation) {
    let db = database(&files_of(text));
    let compilation = compile(&db);
    (db, compilation)
}

/// `E0302 message` of each diagnostic.
pub(crate) fn summary(compilation: &Compilation) -> Vec<String> {
    compilation.diagnostics.iter().map(|it| format!("{} {}", it.code.id, it.message)).collect()
}

/// The codes of a project's diagnostics.
pub(crate) fn errors(text: &str) -> Vec<String> {
    compiled(text).1.diagnostics.iter().map(|it| it.code.id.to_owned()).collect()
}

/// A project on disk, and the program run on it.
pub(crate) struct Fleet {
    _dir: tempfile::TempDir,
    /// A directory inside it, so that the project may have neighbours.
    root: PathBuf,
}

/// What a run of the program gave.
pub(crate) struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs `fleetc` in a directory.
    pub(crate) fn of(dir: &Path, args: &[&str]) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_fleetc"))
            .args(args)
            .current_dir(dir)
            .env("NO_COLOR", "1")
            .output()
            .expect("fleetc runs");
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Fleet {
    /// A project out of one text, as [`files_of`] splits it.
    pub(crate) fn new(text: &str) -> Self {
        let it = Self::empty();
        for (path, text) in files_of(text) {
            it.write(&path, &text);
        }
        it
    }

    fn empty() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let root = dir.path().join("project");
        std::fs::create_dir(&root).expect("a directory");
        Self { _dir: dir, root }
    }

    /// A copy of a directory of this repository.
    pub(crate) fn copy_of(path: &str) -> Self {
        let it = Self::empty();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path), it.path());
        it
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.join(path)).unwrap_or_else(|it| panic!("{path}: {it}"))
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.join(path).exists()
    }

    /// Runs `fleetc` in the project.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        Run::of(self.path(), args)
    }

    /// Builds, which must work.
    pub(crate) fn build(&self) -> Run {
        let run = self.run(&["build"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            std::fs::create_dir_all(&target).expect("a directory");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Every file below a directory, by path.
pub(crate) fn read_tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    walk(dir, dir, &mut files);
    files
}

fn walk(root: &Path, dir: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
            files.insert(name, std::fs::read(&path).unwrap_or_default());
        }
    }
}

/// A text as a literal of the language.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            it => out.push(it),
        }
    }
    out.push('"');
    out
}
