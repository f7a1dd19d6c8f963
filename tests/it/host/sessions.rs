//! A session that goes on: what changes on the disk reaches the database, and what is no more does not stay for ever.

use std::collections::BTreeMap;

use fleetc::compile::{compile, diagnose};
use fleetc::emit::FileTree;
use fleetc::host::{Refreshed, open, open_session};

use crate::support::Fleet;

const PROJECT: &str = r#"
fleet f { packages { platform { path = "platform" } } }
import platform.{ base }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web from base { source = charts, version = "1.0.0" }
}
cluster one { use addons }
"#;

fn project() -> Fleet {
    let it = Fleet::new("");
    it.write("fleet.fleet", PROJECT);
    it.write("platform/base.fleet", "addon base { version = \"0.0.1\", values.from = \"the platform\" }\n");
    it
}

fn files(tree: &FileTree) -> Vec<(String, String)> {
    tree.files.iter().map(|(path, text)| (path.to_string(), text.text().to_string())).collect()
}

#[test]
fn a_package_that_changes_is_read_again_without_opening_the_project_anew() {
    let it = project();
    let mut session = open_session(it.path(), &BTreeMap::new()).expect("a project");
    drop(compile(&session.db));
    assert_eq!(session.refresh().expect("files"), Refreshed::Same, "nothing has changed");
    it.write("platform/base.fleet", "addon base { version = \"0.0.1\", values.from = \"another\" }\n");
    assert_eq!(session.refresh().expect("files"), Refreshed::Changed);
    let (again, anew) = (compile(&session.db), compile(&open(it.path()).expect("a project").db));
    assert_eq!(files(&again.tree), files(&anew.tree));
    assert!(files(&again.tree).iter().any(|(_, text)| text.contains("another")), "{:?}", files(&again.tree));
    // One more file, and one that goes.
    it.write("platform/more.fleet", "let unused = 1\n");
    assert_eq!(session.refresh().expect("files"), Refreshed::Changed);
    std::fs::remove_file(it.join("platform/more.fleet")).expect("a file");
    assert_eq!(session.refresh().expect("files"), Refreshed::Changed);
    // Another package, or one less, is another project.
    std::fs::remove_dir_all(it.join("platform")).expect("a directory");
    assert_eq!(session.refresh().expect("files"), Refreshed::Anew);
}

#[test]
fn names_that_are_no_more_end_a_session_after_a_while() {
    let it = project();
    let mut session = open_session(it.path(), &BTreeMap::new()).expect("a project");
    let file = session.db.file("fleet.fleet").expect("a file");
    let renamed = |nth: usize| PROJECT.replace("cluster one", &format!("cluster one-{nth}"));
    drop(diagnose(&session.db));
    // The same names come and go as often as one likes.
    for nth in 0..600 {
        session.db.set_text(file, renamed(nth % 2));
        drop(diagnose(&session.db));
    }
    assert!(!session.db.is_worn());
    let worn = (0..600).find(|nth| {
        session.db.set_text(file, renamed(*nth));
        drop(diagnose(&session.db));
        session.db.is_worn()
    });
    assert!(worn.is_some_and(|it| it > 20), "{worn:?}");
    it.write("fleet.fleet", &renamed(7));
    assert_eq!(session.refresh().expect("files"), Refreshed::Anew);
}
