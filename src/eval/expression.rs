//! Expressions → values.

use std::rc::Rc;
use std::sync::Arc;

use ecow::EcoString;

use super::env::{Catalogue, Env, Given, Lazy};
use super::lets::let_value;
use super::{builtins, layer, problems};
use crate::names::{self};
use crate::source::{Kind, NodeId, Origin};
use crate::syntax::ast::{Element, Expr, ExprKind};
use crate::value::{Node, Template, TemplatePart, Value, same};

impl<'a> Env<'a> {
    /// The value of an expression that somebody looks at.
    pub fn eval(&mut self, expr: &Expr) -> Node {
        let node = self.passed(expr);
        self.forced(node)
    }

    /// The value of an expression that is passed on, not looked at: it may have placeholders.
    /// A bare reference keeps the origin of what it refers to; everything else points
    /// at the expression.
    pub fn passed(&mut self, expr: &Expr) -> Node {
        let mut node = self.open(expr);
        if self.traces {
            node = self.traced(expr, node);
        }
        // What is no text on every cluster may be absent, or no leaf.
        if matches!(&node.value, Value::Template(it) if !it.is_text()) { self.forced(node) } else { node }
    }

    /// What is referred to, as what refers to it sets it.
    fn traced(&self, expr: &Expr, node: Node) -> Node {
        let at = self.at(expr.node);
        // What the language says stays the language's.
        let is_part = |it: Origin| it.anchor.kind(self.db) == Kind::Data || !it.anchor.is_standard(self.db);
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. } => {
                // A leaf is told by what the expression reads.
                let is_leaf = !matches!(node.value, Value::Map(_) | Value::List(_));
                if is_leaf && is_part(node.origin) { Node::new(node.value, at) } else { node.passed_on(at, &is_part) }
            }
            _ => node,
        }
    }

    fn open(&mut self, expr: &Expr) -> Node {
        let origin = self.at(expr.node);
        if !self.spend(1, origin) {
            return Node::new(Value::Unknown, origin);
        }
        let value = match &expr.kind {
            ExprKind::Broken => Value::Unknown,
            ExprKind::Null => Value::Null,
            ExprKind::Bool(it) => Value::Bool(*it),
            ExprKind::Int(it) => Value::Int(*it),
            ExprKind::Float(it) => Value::Float(*it),
            ExprKind::Text(it) => Value::Text(it.clone()),
            ExprKind::Interpolation(parts) => self.interpolation(parts),
            ExprKind::Name(name) => return self.name(name, origin),
            ExprKind::Member { of, name, .. } => return self.member(of, name, origin),
            ExprKind::Index { of, index } => return self.index(of, index, origin),
            ExprKind::Call { callee, args } => return self.call(callee, args, origin),
            ExprKind::Unary(op, of) => self.unary(*op, of, origin),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b, origin),
            ExprKind::If { condition, then, otherwise } => match self.eval(condition).value {
                Value::Bool(true) => return self.passed(then),
                Value::Bool(false) => return self.passed(otherwise),
                other => self.expect_bool(&other, condition.node),
            },
            ExprKind::Match { subject, arms } => {
                let subject = self.eval(subject);
                if !self.spend(arms.len() as u64 / 16, origin) {
                    return Node::new(Value::Unknown, origin);
                }
                if !self.knows(&subject.value, origin) {
                    return Node::new(Value::Unknown, origin);
                }
                let arm = arms.iter().find(|arm| {
                    arm.patterns.is_empty()
                        || arm.patterns.iter().any(|it| same(&Value::of_literal(it), &subject.value))
                });
                match arm {
                    Some(arm) => return self.passed(&arm.body),
                    None => self.report(problems::no_arm(origin, &subject.value)),
                }
            }
            ExprKind::List(elements) => self.list(elements),
            ExprKind::Object(block) => {
                let layer = layer::build(self, block);
                let mut fold = super::Fold::new();
                fold.apply(self, layer);
                return Node::new(fold.into_node(origin).value, origin);
            }
            ExprKind::ListFor { head, body } => self.list_for(head, body),
            ExprKind::MapFor { head, key, body } => self.map_for(head, key, body),
        };
        Node::new(value, origin)
    }

    /// Whether a condition holds; `None` if that is not known.
    pub fn holds(&mut self, condition: &Expr) -> Option<bool> {
        match self.eval(condition).value {
            Value::Bool(it) => Some(it),
            other => {
                self.expect_bool(&other, condition.node);
                None
            }
        }
    }

    fn expect_bool(&mut self, found: &Value, node: NodeId) -> Value {
        if !found.has_unknown() {
            let at = self.at(node);
            self.report(problems::not_bool(at, found));
        }
        Value::Unknown
    }

    fn interpolation(&mut self, parts: &[Expr]) -> Value {
        let mut text = String::new();
        let mut open: Vec<TemplatePart> = Vec::new();
        let mut known = true;
        for part in parts {
            let mut node = self.passed(part);
            match &node.value {
                Value::Template(it) if it.is_text() => {
                    open.push(TemplatePart::Text(std::mem::take(&mut text).into()));
                    open.extend(it.parts().iter().cloned());
                    continue;
                }
                _ => node = self.forced(node),
            }
            match &node.value {
                Value::Text(it) => text.push_str(it),
                Value::Int(it) => text.push_str(&it.to_string()),
                Value::Float(it) => text.push_str(&float_text(*it)),
                Value::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
                Value::Unknown | Value::Conflict(_) => known = false,
                other => {
                    let at = self.at(part.node);
                    self.report(problems::interpolated(at, other));
                    known = false;
                }
            }
        }
        if !self.spend(text.len() as u64 / 8, self.at(parts.first().map_or(0, |it| it.node))) {
            return Value::Unknown;
        }
        if !known {
            return Value::Unknown;
        }
        if open.is_empty() {
            return Value::Text(text.into());
        }
        open.push(TemplatePart::Text(text.into()));
        Value::Template(Arc::new(Template::joined(open)))
    }

    fn name(&mut self, name: &EcoString, origin: Origin) -> Node {
        if let Some(found) = self.bound(name) {
            return found;
        }
        if let Some(given) = self.given(name) {
            return match given {
                Given::No | Given::Unknown => Node::new(Value::Unknown, origin),
                Given::Known(map) => Node::new(Value::Map(map), origin),
                Given::Lazy(lazy) => self.all_of(lazy, origin),
                Given::Shared(lazy) => self.all_of(&*lazy, origin),
            };
        }
        if name == "fleet" {
            return Node::new(self.fleet.clone(), origin);
        }
        match names::index_of(self.db, self.anchor).lets.get(name) {
            Some(anchor) => {
                let it = let_value(self.db, *anchor);
                let known = self.spend(it.value.steps, origin);
                Node::new(if known { it.value.value.clone() } else { Value::Unknown }, Origin::of(*anchor))
            }
            None => Node::new(Value::Unknown, origin),
        }
    }

    fn all_of(&mut self, lazy: &dyn Lazy, origin: Origin) -> Node {
        let names = lazy.names();
        if !self.spend(names.len() as u64, origin) {
            return Node::new(Value::Unknown, origin);
        }
        let entries = names.into_iter().filter_map(|it| lazy.get(self, &it, origin).map(|node| (it, node))).collect();
        Node::new(Value::of_map(entries), origin)
    }

    fn given(&self, name: &str) -> Option<Given<'a>> {
        Some(match name {
            "cluster" => self.cluster.clone(),
            "params" => self.params.clone(),
            "irsa" => self.irsa.clone(),
            "catalogue" => match &self.catalogue {
                Some(it) => Given::Shared(Rc::new(it.clone())),
                None => Given::No,
            },
            _ => return None,
        })
    }

    /// What an expression is, where one name of it can be asked for, and not all of them.
    fn given_by(&self, expr: &Expr) -> Option<Given<'a>> {
        match &expr.kind {
            ExprKind::Name(name) => self.given(name),
            ExprKind::Member { of, name, .. } if name == "params" && of.kind == ExprKind::Name("catalogue".into()) => {
                Some(self.catalogue.as_ref().map_or(Given::No, |it| it.params.clone()))
            }
            _ => None,
        }
    }

    fn member(&mut self, of: &Expr, name: &EcoString, origin: Origin) -> Node {
        // `cluster.x` and `params.x` ask for one name only, not for all of them.
        if let Some(given) = self.given_by(of) {
            let found = match given {
                Given::Lazy(lazy) => lazy.get(self, name, origin),
                Given::Shared(lazy) => lazy.get(self, name, origin),
                Given::Known(map) => map.entries.get(name).cloned(),
                Given::No | Given::Unknown => Some(Node::new(Value::Unknown, origin)),
            };
            return found.unwrap_or_else(|| Node::new(Value::Absent, origin));
        }
        self.member_of(of, name, origin)
    }

    fn member_of(&mut self, of: &Expr, name: &EcoString, origin: Origin) -> Node {
        let mut owner = self.passed(of);
        if !matches!(owner.value, Value::Map(_)) {
            owner = self.forced(owner);
        }
        match &owner.value {
            Value::Map(map) => map.entries.get(name).cloned().unwrap_or_else(|| Node::new(Value::Absent, origin)),
            Value::Absent | Value::Null => Node::new(Value::Absent, origin),
            Value::Unknown | Value::Conflict(_) => Node::new(Value::Unknown, origin),
            other => {
                let problem = problems::no_member(origin, other, name);
                Node::new(self.report(problem), origin)
            }
        }
    }

    fn index(&mut self, of: &Expr, index: &Expr, origin: Origin) -> Node {
        let owner = self.eval(of);
        let by = self.eval(index);
        let value = match (&owner.value, &by.value) {
            (Value::Unknown | Value::Conflict(_), _) | (_, Value::Unknown | Value::Conflict(_)) => Value::Unknown,
            (Value::Absent | Value::Null, _) => Value::Absent,
            (Value::List(list), Value::Int(at)) => match usize::try_from(*at).ok().and_then(|it| list.get(it)) {
                Some(node) => return node.clone(),
                None => self.report(problems::out_of_range(origin, *at, list.len())),
            },
            (Value::Map(map), Value::Text(key)) => match map.entries.get(key) {
                Some(node) => return node.clone(),
                None => Value::Absent,
            },
            (owner, by) => self.report(problems::bad_index(origin, owner, by)),
        };
        Node::new(value, origin)
    }

    fn call(&mut self, callee: &Expr, args: &[Expr], origin: Origin) -> Node {
        let unknown = Node::new(Value::Unknown, origin);
        let args: Vec<Node> = args.iter().map(|it| self.passed(it)).collect();
        if let Some(function) = names::called(self.db, self.anchor, callee) {
            return Node::new(self.apply(function, args, origin), origin);
        }
        let ExprKind::Name(name) = &callee.kind else { return unknown };
        if builtins::only_moves(name, &args) {
            let is_small = args.iter().all(|it| self.weigh(&it.value, origin));
            return if is_small { Node::new(builtins::call(self, name, &args, origin), origin) } else { unknown };
        }
        let args: Vec<Node> = args.into_iter().map(|it| self.forced(it)).collect();
        if !args.iter().all(|it| self.knows(&it.value, origin)) {
            return unknown;
        }
        // A cell that is converted is still the cell.
        let at = match args.as_slice() {
            [cell] if builtins::is_conversion(name) && cell.origin.anchor.kind(self.db) == Kind::Data => cell.origin,
            _ => origin,
        };
        Node::new(builtins::call(self, name, &args, at), at)
    }

    fn list(&mut self, elements: &[Element]) -> Value {
        let mut list = Vec::with_capacity(elements.len());
        let mut known = true;
        for element in elements {
            let mut node = self.passed(&element.value);
            if !element.spread {
                if node.value != Value::Absent {
                    list.push(node);
                }
                continue;
            }
            if !matches!(node.value, Value::List(_)) {
                node = self.forced(node);
            }
            match &node.value {
                Value::List(inner) => {
                    if !self.spend(inner.len() as u64, self.at(element.value.node)) {
                        return Value::Unknown;
                    }
                    list.extend(inner.iter().cloned());
                }
                Value::Absent | Value::Null => {}
                Value::Unknown | Value::Conflict(_) => known = false,
                other => {
                    let at = self.at(element.value.node);
                    self.report(problems::spread_in_list(at, other));
                }
            }
        }
        if known { Value::List(Arc::new(list)) } else { Value::Unknown }
    }
}

/// A float as authors write it: `1.0`, `2.5`.
fn float_text(it: f64) -> String {
    format!("{it:?}")
}

impl Lazy for Catalogue<'_> {
    fn get(&self, env: &mut Env<'_>, name: &str, at: Origin) -> Option<Node> {
        match (name, &self.params) {
            ("name", _) => Some(self.name.clone()),
            ("params", Given::Shared(lazy)) => Some(env.all_of(&**lazy, at)),
            _ => None,
        }
    }

    fn names(&self) -> Vec<EcoString> {
        vec!["name".into(), "params".into()]
    }
}
