//! A build after which nothing changed is not done again, and whatever changed is seen.

use std::time::{Duration, SystemTime};

use crate::support::{Fleet, Run, read_tree};

const FLEET: &str = r#"
fleet f { facts { zones: Int = 1 } }
catalogue addons {
  source charts = helm "https://example.com/charts"
  addon web { source = charts, version = "1.0.0", values { zones = cluster.zones, sizes = yaml("sizes.yaml") } }
}
--- a.fleet ---
cluster a { zones = 2, use addons }
"#;

fn fleet() -> Fleet {
    let fleet = Fleet::new(FLEET);
    fleet.write("sizes.yaml", "small: 1\n");
    fleet
}

/// A run that goes well and says that.
fn said(run: &Run, what: &str) {
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains(what), "{what}: {}", run.stderr);
}

const A: &str = "clusters/a/addons.yaml";

#[test]
fn nothing_changed_is_known_without_compiling() {
    let fleet = fleet();
    said(&fleet.build(), "written, 0 removed, 0 unchanged");
    let record = read_tree(&fleet.join(".fleetc"));
    assert!(record.contains_key("build.json") && record[".gitignore"] == b"*\n", "{:?}", record.keys());
    said(&fleet.build(), "0 files written, 0 removed, 5 unchanged");
    // The record alone decides: a tree that it describes is not compared with the sources.
    let text = fleet.read(".fleetc/build.json");
    fleet.write(".fleetc/build.json", &text.replace("\"clusters\":1", "\"clusters\":9"));
    said(&fleet.build(), "9 clusters");
    std::fs::remove_dir_all(fleet.join(".fleetc")).expect("removed");
    said(&fleet.build(), "1 cluster,");
}

#[test]
fn whatever_changes_is_seen() {
    let fleet = fleet();
    fleet.build();
    fleet.build();
    let cases: [(&str, &dyn Fn()); 8] = [
        ("a source of the same length", &|| fleet.write("a.fleet", "cluster a { zones = 3, use addons }\n")),
        ("a new source", &|| fleet.write("deep/b.fleet", "cluster b { use addons }\n")),
        ("a file of data", &|| fleet.write("sizes.yaml", "small: 2\n")),
        ("a generated file", &|| fleet.write(A, &fleet.read(A).replace("zones: 3", "zones: 4"))),
        ("a generated file that goes", &|| std::fs::remove_file(fleet.join(A)).expect("removed")),
        ("a directory that goes", &|| std::fs::remove_dir_all(fleet.join("clusters/b")).expect("removed")),
        ("an old time on another text", &|| {
            fleet.write(A, &fleet.read(A).replace("zones: 3", "zones: 5"));
            let file = std::fs::File::options().write(true).open(fleet.join(A)).expect("opened");
            file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("set");
        }),
        ("a damaged record", &|| {
            fleet.write(".fleetc/build.json", "{");
            fleet.write(A, &fleet.read(A).replace("zones: 3", "zones: 6"));
        }),
    ];
    for (what, change) in cases {
        change();
        let check = fleet.run(&["build", "--check"]);
        assert_eq!(check.status, 1, "{what}: {}", check.stderr);
        let run = fleet.build();
        assert!(!run.stderr.contains(" 0 files written"), "{what}: {}", run.stderr);
        assert!(fleet.read(A).contains("zones: 3"), "{what}");
        said(&fleet.build(), "0 files written");
    }
}

/// A file system that notes whole seconds: two texts of one size within one of them.
#[cfg(target_os = "linux")]
#[test]
fn edits_within_a_tick_of_a_coarse_file_system_are_seen() {
    let fleet = fleet();
    let mount = fleet.join("coarse");
    std::fs::create_dir(&mount).expect("a directory");
    let run = |program: &str, args: &[&str]| {
        let mut command = std::process::Command::new(program);
        command.args(args).current_dir(fleet.path());
        command.output().is_ok_and(|it| it.status.success())
    };
    std::fs::File::create(fleet.join("disk")).and_then(|it| it.set_len(8 << 20)).expect("a file");
    // Inodes of 128 bytes have no room for nanoseconds.
    if !run("mkfs.ext4", &["-q", "-I", "128", "disk"]) || !run("mount", &["-o", "loop", "disk", "coarse"]) {
        eprintln!("no file system can be made and mounted here; coarse timestamps were not tried");
        return;
    }
    for (path, text) in crate::support::files_of(FLEET) {
        std::fs::write(mount.join(path), text).expect("a file");
    }
    std::fs::write(mount.join("sizes.yaml"), "small: 1\n").expect("a file");
    let mut missed = Vec::new();
    for zones in 3..9 {
        std::fs::write(mount.join("a.fleet"), format!("cluster a {{ zones = {zones}, use addons }}\n"))
            .expect("a file");
        let built = Run::of(&mount, &["build"]);
        let text = std::fs::read_to_string(mount.join(A)).unwrap_or_default();
        if built.status != 0 || !text.contains(&format!("zones: {zones}")) {
            missed.push(zones);
        }
    }
    assert!(run("umount", &["coarse"]));
    assert!(missed.is_empty(), "{missed:?}");
}

/// A check compares with the sources, whatever a record says.
#[test]
fn a_check_trusts_no_record() {
    let fleet = fleet();
    fleet.build();
    let text = fleet.read(".fleetc/build.json");
    fleet.write(".fleetc/build.json", &text.replace("\"files\":5", "\"files\":7"));
    said(&fleet.run(&["build", "--check"]), "up to date: 5 files");
}

#[test]
fn another_directory_has_a_record_of_its_own() {
    let fleet = fleet();
    fleet.build();
    said(&fleet.run(&["build", "--out", "../elsewhere"]), "5 files written");
    said(&fleet.run(&["build", "--out", "../elsewhere"]), "0 files written");
    std::fs::remove_dir_all(fleet.join("../elsewhere")).expect("removed");
    said(&fleet.run(&["build", "--out", "../elsewhere"]), "5 files written");
    said(&fleet.build(), "0 files written");
}

#[test]
fn a_check_writes_no_record_and_warnings_are_said_each_time() {
    let fleet = fleet();
    fleet.run(&["build", "--check"]);
    assert!(!fleet.exists(".fleetc"));
    fleet.write("rules.fleet", "rule dead when cluster.zones == 9 { override web { values.x = 1 } }\n");
    for _ in 0..3 {
        said(&fleet.build(), "W0508");
    }
}

#[test]
fn a_file_by_hand_in_the_tree_is_seen_when_it_comes_and_when_it_changes() {
    let fleet = fleet();
    fleet.build();
    fleet.write("clusters/a/own.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: default }\n");
    said(&fleet.build(), "0 files written");
    said(&fleet.build(), "0 files written");
    fleet.write("clusters/a/own.yaml", "kind: nothing\n");
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
}
