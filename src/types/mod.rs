//! What every value may be.
//!
//! In: written types and expressions, whose names are in the index. Out: a
//! [`Type`] for each, and what does not go together. Knows the shape of values,
//! never a value: conditions are checked by `eval`, where values are.

mod assign;
pub mod builtin;
mod cycle;
mod flux;
mod infer;
mod notes;
mod problems;
mod show;
mod signature;
mod ty;

use std::sync::Arc;

use ecow::EcoString;

pub use assign::fits;
pub use cycle::{FunctionCycle, function_cycle, is_circular, link};
pub use flux::spec_of_kind;
pub use infer::{Infer, Literals, Resolver, Scope, dotted, widen};
pub use notes::{Meaning, Notes};
pub use problems::too_long;
pub use signature::{lower, shape, written};
pub use ty::{Constraint, FieldType, FieldsAre, Members, RecordType, Reference, Refined, THIS_OBJECT, Type, Written};

use crate::diagnostic::{Checked, Diagnostic};
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::{self, ast::Head};

/// The type that a `type` declaration declares. A type that is defined by itself
/// is reported at each member of the cycle.
#[salsa::tracked(cycle_result = type_cycle)]
pub fn type_of(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    let link = link(db, anchor);
    if link.is_own_cycle() {
        return cyclic_type(db, anchor);
    }
    if link.is_too_long() {
        return unknown_behind(db, anchor, link);
    }
    let declaration = syntax::declaration(db, anchor);
    let index = names::index_of(db, anchor);
    let mut out = Vec::new();
    let ty = match &declaration.head {
        Head::Type(body) => signature::declared(db, index, anchor, body, &mut out),
        _ => Type::Broken,
    };
    Arc::new(Checked::new(ty, out))
}

fn unknown_behind(db: &dyn Db, anchor: Anchor, link: cycle::Link) -> Arc<Checked<Type>> {
    let problem = link.is_one_too_many().then(|| too_long(Origin::of(anchor), anchor.name(db)));
    Arc::new(Checked::new(Type::Broken, problem.into_iter().collect()))
}

fn type_cycle(db: &dyn Db, _id: salsa::Id, anchor: Anchor) -> Arc<Checked<Type>> {
    cyclic_type(db, anchor)
}

fn let_cycle(db: &dyn Db, _id: salsa::Id, anchor: Anchor) -> Arc<Checked<Type>> {
    cyclic_let(db, anchor)
}

fn cyclic_type(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    Arc::new(Checked::new(Type::Broken, vec![problems::type_cycle(Origin::of(anchor), anchor.name(db))]))
}

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionType {
    pub params: Vec<Param>,
    pub result: Type,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: EcoString,
    pub ty: Type,
    pub default: Option<Written>,
    pub origin: Origin,
}

impl Param {
    /// Whether a call may leave it out.
    #[must_use]
    pub const fn may_be_left_out(&self) -> bool {
        self.default.is_some() || matches!(self.ty, Type::Optional(_))
    }
}

/// The type of a function.
#[salsa::tracked]
pub fn function_type(db: &dyn Db, anchor: Anchor) -> Arc<Checked<FunctionType>> {
    let index = names::index_of(db, anchor);
    let mut out = Vec::new();
    let ty = match &syntax::declaration(db, anchor).head {
        Head::Fn { params, result, .. } => FunctionType {
            params: params
                .iter()
                .map(|it| Param {
                    name: it.name.clone(),
                    ty: signature::lower(db, index, anchor, &it.ty, &mut out),
                    default: it.default.as_ref().map(|it| written(anchor, it)),
                    origin: Origin::new(anchor, it.node),
                })
                .collect(),
            result: signature::lower(db, index, anchor, result, &mut out),
        },
        _ => FunctionType { params: Vec::new(), result: Type::Broken },
    };
    Arc::new(Checked::new(ty, out))
}

/// The type of a top-level `let`: the declared one, or that of its value.
#[salsa::tracked(cycle_result = let_cycle)]
pub fn let_type(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    let link = link(db, anchor);
    if link.is_own_cycle() {
        return cyclic_let(db, anchor);
    }
    if link.is_too_long() {
        return unknown_behind(db, anchor, link);
    }
    let declaration = syntax::declaration(db, anchor);
    let index = names::index_of(db, anchor);
    let mut out = Vec::new();
    let ty = match &declaration.head {
        Head::Let { ty, value } => {
            let declared = ty.as_ref().map(|it| signature::lower(db, index, anchor, it, &mut out));
            let mut infer = Infer {
                db,
                index,
                anchor,
                scope: Scope { why_no_cluster: NO_CLUSTER_IN_LET, ..Scope::default() },
                resolver: &no_references,
                literals: &|_, _, _| Vec::new(),
                out: &mut out,
                narrowed: Vec::new(),
                notes: None,
            };
            match declared {
                Some(ty) => {
                    infer.check(value, &ty, declaration_type_origin(anchor, &declaration.head));
                    ty
                }
                None => widen(&infer.infer(value)),
            }
        }
        _ => Type::Broken,
    };
    Arc::new(Checked::new(ty, out))
}

const NO_CLUSTER_IN_LET: &str = "a `let` is the same for every cluster; write the expression where the value is used";

fn declaration_type_origin(anchor: Anchor, head: &Head) -> Option<Origin> {
    match head {
        Head::Let { ty: Some(ty), .. } => Some(Origin::new(anchor, ty.node)),
        _ => None,
    }
}

/// For places where no declaration is referred to by name.
///
/// # Errors
/// Never: there is nothing to resolve.
pub const fn no_references(_: Reference, _: &str, _: Origin) -> Result<(), Diagnostic> {
    Ok(())
}

fn cyclic_let(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    Arc::new(Checked::new(Type::Broken, vec![problems::let_cycle(Origin::of(anchor), anchor.name(db))]))
}
