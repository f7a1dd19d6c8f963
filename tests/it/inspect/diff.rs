//! `fleetc diff`: what is told is all that changes, and each change is told with its line.

use std::collections::BTreeMap;

use fleetc::compile::Compilation;
use fleetc::fleet;
use fleetc::flux;
use fleetc::host::open_at;
use fleetc::inspect::diff;
use fleetc::render::{States, diff_json};
use fleetc::source::{Anchor, Db, FleetDatabase};
use fleetc::value::{Path, Step, json};
use serde_json::{Map, Value as Json};

use crate::support::{Fleet, Run, commit, compiled, git};

/// The objects of a cluster, by what names them.
fn model(db: &FleetDatabase, cluster: Anchor) -> BTreeMap<String, Json> {
    let deployed = &flux::exactly(db, cluster).value;
    let body = |(unit, it): (Option<&flux::Unit>, &fleetc::kube::Object)| {
        let substituted = unit.and_then(|it| it.substitution.as_ref()).map(|substitution| substitution.applied(it));
        let id = &it.id;
        let key = format!("{}/{}/{}/{}", id.group, id.kind, id.namespace, id.name);
        (key, json(substituted.as_ref().map_or(&it.body, |it| &it.body)))
    };
    deployed.objects().map(body).collect()
}

/// Puts a value at a path, or removes what stands there with the maps that it leaves empty.
fn put(root: &mut Json, path: &[Step], value: Option<Json>) {
    let Some((first, rest)) = path.split_first() else {
        *root = value.expect("a whole object does not become nothing");
        return;
    };
    match first {
        Step::Nth(nth) => put(&mut root[*nth], rest, value),
        Step::Any => panic!("a leaf has one path"),
        Step::Key(key) => {
            if !root.is_object() {
                *root = Json::Object(Map::new());
            }
            let map = root.as_object_mut().expect("a map");
            if rest.is_empty() && value.is_none() {
                map.remove(key.as_str());
                return;
            }
            let is_removal = value.is_none();
            let slot = map.entry(key.to_string()).or_insert_with(|| Json::Object(Map::new()));
            put(slot, rest, value);
            if is_removal && slot.as_object().is_some_and(Map::is_empty) {
                map.remove(key.as_str());
            }
        }
    }
}

fn apply(model: &mut BTreeMap<String, Json>, cluster: &str, change: &Json) {
    let id = &change["object"];
    let part = |key: &str| id[key].as_str().unwrap_or_default().to_owned();
    let key = format!("{}/{}/{}/{}", part("group"), part("kind"), part("namespace"), part("name"));
    if change["change"] == "removed" {
        assert!(model.remove(&key).is_some(), "{key} was not there");
        return;
    }
    if change["change"] == "added" {
        assert!(model.insert(key.clone(), Json::Object(Map::new())).is_none(), "{key} was there");
    }
    let object = model.get_mut(&key).unwrap_or_else(|| panic!("{key} is not there"));
    for leaf in change["leaves"].as_array().expect("leaves") {
        let path = Path::parse(leaf["path"].as_str().expect("a path")).expect("a path");
        let new = if leaf["of"].is_object() { &leaf["of"][cluster]["new"] } else { &leaf["new"] };
        let is_removed = leaf["isRemoved"] == true;
        put(object, &path.0, if is_removed { None } else { Some(new.clone()) });
    }
}

/// Applying what is told to the old model gives the new one, on every cluster that both have.
pub(crate) fn assert_applies(old: &FleetDatabase, new: &FleetDatabase, what: &str) -> usize {
    let found = diff(old, new);
    let told = diff_json(&States { old, new, old_name: "old", new_name: "new" }, &found);
    let changes: Vec<&Json> =
        told["changes"].as_array().expect("changes").iter().filter(|it| it["patchOnly"] == false).collect();
    let [before, after] = [old, new].map(|db| &fleet::all_clusters(db, db.project()).value);
    let mut count = 0;
    let renamed: BTreeMap<&str, &str> = told["clustersRenamed"]
        .as_array()
        .expect("renamed")
        .iter()
        .filter_map(|it| Some((it["old"].as_str()?, it["cluster"].as_str()?)))
        .collect();
    for (name, was) in before {
        let name = renamed.get(name.as_str()).copied().unwrap_or(name);
        let Some(is) = after.get(name) else { continue };
        let mut made = model(old, *was);
        for change in &changes {
            let clusters = change["clusters"].as_array().expect("clusters");
            if clusters.iter().any(|it| it == name) {
                apply(&mut made, name, change);
                count += 1;
            }
        }
        let wanted = model(new, *is);
        for (key, object) in &wanted {
            assert_eq!(made.get(key), Some(object), "{key} on {name}\n{what}");
        }
        assert_eq!(made.len(), wanted.len(), "{name}\n{what}");
    }
    count
}

const FLEET: &str = r#"
fleet f {
  facts { environment: "test" | "production", zones: Int = 1, team: String = "platform" }
  rings environment = ["test", "production"]
}
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web {
    source = charts
    version = "1.4.0"
    params { size: Int = 2 }
    values {
      replicas = params.size
      zoned = cluster.zones + 0
      owner = "\(cluster.team)/\(cluster.name)"
      args = ["--a", "--b"]
    }
  }
  addon debug { source = charts, version = "0.3.0" }
  manifest settings {
    apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "default"
    data.level = "info"
  }
}
rule quiet when cluster.environment == "production" { drop addons.debug }
group prod {
  environment = "production"
  cluster p1 { use addons }
  cluster p2 {
    zones = 3
    use addons
    override web { values.log = "debug" }
  }
}
cluster t1 {
  environment = "test"
  use addons
}
"#;

/// An edit of the fleet, and lines that `fleetc diff` then says, one after the other.
type Commit = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const HISTORY: [Commit; 10] = [
    (
        "a catalogue's value",
        &[("params { size: Int = 2 }", "params { size: Int = 3 }")],
        &[
            "3 of 3 clusters change: 3 objects changed",
            "~ HelmRelease `flux-system/web` on every cluster (3)",
            "spec.values.replicas: 2 → 3 by addon `web` of `addons` (fleet.fleet:11)",
        ],
    ),
    (
        "a rule",
        &[("{ drop addons.debug }", "{\n  drop addons.debug\n  override web { params.size = 5 }\n}")],
        &[
            "2 of 3 clusters change: 2 objects changed",
            "~ HelmRelease `flux-system/web` on the 2 clusters whose environment is \"production\"",
            "spec.values.replicas: 3 → 5 by rule `quiet` (fleet.fleet:27): when cluster.environment == \"production\"",
        ],
    ),
    (
        "an override that goes",
        &[("    override web { values.log = \"debug\" }\n", "")],
        &[
            "~ HelmRelease `flux-system/web` on `p2`",
            "- spec.values.log: \"debug\" no longer by cluster `p2` (fleet.fleet:35 at HEAD~1)",
        ],
    ),
    (
        "an unset",
        &[(
            "  cluster p1 { use addons }",
            "  cluster p1 {\n    use addons\n    override web { unset values.zoned }\n  }",
        )],
        &["- spec.values.zoned: 1 unset by cluster `p1` (fleet.fleet:33)"],
    ),
    (
        "a fact that is looked at, and one that is passed on",
        &[("    zones = 3\n", "    zones = 2\n    team = \"shop\"\n")],
        &[
            "~ HelmRelease `flux-system/web` on `p2`",
            "spec.values.zoned: 3 → 2 by addon `web` of `addons` (fleet.fleet:14): cluster.zones is 2 (fleet.fleet:36), was 3",
            "cluster.team is \"shop\" (fleet.fleet:37), was \"platform\"",
        ],
    ),
    (
        "a major step",
        &[("version = \"1.4.0\"", "version = \"2.0.0\"")],
        &[
            "! a major step: 1.4.0 → 2.0.0",
            "spec.chart.spec.version: \"1.4.0\" → \"2.0.0\" by addon `web` of `addons` (fleet.fleet:10)",
        ],
    ),
    (
        "another release name",
        &[(
            "    version = \"2.0.0\"\n",
            "    version = \"2.0.0\"\n    release-name = \"shop\"\n    reinstall = true\n",
        )],
        &[
            "uninstalls 3 releases: `web` on every cluster (3)",
            "! the release is uninstalled and installed again: its release name was `web`, and is `shop`",
        ],
    ),
    (
        "a condition that holds on more clusters",
        &[("rule quiet when cluster.environment == \"production\" {", "rule quiet when cluster.zones > 0 {")],
        &[
            "uninstalls 1 release: `debug` on `t1`",
            "- HelmRelease `flux-system/debug` on `t1`",
            "! the release is uninstalled",
            "dropped by rule `quiet` (fleet.fleet:28): when cluster.zones > 0",
        ],
    ),
    (
        "an item that is removed, and one that is new",
        &[
            ("  manifest settings {", "  manifest others {"),
            (
                "addon debug { source = charts",
                "addon trace { source = charts, version = \"1.0.0\" }\n  addon debug { source = charts",
            ),
        ],
        &[
            "- ConfigMap `default/settings` on every cluster (3)",
            "! it is deleted",
            "no longer declared by manifest `settings` of `addons` (fleet.fleet:22 at HEAD~1)",
            "+ HelmRelease `flux-system/trace` on every cluster (3)",
            "declared by addon `trace` of `addons` (fleet.fleet:21)",
            "+ ConfigMap `default/others` on every cluster (3)",
        ],
    ),
    (
        "a cluster that is removed, and one that is new",
        &[("cluster t1 {", "cluster t2 {")],
        &[
            "cluster `t1` is removed: what Flux applied there stays",
            "cluster `t2` is new",
            "nothing changes on the 2 clusters",
        ],
    ),
];

pub(crate) fn words(text: &str) -> Vec<String> {
    text.lines().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A repository of ten commits after the first; none without git.
fn history() -> Option<Fleet> {
    let it = Fleet::new(FLEET);
    commit(it.path(), "first")?;
    git(it.path(), &["tag", "first"]);
    for (name, edits, _) in HISTORY {
        let mut text = it.read("fleet.fleet");
        for (from, to) in edits {
            assert!(text.contains(from), "{name}: there is no {from}");
            text = text.replace(from, to);
        }
        it.write("fleet.fleet", &text);
        commit(it.path(), name);
    }
    Some(it)
}

#[test]
fn each_commit_is_told_with_the_line_that_made_it() {
    let Some(it) = history() else { return };
    for (nth, (name, _, wanted)) in HISTORY.iter().enumerate() {
        let back = HISTORY.len() - nth;
        // `HEAD~1` in what is said is the one before.
        git(it.path(), &["checkout", "-q", &format!("main~{}", back - 1)]);
        let run = it.run(&["diff", "HEAD~1..HEAD"]);
        assert_eq!(run.status, 0, "{name}: {}", run.stderr);
        let mut said = words(&run.stdout).into_iter();
        for line in *wanted {
            assert!(said.any(|it| it.contains(line)), "{name}: no `{line}` in\n{}", run.stdout);
        }
        assert_eq!(it.run(&["diff", "HEAD"]).stdout, "nothing changes on any cluster\n", "{name}");
    }
}

#[test]
fn what_is_told_makes_the_new_of_the_old() {
    let Some(it) = history() else { return };
    let states: Vec<FleetDatabase> = (0..=HISTORY.len())
        .map(|back| open_at(it.path(), &format!("main~{}", HISTORY.len() - back)).expect("a state").db)
        .collect();
    let mut count = 0;
    for old in &states {
        for new in &states {
            count += assert_applies(old, new, "history");
        }
    }
    assert!(count > 200, "{count} changes were applied");
    let examples = ["examples/eks-fleet", "examples/eks-apps", "examples/flux-eks-gitops-config"];
    for example in examples {
        let open = || fleetc::host::open(example.as_ref()).expect("a project").db;
        assert_eq!(assert_applies(&open(), &open(), example), 0, "{example}");
    }
}

#[test]
fn the_working_tree_ranges_and_clones_are_compared() {
    let Some(it) = history() else { return };
    let range = it.run(&["diff", "first..main"]).stdout;
    git(it.path(), &["checkout", "-q", "-b", "side", "first"]);
    it.write("fleet.fleet", &FLEET.replace("1.4.0", "1.5.0"));
    // The files as they are, though nobody committed them, from any directory.
    let from_head = it.run(&["diff"]).stdout;
    assert!(from_head.contains("\"1.4.0\" → \"1.5.0\"") && !from_head.contains("replicas"), "{from_head}");
    commit(it.path(), "side");
    assert_eq!(it.run(&["diff", "main...side"]).stdout, from_head, "from where they parted");
    let bare = it.path().with_file_name("bare.git");
    git(it.path(), &["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    assert_eq!(Run::of(&bare, &["diff", "first..main"]).stdout, range);
    let run = Run::of(&bare, &["diff", "main"]);
    assert!(run.status == 2 && run.stderr.contains("a bare repository has no working tree"), "{}", run.stderr);
    let shallow = it.path().with_file_name("shallow");
    let url = format!("file://{}", it.path().display());
    git(it.path(), &["clone", "-q", "--depth", "3", "--branch", "main", &url, &shallow.to_string_lossy()]);
    assert_eq!(Run::of(&shallow, &["diff", "HEAD~2..HEAD"]).status, 0);
    let run = Run::of(&shallow, &["diff", "HEAD~5"]);
    assert!(run.status == 2 && run.stderr.contains("the clone is shallow"), "{}", run.stderr);
    let run = it.run(&["diff", "first..nowhere"]);
    assert!(run.status == 2 && run.stderr.contains("there is no revision `nowhere`"), "{}", run.stderr);
    it.write("fleet.fleet", "fleet f { }\ncluster one { use nothing }\n");
    let run = it.run(&["diff"]);
    assert!(run.status == 1 && run.stderr.contains("error[E"), "{}", run.stderr);
}

#[test]
fn gates_close_on_what_they_name() {
    let Some(it) = history() else { return };
    let gate = |range: &str, args: &[&str]| it.run(&[&["diff", range][..], args].concat());
    let major = "main~5..main~4";
    for (range, args, wanted) in [
        (major, &["--fail-on", "any"][..], "3 clusters change"),
        (major, &["--fail-on", "major"], "`major` on 3 clusters, such as `p1`"),
        (major, &["--fail-on", "danger"], "`major` on 3 clusters"),
        (major, &["--fail-on", "cluster.environment == \"production\""], "2 clusters change, such as `p1`"),
        (major, &["--max-rings", "1"], "objects change in 2 rings (production, test)"),
        ("main~4..main~3", &["--fail-on", "reinstall"], "`reinstall` on 3 clusters"),
        ("main~3..main~2", &["--fail-on", "uninstall"], "`uninstall` on 1 cluster, such as `t1`"),
        ("main~2..main~1", &["--fail-on", "delete"], "`delete` on 3 clusters"),
    ] {
        let run = gate(range, args);
        assert!(run.status == 1 && run.stderr.contains(wanted), "{args:?}: {}\n{}", run.stderr, run.stdout);
    }
    let open = gate(major, &["--fail-on", "uninstall", "--max-rings", "2", "--fail-on", "cluster.zones > 8"]);
    assert_eq!((open.status, open.stderr.as_str()), (0, ""));
    assert_eq!(gate("main..main", &["--fail-on", "any", "--max-rings", "0"]).status, 0);
    let run = gate(major, &["--fail-on", "cluster.zone == 1"]);
    assert!(run.stderr.contains("did you mean `zones`?") && run.status != 0, "{}", run.stderr);
    let run = gate(major, &["--fail-on", "majr"]);
    assert!(run.stderr.contains("`--fail-on majr` cannot be read") && run.status != 0, "{}", run.stderr);
}

#[test]
fn a_pull_request_is_told_in_markdown() {
    let Some(it) = history() else { return };
    let text = it.run(&["diff", "main~5..main", "-o", "markdown"]).stdout;
    for wanted in [
        "<!-- fleetc:diff -->\n### fleetc: 1 cluster is removed, 1 cluster is new; 2 of 2 clusters change: ",
        "> [!CAUTION]\n> This **uninstalls 2 releases: `web` on ",
        "> - HelmRelease `flux-system/web` on every cluster (2): a major step: 1.4.0 → 2.0.0",
        "| web | 1.4.0 → 2.0.0 | every cluster (2) |",
        "cluster `t2` is new",
        "<details><summary>⚠️ HelmRelease <code>flux-system/web</code> on every cluster (2)</summary>",
        "- spec.chart.spec.version: \"1.4.0\"\n+ spec.chart.spec.version: \"2.0.0\"\n#   by addon `web` of `addons`",
    ] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert_eq!(text.matches("```").count() % 2, 0);
}

/// However much changes, a comment holds what it says.
#[test]
fn a_comment_is_never_longer_than_it_may_be() {
    let fleet = |value: &str| {
        let clusters: Vec<String> = (0..40)
            .map(|nth| {
                format!("cluster c{nth} {{ use addons\n override web {{ values.of = \"{value}-{nth} | ``` <b>\" }} }}")
            })
            .collect();
        let keys: Vec<String> = (0..60).map(|nth| format!("key{nth} = \"{value}{}\"", "x".repeat(200))).collect();
        format!(
            "fleet f {{ }}\ncatalogue addons {{ source c = helm \"https://e.com\"\n addon web {{ source = c, version = \"1.0.0\"\n values {{ {} }} }} }}\n{}\n",
            keys.join("\n"),
            clusters.join("\n")
        )
    };
    let it = Fleet::new(&fleet("a"));
    if commit(it.path(), "one").is_none() {
        return;
    }
    it.write("fleet.fleet", &fleet("b"));
    let text = it.run(&["diff", "-o", "markdown"]).stdout;
    assert!(text.len() < 65_000 && text.len() > 10_000, "{}", text.len());
    let longest = it.run(&["diff"]).stdout;
    assert!(longest.contains("`c39`") || longest.contains("others"), "{longest}");
}

/// What `-o patch` says, git applies: then the tree is what a build makes.
#[test]
fn a_patch_makes_the_tree_of_the_new_state() {
    let it = Fleet::new("");
    it.write("my fleet/fleet.fleet", FLEET);
    if git(it.path(), &["init", "-q"]).is_none() {
        return;
    }
    assert_eq!(it.run(&["-C", "my fleet", "build"]).status, 0);
    let commit = |name: &str| {
        git(it.path(), &["add", "-A"]);
        git(it.path(), &["commit", "-q", "-m", name]);
    };
    commit("one");
    let mut text = FLEET.to_owned();
    for (from, to) in HISTORY.iter().flat_map(|it| it.1) {
        text = text.replace(from, to);
    }
    it.write("my fleet/fleet.fleet", &text);
    it.write("change.patch", &it.run(&["-C", "my fleet", "diff", "-o", "patch"]).stdout);
    git(it.path(), &["apply", "change.patch"]);
    let run = it.run(&["-C", "my fleet", "build", "--check"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(it.read("change.patch").contains("deleted file mode"), "{}", it.read("change.patch"));
    assert_eq!(it.run(&["-C", "my fleet", "diff", "HEAD..HEAD", "-o", "patch"]).stdout, "");
}

#[test]
fn what_is_attached_and_detached_is_told() {
    let it = Fleet::copy_of("examples/tenants");
    if commit(it.path(), "one").is_none() {
        return;
    }
    let text = it.read("fleet.fleet");
    assert!(text.contains("  attach shop, payments\n"));
    it.write("fleet.fleet", &text.replace("  attach shop, payments\n", "  attach shop, data\n"));
    let said = words(&it.run(&["diff"]).stdout).join("\n");
    for wanted in [
        "- Kustomization `payments/payments-apps` on `production`\n! everything that it applied is deleted\nno `attach` names it now",
        "+ Kustomization `data/data-lab` on `production`\nattached by cluster `production` (fleet.fleet:",
    ] {
        assert!(said.contains(wanted), "no {wanted} in\n{said}");
    }
}

/// Small edits of real fleets, wherever they fall: what is told is what changes.
#[test]
fn any_edit_of_an_example_is_told_whole() {
    let tries: usize = std::env::var("FLEETC_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(12);
    let mut state = 20_261_123_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let (mut compared, mut changed) = (0, 0);
    for example in ["examples/eks-fleet", "examples/eks-apps", "examples/tenants", "examples/flux-eks-gitops-config"] {
        let it = Fleet::copy_of(example);
        let files: Vec<String> =
            crate::support::read_tree(it.path()).into_keys().filter(|it| it.ends_with(".fleet")).collect();
        let old = fleetc::host::open(it.path()).expect("a project").db;
        for _ in 0..tries {
            let file = &files[next(files.len())];
            let text = it.read(file);
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let at = next(lines.len());
            let line = lines[at].clone();
            lines[at] = match next(4) {
                0 => String::new(),
                1 => line.replace("true", "false").replace("test", "production"),
                2 => line.replace('1', "2").replace('3', "4"),
                _ => line.replace(" = \"", " = \"x").replace("= 2", "= 7"),
            };
            it.write(file, &format!("{}\n", lines.join("\n")));
            let opened = fleetc::host::open(it.path());
            if let Ok(opened) = opened
                && fleetc::compile::diagnose(&opened.db).iter().all(|it| !it.is_error())
            {
                compared += 1;
                let what = format!("{example}: {file}:{}: {line} → {}", at + 1, lines[at]);
                changed += usize::from(assert_applies(&old, &opened.db, &what) > 0);
                assert_applies(&opened.db, &old, &what);
            }
            it.write(file, &text);
        }
    }
    assert!(compared >= tries && changed * 4 >= tries, "{compared} edits compiled, {changed} changed something");
}

/// Nothing is told if and only if nothing is written anew.
pub(crate) fn assert_told_as_written(
    old: (&FleetDatabase, &Compilation),
    new: (&FleetDatabase, &Compilation),
    what: &str,
) {
    let texts = |it: &Compilation| -> BTreeMap<String, String> {
        it.tree.files.iter().map(|(path, file)| (path.to_string(), file.text().to_string())).collect()
    };
    let told = diff_json(&States { old: old.0, new: new.0, old_name: "old", new_name: "new" }, &diff(old.0, new.0));
    let is_empty = ["changes", "clustersNew", "clustersGone", "clustersRenamed"]
        .iter()
        .all(|it| told[*it].as_array().is_none_or(Vec::is_empty));
    assert_eq!(is_empty, texts(old.1) == texts(new.1), "{told:#}\n{what}");
}

/// Clusters that share everything but their facts share a comparison only where the same facts change: whatever each of
/// them becomes, each is told what it becomes.
#[test]
fn clusters_of_a_class_are_told_apart() {
    let mut state = 20_261_129_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let fleet = |facts: &[[usize; 3]]| {
        let cluster = |(nth, [team, room, zones]): (usize, &[usize; 3])| {
            format!("cluster p{nth} {{\n  team = \"t{team}\"\n  room = \"r{room}\"\n  zones = {zones}\n  use c\n}}\n")
        };
        let clusters: String = facts.iter().enumerate().map(cluster).collect::<Vec<_>>().concat();
        format!(
            "fleet f {{ facts {{ team: String, room: String, zones: Int }} }}\ncatalogue c {{\n  source charts = helm \"https://charts.example.com\"\n  \
             addon web {{\n    source = charts\n    version = \"1.0.0\"\n    values {{\n      owner = cluster.team\n      place = \"in \\(cluster.room)\"\n      \
             both = [\"\\(cluster.team)/\\(cluster.room)\"]\n    }}\n  }}\n  addon api {{ source = charts, version = \"1.0.0\", values.n = cluster.zones }}\n}}\n{clusters}"
        )
    };
    let (mut same, mut changed) = (0, 0);
    let mut was: Vec<[usize; 3]> = vec![[0, 0, 1]; 5];
    let (mut old, mut old_tree) = compiled(&fleet(&was));
    for _ in 0..60 {
        let mut is = was.clone();
        for _ in 0..next(4) {
            let (cluster, fact) = (next(5), next(3));
            is[cluster][fact] = 1 + next(2);
        }
        let text = format!("{}\n{}", fleet(&was), fleet(&is));
        let (new, new_tree) = compiled(&fleet(&is));
        assert!(new_tree.is_clean(), "{text}");
        assert_applies(&old, &new, &text);
        assert_told_as_written((&old, &old_tree), (&new, &new_tree), &text);
        if was == is {
            same += 1;
        } else {
            changed += 1;
        }
        (was, old, old_tree) = (is, new, new_tree);
    }
    assert!(same > 3 && changed > 10, "{same} the same, {changed} changed");
}

#[test]
fn a_fact_that_lets_a_rule_hold_or_not_is_told() {
    let fleet = r#"
fleet f { facts { environment: "test" | "production" } }
catalogue a {
  source s = helm "https://e.com"
  addon web { source = s, version = "1.0.0", values.n = 1 }
}
rule big when cluster.environment == "production" {
  override web { values { n = 5, extra = "x" } }
}
cluster one {
  environment = "production"
  use a
}
"#;
    let it = Fleet::new(fleet);
    if commit(it.path(), "one").is_none() {
        return;
    }
    it.write("fleet.fleet", &fleet.replace("  environment = \"production\"", "  environment = \"test\""));
    commit(it.path(), "two");
    let (rule, was) = ("rule `big` (fleet.fleet:8", "when cluster.environment == \"production\"");
    let ends = words(&it.run(&["diff", "HEAD~1..HEAD"]).stdout).join("\n");
    let wanted = format!(
        "n: 5 → 1 no longer by {rule} at HEAD~1): {was}: cluster.environment is \"test\" (fleet.fleet:11), was \"production\""
    );
    assert!(ends.contains(&wanted), "no {wanted} in\n{ends}");
    let begins = words(&it.run(&["diff", "HEAD..HEAD~1"]).stdout).join("\n");
    let wanted =
        format!("n: 1 → 5 by {rule}): {was}: cluster.environment is \"production\" (fleet.fleet:11), was \"test\"");
    assert!(begins.contains(&wanted), "no {wanted} in\n{begins}");
}
