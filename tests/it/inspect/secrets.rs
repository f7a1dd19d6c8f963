//! Credentials are shown by what a cluster applies, and by nothing else.

use crate::support::{Fleet, commit};

const FLEET: &str = r#"
fleet f { facts { environment: "test" | "production", api-token: String = "fact-4711" } }
let shared = { auth = { password = "let-4711" } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web {
    source  = charts
    version = "1.0.0"
    values {
      ...shared
      user = "web"
      admin { password = "base-4711", pin-token = 4711 }
      database { credentials { user = "u-4711", hosts = ["h-4711"] } }
      fromFact { token = cluster.api-token }
      key = "\(cluster.name)-key"
      text { clientSecret = "line-4711\nsecond-4711\n" }
    }
  }
  manifest secret {
    apiVersion = "v1"
    kind = "Secret"
    metadata.namespace = "default"
    stringData { plain = "data-4711" }
  }
}
rule r when cluster.environment == "production" {
  override web { values { admin.password = "rule-4711", user = "prod" } }
}
cluster one { environment = "test", api-token = "one-4711", use addons }
cluster two { environment = "production", api-token = "two-4711", use addons }
"#;

#[test]
fn credentials_are_not_shown() {
    let fleet = Fleet::new(FLEET);
    if commit(fleet.path(), "one").is_none() {
        return;
    }
    let warned = fleet.run(&["check"]).stderr;
    assert!(warned.contains("W0637") && warned.contains("fleet.fleet:13: ") && !warned.contains("4711"), "{warned}");
    // What a cluster applies is what it applies.
    let render = fleet.run(&["render", "two"]);
    for shown in ["rule-4711", "data-4711", "let-4711", "two-4711", "second-4711"] {
        assert!(render.stdout.contains(shown), "{shown}: {}", render.stdout);
    }
    let changed = FLEET.replace("4711", "0815").replace("user = \"web\"", "user = \"other\"");
    fleet.write("fleet.fleet", &changed);
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for what in [
        "web.values.admin.password",
        "web.values.auth",
        "web.values",
        "web.values.fromFact.token",
        "secret",
        "web.values.database",
        "web.values.text",
    ] {
        runs.push(vec!["why", "two", what]);
        runs.push(vec!["why", "two", what, "-o", "json"]);
    }
    for output in ["text", "json"] {
        runs.push(vec!["compare", "one", "two", "-o", output]);
    }
    for output in ["table", "json"] {
        runs.push(vec!["list", "clusters", "-o", output]);
        runs.push(vec!["list", "rules", "-o", output]);
    }
    for output in ["text", "json", "markdown", "patch"] {
        runs.push(vec!["diff", "-o", output]);
        runs.push(vec!["diff", "HEAD", "-o", output]);
    }
    runs.push(vec!["report", "--out", "-"]);
    for args in runs {
        let run = fleet.run(&args);
        assert!(run.status < 2, "{args:?}: {}", run.stderr);
        for hidden in ["4711", "0815"] {
            // Warnings point at the line; answers do not show it.
            let line = run.stdout.lines().find(|it| it.contains(hidden));
            assert!(line.is_none(), "{args:?} shows {line:?}");
        }
        assert!(run.stdout.contains("hidden") || args[0] == "list" && args[1] == "rules", "{args:?}: {}", run.stdout);
    }
    // What is no credential is shown, and a change of one is seen.
    let diff = fleet.run(&["diff"]).stdout;
    assert!(diff.contains("\"web\" → \"other\"") && diff.contains("password"), "{diff}");
    let patch = fleet.run(&["diff", "-o", "patch"]).stdout;
    assert!(patch.contains("-        password: (hidden 1)") || patch.contains("(hidden"), "{patch}");
    let why = fleet.run(&["why", "two", "web.values.admin.password"]).stdout;
    assert!(why.contains("= \"(hidden)\"") && why.contains("rule `r`") && why.contains("fleet.fleet:"), "{why}");
}
