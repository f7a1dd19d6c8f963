//! `fleetc diff`: what may hurt a live cluster is marked, wherever it stands, and gates close on it.

use crate::inspect::diff::words;
use crate::support::{Fleet, commit};

const LIVE: &str = r#"
fleet f { }
external Namespace shop { }
source shared = oci "oci://registry.example.com/charts"
catalogue addons {
  addon web { source = shared, version = "1.0.0" }
  addon db { source = shared, version = "1.0.0" }
  namespace team { }
  manifest dep {
    apiVersion = "apps/v1", kind = "Deployment", metadata.namespace = "shop"
    spec { selector.matchLabels.app = "x", template.metadata.labels.app = "x" }
  }
  manifest job {
    apiVersion = "batch/v1", kind = "Job", metadata.namespace = "shop"
    metadata.annotations."kustomize.toolkit.fluxcd.io/force" = "enabled"
    spec.template.spec { restartPolicy = "Never", containers = [{ name = "a", image = "a:1" }] }
  }
  manifest crd {
    apiVersion = "apiextensions.k8s.io/v1", kind = "CustomResourceDefinition", metadata.name = "things.example.com"
    spec {
      group = "example.com", scope = "Cluster", names { kind = "Thing", plural = "things" }
      versions = [{ name = "v1", served = true, storage = true, schema.openAPIV3Schema.type = "object" }]
    }
  }
}
catalogue legacy {
  kustomization { postBuild { substitute { place = "P" } } }
  kustomize shop { path = "deploy/shop" }
  manifest cm { apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "shop", data.a = "${place}" }
}
catalogue more { kustomize m { path = "deploy/more" } }
cluster one {
  use addons, legacy, more
  override shop { patch Deployment web in shop { spec.replicas = 1 } }
}
cluster two { use addons }
--- deploy/shop/kustomization.yaml ---
resources: [web.yaml]
--- deploy/shop/web.yaml ---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
--- deploy/more/kustomization.yaml ---
resources: [more.yaml]
--- deploy/more/more.yaml ---
apiVersion: v1
kind: ConfigMap
metadata: { name: more, namespace: shop }
"#;

#[test]
fn what_may_hurt_a_live_cluster_is_marked() {
    let it = Fleet::new(LIVE);
    if commit(it.path(), "one").is_none() {
        return;
    }
    let mut text = it.read("fleet.fleet");
    for (from, to) in [
        ("selector.matchLabels.app = \"x\"", "selector.matchLabels.app = \"y\""),
        ("image = \"a:1\"", "image = \"a:2\""),
        ("\"P\"", "\"Q\""),
        ("spec.replicas = 1", "spec.replicas = 2"),
        ("addons, legacy, more", "addons, legacy"),
        (
            "version = \"1.0.0\" }\n  addon db",
            "version = \"0.9.0\", namespace = \"elsewhere\", reinstall = true }\n  addon db",
        ),
        (
            "cluster two { use addons }",
            "cluster two {\n  use addons\n  drop addons.crd\n  drop addons.team\n  drop addons.db\n}",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    it.write("fleet.fleet", &text);
    let run = it.run(&["diff"]);
    let mut said = words(&run.stdout).into_iter();
    for line in [
        "uninstalls 3 releases: `db` on `two`; `web` on every cluster (2)",
        "- HelmRelease `flux-system/db` on `two`",
        "! the release is uninstalled",
        "dropped by cluster `two` (fleet.fleet:40)",
        "! the release is uninstalled and installed again: its target namespace was `web`, and is `elsewhere`",
        "- CustomResourceDefinition `things.example.com` on `two`",
        "! the definition is deleted, with every object of its kind",
        "- Kustomization `flux-system/more-m` on `one`",
        "! everything that it applied is deleted",
        "! `spec.selector` cannot be changed: the API server refuses it",
        "! `spec.template` cannot be changed: the object is deleted and made anew (`force`)",
        "~ OCIRepository `flux-system/web` on every cluster (2)",
        "! an older version: 1.0.0 → 0.9.0",
        "data.a: \"P\" → \"Q\" by manifest `cm` of `legacy` (fleet.fleet:29): ${place} is \"Q\" (fleet.fleet:27), was \"P\"",
        "- Namespace `team` on `two`",
        "it stays on the cluster: nothing prunes it",
        "`namespace` is \"elsewhere\" (fleet.fleet:6), and was not set",
        "~ Deployment `shop/web`, as it is patched, on `one`",
        "spec.replicas: 1 → 2 by cluster `one` (fleet.fleet:34)",
    ] {
        assert!(said.any(|it| it == line), "no `{line}` in its place in\n{}{}", run.stdout, run.stderr);
    }
}

/// A source goes with one Kustomization while a release of another still takes its chart from it.
#[test]
fn a_source_that_a_release_needs_is_marked() {
    let text = |name: &str| {
        format!(
            "fleet f {{ }}\nsource {name} = helm \"https://e.com/charts\"\ncatalogue c {{ addon web {{ source = {name}, version = \"1.0.0\" }} }}\ncluster one {{ use c }}\n"
        )
    };
    let it = Fleet::new(&text("charts"));
    if commit(it.path(), "one").is_none() {
        return;
    }
    it.write("fleet.fleet", &text("renamed"));
    let run = it.run(&["diff"]);
    let said = "! HelmRelease `flux-system/web` still uses it for its chart until another Kustomization is applied";
    assert!(words(&run.stdout).iter().any(|it| it == said), "{}", run.stdout);
    assert_eq!(it.run(&["diff", "--fail-on", "source"]).status, 1);
    assert_eq!(it.run(&["diff", "--fail-on", "uninstall"]).status, 0);
}

/// What several people would take for safe, and is not.
#[test]
fn dangers_are_seen_where_they_stand() {
    let fleet = r#"
fleet f { facts { n: Int = 1 } }
source o = oci "oci://registry.example.com/c"
catalogue addons { addon api { source = o, version = "1.0.0" } }
catalogue orphan {
  kustomization { deletionPolicy = "Orphan" }
  addon gone { source = o, version = "1.0.0" }
  addon kept { source = o, version = "1.0.0" }
}
catalogue cleared {
  kustomization { prune = false, deletionPolicy = "Delete" }
  addon last { source = o, version = "1.0.0" }
}
catalogue live {
  manifest dep {
    apiVersion = "apps/v1", kind = "Deployment", metadata.namespace = "default"
    spec { selector.matchLabels { app = "x" }, template.metadata.labels.app = "x" }
  }
}
cluster one { use addons, orphan, cleared, live }
"#;
    let it = Fleet::new(fleet);
    if commit(it.path(), "one").is_none() {
        return;
    }
    let mut text = fleet.to_owned();
    for (from, to) in [
        ("addon api { source = o, version = \"1.0.0\"", "addon api { source = o, version = \"2.0.0\""),
        ("matchLabels { app = \"x\" }", "matchLabels { app = \"x\", tier = \"y\" }"),
        ("{ use addons, orphan, cleared, live }", "{\n  use addons, orphan, live\n  drop orphan.gone\n}"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    it.write("fleet.fleet", &text);
    let said = words(&it.run(&["diff"]).stdout).join("\n");
    for wanted in [
        "uninstalls 2 releases: `gone` on `one`; `last` on `one`",
        "~ OCIRepository `flux-system/api` on `one`\n! a major step: 1.0.0 → 2.0.0",
        "! `spec.selector` cannot be changed: the API server refuses it",
    ] {
        assert!(said.contains(wanted), "no {wanted} in\n{said}");
    }
    let gate = |text: &str| it.run(&["diff", "--fail-on", text]);
    for closed in [
        "major",
        "uninstall",
        "immutable",
        "cluster.n / 0 > 1",
        "cluster.addons.nope.version == \"1\" or cluster.n / 0 > 1",
    ] {
        assert_ne!(gate(closed).status, 0, "`{closed}` stays open");
    }
    for refused in ["true, false", ""] {
        assert!(gate(refused).stderr.contains("cannot be read"), "`{refused}` is taken");
    }
    // One add-on that has nothing to compare says nothing of the others.
    let rows = it.run(&["list", "releases", "--where", "name == \"kept\" or addon.values.x > 1"]).stdout;
    assert!(rows.contains("kept"), "{rows}");
}

/// Clusters as a whole, files that are not compiled, and what says how things are called.
const WHOLE: &str = r#"
fleet f {
  facts { environment: "test" | "production", zones: Int = 1 }
  rings environment = ["test", "production"]
}
catalogue addons {
  source charts = helm "https://charts.example.com"
  source tagged = git "https://git.example.com/charts" { ref.tag = "v1.2.0" }
  addon web { source = charts, version = "1.4.0" }
  addon debug { source = charts, version = "0.3.0" }
  addon late { source = charts, version = "0.3.0", requires = [debug] }
  addon own { source = tagged, chart = "charts/own" }
  manifest binding {
    apiVersion = "rbac.authorization.k8s.io/v1", kind = "RoleBinding", metadata.namespace = "default"
    roleRef { apiGroup = "rbac.authorization.k8s.io", kind = "Role", name = "r-\(cluster.name)" }
  }
  manifest disk {
    apiVersion = "v1", kind = "PersistentVolumeClaim", metadata.namespace = "default"
    spec { accessModes = ["ReadWriteOnce"], resources.requests.storage = "10Gi" }
  }
  kustomize hooks { path = "deploy/hooks" }
}
rule quiet when cluster.environment == "test" { drop addons.late }
group prod {
  environment = "production"
  cluster p1 { use addons }
  cluster p2 { use addons }
}
group test {
  environment = "test"
  cluster t1 { use addons }
}
--- deploy/hooks/kustomization.yaml ---
resources: [../base]
patches: [{ path: more.yaml, target: { kind: ConfigMap } }]
--- deploy/hooks/more.yaml ---
[{ op: add, path: /data, value: { a: b } }]
--- deploy/base/kustomization.yaml ---
resources: [cm.yaml]
--- deploy/base/cm.yaml ---
apiVersion: v1
kind: ConfigMap
metadata: { name: hooks }
--- deploy/other/kustomization.yaml ---
resources: [../base]
"#;

/// An item that comes although a rule drops it as ever: a `use` says so now, or a fact has changed.
#[test]
fn what_comes_back_says_why() {
    let it = Fleet::new(WHOLE);
    if commit(it.path(), "one").is_none() {
        return;
    }
    for (from, to, wanted) in [
        (
            "cluster t1 { use addons }",
            "cluster t1 { use addons, addons.late }",
            "+ HelmRelease `flux-system/late` on `t1`\nused by cluster `t1` (fleet.fleet:30)",
        ),
        (
            "cluster t1 { use addons }",
            "cluster t1 {\n    environment = \"production\"\n    use addons\n  }",
            "no longer dropped by rule `quiet` (fleet.fleet:23 at HEAD): when cluster.environment == \"test\": on `t1` cluster.environment is \"production\" (fleet.fleet:31), was \"test\"",
        ),
    ] {
        it.write(
            "fleet.fleet",
            &WHOLE.split("--- deploy").next().unwrap_or_default().trim_start().replacen(from, to, 1),
        );
        let said = words(&it.run(&["diff"]).stdout).join("\n");
        assert!(said.contains(wanted), "no {wanted} in\n{said}");
    }
}

#[test]
fn what_is_split_no_more_says_so() {
    let it = Fleet::new(&WHOLE.replacen("catalogue addons {", "catalogue addons {\n  split = true", 1));
    if commit(it.path(), "one").is_none() {
        return;
    }
    it.write("fleet.fleet", &it.read("fleet.fleet").replace("  split = true\n", ""));
    let said = words(&it.run(&["diff"]).stdout).join("\n");
    let wanted = "- Kustomization `flux-system/addons-debug` on every cluster (3)\n`split` is not set, and was true (fleet.fleet:7 at HEAD)";
    assert!(said.contains(wanted), "{said}");
}

/// Edits of a file, lines that are said, gates that close, and gates that stay open.
type Case = (
    &'static [(&'static str, &'static str, &'static str)],
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const FLEET: &str = "fleet.fleet";
const PRODUCTION: &str = "cluster.environment == \"production\"";
const TEST: &str = "cluster.environment == \"test\"";

const CASES: [Case; 15] = [
    (
        &[
            (FLEET, "  cluster p2 { use addons }\n", ""),
            (
                FLEET,
                "group test {\n",
                "group test {\n  cluster p2 {\n    environment = \"production\"\n    use addons\n  }\n",
            ),
        ],
        &["! cluster `p2` moves from `clusters/prod/p2` to `clusters/test/p2`", "1 of 3 clusters changes"],
        &["any", "cluster", "danger", PRODUCTION],
        &["uninstall", TEST],
    ),
    (
        &[(FLEET, "cluster p2 {", "cluster p9 {\n    path = \"clusters/prod/p2\"\n   ")],
        &[
            "cluster `p2` is called `p9` now",
            "~ RoleBinding `default/binding` on `p9`",
            "! `roleRef` cannot be changed",
            "roleRef.name: \"r-p2\" → \"r-p9\"",
        ],
        &["any", "immutable", PRODUCTION],
        &["cluster", "uninstall", TEST],
    ),
    (
        &[(FLEET, "  cluster p2 { use addons }\n", "")],
        &["! cluster `p2` is removed", "nothing changes on the 2 clusters"],
        &["any", "cluster", "danger", PRODUCTION],
        &["uninstall", TEST],
    ),
    (
        &[(FLEET, "  cluster t1 {", "  cluster t2 { use addons }\n  cluster t1 {")],
        &["cluster `t2` is new", "nothing changes on the 3 clusters"],
        &["any", TEST],
        &["danger", PRODUCTION],
    ),
    (
        &[("deploy/base/cm.yaml", "hooks", "others"), ("deploy/hooks/more.yaml", "a: b", "a: c")],
        &[
            "3 of 3 clusters change",
            "~ files of `deploy/hooks` differ, which Kustomization `flux-system/addons-hooks` applies on every cluster (3)",
            "deploy/base/cm.yaml",
            "deploy/hooks/more.yaml",
        ],
        &["any", PRODUCTION],
        &["danger"],
    ),
    (
        &[(FLEET, "deploy/hooks", "deploy/other")],
        &[
            "~ Kustomization `flux-system/addons-hooks` on every cluster (3)",
            "! objects that it applied and that are not in the new directory are deleted",
        ],
        &["delete"],
        &["uninstall"],
    ),
    (
        &[(FLEET, "catalogue addons {", "catalogue addons {\n  split = true")],
        &[
            "~ HelmRelease `flux-system/debug` on every cluster (3)",
            "! it moves from `addons` to `addons-debug`",
            "`split` is true (fleet.fleet:7), and was not set",
            "+ Kustomization `flux-system/addons-debug` on every cluster (3)",
            "`split` is true (fleet.fleet:7), and was not set",
        ],
        &["move"],
        &["uninstall"],
    ),
    (
        &[(FLEET, "catalogue addons {", "catalogue addons {\n  release-in = \"target\"")],
        &[
            "- HelmRelease `flux-system/debug`",
            "! the release is uninstalled",
            "`release-in` is \"target\" (fleet.fleet:7), and was not set",
            "+ HelmRelease `debug/debug`",
            "`release-in` is \"target\"",
        ],
        &["uninstall"],
        &["major"],
    ),
    (
        &[(FLEET, "rule quiet when cluster.environment == \"test\"", "rule quiet when cluster.zones == 9")],
        &[
            "+ HelmRelease `flux-system/late` on `t1`",
            "no longer dropped by rule `quiet` (fleet.fleet:23 at HEAD): when cluster.environment == \"test\"",
        ],
        &["any"],
        &["danger"],
    ),
    // It leaves what the gate guards.
    (
        &[(FLEET, "cluster p2 { use addons }", "cluster p2 {\n    environment = \"test\"\n    drop addons\n  }")],
        &["uninstalls 4 releases", "on `p2`"],
        &["any", "uninstall", PRODUCTION, TEST],
        &["major"],
    ),
    (&[(FLEET, "\"1.4.0\"", "\"0.x\"")], &["! an older version: 1.4.0 → 0.x"], &["downgrade"], &["major"]),
    // The items after it stand elsewhere, and are the same.
    (
        &[(FLEET, ", requires = [debug]", ""), (FLEET, "  addon debug { source = charts, version = \"0.3.0\" }\n", "")],
        &[
            "uninstalls 3 releases: `debug` on every cluster (3)",
            "- HelmRelease `flux-system/debug`",
            "~ HelmRelease `flux-system/late`",
            "- spec.dependsOn: [{ name = \"debug\" }] no longer by addon `late`",
        ],
        &["uninstall"],
        &["reinstall"],
    ),
    (
        &[(FLEET, "\"v1.2.0\"", "\"v2.0.0\"")],
        &["~ GitRepository `flux-system/tagged` on every cluster (3)", "! a major step: v1.2.0 → v2.0.0"],
        &["major"],
        &["downgrade"],
    ),
    (
        &[(FLEET, "\"10Gi\"", "\"9000Mi\"")],
        &[
            "~ PersistentVolumeClaim `default/disk`",
            "! `spec.resources.requests.storage` cannot shrink: the API server refuses it",
        ],
        &["immutable"],
        &["delete"],
    ),
    (&[(FLEET, "\"10Gi\"", "\"0.5Ti\"")], &["~ PersistentVolumeClaim `default/disk`"], &["any"], &["danger"]),
];

#[test]
fn what_becomes_of_clusters_files_and_names_is_told_and_gated() {
    let it = Fleet::new(WHOLE);
    if commit(it.path(), "one").is_none() {
        return;
    }
    for (edits, lines, closed, open) in CASES {
        let before: Vec<(&str, String)> = edits.iter().map(|(file, _, _)| (*file, it.read(file))).collect();
        for (file, from, to) in edits {
            let text = it.read(file);
            assert!(text.contains(from), "{from}");
            it.write(file, &text.replace(from, to));
        }
        let run = it.run(&["diff"]);
        let mut said = words(&run.stdout).into_iter();
        for line in lines {
            assert!(said.any(|it| it.contains(line)), "no `{line}` in its place in\n{}{}", run.stdout, run.stderr);
        }
        for (gates, status) in [(closed, 1), (open, 0)] {
            for gate in gates {
                assert_eq!(it.run(&["diff", "--fail-on", gate]).status, status, "{gate} of {edits:?}");
            }
        }
        assert_eq!(it.run(&["diff", "--max-rings", "0"]).status, 1, "{edits:?}");
        let markdown = it.run(&["diff", "-o", "markdown"]).stdout;
        assert!(markdown.contains("fleetc:diff") && !markdown.contains("nothing changes on any"), "{markdown}");
        for (file, text) in before.into_iter().rev() {
            it.write(file, &text);
        }
    }
    assert_eq!(it.run(&["diff", "--fail-on", "any"]).status, 0);
    let run = it.run(&["diff", "--fail-on", "uninstal"]);
    assert!(run.status == 2 && run.stderr.contains("did you mean `uninstall`?"), "{}", run.stderr);
}
