//! What is offered while text is half typed.

use fleetc::ide::{self, Completion};

use super::{FLEET, marked};

fn labels(text: &str) -> Vec<String> {
    let it = marked(text);
    ide::complete(&it.db, it.file, it.offset).into_iter().map(|it: Completion| it.label.to_string()).collect()
}

/// What is offered where a line of the fleet is half typed.
#[test]
fn completion_knows_what_may_stand_there() {
    for (from, to, some, none) in [
        ("zones    = cluster.zones", "zones = cluster.$0", &["zones", "environment", "name"][..], &["size"][..]),
        ("replicas = params.size", "replicas = params.$0", &["size"], &["zones"]),
        ("replicas = params.size", "replicas = $0", &["params", "cluster", "home", "twice", "length"], &["use"]),
        ("replicas = params.size", "replicas = 1 + params.s$0", &["size"], &["home"]),
        ("code     = home", "code = \"x \\(cluster.$0", &["zones"], &[]),
        ("  use addons\n  override", "  use $0\n  override", &["addons"], &["web"]),
        ("  drop addons.db", "  drop addons.$0", &["db", "web"], &["addons"]),
        ("  drop addons.db", "  $0", &["use", "drop", "override", "zones"], &["catalogue"]),
        ("  drop addons.db", "  override $0", &["web", "db", "addons", "cluster"], &["use"]),
        ("  environment = \"test\"\n", "  environment = $0\n", &["\"test\"", "\"production\""], &[]),
        ("  environment = \"test\"\n", "  environment = \"$0\"\n", &["test", "production"], &["cluster"]),
        ("    source  = charts\n", "    source = $0\n", &["charts"], &[]),
        ("    source  = charts\n", "    $0\n", &["chart", "release-name", "namespace"], &["version", "catalogue"]),
        ("requires = [web]", "requires = [$0]", &["web"], &[]),
        ("let home: Code = \"abc\"", "let home: $0", &["Code", "String", "AwsRegion"], &["cluster"]),
        ("let home: Code = \"abc\"", "$0", &["catalogue", "cluster", "rule", "fn"], &["use"]),
        ("values.log = \"debug\"", "release.$0", &["interval", "timeout", "install"], &["source"]),
        ("values.log = \"debug\"", "params.$0", &["size"], &[]),
        ("    values {\n      replicas", "    release { $0 }\n    values {\n      replicas", &["interval"], &[]),
        ("// nothing", "// $0", &[], &["cluster"]),
        ("// nothing", "rule r when $0", &["cluster", "fleet"], &["use"]),
        ("// nothing", "override web when cluster.$0", &["zones", "environment"], &["use"]),
        ("  addon db {", "  addon other from std.addons.$0\n  addon db {", &["karpenter"], &["web"]),
        ("// nothing", "import $0", &["std.addons"], &["web"]),
        ("// nothing", "import std.$0", &["addons"], &["std.addons"]),
        // What is half typed over several lines, and what heads a block that cannot be read.
        ("replicas = params.size", "replicas = max([\n 1,\n params.$0", &["size"], &["zones"]),
        ("requires = [web]", "requires = [web, $0]", &["db"], &["chart"]),
        ("  drop addons.db", "  zones = 2, drop addons.$0", &["db"], &["addons"]),
        ("  drop addons.db", "  override web { params.$0 }", &["size"], &["zones"]),
        ("  drop addons.db", "  override web {\n    values {\n      $0\n    }\n  }", &["replicas", "names"], &["size"]),
        ("  drop addons.db", "  override web { values { a = params.$0", &["size"], &["zones"]),
        ("  drop addons.db", "  override web { unset $0 }", &["values", "version"], &["use"]),
        ("  drop addons.db", "  override web { unset params.$0 }", &["size"], &["zones"]),
        ("  drop addons.db", "  override web { final params.$0 }", &["size"], &["zones"]),
        ("  addon db {", "  addon own from web { params.$0 }\n  addon db {", &["size"], &["zones"]),
        (
            "  override addons.web { values",
            "  override addons.web { release { $0 }, values",
            &["interval"],
            &["chartRef", "dependsOn"],
        ),
        ("=> twice(name)]", "=> $0]", &["name", "home"], &["use"]),
        ("[for name in [\"a\", \"b\"] => twice(name)]", "[for it in cluster.groups => $0", &["it"], &["use"]),
        ("// nothing", "rule r when cluster.environment == \"$0", &["test", "production"], &["cluster"]),
        ("// nothing", "rule r $0", &["in", "when"], &["cluster"]),
        ("// nothing", "check \"c\" {\n  $0\n}", &["cluster", "fleet", "all"], &["unset"]),
        ("// nothing", "check \"c\" { cluster.addons.$0", &["web", "db"], &["zones"]),
        ("// nothing", "check \"c\" { cluster.addons.web.$0", &["values", "version"], &["zones"]),
        ("// nothing", "let a = match home {\n  $0\n}", &["_"], &["use"]),
        (
            "// nothing",
            "catalogue b { addon x { values { a = match cluster.environment { $0",
            &["\"test\"", "_"],
            &["use"],
        ),
        ("// nothing", "type Small = Int where $0", &["it", "length"], &["Code"]),
        ("// nothing", "type Pair { low: Int, high: Int where it > $0 }", &["it"], &["Code"]),
        ("// nothing", "type Other = $0", &["Code", "Int"], &["home"]),
        ("// nothing", "moved { $0 }", &["from", "to"], &["use"]),
        ("// nothing", "moved { from = addons.$0", &["web", "db"], &["addons"]),
        ("// nothing", "external $0", &["Secret", "ConfigMap"], &["web"]),
        ("// nothing", "source other = $0", &["helm", "oci", "git", "bucket"], &["charts"]),
        (
            "// nothing",
            "catalogue b { source other = helm \"https://e.com\" { $0 } }",
            &["auth", "interval"],
            &["branch", "ref"],
        ),
        ("// nothing", "catalogue b { source other = git \"https://e.com\" { $0 } }", &["auth", "branch"], &[]),
        ("// nothing", "inventory all from $0", &["csv", "json", "yaml"], &["web"]),
        ("// nothing", "addon x from $0", &["std.addons"], &["web"]),
        ("// nothing", "cluster x from $0", &["std.eks"], &["one", "web"]),
        ("// nothing", "catalogue b { after = [addons.$0] }", &["web"], &["addons"]),
        ("// nothing", "catalogue b { manifest m { $0 } }", &["apiVersion", "kind", "metadata"], &["use"]),
        (
            "// nothing",
            "catalogue b { addon x from std.addons.velero { params { $0 } } }",
            &["bucket", "schedule"],
            &[],
        ),
        ("// nothing", "import std.addons.{ velero, $0 }", &["karpenter", "istiod"], &["velero", "web", "Arn"]),
    ] {
        let text = if from == "// nothing" { format!("{FLEET}{to}\n") } else { FLEET.replacen(from, to, 1) };
        assert!(text.contains("$0"), "{from}");
        let found = labels(&text);
        for it in some {
            assert!(found.iter().any(|label| label == it), "no {it} at {to}: {found:?}");
        }
        for it in none {
            assert!(!found.iter().any(|label| label == it), "{it} at {to}: {found:?}");
        }
    }
}

/// The values of the library's add-ons are typed: their keys are offered wherever they are set.
#[test]
fn values_of_the_library_are_known() {
    for (line, some) in [
        ("values.$0", &["replicaCount", "serviceAccount", "webhook"][..]),
        ("values.webhook.$0", &["replicaCount", "timeoutSeconds"]),
        ("values { $0 }", &["replicaCount"]),
        ("params.$0", &["replicas", "gateway-api"]),
        ("values.image.pullPolicy = $0", &["\"Always\"", "\"IfNotPresent\""]),
    ] {
        let text = format!(
            "fleet f {{ facts {{ account: AwsAccountId, region: AwsRegion }} }}\n\
             catalogue c {{ addon cert-manager from std.addons.cert-manager {{ }} }}\n\
             cluster one {{\n  account = \"111122223333\"\n  region = \"eu-west-1\"\n  use c\n  \
             override cert-manager {{\n    {line}\n  }}\n}}\n"
        );
        let found = labels(&text);
        for it in some {
            assert!(found.iter().any(|label| label == it), "no {it} at {line}: {found:?}");
        }
    }
}

/// A definition is offered behind `from`, its params where they are set and where they are read.
#[test]
fn completion_knows_definitions_of_catalogues() {
    let text = |from: &str, set: &str, value: &str| {
        format!(
            "fleet f {{ facts {{ domain: String }} }}\nsource charts = helm \"https://charts.example.com\"\ncatalogue app {{\n  params {{ size: Int = 1 }}\n  addon web {{ source = charts, version = \"1.0.0\", values.size = {value} }}\n}}\ncatalogue plex from {from} {{\n  params {{\n    {set}\n  }}\n}}\ncluster one {{ domain = \"a.example.com\", use plex }}\n"
        )
    };
    for (text, some, none) in [
        (text("$0", "size = 2", "1"), &["app"][..], &["plex"][..]),
        (text("app", "$0", "1"), &["size"], &["domain"]),
        (text("app", "size = 2", "catalogue.$0"), &["name", "params"], &["domain"]),
        (text("app", "size = 2", "catalogue.params.$0"), &["size"], &["name"]),
        (text("app", "size = 2", "$0"), &["catalogue", "cluster"], &["use"]),
        (text("app", "size = 2", "1").replace("use plex", "use $0"), &["plex"], &["app"]),
    ] {
        let found = labels(&text);
        for it in some {
            assert!(found.iter().any(|found| found == it), "no {it} in {found:?}\n{text}");
        }
        for it in none {
            assert!(!found.iter().any(|found| found == it), "{it} in {found:?}\n{text}");
        }
    }
}
