//! What creates the clusters: every format against the schema of the tool that
//! reads it.

use std::path::Path;

use serde_json::Value;

use crate::support::{Fleet, compiled, summary};

const FLEET: &str = r#"
fleet f {
  repository = "ssh://git@git.example.com/acme/fleet.git"
  facts { account: AwsAccountId = "111122223333", region: AwsRegion = "eu-west-1", environment: "test" | "production" }
}
baseline standard {
  params { size: Int = 2 }
  kubernetes = "1.34"
  logging    = ["api", "audit"]
  endpoint { public = false, private = true, cidrs = ["10.0.0.0/8"] }
  vpc { id = "vpc-0a1b", private { eu-west-1a = "subnet-0a", eu-west-1b = "subnet-0b" }, public { eu-west-1a = "subnet-0c" } }
  encryption-key = "arn:aws:kms:eu-west-1:111122223333:key/x"
  addons {
    vpc-cni { version = "v1.20.0-eksbuild.1", conflicts = "overwrite", values { env { A = "${b} %{c}" } } }
    coredns { version = "v1.12.0-eksbuild.1" }
  }
  fargate { system { selectors = [{ namespace = "kube-system", labels { a = "b" } }] } }
  nodes {
    main {
      instances = ["m7i.large"]
      min       = 1
      max       = 1 + params.size
      disk      = 50
      spot      = true
      taints    = [{ key = "x", value = "y", effect = "PreferNoSchedule" }]
      labels { team = "p" }
    }
  }
  tags { owner = cluster.name }
}
baseline bigger from standard { params { size = 5 } }
override baseline standard when cluster.environment == "production" { kubernetes = "1.33" }
catalogue addons {
  addon alb from std.addons.aws-load-balancer-controller { version = "1.8.4" }
  addon ebs from std.addons.aws-ebs-csi-driver { version = "2.0.0" }
  addon velero from std.addons.velero {
    version = "7.2.1"
    irsa {
      policies = [{ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::x/${aws:PrincipalTag/a}" }] }]
      permissions-boundary = "arn:aws:iam::111122223333:policy/boundary"
      tags { team = "x" }
    }
  }
}
group eu {
  baseline = standard
  cluster one {
    environment = "production"
    use addons
  }
  cluster two {
    environment = "test"
    baseline    = bigger
    identity    = "pod-identity"
    use addons
    drop addons.alb
  }
  cluster three { environment = "test" }
}
"#;

fn data(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/provision").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON")
}

/// What `fleetc provision` prints.
fn printed(fleet: &Fleet, cluster: &str, format: &str) -> String {
    let run = fleet.run(&["provision", cluster, "-o", format]);
    assert_eq!(run.status, 0, "{cluster} {format}: {}", run.stderr);
    run.stdout
}

fn yaml(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text).map(|it| Value::deserialize(it).expect("YAML")).collect()
}

fn fits(schema: &str, value: &Value) {
    let validator = jsonschema::validator_for(&data(schema)).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(value).map(|it| format!("{} at {}", it, it.instance_path())).collect();
    assert!(errors.is_empty(), "{schema}: {errors:#?}\n{value:#}");
}

/// Pods that have their roles by Pod Identity: the policies that tools know by name, in Terraform, too.
#[test]
fn well_known_policies_of_pod_identities_are_in_terraform() {
    let fleet = Fleet::new(
        r#"import std.addons.{ external-dns, aws-load-balancer-controller, cert-manager, aws-ebs-csi-driver, cluster-autoscaler }
import std.eks.{ managed-nodes }
fleet p { identity = "pod-identity", facts { account: AwsAccountId = "111122223333", region: AwsRegion = "eu-west-1" } }
baseline nodes from managed-nodes { vpc { id = "vpc-0a", private { eu-west-1a = "subnet-0a", eu-west-1b = "subnet-0b" } } }
catalogue a {
  addon external-dns from external-dns { }
  addon aws-load-balancer-controller from aws-load-balancer-controller { }
  addon cert-manager from cert-manager { }
  addon aws-ebs-csi-driver from aws-ebs-csi-driver { }
  addon cluster-autoscaler from cluster-autoscaler { }
}
cluster one {
  baseline = nodes
  use a
}
"#,
    );
    let root: Value = serde_json::from_str(&printed(&fleet, "one", "terraform")).expect("JSON");
    let modules = root["module"].as_object().expect("modules");
    let roles: Vec<&Value> = modules.iter().filter(|(name, _)| name.starts_with("role-")).map(|(_, it)| it).collect();
    assert!(roles.len() >= 4, "{root:#}");
    for role in &roles {
        assert_eq!(role["source"], "terraform-aws-modules/eks-pod-identity/aws");
        let association = &role["associations"]["main"];
        assert_eq!(association["cluster_name"], "${module.eks.cluster_name}");
        assert!(association["namespace"].is_string() && association["service_account"].is_string(), "{role:#}");
        let attaches = |it: &String| it.starts_with("attach_") && it.ends_with("_policy");
        let inputs = role.as_object().expect("inputs").keys();
        assert!(inputs.into_iter().any(attaches) || role.get("additional_policy_arns").is_some(), "{role:#}");
    }
    let with = |input: &str| roles.iter().find(|it| it[input] == true).unwrap_or_else(|| panic!("{input}: {root:#}"));
    assert_eq!(
        with("attach_external_dns_policy")["external_dns_hosted_zone_arns"][0],
        "arn:aws:route53:::hostedzone/*"
    );
    assert!(with("attach_aws_lb_controller_policy")["name"].is_string());
}

#[test]
fn eksctl_fits_its_schema() {
    let fleet = Fleet::new(FLEET);
    for cluster in ["one", "two", "three"] {
        let config = yaml(&printed(&fleet, cluster, "eksctl")).remove(0);
        fits("eksctl.json", &config);
        assert_eq!(config["metadata"]["name"], cluster);
    }
    let one = yaml(&printed(&fleet, "one", "eksctl")).remove(0);
    assert_eq!(one["metadata"]["version"], "1.33");
    let accounts = one["iam"]["serviceAccounts"].as_array().expect("accounts");
    assert_eq!(accounts.len(), 3);
    assert_eq!(accounts[1]["attachPolicyARNs"][0], "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy");
    let two = yaml(&printed(&fleet, "two", "eksctl")).remove(0);
    assert_eq!(two["iam"]["podIdentityAssociations"].as_array().map(Vec::len), Some(2));
    assert_eq!(two["managedNodeGroups"][0]["maxSize"], 6);
}

/// The role that the chart's values name is the role that the tools make.
#[test]
fn the_annotation_and_the_role_agree() {
    let fleet = Fleet::new(FLEET);
    fleet.build();
    let patches = fleet.read("clusters/eu/one/addons.yaml");
    let one: Value = serde_json::from_str(&printed(&fleet, "one", "json")).expect("JSON");
    for role in one["roles"].as_array().expect("roles") {
        assert!(patches.contains(role["arn"].as_str().expect("an ARN")), "{role}");
    }
    assert!(!fleet.read("clusters/eu/two/addons.yaml").contains("role-arn"));
}

#[test]
fn terraform_has_the_arguments_that_its_resources_take() {
    let fleet = Fleet::new(FLEET);
    let known = data("terraform-aws.json");
    for cluster in ["one", "two"] {
        let root: Value = serde_json::from_str(&printed(&fleet, cluster, "terraform")).expect("JSON");
        for (kind, resources) in root["resource"].as_object().expect("resources") {
            let facts = &known[kind];
            for (label, resource) in resources.as_object().expect("labels") {
                let arguments = resource.as_object().expect("arguments");
                for required in facts["required"].as_array().expect("a known resource") {
                    assert!(
                        arguments.contains_key(required.as_str().expect("a name")),
                        "{kind}.{label} has no {required}"
                    );
                }
                for name in arguments.keys() {
                    let is =
                        |list: &str| facts[list].as_array().is_some_and(|it| it.contains(&Value::from(name.as_str())));
                    assert!(is("required") || is("optional"), "{kind}.{label} has {name}");
                }
            }
        }
        let text = root.to_string();
        // What an author wrote is no template; references are.
        assert!(text.contains("$${b} %%{c}") && text.contains("$${aws:PrincipalTag/a}"), "{text}");
        assert_eq!(text.contains("${module.eks.oidc_provider_arn}"), cluster == "one");
        assert_eq!(root["module"]["eks"]["name"], cluster);
    }
    let two: Value = serde_json::from_str(&printed(&fleet, "two", "terraform")).expect("JSON");
    let association = &two["resource"]["aws_eks_pod_identity_association"]["two-ebs"];
    assert_eq!(association["service_account"], "ebs-csi-controller-sa");
    // A trust policy is JSON once the references are filled in.
    let one: Value = serde_json::from_str(&printed(&fleet, "one", "terraform")).expect("JSON");
    let trust = one["resource"]["aws_iam_role"]["one-ebs"]["assume_role_policy"].as_str().expect("a policy");
    let trust: Value = serde_json::from_str(trust).expect("JSON");
    assert_eq!(trust["Statement"][0]["Action"], "sts:AssumeRoleWithWebIdentity");
}

#[test]
fn cluster_api_fits_the_types_of_its_objects() {
    let fleet = Fleet::new(FLEET);
    let documents = yaml(&printed(&fleet, "three", "capi"));
    let kinds: Vec<&str> = documents.iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "Cluster",
            "AWSManagedCluster",
            "AWSManagedControlPlane",
            "MachinePool",
            "AWSManagedMachinePool",
            "AWSFargateProfile"
        ]
    );
    for document in &documents {
        let kind = document["kind"].as_str().expect("a kind").to_lowercase();
        let version = document["apiVersion"].as_str().and_then(|it| it.split_once('/')).expect("a version").1;
        fits(&format!("{kind}_{version}.json"), document);
    }
    // What it takes in part is said.
    let run = fleet.run(&["provision", "one", "-o", "capi"]);
    assert!(run.status == 0 && run.stderr.contains("W0532") && !run.stdout.is_empty(), "{}", run.stderr);
}

/// Each baseline of the standard library in each format, and the project that `init` makes.
#[test]
fn what_is_there_to_begin_with_is_provisioned_by_every_tool() {
    const FORMATS: [&str; 7] =
        ["eksctl", "terraform", "terraform-roles", "capi", "json", "flux-bootstrap", "flux-instance"];
    for (baseline, refused) in [("managed-nodes", &[][..]), ("fargate", &[]), ("auto-mode", &["capi"])] {
        let fleet = Fleet::new(&format!(
            r#"import std.eks.{{ {baseline} }}
fleet p {{
  repository = "ssh://git@git.example.com/acme/fleet.git"
  facts {{ account: AwsAccountId = "111122223333", region: AwsRegion = "eu-west-1" }}
}}
baseline mine from {baseline} {{
  admins = ["arn:aws:iam::111122223333:role/admin"]
  tags {{ odd = "${{x}}" }}
}}
catalogue a {{ addon external-dns from std.addons.external-dns {{ }} }}
cluster one {{
  baseline = mine
  use a
}}
"#
        ));
        for format in FORMATS {
            let run = fleet.run(&["provision", "one", "-o", format]);
            let is_refused = refused.contains(&format);
            assert_eq!(run.status == 0, !is_refused, "{baseline} {format}: {}", run.stderr);
            assert_eq!(
                run.stderr.matches("error[").count(),
                usize::from(is_refused),
                "{baseline} {format}: {}",
                run.stderr
            );
        }
        if refused.contains(&"capi") {
            continue;
        }
        let text = printed(&fleet, "one", "capi");
        for document in yaml(&text) {
            let kind = document["kind"].as_str().expect("a kind").to_lowercase();
            let version = document["apiVersion"].as_str().and_then(|it| it.split_once('/')).expect("a version").1;
            fits(&format!("{kind}_{version}.json"), &document);
            if kind == "awsmanagedcontrolplane" {
                let spec = &document["spec"];
                assert_eq!(spec["accessConfig"]["authenticationMode"], "api");
                assert_eq!(spec["accessEntries"][0]["principalARN"], "arn:aws:iam::111122223333:role/admin");
                assert_eq!(spec["addons"][0]["version"], "${VPC_CNI_VERSION}");
                assert_eq!(spec["additionalTags"]["odd"], "$${x}");
            }
        }
        assert!(text.contains("which replaces VPC_CNI_VERSION, KUBE_PROXY_VERSION, COREDNS_VERSION"), "{text}");
        let root: Value = serde_json::from_str(&printed(&fleet, "one", "terraform")).expect("JSON");
        assert_eq!(root["module"]["eks"]["vpc_id"], "${var.vpc_id}");
        let variables: Vec<&String> = root["variable"].as_object().expect("variables").keys().collect();
        assert_eq!(variables, ["vpc_id", "subnet_ids"]);
        let roles: Value = serde_json::from_str(&printed(&fleet, "one", "terraform-roles")).expect("JSON");
        assert!(roles["module"].get("eks").is_none());
        assert_eq!(roles["variable"]["oidc_provider_arn"]["type"], "string");
    }
    let eks = tempfile::tempdir().expect("a directory");
    let fleet = Fleet::new("fleet f { }");
    let dir = eks.path().join("eks");
    let dir = dir.to_str().expect("a path");
    assert_eq!(fleet.run(&["init", dir, "--from", "eks"]).status, 0);
    for format in FORMATS {
        let run = fleet.run(&["-C", dir, "provision", "-o", format]);
        assert_eq!(run.status, 0, "{format}: {}", run.stderr);
    }
}

#[test]
fn flux_is_installed_by_command_or_by_object() {
    let fleet = Fleet::new(FLEET);
    let command = printed(&fleet, "one", "flux-bootstrap");
    assert_eq!(
        command,
        "# With the flux command of version 2.9, which installs its own version.\nflux bootstrap git \\\n  --url=ssh://git@git.example.com/acme/fleet.git \\\n  --branch=main \\\n  --path=./clusters/eu/one \\\n  --silent\n"
    );
    let instance = yaml(&printed(&fleet, "one", "flux-instance")).remove(0);
    fits("fluxinstance_v1.json", &instance);
    assert_eq!(instance["spec"]["sync"]["ref"], "refs/heads/main");
}

#[test]
fn all_clusters_are_written_below_provision() {
    let fleet = Fleet::new(FLEET);
    for format in ["eksctl", "terraform", "json"] {
        let run = fleet.run(&["provision", "-o", format]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    assert!(fleet.exists("provision/eu/one/eksctl.yaml") && fleet.exists("provision/eu/two/main.tf.json"));
    serde_json::from_str::<Value>(&fleet.read("provision/eu/two/main.tf.json")).expect("JSON");
    // A second run changes nothing; a cluster that goes takes its files with it.
    let run = fleet.run(&["provision", "-o", "terraform"]);
    assert!(run.stderr.contains("0 written, 0 removed, 3 unchanged"), "{}", run.stderr);
    fleet.write("fleet.fleet", &FLEET.replace("  cluster three { environment = \"test\" }\n", ""));
    let run = fleet.run(&["provision", "-o", "terraform"]);
    assert!(run.stderr.contains("0 written, 1 removed"), "{}", run.stderr);
    assert!(fleet.exists("provision/eu/three/eksctl.yaml"), "another tool's file stays until that is run");
    // A file of somebody else's is not overwritten.
    fleet.write("provision/eu/one/main.tf.json", "{}\n");
    let run = fleet.run(&["provision", "-o", "terraform"]);
    assert!(run.status == 1 && run.stderr.contains("E0701"), "{}", run.stderr);
}

#[test]
fn a_cluster_that_is_there_needs_its_issuer_for_roles() {
    let text = |issuer: &str| {
        format!(
            r#"
fleet f {{ facts {{ account: AwsAccountId = "111122223333", region: AwsRegion = "cn-north-1", oidc-issuer: String? }} }}
catalogue addons {{ addon ebs from std.addons.aws-ebs-csi-driver {{ version = "2.0.0" }} }}
cluster one {{
  {issuer}
  use addons
}}
"#
        )
    };
    // Without it, Terraform asks.
    let asks: Value = serde_json::from_str(&printed(&Fleet::new(&text("")), "one", "terraform")).expect("JSON");
    assert_eq!(asks["variable"]["oidc_provider"]["type"], "string");
    let trust = asks["resource"]["aws_iam_role"]["one-ebs"]["assume_role_policy"].as_str().expect("a policy");
    assert!(trust.contains("${var.oidc_provider_arn}") && trust.contains("${var.oidc_provider}:sub"));
    let with = Fleet::new(&text("oidc-issuer = \"https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC\""));
    let root: Value = serde_json::from_str(&printed(&with, "one", "terraform")).expect("JSON");
    let trust = root["resource"]["aws_iam_role"]["one-ebs"]["assume_role_policy"].as_str().expect("a policy");
    assert!(trust.contains("arn:aws-cn:iam::111122223333:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC"));
    let attached = &root["resource"]["aws_iam_role_policy_attachment"]["one-ebs-0"]["policy_arn"];
    assert_eq!(attached, "arn:aws-cn:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy");
}

#[test]
fn a_baseline_is_typed() {
    let errors = |baseline: &str| {
        let (_, compilation) =
            compiled(&format!("fleet f {{ }}\nbaseline b {{ {baseline} }}\ncluster one {{ baseline = b }}\n"));
        summary(&compilation)
    };
    assert!(errors("kubernetes = \"1.34\"").is_empty());
    assert!(errors("kubernetes = \"1.4\"")[0].starts_with("E0412"));
    assert!(errors("kubernets = \"1.34\"")[0].starts_with("E0302"));
    assert!(errors("nodes { a { instances = [\"m7i.large\"], min = 5, max = 2 } }")[0].starts_with("E0412"));
    assert!(errors("nodes { a { min = 5, max = 7 } }")[0].starts_with("E0411"));
    assert!(errors("kubernetes = \"1.34\", endpoint { public = false, private = true }").is_empty());
    assert!(errors("kubernetes = \"1.34\", endpoint { private = false }").is_empty());
    assert!(errors("kubernetes = \"1.34\", endpoint { public = false, private = false }")[0].starts_with("E0412"));
    assert!(
        errors("nodes { a { instances = [\"m7i.large\"], min = 1, max = 2, desired = 9 } }")[0].starts_with("E0412")
    );
}

#[test]
fn roles_do_not_overwrite_each_other() {
    let program = |name: &str, other: &str| {
        format!(
            r#"
fleet f {{ facts {{ account: AwsAccountId = "111122223333", region: AwsRegion = "eu-west-1" }} }}
baseline standard {{
  kubernetes     = "1.34"
  encryption-key = "arn:aws:kms:eu-west-1:111122223333:key/x"
  vpc {{ id = "vpc-0a", private {{ eu-west-1a = "subnet-0a" }} }}
  admins = ["arn:aws:iam::111122223333:role/a/admin", "arn:aws:iam::111122223333:role/b/admin"]
}}
catalogue addons {{
  source charts = helm "https://charts.example.com"
  addon web {{ source = charts, version = "1.0.0", irsa {{ policies = ["ExternalDNS"], role-name = "{name}" }}, values.role = irsa.role-arn }}
  addon api {{ source = charts, version = "1.0.0", irsa {{ policies = ["ReadOnlyAccess"], role-name = "{other}" }}, values.role = irsa.role-arn }}
}}
cluster one {{
  baseline = standard
  use addons
}}
"#
        )
    };
    let root: Value =
        serde_json::from_str(&printed(&Fleet::new(&program("eks", "a.b")), "one", "terraform")).expect("JSON");
    assert_eq!(root["module"].as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(root["module"]["eks"]["create_kms_key"], false);
    assert_eq!(root["module"]["eks"]["access_entries"].as_object().map(serde_json::Map::len), Some(2));
    let role = &root["module"]["role-eks"];
    assert_eq!((&role["name"], &role["policy_name"]), (&"eks".into(), &"eks".into()));
    assert_eq!(role["external_dns_hosted_zone_arns"][0], "arn:aws:route53:::hostedzone/*");
    let root: Value = serde_json::from_str(&printed(
        &Fleet::new(&program("a.b", "a,b").replace("ExternalDNS", "ReadOnlyAccess")),
        "one",
        "terraform",
    ))
    .expect("JSON");
    assert_eq!(root["resource"]["aws_iam_role"].as_object().map(serde_json::Map::len), Some(2));
    let run = Fleet::new(&program("same", "same")).run(&["check"]);
    assert!(run.status == 1 && run.stderr.contains("E0531"), "{}", run.stderr);
}

#[test]
fn a_role_that_only_an_override_asks_for_is_made() {
    let text = r#"
fleet f { facts { account: AwsAccountId = "111122223333" } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web { source = charts, version = "1.0.0" }
}
cluster one {
  use addons
  override web { irsa { policies = ["ReadOnlyAccess"] } }
}
"#;
    let root: Value = serde_json::from_str(&printed(&Fleet::new(text), "one", "json")).expect("JSON");
    assert_eq!(root["roles"][0]["name"], "one-web");
}

#[test]
fn flux_is_installed_with_what_the_tree_needs() {
    let program = |fleet: &str| {
        format!(
            "fleet f {{ {fleet} }}
catalogue c {{
  manifest scan {{
    apiVersion = \"image.toolkit.fluxcd.io/v1\"
    kind       = \"ImageRepository\"
    metadata.namespace = \"flux-system\"
    spec {{ image = \"registry.example.com/web\", interval = \"10m\" }}
  }}
}}
cluster one {{ use c }}
"
        )
    };
    let https = Fleet::new(&program("repository = \"https://git.example.com/acme/fleet.git\""));
    let command = printed(&https, "one", "flux-bootstrap");
    assert!(command.contains("--token-auth") && command.contains("--components-extra=image-reflector"), "{command}");
    let instance = yaml(&printed(&https, "one", "flux-instance")).remove(0);
    assert_eq!(instance["spec"]["components"].as_array().map(Vec::len), Some(6));
    let other = "repository = \"https://git.example.com/acme/fleet.git\", sync { namespace = \"gitops\" }";
    let run = Fleet::new(&program(other)).run(&["provision", "one", "-o", "flux-bootstrap"]);
    assert!(run.status == 1 && run.stderr.contains("E0523"), "{}", run.stderr);
    let registry = "repository = \"oci://registry.example.com/acme/fleet\"";
    for format in ["flux-bootstrap", "flux-instance"] {
        let run = Fleet::new(&program(registry)).run(&["provision", "one", "-o", format]);
        assert!(run.status == 1 && run.stderr.contains("E0523"), "{format}: {}", run.stderr);
    }
}

/// A VPC that is described in part: what a tool must know is an error or a variable, and what it leaves out is reported.
#[test]
fn parts_of_a_vpc_are_not_lost_in_silence() {
    let fleet = |baseline: &str| {
        Fleet::new(&format!(
            "fleet f {{ facts {{ account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" }} }}\n\
             baseline b {{ kubernetes = \"1.34\", {baseline} }}\ncluster one {{ baseline = b }}\n"
        ))
    };
    let admins = "admins = [\"arn:aws:iam::111122223333:role/admin\"]";
    for (baseline, lacks) in [
        ("vpc { id = \"vpc-0a\" }", "no subnets in its VPC"),
        ("vpc { private { eu-west-1a = \"subnet-0a\" } }", "no VPC for its subnets"),
    ] {
        let run = fleet(baseline).run(&["provision", "one", "-o", "capi"]);
        assert!(run.status == 1 && run.stderr.contains(lacks), "{baseline}: {}", run.stderr);
    }
    let half = fleet("vpc { nat = \"single\", private { eu-west-1a = \"subnet-0a\" } }");
    let run = half.run(&["provision", "one", "-o", "terraform"]);
    assert!(run.status == 0 && run.stderr.contains("W0532"), "{}", run.stderr);
    let root: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(root["module"]["eks"]["subnet_ids"], serde_json::json!(["subnet-0a"]));
    assert_eq!(root["variable"].as_object().map(|it| it.keys().collect::<Vec<_>>()), Some(vec![&"vpc_id".to_owned()]));
    // Administrators are access entries, which the ConfigMap alone has not.
    let documents = yaml(&printed(&fleet(admins), "one", "capi"));
    let plane = documents.iter().find(|it| it["kind"] == "AWSManagedControlPlane").expect("it");
    assert_eq!(plane["spec"]["accessConfig"]["authenticationMode"], "api_and_config_map");
    let run = fleet(&format!("authentication = \"config-map\", {admins}")).run(&["check"]);
    assert!(run.status == 1 && run.stderr.contains("E0523"), "{}", run.stderr);
}

/// What many clusters lack is said once, where it is to be said.
#[test]
fn what_all_clusters_lack_is_one_error() {
    let fleet = |facts: &str| {
        let clusters = ["c0", "c1", "c2", "c3", "c4"].map(|it| format!("cluster {it} {{ baseline = b }}\n")).concat();
        Fleet::new(&format!("fleet f {{ {facts} }}\nbaseline b {{ }}\n{clusters}"))
    };
    for (facts, format, lacks) in [
        ("", "eksctl", "has no region"),
        ("facts { region: AwsRegion? }", "eksctl", "has no region"),
        ("", "capi", "has no Kubernetes version"),
        ("", "flux-bootstrap", "has no repository to read"),
    ] {
        let run = fleet(facts).run(&["provision", "-o", format]);
        assert!(run.status == 1 && run.stderr.contains(lacks), "{format}: {}", run.stderr);
        assert!(run.stderr.contains("`c0` and 4 others"), "{format}: {}", run.stderr);
        assert!(run.stderr.contains("1 error;"), "{format}: {}", run.stderr);
    }
}

/// EKS takes names that Kubernetes does not.
#[test]
fn names_of_parts_are_names_of_objects() {
    let fleet = |baseline: &str| {
        Fleet::new(&format!(
            "fleet f {{ facts {{ account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" }} }}\n\
             baseline b {{ kubernetes = \"1.34\", {baseline} }}\ncluster one {{ baseline = b }}\n"
        ))
    };
    let documents = yaml(&printed(
        &fleet(
            "nodes { Big_1 { instances = [\"m7i.large\"], min = 1, max = 2 } }, fargate { My_Pods { selectors = [{ namespace = \"x\" }] } }",
        ),
        "one",
        "capi",
    ));
    let named = |kind: &str| documents.iter().find(|it| it["kind"] == kind).map(|it| it["metadata"]["name"].clone());
    assert_eq!(named("AWSManagedMachinePool"), Some("one-big-1".into()));
    assert_eq!(named("AWSFargateProfile"), Some("one-my-pods".into()));
    let pool = documents.iter().find(|it| it["kind"] == "AWSManagedMachinePool").expect("it");
    assert_eq!(pool["spec"]["eksNodegroupName"], "one-Big_1");
    for clash in [
        "nodes { a_b { instances = [\"m7i.large\"], min = 1, max = 2 }, a-b { instances = [\"m7i.large\"], min = 1, max = 2 } }",
        "addons { a_b { }, a-b { } }",
    ] {
        let run = fleet(clash).run(&["provision", "one", "-o", "capi"]);
        assert!(
            run.status == 1 && run.stderr.contains("E0523") && run.stderr.contains("each would be"),
            "{}",
            run.stderr
        );
    }
}

/// AWS manages no policy for nodes that give Pods addresses of version 6: one is made once for each account.
#[test]
fn addresses_of_version_6_need_a_policy() {
    let fleet = Fleet::new(
        "fleet f { facts { region: AwsRegion = \"eu-west-1\" } }\n\
         baseline b { kubernetes = \"1.34\", ip-family = \"ipv6\" }\ncluster one { baseline = b }\n",
    );
    let root: Value = serde_json::from_str(&printed(&fleet, "one", "terraform")).expect("JSON");
    assert_eq!(root["module"]["eks"]["create_cni_ipv6_iam_policy"], "${var.create_cni_ipv6_iam_policy}");
    assert_eq!(root["variable"]["create_cni_ipv6_iam_policy"]["type"], "bool");
}
