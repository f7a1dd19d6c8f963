//! The namespaces, Secrets and ConfigMaps that are on a cluster: made, declared, or made by a controller of what is made.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;

use super::context::Lint;
use super::foreign;
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed, external};
use crate::kube::produced::produced;
use crate::syntax::{self, ast::Head};
use crate::value::Node;

/// What a cluster has beside what the project makes: kind, namespace, name, with
/// the keys that it holds where they are declared.
pub(super) type Given = BTreeMap<(EcoString, EcoString, EcoString), Option<BTreeSet<EcoString>>>;

/// What there is on a cluster.
pub(super) fn given(lint: &Lint<'_>, cluster: &Cluster, deployed: &Deployed) -> Given {
    let mut given = Given::new();
    let hub = cluster.via.as_ref().map(|it| &fleet::cluster(lint.db, it.hub).value);
    for external in &lint.index.externals {
        let is_visible = |cluster: &Cluster| external::is_visible(lint.db, *external, cluster);
        if !is_visible(cluster) && !hub.is_some_and(is_visible) {
            continue;
        }
        let Head::External { object, namespace } = &syntax::declaration(lint.db, *external).head else { continue };
        let keys = fleet::declared(lint.db, *external)
            .value
            .get("keys")
            .and_then(Node::list)
            .map(|list| list.iter().filter_map(|it| it.text().cloned()).collect());
        let in_namespace = match object.as_str() {
            "Namespace" => EcoString::new(),
            _ => namespace.clone().unwrap_or_else(|| lint.settings.sync.namespace.clone()),
        };
        given.insert((object.clone(), in_namespace, external.name(lint.db).clone()), keys);
    }
    // What Flux reads for a cluster that is reached through a hub, it reads on the hub.
    let hub = cluster.via.as_ref().map(|it| &flux::exactly(lint.db, it.hub).value);
    let on_hub = hub.into_iter().flat_map(Deployed::objects);
    for (_, object) in on_hub.chain(deployed.objects()) {
        if matches!(object.id.kind.as_str(), "Secret" | "ConfigMap") && object.id.group.is_empty() {
            let mut keys: BTreeSet<EcoString> = BTreeSet::new();
            for part in ["data", "stringData", "binaryData"] {
                keys.extend(
                    object.body.get(part).and_then(Node::map).into_iter().flat_map(|it| it.entries.keys().cloned()),
                );
            }
            let key = (object.id.kind.clone(), object.id.namespace.clone(), object.id.name.clone());
            given.insert(key, (!keys.is_empty()).then_some(keys));
        }
        for it in produced(&object.id.group, &object.id.kind, &object.body) {
            let namespace = it.namespace.unwrap_or_else(|| object.id.namespace.clone());
            given.entry((it.kind, namespace, it.name)).or_insert(it.keys);
        }
    }
    // What hand-written directories bring is there, with keys that are not looked at.
    let mut inner = Lint::new(lint.db, false);
    for object in foreign::of(&mut inner, cluster, deployed).objects {
        let Some(id) = object.object.id else { continue };
        for it in &object.object.listed.produces {
            let namespace = it.namespace.clone().unwrap_or_else(|| id.namespace.clone());
            given.entry((it.kind.clone(), namespace, it.name.clone())).or_insert_with(|| it.keys.clone());
        }
        if matches!(id.kind.as_str(), "Secret" | "ConfigMap" | "Namespace") && id.group.is_empty() {
            given.entry((id.kind, id.namespace, id.name)).or_insert(None);
        }
    }
    given
}
