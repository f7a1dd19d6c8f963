//! What Flux, kustomize or Helm do silently, or late: for each that the language
//! can cause, the error; for the others, that it cannot be said.

use crate::support::{compiled, errors, summary};

const BASE: &str = r#"
fleet f { facts { zones: Int = 1 } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web { source = charts, version = "1.0.0", values { a = 1, tags = ["x"] } }
  addon api { source = charts, version = "1.0.0" }
}
"#;

fn codes(more: &str) -> Vec<String> {
    errors(&format!("{BASE}{more}"))
}

fn tree(more: &str) -> String {
    let (_, compilation) = compiled(&format!("{BASE}{more}"));
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    let files = compilation.tree.files.iter().map(|(path, it)| format!("=== {path}\n{}", it.text()));
    files.collect::<Vec<_>>().concat()
}

#[test]
fn g01_a_patch_that_matches_nothing() {
    assert_eq!(codes("override wbe { values.a = 2 }\ncluster one { use addons }"), ["E0211"]);
    // What is written fails closed: a merge without target, naming its object in full.
    let tree = tree("cluster one { use addons\n override web { values.a = 2 } }");
    assert!(
        tree.contains("  - patch: |\n      apiVersion: \"helm.toolkit.fluxcd.io/v2\"") && !tree.contains("target:"),
        "{tree}"
    );
}

#[test]
fn g02_g03_target_namespace_cannot_be_said() {
    assert_eq!(codes("cluster one { use addons { targetNamespace = \"x\" } }"), ["E0629"]);
    let tree = tree("cluster one { use addons }");
    let of_flux = tree.split("=== ").find(|it| it.starts_with("clusters/one/addons.yaml")).expect("the file");
    assert!(!of_flux.contains("targetNamespace"));
}

#[test]
fn g04_a_root_has_no_kustomization_yaml() {
    assert!(!tree("cluster one { use addons }").contains("=== clusters/one/kustomization.yaml"));
    assert_eq!(codes("catalogue kustomization { namespace x { } }\ncluster one { use addons }"), ["E0507"]);
    assert_eq!(
        codes("catalogue c { path = \"clusters/one\"\n namespace x { } }\ncluster one { use addons }"),
        ["E0506"]
    );
}

#[test]
fn g05_every_directory_lists_what_it_holds() {
    let tree = tree("cluster one { use addons }");
    assert!(tree.contains("=== common/addons/kustomization.yaml") && tree.contains("- add-ons/web.yaml"));
}

#[test]
fn g06_an_object_has_one_owner() {
    let twice = "catalogue more { manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata { name = \"x\", namespace = \"default\" } }\n manifest n { apiVersion = \"v1\", kind = \"ConfigMap\", metadata { name = \"x\", namespace = \"default\" } } }\ncluster one { use more }";
    assert_eq!(codes(twice), ["E0612"]);
}

#[test]
fn g08_g09_waiting_in_a_cycle_or_for_nothing() {
    assert_eq!(
        codes(
            "catalogue a { after = [b]\n namespace x { } }\ncatalogue b { after = [a]\n namespace y { } }\ncluster one { use a, b }"
        ),
        ["E0625"]
    );
    assert_eq!(codes("catalogue a { after = [bb]\n namespace x { } }\ncluster one { use a }"), ["E0211"]);
    assert_eq!(codes("override web { requires = [api] }\ncluster one { use addons\n drop addons.api }"), ["E0509"]);
}

#[test]
fn g10_g11_what_is_depended_on_is_waited_for_in_one_way() {
    let tree = tree(
        "catalogue late { after = [addons.web]\n namespace x { } }\ncatalogue last { after = [addons]\n namespace y { } }\ncluster one { use addons, late, last }",
    );
    let addons = tree.split("=== ").find(|it| it.starts_with("clusters/one/addons.yaml")).expect("the file");
    assert!(addons.contains("wait: true") && !addons.contains("healthChecks"), "{addons}");
    let own = "cluster one { use addons { wait = true, healthChecks = [{ apiVersion = \"v1\", kind = \"Pod\", name = \"x\" }] } }";
    assert_eq!(codes(own), ["W0615"]);
}

#[test]
fn g12_what_is_awaited_is_not_suspended() {
    assert_eq!(
        codes(
            "override web { release.suspend = true }\ncatalogue late { after = [addons.web]\n namespace x { } }\ncluster one { use addons, late }"
        ),
        ["E0617"]
    );
    assert!(!tree("override web { release.suspend = false }\ncluster one { use addons }").contains("suspend"));
}

#[test]
fn g14_g15_g16_g17_variables() {
    let with = |value: &str| {
        format!(
            "catalogue c {{ kustomization {{ postBuild {{ substitute {{ A = \"1\" }} }} }}\n manifest m {{ apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"default\", data.x = {value} }} }}\ncluster one {{ use c }}"
        )
    };
    assert_eq!(codes(&with("\"${B}\"")), ["E0630"]);
    assert_eq!(codes(&with("\"${B:=b}\"")), ["W0640"]);
    // A number is no text of a ConfigMap.
    assert_eq!(codes(&with("\"${B:=2}\"")), ["E0639", "W0640"]);
    // Nor where all values are on the cluster.
    let elsewhere = with("\"${B:=2}\"")
        .replace("substitute { A = \"1\" }", "substituteFrom = [{ kind = \"ConfigMap\", name = \"vars\" }]");
    let declared = format!("external ConfigMap flux-system.vars {{ keys = [\"A\"] }}\n{elsewhere}");
    assert_eq!(codes(&declared), ["E0639", "W0640"]);
    let text = tree(&with("\"${A} pa$$word ${{ x }} $y\""));
    assert!(text.contains("${A} pa$$$$word $${{ x }} $$y"), "{text}");
    // Flux sees one text: a key is no safer than a value.
    let with_key = |key: &str| with("\"x\"").replace("data.x", &format!("data.\"{key}\""));
    assert_eq!(codes(&with_key("${B}")), ["E0630"]);
    assert!(tree(&with_key("a$$b")).contains("a$$$$b: \"x\""));
    // Where nobody asks for it, nothing is touched.
    let plain = "catalogue c { manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"default\", data.x = \"pa$$word ${x}\" } }\ncluster one { use c }";
    assert!(tree(plain).contains("x: pa$$word ${x}"));
    assert!(tree("cluster one { use addons }").contains("kustomize.toolkit.fluxcd.io/substitute: disabled"));
}

#[test]
fn g19_a_value_set_inline_and_by_target_path() {
    let more = "external Secret s { keys = [\"k\"] }\noverride web { release { valuesFrom = [{ kind = \"Secret\", name = \"s\", valuesKey = \"k\", targetPath = \"a\" }] } }\ncluster one { use addons }";
    assert_eq!(codes(more), ["E0604"]);
}

#[test]
fn g20_two_releases_of_one_name() {
    assert_eq!(
        codes(
            "override web { release-name = \"same\", namespace = \"x\" }\noverride api { release-name = \"same\", namespace = \"x\" }\ncluster one { use addons }"
        ),
        ["E0613"]
    );
}

#[test]
fn g21_g22_releases_upgrade_their_crds_and_do_not_stall() {
    let newest = tree("cluster one { use addons }");
    assert!(newest.contains("crds: CreateReplace") && newest.contains("name: RetryOnFailure"));
    let (_, old) = compiled(&format!(
        "{}cluster one {{ use addons }}",
        BASE.replace("fleet f { ", "fleet f {\n flux = \"2.5\"\n ")
    ));
    assert!(old.is_clean(), "{:?}", summary(&old));
    let web = &old.tree.files["common/addons/add-ons/web.yaml"].text();
    assert!(web.contains("retries: -1") && !web.contains("RetryOnFailure"), "{web}");
}

#[test]
fn g23_g24_charts_in_registries() {
    let text = tree(
        "catalogue o { source r = oci \"oci://ghcr.io/charts\"\n addon p { source = r, version = \"1.0.0+b\" } }\ncluster one { use o }",
    );
    assert!(
        text.contains("chartRef:\n    kind: OCIRepository")
            && text.contains("mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip")
    );
    assert!(text.contains("url: oci://ghcr.io/charts/p") && text.contains("tag: \"1.0.0_b\""), "{text}");
    let wrong = "catalogue o { source r = helm \"oci://ghcr.io/charts\"\n addon p { source = r, version = \"1.0.0\" } }\ncluster one { use o }";
    assert_eq!(codes(wrong), ["E0609"]);
}

#[test]
fn g25_g26_namespaces_where_kinds_want_them() {
    assert_eq!(
        codes("catalogue c { manifest m { apiVersion = \"v1\", kind = \"ConfigMap\" } }\ncluster one { use c }"),
        ["E0620"]
    );
    assert_eq!(
        codes(
            "catalogue c { manifest m { apiVersion = \"storage.k8s.io/v1\", kind = \"StorageClass\", metadata.namespace = \"default\", provisioner = \"x\" } }\ncluster one { use c }"
        ),
        ["E0621"]
    );
}

#[test]
fn g27_two_elements_with_one_key() {
    let more = "catalogue c { manifest m { apiVersion = \"v1\", kind = \"Service\", metadata.namespace = \"default\", spec.ports = [{ port = 80 }, { port = 80 }] } }\ncluster one { use c }";
    assert_eq!(codes(more), ["E0627"]);
}

#[test]
fn g28_every_target_namespace_is_there_first_and_never_pruned() {
    let tree = tree("cluster one { use addons }");
    assert!(
        tree.contains("=== common/addons/namespaces/web.yaml")
            && tree.contains("kustomize.toolkit.fluxcd.io/prune: disabled")
    );
    assert!(!tree.contains("createNamespace"));
    assert_eq!(
        codes(
            "catalogue c { manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"nowhere\" } }\ncluster one { use c }"
        ),
        ["E0623"]
    );
}

#[test]
fn g29_registries_of_aws_ask_for_a_login() {
    let with = |more: &str| {
        format!(
            "catalogue o {{ source r = oci \"oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts\" {{ {more} }}\n addon p {{ source = r, version = \"1.0.0\" }} }}\ncluster one {{ use o }}"
        )
    };
    assert_eq!(codes(&with("interval = \"5m\"")), ["E0604"]);
    assert!(codes(&with("provider = \"aws\"")).is_empty());
    assert_eq!(
        codes(&with("provider = \"aws\"").replace("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "ghcr.io")),
        ["E0604"]
    );
}

#[test]
fn g31_api_versions_that_a_flux_does_not_serve() {
    let more = "catalogue c { manifest m { apiVersion = \"source.toolkit.fluxcd.io/v1beta2\", kind = \"GitRepository\", metadata.namespace = \"flux-system\", spec { url = \"https://x.example.com\", interval = \"1m\", ref.branch = \"main\" } } }\ncluster one { use c }";
    assert_eq!(codes(more), ["E0622"]);
}

#[test]
fn g33_substitutes_are_strings() {
    assert_eq!(codes("cluster one { use addons { postBuild.substitute.A = 1 } }"), ["E0301"]);
}

#[test]
fn g34_a_git_source_says_what_it_reads() {
    let with = |more: &str| {
        format!(
            "catalogue g {{ source s = git \"https://git.example.com/x.git\" {{ {more} }}\n addon p {{ source = s, chart = \"./charts/p\" }} }}\ncluster one {{ use g }}"
        )
    };
    assert_eq!(codes(&with("interval = \"5m\"")), ["E0604"]);
    // 36: a chart in Git is deployed when it changes, whatever its version says.
    assert!(tree(&with("branch = \"main\"")).contains("reconcileStrategy: Revision"));
}

#[test]
fn a_mixed_fleet_gets_fields_where_they_are_known() {
    let more = "cluster one { use addons }\ncluster two {\n use addons\n flux = \"2.6\"\n}";
    let text = tree(more);
    let web = text.split("=== ").find(|it| it.starts_with("common/addons/add-ons/web.yaml")).expect("the file");
    assert!(!web.contains("strategy:"), "the older Flux has no strategies: {web}");
    let one = text.split("=== ").find(|it| it.starts_with("clusters/one/addons.yaml")).expect("the file");
    assert!(one.contains("RetryOnFailure"), "{one}");
}

#[test]
fn what_flux_bootstrap_made_is_nobody_elses() {
    let git = "url = \"https://git.example.com/x\", branch = \"main\"";
    let attached = format!(
        "repository flux-system {{ {git}, trust = \"cluster-admin\" }}\ncluster one {{ use addons\n attach flux-system }}"
    );
    assert_eq!(codes(&attached), ["E0612", "W0511"]);
    for tenant in ["tenant flux-system { }", "tenant team { namespace = \"kube-system\" }"] {
        let name = tenant.split(' ').nth(1).expect("a name");
        assert_eq!(
            codes(&format!("{tenant}\ncluster one {{ use addons\n attach {name} }}")),
            ["E0612", "W0638"],
            "{tenant}"
        );
    }
}

#[test]
fn fields_that_rewrite_objects_are_refused() {
    for field in ["namePrefix = \"x-\"", "images = [{ name = \"a\", newTag = \"b\" }]", "components = [\"a\"]"] {
        assert_eq!(codes(&format!("cluster one {{ use addons {{ {field} }} }}")), ["E0629"], "{field}");
        let of_cluster = format!("cluster one {{ use addons\n kustomization {{ {field} }} }}");
        assert_eq!(codes(&of_cluster), ["E0629"], "{field}");
    }
}

#[test]
fn labels_and_annotations_are_strings() {
    for metadata in ["annotations { a = 1 }", "labels { b = true }"] {
        let map = format!(
            "manifest m {{ apiVersion = \"v1\", kind = \"ConfigMap\", metadata {{ namespace = \"default\", {metadata} }} }}"
        );
        assert_eq!(codes(&format!("cluster one {{ use addons\n {map} }}")), ["E0626"], "{metadata}");
    }
}

#[test]
fn what_sops_encrypted_is_a_file_of_its_own() {
    let secret = "{ apiVersion = \"v1\", kind = \"Secret\", metadata { name = \"s\", namespace = \"default\" }, sops { version = \"3.10\" } }";
    assert_eq!(codes(&format!("cluster one {{ use addons\n manifest m = [{secret}] }}")), ["E0611"]);
    assert_eq!(codes(&format!("cluster one {{ use addons\n manifest m {secret} }}")), ["E0611"]);
}
