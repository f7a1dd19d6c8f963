//! Colours and the language server in real editors: Neovim, Vim and Emacs, without a screen.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::support::Fleet;

const FLEET: &str = r#"fleet f { facts { zones: Int = 1 } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  /// Serves pages.
  addon web { source = charts, version = "1.0.0" }
}
"#;

/// What an editor wrote down; none where it is not installed.
fn seen(mut editor: Command, out: &Path) -> Option<String> {
    let program = editor.get_program().to_string_lossy().into_owned();
    let Ok(run) = editor.env("FLEETC", env!("CARGO_BIN_EXE_fleetc")).env("FLEET_OUT", out).output() else {
        assert!(std::env::var_os("CI").is_none(), "{program} is not installed");
        eprintln!("{program} is not installed: it was not tried");
        return None;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    Some(std::fs::read_to_string(out).unwrap_or_else(|_| panic!("{program} has seen nothing: {said}")))
}

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Words of `colours.fleet`: the nth line, the text, Vim's group, Emacs' face.
const COLOURS: [(usize, &str, &str, &str); 14] = [
    (1, "Serves", "fleetDoc", "font-lock-comment-face"),
    (2, "addon", "fleetDeclaration", "font-lock-keyword-face"),
    (2, "web", "fleetName", "font-lock-function-name-face"),
    (2, "from", "fleetClause", "font-lock-keyword-face"),
    (3, "version", "fleetKey", "font-lock-variable-name-face"),
    (3, "1.0", "fleetString", "font-lock-string-face"),
    (3, "why", "fleetComment", "font-lock-comment-face"),
    (4, "if", "fleetControl", "font-lock-keyword-face"),
    (4, "3", "fleetNumber", "nil"),
    (4, "null", "fleetConstant", "font-lock-constant-face"),
    (4, "size", "fleetKey", "font-lock-variable-name-face"),
    (7, "type", "fleetDeclaration", "font-lock-keyword-face"),
    (7, "Size", "fleetName", "font-lock-function-name-face"),
    (7, "Int", "fleetType", "font-lock-type-face"),
];

/// Each word of `colours.fleet` as `line column`, behind its first letter's start.
fn places(root: &Path) -> PathBuf {
    let text = std::fs::read_to_string(file("tests/it/data/colours.fleet")).expect("a file");
    let place = |(line, word, ..): &(usize, &str, &str, &str)| {
        let column = text.lines().nth(line - 1).and_then(|it| it.find(word)).expect("a word");
        format!("{line} {}\n", column + 1)
    };
    let path = root.join("places");
    std::fs::write(&path, COLOURS.iter().map(place).collect::<String>()).expect("a file");
    path
}

#[test]
fn vim_colours_what_there_is() {
    let root = tempfile::tempdir().expect("a directory");
    let out = root.path().join("seen");
    let mut vim = Command::new("vim");
    vim.args(["-es", "-u", "NONE", "-i", "NONE", "-S"]).arg(file("tests/it/data/colours.vim"));
    vim.env("VIM_FILES", file("editors/vim")).env("FLEET_FILE", file("tests/it/data/colours.fleet"));
    vim.env("PLACES", places(root.path()));
    let Some(text) = seen(vim, &out) else { return };
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("filetype fleet // %s"));
    let found: Vec<&str> = lines.collect();
    assert_eq!(found, COLOURS.map(|(_, _, group, _)| group));
}

#[test]
fn emacs_colours_and_indents_what_there_is() {
    let root = tempfile::tempdir().expect("a directory");
    let out = root.path().join("seen");
    let mut emacs = Command::new("emacs");
    emacs.args(["--batch", "-Q", "-l"]).arg(file("tests/it/data/colours.el"));
    emacs.env("FLEET_MODE", file("editors/emacs/fleet-mode.el"));
    emacs.env("FLEET_FILE", file("tests/it/data/colours.fleet")).env("PLACES", places(root.path()));
    let Some(text) = seen(emacs, &out) else { return };
    let found: Vec<&str> = text.lines().collect();
    let faces = COLOURS.map(|(_, _, _, face)| face);
    assert_eq!(found, [&["mode fleet-mode"], faces.as_slice(), &["indented"]].concat());
}

#[test]
fn eglot_is_served() {
    let it = Fleet::new(FLEET);
    it.write("one.fleet", "cluster one {\n    use adons\n  override web { values.log = \"debug\" }\n}\n");
    let root = it.path().canonicalize().expect("a directory");
    let out = root.join("seen");
    let mut emacs = Command::new("emacs");
    // Not `-Q`, which hides what Debian has installed.
    emacs.args(["--batch", "-q", "-l"]).arg(file("tests/it/data/eglot.el"));
    emacs.env("FLEET_MODE", file("editors/emacs/fleet-mode.el")).env("FLEET_FILE", root.join("one.fleet"));
    let Some(text) = seen(emacs, &out) else { return };
    let lines: Vec<&str> = text.lines().collect();
    let wanted = ["did you mean `addons`?", "left 0", "Serves pages.", "  use addons   override web"];
    assert_eq!(lines.len(), wanted.len(), "{text}");
    for (line, wanted) in lines.iter().zip(wanted) {
        assert!(line.contains(wanted), "{wanted} is not in {line}");
    }
}

#[test]
fn neovim_is_served() {
    let it = Fleet::new(FLEET);
    it.write("one.fleet", "cluster one {\n  zones = 3\n  use addons\n  override web { values.log = \"debug\" }\n}\n");
    let root = it.path().canonicalize().expect("a directory");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/neovim.lua");
    let out = root.join("seen.json");
    let mut nvim = Command::new("nvim");
    nvim.args(["--headless", "--clean", "-n", "-c", &format!("luafile {script}")])
        .env("FLEET_FILE", root.join("one.fleet"));
    let Some(text) = seen(nvim, &out) else { return };
    let seen: Json = serde_json::from_str(&text).expect("JSON");
    assert!(seen["problem"].is_null(), "{seen}");
    let says = |key: &str, part: &str| {
        assert!(seen[key].as_str().is_some_and(|it| it.contains(part)), "{key} is not {part}: {seen}");
    };
    says("hover", "Serves pages.");
    says("diagnostic", "did you mean `addons`?");
    says("fixed", "  use addons");
    says("formatted", "  use addons");
    says("renamed", "override site {");
    says("completed", "web");
    says("symbol", "one");
    assert_eq!((&seen["definition"], &seen["references"]), (&4.into(), &2.into()), "{seen}");
}
