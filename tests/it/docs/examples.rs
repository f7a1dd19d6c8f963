//! The examples: they build without a word, and what is committed is what they build.

use std::path::Path;

use crate::support::{Fleet, Run, git};

const EXAMPLES: [&str; 6] = ["minimal", "eks-fleet", "eks-apps", "tenants", "inventory", "flux-eks-gitops-config"];

/// Examples name each other, so that they are run where they stand.
fn run(name: &str, args: &[&str]) -> Run {
    Run::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name), args)
}

#[test]
fn committed_trees_are_up_to_date() {
    for name in EXAMPLES {
        let run = run(name, &["build", "--check"]);
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{name}\n{}", run.stderr);
    }
}

#[test]
fn examples_have_no_warnings() {
    for name in EXAMPLES {
        let run = run(name, &["check"]);
        assert_eq!(run.status, 0, "{name}\n{}", run.stderr);
        assert!(run.stderr.contains("no mistakes"), "{name}\n{}", run.stderr);
    }
}

#[test]
fn the_minimal_example_has_ten_lines() {
    let text = include_str!("../../../examples/minimal/fleet.fleet");
    assert!(text.lines().count() <= 10);
    assert_eq!(text, include_str!("../../../templates/minimal/fleet.fleet"));
}

/// In a repository, its remote and branch are written into the fleet; what Flux applies already is named and left alone.
#[test]
fn init_knows_the_repository_that_it_is_in() {
    let fleet = Fleet::new("");
    std::fs::remove_file(fleet.join("fleet.fleet")).ok();
    let by_hand = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: apps }\n";
    fleet.write("flux/apps.yaml", by_hand);
    let url = "git@git.example.org:acme/clusters.git";
    for args in [&["init", "-q", "-b", "trunk"][..], &["remote", "add", "origin", url]] {
        if git(fleet.path(), args).is_none() {
            return;
        }
    }
    let run = fleet.run(&["init"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = fleet.read("fleet.fleet");
    assert!(
        text.contains("repository = \"ssh://git@git.example.org/acme/clusters.git\"\n  branch     = \"trunk\"\n"),
        "{text}"
    );
    for said in ["objects of Flux in `flux/apps.yaml`", "fleetc build", "git commit", "flux bootstrap git"] {
        assert!(run.stderr.contains(said), "{said} is not in\n{}", run.stderr);
    }
    assert_eq!(fleet.run(&["fmt", "--check"]).status, 0);
    assert_eq!(fleet.run(&["build"]).status, 0);
    assert_eq!(fleet.read("flux/apps.yaml"), by_hand);
    assert_eq!(fleet.run(&["init", "automated", "--from", "images"]).status, 0);
    let text = fleet.read("automated/fleet.fleet");
    assert!(text.contains("{ branch = \"trunk\", email = "), "{text}");
}

#[test]
fn init_makes_projects_that_build_without_a_warning() {
    for template in ["minimal", "eks", "images"] {
        let fleet = Fleet::new("");
        let run = fleet.run(&["init", "--from", template]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let run = fleet.run(&["build"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(!run.stderr.contains("warning"), "{}", run.stderr);
        // A second one does not overwrite the first.
        let before = fleet.read("fleet.fleet");
        let run = fleet.run(&["init", "--from", template]);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert_eq!(fleet.read("fleet.fleet"), before);
    }
}
