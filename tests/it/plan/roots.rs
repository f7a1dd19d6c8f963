//! A cluster's root with a `kustomization.yaml` of its author's.

use super::writing::SMALL;
use crate::support::Fleet;

/// A root's own `kustomization.yaml` stays its author's: what is generated has to be in it, and nothing that goes.
#[test]
fn a_root_may_list_what_flux_applies() {
    let fleet = Fleet::new(SMALL);
    let list = "clusters/one/kustomization.yaml";
    let refused = |text: &str, said: &[&str]| {
        fleet.write(list, text);
        let run = fleet.run(&["build"]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        for it in said {
            assert!(run.stderr.contains(it), "no {it}\n{}", run.stderr);
        }
        assert_eq!(fleet.read(list), text);
    };
    fleet.write("clusters/one/flux-system/gotk-components.yaml", "# Flux\n");
    refused("resources:\n- flux-system\n", &["E0704", "add to its `resources`: `- addons.yaml`"]);
    refused("resources:\n- addons.yaml\n", &["E0704", "add to its `resources`: `- flux-system`"]);
    refused(
        "resources: [flux-system, addons.yaml, more.yaml]\n",
        &["E0704", "lists `more.yaml`", "there is no such file"],
    );
    refused("resources: [flux-system, addons.yaml]\nnamespace: apps\n", &["E0704", "by `namespace`"]);
    refused("resources: [\n", &["E0704", "cannot be read"]);
    let all = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- ./flux-system\n- addons.yaml\n- more.yaml\n";
    // What is not listed, Flux does not apply: it may be anything.
    fleet.write("clusters/one/notes.yaml", "replicaCount: 2\n");
    fleet.write(
        "clusters/one/more.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: default}\n",
    );
    fleet.write(list, all);
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(fleet.read(list), all);
    // What is listed counts as ever, and so does what a build removes.
    fleet.write("clusters/one/more.yaml", "replicaCount: 2\n");
    refused(all, &["E0704", "clusters/one/more.yaml"]);
    fleet.write(
        "clusters/one/more.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: default}\n",
    );
    fleet.write("fleet.fleet", &SMALL.replace("use addons", ""));
    refused(all, &["E0708", "addons"]);
    let run = fleet.run(&["build", "--remove", "one/addons"]);
    assert!(run.stderr.contains("E0704") && run.stderr.contains("take `- addons.yaml` out"), "{}", run.stderr);
    fleet.write(list, &all.replace("- addons.yaml\n", ""));
    assert_eq!(fleet.run(&["build", "--remove", "one/addons"]).status, 0);
}
