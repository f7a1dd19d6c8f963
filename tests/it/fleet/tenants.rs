//! Tenants: namespaces with their bounds, an account that is bound in them, and
//! Kustomizations that run as it.

use serde_json::Value;

use crate::support::{compiled, errors, summary};

const TENANT: &str = r#"
fleet f { lockdown = true }
tenant shop {
  repositories = [apps]
  labels { team = "shop" }
  quota { "requests.cpu" = "10", pods = 50 }
  limits { default { memory = "256Mi" }, default-request { cpu = "100m" } }
  network = "isolated"
  namespaces {
    shop-jobs { quota { pods = 5 }, labels { kind = "jobs" } }
  }
  kustomizations {
    shop-base { repository = apps, path = "./base" }
    shop-jobs { repository = apps, path = "./jobs", namespace = "shop-jobs", after = ["shop-base"] }
  }
}
repository apps {
  url    = "ssh://git@git.example.com/shop/apps.git"
  branch = "main"
  auth   = secret("shop-key")
}
external Secret shop.shop-key { keys = ["identity", "known_hosts"] }
cluster one { attach shop }
"#;

/// The objects in a cluster's root, by kind, namespace and name.
fn objects(text: &str) -> Vec<(String, Value)> {
    let (db, compilation) = compiled(text);
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    let cluster = fleetc::fleet::clusters(&db).next().expect("a cluster");
    let deployed = &fleetc::flux::exactly(&db, cluster).value;
    deployed
        .objects()
        .map(|(_, it)| (format!("{} {}/{}", it.id.kind, it.id.namespace, it.id.name), fleetc::value::json(&it.body)))
        .collect()
}

fn find(objects: &[(String, Value)], id: &str) -> Value {
    let found = objects.iter().find(|(it, _)| it == id);
    found.unwrap_or_else(|| panic!("no {id} in {:?}", objects.iter().map(|it| &it.0).collect::<Vec<_>>())).1.clone()
}

#[test]
fn a_tenant_has_namespaces_quotas_limits_and_isolation() {
    let all = objects(TENANT);
    assert_eq!(find(&all, "Namespace /shop")["metadata"]["labels"]["team"], "shop");
    let jobs = find(&all, "Namespace /shop-jobs");
    assert_eq!(jobs["metadata"]["labels"]["kind"], "jobs");
    assert_eq!(jobs["metadata"]["labels"]["toolkit.fluxcd.io/tenant"], "shop");
    assert_eq!(jobs["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"], "disabled");
    assert_eq!(find(&all, "ResourceQuota shop/shop-quota")["spec"]["hard"]["pods"], "50");
    let quota = find(&all, "ResourceQuota shop-jobs/shop-quota");
    assert_eq!((&quota["spec"]["hard"]["pods"], &quota["spec"]["hard"]["requests.cpu"]), (&"5".into(), &"10".into()));
    assert_eq!(find(&all, "LimitRange shop-jobs/shop-limits")["spec"]["limits"][0]["defaultRequest"]["cpu"], "100m");
    assert_eq!(find(&all, "NetworkPolicy shop/shop-isolation")["spec"]["policyTypes"][0], "Ingress");
    // One account, bound in both namespaces.
    assert_eq!(all.iter().filter(|(id, _)| id.starts_with("ServiceAccount")).count(), 1);
    let binding = find(&all, "RoleBinding shop-jobs/shop-tenant");
    assert_eq!(binding["subjects"][1]["namespace"], "shop");
    assert_eq!(binding["roleRef"]["name"], "fleetc-tenant");
}

/// What a tenant may do in its namespaces: not what would undo its bounds.
#[test]
fn a_tenant_may_not_change_its_bounds() {
    let all = objects(TENANT);
    let rules = find(&all, "ClusterRole /fleetc-tenant-rules");
    let writes = ["create", "update", "patch", "delete", "deletecollection", "bind", "escalate", "*"];
    let has = |list: &Value, wanted: &str| list.as_array().expect("a list").iter().any(|it| it == wanted);
    let may_write = |group: &str, resource: &str| {
        rules["rules"].as_array().expect("rules").iter().any(|rule| {
            has(&rule["apiGroups"], group)
                && (has(&rule["resources"], resource) || has(&rule["resources"], "*"))
                && writes.iter().any(|it| has(&rule["verbs"], it))
        })
    };
    for (group, resource) in [
        ("", "namespaces"),
        ("", "resourcequotas"),
        ("", "limitranges"),
        ("networking.k8s.io", "networkpolicies"),
        ("extensions", "networkpolicies"),
        ("rbac.authorization.k8s.io", "clusterroles"),
    ] {
        assert!(!may_write(group, resource), "{resource}");
    }
    for (group, resource) in [
        ("", "configmaps"),
        ("apps", "deployments"),
        ("rbac.authorization.k8s.io", "rolebindings"),
        ("helm.toolkit.fluxcd.io", "helmreleases"),
    ] {
        assert!(may_write(group, resource), "{resource}");
    }
    // No rule lets it have more than it has itself.
    let text = rules.to_string();
    assert!(!text.contains("\"bind\"") && !text.contains("escalate") && !text.contains("\"verbs\":[\"*\"]"));
    // Of what others grant to `admin` and `edit`, Kubernetes' own is left out: that has network policies.
    let role = find(&all, "ClusterRole /fleetc-tenant");
    let selectors = role["aggregationRule"]["clusterRoleSelectors"].as_array().expect("selectors").clone();
    assert_eq!(selectors.len(), 3);
    for it in selectors {
        assert_eq!(it["matchExpressions"][0]["key"], "kubernetes.io/bootstrapping");
        assert_eq!(it["matchExpressions"][0]["operator"], "DoesNotExist");
    }
    // Whoever chooses a role has that one, and no other is made.
    let chosen = objects(&TENANT.replace("network = \"isolated\"", "cluster-role = \"edit\""));
    assert_eq!(find(&chosen, "RoleBinding shop/shop-reconciler")["roleRef"]["name"], "edit");
    assert!(!chosen.iter().any(|(id, _)| id.starts_with("ClusterRole")));
}

#[test]
fn a_tenant_without_lockdown_is_a_warning() {
    let open = TENANT.replace("lockdown = true", "");
    assert_eq!(errors(&open), ["W0638"]);
    assert!(errors(&open.replace("cluster one {", "cluster one {\n  lockdown = true\n ")).is_empty());
}

#[test]
fn a_tenants_kustomizations_run_as_it_in_its_namespace() {
    let all = objects(TENANT);
    assert_eq!(all.iter().filter(|(id, _)| id.starts_with("GitRepository")).count(), 1);
    let jobs = find(&all, "Kustomization shop/shop-jobs");
    assert_eq!(jobs["spec"]["serviceAccountName"], "shop");
    assert_eq!(jobs["spec"]["targetNamespace"], "shop-jobs");
    assert_eq!(jobs["spec"]["dependsOn"][0]["name"], "shop-base");
    assert_eq!(jobs["spec"]["sourceRef"]["name"], "apps");
    assert!(!all.iter().any(|(id, _)| id == "Kustomization shop/apps"), "the listed ones stand for the whole");
}

#[test]
fn what_a_tenant_names_must_be_its_own() {
    let with = |from: &str, to: &str| errors(&TENANT.replace(from, to));
    assert!(with("", "").is_empty());
    assert_eq!(with("namespace = \"shop-jobs\"", "namespace = \"other\""), ["E0211"]);
    assert_eq!(with("after = [\"shop-base\"]", "after = [\"shop-bas\"]"), ["E0211"]);
    assert_eq!(with("repository = apps, path = \"./base\"", "repository = appz, path = \"./base\""), ["E0211"]);
    assert_eq!(with("pods = 50", "pods = \"many\""), ["E0412"]);
    assert_eq!(with("pods = 50", "pods = -50").len(), 1);
    assert_eq!(with("network = ", "service-account = \"default\"\n  network = "), ["E0412"]);
    assert_eq!(with("team = \"shop\"", "\"toolkit.fluxcd.io/tenant\" = \"other\""), ["E0629"]);
    assert_eq!(with("shop-jobs { quota", "kube-system { quota"), ["E0612", "E0211"]);
}

#[test]
fn under_lockdown_accounts_must_be_there_and_references_stay() {
    let manifest = |spec: &str, namespace: &str| {
        format!(
            r#"
fleet f {{ lockdown = true }}
tenant shop {{ }}
catalogue c {{
  manifest own {{
    apiVersion = "kustomize.toolkit.fluxcd.io/v1"
    kind       = "Kustomization"
    metadata.namespace = "{namespace}"
    spec {{ interval = "10m", path = "./", prune = true, {spec} }}
  }}
}}
cluster one {{
  use c
  attach shop
}}
"#
        )
    };
    let source = "sourceRef { kind = \"GitRepository\", name = \"x\" }";
    assert!(errors(&manifest(&format!("{source}, serviceAccountName = \"shop\""), "shop")).is_empty());
    assert_eq!(errors(&manifest(source, "shop")), ["E0635"]);
    assert_eq!(errors(&manifest(&format!("{source}, serviceAccountName = \"shp\""), "shop")), ["E0635"]);
    let across = "sourceRef { kind = \"GitRepository\", name = \"flux-system\", namespace = \"flux-system\" }, serviceAccountName = \"shop\"";
    assert_eq!(errors(&manifest(across, "shop")), ["E0608"]);
}

#[test]
fn a_tenants_project_stays_in_its_namespaces() {
    let with = |items: &str| {
        errors(&format!(
            r#"
fleet shop-apps {{
  sync {{ name = "shop-apps", namespace = "shop", root = "shop-apps", service-account = "shop", namespaces = ["shop-jobs"] }}
}}
application app {{
  source charts = helm "https://charts.example.com"
  {items}
}}
cluster one {{ use app }}
"#
        ))
    };
    let addon =
        |namespace: &str| format!("addon web {{ source = charts, version = \"1.0.0\", namespace = \"{namespace}\" }}");
    assert!(with(&addon("shop")).is_empty());
    assert!(with(&addon("shop-jobs")).is_empty());
    assert_eq!(with(&addon("kube-system")), ["E0634"]);
    let cluster_wide = "manifest ns { apiVersion = \"v1\", kind = \"PersistentVolume\" }";
    assert_eq!(with(cluster_wide), ["E0634"]);
}

#[test]
fn accounts_that_nothing_makes_are_errors_everywhere() {
    let with = |account: &str, more: &str| {
        errors(&format!(
            r#"
fleet f {{ lockdown = true }}
catalogue c {{
  manifest own {{
    apiVersion = "kustomize.toolkit.fluxcd.io/v1"
    kind       = "Kustomization"
    metadata.namespace = "flux-system"
    spec {{ interval = "10m", path = "./", prune = true, sourceRef {{ kind = "GitRepository", name = "flux-system" }}, serviceAccountName = "{account}" }}
  }}
}}
cluster one {{ use c }}
cluster two {{ {more} }}
"#
        ))
    };
    assert!(with("kustomize-controller", "").is_empty());
    assert_eq!(with("kustomise-controller", ""), ["E0635"]);
    // What another cluster declares is not there.
    assert_eq!(with("deployer", "external ServiceAccount flux-system.deployer"), ["E0635"]);
}
