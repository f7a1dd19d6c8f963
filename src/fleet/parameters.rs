//! What `catalogue` stands for: a catalogue's name, and the params that it gives to its definition.

use std::rc::Rc;

use super::definition;
use super::item::{params_of, setters_of};
use super::table::{CATALOGUE_PARAM, Table};
use crate::diagnostic::Diagnostic;
use crate::eval::{Catalogue, Env, Given, Lazy};
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::value::{Node, Value};

/// `catalogue` in a catalogue and in its items; `complete` where a param without a value is an error.
pub fn catalogue_of(db: &dyn Db, catalogue: Anchor, complete: bool) -> Catalogue<'_> {
    let name = Node::new(Value::Text(catalogue.name(db).clone()), Origin::of(catalogue));
    let params = if params_of(db, catalogue).is_empty() {
        Given::No
    } else {
        Given::Shared(Rc::new(Table { says_cycles: false, ..table(db, catalogue, complete) }))
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
