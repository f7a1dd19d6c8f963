//! Every object's kind is defined, and it stands in a namespace exactly if its
//! kind wants one.
//!
//! Reports E0610, E0619, E0620, E0621, E0622.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::context::Lint;
use super::foreign::Foreign;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::Cluster;
use crate::flux::Deployed;
use crate::flux::external;
use crate::kube::object::Object;
use crate::schema::{self, Minor, NEWEST, OLDEST, Scope};
use crate::source::{Anchor, Db, IndexSet, Origin};
use crate::value::Node;

/// Whether an `external CRD` says nowhere of which group it is.
fn has_no_group(db: &dyn Db, external: Anchor) -> bool {
    external::is_crd(db, external)
        && !external::name(db, external).contains('.')
        && crate::fleet::declared(db, external).value.get("group").is_none()
}

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed, foreign: &Foreign<'_>) {
    let mut custom = custom_kinds(lint.db, cluster, deployed, lint.index.externals.as_slice());
    for (group, kind, is_namespaced) in foreign.objects.iter().filter_map(|it| it.object.listed.defines.as_ref()) {
        custom.entry((group.clone(), kind.clone())).or_insert(Some(scope_of(*is_namespaced)));
    }
    for it in &lint.index.externals {
        if external::is_visible(lint.db, *it, cluster) && has_no_group(lint.db, *it) {
            lint.out.push(crd_without_group(*it, it.name(lint.db)));
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
            lint.out.push(unknown_kind(object, &custom));
        }
        match scope {
            Some(Scope::Namespaced) if object.id.namespace.is_empty() => {
                lint.out.push(no_namespace(object));
            }
            Some(Scope::Cluster) if !object.id.namespace.is_empty() => {
                lint.out.push(needless_namespace(object));
            }
            _ => {}
        }
        if schema::is_flux_kind(&kind.0, &kind.1) {
            match schema::served(&kind.0, &kind.1, &object.version) {
                Some((first, last)) if (first..=last).contains(&cluster.flux) => {}
                served => lint.out.push(not_served(object, served, &cluster.name, cluster.flux)),
            }
        }
        if lint.out.len() > found {
            right.pop();
        }
    }
}

/// Custom resources by group and kind; the scope is not always known.
type Custom = BTreeMap<(EcoString, EcoString), Option<Scope>>;

pub(super) fn custom_kinds(db: &dyn Db, cluster: &Cluster, deployed: &Deployed, externals: &[Anchor]) -> Custom {
    let mut custom = Custom::new();
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
    for (group, kind, scope) in external_kinds(db, cluster, externals) {
        custom.insert((group, kind), scope);
    }
    custom
}

fn scope_of(is_namespaced: bool) -> Scope {
    if is_namespaced { Scope::Namespaced } else { Scope::Cluster }
}

/// The custom resources that are declared `external` on a cluster: group, kind, and the scope where it is said.
pub(super) fn external_kinds(
    db: &dyn Db,
    cluster: &Cluster,
    externals: &[Anchor],
) -> impl Iterator<Item = (EcoString, EcoString, Option<Scope>)> {
    let visible = externals.iter().filter(|it| external::is_visible(db, **it, cluster));
    visible.flat_map(|it| external::kinds_of(db, *it))
}

fn crd_without_group(external: Anchor, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("the CustomResourceDefinition `{name}` has no group"),
        Origin::of(external),
        "its whole name is its kind in the plural and its group",
    )
    .help(eco_format!("write `external CRD \"{name}.example.com\"`, or `group = \"example.com\"` inside of it"))
}

fn unknown_kind(object: &Object, custom: &BTreeMap<(EcoString, EcoString), Option<Scope>>) -> Diagnostic {
    let kind = &object.id.kind;
    let diagnostic = Diagnostic::new(
        code::UNKNOWN_KIND,
        eco_format!("nothing that the cluster uses defines the kind `{kind}` of `{}`", object.api_version()),
        object.origin,
        eco_format!("a {kind}"),
    );
    let group = if object.id.group.is_empty() { "core" } else { &object.id.group };
    if let Some(it) = schema::api_versions_of(kind).last() {
        return diagnostic.help(eco_format!("write `apiVersion = \"{it}\"`"));
    }
    let known = custom.keys().filter(|(group, _)| *group == object.id.group).map(|(_, it)| it.as_str());
    let own: Vec<&str> = schema::kinds_of_group(&object.id.group).collect();
    diagnostic.did_you_mean(kind, known.chain(own)).or_help(|| {
        Some(eco_format!(
            "use the add-on that installs it. If fleetc does not know that add-on, list the kind in it with `crds {{ \"{group}/{kind}\" = … }}` (\"Namespaced\" or \"Cluster\"), or declare `external CRD \"…\"`"
        ))
    })
}

fn no_namespace(object: &Object) -> Diagnostic {
    Diagnostic::new(
        code::NO_NAMESPACE,
        eco_format!("{} needs a namespace", object.id),
        object.origin,
        eco_format!("a {} lives in one", object.id.kind),
    )
    .note("kubectl would take the current one; Flux has none")
    .help("write `metadata.namespace = \"…\"`")
}

fn needless_namespace(object: &Object) -> Diagnostic {
    Diagnostic::new(
        code::NEEDLESS_NAMESPACE,
        eco_format!("a {} has no namespace", object.id.kind),
        object.origin,
        eco_format!("it has `{}`", object.id.namespace),
    )
    .help("remove `metadata.namespace`")
}

fn not_served(object: &Object, served: Option<(Minor, Minor)>, cluster: &EcoString, minor: Minor) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::NOT_SERVED,
        eco_format!("Flux {minor} does not serve `{}` of {}", object.api_version(), object.id.kind),
        object.origin,
        eco_format!("`{cluster}` runs Flux {minor}"),
    );
    let help = crate::schema::api_version(&object.id.kind, minor, minor)
        .map(|it| eco_format!("write `apiVersion = \"{it}\"`"));
    match served {
        Some((first, last)) => diagnostic.note(eco_format!("served from Flux {first} to {last}")),
        None => diagnostic.note(eco_format!("no Flux from {OLDEST} to {NEWEST} serves it")),
    }
    .help_if(help)
}
