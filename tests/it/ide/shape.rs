//! Outline, inlay hints, signatures, colours.

use fleetc::ide;

use super::{FLEET, at, marked};
use crate::support::database;

#[test]
fn the_shape_of_a_file_is_known() {
    let it = at("web {", 0);
    let outline = ide::outline(&it.db, it.file);
    let names: Vec<&str> = outline.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["f", "Code", "home", "twice", "addons", "big", "one", "two"]);
    let inner: Vec<&str> = outline[4].inner.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(inner, ["charts", "web", "db"]);
    let folds = ide::folds(FLEET);
    assert!(folds.len() >= 7 && folds.iter().all(|it| FLEET[it.clone()].contains('\n')));
    let around = ide::selections(&it.db, it.file, it.offset);
    assert!(around.len() > 2 && around.windows(2).all(|it| it[1].start <= it[0].start && it[0].end <= it[1].end));
}

#[test]
fn what_is_not_written_is_shown() {
    let text = FLEET
        .replace("let home: Code", "let home")
        .replace("    values {\n      replicas", "    let n = params.size + 1\n    values {\n      replicas");
    let db = database(&[("fleet.fleet".into(), text.clone())]);
    let file = db.file("fleet.fleet").expect("the file");
    let shown: Vec<(&str, String)> = ide::inlays(&db, file)
        .into_iter()
        .map(|it| (text[..it.offset].rsplit([' ', '\n']).next().unwrap_or_default(), it.text.to_string()))
        .collect();
    assert_eq!(
        shown,
        [
            ("home", ": String".to_owned()),
            ("n", ": Int".to_owned()),
            ("params.size", " = 2".to_owned()),
            ("params.size", " = 2".to_owned())
        ]
    );
}

#[test]
fn a_call_says_what_it_wants() {
    for (text, label, active) in [
        ("let a = twice($0", "twice(text: String): String", 0),
        ("let a = split(\"a,b\", $0", "split(text: String, by: String): [String]", 1),
        ("let a = twice(split(\"(\", \",\")[0], $0", "twice(text: String): String", 1),
    ] {
        let it = marked(&format!("{FLEET}{text}\n"));
        let found = ide::signature(&it.db, it.file, it.offset).unwrap_or_else(|| panic!("nothing at {text}"));
        assert_eq!((found.label.as_str(), found.active), (label, active), "{text}");
    }
    let it = marked(&format!("{FLEET}let a = (1 + $0\n"));
    assert_eq!(ide::signature(&it.db, it.file, it.offset), None);
}

#[test]
fn names_have_colours_and_none_overlaps() {
    use fleetc::ide::Colour;
    let db = database(&[("fleet.fleet".into(), FLEET.into())]);
    let file = db.file("fleet.fleet").expect("the file");
    let all = ide::highlights(&db, file);
    assert!(all.windows(2).all(|it| it[0].range.end <= it[1].range.start));
    let colours = |name: &str| -> Vec<Colour> {
        all.iter().filter(|it| &FLEET[it.range.clone()] == name).map(|it| it.colour).collect()
    };
    for (name, colour, count) in [
        ("web", Colour::Declaration, 4),
        ("size", Colour::Parameter, 3),
        ("zones", Colour::Property, 2),
        ("twice", Colour::Function, 2),
        ("Code", Colour::Type, 2),
        ("length", Colour::Function, 1),
        ("name", Colour::Variable, 2),
    ] {
        assert_eq!(colours(name), vec![colour; count], "{name}");
    }
}
