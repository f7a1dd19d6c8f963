//! Rows of inventories, as overrides read them.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::applied_override::{AppliedOverride, Written};
use super::finder;
use super::inventory::{are_alike, row_of, rows};
use super::known_facts::KnownFacts;
use crate::eval::Row;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin};
use crate::syntax::ast::{Block, Expr, ExprKind, Head};
use crate::syntax::{self, walk};
use crate::types::Type;
use crate::value::{Node, Template, Value, own_name};

/// The row that overrides of an inventory read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowOf {
    /// That of one cluster.
    Cluster(Anchor),
    /// Any of the inventory's: its cells are placeholders.
    Inventory(Anchor),
}

impl RowOf {
    /// The row, cells that are not known as placeholders.
    pub(super) fn row(self, db: &dyn Db, known: &KnownFacts) -> Option<Arc<Row>> {
        match self {
            Self::Cluster(it) => row_of(db, it).clone(),
            Self::Inventory(it) => any_row(db, it, known),
        }
    }
}

/// Whether an override may say another thing for another row of its inventory.
pub(super) fn reads_row(db: &dyn Db, it: &AppliedOverride) -> bool {
    let Written::In { anchor, nth } = it.written else { return false };
    anchor.kind(db) == Kind::Inventory && row_readers(db, anchor).get(nth as usize).is_none_or(|it| *it)
}

/// Which of the overrides in an inventory may say another thing for another row: they name the row, or a `let` of the
/// inventory.
#[salsa::tracked(returns(ref))]
fn row_readers(db: &dyn Db, inventory: Anchor) -> Vec<bool> {
    let declaration = syntax::declaration(db, inventory);
    let Head::Inventory { names, .. } = &declaration.head else { return Vec::new() };
    let lets = declaration.body.lets().map(|it| &it.name);
    let of_inventory: IndexSet<&EcoString> = names.iter().map(|(_, name)| name).chain(lets).collect();
    let reads_row = |block: &Block| {
        let mut reads = false;
        walk::blocks(block, &mut |part, bound| {
            if let walk::Visited::Expr(Expr { kind: ExprKind::Name(name), .. }) = part {
                reads |= of_inventory.contains(name) && !bound.contains(&name);
            }
        });
        reads
    };
    finder::statements(db, inventory).value.overrides.iter().map(|it| reads_row(&it.block)).collect()
}

/// Whether the cells of a row may be placeholders: every row of the inventory has the same columns in the same order, so that
/// nothing else tells one from another, and no cell is what rules look into.
pub(super) fn may_be_any(db: &dyn Db, row: &Row) -> bool {
    let is_looked_into = |it: &Node| it.text().is_some_and(|it| it.starts_with("arn:"));
    *are_alike(db, row.inventory) && !cells(row).any(|(_, it)| is_looked_into(&it))
}

/// The cells of a row, each under the name of its placeholder.
pub(super) fn cells(row: &Row) -> impl Iterator<Item = (EcoString, Node)> {
    row.names.iter().flat_map(|(name, node)| match node.map() {
        Some(map) => map.entries.iter().map(|(column, cell)| (cell_name(name, column), cell.clone())).collect(),
        None => vec![(cell_name(name, ""), node.clone())],
    })
}

fn cell_name(row: &str, column: &str) -> EcoString {
    own_name(&eco_format!("{row}.{column}"))
}

/// A row of an inventory with placeholders for the cells that are not known.
fn any_row(db: &dyn Db, inventory: Anchor, known: &KnownFacts) -> Option<Arc<Row>> {
    let Head::Inventory { names, .. } = &syntax::declaration(db, inventory).head else { return None };
    let origin = Origin::of(inventory);
    let placeholder = |name: EcoString, ty: &Type| match known.get(&name) {
        Some(Value::Absent) => None,
        Some(it) => Some(Node::new(it.clone(), origin)),
        None => {
            // What a file without types has is held against what it is used for.
            let ty = if matches!(ty, Type::Cell) { &Type::Text } else { ty };
            Some(Node::new(Value::Template(Arc::new(Template::of_fact(name, ty.clone()))), origin))
        }
    };
    let ty = rows(db, inventory).value.ty.as_ref()?;
    let row = |name: &EcoString| {
        let fields = ty.record()?.fields.iter();
        let cells =
            fields.filter_map(|(column, it)| Some((column.clone(), placeholder(cell_name(name, column), &it.ty)?)));
        Some(Node::new(Value::of_map(cells.collect()), origin))
    };
    let names = match names.as_slice() {
        [(_, only)] => vec![(only.clone(), row(only)?)],
        // Its number, or its name: which of both, is not looked for.
        [(_, key), (_, second), ..] => {
            vec![(key.clone(), placeholder(cell_name(key, ""), &Type::Any)?), (second.clone(), row(second)?)]
        }
        [] => Vec::new(),
    };
    Some(Arc::new(Row { inventory, names, origin }))
}
