//! Functions of numbers, and from one kind of value to another.

use ecow::eco_format;

use super::call::Call;
use crate::eval::env::Env;
use crate::eval::problems;
use crate::value::Value;

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    let of = &it.args.first()?.value;
    Some(match (it.name, of) {
        ("abs", Value::Int(n)) => match n.checked_abs() {
            Some(it) => Value::Int(it),
            None => env.report(problems::overflow(it.origin)),
        },
        ("abs", Value::Float(n)) => Value::Float(n.abs()),
        ("floor" | "ceil" | "round", Value::Int(n)) => Value::Int(*n),
        ("floor", Value::Float(n)) => whole(env, it, n.floor()),
        ("ceil", Value::Float(n)) => whole(env, it, n.ceil()),
        ("round", Value::Float(n)) => whole(env, it, n.round()),
        ("clamp", _) => {
            let (low, high) = (&it.args.get(1)?.value, &it.args.get(2)?.value);
            if less(of, low)? {
                low.clone()
            } else if less(high, of)? {
                high.clone()
            } else {
                of.clone()
            }
        }
        ("int", Value::Int(n)) => Value::Int(*n),
        ("int", Value::Float(n)) if n.fract() == 0.0 => whole(env, it, *n),
        ("int", Value::Text(text)) => match text.trim().parse() {
            Ok(it) => Value::Int(it),
            Err(_) => env.report(problems::no_number(it.origin, it.args.first()?, "whole number")),
        },
        ("float", Value::Float(n)) => Value::Float(*n),
        #[expect(clippy::cast_precision_loss, reason = "the author asks for a float")]
        ("float", Value::Int(n)) => Value::Float(*n as f64),
        ("float", Value::Text(text)) => match text.trim().parse::<f64>() {
            Ok(it) if it.is_finite() => Value::Float(it),
            _ => env.report(problems::no_number(it.origin, it.args.first()?, "number")),
        },
        ("bool", Value::Bool(it)) => Value::Bool(*it),
        ("bool", Value::Text(text)) => match text.trim() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => env.report(problems::no_number(it.origin, it.args.first()?, "Bool, `true` or `false`")),
        },
        ("string", Value::Text(it)) => Value::Text(it.clone()),
        ("string", Value::Int(n)) => Value::Text(eco_format!("{n}")),
        ("string", Value::Float(n)) => Value::Text(eco_format!("{n:?}")),
        ("string", Value::Bool(it)) => Value::Text(eco_format!("{it}")),
        _ => return None,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the bounds are tested")]
fn whole(env: &mut Env<'_>, it: &Call<'_>, number: f64) -> Value {
    if number >= i64::MIN as f64 && number < i64::MAX as f64 {
        Value::Int(number as i64)
    } else {
        env.report(problems::overflow(it.origin))
    }
}

#[expect(clippy::cast_precision_loss, reason = "an integer beside a float is that float")]
fn less(a: &Value, b: &Value) -> Option<bool> {
    Some(match (a, b) {
        (Value::Int(a), Value::Int(b)) => a < b,
        (Value::Float(a), Value::Float(b)) => a < b,
        (Value::Int(a), Value::Float(b)) => (*a as f64) < *b,
        (Value::Float(a), Value::Int(b)) => *a < (*b as f64),
        _ => return None,
    })
}
