//! The language server's edits: after each, what is known is what would be known of the text as a new one, and
//! whatever is asked at the place of the edit is answered.

use fleetc::compile::compile;
use fleetc::ide;
use fleetc::source::FleetDatabase;

use super::project::{database, files, said};

/// Most edits of one text.
const EDITS: usize = 8;

/// A text, and edits behind it, each after a U+0001: two bytes say where, one how much goes, the rest comes.
pub fn run(data: &[u8]) {
    let mut parts = data.split(|it| *it == 1);
    let Some(Ok(text)) = parts.next().map(std::str::from_utf8) else { return };
    let all = files(text);
    let mut text = all[0].1.clone();
    let others = all[1..].to_vec();
    let whole = |text: &str| {
        let mut all = vec![("fleet.fleet".to_owned(), text.to_owned())];
        all.extend(others.iter().cloned());
        all
    };
    let mut db = database(whole(&text));
    let _ = compile(&db);
    for edit in parts.take(EDITS) {
        let [a, b, gone, new @ ..] = edit else { continue };
        let Ok(new) = std::str::from_utf8(new) else { continue };
        let boundary = |at: usize| (at..=text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len());
        let start = boundary((usize::from(*a) * 256 + usize::from(*b)) % (text.len() + 1));
        let end = boundary((start + usize::from(*gone)).min(text.len()));
        text.replace_range(start..end, new);
        let Some(file) = db.file("fleet.fleet") else { return };
        db.set_text(file, text.clone());
        ask(&db, start);
        ask(&db, start + new.len());
        let fresh = database(whole(&text));
        assert_eq!(said(&db, &compile(&db)), said(&fresh, &compile(&fresh)), "{text}");
    }
}

/// What an editor asks at a place.
fn ask(db: &FleetDatabase, at: usize) {
    let Some(file) = db.file("fleet.fleet") else { return };
    let _ = ide::hover(db, file, at);
    let _ = ide::complete(db, file, at);
    let _ = ide::signature(db, file, at);
    let _ = ide::outline(db, file);
    let _ = ide::highlights(db, file);
    let _ = ide::occurrence_at(db, file, at);
    let _ = ide::preview(db, file, at, None);
    for it in compile(db).diagnostics.iter().take(5) {
        let _ = ide::fixes(db, it);
    }
}
