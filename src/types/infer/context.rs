//! What the types of expressions are inferred with.

use ecow::EcoString;

use crate::diagnostic::Diagnostic;
use crate::names::Index;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast::Expr;
use crate::types::notes::Notes;
use crate::types::ty::{Reference, Type};

/// What an expression may name, beside `let`s and functions.
#[derive(Clone, Default)]
pub struct Scope {
    /// Facts and `name`, `path`, `group`, `groups`.
    pub cluster: Option<Type>,
    pub params: Option<Type>,
    pub fleet: Option<Type>,
    /// Inside an add-on that says `irsa { … }`.
    pub irsa: Option<Type>,
    /// Inside a catalogue: its name, and the params that its definition declares.
    pub catalogue: Option<Type>,
    /// Variables of comprehensions, `it`, fields of the record around a `where`.
    pub locals: Vec<(EcoString, Type)>,
    /// Whether reading what may be absent is no mistake: in a check it fails the check.
    pub absent_fails: bool,
    /// Why `cluster` cannot be read here, where it cannot.
    pub why_no_cluster: &'static str,
}

/// Resolves references to declarations; the layer that knows the catalogue does it.
pub type Resolver<'a> = &'a dyn Fn(Reference, &str, Origin) -> Result<(), Diagnostic>;

/// Holds a literal against the conditions of its type; the layer that evaluates does it.
pub type Literals<'a> = &'a dyn Fn(&Expr, &Type, Option<Origin>) -> Vec<Diagnostic>;

/// One declaration's expressions.
pub struct Infer<'a> {
    pub db: &'a dyn Db,
    pub index: &'a Index,
    pub anchor: Anchor,
    pub scope: Scope,
    pub resolver: Resolver<'a>,
    pub literals: Literals<'a>,
    pub out: &'a mut Vec<Diagnostic>,
    /// Paths that a condition has shown to be there: `p != null`.
    pub narrowed: Vec<(String, Type)>,
    /// What is found out, where somebody wants to know.
    pub notes: Option<&'a mut Notes>,
}

/// For places where no declaration is referred to by name.
///
/// # Errors
/// Never: there is nothing to resolve.
pub const fn no_references(_: Reference, _: &str, _: Origin) -> Result<(), Diagnostic> {
    Ok(())
}
