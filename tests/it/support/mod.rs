//! What the studies share: projects in memory and on disk, and the real kustomize.

mod kustomize;
mod project;

pub(crate) use kustomize::Kustomize;
pub(crate) use project::{Fleet, compiled, database, errors, files_of, read_tree, summary};

/// A text as a literal of the language.
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            it => out.push(it),
        }
    }
    out.push('"');
    out
}
