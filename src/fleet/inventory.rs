//! Clusters out of data: one for each row of a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::problems;
use crate::data::Format;
use crate::diagnostic::{Checked, Diagnostic};
use crate::eval::{Conform, Env, Only, Row, build_some, complete};
use crate::names::{self, is_dns_label};
use crate::source::{Anchor, Db, IndexMap, Kind, Origin, Project};
use crate::syntax::{
    self,
    ast::{Expr, ExprKind, Head},
};
use crate::types::{self, FieldType, RecordType, Type};
use crate::value::{Node, Value};

/// The rows of an inventory, and what its text knows of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Key (its number, or its name in a map) and the row itself.
    rows: Vec<(Node, Node)>,
    /// The type of a row: declared, or that of the data.
    pub ty: Option<Type>,
}

/// The clusters of an inventory by name, each with the number of its row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Members {
    clusters: IndexMap<EcoString, (Anchor, usize)>,
}

/// Reads the rows.
#[salsa::tracked]
pub fn rows(db: &dyn Db, inventory: Anchor) -> Arc<Checked<Rows>> {
    let index = names::index_of(db, inventory);
    let Head::Inventory { rows: expr, ty, .. } = &syntax::declaration(db, inventory).head else {
        return Arc::new(Checked::new(Rows::default(), Vec::new()));
    };
    let mut env = Env::new(db, index, inventory);
    let found = env.eval(expr);
    let mut rows: Vec<(Node, Node)> = match &found.value {
        Value::List(list) => list
            .iter()
            .enumerate()
            .map(|(nth, it)| (Node::new(Value::Int(i64::try_from(nth).unwrap_or(i64::MAX)), it.origin), it.clone()))
            .collect(),
        Value::Map(map) => {
            map.entries.iter().map(|(key, it)| (Node::new(Value::Text(key.clone()), it.origin), it.clone())).collect()
        }
        Value::Unknown | Value::Conflict(_) => Vec::new(),
        other => {
            let at = Origin::new(inventory, expr.node);
            env.report(problems::not_rows(at, other));
            Vec::new()
        }
    };
    rows.retain(|(_, row)| {
        let is_object = matches!(row.value, Value::Map(_));
        if !is_object {
            env.report(problems::not_a_row(row.origin, &row.value));
        }
        is_object
    });
    // What is wrong with the type itself is reported where it is checked.
    let mut ignored = Vec::new();
    let declared = ty.as_ref().map(|it| types::lower(db, index, inventory, it, &mut ignored));
    if let Some(ty) = &declared {
        let asked = ty.record().and_then(|it| it.origin);
        for (_, row) in &mut rows {
            if is_csv(expr) {
                convert(row, ty);
            }
            complete(&mut env, row, ty, Conform::Final, asked);
        }
    }
    let ty = declared.or_else(|| type_of_rows(&rows));
    Arc::new(Checked::new(Rows { rows, ty }, env.out))
}

/// Whether all rows of an inventory have the same columns, in the same order.
#[salsa::tracked]
pub(super) fn are_alike(db: &dyn Db, inventory: Anchor) -> bool {
    let Rows { rows, ty } = &rows(db, inventory).value;
    let Some(fields) = ty.as_ref().and_then(Type::record).map(|it| &it.fields) else { return false };
    rows.iter().all(|(_, row)| row.map().is_some_and(|it| it.entries.keys().eq(fields.keys())))
}

fn is_csv(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { callee, .. } if callee.kind == ExprKind::Name(Format::Csv.name().into()))
}

/// A CSV file has texts alone: a declared type says what each column is.
fn convert(row: &mut Node, ty: &Type) {
    let (Some(record), Value::Map(map)) = (ty.record(), &mut row.value) else { return };
    for (name, node) in &mut Arc::make_mut(map).entries {
        let (Some(field), Some(text)) = (record.fields.get(name), node.text()) else { continue };
        let converted = match field.ty.present().base() {
            Type::Int => text.parse().ok().map(Value::Int),
            Type::Float => text.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Float),
            Type::Bool => text.parse().ok().map(Value::Bool),
            _ => None,
        };
        if let Some(value) = converted {
            node.value = value;
        }
    }
}

/// The type that all rows have: a column that some rows leave out may be absent.
fn type_of_rows(rows: &[(Node, Node)]) -> Option<Type> {
    let mut fields: IndexMap<EcoString, (Vec<Type>, usize)> = IndexMap::default();
    for (_, row) in rows {
        for (name, node) in row.map().into_iter().flat_map(|it| &it.entries) {
            let (types, count) = fields.entry(name.clone()).or_default();
            *count += 1;
            let ty = type_of(&node.value);
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
    }
    let fields = fields
        .into_iter()
        .map(|(name, (types, count))| {
            // Where rows differ, each is held against what it is used for, at its own place.
            let ty = if types.len() > 1 { Type::Any } else { Type::join(types) };
            (name, FieldType::optional(if count == rows.len() { ty } else { ty.optional() }))
        })
        .collect();
    (!rows.is_empty()).then(|| {
        Type::Record(Arc::new(RecordType { name: "a row".into(), fields, open: false, ..RecordType::default() }))
    })
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Float(_) => Type::Float,
        Value::Text(_) => Type::Cell,
        Value::List(list) => {
            let mut types: Vec<Type> = Vec::new();
            for it in list.iter().map(|it| type_of(&it.value)) {
                if !types.contains(&it) {
                    types.push(it);
                }
            }
            Type::List(Arc::new(if types.is_empty() { Type::Any } else { Type::join(types) }))
        }
        // What is deeper than a row is checked where it meets a type.
        Value::Map(_)
        | Value::Absent
        | Value::Unknown
        | Value::Conflict(_)
        | Value::Template(_)
        | Value::PerCluster(_) => Type::Any,
    }
}

/// The clusters that the rows make.
#[salsa::tracked]
pub(super) fn members(db: &dyn Db, inventory: Anchor) -> Arc<Checked<Members>> {
    let index = names::index_of(db, inventory);
    let declaration = syntax::declaration(db, inventory);
    let rows = rows(db, inventory);
    let mut out: Vec<Diagnostic> = rows.diagnostics.to_vec();
    let mut clusters: IndexMap<EcoString, (Anchor, usize)> = IndexMap::default();
    let only = Only { path: &["name"], ..Only::default() };
    for (nth, (key, row)) in rows.value.rows.iter().enumerate() {
        let mut env = Env::new(db, index, inventory);
        env.row = Some(Arc::new(named(db, inventory, key, row)));
        let layer = build_some(&mut env, &declaration.body, &only);
        let mut fold = crate::eval::Fold::new();
        fold.apply(&mut env, layer);
        let node = fold.into_node(row.origin).get("name").cloned();
        out.append(&mut env.out);
        match node.as_ref().map(|it| (it.origin, &it.value)) {
            Some((at, Value::Text(name))) if is_dns_label(name) => {
                if let Some((_, first)) = clusters.get(name) {
                    let first = rows.value.rows.get(*first).map_or(at, |(_, it)| it.origin);
                    out.push(problems::cluster_twice(at, name, first));
                    continue;
                }
                let anchor = Anchor::new(db, inventory.file(db), Some(inventory), Kind::Cluster, name.clone(), 0, None);
                clusters.insert(name.clone(), (anchor, nth));
            }
            Some((at, Value::Text(name))) => out.push(problems::bad_cluster_name(at, name)),
            // Why it is not known was said where it was evaluated.
            Some((_, Value::Unknown)) => {}
            _ => out.push(problems::no_cluster_name(row.origin, Origin::of(inventory))),
        }
    }
    Arc::new(Checked::new(Members { clusters }, out))
}

impl Members {
    /// The clusters by name, in the order of the rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&EcoString, Anchor)> {
        self.clusters.iter().map(|(name, (anchor, _))| (name, *anchor))
    }
}

fn named(db: &dyn Db, inventory: Anchor, key: &Node, row: &Node) -> Row {
    let names = match &syntax::declaration(db, inventory).head {
        Head::Inventory { names, .. } => match names.as_slice() {
            [(_, only)] => vec![(only.clone(), row.clone())],
            [(_, first), (_, second), ..] => vec![(first.clone(), key.clone()), (second.clone(), row.clone())],
            [] => Vec::new(),
        },
        _ => Vec::new(),
    };
    Row { inventory, names, origin: row.origin }
}

/// The row that a cluster was made of; none for one that is declared.
#[salsa::tracked]
pub fn row_of(db: &dyn Db, cluster: Anchor) -> Option<Arc<Row>> {
    let inventory = cluster.parent(db).filter(|it| it.kind(db) == Kind::Inventory)?;
    let (_, nth) = members(db, inventory).value.clusters.get(cluster.name(db))?;
    let rows = rows(db, inventory);
    let (key, row) = rows.value.rows.get(*nth)?;
    Some(Arc::new(named(db, inventory, key, row)))
}

/// What `override cluster NAME` adds to clusters of inventories, by the cluster's name.
pub(super) fn overrides(db: &dyn Db, project: Project) -> BTreeMap<EcoString, Vec<Anchor>> {
    let mut found: BTreeMap<EcoString, Vec<Anchor>> = BTreeMap::new();
    for anchor in &names::index(db, project).overrides {
        if let Some(name) = overridden_cluster(db, *anchor) {
            found.entry(name).or_default().push(*anchor);
        }
    }
    found
}

/// The cluster that a top-level override amends.
pub fn overridden_cluster(db: &dyn Db, anchor: Anchor) -> Option<EcoString> {
    match &syntax::declaration(db, anchor).head {
        Head::Override { what: syntax::ast::OverrideOf::Cluster, target, .. } => match target.parts.as_slice() {
            [Some(name)] => Some(name.clone()),
            _ => Some(EcoString::new()),
        },
        _ => None,
    }
}

/// The `override cluster` of each cluster.
#[salsa::tracked]
pub fn cluster_overrides(db: &dyn Db, project: Project) -> Arc<BTreeMap<EcoString, Vec<Anchor>>> {
    Arc::new(overrides(db, project))
}

/// The overrides at the top level. They have no names to be ordered by, so it is
/// by what they say: never by where they stand.
#[salsa::tracked]
pub fn top_level_overrides(db: &dyn Db, project: Project) -> Arc<[Anchor]> {
    let mut all: Vec<(String, Anchor)> = names::index(db, project)
        .overrides
        .iter()
        .filter(|it| overridden_cluster(db, **it).is_none())
        .map(|it| (format!("{} {:?}", it.name(db), syntax::declaration(db, *it).body), *it))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.into_iter().map(|(_, it)| it).collect()
}
