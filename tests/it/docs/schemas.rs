//! What programs read is as the schemas in `docs/schemas` say.

use std::path::Path;

use serde_json::Value;

use crate::support::{Fleet, Run};

/// Holds a value against a schema; the value comes back.
fn check(schema: &str, output: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas").join(schema);
    let text = std::fs::read_to_string(&path).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let value: Value = serde_json::from_str(output).unwrap_or_else(|it| panic!("{it}: {output}"));
    let problems: Vec<String> =
        validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(problems.is_empty(), "{}: {problems:#?}", path.display());
    value
}

fn example(name: &str, args: &[&str]) -> Run {
    let run = Run::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name), args);
    assert!(run.status < 2, "{args:?}: {}", run.stderr);
    run
}

/// The names of fields that a schema declares.
fn fields(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(entries) => {
            let own = entries.get("properties").and_then(Value::as_object);
            own.into_iter().flat_map(|it| it.keys().cloned()).chain(entries.values().flat_map(fields)).collect()
        }
        Value::Array(all) => all.iter().flat_map(fields).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn fields_have_names_of_one_style() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    for entry in std::fs::read_dir(dir).expect("schemas").flatten() {
        let schema = serde_json::from_str(&std::fs::read_to_string(entry.path()).expect("a schema")).expect("JSON");
        let fields = fields(&schema);
        let is_camel_case =
            |it: &String| it.chars().all(|it| it.is_ascii_alphanumeric()) && !it.starts_with(char::is_uppercase);
        let others: Vec<&String> = fields.iter().filter(|it| !is_camel_case(it)).collect();
        assert!(!fields.is_empty() && others.is_empty(), "{}: {others:?}", entry.path().display());
    }
}

#[test]
fn answers_are_as_their_schemas_say() {
    for what in ["clusters", "add-ons", "releases", "sources", "catalogues", "rules", "versions"] {
        check("list.v1.json", &example("eks-fleet", &["list", what, "-o", "json"]).stdout);
    }
    for name in ["eks-fleet", "tenants"] {
        let listed = check("list.v1.json", &example(name, &["list", "clusters", "-o", "json"]).stdout);
        let clusters: Vec<String> =
            listed.as_array().expect("rows").iter().map(|it| it["cluster"].as_str().expect("a name").into()).collect();
        let [first, second, ..] = clusters.as_slice() else { panic!("{name} has two clusters") };
        check("compare.v1.json", &example(name, &["compare", first, second, "-o", "json"]).stdout);
        let releases = check("list.v1.json", &example(name, &["list", "releases", "-o", "json"]).stdout);
        let mut asked: Vec<String> = vec!["flux-system".into(), "cluster.environment".into()];
        asked.extend(
            releases
                .as_array()
                .expect("rows")
                .iter()
                .step_by(5)
                .take(4)
                .filter_map(|it| it["addOn"].as_str().map(Into::into)),
        );
        for what in asked {
            for cluster in [first, second] {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
                let run = Run::of(&root, &["why", cluster, &what, "-o", "json"]);
                if run.status == 0 {
                    check("why.v1.json", &run.stdout);
                }
            }
        }
    }
}

#[test]
fn a_difference_is_as_its_schema_says() {
    let fleet = Fleet::copy_of("examples/eks-fleet");
    let commit = [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["commit", "-q", "-m", "one"]];
    if !commit.iter().all(|it| crate::support::git(fleet.path(), it).is_some()) {
        return;
    }
    let text = fleet.read("fleet.fleet").replace("interval = \"1h\"", "interval = \"47m\"");
    fleet.write("fleet.fleet", &text);
    let run = fleet.run(&["diff", "-o", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let found = check("diff.v1.json", &run.stdout);
    assert!(!found["changes"].as_array().expect("changes").is_empty());
}

#[test]
fn each_line_of_diagnostics_is_as_its_schema_says() {
    let fleet =
        Fleet::new("fleet f { facts { region: AwsRegion } }\ncluster one { use addons }\ncluster two { zones = 3 }\n");
    for args in [&["check", "--message-format", "json"][..], &["build", "--check", "--message-format", "json"]] {
        let run = fleet.run(args);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stdout.lines().count() > 1, "{}", run.stdout);
        for line in run.stdout.lines() {
            check("diagnostic.v1.json", line);
        }
    }
}
