//! Operators: `a + b`, `not a`, `a ?? b`.

use std::sync::Arc;

use super::env::Env;
use super::problems;
use crate::source::Origin;
use crate::syntax::ast::{BinaryOp, Expr, UnaryOp};
use crate::value::{Node, Template, TemplatePart, Value, same};

impl Env<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, of: &Expr, origin: Origin) -> Value {
        match (op, self.eval(of).value) {
            (_, Value::Unknown | Value::Conflict(_)) => Value::Unknown,
            (UnaryOp::Not, Value::Bool(it)) => Value::Bool(!it),
            (UnaryOp::Neg, Value::Int(it)) => match it.checked_neg() {
                Some(it) => Value::Int(it),
                None => self.report(problems::overflow(origin)),
            },
            (UnaryOp::Neg, Value::Float(it)) => Value::Float(-it),
            (_, other) => self.report(problems::operand(origin, &other)),
        }
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, origin: Origin) -> Value {
        if op == BinaryOp::Coalesce {
            // A text with placeholders is there, whatever it says.
            let a = self.passed(left);
            if matches!(&a.value, Value::Template(it) if it.is_text()) {
                return a.value;
            }
            let a = self.forced(a).value;
            return if matches!(a, Value::Absent | Value::Null) { self.passed(right).value } else { a };
        }
        if let (true, BinaryOp::Add) = (self.has_placeholders, op) {
            return self.sum(left, right, origin);
        }
        let a = self.eval(left).value;
        match (op, &a) {
            (BinaryOp::And, Value::Bool(false)) => return Value::Bool(false),
            (BinaryOp::Or, Value::Bool(true)) => return Value::Bool(true),
            _ => {}
        }
        let b = self.eval(right).value;
        self.operation(op, a, b, origin)
    }

    /// Two texts with placeholders make one.
    fn sum(&mut self, left: &Expr, right: &Expr, origin: Origin) -> Value {
        let parts = |it: &Value| match it {
            Value::Text(it) => Some(vec![TemplatePart::Text(it.clone())]),
            Value::Template(it) if it.is_text() => Some(it.parts().to_vec()),
            _ => None,
        };
        let (a, b) = (self.passed(left), self.passed(right));
        let is_open = |it: &Node| matches!(it.value, Value::Template(_));
        if let (true, Some(mut all), Some(more)) = (is_open(&a) || is_open(&b), parts(&a.value), parts(&b.value)) {
            all.extend(more);
            return Value::Template(Arc::new(Template::joined(all)));
        }
        let (a, b) = (self.forced(a).value, self.forced(b).value);
        self.operation(BinaryOp::Add, a, b, origin)
    }

    fn operation(&mut self, op: BinaryOp, a: Value, b: Value, origin: Origin) -> Value {
        if !self.knows(&a, origin) || !self.knows(&b, origin) {
            return Value::Unknown;
        }
        match op {
            BinaryOp::Eq => return Value::Bool(same(&a, &b)),
            BinaryOp::Ne => return Value::Bool(!same(&a, &b)),
            _ => {}
        }
        match (op, &a, &b) {
            (BinaryOp::And | BinaryOp::Or, Value::Bool(_), Value::Bool(b)) => Value::Bool(*b),
            (BinaryOp::In, a, Value::List(list)) => Value::Bool(list.iter().any(|it| same(&it.value, a))),
            (BinaryOp::In, Value::Text(key), Value::Map(map)) => Value::Bool(map.entries.contains_key(key)),
            (BinaryOp::In, Value::Text(part), Value::Text(whole)) => Value::Bool(whole.contains(part.as_str())),
            (BinaryOp::Add, Value::Text(a), Value::Text(b)) => {
                let mut text = a.clone();
                text.push_str(b);
                if self.spend(text.len() as u64 / 8, origin) { Value::Text(text) } else { Value::Unknown }
            }
            (BinaryOp::Add, Value::List(a), Value::List(b)) => {
                if !self.spend((a.len() + b.len()) as u64, origin) {
                    return Value::Unknown;
                }
                Value::List(Arc::new(a.iter().chain(b.iter()).cloned().collect()))
            }
            (_, Value::Int(a), Value::Int(b)) => self.integers(op, *a, *b, origin),
            (_, Value::Text(a), Value::Text(b)) => match compare(op, a.cmp(b)) {
                Some(it) => Value::Bool(it),
                None => self.report(problems::operands(origin, op, &Value::Text(a.clone()), &Value::Text(b.clone()))),
            },
            (_, a, b) => match (as_float(a), as_float(b)) {
                (Some(x), Some(y)) => self.floats(op, x, y, origin),
                _ => self.report(problems::operands(origin, op, a, b)),
            },
        }
    }

    fn integers(&mut self, op: BinaryOp, a: i64, b: i64, origin: Origin) -> Value {
        if let Some(it) = compare(op, a.cmp(&b)) {
            return Value::Bool(it);
        }
        if b == 0 && matches!(op, BinaryOp::Div | BinaryOp::Rem) {
            return self.report(problems::division_by_zero(origin));
        }
        let result = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            BinaryOp::Div => a.checked_div(b),
            _ => a.checked_rem(b),
        };
        match result {
            Some(it) => Value::Int(it),
            None => self.report(problems::overflow(origin)),
        }
    }

    fn floats(&mut self, op: BinaryOp, a: f64, b: f64, origin: Origin) -> Value {
        if let Some(it) = a.partial_cmp(&b).and_then(|it| compare(op, it)) {
            return Value::Bool(it);
        }
        let result = match op {
            BinaryOp::Add => a + b,
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a * b,
            BinaryOp::Div => a / b,
            _ => a % b,
        };
        if result.is_finite() { Value::Float(result) } else { self.report(problems::overflow(origin)) }
    }
}

const fn compare(op: BinaryOp, order: std::cmp::Ordering) -> Option<bool> {
    Some(match op {
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        BinaryOp::Ge => order.is_ge(),
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "an integer beside a float is that float")]
const fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(it) => Some(*it),
        Value::Int(it) => Some(*it as f64),
        _ => None,
    }
}
