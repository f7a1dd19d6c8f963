//! Hubs: a cluster without a Flux of its own, whose objects another cluster's Flux applies.
//!
//! *Hub*: the cluster that Flux runs on. *Spoke*: one that is reached from there.
//!
//! Source: the API reference of kustomize-controller, "Remote clusters", for the Secret's and the ConfigMap's keys.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::cluster_data::{KubeConfig, Via};
use super::config;
use super::conflicts;
use super::facts::ClusterHead;
use super::problems;
use crate::diagnostic::Diagnostic;
use crate::eval::{Conform, Env, Fold, Given, Only, build_some, complete};
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::syntax;
use crate::types;
use crate::value::{Map, Node, Value};

use super::around::project_of;

const BLOCK: &str = "kube-config";

/// How a cluster is reached through a hub; none of one with a Flux of its own.
pub(super) fn via(
    db: &dyn Db,
    head: &ClusterHead,
    facts: &Arc<Map>,
    hub: Option<(Anchor, Origin)>,
    out: &mut Vec<Diagnostic>,
) -> Option<Via> {
    let written = kube_config(db, head, facts, out);
    let Some((hub, origin)) = hub else {
        if let Some(it) = written {
            out.push(problems::kube_config_without_hub(it.origin, &head.name));
        }
        return None;
    };
    let kube_config = read(written.as_ref(), &head.name, origin, out);
    Some(Via { hub, origin, kube_config })
}

/// `kube-config { … }` of the groups and the cluster.
fn kube_config(db: &dyn Db, head: &ClusterHead, facts: &Arc<Map>, out: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut env = Env::new(db, names::index_of(db, head.anchor), head.anchor);
    env.cluster = Given::Known(Arc::clone(facts));
    env.fleet = config::settings(db, project_of(db, head.anchor)).value.value.clone();
    env.cluster_name = Some(head.name.clone());
    env.row.clone_from(&head.row);
    let mut fold = Fold::new();
    for anchor in head.groups.iter().chain(head.own.iter().flatten()) {
        let only = Only { path: &[BLOCK], ..Only::default() };
        let layer = env.within(*anchor, |env| build_some(env, &syntax::declaration(db, *anchor).body, &only));
        fold.apply(&mut env, layer);
    }
    let mut node = fold.into_node(head.origin);
    conflicts::report_conflicts(&mut env, head.anchor, &mut node, true);
    let mut found = node.get(BLOCK).cloned();
    if let Some(it) = &mut found {
        complete(&mut env, it, &types::shape(db, "KubeConfig"), Conform::Partial, None);
    }
    out.append(&mut env.out);
    found
}

/// The keys of the ConfigMap, and what they are called here.
const KEYS: [(&str, &str); 6] = [
    ("provider", "provider"),
    ("cluster", "cluster"),
    ("address", "address"),
    ("ca", "ca.crt"),
    ("audiences", "audiences"),
    ("service-account", "serviceAccountName"),
];

fn read(written: Option<&Node>, name: &EcoString, at: Origin, out: &mut Vec<Diagnostic>) -> KubeConfig {
    let default = eco_format!("{name}-kubeconfig");
    let get = |key: &str| written.and_then(|it| it.get(key));
    let secret = || KubeConfig::Secret {
        name: get("secret").cloned().unwrap_or_else(|| Node::new(Value::Text(default.clone()), at)),
        key: get("key").cloned(),
    };
    let of_identity = KEYS.iter().find_map(|(key, _)| get(key));
    let Some(of_identity) = of_identity else { return secret() };
    if let Some(it) = get("secret").or_else(|| get("key")) {
        out.push(problems::secret_and_identity(it.origin, of_identity.origin));
        return secret();
    }
    let provider = get("provider").and_then(Node::text).map(EcoString::as_str);
    let missing = match provider {
        None => Some("provider"),
        Some("generic") if get("address").is_none() => Some("address"),
        Some("generic") => None,
        // AWS is asked in the region that the ARN names; of the others both can be given instead.
        Some("aws") if get("cluster").is_none() => Some("cluster"),
        Some(_) if get("cluster").is_none() && (get("address").is_none() || get("ca").is_none()) => Some("cluster"),
        Some(_) => None,
    };
    if let Some(key) = missing {
        out.push(problems::identity_without(written.map_or(at, |it| it.origin), provider, key));
    }
    let mut data: Vec<(EcoString, Node)> = Vec::new();
    for (key, theirs) in KEYS {
        let Some(it) = get(key) else { continue };
        let lines = it.list().map(|all| all.iter().filter_map(Node::text).map(EcoString::as_str).collect::<Vec<_>>());
        let it = lines.map_or_else(|| it.clone(), |lines| Node::new(Value::Text(lines.join("\n").into()), it.origin));
        data.push((theirs.into(), it));
    }
    KubeConfig::Identity { name: default, data, origin: of_identity.origin }
}
