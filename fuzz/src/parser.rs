//! Any text is read without a panic, in time that grows with its length, and its
//! diagnostics point into it.

use std::sync::Arc;

use fleetc::diagnostic::Place;
use fleetc::source::{Db, FleetDatabase, InMemory};
use fleetc::syntax;

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let db = FleetDatabase::new(vec![("a.fleet".into(), text.to_owned())], Arc::new(InMemory::default()));
    for file in db.project().files(&db).iter() {
        for it in syntax::diagnostics(&db, *file).iter() {
            if let Place::Span { start, end, .. } = it.primary.place {
                assert!(start <= end && end <= text.len(), "{start}..{end} of {}", text.len());
            }
        }
        for anchor in syntax::anchors(&db, *file).iter() {
            syntax::declaration(&db, *anchor);
        }
    }
}
