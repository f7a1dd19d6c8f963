//! Versions and ranges as Helm and Flux read them (Masterminds' semver): `v`
//! before a version, `x` and `*`, `~`, `^`, hyphen ranges, `||`, spaces or commas
//! for "and".

use std::cmp::Ordering;

use ecow::EcoString;
use semver::{BuildMetadata, Prerelease, Version};

use super::Call;
use crate::eval::expression::Env;
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
        ("satisfies", [_, range]) if is_range(range) => Value::Bool(satisfies(&first, range)),
        ("satisfies", [_, range]) => {
            env.report(problems::fails(it.origin, &format!("`{range}` is no range of versions")))
        }
        _ => {
            let number = |it: u64| Value::Int(i64::try_from(it).unwrap_or(i64::MAX));
            let parts = [
                ("major", number(first.major)),
                ("minor", number(first.minor)),
                ("patch", number(first.patch)),
                ("pre", Value::Text(first.pre.as_str().into())),
            ];
            Value::of_map(parts.into_iter().map(|(key, value)| (key.into(), Node::new(value, it.origin))).collect())
        }
    })
}

/// The order of two exact versions; none if one of them is no version.
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(parsed(a)?.cmp_precedence(&parsed(b)?))
}

/// One version; what is left out is 0.
fn parsed(text: &str) -> Option<Version> {
    is_version(text, false).then(|| partial(text).map(|it| it.version))?
}

/// A version of which some numbers may be missing or wild.
struct Partial {
    version: Version,
    /// How many numbers are given.
    given: usize,
}

fn partial(text: &str) -> Option<Partial> {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let (bare, build) = bare.split_once('+').unwrap_or((bare, ""));
    let (numbers, pre) = bare.split_once('-').unwrap_or((bare, ""));
    let given: Vec<u64> =
        numbers.split('.').map_while(|it| if matches!(it, "x" | "X" | "*") { None } else { it.parse().ok() }).collect();
    let number = |nth: usize| given.get(nth).copied().unwrap_or(0);
    let version = Version {
        major: number(0),
        minor: number(1),
        patch: number(2),
        pre: Prerelease::new(pre).ok()?,
        build: BuildMetadata::new(build).ok()?,
    };
    Some(Partial { version, given: given.len() })
}

/// Whether a version lies in a range. A pre-release lies only where the range
/// names one.
fn satisfies(version: &Version, range: &str) -> bool {
    range.split("||").any(|all| conjunction(version, all.trim()).unwrap_or(false))
}

fn conjunction(version: &Version, text: &str) -> Option<bool> {
    if let Some((low, high)) = text.split_once(" - ") {
        return Some(holds(version, ">=", low.trim())? && holds(version, "<=", high.trim())?);
    }
    let mut words = text.split([',', ' ']).filter(|it| !it.is_empty());
    let mut all = true;
    while let Some(word) = words.next() {
        let operator = OPERATORS.into_iter().find(|it| word.starts_with(it)).unwrap_or_default();
        let rest = word.strip_prefix(operator)?;
        let rest = if rest.is_empty() { words.next()? } else { rest };
        all &= holds(version, operator, rest)?;
    }
    Some(all)
}

fn holds(version: &Version, operator: &str, text: &str) -> Option<bool> {
    let Partial { version: bound, given } = partial(text)?;
    if !version.pre.is_empty() && bound.pre.is_empty() {
        return Some(false);
    }
    let order = version.cmp_precedence(&bound);
    // The first version behind what the bound stands for, with so many of its numbers fixed.
    let next = |fixed: usize| match fixed {
        0 => None,
        1 => Some(Version::new(bound.major + 1, 0, 0)),
        2 => Some(Version::new(bound.major, bound.minor + 1, 0)),
        _ => Some(Version::new(bound.major, bound.minor, bound.patch + 1)),
    };
    let below = |limit: Option<Version>| limit.is_none_or(|it| version.cmp_precedence(&it).is_lt());
    let caret = match given {
        0 => 0,
        _ if bound.major > 0 || given == 1 => 1,
        _ if bound.minor > 0 || given == 2 => 2,
        _ => 3,
    };
    Some(match operator {
        "" | "=" if given == 3 => order.is_eq(),
        "" | "=" => order.is_ge() && below(next(given)),
        "!=" if given == 3 => order.is_ne(),
        "!=" => !(order.is_ge() && below(next(given))),
        ">" if given == 3 => order.is_gt(),
        ">" => next(given).is_some_and(|it| version.cmp_precedence(&it).is_ge()),
        ">=" | "=>" => order.is_ge(),
        "<" => order.is_lt(),
        "<=" | "=<" if given == 3 => order.is_le(),
        "<=" | "=<" => below(next(given)),
        "~" | "~>" => order.is_ge() && below(next(given.min(2))),
        "^" => order.is_ge() && below(next(caret)),
        _ => false,
    })
}

const OPERATORS: [&str; 11] = ["=>", "=<", ">=", "<=", "!=", "~>", ">", "<", "=", "~", "^"];

/// Whether Helm accepts the text as a version or a range of versions.
#[must_use]
pub fn is_range(text: &str) -> bool {
    !text.trim().is_empty() && text.split("||").all(|it| is_conjunction(it.trim()))
}

/// Whether the text names exactly one version.
#[must_use]
pub fn is_exact(text: &str) -> bool {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let numbers = bare.split(['-', '+']).next().unwrap_or_default().split('.').count();
    numbers == 3 && is_version(text, false)
}

fn is_conjunction(text: &str) -> bool {
    if let Some((low, high)) = text.split_once(" - ") {
        return is_version(low.trim(), false) && is_version(high.trim(), false);
    }
    let mut words = text.split([',', ' ']).filter(|it| !it.is_empty()).peekable();
    if words.peek().is_none() {
        return false;
    }
    while let Some(word) = words.next() {
        let operators = ["=>", "=<", ">=", "<=", "!=", "==", "~>", ">", "<", "=", "~", "^"];
        let operator = operators.into_iter().find(|it| word.starts_with(it));
        let mut rest = word.strip_prefix(operator.unwrap_or_default()).unwrap_or(word);
        if operator == Some("==") {
            return false;
        }
        if rest.is_empty() {
            // `>= 1.2.3`: the version is the next word.
            match words.next() {
                Some(next) if operator.is_some() => rest = next,
                _ => return false,
            }
        }
        if !is_version(rest, true) {
            return false;
        }
    }
    true
}

/// One to three numbers, then `-prerelease` and `+build`.
fn is_version(text: &str, wildcards: bool) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, Some(build)),
        None => (text, None),
    };
    let (numbers, pre) = match text.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(pre)),
        None => (text, None),
    };
    let is_number = |it: &str| {
        let is_wild = wildcards && matches!(it, "x" | "X" | "*");
        is_wild || (!it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()) && (it == "0" || !it.starts_with('0')))
    };
    let numbers: Vec<&str> = numbers.split('.').collect();
    let is_label = |label: &str| {
        label.split('.').all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-'))
    };
    numbers.len() <= 3
        && numbers.iter().all(|it| is_number(it))
        && pre.is_none_or(is_label)
        && build.is_none_or(is_label)
}
