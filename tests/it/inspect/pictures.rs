//! `fleetc graph`: the same picture each time, in words that others draw.

use std::process::Command;

use crate::support::Fleet;

const FLEET: &str = r#"
fleet shop { }
source shared = oci "oci://registry.example.com/charts"
catalogue base {
  source charts = helm "https://charts.example.com"
  addon crds { source = charts, version = "1.0.0" }
  addon web { source = charts, version = "2.0.0", requires = [crds] }
  manifest settings { apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "default", data.a = "b" }
}
catalogue apps {
  after = [base]
  addon shop { source = shared, version = "3.0.0", requires = [base.web] }
}
group all {
  use base
  cluster one { use apps }
  cluster two { use apps }
  cluster three { drop base.web }
}
"#;

fn drawn(args: &[&str]) -> String {
    let run = Fleet::new(FLEET).run(&[&["graph"], args].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn the_fleet_is_drawn_with_its_arrows() {
    assert_eq!(
        drawn(&["-o", "mermaid"]).lines().take_while(|it| !it.contains("classDef")).collect::<Vec<_>>().join("\n"),
        r#"flowchart LR
  subgraph b0["apps (common/apps)"]
    b0r0["shop 3.0.0"]
  end
  subgraph b1["base (common/base)"]
    b1r0["crds 1.0.0"]
    b1r1["web 2.0.0"]
    b1r2["manifest"]
  end
  subgraph b2["clusters (3)"]
    b2r0["one and 1 more 2 clusters, 3 add-ons"]
    b2r1["three 1 cluster, 1 add-on"]
  end
  subgraph b3["sources (2)"]
    b3r0["shared OCIRepository"]
    b3r1["charts HelmRepository"]
  end
  b1 ==> b0
  b1r1 ==> b0r0
  b1r0 ==> b1r1
  b0 -.-> b2r0
  b1 -.-> b2r0
  b1 -.-> b2r1
  b3r0 --> b0r0
  b3r1 --> b1r0
  b3r1 --> b1r1"#
    );
}

#[test]
fn a_cluster_is_drawn_with_what_it_waits_for() {
    let text = drawn(&["one", "-o", "mermaid"]);
    for wanted in [
        "subgraph b0[\"apps (./common/apps)\"]",
        "b0r0[\"shop 3.0.0\"]",
        "b1r2[\"ConfigMap\"]",
        "b1 ==> b0",
        "b1r0 ==> b1r1",
    ] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    assert!(!drawn(&["three", "-o", "mermaid"]).contains("web"));
    let run = Fleet::new(FLEET).run(&["graph", "tree"]);
    assert!(run.status == 2 && run.stderr.contains("did you mean `three`?"), "{}", run.stderr);
}

/// What Graphviz refuses, and what is no XML, is no picture.
#[test]
fn others_can_read_it() {
    let odd = FLEET
        .replace("fleet shop { }", "fleet shop { facts { kind: String = \"x\" } }")
        .replace("{ use apps }", "{\n use apps\n kind = \"a \\\"b\\\" <c> & `d` #e é\"\n }");
    let fleet = Fleet::new(&odd);
    for args in [&["graph"][..], &["graph", "one"]] {
        for (format, command, arguments) in
            [("svg", "xmllint", &["--noout", "--nonet"][..]), ("dot", "dot", &["-Tsvg", "-oout.svg"])]
        {
            let text = fleet.run(&[args, &["-o", format]].concat()).stdout;
            fleet.write("picture", &text);
            let run = Command::new(command).args(arguments).arg("picture").current_dir(fleet.path()).output();
            let Ok(run) = run else {
                assert!(std::env::var_os("CI").is_none(), "{command} is not installed");
                continue;
            };
            assert!(run.status.success(), "{}\n{text}", String::from_utf8_lossy(&run.stderr));
            assert!(!text.is_empty());
        }
    }
}

#[test]
fn it_is_the_same_each_time() {
    let first = drawn(&[]);
    assert!((0..3).all(|_| drawn(&[]) == first));
    assert_eq!(first.matches("<path class=\"fg-arrow").count(), 9 + 3, "an arrow each, and those of the legend");
}
