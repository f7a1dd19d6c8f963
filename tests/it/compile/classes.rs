//! Clusters of a class are compiled once: what each gets is, byte by byte, what it
//! would get if it were compiled alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use fleetc::compile::{Compilation, compile};
use fleetc::source::FleetDatabase;
use fleetc::{emit, fleet, flux, host};

use crate::support::{compiled, summary};

/// How many clusters share what they have.
pub(crate) fn assert_alike(db: &FleetDatabase, compilation: &Compilation, what: &str) -> usize {
    let mut shared = 0;
    for cluster in fleet::clusters(db) {
        let exact = &flux::exactly(db, cluster).value;
        for (path, file) in &emit::exact_files(db, exact).files {
            let built = compilation.tree.files.get(path).map(fleetc::emit::GeneratedFile::text);
            assert_eq!(built, Some(file.text()), "{path}\n{what}");
        }
        let deployed = &flux::deployed(db, cluster).value;
        let ids = |it: &flux::Deployed| it.objects().map(|(_, it)| it.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(deployed), ids(exact), "{}\n{what}", deployed.cluster);
        // What looks at all clusters sees the same objects and the same versions.
        let outline = &flux::outline(db, cluster).value;
        assert_eq!(ids(outline), ids(exact), "{}\n{what}", deployed.cluster);
        let versions =
            |it: &flux::Deployed| it.releases().map(|(_, it)| flux::version_on(db, cluster, it)).collect::<Vec<_>>();
        assert_eq!(versions(outline), versions(exact), "{}\n{what}", deployed.cluster);
        shared += usize::from(flux::class_of(db, cluster).is_some());
    }
    shared
}

fn shared(text: &str) -> usize {
    let (db, compilation) = compiled(text);
    assert!(compilation.is_clean(), "{:?}\n{text}", summary(&compilation));
    let all = fleet::clusters(&db).count();
    assert_eq!(all, 4, "{text}");
    assert_alike(&db, &compilation, text)
}

/// A fleet of four clusters whose one add-on has these values and params, and rules.
fn fleet_of(params: &str, values: &str, rest: &str) -> String {
    let clusters = [("a", "eu-west-1", 1), ("b", "eu-west-1", 2), ("c", "us-east-1", 2), ("d", "us-east-1", 3)];
    let cluster = |(name, region, zones): &(&str, &str, i32)| {
        format!(
            "cluster {name} {{\n  account = \"11112222333{zones}\"\n  region = \"{region}\"\n  zones = {zones}\n  use c\n}}\n"
        )
    };
    let clusters = clusters.iter().map(cluster).collect::<Vec<_>>().concat();
    format!(
        r#"
fleet f {{
  facts {{
    account: AwsAccountId
    region: AwsRegion
    zones: Int
    domain: String?
    labels: {{String: String}} = {{ team = "x" }}
    environment: "test" | "production" = "test"
  }}
}}
fn arn(account: String, name: String): String = "arn:aws:iam::\(account):role/\(name)"
catalogue c {{
  source charts = helm "https://example.com/charts"
  addon web {{
    source = charts
    version = "1.0.0"
    {params}
    values {{
      {values}
    }}
  }}
}}
{rest}
{clusters}"#
    )
}

#[test]
fn texts_of_facts_are_passed_on_in_every_way() {
    for values in [
        "a = cluster.name",
        r#"a = "\(cluster.name)-\(cluster.region)""#,
        r#"a = cluster.name + "-x" + cluster.region"#,
        "a = arn(cluster.account, cluster.name)",
        "a = params.p",
        r#"a = "\(params.p)/\(params.q)""#,
        "a = [cluster.name, \"x\", cluster.region]",
        "a { b { c = cluster.name } }",
        "a = { b = cluster.name, c = [{ d = cluster.region }] }",
        "let n = cluster.name\n      a = n",
        "a = cluster.domain ?? cluster.name",
        r#"a = if cluster.environment == "test" then cluster.name else cluster.region"#,
        "a = [for x in [cluster.name, cluster.region] => x]",
        "a = {for x in [\"x\", \"y\"] => x = cluster.name}",
        r#""\(cluster.region)" = cluster.name"#,
        r#"a = "x" when cluster.region == "eu-west-1""#,
    ] {
        let params = "params { p: String = cluster.name\n      q: String = \"\\(cluster.region)!\" }";
        assert_eq!(shared(&fleet_of(params, values, "")), 4, "{values}");
    }
}

/// Where facts are texts that are passed on, one cluster stands for all: whatever the text is joined with, and
/// whatever type it has to have.
#[test]
fn texts_that_are_passed_on_part_no_classes() {
    for values in [
        "a = cluster.name",
        r#"a = "\(cluster.name)-\(cluster.region)""#,
        "a = cluster.name + \"-x\"",
        "a = \"x-\" + cluster.name",
        "a = cluster.name + cluster.region",
        "a = arn(\"1\" + cluster.account, cluster.name)",
        "a = arn(\"\\(cluster.account)!\", cluster.name)",
        "...typed(cluster.name + \"!\", cluster.region, cluster.account)",
        "...typed(\"\\(cluster.name)!\", \"eu-west-1\", cluster.account)",
    ] {
        let rest = "type Typed { text: String, region: AwsRegion, account: AwsAccountId?, more: [String] }\n\
            fn typed(text: String, region: AwsRegion, account: AwsAccountId?): Typed = { text = text, region = region, account = account, more = [text, \"\\(text)-\\(region)\"] }\n";
        let (db, compilation) = compiled(&fleet_of("", values, rest));
        assert!(compilation.is_clean(), "{:?}\n{values}", summary(&compilation));
        assert_eq!(assert_alike(&db, &compilation, values), 4, "{values}");
        let classes: Vec<_> = fleet::clusters(&db).map(|it| flux::class_of(&db, it)).collect();
        assert!(classes.windows(2).all(|it| it.first() == it.last()), "{values} makes several classes");
    }
}

#[test]
fn facts_that_decide_on_something_part_the_classes() {
    for values in [
        "a = cluster.zones",
        "a = cluster.zones * 2",
        "a = upper(cluster.region)",
        "a = length(cluster.name)",
        "a = cluster.labels",
        "a = cluster.domain",
        "a = match cluster.region { \"eu-west-1\" => 1, _ => 2 }",
        "a = if cluster.zones > 1 then cluster.name else \"one\"",
        "...if cluster.zones > 1 then { x = cluster.name } else { y = 1 }",
        "a = cluster.name == \"a\"",
        "a = cluster.name in [\"a\", \"b\"]",
        "a = cluster",
    ] {
        let text = fleet_of("", values, "");
        let (db, compilation) = compiled(&text);
        assert!(compilation.is_clean(), "{:?}\n{text}", summary(&compilation));
        assert_alike(&db, &compilation, values);
    }
}

#[test]
fn layers_may_change_what_facts_filled() {
    for rest in [
        "rule r when cluster.zones > 1 { override web { values.a = \"fixed\" } }",
        "rule r { override web { values.a = cluster.region } }",
        "rule r when cluster.region == \"eu-west-1\" { override web { values { a = cluster.region, b = cluster.account } } }",
        "rule r when cluster.zones == 2 { override web { values { unset a } } }",
        "rule r { override web { version = \"2.0.0\" when cluster.zones == 2 } }",
        "rule r when cluster.zones == 3 { drop c.web }",
        "override *.* { release { interval = \"1h\" } }",
        "rule r when cluster.zones == 2 { use c { wait = true } }",
        "rule r { use c { commonMetadata.labels { region = cluster.region, zones = \"z-\\(cluster.zones)\" } } }",
        "rule r { use c { postBuild.substitute { region = cluster.region } } }",
        "external ServiceAccount flux-system.a\nexternal ServiceAccount flux-system.b\nexternal ServiceAccount flux-system.c\nexternal ServiceAccount flux-system.d\nrule r { use c { serviceAccountName = cluster.name, interval = \"\\(cluster.zones)m\" } }",
    ] {
        let text = fleet_of("", "a = cluster.name\n      fixed = \"eu-west-1\"", rest);
        let (db, compilation) = compiled(&text);
        assert!(compilation.is_clean(), "{:?}\n{text}", summary(&compilation));
        assert_alike(&db, &compilation, rest);
    }
}

/// What is right alone is right together: params, roles, values, substitution, conditions and long names are drawn, a few at
/// a time.
#[test]
fn features_of_classes_combine() {
    let params = [
        "",
        "params { p: String = cluster.name\n      q: String = \"\\(cluster.region)!\" }",
        "params { p: String = \"x\"\n      q: String = params.p }",
        "irsa { policies = [\"ReadOnlyAccess\"] }\n    params { p: String = \"a\"\n      q: String = cluster.account }",
    ];
    let values = [
        "a = cluster.name\n      fixed = \"eu-west-1\"",
        "a = \"\\(cluster.name)/${VAR}/\\(cluster.region)\"",
        "let n = cluster.name\n      a = [n, { b = n, name = \"x\" }]",
        "a { b { c = cluster.region } }\n      ...{ a = 1, d = cluster.account }",
        "a = cluster.domain ?? cluster.name\n      l = [cluster.zones]",
    ];
    let rules = [
        "override web { values.a = cluster.region }",
        "override web { values { unset a } }",
        "override web { version = \"2.0.0\" when cluster.zones == 2 }",
        "use c { postBuild.substitute { VAR = cluster.region, NAME = \"n-\\(cluster.name)\" } }",
        "use c { commonMetadata.labels { region = cluster.region } }",
        "override *.* { release { interval = \"\\(cluster.zones)m\" } }",
        "override web { values.l = [cluster.name] }",
        "override c.* { values.more { x = \"$\\(cluster.account)\" } }",
    ];
    let conditions =
        ["", " when cluster.zones > 1", " when cluster.region == \"eu-west-1\"", " when cluster.name != \"d\""];
    let mut state = 20_261_129_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let (mut clean, mut shared) = (0, 0);
    for _ in 0..60 {
        let params = params[next(params.len())];
        let values = format!(
            "{}{}",
            values[next(values.len())],
            if params.is_empty() { "" } else { "\n      of-params = \"\\(params.p)-\\(params.q)\"" }
        );
        let mut rest = String::new();
        for name in ["r", "s", "t"].iter().take(next(4)) {
            let (condition, rule) = (conditions[next(conditions.len())], rules[next(rules.len())]);
            let _ = writeln!(rest, "rule {name}{condition} {{ {rule} }}");
        }
        let mut text = fleet_of(params, &values, &rest);
        if next(3) == 0 {
            for (short, letter) in [("a", 'a'), ("b", 'b'), ("c", 'c')] {
                let long: String = std::iter::repeat_n(letter, 50).collect();
                text = text.replace(&format!("cluster {short} {{"), &format!("cluster {long} {{"));
            }
        }
        let (db, compilation) = compiled(&text);
        if compilation.is_clean() {
            clean += 1;
            shared += assert_alike(&db, &compilation, &text);
            let is_noncharacter = |it: char| fleetc::source::is_noncharacter(it);
            assert!(compilation.tree.files.values().all(|it| !it.text().contains(is_noncharacter)), "{text}");
        }
    }
    assert!(clean > 30 && shared > clean, "{clean} fleets are right, {shared} clusters share");
}

/// What a patch sets to a fact is left out where `common/` says the same already.
#[test]
fn a_fact_that_is_what_common_says_makes_no_patch() {
    let text = fleet_of(
        "",
        "a = \"eu-west-1\"",
        "rule r when cluster.zones < 9 { override web { values.a = cluster.region } }",
    );
    let (db, compilation) = compiled(&text);
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    assert_alike(&db, &compilation, &text);
    let of = |it: &str| compilation.tree.files[format!("clusters/{it}/c.yaml").as_str()].text();
    assert!(!of("a").contains("patches"), "{}", of("a"));
    assert!(of("c").contains("a: \"us-east-1\""), "{}", of("c"));
}

#[test]
fn roles_are_told_from_the_name_and_the_account() {
    let params = "irsa { policies = [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"] }";
    let values = "serviceAccount { annotations = irsa.annotations, role = irsa.role-name }";
    assert_eq!(shared(&fleet_of(params, values, "")), 4);
    let (db, compilation) = compiled(&fleet_of(params, values, ""));
    let text = &compilation.tree.files["clusters/d/c.yaml"].text();
    assert!(text.contains("arn:aws:iam::111122223333:role/d-web"), "{text}");
    let cluster = fleet::clusters(&db).last().expect("a cluster");
    let role = &fleetc::provision::of_cluster(&db, cluster).roles[0];
    assert_eq!((role.name.as_str(), role.arn.as_deref()), ("d-web", Some("arn:aws:iam::111122223333:role/d-web")));
}

/// Noncharacters are refused wherever text enters: no text can pass for what the compiler
/// writes for itself.
#[test]
fn noncharacters_are_no_text() {
    for (values, code) in [
        ("a = \"\u{fdd0}name\u{fdd1}\"\n      b = cluster.name", "E0115"),
        ("a = \"\\u{fdd0}s\\u{fdd1}\"", "E0108"),
        ("l = [\"\\u{ffff}\", \"x\"]", "E0108"),
        ("\"\\u{fdd0}\" = 1", "E0108"),
        ("a = json(\"x.json\")", "E0414"),
        ("a = yaml(\"x.json\")", "E0414"),
        ("a = file(\"x.txt\")", "E0414"),
        ("a = csv(\"x.txt\")", "E0414"),
        ("a = from-json(\"[\\\"\\\\ufdd0\\\"]\")", "E0414"),
        ("a = base64-decode(\"77eQ\")", "E0419"),
    ] {
        let data = "--- x.json ---\n{ \"a\": [\"\\ufdd0\"], \"\\ufdd1\": 1 }\n--- x.txt ---\na\nb\u{fdd0}\n";
        let (_, compilation) = compiled(&fleet_of("", values, data));
        let said = summary(&compilation);
        assert!(!said.is_empty() && said.iter().all(|it| it.starts_with(code)), "{values}: {said:?}");
    }
}

/// Quotes, backslashes and letters beyond ASCII are escaped where they are put in, wherever that is: between quotes of
/// YAML, in JSON, in a text of several lines.
#[test]
fn texts_of_facts_that_need_escapes_are_shared() {
    let values = r#"
      a = cluster.domain ?? cluster.name
      b = "x \(cluster.domain ?? cluster.name) y"
      // Lists within lists, and null, go by JSON patches.
      c = [[cluster.domain ?? cluster.name], null]
      d { b = null, c = "\(cluster.domain ?? cluster.name)" }
      e = """
        one \(cluster.domain ?? cluster.name)
        two
        """
    "#;
    let of = |values: &str, domain: &str| {
        fleet_of("", "z = 1", &format!("override web {{ values {{\n {values}\n }} }}"))
            .replace("zones = 2\n", &format!("zones = 2\n  domain = \"{domain}\"\n"))
    };
    let alike = |text: &str| {
        let (db, compilation) = compiled(text);
        assert!(compilation.is_clean(), "{:?}\n{text}", summary(&compilation));
        assert_alike(&db, &compilation, text)
    };
    for domain in ["q\\\"", "b\\\\s", "é🙂", "a: b # c", " x ", "'", "%", "\\\\n", "ü\\\"ß\\\\"] {
        assert_eq!(alike(&of(values, domain)), 4, "{domain}");
    }
    // One that nothing reads.
    assert_eq!(alike(&of("a = cluster.name", "é\\\"")), 4);
    // What no reader takes as it is stands alone.
    for domain in ["\\t", "a\\nb", "\\u{2028}", "\\u{feff}"] {
        assert_eq!(alike(&of("a = cluster.domain ?? cluster.name", domain)), 2, "{domain}");
    }
}

/// Overrides in an inventory are shared as far as they say the same: texts of the row are put in where they belong, and
/// what is decided by a row parts those that decide otherwise.
#[test]
fn overrides_in_an_inventory_are_shared() {
    for (body, classes) in [
        ("", 1),
        ("override web { values.a = 7 }", 1),
        ("override web { values.name = \"\\(cluster.name)-\\(cluster.region)\" }", 1),
        ("override web { values.l = [for row in [1, 2] => row] }", 1),
        ("override web when row.size > 1 { values.big = true }", 2),
        ("override web { values.a = row.name }", 1),
        ("override web { values.a = \"\\(row.name)-x\" }", 1),
        ("override web { values.a = greeting }", 1),
        ("override web { values.a = row }", 3),
        ("override web { values.a = row.zone ?? \"none\" }", 2),
        ("override web { values.a = row.even }", 2),
        ("override web { values.a = if row.even then \"x\" else row.name }", 2),
        ("override web { values.a = row.size }", 3),
        ("override web { values.a = double }", 3),
        ("override web { let mine = row.size\n values.a = mine }", 3),
        ("override web { values.\"\\(row.name)\" = 1 }", 3),
        ("override web { version = \"1.\\(row.size).0\" }", 3),
        ("override web { namespace = row.name }", 0),
    ] {
        let text = format!(
            r#"
fleet f {{ facts {{ region: String }} }}
let rows = [
  {{ name = "a", size = 1, even = false, zone = "z" }}, {{ name = "b", size = 2, even = true, zone = null }}, {{ name = "c", size = 3, even = false, zone = null }}
]
catalogue c {{
  source charts = helm "https://example.com/charts"
  addon web {{ source = charts, version = "1.0.0", values {{ x = 1 }} }}
}}
inventory stores from rows as row {{
  let double = row.size * 2
  let greeting = "hi \(row.name)"
  name = row.name
  region = "eu"
  use c
  {body}
}}
"#
        );
        let (db, compilation) = compiled(&text);
        let odd: Vec<String> = summary(&compilation).into_iter().filter(|it| !it.starts_with('W')).collect();
        assert!(odd.is_empty(), "{odd:?}\n{text}");
        assert_alike(&db, &compilation, &text);
        let found: BTreeSet<String> =
            fleet::clusters(&db).filter_map(|it| *flux::wide_class_of(&db, it)).map(|it| format!("{it:?}")).collect();
        assert_eq!(found.len(), classes, "{body}\n{found:#?}");
    }
}

/// Whether a text that says what is there already is of use is not decided by how
/// clusters are compiled.
#[test]
fn what_is_redundant_is_said_of_classes_too() {
    let rest = "rule r when cluster.region == \"eu-west-1\" { override web { values.a = \"eu-west-1\" } }";
    for plain in ["", "\n  domain = \"é\""] {
        let text = fleet_of("", "a = cluster.region", rest).replace("  use c\n", &format!("  use c{plain}\n"));
        let (_, compilation) = compiled(&text);
        let said = summary(&compilation);
        assert!(said.len() == 1 && said[0].starts_with("W0528"), "{said:?}\n{text}");
    }
}

#[test]
fn mistakes_are_the_same_in_a_class_and_alone() {
    let text = fleet_of("params { p: String where length(it) > 3 = cluster.name }", "a = params.p", "");
    let (_, compilation) = compiled(&text);
    let said = summary(&compilation);
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said.iter().all(|it| it.starts_with("E0412")), "{said:?}");
}

#[test]
fn examples_are_alike_in_a_class_and_alone() {
    let mut shared = 0;
    for name in ["minimal", "eks-fleet", "eks-apps", "tenants", "inventory", "flux-eks-gitops-config"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let opened = host::open(&root).expect("a project");
        let compilation = compile(&opened.db);
        assert!(compilation.is_clean(), "{name}");
        let it = assert_alike(&opened.db, &compilation, name);
        shared += it;
    }
    assert!(shared > 800, "{shared} clusters share something");
}

/// An override of a source that a class shares is of use where it changes that source on
/// any cluster, whichever class was looked at first.
#[test]
fn overrides_of_sources_are_seen_in_every_class() {
    let text = |own: &str| {
        format!(
            r#"
fleet f {{ facts {{ region: String }} }}
source oc = oci "oci://x.com/c" {{ interval = "7m" }}
override source oc {{ interval = if cluster.region == "eu" then "7m" else "9m" }}
catalogue c {{
  addon w {{ source = oc, version = "1.0.0" }}
  source h = helm "https://e.com"
  addon v {{ source = h, version = "1.0.0" }}
}}
cluster k0 {{ region = "eu", use c }}
cluster k1 {{
  region = "us"
  use c
  {own}
}}
"#
        )
    };
    for own in ["", "override c.v { values.x = 2 }"] {
        assert_eq!(summary(&compiled(&text(own)).1), Vec::<String>::new(), "{own}");
    }
    let redundant = text("override c.v { values.x = 2 }").replace("\"9m\"", "\"7m\"");
    let said = summary(&compiled(&redundant.replace("region = \"eu\"\n", "")).1);
    assert!(said.len() == 1 && said[0].starts_with("W0528"), "{said:?}");
}

#[test]
fn what_is_redundant_is_said_of_the_first_by_name() {
    let text = |own: &str| {
        format!(
            r#"
fleet f {{ }}
catalogue c {{
  source s = helm "https://e.com"
  addon a {{ source = s, version = "1.0.0", values.x = 1 }}
  addon b {{ source = s, version = "1.0.0", values.x = 1 }}
}}
override *.* {{ values.x = 1 }}
cluster k0 {{
  use c
  {own}
}}
cluster k1 {{ use c }}
"#
        )
    };
    let said = |own: &str| summary(&compiled(&text(own)).1);
    assert_eq!(said("override c.a { values.y = 1 }"), said(""));
}

/// A text that has to be of some kind parts no classes: it is asked of each cluster, and a cluster on which it is not gets its error.
#[test]
fn what_a_text_must_be_is_asked_of_each_cluster() {
    let text = |note: &str| {
        let clusters = ["a", "b", "true", "d"].map(|name| {
            let note = if name == "b" { note } else { "plain" };
            format!("cluster {name} {{\n  note = \"{note}\"\n  attach shop\n  use c\n}}\n")
        });
        format!(
            r#"
fleet f {{ lockdown = true, repository = "https://git.example.com/f", facts {{ note: String }} }}
type Values {{ host: DnsName?, ... }}
catalogue c {{
  source charts = helm "https://example.com/charts"
  addon web {{ source = charts, version = "1.0.0", values: Values {{ host = "\(cluster.note).example.com" }} }}
}}
repository apps {{ url = "https://git.example.com/apps.git", branch = "main", path = cluster.name }}
tenant shop {{ repositories = [apps] }}
{}"#,
            clusters.concat()
        )
    };
    for (note, problems, shared) in [("other", 0, 4), ("no name", 1, 3), ("x\\\"", 1, 3)] {
        let (db, compilation) = compiled(&text(note));
        let said: Vec<String> = summary(&compilation).into_iter().filter(|it| it.starts_with('E')).collect();
        assert_eq!(said.len(), problems, "{said:?}");
        let classes = fleet::clusters(&db).filter(|it| flux::class_of(&db, *it).is_some()).count();
        assert_eq!(classes, shared, "{note}");
        if compilation.is_clean() {
            assert_eq!(assert_alike(&db, &compilation, note), 4);
            let found: BTreeSet<_> = fleet::clusters(&db).map(|it| format!("{:?}", flux::class_of(&db, it))).collect();
            assert_eq!(found.len(), 1);
            let path =
                |name: &str| compilation.tree.files[format!("clusters/{name}/apps.yaml").as_str()].text().into_owned();
            assert!(
                path("a").contains("  path: a\n") && path("true").contains("  path: \"true\"\n"),
                "{}",
                path("true")
            );
        }
    }
}
