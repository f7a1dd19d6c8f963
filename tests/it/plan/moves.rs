//! Moves: what changes its Kustomization is never deleted on the way. Each stage is
//! held against what Flux would prune.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Fleet, Run};

const BEFORE: &str = r#"
fleet f { }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web { source = charts, version = "1.0.0" }
  addon api { source = charts, version = "1.0.0" }
}
catalogue frontend {
  source charts2 = helm "https://charts2.example.com"
  addon other { source = charts2, version = "1.0.0" }
}
cluster one { use addons, frontend }
"#;

fn fails(fleet: &Fleet, code: &str) -> Run {
    let run = fleet.run(&["build"]);
    assert!(run.status == 1 && run.stderr.contains(code), "{code}: {}", run.stderr);
    run
}

fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text).filter_map(|it| Value::deserialize(it).ok()).collect()
}

/// What each Kustomization of the cluster applies, as the files in the tree say: object,
/// and whether it survives being dropped.
fn applied(fleet: &Fleet) -> BTreeMap<String, BTreeMap<String, bool>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(fleet.join("clusters/one")).expect("a root") {
        let path = entry.expect("an entry").path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for it in documents(&text).iter().filter(|it| it["kind"] == "Kustomization") {
            let dir = it["spec"]["path"].as_str().expect("a path").trim_start_matches("./").to_owned();
            let lets_go = it["spec"]["prune"] == false;
            let list: Value = documents(&fleet.read(&format!("{dir}/kustomization.yaml"))).remove(0);
            let mut objects = BTreeMap::new();
            for file in list["resources"].as_array().expect("resources") {
                for object in documents(&fleet.read(&format!("{dir}/{}", file.as_str().expect("a file")))) {
                    let kept = object["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"] == "disabled";
                    let id = format!("{} {}", object["kind"].as_str().expect("a kind"), object["metadata"]["name"]);
                    objects.insert(id, kept || lets_go);
                }
            }
            found.insert(it["metadata"]["name"].as_str().expect("a name").to_owned(), objects);
        }
    }
    found
}

/// Nothing that a Kustomization drops is pruned while another has it.
fn nothing_is_lost(
    before: &BTreeMap<String, BTreeMap<String, bool>>,
    after: &BTreeMap<String, BTreeMap<String, bool>>,
) {
    for (name, objects) in before {
        let empty = BTreeMap::new();
        let now = after.get(name).unwrap_or(&empty);
        for (id, survives) in objects.iter().filter(|(id, _)| !now.contains_key(*id)) {
            assert!(survives, "`{name}` would prune {id}");
            assert!(after.values().any(|it| it.contains_key(id)), "{id} is gone");
        }
    }
}

#[test]
fn an_item_moves_in_two_stages_and_survives() {
    let fleet = Fleet::new(BEFORE);
    fleet.build();
    let zero = applied(&fleet);
    let moved = |stage: &str| {
        BEFORE
            .replace("  addon api { source = charts, version = \"1.0.0\" }\n", "")
            .replace("  addon other", "  addon api { source = charts2, version = \"1.0.0\" }\n  addon other")
            + &format!("moved {{ from = addons.api, to = frontend.api{stage} }}\n")
    };
    let without = moved("").replace("moved {", "// moved {");
    fleet.write("fleet.fleet", &without);
    let run = fails(&fleet, "E0709");
    assert!(run.stderr.contains("moved { from = addons.api, to = frontend.api }"), "{}", run.stderr);
    // The second stage over a tree without the first is refused.
    fleet.write("fleet.fleet", &moved(", stage = 2"));
    fails(&fleet, "E0709");

    fleet.write("fleet.fleet", &moved(""));
    fleet.build();
    let first = applied(&fleet);
    nothing_is_lost(&zero, &first);
    assert_eq!(first["addons"].get("HelmRelease \"api\""), Some(&true), "{first:?}");
    assert!(!first["frontend"].contains_key("HelmRelease \"api\""));

    fleet.write("fleet.fleet", &moved(", stage = 2"));
    fleet.build();
    let second = applied(&fleet);
    nothing_is_lost(&first, &second);
    assert_eq!(second["frontend"].get("HelmRelease \"api\""), Some(&true), "it still survives whichever comes first");
    assert!(!second["addons"].contains_key("HelmRelease \"api\""));

    fleet.write("fleet.fleet", &without);
    fleet.build();
    let done = applied(&fleet);
    nothing_is_lost(&second, &done);
    assert_eq!(done["frontend"].get("HelmRelease \"api\""), Some(&false));
}

/// Every release of the cluster has the source that it takes its chart from.
fn has_sources(fleet: &Fleet, applied: &BTreeMap<String, BTreeMap<String, bool>>) {
    let mut found = 0;
    for (_, bytes) in crate::support::read_tree(&fleet.join("common")) {
        for it in documents(&String::from_utf8(bytes).expect("UTF-8")).iter().filter(|it| it["kind"] == "HelmRelease") {
            let of = |at: &str| it.pointer(at).filter(|it| !it.is_null()).cloned();
            let source = of("/spec/chart/spec/sourceRef").or_else(|| of("/spec/chartRef")).expect("a source");
            let id = format!("{} {}", source["kind"].as_str().expect("a kind"), source["name"]);
            assert!(applied.values().any(|it| it.contains_key(&id)), "nothing makes {id}: {applied:?}");
            found += 1;
        }
    }
    assert!(found > 1);
}

/// An add-on moves with the source that only it uses: in no stage is it without.
#[test]
fn a_source_moves_with_its_add_on() {
    let own = |name: &str, kind: &str| {
        let version = if kind.starts_with("git") { "chart = \"./api\"" } else { "version = \"1.0.0\"" };
        format!("  source {name} = {kind}\n  addon api {{ source = {name}, {version} }}\n")
    };
    let helm = "helm \"https://api.example.com\"";
    let git = "git \"https://api.example.com/x.git\" { branch = \"main\" }";
    for (before, after) in [
        (own("apis", helm), own("apis", helm)),
        (own("api", helm), own("api", helm)),
        (own("apis", git), own("apis", git)),
        (own("apis", "oci \"oci://api.example.com/charts\""), own("apis", "oci \"oci://api.example.com/charts\"")),
        // The new catalogue calls it otherwise.
        (own("apis", helm), own("other-apis", helm)),
        // The old catalogue has one of that name for others.
        (
            own("apis", helm).replace("  addon", "  addon rest { source = apis, version = \"1.0.0\" }\n  addon"),
            own("apis2", helm),
        ),
    ] {
        let program = |addons: &str, frontend: &str, rest: &str| {
            format!(
                "fleet f {{ }}\ncatalogue addons {{\n  source charts = {helm}\n  addon web {{ source = charts, version = \"1.0.0\" }}\n{addons}}}\n\
                 catalogue frontend {{\n{frontend}}}\ncluster one {{ use addons, frontend }}\n{rest}"
            )
        };
        let stays = if before.contains("rest") {
            "  source apis = helm \"https://api.example.com\"\n  addon rest { source = apis, version = \"1.0.0\" }\n"
        } else {
            ""
        };
        let stage =
            |stage: &str| program(stays, &after, &format!("moved {{ from = addons.api, to = frontend.api{stage} }}\n"));
        let fleet = Fleet::new(&program(&before, "", ""));
        fleet.build();
        let zero = applied(&fleet);
        has_sources(&fleet, &zero);
        for text in [stage(""), stage(", stage = 2"), program(stays, &after, "")] {
            let before = applied(&fleet);
            fleet.write("fleet.fleet", &text);
            fleet.build();
            let now = applied(&fleet);
            nothing_is_lost_but_renamed(&before, &now);
            has_sources(&fleet, &now);
        }
    }
}

/// The same, but that a source of another name may come in place of one.
fn nothing_is_lost_but_renamed(
    before: &BTreeMap<String, BTreeMap<String, bool>>,
    after: &BTreeMap<String, BTreeMap<String, bool>>,
) {
    let without = |it: &BTreeMap<String, BTreeMap<String, bool>>| {
        let is_renamed = |id: &str| {
            let is_there = |it: &BTreeMap<String, BTreeMap<String, bool>>| it.values().any(|it| it.contains_key(id));
            id.contains("Repository") && !(is_there(before) && is_there(after))
        };
        it.iter()
            .map(|(name, it)| {
                (name.clone(), it.iter().filter(|(id, _)| !is_renamed(id)).map(|(id, it)| (id.clone(), *it)).collect())
            })
            .collect()
    };
    nothing_is_lost(&without(before), &without(after));
}

/// Where a move leaves a release without its source on some cluster, it is an error.
#[test]
fn a_release_without_its_source_is_an_error() {
    let fleet = Fleet::new(BEFORE);
    fleet.build();
    let api = "  addon api { source = charts, version = \"1.0.0\" }\n";
    let text = BEFORE
        .replace(api, "")
        .replace("  addon other", "  addon third { source = charts2, version = \"1.0.0\" }\n  addon api { source = charts2, version = \"1.0.0\" }\n  addon other")
        .replace("use addons, frontend", "use addons, frontend.other, frontend.api");
    let moved = format!("{text}moved {{ from = addons.api, to = frontend.api }}\n");
    fleet.write("fleet.fleet", &moved);
    fleet.build();
    has_sources(&fleet, &applied(&fleet));
    // The source is used by what this cluster does not use.
    let alone = moved.replace("frontend.other, frontend.api", "frontend.api");
    fleet.write("fleet.fleet", &alone);
    let run = fleet.run(&["check"]);
    assert!(
        run.status == 1 && run.stderr.contains("E0624") && run.stderr.contains("HelmRepository `flux-system/charts2`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_renamed_catalogue_moves_whole() {
    let fleet = Fleet::new(BEFORE);
    fleet.build();
    let zero = applied(&fleet);
    let moved = |stage: &str| {
        BEFORE.replace("catalogue addons", "catalogue platform").replace("use addons", "use platform")
            + &format!("moved {{ from = addons, to = platform{stage} }}\n")
    };
    fleet.write("fleet.fleet", &moved("").replace("moved {", "// moved {"));
    let run = fails(&fleet, "E0708");
    assert!(run.stderr.contains("moved { from = addons, to = platform }"), "{}", run.stderr);
    fleet.write("fleet.fleet", &moved(", stage = 2"));
    fails(&fleet, "E0713");

    fleet.write("fleet.fleet", &moved(""));
    fleet.build();
    let first = applied(&fleet);
    nothing_is_lost(&zero, &first);
    assert!(first["addons"].values().all(|it| *it) && !first.contains_key("platform"), "{first:?}");
    // Building again changes nothing: the stage is in the sources, not in the tree.
    assert_eq!(fleet.run(&["build", "--check"]).status, 0);

    fleet.write("fleet.fleet", &moved(", stage = 2"));
    fleet.build();
    let second = applied(&fleet);
    nothing_is_lost(&first, &second);
    assert!(second.contains_key("platform") && !second.contains_key("addons"));
    assert!(!fleet.exists("common/addons"));

    fleet.write("fleet.fleet", &moved("").replace("moved {", "// moved {"));
    fleet.build();
}

#[test]
fn what_cannot_move_is_an_error() {
    let with = |moved: &str| crate::support::errors(&format!("{BEFORE}{moved}"));
    assert_eq!(with("moved { from = addons.web, to = frontend.other }"), ["E0530"]);
    assert_eq!(with("moved { from = addons.other, to = frontend.othr }"), ["E0530"]);
    assert_eq!(with("moved { from = addons.othr, to = frontend.othr }"), ["E0211"]);
    assert_eq!(with("moved { from = old.other, to = frontend.other }"), ["E0530"]);
    assert_eq!(with("moved { from = frontend, to = addons }"), ["E0530"]);
    assert_eq!(with("moved { to = addons }"), ["E0530"]);
    assert_eq!(with("moved { from = old, to = addons, stage = 3 }"), ["E0301"]);
}

#[test]
fn a_catalogue_that_lost_its_last_item_can_go() {
    let moved = |catalogue: &str, stage: &str| {
        format!(
            "fleet f {{ }}
source charts = helm \"https://charts.example.com\"
{catalogue}
catalogue frontend {{
  source charts2 = helm \"https://charts2.example.com\"
  addon other {{ source = charts2, version = \"1.0.0\" }}
  addon web {{ source = charts, version = \"1.0.0\" }}
}}
cluster one {{ use frontend }}
{stage}"
        )
    };
    let web = "  addon web { source = charts, version = \"1.0.0\" }\n";
    let before = moved(&format!("catalogue addons {{\n{web}}}"), "")
        .replacen(web, "", 2)
        .replace("catalogue addons {\n", &format!("catalogue addons {{\n{web}"));
    let fleet = Fleet::new(&before.replace("use frontend", "use addons, frontend"));
    fleet.build();
    // Where the other catalogue was there before, the items move one by one.
    fleet.write("fleet.fleet", &moved("", ""));
    let run = fails(&fleet, "E0708");
    assert!(run.stderr.contains("keep `catalogue addons { }`"), "{}", run.stderr);
    let kept = |stage: u8| {
        let uses = moved("catalogue addons { }", "").replace("use frontend", "use addons, frontend");
        format!("{uses}\nmoved {{ from = addons.web, to = frontend.web, stage = {stage} }}")
    };
    fleet.write("fleet.fleet", &kept(1));
    fleet.build();
    assert!(fleet.read("common/addons/add-ons/web.yaml").contains("prune: disabled"));
    fleet.write("fleet.fleet", &kept(2));
    fleet.build();
    assert!(!fleet.exists("clusters/one/addons.yaml") && fleet.exists("common/frontend/add-ons/web.yaml"));
    fleet.write("fleet.fleet", &moved("", ""));
    fleet.build();
}

#[test]
fn a_cluster_that_takes_only_the_old_catalogue_loses_nothing_silently() {
    let fleet = Fleet::new(&format!("{BEFORE}cluster two {{ use addons }}\n"));
    fleet.build();
    let api = "  addon api { source = charts, version = \"1.0.0\" }\n";
    let top = BEFORE
        .replace("catalogue addons {\n  source charts", "source charts")
        .replace("charts.example.com\"\n", "charts.example.com\"\ncatalogue addons {\n");
    let text = top.replace(api, "").replace("  addon other", &format!("{api}  addon other"));
    fleet.write(
        "fleet.fleet",
        &format!("{text}cluster two {{ use addons }}\nmoved {{ from = addons.api, to = frontend.api }}\n"),
    );
    let run = fails(&fleet, "E0530");
    assert!(run.stderr.contains("on `two`") && run.stderr.contains("`use frontend` there too"), "{}", run.stderr);
}

#[test]
fn a_namespace_that_would_be_pruned_is_refused() {
    let program = |first: &str, second: &str| {
        let other = "manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"default\" }";
        format!(
            "fleet f {{ }}\ncatalogue a {{ {other}\n{first} }}\ncatalogue b {{ {}\n{second} }}\ncluster one {{ use a, b }}\n",
            other.replace(" m ", " n ")
        )
    };
    let team = "manifest team { apiVersion = \"v1\", kind = \"Namespace\" }";
    let fleet = Fleet::new(&program(team, ""));
    fleet.build();
    fleet.write("fleet.fleet", &program("", team));
    let run = fails(&fleet, "E0709");
    assert!(run.stderr.contains("moved { from = a.team, to = b.team }"), "{}", run.stderr);
}

#[test]
fn clusters_may_stand_in_a_directory_of_another_name() {
    let fleet = Fleet::new(&BEFORE.replace("fleet f { }", "fleet f { output { clusters = \"environments\" } }"));
    fleet.build();
    assert!(fleet.join("environments/one/addons.yaml").is_file());
    fleet.write("fleet.fleet", &fleet.read("fleet.fleet").replace("use addons, frontend", "use addons"));
    fails(&fleet, "E0708");
    fleet.write("fleet.fleet", &fleet.read("fleet.fleet").replace("cluster one", "cluster two"));
    assert!(fails(&fleet, "E0708").stderr.contains("remove the cluster in `environments/one`"));
}

#[test]
fn a_cluster_may_be_called_as_a_directory_of_fleetc() {
    let program = |uses: &str| {
        BEFORE
            .replace("cluster one {", "group manifests { cluster manifests-eu {")
            .replace("use addons, frontend }", &format!("use {uses} }} }}"))
    };
    let fleet = Fleet::new(&program("addons, frontend"));
    fleet.build();
    fleet.write("fleet.fleet", &program("addons"));
    fails(&fleet, "E0708");
}

/// A Kustomization whose policy is to delete everything gets `Orphan` before it is removed.
#[test]
fn a_rename_lets_go_whatever_the_deletion_policy_is() {
    let program = |name: &str, rest: &str| {
        format!(
            "fleet f {{ kustomization {{ deletionPolicy = \"Delete\" }} }}\nsource charts = helm \"https://e.com\"\n\
             catalogue {name} {{ addon web {{ source = charts, version = \"1.0.0\" }} }}\ncluster one {{ use {name} }}\n{rest}"
        )
    };
    let fleet = Fleet::new(&program("old", ""));
    fleet.build();
    assert!(fleet.read("clusters/one/old.yaml").contains("deletionPolicy: Delete"));
    fleet.write("fleet.fleet", &program("new", "moved { from = old, to = new }\n"));
    fleet.build();
    let first = fleet.read("clusters/one/old.yaml");
    assert!(first.contains("prune: false") && first.contains("deletionPolicy: Orphan"), "{first}");
    fleet.write("fleet.fleet", &program("new", "moved { from = old, to = new, stage = 2 }\n"));
    fleet.build();
    assert!(!fleet.path().join("clusters/one/old.yaml").exists());
    assert!(fleet.read("clusters/one/new.yaml").contains("deletionPolicy: Delete"));
}
