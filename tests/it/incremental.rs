//! What an edit makes run again, by the log of the queries.

use std::sync::Arc;

use fleetc::compile::compile;
use fleetc::source::FleetDatabase;
use salsa::Setter;

use crate::support::{database, files_of};

const FLEET: &str = r#"
fleet f { facts { zones: Int = 1 } }
--- catalogue.fleet ---
catalogue addons {
  source charts = helm "https://example.com/charts"
  addon web { source = charts, version = "1.0.0", values.zones = cluster.zones }
  addon api { source = charts, version = "1.0.0" }
}
--- a.fleet ---
cluster a { use addons }
--- b.fleet ---
cluster b { use addons }
"#;

/// The names of the queries that run after `edit`, without their keys.
fn runs(edit: impl FnOnce(&mut FleetDatabase)) -> Vec<String> {
    let mut db = database(&files_of(FLEET));
    let compilation = compile(&db);
    assert!(compilation.is_clean(), "{:?}", crate::support::summary(&compilation));
    edit(&mut db);
    db.start_log();
    let _ = compile(&db);
    let mut names: Vec<String> = db
        .take_log()
        .into_iter()
        .map(|it| it.split('(').next().unwrap_or_default().trim_end_matches('_').to_owned())
        .collect();
    names.sort();
    names
}

fn set(db: &mut FleetDatabase, path: &str, change: impl Fn(&str) -> String) {
    let file = db.file(path).expect("the file");
    let text: Arc<str> = change(file.text(db)).into();
    file.set_text(db).to(text);
}

fn count(names: &[String], query: &str) -> usize {
    names.iter().filter(|it| it.as_str() == query).count()
}

#[test]
fn nothing_runs_without_an_edit() {
    assert_eq!(runs(|_| {}), Vec::<String>::new());
}

#[test]
fn a_comment_above_runs_one_parse_and_stops_at_the_declarations() {
    let names = runs(|db| set(db, "catalogue.fleet", |text| format!("// a comment\n\n{text}")));
    assert_eq!(count(&names, "parse"), 1, "{names:?}");
    let beyond =
        ["cluster", "bundle", "deployed", "base", "settings", "cluster_files", "common_files", "check", "index"];
    for query in beyond {
        assert_eq!(count(&names, query), 0, "{query} ran: {names:?}");
    }
}

#[test]
fn an_override_in_one_cluster_deploys_that_cluster_alone() {
    let names =
        runs(|db| set(db, "a.fleet", |_| "cluster a {\n  use addons\n  override web { values.zones = 7 }\n}\n".into()));
    assert_eq!(count(&names, "parse"), 1, "{names:?}");
    assert_eq!(count(&names, "cluster"), 1, "{names:?}");
    assert_eq!(count(&names, "deployed"), 1, "{names:?}");
    assert_eq!(count(&names, "cluster_files"), 1, "{names:?}");
    assert_eq!(count(&names, "bundle"), 0, "{names:?}");
    assert_eq!(count(&names, "base"), 0, "{names:?}");
}

#[test]
fn editing_one_add_on_leaves_its_neighbour_alone() {
    let names = runs(|db| {
        set(db, "catalogue.fleet", |text| {
            text.replace(
                "addon api { source = charts, version = \"1.0.0\"",
                "addon api { source = charts, version = \"1.1.0\"",
            )
        });
    });
    assert_eq!(count(&names, "base"), 1, "{names:?}");
    assert_eq!(count(&names, "check"), 1, "{names:?}");
    assert_eq!(count(&names, "settings"), 0, "{names:?}");
}
