//! What stands behind a variable's name, applied to its value.
//!
//! Source: `github.com/fluxcd/pkg/envsubst` 1.8, `funcs.go` and `path/match.go`. Positions and lengths are bytes.

use regex::Regex;

/// The result is no text: a character was cut in two.
pub(super) struct Malformed;

/// What an operator makes of a value.
pub(super) fn apply(operator: &str, value: &str, arguments: &[String]) -> Result<String, Malformed> {
    let (first, second) = (arguments.first().map(String::as_str), arguments.get(1).map(String::as_str));
    Ok(match (operator, first) {
        (",", _) => first_letter(value, |it| it.to_lowercase().next()),
        (",,", _) => letters(value, |it| it.to_lowercase().next()),
        ("^", _) => first_letter(value, |it| it.to_uppercase().next()),
        ("^^", _) => letters(value, |it| it.to_uppercase().next()),
        ("#", None) => value.len().to_string(),
        ("#", Some(it)) => without_shortest(value, it),
        ("##", Some(it)) => without_longest(value, it),
        ("%", Some(it)) => reversed(&without_shortest(&reversed(value), &reversed(it))),
        ("%%", Some(it)) => reversed(&without_longest(&reversed(value), &reversed(it))),
        (":", Some(it)) => part(value, it, second)?,
        ("/", Some(it)) => value.replacen(it, second.unwrap_or_default(), 1),
        ("//", Some(it)) => value.replace(it, second.unwrap_or_default()),
        ("/#", Some(it)) => match (value.strip_prefix(it), second) {
            (Some(rest), Some(new)) => format!("{new}{rest}"),
            _ => value.to_owned(),
        },
        ("/%", Some(it)) => match (value.strip_suffix(it), second) {
            (Some(rest), Some(new)) => format!("{rest}{new}"),
            _ => value.to_owned(),
        },
        // Flux takes all others for a default.
        _ if value.is_empty() => arguments.concat(),
        _ => value.to_owned(),
    })
}

fn letters(value: &str, changed: impl Fn(char) -> Option<char>) -> String {
    value.chars().map(|it| changed(it).unwrap_or(it)).collect()
}

fn first_letter(value: &str, changed: impl Fn(char) -> Option<char>) -> String {
    let mut chars = value.chars();
    let first = chars.next().map(|it| changed(it).unwrap_or(it));
    first.into_iter().chain(chars).collect()
}

fn reversed(value: &str) -> String {
    value.chars().rev().collect()
}

/// From a position on, so many bytes; what is no number leaves the value as it is.
fn part(value: &str, position: &str, length: Option<&str>) -> Result<String, Malformed> {
    let whole = i64::try_from(value.len()).unwrap_or(i64::MAX);
    let Some(mut start) = number(position) else { return Ok(value.to_owned()) };
    if start < 0 {
        start = start.saturating_add(whole).max(0);
    }
    let end = match length.map(number) {
        None => whole,
        Some(None) => return Ok(value.to_owned()),
        Some(Some(it)) if it < 0 => whole.saturating_add(it),
        Some(Some(it)) => start.saturating_add(it).min(whole),
    };
    if start >= end {
        return Ok(String::new());
    }
    let range = usize::try_from(start).and_then(|start| Ok(start..usize::try_from(end)?)).map_err(|_| Malformed)?;
    value.get(range).map(str::to_owned).ok_or(Malformed)
}

/// As Go's `strconv.Atoi` reads it.
fn number(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Without the shortest beginning that matches a pattern.
fn without_shortest(value: &str, pattern: &str) -> String {
    without(value, pattern, |found| found.last())
}

/// Without the longest beginning that matches a pattern.
fn without_longest(value: &str, pattern: &str) -> String {
    without(value, pattern, |found| found.next())
}

/// Without one of the beginnings that match, the longest first.
fn without(
    value: &str,
    pattern: &str,
    chosen: impl FnOnce(&mut dyn Iterator<Item = usize>) -> Option<usize>,
) -> String {
    let Some(pattern) = compiled(pattern) else { return value.to_owned() };
    let ends: Vec<usize> = value.char_indices().map(|(at, it)| at + it.len_utf8()).rev().collect();
    let mut matching = ends.into_iter().filter(|end| value.get(..*end).is_some_and(|it| pattern.is_match(it)));
    let end = chosen(&mut matching).unwrap_or_default();
    value.get(end..).unwrap_or_default().to_owned()
}

/// `*`, `?`, `[a-z]`, `[^a]` and `\` as a regular expression; none for what is malformed.
fn compiled(pattern: &str) -> Option<Regex> {
    let mut text = String::from("(?s)\\A");
    let mut chars = pattern.chars();
    while let Some(it) = chars.next() {
        match it {
            '*' => text.push_str(".*"),
            '?' => text.push('.'),
            '\\' => text.push_str(&regex::escape(&chars.next()?.to_string())),
            '[' => {
                text.push('[');
                let mut inner = chars.as_str();
                if let Some(rest) = inner.strip_prefix('^') {
                    text.push('^');
                    inner = rest;
                }
                let mut count = 0;
                loop {
                    if let Some(rest) = inner.strip_prefix(']').filter(|_| count > 0) {
                        inner = rest;
                        break;
                    }
                    let (low, rest) = of_class(inner)?;
                    let (high, rest) = match rest.strip_prefix('-') {
                        Some(rest) => of_class(rest)?,
                        None => (low, rest),
                    };
                    if low <= high {
                        text.extend([in_class(low), "-".to_owned(), in_class(high)]);
                    }
                    inner = rest;
                    count += 1;
                }
                text.push(']');
                chars = inner.chars();
            }
            it => text.push_str(&regex::escape(&it.to_string())),
        }
    }
    text.push_str("\\z");
    Regex::new(&text).ok()
}

fn of_class(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let first = chars.next().filter(|it| !matches!(it, '-' | ']'))?;
    let it = if first == '\\' { chars.next()? } else { first };
    Some((it, chars.as_str()))
}

fn in_class(it: char) -> String {
    format!("\\x{{{:x}}}", u32::from(it))
}
