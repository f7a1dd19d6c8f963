//! `fmt`: what a text means stays, with its comments, and doing it twice is doing it once.

use std::sync::Arc;

use fleetc::format::format;
use fleetc::source::{FleetDatabase, InMemory, SourceFile};
use fleetc::syntax;

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let once = format(text).text;
    assert_eq!(format(&once).text, once, "it is not the same the second time");
    let db = FleetDatabase::new(Vec::new(), Arc::new(InMemory::default()));
    assert_eq!(meaning(&db, text), meaning(&db, &once), "{once}");
}

fn meaning(db: &FleetDatabase, text: &str) -> (Vec<String>, Vec<String>) {
    let file = SourceFile::new(db, "a.fleet".into(), "".into(), text.into());
    let parsed = syntax::parse(db, file);
    let declarations = parsed.declarations.iter().map(|(_, it)| format!("{it:?}")).collect();
    let comments = parsed.comments.iter().map(|it| text[it.clone()].trim_end().to_owned()).collect();
    (declarations, comments)
}
