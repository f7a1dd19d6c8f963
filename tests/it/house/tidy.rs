//! The house: layers look down only, every file says what it is for, none grows
//! too long, nothing is left behind.

use std::path::PathBuf;

/// From the bottom up; a layer names only those before it.
const LAYERS: [&str; 28] = [
    "source",
    "diagnostic",
    "schema",
    "syntax",
    "format",
    "names",
    "types",
    "value",
    "data",
    "kube",
    "kustomize",
    "eval",
    "fleet",
    "flux",
    "lint",
    "provision",
    "check",
    "emit",
    "compile",
    "inspect",
    "edit",
    "import",
    "plan",
    "render",
    "ide",
    "host",
    "lsp",
    "cli",
];

/// Crates that have one home.
const HOMES: [(&str, &[&str]); 12] = [
    ("granit_parser", &["data"]),
    ("csv_core", &["data"]),
    ("gix", &["host"]),
    ("rustls", &["host"]),
    ("pest", &["syntax"]),
    ("codespan_reporting", &["render", "cli"]),
    ("clap", &["cli"]),
    ("lsp_types", &["lsp"]),
    ("lsp_server", &["lsp"]),
    ("ignore::", &["host"]),
    ("tempfile", &["host"]),
    ("std::fs", &["host", "cli"]),
];

/// Lines that a file may have before it must be cut.
const LONGEST: usize = 550;

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut todo = vec![root().join("src")];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path.strip_prefix(root()).expect("below").to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).expect("UTF-8")));
            }
        }
    }
    found.sort();
    found
}

/// `src/flux/policy/mod.rs` is in `flux`, `src/compile.rs` is `compile`.
fn layer_of(path: &str) -> Option<usize> {
    let first = path.strip_prefix("src/")?.split('/').next()?.trim_end_matches(".rs");
    LAYERS.iter().position(|it| *it == first)
}

#[test]
fn layers_look_down_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = layer_of(&path) else { continue };
        for (nth, line) in text.lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let name: String = rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
                if LAYERS.iter().position(|it| *it == name).is_some_and(|it| it > own) {
                    wrong.push(format!("{path}:{}: {} must not know {name}", nth + 1, LAYERS[own]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_layer_is_a_folder_and_in_the_story() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    let declared: Vec<&str> = lib.lines().filter_map(|it| it.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, LAYERS, "src/lib.rs lists the layers in their order");
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for layer in LAYERS {
        assert!(map.contains(&format!("| `{layer}` |")), "ARCHITECTURE.md does not mention {layer}");
    }
}

#[test]
fn crates_have_one_home() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = layer_of(&path) else { continue };
        for (name, homes) in HOMES {
            let used = text
                .lines()
                .any(|it| it.trim_start().starts_with(&format!("use {name}")) || it.contains(&format!(" {name}::")));
            if used && !homes.contains(&LAYERS[own]) {
                wrong.push(format!("{path} uses {name}, whose home is {homes:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_say_what_they_are_for_and_stay_small() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            wrong.push(format!("{path} does not say what it is for"));
        }
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{path} has {lines} lines"));
        }
        for left in ["todo!(", "unimplemented!(", "FIXME", "XXX"] {
            if text.contains(left) {
                wrong.push(format!("{path} has a {left}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let mut section = "";
    let mut before = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.contains("dependencies") && line.contains('=') && !line.starts_with('#') {
            assert!(before.starts_with('#') || before.contains("pest ="), "no reason above {line}");
        }
        before = line;
    }
}

/// The files below a directory of the project that have an extension.
pub(super) fn below(dir: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![root().join(dir)];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                _ if path.is_dir() => todo.push(path),
                Some(it) if it == extension => found.push(path),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn pages_link_to_files_that_are_there() {
    let mut pages: Vec<PathBuf> = below("docs", "md");
    pages.extend(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "examples/README.md"].map(|it| root().join(it)));
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page");
        let dir = page.parent().expect("a parent");
        for link in text.split("](").skip(1).filter_map(|it| it.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if !link.contains("://") && !path.is_empty() {
                assert!(dir.join(path).exists(), "{} links to {link}", page.display());
            }
        }
    }
}
