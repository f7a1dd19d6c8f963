//! Edits of generated files become edits of the sources: the file comes out as it was edited, and nothing else is otherwise.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fleetc::compile::compile;
use fleetc::edit::absorb;
use fleetc::emit::FileTree;

use crate::support::{Fleet, compiled, summary};

/// Numbers that come one after the other.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it fits") % count
    }
}

/// Add-ons whose values are set at every layer: in catalogues, in all, in rules, in groups, in clusters.
fn fleet(random: &mut Random) -> String {
    let mut text = String::from(
        "fleet f {\n  facts { stage: \"dev\" | \"prod\" }\n}\nsource charts = helm \"https://charts.example.com\"\n",
    );
    let keys = ["replicas", "log", "size", "mode"];
    let value = |random: &mut Random, nth: usize| match nth % 2 {
        0 => (random.below(90) + 1).to_string(),
        _ => format!("\"word{}\"", random.below(90)),
    };
    let sets = |random: &mut Random, most: usize| {
        let mut all: Vec<String> = Vec::new();
        for (nth, key) in keys.iter().enumerate() {
            if random.below(4) < most {
                all.push(format!("values.{key}.x = {}", value(random, nth)));
            }
        }
        all.join("\n    ")
    };
    text += "catalogue apps {\n";
    for nth in 0..3 {
        let sets = sets(random, 3);
        let _ = writeln!(text, "  addon a{nth} {{\n    source = charts\n    version = \"1.{nth}.0\"\n    {sets}\n  }}");
    }
    text += "  manifest settings {\n    apiVersion = \"v1\"\n    kind = \"ConfigMap\"\n    metadata.namespace = \"default\"\n    data.level = \"word1\"\n  }\n}\n";
    let overrides = |random: &mut Random| {
        let inner = sets(random, 2);
        if inner.is_empty() {
            String::new()
        } else {
            format!("  override apps.a{} {{\n    {inner}\n  }}\n", random.below(3))
        }
    };
    let _ = writeln!(text, "rule prod when cluster.stage == \"prod\" {{\n{}}}", overrides(random));
    let _ = writeln!(text, "group g {{\n{}", overrides(random));
    for nth in 0..4 {
        let stage = ["dev", "prod"][nth % 2];
        let own = overrides(random);
        let _ = writeln!(text, "  cluster c{nth} {{\n    stage = \"{stage}\"\n    use apps\n{own}  }}");
    }
    text + "}\n"
}

/// The lines below the header, which says where a file comes from.
fn bodies(tree: &FileTree) -> BTreeMap<String, String> {
    let body = |text: &str| text.split_once('\n').map_or("", |it| it.1).to_owned();
    tree.files.iter().map(|(path, it)| (path.to_string(), body(&it.text()))).collect()
}

#[test]
fn what_is_edited_comes_out_as_it_was_edited() {
    let (mut done, mut left) = (0, 0);
    for seed in 0..40 {
        let mut random = Random(seed);
        let text = fleet(&mut random);
        let (mut db, compilation) = compiled(&text);
        assert!(compilation.is_clean(), "{text}\n{:?}", summary(&compilation));
        // A line `x: 12` or `x: "word3"`, of a file or of a patch in it.
        let mut lines: Vec<(String, usize)> = Vec::new();
        for (path, file) in &compilation.tree.files {
            let is_value = |it: &str| {
                let it = it.trim_start();
                ["x: ", "version: ", "level: "].iter().any(|key| it.starts_with(key))
            };
            let text = file.text().into_owned();
            lines.extend(text.lines().enumerate().filter(|(_, it)| is_value(it)).map(|it| (path.to_string(), it.0)));
        }
        let (path, nth) = lines[random.below(lines.len())].clone();
        let before = bodies(&compilation.tree);
        let file = compilation.tree.files[path.as_str()].text().into_owned();
        let edited: Vec<String> = file
            .lines()
            .enumerate()
            .map(|(at, line)| match (at == nth, line.split_once(": ")) {
                (true, Some((key, it))) if it.contains("word") => format!("{key}: \"word{}\"", 100 + seed),
                (true, Some((key, it))) if it.contains('.') => format!("{key}: 2.0.{seed}"),
                (true, Some((key, _))) => format!("{key}: {}", 100 + seed),
                _ => line.to_owned(),
            })
            .collect();
        let edited = edited.join("\n") + "\n";
        let absorbed = absorb(&mut db, &[(path.as_str().into(), edited.clone())].into());
        let after = compile(&db);
        assert!(after.is_clean(), "{text}\n{:?}", summary(&after));
        let after = bodies(&after.tree);
        let what = format!(
            "seed {seed}, {path}:{}\n{}\n{text}\n{absorbed:?}",
            nth + 1,
            edited.lines().nth(nth).expect("a line")
        );
        if absorbed.left.is_empty() {
            done += 1;
            let wanted = edited.split_once('\n').expect("a header").1;
            let plain = |it: &str| it.replace('"', "");
            assert_eq!(plain(&after[&path]), plain(wanted), "{what}");
            for (other, text) in before.iter().filter(|it| *it.0 != path) {
                assert_eq!(&after[other], text, "{other} changed, too: {what}");
            }
            // Sources that were laid out are so still.
            for (_, it) in absorbed.texts.values() {
                assert!(fleetc::format::format(it).left.is_empty(), "{it}");
            }
        } else {
            left += 1;
            assert!(absorbed.texts.is_empty() && after == before, "{what}");
        }
    }
    assert!(done >= 36, "{done} absorbed, {left} not");
}

/// What all clusters share that an edit is about changes where it is set; what only some have, they say themselves.
#[test]
fn edits_go_to_the_layer_that_they_are_about() {
    let text = "fleet f {\n  facts { stage: \"dev\" | \"prod\" }\n}\n\nsource charts = helm \"https://charts.example.com\"\n\ncatalogue addons {\n  addon web {\n    source  = charts\n    version = \"1.0.0\"\n    params { n: Int = 3 }\n    values { replicas = 2, computed = params.n * 2 }\n  }\n}\n\nrule prod when cluster.stage == \"prod\" {\n  override web { values.replicas = 4 }\n}\n\ncluster one { stage = \"dev\", use addons }\n\ncluster two {\n  stage = \"prod\"\n  use addons // all of them\n}\n\ncluster three {\n  stage = \"prod\"\n  use addons\n}\n";
    let edited = |edits: &[(&str, &str, &str)]| {
        let fleet = Fleet::new(text);
        fleet.build();
        for (path, from, to) in edits {
            let before = fleet.read(path);
            assert!(before.contains(from), "{path}: {before}");
            fleet.write(path, &before.replace(from, to));
        }
        let check = fleet.run(&["build", "--check"]);
        assert_eq!(check.status, 1, "an edit differs: {}", check.stderr);
        let dry = fleet.run(&["absorb", "--dry-run"]);
        assert_eq!(fleet.read("fleet.fleet"), text, "{}", dry.stdout);
        let run = fleet.run(&["absorb"]);
        let source = fleet.read("fleet.fleet");
        assert_eq!(
            run.status == 0,
            fleet.run(&["build", "--check"]).status == 0,
            "{source}{}{}",
            run.stdout,
            run.stderr
        );
        (run, source, dry.stdout)
    };
    // Both clusters of the rule.
    let both = [
        ("clusters/two/addons.yaml", "replicas: 4", "replicas: 5"),
        ("clusters/three/addons.yaml", "replicas: 4", "replicas: 5"),
    ];
    let (run, source, dry) = edited(&both);
    assert!(run.status == 0 && source.contains("override web { values.replicas = 5 }"), "{source}");
    assert!(dry.contains("-  override web { values.replicas = 4 }\n+  override web { values.replicas = 5 }"), "{dry}");
    assert_eq!(source, text.replace("values.replicas = 4", "values.replicas = 5"));
    // One of them, whose comments stay.
    let (run, source, _) = edited(&both[..1]);
    let own = "  use addons // all of them\n  override addons.web { values.replicas = 5 }\n}\n";
    assert!(run.status == 0 && source.contains(own), "{source}");
    // A version, as bots write it.
    let (run, source, _) = edited(&[("common/addons/add-ons/web.yaml", "version: 1.0.0", "version: 1.1.0")]);
    assert!(run.status == 0 && source == text.replace("1.0.0", "1.1.0"), "{source}");
    // A computed value is not guessed at.
    let (run, source, _) = edited(&[("common/addons/add-ons/web.yaml", "computed: 6", "computed: 7")]);
    assert!(run.status == 1 || source.contains("values.computed = 7"), "{source}{}", run.stderr);
    // What is no YAML, and what is taken out, is reported.
    let (run, source, _) = edited(&[("common/addons/add-ons/web.yaml", "    replicas: 2\n", "")]);
    assert!(run.status == 1 && source == text && run.stdout.contains("unset"), "{}", run.stdout);
    let (run, _, _) = edited(&[("common/addons/add-ons/web.yaml", "    replicas: 2\n", "  - {\n")]);
    assert!(run.status == 1 && run.stdout.contains("it is no YAML"), "{}", run.stdout);
}

/// What lies at a revision is read as what lies on the disk.
#[test]
fn a_branch_of_an_automation_is_absorbed() {
    let fleet = Fleet::new(
        "fleet f { }\nsource charts = helm \"https://charts.example.com\"\ncatalogue addons { addon web { source = charts, version = \"1.0.0\" } }\ncluster one { use addons }\n",
    );
    fleet.build();
    crate::support::git(fleet.path(), &["init", "-q", "-b", "main"]);
    crate::support::commit(fleet.path(), "first");
    let file = "common/addons/add-ons/web.yaml";
    let before = fleet.read(file);
    fleet.write(file, &before.replace("1.0.0", "1.0.1"));
    crate::support::commit(fleet.path(), "by a bot");
    crate::support::git(fleet.path(), &["branch", "bot"]);
    crate::support::git(fleet.path(), &["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(fleet.read(file), before);
    let run = fleet.run(&["absorb", "bot"]);
    assert!(run.status == 0 && fleet.read("fleet.fleet").contains("1.0.1"), "{}{}", run.stdout, run.stderr);
    let run = fleet.run(&["absorb", "nowhere"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}
