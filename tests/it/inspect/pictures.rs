//! `fleetc graph`: the same picture each time, in words that others draw.

use std::fmt::Write;
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

/// Every number of a path's `d`, in pairs.
fn numbers(text: &str) -> Vec<(f64, f64)> {
    let cut = |it: char| !(it.is_ascii_digit() || it == '.' || it == '-');
    let all: Vec<f64> = text.split(cut).filter(|it| !it.is_empty()).map(|it| it.parse().expect("a number")).collect();
    all.chunks_exact(2).map(|it| (it[0], it[1])).collect()
}

/// A fleet in which arrows lead back: catalogues whose add-ons require each other's, clusters of several rings.
const TANGLED: &str = r#"
fleet tangled {
  facts { ring: "canary" | "early" | "late", account: String = "1" }
  rings ring = ["canary", "early", "late"]
}
source shared = helm "https://charts.example.com/shared"
catalogue a {
  source charts-a = helm "https://charts.example.com/a"
  addon a1 { source = charts-a, version = "1.0.0" }
  addon a2 { source = shared, version = "1.0.0", requires = [b.b1] }
}
catalogue b {
  source charts-b = helm "https://charts.example.com/b"
  addon b1 { source = charts-b, version = "1.0.0", requires = [a.a1] }
  addon b2 { source = shared, version = "1.0.0", requires = [c.c1] }
}
catalogue c {
  source charts-c = helm "https://charts.example.com/c"
  addon c1 { source = charts-c, version = "1.0.0", requires = [a.a1] }
  addon c2 { source = charts-c, version = "1.0.0", requires = [c1, b.b1] }
}
group all {
  use a, b, c
  cluster one { ring = "canary" }
  cluster two {
    ring = "early"
    drop c.c2
  }
  cluster three { ring = "early" }
  cluster four { ring = "late" }
  cluster five { ring = "late" }
}
"#;

/// A fleet whose catalogues and add-ons need each other at random, without a cycle.
fn random(seed: u64) -> String {
    let mut state = seed * 2 + 1;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let catalogues = 2 + below(8);
    let mut addons: Vec<String> = Vec::new();
    let mut text = "fleet f { }\nsource s = helm \"https://charts.example.com\"\n".to_owned();
    for catalogue in 0..catalogues {
        let _ = writeln!(text, "catalogue c{catalogue} {{\n  namespace n{catalogue} {{ }}");
        if catalogue > 0 && below(3) == 0 {
            let _ = writeln!(text, "  after = [c{}]", below(catalogue));
        }
        for addon in 0..below(5) {
            let needed: Vec<&str> = addons.iter().filter(|_| below(6) == 0).map(String::as_str).collect();
            let (name, requires) = (format!("a{catalogue}x{addon}"), needed.join(", "));
            let _ = writeln!(text, "  addon {name} {{ source = s, version = \"1.0.0\", requires = [{requires}] }}");
            addons.push(format!("c{catalogue}.{name}"));
        }
        text += "}\n";
    }
    let used: Vec<String> = (0..catalogues).map(|it| format!("c{it}")).collect();
    text + &format!("cluster one {{ use {} }}\n", used.join(", "))
}

#[test]
fn everything_is_inside_the_picture() {
    let examples = ["eks-fleet", "eks-apps", "tenants", "inventory", "flux-eks-gitops-config"];
    let root = |name: &str| format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let tangled = Fleet::new(TANGLED);
    let mut drawn: Vec<String> = vec![tangled.run(&["graph"]).stdout, tangled.run(&["graph", "one"]).stdout];
    for seed in 0..12 {
        let fleet = Fleet::new(&random(seed));
        drawn.extend([vec!["graph"], vec!["graph", "one"]].map(|args| fleet.run(&args).stdout));
    }
    drawn.extend(examples.iter().map(|it| tangled.run(&["-C", &root(it), "graph"]).stdout));
    drawn.push(tangled.run(&["-C", &root("eks-fleet"), "graph", "cluster-1-test"]).stdout);
    for svg in drawn {
        let bounds = svg.split_once("viewBox=\"0 0 ").and_then(|it| it.1.split_once('"')).expect("a view box").0;
        let [(width, height)] = numbers(bounds)[..] else { panic!("{bounds}") };
        let is_inside = |(x, y): (f64, f64)| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
        let paths =
            svg.lines().filter_map(|it| it.strip_prefix("<path class=\"fg-arrow")).filter(|it| it.contains("<title>"));
        let mut count = 0;
        for path in paths {
            let d = path.split_once("d=\"").and_then(|it| it.1.split_once('"')).expect("a path").0;
            assert!(numbers(d).into_iter().all(is_inside), "outside of {width} × {height}: {d}");
            count += 1;
        }
        assert!(count > 0, "no arrows");
        for place in svg.lines().filter_map(|it| it.strip_prefix("<g transform=\"translate(")) {
            assert!(numbers(place).into_iter().take(1).all(is_inside), "outside: {place}");
        }
    }
}

#[test]
fn clusters_are_in_the_box_of_their_ring() {
    let text = Fleet::new(TANGLED).run(&["graph", "-o", "mermaid"]).stdout;
    for wanted in [
        "[\"ring = canary (1)\"]",
        "[\"one 1 cluster, 6 add-ons\"]",
        "[\"ring = early (2)\"]",
        "[\"ring = late (2)\"]",
        "[\"all of them 2 clusters, 6 add-ons\"]",
    ] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    let place = |ring: &str| text.find(&format!("ring = {ring}")).expect("the ring");
    assert!(place("canary") < place("early") && place("early") < place("late"));
}
