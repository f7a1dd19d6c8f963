//! What is wrong, as CI systems read it: held against the formats' own schemas.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::{Fleet, Run, git};

/// An error, a warning, and a place with odd letters.
const FLEET: &str = "
fleet f { facts { kind: String = \"é\" } }
catalogue addons {
  source charts = helm \"https://charts.example.com\"
  addon web { source = charts, version = \"1.0.0\", values.replicas = \"é, 100%\" + 1 }
}
cluster one { use addons }
override web when cluster.kind == \"none\" { values.replicas = 2 }
cluster two { use addon }
";

/// Right but for two warnings.
const WARNED: &str = "
fleet f { facts { kind: String = \"é\" } }
catalogue addons {
  source charts = helm \"https://charts.example.com\"
  addon web { source = charts, version = \"1.0.0\", values.replicas = 1 }
}
cluster one { use addons }
override web when cluster.kind == \"<none> & \\\"co\\\": 1, 2\" { values.replicas = 2 }
override web when cluster.kind == \"none\" { values.replicas = 2 }
";

/// A repository with the project in a directory of an odd name.
fn repository(fleet: &str) -> Option<Fleet> {
    let it = Fleet::new("");
    it.write("my fleet/fleet.fleet", fleet);
    git(it.path(), &["init", "-q"])?;
    Some(it)
}

fn check(it: &Fleet, format: &str) -> Run {
    it.run(&["-C", "my fleet", "check", "--message-format", format])
}

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/ci").join(name)
}

#[test]
fn github_annotates_the_lines() {
    let Some(it) = repository(FLEET) else { return };
    let run = check(&it, "github");
    assert_eq!(run.status, 1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines.iter().all(|it| it.starts_with("::error title=fleetc E0")), "{}", run.stdout);
    let sum = lines.iter().find(|it| it.contains("line=5,endLine=5")).expect("the sum");
    assert!(sum.contains("file=my fleet/fleet.fleet,") && sum.contains(",col="), "{sum}");
    assert!(sum.contains("%0Ahelp: ") && !sum.contains('\n'), "{sum}");
    let unknown = lines.iter().find(|it| it.contains("did you mean `addons`?")).expect("the misspelt name");
    assert!(unknown.contains("line=9,endLine=9,col=19,endColumn=24::"), "{unknown}");
    assert!(run.stderr.contains("did you mean `addons`?"), "a person reads it, too: {}", run.stderr);
    let Some(it) = repository(WARNED) else { return };
    let run = check(&it, "github");
    assert!(
        run.status == 0 && run.stdout.starts_with("::warning title=fleetc W0508,file=my fleet/fleet.fleet,line=8"),
        "{}",
        run.stdout
    );
}

#[test]
fn sarif_is_what_its_schema_says() {
    let text = std::fs::read_to_string(data("sarif-schema-2.1.0.json")).expect("a schema");
    let mut schema: Json = serde_json::from_str(&text).expect("JSON");
    // A bracket too many, which makes it no regular expression of ECMAScript; nothing here has it.
    for of in ["run", "toolComponent"] {
        schema["definitions"][of]["properties"]["language"] = json!(false);
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let mut results = 0;
    for fleet in [FLEET, WARNED, "fleet f { }\n", "cluster {\n"] {
        let Some(it) = repository(fleet) else { return };
        let log: Json = serde_json::from_str(&check(&it, "sarif").stdout).expect("JSON");
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|it| format!("{it} at {}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let run = &log["runs"][0];
        for it in run["results"].as_array().expect("results") {
            results += 1;
            let rule = it["ruleIndex"].as_u64().and_then(|nth| usize::try_from(nth).ok()).expect("a rule");
            assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], it["ruleId"]);
            assert_eq!(it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "my%20fleet/fleet.fleet");
        }
    }
    assert!(results >= 5, "{results} results");
    // The schema refuses what is none, so it says something.
    assert!(!validator.is_valid(&json!({ "version": "2.1.0", "runs": [{ "results": [] }] })));
    let nowhere = Fleet::new("");
    std::fs::remove_file(nowhere.join("fleet.fleet")).ok();
    let run = nowhere.run(&["check", "--message-format", "sarif"]);
    let log: Json = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((run.status, &log["runs"][0]["invocations"][0]["executionSuccessful"]), (2, &Json::from(false)));
    assert!(validator.is_valid(&log));
}

/// From GitLab's documentation of the report: stricter than what its server refuses.
fn gitlab_schema() -> Json {
    let line = json!({ "type": "integer", "minimum": 1 });
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1, "pattern": "^[^\\n]*$" },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^/.]" },
                        "lines": { "type": "object", "required": ["begin"], "properties": { "begin": line, "end": line } },
                    },
                },
            },
        },
    })
}

#[test]
fn gitlab_gets_its_report_and_knows_a_mistake_again() {
    let validator = jsonschema::validator_for(&gitlab_schema()).expect("a schema");
    let Some(it) = repository(FLEET) else { return };
    let report = |it: &Fleet| -> Json { serde_json::from_str(&check(it, "gitlab").stdout).expect("JSON") };
    let before = report(&it);
    assert!(validator.is_valid(&before), "{before}");
    let fingerprints = |it: &Json| -> Vec<String> {
        it.as_array().expect("issues").iter().map(|it| it["fingerprint"].as_str().expect("a text").to_owned()).collect()
    };
    let of_before = fingerprints(&before);
    let mut unique = of_before.clone();
    unique.sort();
    unique.dedup();
    assert!(unique.len() == of_before.len() && unique.len() >= 2, "{before}");
    // A line above moves it, and leaves it the same.
    it.write("my fleet/fleet.fleet", &format!("// More.\n\n{FLEET}"));
    let after = report(&it);
    assert_eq!(fingerprints(&after), of_before);
    assert_ne!(before[0]["location"], after[0]["location"]);
    assert_eq!(report(&Fleet::new("fleet f { }\n--- my fleet/fleet.fleet ---\nfleet f { }\n")), json!([]));
}

#[test]
fn junit_is_what_its_schema_says() {
    let found = std::process::Command::new("xmllint").arg("--version").output();
    if found.is_err() {
        assert!(std::env::var_os("CI").is_none(), "xmllint is not installed");
        return;
    }
    for (fleet, failures) in [(FLEET, 2), (WARNED, 0), ("fleet f { }\n", 0)] {
        let Some(it) = repository(fleet) else { return };
        let text = check(&it, "junit").stdout;
        it.write("report.xml", &text);
        let run = std::process::Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .args([data("junit-10.xsd"), it.join("report.xml")])
            .output()
            .expect("xmllint");
        assert!(run.status.success(), "{}\n{text}", String::from_utf8_lossy(&run.stderr));
        assert_eq!(text.matches("<failure ").count(), failures, "{text}");
        assert!(text.contains(&format!("failures=\"{failures}\"")), "{text}");
    }
}

#[test]
fn json_says_all_that_a_person_reads() {
    let Some(it) = repository(FLEET) else { return };
    let run = check(&it, "json");
    let lines: Vec<Json> = run.stdout.lines().map(|it| serde_json::from_str(it).expect("JSON")).collect();
    let unknown = lines.iter().find(|it| it["help"] == "did you mean `addons`?").expect("the misspelt name");
    assert_eq!(
        unknown["at"],
        json!({ "file": "my fleet/fleet.fleet", "line": 9, "column": 19, "endLine": 9, "endColumn": 24 })
    );
    assert_eq!((&unknown["severity"], &unknown["code"]), (&"error".into(), &"E0211".into()));
    assert!(unknown["title"].is_string() && run.stderr.contains(unknown["text"].as_str().expect("a text")));
}

/// The scripts of the action, as a runner would run them.
#[test]
fn the_action_s_steps_do_what_they_say() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).expect("the action");
    let action: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    let script = |name: &str| {
        let steps = action["runs"]["steps"].as_sequence().expect("steps");
        steps.iter().find(|it| it["name"] == *name).and_then(|it| it["run"].as_str()).expect("a step").to_owned()
    };
    let Some(it) = repository(
        "fleet f { }\ncatalogue a { source s = helm \"https://e.com\"\n addon web { source = s, version = \"1.0.0\" } }\ncluster one { use a }\n",
    ) else {
        return;
    };
    let bin = Path::new(env!("CARGO_BIN_EXE_fleetc")).parent().expect("a directory").display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
    let step = |name: &str, env: &[(&str, &str)]| -> (i32, String) {
        let output = std::process::Command::new("bash")
            .args(["-eo", "pipefail", "-c", &script(name)])
            .current_dir(it.path())
            .env("PATH", &path)
            .env("DIRECTORY", "my fleet")
            .envs([("GITHUB_OUTPUT", "output.txt"), ("GITHUB_STEP_SUMMARY", "summary.md")])
            .envs(env.iter().copied())
            .output()
            .expect("bash");
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let commit = || {
        git(it.path(), &["add", "-A"]);
        git(it.path(), &["commit", "-q", "-m", "one"]);
    };
    assert_eq!(step("Install fleetc", &[("VERSION", ""), ("REF", "")]).0, 0);
    let (status, said) = step("Check the format", &[]);
    assert!(status == 1 && said.contains("\n+catalogue a { source s"), "{said}");
    assert_eq!(it.run(&["-C", "my fleet", "fmt"]).status, 0);
    let (status, said) = step("Check the format", &[]);
    assert!(status == 0 && said.lines().count() == 2, "{said}");
    assert!(said.starts_with("::stop-commands::") && said.trim_end().ends_with("::"), "{said}");
    let (status, said) = step("Check the tree", &[]);
    assert!(status == 1 && said.starts_with("::error title=fleetc tree,file=my fleet/"), "{said}");
    assert_eq!(it.run(&["-C", "my fleet", "build"]).status, 0);
    assert_eq!(step("Check the tree", &[]), (0, String::new()));
    commit();
    let text = it.read("my fleet/fleet.fleet").replace("1.0.0", "2.0.0");
    it.write("my fleet/fleet.fleet", &text);
    commit();
    let base = git(it.path(), &["rev-parse", "HEAD~1"]).expect("a hash");
    let gates = [("BASE", base.as_str()), ("FILE", "diff.md"), ("FAIL_ON", "uninstall\n"), ("MAX_RINGS", "")];
    assert_eq!(step("Show what changes", &gates).0, 0);
    assert!(it.read("diff.md").contains("a major step: 1.0.0 → 2.0.0"), "{}", it.read("diff.md"));
    assert_eq!((it.read("summary.md"), it.read("output.txt")), (it.read("diff.md"), "file=diff.md\n".to_owned()));
    let closed = [("BASE", base.as_str()), ("FILE", "diff.md"), ("FAIL_ON", "uninstall\nmajor\n"), ("MAX_RINGS", "")];
    assert_eq!(step("Show what changes", &closed).0, 1, "a gate closes");
    let first =
        [("BASE", "0000000000000000000000000000000000000000"), ("FILE", "none.md"), ("FAIL_ON", ""), ("MAX_RINGS", "")];
    assert_eq!(step("Show what changes", &first).0, 0);
    assert!(!it.exists("none.md"));
    assert_eq!(step("Write SARIF", &[("SARIF", "fleet.sarif")]).0, 0);
    assert!(it.read("fleet.sarif").contains("\"2.1.0\""));
    // What comes from outside is a value, and neither an option nor a program.
    let evil = "$(touch pwned)`touch pwned`; touch pwned #";
    for base in ["--upload-pack=touch pwned;", "-x", evil, "--output=pwned"] {
        let gates = [("BASE", base), ("FILE", "evil.md"), ("FAIL_ON", evil), ("MAX_RINGS", evil)];
        assert_ne!(step("Show what changes", &gates).0, 0, "{base}");
    }
    for name in ["Check the format", "Check the tree"] {
        assert_eq!(step(name, &[("DIRECTORY", evil)]).0, 2, "{name}");
    }
    assert_ne!(step("Write SARIF", &[("SARIF", "evil.sarif"), ("DIRECTORY", evil)]).0, 127);
    assert!(!it.exists("pwned") && !it.exists("my fleet/pwned"));
    assert!(!text_of_scripts(&action).contains("${{"), "an input is pasted into a script");
}

/// Every script of the action.
fn text_of_scripts(action: &serde_yaml::Value) -> String {
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    steps.iter().filter_map(|it| it["run"].as_str()).collect()
}

/// The scripts of GitLab's component, as a runner would run them.
#[test]
fn the_component_s_scripts_do_what_they_say() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/fleetc.yml")).expect("it");
    let (_, jobs) = text.split_once("\n---\n").expect("two documents");
    let jobs: serde_yaml::Value = serde_yaml::from_str(jobs).expect("YAML");
    let Some(it) = repository(
        "fleet f { }\ncatalogue a {\n  source s = helm \"https://e.com\"\n  addon web { source = s, version = \"1.0.0\" }\n}\ncluster one { use a }\n",
    ) else {
        return;
    };
    assert_eq!(it.run(&["-C", "my fleet", "fmt"]).status, 0);
    assert_eq!(it.run(&["-C", "my fleet", "build"]).status, 0);
    for args in [&["add", "-A"][..], &["commit", "-q", "-m", "one"]] {
        git(it.path(), args);
    }
    let changed = it.read("my fleet/fleet.fleet").replace("1.0.0", "2.0.0");
    it.write("my fleet/fleet.fleet", &changed);
    assert_eq!(it.run(&["-C", "my fleet", "build"]).status, 0);
    for args in [&["add", "-A"][..], &["commit", "-q", "-m", "two"]] {
        git(it.path(), args);
    }
    let base = git(it.path(), &["rev-parse", "HEAD~1"]).expect("a hash");
    let bin = Path::new(env!("CARGO_BIN_EXE_fleetc")).parent().expect("a directory").display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
    let job = |name: &str, env: &[(&str, &str)]| {
        let lines: Vec<&str> =
            jobs[name]["script"].as_sequence().expect("lines").iter().filter_map(|it| it.as_str()).collect();
        assert!(!lines.concat().contains("$[["), "an input is pasted into a script");
        let mut command = std::process::Command::new("sh");
        command.args(["-ec", &lines.join("\n")]).current_dir(it.path()).env("PATH", &path);
        command.env("FLEETC_DIRECTORY", "my fleet").env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str());
        command.envs(env.iter().copied()).output().expect("sh").status.code()
    };
    assert_eq!(job("fleetc-check", &[]), Some(0));
    assert_eq!(job("fleetc-diff", &[("FLEETC_FAIL_ON", ""), ("FLEETC_MAX_RINGS", "")]), Some(0));
    assert!(it.read("fleetc-diff.md").contains("a major step"));
    assert_eq!(job("fleetc-diff", &[("FLEETC_FAIL_ON", "uninstall\nmajor"), ("FLEETC_MAX_RINGS", "")]), Some(1));
    let evil = "$(touch pwned)`touch pwned`; touch pwned #";
    assert_eq!(job("fleetc-diff", &[("FLEETC_FAIL_ON", evil), ("FLEETC_MAX_RINGS", evil)]), Some(2));
    assert_ne!(job("fleetc-check", &[("FLEETC_DIRECTORY", evil)]), Some(0));
    assert!(!it.exists("pwned"));
}

#[test]
fn a_tree_that_is_out_of_date_is_a_finding() {
    let Some(it) = repository("fleet f { }\ncluster one { }\n") else { return };
    assert_eq!(it.run(&["-C", "my fleet", "build"]).status, 0);
    it.write("my fleet/fleet.fleet", "fleet f { }\ncatalogue a { namespace n { } }\ncluster one { use a }\n");
    let run = |format: &str| it.run(&["-C", "my fleet", "build", "--check", "--message-format", format]);
    let github = run("github");
    assert_eq!(github.status, 1);
    assert!(github.stdout.contains("::error title=fleetc tree,file=my fleet/clusters/one/a.yaml::`clusters/one/a.yaml` differs from the sources"), "{}", github.stdout);
    assert!(github.stdout.lines().all(|it| it.starts_with("::error ")), "{}", github.stdout);
    assert!(it.run(&["-C", "my fleet", "build", "--check"]).stdout.contains("differs clusters/one/a.yaml"));
    let gitlab: Json = serde_json::from_str(&run("gitlab").stdout).expect("JSON");
    assert!(jsonschema::validator_for(&gitlab_schema()).expect("a schema").is_valid(&gitlab), "{gitlab}");
    assert_eq!(it.run(&["-C", "my fleet", "build"]).status, 0);
    assert_eq!((run("json").status, run("json").stdout.as_str()), (0, ""));
}
