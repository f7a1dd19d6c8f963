//! `fleetc lsp`, by a client over the wire.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::support::{Editor, Fleet, uri};

const FLEET: &str = r#"fleet f { facts { environment: "test" | "production", zones: Int = 1 } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  /// Serves pages.
  addon web { source = charts, version = "1.0.0", values { zones = cluster.zones, text = "é𝄞" } }
}
"#;

const ONE: &str = "cluster one {\n  environment = \"test\"\n  use addons\n  override web { values.log = \"𝄞\" }\n}\n";

struct Project {
    fleet: Fleet,
    editor: Editor,
}

fn project(capabilities: &Json) -> Project {
    let fleet = Fleet::new(FLEET);
    fleet.write("one.fleet", ONE);
    let mut editor = Editor::start(capabilities);
    let path = real(&fleet, "one.fleet");
    editor.open(&path, ONE);
    Project { fleet, editor }
}

fn real(fleet: &Fleet, name: &str) -> PathBuf {
    fleet.path().canonicalize().expect("a directory").join(name)
}

impl Project {
    fn path(&self, name: &str) -> PathBuf {
        real(&self.fleet, name)
    }

    fn at(&self, name: &str, line: u32, character: u32) -> Json {
        json!({ "textDocument": { "uri": uri(&self.path(name)) }, "position": { "line": line, "character": character } })
    }

    fn document(&self, name: &str) -> Json {
        json!({ "textDocument": { "uri": uri(&self.path(name)) } })
    }

    /// Replaces a range of a file that is open.
    fn change(&mut self, name: &str, version: i32, range: [u32; 4], text: &str) {
        let [a, b, c, d] = range;
        let range = json!({ "start": { "line": a, "character": b }, "end": { "line": c, "character": d } });
        let document = json!({ "uri": uri(&self.path(name)), "version": version });
        let changes = json!([{ "range": range, "text": text }]);
        self.editor.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }
}

fn codes(found: &[Json]) -> Vec<&str> {
    found.iter().filter_map(|it| it["code"].as_str()).collect()
}

#[test]
fn diagnostics_follow_what_is_typed_and_what_changes_outside() {
    let mut it = project(&json!({}));
    let one = it.path("one.fleet");
    assert!(it.editor.diagnostics(&one, |_| true).is_empty());
    // `use addons` becomes `use adons`.
    it.change("one.fleet", 2, [2, 6, 2, 12], "adons");
    let found = it.editor.diagnostics(&one, |it| !it.is_empty());
    assert_eq!(codes(&found), ["E0211"], "{found:?}");
    assert_eq!(
        found[0]["range"],
        json!({ "start": { "line": 2, "character": 6 }, "end": { "line": 2, "character": 11 } })
    );
    assert!(found[0]["message"].as_str().expect("a text").contains("did you mean `addons`?"), "{found:?}");
    let range = json!({ "start": { "line": 2, "character": 8 }, "end": { "line": 2, "character": 8 } });
    let mut params = it.document("one.fleet");
    params["range"] = range;
    params["context"] = json!({ "diagnostics": [] });
    let actions = it.editor.ask("textDocument/codeAction", params);
    assert_eq!(actions[0]["title"], "Write `addons`", "{actions}");
    assert_eq!(actions[0]["edit"]["changes"][uri(&one)][0]["newText"], "addons", "{actions}");
    it.change("one.fleet", 3, [2, 6, 2, 11], "addons");
    assert!(it.editor.diagnostics(&one, <[Json]>::is_empty).is_empty());
    // Another file is made outside, and is wrong; then it is gone.
    it.fleet.write("two.fleet", "cluster two {\n  environment = \"prod\"\n}\n");
    let two = it.path("two.fleet");
    let found = it.editor.diagnostics(&two, |it| !it.is_empty());
    assert_eq!(found[0]["range"]["start"]["line"], 1, "{found:?}");
    std::fs::remove_file(&two).expect("a file");
    assert!(it.editor.diagnostics(&two, <[Json]>::is_empty).is_empty());
    // What is not saved is gone when the file is closed.
    it.change("one.fleet", 4, [2, 6, 2, 12], "adons");
    assert!(!it.editor.diagnostics(&one, |it| !it.is_empty()).is_empty());
    let document = it.document("one.fleet");
    it.editor.tell("textDocument/didClose", document);
    assert!(it.editor.diagnostics(&one, <[Json]>::is_empty).is_empty());
    assert_eq!(it.editor.leave(), Some(0));
}

#[test]
fn an_editor_is_answered() {
    let nested = json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
    let mut it = project(&nested);
    let (one, fleet) = (it.path("one.fleet"), it.path("fleet.fleet"));
    let hover = it.editor.ask("textDocument/hover", it.at("one.fleet", 3, 12));
    assert!(hover["contents"]["value"].as_str().expect("a text").contains("Serves pages."), "{hover}");
    let definition = it.editor.ask("textDocument/definition", it.at("one.fleet", 3, 12));
    assert_eq!(
        (&definition["uri"], &definition["range"]["start"]),
        (&uri(&fleet).into(), &json!({ "line": 4, "character": 8 }))
    );
    let mut params = it.at("one.fleet", 2, 8);
    params["context"] = json!({ "includeDeclaration": true });
    let references = it.editor.ask("textDocument/references", params);
    assert_eq!(references.as_array().map(Vec::len), Some(2), "{references}");
    let mut params = it.at("one.fleet", 3, 12);
    params["newName"] = "site".into();
    let edit = it.editor.ask("textDocument/rename", params);
    assert_eq!(edit["changes"].as_object().map(serde_json::Map::len), Some(2), "{edit}");
    let symbols = it.editor.ask("textDocument/documentSymbol", it.document("fleet.fleet"));
    assert_eq!(symbols[1]["children"][1]["name"], "web", "{symbols}");
    let symbols = it.editor.ask("workspace/symbol", json!({ "query": "we" }));
    assert_eq!(symbols[0]["name"], "web", "{symbols}");
    let lenses = it.editor.ask("textDocument/codeLens", it.document("fleet.fleet"));
    let titles: Vec<&str> =
        lenses.as_array().expect("a list").iter().filter_map(|it| it["command"]["title"].as_str()).collect();
    assert_eq!(titles, ["used by 1 cluster", "used by 1 cluster", "overridden in 1 place"], "{lenses}");
    let tokens = it.editor.ask("textDocument/semanticTokens/full", it.document("fleet.fleet"));
    let data = tokens["data"].as_array().expect("numbers");
    assert!(data.len().is_multiple_of(5) && data.len() > 30, "{tokens}");
    let mut params = it.document("fleet.fleet");
    params["range"] = json!({ "start": { "line": 4, "character": 0 }, "end": { "line": 5, "character": 0 } });
    let some = it.editor.ask("textDocument/semanticTokens/range", params.clone());
    assert!(some["data"].as_array().is_some_and(|it| !it.is_empty() && it.len() < data.len()), "{some}");
    it.editor.ask("textDocument/inlayHint", params);
    let links = it.editor.ask("textDocument/documentLink", it.document("fleet.fleet"));
    assert_eq!(links[0]["target"], "https://charts.example.com", "{links}");
    let preview = it.editor.ask("fleetc/preview", it.at("one.fleet", 3, 12));
    assert!(preview["text"].as_str().is_some_and(|it| it.contains("kind: HelmRelease")), "{preview}");
    let count = preview["text"].as_str().map_or(0, |it| it.lines().count());
    assert_eq!(preview["lines"].as_array().map(Vec::len), Some(count), "{preview}");
    let folds = it.editor.ask("textDocument/foldingRange", it.document("one.fleet"));
    assert_eq!((&folds[0]["startLine"], &folds[0]["endLine"]), (&0.into(), &3.into()), "{folds}");
    it.change("one.fleet", 2, [2, 2, 2, 12], "use   addons\n  drop addons.");
    let found = it.editor.ask("textDocument/completion", it.at("one.fleet", 3, 14));
    let labels: Vec<&str> = found.as_array().expect("a list").iter().filter_map(|it| it["label"].as_str()).collect();
    assert_eq!(labels, ["web"], "{found}");
    it.change("one.fleet", 3, [3, 2, 3, 14], "");
    let mut params = it.document("one.fleet");
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = it.editor.ask("textDocument/formatting", params);
    assert_eq!(edits.as_array().map(Vec::len), Some(1), "{edits}");
    assert_eq!(edits[0]["newText"], "  use addons\n\n", "{edits}");
    let _ = one;
    assert_eq!(it.editor.leave(), Some(0));
}

#[test]
fn columns_are_counted_as_the_editor_counts() {
    for (capabilities, encoding, column) in
        [(json!({}), "utf-16", 42), (json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } }), "utf-8", 44)]
    {
        let mut it = project(&capabilities);
        // Behind the clef, which is two units in UTF-16 and four bytes in UTF-8.
        it.change("one.fleet", 2, [3, column - 10, 3, column - 10], "");
        let text = "  override web { values { a = \"𝄞\", zones = cluster.zonse } }";
        let whole = [3, 0, 3, 200];
        it.change("one.fleet", 3, whole, text);
        let one = it.path("one.fleet");
        let found = it.editor.diagnostics(&one, |it| !it.is_empty());
        let before = text.split("cluster.zonse").next().expect("a beginning");
        let wanted = if encoding == "utf-8" { before.len() } else { before.encode_utf16().count() };
        assert_eq!(found[0]["range"]["start"], json!({ "line": 3, "character": wanted }), "{encoding}: {found:?}");
        assert_eq!(it.editor.leave(), Some(0));
    }
}

#[test]
fn the_protocol_has_edges() {
    let mut it = project(&json!({}));
    // Asked and taken back at once: answered all the same, one way or the other.
    let params = it.at("one.fleet", 3, 12);
    let ids: Vec<i64> = (0..20).map(|_| it.editor.begin("textDocument/hover", params.clone())).collect();
    it.editor.tell("$/cancelRequest", json!({ "id": ids[19] }));
    for id in ids {
        let answer = it.editor.end(id);
        assert!(answer["result"].is_object() || answer["error"]["code"] == -32800, "{answer}");
    }
    // What does not exist, and what is no question.
    let id = it.editor.begin("textDocument/nonsense", json!({}));
    assert_eq!(it.editor.end(id)["error"]["code"], -32601);
    let id = it.editor.begin("textDocument/hover", json!({ "textDocument": 3 }));
    assert_eq!(it.editor.end(id)["error"]["code"], -32602);
    it.editor.tell("textDocument/didChange", json!({ "nothing": true }));
    it.editor.tell("$/setTrace", json!({ "value": "off" }));
    // Places that are not there.
    for (line, character) in [(999, 0), (0, 999)] {
        let params = it.at("one.fleet", line, character);
        it.editor.ask("textDocument/hover", params.clone());
        it.editor.ask("textDocument/completion", params);
    }
    // Changes while it computes: the last text counts.
    let one = it.path("one.fleet");
    for nth in 0..50 {
        it.change("one.fleet", 10 + nth, [0, 0, 0, 0], "// x\n");
    }
    it.change("one.fleet", 99, [52, 6, 52, 12], "adons");
    let found = it.editor.diagnostics(&one, |it| !it.is_empty());
    assert_eq!(found[0]["range"]["start"]["line"], 52, "{found:?}");
    // Behind a `shutdown`, nothing is answered but that.
    let params = it.at("one.fleet", 52, 8);
    it.editor.ask("shutdown", json!(null));
    let id = it.editor.begin("textDocument/hover", params);
    assert_eq!(it.editor.end(id)["error"]["code"], -32600);
    it.editor.tell("exit", json!(null));
    assert_eq!(it.editor.ended(), Some(0));
    // A file of no project, one that is none, and an editor that dies.
    let outside = tempfile::tempdir().expect("a directory");
    let path = outside.path().canonicalize().expect("a directory").join("alone.fleet");
    let mut editor = Editor::start(&json!({}));
    editor.open(&path, "let a=1\n");
    let params = json!({ "textDocument": { "uri": uri(&path) }, "options": { "tabSize": 2, "insertSpaces": true } });
    assert_eq!(editor.ask("textDocument/formatting", params)[0]["newText"], "let a = 1\n");
    let params = json!({ "textDocument": { "uri": "untitled:a" }, "position": { "line": 0, "character": 0 } });
    assert!(editor.ask("textDocument/hover", params).is_null());
    assert_ne!(editor.die(), Some(0));
    let mut editor = Editor::start(&json!({}));
    editor.raw(b"Content-Length: 5\r\n\r\nhello");
    assert_ne!(editor.die(), Some(0), "what is no message ends it");
}

#[test]
fn several_projects_are_kept_apart() {
    let first = project(&json!({}));
    let Project { fleet, mut editor } = first;
    let other = Fleet::new("fleet g { }\ncluster two { use nothing }\n");
    let path = real(&other, "fleet.fleet");
    editor.open(&path, &other.read("fleet.fleet"));
    let found = editor.diagnostics(&path, |it| !it.is_empty());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(editor.diagnostics(&real(&fleet, "one.fleet"), |_| true).is_empty());
    let symbols = editor.ask("workspace/symbol", json!({ "query": "" }));
    let names: Vec<&str> = symbols.as_array().expect("a list").iter().filter_map(|it| it["name"].as_str()).collect();
    assert!(names.contains(&"two") && names.contains(&"one"), "{names:?}");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn the_standard_library_can_be_read() {
    let mut it = project(&json!({}));
    it.change("one.fleet", 2, [0, 0, 0, 0], "let region: AwsRegion = \"eu-west-1\"\n");
    let definition = it.editor.ask("textDocument/definition", it.at("one.fleet", 0, 14));
    let path = definition["uri"].as_str().expect("a place").trim_start_matches("file://").to_owned();
    let text = std::fs::read_to_string(&path).expect("a copy");
    let line = definition["range"]["start"]["line"].as_u64().expect("a line");
    assert!(
        text.lines().nth(usize::try_from(line).expect("a line")).is_some_and(|it| it.starts_with("type AwsRegion")),
        "{path}"
    );
    assert_eq!(it.editor.leave(), Some(0));
}

/// A package beside the project is watched, has texts that are not saved, and may be walked into.
#[test]
fn packages_beside_a_project_are_followed() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path().canonicalize().expect("a directory");
    let (library, app) = (home.join("lib/fleet.fleet"), home.join("app/fleet.fleet"));
    let of_library = "fleet lib { }\n/// Five.\nlet five = 5\n";
    let of_app = "fleet app { packages { lib { path = \"../lib\" } } }\nimport lib.{ five }\nlet six = five + 1\n";
    for (path, text) in [(&library, of_library), (&app, of_app)] {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }
    let mut editor = Editor::start(&json!({}));
    editor.open(&app, of_app);
    assert!(editor.diagnostics(&app, <[Json]>::is_empty).is_empty());
    let at = json!({ "textDocument": { "uri": uri(&app) }, "position": { "line": 2, "character": 11 } });
    let definition = editor.ask("textDocument/definition", at.clone());
    assert_eq!((&definition["uri"], &definition["range"]["start"]["line"]), (&uri(&library).into(), &json!(2)));
    // What changes on the disk, nobody having opened it.
    std::fs::write(&library, of_library.replace("five", "four")).expect("a file");
    assert_eq!(codes(&editor.diagnostics(&app, |it| !it.is_empty())), ["E0216"]);
    // What is not saved counts, there and here.
    editor.open(&library, of_library);
    assert!(editor.diagnostics(&app, <[Json]>::is_empty).is_empty());
    let hover = editor.ask("textDocument/hover", at);
    assert!(hover["contents"]["value"].as_str().is_some_and(|it| it.contains("Five.")), "{hover}");
    let change = json!({ "textDocument": { "uri": uri(&library), "version": 2 }, "contentChanges": [{ "text": "fleet lib { }\n" }] });
    editor.tell("textDocument/didChange", change);
    assert_eq!(codes(&editor.diagnostics(&app, |it| !it.is_empty())), ["E0216"]);
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri(&library) } }));
    std::fs::write(&library, of_library).expect("a file");
    assert!(editor.diagnostics(&app, <[Json]>::is_empty).is_empty());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_project_may_come_after_its_files() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path().canonicalize().expect("a directory");
    let (one, fleet) = (home.join("one.fleet"), home.join("fleet.fleet"));
    let mut editor = Editor::start(&json!({}));
    editor.open(&one, "cluster one { use nothing }\n");
    std::fs::write(&fleet, "fleet f { }\n").expect("a file");
    editor.open(&fleet, "fleet f { }\n");
    assert_eq!(codes(&editor.diagnostics(&one, |it| !it.is_empty())), ["E0211"]);
    assert_eq!(editor.leave(), Some(0));
}

/// What keeps a project from being read is shown, once, and forgotten when it is fixed.
#[test]
fn a_project_that_cannot_be_read_says_why() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path().canonicalize().expect("a directory");
    let (fleet, inner) = (home.join("fleet.fleet"), home.join("inner"));
    std::fs::create_dir(&inner).expect("a directory");
    std::fs::write(&fleet, "fleet f { }\n").expect("a file");
    std::fs::write(inner.join("fleet.fleet"), "fleet g { }\n").expect("a file");
    let mut editor = Editor::start(&json!({}));
    editor.open(&fleet, "fleet f { }\n");
    let change = |version: i32, text: &str| json!({ "textDocument": { "uri": uri(&fleet), "version": version }, "contentChanges": [{ "text": text }] });
    editor.tell("textDocument/didChange", change(2, "fleet f { }\n\n"));
    let at = json!({ "textDocument": { "uri": uri(&fleet) }, "position": { "line": 0, "character": 0 } });
    assert!(editor.ask("textDocument/hover", at).is_null());
    let shown: Vec<String> = editor
        .notifications
        .iter()
        .filter(|it| it["method"] == "window/showMessage")
        .map(|it| it["params"]["message"].to_string())
        .collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].contains("a second project inside this one: `inner/fleet.fleet`"), "{shown:?}");
    std::fs::remove_dir_all(&inner).expect("a directory");
    editor.tell("textDocument/didChange", change(3, "fleet f { }\ncluster one { use nothing }\n"));
    assert_eq!(codes(&editor.diagnostics(&fleet, |it| !it.is_empty())), ["E0211"]);
    assert_eq!(editor.leave(), Some(0));
}
