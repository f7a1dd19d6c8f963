//! `FLEETC_CORPUS=DIR`: real repositories, each a directory of DIR. All are imported; nothing is lost.

use std::path::PathBuf;

use crate::support::Run;

#[test]
fn real_repositories_come_in() {
    let Some(corpus) = std::env::var_os("FLEETC_CORPUS") else { return };
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(corpus).expect("repositories").map(|it| it.expect("one").path()).collect();
    all.sort();
    for repository in all {
        let name = repository.file_name().expect("a name").to_string_lossy().into_owned();
        let out = tempfile::tempdir().expect("a directory");
        let (from, to) = (repository.to_string_lossy(), out.path().to_string_lossy());
        let run = Run::of(&repository, &["import", &from, "--out", &to, "-o", "json"]);
        if run.status == 2 && run.stderr.contains("there is no cluster") {
            eprintln!("{name}: no cluster");
            continue;
        }
        assert_eq!(run.status, 0, "{name}: {}", run.stderr);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let differences = report["differences"].as_array().expect("a list");
        assert!(differences.iter().all(|it| it["class"] != "fatal"), "{name}: {differences:?}");
        let sum = |key: &str| -> u64 {
            report["kustomizations"].as_array().expect("a list").iter().filter_map(|it| it[key].as_u64()).sum()
        };
        let check = Run::of(out.path(), &["check"]);
        assert_eq!(check.status, 0, "{name}: {}", check.stderr);
        eprintln!(
            "{name}: {} typed, {} passed, {} left, {} other differences, {} lines are {}",
            sum("typed"),
            sum("passed"),
            sum("left"),
            differences.len(),
            report["lines"]["before"],
            report["lines"]["after"]
        );
    }
}
