//! The command line: what is said, where, and with which status.

use crate::support::Fleet;

const SMALL: &str = r#"
fleet small { }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web { source = charts, version = "1.0.0", values.replicas = 2 }
}
cluster one { use addons }
"#;

#[test]
fn a_build_says_what_happened_and_nothing_else() {
    let run = Fleet::new(SMALL).build();
    assert_eq!(run.stdout, "");
    let line = run.stderr.trim();
    assert!(
        line.starts_with("Finished 1 cluster, 1 add-on in ")
            && line.ends_with(" files written, 0 removed, 0 unchanged"),
        "{line}"
    );
}

#[test]
fn errors_are_shown_with_place_reason_and_fix() {
    let fleet = Fleet::new(&SMALL.replace("use addons", "use addon"));
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 1);
    for part in [
        "error[E0211]: there is no catalogue `addon`",
        "fleet.fleet:7:19",
        "help: did you mean `addons`?",
        "1 error; nothing was written",
    ] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
    assert!(!run.stderr.contains('\u{1b}'), "no colours where there is no terminal");
}

#[test]
fn render_prints_what_a_cluster_ends_up_with() {
    let fleet = Fleet::new(&SMALL.replace("use addons", "use addons\n override web { values.replicas = 5 }\n"));
    let run = fleet.run(&["render", "one", "HelmRelease/web"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("replicas: 5") && run.stdout.matches("kind:").count() == 2, "{}", run.stdout);
    let run = fleet.run(&["render", "one", "-o", "json"]);
    let objects: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(objects.as_array().map(Vec::len), Some(4));
    let run = fleet.run(&["render", "oen"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("did you mean `one`?"), "{}", run.stderr);
}

#[test]
fn check_writes_nothing() {
    let fleet = Fleet::new(SMALL);
    let run = fleet.run(&["check"]);
    assert_eq!(run.status, 0);
    assert!(run.stderr.contains("no mistakes") && !fleet.exists("common"), "{}", run.stderr);
}

#[test]
fn the_project_is_found_from_inside_it() {
    let fleet = Fleet::new(SMALL);
    fleet.write("sub/dir/note.txt", "");
    assert_eq!(fleet.run(&["build", "-C", "sub/dir"]).status, 0);
    assert!(fleet.exists("common/addons/kustomization.yaml"));
}

#[test]
fn surroundings_at_fault_are_said_plainly_with_status_2() {
    let nothing = Fleet::new("");
    let run = nothing.run(&["build"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("there is no `fleet.fleet`") && run.stderr.contains("fleetc init"), "{}", run.stderr);

    let two = Fleet::new(SMALL);
    two.write("inner/fleet.fleet", "fleet inner { }\n");
    let run = two.run(&["build"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("second project") && run.stderr.contains("inner/fleet.fleet"), "{}", run.stderr);
    two.write(".gitignore", "/inner\n");
    assert_eq!(two.run(&["build"]).status, 0);

    let latin = Fleet::new(SMALL);
    std::fs::write(latin.join("b.fleet"), b"// caf\xe9\n").expect("a file");
    let run = latin.run(&["build"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`b.fleet` is not UTF-8 (at byte 6)"), "{}", run.stderr);

    let linked = Fleet::new(SMALL);
    std::os::unix::fs::symlink(latin.join("b.fleet"), linked.join("c.fleet")).expect("a link");
    let run = linked.run(&["build"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`c.fleet` leads out of the project"), "{}", run.stderr);

    let run = nothing.run(&["biuld"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("build"), "{}", run.stderr);
}

#[test]
fn two_fleets_in_one_project_are_an_error_of_the_sources() {
    let fleet = Fleet::new(SMALL);
    fleet.write("more.fleet", "fleet other { }\n");
    let run = fleet.run(&["check"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("E0205"), "{}", run.stderr);
}

#[test]
fn quiet_says_nothing_when_all_is_well() {
    let run = Fleet::new(SMALL).run(&["build", "-q"]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}
