//! Blocks and values as an author writes them. `fleetc fmt` lays them out.

use std::fmt::Write as _;

use serde_json::Value;

use super::block::{Block, Entry};
use super::template;
use crate::edit::{escaped, key, quoted};

/// How long a list or an object on one line may be.
const WIDTH: usize = 90;

/// The entries of a block, a line each, without its braces.
pub(super) fn entries(block: &Block, depth: usize, out: &mut String) {
    for (name, entry) in &block.0 {
        indent(depth, out);
        write_entry(name, entry, depth, out);
        out.push('\n');
    }
}

fn write_entry(name: &str, entry: &Entry, depth: usize, out: &mut String) {
    match entry {
        Entry::Unset => {
            let _ = write!(out, "unset {}", key(name));
        }
        Entry::Set(value) => {
            let _ = write!(out, "{} = ", key(name));
            write_value(value, depth, out);
        }
        // `a.b.c = 1` is shorter than three blocks.
        Entry::Amend(block) => {
            let mut path = key(name);
            let mut at = block;
            while let (1, Some((inner, Entry::Amend(next)))) = (at.0.len(), at.0.iter().next()) {
                let _ = write!(path, ".{}", key(inner));
                at = next;
            }
            match (at.0.len(), at.0.iter().next()) {
                (1, Some((last, Entry::Set(value)))) => {
                    let _ = write!(out, "{path}.{} = ", key(last));
                    write_value(value, depth, out);
                }
                (1, Some((last, Entry::Unset))) => {
                    let _ = write!(out, "unset {path}.{}", key(last));
                }
                _ => {
                    let _ = writeln!(out, "{path} {{");
                    entries(at, depth + 1, out);
                    indent(depth, out);
                    out.push('}');
                }
            }
        }
    }
}

fn write_value(value: &Value, depth: usize, out: &mut String) {
    let short = inline(value);
    if short.len() + 2 * depth <= WIDTH && !short.contains('\n') {
        out.push_str(&short);
        return;
    }
    match value {
        Value::String(it) => text(it, depth, out),
        Value::Array(list) => {
            out.push_str("[\n");
            for it in list {
                indent(depth + 1, out);
                write_value(it, depth + 1, out);
                out.push_str(",\n");
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Object(_) if !template::is_template(value) => {
            out.push_str("{\n");
            entries(&Block::of(value), depth + 1, out);
            indent(depth, out);
            out.push('}');
        }
        it => out.push_str(&inline(it)),
    }
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    if let Some(it) = template::written(value) {
        return it;
    }
    match value {
        Value::String(it) => quoted(it),
        Value::Array(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            let all: Vec<String> = map.iter().map(|(name, it)| format!("{} = {}", key(name), inline(it))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        it => it.to_string(),
    }
}

/// A text; over several lines where it has some.
fn text(it: &str, depth: usize, out: &mut String) {
    let is_block = it.contains('\n')
        && !it.contains('\r')
        && !it.lines().any(|it| it.ends_with([' ', '\t']) && it.trim().is_empty());
    if !is_block {
        out.push_str(&quoted(it));
        return;
    }
    out.push_str("\"\"\"\n");
    for line in it.split('\n') {
        if !line.is_empty() {
            indent(depth + 1, out);
            out.push_str(&escaped(line));
        }
        out.push('\n');
    }
    indent(depth + 1, out);
    out.push_str("\"\"\"");
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}
