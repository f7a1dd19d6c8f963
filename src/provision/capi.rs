//! Cluster API: the objects of its AWS provider, in the versions that it serves:
//! `cluster.x-k8s.io/v1beta1`, and `v1beta2` of its own kinds, as its version 2.13 has them.
//!
//! The versions of managed add-ons, which it must be told, are variables of `clusterctl` where the fleet does not say
//! them. Then every other `$` is doubled.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::model::{Cluster, Role};
use super::problems;
use crate::diagnostic::{Diagnostic, bug};
use crate::fleet::Identity;
use crate::kube::object::{Tree, list, text as text_node};
use crate::source::IndexMap;
use crate::value::yaml::{Style, Writer};
use crate::value::{Node, Value, json};

const CORE: &str = "cluster.x-k8s.io/v1beta1";
const CONTROL_PLANE: &str = "controlplane.cluster.x-k8s.io/v1beta2";
const INFRASTRUCTURE: &str = "infrastructure.cluster.x-k8s.io/v1beta2";

pub(super) fn text(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let at = it.origin;
    let Some(version) = it.text(&["kubernetes"]) else {
        out.push(problems::missing(
            it.baseline.as_ref().map_or(at, |it| it.origin),
            &it.name,
            "Kubernetes version",
            "write `kubernetes = \"1.34\"` in the baseline",
        ));
        return String::new();
    };
    limits(it, out);
    whole_vpc(it, out);
    let variables = variables(it);
    let escaped =
        (!variables.is_empty()).then(|| Cluster { baseline: it.baseline.as_ref().map(escaped), ..it.clone() });
    let it = escaped.as_ref().unwrap_or(it);
    let reference = |api: &str, kind: &str, name: &EcoString| {
        Tree::new(at).text("apiVersion", api).text("kind", kind).text("name", name.clone())
    };
    let services = it.get(&["service-cidr"]).map(|cidr| {
        Tree::new(at).tree("services", Tree::new(at).node("cidrBlocks", list(vec![cidr.clone()], at))).build()
    });
    let cluster = Tree::new(at)
        .maybe("clusterNetwork", services)
        .tree("controlPlaneRef", reference(CONTROL_PLANE, "AWSManagedControlPlane", &it.name))
        .tree("infrastructureRef", reference(INFRASTRUCTURE, "AWSManagedCluster", &it.name));
    let mut documents = vec![
        object(it, CORE, "Cluster", &it.name, cluster),
        object(it, INFRASTRUCTURE, "AWSManagedCluster", &it.name, Tree::new(at)),
        object(it, CONTROL_PLANE, "AWSManagedControlPlane", &it.name, control_plane(it, version)),
    ];
    for (group, node) in it.entries("nodes") {
        let name = object_name(it, group);
        let pool = reference(INFRASTRUCTURE, "AWSManagedMachinePool", &name);
        let template = Tree::new(at)
            .text("clusterName", it.name.clone())
            .tree("bootstrap", Tree::new(at).text("dataSecretName", ""))
            .tree("infrastructureRef", pool)
            .text("version", eco_format!("v{version}.0"));
        let spec = Tree::new(at)
            .text("clusterName", it.name.clone())
            .maybe("replicas", node.get("desired").or_else(|| node.get("min")).cloned())
            .tree("template", Tree::new(at).tree("spec", template));
        documents.push(object(it, CORE, "MachinePool", &name, spec));
        documents.push(object(it, INFRASTRUCTURE, "AWSManagedMachinePool", &name, machine_pool(it, group, node, out)));
    }
    for (name, node) in it.entries("fargate") {
        let spec = Tree::new(at)
            .text("clusterName", it.name.clone())
            .text("profileName", name.clone())
            .maybe("selectors", node.get("selectors").cloned())
            .maybe("subnetIDs", node.get("subnets").cloned());
        documents.push(object(it, INFRASTRUCTURE, "AWSFargateProfile", &object_name(it, name), spec));
        if let Some(role) = node.get("role") {
            out.push(problems::cannot_say(
                role.origin,
                "Cluster API",
                "the ARN of a Fargate role",
                "remove `role`: it makes one",
            ));
        }
    }
    let mut writer = Writer::new(Style::File);
    writer.comment(header);
    if !variables.is_empty() {
        let names = variables.join(", ");
        writer.comment(&format!("For `clusterctl generate yaml`, which replaces {names}: versions of EKS add-ons."));
    }
    for (nth, document) in documents.iter().enumerate() {
        if nth > 0 {
            writer.separator();
        }
        writer.document(document);
    }
    writer.finish()
}

/// The name of an object that stands for a part of a cluster. EKS allows capitals and underscores, Kubernetes does not.
fn object_name(it: &Cluster, part: &str) -> EcoString {
    let part = part.to_lowercase().replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    let part = part.trim_matches('-');
    eco_format!("{}-{}", it.name, if part.is_empty() { "part" } else { part })
}

/// Names that differ, and would be one here.
fn clashes(it: &Cluster, out: &mut Vec<Diagnostic>) {
    for key in ["nodes", "fargate"] {
        let names = it.entries(key).map(|(name, node)| (object_name(it, name), name, node));
        one_name(names, "object", out);
    }
    let versions = it.entries("addons").filter(|(_, node)| node.get("version").is_none());
    one_name(versions.map(|(name, node)| (variable(name).into(), name, node)), "variable", out);
}

fn one_name<'a>(
    names: impl Iterator<Item = (EcoString, &'a EcoString, &'a Node)>,
    what: &str,
    out: &mut Vec<Diagnostic>,
) {
    let mut seen: IndexMap<EcoString, &EcoString> = IndexMap::default();
    for (name, written, node) in names {
        if let Some(first) = seen.insert(name.clone(), written) {
            let both = eco_format!("`{first}` beside `{written}`: each would be the {what} `{name}`");
            out.push(problems::cannot_say(node.origin, "Cluster API", &both, "rename one"));
        }
    }
}

/// What the provider's types have no field for.
fn limits(it: &Cluster, out: &mut Vec<Diagnostic>) {
    clashes(it, out);
    let roles: Vec<&Role> = it.roles.iter().filter(|it| it.via != Identity::None).collect();
    if let Some(first) = roles.first() {
        out.push(problems::roles_elsewhere(first, roles.len(), "Cluster API"));
    }
    for (name, node) in it.entries("addons") {
        if let Some(node) = node.get("policies") {
            out.push(problems::cannot_say(
                node.origin,
                "Cluster API",
                &eco_format!("policies of the managed add-on `{name}`"),
                "remove it from the baseline, or use `-o eksctl`",
            ));
        }
    }
    if let Some(node) = it.get(&["auto-mode"]).filter(|it| it.value == Value::Bool(true)) {
        out.push(problems::cannot_say(
            node.origin,
            "Cluster API",
            "`auto-mode`",
            "use `-o eksctl` or `-o terraform`, or a baseline with nodes",
        ));
    }
}

/// An existing VPC needs both its ID and its subnets: the provider makes a whole VPC, or uses exactly what is written.
fn whole_vpc(it: &Cluster, out: &mut Vec<Diagnostic>) {
    let Some(vpc) = it.get(&["vpc"]) else { return };
    let has_subnets = ["private", "public"].iter().any(|key| vpc.get(key).is_some());
    let missing = match (vpc.get("id").is_some(), has_subnets) {
        (true, false) => Some(("subnets in its VPC", "write `private { zone = \"subnet-…\" }` in it")),
        (false, true) => Some(("VPC for its subnets", "write `id = \"vpc-…\"` in it")),
        _ => None,
    };
    if let Some((what, help)) = missing {
        out.push(problems::missing(vpc.origin, &it.name, what, help));
    }
    if let Some(node) = vpc.get("nat") {
        out.push(problems::in_part(node.origin, "Cluster API chooses its gateways itself", "nat"));
    }
}

/// The variables for the versions of managed add-ons that the fleet does not say.
fn variables(it: &Cluster) -> Vec<String> {
    it.entries("addons").filter(|(_, node)| node.get("version").is_none()).map(|(name, _)| variable(name)).collect()
}

fn variable(addon: &str) -> String {
    format!("{}_VERSION", addon.to_uppercase().replace(|it: char| !it.is_ascii_alphanumeric(), "_"))
}

/// A value whose texts stand for themselves where variables are replaced.
fn escaped(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(it) => Value::Text(it.replace("$", "$$")),
        Value::List(all) => Value::List(Arc::new(all.iter().map(escaped).collect())),
        Value::Map(map) => {
            Value::of_map(map.entries.iter().map(|(key, it)| (key.replace("$", "$$"), escaped(it))).collect())
        }
        other => other.clone(),
    };
    Node::new(value, node.origin)
}

fn object(it: &Cluster, api: &str, kind: &str, name: &EcoString, spec: Tree) -> Node {
    let at = it.origin;
    Tree::new(at)
        .text("apiVersion", api)
        .text("kind", kind)
        .tree("metadata", Tree::new(at).text("name", name.clone()).text("namespace", "default"))
        .tree("spec", spec)
        .build()
}

fn control_plane(it: &Cluster, version: &str) -> Tree {
    let at = it.origin;
    let mut spec = Tree::new(at)
        .text("eksClusterName", it.name.clone())
        .maybe("region", it.region.clone().map(|it| text_node(it, at)))
        .text("version", eco_format!("v{version}.0"));
    spec = spec.value("associateOIDCProvider", Value::Bool(it.has_oidc()));
    // Access entries need it, and the provider's own default is the ConfigMap alone.
    let with_entries = || it.get(&["admins"]).map(|_| "api-and-config-map".into());
    if let Some(mode) = it.text(&["authentication"]).cloned().or_else(with_entries) {
        let mode = text_node(mode.replace("-", "_"), at);
        spec = spec.tree("accessConfig", Tree::new(at).node("authenticationMode", mode));
    }
    let admins: Vec<Node> = it
        .get(&["admins"])
        .and_then(Node::list)
        .unwrap_or_default()
        .iter()
        .map(|arn| {
            let scope = Tree::new(at).text("type", "cluster");
            let policy = Tree::new(at).text("policyARN", it.admin_policy()).tree("accessScope", scope).build();
            Tree::new(at).node("principalARN", arn.clone()).node("accessPolicies", list(vec![policy], at)).build()
        })
        .collect();
    if !admins.is_empty() {
        spec = spec.node("accessEntries", list(admins, at));
    }
    if let Some(endpoint) = it.get(&["endpoint"]) {
        let access = Tree::new(at)
            .maybe("public", endpoint.get("public").cloned())
            .maybe("private", endpoint.get("private").cloned())
            .maybe("publicCIDRs", endpoint.get("cidrs").cloned());
        spec = spec.tree("endpointAccess", access);
    }
    if let Some(types) = it.get(&["logging"]).and_then(Node::list) {
        let logging = ["api", "audit", "authenticator", "controllerManager", "scheduler"].into_iter().fold(
            Tree::new(at),
            |tree, name| {
                let key = if name == "api" { "apiServer" } else { name };
                tree.value(key, Value::Bool(types.iter().any(|it| it.text().is_some_and(|it| it == name))))
            },
        );
        spec = spec.tree("logging", logging);
    }
    if let Some(key) = it.get(&["encryption-key"]) {
        let resources = list(vec![text_node("secrets", at)], at);
        spec = spec.tree("encryptionConfig", Tree::new(at).node("provider", key.clone()).node("resources", resources));
    }
    let is_ipv6 = it.text(&["ip-family"]).is_some_and(|it| it == "ipv6");
    let none = Tree::new(at).build();
    if let Some(vpc) = it.get(&["vpc"]).or_else(|| is_ipv6.then_some(&none)) {
        let mut inner = Tree::new(at).maybe("id", vpc.get("id").cloned()).maybe("cidrBlock", vpc.get("cidr").cloned());
        if is_ipv6 {
            inner = inner.tree("ipv6", Tree::new(at));
        }
        let mut network = Tree::new(at).tree("vpc", inner);
        let of = |key: &str, is_public: bool| {
            let map = vpc.get(key).and_then(Node::map).cloned().unwrap_or_default();
            map.entries
                .iter()
                .map(|(zone, id)| {
                    Tree::new(at)
                        .node("id", id.clone())
                        .text("availabilityZone", zone.clone())
                        .value("isPublic", Value::Bool(is_public))
                        .build()
                })
                .collect::<Vec<_>>()
        };
        let subnets = [of("private", false), of("public", true)].concat();
        if !subnets.is_empty() {
            network = network.node("subnets", list(subnets, at));
        }
        spec = spec.tree("network", network);
    }
    let addons: Vec<Node> = it
        .entries("addons")
        .map(|(name, node)| {
            let version = node.get("version").cloned();
            let version = version.unwrap_or_else(|| text_node(format!("${{{}}}", variable(name)), at));
            Tree::new(at)
                .text("name", name.clone())
                .node("version", version)
                .maybe("conflictResolution", node.get("conflicts").cloned())
                .maybe("configuration", node.get("values").map(|it| text_node(json(it).to_string(), at)))
                .build()
        })
        .collect();
    if !addons.is_empty() {
        spec = spec.node("addons", list(addons, at));
    }
    spec.maybe("additionalTags", it.get(&["tags"]).cloned())
}

fn machine_pool(it: &Cluster, group: &str, node: &Node, out: &mut Vec<Diagnostic>) -> Tree {
    let at = node.origin;
    let instances = node.get("instances").and_then(Node::list).unwrap_or_default();
    if let (Some(first), Some(_)) = (instances.first().and_then(Node::text), instances.get(1)) {
        let at = node.get("instances").map_or(at, |it| it.origin);
        out.push(problems::one_instance_type(at, "Cluster API", group, first));
    }
    if node.get("family").and_then(Node::text).is_some_and(|it| it == "Bottlerocket") {
        out.push(problems::cannot_say(at, "Cluster API", "Bottlerocket here", "remove `family`"));
    }
    let is_arm = node.get("arm").is_some_and(|it| it.value == Value::Bool(true));
    let is_spot = node.get("spot").is_some_and(|it| it.value == Value::Bool(true));
    let scaling = Tree::new(at).maybe("minSize", node.get("min").cloned()).maybe("maxSize", node.get("max").cloned());
    let mut spec = Tree::new(at)
        .text("eksNodegroupName", eco_format!("{}-{group}", it.name))
        .text("amiType", if is_arm { "AL2023_ARM_64_STANDARD" } else { "AL2023_x86_64_STANDARD" })
        .maybe("instanceType", instances.first().cloned())
        .text("capacityType", if is_spot { "spot" } else { "onDemand" })
        .tree("scaling", scaling)
        .maybe("diskSize", node.get("disk").cloned())
        .maybe("subnetIDs", node.get("subnets").cloned())
        .maybe("labels", node.get("labels").cloned());
    if let Some(taints) = node.get("taints").and_then(Node::list) {
        let taints = taints.iter().map(|it| {
            let effect = match it.get("effect").and_then(Node::text).map(EcoString::as_str) {
                Some("NoExecute") => "no-execute",
                Some("PreferNoSchedule") => "prefer-no-schedule",
                Some("NoSchedule") => "no-schedule",
                _ => bug("a taint has one of three effects"),
            };
            Tree::new(at)
                .text("effect", effect)
                .maybe("key", it.get("key").cloned())
                .node("value", it.get("value").cloned().unwrap_or_else(|| text_node("", at)))
                .build()
        });
        spec = spec.node("taints", list(taints.collect(), at));
    }
    spec
}
