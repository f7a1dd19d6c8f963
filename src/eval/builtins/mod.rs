//! What the built-in functions do. Their types are in `types::builtin`.
//!
//! In: a name and values of the right types, but for what is `Any`. Out: a value,
//! or a diagnostic. One file a subject.

mod call;
mod encode;
mod file;
mod list;
mod map;
mod network;
mod number;
mod pattern;
mod text;
pub mod versions;

use ecow::EcoString;

use call::Call;
pub(super) use pattern::{regex, whole_regex};

use super::env::Env;
use super::problems;
use crate::source::Origin;
use crate::types::builtin;
use crate::value::{Node, Value};

/// Whether a function only reads a text as something else.
pub(super) fn is_conversion(name: &str) -> bool {
    matches!(name, "int" | "float" | "bool" | "string" | "trim" | "lower" | "upper")
}

/// Whether a function only moves what is in these arguments, so that it need not know what that is.
pub(super) fn only_moves(name: &str, args: &[Node]) -> bool {
    match (name, args) {
        ("flatten", [of]) => of.list().is_some_and(|it| it.iter().all(|it| it.list().is_some())),
        ("merge", [a, b]) => a.map().zip(b.map()).is_some_and(|(a, b)| map::is_merge_known(a, b)),
        _ => false,
    }
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

/// The two elements of a list, by their positions, for which a function that holds for a list as a whole is false.
#[must_use]
pub fn clash(name: &str, list: &[Node]) -> Option<(usize, usize)> {
    match name {
        "all-distinct" => list::twice(list),
        "cidrs-disjoint" => network::overlapping(list).ok().flatten(),
        _ => None,
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
