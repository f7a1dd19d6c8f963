//! The types of expressions, in both directions: an expected type goes in, so
//! that an error stands where the value is written.

use std::sync::Arc;

use ecow::EcoString;
use indexmap::IndexMap;

use super::assign::fits;
use super::ty::{FieldType, RecordType, Reference, Type};
use super::{builtin, let_type, problems};
use crate::diagnostic::Diagnostic;
use crate::names::Index;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast::{Action, BinaryOp, Block, Expr, ExprKind, ForHead, Key, Literal, Member, UnaryOp};

/// What an expression may name, beside `let`s and functions.
#[derive(Clone, Default)]
pub struct Scope {
    /// Facts and `name`, `path`, `group`, `groups`.
    pub cluster: Option<Type>,
    pub params: Option<Type>,
    pub fleet: Option<Type>,
    /// Variables of comprehensions, `it`, fields of the record around a `where`.
    pub locals: Vec<(EcoString, Type)>,
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
}

impl Infer<'_> {
    const fn at(&self, expr: &Expr) -> Origin {
        Origin::new(self.anchor, expr.node)
    }

    /// Checks that an expression's value may go where `expected` is asked for.
    /// `asked` is the place that asks.
    pub fn check(&mut self, expr: &Expr, expected: &Type, asked: Option<Origin>) {
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
                    self.out.push(problems::mismatch(self.at(expr), expected, &found, &expr.kind, asked));
                }
            }
        }
    }

    /// Checks a reference to a declaration, or a list of such.
    fn reference(&mut self, expr: &Expr, kind: Reference) {
        match dotted(expr) {
            Some(name) => {
                if let Err(problem) = (self.resolver)(kind, &name, self.at(expr)) {
                    self.out.push(problem);
                }
            }
            None if matches!(expr.kind, ExprKind::Broken) => {}
            None => self.out.push(problems::no_reference(self.at(expr), kind)),
        }
    }

    /// Checks a block against the record or map that it amends. What is not
    /// known is `Any` and fits everything.
    pub fn block(&mut self, block: &Block, ty: &Type, asked: Option<Origin>) {
        for member in &block.members {
            match member {
                Member::Entry(entry) => {
                    let mark = self.narrowed.len();
                    if let Some(when) = &entry.when {
                        self.condition(when);
                        self.narrow(when, true);
                    }
                    let target = self.path_type(&entry.path.segments, ty);
                    let Some((target, asked_here)) = target else {
                        self.inner_of_unknown(&entry.action);
                        self.narrowed.truncate(mark);
                        continue;
                    };
                    let asked = asked_here.or(asked);
                    match &entry.action {
                        Action::Assign(value) => self.check(value, &target.clone().optional(), asked),
                        Action::Append(value) => match target.present().base() {
                            Type::List(_) => self.check(value, &target, asked),
                            Type::Any | Type::Broken => self.check(value, &Type::List(Arc::new(Type::Any)), asked),
                            _ => self.out.push(problems::append_to(Origin::new(self.anchor, entry.node), &target)),
                        },
                        Action::Amend(inner) | Action::AmendTyped { block: inner, .. } => {
                            match target.present().base() {
                                Type::Record(_) | Type::Map(_) | Type::Any | Type::Broken | Type::Union(_) => {
                                    self.block(inner, target.present(), asked);
                                }
                                _ => self.out.push(problems::amend_scalar(
                                    Origin::new(self.anchor, entry.node),
                                    &target,
                                    asked,
                                )),
                            }
                        }
                        Action::Declare { ty, .. } => {
                            self.out.push(problems::declaration_here(Origin::new(self.anchor, entry.node), ty));
                        }
                    }
                    self.narrowed.truncate(mark);
                }
                Member::Unset(unset) => {
                    if let Some(when) = &unset.when {
                        self.condition(when);
                    }
                    self.path_type(&unset.path.segments, ty);
                }
                Member::Spread(spread) => {
                    if let Some(when) = &spread.when {
                        self.condition(when);
                    }
                    let found = self.infer(&spread.value);
                    if !matches!(found.present().base(), Type::Record(_) | Type::Map(_) | Type::Any | Type::Broken) {
                        self.out.push(problems::spread_of(self.at(&spread.value), &found));
                    }
                }
                Member::Later { node, what } => {
                    self.out.push(crate::names::not_yet(Origin::new(self.anchor, *node), what));
                }
                Member::Use(crate::syntax::ast::Use { node, .. })
                | Member::Override(crate::syntax::ast::Override { node, .. })
                | Member::Patch(crate::syntax::ast::Patch { node, .. }) => {
                    self.out.push(problems::statement_here(Origin::new(self.anchor, *node)));
                }
                Member::Drop(targets) | Member::Attach(targets) | Member::Detach(targets) => {
                    let node = targets.first().map_or(block.node, |it| it.node);
                    self.out.push(problems::statement_here(Origin::new(self.anchor, node)));
                }
            }
        }
    }

    /// Still looks into what stands under an unknown key, for names.
    fn inner_of_unknown(&mut self, action: &Action) {
        match action {
            Action::Assign(value) | Action::Append(value) => {
                self.infer(value);
            }
            Action::Amend(block) | Action::AmendTyped { block, .. } => self.block(block, &Type::Any, None),
            Action::Declare { .. } => {}
        }
    }

    /// The type at the end of a path, and where it was declared. `None` if a key
    /// is unknown, which is then reported.
    pub fn path_type(&mut self, segments: &[crate::syntax::ast::Segment], ty: &Type) -> Option<(Type, Option<Origin>)> {
        let mut at = ty.clone();
        let mut declared = None;
        for segment in segments {
            let key = match &segment.key {
                Key::Name(it) => Some(it.clone()),
                Key::Interpolated(text) => {
                    self.infer(text);
                    None
                }
            };
            let here = at.present().base().clone();
            at = match (&here, key) {
                (Type::Record(record), Some(key)) => match record.fields.get(&key) {
                    Some(field) => {
                        declared = field.origin;
                        field.ty.clone()
                    }
                    None if record.open => Type::Any,
                    None => {
                        self.out.push(problems::unknown_field(Origin::new(self.anchor, segment.node), record, &key));
                        return None;
                    }
                },
                (Type::Record(record), None) if !record.open => {
                    self.out.push(problems::computed_key(Origin::new(self.anchor, segment.node), record));
                    return None;
                }
                (Type::Map(value), _) => (**value).clone(),
                (Type::Any | Type::Broken | Type::Record(_) | Type::Union(_), _) => Type::Any,
                (other, _) => {
                    self.out.push(problems::key_of_scalar(Origin::new(self.anchor, segment.node), other));
                    return None;
                }
            };
            for selector in &segment.selectors {
                let element = match at.present().base() {
                    Type::List(of) => (**of).clone(),
                    Type::Any | Type::Broken => Type::Any,
                    other => {
                        self.out.push(problems::select_in(Origin::new(self.anchor, selector.node), other));
                        return None;
                    }
                };
                for (_, value) in &selector.pins {
                    self.infer(value);
                }
                at = element;
            }
        }
        Some((at, declared))
    }

    fn condition(&mut self, expr: &Expr) {
        let found = self.infer(expr);
        if !fits(&found, &Type::Bool) {
            self.out.push(problems::condition(self.at(expr), &found));
        }
    }

    /// Notes what a condition shows to be there; returns the mark to go back to.
    fn narrow(&mut self, condition: &Expr, holds: bool) -> usize {
        let mark = self.narrowed.len();
        self.narrow_into(condition, holds);
        mark
    }

    fn narrow_into(&mut self, condition: &Expr, holds: bool) {
        match &condition.kind {
            ExprKind::Binary(BinaryOp::And, a, b) if holds => {
                self.narrow_into(a, true);
                self.narrow_into(b, true);
            }
            ExprKind::Binary(BinaryOp::Or, a, b) if !holds => {
                self.narrow_into(a, false);
                self.narrow_into(b, false);
            }
            ExprKind::Unary(UnaryOp::Not, of) => self.narrow_into(of, !holds),
            ExprKind::Binary(op, a, b)
                if b.kind == ExprKind::Null && (*op == if holds { BinaryOp::Ne } else { BinaryOp::Eq }) =>
            {
                if let Some(path) = dotted(a) {
                    let mut ignored = Vec::new();
                    std::mem::swap(self.out, &mut ignored);
                    let ty = self.infer(a).present().clone();
                    std::mem::swap(self.out, &mut ignored);
                    self.narrowed.push((path, without_null(&ty)));
                }
            }
            _ => {}
        }
    }

    /// The type of an expression; what is wrong inside it is reported once.
    pub fn infer(&mut self, expr: &Expr) -> Type {
        if let Some(path) = dotted(expr)
            && let Some((_, ty)) = self.narrowed.iter().rev().find(|(it, _)| *it == path)
        {
            return ty.clone();
        }
        match &expr.kind {
            ExprKind::Broken => Type::Broken,
            ExprKind::Null => Type::Null,
            ExprKind::Bool(it) => Type::Literal(Literal::Bool(*it)),
            ExprKind::Int(it) => Type::Literal(Literal::Int(*it)),
            ExprKind::Float(it) => Type::Literal(Literal::Float(*it)),
            ExprKind::Text(it) => Type::Literal(Literal::Text(it.clone())),
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

    /// An object that nothing expects: open in its spreads and computed keys.
    fn object(&mut self, block: &Block) -> Type {
        self.block(block, &Type::Any, None);
        let mut fields: IndexMap<EcoString, FieldType> = IndexMap::new();
        let mut open = false;
        for member in &block.members {
            match member {
                Member::Entry(entry) => match (&entry.action, entry.path.segments.as_slice()) {
                    (Action::Assign(value), [only]) if only.selectors.is_empty() && entry.when.is_none() => {
                        if let Key::Name(name) = &only.key {
                            let mut ignored = Vec::new();
                            std::mem::swap(self.out, &mut ignored);
                            let ty = widen(&self.infer(value));
                            std::mem::swap(self.out, &mut ignored);
                            fields.insert(name.clone(), FieldType::optional(ty));
                        } else {
                            open = true;
                        }
                    }
                    (_, [first, ..]) => match &first.key {
                        Key::Name(name) => {
                            fields.entry(name.clone()).or_insert(FieldType::optional(Type::Any));
                        }
                        Key::Interpolated(_) => open = true,
                    },
                    _ => open = true,
                },
                _ => open = true,
            }
        }
        Type::Record(Arc::new(RecordType { name: "this object".into(), fields, open, origin: None }))
    }

    fn name(&mut self, expr: &Expr, name: &EcoString) -> Type {
        if let Some((_, ty)) = self.scope.locals.iter().rev().find(|(it, _)| it == name) {
            return ty.clone();
        }
        match (name.as_str(), &self.scope.cluster, &self.scope.params, &self.scope.fleet) {
            ("cluster", Some(ty), _, _) | ("params", _, Some(ty), _) | ("fleet", _, _, Some(ty)) => return ty.clone(),
            ("cluster" | "params" | "it", ..) => {
                self.out.push(problems::not_here(self.at(expr), name, self.scope.why_no_cluster));
                return Type::Broken;
            }
            ("irsa", ..) => {
                self.out.push(crate::names::not_yet(self.at(expr), "`irsa`"));
                return Type::Broken;
            }
            _ => {}
        }
        if let Some(anchor) = self.index.lets.get(name) {
            return let_type(self.db, *anchor).value.clone();
        }
        let known =
            self.scope.locals.iter().map(|(it, _)| it.as_str()).chain(self.index.lets.keys().map(EcoString::as_str));
        self.out.push(problems::unknown_name(self.at(expr), name, known, self.index));
        Type::Broken
    }

    fn member(&mut self, expr: &Expr, of: &Expr, name: &EcoString, safe: bool) -> Type {
        let owner = self.infer(of);
        let (inner, absent) = match &owner {
            Type::Optional(it) => ((**it).clone(), true),
            it => (it.clone(), false),
        };
        if absent && !safe {
            self.out.push(problems::may_be_absent(self.at(of), &owner));
            return Type::Broken;
        }
        let found = match without_null(&inner).base() {
            Type::Any => Type::Any,
            Type::Broken => Type::Broken,
            Type::Map(value) => (**value).clone().optional(),
            Type::Record(record) => match record.fields.get(name) {
                Some(field) => field.ty.clone(),
                None if record.open => Type::Any,
                None => {
                    self.out.push(problems::no_member(self.at(expr), record, name));
                    Type::Broken
                }
            },
            _ => {
                self.out.push(problems::member_of(self.at(expr), &inner, name));
                Type::Broken
            }
        };
        if absent { found.optional() } else { found }
    }

    fn index(&mut self, expr: &Expr, of: &Expr, index: &Expr) -> Type {
        let owner = self.infer(of);
        let by = self.infer(index);
        let (wanted, found) = match owner.present().base() {
            Type::List(it) => (Type::Int, (**it).clone()),
            Type::Map(it) => (Type::Text, (**it).clone().optional()),
            Type::Record(_) => (Type::Text, Type::Any),
            Type::Any | Type::Broken => return Type::Any,
            _ => {
                self.out.push(problems::index_of(self.at(expr), &owner));
                return Type::Broken;
            }
        };
        if !fits(&by, &wanted) {
            self.out.push(problems::mismatch(self.at(index), &wanted, &by, &index.kind, None));
        }
        found
    }

    fn call(&mut self, expr: &Expr, callee: &Expr, args: &[Expr]) -> Type {
        let ExprKind::Name(name) = &callee.kind else {
            self.out.push(problems::not_callable(self.at(callee)));
            return Type::Broken;
        };
        let Some(function) = builtin::find(name) else {
            self.out.push(problems::unknown_function(self.at(callee), name));
            for arg in args {
                self.infer(arg);
            }
            return Type::Broken;
        };
        if args.len() != function.params.len() {
            self.out.push(problems::arity(self.at(expr), &function, args.len()));
        }
        for (arg, (_, ty)) in args.iter().zip(&function.params) {
            if matches!(ty, Type::Map(_)) {
                self.infer(arg);
            } else {
                self.check(arg, ty, None);
            }
        }
        function.result
    }

    fn unary(&mut self, expr: &Expr, op: UnaryOp, of: &Expr) -> Type {
        let ty = self.infer(of);
        match (op, ty.base()) {
            (_, Type::Any | Type::Broken) => ty,
            (UnaryOp::Not, it) if fits(it, &Type::Bool) => Type::Bool,
            (UnaryOp::Neg, Type::Literal(Literal::Int(it))) => Type::Literal(Literal::Int(it.saturating_neg())),
            (UnaryOp::Neg, it) if fits(it, &Type::Int) => Type::Int,
            (UnaryOp::Neg, it) if fits(it, &Type::Float) => Type::Float,
            _ => {
                let sign = if op == UnaryOp::Not { "not" } else { "-" };
                self.out.push(problems::unary(self.at(expr), sign, &ty));
                Type::Broken
            }
        }
    }

    fn binary(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> Type {
        let a = self.infer(left);
        let mark = match op {
            BinaryOp::And => self.narrow(left, true),
            BinaryOp::Or => self.narrow(left, false),
            _ => self.narrowed.len(),
        };
        let b = self.infer(right);
        self.narrowed.truncate(mark);
        if op == BinaryOp::Coalesce {
            return Type::join([without_null(a.present()), b]);
        }
        if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            let (x, y) = (a.present(), b.present());
            if !(fits(&widen(x), &widen(y)) || fits(&widen(y), &widen(x)) || overlaps(x, y)) {
                self.out.push(problems::never_equal(self.at(expr), &a, &b));
            } else if let Some(problem) = problems::impossible_literal(self.at(right), x, y) {
                self.out.push(problem);
            }
            return Type::Bool;
        }
        for (operand, ty) in [(left, &a), (right, &b)] {
            if matches!(ty, Type::Optional(_)) {
                self.out.push(problems::may_be_absent(self.at(operand), ty));
                return Type::Broken;
            }
        }
        if matches!(a, Type::Any | Type::Broken) || matches!(b, Type::Any | Type::Broken) {
            return match op {
                BinaryOp::Or
                | BinaryOp::And
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::In => Type::Bool,
                _ => Type::Any,
            };
        }
        if let Some(it) = binary_type(op, &a, &b) {
            it
        } else {
            self.out.push(problems::binary(self.at(expr), op, &a, &b, (self.at(left), self.at(right))));
            Type::Broken
        }
    }

    fn arms(&mut self, expr: &Expr, subject: &Expr, arms: &[crate::syntax::ast::Arm]) {
        let ty = self.infer(subject);
        if matches!(ty, Type::Any | Type::Broken) {
            return;
        }
        for arm in arms {
            for pattern in &arm.patterns {
                if !fits(&Type::Literal(pattern.clone()), &ty) {
                    self.out.push(problems::pattern(Origin::new(self.anchor, arm.node), pattern, &ty));
                }
            }
        }
        if arms.iter().any(|it| it.patterns.is_empty()) {
            return;
        }
        let covered: Vec<&Literal> = arms.iter().flat_map(|it| &it.patterns).collect();
        let missing: Option<Vec<Literal>> =
            ty.present().literals().map(|it| it.into_iter().filter(|it| !covered.contains(&it)).collect());
        match missing {
            Some(missing) if missing.is_empty() => {}
            missing => self.out.push(problems::not_exhaustive(self.at(expr), &ty, missing.unwrap_or_default())),
        }
    }

    /// Brings a comprehension's variables into scope; returns the mark to go back to.
    fn for_head(&mut self, head: &ForHead) -> usize {
        let over = self.infer(&head.over);
        let mark = self.scope.locals.len();
        let (key, value) = match over.present().base() {
            Type::List(of) => (Type::Int, (**of).clone()),
            Type::Map(of) => (Type::Text, (**of).clone()),
            Type::Record(_) => (Type::Text, Type::Any),
            Type::Any | Type::Broken => (Type::Any, Type::Any),
            _ => {
                self.out.push(problems::iterate(self.at(&head.over), &over));
                (Type::Broken, Type::Broken)
            }
        };
        match head.names.as_slice() {
            [(_, only)] => self.scope.locals.push((only.clone(), value)),
            [(_, first), (_, second), ..] => {
                self.scope.locals.push((first.clone(), key));
                self.scope.locals.push((second.clone(), value));
            }
            [] => {}
        }
        for (node, name) in &head.names {
            if crate::names::is_reserved(name) || self.index.lets.contains_key(name) {
                self.out.push(problems::shadows(Origin::new(self.anchor, *node), name));
            }
        }
        if let Some(condition) = &head.condition {
            self.condition(condition);
        }
        mark
    }
}

/// `a.b.c` as text, if the expression is that and nothing else.
#[must_use]
pub fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(it) => Some(it.to_string()),
        ExprKind::Member { of, name, .. } => Some(format!("{}.{name}", dotted(of)?)),
        ExprKind::Text(it) => Some(it.to_string()),
        _ => None,
    }
}

/// A literal's base type: what a list of such literals holds.
#[must_use]
pub fn widen(ty: &Type) -> Type {
    match ty {
        Type::Literal(Literal::Null) => Type::Null,
        Type::Literal(Literal::Bool(_)) => Type::Bool,
        Type::Literal(Literal::Int(_)) => Type::Int,
        Type::Literal(Literal::Float(_)) => Type::Float,
        Type::Literal(Literal::Text(_)) => Type::Text,
        Type::Union(members) => Type::union(members.iter().map(widen)),
        Type::Optional(it) => widen(it).optional(),
        Type::Refined(it) => widen(&it.base),
        it => it.clone(),
    }
}

fn without_null(ty: &Type) -> Type {
    match ty {
        Type::Union(members) => Type::union(members.iter().filter(|it| **it != Type::Null).cloned()),
        it => it.clone(),
    }
}

fn overlaps(a: &Type, b: &Type) -> bool {
    let parts = |ty: &Type| match ty.base() {
        Type::Union(members) => members.to_vec(),
        it => vec![it.clone()],
    };
    let (a, b) = (parts(a), parts(b));
    a.iter().any(|x| b.iter().any(|y| *x == Type::Null || *y == Type::Null || fits(&widen(x), &widen(y))))
}

fn is_printable(ty: &Type) -> bool {
    match ty.base() {
        Type::Text | Type::Int | Type::Float | Type::Bool | Type::Any | Type::Broken => true,
        Type::Literal(it) => *it != Literal::Null,
        Type::Union(members) => members.iter().all(is_printable),
        _ => false,
    }
}

fn binary_type(op: BinaryOp, a: &Type, b: &Type) -> Option<Type> {
    let is = |ty: &Type, wanted: &Type| fits(ty, wanted);
    let number = || {
        if is(a, &Type::Int) && is(b, &Type::Int) {
            Some(Type::Int)
        } else if is(a, &Type::Float) && is(b, &Type::Float) {
            Some(Type::Float)
        } else {
            None
        }
    };
    match op {
        BinaryOp::Or | BinaryOp::And => (is(a, &Type::Bool) && is(b, &Type::Bool)).then_some(Type::Bool),
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            (number().is_some() || (is(a, &Type::Text) && is(b, &Type::Text))).then_some(Type::Bool)
        }
        BinaryOp::In => match b.base() {
            Type::List(of) => (fits(&widen(a), &widen(of)) || fits(&widen(of), &widen(a))).then_some(Type::Bool),
            Type::Map(_) | Type::Record(_) => is(a, &Type::Text).then_some(Type::Bool),
            _ => (is(a, &Type::Text) && is(b, &Type::Text)).then_some(Type::Bool),
        },
        BinaryOp::Add if is(a, &Type::Text) && is(b, &Type::Text) => Some(Type::Text),
        BinaryOp::Add => match (a.base(), b.base()) {
            (Type::List(x), Type::List(y)) => Some(Type::join([Type::List(Arc::clone(x)), Type::List(Arc::clone(y))])),
            _ => number(),
        },
        BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => number(),
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Coalesce => Some(Type::Bool),
    }
}
