//! Versions and ranges as Helm and Flux read them (Masterminds' semver): `v`
//! before a version, `x` and `*`, `~`, `^`, hyphen ranges, `||`, spaces or commas
//! for "and".

use std::cmp::Ordering;

use ecow::EcoString;
use semver::{BuildMetadata, Prerelease, Version};

use super::call::Call;
use crate::eval::env::Env;
use crate::eval::problems;
use crate::value::{Node, Value};

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    if it.name == "is-version-range" {
        return Some(Value::Bool(is_range(it.texts.first()?)));
    }
    if !matches!(it.name, "compare-versions" | "parse-version" | "satisfies") {
        return None;
    }
    let version = |env: &mut Env<'_>, text: &EcoString| {
        let found = parsed(text);
        if found.is_none() {
            env.report(problems::fails(it.origin, &format!("`{text}` is no version")));
        }
        found
    };
    let first = version(env, it.texts.first()?);
    let Some(first) = first else { return Some(Value::Unknown) };
    Some(match (it.name, it.texts) {
        ("compare-versions", [_, other]) => match version(env, other) {
            Some(other) => Value::Int(first.cmp_precedence(&other) as i64),
            None => Value::Unknown,
        },
        ("satisfies", [_, text]) => match range(text) {
            Some(range) => Value::Bool(satisfies(&first, &range)),
            None => env.report(problems::fails(it.origin, &format!("`{text}` is no range of versions"))),
        },
        _ => {
            let number = |it: u64| i64::try_from(it).ok().map(Value::Int);
            let (Some(major), Some(minor), Some(patch)) =
                (number(first.major), number(first.minor), number(first.patch))
            else {
                let reason = "a number of the version is larger than the largest Int";
                return Some(env.report(problems::fails(it.origin, reason)));
            };
            let parts =
                [("major", major), ("minor", minor), ("patch", patch), ("pre", Value::Text(first.pre.as_str().into()))];
            Value::of_map(parts.into_iter().map(|(key, value)| (key.into(), Node::new(value, it.origin))).collect())
        }
    })
}

/// The order of two exact versions; none if one of them is no version.
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(parsed(a)?.cmp_precedence(&parsed(b)?))
}

/// Whether Helm accepts the text as a version or a range of versions.
#[must_use]
pub fn is_range(text: &str) -> bool {
    range(text).is_some()
}

/// Whether a version is in a range; none if one of the two is invalid.
#[must_use]
pub fn is_in(version: &str, range_of: &str) -> Option<bool> {
    Some(satisfies(&parsed(version)?, &range(range_of)?))
}

/// Whether the text names exactly one version.
#[must_use]
pub fn is_exact(text: &str) -> bool {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let numbers = bare.split(['-', '+']).next().map_or(0, |it| it.split('.').count());
    numbers == 3 && parsed(text).is_some()
}

/// One version; what is left out is 0.
fn parsed(text: &str) -> Option<Version> {
    partial(text, false).map(|it| it.version)
}

/// A version of which some numbers may be missing or wild.
struct Partial {
    version: Version,
    /// How many numbers are given.
    given: usize,
}

/// One to three numbers, then `-prerelease` and `+build`. `None`: no version, or one with a
/// number that no 64 bits hold.
fn partial(text: &str, wildcards: bool) -> Option<Partial> {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let (bare, build) = bare.split_once('+').map_or((bare, None), |(bare, build)| (bare, Some(build)));
    let (numbers, pre) = bare.split_once('-').map_or((bare, None), |(numbers, pre)| (numbers, Some(pre)));
    // `None` inside: any number.
    let number = |it: &str| match it {
        "x" | "X" | "*" => wildcards.then_some(None),
        _ if !it.bytes().all(|it| it.is_ascii_digit()) || (it != "0" && it.starts_with('0')) => None,
        _ => it.parse::<u64>().ok().map(Some),
    };
    let numbers = numbers.split('.').map(number).collect::<Option<Vec<Option<u64>>>>()?;
    if numbers.len() > 3 || pre == Some("") || build == Some("") {
        return None;
    }
    let given: Vec<u64> = numbers.iter().copied().map_while(|it| it).collect();
    // A number that is left out is 0.
    let number = |nth: usize| given.get(nth).copied().unwrap_or(0);
    let version = Version {
        major: number(0),
        minor: number(1),
        patch: number(2),
        pre: pre.map_or(Ok(Prerelease::EMPTY), Prerelease::new).ok()?,
        build: build.map_or(Ok(BuildMetadata::EMPTY), BuildMetadata::new).ok()?,
    };
    Some(Partial { version, given: given.len() })
}

#[derive(Clone, Copy)]
enum Operator {
    Is,
    IsNot,
    Above,
    AtLeast,
    Below,
    AtMost,
    /// `~`: the same minor version.
    Near,
    /// `^`: nothing that breaks.
    Compatible,
}

/// As they are written; the longer ones first.
const OPERATORS: [(&str, Operator); 11] = [
    ("=>", Operator::AtLeast),
    ("=<", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("!=", Operator::IsNot),
    ("~>", Operator::Near),
    (">", Operator::Above),
    ("<", Operator::Below),
    ("=", Operator::Is),
    ("~", Operator::Near),
    ("^", Operator::Compatible),
];

/// One condition of a range: `>= 1.2`.
struct Bound {
    operator: Operator,
    than: Partial,
}

/// A range: one of the lists has to hold, with all of its bounds. `None`: not what Helm reads
/// as a range.
fn range(text: &str) -> Option<Vec<Vec<Bound>>> {
    text.split("||").map(|it| conjunction(it.trim())).collect()
}

fn conjunction(text: &str) -> Option<Vec<Bound>> {
    if let Some((low, high)) = text.split_once(" - ") {
        let bound = |operator, text: &str| Some(Bound { operator, than: partial(text.trim(), false)? });
        return Some(vec![bound(Operator::AtLeast, low)?, bound(Operator::AtMost, high)?]);
    }
    let mut words = text.split([',', ' ']).filter(|it| !it.is_empty());
    let mut bounds = Vec::new();
    while let Some(word) = words.next() {
        let found = OPERATORS.into_iter().find_map(|(sign, it)| Some((it, word.strip_prefix(sign)?)));
        let (operator, version) = match found {
            None => (Operator::Is, word),
            // `>= 1.2.3`: the version is the next word.
            Some((operator, "")) => (operator, words.next()?),
            Some(found) => found,
        };
        bounds.push(Bound { operator, than: partial(version, true)? });
    }
    (!bounds.is_empty()).then_some(bounds)
}

/// Whether a version lies in a range. A pre-release lies only where the range
/// names one.
fn satisfies(version: &Version, range: &[Vec<Bound>]) -> bool {
    range.iter().any(|all| all.iter().all(|it| holds(version, it)))
}

fn holds(version: &Version, bound: &Bound) -> bool {
    let Partial { version: than, given } = &bound.than;
    if !version.pre.is_empty() && than.pre.is_empty() {
        return false;
    }
    let order = version.cmp_precedence(than);
    // The first version behind what the bound stands for, with so many of its numbers fixed;
    // `None`: there is none.
    let next = |fixed: usize| match fixed {
        0 => None,
        1 => Some(Version::new(than.major.checked_add(1)?, 0, 0)),
        2 => Some(Version::new(than.major, than.minor.checked_add(1)?, 0)),
        _ => Some(Version::new(than.major, than.minor, than.patch.checked_add(1)?)),
    };
    let is_below = |limit: Option<Version>| limit.is_none_or(|it| version.cmp_precedence(&it).is_lt());
    let is_exact = *given == 3;
    let breaks_at = match given {
        0 => 0,
        _ if than.major > 0 || *given == 1 => 1,
        _ if than.minor > 0 || *given == 2 => 2,
        _ => 3,
    };
    match bound.operator {
        Operator::Is if is_exact => order.is_eq(),
        Operator::Is => order.is_ge() && is_below(next(*given)),
        Operator::IsNot if is_exact => order.is_ne(),
        Operator::IsNot => !(order.is_ge() && is_below(next(*given))),
        Operator::Above if is_exact => order.is_gt(),
        Operator::Above => next(*given).is_some_and(|it| version.cmp_precedence(&it).is_ge()),
        Operator::AtLeast => order.is_ge(),
        Operator::Below => order.is_lt(),
        Operator::AtMost if is_exact => order.is_le(),
        Operator::AtMost => is_below(next(*given)),
        Operator::Near => order.is_ge() && is_below(next((*given).min(2))),
        Operator::Compatible => order.is_ge() && is_below(next(breaks_at)),
    }
}
