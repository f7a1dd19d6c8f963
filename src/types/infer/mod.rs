//! The types of expressions, in both directions: an expected type goes in, so
//! that an error stands where the value is written.
//!
//! [`Infer`] holds one declaration's scope and what was found wrong. Each file
//! beside this one is one kind of expression.

mod bind;
mod block;
mod call;
mod context;
mod narrow;
mod operator;
mod path;

use std::sync::Arc;

use ecow::EcoString;

use self::operator::is_printable;
use super::assign::fits;
use super::cycle::link;
use super::mismatch::mismatch;
use super::notes::Meaning;
use super::problems;
use super::signature::{lower, unknown_behind};
use super::ty::{Reference, Type};
use crate::diagnostic::Checked;
use crate::names;
use crate::source::{Anchor, Db, Kind, NodeId, Origin};
use crate::syntax::ast::{Expr, ExprKind, Literal};
use crate::syntax::{self, ast::Head};

pub use context::{Infer, Literals, Resolver, Scope, no_references};
pub use narrow::dotted;
pub use operator::widen;

impl Infer<'_> {
    const fn at(&self, expr: &Expr) -> Origin {
        Origin::new(self.anchor, expr.node)
    }

    fn mean(&mut self, node: NodeId, meaning: impl FnOnce() -> Meaning) {
        if let Some(notes) = &mut self.notes {
            notes.names.insert(node, meaning());
        }
    }

    /// Checks that an expression's value may go where `expected` is asked for.
    /// `asked` is the place that asks.
    pub fn check(&mut self, expr: &Expr, expected: &Type, asked: Option<Origin>) {
        if let Some(notes) = &mut self.notes {
            notes.types.insert(expr.node, expected.clone());
            notes.scopes.entry(expr.node).or_insert_with(|| self.scope.locals.clone());
        }
        match (&expr.kind, expected.present().base()) {
            (_, Type::Reference(kind)) => self.reference(expr, *kind),
            (ExprKind::List(elements), Type::List(of)) => {
                for element in elements {
                    if element.spread {
                        self.check(&element.value, expected, asked);
                    } else {
                        self.check(&element.value, of, asked);
                    }
                }
            }
            (ExprKind::Object(block), _)
                if expected.record().is_some() || matches!(expected.present().base(), Type::Map(_)) =>
            {
                self.block(block, expected.present(), asked);
            }
            (ExprKind::If { condition, then, otherwise }, _) => {
                self.condition(condition);
                let mark = self.narrow(condition, true);
                self.check(then, expected, asked);
                self.narrowed.truncate(mark);
                let mark = self.narrow(condition, false);
                self.check(otherwise, expected, asked);
                self.narrowed.truncate(mark);
            }
            (ExprKind::Match { subject, arms }, _) => {
                self.arms(expr, subject, arms);
                for arm in arms {
                    self.check(&arm.body, expected, asked);
                }
            }
            (ExprKind::ListFor { head, body }, Type::List(of)) => {
                let mark = self.for_head(head);
                self.check(body, of, asked);
                self.scope.locals.truncate(mark);
            }
            _ => {
                let found = self.infer(expr);
                if fits(found.present(), expected) {
                    self.out.extend((self.literals)(expr, expected, asked));
                } else {
                    self.out.push(mismatch(self.at(expr), expected, &found, &expr.kind, asked));
                }
            }
        }
    }

    /// Checks a reference to a declaration, or a list of such.
    pub(super) fn reference(&mut self, expr: &Expr, kind: Reference) {
        // The names of catalogues are known only where they are made.
        let may_be_made = kind != Reference::CatalogueOrItem || !matches!(expr.kind, ExprKind::Interpolation(_));
        match dotted(expr).filter(|_| may_be_made) {
            Some(name) => {
                self.mean(expr.node, || Meaning::Reference(kind, name.as_str().into()));
                if let Err(problem) = (self.resolver)(kind, &name, self.at(expr)) {
                    self.out.push(problem);
                }
            }
            None if matches!(expr.kind, ExprKind::Broken) => {}
            None => self.out.push(problems::no_reference(self.at(expr), kind)),
        }
    }

    /// The type of an expression; what is wrong inside it is reported once.
    pub fn infer(&mut self, expr: &Expr) -> Type {
        let ty = self.inferred(expr);
        if let Some(notes) = &mut self.notes {
            notes.types.entry(expr.node).or_insert_with(|| ty.clone());
            notes.scopes.entry(expr.node).or_insert_with(|| self.scope.locals.clone());
        }
        ty
    }

    /// The fact or param that a text names as other languages do: `cluster.name` of `${cluster.name}`.
    fn looks_interpolated<'t>(&self, text: &'t str) -> Option<&'t str> {
        let names = text.split("${").skip(1).filter_map(|it| it.split('}').next());
        names.map(str::trim).find(|it| {
            let Some((of, name)) = it.split_once('.') else { return false };
            let of = match of {
                "cluster" => self.scope.cluster.as_ref(),
                "params" => self.scope.params.as_ref(),
                _ => None,
            };
            of.and_then(Type::record).is_some_and(|it| it.fields.contains_key(name))
        })
    }

    fn inferred(&mut self, expr: &Expr) -> Type {
        if !self.narrowed.is_empty()
            && let Some(path) = dotted(expr)
            && let Some((_, ty)) = self.narrowed.iter().rev().find(|(it, _)| *it == path)
        {
            let ty = ty.clone();
            // What it is, is known better; what its names mean is as ever.
            if self.notes.is_some() {
                let mark = std::mem::take(&mut self.narrowed);
                let before = self.out.len();
                self.inferred(expr);
                self.out.truncate(before);
                self.narrowed = mark;
            }
            return ty;
        }
        match &expr.kind {
            ExprKind::Broken => Type::Broken,
            ExprKind::Null => Type::Null,
            ExprKind::Bool(it) => Type::Literal(Literal::Bool(*it)),
            ExprKind::Int(it) => Type::Literal(Literal::Int(*it)),
            ExprKind::Float(it) => Type::Literal(Literal::Float(*it)),
            ExprKind::Text(it) => {
                if let Some(name) = self.looks_interpolated(it) {
                    self.out.push(problems::no_interpolation(self.at(expr), name));
                }
                Type::Literal(Literal::Text(it.clone()))
            }
            ExprKind::Interpolation(parts) => {
                for part in parts {
                    let ty = self.infer(part);
                    if !is_printable(&ty) {
                        self.out.push(problems::interpolated(self.at(part), &ty));
                    }
                }
                Type::Text
            }
            ExprKind::Name(name) => self.name(expr, name),
            ExprKind::Member { of, name, safe } => self.member(expr, of, name, *safe),
            ExprKind::Index { of, index } => self.index(expr, of, index),
            ExprKind::Call { callee, args } => self.call(expr, callee, args),
            ExprKind::Unary(op, of) => self.unary(expr, *op, of),
            ExprKind::Binary(op, a, b) => self.binary(expr, *op, a, b),
            ExprKind::If { condition, then, otherwise } => {
                self.condition(condition);
                let mark = self.narrow(condition, true);
                let a = self.infer(then);
                self.narrowed.truncate(mark);
                let mark = self.narrow(condition, false);
                let b = self.infer(otherwise);
                self.narrowed.truncate(mark);
                Type::join([a, b])
            }
            ExprKind::Match { subject, arms } => {
                self.arms(expr, subject, arms);
                let types: Vec<Type> = arms.iter().map(|it| self.infer(&it.body)).collect();
                Type::join(types)
            }
            ExprKind::List(elements) => {
                let mut types = Vec::new();
                for element in elements {
                    let ty = self.infer(&element.value);
                    types.push(match (element.spread, ty.present().base()) {
                        (true, Type::List(of)) => (**of).clone(),
                        (true, Type::Any | Type::Broken) => Type::Any,
                        (true, _) => {
                            self.out.push(problems::spread_in_list(self.at(&element.value), &ty));
                            Type::Broken
                        }
                        (false, _) => widen(&ty),
                    });
                }
                let of = if types.is_empty() { Type::Broken } else { Type::union(types) };
                Type::List(Arc::new(of))
            }
            ExprKind::Object(block) => self.object(block),
            ExprKind::ListFor { head, body } => {
                let mark = self.for_head(head);
                let ty = widen(&self.infer(body));
                self.scope.locals.truncate(mark);
                Type::List(Arc::new(ty))
            }
            ExprKind::MapFor { head, key, body } => {
                let mark = self.for_head(head);
                let key_type = self.infer(key);
                if !fits(&key_type, &Type::Text) {
                    self.out.push(problems::map_key(self.at(key), &key_type));
                }
                let ty = widen(&self.infer(body));
                self.scope.locals.truncate(mark);
                Type::Map(Arc::new(ty))
            }
        }
    }

    /// What `catalogue` has under a name, here.
    pub(super) fn of_catalogue(&self, name: &str) -> Option<&Type> {
        Some(&self.scope.catalogue.as_ref()?.record()?.fields.get(name)?.ty)
    }

    pub(super) fn name(&mut self, expr: &Expr, name: &EcoString) -> Type {
        if let Some((_, ty)) = self.scope.locals.iter().rev().find(|(it, _)| it == name) {
            let ty = ty.clone();
            self.mean(expr.node, || Meaning::Local(name.clone(), ty.clone()));
            return ty;
        }
        match (name.as_str(), &self.scope.cluster, &self.scope.params, &self.scope.fleet) {
            ("cluster", Some(ty), _, _) | ("params", _, Some(ty), _) | ("fleet", _, _, Some(ty)) => return ty.clone(),
            ("catalogue", ..) => {
                if let Some(ty) = &self.scope.catalogue {
                    return ty.clone();
                }
                self.out.push(problems::no_catalogue(self.at(expr)));
                return Type::Broken;
            }
            ("params", None, ..) | ("params", _, None, _) if self.of_catalogue("params").is_some() => {
                self.out.push(problems::params_of_catalogue(self.at(expr)));
                return Type::Broken;
            }
            ("cluster" | "params" | "it" | "fleet", ..) => {
                self.out.push(problems::not_here(self.at(expr), name, self.scope.why_no_cluster));
                return Type::Broken;
            }
            ("irsa", ..) => {
                if let Some(ty) = &self.scope.irsa {
                    return ty.clone();
                }
                self.out.push(problems::no_irsa(self.at(expr)));
                return Type::Broken;
            }
            _ => {}
        }
        if let Some(anchor) = self.index.lets.get(name) {
            if anchor.kind(self.db) == Kind::Fn {
                self.out.push(problems::function_as_value(self.at(expr), name, *anchor));
                return Type::Broken;
            }
            let (ty, at) = (let_type(self.db, *anchor).value.clone(), Origin::of(*anchor));
            self.mean(expr.node, || Meaning::At(at, ty.clone()));
            return ty;
        }
        if self.index.is_lost(name) {
            return Type::Broken;
        }
        let known =
            self.scope.locals.iter().map(|(it, _)| it.as_str()).chain(self.index.lets.keys().map(EcoString::as_str));
        let has = |ty: &Option<Type>| ty.as_ref().and_then(Type::record).is_some_and(|it| it.fields.contains_key(name));
        let readable = [("params", &self.scope.params), ("cluster", &self.scope.cluster)];
        let member_of = readable.into_iter().find(|(_, ty)| has(ty)).map(|(of, _)| of);
        self.out.push(problems::unknown_name(self.at(expr), name, known, member_of, self.index));
        Type::Broken
    }
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
            let declared = ty.as_ref().map(|it| lower(db, index, anchor, it, &mut out));
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

fn let_cycle(db: &dyn Db, _id: salsa::Id, anchor: Anchor) -> Arc<Checked<Type>> {
    cyclic_let(db, anchor)
}

fn cyclic_let(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    Arc::new(Checked::new(Type::Broken, vec![problems::let_cycle(Origin::of(anchor), anchor.name(db))]))
}
