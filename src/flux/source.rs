//! Sources → HelmRepository, OCIRepository, GitRepository, Bucket.

use ecow::{EcoString, eco_format};

use super::context::{Context, in_file};
use super::layout::namespace_of;
use super::lookup::{is_kustomized, is_pinned, object_kind, source_kind};
use crate::fleet::{self, Evaluated, ReleaseIn};
use crate::kube::object::{Object, Tree, merge, object, remove, set, text};
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::{Node, Value};

/// Keys of a source's block that are the language's own.
const OWN: [&str; 8] = ["auth", "branch", "tag", "semver", "commit", "name", "namespace", "metadata"];

/// What the object of a source is called, and where it lives if that is not beside Flux: the same on every cluster.
fn place(db: &dyn Db, source: Anchor) -> (EcoString, Option<EcoString>) {
    let node = &fleet::base(db, source).value.node;
    let text = |key: &str| node.get(key).and_then(Node::text).cloned();
    let name = text("name").unwrap_or_else(|| source.name(db).clone());
    (name, text("namespace").or_else(|| beside_releases(db, source)))
}

/// The namespace of the catalogue that a source stands in, if releases live there, too.
fn beside_releases(db: &dyn Db, source: Anchor) -> Option<EcoString> {
    let namespace = namespace_of(db, source.parent(db))?;
    let own = fleet::release_in(&fleet::catalogue(db, source.parent(db)?).value);
    let release_in = own.unwrap_or_else(|| fleet::settings(db, db.project()).value.release_in.clone());
    (release_in == ReleaseIn::Target).then_some(namespace)
}

/// A source as an object in a namespace names it.
pub(super) fn reference_to(ctx: &Context<'_>, source: Anchor, at: Origin, from: &str) -> SourceRef {
    let (name, namespace) = place(ctx.db, source);
    let namespace = namespace.unwrap_or_else(|| ctx.flux_namespace().clone());
    let kind = source_kind(ctx.db, source).object().into();
    SourceRef { kind, name, namespace: (namespace != from).then_some(namespace), origin: at }
}

/// Gives an object the labels and annotations that a block has in `metadata`, as far as they are known.
pub(super) fn label(object: &mut Object, block: &Node) {
    let is_known = |it: &&Node| it.map().is_some_and(|it| it.entries.values().any(|it| it.value != Value::Unknown));
    for part in ["labels", "annotations"] {
        if let Some(it) = block.at(&["metadata", part]).filter(is_known) {
            set(&mut object.body, &["metadata", part], it.clone());
        }
    }
}

/// The object of a source that comes with a definition, under the add-on's name.
pub(super) fn source_beside(ctx: &mut Context<'_>, anchor: Anchor, addon: Anchor, namespace: &str) -> Option<Object> {
    let evaluated = ctx.evaluated(anchor);
    let it = source(ctx, anchor, &evaluated.value)?;
    let name = addon.name(ctx.db);
    let spec = it.spec().cloned();
    let mut made = object(&it.api_version(), &it.id.kind, namespace, name, spec, Origin::of(addon));
    label(&mut made, &evaluated.value.node);
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
    if is_pinned(ctx.db, anchor) && spec.get("ref").and_then(Node::map).is_none_or(|it| it.entries.is_empty()) {
        ctx.state.out.push(super::problems::unpinned(ctx.db, anchor));
    }
    if is_kustomized(ctx.db, ctx.index, anchor) && !chooses_layer(ctx.db, &evaluated.node) {
        remove(&mut spec, &["layerSelector"]);
    }
    let own = |key: &str| evaluated.node.get(key).filter(|it| it.value != Value::Absent);
    let name = match own("name") {
        None => anchor.name(ctx.db).clone(),
        it => ctx.identity(anchor, it, "name")?.0,
    };
    let namespace = match own("namespace") {
        None => place(ctx.db, anchor).1.unwrap_or_else(|| ctx.flux_namespace().clone()),
        it => ctx.identity(anchor, it, "namespace")?.0,
    };
    let version = ctx.api_version(kind.object(), origin);
    let mut it = object(&version, kind.object(), &namespace, &name, Some(spec), origin);
    label(&mut it, &evaluated.node);
    Some(in_file(it, eco_format!("sources/{}.yaml", anchor.name(ctx.db))))
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
    if let Some(layer) = spec.get("layerSelector").cloned() {
        let own = own_layer(ctx.db, &layer);
        // What nobody says comes last.
        if own.is_none() {
            remove(&mut spec, &["layerSelector"]);
        }
        set(&mut spec, &["layerSelector"], own.unwrap_or(layer));
    }
    // The address comes first, as authors write it.
    let mut ordered = Tree::new(origin);
    for key in ["url", "bucketName", "endpoint", "ref"] {
        ordered = ordered.maybe(key, spec.get(key).cloned());
    }
    let mut ordered = ordered.build();
    merge(&mut ordered, &spec);
    ordered
}

/// What an author says of the layer of an artifact: then nothing is left of the default.
fn own_layer(db: &dyn Db, layer: &Node) -> Option<Node> {
    let own = layer.map()?.entries.iter().filter(|(_, it)| !it.origin.anchor.is_standard(db));
    let said: Vec<(EcoString, Node)> = own.map(|(key, it)| (key.clone(), it.clone())).collect();
    (!said.is_empty()).then(|| Node::new(Value::of_map(said.into_iter().collect()), layer.origin))
}

/// Whether an author says anything of the layer of an artifact.
pub(super) fn chooses_layer(db: &dyn Db, source: &Node) -> bool {
    source.get("layerSelector").is_some_and(|it| own_layer(db, it).is_some())
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
    for key in ["name", "namespace", "tag", "semver"] {
        // What a `kustomize` item reads is an object, too.
        if let Some(it) = evaluated.node.get(key).filter(|_| !is_kustomized(ctx.db, ctx.index, source)) {
            ctx.state.out.push(super::problems::of_prefix(ctx.db, source, key, it.origin));
        }
    }
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
    merge(&mut ordered, &spec);
    let api_version = ctx.api_version("OCIRepository", origin);
    let name = addon.name(ctx.db);
    let mut it = object(&api_version, "OCIRepository", namespace, name, Some(ordered), origin);
    label(&mut it, &evaluated.node);
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
        self.tree().build()
    }

    pub(super) fn tree(&self) -> Tree {
        let tree = Tree::new(self.origin).text("kind", self.kind.clone()).text("name", self.name.clone());
        self.namespace.iter().fold(tree, |tree, it| tree.text("namespace", it.clone()))
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
    Some(SourceRef { kind: object_kind(ctx.db, source), name, namespace, origin: at })
}
