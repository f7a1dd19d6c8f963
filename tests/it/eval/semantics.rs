//! The numbered rules of the language, each with a test of its name.

use serde_json::{Value, json};

use crate::support::{compiled, errors, summary};

/// A fleet with two add-ons and a manifest, into which a test puts what it is about.
fn with(more: &str) -> String {
    format!(
        r#"
fleet f {{
  layers = [environment, region]
  facts {{ env: "test" | "production" = "test", region: String = "eu", zones: Int = 3, domain: String? }}
}}
external CRD "things.example.com" {{ kind = "Thing", scope = "Cluster" }}
catalogue addons {{
  source charts = helm "https://charts.example.com"
  addon web {{
    source  = charts
    version = "1.0.0"
    params {{ replicas: Int = 2, zoned: Int = cluster.zones }}
    values {{
      a = 1
      b {{ c = 2, d = 3 }}
      l = ["x"]
      e = [{{ name = "one", v = 1 }}, {{ name = "two", v = 2 }}]
      n = params.replicas
    }}
  }}
  addon api {{ source = charts, version = "1.0.0", values.a = 1 }}
}}
catalogue things {{
  manifest thing {{ apiVersion = "example.com/v1", kind = "Thing", spec.a = 1 }}
}}
{more}
"#
    )
}

/// The values of a release on a cluster.
fn values(text: &str, cluster: &str, release: &str) -> Value {
    let (db, compilation) = compiled(text);
    assert!(compilation.is_clean(), "{:?}\n{text}", summary(&compilation));
    let anchor = fleetc::fleet::clusters(&db).find(|it| it.name(&db) == cluster).expect("the cluster");
    let deployed = &fleetc::flux::exactly(&db, anchor).value;
    let object = deployed.objects().find(|(_, it)| it.id.kind == "HelmRelease" && it.id.name == release);
    object.map_or(Value::Null, |(_, it)| fleetc::value::json(&it.body)["spec"]["values"].clone())
}

fn web(more: &str) -> Value {
    values(&with(more), "one", "web")
}

fn codes(more: &str) -> Vec<String> {
    errors(&with(more))
}

fn file(more: &str, path: &str) -> String {
    let (_, compilation) = compiled(&with(more));
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    compilation.tree.files.get(path).map(|it| it.text().to_string()).unwrap_or_default()
}

#[test]
fn rule_01_the_highest_layer_that_names_an_item_decides() {
    let drop = "rule r { drop addons.web }\n";
    assert_eq!(web(&format!("{drop}cluster one {{ use addons }}")), Value::Null);
    assert_ne!(web(&format!("{drop}cluster one {{ use addons, addons.web }}")), Value::Null);
    // An item named low outranks its catalogue named high.
    assert_eq!(web("group g {\n drop addons.web\n cluster one { use addons }\n}"), Value::Null);
    assert_eq!(codes("rule a { use addons }\nrule b { drop addons }\ncluster one { use things }"), ["E0504"]);
    let attach = "tenant t { }\nrule r { attach t }\ncluster one { use addons\n detach t }";
    assert_eq!(file(attach, "clusters/one/tenant-t.yaml"), "");
}

#[test]
fn rule_02_what_has_no_condition_is_part_of_common() {
    let more =
        "override web { values.a = 7 }\nrule always { override web { values.b.c = 8 } }\ncluster one { use addons }";
    let common = file(more, "common/addons/add-ons/web.yaml");
    assert!(common.contains("a: 7") && common.contains("c: 8"), "{common}");
    let cluster = file(more, "clusters/one/addons.yaml");
    assert!(!cluster.contains("a: 7"), "{cluster}");
    let conditional =
        "rule r when cluster.name == \"one\" { override web { values.a = 9 } }\ncluster one { use addons }";
    assert!(file(conditional, "common/addons/add-ons/web.yaml").contains("a: 1"));
    assert!(file(conditional, "clusters/one/addons.yaml").contains("a: 9"));
}

#[test]
fn rule_03_two_of_one_rank_that_differ_are_an_error_unless_settled() {
    let two = |a: &str, b: &str| {
        format!("rule a {{ override web {{ values {{ {a} }} }} }}\nrule b {{ override web {{ values {{ {b} }} }} }}\n")
    };
    let used = "cluster one { use addons }";
    assert_eq!(codes(&format!("{}{used}", two("a = 5", "a = 6"))), ["E0410"]);
    assert!(codes(&format!("{}{used}", two("a = 5", "a = 5"))).is_empty());
    assert_eq!(codes(&format!("{}{used}", two("b = { c = 5 }", "b.c = 6"))), ["E0410"]);
    assert!(codes(&format!("{}{used}", two("b = { c = 5 }", "b { c = 5 }"))).is_empty());
    assert_eq!(codes(&format!("{}{used}", two("unset a", "a = 6"))), ["E0410"]);
    // Three that differ are no fewer than two.
    let three = format!("{}rule c {{ override web {{ values.a = 7 }} }}\n", two("a = 5", "a = 6"));
    assert_eq!(codes(&format!("{three}{used}")), ["E0410"]);
    let settled = format!("{}cluster one {{ use addons\n override web {{ values.a = 9 }} }}", two("a = 5", "a = 6"));
    assert_eq!(web(&settled)["a"], json!(9));
    let appended = format!("{}{used}", two("l += [\"y\"]", "l += [\"z\"]"));
    assert_eq!(web(&appended)["l"], json!(["x", "y", "z"]));
    assert_eq!(codes("override web { values { a = 1, a = 1 } }\ncluster one { use addons }"), ["E0415"]);
}

#[test]
fn rule_04_an_exact_target_outranks_a_pattern() {
    let more = "override *.* { values.a = 5 }\noverride addons.* { values.a = 6 }\noverride web { values.a = 7 }\ncluster one { use addons }";
    assert_eq!(web(more)["a"], json!(7));
    assert_eq!(values(&with(more), "one", "api")["a"], json!(6));
}

#[test]
fn rule_05_names_default_to_the_instance_and_two_are_independent() {
    let more = "catalogue more { source others = helm \"https://charts.example.com\"\n addon web2 { source = others, chart = \"web\", version = \"1.0.0\", values.a = 1 } }\noverride web { values.a = 5 }\ncluster one { use addons, more }";
    assert_eq!(web(more)["a"], json!(5));
    assert_eq!(values(&with(more), "one", "web2")["a"], json!(1));
    let text = file(more, "common/more/add-ons/web2.yaml");
    assert!(
        text.contains("releaseName: web2") && text.contains("targetNamespace: web2") && text.contains("chart: web\n")
    );
}

#[test]
fn rule_06_final_forbids_higher_layers_to_touch_it() {
    let base = "override web { values { final b { c = 5 } } }\n";
    for touch in ["b.c = 5", "b.d = 1", "b = { }", "unset b"] {
        let more = format!("{base}cluster one {{ use addons\n override web {{ values {{ {touch} }} }} }}");
        assert_eq!(codes(&more), ["E0409"], "{touch}");
    }
    assert!(codes(&format!("{base}cluster one {{ use addons\n override web {{ values.a = 5 }} }}")).is_empty());
    // Its parent may not be replaced either, and what lies beside it may be changed.
    let of = |finals: &str, touch: &str| {
        format!(
            "override web {{ values {{ {finals} }} }}\ncluster one {{ use addons\n override web {{ values {{ {touch} }} }} }}"
        )
    };
    for touch in
        ["b = { d = 1 }", "b = { c = 5, d = 3 }", "unset b", "...{ b = { d = 1 } }", "b.c = 6", "b { unset c }"]
    {
        assert_eq!(codes(&of("final b.c = 5", touch)), ["E0409"], "{touch}");
    }
    for touch in ["b.d = 1", "b { d = 1 }", "unset b.d", "bb = 3"] {
        let kept = web(&of("final b.c = 5", touch));
        assert_eq!(kept["b"]["c"], json!(5), "{touch}");
    }
    // An element of a list is the same by whichever selector.
    for touch in [
        "e[v = 1].v = 6",
        "unset e[v = 1]",
        "e[name = \"one\", v = 1].v = 2",
        "unset e[name = \"one\"].v",
        "e = []",
        "unset e",
    ] {
        assert_eq!(codes(&of("final e[name = \"one\"].v = 1", touch)), ["E0409"], "{touch}");
    }
    assert_eq!(web(&of("final e[name = \"one\"].v = 1", "e[v = 2].v = 9"))["e"][1]["v"], json!(9));
    assert_eq!(
        codes("group g {\n final env = \"test\"\n cluster one { use addons\n env = \"production\" }\n}"),
        ["E0409"]
    );
    let text = with("cluster one { use addons\n override web { params { replicas = 5 } } }")
        .replace("replicas: Int = 2", "final replicas: Int = 2");
    assert_eq!(errors(&text), ["E0409"]);
}

#[test]
fn rule_07_absent_makes_no_entry_and_null_is_written() {
    let more = "override web { values { d = cluster.domain, z = cluster.domain ?? \"none\", a = null } }\n";
    let without = web(&format!("{more}cluster one {{ use addons }}"));
    assert_eq!((&without["d"], &without["z"], &without["a"]), (&Value::Null, &json!("none"), &Value::Null));
    assert!(
        without.as_object().expect("an object").contains_key("a")
            && !without.as_object().expect("one").contains_key("d")
    );
    let with_domain = web(&format!("{more}cluster one {{ use addons\n domain = \"x.example\" }}"));
    assert_eq!(with_domain["d"], json!("x.example"));
    let narrowed = "override web { values.d = if cluster.domain != null then \"a-\\(cluster.domain)\" else \"none\" }\ncluster one { use addons }";
    assert_eq!(web(narrowed)["d"], json!("none"));
    assert_eq!(codes("override web { values.d = \"a-\\(cluster.domain)\" }\ncluster one { use addons }"), ["E0312"]);
    assert_eq!(web("override web { values { unset b.c\n unset b.d } }\ncluster one { use addons }")["b"], json!({}));
    assert_eq!(codes("override web { values { a { x = 1 } } }\ncluster one { use addons }"), ["E0307"]);
    // What takes away from nothing makes nothing, whatever else the rank has, and is reported.
    for other in ["", "override *.* { values.q = 1 }", "override addons.* { values { z.q.u = 1 } }"] {
        for unset in ["unset z.q.v", "z { q { unset v } }", "z.q { unset v, unset w }"] {
            let text =
                format!("rule r {{ override web {{ values {{ {unset} }} }} }}\n{other}\ncluster one {{ use addons }}");
            let found = compiled(&with(&text)).1;
            assert!(found.is_clean() && summary(&found).iter().all(|it| it.starts_with("W0528")), "{text}");
            assert_eq!(summary(&found).len(), unset.matches("unset").count(), "{text}: {:?}", summary(&found));
            let has_z = values(&with(&text), "one", "web").as_object().expect("values").contains_key("z");
            assert_eq!(has_z, other.contains("z.q"), "{text}");
        }
    }
}

#[test]
fn rule_08_selectors_and_appends() {
    let one = |more: &str| format!("override web {{ values {{ {more} }} }}\ncluster one {{ use addons }}");
    assert_eq!(web(&one("e[name = \"two\"].v = 5"))["e"], json!([{"name": "one", "v": 1}, {"name": "two", "v": 5}]));
    assert_eq!(web(&one("unset e[name = \"one\"]"))["e"], json!([{"name": "two", "v": 2}]));
    assert_eq!(web(&one("e[name = \"one\"].v = 7\n e += [{ name = \"six\" }]"))["e"][2], json!({"name": "six"}));
    assert_eq!(codes(&one("e[name = \"tow\"].v = 5")), ["E0408"]);
    assert_eq!(codes(&one("nothing += [1]")), ["E0407"]);
    assert_eq!(codes(&one("a += [1]")), ["E0306"]);
    // All selectors of a rank look at the list below it.
    let two = "rule a { override web { values { e[v = 1].v = 8 } } }\nrule b { override web { values { e[name = \"one\"].v = 9 } } }\ncluster one { use addons }";
    assert_eq!(codes(two), ["E0410"]);
}

#[test]
fn rule_09_when_ends_an_entry_and_lets_lower_layers_show() {
    let more = "override web { values { a = 5 when cluster.env == \"test\"\n a = 6 when cluster.env == \"production\"\n b when cluster.zones > 3 { c = 9 } } }\n";
    assert_eq!(web(&format!("{more}cluster one {{ use addons }}"))["a"], json!(5));
    let production = web(&format!("{more}cluster one {{ use addons\n env = \"production\"\n zones = 4 }}"));
    assert_eq!((&production["a"], &production["b"]["c"]), (&json!(6), &json!(9)));
    assert_eq!(
        codes(
            "override web { values { a = 5 when cluster.zones > 1\n a = 6 when cluster.zones > 2 } }\ncluster one { use addons }"
        ),
        ["E0410"]
    );
}

#[test]
fn rule_10_own_entries_beat_spreads_wherever_they_stand() {
    let lets = "let p = { x = 1, y = 1 }\nlet q = { y = 2 }\nlet r = { y = 1 }\n";
    let one =
        |more: &str| format!("{lets}override web {{ values {{ s {{ {more} }} }} }}\ncluster one {{ use addons }}");
    assert_eq!(web(&one("x = 5\n ...p"))["s"], json!({"x": 5, "y": 1}));
    assert_eq!(codes(&one("...p\n ...q")), ["E0405"]);
    assert_eq!(web(&one("...p\n ...q\n y = 3"))["s"]["y"], json!(3));
    assert!(codes(&one("...p\n ...r")).is_empty());
}

#[test]
fn rule_11_keys_keep_the_order_of_the_rank_that_wrote_them_first() {
    let more = "rule z { override web { values { k1 = 1, k2 = 1 } } }\nrule b { override *.* { values { k2 = 1, k3 = 1 } } }\ncluster one { use addons\n override web { values { k0 = 1, a = 2 } } }";
    let keys: Vec<String> = web(more).as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["a", "b", "l", "e", "n", "k2", "k3", "k1", "k0"]);
    // Overrides without a name are ordered by what they say, in whatever order they stand.
    let (a, b) = ("override web { values.l += [\"p\"] }\n", "override web { values.l += [\"q\"] }\n");
    let used = "cluster one { use addons }";
    assert_eq!(web(&format!("{a}{b}{used}")), web(&format!("{b}{a}{used}")));
}

#[test]
fn rule_12_stages_facts_then_params_then_values() {
    let more = "cluster one { use addons\n zones = 5\n region = \"r-\\(cluster.name)\"\n override web { values.z = params.zoned } }";
    assert_eq!(web(more)["z"], json!(5));
    assert_eq!(codes("cluster one { use addons\n region = cluster.domain ?? cluster.region }"), ["E0416"]);
    assert_eq!(codes("let x = cluster.name\ncluster one { use addons }"), ["E0209"]);
    let missing = with("cluster one { use addons }").replace("replicas: Int = 2", "replicas: Int");
    assert_eq!(errors(&missing), ["E0417"]);
    // Amending a param builds on its default.
    let record =
        with("type R { a: Int, b: Int }\ncluster one { use addons\n override web { params { r { a = 5 } } } }")
            .replace("replicas: Int = 2", "replicas: Int = 2, r: R = { a = 1, b = 2 }")
            .replace("n = params.replicas", "n = params.r");
    assert_eq!(values(&record, "one", "web")["n"], json!({"a": 5, "b": 2}));
}

#[test]
fn rule_13_identities_in_a_catalogue_do_not_depend_on_the_cluster() {
    let text = with("cluster one { use addons }")
        .replace("version = \"1.0.0\", values.a", "version = cluster.region, values.a");
    assert_eq!(errors(&text), ["E0412", "E0602"]);
    let more =
        "override web { values { whole = [1, cluster.zones], m { k = cluster.zones } } }\ncluster one { use addons }";
    let common = file(more, "common/addons/add-ons/web.yaml");
    assert!(!common.contains("whole") && common.contains("    m: {}"), "{common}");
    assert_eq!(web(more)["whole"], json!([1, 3]));
}

#[test]
fn rule_14_what_is_checked_when() {
    // A layer may state part of a type; required fields are looked at on the final value.
    let typed = |over: &str| {
        with(&format!("type V {{ a: Int where it < 10, q: Int }}\ncluster one {{ use addons\n override api {{ values {{ {over} }} }} }}"))
            .replace("version = \"1.0.0\", values.a = 1", "version = \"1.0.0\"\n values: V { a = 1 }\n")
    };
    assert!(errors(&typed("q = 2")).is_empty());
    assert_eq!(errors(&typed("a = 2")), ["E0411"]);
    assert_eq!(errors(&typed("q = 2\n a = 12")), ["E0412"]);
    assert_eq!(errors(&typed("qq = 2")), ["E0302"]);
    // Untyped values: a key that is nearly a sibling's is a warning.
    assert_eq!(
        errors(&with(
            "cluster one { use addons\n override web { values { replicaCount = 1 } } }\noverride web { values { replicaCuont = 1 } }"
        )),
        ["W0418"]
    );
}

#[test]
fn rule_15_a_check_covers_the_clusters_that_have_what_it_names() {
    let clusters = "cluster one { use addons }\ncluster two { use things }\n";
    let with_check = |check: &str| codes(&format!("{clusters}{check}"));
    // Of the two clusters one has `web`.
    assert!(with_check("check \"a\" { cluster.addons.web.values.a == 1 }").is_empty());
    assert_eq!(with_check("check \"a\" { cluster.addons.web.values.a == 2 }"), ["E0518"]);
    assert_eq!(with_check("check \"a\" when cluster.name == \"two\" { cluster.addons.web.values.a == 2 }"), ["W0519"]);
    assert!(with_check("check \"a\" { \"web\" in cluster.addons or cluster.name == \"two\" }").is_empty());
    assert_eq!(with_check("check \"a\" { \"web\" in cluster.addons }"), ["E0518"]);
    // What no layer sets fails; `??` says what it counts as.
    assert_eq!(with_check("check \"a\" { cluster.addons.web.values.zz == 1 }"), ["E0518"]);
    assert!(with_check("check \"a\" { (cluster.addons.web.values.zz ?? 1) == 1 }").is_empty());
    // One that reads the fleet runs once, however many clusters there are.
    assert_eq!(with_check("check \"a\" { length(fleet.clusters) == 3 }"), ["E0518"]);
    assert!(
        with_check(
            "check \"a\" {\n  length(fleet.clusters) == 2\n  all([for it2 in fleet.clusters => it2.zones == 3])\n}"
        )
        .is_empty()
    );
    // Each condition that does not hold is said.
    assert_eq!(with_check("check \"a\" {\n  1 > 2\n  2 > 3\n}"), ["E0518", "E0518"]);
}

#[test]
fn rule_16_an_unqualified_name_must_match_one_item() {
    let twice = "catalogue more { source charts = helm \"https://charts.example.com\"\n addon web { source = charts, version = \"1.0.0\", release-name = \"w2\" } }\n";
    assert_eq!(codes(&format!("{twice}override web {{ values.a = 5 }}\ncluster one {{ use addons }}")), ["E0212"]);
    assert!(codes(&format!("{twice}override addons.web {{ values.a = 5 }}\ncluster one {{ use addons }}")).is_empty());
    assert_eq!(codes("override wbe { values.a = 5 }\ncluster one { use addons }"), ["E0211"]);
    let own = "cluster one { use addons\n source charts = helm \"https://charts.example.com\"\n addon mine { source = charts, version = \"1.0.0\" } }\n";
    assert_eq!(codes(&format!("{own}override mine {{ values.a = 5 }}")), ["E0211"]);
    assert!(codes("override source addons.charts { interval = \"1h\" }\ncluster one { use addons }").is_empty());
}

#[test]
fn rule_17_shared_sources_have_one_owner() {
    let more = "source shared = helm \"https://shared.example.com\"\ncatalogue more { addon m { source = shared, version = \"1.0.0\" } }\ncluster one { use more }\ncluster two { use addons }";
    assert!(file(more, "common/sources/shared.yaml").contains("HelmRepository"));
    assert!(file(more, "clusters/one/more.yaml").contains("- name: sources"));
    assert!(file(more, "clusters/one/sources.yaml").contains("path: ./common/sources"));
    assert_eq!(file(more, "clusters/two/sources.yaml"), "");
    assert_eq!(
        codes("catalogue more { addon m { source = charts, version = \"1.0.0\" } }\ncluster one { use addons }"),
        ["E0211"]
    );
    let twice = "catalogue more { source charts = helm \"https://x.example.com\"\n addon web { source = charts, version = \"1.0.0\", namespace = \"other\" } }\ncluster one { use addons, more }";
    assert_eq!(codes(twice), ["E0612", "E0612"]);
}

#[test]
fn rule_18_inventories_make_clusters_of_rows() {
    let rows = |body: &str, more: &str| {
        with(&format!(
            "{more}\n--- rows.csv ---\nname,zones,region,domain\none,2,us,\ntwo,4,eu,example.com\n"
        ))
        .replace("INVENTORY", &format!("inventory rows from csv(\"rows.csv\") as row {{ name = row.name, zones = int(row.zones), domain = row.domain, use addons\n{body} }}"))
    };
    // In a group it fills the group; at the top level it may name one.
    let (db, compilation) = compiled(&rows("", "group eu { INVENTORY }"));
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    let paths: Vec<String> =
        fleetc::fleet::clusters(&db).map(|it| fleetc::fleet::cluster(&db, it).value.path.to_string()).collect();
    assert_eq!(paths, ["clusters/eu/one", "clusters/eu/two"]);
    assert!(errors(&rows("group = \"eu\"", "group eu { }\nINVENTORY")).is_empty());
    assert_eq!(errors(&rows("group = \"asia\"", "INVENTORY")).len(), 1);
    // Cells are strings, an empty one is absent, unknown columns are errors.
    assert_eq!(errors(&rows("env = row.region", "INVENTORY")), ["E0301", "E0301"]);
    assert_eq!(errors(&rows("region = row.regoin", "INVENTORY")), ["E0314"]);
    // An override of a cluster stands above its row.
    let text = rows(
        "override web { values.a = 7 }",
        "INVENTORY\noverride cluster two {\n  zones = 9\n  override web { values.a = 8 }\n}",
    );
    assert_eq!(values(&text, "one", "web")["a"], 7);
    assert_eq!(values(&text, "two", "web")["a"], 8);
    assert_eq!(errors(&rows("", "INVENTORY\noverride cluster three { zones = 1 }")), ["E0211"]);
}

/// Ten thousand clusters with rules that overlap, held against a model of its own.
#[test]
fn rule_18_ten_thousand_rows_and_rules_that_overlap() {
    use std::fmt::Write as _;
    let mut rows = String::from("name,size,region\n");
    for nth in 0..10_000 {
        let _ = writeln!(rows, "c{nth},{},{}", nth % 7, ["eu", "us", "ap"][nth % 3]);
    }
    let text = format!(
        r#"
fleet f {{ layers = [region, size], facts {{ size: Int, region: "eu" | "us" | "ap" }} }}
catalogue addons {{
  source charts = helm "https://charts.example.com"
  addon web {{ source = charts, version = "1.0.0", values {{ a = 0, b = 0 }} }}
}}
inventory rows from csv("rows.csv") as row {{ name = row.name, size = int(row.size), region = row.region, use addons }}
rule eu in region when cluster.region == "eu" {{ override web {{ values {{ a = 1, b = 1 }} }} }}
rule not-us in region when cluster.region != "us" {{ override web {{ values.b = 1 }} }}
rule big in size when cluster.size >= 4 {{ override web {{ values.a = 2 }} }}
rule bigger-eu in size when cluster.size >= 5 and cluster.region == "eu" {{ override web {{ values {{ b = 3, c = cluster.size }} }} }}
check "all are there" {{ length(unique([for one in fleet.clusters => one.name])) == 10000 }}
--- rows.csv ---
{rows}"#
    );
    let (db, compilation) = compiled(&text);
    assert!(compilation.is_clean(), "{:?}", summary(&compilation).first());
    for cluster in fleetc::fleet::clusters(&db) {
        let deployed = &fleetc::flux::exactly(&db, cluster).value;
        let nth: usize = deployed.cluster[1..].parse().expect("a number");
        let (size, region) = (nth % 7, ["eu", "us", "ap"][nth % 3]);
        let is_bigger = size >= 5 && region == "eu";
        let a = if size >= 4 { 2 } else { i64::from(region == "eu") };
        let b = if is_bigger { 3 } else { i64::from(region != "us") };
        let release = deployed.objects().find(|(_, it)| it.id.kind == "HelmRelease").expect("a release").1;
        let found = &fleetc::value::json(&release.body)["spec"]["values"];
        let mut wanted = json!({ "a": a, "b": b });
        if is_bigger {
            wanted["c"] = json!(size);
        }
        assert_eq!(*found, wanted, "c{nth}");
    }
}

#[test]
fn rule_19_reserved_names_are_nobodys() {
    assert_eq!(codes("let cluster = 1\ncluster one { use addons }"), ["E0204"]);
    let text = with("cluster one { use addons }").replace("zones: Int = 3", "zones: Int = 3, path: String = \"x\"");
    assert_eq!(errors(&text), ["E0204"]);
    assert_eq!(codes("let x = [1]\nlet y = [for x in x => x]\ncluster one { use addons }"), ["E0204"]);
}

#[test]
fn rule_20_after_orders_and_kinds_must_be_defined() {
    let more = "catalogue late { after = [addons, things]\n namespace late { } }\ncluster one { use addons, late }";
    let late = file(more, "clusters/one/late.yaml");
    assert!(late.contains("- name: addons") && !late.contains("- name: things"), "{late}");
    assert!(file(more, "clusters/one/addons.yaml").contains("wait: true"));
    let item = "catalogue late { after = [addons.web]\n namespace late { } }\ncluster one { use addons, late }";
    let addons = file(item, "clusters/one/addons.yaml");
    assert!(addons.contains("healthChecks:") && addons.contains("name: web") && !addons.contains("wait:"), "{addons}");
    let unknown =
        "catalogue odd { manifest o { apiVersion = \"odd.example.com/v1\", kind = \"Odd\" } }\ncluster one { use odd }";
    assert_eq!(codes(unknown), ["E0619"]);
}

#[test]
fn rule_21_the_languages_own_words_are_named() {
    for field in [
        "chart.spec.chart = \"x\"",
        "chart.spec.sourceRef.name = \"x\"",
        "chartRef.name = \"x\"",
        "values { }",
        "targetNamespace = \"x\"",
        "releaseName = \"x\"",
        "dependsOn = []",
    ] {
        assert_eq!(
            codes(&format!("override web {{ release {{ {field} }} }}\ncluster one {{ use addons }}")),
            ["E0629"],
            "{field}"
        );
    }
    for field in ["path = \"x\"", "sourceRef.name = \"x\"", "patches = []", "dependsOn = []", "targetNamespace = \"x\""]
    {
        assert_eq!(codes(&format!("cluster one {{ use addons {{ {field} }} }}")), ["E0629"], "{field}");
    }
}

#[test]
fn rule_22_newlines_stand_where_an_operator_or_bracket_asks_for_more() {
    let more = "let long =\n  1 +\n  2 *\n  3\nlet choice = if long > 5\n  then \"big\"\n  else \"small\"\nlet list = [\n  1,\n  2,\n]\noverride web { values { x = long, y = choice, z = list } }\ncluster one { use addons }";
    let web = web(more);
    assert_eq!((&web["x"], &web["y"], &web["z"]), (&json!(7), &json!("big"), &json!([1, 2])));
}

#[test]
fn rule_23_keywords_are_contextual_and_where_ends_before_equals() {
    let more = "override web { values { source = 1, type { rule = 2 }, use = 3, cluster.if = 4 } }\ntype Small = Int where it < 5\ncluster one { use addons }";
    let web = web(more);
    assert_eq!(
        (&web["source"], &web["type"]["rule"], &web["use"], &web["cluster"]["if"]),
        (&json!(1), &json!(2), &json!(3), &json!(4))
    );
}

#[test]
fn rule_24_recovery_begins_again_at_the_next_declaration() {
    let found = codes("cluster broken {\n  override web { values { a = 1 } }\ncluster one { use addons }\n");
    assert_eq!(found, ["E0102"]);
}

#[test]
fn rule_25_numbers_do_not_slip() {
    assert_eq!(codes("let x = 9223372036854775807 + 1\ncluster one { use addons }"), ["E0404"]);
    assert_eq!(codes("let x = 1 / 0\ncluster one { use addons }"), ["E0404"]);
    assert_eq!(
        web(
            "let x = 7 / 2\nlet f: Float = 1\noverride web { values { x = x, f = f + 0.5 } }\ncluster one { use addons }"
        )["x"],
        json!(3)
    );
    assert_eq!(
        codes("let l = [for a in [1, 2] => [for b in keys({ a = 1 }) => 1 + \"x\"]]\ncluster one { use addons }").len(),
        1
    );
    let big = "let a = [0,1,2,3,4,5,6,7,8,9]\nlet b = [for x in a => [for y in a => [for z in a => [for w in a => [for v in a => [for u in a => [for t in a => 1]]]]]]]\ncluster one { use addons }";
    assert_eq!(codes(big), ["E0401"]);
}

#[test]
fn rule_26_values_know_their_declaration_not_their_offset() {
    let (db, compilation) = compiled(&with("cluster one { use addons }"));
    assert!(compilation.is_clean());
    let cluster = fleetc::fleet::clusters(&db).next().expect("a cluster");
    let deployed = &fleetc::flux::exactly(&db, cluster).value;
    let (_, object) =
        deployed.objects().find(|(_, it)| it.id.name == "web" && it.id.kind == "HelmRelease").expect("web");
    let node = object.body.at(&["spec", "values", "b", "c"]).expect("the leaf");
    assert_eq!(node.origin.anchor.name(&db), "web");
    let (file, range) = fleetc::syntax::locate(&db, node.origin).expect("a place");
    assert_eq!(&file.text(&db)[range], "2");
}

#[test]
fn rule_27_blame_follows_bare_references_and_overridden_values_are_kept() {
    let (db, compilation) =
        compiled(&with("cluster one { use addons\n override web { params { replicas = 6 }\n values.a = 5 } }"));
    assert!(compilation.is_clean());
    let cluster = fleetc::fleet::clusters(&db).next().expect("a cluster");
    let deployed = &fleetc::flux::exactly(&db, cluster).value;
    let (_, object) =
        deployed.objects().find(|(_, it)| it.id.name == "web" && it.id.kind == "HelmRelease").expect("web");
    let text = |path: &[&str]| {
        let node = object.body.at(path).expect("the leaf");
        let (file, range) = fleetc::syntax::locate(&db, node.origin).expect("a place");
        (file.text(&db)[range].to_owned(), node.origin.anchor.name(&db).to_string())
    };
    // `n = params.replicas`: the entry that set the param, in the cluster.
    assert_eq!(text(&["spec", "values", "n"]), ("6".into(), "one".into()));
    assert_eq!(text(&["spec", "values", "a"]), ("5".into(), "one".into()));
    let over = object.body.at(&["spec", "values", "a"]).and_then(|it| it.over.clone()).expect("what it overrode");
    assert_eq!(over.origin.anchor.name(&db), "web");
}

#[test]
fn rule_17_an_override_cannot_name_a_source_that_the_catalogue_does_not_see() {
    for place in [
        "cluster one { use addons\n source own = helm \"https://own.example.com\"\n OVERRIDE }",
        "catalogue other { source own = helm \"https://own.example.com\" }\ncluster one { use addons\n OVERRIDE }",
    ] {
        assert_eq!(codes(&place.replace("OVERRIDE", "override web { source = own }")), ["E0211"]);
    }
}

#[test]
fn rule_03_holds_for_raw_patches_too() {
    let of = |a: u8, b: u8, cluster: &str| {
        let rule = |name: &str, count: u8| {
            format!(
                "rule {name} {{ override shop {{ patch Deployment web in shop {{ apiVersion = \"apps/v1\"\n spec {{ replicas = {count} }} }} }} }}\n"
            )
        };
        format!(
            "repository apps {{ url = \"https://git.example.com/apps\", branch = \"main\" }}\ncatalogue more {{ source there = git \"https://git.example.com/there\" {{ branch = \"main\" }}\n kustomize shop {{ source = there, path = \"shop\" }} }}\n{}{}cluster one {{ use more\n {cluster} }}",
            rule("ra", a),
            rule("rb", b)
        )
    };
    assert_eq!(codes(&of(1, 2, "")), ["E0410"]);
    assert!(codes(&of(1, 1, "")).is_empty());
    let settled = "override shop { patch Deployment web in shop { spec { replicas = 3 } , apiVersion = \"apps/v1\" } }";
    assert!(codes(&of(1, 2, settled)).is_empty(), "{:?}", codes(&of(1, 2, settled)));
}

#[test]
fn either_of_two_objects_is_spread() {
    let more = "override web { values { o { ...(if cluster.zones > 2 then { k = 1 } else {}) } } }\ncluster one { use addons }";
    assert_eq!(web(more)["o"], json!({ "k": 1 }));
}

#[test]
fn an_empty_list_joins_any_other() {
    let more = "override web { values { x = [1, ...(if cluster.zones > 2 then [2] else [])]\n y = [1] + (if cluster.zones > 9 then [2] else [])\n z = [for l in (if cluster.zones > 2 then [\"a\"] else []) => \"-\\(l)\"] } }\ncluster one { use addons }";
    let web = web(more);
    assert_eq!((&web["x"], &web["y"], &web["z"]), (&json!([1, 2]), &json!([1]), &json!(["-a"])));
}

/// One mistake, one error: what a function hides that has a built-in one's name.
#[test]
fn a_function_that_hides_a_built_in_one_is_said_once() {
    let text = "fleet f { facts { a: Short = \"AB\" } }\ntype Short = String where matches(it, \"[a-z]+\")\n\
                fn length(a: String): String = \"99\"\nfn matches(a: String, b: String): Bool = b != a\n\
                let r: String = length(\"a\")\n";
    assert_eq!(errors(text), ["E0204", "E0204"]);
}
