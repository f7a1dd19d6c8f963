//! Sources → HelmRepository, OCIRepository, GitRepository, Bucket.

use ecow::{EcoString, eco_format};

use super::context::{Context, in_file};
use super::lookup::source_kind;
use crate::fleet::Evaluated;
use crate::kube::object::{Object, Tree, merge, object, remove, set, text};
use crate::source::{Anchor, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::{Node, Value};

/// Keys of a source's block that are the language's own.
const OWN: [&str; 5] = ["auth", "branch", "tag", "semver", "commit"];

/// The object of a source that comes with a definition, under the add-on's name.
pub(super) fn source_beside(ctx: &mut Context<'_>, anchor: Anchor, addon: Anchor, namespace: &str) -> Option<Object> {
    let evaluated = ctx.evaluated(anchor);
    let it = source(ctx, anchor, &evaluated.value)?;
    let name = addon.name(ctx.db);
    let spec = it.spec().cloned();
    let made = object(&it.api_version(), &it.id.kind, namespace, name, spec, Origin::of(addon));
    Some(in_file(made, eco_format!("sources/{name}.yaml")))
}

/// The object of a source; a prefix of charts in an OCI registry is none.
pub(super) fn source(ctx: &mut Context<'_>, anchor: Anchor, evaluated: &Evaluated) -> Option<Object> {
    let kind = source_kind(ctx.db, anchor);
    let origin = Origin::of(anchor);
    let address = kind.address();
    ctx.identity(anchor, evaluated.node.get(address), address)?;
    let mut spec = spec(ctx, &evaluated.node, origin);
    if kind == SourceKind::Helm
        && evaluated.node.get("url").and_then(Node::text).is_some_and(|it| it.starts_with("oci://"))
        && evaluated.node.get("type").is_none()
    {
        ctx.state.out.push(super::problems::helm_over_oci(origin, anchor.name(ctx.db)));
        return None;
    }
    if kind == SourceKind::Helm {
        remove(&mut spec, &["ref"]);
    }
    let version = ctx.api_version(kind.object(), origin);
    let name = anchor.name(ctx.db);
    let it = object(&version, kind.object(), ctx.flux_namespace(), name, Some(spec), origin);
    Some(in_file(it, eco_format!("sources/{name}.yaml")))
}

/// The spec of a source's object: defaults, then what the block says.
fn spec(ctx: &Context<'_>, body: &Node, origin: Origin) -> Node {
    let mut own = Tree::new(origin);
    let mut reference = Tree::new(origin).all_of(body.get("ref"));
    let mut has_ref = body.get("ref").is_some();
    for key in ["url", "bucketName", "endpoint", "interval"] {
        own = own.maybe(key, body.get(key).cloned());
    }
    for key in ["branch", "tag", "semver", "commit"] {
        if let Some(node) = body.get(key) {
            reference = reference.node(key, node.clone());
            has_ref = true;
        }
    }
    let mut spec = own.build();
    if has_ref {
        set(&mut spec, &["ref"], reference.build());
    }
    if let Some(map) = body.map() {
        for (key, node) in &map.entries {
            if !OWN.contains(&key.as_str()) && key != "ref" && key != "suspend" {
                set(&mut spec, &[key], node.clone());
            }
            if key == "suspend" && node.value == Value::Bool(true) {
                set(&mut spec, &[key], node.clone());
            }
        }
    }
    if let Some(auth) = body.get("auth") {
        set(&mut spec, &["secretRef", "name"], auth.clone());
    }
    let mut full = ctx.standard("source-defaults");
    merge(&mut full, &spec);
    // The address comes first, as authors write it.
    let mut ordered = Tree::new(origin);
    for key in ["url", "bucketName", "endpoint", "ref"] {
        ordered = ordered.maybe(key, full.get(key).cloned());
    }
    let mut ordered = ordered.build();
    merge(&mut ordered, &full);
    ordered
}

/// The OCIRepository that holds one chart of a registry.
pub(super) fn chart_in_registry(
    ctx: &mut Context<'_>,
    source: Anchor,
    addon: Anchor,
    chart: &EcoString,
    version: Option<&Node>,
    namespace: &str,
) -> Option<Object> {
    let origin = Origin::of(addon);
    let checked = ctx.evaluated(source);
    let evaluated = &checked.value;
    let (prefix, at) = ctx.identity(source, evaluated.node.get("url"), "url")?;
    let mut spec = spec(ctx, &evaluated.node, origin);
    set(&mut spec, &["url"], text(eco_format!("{}/{chart}", prefix.trim_end_matches('/')), at));
    remove(&mut spec, &["ref"]);
    let mut reference = Tree::new(origin).all_of(evaluated.node.get("ref"));
    if let Some(version) = version {
        reference = match version.text() {
            Some(range) if !crate::eval::versions::is_exact(range) => reference.node("semver", version.clone()),
            // `+` cannot stand in a tag: Helm pushes `1.2.3+build` as `1.2.3_build`.
            Some(it) => reference.node("tag", text(it.as_str().replace('+', "_"), version.origin)),
            // What a cluster says itself is an exact one.
            None => reference.node("tag", version.clone()),
        };
    }
    let mut ordered = Tree::new(origin).maybe("url", spec.get("url").cloned()).node("ref", reference.build()).build();
    let layer = evaluated.node.get("layerSelector").cloned().unwrap_or_else(|| ctx.standard("chart-layer"));
    set(&mut spec, &["layerSelector"], layer);
    merge(&mut ordered, &spec);
    let api_version = ctx.api_version("OCIRepository", origin);
    let name = addon.name(ctx.db);
    let it = object(&api_version, "OCIRepository", namespace, name, Some(ordered), origin);
    Some(in_file(it, eco_format!("sources/{name}.yaml")))
}

/// An object that a Flux object names as its source.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceRef {
    pub kind: EcoString,
    pub name: EcoString,
    /// None for that of the object that names it.
    pub namespace: Option<EcoString>,
    pub origin: Origin,
}

impl SourceRef {
    /// As it stands in the object that names it.
    pub(super) fn reference(&self) -> Node {
        let tree = Tree::new(self.origin).text("kind", self.kind.clone()).text("name", self.name.clone());
        self.namespace.iter().fold(tree, |tree, it| tree.text("namespace", it.clone())).build()
    }
}

/// What something else makes, as an object in a namespace names it.
pub(super) fn artifact(ctx: &mut Context<'_>, source: Anchor, at: Origin, from: &EcoString) -> Option<SourceRef> {
    let evaluated = ctx.evaluated(source);
    let node = &evaluated.value.node;
    let (name, _) = ctx.identity(source, node.get("name"), "name")?;
    let namespace = match node.get("namespace") {
        None => ctx.flux_namespace().clone(),
        it => ctx.identity(source, it, "namespace")?.0,
    };
    let namespace = (namespace != *from).then_some(namespace);
    Some(SourceRef { kind: SourceKind::External.object().into(), name, namespace, origin: at })
}
