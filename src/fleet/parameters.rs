//! What `catalogue` stands for: a catalogue's name, and the params that it gives to its definition.

use std::rc::Rc;

use super::definition;
use super::item::{params_of, setters_of};
use super::table::Table;
use crate::eval::{Catalogue, Given};
use crate::source::{Anchor, Db, Origin};
use crate::value::{Node, Value};

/// `catalogue` in a catalogue and in its items; `complete` where a param without a value is an error.
pub fn catalogue_of(db: &dyn Db, catalogue: Anchor, complete: bool) -> Catalogue<'_> {
    let name = Node::new(Value::Text(catalogue.name(db).clone()), Origin::of(catalogue));
    let declared = params_of(db, catalogue);
    let params = if declared.is_empty() {
        Given::No
    } else {
        let ranks = setters_of(db, &definition::levels(db, catalogue).value);
        Given::Shared(Rc::new(Table::of_params(declared, ranks, complete)))
    };
    Catalogue { name, params }
}
