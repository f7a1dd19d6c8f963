//! An item's value: the definition and the layers above it, for a cluster or for
//! none.

use std::sync::Arc;

use ecow::EcoString;

use super::amend::amend;
use super::applied::base_overrides;
use super::applied_override::AppliedOverride;
use super::cluster_data::Cluster;
use super::config;
use super::config::single_name;
use super::conflicts::report_conflicts;
use super::definition;
use super::evaluated::{Evaluated, Overrides, Params, View};
use super::identity::{Grants, Identity, Role};
use super::irsa;
use super::known_facts::{self, KnownFacts};
use super::parameters::{catalogue_of, params_of, setters_of};
use super::patch::patches;
use super::problems;
use super::relocation::holder;
use super::shape::is_shaped;
use super::table::{Setter, Table};
use crate::diagnostic::{Checked, Diagnostic, Invariant, bug};
use crate::eval::{Conform, Effect, Env, Fold, Given, Local, Only, Outcome, Promise, build_some, complete, let_value};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, ItemKind, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Action, Block, Declaration, Entry, Expr, ExprKind, Head, Key, Member, SourceKind},
};
use crate::types::{self, RecordType, Type};
use crate::value::{Map, Node, Value};

/// Keys of an item's block that name declarations.
pub const ITEM_REFERENCES: [&str; 2] = ["source", "requires"];

/// The item where no cluster is given.
fn base_of(db: &dyn Db, item: Anchor) -> Checked<Evaluated> {
    evaluate(db, item, base_overrides(db, db.project()), &View::Base).0
}

/// The item on a cluster.
pub fn evaluate_in(db: &dyn Db, item: Anchor, cluster: &Cluster) -> Checked<Evaluated> {
    evaluate(db, item, &cluster.applied, &View::Cluster(cluster)).0
}

/// The item under the overrides among the given ones that reach it, and the facts
/// that have to be known first.
pub(super) fn evaluate(
    db: &dyn Db,
    item: Anchor,
    applied: &[AppliedOverride],
    view: &View<'_>,
) -> (Checked<Evaluated>, IndexSet<EcoString>) {
    let overrides = overrides(db, item, applied);
    let shape = body_type(db, item, syntax::declaration(db, item), &mut Vec::new());
    if let View::Specialized { identity, known_facts, .. } = view
        && item.kind(db) == Kind::ADDON
        && !overrides.is_empty()
        && !overrides.iter().flatten().any(|(_, it)| concerns_beginnings(&it.block))
    {
        let begun = begun(db, item, *identity, (*known_facts).clone());
        let mut env = env_of(db, item, view);
        env.spend(begun.steps, Origin::of(item));
        env.needed_facts.extend(begun.needed_facts.iter().cloned());
        env.promises.extend(begun.promises.iter().cloned());
        env.out.extend(begun.problems.iter().cloned());
        env.params = Given::Known(Arc::clone(&begun.params));
        env.irsa = begun.irsa.as_ref().map_or(Given::No, |it| Given::Known(Arc::clone(it)));
        let value = begun.value.clone();
        let of_params = Params::clone(&begun.params);
        return ended(
            &mut env,
            item,
            shape.as_ref(),
            view,
            &overrides,
            (value, of_params, begun.role.clone(), Vec::new()),
        );
    }
    with_params(db, item, &overrides, view, |env, params, effects| {
        let (given, role) = irsa::irsa(env, item, &overrides, view);
        env.irsa = given;
        env.forget_lets();
        let value = beginning(env, item, shape.as_ref(), &overrides);
        ended(env, item, shape.as_ref(), view, &overrides, (value, params, role, effects))
    })
}

/// An add-on under some facts before any override: what is the same on all clusters that override neither its params nor
/// its role.
struct Begun {
    value: Beginning,
    params: Params,
    irsa: Option<Arc<Map>>,
    role: Option<Role>,
    needed_facts: IndexSet<EcoString>,
    promises: Vec<Promise>,
    problems: Vec<Diagnostic>,
    /// What it took of the budget.
    steps: u64,
}

#[salsa::tracked(no_eq, returns(ref))]
fn begun(db: &dyn Db, item: Anchor, identity: Identity, known_facts: KnownFacts) -> Begun {
    let facts = Arc::new(known_facts::facts(db, &known_facts));
    let view = View::Specialized { facts, identity, known_facts: &known_facts, row: None, texts: &[] };
    let shape = body_type(db, item, syntax::declaration(db, item), &mut Vec::new());
    let overrides = Overrides::new();
    with_params(db, item, &overrides, &view, |env, params, _| {
        let (given, role) = irsa::irsa(env, item, &overrides, &view);
        env.irsa = given.clone();
        env.forget_lets();
        let value = beginning(env, item, shape.as_ref(), &overrides);
        Begun {
            value: value.without_effects(),
            params,
            irsa: if let Given::Known(it) = given { Some(it) } else { None },
            role,
            needed_facts: std::mem::take(&mut env.needed_facts),
            promises: std::mem::take(&mut env.promises),
            problems: std::mem::take(&mut env.out),
            steps: env.steps(),
        }
    })
}

/// Whether an override may say something of params or the role, which what is below it reads.
fn concerns_beginnings(block: &Block) -> bool {
    block.members.iter().any(|it| match it {
        Member::Spread(_) => true,
        it => it.path().and_then(|it| it.segments.first()).is_some_and(|it| match &it.key {
            Key::Name(name) => matches!(name.as_str(), "params" | "irsa"),
            Key::Interpolated(_) => true,
        }),
    })
}

/// What stands before any override.
#[derive(Clone)]
enum Beginning {
    Layers(Box<Fold>),
    /// A value that no layer changes: a list of objects.
    Whole(Node),
}

impl Beginning {
    /// Definitions and the item itself are no overrides: of what their entries did, somebody asks only for what did nothing.
    fn without_effects(mut self) -> Self {
        if let Self::Layers(fold) = &mut self {
            fold.forget_changes();
        }
        self
    }
}

/// Puts the overrides upon a beginning, and holds the result against its type.
fn ended(
    env: &mut Env<'_>,
    item: Anchor,
    shape: Option<&Type>,
    view: &View<'_>,
    overrides: &Overrides<'_>,
    (value, params, role, mut effects): (Beginning, Params, Option<Role>, Vec<Effect>),
) -> (Checked<Evaluated>, IndexSet<EcoString>) {
    let mut node = match value {
        Beginning::Whole(node) => node,
        Beginning::Layers(mut fold) => {
            amend(env, &mut fold, overrides, &only_for(item.kind(env.db)));
            env.out.append(&mut fold.near_misses);
            effects.append(&mut fold.take_effects());
            fold.into_node(Origin::of(item))
        }
    };
    // The definitions and the item itself are no overrides.
    let levels = &definition::levels(env.db, item).value;
    let holders = holders_of_releases(env.db, item);
    let around: Vec<Anchor> = holders.flat_map(|it| definition::levels(env.db, it).value.iter().copied()).collect();
    let is_override = |it: &Anchor| !levels.contains(it) && !around.contains(it);
    // But what they unset, something has to have set.
    let is_param = |it: &Effect| it.path.first().is_some_and(|it| it == "params");
    let is_idle = |it: &Effect| it.outcome == Outcome::Same && !is_param(it) && !has(&node, &it.path);
    effects.retain(|it| env.traces || is_shaped(it.origin) || is_override(&it.origin.anchor) || is_idle(it));
    let how = if view.is_base() { Conform::Partial } else { Conform::Final };
    if let Some(shape) = shape {
        complete(env, &mut node, shape, how, None);
    }
    leave_out_too_deep(env, &mut node);
    report_conflicts(env, item, &mut node, !view.is_base());
    let patches = patches(env, item, overrides);
    let needed_facts = std::mem::take(&mut env.needed_facts);
    let promises = std::mem::take(&mut env.promises);
    let evaluated = Evaluated { node, params, patches, role, effects, promises };
    (Checked::new(evaluated, std::mem::take(&mut env.out)), needed_facts)
}

/// Whether a value has something at a path; none is found inside what is no map.
fn has(node: &Node, path: &[EcoString]) -> bool {
    let mut at = node;
    for key in path {
        let Some(map) = at.map() else { return true };
        let Some(it) = map.entries.get(key) else { return false };
        at = it;
    }
    true
}

/// What the role of an add-on may do on a cluster.
pub fn grants(db: &dyn Db, item: Anchor, cluster: &Cluster) -> Checked<Grants> {
    let overrides = overrides(db, item, &cluster.applied);
    with_params(db, item, &overrides, &View::Cluster(cluster), |env, _, _| {
        let grants = irsa::grants(env, item, &overrides);
        Checked::new(grants, std::mem::take(&mut env.out))
    })
}

/// Where an item is evaluated, with the facts as far as a view has them.
fn env_of<'a>(db: &'a dyn Db, item: Anchor, view: &View<'_>) -> Env<'a> {
    let mut env = Env::new(db, names::index(db, db.project()), item);
    env.fleet = config::settings(db, db.project()).value.value.clone();
    env.cluster = view.facts().map_or(Given::Unknown, |it| Given::Known(Arc::clone(it)));
    match view {
        View::Base => {}
        View::Cluster(it) => {
            env.cluster_name = Some(it.name.clone());
            env.row.clone_from(&it.row);
            env.traces = it.traces;
        }
        View::Specialized { row, texts, .. } => {
            env.row.clone_from(row);
            env.locals.extend(texts.iter().map(|(name, it)| (name.clone(), Local::Value(it.clone()))));
        }
    }
    env.has_placeholders = matches!(view, View::Specialized { .. });
    let catalogue = item.parent(db).filter(|it| it.kind(db).is_catalogue());
    env.catalogue = catalogue.map(|it| catalogue_of(db, it, !view.is_base()));
    env
}

/// Runs where the params of an item are known, too; given what their layers did.
fn with_params<T>(
    db: &dyn Db,
    item: Anchor,
    overrides: &Overrides<'_>,
    view: &View<'_>,
    run: impl FnOnce(&mut Env<'_>, Params, Vec<Effect>) -> T,
) -> T {
    let ranks = setters(db, &definition::levels(db, item).value, overrides);
    let table = Table::of_params(params_of(db, item), ranks, !view.is_base());
    let mut env = env_of(db, item, view);
    env.params = if item.kind(db).has_params() { Given::Lazy(&table) } else { Given::No };
    let params: IndexMap<EcoString, Node> = table.all(&mut env).into_iter().collect();
    let effects = table.state.borrow().effects();
    run(&mut env, Arc::new(Map { entries: params }), effects)
}

/// What nests too deep is unknown from there on, and is said.
fn leave_out_too_deep(env: &mut Env<'_>, node: &mut Node) {
    let Value::Map(map) = &mut node.value else { return };
    let deep: Vec<usize> = (0..map.entries.len())
        .filter(|nth| map.entries.get_index(*nth).is_some_and(|(_, it)| env.is_too_deep(&it.value, it.origin)))
        .collect();
    for nth in deep {
        if let Some((_, it)) = Arc::make_mut(map).entries.get_index_mut(nth) {
            it.value = Value::Unknown;
        }
    }
}

/// Those that reach an item.
fn overrides<'a>(db: &'a dyn Db, item: Anchor, applied: &[AppliedOverride]) -> Overrides<'a> {
    let mut found: Overrides<'a> = Vec::new();
    let mut rank = None;
    for it in applied {
        let statement = it.statement(db);
        if !statement.target.reaches(db, item) {
            continue;
        }
        if rank.replace(it.rank) != Some(it.rank) {
            found.push(Vec::new());
        }
        if let Some(of_rank) = found.last_mut() {
            of_rank.push((it.anchor(db), statement));
        }
    }
    found
}

fn setters<'a>(db: &'a dyn Db, levels: &[Anchor], overrides: &'a Overrides<'a>) -> Vec<Vec<Setter<'a>>> {
    let mut ranks = setters_of(db, levels);
    ranks.extend(overrides.iter().map(|rank| {
        rank.iter()
            .map(|(anchor, it)| Setter {
                anchor: *anchor,
                block: &it.block,
                specificity: it.target.specificity(),
                name: EcoString::new(),
            })
            .collect()
    }));
    ranks
}

/// The layers of the block below all overrides, joined.
fn beginning(env: &mut Env<'_>, item: Anchor, shape: Option<&Type>, overrides: &Overrides<'_>) -> Beginning {
    let declaration = syntax::declaration(env.db, item);
    let only = only_for(item.kind(env.db));
    let origin = Origin::of(item);
    if let Head::Manifest { value: Some(value) } = &declaration.head {
        let node = env.passed(value);
        if let Value::Map(_) = &node.value {
            return Beginning::Layers(Box::new(Fold::over(&node)));
        }
        if let (Value::List(_), Some((anchor, it))) = (&node.value, overrides.iter().flatten().next()) {
            env.report(problems::override_of_several(Origin::new(*anchor, it.node), origin));
        }
        return Beginning::Whole(node);
    }
    let mut fold = Fold::new();
    if let Head::Source { provider, url } = &declaration.head {
        let url = env.passed(url);
        let own = std::iter::once((EcoString::from(provider.address()), url));
        fold = over(own.chain(source_defaults(env.db, *provider)), origin).lowest();
    }
    if item.kind(env.db) == Kind::ADDON {
        fold = over([(RELEASE.into(), default(env.db, "helm-release-defaults"))], origin);
        for holder in holders_of_releases(env.db, item) {
            for level in &definition::levels(env.db, holder).value {
                let body = &syntax::declaration(env.db, *level).body;
                let layer = env.within(*level, |env| build_some(env, body, &Only { path: &[RELEASE], ..ALL_OF_IT }));
                fold.apply(env, layer);
            }
        }
        fold = fold.lowest().watching(shape.cloned().invariant("an add-on has a type for its body"));
    }
    if item.kind(env.db) == Kind::Repository {
        let own = [("kustomization".into(), default(env.db, "kustomization-defaults"))];
        fold = over(own.into_iter().chain(source_defaults(env.db, SourceKind::Git)), origin).lowest();
    }
    for level in &definition::levels(env.db, item).value {
        let body = &syntax::declaration(env.db, *level).body;
        let layer = env.within(*level, |env| build_some(env, body, &only));
        fold.apply(env, layer);
    }
    Beginning::Layers(Box::new(fold))
}

/// The language's own defaults are the lowest layer: an author amends, replaces or unsets them.
fn over(defaults: impl IntoIterator<Item = (EcoString, Node)>, origin: Origin) -> Fold {
    Fold::over(&Node::new(Value::of_map(defaults.into_iter().collect()), origin))
}

/// What the standard library says by default.
fn default(db: &dyn Db, name: &str) -> Node {
    let anchor = names::standard(db).lets.get(name).invariant("the standard library has the defaults");
    Node::new(let_value(db, *anchor).value.value.clone(), Origin::of(*anchor))
}

/// What a source says by default; an artifact is a chart, unless a `kustomize` item reads it.
fn source_defaults(db: &dyn Db, kind: SourceKind) -> Vec<(EcoString, Node)> {
    if kind == SourceKind::External {
        return Vec::new();
    }
    let all = default(db, "source-defaults");
    let mut found: Vec<(EcoString, Node)> =
        all.map().into_iter().flat_map(|it| &it.entries).map(|(key, it)| (key.clone(), it.clone())).collect();
    if kind == SourceKind::Oci {
        found.push(("layerSelector".into(), default(db, "chart-layer")));
    }
    found
}

/// The block for fields of HelmReleases, in an add-on and around it.
const RELEASE: &str = "release";

/// What sets fields of an add-on's release below the add-on itself, lowest first: the fleet, and its catalogue.
fn holders_of_releases(db: &dyn Db, addon: Anchor) -> impl Iterator<Item = Anchor> {
    let is_catalogue = |it: &Anchor| it.kind(db).is_catalogue();
    let fleet = config::settings(db, db.project()).value.anchor;
    fleet.into_iter().chain(holder(db, addon).filter(is_catalogue))
}

const ALL_OF_IT: Only<'static> = Only { path: &[], except: &[], references: &[], deep: false };

const fn only_for(kind: Kind) -> Only<'static> {
    match kind {
        Kind::Item(ItemKind::Addon) => {
            Only { path: &[], except: &["params", "irsa"], references: &ITEM_REFERENCES, deep: false }
        }
        Kind::Baseline => Only { path: &[], except: &["params"], references: &[], deep: false },
        Kind::Item(ItemKind::Kustomize) => Only { path: &[], except: &[], references: &["source"], deep: false },
        Kind::Item(ItemKind::Namespace | ItemKind::Manifest) => ALL_OF_IT,
        // Sources and repositories.
        _ => ALL_OF_IT,
    }
}

/// The type of an item's block, with the type that it gives its values.
pub fn body_type(
    db: &dyn Db,
    item: Anchor,
    declaration: &Declaration,
    out: &mut Vec<crate::diagnostic::Diagnostic>,
) -> Option<Type> {
    let shape = match item.kind(db) {
        Kind::Item(ItemKind::Addon) => "AddonBody",
        Kind::Item(ItemKind::Namespace) => "NamespaceBody",
        Kind::Item(ItemKind::Kustomize) => "KustomizeBody",
        // An object of any kind.
        Kind::Item(ItemKind::Manifest) => return None,
        Kind::Baseline => "BaselineBody",
        Kind::Source => return Some(source_type(db, declaration)),
        Kind::Repository => {
            let kind = repository_kind(declaration);
            let own = types::shape(db, "RepositoryBody");
            return Some(fields(&with_reference(db, kind)).and(fields(&own)));
        }
        _ => return None,
    };
    let mut ty = types::shape(db, shape);
    let levels = &definition::levels(db, item).value;
    for level in levels {
        let body = if *level == item { &declaration.body } else { &syntax::declaration(db, *level).body };
        // What is wrong with a definition is said where it is declared.
        let mut elsewhere = Vec::new();
        let out = if *level == item { &mut *out } else { &mut elsewhere };
        for member in &body.members {
            let Member::Entry(entry) = member else { continue };
            let (Action::AmendTyped { ty: written, .. }, Some((name, _))) = (&entry.action, single_name(entry)) else {
                continue;
            };
            let Type::Record(record) = &ty else { bug("the body of an item has a record as its type") };
            let mut record = RecordType::clone(record);
            if let Some(field) = record.fields.get_mut(&name) {
                field.ty = types::lower(db, names::index_of(db, *level), *level, written, out).optional();
                field.origin = Some(Origin::new(*level, written.node));
            }
            ty = Type::Record(Arc::new(record));
        }
    }
    Some(ty)
}

/// The fields of a source's Flux object, and the language's own.
fn source_type(db: &dyn Db, declaration: &Declaration) -> Type {
    let Head::Source { provider, .. } = &declaration.head else { bug("a source is declared as one") };
    if *provider == SourceKind::External {
        return types::shape(db, provider.spec_name());
    }
    fields(&with_reference(db, *provider)).and(fields(&types::shape(db, "SourceBody")))
}

/// The fields of a source's object, and which revision of it is meant.
fn with_reference(db: &dyn Db, kind: SourceKind) -> Type {
    let spec = types::shape(db, kind.spec_name());
    let reference = match kind {
        SourceKind::Git => types::shape(db, "GitReference"),
        SourceKind::Oci => types::shape(db, "OciArtifact"),
        SourceKind::Helm | SourceKind::Bucket | SourceKind::External => return spec,
    };
    fields(&spec).and(fields(&reference))
}

/// What a repository is: its `url` says so where it is written out, or `bucketName`.
#[must_use]
pub fn repository_kind(declaration: &Declaration) -> SourceKind {
    let of = |entry: &Entry| match (single_name(entry)?.0.as_str(), &entry.action) {
        ("bucketName", _) => Some(SourceKind::Bucket),
        ("url", Action::Assign(Expr { kind: ExprKind::Text(it), .. })) if it.starts_with("oci://") => {
            Some(SourceKind::Oci)
        }
        _ => None,
    };
    let entries = declaration.body.members.iter().filter_map(|it| match it {
        Member::Entry(entry) => Some(entry),
        _ => None,
    });
    entries.into_iter().find_map(of).unwrap_or(SourceKind::Git)
}

/// The fields of what the standard library describes as an object.
fn fields(shape: &Type) -> &RecordType {
    shape.record().invariant("the body of an item has a record as its type")
}

/// An item in the base: layers 1 and 2 and the rules without `when`, the cluster unknown.
#[salsa::tracked]
pub fn base(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Evaluated>> {
    Arc::new(base_of(db, anchor))
}
