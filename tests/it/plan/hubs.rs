//! Clusters that come to a hub, leave it, or go with it.

use crate::support::{Fleet, Run};

const HUB: &str = r#"
fleet f { }
source charts = helm "https://charts.example.com"
catalogue apps {
  addon base { source = charts, version = "1.0.0" }
  addon web { source = charts, version = "1.0.0", values.cluster = cluster.name }
}
cluster hub { }
cluster other { }
external Secret flux-system.a-kubeconfig { keys = ["value"] }
"#;

fn with(clusters: &str) -> String {
    format!("{HUB}{clusters}\n")
}

/// Builds one fleet, and another over it; then again with what the help says.
fn changed(before: &str, after: &str, remove: &str) -> (Run, Run) {
    let fleet = Fleet::new(&with(before));
    fleet.build();
    fleet.write("fleet.fleet", &with(after));
    (fleet.run(&["build"]), fleet.run(&["build", "--remove", remove]))
}

/// One error for a cluster, however many Kustomizations would go with it, and it says what to do first.
#[test]
fn who_comes_or_goes_is_handed_over_first() {
    let own = "cluster a { use apps }";
    let spoke = "cluster a { via = hub, use apps }";
    let moved = "cluster a { via = other, use apps }";
    let suspend = "`flux suspend kustomization a-apps` and `flux suspend helmrelease a-base a-web`";
    let uninstall = "`flux uninstall` on `a`";
    let gone = "its hub's Flux would prune";
    let elsewhere = "cluster a { path = \"clusters/eu/a\", use apps }";
    for (before, after, says) in [
        (spoke, own, suspend),
        (spoke, moved, suspend),
        (spoke, elsewhere, suspend),
        (own, spoke, uninstall),
        (spoke, "", gone),
    ] {
        let (refused, allowed) = changed(before, after, "a");
        assert_eq!(refused.status, 1, "{before} → {after}");
        assert!(refused.stderr.contains(says), "{before} → {after}: {}", refused.stderr);
        assert!(refused.stderr.contains("1 error;"), "{before} → {after}: {}", refused.stderr);
        assert_eq!(allowed.status, 0, "{before} → {after}: {}", allowed.stderr);
    }
}

/// What a spoke has changes as on any cluster: only what it loses is asked about.
#[test]
fn a_spoke_that_stays_is_a_cluster_as_others() {
    let spoke = "cluster a { via = hub, use apps }";
    let slower = "cluster a {\n  via = hub\n  use apps\n  override web { release.interval = \"1h\" }\n}";
    let fewer = "cluster a { via = hub }";
    let fleet = Fleet::new(&with(spoke));
    fleet.build();
    fleet.write("fleet.fleet", &with(slower));
    fleet.build();
    fleet.write("fleet.fleet", &with(fewer));
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("uninstall everything of `a-apps-releases` on `a`"), "{}", run.stderr);
}

/// Its hub knows a spoke by its name, wherever it stands.
#[test]
fn a_spoke_moves_to_another_directory() {
    let fleet = Fleet::new(&with("cluster a { via = hub, use apps }"));
    fleet.build();
    fleet.write("fleet.fleet", &with("cluster a { path = \"clusters/eu/a\", via = hub, use apps }"));
    fleet.build();
    assert!(fleet.read("clusters/hub/a.yaml").contains("path: ./clusters/eu/a"));
    let renamed =
        with("cluster b { path = \"clusters/eu/a\", via = hub, use apps }").replace("a-kubeconfig", "b-kubeconfig");
    fleet.write("fleet.fleet", &renamed);
    let run = fleet.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains("which its hub knows as `a`"), "{}", run.stderr);
}

/// The hub builds a spoke's directory for itself.
#[test]
fn a_file_by_hand_goes_to_the_hub() {
    let fleet = Fleet::new(&with("cluster a { via = hub, use apps }"));
    fleet.write("clusters/a/x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: web}\n");
    let run = fleet.run(&["build"]);
    assert!(run.status == 0 && run.stderr.contains("W0719"), "{}", run.stderr);
    // A directory that kustomize builds as a whole, too: each is told once.
    fleet.write("clusters/a/more/kustomization.yaml", "resources: [y.yaml, z.yaml]\n");
    for name in ["y", "z"] {
        let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: web}}\n");
        fleet.write(&format!("clusters/a/more/{name}.yaml"), &text);
    }
    let run = fleet.run(&["build"]);
    assert_eq!(run.stderr.matches("W0719").count(), 2, "{}", run.stderr);
}

/// A tenant's account stands beside Flux, in a directory that is called as a bootstrap is.
#[test]
fn what_was_written_is_no_bootstrap() {
    let text = with(
        r#"
repository shop { url = "ssh://git@git.example.com/acme/shop.git", branch = "main" }
tenant team { repositories = [shop] }
cluster a {
  via = hub
  use apps
  attach team
}"#,
    );
    let fleet = Fleet::new(&text.replace("fleet f { }", "fleet f { lockdown = true }"));
    fleet.build();
    assert!(fleet.read("clusters/a/a-specific/tenants/kustomization.yaml").contains("flux-system/"));
    let run = fleet.run(&["build", "--check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

/// The way to the cluster outlives what goes by it.
#[test]
fn the_way_to_a_cluster_is_not_pruned_with_it() {
    let fleet = Fleet::new(&with(
        "cluster a {\n  via = hub\n  use apps\n  kube-config { provider = \"aws\", cluster = \"arn:aws:eks:eu-west-1:111122223333:cluster/a\" }\n}",
    ));
    fleet.build();
    assert!(fleet.read("clusters/a/kubeconfig.yaml").contains("kustomize.toolkit.fluxcd.io/prune: disabled"));
}
