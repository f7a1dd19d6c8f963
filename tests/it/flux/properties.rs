//! The promises of the tree that need two builds, or a look into patches: local,
//! minimal, diffable.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{compiled, summary};

const FLEET: &str = r#"
fleet f { facts { size: Int = 1 } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web { source = charts, version = "1.0.0", values { a = 1, size = cluster.size } }
  addon api { source = charts, version = "1.0.0", values.b = 2 }
}
catalogue extra {
  source charts2 = helm "https://charts2.example.com"
  addon tool { source = charts2, version = "1.0.0" }
}
cluster one { use addons }
cluster two {
  use addons, extra
  override api { values.b = 5 }
}
cluster three {
  use addons
  drop addons.api
}
"#;

/// The paths whose bytes differ between two builds.
fn changed(before: &str, after: &str) -> Vec<String> {
    let build = |text: &str| {
        let (_, compilation) = compiled(text);
        assert!(compilation.is_clean(), "{:?}", summary(&compilation));
        compilation.tree.files
    };
    let (a, b) = (build(before), build(after));
    let paths: BTreeSet<_> = a.keys().chain(b.keys()).collect();
    paths.into_iter().filter(|it| a.get(*it) != b.get(*it)).map(ToString::to_string).collect()
}

#[test]
fn changing_one_cluster_changes_its_files_alone() {
    let after = FLEET.replace(
        "cluster one { use addons }",
        "cluster one {\n  use addons\n  size = 7\n  override web { values.a = 9 }\n}",
    );
    assert_eq!(changed(FLEET, &after), ["clusters/one/addons.yaml"]);
}

#[test]
fn changing_a_common_value_changes_its_file_and_the_clusters_whose_patches_touch_it() {
    assert_eq!(changed(FLEET, &FLEET.replace("values { a = 1", "values { a = 2")), ["common/addons/add-ons/web.yaml"]);
    // Two's patch sets what the base now has as well: it is no longer needed there.
    assert_eq!(
        changed(FLEET, &FLEET.replace("values.b = 2", "values.b = 5")),
        ["clusters/two/addons.yaml", "common/addons/add-ons/api.yaml"]
    );
}

#[test]
fn adding_an_item_also_changes_the_clusters_that_drop_it() {
    let with_item =
        FLEET.replace("  addon api {", "  addon new { source = charts, version = \"1.0.0\" }\n  addon api {");
    let paths = changed(FLEET, &with_item);
    assert_eq!(
        paths,
        ["common/addons/add-ons/new.yaml", "common/addons/kustomization.yaml", "common/addons/namespaces/new.yaml"]
    );
    let dropped = with_item.replace("drop addons.api", "drop addons.api, addons.new");
    assert_eq!(changed(&with_item, &dropped), ["clusters/three/addons.yaml"]);
}

#[test]
fn a_cluster_that_differs_in_nothing_has_no_patches() {
    let (_, compilation) = compiled(FLEET);
    let text = |path: &str| compilation.tree.files[path].text().to_string();
    assert!(!text("clusters/two/extra.yaml").contains("patches"));
    assert!(text("clusters/one/addons.yaml").contains("patches"));
}

#[test]
fn a_patch_holds_no_leaf_that_the_base_already_has() {
    for name in ["eks-fleet", "eks-apps", "tenants", "inventory", "flux-eks-gitops-config"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let files = crate::support::read_tree(&root);
        let parse = |path: &str| -> Vec<Value> {
            use serde::Deserialize;
            let text = String::from_utf8(files[path].clone()).expect("UTF-8");
            serde_yaml::Deserializer::from_str(&text).map(|it| Value::deserialize(it).expect("YAML")).collect()
        };
        let base: Vec<Value> = files
            .keys()
            .filter(|it| (it.starts_with("common/") || it.starts_with("applications/")) && it.ends_with(".yaml"))
            .flat_map(|it| parse(it))
            .collect();
        let mut looked_at = 0;
        for path in files.keys().filter(|it| it.starts_with("clusters/") && it.ends_with(".yaml")) {
            for document in parse(path) {
                for patch in
                    document["spec"]["patches"].as_array().into_iter().flatten().filter(|it| it["target"].is_null())
                {
                    let merge: Value = serde_yaml::from_str(patch["patch"].as_str().expect("text")).expect("YAML");
                    let id = |it: &Value| {
                        (it["kind"].clone(), it["metadata"]["name"].clone(), it["metadata"]["namespace"].clone())
                    };
                    let object =
                        base.iter().find(|it| id(it) == id(&merge)).unwrap_or_else(|| panic!("{path}: {merge}"));
                    if merge["$patch"].is_null() {
                        looked_at += 1;
                        redundant(&merge["spec"], &object["spec"], &format!("{path} {}", merge["metadata"]["name"]));
                    }
                }
            }
        }
        assert!(looked_at > 0, "{name} has no patches");
    }
}

fn redundant(patch: &Value, base: &Value, at: &str) {
    match (patch, base) {
        (Value::Object(patch), Value::Object(base)) => {
            for (key, value) in patch {
                if let Some(base) = base.get(key) {
                    redundant(value, base, &format!("{at}.{key}"));
                }
            }
        }
        (Value::Null, Value::Null) => {}
        (patch, base) => assert_ne!(patch, base, "{at} is in the base already"),
    }
}

#[test]
fn files_have_one_object_and_kubernetes_usual_order() {
    let (_, compilation) = compiled(FLEET);
    for (path, file) in compilation
        .tree
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("common/") && !path.ends_with("kustomization.yaml"))
    {
        let text = file.text();
        let keys: Vec<&str> =
            text.lines().filter(|it| !it.starts_with([' ', '#', '-'])).filter_map(|it| it.split(':').next()).collect();
        assert!(keys.starts_with(&["apiVersion", "kind", "metadata"]), "{path}: {keys:?}");
        assert_eq!(keys.iter().filter(|it| **it == "apiVersion").count(), 1, "{path}");
        assert!(file.text().starts_with(&format!("# Generated by fleetc: {path}, from fleet.fleet. Do not edit.\n")));
    }
}

#[test]
fn integers_of_yaml_1_1_in_inputs_are_what_kustomize_reads() {
    let (_, compilation) = compiled(
        "fleet f { }\ncatalogue c { manifest m = yaml(\"m.yaml\") }\ncluster one { use c }\n--- m.yaml ---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: default}\nspec:\n  activeDeadlineSeconds: 0644\n  priority: 1_000\n  hostname: \"0755\"\n  subdomain: 0o7x\n  containers: [{name: a}]\n",
    );
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    let text = &compilation.tree.files["common/c/manifests/m.yaml"].text();
    assert!(
        text.contains("activeDeadlineSeconds: 420\n")
            && text.contains("priority: 1000\n")
            && text.contains("hostname: \"0755\"\n"),
        "{text}"
    );
}
