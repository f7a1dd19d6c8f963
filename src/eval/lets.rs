//! The values of top-level `let`s, which every cluster shares.

use std::sync::Arc;

use super::conform::{Conform, complete};
use super::env::Env;
use crate::diagnostic::Checked;
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::{self, ast::Head};
use crate::value::Value;

/// The value of a top-level `let`.
#[salsa::tracked(cycle_result = let_cycle)]
pub fn let_value(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Costed>> {
    let link = crate::types::link(db, anchor);
    if link.is_own_cycle() || link.is_too_long() {
        // `types` reports it.
        return Arc::new(Checked::new(Costed { value: Value::Unknown, steps: 0 }, Vec::new()));
    }
    let declaration = syntax::declaration(db, anchor);
    let index = names::index_of(db, anchor);
    let mut env = Env::new(db, index, anchor);
    let value = match &declaration.head {
        Head::Let { ty, value } => {
            let mut node = env.eval(value);
            if let Some(ty) = ty {
                // What is wrong with the type itself is reported by `types`.
                let mut ignored = Vec::new();
                let ty = crate::types::lower(db, index, anchor, ty, &mut ignored);
                complete(&mut env, &mut node, &ty, Conform::Final, None);
            }
            if env.weigh(&node.value, Origin::of(anchor)) { node.value } else { Value::Unknown }
        }
        _ => Value::Unknown,
    };
    let steps = env.steps();
    Arc::new(Checked::new(Costed { value, steps }, env.out))
}

/// A value, and the steps that it took: whoever names it takes them again, so that
/// the budget does not depend on what is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct Costed {
    /// What it comes to.
    pub value: Value,
    /// Steps of the budget.
    pub steps: u64,
}

fn let_cycle(_: &dyn Db, _: salsa::Id, _: Anchor) -> Arc<Checked<Costed>> {
    // `types` reports the cycle.
    Arc::new(Checked::new(Costed { value: Value::Unknown, steps: 0 }, Vec::new()))
}
