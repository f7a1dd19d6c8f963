//! Names, what they mean, and what is asked of any place.

use fleetc::ide;
use fleetc::source::{Db, FleetDatabase, SourceFile};

use super::{at, edited, lines, marked};

#[test]
fn names_are_known_wherever_they_stand() {
    for (text, nth, wanted) in [
        ("addons", 0, &["=10", "32", "33", "37", "38"][..]),
        ("web {", 0, &["=13", "27", "29", "33"]),
        ("web {", 2, &["=13", "27", "29", "33"]),
        ("charts", 0, &["=11", "14", "27"]),
        ("size", 0, &["=18", "21", "29"]),
        ("size", 1, &["=18", "21", "29"]),
        ("zones", 0, &["=4", "22"]),
        ("environment", 0, &["=4", "29", "31", "36"]),
        ("name ", 0, &["=23", "23"]),
        ("twice", 0, &["=9", "23"]),
        ("text", 0, &["=9", "9", "9"]),
        ("home", 0, &["=8", "24"]),
        ("Code", 0, &["=7", "8"]),
        ("db {", 0, &["=27", "38"]),
    ] {
        assert_eq!(lines(&at(text, nth)), wanted, "{text} {nth}");
    }
}

/// A bare name is the cluster's own item before a catalogue's.
#[test]
fn an_override_of_a_clusters_own_item_is_of_that() {
    let text = r#"
fleet f { }
source charts = helm "https://charts.example.com"
catalogue a { addon web { source = charts, version = "1.0.0" } }
cluster one {
  addon $0web { source = charts, version = "9.0.0", values.k = "own" }
  override web { values.k = "other" }
}
cluster two {
  use a
  override web { values.k = "two" }
}
"#;
    let it = marked(text);
    assert_eq!(lines(&it), ["=6", "7"]);
    let edits = ide::rename(&it.db, it.file, it.offset, "site").expect("a new name");
    let new = edited(it.file.text(&it.db), &edits);
    assert!(new.contains("override site") && new.matches("override web").count() == 1, "{new}");
}

/// Whatever is asked wherever it is asked, of whole texts and of half typed ones: an answer, whose
/// places are places.
#[test]
fn no_place_is_a_bad_place_to_ask() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["eks-fleet", "inventory", "tenants"] {
        let opened = fleetc::host::open(&root.join("examples").join(name)).expect("a project");
        let mut db = opened.db;
        let files: Vec<SourceFile> =
            db.project().files(&db).iter().filter(|it| it.package(&db).is_empty()).copied().collect();
        for file in files {
            let whole = file.text(&db).to_string();
            for (nth, cut) in [whole.len(), whole.len() * 2 / 3, whole.len() / 3].into_iter().enumerate() {
                let cut = (0..=cut).rev().find(|it| whole.is_char_boundary(*it)).expect("a boundary");
                db.set_text(file, whole[..cut].to_owned());
                let step = if nth == 0 { 7 } else { 41 };
                for offset in (0..=cut).step_by(step).filter(|it| whole.is_char_boundary(*it)) {
                    asked_everywhere(&db, file, offset);
                }
                for it in ide::highlights(&db, file) {
                    assert!(file.text(&db).get(it.range).is_some());
                }
                let _ = ide::lenses(&db, file);
                let _ = ide::inlays(&db, file);
                let _ = ide::links(&db, file);
                let _ = ide::outline(&db, file);
            }
            db.set_text(file, whole);
        }
    }
}

fn asked_everywhere(db: &FleetDatabase, file: SourceFile, offset: usize) {
    let _ = ide::complete(db, file, offset);
    let _ = ide::signature(db, file, offset);
    let _ = ide::selections(db, file, offset);
    if let Some(it) = ide::hover(db, file, offset) {
        assert!(it.place.file.text(db).get(it.place.range).is_some() && !it.text.is_empty());
    }
    let Some((named, place)) = ide::occurrence_at(db, file, offset) else { return };
    assert_eq!(file.text(db).get(place.range), Some(named.name.as_str()));
    for (other, place) in ide::references(db, &named.symbol) {
        assert_eq!(place.file.text(db).get(place.range), Some(other.name.as_str()));
    }
}

const DEFINITION: &str = r#"
fleet f { facts { domain: String } }
source charts = helm "https://charts.example.com"
catalogue app {
  params { size: Int = 1, host: String = "\(catalogue.name).\(cluster.domain)" }
  addon "\(catalogue.name)" { source = charts, version = "1.0.0", values.size = catalogue.params.size }
  addon db { source = charts, version = "1.0.0", values.host = catalogue.params.host }
}
catalogue plex from app { params { size = 2 } }
catalogue sonarr from app { after = [plex.plex] }
override plex.plex { values.k = 1 }
override sonarr.db { values.k = 1 }
cluster one { domain = "example.com", use plex, sonarr, drop plex.db }
"#;

/// What is made of a definition leads to the line that declares it, and has the name of its catalogue.
#[test]
fn what_is_made_of_a_definition_has_its_place_there() {
    let lines_at = |text: &str| lines(&marked(&DEFINITION.replacen(text, &format!("$0{text}"), 1)));
    assert_eq!(lines_at("app {"), ["=4", "9", "10"]);
    assert_eq!(lines_at("size: Int"), ["=5", "6", "9"]);
    assert_eq!(lines_at("db {"), ["=7", "12", "13"]);
    assert_eq!(lines(&marked(&DEFINITION.replace("override plex.plex", "override plex.$0plex"))), ["=6", "10", "11"]);
    for (from, to, new, some) in [
        (
            "catalogue plex",
            "catalogue $0plex",
            "media",
            &["catalogue media from", "[media.media]", "media.media {"] as &[&str],
        ),
        ("catalogue app", "catalogue $0app", "unit", &["catalogue unit {", "plex from unit", "sonarr from unit"]),
        ("addon db", "addon $0db", "store", &["addon store {", "override sonarr.store"]),
        ("params.size", "params.$0size", "large", &["params { large: Int", "params.large", "params { large = 2"]),
    ] {
        let it = marked(&DEFINITION.replacen(from, to, 1));
        let edits = ide::rename(&it.db, it.file, it.offset, new).expect("a new name");
        let text = edited(it.file.text(&it.db), &edits);
        for one in some {
            assert!(text.contains(one), "{from} to {new}: no {one}\n{text}");
        }
        let after = fleetc::compile::compile(&crate::support::database(&[("fleet.fleet".into(), text.clone())]));
        assert!(after.is_clean(), "{from} to {new}: {:?}\n{text}", after.diagnostics);
    }
    let it = marked(&DEFINITION.replace("override plex.plex", "override plex.$0plex"));
    assert!(ide::rename(&it.db, it.file, it.offset, "other").is_err_and(|it| it.contains("made of the name")));
}

/// Every form of the chapters, on each of its places.
#[test]
fn no_place_of_the_chapters_is_a_bad_place_to_ask() {
    let is_asked = |name: &str| ["2-definitions.md", "20-existing-repositories.md"].iter().any(|it| name.contains(it));
    let mut count = 0;
    for (_, text) in crate::format::layout::corpus().into_iter().filter(|(name, _)| is_asked(name)) {
        let db = crate::support::database(&crate::support::files_of(&text));
        let files: Vec<SourceFile> =
            db.project().files(&db).iter().filter(|it| it.package(&db).is_empty()).copied().collect();
        for file in files {
            let text = file.text(&db);
            for offset in (0..=text.len()).step_by(13).filter(|it| text.is_char_boundary(*it)) {
                asked_everywhere(&db, file, offset);
            }
            for it in ide::highlights(&db, file) {
                assert!(file.text(&db).get(it.range).is_some());
            }
            let _ = (ide::lenses(&db, file), ide::inlays(&db, file), ide::links(&db, file), ide::outline(&db, file));
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}
