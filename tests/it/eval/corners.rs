//! Branches of the compiler that the chapters do not reach: each was found by changing the branch and seeing every other
//! test pass.

use crate::support::{Fleet, Run, compiled, errors, summary};

const CHARTS: &str = "source charts = helm \"https://charts.example.com\"\n";

/// Files of a project's tree, each with texts that it has, and others that it lacks.
fn check(text: &str, files: &[(&str, &[&str], &[&str])]) {
    let (_, compilation) = compiled(text);
    assert_eq!(summary(&compilation), Vec::<String>::new(), "{text}");
    for (path, has, lacks) in files {
        let file = compilation.tree.files.get(*path).unwrap_or_else(|| panic!("{path} is not written"));
        for it in *has {
            assert!(file.text().contains(it), "{path} has not\n{it}\nbut\n{}", file.text());
        }
        for it in *lacks {
            assert!(!file.text().contains(it), "{path} has\n{it}\nin\n{}", file.text());
        }
    }
}

/// The names of `dependsOn` of a Kustomization.
fn waits_for(text: &str, path: &str) -> Vec<String> {
    let (_, compilation) = compiled(text);
    assert_eq!(summary(&compilation), Vec::<String>::new(), "{text}");
    let file = compilation.tree.files.get(path).unwrap_or_else(|| panic!("{path} is not written"));
    let text = file.text();
    let lines = text.lines().skip_while(|it| it.trim() != "dependsOn:").skip(1);
    let mut names: Vec<String> =
        lines.map_while(|it| it.trim().strip_prefix("- name: ").map(|it| it.trim_matches('"').to_owned())).collect();
    names.sort();
    names
}

#[test]
fn a_field_that_an_old_flux_lacks_is_not_in_common() {
    let text = "fleet f { }\ncatalogue addons {\n  source charts = helm \"https://charts.example.com\"\n  addon web {\n    source  = charts\n    version = \"1.0.0\"\n    release { waitStrategy.name = \"legacy\", valuesFrom = [{ kind = \"ConfigMap\", name = \"v\", literal = true, valuesKey = \"k\", targetPath = \"a.b\" }] }\n  }\n  addon api { source = charts, version = \"1.0.0\" }\n}\nexternal ConfigMap flux-system.v { keys = [\"k\"] }\ncluster new { use addons }\ncluster old {\n  flux = \"2.6\"\n  use addons\n  drop addons.web\n}\n";
    check(
        text,
        &[
            ("common/addons/add-ons/web.yaml", &["valuesKey: k"], &["waitStrategy", "literal"]),
            ("clusters/new/addons.yaml", &["waitStrategy:", "literal: true"], &[]),
        ],
    );
    let text = "fleet f { }\ncatalogue addons {\n  manifest chat { apiVersion = \"notification.toolkit.fluxcd.io/v1beta3\", kind = \"Provider\", metadata.namespace = \"flux-system\", spec { type = \"zulip\", channel = \"x\", address = \"https://x.example.com\" } }\n  manifest al { apiVersion = \"notification.toolkit.fluxcd.io/v1beta3\", kind = \"Alert\", metadata.namespace = \"flux-system\", spec { providerRef.name = \"chat\", eventSources = [{ kind = \"ArtifactGenerator\", name = \"*\" }] } }\n}\ncluster new { use addons }\ncluster old {\n  flux = \"2.6\"\n  use addons\n  override al { spec.eventSources = [{ kind = \"Kustomization\", name = \"*\" }] }\n  override chat { spec.type = \"slack\" }\n}\n";
    let (_, compilation) = compiled(text);
    assert_eq!(summary(&compilation), Vec::<String>::new());
    for (path, file) in compilation.tree.files.iter().filter(|(path, _)| path.starts_with("common/")) {
        assert!(
            !file.text().contains("zulip") && !file.text().contains("ArtifactGenerator"),
            "{path}\n{}",
            file.text()
        );
    }
    check(text, &[("clusters/new/addons.yaml", &["type: \"zulip\"", "kind: \"ArtifactGenerator\""], &[])]);
}

#[test]
fn a_text_that_becomes_the_number_it_spells_is_a_json_patch() {
    let text = "fleet f { }\ncatalogue addons {\n  source charts = helm \"https://charts.example.com\"\n  addon web { source = charts, version = \"1.0.0\", values { port = \"8080\", on = \"true\", share = \"0.5\", back = 8080 } }\n}\ncluster one {\n  use addons\n  override web { values { port = 8080, on = true, share = 0.5, back = \"8080\" } }\n}\n";
    let patches: &[&str] = &[
        "{\"op\": \"add\", \"path\": \"/spec/values/port\", \"value\": 8080}",
        "{\"op\": \"add\", \"path\": \"/spec/values/on\", \"value\": true}",
        "{\"op\": \"add\", \"path\": \"/spec/values/share\", \"value\": 0.5}",
        "back: \"8080\"",
    ];
    check(text, &[("clusters/one/addons.yaml", patches, &[])]);
}

#[test]
fn what_needs_a_namespace_or_a_kind_waits_for_it() {
    let text = format!(
        "fleet f {{ }}\n{CHARTS}catalogue apps {{ addon web {{ source = charts, version = \"1.0.0\", namespace = \"shop\" }} }}\ncatalogue base {{ namespace shop {{ labels {{ team = \"shop\" }} }} }}\ncatalogue certs {{\n  addon cert-manager {{ source = charts, version = \"1.0.0\" }}\n  addon things {{ source = charts, version = \"1.0.0\", crds {{ \"example.com/Thing\" = \"Namespaced\" }} }}\n}}\ncatalogue issuers {{ manifest letsencrypt {{ apiVersion = \"cert-manager.io/v1\", kind = \"ClusterIssuer\", spec.selfSigned {{ }} }} }}\ncatalogue things {{ manifest one {{ apiVersion = \"example.com/v1\", kind = \"Thing\", metadata.namespace = \"default\" }} }}\ncatalogue config {{ manifest c {{ apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"shop\", data.a = \"b\" }} }}\ncatalogue second {{ addon web2 {{ source = charts, version = \"1.0.0\", namespace = \"web-both\" }} }}\ncatalogue first {{ addon web1 {{ source = charts, version = \"1.0.0\", namespace = \"web-both\" }} }}\ncluster one {{ use apps, base, certs, issuers, things, config, first, second }}\n"
    );
    for (unit, wanted) in [
        ("apps", &["base", "flux-system", "sources"][..]),
        ("config", &["base", "flux-system"]),
        ("issuers", &["certs", "flux-system"]),
        ("things", &["certs", "flux-system"]),
        ("second", &["first", "flux-system", "sources"]),
        ("first", &["flux-system", "sources"]),
    ] {
        assert_eq!(waits_for(&text, &format!("clusters/one/{unit}.yaml")), wanted, "{unit}");
    }
    check(
        &text,
        &[("clusters/one/certs.yaml", &["healthChecks:", "name: cert-manager", "name: things"], &["wait: true"])],
    );
    let cycle = format!(
        "fleet f {{ }}\n{CHARTS}catalogue a {{\n  namespace shop {{ }}\n  manifest letsencrypt {{ apiVersion = \"cert-manager.io/v1\", kind = \"ClusterIssuer\", spec.selfSigned {{ }} }}\n}}\ncatalogue b {{ addon cert-manager {{ source = charts, version = \"1.0.0\", namespace = \"shop\" }} }}\ncluster one {{ use a, b }}\n"
    );
    assert_eq!(errors(&cycle), ["E0625"]);
}

#[test]
fn a_fact_that_is_what_common_says_makes_no_patch_however_deep() {
    for (base, over) in [
        ("m { a = \"eu\", deep { b = \"eu\" } }", "m { a = cluster.region, deep { b = cluster.region } }"),
        ("m { deep { b = \"eu\" } }", "m { deep { b = cluster.region } }"),
        ("l = [\"eu\", \"x\"]", "l = [cluster.region, \"x\"]"),
        ("o = [{ k = \"eu\" }]", "o = [{ k = cluster.region }]"),
    ] {
        let text = format!(
            "fleet f {{ facts {{ region: String }} }}\ncatalogue c {{\n  {CHARTS}  addon web {{ source = charts, version = \"1.0.0\", values {{ {base} }} }}\n}}\nrule r when cluster.name != \"none\" {{ override web {{ values {{ {over} }} }} }}\ncluster k0 {{\n  region = \"eu\"\n  use c\n}}\ncluster k1 {{\n  region = \"us\"\n  use c\n}}\ncluster k2 {{\n  region = \"eu\"\n  use c\n}}\n"
        );
        check(
            &text,
            &[
                ("clusters/k0/c.yaml", &[], &["patches:"]),
                ("clusters/k1/c.yaml", &["\"us\""], &[]),
                ("clusters/k2/c.yaml", &[], &["patches:"]),
            ],
        );
    }
}

#[test]
fn a_fact_with_a_dollar_is_escaped_where_flux_replaces_variables() {
    let text = |price: &str| {
        format!(
            "fleet f {{ facts {{ price: String }} }}\ncatalogue c {{\n  kustomization {{ postBuild {{ substitute {{ region = \"eu\" }} }} }}\n  {CHARTS}  addon web {{ source = charts, version = \"1.0.0\", values {{ price = cluster.price, place = \"${{region}}\" }} }}\n}}\ncluster k0 {{\n  price = \"5$\"\n  use c\n}}\ncluster k1 {{\n  price = \"{price}\"\n  use c\n}}\ncluster k2 {{\n  price = \"x\"\n  use c\n}}\n"
        )
    };
    check(
        &text("a$b"),
        &[("clusters/k0/c.yaml", &["price: \"5$$\""], &[]), ("clusters/k1/c.yaml", &["price: \"a$$b\""], &[])],
    );
    assert_eq!(errors(&text("${nobody}")), ["E0630"]);
}

#[test]
fn a_role_has_64_characters_at_most_alone_and_among_others() {
    for length in 58..=63 {
        for via in ["", ", via = \"none\"", ", via = \"pod-identity\""] {
            let text = format!(
                "fleet f {{ facts {{ account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" }} }}\ncatalogue c {{\n  {CHARTS}  addon web {{\n    source  = charts\n    version = \"1.0.0\"\n    irsa {{ policies = [\"ReadOnlyAccess\"]{via} }}\n    values.x = irsa.role-name ?? \"none\"\n  }}\n}}\ncluster {} {{ use c }}\ncluster short {{ use c }}\n",
                "a".repeat(length)
            );
            let said: Vec<String> = errors(&text).into_iter().filter(|it| it.starts_with('E')).collect();
            let is_long = length + "-web".len() > 64 && !via.contains("none");
            assert_eq!(said, if is_long { vec!["E0514"] } else { vec![] }, "{length} {via}");
        }
    }
}

#[test]
fn a_rank_that_unsets_and_sets_null_disagrees_in_either_order() {
    for (a, b, is_fine) in [
        ("unset a", "a = null", false),
        ("a = null", "unset a", false),
        ("unset a", "unset a", true),
        ("a = null", "a = null", true),
        ("unset a", "a = { }", false),
    ] {
        let text = format!(
            "fleet f {{ }}\ncatalogue c {{\n  {CHARTS}  addon web {{ source = charts, version = \"1.0.0\", values {{ a = 1 }} }}\n}}\nrule ra {{ override web {{ values {{ {a} }} }} }}\nrule rb {{ override web {{ values {{ {b} }} }} }}\ncluster one {{ use c }}\n"
        );
        let said: Vec<String> = errors(&text).into_iter().filter(|it| it.starts_with('E')).collect();
        assert_eq!(said, if is_fine { vec![] } else { vec!["E0410"] }, "{a} | {b}");
    }
}

#[test]
fn no_ring_is_ahead_of_any_before_it() {
    for (clusters, wanted) in [
        (&["test:2.0.0", "test:1.2.0", "production:1.3.0"][..], 1),
        (&["test:1.2.0", "test:2.0.0", "production:1.3.0"], 1),
        (&["test:2.0.0", "staging:1.1.0", "production:1.3.0"], 1),
        (&["test:1.1.0", "production:1.3.0"], 1),
        (&["test:1.1.0", "staging:1.4.0", "production:1.3.0"], 2),
        (&["test:1.3.0-rc.1", "production:1.3.0"], 1),
        (&["test:v1.4.0", "production:1.4.0"], 0),
        (&["staging:1.4.0", "staging:1.5.0", "production:1.4.0"], 0),
        (&["test:1.3.x", "production:1.4.0"], 0),
        (&["test:1.3.0", "staging:1.3.0", "production:1.3.0"], 0),
    ] {
        let declared = |(nth, it): (usize, &&str)| {
            let (ring, version) = it.split_once(':').expect("ring:version");
            format!(
                "cluster k{nth} {{\n  environment = \"{ring}\"\n  use c\n  override web {{ version = \"{version}\" }}\n}}\n"
            )
        };
        let text = format!(
            "fleet f {{\n  facts {{ environment: \"test\" | \"staging\" | \"production\" }}\n  rings environment = [\"test\", \"staging\", \"production\"]\n}}\ncatalogue c {{\n  {CHARTS}  addon web {{ source = charts, version = \"1.0.0\" }}\n}}\n{}",
            clusters.iter().enumerate().map(declared).collect::<Vec<_>>().concat()
        );
        let said = errors(&text).into_iter().filter(|it| it == "E0525").count();
        assert_eq!(said, wanted, "{clusters:?}");
    }
}

#[test]
fn the_way_to_a_role_is_the_add_ons_before_it_is_the_clusters() {
    let addon = |name: &str, via: &str| {
        format!(
            "  addon {name} {{\n    source  = charts\n    version = \"1.0.0\"\n    irsa {{ policies = [\"ReadOnlyAccess\"]{via} }}\n    values {{ serviceAccount {{ annotations {{ ...irsa.annotations }} }}, role = irsa.role-arn ?? \"none\" }}\n  }}\n"
        )
    };
    let text = format!(
        "fleet f {{ facts {{ account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" }} }}\ncatalogue c {{\n  {CHARTS}{}{}{}}}\ncluster one {{ use c }}\ncluster two {{\n  use c\n  identity = \"pod-identity\"\n}}\ncluster three {{\n  use c\n  identity = \"none\"\n  override web {{ irsa.via = \"irsa\" }}\n}}\n",
        addon("web", ", via = \"pod-identity\""),
        addon("api", ""),
        addon("no", ", via = \"none\"")
    );
    let role = |cluster: &str, addon: &str| format!("arn:aws:iam::111122223333:role/{cluster}-{addon}");
    let annotated = |cluster: &str, addon: &str| format!("eks.amazonaws.com/role-arn: \"{}\"", role(cluster, addon));
    check(
        &text,
        &[
            (
                "clusters/one/c.yaml",
                &[&annotated("one", "api"), &format!("role: \"{}\"", role("one", "web"))],
                &[&annotated("one", "web"), &role("one", "no")],
            ),
            (
                "clusters/two/c.yaml",
                &[&role("two", "api"), &role("two", "web")],
                &["eks.amazonaws.com/role-arn", &role("two", "no")],
            ),
            ("clusters/three/c.yaml", &[&annotated("three", "web")], &[&role("three", "api"), &role("three", "no")]),
        ],
    );
}

#[test]
fn a_block_beside_a_spread_is_above_it_wherever_it_stands() {
    let own = "x { b = 3, c = 4 }\n      l += [\"b\"]\n      e[n = \"x\"].v = 2";
    for values in [format!("...p\n      {own}"), format!("{own}\n      ...p")] {
        let fleet = Fleet::new(&format!(
            "fleet f {{ }}\nlet p = {{ x = {{ a = 1, b = 2 }}, l = [\"a\"], e = [{{ n = \"x\", v = 1 }}] }}\ncatalogue c {{\n  {CHARTS}  addon web {{\n    source  = charts\n    version = \"1.0.0\"\n    values {{\n      {values}\n    }}\n  }}\n}}\ncluster one {{ use c }}\n"
        ));
        let rendered = fleet.run(&["render", "one", "web"]).stdout;
        let lines: Vec<&str> = rendered.lines().map(str::trim).collect();
        for wanted in ["a: 1", "b: 3", "c: 4", "- a", "- b", "v: 2"] {
            assert!(lines.contains(&wanted), "{wanted}\n{rendered}");
        }
    }
}

#[test]
fn an_authors_remediation_replaces_the_default_strategy() {
    let text = format!(
        "fleet f {{ }}\ncatalogue c {{\n  {CHARTS}  addon web {{ source = charts, version = \"1.0.0\", release {{ upgrade.remediation.retries = 3 }} }}\n  addon api {{ source = charts, version = \"1.0.0\" }}\n}}\ncluster one {{\n  use c\n  override api {{ release {{ install.remediation.retries = 4 }} }}\n}}\n"
    );
    check(
        &text,
        &[
            (
                "common/c/add-ons/web.yaml",
                &["  upgrade:\n    crds: CreateReplace\n    remediation:\n      retries: 3\n"],
                &[],
            ),
            ("clusters/one/c.yaml", &["retries: 4", "strategy: null"], &[]),
        ],
    );
}

#[test]
fn tenants_whose_kustomizations_have_one_name_wait_for_their_own() {
    let text = |after: &str| {
        format!(
            "fleet f {{ lockdown = true }}\ntenant a {{\n  repositories = [apps]\n  kustomizations {{\n    base {{ repository = apps, path = \"./base\"{after} }}\n    jobs {{ repository = apps, path = \"./jobs\", after = [\"base\"] }}\n  }}\n}}\ntenant b {{\n  repositories = [apps2]\n  kustomizations {{\n    base {{ repository = apps2, path = \"./base\" }}\n    jobs {{ repository = apps2, path = \"./jobs\", after = [\"base\"] }}\n  }}\n}}\nrepository apps {{ url = \"https://git.example.com/apps\", branch = \"main\" }}\nrepository apps2 {{ url = \"https://git.example.com/apps\", branch = \"main\" }}\ncluster one {{ attach a, b }}\n"
        )
    };
    let said = |text: &str| -> Vec<String> { errors(text).into_iter().filter(|it| it == "E0625").collect() };
    assert_eq!(said(&text(", after = [\"jobs\"]")), ["E0625"]);
    assert_eq!(said(&text("")), Vec::<String>::new());
}

/// What a build remembers holds until a file appears that was missing, or a directory of the tree.
#[test]
fn a_record_knows_what_was_missing() {
    let fleet = Fleet::new(
        "fleet f { }\ncatalogue legacy { kustomize shop { path = \"deploy/shop\" } }\ncluster one {\n  use legacy\n  override shop { patch Service web in default { metadata.labels.a = \"b\" } }\n}\n--- deploy/shop/kustomization.yml ---\nresources: [svc.yaml]\n--- deploy/shop/svc.yaml ---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: default}\nspec: {ports: [{port: 80}]}\n",
    );
    let build = || -> Run { fleet.run(&["build"]) };
    assert_eq!(build().status, 0);
    assert_eq!(build().status, 0);
    fleet.write("deploy/shop/kustomization.yaml", "resources: []\n");
    let run = build();
    assert!(run.status == 1 && run.stderr.contains("E0632"), "{}", run.stderr);
    std::fs::remove_file(fleet.join("deploy/shop/kustomization.yaml")).expect("it is removed");
    assert_eq!(build().status, 0);
    assert_eq!(build().status, 0);
    std::fs::create_dir_all(fleet.join("clusters/gone/flux-system")).expect("a directory");
    for args in [&["build"][..], &["build", "--check"]] {
        let run = fleet.run(args);
        assert!(run.status == 1 && run.stderr.contains("E0703"), "{}", run.stderr);
    }
}

/// What `common/` has is not what a cluster has: a list that a condition gives is there for the layers above, on the
/// clusters for which it holds; one that is nowhere is a mistake as ever.
#[test]
fn a_list_under_a_condition_is_there_where_it_holds() {
    let text = |condition: &str, entry: &str| {
        format!(
            "fleet f {{ facts {{ stage: \"test\" | \"production\" = \"test\" }} }}\naddon base {{\n  {CHARTS}  source = charts\n  version = \"1.0.0\"\n  \
             values.list = [{{ name = \"a\" }}]{condition}\n}}\ncatalogue addons {{ addon web from base {{ values {{ {entry} }} }} }}\ncluster one {{ use addons }}\n"
        )
    };
    for entry in ["list[name = \"a\"].size = 1", "list += [{ name = \"b\" }]"] {
        assert_eq!(errors(&text("", entry)), Vec::<String>::new());
        assert_eq!(errors(&text(" when cluster.stage == \"test\"", entry)), Vec::<String>::new());
        let missing = errors(&text(" when cluster.stage == \"production\"", entry));
        assert!(missing == ["E0408"] || missing == ["E0407"], "{missing:?}");
    }
}

/// Objects whose keys stand in another order are of one type.
#[test]
fn the_order_of_keys_is_no_part_of_a_type() {
    let text = "fleet f { }\nlet env = [{ name = \"A\", value = \"1\" }, { value = \"2\", name = \"B\" }]\nlet lines = [for e in env => \"\\(e.name)=\\(e.value)\"]\ncluster one { }\n";
    assert_eq!(errors(text), Vec::<String>::new());
}

/// Numbers of versions that are too large are refused; bounds at the last number do not wrap.
#[test]
fn versions_have_numbers_of_64_bits() {
    let of = |expression: &str| {
        format!("fleet f {{ }}\nlet a = {expression}\ncheck \"it is not\" {{ a == false }}\ncluster one {{ }}\n")
    };
    let largest = u64::MAX;
    for expression in [
        format!("satisfies(\"{largest}.0.0\", \">{largest}\")"),
        format!("satisfies(\"1.0.0\", \"^{largest}\")"),
        format!("satisfies(\"1.2.{largest}\", \"~1.3\")"),
        "satisfies(\"1.0.0\", \">=1.2.3--01\")".into(),
        "is-version-range(\"1.99999999999999999999\")".into(),
        "is-version-range(\">= \")".into(),
        "is-version-range(\"== 1.0.0\")".into(),
        "is-version-range(\"1.2.3.4\")".into(),
        "is-version-range(\"1.0.0 || \")".into(),
    ] {
        assert_eq!(errors(&of(&expression)), Vec::<String>::new(), "{expression}");
    }
    for expression in [
        "satisfies(\"99999999999999999999.0.0\", \"*\")".into(),
        "parse-version(\"1.99999999999999999999\").minor == 0".into(),
        format!("parse-version(\"{largest}\").major == 0"),
    ] {
        assert_eq!(errors(&of(&expression)), ["E0419"], "{expression}");
    }
}

/// A custom resource without a group is not taken for one of Kubernetes' own.
#[test]
fn custom_resources_have_groups() {
    let text = |crd: &str, external: &str| {
        format!(
            "{CHARTS}fleet f {{ }}\ncatalogue c {{ addon web {{ source = charts, version = \"1.0.0\", crds {{ \"{crd}\" = \"Cluster\" }} }} }}\nexternal CRD \"{external}\" {{ kind = \"Widget\", scope = \"Cluster\" }}\ncluster one {{ use c }}\n"
        )
    };
    assert_eq!(errors(&text("example.com/Widget", "gadgets.example.com")), Vec::<String>::new());
    assert_eq!(errors(&text("Widget", "gadgets.example.com")), ["E0610"]);
    assert_eq!(errors(&text("example.com/Widget", "gadgets")), ["E0610"]);
}
