//! Terraform: `.tf.json` with version 21 of terraform-aws-modules/eks, and plain
//! resources for the roles.
//!
//! Strings are templates there: `${` and `%{` are doubled, but for references that
//! are meant.

use std::fmt::Write as _;

use ecow::{EcoString, eco_format};
use serde_json::{Map, Value as Json, json};

use super::json::pretty;
use super::model::{Cluster, Role};
use super::policy::{Attached, Policy, Scope, WellKnown};
use super::problems;
use crate::diagnostic::{Diagnostic, Invariant};
use crate::fleet::Identity;
use crate::value::{Node, Value, json as json_of};

pub(super) fn text(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let mut root = Map::new();
    if !header.is_empty() {
        root.insert("//".into(), header.into());
    }
    let mut modules = Map::new();
    if it.baseline.is_some() {
        modules.insert("eks".into(), eks(it, out));
    }
    let mut resources: Map<String, Json> = Map::new();
    for role in it.roles.iter().filter(|role| role.via != Identity::None) {
        let label = label_of(&role.name);
        if role.policies.iter().any(|it| matches!(it, Policy::WellKnown(_))) {
            let module = match role.via {
                Identity::PodIdentity => pod_identity_module(it, role, out),
                _ => role_module(it, role, out),
            };
            // `eks` is the cluster's own.
            modules.insert(format!("role-{label}"), module);
            continue;
        }
        role_resources(it, role, &label, &mut resources);
        if role.via == Identity::PodIdentity {
            let mut association = association(it, role);
            if let Some(region) = &it.region {
                association.insert("region".into(), plain(region));
            }
            association.insert("role_arn".into(), format!("${{aws_iam_role.{}.arn}}", label_of(&role.name)).into());
            add(&mut resources, "aws_eks_pod_identity_association", &label_of(&role.name), Json::Object(association));
        }
    }
    if !modules.is_empty() {
        root.insert("module".into(), Json::Object(modules));
    }
    if !resources.is_empty() {
        root.insert("resource".into(), Json::Object(resources));
    }
    let variables = variables(&root);
    if !variables.is_empty() {
        root.insert("variable".into(), Json::Object(variables));
    }
    pretty(&Json::Object(root))
}

/// What the fleet may leave to Terraform: name, type and what it is.
const VARIABLES: [(&str, &str, &str); 5] = [
    ("vpc_id", "string", "The VPC of the cluster."),
    ("subnet_ids", "list(string)", "The subnets of its nodes and of its control plane, in two zones at least."),
    ("oidc_provider", "string", "The cluster's OIDC issuer, without https://."),
    (
        "create_cni_ipv6_iam_policy",
        "bool",
        "Whether to make the policy AmazonEKS_CNI_IPv6_Policy, without which nodes give Pods no address: once for each account.",
    ),
    ("oidc_provider_arn", "string", "The ARN of the IAM OIDC provider for it."),
];

/// A reference to one of them.
fn variable(name: &str) -> Json {
    format!("${{var.{name}}}").into()
}

/// The declarations of those that are used.
fn variables(root: &Map<String, Json>) -> Map<String, Json> {
    fn uses(value: &Json, reference: &str) -> bool {
        match value {
            Json::String(it) => it.replace("$${", "").contains(reference),
            Json::Array(it) => it.iter().any(|it| uses(it, reference)),
            Json::Object(it) => it.values().any(|it| uses(it, reference)),
            _ => false,
        }
    }
    let is_used = |name: &str| root.values().any(|it| uses(it, &format!("${{var.{name}}}")));
    let used = VARIABLES.iter().filter(|(name, ..)| is_used(name));
    used.map(|(name, ty, what)| ((*name).to_owned(), json!({ "type": ty, "description": what }))).collect()
}

/// A name that Terraform takes for a label. What it does not take is written by its
/// number, so that two names stay two labels.
fn label_of(name: &str) -> String {
    let mut label = String::new();
    for it in name.chars() {
        if it.is_ascii_alphanumeric() || it == '-' {
            label.push(it);
        } else {
            let _ = write!(label, "_{:x}_", u32::from(it));
        }
    }
    if label.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_') { label } else { format!("_{label}") }
}

/// A text that stands for itself.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn plain(text: &str) -> Json {
    escaped(text).into()
}

/// A value all of whose texts, keys included, stand for themselves.
fn literal(node: &Node) -> Json {
    fn escape(value: Json) -> Json {
        match value {
            Json::String(it) => escaped(&it).into(),
            Json::Array(it) => it.into_iter().map(escape).collect(),
            Json::Object(it) => {
                it.into_iter().map(|(key, it)| (escaped(&key), escape(it))).collect::<Map<_, _>>().into()
            }
            it => it,
        }
    }
    escape(json_of(node))
}

fn cluster_name(it: &Cluster) -> Json {
    if it.baseline.is_some() { "${module.eks.cluster_name}".into() } else { plain(&it.name) }
}

fn add(resources: &mut Map<String, Json>, kind: &str, label: &str, value: Json) {
    let of_kind = resources.entry(kind).or_insert_with(|| Json::Object(Map::new()));
    if let Json::Object(it) = of_kind {
        it.insert(label.to_owned(), value);
    }
}

fn eks(it: &Cluster, out: &mut Vec<Diagnostic>) -> Json {
    let mut module = Map::new();
    module.insert("source".into(), "terraform-aws-modules/eks/aws".into());
    module.insert("version".into(), "~> 21.0".into());
    module.insert("name".into(), plain(&it.name));
    let mut put = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            module.insert(key.into(), value);
        }
    };
    put("region", it.region.as_ref().map(|it| plain(it)));
    put("kubernetes_version", it.get(&["kubernetes"]).map(literal));
    // The module makes none.
    put("vpc_id", Some(it.get(&["vpc", "id"]).map_or_else(|| variable("vpc_id"), literal)));
    for key in ["cidr", "nat"] {
        if let Some(node) = it.get(&["vpc", key]) {
            out.push(problems::in_part(node.origin, "Terraform's EKS module makes no VPC", key));
        }
    }
    let subnets = it.get(&["vpc", "private"]).and_then(Node::map);
    let subnets: Vec<Json> = subnets.map(|it| it.entries.values().map(literal).collect()).unwrap_or_default();
    put("subnet_ids", Some(if subnets.is_empty() { variable("subnet_ids") } else { subnets.into() }));
    put("endpoint_public_access", it.get(&["endpoint", "public"]).map(literal));
    put("endpoint_private_access", it.get(&["endpoint", "private"]).map(literal));
    put("endpoint_public_access_cidrs", it.get(&["endpoint", "cidrs"]).map(literal));
    put("enable_irsa", it.get(&["oidc"]).map(literal));
    put("enabled_log_types", it.get(&["logging"]).map(literal));
    put("ip_family", it.get(&["ip-family"]).map(literal));
    if it.text(&["ip-family"]).is_some_and(|it| it == "ipv6") {
        // AWS manages a policy for IPv4 alone.
        put("create_cni_ipv6_iam_policy", Some(variable("create_cni_ipv6_iam_policy")));
    }
    put("service_ipv4_cidr", it.get(&["service-cidr"]).map(literal));
    put(
        "encryption_config",
        it.get(&["encryption-key"]).map(|key| json!({ "provider_key_arn": literal(key), "resources": ["secrets"] })),
    );
    // Otherwise the module makes a key of its own and takes that.
    put("create_kms_key", it.get(&["encryption-key"]).map(|_| false.into()));
    put(
        "authentication_mode",
        it.text(&["authentication"]).map(|it| it.as_str().to_uppercase().replace('-', "_").into()),
    );
    if it.is_auto() {
        put("compute_config", Some(json!({ "enabled": true, "node_pools": ["general-purpose", "system"] })));
    }
    put("access_entries", admins(it));
    let addons: Map<String, Json> =
        it.entries("addons").map(|(name, node)| (escaped(name), addon(name, node))).collect();
    put("addons", (!addons.is_empty()).then_some(Json::Object(addons)));
    let groups: Map<String, Json> = it.entries("nodes").map(|(name, node)| (escaped(name), node_group(node))).collect();
    put("eks_managed_node_groups", (!groups.is_empty()).then_some(Json::Object(groups)));
    let profiles: Map<String, Json> =
        it.entries("fargate").map(|(name, node)| (escaped(name), fargate(node))).collect();
    put("fargate_profiles", (!profiles.is_empty()).then_some(Json::Object(profiles)));
    put("tags", it.get(&["tags"]).map(literal));
    for (name, node) in it.entries("addons") {
        if node.get("policies").is_some() {
            out.push(problems::cannot_say(
                node.origin,
                "Terraform's EKS module",
                &format!("the policies of the managed add-on `{name}`"),
                "give it a role of its own in Terraform, or install it as an add-on with `irsa`",
            ));
        }
    }
    Json::Object(module)
}

fn admins(it: &Cluster) -> Option<Json> {
    let admins = it.get(&["admins"]).and_then(Node::list)?;
    let policy = it.admin_policy();
    let entries: Map<String, Json> = admins
        .iter()
        .filter_map(Node::text)
        .map(|arn| {
            let association = json!({ "policy_arn": policy.as_str(), "access_scope": { "type": "cluster" } });
            (escaped(arn), json!({ "principal_arn": escaped(arn), "policy_associations": { "admin": association } }))
        })
        .collect();
    Some(Json::Object(entries))
}

fn addon(name: &str, node: &Node) -> Json {
    let mut tree = Map::new();
    match node.get("version") {
        Some(version) => tree.insert("addon_version".into(), literal(version)),
        None => tree.insert("most_recent".into(), false.into()),
    };
    // Without these no node becomes ready.
    if matches!(name, "vpc-cni" | "eks-pod-identity-agent") {
        tree.insert("before_compute".into(), true.into());
    }
    if let Some(values) = node.get("values") {
        tree.insert("configuration_values".into(), plain(&json_of(values).to_string()));
    }
    if let Some(conflicts) = node.get("conflicts").and_then(Node::text) {
        tree.insert("resolve_conflicts_on_update".into(), conflicts.to_uppercase().as_str().into());
        // What is to be preserved is not there yet when the add-on is made.
        if conflicts != "preserve" {
            tree.insert("resolve_conflicts_on_create".into(), conflicts.to_uppercase().as_str().into());
        }
    }
    Json::Object(tree)
}

fn node_group(node: &Node) -> Json {
    let mut tree = Map::new();
    let mut put = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            tree.insert(key.into(), value);
        }
    };
    let get = |key: &str| node.get(key).map(literal);
    put("instance_types", get("instances"));
    put("min_size", get("min"));
    put("max_size", get("max"));
    put("desired_size", get("desired").or_else(|| get("min")));
    let is_arm = node.get("arm").is_some_and(|it| it.value == Value::Bool(true));
    let family = node.get("family").and_then(Node::text).map_or("AmazonLinux2023", EcoString::as_str);
    let ami = match (family, is_arm) {
        ("Bottlerocket", false) => "BOTTLEROCKET_x86_64",
        ("Bottlerocket", true) => "BOTTLEROCKET_ARM_64",
        (_, false) => "AL2023_x86_64_STANDARD",
        (_, true) => "AL2023_ARM_64_STANDARD",
    };
    put("ami_type", Some(ami.into()));
    if node.get("spot").is_some_and(|it| it.value == Value::Bool(true)) {
        put("capacity_type", Some("SPOT".into()));
    }
    // `disk_size` is ignored with the module's own launch template.
    put(
        "block_device_mappings",
        get("disk").map(|size| {
            let ebs = json!({ "volume_size": size, "volume_type": "gp3", "encrypted": true });
            json!({ "root": { "device_name": "/dev/xvda", "ebs": ebs } })
        }),
    );
    put("subnet_ids", get("subnets"));
    put("labels", get("labels"));
    let taints = node.get("taints").and_then(Node::list).unwrap_or_default();
    if !taints.is_empty() {
        let taints: Map<String, Json> = taints
            .iter()
            .map(|it| {
                let text = |key: &str| it.get(key).and_then(Node::text).invariant("a taint has a key and an effect");
                let (key, effect) = (text("key"), text("effect"));
                let mut taint = Map::new();
                taint.insert("key".into(), plain(key));
                if let Some(value) = it.get("value") {
                    taint.insert("value".into(), literal(value));
                }
                taint.insert("effect".into(), screaming(effect).into());
                let value = it.get("value").and_then(Node::text).map_or("", EcoString::as_str);
                (escaped(&eco_format!("{key}={value}:{effect}")), Json::Object(taint))
            })
            .collect();
        put("taints", Some(Json::Object(taints)));
    }
    Json::Object(tree)
}

/// `PreferNoSchedule` → `PREFER_NO_SCHEDULE`
fn screaming(text: &str) -> String {
    let mut out = String::new();
    for (nth, it) in text.chars().enumerate() {
        if it.is_ascii_uppercase() && nth > 0 {
            out.push('_');
        }
        out.push(it.to_ascii_uppercase());
    }
    out
}

fn fargate(node: &Node) -> Json {
    let mut tree = Map::new();
    for (key, theirs) in [("selectors", "selectors"), ("subnets", "subnet_ids"), ("role", "iam_role_arn")] {
        if let Some(it) = node.get(key) {
            tree.insert(theirs.into(), literal(it));
        }
    }
    if node.get("role").is_some() {
        tree.insert("create_iam_role".into(), false.into());
    }
    Json::Object(tree)
}

/// The issuer without its scheme, and the ARN of its provider.
fn issuer(it: &Cluster) -> (String, String) {
    if it.baseline.is_some() {
        return ("${module.eks.oidc_provider}".into(), "${module.eks.oidc_provider_arn}".into());
    }
    let issuer = it.issuer.as_ref().filter(|it| !it.contains("://"));
    let (Some(issuer), Some(account)) = (issuer, &it.account) else {
        return ("${var.oidc_provider}".into(), "${var.oidc_provider_arn}".into());
    };
    let issuer = escaped(issuer);
    (issuer.clone(), format!("arn:{}:iam::{account}:oidc-provider/{issuer}", it.partition))
}

/// The module brings policies that are too long to be repeated here.
fn role_module(it: &Cluster, role: &Role, out: &mut Vec<Diagnostic>) -> Json {
    let (issuer, provider) = issuer(it);
    let mut module = Map::new();
    module.insert("source".into(), "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts".into());
    module.insert("version".into(), "~> 6.0".into());
    module.insert("name".into(), plain(&role.name));
    module.insert("use_name_prefix".into(), false.into());
    // The module's own names for policies are one for each account.
    module.insert("policy_name".into(), plain(&role.name));
    module.insert("path".into(), plain(&role.path));
    if let Some(boundary) = &role.boundary {
        module.insert("permissions_boundary".into(), plain(boundary));
    }
    let account = format!("{}:{}", escaped(&role.namespace), escaped(&role.service_account));
    let main = json!({ "provider": issuer, "provider_arn": provider, "namespace_service_accounts": [account] });
    module.insert("oidc_providers".into(), json!({ "main": main }));
    let attached = attach(it, role, |it| it.terraform.as_ref(), &mut module, out);
    if !attached.is_empty() {
        module.insert("policies".into(), Json::Object(attached));
    }
    if !role.tags.is_empty() {
        module.insert("tags".into(), tags(role));
    }
    Json::Object(module)
}

/// The same for a Pod Identity: the module makes the association, too.
fn pod_identity_module(it: &Cluster, role: &Role, out: &mut Vec<Diagnostic>) -> Json {
    let mut module = Map::new();
    module.insert("source".into(), "terraform-aws-modules/eks-pod-identity/aws".into());
    module.insert("version".into(), "~> 2.8".into());
    if let Some(region) = &it.region {
        module.insert("region".into(), plain(region));
    }
    module.insert("name".into(), plain(&role.name));
    module.insert("use_name_prefix".into(), false.into());
    // The module's own names for policies are one for each account.
    module.insert("policy_name_prefix".into(), plain(&format!("{}-", role.name)));
    module.insert("path".into(), plain(&role.path));
    if let Some(boundary) = &role.boundary {
        module.insert("permissions_boundary_arn".into(), plain(boundary));
    }
    module.insert("associations".into(), json!({ "main": association(it, role) }));
    let attached = attach(it, role, |it| it.pod_identity.as_ref(), &mut module, out);
    if !attached.is_empty() {
        module.insert("additional_policy_arns".into(), Json::Object(attached));
    }
    if !role.tags.is_empty() {
        module.insert("tags".into(), tags(role));
    }
    Json::Object(module)
}

/// Which pods have a role.
fn association(it: &Cluster, role: &Role) -> Map<String, Json> {
    let mut association = Map::new();
    association.insert("cluster_name".into(), cluster_name(it));
    association.insert("namespace".into(), plain(&role.namespace));
    association.insert("service_account".into(), plain(&role.service_account));
    association
}

/// Attaches the policies that a module knows by an input of its own; the others, by ARN, are returned.
fn attach(
    it: &Cluster,
    role: &Role,
    known: impl Fn(&'static WellKnown) -> Option<&'static Attached>,
    module: &mut Map<String, Json>,
    out: &mut Vec<Diagnostic>,
) -> Map<String, Json> {
    let mut attached = Map::new();
    for (nth, policy) in role.policies.iter().enumerate() {
        match policy {
            Policy::Arn(arn) => {
                attached.insert(format!("policy-{nth}"), plain(arn));
            }
            Policy::Managed(name) => {
                attached.insert(format!("policy-{nth}"), plain(&it.managed(name)));
            }
            Policy::WellKnown(policy) => match known(policy) {
                Some(attached) => {
                    module.insert(attached.input.into(), true.into());
                    if let Some((names, scope)) = attached.scope {
                        let touched = match scope {
                            Scope::Cluster => cluster_name(it),
                            Scope::HostedZones => format!("arn:{}:route53:::hostedzone/*", it.partition).into(),
                        };
                        module.insert(names.into(), json!([touched]));
                    }
                }
                None => out.push(problems::unknown_policy(role, "Terraform", policy.name)),
            },
            Policy::Document(_) => out.push(problems::cannot_say(
                role.origin,
                "Terraform",
                "a policy that its modules know beside a whole document",
                "write both as documents, or as ARNs",
            )),
        }
    }
    attached
}

fn tags(role: &Role) -> Json {
    role.tags.iter().map(|(key, it)| (escaped(key), plain(it))).collect::<Map<_, _>>().into()
}

fn role_resources(it: &Cluster, role: &Role, label: &str, resources: &mut Map<String, Json>) {
    let statement = if role.via == Identity::PodIdentity {
        let principal = json!({ "Service": "pods.eks.amazonaws.com" });
        json!({ "Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:TagSession"] })
    } else {
        let (issuer, provider) = issuer(it);
        let account = format!("system:serviceaccount:{}:{}", escaped(&role.namespace), escaped(&role.service_account));
        let mut equals = Map::new();
        equals.insert(format!("{issuer}:aud"), "sts.amazonaws.com".into());
        equals.insert(format!("{issuer}:sub"), account.into());
        json!({
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": equals },
        })
    };
    let trust = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let mut resource = Map::new();
    resource.insert("name".into(), plain(&role.name));
    resource.insert("path".into(), plain(&role.path));
    // The references inside are meant; everything else is escaped already.
    resource.insert("assume_role_policy".into(), trust.to_string().into());
    if let Some(boundary) = &role.boundary {
        resource.insert("permissions_boundary".into(), plain(boundary));
    }
    if !role.tags.is_empty() {
        resource.insert("tags".into(), tags(role));
    }
    add(resources, "aws_iam_role", label, Json::Object(resource));
    for (nth, policy) in role.policies.iter().enumerate() {
        let reference = format!("${{aws_iam_role.{label}.name}}");
        let label = format!("{label}-{nth}");
        let arn = match policy {
            Policy::Arn(arn) => arn.clone(),
            Policy::Managed(name) => it.managed(name),
            Policy::Document(node) => {
                let policy = plain(&json_of(node).to_string());
                let resource = json!({ "role": reference, "name": label, "policy": policy });
                add(resources, "aws_iam_role_policy", &label, resource);
                continue;
            }
            Policy::WellKnown(_) => continue,
        };
        let resource = json!({ "role": reference, "policy_arn": plain(&arn) });
        add(resources, "aws_iam_role_policy_attachment", &label, resource);
    }
}
