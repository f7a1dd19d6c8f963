//! What editors know of the language without a server: one list of words, the grammar's.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|it| panic!("{}: {it}", path.display()))
}

/// The words of the language, as its grammar has them.
fn words() -> BTreeSet<String> {
    let word = regex::Regex::new(r#""([a-z]{2,})""#).expect("a pattern");
    let grammar = read("grammar/fleet.pest");
    let rules = grammar.lines().filter(|it| !it.trim_start().starts_with("//"));
    rules.flat_map(|it| word.captures_iter(it).map(|it| it[1].to_owned()).collect::<Vec<_>>()).collect()
}

/// The words that a file lists, by a pattern of its lists.
fn listed(path: &str, lists: &str, separator: &[char]) -> BTreeSet<String> {
    let text = read(path);
    let pattern = regex::Regex::new(lists).expect("a pattern");
    let all = pattern.captures_iter(&text).map(|it| it[1].to_owned()).collect::<Vec<_>>().join(" ");
    let is_word = |it: &&str| !it.is_empty() && it.chars().all(|it| it.is_ascii_lowercase());
    all.split(separator).flat_map(str::split_whitespace).filter(is_word).map(str::to_owned).collect()
}

/// What `explain` and editors say of a word is a chapter of the reference.
#[test]
fn every_word_has_its_section() {
    let told: BTreeSet<String> = fleetc::syntax::words().map(|(it, _)| it.to_owned()).collect();
    let missing: Vec<String> = words().into_iter().filter(|it| !told.contains(it)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(fleetc::syntax::words().all(|(_, text)| text.len() > 10 && !text.contains("](")));
}

#[test]
fn every_editor_knows_the_same_words() {
    let wanted = words();
    assert!(wanted.len() > 50 && wanted.contains("catalogue") && wanted.contains("rings"), "{wanted:?}");
    for (path, lists, separator) in [
        ("editors/vscode/syntaxes/fleet.tmLanguage.json", r"\((?:\?:)?((?:[a-z]{2,}\|)*[a-z]{2,})\)", &['|'][..]),
        ("editors/vim/syntax/fleet.vim", r"(?m)^syntax keyword \w+ ([a-z ]+?)(?: nextgroup.*)?$", &[' ']),
        ("editors/emacs/fleet-mode.el", r#"(?m)^ +(?:'\()?("[a-z" ]+")"#, &['"']),
    ] {
        let mut found = listed(path, lists, separator);
        // What is bound in expressions is no word of the grammar.
        for bound in ["params", "irsa", "it"] {
            found.remove(bound);
        }
        let missing: Vec<&String> = wanted.difference(&found).collect();
        let unknown: Vec<&String> = found.difference(&wanted).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "{path}: missing {missing:?}, unknown {unknown:?}");
    }
    // These have other names between quotes, too.
    let lists = r#""([a-z]{2,})""#;
    for path in [
        "editors/tree-sitter/grammar.js",
        "editors/tree-sitter/queries/highlights.scm",
        "editors/helix/queries/fleet/highlights.scm",
    ] {
        let text = read(path);
        let pattern = regex::Regex::new(lists).expect("a pattern");
        let found: BTreeSet<String> = pattern.captures_iter(&text).map(|it| it[1].to_owned()).collect();
        // Which source it is, and a value that is a word, are nodes of their own there.
        let own = ["helm", "oci", "git", "bucket", "true", "false", "null"];
        let missing: Vec<&String> =
            wanted.difference(&found).filter(|it| path.ends_with(".js") || !own.contains(&it.as_str())).collect();
        assert!(missing.is_empty(), "{path}: missing {missing:?}");
    }
}
