//! `fleetc why`: every line of every generated file is somebody's, and asking changes nothing.

use fleetc::compile::compile;
use fleetc::emit::{SpotValues, lines_of};
use fleetc::fleet;
use fleetc::flux::{self, Deployed};
use fleetc::host::open;
use fleetc::inspect::{What, compare, why_line};
use fleetc::kube::Id;
use fleetc::source::{Db, FleetDatabase};
use fleetc::value::{Path, Value, json};
use serde_json::Value as Json;

use crate::support::Fleet;

const EXAMPLES: [&str; 4] =
    ["examples/minimal", "examples/eks-fleet", "examples/eks-apps", "examples/flux-eks-gitops-config"];

const FLEET: &str = r#"
fleet f { facts { zones: Int = 1, name-of-team: String = "none" } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web {
    source = charts
    version = "1.0.0"
    params { size: Int = 2 }
    values {
      replicas = params.size
      team = cluster.name-of-team
      zoned = true when cluster.zones > 1
      probe { path = "/health", port = 80 }
      text = "several\nlines\n"
    }
  }
  optional addon extra { source = charts, version = "0.1.0" }
}
rule wide when cluster.zones > 1 {
  override web {
    reason = "more zones"
    params.size = cluster.zones
    unset values.probe.port
  }
}
cluster one { use addons }
cluster two { zones = 3, use addons }
"#;

fn objects(deployed: &Deployed) -> Vec<(Id, Json)> {
    deployed.objects().map(|(_, it)| (it.id.clone(), json(&it.body))).collect()
}

fn at(db: &FleetDatabase, cluster: &str, id: &Id, path: &Path) -> Option<Value> {
    let anchor = fleet::all_clusters(db, db.project()).value[cluster];
    let deployed = &flux::exactly(db, anchor).value;
    let object = deployed.objects().find(|(_, it)| it.id == *id)?.1;
    path.find(&object.body).first().map(|(_, it)| it.value.clone())
}

fn why(fleet: &Fleet, args: &[&str]) -> String {
    let run = fleet.run(&[&["why"], args].concat());
    assert_eq!(run.status, 0, "{args:?}: {}", run.stderr);
    run.stdout
}

#[test]
fn asking_why_changes_no_value() {
    for example in EXAMPLES {
        let opened = open(example.as_ref()).expect("a project");
        for cluster in fleet::clusters(&opened.db) {
            let exact = &flux::exactly(&opened.db, cluster).value;
            assert_eq!(objects(&flux::traced(&opened.db, cluster)), objects(exact), "{example}");
        }
    }
}

#[test]
fn every_line_of_every_file_is_of_the_value_that_it_shows() {
    let mut values = 0;
    for example in EXAMPLES {
        let opened = open(example.as_ref()).expect("a project");
        let db = &opened.db;
        for (path, file) in &compile(db).tree.files {
            let lines = lines_of(db, path).unwrap_or_else(|| panic!("{path} is generated"));
            assert_eq!(lines.spots.len(), file.text().lines().count(), "{path}");
            let Some(cluster) = lines.cluster else { continue };
            let cluster = &fleet::cluster(db, cluster).value.name;
            for (text, spot) in file.text().lines().zip(lines.spots) {
                let Some(spot) = spot else {
                    assert!(
                        text.starts_with(['#', '-']) || text == "  patches:" || path.ends_with("kustomization.yaml"),
                        "{path}: {text}"
                    );
                    continue;
                };
                // A line that shows one value shows the one that is found there.
                let shown = text.split_once(": ").map(|(_, it)| it.trim());
                let paths = match &spot.what {
                    SpotValues::At(path) => std::slice::from_ref(path),
                    SpotValues::Each(paths) => paths,
                    SpotValues::Gone => continue,
                };
                if let (Some(shown), [only]) = (shown, paths)
                    && let Some(value) = at(db, cluster, &spot.object, only)
                {
                    let wanted = match value {
                        Value::Text(it) if it.is_ascii() && it.len() < 60 && !it.contains('\n') => it.to_string(),
                        Value::Int(it) => it.to_string(),
                        Value::Bool(it) => it.to_string(),
                        _ => continue,
                    };
                    let is_head = matches!(shown, "|" | "|-") || shown.starts_with("{\"op\"");
                    let found = shown.trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
                    assert!(
                        is_head || found == wanted,
                        "{path}: `{text}` is not {wanted} at {only} of {}",
                        spot.object
                    );
                    values += usize::from(!is_head);
                }
            }
        }
    }
    assert!(values > 1000, "{values} values were looked at");
}

#[test]
fn every_line_with_a_value_has_an_answer() {
    let fleet = Fleet::new(FLEET);
    fleet.build();
    let opened = open(fleet.path()).expect("a project");
    for path in compile(&opened.db).tree.files.keys() {
        let lines = lines_of(&opened.db, path).expect("a file").spots;
        for (nth, spot) in lines.iter().enumerate() {
            let answer = why_line(&opened.db, path, nth + 1).expect("a file");
            assert_eq!(answer.is_some(), spot.is_some(), "{path}:{}", nth + 1);
            for subject in answer.iter().flat_map(|it| &it.subjects) {
                assert!(!subject.leaves.is_empty() || subject.absence.is_some(), "{path}:{}", nth + 1);
                assert!(subject.leaves.iter().all(|it| !it.layers.is_empty()));
            }
        }
        assert!(why_line(&opened.db, path, 0).expect("a file").is_none());
        assert!(why_line(&opened.db, path, 10_000).expect("a file").is_none());
    }
    assert!(why_line(&opened.db, "clusters/one/none.yaml", 1).is_none());
}

#[test]
fn a_fact_is_followed_to_who_states_it() {
    let fleet = Fleet::new(
        "fleet f { facts { region: String = \"eu\", add-ons: Int = 1 } }\ngroup us {\n  region = \"us\"\n  cluster one { }\n}\ninventory more from csv(\"more.csv\") as row { name = row.name, region = row.where }\n--- more.csv ---\nname,where\ntwo,apac\n",
    );
    let one = why(&fleet, &["one", "region"]);
    says(
        &one,
        &["the fact `region` on `one`", "region = \"us\"", "set by group `us`", "instead of \"eu\" of fleet `f`"],
    );
    let two = why(&fleet, &["two", "region"]);
    says(&two, &["region = \"apac\"", "more.csv:2: two,apac"]);
    assert!(fleet.run(&["why", "one", "regio"]).status != 0);
    // A fact that is called as a column is has a column of its own.
    let listed: serde_json::Value =
        serde_json::from_str(&fleet.run(&["list", "clusters", "-o", "json"]).stdout).expect("JSON");
    assert_eq!((&listed[0]["facts"]["add-ons"], &listed[0]["addOns"]), (&1.into(), &0.into()));
    assert!(fleet.run(&["list", "clusters"]).stdout.contains("  FACT ADD-ONS  "));
}

#[test]
fn conditions_facts_and_what_an_override_says_of_itself_are_told() {
    let fleet = Fleet::new(FLEET);
    let said = why(&fleet, &["two", "web.values.replicas"]);
    assert!(said.contains("params.size is 3 (rule `wide`, fleet.fleet:22), instead of 2 (fleet.fleet:8)"), "{said}");
    let said = why(&fleet, &["two", "web.params.size"]);
    for it in ["more zones", "when cluster.zones > 1 (fleet.fleet:19)", "cluster.zones is 3 (fleet.fleet:27)"] {
        assert!(said.contains(it), "{said}");
    }
    let said = why(&fleet, &["two", "web.values.zoned"]);
    assert!(said.contains("when cluster.zones > 1 (fleet.fleet:12)"), "{said}");
    let said = why(&fleet, &["two", "web.values.probe.port"]);
    assert!(said.contains("is not set\n    unset by rule `wide`") && said.contains("instead of 80"), "{said}");
    let said = why(&fleet, &["one", "web.values.team"]);
    assert!(
        said.contains("team = cluster.name-of-team") && said.contains("cluster.name-of-team is \"none\""),
        "{said}"
    );
    let said = why(&fleet, &["one", "extra"]);
    assert!(said.contains("is not on `one`") && said.contains("it is optional"), "{said}");
}

#[test]
fn a_line_of_a_generated_file_is_asked_about_from_anywhere() {
    let fleet = Fleet::new(FLEET);
    fleet.build();
    let text = fleet.read("clusters/two/addons.yaml");
    let line = text.lines().position(|it| it.trim() == "replicas: 3").expect("the line") + 1;
    let from_root = why(&fleet, &[&format!("clusters/two/addons.yaml:{line}")]);
    assert!(from_root.contains("spec.values.replicas = 3"), "{from_root}");
    let place = fleet.join("clusters/two/addons.yaml");
    assert_eq!(why(&fleet, &[&format!("{}:{line}", place.display())]), from_root);
}

#[test]
fn what_is_not_there_is_told_with_the_nearest_name() {
    let fleet = Fleet::new(FLEET);
    for (args, wanted) in [
        (vec!["on", "web"], "there is no cluster `on`\n  = help: did you mean `one`?"),
        (vec!["one", "wep"], "no object and no item `wep`\n  = help: did you mean `web`?"),
        (vec!["one", "web.values.replica"], "nothing at `values.replica` on `one`\n  = help: did you mean `replicas`?"),
        (vec!["one", "web.values[x]"], "`x` is no position"),
        (vec!["one", "web.values."], "ends with a point"),
        (vec!["on"], "write `fleetc why CLUSTER OBJECT.PATH`"),
        (vec!["one"], "what of cluster `one`?"),
        (vec!["fleet.fleet:3"], "the project generates no file `fleet.fleet`"),
        (vec!["common/addons/kustomization.yaml:1"], "there is no value in line 1"),
    ] {
        let run = fleet.run(&[vec!["why"], args.clone()].concat());
        assert!(run.status == 2 && run.stderr.contains(wanted), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn programs_read_the_same_answer() {
    let fleet = Fleet::new(FLEET);
    let answer: Json = serde_json::from_str(&why(&fleet, &["two", "web.params.size", "-o", "json"])).expect("JSON");
    let leaf = &answer["subjects"][0]["leaves"][0];
    assert_eq!((&answer["cluster"], &leaf["path"], &leaf["value"]), (&"two".into(), &"params.size".into(), &3.into()));
    let winner = &leaf["layers"][0];
    assert_eq!(winner["by"], serde_json::json!({ "kind": "rule", "name": "wide" }));
    assert_eq!((&winner["at"]["file"], &winner["at"]["line"]), (&"fleet.fleet".into(), &22.into()));
    assert_eq!(winner["reason"], "more zones");
    assert_eq!(winner["conditions"][0]["at"]["text"], "cluster.zones > 1");
    assert_eq!(winner["conditions"][0]["reads"][0]["value"], 3);
    assert_eq!(leaf["layers"][1]["value"], 2);
}

/// What is said to differ differs, and nothing else does.
#[test]
fn comparing_finds_every_difference() {
    let opened = open("examples/eks-fleet".as_ref()).expect("a project");
    let db = &opened.db;
    let clusters: Vec<_> = fleet::clusters(db).collect();
    let mut differences = 0;
    for one in &clusters {
        for other in &clusters {
            let found = compare(db, [*one, *other], None).expect("everything is meant");
            let [a, b] = [one, other].map(|it| objects(&flux::exactly(db, *it).value));
            let has = |all: &[(Id, Json)], id: &Id| all.iter().find(|it| it.0 == *id).map(|it| it.1.clone());
            for it in &found.only {
                let (with, without) = if it.on == 0 { (&a, &b) } else { (&b, &a) };
                assert!(has(with, &it.object).is_some() && has(without, &it.object).is_none(), "{}", it.object);
            }
            for (id, mine) in &a {
                let is_told = found.differing.iter().any(|it| it.what == What::Object(id.clone()));
                assert_eq!(is_told, has(&b, id).is_some_and(|theirs| theirs != *mine), "{id}");
            }
            let alone = a.iter().filter(|it| has(&b, &it.0).is_none()).count();
            assert_eq!(found.only.iter().filter(|it| it.on == 0).count(), alone);
            for (path, leaves) in found.differing.iter().flat_map(|it| &it.leaves) {
                let values = leaves.each_ref().map(|it| it.as_ref().and_then(|it| Some(&it.layers.first()?.value)));
                assert_ne!(values[0], values[1], "{path}");
                differences += 1;
            }
        }
    }
    assert!(differences > 100, "{differences} values differ");
    let fleet = Fleet::new(FLEET);
    assert_eq!(fleet.run(&["compare", "one", "one"]).stdout, "`one` and `one` have the same\n");
    let run = fleet.run(&["compare", "one", "to"]);
    assert!(run.status == 2 && run.stderr.contains("did you mean `two`?"), "{}", run.stderr);
    let answer: Json = serde_json::from_str(&fleet.run(&["compare", "one", "two", "-o", "json"]).stdout).expect("JSON");
    let leaf = &answer["differing"][0]["leaves"][0];
    assert_eq!((&leaf["path"], &leaf["first"]["value"]), (&"spec.values.replicas".into(), &2.into()));
    assert_eq!(leaf["second"]["value"], 3);
}

const PASSED_ON: &str = r#"
let tags = { team = "platform", cost = 3 }
fn sized(n: Int): {String: Int} = { small = n, large = n * 2 }
fleet f { facts { environment: "test" | "production" = "test" } }
source shared = helm "https://shared.example.com"
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web {
    source = charts
    version = "1.0.0"
    values {
      labels { ...tags, cost = 4 }
      whole = tags when cluster.environment == "test"
      sizes = sized(2)
      empty = { }
    }
  }
  addon other { source = charts, version = "1.0.0" }
}
catalogue extra { addon x { source = shared, version = "1.0.0" } }
catalogue config {
  kustomization { postBuild { substitute { place = "P" } } }
  manifest settings {
    apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "default"
    data { place = "in ${place}, for 5$" }
  }
  kustomize shop { path = "deploy/shop" }
}
rule wide when cluster.environment == "test" { override web { values.log = "debug" } }
group g {
  drop addons.other
  cluster one {
    use addons, config
    override web { unset values.log }
    override shop { patch Deployment web in shop { spec.replicas = 3, unset spec.paused } }
  }
}
cluster two {
  use addons, extra
  use config { postBuild { substitute { place = "Q" } } }
}
group h {
  drop addons
  cluster three { use addons }
}
--- deploy/shop/kustomization.yaml ---
resources: [web.yaml]
--- deploy/shop/web.yaml ---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { paused: true, selector: { matchLabels: { app: web } }, template: { spec: { containers: [{ name: web }] } } }
"#;

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty()).collect()
}

/// Holds that some lines stand in a text, one after the other.
fn says(text: &str, wanted: &[&str]) {
    let mut rest = lines(text).into_iter();
    for it in wanted {
        assert!(rest.any(|line| line == *it), "no `{it}` in\n{text}");
    }
}

#[test]
fn what_is_passed_on_is_set_by_the_entry_and_tells_where_it_is_written() {
    let fleet = Fleet::new(PASSED_ON);
    let of = |what: &str| why(&fleet, &["one", what]);
    let tags = "written in fleet.fleet:2: let tags = { team = \"platform\", cost = 3 }";
    let spread = "fleet.fleet:12: labels { ...tags, cost = 4 }";
    says(&of("web.values.labels.team"), &["set by addon `web` of `addons`", spread, tags]);
    says(
        &of("web.values.labels.cost"),
        &["spec.values.labels.cost = 4", "instead of 3 of addon `web` of `addons`", tags],
    );
    let condition = "when cluster.environment == \"test\" (fleet.fleet:13)";
    says(&of("web.values.whole.cost"), &["spec.values.whole.cost = 3", tags, condition]);
    let body = "written in fleet.fleet:3: fn sized(n: Int): {String: Int} = { small = n, large = n * 2 }";
    says(&of("web.values.sizes.large"), &["spec.values.sizes.large = 4", "fleet.fleet:14: sizes = sized(2)", body]);
    says(&of("web.values.empty"), &["spec.values.empty = { }"]);
    let settings = of("settings.data.place");
    says(&settings, &["data.place = \"in P, for 5$\"", "${place} is \"P\" (fleet.fleet:22)"]);
    let compared = fleet.run(&["compare", "one", "two", "ConfigMap/settings"]).stdout;
    let of_two = "two \"in Q, for 5$\", ${place} is \"Q\" (fleet.fleet:40), instead of \"P\" (fleet.fleet:22)";
    says(&compared, &["data.place, by manifest `settings` of `config` (fleet.fleet:25)", of_two]);
}

#[test]
fn what_a_layer_removes_is_told_whoever_had_set_it() {
    let fleet = Fleet::new(PASSED_ON);
    let unset = why(&fleet, &["one", "web.values.log"]);
    let by = ["spec.values.log is not set", "unset by cluster `one`", "instead of \"debug\" of rule `wide`"];
    says(&unset, &by);
    assert!(!unset.contains("Namespace"), "{unset}");
    let compared = fleet.run(&["compare", "one", "two", "web.values.log"]).stdout;
    says(&compared, &["spec.values.log", "one unset by cluster `one` (fleet.fleet:34)"]);
}

#[test]
fn patches_of_what_is_somebody_else_s_are_seen() {
    let fleet = Fleet::new(PASSED_ON);
    let replicas = why(&fleet, &["one", "Deployment/shop/web.spec.replicas"]);
    says(
        &replicas,
        &["Deployment `shop/web` on `one`, patched by `config-shop`", "spec.replicas = 3", "set by cluster `one`"],
    );
    assert_eq!(fleet.run(&["build"]).status, 0);
    let file = std::fs::read_to_string(fleet.join("clusters/g/one/config-shop.yaml")).expect("a file");
    let line = file.lines().position(|it| it.contains("replicas: 3")).expect("the patch") + 1;
    assert_eq!(why(&fleet, &[&format!("clusters/g/one/config-shop.yaml:{line}")]), replicas);
    let compared = fleet.run(&["compare", "two", "one", "Deployment/*"]).stdout;
    says(&compared, &["Deployment `shop/web`", "two is not set", "one 3, by cluster `one` (fleet.fleet:35)"]);
    says(&compared, &["spec.paused", "one null, by cluster `one` (fleet.fleet:35)"]);
    let error = fleet.run(&["why", "one", "Kustomization/config-shop.spec.patches"]).stderr;
    assert!(error.contains("asked of the object that it patches"), "{error}");
}

#[test]
fn absence_is_decided_as_the_cluster_was() {
    let fleet = Fleet::new(PASSED_ON);
    let absent = |cluster: &str, what: &str, because: &str| {
        let said = why(&fleet, &[cluster, what]);
        says(&said, &[because]);
    };
    absent("one", "HelmRelease/other", "dropped by group `g`");
    absent("one", "Kustomization/extra", "no `use` names it or its catalogue");
    absent("one", "HelmRepository/shared", "nothing that is used needs it");
    absent("one", "Kustomization/sources", "nothing that is used needs it");
    // The group's word counts for less than the cluster's.
    assert!(!fleet.run(&["compare", "two", "three"]).stdout.contains("dropped"));
    let only = fleet.run(&["compare", "two", "one"]).stdout;
    says(&only, &["Kustomization `flux-system/extra`: no `use` on `one` names it or its catalogue"]);
}

#[test]
fn what_neither_cluster_has_is_an_error() {
    let fleet = Fleet::new(PASSED_ON);
    for (what, error) in [
        ("HelmRelease/wob", "neither `one` nor `two` has an object or an item `HelmRelease/wob`"),
        ("web.values.nothing", "HelmRelease `flux-system/web` has nothing at `values.nothing` on `one` or `two`"),
        ("web.values[", "`[` is not closed"),
    ] {
        let run = fleet.run(&["compare", "one", "two", what]);
        assert!(run.status == 2 && run.stderr.contains(error), "{}", run.stderr);
    }
    let run = fleet.run(&["compare", "one", "two", "web.values.labels"]);
    assert_eq!(run.stdout, "`one` and `two` have the same\n", "what differs elsewhere is not asked about");
    assert!(fleet.run(&["why", "one"]).stderr.contains("what of cluster `one`?"));
}

/// A value is followed through a param and facts to the line, or the row, that states it.
#[test]
fn what_a_value_reads_is_followed_to_where_it_is_stated() {
    let fleet = Fleet::new(
        r#"fleet f { facts { base: String, domain: String = "\(cluster.name).\(cluster.base)", size: Int = 1 } }
catalogue c {
  source charts = helm "https://example.com/charts"
  addon web {
    source = charts
    version = "1.0.0"
    params { count: Int = cluster.size }
    values { host = cluster.domain, n = params.count * 2 }
  }
}
group g {
  base = "example.com"
  use c
  inventory stores from json("d.json") as row {
    name = row.name
    size = row.size + 0
  }
}
--- d.json ---
[
  { "name": "a",
    "size": 4 }
]
"#,
    );
    let told = |what: &str| fleet.run(&["why", "a", what]).stdout;
    let n = told("web.values.n");
    for it in ["params.count is 4 (fleet.fleet:7)", "cluster.size is 4 (fleet.fleet:16)", "row.size is 4 (d.json:3)"] {
        assert!(n.contains(it), "no {it} in\n{n}");
    }
    let host = told("web.values.host");
    for it in
        ["cluster.domain is \"a.example.com\" (fleet.fleet:1)", "cluster.base is \"example.com\" (fleet.fleet:12)"]
    {
        assert!(host.contains(it), "no {it} in\n{host}");
    }
}

/// Who asks about one cluster need not repair the others first.
#[test]
fn what_is_wrong_on_another_cluster_does_not_stand_in_the_way() {
    let fleet = Fleet::new(
        "fleet f { facts { size: Int } }\nsource charts = helm \"https://charts.example.com\"\n\
         catalogue c { addon web { source = charts, version = \"1.0.0\", values.size = cluster.size + 1 } }\n\
         cluster good { size = 1, use c }\ncluster other { size = 2, use c }\ncluster bad { use c }\n",
    );
    assert_eq!(fleet.run(&["check"]).status, 1);
    for args in [vec!["why", "good", "web.values.size"], vec!["render", "good"], vec!["compare", "good", "other"]] {
        let run = fleet.run(&args);
        assert!(run.status == 0 && !run.stderr.contains("error"), "{args:?}: {}", run.stderr);
    }
    for args in [vec!["why", "bad", "web.values.size"], vec!["render", "bad"], vec!["compare", "good", "bad"]] {
        let run = fleet.run(&args);
        assert!(run.status == 1 && run.stderr.contains("error["), "{args:?}: {}", run.stderr);
    }
}
