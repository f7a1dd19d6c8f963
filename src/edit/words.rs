//! Names and texts as an author writes them.

use std::fmt::Write as _;

use serde_json::Value;

/// A text between quotes.
#[must_use]
pub fn quoted(it: &str) -> String {
    format!("\"{}\"", escaped(it))
}

/// What stands between quotes.
#[must_use]
pub fn escaped(it: &str) -> String {
    let mut out = String::new();
    for it in it.chars() {
        match it {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            it if it.is_control()
                || ('\u{200b}'..='\u{200f}').contains(&it)
                || ('\u{2028}'..='\u{202e}').contains(&it) =>
            {
                let _ = write!(out, "\\u{{{:x}}}", it as u32);
            }
            it => out.push(it),
        }
    }
    out
}

/// A key or a name, quoted where it has to be.
#[must_use]
pub fn key(name: &str) -> String {
    if is_name(name) { name.to_owned() } else { quoted(name) }
}

/// Whether a name needs no quotes.
fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    let holds = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_');
    begins && holds && !name.ends_with('-') && !KEYWORDS.contains(&name)
}

/// Words that are values.
const KEYWORDS: [&str; 3] = ["true", "false", "null"];

/// A value on one line.
#[must_use]
pub fn literal(value: &Value) -> String {
    match value {
        Value::String(it) => quoted(it),
        Value::Array(list) => format!("[{}]", list.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            let all: Vec<String> = map.iter().map(|(name, it)| format!("{} = {}", key(name), literal(it))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        it => it.to_string(),
    }
}
