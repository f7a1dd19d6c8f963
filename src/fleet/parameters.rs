//! Params: what declares them, what sets them, and what `catalogue` stands for.

use std::rc::Rc;
use std::sync::Arc;

use ecow::EcoString;

use super::config::{declared_names, single_name};
use super::declarations::{CATALOGUE_PARAM, Declarations, Declared};
use super::definition;
use super::table::{Setter, Table};
use crate::diagnostic::Diagnostic;
use crate::eval::{Catalogue, Env, Given, Lazy};
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::{self, ast::Action};
use crate::types;
use crate::value::{Node, Value};

/// The params that an add-on, a catalogue or a baseline declares, those of its definitions first.
#[salsa::tracked]
pub fn params_of(db: &dyn Db, item: Anchor) -> Arc<Declarations> {
    Arc::new(declared_params(db, item))
}

/// The params that an add-on, a catalogue or a baseline declares, those of its definitions first.
fn declared_params(db: &dyn Db, item: Anchor) -> Declarations {
    let mut declared = Declarations::default();
    if !item.kind(db).has_params() && !item.kind(db).is_catalogue() {
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

/// Definitions, and what is taken from them, as what sets params.
pub(super) fn setters_of<'a>(db: &'a dyn Db, levels: &[Anchor]) -> Vec<Vec<Setter<'a>>> {
    let of_level = |it: &Anchor| {
        vec![Setter { anchor: *it, block: &syntax::declaration(db, *it).body, specificity: 2, name: EcoString::new() }]
    };
    levels.iter().map(of_level).collect()
}

/// `catalogue` in a catalogue and in its items; `complete` where a param without a value is an error.
pub fn catalogue_of(db: &dyn Db, catalogue: Anchor, complete: bool) -> Catalogue<'_> {
    made(db, catalogue, complete, false)
}

/// The same, for those who ask where a value is from.
pub(super) fn traced_catalogue(db: &dyn Db, catalogue: Anchor) -> Catalogue<'_> {
    made(db, catalogue, false, true)
}

fn made(db: &dyn Db, catalogue: Anchor, complete: bool, traces: bool) -> Catalogue<'_> {
    let name = Node::new(Value::Text(catalogue.name(db).clone()), Origin::of(catalogue));
    let params = if params_of(db, catalogue).is_empty() {
        Given::No
    } else {
        Given::Shared(Rc::new(Table { says_cycles: false, traces, ..table(db, catalogue, complete) }))
    };
    Catalogue { name, params }
}

fn table(db: &dyn Db, catalogue: Anchor, complete: bool) -> Table<'_> {
    let ranks = setters_of(db, &definition::levels(db, catalogue).value);
    Table { what: CATALOGUE_PARAM, ..Table::of_params(params_of(db, catalogue), ranks, complete) }
}

/// What is wrong with the params of a catalogue, whatever the cluster.
pub(super) fn problems_of_params(db: &dyn Db, catalogue: Anchor) -> Vec<Diagnostic> {
    let mut env = Env::new(db, names::index_of(db, catalogue), catalogue);
    env.cluster = Given::Unknown;
    let table = Rc::new(table(db, catalogue, false));
    let name = Node::new(Value::Text(catalogue.name(db).clone()), Origin::of(catalogue));
    env.catalogue = Some(Catalogue { name, params: Given::Shared(Rc::clone(&table) as Rc<dyn Lazy + '_>) });
    table.all(&mut env);
    env.out
}
