//! Every object's kind is defined, and it stands in a namespace exactly if its
//! kind wants one.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::context::Lint;
use super::problems;
use crate::fleet::Cluster;
use crate::flux::Deployed;
use crate::flux::external;
use crate::schema::{self, Scope};
use crate::source::{Anchor, Db, IndexSet};
use crate::syntax::{self, ast::Head};
use crate::value::Node;

/// Whether an `external CRD` says nowhere of which group it is.
fn has_no_group(db: &dyn Db, external: Anchor) -> bool {
    is_crd(db, external)
        && !external::name(db, external).contains('.')
        && crate::fleet::declared(db, external).value.get("group").is_none()
}

fn is_crd(db: &dyn Db, external: Anchor) -> bool {
    let Head::External { object, .. } = &syntax::declaration(db, external).head else { return false };
    matches!(object.as_str(), "CRD" | "CustomResourceDefinition")
}

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let custom = custom_kinds(lint.db, cluster, deployed, lint.index.externals.as_slice());
    for it in &lint.index.externals {
        if external::is_visible(lint.db, *it, cluster) && has_no_group(lint.db, *it) {
            lint.out.push(problems::crd_without_group(*it, it.name(lint.db)));
        }
    }
    // Objects of one kind are judged alike.
    let mut right: IndexSet<(&str, &str, &str, bool)> = IndexSet::default();
    for (_, object) in deployed.objects() {
        let id = &object.id;
        if !right.insert((&id.group, &id.kind, &object.version, id.namespace.is_empty())) {
            continue;
        }
        let found = lint.out.len();
        let kind = (object.id.group.clone(), object.id.kind.clone());
        let scope = schema::scope(&kind.0, &kind.1).or_else(|| custom.get(&kind).copied().flatten());
        if scope.is_none() && !custom.contains_key(&kind) {
            lint.out.push(problems::unknown_kind(object, &custom));
        }
        match scope {
            Some(Scope::Namespaced) if object.id.namespace.is_empty() => {
                lint.out.push(problems::no_namespace(object));
            }
            Some(Scope::Cluster) if !object.id.namespace.is_empty() => {
                lint.out.push(problems::needless_namespace(object));
            }
            _ => {}
        }
        if schema::is_flux_kind(&kind.0, &kind.1) {
            match schema::served(&kind.0, &kind.1, &object.version) {
                Some((first, last)) if (first..=last).contains(&cluster.flux) => {}
                served => lint.out.push(problems::not_served(object, served, &cluster.name, cluster.flux)),
            }
        }
        if lint.out.len() > found {
            right.pop();
        }
    }
}

/// Custom resources by group and kind; the scope is not always known.
type Custom = BTreeMap<(EcoString, EcoString), Option<Scope>>;

fn custom_kinds(db: &dyn Db, cluster: &Cluster, deployed: &Deployed, externals: &[Anchor]) -> Custom {
    let mut custom = Custom::new();
    let scope_of = |namespaced: bool| if namespaced { Scope::Namespaced } else { Scope::Cluster };
    for (_, release) in deployed.releases() {
        for (group, kind, namespaced) in &release.crds {
            custom.insert((group.clone(), kind.clone()), Some(scope_of(*namespaced)));
        }
    }
    for (_, object) in deployed.objects() {
        if let Some(defined) = object.defined_kind() {
            let scope = object.body.at(&["spec", "scope"]).and_then(Node::text);
            custom.insert(defined, scope.map(|it| scope_of(it == "Namespaced")));
        }
    }
    for external in externals {
        if !external::is_visible(db, *external, cluster) {
            continue;
        }
        if !is_crd(db, *external) {
            continue;
        }
        let body = &crate::fleet::declared(db, *external).value;
        let name = external::name(db, *external);
        let group = body.get("group").and_then(Node::text).cloned();
        // One without a group is refused below.
        let Some(group) = group.or_else(|| name.split_once('.').map(|(_, it)| it.into())) else { continue };
        if let Some(kind) = body.get("kind").and_then(Node::text) {
            let scope = body.get("scope").and_then(Node::text).map(|it| scope_of(it == "Namespaced"));
            custom.insert((group, kind.clone()), scope);
        }
    }
    custom
}
