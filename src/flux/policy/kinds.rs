//! Every object's kind is defined, and it stands in a namespace exactly if its
//! kind wants one.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::super::context::Context;
use super::super::deploy::Deployed;
use super::problems;
use crate::fleet::Cluster;
use crate::kube::object::Object;
use crate::schema::{self, Scope};
use crate::source::{Anchor, Db, IndexSet};
use crate::syntax::{self, ast::Head};
use crate::value::Node;

/// Group and kind that a CustomResourceDefinition defines.
pub(crate) fn defined_kind(object: &Object) -> Option<(EcoString, EcoString)> {
    (object.id.kind == "CustomResourceDefinition").then_some(())?;
    let group = object.body.at(&["spec", "group"]).and_then(Node::text)?;
    let kind = object.body.at(&["spec", "names", "kind"]).and_then(Node::text)?;
    Some((group.clone(), kind.clone()))
}

/// Whether an `external CRD` says nowhere of which group it is.
fn has_no_group(db: &dyn Db, external: Anchor) -> bool {
    is_crd(db, external)
        && !super::references::external_name(db, external).contains('.')
        && crate::fleet::declared(db, external).value.get("group").is_none()
}

fn is_crd(db: &dyn Db, external: Anchor) -> bool {
    let Head::External { object, .. } = &syntax::declaration(db, external).head else { return false };
    matches!(object.as_str(), "CRD" | "CustomResourceDefinition")
}

pub(super) fn check(ctx: &mut Context<'_>, cluster: &Cluster, deployed: &Deployed) {
    let custom = custom_kinds(ctx.db, cluster, deployed, ctx.index.externals.as_slice());
    for it in &ctx.index.externals {
        if super::references::is_visible(ctx.db, *it, cluster) && has_no_group(ctx.db, *it) {
            ctx.out.push(problems::crd_without_group(*it, it.name(ctx.db)));
        }
    }
    // Objects of one kind are judged alike.
    let mut right: IndexSet<(&str, &str, &str, bool)> = IndexSet::default();
    for (_, object) in deployed.objects() {
        let id = &object.id;
        if !right.insert((&id.group, &id.kind, &object.version, id.namespace.is_empty())) {
            continue;
        }
        let found = ctx.out.len();
        let kind = (object.id.group.clone(), object.id.kind.clone());
        let scope = schema::scope(&kind.0, &kind.1).or_else(|| custom.get(&kind).copied().flatten());
        if scope.is_none() && !custom.contains_key(&kind) {
            ctx.out.push(problems::unknown_kind(object, &custom));
        }
        match scope {
            Some(Scope::Namespaced) if object.id.namespace.is_empty() => {
                ctx.out.push(problems::no_namespace(object));
            }
            Some(Scope::Cluster) if !object.id.namespace.is_empty() => {
                ctx.out.push(problems::needless_namespace(object));
            }
            _ => {}
        }
        if schema::is_flux_kind(&kind.0, &kind.1) {
            match schema::served(&kind.0, &kind.1, &object.version) {
                Some((first, last)) if (first..=last).contains(&cluster.flux) => {}
                served => ctx.out.push(problems::not_served(object, served, &cluster.name, cluster.flux)),
            }
        }
        if ctx.out.len() > found {
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
        if let Some(defined) = defined_kind(object) {
            let scope = object.body.at(&["spec", "scope"]).and_then(Node::text);
            custom.insert(defined, scope.map(|it| scope_of(it == "Namespaced")));
        }
    }
    for external in externals {
        if !super::references::is_visible(db, *external, cluster) {
            continue;
        }
        if !is_crd(db, *external) {
            continue;
        }
        let body = &crate::fleet::declared(db, *external).value;
        let name = super::references::external_name(db, *external);
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
