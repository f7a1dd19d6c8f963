//! What the built-in functions do. Their types are in `types::builtin`.
//!
//! In: a name and values of the right types, but for what is `Any`. Out: a value,
//! or a diagnostic. One file a subject.

mod encode;
mod file;
mod list;
mod map;
mod network;
mod number;
mod text;
pub mod versions;

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ecow::EcoString;
use regex::{Regex, RegexBuilder};

use super::expression::Env;
use super::problems;
use crate::source::{IndexMap, Origin};
use crate::types::builtin;
use crate::value::{Node, Value};

/// A call of a built-in function.
struct Call<'a> {
    name: &'static str,
    args: &'a [Node],
    /// Those of the values that are texts.
    texts: &'a [EcoString],
    origin: Origin,
}

/// Whether a function only reads a text as something else.
pub(super) fn is_conversion(name: &str) -> bool {
    matches!(name, "int" | "float" | "bool" | "string" | "trim" | "lower" | "upper")
}

/// The result of `name(args…)`. A function of an absent value is absent.
pub(super) fn call(env: &mut Env<'_>, name: &str, args: &[Node], origin: Origin) -> Value {
    let Some(function) = builtin::find(name) else { return Value::Unknown };
    let needed = function.params.iter().filter(|it| !it.optional).count();
    if args.iter().take(needed).any(|it| it.value == Value::Absent) {
        return Value::Absent;
    }
    let args: Vec<Node> = args.iter().filter(|it| it.value != Value::Absent).cloned().collect();
    if args.len() < needed {
        return Value::Unknown;
    }
    let texts: Vec<EcoString> = args.iter().filter_map(|it| it.text().cloned()).collect();
    let cost = args.iter().map(|it| size(&it.value)).sum::<u64>();
    if !env.spend(cost, origin) {
        return Value::Unknown;
    }
    let call = Call { name: function.name, args: &args, texts: &texts, origin };
    let subjects =
        [text::call, list::call, map::call, number::call, versions::call, network::call, encode::call, file::call];
    let found = subjects.into_iter().find_map(|it| it(env, &call));
    match found {
        Some(value) => {
            let made = size(&value);
            if env.spend(made, origin) { value } else { Value::Unknown }
        }
        // Something that is `Any` to the types has a kind that the function cannot use.
        None => env.report(problems::cannot_use(origin, function.signature, args.iter().map(|it| it.value.noun()))),
    }
}

/// What a value costs to go through.
fn size(value: &Value) -> u64 {
    match value {
        Value::Text(it) => it.len() as u64 / 8,
        Value::List(it) => it.len() as u64,
        Value::Map(it) => it.entries.len() as u64,
        _ => 0,
    }
}

fn list(nodes: impl IntoIterator<Item = Node>) -> Value {
    Value::List(Arc::new(nodes.into_iter().collect()))
}

fn texts<T: Into<EcoString>>(parts: impl IntoIterator<Item = T>, origin: Origin) -> Value {
    list(parts.into_iter().map(|it| Node::new(Value::Text(it.into()), origin)))
}

fn count(of: usize) -> Value {
    Value::Int(i64::try_from(of).unwrap_or(i64::MAX))
}

/// A position or size that an author wrote; negative is none.
fn usize_of(node: Option<&Node>) -> Option<usize> {
    match node?.value {
        Value::Int(it) => usize::try_from(it).ok(),
        _ => None,
    }
}

/// How large a regular expression may become, in bytes: `\\w` is 40 kB, and a line can repeat it a
/// thousand times.
const LARGEST_REGEX: usize = 1 << 20;

/// So many are kept: more than any project has, unless it makes them in a loop.
const MOST_PATTERNS: usize = 1000;

/// A regular expression that was compiled, and steps that it takes to be: what it weighs.
#[derive(Clone)]
pub(super) struct Pattern {
    pub regex: Arc<Regex>,
    pub steps: u64,
}

/// Sizes within which an expression is compiled, the smallest first, in bytes: the one that it needs is its
/// weight.
const SIZES: [usize; 4] = [1 << 14, 1 << 16, 1 << 18, LARGEST_REGEX];

/// Bytes of an expression that take as long as a step.
const BYTES_A_STEP: u64 = 32;

/// Steps of an expression that cannot be compiled: it may have been as large as any.
pub(super) const REFUSED: u64 = LARGEST_REGEX as u64 / BYTES_A_STEP;

/// Regular expressions that were compiled.
type Patterns = Mutex<IndexMap<EcoString, Pattern>>;

/// The regular expression, compiled once.
pub(super) fn regex(pattern: &str) -> Result<Pattern, String> {
    static KNOWN: LazyLock<Patterns> = LazyLock::new(Patterns::default);
    compiled(&KNOWN, pattern, pattern)
}

/// The same, for texts that it describes as a whole.
pub(super) fn whole_regex(pattern: &str) -> Result<Pattern, String> {
    static KNOWN: LazyLock<Patterns> = LazyLock::new(Patterns::default);
    compiled(&KNOWN, pattern, &format!("^(?:{pattern})$"))
}

fn compiled(known: &Patterns, pattern: &str, whole: &str) -> Result<Pattern, String> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(it) = known.get(pattern) {
        return Ok(it.clone());
    }
    let build = |size: usize| RegexBuilder::new(whole).size_limit(size).dfa_size_limit(LARGEST_REGEX).build();
    let mut made = Err(String::new());
    for size in SIZES {
        made = build(size)
            .map(|it| Pattern { regex: Arc::new(it), steps: size as u64 / BYTES_A_STEP })
            .map_err(|it| it.to_string());
        if made.is_ok() {
            break;
        }
    }
    let made = made?;
    if known.len() >= MOST_PATTERNS {
        known.clear();
    }
    known.insert(pattern.into(), made.clone());
    Ok(made)
}
