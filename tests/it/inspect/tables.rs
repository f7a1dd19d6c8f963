//! `fleetc list`: tables, filtered in the language's own words.

use serde_json::Value as Json;

use crate::support::Fleet;

const FLEET: &str = r#"
fleet f { facts { environment: "test" | "production", zones: [String] = ["a", "b"], account: String? } }
source shared = oci "oci://registry.example.com/charts"
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web { source = charts, version = "1.10.0", values.replicas = 2 }
  addon cache { source = shared, chart = "redis", version = "2.0.0" }
  manifest settings { apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "default", data.a = "b" }
}
catalogue spare { addon idle { source = shared, version = "1.0.0" } }
rule frugal when cluster.environment == "test" {
  override web { version = "1.9.0", values.replicas = 1 }
}
group g {
  cluster one {
    environment = "test"
    use addons
  }
  cluster two {
    environment = "production"
    account = "111122223333"
    use addons
    drop addons.cache
  }
}
"#;

fn list(args: &[&str]) -> String {
    let run = Fleet::new(FLEET).run(&[&["list"], args].concat());
    assert_eq!(run.status, 0, "{args:?}: {}", run.stderr);
    run.stdout
}

#[test]
fn each_kind_has_its_table() {
    for (args, wanted) in [
        (
            vec!["clusters"],
            "\
CLUSTER  GROUP  ENVIRONMENT  ZONES  ACCOUNT       FLUX  ADD-ONS  PATH
one      g      test         a, b   -             2.9         2  clusters/g/one
two      g      production   a, b   111122223333  2.9         1  clusters/g/two
",
        ),
        (
            vec!["add-ons"],
            "\
ADD-ON  CATALOGUE  CHART  SOURCE  VERSIONS       CLUSTERS
cache   addons     redis  shared  2.0.0                 1
web     addons     web    charts  1.9.0, 1.10.0         2
",
        ),
        (
            vec!["releases", "--where", "cluster.environment == \"production\""],
            "\
CLUSTER  ADD-ON  VERSION  NAMESPACE  RELEASE  KUSTOMIZATION
two      web     1.10.0   web        web      addons
",
        ),
        (
            vec!["sources"],
            "\
SOURCE  IN      KIND            URL                                ADD-ONS  CLUSTERS
charts  addons  HelmRepository  https://charts.example.com               1         2
shared  -       OCIRepository   oci://registry.example.com/charts        1         1
",
        ),
        (
            vec!["catalogues"],
            "\
CATALOGUE  ADD-ONS  OTHER ITEMS  CLUSTERS  PATH
addons           2            1         2  common/addons
spare            1            0         0  common/spare
",
        ),
        (
            vec!["rules"],
            "\
RULE    WHEN                           CLUSTERS  OVERRIDES  USES  DROPS
frugal  cluster.environment == \"test\"         1          1     0      0
",
        ),
        (
            vec!["versions"],
            "\
ADD-ON  VERSIONS
cache   2.0.0
web     1.9.0, 1.10.0
",
        ),
    ] {
        assert_eq!(list(&args), wanted, "{args:?}");
    }
}

#[test]
fn rows_are_asked_for_in_the_language() {
    let names = |args: &[&str]| -> Vec<String> {
        let rows: Json = serde_json::from_str(&list(&[args, &["-o", "json"]].concat())).expect("JSON");
        let key = if args[0] == "clusters" { "cluster" } else { "addOn" };
        rows.as_array().expect("rows").iter().map(|it| it[key].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&["clusters", "--where", "cluster.addons.web.values.replicas > 1"]), ["two"]);
    assert_eq!(names(&["clusters", "--where", "\"cache\" in cluster.addons"]), ["one"]);
    assert_eq!(
        names(&["clusters", "--where", "not (\"cache\" in cluster.addons) and \"b\" in cluster.zones"]),
        ["two"]
    );
    assert_eq!(names(&["add-ons", "--where", "satisfies(addon.version, \">=2\")"]), ["cache"]);
    assert_eq!(
        names(&["add-ons", "--where", "addon.chart == \"redis\" and cluster.environment == \"production\""]),
        [""; 0]
    );
    assert_eq!(names(&["versions", "--where", "name == \"web\""]), ["web"]);
    let rows: Json = serde_json::from_str(&list(&["clusters", "-o", "json"])).expect("JSON");
    assert_eq!((&rows[0]["facts"]["account"], &rows[0]["addOns"]), (&Json::Null, &Json::from(2)));
    assert_eq!(rows[0]["facts"]["zones"], serde_json::json!(["a", "b"]));
}

#[test]
fn what_is_wrong_with_a_question_is_told_as_everywhere() {
    let fleet = Fleet::new(FLEET);
    for (args, wanted) in [
        (["clusters", "cluster.enviroment == \"test\""], "did you mean `environment`?"),
        (["add-ons", "addon.verison == \"1\""], "did you mean `version`?"),
        (["add-ons", "addon.version > 1"], "`>` cannot join String and 1"),
        (["clusters", "1 + 1"], "expected Bool, found Int"),
        (["clusters", "cluster.environment =="], "1 error in `--where`; nothing was listed"),
    ] {
        let run = fleet.run(&["list", args[0], "--where", args[1]]);
        assert!(run.status == 1 && run.stderr.contains(wanted) && run.stdout.is_empty(), "{args:?}: {}", run.stderr);
    }
}
