//! Rings: what is new comes to them in their order, and `promote` edits the sources.

use crate::support::{Fleet, errors};

const FLEET: &str = r#"fleet f {
  facts { environment: "test" | "staging" | "production" }
  rings environment = ["test", "staging", "production"]
}

catalogue addons {
  source charts = helm "https://charts.example.com"

  addon web { source = charts, version = "1.0.0" } // the last ring's
  addon api { source = charts, version = "2.0.0" }
}

cluster a { environment = "test", use addons }
cluster b {
  environment = "staging"
  use addons
}
cluster c {
  environment = "production"
  use addons
}
"#;

fn fleet(overrides: &str) -> Fleet {
    let text = FLEET.replace("\"test\", use addons }", "\"test\"\n  use addons }");
    Fleet::new(&format!("{text}{overrides}"))
}

/// What stands behind the clusters after a promotion.
fn promoted(fleet: &Fleet, args: &[&str]) -> (String, String) {
    let run = fleet.run(&[&["promote"], args].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = fleet.read("fleet.fleet");
    let end = text.find("// overrides").expect("the mark");
    (run.stdout, text[end..].to_owned())
}

fn table(fleet: &Fleet) -> String {
    let run = fleet.run(&["list", "versions"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn a_version_goes_up_one_ring_at_a_time() {
    let fleet = fleet(
        "// overrides\n\n// Tried in test first.\noverride web when cluster.environment == \"test\" { version = \"1.1.0\" }\n\n// the end\n",
    );
    assert_eq!(
        table(&fleet),
        "ADD-ON  TEST   STAGING  PRODUCTION\napi     2.0.0  2.0.0    2.0.0\nweb     1.1.0  1.0.0    1.0.0\n"
    );
    let (printed, after) = promoted(&fleet, &["web"]);
    assert_eq!(printed, "b: web 1.0.0 → 1.1.0\n");
    assert_eq!(
        after,
        "// overrides\n\n// Tried in test first.\noverride web when cluster.environment in [\"test\", \"staging\"] { version = \"1.1.0\" }\n\n// the end\n"
    );
    // The last ring's version is the catalogue's; the override has nothing left to say.
    let (printed, after) = promoted(&fleet, &["addons.web"]);
    assert_eq!(printed, "c: web 1.0.0 → 1.1.0\n");
    assert_eq!(after, "// overrides\n\n// Tried in test first.\n\n// the end\n", "comments are the author's");
    assert!(
        fleet.read("fleet.fleet").contains("addon web { source = charts, version = \"1.1.0\" } // the last ring's\n")
    );
    assert!(table(&fleet).contains("web     1.1.0  1.1.0    1.1.0"));
    let run = fleet.run(&["promote", "web"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("ahead in no ring"), "{}", run.stderr);
}

#[test]
fn what_else_an_override_says_stays() {
    let rule = "// overrides\nrule test when cluster.environment == \"test\" {\n  override web {\n    version = \"1.1.0\" // new\n    values.debug = true\n  }\n  override api { values.debug = true }\n}\n";
    let fleet = fleet(rule);
    let (_, after) = promoted(&fleet, &["web"]);
    assert_eq!(
        after,
        rule.trim_end_matches('\n').to_owned()
            + "\n\noverride addons.web when cluster.environment == \"staging\" { version = \"1.1.0\" }\n"
    );
    let (_, after) = promoted(&fleet, &["web"]);
    assert!(!after.contains("version"), "{after}");
    assert!(after.contains("values.debug = true\n  }\n  override api"), "{after}");
    fleet.build();
}

#[test]
fn the_ring_in_the_middle_goes_up_alone() {
    let fleet = fleet(
        "// overrides\noverride web when cluster.environment == \"test\" { version = \"1.2.0\" }\noverride web when cluster.environment == \"staging\" { version = \"1.1.0\" }\n",
    );
    let (printed, after) = promoted(&fleet, &["web", "--from", "staging"]);
    assert_eq!(printed, "c: web 1.0.0 → 1.1.0\n");
    assert_eq!(after, "// overrides\noverride web when cluster.environment == \"test\" { version = \"1.2.0\" }\n");
    let (printed, after) = promoted(&fleet, &["web", "--dry-run"]);
    assert_eq!(printed, "b: web 1.1.0 → 1.2.0\n");
    assert!(after.contains("== \"test\""), "a dry run writes nothing");
}

#[test]
fn what_cannot_be_edited_is_left_alone() {
    let computed = fleet(
        "// overrides\nlet new = \"1.1.0\"\noverride web when cluster.environment == \"test\" { version = new }\n",
    );
    let before = computed.read("fleet.fleet");
    let run = computed.run(&["promote", "web"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stderr.contains("fleet.fleet:"), "{}", run.stderr);
    assert_eq!(computed.read("fleet.fleet"), before);
    let run = computed.run(&["promote", "webb"]);
    assert!(run.stderr.contains("did you mean `web`?"), "{}", run.stderr);
    let run = computed.run(&["promote", "web", "--from", "testing"]);
    assert!(run.stderr.contains("no ring `testing`"), "{}", run.stderr);
}

#[test]
fn a_later_ring_is_never_ahead() {
    let with = |overrides: &str| {
        errors(&format!("{}{overrides}", FLEET.replace("\"test\", use addons }", "\"test\"\n  use addons }")))
    };
    assert!(with("").is_empty());
    assert_eq!(with("override web when cluster.environment == \"production\" { version = \"1.0.1\" }"), ["E0525"]);
    assert_eq!(
        with(
            "override web when cluster.environment == \"staging\" { version = \"1.10.0\" }\noverride web when cluster.environment == \"test\" { version = \"1.9.0\" }"
        ),
        ["E0525"]
    );
    // A range is no version: it says what may run, not what does.
    assert!(with("override web when cluster.environment == \"production\" { version = \">=1.0.1\" }").is_empty());
    assert_eq!(
        errors(
            &FLEET
                .replace("[\"test\", \"staging\"", "[\"tset\", \"staging\"")
                .replace("\"test\", use", "\"test\"\nuse")
        ),
        ["E0524"]
    );
}

#[test]
fn a_list_keeps_its_layout_and_comments() {
    let rule =
        "// overrides\noverride web when cluster.environment in [\n  \"test\", // first\n] { version = \"1.1.0\" }\n";
    let fleet = fleet(rule);
    let (_, after) = promoted(&fleet, &["web"]);
    assert_eq!(after, rule.replace("\"test\",", "\"test\", \"staging\","));
}

#[test]
fn clusters_outside_the_rings_are_told_too() {
    let text = FLEET
        .replace("\"test\", use addons }", "\"test\"\n  use addons }")
        .replace("| \"production\" }", "| \"production\" | \"lab\" }")
        + "cluster lab {\n  environment = \"lab\"\n  use addons\n}\n// overrides\noverride web when cluster.environment in [\"test\", \"staging\"] { version = \"1.1.0\" }\n";
    let (printed, _) = promoted(&Fleet::new(&text), &["web"]);
    assert_eq!(printed, "c: web 1.0.0 → 1.1.0\nlab: web 1.0.0 → 1.1.0\n");
}

#[test]
fn what_is_behind_is_not_promoted() {
    let fleet = fleet("// overrides\noverride web when cluster.environment == \"test\" { version = \"0.9.0\" }\n");
    let run = fleet.run(&["promote", "web"]);
    assert!(run.status == 1 && run.stderr.contains("ahead"), "{}", run.stderr);
}
