//! The voice: what a person reads has none of the words that the terms of the field replaced.

use std::path::{Path, PathBuf};

use regex::Regex;

use super::tidy::{below, root};

/// What is not written any more, and what is written instead.
const REPLACED: [(&str, &str); 23] = [
    (r"mend(s|ed|ing)?", "fix"),
    (r"circles?", "cycle"),
    (r"(is|are|be|was|been|were) (told|said)", "is reported, is shown"),
    (r"(comes?|coming|came) to", "evaluates to"),
    (r"(gives?|given|giving) up", "drops"),
    (
        r"stands? (in|at|there|behind|beside|alone|here|once|between|for|below|above|under|before)",
        "is in, is written to",
    ),
    (r"(lays?|laid|laying) out", "formats"),
    (r"hygiene", "redundant, shadowed, unused, expired overrides"),
    (r"words of the language", "keywords"),
    (r"colours?", "syntax highlighting, color"),
    (r"surroundings", "environment"),
    (r"whoever", "everyone who"),
    (r"whatever", "any, even if"),
    (r"(their|its) like", "similar; or list them"),
    (r"(that|which) is none", "invalid"),
    (r"what is no", "is not a"),
    (r"(is|are|be) taken", "is used"),
    (r"taken from", "declared from, used from, relative to"),
    (r"any more", "no longer"),
    (r"somebody|nobody", "someone, no one; or name who it is"),
    (r"stand-ins?", "representative"),
    (r"over whom", "which layers it overrides"),
    (r"(is|are) no more", "is removed"),
];

/// The lines of a file that people read: all of a page; of sources the strings of messages, and of the command line
/// its documentation, which `--help` shows.
fn read(path: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(path).expect("UTF-8");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let strings = Regex::new(r#""(?:[^"\\]|\\.)*""#).expect("a regular expression");
    let of_line = |line: &str| match (name.as_str(), line.trim_start()) {
        ("args.rs", it) => it.strip_prefix("///").unwrap_or_default().to_owned(),
        (it, _) if !it.ends_with(".rs") => line.to_owned(),
        (_, it) if it.starts_with("//") => String::new(),
        _ => strings.find_iter(line).map(|it| it.as_str()).collect::<Vec<_>>().join(" "),
    };
    text.lines().enumerate().map(|(nth, line)| (nth + 1, of_line(line))).collect()
}

#[test]
fn replaced_words_do_not_come_back() {
    let messages = [
        "problems.rs",
        "unknown.rs",
        "words.rs",
        "fix.rs",
        "unreadable.rs",
        "requirement.rs",
        "declare.rs",
        "args.rs",
        "builtin.rs",
    ];
    let is_message = |it: &PathBuf| {
        let is_rule = it.parent().is_some_and(|it| it.ends_with("src/lint"));
        is_rule || it.file_name().is_some_and(|it| messages.iter().any(|name| it == *name))
    };
    let mut files: Vec<PathBuf> = below("src", "rs").into_iter().filter(is_message).collect();
    assert!(files.len() > 20, "the sources have messages");
    files.extend(below("src/diagnostic/pages", "md"));
    files.extend(below("docs", "md"));
    let others = ["README.md", "CHANGELOG.md", "editors/vscode/README.md", "tests/it/data/messages.txt"];
    files.extend(others.map(|it| root().join(it)));
    files.sort();
    let replaced: Vec<(Regex, &str)> = REPLACED
        .iter()
        .map(|(old, new)| (Regex::new(&format!(r"(?i)\b(?:{old})\b")).expect("a regular expression"), *new))
        .collect();
    let mut found = Vec::new();
    for path in &files {
        let shown = path.strip_prefix(root()).expect("below").display().to_string();
        for (nth, line) in read(path) {
            for (old, new) in &replaced {
                if let Some(it) = old.find(&line) {
                    found.push(format!("{shown}:{nth}: `{}`: write {new}", it.as_str()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
