//! A cluster: its Flux Kustomizations, their patches, and what comes of them.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};
use indexmap::IndexMap;

use super::attach::attached;
use super::common::{Part, contents, is_split};
use super::context::{Context, Range, find_source, source_kind};
use super::diff::{self, Patch};
use super::kustomization::{Pointing, fields, health_check, kustomization};
use super::object::{Id, Object};
use super::release::Release;
use super::substitution::Substitution;
use super::{bundle, policy, problems, shared_sources};
use crate::diagnostic::Checked;
use crate::eval::{Node, Value};
use crate::fleet::{self, Cluster, Taken};
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin};

/// What a cluster ends up with.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployed {
    pub cluster: EcoString,
    /// Its directory, from the project's root.
    pub path: EcoString,
    pub anchor: Anchor,
    pub units: Vec<Unit>,
    /// Objects that stand in the cluster's root themselves.
    pub root: Vec<Object>,
}

/// A Flux Kustomization and what it applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub name: EcoString,
    /// The Flux Kustomization, without its patches.
    pub kustomization: Object,
    pub patches: Vec<Patch>,
    /// Raw patches of a kustomize item: the object and what is merged into it.
    pub raw_patches: Vec<(crate::syntax::ast::Patch, Node)>,
    /// What is built, patches made, before Flux substitutes.
    pub objects: Vec<Object>,
    /// What Flux replaces in it, where the author asked for `postBuild`.
    pub substitution: Option<Substitution>,
    pub releases: Vec<Release>,
    /// The directory that it points at, from the source's root.
    pub path: EcoString,
    pub place: UnitPlace,
    pub origin: Origin,
    /// The catalogue that it is made from.
    pub catalogue: Option<Anchor>,
    /// Components of the bundle that it takes.
    pub components: Vec<EcoString>,
}

/// Where a unit's Flux Kustomization is written, and whether its objects are too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitPlace {
    /// In the cluster's root; the objects are in `common/`.
    Root,
    /// Behind the gate of the cluster's own directory, which holds the objects.
    Gate,
    /// In the cluster's root; the objects are in a directory or repository of somebody else's.
    Foreign,
}

/// A unit whose Kustomization is not made yet.
struct Draft {
    unit_name: EcoString,
    path: EcoString,
    objects: Vec<Object>,
    base: Vec<Object>,
    releases: Vec<Release>,
    components: Vec<EcoString>,
    place: UnitPlace,
    catalogue: Option<Anchor>,
    origin: Origin,
    source: Option<(EcoString, EcoString)>,
    raw_patches: Vec<(crate::syntax::ast::Patch, Node)>,
    /// Units to come after, beside what is inferred.
    after: Vec<After>,
    fields: Node,
}

/// What a unit comes after.
#[derive(Clone)]
enum After {
    /// Everything in a unit is ready.
    Ready(EcoString),
    /// One release of a unit is ready.
    Release(EcoString, Anchor),
    /// A unit is applied.
    Applied(EcoString),
}

/// Compiles a cluster.
pub(super) fn deploy(db: &dyn Db, anchor: Anchor) -> Checked<Deployed> {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let cluster = &fleet::cluster(db, anchor).value;
    let mut ctx = Context {
        db,
        index,
        settings,
        range: Range::one(cluster.flux, &cluster.name),
        cluster: Some(cluster),
        scope: None,
        out: Vec::new(),
        known: IndexMap::new(),
    };
    let mut drafts = Vec::new();
    for taken in &cluster.taken {
        of_catalogue(&mut ctx, cluster, taken, &mut drafts);
    }
    own_items(&mut ctx, cluster, &mut drafts);
    shared(&mut ctx, cluster, &mut drafts);
    ctx.scope = None;
    ctx.range = Range::one(cluster.flux, &cluster.name);
    let root = attached(&mut ctx, cluster);
    infer_order(&mut ctx, cluster, &mut drafts);
    let units = finish(&mut ctx, cluster, drafts);
    let deployed = Deployed { cluster: cluster.name.clone(), path: cluster.path.clone(), anchor, units, root };
    policy::cluster(&mut ctx, cluster, &deployed);
    let out =
        ctx.out.into_iter().map(|it| if it.cluster.is_some() { it } else { it.on(Some(&cluster.name)) }).collect();
    Checked::new(deployed, out)
}

/// The sources that items use, out of those that are objects.
fn used_sources(ctx: &mut Context<'_>, scope: Anchor, items: &[Anchor]) -> BTreeSet<(EcoString, bool)> {
    let mut used = BTreeSet::new();
    for item in items {
        if !matches!(item.kind(ctx.db), Kind::Addon | Kind::Kustomize) {
            continue;
        }
        let evaluated = ctx.evaluated_quietly(*item);
        let Some(name) = evaluated.node.get("source").and_then(Node::text) else { continue };
        let Some(source) = find_source(ctx.db, ctx.index, Some(scope), name) else { continue };
        let as_object =
            item.kind(ctx.db) == Kind::Kustomize || source_kind(ctx.db, source) != crate::syntax::ast::SourceKind::Oci;
        if as_object {
            used.insert((name.clone(), source.parent(ctx.db).is_none()));
        }
    }
    used
}

/// A catalogue's unit, or its units if it is split, and those of its kustomize items.
fn of_catalogue(ctx: &mut Context<'_>, cluster: &Cluster, taken: &Taken, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let catalogue = taken.catalogue;
    let base = &bundle(db, catalogue).value;
    ctx.scope = Some(catalogue);
    ctx.range = base.range.clone();
    let used = used_sources(ctx, catalogue, &taken.items);
    let sources: Vec<Anchor> = used
        .iter()
        .filter(|(_, shared)| !shared)
        .filter_map(|(name, _)| find_source(db, ctx.index, Some(catalogue), name))
        .collect();
    let mut contents = contents(ctx, &taken.items, &sources);
    namespaces_of_overrides(ctx, cluster, base, &mut contents.objects, drafts);
    let fields = fields(ctx, cluster, Some(catalogue), Some(taken), use_origin(taken, catalogue));
    let origin = use_origin(taken, catalogue);
    let after = after_of(ctx, cluster, catalogue);
    let name = catalogue.name(db).clone();
    let mut main_after = after.clone();
    if used.iter().any(|(_, shared)| *shared) || contents.releases.iter().any(|it| uses_shared(ctx, it)) {
        main_after.push(After::Applied("sources".into()));
    }
    let mut parts: BTreeMap<Part, Vec<Object>> = BTreeMap::new();
    for it in &contents.objects {
        let part = base.objects.iter().find(|other| other.id == it.id).map_or(Part::Main, |it| base.part(it));
        parts.entry(part).or_default().push(it.clone());
    }
    let mut main = Vec::new();
    let mut components = Vec::new();
    let mut split = Vec::new();
    for (part, objects) in parts {
        match part {
            Part::Main => main.extend(objects),
            Part::Component(it) => {
                components.push(it);
                main.extend(objects);
            }
            Part::Split(it) => split.push((it, objects)),
        }
    }
    let of_part = |wanted: &dyn Fn(&Part) -> bool| -> Vec<Object> {
        base.objects.iter().filter(|it| wanted(&base.part(it))).cloned().collect()
    };
    let is_release_of = |part: &EcoString, it: &&Release| it.addon.name(db) == part;
    let main_base = of_part(&|it| match it {
        Part::Main => true,
        Part::Component(it) => components.contains(it),
        Part::Split(_) => false,
    });
    let split_names: Vec<EcoString> = split.iter().map(|(it, _)| it.clone()).collect();
    let has_main = !main.is_empty();
    if has_main {
        drafts.push(Draft {
            unit_name: name.clone(),
            path: base.dir.clone(),
            objects: main,
            base: main_base,
            releases: contents.releases.iter().filter(|it| !split_names.contains(it.addon.name(db))).cloned().collect(),
            components: components.iter().map(|it| Part::Component(it.clone()).dir()).collect(),
            place: UnitPlace::Root,
            catalogue: Some(catalogue),
            origin,
            source: None,
            raw_patches: Vec::new(),
            after: main_after.clone(),
            fields: fields.clone(),
        });
    }
    for (part, objects) in split {
        let mut after = main_after.clone();
        if has_main {
            after.push(After::Applied(name.clone()));
        }
        drafts.push(Draft {
            unit_name: eco_format!("{name}-{part}"),
            path: eco_format!("{}/{}", base.dir, Part::Split(part.clone()).dir()),
            objects,
            base: of_part(&|it| *it == Part::Split(part.clone())),
            releases: contents.releases.iter().filter(|it| is_release_of(&part, it)).cloned().collect(),
            components: Vec::new(),
            place: UnitPlace::Root,
            catalogue: Some(catalogue),
            origin,
            source: None,
            raw_patches: Vec::new(),
            after,
            fields: fields.clone(),
        });
    }
    for item in taken.items.iter().filter(|it| it.kind(db) == Kind::Kustomize) {
        let mut after = main_after.clone();
        if has_main {
            after.push(After::Applied(name.clone()));
        }
        kustomized(ctx, *item, &name, after, &fields, drafts);
    }
}

/// A namespace that only an override brings stands in the cluster's own directory,
/// before everything else.
fn namespaces_of_overrides(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    base: &super::Bundle,
    objects: &mut Vec<Object>,
    drafts: &mut Vec<Draft>,
) {
    let is_extra = |it: &Object| {
        it.id.kind == "Namespace"
            && it.origin.anchor.kind(ctx.db) == Kind::Addon
            && !base.objects.iter().any(|other| other.id == it.id)
    };
    let (extra, rest): (Vec<Object>, Vec<Object>) = std::mem::take(objects).into_iter().partition(is_extra);
    *objects = rest;
    if extra.is_empty() {
        return;
    }
    let name = eco_format!("{}-namespaces", cluster.name);
    let extra = extra.into_iter().map(|it| {
        let file = eco_format!("{}.yaml", it.id.name);
        Object { file, component: None, ..it }
    });
    if let Some(draft) = drafts.iter_mut().find(|it| it.unit_name == name) {
        for it in extra {
            if !draft.objects.iter().any(|other| other.id == it.id) {
                draft.objects.push(it);
            }
        }
        return;
    }
    let origin = Origin::of(cluster.anchor);
    let fields = fields(ctx, cluster, None, None, origin);
    drafts.push(Draft {
        unit_name: name,
        path: eco_format!("{}/{}-specific/namespaces", cluster.path, cluster.name),
        objects: extra.collect(),
        base: Vec::new(),
        releases: Vec::new(),
        components: Vec::new(),
        place: UnitPlace::Gate,
        catalogue: None,
        origin,
        source: None,
        raw_patches: Vec::new(),
        after: Vec::new(),
        fields,
    });
}

fn uses_shared(ctx: &Context<'_>, release: &Release) -> bool {
    release
        .source
        .is_some_and(|it| it.parent(ctx.db).is_none() && source_kind(ctx.db, it) != crate::syntax::ast::SourceKind::Oci)
}

fn use_origin(taken: &Taken, catalogue: Anchor) -> Origin {
    taken.uses.last().map_or(Origin::of(catalogue), |(anchor, it)| Origin::new(*anchor, it.node))
}

/// A directory of somebody else's, with a Kustomization of its own.
fn kustomized(
    ctx: &mut Context<'_>,
    item: Anchor,
    prefix: &str,
    after: Vec<After>,
    fields: &Node,
    drafts: &mut Vec<Draft>,
) {
    let evaluated = ctx.evaluated(item);
    let origin = Origin::of(item);
    let Some(path) = evaluated.node.get("path") else {
        ctx.out.push(problems::no_kustomize_path(item, ctx.db));
        return;
    };
    let Some((path, _)) = ctx.identity(item, Some(path), "path") else { return };
    let path: EcoString = path.trim_start_matches("./").trim_end_matches('/').into();
    let at = evaluated.node.get("path").map_or(origin, |it| it.origin);
    let is_plain = !path.is_empty() && path.split('/').all(|it| !matches!(it, "" | "." | ".."));
    if !is_plain {
        ctx.out.push(problems::bad_kustomize_path(at, &path));
        return;
    }
    let is_local = evaluated.node.get("source").is_none();
    let raw_patches = local_patches(ctx, &path, is_local, at, evaluated.patches);
    let source = evaluated.node.get("source").and_then(Node::text).and_then(|name| {
        let anchor = ctx.source(name)?;
        Some((EcoString::from(source_kind(ctx.db, anchor).object()), anchor.name(ctx.db).clone()))
    });
    let mut fields = fields.clone();
    if let Some(own) = evaluated.node.get("kustomization") {
        super::object::merge(&mut fields, own);
    }
    drafts.push(Draft {
        unit_name: eco_format!("{prefix}-{}", item.name(ctx.db)),
        path,
        objects: Vec::new(),
        base: Vec::new(),
        releases: Vec::new(),
        components: Vec::new(),
        place: UnitPlace::Foreign,
        catalogue: None,
        origin,
        source,
        raw_patches,
        after,
        fields,
    });
}

/// Holds raw patches against the directory, and completes them: a patch that hits
/// nothing must fail here, not on the cluster.
fn local_patches(
    ctx: &mut Context<'_>,
    path: &str,
    is_local: bool,
    at: Origin,
    patches: Vec<(crate::syntax::ast::Patch, Node)>,
) -> Vec<(crate::syntax::ast::Patch, Node)> {
    let output = &ctx.settings.output;
    let generated = [&output.common, &output.applications, &output.clusters];
    if is_local && generated.iter().any(|it| path == it.as_str() || path.starts_with(&format!("{it}/"))) {
        ctx.out.push(problems::bad_kustomize_path(at, path));
        return Vec::new();
    }
    let directory = if is_local { super::directory::read(ctx.db, path) } else { None };
    if is_local && directory.is_none() {
        ctx.out.push(problems::no_kustomize_directory(at, path));
        return Vec::new();
    }
    let mut completed = Vec::new();
    for (patch, mut node) in patches {
        let hit = directory.as_ref().and_then(|it| {
            it.objects.iter().find(|it| {
                it.kind == patch.object
                    && it.name == patch.name
                    && it.namespace == patch.namespace.clone().unwrap_or_default()
            })
        });
        match (hit, &directory) {
            (Some(hit), _) => {
                if node.get("apiVersion").is_none() {
                    let origin = node.origin;
                    super::object::set(
                        &mut node,
                        &["apiVersion"],
                        super::object::text(hit.api_version.clone(), origin),
                    );
                }
            }
            (None, Some(directory)) if directory.complete => {
                let names: Vec<&EcoString> =
                    directory.objects.iter().filter(|it| it.kind == patch.object).map(|it| &it.name).collect();
                ctx.out.push(problems::patch_hits_nothing(node.origin, &patch, path, &names));
                continue;
            }
            (None, _) if node.get("apiVersion").is_none() => {
                ctx.out.push(problems::patch_without_version(node.origin, &patch));
                continue;
            }
            (None, _) => {}
        }
        completed.push((patch, node));
    }
    completed
}

/// What only this cluster has.
fn own_items(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let items: Vec<Anchor> = ctx.index.items_of(cluster.anchor).map(|(_, it)| it).collect();
    if items.is_empty() {
        return;
    }
    ctx.scope = Some(cluster.anchor);
    ctx.range = Range::one(cluster.flux, &cluster.name);
    let used = used_sources(ctx, cluster.anchor, &items);
    let sources: Vec<Anchor> = used
        .iter()
        .filter(|(_, shared)| !shared)
        .filter_map(|(name, _)| find_source(db, ctx.index, Some(cluster.anchor), name))
        .collect();
    let contents = contents(ctx, &items, &sources);
    let origin = Origin::of(cluster.anchor);
    let fields = fields(ctx, cluster, None, None, origin);
    let mut after = Vec::new();
    if used.iter().any(|(_, shared)| *shared) {
        after.push(After::Applied("sources".into()));
    }
    let (manifests, others): (Vec<Object>, Vec<Object>) =
        contents.objects.into_iter().partition(|it| it.file.starts_with("manifests/"));
    let prefix = eco_format!("{}-specific", cluster.name);
    let dir = eco_format!("{}/{prefix}", cluster.path);
    let draft =
        |unit_name: EcoString, part: &str, objects: Vec<Object>, releases: Vec<Release>, after: Vec<After>| Draft {
            unit_name,
            path: eco_format!("{dir}/{part}"),
            objects,
            base: Vec::new(),
            releases,
            components: Vec::new(),
            place: UnitPlace::Gate,
            catalogue: None,
            origin,
            source: None,
            raw_patches: Vec::new(),
            after,
            fields: fields.clone(),
        };
    let mut manifests_after = after.clone();
    let mut kustomized_after = after.clone();
    if !others.is_empty() {
        manifests_after.push(After::Applied(prefix.clone()));
        kustomized_after.push(After::Applied(prefix.clone()));
        drafts.push(draft(prefix.clone(), "items", others, contents.releases, after.clone()));
    }
    if !manifests.is_empty() {
        let manifests = manifests
            .into_iter()
            .map(|it| {
                let file = it.file.trim_start_matches("manifests/").into();
                Object { file, ..it }
            })
            .collect();
        drafts.push(draft(eco_format!("{prefix}-manifests"), "manifests", manifests, Vec::new(), manifests_after));
    }
    for item in items.iter().filter(|it| it.kind(db) == Kind::Kustomize) {
        kustomized(ctx, *item, &prefix, kustomized_after.clone(), &fields, drafts);
    }
}

/// The sources at the top level that this cluster uses.
fn shared(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut Vec<Draft>) {
    let db = ctx.db;
    let mut used: BTreeSet<EcoString> = BTreeSet::new();
    let scopes: Vec<(Anchor, Vec<Anchor>)> = cluster
        .taken
        .iter()
        .map(|it| (it.catalogue, it.items.clone()))
        .chain(std::iter::once((cluster.anchor, ctx.index.items_of(cluster.anchor).map(|(_, it)| it).collect())))
        .collect();
    for (scope, items) in scopes {
        used.extend(used_sources(ctx, scope, &items).into_iter().filter(|(_, shared)| *shared).map(|(name, _)| name));
    }
    if used.is_empty() {
        return;
    }
    let base = &shared_sources(db, db.project()).value;
    ctx.scope = None;
    ctx.range = base.range.clone();
    let anchors: Vec<Anchor> = used.iter().filter_map(|it| ctx.index.sources.get(it)).copied().collect();
    let contents = contents(ctx, &[], &anchors);
    let origin = anchors.first().map_or(Origin::of(cluster.anchor), |it| Origin::of(*it));
    let fields = fields(ctx, cluster, None, None, origin);
    drafts.push(Draft {
        unit_name: base.name.clone(),
        path: base.dir.clone(),
        objects: contents.objects,
        base: base.objects.clone(),
        releases: Vec::new(),
        components: Vec::new(),
        place: UnitPlace::Root,
        catalogue: None,
        origin,
        source: None,
        raw_patches: Vec::new(),
        after: Vec::new(),
        fields,
    });
}

/// `after = [cluster-addons.karpenter]`, as far as the cluster takes it.
fn after_of(ctx: &Context<'_>, cluster: &Cluster, catalogue: Anchor) -> Vec<After> {
    let body = &fleet::catalogue(ctx.db, catalogue).value;
    let mut after = Vec::new();
    for node in body.get("after").and_then(Node::list).unwrap_or_default() {
        let Some(name) = node.text() else { continue };
        let (catalogue, item) = match name.split_once('.') {
            Some((catalogue, item)) => (catalogue, Some(item)),
            None => (name.as_str(), None),
        };
        let Some(anchor) = ctx.index.catalogues.get(catalogue) else { continue };
        let Some(taken) = cluster.taken.iter().find(|it| it.catalogue == *anchor) else { continue };
        match item {
            None => {
                after.push(After::Ready(catalogue.into()));
                let kustomized = taken.items.iter().filter(|it| it.kind(ctx.db) == Kind::Kustomize);
                after.extend(kustomized.map(|it| After::Ready(eco_format!("{catalogue}-{}", it.name(ctx.db)))));
                if is_split(ctx.db, *anchor) {
                    let addons = taken.items.iter().filter(|it| it.kind(ctx.db) == Kind::Addon);
                    after.extend(addons.map(|it| After::Ready(eco_format!("{catalogue}-{}", it.name(ctx.db)))));
                }
            }
            Some(item) => {
                let Some(item) = taken.items.iter().find(|it| it.name(ctx.db) == item) else { continue };
                let has_own_unit = match item.kind(ctx.db) {
                    Kind::Kustomize => true,
                    Kind::Addon => is_split(ctx.db, *anchor),
                    _ => false,
                };
                let unit =
                    if has_own_unit { eco_format!("{catalogue}-{}", item.name(ctx.db)) } else { catalogue.into() };
                if item.kind(ctx.db) == Kind::Addon {
                    after.push(After::Release(unit, *item));
                } else {
                    after.push(After::Ready(unit));
                }
            }
        }
    }
    after
}

/// Adds what follows from custom resources and namespaces.
fn infer_order(ctx: &mut Context<'_>, cluster: &Cluster, drafts: &mut [Draft]) {
    let order = in_order(drafts);
    let mut providers: BTreeMap<(EcoString, EcoString), (EcoString, Anchor)> = BTreeMap::new();
    let mut namespaces: BTreeMap<EcoString, EcoString> = BTreeMap::new();
    let mut definitions: BTreeMap<(EcoString, EcoString), EcoString> = BTreeMap::new();
    for draft in order.iter().filter_map(|it| drafts.get(*it)) {
        for release in &draft.releases {
            for (group, kind, _) in &release.crds {
                providers.entry((group.clone(), kind.clone())).or_insert((draft.unit_name.clone(), release.addon));
            }
        }
        for it in &draft.objects {
            if it.id.kind == "Namespace" {
                namespaces.entry(it.id.name.clone()).or_insert_with(|| draft.unit_name.clone());
            }
            if let Some(defined) = policy::defined_kind(it) {
                definitions.entry(defined).or_insert_with(|| draft.unit_name.clone());
            }
        }
    }
    drop_copies_of_namespaces(ctx.db, drafts, &namespaces);
    for draft in drafts.iter_mut() {
        let mut inferred = Vec::new();
        for it in &draft.objects {
            let kind = (it.id.group.clone(), it.id.kind.clone());
            if let Some((unit, addon)) = providers.get(&kind) {
                if *unit == draft.unit_name {
                    ctx.out.push(problems::crd_beside(ctx.db, it, *addon).on(Some(&cluster.name)));
                } else {
                    inferred.push(After::Release(unit.clone(), *addon));
                }
            } else if let Some(unit) = definitions.get(&kind)
                && *unit != draft.unit_name
            {
                inferred.push(After::Applied(unit.clone()));
            }
        }
        let used = draft.objects.iter().map(|it| &it.id.namespace).chain(draft.releases.iter().map(|it| &it.target));
        for namespace in used {
            if let Some(unit) = namespaces.get(namespace)
                && *unit != draft.unit_name
            {
                inferred.push(After::Applied(unit.clone()));
            }
        }
        draft.after.extend(inferred);
    }
}

/// The drafts, those that others come after first; by name where nothing says.
fn in_order(drafts: &[Draft]) -> Vec<usize> {
    let mut rest: Vec<usize> = (0..drafts.len()).collect();
    rest.sort_by_key(|it| drafts.get(*it).map(|it| it.unit_name.clone()));
    let mut order = Vec::new();
    while !rest.is_empty() {
        let waits = |nth: &usize| {
            drafts.get(*nth).is_some_and(|draft| {
                draft.after.iter().any(|it| {
                    let (After::Ready(unit) | After::Release(unit, _) | After::Applied(unit)) = it;
                    *unit != draft.unit_name
                        && rest.iter().any(|it| drafts.get(*it).is_some_and(|it| it.unit_name == *unit))
                })
            })
        };
        // In a circle, which is reported later, any will do.
        let at = rest.iter().position(|it| !waits(it)).unwrap_or(0);
        order.push(rest.remove(at));
    }
    order
}

/// A namespace that two catalogues derive is the first one's.
fn drop_copies_of_namespaces(db: &dyn Db, drafts: &mut [Draft], owners: &BTreeMap<EcoString, EcoString>) {
    for draft in drafts {
        let name = draft.unit_name.clone();
        draft.objects.retain(|it| {
            let is_derived = it.id.kind == "Namespace" && it.origin.anchor.kind(db) == Kind::Addon;
            !is_derived || owners.get(&it.id.name) == Some(&name)
        });
    }
}

/// Makes the Kustomizations, now that it is known who waits for whom.
fn finish(ctx: &mut Context<'_>, cluster: &Cluster, mut drafts: Vec<Draft>) -> Vec<Unit> {
    drafts.retain(|it| !it.objects.is_empty() || it.place == UnitPlace::Foreign);
    let names: BTreeSet<EcoString> = drafts.iter().map(|it| it.unit_name.clone()).collect();
    let mut ready: BTreeSet<EcoString> = BTreeSet::new();
    let mut awaited: BTreeMap<EcoString, BTreeSet<EcoString>> = BTreeMap::new();
    for draft in &drafts {
        for after in &draft.after {
            match after {
                After::Ready(unit) => {
                    ready.insert(unit.clone());
                }
                After::Release(unit, addon) => {
                    awaited.entry(unit.clone()).or_default().insert(addon.name(ctx.db).clone());
                }
                After::Applied(_) => {}
            }
        }
    }
    ctx.range = Range::one(cluster.flux, &cluster.name);
    let namespace = cluster.sync.namespace.clone();
    let release_version = crate::schema::api_version("HelmRelease", cluster.flux, cluster.flux).unwrap_or_default();
    let mut units: Vec<Unit> = drafts
        .into_iter()
        .map(|draft| {
            let mut depends_on: BTreeSet<EcoString> = draft
                .after
                .iter()
                .map(|it| match it {
                    After::Ready(unit) | After::Release(unit, _) | After::Applied(unit) => unit.clone(),
                })
                .filter(|it| names.contains(it) && *it != draft.unit_name)
                .collect();
            depends_on.remove(&cluster.sync.root);
            let wait = ready.contains(&draft.unit_name);
            let checks: Vec<&Release> = awaited
                .get(&draft.unit_name)
                .into_iter()
                .flatten()
                .filter_map(|name| draft.releases.iter().find(|it| it.addon.name(ctx.db) == name))
                .collect();
            let is_suspended = draft.fields.get("suspend").is_some_and(|it| it.value == Value::Bool(true));
            if is_suspended && (wait || awaited.contains_key(&draft.unit_name)) {
                ctx.out.push(problems::suspended_unit(draft.origin, &draft.unit_name));
            }
            for release in draft.releases.iter().filter(|it| it.suspended) {
                if wait || checks.iter().any(|it| it.addon == release.addon) {
                    ctx.out.push(problems::suspended(ctx.db, release, &draft.unit_name));
                }
            }
            let health_checks = checks
                .into_iter()
                .map(|it| health_check(&release_version, it, it.addon.name(ctx.db), Origin::of(it.addon)))
                .collect();
            let pointing = Pointing {
                name: draft.unit_name.clone(),
                namespace: namespace.clone(),
                path: draft.path.clone(),
                source: draft.source,
                depends_on: depends_on.into_iter().collect(),
                health_checks,
                wait,
                components: draft.components.clone(),
                origin: draft.origin,
            };
            let mut kustomization = kustomization(ctx, cluster, pointing, &draft.fields);
            super::gate::Gate { db: ctx.db, minor: cluster.flux, cluster: Some(&cluster.name) }
                .object(&mut kustomization, &mut ctx.out);
            super::rules::check(&kustomization, &mut ctx.out);
            let substitution =
                Substitution::of(kustomization.spec(), |kind, name| policy::declared_keys(ctx, cluster, kind, name));
            let mut objects = draft.objects;
            if let Some(substitution) = &substitution {
                for object in &mut objects {
                    substitution.escape(object, &mut ctx.out);
                }
            }
            let base_is_whole = draft
                .catalogue
                .is_none_or(|it| !bundle(ctx.db, it).diagnostics.iter().any(crate::diagnostic::Diagnostic::is_error));
            let place = if base_is_whole { draft.place } else { UnitPlace::Foreign };
            let patches = difference(ctx, cluster, &draft.base, &objects, place);
            for problem in diff::ambiguous(&patches, &draft.base) {
                ctx.out.push(problem.on(Some(&cluster.name)));
            }
            Unit {
                name: draft.unit_name,
                kustomization,
                patches,
                raw_patches: draft.raw_patches,
                substitution,
                objects,
                releases: draft.releases,
                path: draft.path,
                place: draft.place,
                origin: draft.origin,
                catalogue: draft.catalogue,
                components: draft.components,
            }
        })
        .collect();
    units.sort_by(|a, b| a.name.cmp(&b.name));
    units
}

/// The patches that make the cluster's objects of those in `common/`.
fn difference(
    ctx: &mut Context<'_>,
    cluster: &Cluster,
    base: &[Object],
    wanted: &[Object],
    place: UnitPlace,
) -> Vec<Patch> {
    if place != UnitPlace::Root {
        return Vec::new();
    }
    let by_id: BTreeMap<&Id, &Object> = wanted.iter().map(|it| (&it.id, it)).collect();
    let mut patches = Vec::new();
    for object in base {
        match by_id.get(&object.id) {
            None => patches.push(diff::delete(object)),
            Some(wanted) if object.version != wanted.version => {
                ctx.out.push(problems::another_version(object, wanted, &cluster.name));
            }
            Some(wanted) if object.raw.is_some() => {
                if diff::patches(object, wanted).iter().any(|_| true) {
                    ctx.out.push(problems::amended_sops(object.origin));
                }
            }
            Some(wanted) => patches.extend(diff::patches(object, wanted)),
        }
    }
    let known: BTreeSet<&Id> = base.iter().map(|it| &it.id).collect();
    for object in wanted.iter().filter(|it| !known.contains(&it.id)) {
        ctx.out.push(problems::not_in_base(object, &cluster.name));
    }
    patches
}

impl Deployed {
    /// Every object of the cluster with the unit that applies it; none for the root's own.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&Unit>, &Object)> {
        let of_units = self.units.iter().flat_map(|unit| unit.objects.iter().map(move |it| (Some(unit), it)));
        let kustomizations = self.units.iter().map(|it| (None, &it.kustomization));
        self.root.iter().map(|it| (None, it)).chain(kustomizations).chain(of_units)
    }

    /// Every release of the cluster.
    pub fn releases(&self) -> impl Iterator<Item = (&Unit, &Release)> {
        self.units.iter().flat_map(|unit| unit.releases.iter().map(move |it| (unit, it)))
    }
}
