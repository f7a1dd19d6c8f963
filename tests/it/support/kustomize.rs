//! The oracle: the real kustomize, driven as kustomize-controller drives it.
//!
//! kustomize-controller takes the `kustomization.yaml` at `spec.path` (or makes
//! one of everything below it), appends `spec.patches` and `spec.components`, and
//! builds with the restriction to the directory lifted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use fleetc::compile::Compilation;
use fleetc::fleet;
use fleetc::flux::{self, UnitPlace};
use fleetc::source::{Db, FleetDatabase};
use fleetc::{emit::with_patches, value::json};
use serde_json::Value;

use super::Substitute;

/// Where kubectl is.
pub(crate) struct Kustomize {
    kubectl: PathBuf,
}

impl Kustomize {
    /// The real kubectl; without it the test says that it did not run, and with
    /// `CI=true` that is a failure.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let found = std::env::var_os("PATH")
            .and_then(|path| std::env::split_paths(&path).map(|it| it.join("kubectl")).find(|it| it.is_file()));
        if let Some(kubectl) = found {
            Some(Self { kubectl })
        } else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{test} needs kubectl, and there is none");
            eprintln!("{test} did not run: there is no kubectl");
            None
        }
    }

    /// Builds a directory.
    pub(crate) fn build(&self, dir: &Path) -> Result<Vec<Value>, String> {
        let output = Command::new(&self.kubectl)
            .args(["kustomize", "--load-restrictor", "LoadRestrictionsNone"])
            .arg(dir)
            .output()
            .map_err(|it| it.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(documents(&String::from_utf8_lossy(&output.stdout)))
    }

    /// Compares every cluster of a compilation with what kustomize makes of its files.
    pub(crate) fn check(&self, db: &FleetDatabase, compilation: &Compilation) {
        self.check_each(db, compilation, 1);
    }

    /// The same for each nth cluster.
    pub(crate) fn check_each(&self, db: &FleetDatabase, compilation: &Compilation, nth: usize) {
        let dir = tempfile::tempdir().expect("a directory");
        for (path, file) in &compilation.tree.files {
            let path = dir.path().join(path.as_str());
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, file.text().as_bytes()).expect("a file");
        }
        for cluster in fleet::clusters(db).step_by(nth) {
            self.check_cluster(db, dir.path(), &flux::exactly(db, cluster).value);
        }
    }

    fn check_cluster(&self, db: &dyn Db, dir: &Path, deployed: &flux::Deployed) {
        let root = dir.join(deployed.path.as_str());
        if !root.is_dir() {
            assert!(deployed.units.is_empty() && deployed.root.is_empty());
            return;
        }
        generate(&root);
        let built = self.build(&root).unwrap_or_else(|it| panic!("root of {}: {it}", deployed.cluster));
        let expected: Vec<Value> = deployed
            .root
            .iter()
            .cloned()
            .chain(deployed.units.iter().map(|it| with_patches(db, it)))
            .map(|it| json(&it.body))
            .collect();
        same_objects(&format!("root of {}", deployed.cluster), &built, &expected);
        for unit in deployed.units.iter().filter(|it| it.place != UnitPlace::Foreign) {
            let what = format!("`{}` of {}", unit.name, deployed.cluster);
            let own = &unit.kustomization.id;
            let id = |it: &Value| {
                let of = &it["metadata"];
                it["kind"] == "Kustomization"
                    && of["name"] == own.name.as_str()
                    && of["namespace"] == own.namespace.as_str()
            };
            let spec = &built.iter().find(|it| id(it)).unwrap_or_else(|| panic!("{what} is not there"))["spec"];
            let path = spec["path"].as_str().expect("a path").trim_start_matches("./");
            let list = dir.join(path).join("kustomization.yaml");
            let before = std::fs::read_to_string(&list).unwrap_or_else(|it| panic!("{what}: {path}: {it}"));
            let mut merged: Value = serde_yaml::from_str(&before).expect("YAML");
            for key in ["patches", "components"] {
                if let Some(more) = spec[key].as_array() {
                    let mut all = merged[key].as_array().cloned().unwrap_or_default();
                    all.extend(more.iter().cloned());
                    merged[key] = all.into();
                }
            }
            std::fs::write(&list, serde_json::to_string(&merged).expect("JSON")).expect("a file");
            let made =
                self.build(list.parent().expect("a parent")).unwrap_or_else(|it| panic!("{what}: {it}\n{merged:#}"));
            std::fs::write(&list, before).expect("a file");
            let wanted: Vec<Value> = unit.objects.iter().map(|it| json(&it.body)).collect();
            same_objects(&what, &made, &wanted);
            replaced(&what, unit, &spec["postBuild"], &made);
        }
    }
}

/// The last stage: Flux replaces variables in what kustomize made.
fn replaced(what: &str, unit: &flux::Unit, post_build: &Value, made: &[Value]) {
    let Some(substitution) = unit.substitution.as_ref().filter(|_| post_build.get("substituteFrom").is_none()) else {
        return;
    };
    let Some(flux) = Substitute::find("replacing variables") else { return };
    let variables = post_build["substitute"].as_object().expect("variables");
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, it)| (name.clone(), it.as_str().expect("a text").to_owned())).collect();
    let theirs: Vec<Value> = made
        .iter()
        .zip(flux.of(made, &variables))
        .map(|(before, after)| after.unwrap_or_else(|it| panic!("{what}: {it}")).unwrap_or_else(|| before.clone()))
        .collect();
    let ours: Vec<Value> = unit.objects.iter().map(|it| json(&substitution.applied(it).body)).collect();
    same_objects(&format!("{what}, variables replaced"), &theirs, &ours);
}

/// Makes the `kustomization.yaml` of a root that has none: its files, and its
/// directories that have one.
fn generate(root: &Path) {
    let mut resources: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(root).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            assert!(path.join("kustomization.yaml").is_file(), "the root descends into {name}");
        }
        resources.push(format!("./{name}"));
    }
    resources.sort();
    let list = serde_json::json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources,
    });
    std::fs::write(root.join("kustomization.yaml"), list.to_string()).expect("a file");
}

/// The documents of a YAML text.
pub(super) fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text)
        .map(|it| Value::deserialize(it).expect("YAML"))
        .filter(|it| !it.is_null())
        .collect()
}

fn key(it: &Value) -> String {
    let metadata = &it["metadata"];
    format!("{} {} {} {}", it["apiVersion"], it["kind"], metadata["namespace"], metadata["name"])
}

/// Object for object, whatever their order.
pub(crate) fn same_objects(what: &str, made: &[Value], wanted: &[Value]) {
    let by_key = |list: &[Value]| list.iter().map(|it| (key(it), it.clone())).collect::<BTreeMap<_, _>>();
    let (made, wanted) = (by_key(made), by_key(wanted));
    let names = |map: &BTreeMap<String, Value>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&made), names(&wanted), "{what}: other objects");
    for (key, wanted) in &wanted {
        let made = &made[key];
        assert!(
            same(made, wanted),
            "{what}: {key}\nkustomize makes {}\nfleetc renders {}",
            serde_json::to_string_pretty(made).expect("JSON"),
            serde_json::to_string_pretty(wanted).expect("JSON")
        );
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}
