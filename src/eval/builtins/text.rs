//! Functions of text.

use ecow::{EcoString, eco_format};
use sha2::{Digest, Sha256};

use super::call::{Call, count, texts, usize_of};
use super::pattern::{REFUSED, regex, whole_regex};
use crate::diagnostic::Invariant;
use crate::eval::env::Env;
use crate::eval::problems;
use crate::value::{Node, Value};

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    let number = |nth: usize| usize_of(it.args.get(nth));
    let text: EcoString = match (it.name, it.texts) {
        ("length", _) => {
            return Some(match &it.args.first()?.value {
                Value::Text(it) => count(it.chars().count()),
                Value::List(it) => count(it.len()),
                Value::Map(it) => count(it.entries.len()),
                _ => return None,
            });
        }
        ("upper", [text]) => text.to_uppercase(),
        ("lower", [text]) => text.to_lowercase(),
        ("trim", [text]) => text.trim().into(),
        ("trim-prefix", [text, prefix]) => text.strip_prefix(prefix.as_str()).unwrap_or(text).into(),
        ("trim-suffix", [text, suffix]) => text.strip_suffix(suffix.as_str()).unwrap_or(text).into(),
        ("starts-with", [text, prefix]) => return Some(Value::Bool(text.starts_with(prefix.as_str()))),
        ("ends-with", [text, suffix]) => return Some(Value::Bool(text.ends_with(suffix.as_str()))),
        ("split" | "lines", [text, rest @ ..]) => return Some(parts(env, it, text, rest.first())),
        ("join", [by]) => return join(env, it, by),
        ("replace", [text, old, new]) if !old.is_empty() => {
            let made = text.matches(old.as_str()).count() as u64 * new.len() as u64;
            if !env.spend_text(made.saturating_add(text.len() as u64), it.origin) {
                return Some(Value::Unknown);
            }
            text.replace(old.as_str(), new)
        }
        ("replace", [text, ..]) => text.clone(),
        ("replace-pattern" | "matches" | "captures", [text, pattern, rest @ ..]) => {
            return Some(pattern_call(env, it, text, pattern, rest.first()));
        }
        ("sha256", [text]) => hash(text),
        ("slug", [text]) => slug(text),
        ("shorten", [text]) => match number(1) {
            Some(to) if to >= 10 => shorten(text, to),
            _ => {
                return Some(
                    env.report(problems::fails(it.origin, "at least 10 characters are needed: 8 are the hash's")),
                );
            }
        },
        ("substring", [text]) => {
            let length = text.chars().count();
            let to = it.args.get(2).map_or(Some(length), |_| number(2));
            let (Some(from), Some(to)) = (number(1), to.map(|it| it.min(length))) else {
                return Some(env.report(problems::fails(it.origin, "a position is a whole number from 0 on")));
            };
            text.chars().skip(from).take(to.saturating_sub(from)).collect()
        }
        ("repeat", [text]) => {
            let Some(times) = number(1) else {
                return Some(env.report(problems::fails(it.origin, "a text is repeated 0 times or more")));
            };
            // What would not fit the budget is not made.
            if !env.spend_text((text.len() as u64).saturating_mul(times as u64), it.origin) {
                return Some(Value::Unknown);
            }
            text.repeat(times)
        }
        ("pad-left" | "pad-right", [text, rest @ ..]) => {
            let filler = rest.first().and_then(|it| it.chars().next()).unwrap_or(' ');
            let Some(width) = number(1) else {
                return Some(env.report(problems::fails(it.origin, "a width is a whole number from 0 on")));
            };
            let missing = width.saturating_sub(text.chars().count());
            if !env.spend_text((missing as u64).saturating_mul(filler.len_utf8() as u64), it.origin) {
                return Some(Value::Unknown);
            }
            let fill: EcoString = std::iter::repeat_n(filler, missing).collect();
            if it.name == "pad-left" { eco_format!("{fill}{text}") } else { eco_format!("{text}{fill}") }
        }
        ("indent", [text]) => {
            let Some(by) = number(1).filter(|it| *it <= 200) else {
                return Some(env.report(problems::fails(it.origin, "a line is indented by 0 to 200 blanks")));
            };
            let made = (text.lines().count() as u64).saturating_mul(by as u64).saturating_add(text.len() as u64);
            if !env.spend_text(made, it.origin) {
                return Some(Value::Unknown);
            }
            let lines: Vec<String> =
                text.lines().map(|it| if it.is_empty() { String::new() } else { format!("{:by$}{it}", "") }).collect();
            let end = if text.ends_with('\n') { "\n" } else { "" };
            eco_format!("{}{end}", lines.join("\n"))
        }
        _ => return None,
    };
    Some(Value::Text(text))
}

/// A text in parts: characters, what stands between separators, or lines.
fn parts(env: &mut Env<'_>, it: &Call<'_>, text: &str, by: Option<&EcoString>) -> Value {
    let count = match by {
        Some(by) if by.is_empty() => text.chars().count(),
        Some(by) => text.matches(by.as_str()).count() + 1,
        None => text.lines().count(),
    };
    // A list is made once it is known to fit the budget: each part is a value.
    if !env.spend(count as u64, it.origin) {
        return Value::Unknown;
    }
    match by {
        Some(by) if by.is_empty() => texts(text.chars().map(|it| eco_format!("{it}")), it.origin),
        Some(by) => texts(text.split(by.as_str()), it.origin),
        None => texts(text.lines(), it.origin),
    }
}

fn join(env: &mut Env<'_>, it: &Call<'_>, by: &str) -> Option<Value> {
    let parts: Option<Vec<&str>> = it.args.first()?.list()?.iter().map(|it| it.text().map(EcoString::as_str)).collect();
    let parts = parts?;
    let made = parts.iter().map(|it| it.len() as u64 + by.len() as u64).sum();
    Some(if env.spend_text(made, it.origin) { Value::Text(parts.join(by).into()) } else { Value::Unknown })
}

fn pattern_call(env: &mut Env<'_>, it: &Call<'_>, text: &str, pattern: &str, new: Option<&EcoString>) -> Value {
    let compiled = if it.name == "matches" { whole_regex(pattern) } else { regex(pattern) };
    // To make an expression takes steps, once for each: a loop can make a thousand.
    let steps = compiled.as_ref().map_or(REFUSED, |it| it.steps);
    if env.patterns.insert(pattern.into()) && !env.spend(steps, it.origin) {
        return Value::Unknown;
    }
    let regex = match compiled {
        Ok(it) => it.regex,
        Err(reason) => return env.report(problems::bad_pattern(it.origin, pattern, &reason)),
    };
    match (it.name, new) {
        ("matches", _) => Value::Bool(regex.is_match(text)),
        ("replace-pattern", Some(new)) => {
            let groups = new.matches('$').count() as u64;
            let made = regex.find_iter(text).count() as u64 * new.len() as u64 + groups * text.len() as u64;
            if !env.spend_text(made.saturating_add(text.len() as u64), it.origin) {
                return Value::Unknown;
            }
            Value::Text(regex.replace_all(text, new.as_str()).as_ref().into())
        }
        _ => {
            let groups = regex.captures(text).into_iter().flat_map(|found| {
                found.iter().skip(1).map(|it| it.map_or("", |it| it.as_str()).to_owned()).collect::<Vec<_>>()
            });
            texts(groups, it.origin)
        }
    }
}

fn hash(text: &str) -> EcoString {
    Sha256::digest(text.as_bytes()).iter().map(|it| eco_format!("{it:02x}")).collect()
}

/// A DNS label: lower case, `-` for runs of all else.
fn slug(text: &str) -> EcoString {
    let mut label = String::new();
    for it in text.to_lowercase().chars() {
        if it.is_ascii_alphanumeric() {
            label.push(it);
        } else if !label.ends_with('-') && !label.is_empty() {
            label.push('-');
        }
    }
    label.truncate(63);
    label.trim_end_matches('-').into()
}

/// At most `to` characters, the last eight a hash of the whole where it is cut.
pub(in crate::eval) fn shorten(text: &str, to: usize) -> EcoString {
    if text.chars().count() <= to {
        return text.into();
    }
    let kept: String = text.chars().take(to - 9).collect();
    let hash = hash(text);
    eco_format!("{}-{}", kept.trim_end_matches(['-', '.', '_']), hash.get(..8).invariant("a hash has eight digits"))
}

/// The text at a key of an object.
pub(super) fn text_at<'a>(node: &'a Node, key: &str) -> Option<&'a EcoString> {
    node.get(key)?.text()
}
