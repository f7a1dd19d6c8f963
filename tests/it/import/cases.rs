//! Repositories of our own, each with something that others are made of: they are imported, built, and taken over.

use std::collections::BTreeMap;

use crate::support::{Fleet, Kustomize};

use super::flux::{lost, world};

/// What each repository is for, its clusters, and the Kustomizations that stay as they are.
const CASES: [(&str, &str, &[&str], &[&str]); 3] = [
    ("staged", include_str!("../../import/staged.txt"), &["clusters/production", "clusters/staging"], &["theirs"]),
    (
        "variables",
        include_str!("../../import/variables.txt"),
        &[
            "clusters/dev-eu",
            "clusters/dev-us",
            "clusters/dev-ap",
            "clusters/prod-eu",
            "clusters/prod-us",
            "clusters/prod-ap",
        ],
        &[],
    ),
    ("awkward", include_str!("../../import/awkward.txt"), &["flux/one"], &["child", "suffixed"]),
];

#[test]
fn repositories_come_in_as_they_are() {
    let Some(kustomize) = Kustomize::find("import") else { return };
    for (what, text, clusters, left) in CASES {
        let fleet = Fleet::new(text);
        let before: BTreeMap<&str, _> = clusters.iter().map(|it| (*it, world(&kustomize, fleet.path(), it))).collect();
        let run = fleet.run(&["import", "-o", "json"]);
        assert_eq!(run.status, 0, "{what}: {}", run.stderr);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let stays: Vec<&str> = report["kustomizations"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|it| !it["why"].is_null())
            .filter_map(|it| it["name"].as_str())
            .collect();
        let mut sorted = stays.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, left, "{what}: {report:#}");
        let fatal =
            report["differences"].as_array().expect("a list").iter().filter(|it| it["class"] == "fatal").count();
        assert_eq!(fatal, 0, "{what}: {report:#}");
        assert_eq!(fleet.run(&["check"]).status, 0, "{what}: {}", fleet.run(&["check"]).stderr);
        assert_eq!(fleet.run(&["fmt", "--check"]).status, 0, "{what}");
        let run = fleet.run(&["build", "--adopt"]);
        assert_eq!(run.status, 0, "{what}: {}", run.stderr);
        for (cluster, before) in before {
            let after = world(&kustomize, fleet.path(), cluster);
            let lost = lost(&before, &after);
            assert!(lost.is_empty(), "{what}: {cluster}:\n{}\n{}", lost.join("\n"), run.stderr);
        }
        // Once it is there, nothing is to be adopted.
        let run = fleet.run(&["build", "--check"]);
        assert_eq!(run.status, 0, "{what}: {}", run.stderr);
    }
}

/// The same repository gives the same sources.
#[test]
fn an_import_is_the_same_each_time() {
    let sources = |_| {
        let fleet = Fleet::new(CASES[1].1);
        assert_eq!(fleet.run(&["import"]).status, 0);
        crate::support::read_tree(fleet.path())
    };
    assert_eq!(sources(1), sources(2));
}

/// What is said to people of what was found.
#[test]
fn import_tells_what_it_found() {
    let fleet = Fleet::new(CASES[2].1);
    let kustomization = |name: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}}}\nspec: {{path: ./{name}, prune: true, sourceRef: {{kind: GitRepository, name: flux-system}}}}\n"
        )
    };
    let all = ["suffixed", "not-there", "not-yaml"].map(kustomization).join("---\n");
    fleet.write("flux/one/list/broken.yaml", &all);
    fleet.write("not-yaml/file.yaml", "{{ if .Values.x }}\na: [\n");
    let run = fleet.run(&["import", "--dry-run"]);
    for said in [
        "`suffixed/kustomization.yaml` has `nameSuffix`",
        "`not-there`, which is not there",
        "`not-yaml/file.yaml`: ",
        "`parent` applies it",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    assert!(!fleet.exists("fleet.fleet"));
    let fleet = Fleet::new(CASES[0].1);
    let run = fleet.run(&["import", "--only", "apps", "-o", "markdown"]);
    assert!(run.status == 0 && run.stdout.contains("`docs/example.yaml`: no cluster applies it"), "{}", run.stdout);
    assert!(fleet.exists("catalogues/apps.fleet") && !fleet.exists("catalogues/infra-configs.fleet"));
    // A project that is there is never written over.
    let run = fleet.run(&["import"]);
    assert!(run.status == 2 && run.stderr.contains("there is a project"), "{}", run.stderr);
}

/// What is no repository of Flux is an error that says what to do.
#[test]
fn without_a_cluster_there_is_nothing_to_import() {
    let fleet = Fleet::new("--- a.yaml ---\nkind: ConfigMap\n");
    let run = fleet.run(&["import"]);
    assert!(run.status == 2 && run.stderr.contains("--cluster NAME=DIR"), "{}", run.stderr);
    let run = fleet.run(&["import", "--cluster", "one"]);
    assert!(run.status == 2 && run.stderr.contains("production=clusters/production"), "{}", run.stderr);
}
