//! Credentials in texts: in lines of sources, and in generated YAML.
//!
//! Values are hidden where answers are made ([`crate::inspect`]); this is for what is shown as
//! text: the line of a source, and `diff -o patch`.

use std::sync::LazyLock;

use ecow::{EcoString, eco_format};
use regex::{Captures, Regex};
use serde_json::Value as Json;

use crate::diagnostic::Invariant;
use crate::inspect::HIDDEN;
use crate::schema::is_credential;
use crate::source::IndexMap;

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).ok().invariant("a pattern of the program is a regular expression")
}

/// A line of a source: what a key of a credential is set to.
pub(super) fn source_line(line: &str) -> EcoString {
    static ENTRY: LazyLock<Regex> =
        LazyLock::new(|| compiled(r#"([A-Za-z_][\w.-]*|"[^"]*")(\s*=\s*)("(?:[^"\\]|\\.)*"|[0-9][\w.]*)"#));
    let entry = |it: &Captures<'_>| {
        let [key, sign, value] = [1, 2, 3].map(|nth| it.get(nth).map_or("", |it| it.as_str()));
        let last = key.trim_matches('"').rsplit('.').next().unwrap_or(key);
        if is_credential(last) { format!("{key}{sign}\"{HIDDEN}\"") } else { format!("{key}{sign}{value}") }
    };
    ENTRY.replace_all(line, entry).into_owned().into()
}

/// Credentials that were met: the same one has the same number, so that a change shows.
#[derive(Default)]
pub(super) struct Met(IndexMap<String, usize>);

impl Met {
    fn hidden(&mut self, text: &str) -> String {
        let next = self.0.len() + 1;
        let nth = *self.0.entry(text.to_owned()).or_insert(next);
        format!("(hidden {nth})")
    }

    /// Generated YAML.
    pub(super) fn yaml(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut lines = Lines::default();
        for line in text.split_inclusive('\n') {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |it| (it, "\n"));
            if let Some(it) = lines.next(line, self) {
                out.push_str(&it);
                out.push_str(end);
            }
        }
        out
    }

    /// A JSON 6902 operation in a line of its own.
    fn operation(&mut self, line: &str) -> Option<String> {
        let bare = line.trim().trim_end_matches(',');
        let mut operation: Json = bare.starts_with("{\"op\":").then(|| serde_json::from_str(bare).ok())??;
        let path = operation.get("path")?.as_str()?.to_owned();
        let all = path.split('/').any(is_credential);
        self.json(operation.get_mut("value")?, all);
        let indent = line.len() - line.trim_start().len();
        let comma = if line.trim_end().ends_with(',') { "," } else { "" };
        Some(format!("{:indent$}{operation}{comma}", ""))
    }

    fn json(&mut self, value: &mut Json, all: bool) {
        match value {
            Json::String(_) | Json::Number(_) if all => *value = self.hidden(&value.to_string()).into(),
            Json::Array(list) => list.iter_mut().for_each(|it| self.json(it, all)),
            Json::Object(map) => map.iter_mut().for_each(|(key, it)| self.json(it, all || is_credential(key))),
            _ => {}
        }
    }
}

/// What stands around a line.
#[derive(Default)]
struct Lines {
    /// Everything that is indented deeper is a credential: a map, a list, a block of text inside.
    hides: Vec<Hides>,
    /// Where the keys of a Secret stand.
    secret: Option<usize>,
}

struct Hides {
    indent: usize,
    /// The lines of a block of text go; those of maps and lists lose their values.
    is_text: bool,
}

impl Lines {
    /// The line without credentials; none if it goes.
    fn next(&mut self, line: &str, met: &mut Met) -> Option<String> {
        static KEY: LazyLock<Regex> =
            LazyLock::new(|| compiled(r#"^(\s*(?:- )*)("(?:[^"\\]|\\.)*"|[^\s":#{\[][^:]*):(?: (.*))?$"#));
        let indent = line.len() - line.trim_start().len();
        if !line.trim().is_empty() {
            let is_element = line.trim_start().starts_with("- ");
            self.hides.retain(|it| indent > it.indent || (indent == it.indent && is_element && !it.is_text));
            if self.secret.is_some_and(|it| indent < it) || line == "---" {
                self.secret = None;
            }
        }
        if let Some(it) = met.operation(line) {
            return Some(it);
        }
        if self.hides.last().is_some_and(|it| it.is_text) {
            return None;
        }
        let all = !self.hides.is_empty();
        let Some(found) = KEY.captures(line) else {
            // An element of a list.
            let element = line.trim_start().strip_prefix("- ").filter(|_| all);
            return Some(element.map_or_else(|| line.to_owned(), |it| format!("{:indent$}- {}", "", met.hidden(it))));
        };
        let [head, key, value] = [1, 2, 3].map(|nth| found.get(nth).map_or("", |it| it.as_str()));
        let name = key.trim_matches('"');
        let at = head.len();
        if name == "kind" && value.trim_matches('"') == "Secret" {
            self.secret = Some(at);
        }
        let is_data = self.secret == Some(at) && matches!(name, "data" | "stringData");
        if !(all || is_credential(name) || is_data) {
            return Some(line.to_owned());
        }
        let is_text = value.starts_with(['|', '>']);
        if value.is_empty() || is_text {
            self.hides.push(Hides { indent: at, is_text });
        }
        Some(match value {
            "" | "null" | "true" | "false" | "{}" | "[]" | "\"\"" => line.to_owned(),
            _ => eco_format!("{head}{key}: {}", met.hidden(value)).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Met, source_line};

    #[test]
    fn a_credential_in_a_source_is_hidden() {
        let line = r#"override web { values { auth.password = "hunter2", user = "bob", "api-key" = "a\"b" } }"#;
        let wanted = r#"override web { values { auth.password = "(hidden)", user = "bob", "api-key" = "(hidden)" } }"#;
        assert_eq!(source_line(line), wanted);
        assert_eq!(source_line("token: String = cluster.token"), "token: String = cluster.token");
    }

    #[test]
    fn credentials_in_generated_yaml_are_hidden() {
        let text = "kind: Secret\nstringData:\n  a: plain\n  b: |\n    two\n    lines\nmetadata:\n  name: x\n---\nspec:\n  values:\n    password: one\n    again:\n      token: one\n    tokens: 3\n  patch: |\n    kind: \"Secret\"\n    data:\n      k: \"v\"\n    other: 1\n    [\n      {\"op\": \"add\", \"path\": \"/spec/values\", \"value\": {\"secret\":\"x\",\"n\":1}}\n    ]\n";
        let masked = Met::default().yaml(text);
        for gone in ["plain", "two", "one", "\"v\"", "\"x\""] {
            assert!(!masked.contains(gone), "{gone}:\n{masked}");
        }
        for kept in ["name: x", "tokens: 3", "other: 1", "\"n\":1", "password: (hidden 3)", "token: (hidden 3)"] {
            assert!(masked.contains(kept), "{kept}:\n{masked}");
        }
    }
}
