//! CEL, the language of conditions that Kubernetes and Flux have in their objects.
//!
//! Parsing is whole. Kubernetes' own functions (quantities, URLs, IP addresses) are not there: an expression that
//! needs one has no result.

use std::sync::{Arc, LazyLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{Context, Env, ExecutionError};
use ecow::{EcoString, eco_format};

use crate::value::{Node, Value, is_written};

/// How deep brackets may nest: what is deeper is not read.
const DEEPEST: usize = 60;

/// Functions that fail for some texts.
const CONVERSIONS: [&str; 4] = ["int", "double", "duration", "timestamp"];

/// Names of types, which are values, too.
const TYPES: [&str; 13] = [
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
    "dyn",
    "optional_type",
    "google",
];

/// What stands in front of the names of functions.
const NAMESPACES: [&str; 5] = ["sets", "base64", "optional", "strings", "math"];

/// Operators and functions that give true or false.
const CONDITIONS: [&str; 15] = [
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::IN,
    "bool",
    "contains",
    "endsWith",
    "matches",
    "startsWith",
];

/// Operators and functions that give something else, or what may be anything.
const VALUES: [&str; 15] = [
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::NEGATE,
    operators::INDEX,
    "double",
    "duration",
    "dyn",
    "int",
    "size",
    "string",
    "timestamp",
    "uint",
];

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// What an expression is given, and has to give.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The names that it may use; none where the names are the fields of an object.
    pub variables: Option<&'static [&'static str]>,
    /// Whether it is compiled to a condition: a field, which may have any type, is none.
    pub is_condition: bool,
}

/// What is wrong with an expression, if it cannot be read or is not what is expected.
#[must_use]
pub fn wrong(expression: &str, expected: Expected) -> Option<EcoString> {
    if is_too_deep(expression) {
        return Some("its brackets nest too deep".into());
    }
    let error = match ENV.compile(expression) {
        Ok(program) => return misused(program.expression(), expected),
        // Of CEL's newer syntax this parser has neither quoted fields nor names from the top (`.dep.status`).
        Err(_) if expression.contains('`') || expression.trim_start().starts_with('.') => return None,
        Err(error) => error.to_string(),
    };
    // The parser's own words begin with where it stands and go on with all it would have taken.
    let first = error.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default();
    let reason = first.split("expecting {").next().unwrap_or(first);
    let reason = reason.rsplit("Syntax error: ").next().unwrap_or(reason);
    if reason.contains("token recognition error at: '=") {
        return Some("`=` compares nothing: write `==`".into());
    }
    Some(reason.trim_end_matches([' ', ',']).into())
}

fn misused(expression: &IdedExpr, expected: Expected) -> Option<EcoString> {
    if let Some(variables) = expected.variables
        && let Some(name) = unknown(expression, variables)
    {
        let known: Vec<String> = variables.iter().map(|it| format!("`{it}`")).collect();
        return Some(eco_format!("there is no `{name}`, only {}", known.join(" and ")));
    }
    let is_none = expected.is_condition && is_condition(expression) == Some(false);
    is_none.then(|| "it is neither true nor false; compare it: `… == true`".into())
}

/// A name that is neither given nor a variable of a comprehension.
fn unknown<'a>(it: &'a IdedExpr, known: &[&'a str]) -> Option<&'a str> {
    match &it.expr {
        Expr::Ident(name) => {
            let is_known = name.starts_with('@') || TYPES.contains(&name.as_str()) || known.contains(&name.as_str());
            (!is_known).then_some(name)
        }
        Expr::Select(it) => unknown(&it.operand, known),
        Expr::Call(it) => {
            let target = it.target.iter().map(|it| &**it);
            // Namespaces of functions are targets, too.
            let is_namespace =
                |it: &IdedExpr| matches!(&it.expr, Expr::Ident(name) if NAMESPACES.contains(&name.as_str()));
            target.filter(|it| !is_namespace(it)).chain(&it.args).find_map(|it| unknown(it, known))
        }
        Expr::List(it) => it.elements.iter().find_map(|it| unknown(it, known)),
        Expr::Map(it) => it.entries.iter().find_map(|it| unknown_in_entry(&it.expr, known)),
        Expr::Struct(it) => it.entries.iter().find_map(|it| unknown_in_entry(&it.expr, known)),
        Expr::Comprehension(it) => {
            let own = [Some(it.iter_var.as_str()), it.iter_var2.as_deref(), Some(it.accu_var.as_str())];
            let inner: Vec<&str> = known.iter().copied().chain(own.into_iter().flatten()).collect();
            let of_inner = || [&it.loop_cond, &it.loop_step, &it.result].into_iter().find_map(|it| unknown(it, &inner));
            unknown(&it.iter_range, known).or_else(|| unknown(&it.accu_init, known)).or_else(of_inner)
        }
        Expr::Literal(_) | Expr::Unspecified => None,
    }
}

fn unknown_in_entry<'a>(it: &'a EntryExpr, known: &[&'a str]) -> Option<&'a str> {
    match it {
        EntryExpr::StructField(it) => unknown(&it.value, known),
        EntryExpr::MapEntry(it) => unknown(&it.key, known).or_else(|| unknown(&it.value, known)),
    }
}

/// Whether it is true or false whatever it is given; none where that is not known here.
fn is_condition(it: &IdedExpr) -> Option<bool> {
    match &it.expr {
        Expr::Literal(it) => Some(matches!(it, LiteralValue::Boolean(_))),
        // `has(…)`.
        Expr::Select(it) => Some(it.test),
        Expr::Call(it) if CONDITIONS.contains(&it.func_name.as_str()) => Some(true),
        Expr::Call(it) if VALUES.contains(&it.func_name.as_str()) => Some(false),
        Expr::Call(it) if it.func_name == operators::CONDITIONAL => {
            let branches: Vec<Option<bool>> = it.args.iter().skip(1).map(is_condition).collect();
            // What may be anything on one side may be anything.
            if branches.contains(&Some(false)) {
                Some(false)
            } else {
                branches.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        // `exists` and `all` begin with one, `map` and `filter` with a list.
        Expr::Comprehension(it) => is_condition(&it.accu_init).filter(|it| *it).or(match &it.accu_init.expr {
            Expr::List(_) => Some(false),
            _ => None,
        }),
        Expr::Ident(_) | Expr::List(_) | Expr::Map(_) | Expr::Struct(_) => Some(false),
        Expr::Call(_) | Expr::Unspecified => None,
    }
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

/// Whether the parser, which calls itself for each bracket, sign and condition inside another, would go too deep.
fn is_too_deep(expression: &str) -> bool {
    let (mut brackets, mut signs, mut conditions) = (0_usize, 0_usize, 0_usize);
    let mut quote: Option<char> = None;
    let mut all = expression.chars().peekable();
    let mut last = ' ';
    while let Some(it) = all.next() {
        match (quote, it) {
            (Some(_), '\\') => {
                all.next();
            }
            (Some(end), _) if it == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(it),
            (None, '(' | '[' | '{') => brackets += 1,
            (None, ')' | ']' | '}') => brackets = brackets.saturating_sub(1),
            (None, '!' | '-') => signs += 1,
            // `a.?b` and `a[?b]` are no conditions.
            (None, '?') if !matches!(last, '.' | '[') => conditions += 1,
            _ => {}
        }
        if !it.is_whitespace() {
            if !matches!(it, '!' | '-') || quote.is_some() {
                signs = 0;
            }
            last = it;
        }
        if brackets + signs + conditions > DEEPEST {
            return true;
        }
    }
    false
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
