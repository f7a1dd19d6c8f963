//! Nothing that runs on a cluster goes without a word, and nothing that stays is in the way.

use crate::support::{Fleet, Run};

/// Builds a project, changes it, and builds again.
fn changed(before: &str, after: &str, args: &[&str]) -> Run {
    let fleet = Fleet::new(before);
    fleet.build();
    for (path, text) in crate::support::files_of(after) {
        fleet.write(&path, &text);
    }
    fleet.run(&[&["build"], args].concat())
}

fn refused(before: &str, after: &str, args: &[&str], with: &[&str]) {
    let run = changed(before, after, args);
    assert_eq!(run.status, 1, "{args:?}: {}\n{after}", run.stderr);
    for it in with {
        assert!(run.stderr.contains(it), "{it}: {}\n{after}", run.stderr);
    }
}

fn goes(before: &str, after: &str, args: &[&str]) {
    let run = changed(before, after, args);
    assert_eq!(run.status, 0, "{args:?}: {}\n{after}", run.stderr);
}

/// Two catalogues, and what a test is about.
fn with(rest: &str) -> String {
    format!(
        r#"
fleet f {{ }}
source charts = helm "https://charts.example.com"
catalogue a {{ addon web {{ source = charts, version = "1.0.0" }} }}
catalogue b {{ addon api {{ source = charts, version = "1.0.0" }} }}
{rest}
"#
    )
}

/// Whatever cluster, group and directory are called: the tree decides which of them a file belongs
/// to, not a name.
#[test]
fn names_do_not_hide_a_cluster() {
    for (both, one, dir) in [
        (
            "group eu { cluster eu-specific { use a, b } }",
            "group eu { cluster eu-specific { use a } }",
            "clusters/eu/eu-specific",
        ),
        ("cluster x-specific { use a, b }", "cluster x-specific { use a }", "clusters/x-specific"),
        ("cluster one { use a, b }", "cluster one { use a }", "clusters/one"),
        (
            "cluster one {\n  path = \"clusters/prod-1\"\n  use a, b\n}",
            "cluster one {\n  path = \"clusters/prod-1\"\n  use a\n}",
            "clusters/prod-1",
        ),
    ] {
        refused(&with(both), &with(one), &[], &["E0708", "uninstall everything of `b`"]);
        refused(&with(both), &with(""), &[], &["E0708", &format!("the cluster in `{dir}`")]);
        let renamed = with(both).replace("addon web {", "addon web { release-name = \"zz\",");
        refused(&with(both), &renamed, &[], &["E0710", "`web` → `zz`"]);
        let slower = with(both).replace("addon web {", "addon web { release.interval = \"1h\",");
        goes(&with(both), &slower, &[]);
    }
}

/// A cluster's own objects lie behind a gate, which is no cluster.
#[test]
fn own_objects_are_no_clusters() {
    let own = "manifest k { apiVersion = \"kustomize.toolkit.fluxcd.io/v1\", kind = \"Kustomization\", metadata.namespace = \"flux-system\", spec { interval = \"10m\", path = \"./\", prune = true, sourceRef { kind = \"GitRepository\", name = \"flux-system\" } } }";
    for path in ["", "path = \"clusters/prod-1\"", "path = \"clusters/one-specific\""] {
        let text = with(&format!(
            "cluster one {{\n  {path}\n  use a\n  addon mine {{ source = charts, version = \"1.0.0\" }}\n  {own}\n}}"
        ));
        goes(&text, &text.replace("addon web {", "addon web { release.interval = \"1h\","), &[]);
        refused(&text, &text.replace(own, ""), &[], &["E0708", "`one-specific-manifests`"]);
        let without = text.replace(own, "").replace("addon mine { source = charts, version = \"1.0.0\" }", "");
        refused(&text, &without, &[], &["`one-specific-manifests`", "`one-specific` on", "2 errors"]);
        let renamed = text.replace("addon mine {", "addon mine { release-name = \"www\",");
        refused(&text, &renamed, &[], &["E0710", "`mine` → `www`"]);
    }
    let sync =
        with("catalogue sync { addon s { source = charts, version = \"1.0.0\" } }\ncluster x-specific { use sync }");
    goes(&sync, &sync.replace("addon s {", "addon s { release.interval = \"1h\","), &[]);
}

/// Two Kustomizations of one name in two namespaces are two.
#[test]
fn namespaces_tell_kustomizations_apart() {
    let tenants = "tenant shop { repositories = [apps] }\ntenant pay { repositories = [apps] }\nrepository apps { url = \"https://git.example.com/x\", branch = \"main\" }\n";
    let both = with(&format!("{tenants}cluster one {{\n  use a\n  attach shop, pay\n}}"));
    goes(&both, &both.replace("addon web {", "addon web { release.interval = \"1h\","), &[]);
    refused(&both, &both.replace("attach shop, pay", "attach shop"), &[], &["E0708", "everything of `pay/apps`"]);
    let moved = both.replace("attach shop, pay", "attach shop");
    refused(&moved, &moved.replace("attach shop", "attach pay"), &[], &["E0708", "from namespace `shop` to `pay`"]);
}

/// Two add-ons of one name in two catalogues are two releases.
#[test]
fn namespaces_tell_releases_apart() {
    let text = r#"
fleet f { release-in = "target" }
source charts = helm "https://charts.example.com"
catalogue a { addon web { source = charts, version = "1.0.0", namespace = "a" } }
catalogue b { addon web { source = charts, version = "1.0.0", namespace = "b" } }
cluster one { use a, b }
"#;
    let in_a = "version = \"1.0.0\", namespace = \"a\"";
    goes(text, &text.replace(in_a, &format!("{in_a}, release.interval = \"1h\"")), &[]);
    refused(text, &text.replace(in_a, &format!("{in_a}, release-name = \"zz\"")), &[], &["E0710", "1 error;"]);
    refused(text, &text.replace(in_a, "version = \"1.0.0\", namespace = \"c\""), &[], &["E0710", "`a` → `c`"]);
}

/// What may be let go is called by the cluster's name or its directory.
#[test]
fn what_may_go_is_named_exactly() {
    let before = with(
        "cluster one {\n  path = \"clusters/prod-1\"\n  use a, b\n}\ncluster prod-1 {\n  path = \"clusters/other\"\n  use a, b\n}",
    );
    let after = before.replace("\"clusters/prod-1\"\n  use a, b", "\"clusters/prod-1\"\n  use a");
    for allowed in ["one/b", "one", "clusters/prod-1", "clusters/prod-1/b"] {
        goes(&before, &after, &["--remove", allowed]);
    }
    for other in ["b", "two/b", "one/a", "prod-1", "prod-1/b", "clusters/prod-1/", "clusters/other"] {
        refused(&before, &after, &["--remove", other], &["E0708", "--remove one/b"]);
    }
    // A directory that nothing declares, whose name another cluster has.
    let gone = before.replace("cluster one {\n  path = \"clusters/prod-1\"\n  use a, b\n}", "");
    refused(&before, &gone, &["--remove", "prod-1"], &["E0708", "--remove clusters/prod-1"]);
    goes(&before, &gone, &["--remove", "clusters/prod-1"]);
}

/// What the old tree applied is read as Flux builds it.
#[test]
fn patches_and_components_of_the_old_tree_count() {
    let both = "catalogue c { addon web2 { source = charts, version = \"1.0.0\" }\n  addon api2 { source = charts, version = \"1.0.0\" } }\n";
    let named = with(&format!("{both}cluster one {{\n  use c\n  override web2 {{ release-name = \"www\" }}\n}}"));
    let plain = with(&format!("{both}cluster one {{ use c }}"));
    refused(&named, &plain, &[], &["E0710", "`www` → `web2`"]);
    refused(&plain, &named, &[], &["E0710", "`web2` → `www`"]);
    // What was not there is not installed again.
    let dropped = with(&format!("{both}cluster one {{\n  use c\n  drop c.web2\n}}"));
    goes(&dropped, &plain.replace("addon web2 {", "addon web2 { release-name = \"www\","), &[]);
    let optional = with(
        "catalogue c { namespace shop { }\n  optional addon api2 { source = charts, version = \"1.0.0\", namespace = \"shop\" } }\ncluster one { use a, c, c.api2 }",
    );
    refused(&optional, &optional.replace("addon api2 {", "addon api2 { release-name = \"www\","), &[], &["E0710"]);
    // Everything in the base survives, but not what the component brings.
    refused(&optional, &optional.replace("use a, c, c.api2", "use a"), &[], &["E0708", "everything of `c`"]);
    let without = optional.replace("use a, c, c.api2", "use a, c");
    goes(&without, &without.replace("use a, c", "use a"), &[]);
}

/// `prune: false` lets go; that it is missing does not.
#[test]
fn only_prune_false_lets_go() {
    let (both, one) = (with("cluster one { use a, b }"), with("cluster one { use a }"));
    let fleet = Fleet::new(&both);
    fleet.build();
    fleet.write("clusters/one/b.yaml", &fleet.read("clusters/one/b.yaml").replace("  prune: true\n", ""));
    fleet.write("fleet.fleet", &one);
    let run = fleet.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains("E0708"), "{}", run.stderr);
    goes(&with("cluster one { use a, b { prune = false } }"), &one, &[]);
    // `deletionPolicy` decides of a Kustomization that is deleted (Flux 2.5 and later).
    let policy = |of: &str| with(&format!("cluster one {{ use a, b {{ {of} }} }}"));
    refused(&policy("prune = false, deletionPolicy = \"Delete\""), &one, &[], &["E0708"]);
    goes(&policy("deletionPolicy = \"Orphan\""), &one, &[]);
    // A whole cluster is another matter: Flux lives in its directory.
    let two = with("cluster one { use a }\ncluster two {\n  kustomization { prune = false }\n  use a\n}");
    refused(&two, &with("cluster one { use a }"), &[], &["E0708", "the cluster in `clusters/two`"]);
    let fleet = Fleet::new(&two);
    fleet.build();
    fleet.write("clusters/two/flux-system/gotk-sync.yaml", "# by flux bootstrap\n");
    fleet.write("fleet.fleet", &with("cluster one { use a }"));
    let run = fleet.run(&["build", "--remove", "two"]);
    assert!(run.status == 1 && run.stderr.contains("E0703") && !run.stderr.contains("E0708"), "{}", run.stderr);
}

#[test]
fn objects_that_change_hands_need_a_word() {
    let web = "addon web { source = charts, version = \"1.0.0\" }";
    let before = with("cluster one { use a, b }").replace(
        "catalogue a { addon web",
        "catalogue a { addon stay { source = charts, version = \"1.0.0\" }\n addon web",
    );
    let after = before.replace(web, "").replace("addon api {", &format!("{web}\n addon api {{"));
    refused(&before, &after, &[], &["E0709"]);
    refused(&before, &after, &["--remove", "one/b"], &["E0709"]);
    goes(&before, &after, &["--remove", "one/a"]);
    // What is pruned of a Kustomization that stays is decided by its fields as they are then.
    let kept = |text: &str| text.replace("use a, b", "use a { prune = false }\n use b");
    goes(&before, &kept(&after), &[]);
    goes(&kept(&before), &kept(&after), &[]);
    refused(&kept(&before), &after, &[], &["E0709"]);
}

#[test]
fn a_chart_is_told_by_its_name() {
    for (source, before, after, is_new) in [
        ("helm \"https://e.com\"", "chart = \"x\"", "chart = \"y\"", true),
        ("git \"https://e.com/r\" { branch = \"main\" }", "chart = \"./a/x\"", "chart = \"./a/y\"", true),
        ("git \"https://e.com/r\" { branch = \"main\" }", "chart = \"./a/x\"", "chart = \"./b/x\"", false),
        ("helm \"https://e.com\"", "chart = \"x\"", "chart = \"x\", namespace = \"other\"", true),
        ("helm \"https://e.com\"", "chart = \"x\"", "chart = \"x\", values.a = 2", false),
        ("helm \"https://e.com\"", "chart = \"x\"", "chart = \"y\", reinstall = true", false),
    ] {
        let of = |more: &str| {
            let version = if source.starts_with("git") { "" } else { "version = \"1.0.0\", " };
            format!(
                "fleet f {{ }}\nsource s = {source}\ncatalogue c {{ addon w {{ source = s, {version}{more} }} }}\ncluster one {{ use c }}\n"
            )
        };
        if is_new {
            refused(&of(before), &of(after), &[], &["E0710"]);
        } else {
            goes(&of(before), &of(after), &[]);
        }
    }
}

/// A generated file with conflict markers tells nothing: it is written anew with a warning, and
/// not removed.
#[test]
fn a_broken_generated_file_is_not_removed() {
    let fleet = Fleet::new(&with("cluster one { use a, b }"));
    fleet.build();
    let broken = format!("{}<<<<<<< HEAD\n", fleet.read("clusters/one/b.yaml"));
    fleet.write("clusters/one/b.yaml", &broken);
    let run = fleet.run(&["build", "--check"]);
    assert!(run.status == 1 && run.stderr.contains("W0715"), "{}", run.stderr);
    fleet.write("fleet.fleet", &with("cluster one { use a }"));
    let run = fleet.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains("E0708") && run.stderr.contains("cannot be read"), "{}", run.stderr);
    assert_eq!(fleet.read("clusters/one/b.yaml"), broken);
    fleet.write("fleet.fleet", &with("cluster one { use a, b }"));
    let run = fleet.build();
    assert!(run.stderr.contains("W0715"), "{}", run.stderr);
    assert!(!fleet.read("clusters/one/b.yaml").contains("<<<<"));
}

/// So is one of a catalogue: what it held cannot be compared with what it becomes.
#[test]
fn a_broken_file_of_a_catalogue_is_said_once() {
    let fleet = Fleet::new(&with("cluster one { use a, b }\ncluster two { use a, b }"));
    fleet.build();
    let written = crate::support::read_tree(fleet.path());
    let file = written.into_keys().find(|it| it.starts_with("common/b/") && !it.ends_with("kustomization.yaml"));
    let file = file.expect("the catalogue has a file");
    fleet.write(&file, &format!("{}<<<<<<< HEAD\n", fleet.read(&file)));
    let run = fleet.build();
    assert_eq!(run.stderr.matches("W0715").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains(&file), "{}", run.stderr);
    assert!(!fleet.read(&file).contains("<<<<"));
    assert!(!fleet.build().stderr.contains("W0715"));
}

const BY_HAND: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: a, namespace: flux-system }\nspec: { path: ./common/a, prune: true, interval: 10m, sourceRef: { kind: GitRepository, name: flux-system } }\n";

/// Taking a file over loses nothing that it holds.
#[test]
fn adoption_loses_nothing() {
    let text = with("cluster one { use a }");
    let file = "clusters/one/a.yaml";
    let adopted_by = |text: &str, by_hand: &[(&str, &str)]| {
        let fleet = Fleet::new(text);
        for (path, text) in by_hand {
            fleet.write(path, text);
        }
        let before = crate::support::read_tree(fleet.path());
        let run = fleet.run(&["build", "--adopt"]);
        let same = crate::support::read_tree(fleet.path()) == before;
        assert_eq!(run.status != 0, same, "{}", run.stderr);
        run
    };
    let adopted = |by_hand: &[(&str, &str)]| adopted_by(&text, by_hand);
    assert_eq!(adopted(&[(file, BY_HAND)]).status, 0);
    let extras = format!("{BY_HAND}---\n{}", BY_HAND.replace("name: a,", "name: extras,"));
    // Other documents of the file are written beside it.
    assert!(adopted(&[(file, &extras)]).stderr.contains("clusters/one/a.extras.yaml"));
    for (by_hand, said) in [
        // Another identity.
        (&BY_HAND.replace("name: a,", "name: apps,"), "would delete Kustomization `flux-system/apps`"),
        (&BY_HAND.replace("namespace: flux-system", "namespace: flux"), "would delete Kustomization `flux/a`"),
        // Another directory, of which nothing is known.
        (&BY_HAND.replace("./common/a", "./apps"), "would uninstall what it applies from `apps`"),
    ] {
        let run = adopted(&[(file, by_hand)]);
        assert!(run.status == 1 && run.stderr.contains("E0714") && run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    // Flux prunes by the fields that it reads then: those of the file by hand decide nothing.
    let elsewhere = BY_HAND.replace("./common/a", "./apps");
    let unpruned = elsewhere.replace("prune: true", "prune: false");
    let orphaned = elsewhere.replace("prune: true", "prune: true, deletionPolicy: Orphan");
    for by_hand in [&unpruned, &orphaned] {
        assert!(adopted(&[(file, by_hand)]).stderr.contains("E0714"), "{by_hand}");
    }
    let gentle = with("cluster one { use a { prune = false } }");
    assert_eq!(adopted_by(&gentle, &[(file, &elsewhere)]).status, 0);
    // A directory that is generated holds what the new one does not.
    let index = "resources: [ns.yaml]\n";
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: old }\n";
    let elsewhere = [
        (file, &*BY_HAND.replace("common/a", "common/old")),
        ("common/old/kustomization.yaml", index),
        ("common/old/ns.yaml", namespace),
    ];
    let run = adopted(&elsewhere);
    assert!(run.stderr.contains("E0714") && run.stderr.contains("Namespace `old`"), "{}", run.stderr);
    // A list that names more, or does more, than the generated one.
    for (by_hand, said) in [
        ("resources: [add-ons/web.yaml, other.yaml]\n", "`other.yaml`"),
        ("resources: [add-ons/web.yaml]\nnamePrefix: x-\n", "`namePrefix`"),
    ] {
        let run = adopted(&[(
            "common/a/kustomization.yaml",
            &format!("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{by_hand}"),
        )]);
        assert!(run.status == 1 && run.stderr.contains("E0714") && run.stderr.contains(said), "{}", run.stderr);
    }
    // A release that Helm would keep elsewhere.
    let release = |more: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{ name: web, namespace: flux-system }}\nspec: {{ releaseName: web, targetNamespace: web{more}, chart: {{ spec: {{ chart: web }} }} }}\n"
        )
    };
    let path = "common/a/add-ons/web.yaml";
    let run = adopted(&[(path, &release(", storageNamespace: other"))]);
    assert!(run.status == 1 && run.stderr.contains("E0710") && run.stderr.contains("`other` → "), "{}", run.stderr);
    let kept = Fleet::new(&text);
    kept.build();
    let storage = if kept.read(path).contains("storageNamespace") { ", storageNamespace: web" } else { "" };
    assert_eq!(adopted(&[(path, &release(storage))]).status, 0);
}

/// Whatever a cluster patches, and in whatever way: an edit that uninstalls nothing passes, one that does is refused for
/// each add-on.
#[test]
fn every_kind_of_patch_with_every_kind_of_edit() {
    const PATCHES: [&str; 7] = [
        "",
        "values.b = 1",
        "version = \"3.0.0\"",
        "version = \"3.0.0\"\n values.b = \"x\"",
        "values { c = null, deep { x = [[1]] } }",
        "values.l += [2]",
        "release.timeout = \"7m\"",
    ];
    let fleet = |values: &str, version: &str, addon: &str, more: &str, rest: &str| {
        let numbers = 0..PATCHES.len();
        let addons = numbers.map(|it| {
            let body =
                format!("version = \"{version}\", values {{ a = {values}, name = cluster.name, l = [1] }}\n{addon}");
            let body = |name: &str| body.replace("NTH", name);
            let (web, api) = (body(&format!("web{it}")), body(&format!("api{it}")));
            format!("addon web{it} {{ source = charts, {web} }}\naddon api{it} {{ source = registry, {api} }}\n")
        });
        let patches = PATCHES.iter().enumerate().filter(|(_, it)| !it.is_empty());
        let patches = patches.map(|(nth, it)| format!("override web{nth} {{ {it} }}\noverride api{nth} {{ {it} }}\n"));
        format!(
            r#"
fleet f {{ {rest} }}
source charts = helm "https://charts.example.com"
source registry = oci "oci://registry.example.com/charts"
catalogue a {{
  {}
  {more}
}}
catalogue b {{ addon other {{ source = charts, version = "1.0.0" }} }}
group all {{
  use a, b
  {}
  cluster one {{ }}
  cluster two {{ override web0 {{ values.own = 1 }} }}
}}
"#,
            addons.collect::<String>(),
            patches.collect::<String>()
        )
    };
    let before = fleet("1", "1.0.0", "", "", "");
    let all = 2 * PATCHES.len();
    // An edit, and what it is refused with, how often.
    let edits = [
        ("a value", fleet("2", "1.0.0", "", "", ""), "", 0),
        ("a value of all", format!("{before}\noverride *.* {{ values.z = 1 }}"), "", 0),
        ("a version", fleet("1", "2.0.0", "", "", ""), "", 0),
        ("a new add-on", fleet("1", "1.0.0", "", "addon new { source = charts, version = \"1.0.0\" }", ""), "", 0),
        ("an interval", fleet("1", "1.0.0", "", "", "kustomization { interval = \"7m\" }"), "", 0),
        ("a release's name", fleet("1", "1.0.0", "release-name = \"x-NTH\"", "", ""), "E0710", all),
        ("a namespace", fleet("1", "1.0.0", "namespace = \"x\"", "", ""), "E0710", all),
        ("a chart", fleet("1", "1.0.0", "chart = \"x\"", "", ""), "E0710", all),
        ("a catalogue goes", before.replace("use a, b", "use a"), "E0708", 1),
    ];
    for (what, after, refused, count) in &edits {
        let run = changed(&before, after, &[]);
        if refused.is_empty() {
            assert_eq!(run.status, 0, "{what}: {}", run.stderr);
        } else {
            assert_eq!(
                (run.status, run.stderr.matches(&format!("error[{refused}]")).count()),
                (1, *count),
                "{what}: {}",
                run.stderr
            );
        }
    }
}

/// A cluster that gets a hub must not keep what bootstraps its own Flux: the hub would apply that to itself.
#[test]
fn a_spoke_has_no_bootstrap_of_its_own() {
    let text = "fleet f { }\ncatalogue a { namespace extra { } }\ncluster hub { }\ncluster one {\n  via = hub\n  use a\n}\n\
                external Secret flux-system.one-kubeconfig { }\n";
    let fleet = Fleet::new(text);
    fleet.build();
    fleet.write("clusters/one/flux-system/gotk-sync.yaml", "# by flux bootstrap\n");
    let run = fleet.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains("E0706"), "{}", run.stderr);
}

/// A Kustomization that applied a directory by hand: what stays under its name may be taken over, and what changes is a warning.
#[test]
fn a_directory_by_hand_is_handed_over() {
    let text = |more: &str| {
        format!(
            "fleet f {{ }}\nsource charts = helm \"https://example.com/charts\"\ncatalogue apps {{\n  namespace web {{ }}\n  addon web {{ source = charts, version = \"1.0.0\", values.replicas = 2{more} }}\n}}\ncluster one {{ use apps }}\n"
        )
    };
    let kustomization = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: apps, namespace: flux-system }\nspec:\n  path: ./apps\n  prune: true\n  interval: 10m\n  sourceRef: { kind: GitRepository, name: flux-system }\n";
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: web, namespace: flux-system }\nspec:\n  interval: 30m\n  releaseName: web\n  targetNamespace: web\n  chart: { spec: { chart: web, version: 1.0.0, sourceRef: { kind: HelmRepository, name: charts } } }\n  values: { replicas: 2 }\n";
    let source = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: charts, namespace: flux-system }\nspec: { url: \"https://example.com/charts\", interval: 10m }\n";
    let adopted = |sources: &str, apps: &[(&str, &str)]| {
        let fleet = Fleet::new(sources);
        fleet.write("clusters/one/apps.yaml", kustomization);
        for (path, text) in apps {
            fleet.write(path, text);
        }
        let run = fleet.run(&["build", "--adopt"]);
        assert_eq!(run.status == 0, fleet.read("clusters/one/apps.yaml") != kustomization, "{}", run.stderr);
        run
    };
    let (web, charts) = ("apps/web.yaml", "apps/charts.yaml");
    let run = adopted(&text(""), &[(web, release), (charts, source)]);
    assert!(run.status == 0 && !run.stderr.contains("W0720"), "{}", run.stderr);
    // Fields that the sources do not have.
    let more = format!("{}  dependsOn: [{{ name: db }}]\n", release.replace("replicas: 2", "replicas: 3, extra: true"));
    let run = adopted(&text(""), &[(web, &more), (charts, source)]);
    let told = ["W0720", "gone: `spec.dependsOn`, `spec.values.extra`", "other than before: `spec.values.replicas`"];
    assert!(run.status == 0 && told.iter().all(|it| run.stderr.contains(it)), "{}", run.stderr);
    // What would go, be installed anew, or cannot be told.
    let renamed = release.replace("releaseName: web", "releaseName: www");
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: default }\n";
    let listed = "resources: [web.yaml, charts.yaml]\n";
    // A patch is part of what was applied.
    let patched = format!("{listed}patches: [{{ path: patch.yaml }}]\n");
    let patch = release.replace("replicas: 2", "replicas: 3");
    let run = adopted(
        &text(""),
        &[(web, release), (charts, source), ("apps/kustomization.yaml", &patched), ("apps/patch.yaml", &patch)],
    );
    assert!(run.status == 0 && run.stderr.contains("other than before: `spec.values.replicas`"), "{}", run.stderr);
    let suffixed = format!("{listed}nameSuffix: -x\n");
    for (sources, apps, said) in [
        (text(""), &[(web, release), (charts, source), ("apps/more.yaml", map)][..], "ConfigMap `default/more`"),
        (text(", release-in = \"target\""), &[(web, release), (charts, source)], "HelmRelease `flux-system/web`"),
        (text(""), &[(web, &renamed), (charts, source)], "E0710"),
        (
            text(""),
            &[(web, release), (charts, source), ("apps/kustomization.yaml", &suffixed)],
            "what it applies from `apps`",
        ),
        (
            text(""),
            &[
                (web, &renamed),
                (charts, source),
                ("apps/kustomization.yaml", "resources: [web.yaml, charts.yaml]\ncommonLabels: { a: b }\n"),
            ],
            "E0710",
        ),
        (text(""), &[], "what it applies from `apps`"),
    ] {
        let run = adopted(&sources, apps);
        assert!(run.status == 1 && run.stderr.contains(said), "{said}\n{}", run.stderr);
    }
    // What survives is not lost.
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: old, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled } }\n";
    let run = adopted(&text(""), &[(web, release), (charts, source), ("apps/ns.yaml", namespace)]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

/// Of several Kustomizations of one name that move or go, each is reported for itself, and may go by the name that is printed.
#[test]
fn kustomizations_of_one_name_move_each_for_itself() {
    let text = |networking: &str, storage: &str, used: &str| {
        format!(
            "fleet f {{ }}\nsource charts = helm \"https://charts.example.com\"\ncatalogue networking {{ kustomization {{ name = \"infra\", namespace = \"{networking}\" }}, addon dns {{ source = charts, version = \"1.0.0\" }} }}\ncatalogue storage {{ kustomization {{ name = \"infra\", namespace = \"{storage}\" }}, addon ceph {{ source = charts, version = \"1.0.0\" }} }}\ncluster one {{ use {used} }}\n"
        )
    };
    let both = text("networking", "storage", "networking, storage");
    let moved = text("another", "other", "networking, storage");
    let told = [
        "from namespace `networking` to `another`",
        "from namespace `storage` to `other`",
        "--remove one/networking/infra",
        "--remove one/storage/infra",
    ];
    refused(&both, &moved, &[], &told);
    refused(&both, &moved, &["--remove", "one/infra"], &told);
    goes(&both, &moved, &["--remove", "one/networking/infra", "--remove", "one/storage/infra"]);
    let one = text("networking", "other", "storage");
    refused(&both, &one, &[], &["everything of `networking/infra`", "from namespace `storage` to `other`"]);
    goes(&both, &one, &["--remove", "one/networking/infra", "--remove", "one/storage/infra"]);
}
