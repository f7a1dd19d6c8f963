//! Fleets of any size: C clusters, A add-ons with some 25 keys of values each, of which
//! three read the cluster; a rule for production, a version pinned on every tenth
//! cluster, an add-on dropped on every seventh. The same as `benches/fleet/gen.py` has
//! for all languages, with a file for each cluster.

use std::fmt::Write;

const REGIONS: [&str; 6] = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-1", "ap-northeast-1"];

/// The sources of a fleet: path and text of each.
pub(crate) fn fleet(clusters: usize, addons: usize) -> Vec<(String, String)> {
    let mut files = vec![
        ("fleet.fleet".to_owned(), SETTINGS.to_owned()),
        ("catalogue.fleet".to_owned(), catalogue(addons)),
        ("environments.fleet".to_owned(), production(addons)),
    ];
    files.extend((0..clusters).map(|nth| (path(nth), cluster(nth, addons))));
    files
}

/// Where a cluster is declared.
pub(crate) fn path(nth: usize) -> String {
    format!("fleet/c{nth:05}.fleet")
}

const SETTINGS: &str = r#"fleet bench {
  repository = "https://git.example.com/platform/fleet"
  flux       = "2.9"
  layers     = [environment]
  facts {
    account:     AwsAccountId
    region:      AwsRegion
    environment: "test" | "staging" | "production"
  }
}
"#;

fn cluster(nth: usize, addons: usize) -> String {
    let environment = match nth % 10 {
        0 => "test",
        1 | 2 => "staging",
        _ => "production",
    };
    let region = REGIONS[nth % REGIONS.len()];
    let mut text = format!(
        "cluster c{nth:05} {{\n  account = \"{:012}\"\n  region = \"{region}\"\n  environment = \"{environment}\"\n  use cluster-addons\n",
        123_456_789 * (nth + 1) % 1_000_000_000_000
    );
    let (pin, dropped) = (nth / 10 % addons, nth / 7 % addons);
    if nth % 7 == 6 {
        let _ = writeln!(text, "  drop cluster-addons.addon-{dropped:03}");
    }
    if nth % 10 == 9 && (nth % 7 != 6 || pin != dropped) {
        let _ = writeln!(text, "  override addon-{pin:03} {{ version = \"1.{pin}.7\" }}");
    }
    text + "}\n"
}

fn catalogue(addons: usize) -> String {
    let mut text = String::from("catalogue cluster-addons {\n");
    for nth in 0..addons {
        let name = format!("addon-{nth:03}");
        let facts = [
            "global { clusterName = cluster.name, region = cluster.region }",
            "clusterName = cluster.name, aws { region = cluster.region }",
            "config { cluster { clusterName = cluster.name, region = cluster.region } }",
        ][nth % 3];
        let _ = write!(
            text,
            r#"  source {name} = helm "https://charts.example.com/{name}"
  addon {name} {{
    source = {name}
    version = "1.{nth}.0"
    namespace = "{name}-system"
    values {{
      replicaCount = 1
      image {{
        repository = "registry.example.com/charts/{name}"
        tag = "1.{nth}0"
        pullPolicy = "IfNotPresent"
      }}
      resources {{
        requests {{ cpu = "{}m", memory = "128Mi" }}
        limits {{ cpu = "{}m", memory = "256Mi" }}
      }}
      service {{
        type = "ClusterIP"
        port = {}
        annotations {{ "prometheus.io/scrape" = "true" }}
      }}
      serviceAccount {{
        create = true
        name = "{name}"
        annotations {{ "eks.amazonaws.com/role-arn" = "arn:aws:iam::\(cluster.account):role/\(cluster.name)-{name}" }}
      }}
      metrics {{
        enabled = true
        serviceMonitor {{ enabled = {}, interval = "30s" }}
      }}
      podDisruptionBudget {{ minAvailable = 1 }}
      nodeSelector {{ "kubernetes.io/os" = "linux" }}
      logging {{ level = "info", format = "json" }}
      controller {{ leaderElection {{ enabled = true, leaseDuration = {} }} }}
      {facts}
    }}
  }}
"#,
            50 + nth,
            500 + nth,
            8000 + nth,
            nth % 2 == 0,
            15 + nth,
        );
    }
    text + "}\n"
}

fn production(addons: usize) -> String {
    let mut text = String::from("rule production in environment when cluster.environment == \"production\" {\n");
    for nth in (0..addons).step_by(3) {
        let _ = writeln!(text, "  override addon-{nth:03} {{ values.replicaCount = 3 }}");
    }
    text + "}\n"
}
