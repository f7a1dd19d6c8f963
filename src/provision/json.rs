//! Everything that is known of a cluster, as JSON.

use serde_json::{Map, Value as Json, json};

use super::model::{Cluster, Role};
use super::policy::Policy;
use crate::fleet::Identity;
use crate::value::json as json_of;

pub(super) fn text(it: &Cluster, header: &str) -> String {
    let mut root = Map::new();
    if !header.is_empty() {
        root.insert("//".into(), header.into());
    }
    root.insert("name".into(), it.name.as_str().into());
    root.insert("path".into(), it.path.as_str().into());
    for (key, value) in [("region", &it.region), ("account", &it.account), ("oidcIssuer", &it.issuer)] {
        if let Some(value) = value {
            root.insert(key.into(), value.as_str().into());
        }
    }
    root.insert("partition".into(), it.partition.into());
    let facts: Map<String, Json> =
        it.facts.entries.iter().map(|(key, node)| (key.to_string(), json_of(node))).collect();
    root.insert("facts".into(), Json::Object(facts));
    if let Some(baseline) = &it.baseline {
        root.insert("baseline".into(), json_of(baseline));
    }
    root.insert("roles".into(), it.roles.iter().map(|role| self::role(it, role)).collect());
    root.insert(
        "flux".into(),
        json!({ "version": it.flux.as_str(), "repository": it.repository.as_deref(), "branch": it.branch.as_str(), "path": format!("./{}", it.path) }),
    );
    pretty(&Json::Object(root))
}

fn role(it: &Cluster, role: &Role) -> Json {
    let policies: Vec<Json> = role
        .policies
        .iter()
        .map(|policy| match policy {
            Policy::Arn(arn) => json!({ "arn": arn.as_str() }),
            Policy::Managed(name) => json!({ "arn": it.managed(name).as_str() }),
            Policy::WellKnown(policy) => json!({ "wellKnown": policy.name }),
            Policy::Document(node) => json!({ "document": json_of(node) }),
        })
        .collect();
    json!({
        "addon": role.addon.as_str(),
        "via": match role.via {
            Identity::PodIdentity => "pod-identity",
            Identity::Irsa => "irsa",
            Identity::None => "none",
        },
        "name": role.name.as_str(),
        "path": role.path.as_str(),
        "arn": role.arn.as_deref(),
        "namespace": role.namespace.as_str(),
        "serviceAccount": role.service_account.as_str(),
        "permissionsBoundary": role.boundary.as_deref(),
        "policies": policies,
        "tags": role.tags.iter().map(|(key, it)| (key.to_string(), Json::from(it.as_str()))).collect::<Map<_, _>>(),
    })
}

/// Two spaces a level, and a newline at the end.
pub(super) fn pretty(value: &Json) -> String {
    format!("{value:#}\n")
}
