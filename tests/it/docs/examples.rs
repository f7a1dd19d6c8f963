//! The examples: they build without a word, and what is committed is what they build.

use std::path::Path;

use crate::support::{Fleet, Run};

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

#[test]
fn init_makes_projects_that_build_without_a_warning() {
    for template in ["minimal", "eks"] {
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
