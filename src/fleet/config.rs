//! What the `fleet` declaration says.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::declarations::{Declarations, Declared};
use super::identity::Identity;
use super::settings_data::{Output, Package, ReleaseIn, Rings, Settings, Sync, boolean};
use super::{fact_problems, problems};
use crate::diagnostic::Checked;
use crate::eval::{Conform, Env, Fold, Only, build_some, complete, versions};
use crate::names::{self, CLUSTER_SETTINGS, Index};
use crate::schema::{Minor, NEWEST};
use crate::source::{Anchor, Db, IndexMap, IndexSet, Origin, Project};
use crate::syntax::{self, ast};
use crate::types::{self, FieldType, FieldsAre, RecordType, Type};
use crate::value::{Node, Value};

/// `release-in` of a map.
/// `None` if there is none, or none of its type's, which is reported.
#[must_use]
pub fn release_in(node: &Node) -> Option<ReleaseIn> {
    Some(match node.get("release-in")?.text()?.as_str() {
        "target" => ReleaseIn::Target,
        "flux-system" => ReleaseIn::FluxSystem,
        other => ReleaseIn::Namespace(other.into()),
    })
}

/// Reads the project's `fleet` declaration.
pub(super) fn read(db: &dyn Db, index: &Index) -> Checked<Settings> {
    let Some(anchor) = index.fleets.first().copied() else {
        return Checked::new(defaults(), Vec::new());
    };
    let declaration = syntax::declaration(db, anchor);
    let mut env = Env::new(db, index, anchor);
    let layer = build_some(
        &mut env,
        &declaration.body,
        &Only { references: &["layers"], except: &["facts", "kustomization", "release"], ..Only::default() },
    );
    let mut fold = Fold::new();
    fold.apply(&mut env, layer);
    let mut node = fold.into_node(Origin::of(anchor));
    complete(&mut env, &mut node, &types::shape(db, "FleetBody"), Conform::Partial, None);
    let mut out = std::mem::take(&mut env.out);
    let facts = facts(db, index, anchor, &declaration.body, &mut out);
    let mut settings = defaults();
    settings.anchor = Some(anchor);
    settings.name = declaration.name.clone();
    settings.repository = node.get("repository").cloned();
    let text = |key: &str| node.get(key).and_then(Node::text).cloned();
    let needed = node.get("fleetc").and_then(|it| Some((it.origin, it.text()?)));
    if let Some((at, range)) = needed.filter(|(_, it)| versions::is_in(env!("CARGO_PKG_VERSION"), it) == Some(false)) {
        out.push(problems::other_fleetc(at, range));
    }
    if let Some(it) = text("branch") {
        settings.branch = it;
    }
    if let Some(it) = text("flux").and_then(|it| Minor::parse(&it)) {
        settings.flux = it;
    }
    settings.lockdown = boolean(Some(&node), "lockdown").unwrap_or(false);
    settings.infers_order = text("order").is_none_or(|it| it != "written");
    settings.identity = text("identity").and_then(|it| Identity::parse(&it)).unwrap_or(Identity::Irsa);
    settings.release_in = release_in(&node).unwrap_or(ReleaseIn::FluxSystem);
    settings.sync = settings.sync.amended(node.get("sync"));
    if let Some(output) = node.get("output") {
        let text = |key: &str, old: &EcoString| output.get(key).and_then(Node::text).unwrap_or(old).clone();
        settings.output = Output {
            common: text("common", &settings.output.common),
            applications: text("applications", &settings.output.applications),
            clusters: text("clusters", &settings.output.clusters),
        };
        if let Some(problem) = problems::nested_outputs(output, &settings.output) {
            out.push(problem);
        }
    }
    if let Some(layers) = node.get("layers").and_then(Node::list) {
        for layer in layers {
            let Some(name) = layer.text() else { continue };
            if settings.layers.contains(name) {
                out.push(problems::layer_twice(layer.origin, name));
            } else {
                settings.layers.insert(name.clone());
            }
        }
    }
    settings.packages = packages(&node, &mut out);
    settings.cluster_type = cluster_type(&facts);
    settings.facts = facts;
    settings.rings = rings(&mut env, &declaration.body, &settings.facts);
    out.append(&mut env.out);
    let mut value = IndexMap::default();
    value.insert("name".into(), Node::new(Value::Text(settings.name.clone()), Origin::of(anchor)));
    value.insert("branch".into(), Node::new(Value::Text(settings.branch.clone()), Origin::of(anchor)));
    if let Some(it) = &settings.repository {
        value.insert("repository".into(), it.clone());
    }
    settings.value = Value::of_map(value);
    Checked::new(settings, out)
}

fn defaults() -> Settings {
    Settings {
        anchor: None,
        name: "fleet".into(),
        repository: None,
        branch: "main".into(),
        flux: NEWEST,
        layers: IndexSet::default(),
        facts: Declarations::default(),
        lockdown: false,
        infers_order: true,
        identity: Identity::Irsa,
        release_in: ReleaseIn::FluxSystem,
        sync: Sync {
            kind: "GitRepository".into(),
            name: "flux-system".into(),
            namespace: "flux-system".into(),
            root: "flux-system".into(),
            gate: true,
            service_account: None,
            namespaces: Vec::new(),
        },
        output: Output::default(),
        packages: BTreeMap::new(),
        rings: None,
        cluster_type: cluster_type(&Declarations::default()),
        value: Value::of_map(IndexMap::default()),
    }
}

/// `rings environment = ["test", "staging", "production"]`
fn rings(env: &mut Env<'_>, body: &ast::Block, facts: &Declarations) -> Option<Rings> {
    let mut found: Option<Rings> = None;
    for member in &body.members {
        let ast::Member::Rings(it) = member else { continue };
        let origin = env.at(it.node);
        if let Some(first) = &found {
            env.report(problems::rings_twice(origin, first.origin));
            continue;
        }
        let Some(fact) = facts.get(&it.fact) else {
            env.report(problems::no_ring_fact(origin, &it.fact, facts.keys().map(EcoString::as_str)));
            continue;
        };
        let node = env.eval(&it.order);
        let mut order: IndexSet<EcoString> = IndexSet::default();
        for ring in node.list().unwrap_or_default() {
            let Some(name) = ring.text() else {
                env.report(problems::bad_ring(ring.origin, &ring.value.show(), fact));
                continue;
            };
            let mut probe = Env::new(env.db, env.index, env.anchor);
            complete(&mut probe, &mut ring.clone(), fact.ty.present(), Conform::Final, None);
            let is_possible = probe.out.is_empty();
            if !is_possible || !order.insert(name.clone()) {
                env.report(problems::bad_ring(ring.origin, &ring.value.show(), fact));
            }
        }
        let is_list = node.list().is_some_and(|it| !it.is_empty());
        if !is_list && !node.value.has_unknown() {
            env.report(problems::bad_ring(node.origin, &node.value.show(), fact));
        }
        found = Some(Rings { fact: it.fact.clone(), order: order.into_iter().collect(), origin });
    }
    found
}

/// `packages { platform { path = "../platform" } }`
fn packages(node: &Node, out: &mut Vec<crate::diagnostic::Diagnostic>) -> BTreeMap<EcoString, Package> {
    let mut packages = BTreeMap::new();
    for (name, node) in node.get("packages").and_then(Node::map).into_iter().flat_map(|it| &it.entries) {
        let text = |key: &str| node.get(key).and_then(Node::text).cloned();
        let git = text("git").zip(text("rev"));
        let path = text("path");
        if path.is_some() == git.is_some() || text("git").is_some() != text("rev").is_some() {
            out.push(problems::no_package_source(node.origin, name));
            continue;
        }
        if name == "std" || !names::is_dns_label(name) {
            out.push(problems::bad_package_name(node.origin, name));
            continue;
        }
        let directory = text("directory").unwrap_or_default();
        packages.insert(name.clone(), Package { path, git, directory, origin: node.origin });
    }
    packages
}

/// `facts { name: Type = default }`
fn facts(
    db: &dyn Db,
    index: &Index,
    anchor: Anchor,
    body: &ast::Block,
    out: &mut Vec<crate::diagnostic::Diagnostic>,
) -> Declarations {
    let mut facts = Declarations::default();
    for entry in declared_names(body, "facts") {
        let Some((name, node)) = single_name(entry) else {
            out.push(fact_problems::not_a_fact(Origin::new(anchor, entry.node), entry));
            continue;
        };
        let origin = Origin::new(anchor, node);
        if names::is_reserved(&name) || CLUSTER_SETTINGS.contains(&name.as_str()) {
            out.push(fact_problems::reserved_fact(origin, &name));
            continue;
        }
        if let Some(first) = facts.get(&name) {
            out.push(fact_problems::fact_twice(origin, &name, first.origin));
            continue;
        }
        let (ty, default) = match &entry.action {
            ast::Action::Declare { ty, default } => (types::lower(db, index, anchor, ty, out), default.as_ref()),
            // It is declared all the same, so that whoever reads it is right.
            action => {
                out.push(fact_problems::not_a_fact(Origin::new(anchor, entry.node), entry));
                let value = if let ast::Action::Assign(it) = action { Some(it) } else { None };
                (Type::Broken, value)
            }
        };
        let default = default.map(|it| types::written(anchor, it));
        let is_final = entry.is_final.then_some(origin);
        facts.insert(name.clone(), Declared { name, ty, default, origin, is_final });
    }
    facts
}

/// The entries of the block `key { … }` of a body.
pub(super) fn declared_names<'a>(body: &'a ast::Block, key: &str) -> Vec<&'a ast::Entry> {
    let mut entries = Vec::new();
    for member in &body.members {
        let ast::Member::Entry(entry) = member else { continue };
        let is_it = matches!(entry.path.segments.as_slice(), [only] if only.key == ast::Key::Name(key.into()));
        if let (true, ast::Action::Amend(block)) = (is_it, &entry.action) {
            entries.extend(block.members.iter().filter_map(|it| match it {
                ast::Member::Entry(entry) => Some(entry),
                _ => None,
            }));
        }
    }
    entries
}

/// The one name that an entry's path is.
pub(super) fn single_name(entry: &ast::Entry) -> Option<(EcoString, u32)> {
    match entry.path.segments.as_slice() {
        [ast::Segment { key: ast::Key::Name(name), selectors, node }] if selectors.is_empty() => {
            Some((name.clone(), *node))
        }
        _ => None,
    }
}

/// Facts, and what the compiler knows of every cluster.
fn cluster_type(facts: &Declarations) -> Type {
    let mut fields = IndexMap::default();
    for name in ["name", "path"] {
        fields.insert(name.into(), FieldType::optional(Type::Text));
    }
    fields.insert("group".into(), FieldType::optional(Type::Text.optional()));
    fields.insert("groups".into(), FieldType::optional(Type::List(Arc::new(Type::Text))));
    for fact in facts.values() {
        let mut field = FieldType::optional(fact.ty.clone());
        field.origin = Some(fact.origin);
        fields.insert(fact.name.clone(), field);
    }
    Type::Record(Arc::new(RecordType {
        name: "cluster".into(),
        fields,
        open: false,
        origin: None,
        fields_are: FieldsAre::Facts,
    }))
}

/// What the `fleet` declaration says.
#[salsa::tracked]
pub fn settings(db: &dyn Db, project: Project) -> Arc<Checked<Settings>> {
    Arc::new(read(db, names::index(db, project)))
}
