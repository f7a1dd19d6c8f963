//! Whole projects: whatever the files say, they compile to a tree or to diagnostics, and twice to the same.
//! `--- path ---` begins a file; what stands before the first is `fleet.fleet`.

use std::sync::Arc;

use fleetc::compile::{Compilation, compile};
use fleetc::data::locate;
use fleetc::diagnostic::Place;
use fleetc::source::standard_library;
use fleetc::source::{FleetDatabase, InMemory, Sources};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (db, made) = compiled(files(text));
    assert_eq!(said(&db, &made), said_of(files(text)), "twice the same");
    for (path, file) in &made.tree.files {
        let is_clean = !file.text().chars().any(fleetc::source::is_noncharacter);
        assert!(is_clean && !path.contains(".."), "{path}");
    }
}

fn said_of(files: Vec<(String, String)>) -> Vec<String> {
    let (db, made) = compiled(files);
    said(&db, &made)
}

/// The files of a text.
pub fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("fleet.fleet".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.trim().strip_prefix("--- ").and_then(|it| it.strip_suffix(" ---")) {
            Some(path) if files.iter().all(|it| it.0 != path) => files.push((path.to_owned(), String::new())),
            _ => files.last_mut().expect("a file").1.push_str(line),
        }
    }
    files
}

/// A database over them: files that are no `.fleet` are what expressions may read.
pub fn database(files: Vec<(String, String)>) -> FleetDatabase {
    let (files, data): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| path.ends_with(".fleet"));
    let sources = Sources { files, ..Sources::default() };
    FleetDatabase::with_packages(sources, standard_library(), Arc::new(InMemory(data.into_iter().collect())))
}

pub fn compiled(files: Vec<(String, String)>) -> (FleetDatabase, Compilation) {
    let db = database(files);
    let made = compile(&db);
    (db, made)
}

/// What is said, with its places, and what is written.
pub fn said(db: &FleetDatabase, made: &Compilation) -> Vec<String> {
    let place = |it: &Place| match it {
        Place::Origin(origin) => {
            locate(db, *origin).map(|it| (it.path.to_string(), it.range.start, it.range.end, it.text.len()))
        }
        Place::Span { file, start, end } => Some((file.path(db).to_string(), *start, *end, file.text(db).len())),
        Place::File(path) => Some((path.to_string(), 0, 0, 0)),
    };
    let mut said = Vec::new();
    for it in &made.diagnostics {
        let (path, start, end, length) = place(&it.primary.place).unwrap_or_default();
        assert!(start <= end && end <= length, "{} at {start}..{end} of {length} in {path}", it.message);
        said.push(format!("{path}:{start}..{end} {} {} {:?} {:?}", it.code.id, it.message, it.notes, it.help));
    }
    said.extend(made.tree.files.iter().map(|(path, file)| format!("{path}\n{}", file.text())));
    said
}
