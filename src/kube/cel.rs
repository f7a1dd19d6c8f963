//! CEL, the language of conditions that Kubernetes and Flux have in their objects.
//!
//! Parsing is whole. Kubernetes' own functions (quantities, URLs, IP addresses) are not there: an expression that
//! needs one has no result.

use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError};
use ecow::EcoString;

use crate::value::{Node, Value, is_written};

/// How deep brackets may nest: what is deeper is not read.
const DEEPEST: usize = 60;

/// Functions that fail for some texts.
const CONVERSIONS: [&str; 4] = ["int", "double", "duration", "timestamp"];

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// What is wrong with an expression, if it cannot be read.
#[must_use]
pub fn wrong(expression: &str) -> Option<EcoString> {
    if is_too_deep(expression) {
        return Some("its brackets nest too deep".into());
    }
    let error = ENV.compile(expression).err()?.to_string();
    // The parser's own words begin with where it stands and go on with all it would have taken.
    let first = error.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default();
    let reason = first.split("expecting {").next().unwrap_or(first);
    let reason = reason.rsplit("Syntax error: ").next().unwrap_or(reason);
    Some(reason.trim_end_matches([' ', ',']).into())
}

/// What a rule says of a value; none if it cannot be told.
#[must_use]
pub fn holds(rule: &str, this: &Node) -> Option<bool> {
    // `__` stands for characters that a name in CEL cannot have.
    if is_too_deep(rule) || rule.contains("__") {
        return None;
    }
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.add_variable_from_value("self", value(this)?);
    match ENV.compile(rule).ok()?.execute(&context) {
        Ok(cel::Value::Bool(it)) => Some(it),
        // What no number or duration can be made of breaks the rule for the API server, too.
        Err(ExecutionError::FunctionError { function, .. }) if CONVERSIONS.contains(&function.as_str()) => Some(false),
        _ => None,
    }
}

fn is_too_deep(expression: &str) -> bool {
    let mut depth = 0_usize;
    expression.bytes().any(|it| {
        match it {
            b'(' | b'[' | b'{' | b'!' | b'-' | b'?' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

/// A value for CEL; none if a part of it is not known.
fn value(node: &Node) -> Option<cel::Value> {
    Some(match &node.value {
        Value::Null => cel::Value::Null,
        Value::Bool(it) => cel::Value::from(*it),
        Value::Int(it) => cel::Value::from(*it),
        Value::Float(it) => cel::Value::from(*it),
        Value::Text(it) => cel::Value::from(it.to_string()),
        Value::List(list) => cel::Value::from(list.iter().map(value).collect::<Option<Vec<_>>>()?),
        Value::Map(map) => {
            let entries = map.entries.iter().filter(|(_, it)| is_written(&it.value));
            let entries: Option<Vec<(cel::objects::Key, cel::Value)>> =
                entries.map(|(key, it)| Some((key.to_string().into(), value(it)?))).collect();
            cel::Value::Map(cel::objects::Map { map: Arc::new(entries?.into_iter().collect()) })
        }
        Value::Absent | Value::Unknown | Value::Template(_) | Value::PerCluster(_) | Value::Conflict(_) => return None,
    })
}
