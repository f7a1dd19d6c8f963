//! An item's value: the definition and the layers above it, for a cluster or for
//! none.

use std::cell::RefCell;
use std::sync::Arc;

use ecow::EcoString;

use super::amend::amend;
use super::applied::base_overrides;
use super::cluster_data::Cluster;
use super::config;
use super::config::{declared_names, single_name};
use super::conflicts::report_conflicts;
use super::declarations::{Declarations, Declared};
use super::definition;
use super::evaluated::{Evaluated, Overrides, Params, View};
use super::identity::Grants;
use super::irsa;
use super::patch::patches;
use super::problems;
use super::statement::AppliedOverride;
use super::table::{Setter, State, Table};
use crate::diagnostic::{Checked, Invariant, bug};
use crate::eval::{Conform, Effect, Env, Fold, Given, Lazy, Only, build_some, complete, let_value};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, ItemKind, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Action, Block, Declaration, Head, Member, SourceKind},
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
    with_params(db, item, applied, view, |env, params, overrides, effects| {
        let declaration = syntax::declaration(db, item);
        let levels = &definition::levels(db, item).value;
        let (given, role) = irsa::irsa(env, item, overrides, view);
        env.irsa = given;
        env.forget_lets();
        let shape = shape_of(env, item, declaration);
        let mut node = fold(env, (item, shape.as_ref()), declaration, levels, overrides, effects);
        // The definitions and the item itself are no overrides.
        effects.retain(|it| env.traces || !levels.contains(&it.origin.anchor));
        let how = if view.is_base() { Conform::Partial } else { Conform::Final };
        if let Some(shape) = shape {
            complete(env, &mut node, &shape, how, None);
        }
        leave_out_too_deep(env, &mut node);
        report_conflicts(env, item, &mut node, !view.is_base());
        let patches = patches(env, item, overrides);
        let needed_facts = std::mem::take(&mut env.needed_facts);
        let effects = std::mem::take(effects);
        (Checked::new(Evaluated { node, params, patches, role, effects }, std::mem::take(&mut env.out)), needed_facts)
    })
}

/// What the role of an add-on may do on a cluster.
pub fn grants(db: &dyn Db, item: Anchor, cluster: &Cluster) -> Checked<Grants> {
    with_params(db, item, &cluster.applied, &View::Cluster(cluster), |env, _, overrides, _| {
        let grants = irsa::grants(env, item, overrides);
        Checked::new(grants, std::mem::take(&mut env.out))
    })
}

/// Runs where the params of an item are known, and the facts as far as a view has them.
fn with_params<T>(
    db: &dyn Db,
    item: Anchor,
    applied: &[AppliedOverride],
    view: &View<'_>,
    run: impl FnOnce(&mut Env<'_>, Params, &Overrides<'_>, &mut Vec<Effect>) -> T,
) -> T {
    let index = names::index(db, db.project());
    let settings = &config::settings(db, db.project()).value;
    let mut env = Env::new(db, index, item);
    env.fleet = settings.value.clone();
    env.cluster = view.facts().map_or(Given::Unknown, |it| Given::Known(Arc::clone(it)));
    if let View::Cluster(it) = view {
        env.cluster_name = Some(it.name.clone());
        env.row.clone_from(&it.row);
        env.traces = it.traces;
    }
    env.has_placeholders = matches!(view, View::Specialized { .. });
    let levels = &definition::levels(db, item).value;
    let overrides = overrides(db, item, applied);
    let declared = params_of(db, item);
    let setters = setters(db, levels, &overrides);
    let table = Table {
        declared,
        ranks: &setters,
        block: Some("params"),
        what: "param",
        complete: !view.is_base(),
        given: None,
        state: RefCell::new(State::default()),
    };
    let lookup = ReadsCluster(&table);
    env.params = if item.kind(db).has_params() { Given::Lazy(&lookup) } else { Given::No };
    let params: IndexMap<EcoString, Node> = table.all(&mut env).into_iter().collect();
    let params = Arc::new(Map { entries: params });
    let mut effects = table.state.borrow().effects();
    run(&mut env, params, &overrides, &mut effects)
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
            of_rank.push((it.anchor, statement));
        }
    }
    found
}

fn setters<'a>(db: &'a dyn Db, levels: &[Anchor], overrides: &'a Overrides<'a>) -> Vec<Vec<Setter<'a>>> {
    let of_level = |it: &Anchor| {
        vec![Setter { anchor: *it, block: &syntax::declaration(db, *it).body, specificity: 2, name: EcoString::new() }]
    };
    let mut ranks: Vec<Vec<Setter<'a>>> = levels.iter().map(of_level).collect();
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

/// The params that an add-on or a baseline declares, those of its definitions first.
fn declared_params(db: &dyn Db, item: Anchor) -> Declarations {
    let mut declared = Declarations::default();
    if !item.kind(db).has_params() {
        return declared;
    }
    for level in &definition::levels(db, item).value {
        for entry in declared_names(&syntax::declaration(db, *level).body, "params") {
            let (Some((name, node)), Action::Declare { ty, default }) = (single_name(entry), &entry.action) else {
                continue;
            };
            let mut ignored = Vec::new();
            let ty = types::lower(db, names::index_of(db, *level), *level, ty, &mut ignored);
            let default = default.as_ref().map(|it| types::written(*level, it));
            let origin = Origin::new(*level, node);
            let is_final = entry.is_final.then_some(origin);
            declared.entry(name.clone()).or_insert(Declared { name, ty, default, origin, is_final });
        }
    }
    declared
}

/// Params under their names.
struct ReadsCluster<'a>(&'a Table<'a>);

impl Lazy for ReadsCluster<'_> {
    fn get(&self, env: &mut Env<'_>, name: &str, at: Origin) -> Option<Node> {
        self.0.get(env, name, at)
    }

    fn names(&self) -> Vec<EcoString> {
        self.0.names()
    }
}

/// The layers of the block, joined.
fn fold(
    env: &mut Env<'_>,
    (item, shape): (Anchor, Option<&Type>),
    declaration: &Declaration,
    levels: &[Anchor],
    overrides: &Overrides<'_>,
    effects: &mut Vec<Effect>,
) -> Node {
    let only = only_for(item.kind(env.db));
    let origin = Origin::of(item);
    let mut fold = Fold::new();
    if let Head::Manifest { value: Some(value) } = &declaration.head {
        let node = env.passed(value);
        if let Value::Map(_) = &node.value {
            fold = Fold::over(&node);
        } else {
            if let (Value::List(_), Some((anchor, it))) = (&node.value, overrides.iter().flatten().next()) {
                env.report(problems::override_of_several(Origin::new(*anchor, it.node), origin));
            }
            return node;
        }
    } else {
        if let Head::Source { provider, url } = &declaration.head {
            let url = env.passed(url);
            let entries = std::iter::once((EcoString::from(provider.address()), url)).collect();
            fold = Fold::over(&Node::new(Value::of_map(entries), origin));
        }
        if item.kind(env.db) == Kind::ADDON {
            let anchor = names::standard(env.db).lets.get("helm-release-defaults");
            let anchor = anchor.invariant("the standard library has `helm-release-defaults`");
            // The language's defaults are the lowest layer: an author amends, replaces or unsets them.
            let defaults = Node::new(let_value(env.db, *anchor).value.value.clone(), Origin::of(*anchor));
            let entries = std::iter::once((EcoString::from("release"), defaults)).collect();
            fold = Fold::over(&Node::new(Value::of_map(entries), origin)).lowest();
        }
        let bodies: Vec<(Anchor, &Block)> =
            levels.iter().map(|it| (*it, &syntax::declaration(env.db, *it).body)).collect();
        if item.kind(env.db) == Kind::ADDON {
            fold = fold.watching(shape.cloned().invariant("an add-on has a type for its body"));
        }
        for (level, body) in bodies {
            let layer = env.within(level, |env| build_some(env, body, &only));
            fold.apply(env, layer);
        }
    }
    amend(env, &mut fold, overrides, &only);
    env.out.append(&mut fold.near_misses);
    effects.append(&mut fold.take_effects());
    fold.into_node(origin)
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

/// The type of an item's block.
fn shape_of(env: &mut Env<'_>, item: Anchor, declaration: &Declaration) -> Option<Type> {
    let mut ignored = Vec::new();
    body_type(env.db, item, declaration, &mut ignored)
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
            let spec = types::shape(db, SourceKind::Git.spec_name());
            return Some(merged(fields(&spec), fields(&types::shape(db, "RepositoryBody"))));
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
    let spec = types::shape(db, provider.spec_name());
    if *provider == SourceKind::External {
        return spec;
    }
    let own = types::shape(db, "SourceBody");
    let all = merged(fields(&spec), fields(&own));
    let reference = match provider {
        SourceKind::Git => types::shape(db, "GitReference"),
        SourceKind::Oci => types::shape(db, "OciArtifact"),
        SourceKind::Helm | SourceKind::Bucket | SourceKind::External => return all,
    };
    merged(fields(&all), fields(&reference))
}

/// The fields of what the standard library describes as an object.
fn fields(shape: &Type) -> &RecordType {
    shape.record().invariant("the body of an item has a record as its type")
}

/// A record with the fields of two.
pub(super) fn merged(spec: &RecordType, own: &RecordType) -> Type {
    let mut record = spec.clone();
    for (name, field) in &own.fields {
        record.fields.insert(name.clone(), field.clone());
    }
    Type::Record(Arc::new(record))
}

/// An item in the base: layers 1 and 2 and the rules without `when`, the cluster unknown.
#[salsa::tracked]
pub fn base(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Evaluated>> {
    Arc::new(base_of(db, anchor))
}

/// The params that an add-on or a baseline declares, those of its definitions first.
#[salsa::tracked]
pub fn params_of(db: &dyn Db, item: Anchor) -> Arc<Declarations> {
    Arc::new(declared_params(db, item))
}
