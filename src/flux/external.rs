//! What a cluster has that nothing here makes: `external` declarations.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use super::context::Context;
use crate::fleet::{self, Cluster};
use crate::kube::directory;
use crate::names::Index;
use crate::schema::{self, Scope};
use crate::source::{Anchor, Db, Kind};
use crate::syntax::{self, ast::Head};
use crate::value::Node;

/// Whether an `external` is there on a cluster.
pub fn is_visible(db: &dyn Db, external: Anchor, cluster: &Cluster) -> bool {
    match external.parent(db) {
        None => true,
        Some(parent) => parent == cluster.anchor || cluster.groups.contains(&parent),
    }
}

/// `nodepools.karpenter.sh`: the whole name, which the grammar splits at its dot.
pub fn name(db: &dyn Db, external: Anchor) -> EcoString {
    match &syntax::declaration(db, external).head {
        Head::External { namespace: Some(first), .. } => eco_format!("{first}.{}", external.name(db)),
        _ => external.name(db).clone(),
    }
}

/// Flux' kinds whose objects are of the project, or declared `external`. helm-controller makes HelmCharts.
pub const FLUX_KINDS: [&str; 14] = [
    "Alert",
    "ArtifactGenerator",
    "Bucket",
    "ExternalArtifact",
    "GitRepository",
    "HelmRelease",
    "HelmRepository",
    "ImagePolicy",
    "ImageRepository",
    "ImageUpdateAutomation",
    "Kustomization",
    "OCIRepository",
    "Provider",
    "Receiver",
];

/// Kinds of Kubernetes' own whose objects something here may name.
const OTHER_KINDS: [&str; 6] =
    ["CRD", "ConfigMap", "CustomResourceDefinition", "Namespace", "Secret", "ServiceAccount"];

/// Kinds whose objects something here may name, sorted: what is declared of another kind would mean nothing.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    let mut all: Vec<&str> = FLUX_KINDS.into_iter().chain(OTHER_KINDS).collect();
    all.sort_unstable();
    all
}

/// The kind of object that it is: `Secret`.
pub fn kind(db: &dyn Db, external: Anchor) -> Option<&EcoString> {
    match &syntax::declaration(db, external).head {
        Head::External { object, .. } => Some(object),
        _ => None,
    }
}

/// The namespace that it is declared in; none where it is not said.
pub fn namespace(db: &dyn Db, external: Anchor) -> Option<EcoString> {
    match &syntax::declaration(db, external).head {
        Head::External { namespace, .. } => namespace.clone(),
        _ => None,
    }
}

/// Those of a kind that a name means: `infra`, or with its namespace `platform.infra`.
pub fn named<'a>(db: &'a dyn Db, index: &'a Index, kind: &'a str, of: &'a str) -> impl Iterator<Item = Anchor> + 'a {
    let of_kind = index.externals.iter().copied().filter(move |it| self::kind(db, *it).is_some_and(|it| it == kind));
    let is_exact = of_kind.clone().any(|it| name(db, it) == of);
    of_kind.filter(move |it| if is_exact { name(db, *it) == of } else { it.name(db) == of })
}

/// Whether a namespace is declared to be there on a cluster.
pub(super) fn has_namespace(db: &dyn Db, index: &Index, cluster: &Cluster, name: &str) -> bool {
    named(db, index, "Namespace", name).any(|it| is_visible(db, it, cluster))
}

/// The Kustomizations outside that `after` means by a name: none where a catalogue, or an item of one, has that name.
#[must_use]
pub fn awaited(db: &dyn Db, index: &Index, of: &str) -> Vec<Anchor> {
    let is_here = match of.split_once('.') {
        None => index.catalogues.contains_key(of),
        Some((catalogue, item)) => {
            let items = index.catalogues.get(catalogue).and_then(|it| index.items.get(it));
            items.is_some_and(|it| it.contains_key(item))
        }
    };
    if is_here { Vec::new() } else { named(db, index, "Kustomization", of).collect() }
}

/// The CustomResourceDefinitions in a `schema`: one, or several documents.
#[must_use]
pub fn crds_of(schema: &Node) -> Vec<&Node> {
    let all = schema.list().unwrap_or(std::slice::from_ref(schema));
    all.iter()
        .filter(|it| it.get("kind").and_then(Node::text).is_some_and(|it| it == "CustomResourceDefinition"))
        .collect()
}

/// Whether it is a CRD.
pub fn is_crd(db: &dyn Db, external: Anchor) -> bool {
    kind(db, external).is_some_and(|it| matches!(it.as_str(), "CRD" | "CustomResourceDefinition"))
}

/// The custom resources that it defines: group, kind, and the scope where it is said.
pub fn kinds_of(db: &dyn Db, external: Anchor) -> Vec<(EcoString, EcoString, Option<Scope>)> {
    if !is_crd(db, external) {
        return Vec::new();
    }
    let body = &fleet::declared(db, external).value;
    let scope = |it: Option<&Node>| {
        it.and_then(Node::text).map(|it| if it == "Namespaced" { Scope::Namespaced } else { Scope::Cluster })
    };
    let of_schema = body.get("schema").into_iter().flat_map(crds_of).filter_map(|crd| {
        let text = |path: &[&str]| crd.at(path).and_then(Node::text).cloned();
        Some((text(&["spec", "group"])?, text(&["spec", "names", "kind"])?, scope(crd.at(&["spec", "scope"]))))
    });
    let name = name(db, external);
    let group = body.get("group").and_then(Node::text).cloned();
    // One without a group is refused elsewhere.
    let group = group.or_else(|| name.split_once('.').map(|(_, it)| it.into()));
    let kind = body.get("kind").and_then(Node::text).cloned();
    let own = group.zip(kind).map(|(group, kind)| (group, kind, scope(body.get("scope"))));
    of_schema.chain(own).collect()
}

/// The kinds whose definitions a cluster has before anything of this project comes to it: declared `external`, and not only
/// to say what their objects look like.
pub(super) fn kinds_there(db: &dyn Db, index: &Index, cluster: &Cluster) -> BTreeSet<(EcoString, EcoString)> {
    let has_schema = |it: Anchor| fleet::declared(db, it).value.get("schema").is_some();
    let there = index.externals.iter().filter(|it| is_visible(db, **it, cluster) && !has_schema(**it));
    there.flat_map(|it| kinds_of(db, *it)).map(|(group, kind, _)| (group, kind)).collect()
}

/// Whether objects of a kind have a namespace, as far as anything tells: Kubernetes' own kinds, those of well-known
/// charts, and those that are declared.
pub(super) fn scope_of(db: &dyn Db, index: &Index, group: &str, version: &str, kind: &str) -> Option<Scope> {
    let of_chart = || {
        let (_, it) = schema::of_any_chart(&format!("{group}/{version}"), kind)?;
        Some(if it.is_namespaced() { Scope::Namespaced } else { Scope::Cluster })
    };
    let declared = || {
        let all = index.externals.iter().flat_map(|it| kinds_of(db, *it));
        all.filter(|(of, it, _)| of == group && it == kind).find_map(|(.., scope)| scope)
    };
    let here = || scope_in_project(db, index, group, kind);
    schema::scope(group, kind).or_else(declared).or_else(here).or_else(of_chart)
}

/// The scope of a kind that an add-on lists in `crds { … }`, a manifest defines, or a hand-written directory.
fn scope_in_project(db: &dyn Db, index: &Index, group: &str, kind: &str) -> Option<Scope> {
    let of = |is_namespaced: bool| if is_namespaced { Scope::Namespaced } else { Scope::Cluster };
    let full = eco_format!("{group}/{kind}");
    index.items.values().flat_map(|it| it.values()).find_map(|item| {
        let node = &fleet::base(db, *item).value.node;
        match item.kind(db) {
            Kind::ADDON => node.get("crds")?.get(&full)?.text().map(|it| of(it == "Namespaced")),
            Kind::MANIFEST => node.list().unwrap_or(std::slice::from_ref(node)).iter().find_map(|it| {
                let text = |path: &[&str]| it.at(path).and_then(Node::text).map(EcoString::as_str);
                let is_it = text(&["spec", "group"]) == Some(group) && text(&["spec", "names", "kind"]) == Some(kind);
                is_it.then(|| of(text(&["spec", "scope"]) == Some("Namespaced")))
            }),
            Kind::KUSTOMIZE => {
                let path = node.get("path")?.text()?.trim_start_matches("./").trim_end_matches('/');
                let defined = directory::of_flux(db, path)?.objects.iter().filter_map(|it| it.defines.as_ref());
                defined.filter(|(of, it, _)| of == group && it == kind).map(|(.., it)| of(*it)).next()
            }
            _ => None,
        }
    })
}

/// The keys of an external ConfigMap or Secret in a namespace, where they are declared.
pub(super) fn declared_keys(
    ctx: &Context<'_>,
    cluster: &Cluster,
    kind: &str,
    namespace: &EcoString,
    name: &str,
) -> Option<BTreeSet<EcoString>> {
    let external = ctx.index.externals.iter().find(|it| {
        is_visible(ctx.db, **it, cluster)
            && self::kind(ctx.db, **it).is_some_and(|it| it == kind)
            && it.name(ctx.db) == name
            && self::namespace(ctx.db, **it).as_ref().unwrap_or_else(|| ctx.flux_namespace()) == namespace
    })?;
    let keys = fleet::declared(ctx.db, *external).value.get("keys").and_then(Node::list)?;
    Some(keys.iter().filter_map(|it| it.text().cloned()).collect())
}
