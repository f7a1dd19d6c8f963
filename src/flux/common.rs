//! What `common/` holds: the objects of a catalogue, with the cluster unknown.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use indexmap::IndexMap;

use super::context::{Context, Range, in_file, source_kind};
use super::gate::Gate;
use super::manifest::{PRUNE, manifest, namespace};
use super::object::{Id, Object, set};
use super::release::{Release, release};
use super::source::source;
use super::{problems, range, rules, whole_range};
use crate::diagnostic::Checked;
use crate::fleet;
use crate::names;
use crate::schema::NEWEST;
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::{Node, Value};

/// Namespaces that every cluster with Flux has.
pub(super) const BUILT_IN_NAMESPACES: [&str; 5] =
    ["kube-system", "default", "kube-public", "kube-node-lease", "flux-system"];

/// Objects that stand in one directory and its subdirectories.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The catalogue; none for the shared sources.
    pub catalogue: Option<Anchor>,
    pub name: EcoString,
    /// From the project's root.
    pub dir: EcoString,
    pub objects: Vec<Object>,
    pub releases: Vec<Release>,
    pub range: Range,
    /// Whether each add-on has a Kustomization of its own.
    pub split: bool,
}

/// Which part of a bundle an object belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Main,
    /// A kustomize component that clusters take by name.
    Component(EcoString),
    /// A directory with a Flux Kustomization of its own.
    Split(EcoString),
}

impl Bundle {
    /// Where an object belongs.
    #[must_use]
    pub fn part(&self, object: &Object) -> Part {
        match &object.component {
            None => Part::Main,
            Some(it) if self.split => Part::Split(it.clone()),
            Some(it) => Part::Component(it.clone()),
        }
    }
}

impl Part {
    /// The directory of the part, from that of the bundle; empty for the bundle itself.
    #[must_use]
    pub fn dir(&self) -> EcoString {
        match self {
            Self::Main => EcoString::new(),
            Self::Component(it) => eco_format!("optional/{it}"),
            Self::Split(it) => eco_format!("split/{it}"),
        }
    }
}

/// The Flux versions of the clusters that take something out of a shared source.
fn range_of_shared(db: &dyn Db) -> Option<Range> {
    let index = names::index(db, db.project());
    let uses_shared = |parent: Anchor| {
        index.items_of(parent).any(|(_, item)| {
            matches!(item.kind(db), Kind::Addon | Kind::Kustomize)
                && fleet::base(db, item)
                    .value
                    .node
                    .get("source")
                    .and_then(Node::text)
                    .and_then(|name| super::context::find_source(db, index, Some(parent), name))
                    .is_some_and(|it| it.parent(db).is_none())
        })
    };
    let mut found: Option<Range> = None;
    let mut add = |minor, name: &EcoString| match &mut found {
        Some(it) => it.add(minor, name),
        None => found = Some(Range::one(minor, name)),
    };
    for catalogue in index.catalogues.values().filter(|it| uses_shared(**it)) {
        if let Some(it) = range(db, *catalogue) {
            add(it.oldest.0, &it.oldest.1);
            add(it.newest.0, &it.newest.1);
        }
    }
    for cluster in fleet::clusters(db).filter(|it| uses_shared(*it)) {
        let it = &fleet::cluster(db, cluster).value;
        add(it.flux, &it.name);
    }
    found
}

/// What some items and sources come to.
pub(super) struct Contents {
    pub objects: Vec<Object>,
    pub releases: Vec<Release>,
}

/// Where a catalogue's objects stand.
pub(super) fn directory(db: &dyn Db, catalogue: Anchor) -> EcoString {
    let output = &fleet::settings(db, db.project()).value.output;
    if let Some(path) = fleet::catalogue(db, catalogue).value.get("path").and_then(Node::text) {
        return path.clone();
    }
    let root = if catalogue.kind(db) == Kind::Application { &output.applications } else { &output.common };
    eco_format!("{root}/{}", fleet::unit_name(db, catalogue))
}

/// Whether a catalogue has a Kustomization for each add-on.
pub(super) fn is_split(db: &dyn Db, catalogue: Anchor) -> bool {
    fleet::catalogue(db, catalogue).value.get("split").is_some_and(|it| it.value == Value::Bool(true))
}

/// The bundle of a catalogue.
pub(super) fn of_catalogue(db: &dyn Db, catalogue: Anchor) -> Checked<Bundle> {
    let index = names::index(db, db.project());
    let range = range(db, catalogue).clone().or_else(|| whole_range(db, db.project()).clone());
    let settings = &fleet::settings(db, db.project()).value;
    let mut ctx = Context {
        db,
        index,
        settings,
        range: range.unwrap_or_else(|| Range::one(settings.flux.min(NEWEST), &settings.name)),
        cluster: None,
        scope: Some(catalogue),
        out: Vec::new(),
        known: IndexMap::new(),
    };
    let (items, sources) = fleet::contents_of(db, catalogue);
    let contents = contents(&mut ctx, &items, &sources);
    let bundle = Bundle {
        catalogue: Some(catalogue),
        name: fleet::unit_name(db, catalogue),
        dir: directory(db, catalogue),
        objects: contents.objects,
        releases: contents.releases,
        range: ctx.range,
        split: is_split(db, catalogue),
    };
    Checked::new(bundle, ctx.out)
}

/// The bundle of the sources at the top level.
pub(super) fn of_shared_sources(db: &dyn Db) -> Checked<Bundle> {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let mut ctx = Context {
        db,
        index,
        settings,
        range: range_of_shared(db).unwrap_or_else(|| Range::one(settings.flux.min(NEWEST), &settings.name)),
        cluster: None,
        scope: None,
        out: Vec::new(),
        known: IndexMap::new(),
    };
    let sources: Vec<Anchor> = index.sources.values().copied().collect();
    let mut contents = contents(&mut ctx, &[], &sources);
    for it in &mut contents.objects {
        it.file = it.file.trim_start_matches("sources/").into();
    }
    let bundle = Bundle {
        catalogue: None,
        name: "sources".into(),
        dir: eco_format!("{}/sources", settings.output.common),
        objects: contents.objects,
        releases: Vec::new(),
        range: ctx.range,
        split: false,
    };
    Checked::new(bundle, ctx.out)
}

/// The objects of some items and sources. Each is gated by the context's Flux.
pub(super) fn contents(ctx: &mut Context<'_>, items: &[Anchor], sources: &[Anchor]) -> Contents {
    let db = ctx.db;
    let mut objects: Vec<Object> = Vec::new();
    let mut releases = Vec::new();
    let split = ctx.scope.is_some_and(|it| it.kind(db) != Kind::Cluster && is_split(db, it));
    for anchor in sources {
        if is_object(ctx, *anchor) {
            let evaluated = ctx.evaluated(*anchor);
            objects.extend(source(ctx, *anchor, &evaluated));
        }
    }
    for item in items {
        let evaluated = ctx.evaluated(*item);
        match item.kind(db) {
            Kind::Addon => {
                let Some((release, made)) = release(ctx, *item, &evaluated) else { continue };
                let own_part = split || (fleet::is_optional(db, *item) && !in_cluster(ctx));
                let component = own_part.then(|| item.name(db).clone());
                objects.extend(made.into_iter().map(|it| {
                    let file = match (&component, it.id.kind.as_str()) {
                        (Some(_), "HelmRelease") => "release.yaml".into(),
                        (Some(_), _) => "source.yaml".into(),
                        (None, _) => it.file.clone(),
                    };
                    Object { component: component.clone(), ..in_file(it, file) }
                }));
                releases.push(release);
            }
            Kind::Namespace => objects.push(namespace(item.name(db), Some(&evaluated.node), Origin::of(*item))),
            Kind::Manifest => objects.extend(manifest(ctx, *item, &evaluated)),
            _ => {}
        }
    }
    derive_namespaces(ctx, &releases, &mut objects);
    let kept = &fleet::moves(db, db.project()).value.kept;
    for object in objects.iter_mut().filter(|it| kept.contains(&it.origin.anchor) && it.raw.is_none()) {
        // On its way from one Kustomization to another it must survive both.
        let disabled = super::object::text("disabled", object.origin);
        set(&mut object.body, &["metadata", "annotations", PRUNE], disabled);
    }
    for object in &mut objects {
        let cluster = ctx.cluster.map(|it| it.name.as_str());
        Gate { db, minor: ctx.minor(), cluster }.object(object, &mut ctx.out);
        if ctx.cluster.is_some() {
            rules::check(object, &mut ctx.out);
        }
    }
    let mut seen: BTreeMap<Id, Origin> = BTreeMap::new();
    for it in &objects {
        if let Some(first) = seen.insert(it.id.clone(), it.origin) {
            ctx.out.push(problems::same_object(&it.id, it.origin, first));
        }
    }
    let mut unique = BTreeSet::new();
    objects.retain(|it| unique.insert(it.id.clone()));
    Contents { objects, releases }
}

fn in_cluster(ctx: &Context<'_>) -> bool {
    ctx.scope.is_some_and(|it| it.kind(ctx.db) == Kind::Cluster)
}

/// Whether a source is an object of its own: a registry of charts is none.
fn is_object(ctx: &Context<'_>, source: Anchor) -> bool {
    source_kind(ctx.db, source) != SourceKind::Oci || is_kustomized(ctx, source)
}

/// Whether a kustomize item takes its files from a source.
pub(super) fn is_kustomized(ctx: &Context<'_>, source: Anchor) -> bool {
    ctx.index.items.iter().flat_map(|(_, items)| items.values()).filter(|it| it.kind(ctx.db) == Kind::Kustomize).any(
        |it| {
            let node = &fleet::base(ctx.db, *it).value.node;
            node.get("source")
                .and_then(Node::text)
                .and_then(|name| super::context::find_source(ctx.db, ctx.index, it.parent(ctx.db), name))
                == Some(source)
        },
    )
}

/// A Namespace for each target that nothing declares.
fn derive_namespaces(ctx: &Context<'_>, releases: &[Release], objects: &mut Vec<Object>) {
    let mut users: BTreeMap<EcoString, Vec<&Release>> = BTreeMap::new();
    for it in releases {
        users.entry(it.target.clone()).or_default().push(it);
    }
    for (name, users) in users {
        let declared = objects.iter().any(|it| it.id.kind == "Namespace" && it.id.name == name);
        if declared || is_given(ctx, &name) {
            continue;
        }
        let Some(first) = users.first() else { continue };
        let mut object = namespace(&name, None, Origin::of(first.addon));
        let used_otherwise = objects.iter().any(|it| it.id.namespace == name && it.component.is_none());
        if let ([only], false) = (users.as_slice(), used_otherwise) {
            let part = objects.iter().find(|it| it.origin.anchor == only.addon).and_then(|it| it.component.clone());
            if part.is_some() {
                object.component = part;
                object.file = "namespace.yaml".into();
            }
        }
        objects.push(object);
    }
}

/// Whether a namespace is there without the items that are looked at.
fn is_given(ctx: &Context<'_>, name: &EcoString) -> bool {
    BUILT_IN_NAMESPACES.contains(&name.as_str())
        || name == ctx.flux_namespace()
        || ctx.index.externals.iter().any(|it| {
            it.name(ctx.db) == name
                && matches!(&crate::syntax::declaration(ctx.db, *it).head, crate::syntax::ast::Head::External { object, .. } if object == "Namespace")
        })
        || ctx.index.items.iter().any(|(parent, items)| {
            let visible = parent.kind(ctx.db) != Kind::Cluster || Some(*parent) == ctx.scope;
            visible && items.get(name).is_some_and(|it| it.kind(ctx.db) == Kind::Namespace)
        })
        || ctx.index.tenants.values().any(|it| tenant_namespaces(ctx.db, *it).contains(name))
        || fleet::settings(ctx.db, ctx.db.project()).value.sync.bounds().is_some_and(|it| it.contains(&name))
        || ctx.cluster.is_some_and(|it| it.sync.bounds().is_some_and(|it| it.contains(&name)))
}

/// The namespace of a tenant.
pub(super) fn tenant_namespace(db: &dyn Db, tenant: Anchor) -> EcoString {
    fleet::declared(db, tenant).value.get("namespace").and_then(Node::text).unwrap_or(tenant.name(db)).clone()
}

/// All namespaces of a tenant, its own first.
pub(super) fn tenant_namespaces(db: &dyn Db, tenant: Anchor) -> Vec<EcoString> {
    let mut names = vec![tenant_namespace(db, tenant)];
    let body = &fleet::declared(db, tenant).value;
    for name in body.get("namespaces").and_then(Node::map).into_iter().flat_map(|it| it.entries.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}
