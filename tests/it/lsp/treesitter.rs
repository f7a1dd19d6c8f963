//! The grammar that editors have: generated from its source, and reading what the compiler reads.

use std::path::{Path, PathBuf};

use tree_sitter::{Language, Node, Parser, Query};

use crate::format::layout::corpus;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/tree-sitter")
}

/// The parser that is committed is what the generator makes of the grammar; `FLEETC_GENERATE=1`
/// writes it.
#[test]
fn the_parser_is_generated() {
    let load = tree_sitter_generate::load_grammar_file(&directory().join("grammar.js"), Some("native"));
    let grammar = load.expect("a grammar");
    let made = tree_sitter_generate::generate_parser_for_grammar(
        &grammar,
        Some((0, 1, 0)),
        tree_sitter_generate::OptLevel::default(),
        &mut Vec::new(),
    );
    let (name, parser) = made.expect("a parser");
    assert_eq!(name, "fleet");
    let path = directory().join("src/parser.c");
    if std::env::var_os("FLEETC_GENERATE").is_some() {
        std::fs::write(&path, &parser).expect("a file");
    }
    let known = std::fs::read_to_string(&path).expect("a parser");
    assert!(known == parser, "run `FLEETC_GENERATE=1 cargo test --test it -- treesitter`");
}

fn wrong<'a>(node: Node<'a>, found: &mut Vec<Node<'a>>) {
    if node.is_error() || node.is_missing() {
        found.push(node);
    } else if node.has_error() {
        let mut cursor = node.walk();
        for it in node.children(&mut cursor) {
            wrong(it, found);
        }
    }
}

#[test]
fn it_reads_what_the_compiler_reads() {
    let language: Language = tree_sitter_fleet::LANGUAGE.into();
    let mut parser = Parser::new();
    parser.set_language(&language).expect("a language of this time");
    let mut count = 0;
    for (name, text) in corpus() {
        // Several files in one block, and what the compiler cannot read either.
        if text.contains("\n--- ") || text.starts_with("--- ") || !fleetc::format::format(&text).left.is_empty() {
            continue;
        }
        let tree = parser.parse(&text, None).expect("a tree");
        let mut found = Vec::new();
        wrong(tree.root_node(), &mut found);
        let first = found.first().map(|it| (it.start_position(), it.kind()));
        assert!(first.is_none(), "{name}: {first:?}\n{text}");
        count += 1;
    }
    assert!(count > 100, "{count} texts");
}

#[test]
fn queries_speak_of_what_there_is() {
    let language: Language = tree_sitter_fleet::LANGUAGE.into();
    let editors = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors");
    let mut count = 0;
    for dir in ["tree-sitter/queries", "neovim/queries/fleet", "helix/queries/fleet", "zed/languages/fleet"] {
        for entry in std::fs::read_dir(editors.join(dir)).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|it| it == "scm") {
                let text = std::fs::read_to_string(&path).expect("a query");
                let query = Query::new(&language, &text);
                assert!(query.is_ok(), "{}: {:?}", path.display(), query.err());
                count += 1;
            }
        }
    }
    assert_eq!(count, 20);
}

/// What Helix calls captures otherwise than tree-sitter and Neovim do.
const HELIX: [(&str, &str); 15] = [
    ("comment", "comment.line"),
    ("comment.documentation", "comment.block.documentation"),
    ("string.escape", "constant.character.escape"),
    ("number", "constant.numeric"),
    ("boolean", "constant.builtin.boolean"),
    ("keyword", "keyword.control"),
    ("keyword.type", "keyword.storage.type"),
    ("keyword.import", "keyword.control.import"),
    ("keyword.modifier", "keyword.storage.modifier"),
    ("keyword.conditional", "keyword.control.conditional"),
    ("keyword.repeat", "keyword.control.repeat"),
    ("type.definition", "type"),
    ("module", "namespace"),
    ("property", "variable.other.member"),
    ("function.call", "function"),
];

/// Highlighting is written once, for tree-sitter; `FLEETC_BLESS=1 cargo test treesitter::` writes that of the others.
#[test]
fn highlighting_is_written_once() {
    let editors = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors");
    let text = std::fs::read_to_string(editors.join("tree-sitter/queries/highlights.scm")).expect("a query");
    let capture = regex::Regex::new(r"@([a-z.]+)").expect("a pattern");
    let of_helix = capture.replace_all(&text, |it: &regex::Captures<'_>| {
        let name = HELIX.iter().find(|(other, _)| *other == &it[1]).map_or(&it[1], |(_, name)| name);
        format!("@{name}")
    });
    let head = "; Generated from editors/tree-sitter/queries/highlights.scm.\n";
    for (path, text) in
        [("zed/languages/fleet/highlights.scm", &*text), ("helix/queries/fleet/highlights.scm", &*of_helix)]
    {
        let (path, wanted) = (editors.join(path), format!("{head}{text}"));
        if std::env::var_os("FLEETC_BLESS").is_some() {
            std::fs::write(&path, &wanted).expect("the file is written");
        }
        assert_eq!(std::fs::read_to_string(&path).expect("a query"), wanted, "{}", path.display());
    }
}

/// The corpus of `tree-sitter test`: a name between two rules, a text, `---`, its tree.
#[test]
fn the_corpus_is_read_as_it_says() {
    let language: Language = tree_sitter_fleet::LANGUAGE.into();
    let mut parser = Parser::new();
    parser.set_language(&language).expect("a language of this time");
    let field = regex::Regex::new(r"[a-z_]+: ").expect("a pattern");
    let error = regex::Regex::new(r"\(ERROR[^()]*\)").expect("a pattern");
    let mut count = 0;
    for name in ["declarations", "expressions"] {
        let path = directory().join(format!("test/corpus/{name}.txt"));
        let all = std::fs::read_to_string(path).expect("a corpus");
        let parts: Vec<&str> = all.split("==================\n").map(str::trim).collect();
        for case in parts[1..].chunks(2) {
            let (text, wanted) = case[1].split_once("\n---\n").expect("a tree");
            let tree = parser.parse(text, None).expect("a tree");
            let found = tree.root_node().to_sexp();
            let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ").replace(" )", ")");
            // Errors name the characters that they skip; the corpus does not.
            let found = error.replace_all(&found, "(ERROR)");
            assert_eq!(field.replace_all(&found, ""), wanted, "{}", case[0]);
            count += 1;
        }
    }
    assert_eq!(count, 9);
}
