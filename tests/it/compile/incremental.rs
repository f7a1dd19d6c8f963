//! What an edit makes run again: for each kind of edit the exact set of queries, by
//! the log of the database.

use std::collections::BTreeMap;
use std::sync::Arc;

use fleetc::compile::{compile, diagnose_of};
use fleetc::emit::FileTree;
use fleetc::source::FleetDatabase;
use salsa::Setter;

use crate::support::{database, database_with_log, files_of};

/// Twelve clusters of one class, and one that has something of its own.
const FLEET: &str = r#"
fleet f {
  layers = [environment]
  facts { zones: Int = 1, region: String, environment: "test" | "production" = "test" }
}
--- catalogue.fleet ---
catalogue addons {
  source charts = helm "https://example.com/charts"
  addon web {
    source = charts
    version = "1.0.0"
    values { region = cluster.region, size = 1, deep { level = "info" } }
  }
  addon api { source = charts, version = "1.0.0", values.name = cluster.name }
}
rule production in environment when cluster.environment == "production" {
  override api { values.replicas = 3 }
}
--- special.fleet ---
cluster special {
  region = "eu-west-1"
  environment = "production"
  use addons
  override web { version = "1.1.0" }
}
"#;

fn sources() -> Vec<(String, String)> {
    let mut files = files_of(FLEET);
    for nth in 0..12 {
        let region = ["eu-west-1", "us-east-1"][nth % 2];
        files.push((
            format!("fleet/c{nth:02}.fleet"),
            format!("cluster c{nth:02} {{\n  region = \"{region}\"\n  use addons\n}}\n"),
        ));
    }
    files
}

/// What an edit did: how often each query ran, and which files differ.
struct Ran {
    queries: String,
    written: Vec<String>,
}

fn ran(edit: impl FnOnce(&mut FleetDatabase)) -> Ran {
    let mut db = database_with_log(&sources());
    let before = compile(&db);
    assert!(before.is_clean(), "{:?}", crate::support::summary(&before));
    edit(&mut db);
    let _before = db.take_log();
    let after = compile(&db);
    assert!(after.is_clean(), "{:?}", crate::support::summary(&after));
    let queries = counted(&mut db);
    Ran { queries, written: differing(&before.tree, &after.tree) }
}

/// How often each query ran since the log was last taken.
fn counted(db: &mut FleetDatabase) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in db.take_log() {
        let name = line.split('(').next().unwrap_or_default().trim_end_matches('_').to_owned();
        *counts.entry(name).or_default() += 1;
    }
    let queries: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    queries.join(", ")
}

fn differing(before: &FileTree, after: &FileTree) -> Vec<String> {
    let all: std::collections::BTreeSet<_> = before.files.keys().chain(after.files.keys()).collect();
    all.into_iter().filter(|it| before.files.get(*it) != after.files.get(*it)).map(ToString::to_string).collect()
}

fn set(db: &mut FleetDatabase, path: &str, change: impl Fn(&str) -> String) {
    let file = db.file(path).expect("the file");
    let text = change(file.text(db));
    assert_ne!(*text, **file.text(db), "the edit changes nothing");
    let text: Arc<str> = text.into();
    file.set_text(db).to(text);
}

#[test]
fn nothing_runs_without_an_edit() {
    let it = ran(|_| {});
    assert_eq!(it.queries, "");
    assert!(it.written.is_empty());
}

#[test]
fn a_comment_above_runs_one_parse_and_nothing_beyond_the_declarations() {
    let it = ran(|db| set(db, "catalogue.fleet", |text| format!("// a comment\n\n{text}")));
    assert_eq!(it.queries, "declarations 1, diagnostics 1, parse 1");
    assert!(it.written.is_empty());
}

#[test]
fn a_version_that_one_cluster_pins_fills_its_file_and_makes_nothing() {
    let it = ran(|db| set(db, "special.fleet", |text| text.replace("1.1.0", "1.2.0")));
    assert_eq!(
        it.queries,
        "anchors 1, check 1, cluster 1, cluster_diagnostics 1, cluster_files 1, declaration 1, declarations \
         1, diagnostics 1, fleet_diagnostics 1, has_one_flux 1, kustomization_namespaces 1, \
         longest_role 1, may_have_hubs 1, outline 1, own_of 1, parse 1, statements 1, wide_class_of 1"
    );
    assert_eq!(it.written, ["clusters/special/addons.yaml"]);
}

#[test]
fn a_cluster_that_leaves_its_class_leaves_the_others_alone() {
    let own = "use addons\n  override web { values.size = 7 }";
    let it = ran(|db| set(db, "fleet/c03.fleet", |text| text.replace("use addons", own)));
    assert_eq!(
        it.queries,
        "alike 1, anchors 1, baseline 1, check 1, class_files 1, class_of 1, cluster 1, cluster_diagnostics \
         1, cluster_files 1, declaration 1, declarations 1, deployed 1, diagnostics 1, fleet_diagnostics 1, \
         has_one_flux 1, is_fine 1, kustomization_namespaces 1, longest_role 1, made 1, made_texts 1, \
         may_have_hubs 1, of_clusters 1, outline 1, own_of 1, parse 1, shared 1, specialized 1, statements 1, wide_class_of 1"
    );
    assert_eq!(it.written, ["clusters/c03/addons.yaml"]);
}

#[test]
fn a_fact_of_one_cluster_fills_its_file_and_makes_nothing() {
    let it = ran(|db| set(db, "fleet/c03.fleet", |text| text.replace("us-east-1", "us-west-2")));
    assert_eq!(
        it.queries,
        "anchors 1, baseline 1, check 1, class_of 1, cluster 1, cluster_diagnostics 1, cluster_files 1, \
         declaration 1, declarations 1, deployed 1, diagnostics 1, fleet_diagnostics 1, has_one_flux 1, \
         kustomization_namespaces 1, may_have_hubs 1, of_clusters 1, outline 1, own_of 1, parse 1, statements 1, wide_class_of 1"
    );
    assert_eq!(it.written, ["clusters/c03/addons.yaml"]);
}

#[test]
fn a_value_of_the_catalogue_that_no_patch_touches_renders_no_cluster() {
    let it = ran(|db| set(db, "catalogue.fleet", |text| text.replace("level = \"info\"", "level = \"debug\"")));
    // Each specialization of the add-on is made again, and each class is asked whether it is still
    // one; `cluster_files`, `cluster` and the other add-on are not among them.
    assert_eq!(
        it.queries,
        "alike 2, anchors 1, base 1, begun 1, bundle 1, check 2, class_files 2, class_of 12, class_validation \
         2, class_verdict 2, common_files 1, declaration 5, declarations 1, deployed 12, diagnostics 1, \
         fleet_diagnostics 1, is_fine 2, levels 1, longest_role 1, made 5, made_texts 2, of_clusters 1, \
         outline 13, own_of 1, params_of 1, parse 1, shared 3, shared_sources 1, specialized 2, whole 1, \
         wide_class_of 1"
    );
    assert_eq!(it.written, ["common/addons/add-ons/web.yaml"]);
}

#[test]
fn a_value_of_a_rule_renders_the_clusters_that_it_holds_for() {
    let it = ran(|db| set(db, "catalogue.fleet", |text| text.replace("replicas = 3", "replicas = 4")));
    assert_eq!(
        it.queries,
        "alike 1, anchors 1, base_overrides 1, check 1, class_files 1, class_validation 1, class_verdict 1, \
         cluster 13, cluster_files 1, declaration 5, declarations 1, diagnostics 1, fleet_diagnostics 1, \
         is_fine 1, kustomization_namespaces 1, longest_role 1, made 1, made_texts 1, of_clusters 1, outline \
         1, own_of 1, parse 1, shared \
         2, specialized 1, statements 1, wide_class_of 1"
    );
    assert_eq!(it.written, ["clusters/special/addons.yaml"]);
}

#[test]
fn a_new_file_renders_its_cluster_and_no_other() {
    let new = "cluster new {\n  region = \"eu-west-1\"\n  use addons\n}\n";
    let it = ran(|db| {
        let mut files = sources();
        files.push(("fleet/new.fleet".into(), new.into()));
        db.set_files("", files);
    });
    assert!(it.queries.contains("cluster_files 1,") && it.queries.contains(" parse 1,"), "{}", it.queries);
    assert_eq!(it.written, ["clusters/new/addons.yaml"]);
}

#[test]
fn a_file_that_goes_renders_no_cluster() {
    let it = ran(|db| {
        let mut files = sources();
        files.retain(|it| it.0 != "fleet/c03.fleet");
        db.set_files("", files);
    });
    assert!(!it.queries.contains("cluster_files") && !it.queries.contains("parse"), "{}", it.queries);
    assert_eq!(it.written, ["clusters/c03/addons.yaml"]);
}

/// What is compiled after an edit is what a new database would compile.
#[test]
fn a_warm_database_says_what_a_cold_one_says() {
    let edits: [(&str, &str, &str); 6] = [
        ("special.fleet", "1.1.0", "1.2.0"),
        ("fleet/c03.fleet", "us-east-1", "us-west-2"),
        ("fleet/c04.fleet", "use addons", "use addons\n  drop addons.api"),
        ("catalogue.fleet", "level = \"info\"", "level = \"debug\""),
        ("catalogue.fleet", "replicas = 3", "replicas = 4"),
        ("fleet.fleet", "zones: Int = 1", "zones: Int = 2"),
    ];
    let mut files = sources();
    let mut warm = database(&files);
    let _ = compile(&warm);
    for (path, from, to) in edits {
        let file = files.iter_mut().find(|it| it.0 == path).expect("the file");
        file.1 = file.1.replace(from, to);
        set(&mut warm, path, |text| text.replace(from, to));
        let (warm, cold) = (compile(&warm), compile(&database(&files)));
        assert_eq!(differing(&warm.tree, &cold.tree), Vec::<String>::new(), "{path}: {to}");
    }
}

/// A question about one cluster reads and compiles that one: of the others, their declarations.
#[test]
fn one_cluster_is_compiled_alone() {
    let mut db = database_with_log(&sources());
    assert!(diagnose_of(&db, &["c03"]).is_empty());
    let queries = counted(&mut db);
    for it in ["cluster 1", "class_of 1", "deployed 1", "cluster_diagnostics 1"] {
        assert!(queries.split(", ").any(|query| query == it), "{it}: {queries}");
    }
}
