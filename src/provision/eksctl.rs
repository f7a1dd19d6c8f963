//! eksctl: `ClusterConfig` of `eksctl.io/v1alpha5`.

use super::model::{Cluster, Role};
use super::policy::Policy;
use super::problems;
use crate::diagnostic::{Diagnostic, bug};
use crate::fleet::Identity;
use crate::kube::object::{Tree, list, text as text_node};
use crate::source::Origin;
use crate::value::yaml::{Style, Writer};
use crate::value::{Node, Value, json};

pub(super) fn text(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let at = it.origin;
    let Some(region) = &it.region else {
        let (at, help) = match it.region_fact {
            Some(fact) => (fact, "set it in the cluster or in a group"),
            None => (it.fleet, "declare the fact `region: AwsRegion`, and set it"),
        };
        out.push(problems::missing(at, &it.name, "region", help));
        return String::new();
    };
    if it.partition == "aws-eusc" {
        out.push(problems::cannot_say(at, "eksctl", "a region of the European Sovereign Cloud", "use `-o terraform`"));
    }
    for role in it.roles.iter().filter(|it| it.via != Identity::None && it.path != "/") {
        let help = "remove `role-path`, or use `-o terraform`";
        out.push(problems::cannot_say(role.origin, "eksctl", "the path of a role", help));
    }
    let mut metadata = Tree::new(at).text("name", it.name.clone()).text("region", region.clone());
    metadata = metadata.maybe("version", it.get(&["kubernetes"]).cloned()).maybe("tags", it.get(&["tags"]).cloned());
    let mut root = Tree::new(at).text("apiVersion", "eksctl.io/v1alpha5").text("kind", "ClusterConfig");
    root = root.tree("metadata", metadata);
    if let Some(network) = network(it) {
        root = root.tree("kubernetesNetworkConfig", network);
    }
    root = root.tree("iam", iam(it));
    if let Some(access) = access(it) {
        root = root.tree("accessConfig", access);
    }
    if let Some(vpc) = vpc(it) {
        root = root.tree("vpc", vpc);
    }
    if it.is_auto() {
        root = root.tree("autoModeConfig", Tree::new(at).value("enabled", Value::Bool(true)));
    }
    let addons: Vec<Node> = it.entries("addons").map(|(name, node)| addon(it, name, node)).collect();
    if !addons.is_empty() {
        root = root.node("addons", list(addons, at));
    }
    let nodes: Vec<Node> = it.entries("nodes").map(|(name, node)| node_group(name, node)).collect();
    if !nodes.is_empty() {
        root = root.node("managedNodeGroups", list(nodes, at));
    }
    let profiles: Vec<Node> = it.entries("fargate").map(|(name, node)| fargate(name, node)).collect();
    if !profiles.is_empty() {
        root = root.node("fargateProfiles", list(profiles, at));
    }
    if let Some(types) = it.get(&["logging"]) {
        let logging = Tree::new(at).node("enableTypes", types.clone());
        root = root.tree("cloudWatch", Tree::new(at).tree("clusterLogging", logging));
    }
    if let Some(key) = it.get(&["encryption-key"]) {
        root = root.tree("secretsEncryption", Tree::new(at).node("keyARN", key.clone()));
    }
    let mut writer = Writer::new(Style::File);
    writer.comment(header);
    writer.document(&root.build());
    writer.finish()
}

fn network(it: &Cluster) -> Option<Tree> {
    let family = it.text(&["ip-family"]).map(|it| if it == "ipv6" { "IPv6" } else { "IPv4" });
    let cidr = it.get(&["service-cidr"]);
    (family.is_some() || cidr.is_some()).then(|| {
        let tree = Tree::new(it.origin).maybe("ipFamily", family.map(|text| text_node(text, it.origin)));
        tree.maybe("serviceIPv4CIDR", cidr.cloned())
    })
}

fn iam(it: &Cluster) -> Tree {
    let at = it.origin;
    let mut tree = Tree::new(at).value("withOIDC", Value::Bool(it.has_oidc()));
    // eksctl refuses a role that may do nothing, and nobody needs it.
    let of = |via| it.roles_via(via).filter(|role| !role.policies.is_empty());
    let accounts: Vec<Node> = of(Identity::Irsa).map(|role| service_account(it, role)).collect();
    if !accounts.is_empty() {
        tree = tree.node("serviceAccounts", list(accounts, at));
    }
    let associations: Vec<Node> = of(Identity::PodIdentity).map(|role| association(it, role)).collect();
    if !associations.is_empty() {
        tree = tree.node("podIdentityAssociations", list(associations, at));
    }
    tree
}

/// `roleOnly`: the chart makes the account itself, with the annotation.
fn service_account(it: &Cluster, role: &Role) -> Node {
    let at = role.origin;
    let metadata = Tree::new(at).text("name", role.service_account.clone()).text("namespace", role.namespace.clone());
    let tree = Tree::new(at).tree("metadata", metadata).text("roleName", role.name.clone());
    let tree = tree.value("roleOnly", Value::Bool(true));
    let tree = policies(it, (&role.policies, at), tree, "attachPolicyARNs", "attachPolicy");
    tags(role, tree.maybe("permissionsBoundary", role.boundary.clone().map(|it| text_node(it, at)))).build()
}

fn association(it: &Cluster, role: &Role) -> Node {
    let at = role.origin;
    let tree = Tree::new(at).text("namespace", role.namespace.clone());
    let tree = tree.text("serviceAccountName", role.service_account.clone()).text("roleName", role.name.clone());
    let tree = policies(it, (&role.policies, at), tree, "permissionPolicyARNs", "permissionPolicy");
    tags(role, tree.maybe("permissionsBoundaryARN", role.boundary.clone().map(|it| text_node(it, at)))).build()
}

fn tags(role: &Role, tree: Tree) -> Tree {
    if role.tags.is_empty() {
        return tree;
    }
    let tags = role.tags.iter().fold(Tree::new(role.origin), |tree, (key, value)| tree.text(key, value.clone()));
    tree.tree("tags", tags)
}

fn policies(
    it: &Cluster,
    (policies, at): (&[Policy], Origin),
    mut tree: Tree,
    arns_key: &str,
    document_key: &str,
) -> Tree {
    let mut arns = Vec::new();
    let mut known = Tree::new(at);
    let mut statements = Vec::new();
    let mut is_known = false;
    for policy in policies {
        match policy {
            Policy::Arn(arn) => arns.push(text_node(arn.clone(), at)),
            Policy::Managed(name) => arns.push(text_node(it.managed(name), at)),
            Policy::WellKnown(policy) => {
                known = known.value(policy.eksctl, Value::Bool(true));
                is_known = true;
            }
            Policy::Document(node) => statements.push(node),
        }
    }
    if !arns.is_empty() {
        tree = tree.node(arns_key, list(arns, at));
    }
    if is_known {
        tree = tree.tree("wellKnownPolicies", known);
    }
    if let Some(document) = merged(&statements) {
        tree = tree.node(document_key, document);
    }
    tree
}

/// Several documents as one: eksctl takes one alone.
fn merged(documents: &[&Node]) -> Option<Node> {
    let first = (*documents.first()?).clone();
    if documents.len() == 1 {
        return Some(first);
    }
    let statements = documents
        .iter()
        .flat_map(|it| match it.get("Statement").map(|it| (&it.value, it)) {
            Some((Value::List(list), _)) => list.to_vec(),
            Some((_, one)) => vec![one.clone()],
            None => Vec::new(),
        })
        .collect();
    let tree = Tree::new(first.origin).text("Version", "2012-10-17").node("Statement", list(statements, first.origin));
    Some(tree.build())
}

fn access(it: &Cluster) -> Option<Tree> {
    let at = it.origin;
    let mode = it.text(&["authentication"]).map(|it| match it.as_str() {
        "api" => "API",
        "config-map" => "CONFIG_MAP",
        "api-and-config-map" => "API_AND_CONFIG_MAP",
        _ => bug("there are three ways to authenticate"),
    });
    let admins = it.get(&["admins"]).and_then(Node::list).unwrap_or_default();
    if mode.is_none() && admins.is_empty() {
        return None;
    }
    let mut tree = Tree::new(at).maybe("authenticationMode", mode.map(|it| text_node(it, at)));
    if !admins.is_empty() {
        let policy = it.admin_policy();
        let entries = admins.iter().map(|arn| {
            let scope = Tree::new(at).tree("accessScope", Tree::new(at).text("type", "cluster"));
            let policies =
                list(vec![Tree::new(at).text("policyARN", policy.clone()).all_of(Some(&scope.build())).build()], at);
            Tree::new(at).node("principalARN", arn.clone()).node("accessPolicies", policies).build()
        });
        tree = tree.node("accessEntries", list(entries.collect(), at));
    }
    Some(tree)
}

fn vpc(it: &Cluster) -> Option<Tree> {
    let at = it.origin;
    let vpc = it.get(&["vpc"]);
    let endpoint = it.get(&["endpoint"]);
    if vpc.is_none() && endpoint.is_none() {
        return None;
    }
    let get = |key: &str| vpc.and_then(|it| it.get(key)).cloned();
    let mut tree = Tree::new(at).maybe("id", get("id")).maybe("cidr", get("cidr"));
    let subnets = |key: &str| {
        get(key).and_then(|it| it.map().cloned()).map(|map| {
            map.entries
                .iter()
                .fold(Tree::new(at), |tree, (zone, id)| tree.tree(zone, Tree::new(at).node("id", id.clone())))
        })
    };
    let (private, public) = (subnets("private"), subnets("public"));
    if private.is_some() || public.is_some() {
        let subnets = Tree::new(at).maybe("private", private.map(Tree::build)).maybe("public", public.map(Tree::build));
        tree = tree.tree("subnets", subnets);
    }
    if let Some(nat) = get("nat").and_then(|it| it.text().cloned()) {
        let gateway = match nat.as_str() {
            "highly-available" => "HighlyAvailable",
            "none" => "Disable",
            "single" => "Single",
            _ => bug("there are three kinds of NAT gateways"),
        };
        tree = tree.tree("nat", Tree::new(at).text("gateway", gateway));
    }
    if let Some(endpoint) = endpoint {
        let endpoints = Tree::new(at)
            .maybe("publicAccess", endpoint.get("public").cloned())
            .maybe("privateAccess", endpoint.get("private").cloned());
        tree = tree.tree("clusterEndpoints", endpoints).maybe("publicAccessCIDRs", endpoint.get("cidrs").cloned());
    }
    Some(tree)
}

fn addon(it: &Cluster, name: &str, node: &Node) -> Node {
    let at = node.origin;
    let mut tree = Tree::new(at).text("name", name).maybe("version", node.get("version").cloned());
    if let Some(values) = node.get("values") {
        tree = tree.text("configurationValues", json(values).to_string());
    }
    if let Some(conflicts) = node.get("conflicts").and_then(Node::text) {
        tree = tree.text("resolveConflicts", conflicts.to_uppercase());
    }
    let written: Vec<Policy> =
        node.get("policies").and_then(Node::list).unwrap_or_default().iter().map(Policy::of).collect();
    if written.is_empty() {
        return tree.build();
    }
    policies(it, (&written, at), tree, "attachPolicyARNs", "attachPolicy").build()
}

fn node_group(name: &str, node: &Node) -> Node {
    let at = node.origin;
    let get = |key: &str| node.get(key).cloned();
    let mut tree = Tree::new(at)
        .text("name", name)
        .maybe("instanceTypes", get("instances"))
        .maybe("minSize", get("min"))
        .maybe("maxSize", get("max"))
        .maybe("desiredCapacity", get("desired").or_else(|| get("min")))
        .maybe("volumeSize", get("disk"))
        .maybe("amiFamily", get("family"))
        .maybe("spot", get("spot"))
        .value("privateNetworking", Value::Bool(true))
        .maybe("subnets", get("subnets"))
        .maybe("labels", get("labels"));
    if let Some(taints) = get("taints") {
        tree = tree.node("taints", taints);
    }
    tree.build()
}

fn fargate(name: &str, node: &Node) -> Node {
    Tree::new(node.origin)
        .text("name", name)
        .maybe("selectors", node.get("selectors").cloned())
        .maybe("subnets", node.get("subnets").cloned())
        .maybe("podExecutionRoleARN", node.get("role").cloned())
        .build()
}
