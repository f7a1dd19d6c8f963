//! Strings and keys that readers of YAML mistake for something else, read back
//! through the real kustomize: in files, and in the text of patches.

use serde_json::{Value, json};

use crate::support::{Kustomize, compiled, quote, summary};

const STRINGS: [&str; 62] = [
    "yes",
    "Yes",
    "YES",
    "no",
    "on",
    "Off",
    "y",
    "N",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "nil",
    "nan",
    ".nan",
    ".inf",
    "-.inf",
    "inf",
    "010",
    "0755",
    "0o17",
    "0x1F",
    "0b101",
    "1e3",
    "1E3",
    "12e5",
    "1_000",
    "1__0",
    "1.",
    ".5",
    "1.10",
    "-1",
    "+1",
    "12:30",
    "12:30:45",
    "190:20:30",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "=",
    "<<",
    "",
    " ",
    " lead",
    "trail ",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "- a",
    "? a",
    "[a",
    "{a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "'a'",
    "\"a\"",
    "\\a",
];

const LINES: [&str; 14] = [
    "a\nb",
    "a\nb\n",
    "a\nb\n\n",
    "\na",
    " a\nb",
    "a \nb",
    "a\n  b\n",
    "a\n\tb",
    "a\r\nb",
    "\ta",
    "a\n\n\nb",
    "#!/bin/sh\nx",
    "---\na",
    "emoji 🙂\nnext é",
];

fn all() -> Vec<&'static str> {
    STRINGS.into_iter().chain(LINES).collect()
}

#[test]
fn strings_stay_the_strings_they_were() {
    let Some(kustomize) = Kustomize::find("hostile strings") else { return };
    let in_file: Vec<String> = all().iter().enumerate().map(|(nth, it)| format!("k{nth} = {}", quote(it))).collect();
    let patched: Vec<String> =
        all().iter().enumerate().map(|(nth, it)| format!("p{nth} = \"\\(cluster.tag)\" + {}", quote(it))).collect();
    let list: Vec<String> = all().iter().map(|it| quote(it)).collect();
    // kustomize cannot carry `<<` and the empty key, so they are refused (E0628).
    let keys: Vec<String> =
        STRINGS.iter().filter(|it| !matches!(**it, "<<" | "")).map(|it| format!("{} = 1", quote(it))).collect();
    let text = format!(
        "fleet strings {{ facts {{ tag: String }} }}\n\
         external CRD \"things.example.com\" {{ kind = \"Thing\", scope = \"Cluster\" }}\n\
         catalogue things {{ manifest thing {{\n apiVersion = \"example.com/v1\", kind = \"Thing\"\n\
         spec {{\n values {{\n{}\n}}\n patched {{\n{}\n}}\n list = [{}]\n keys {{\n{}\n}}\n}} }} }}\n\
         cluster one {{ use things, tag = \"\" }}\n",
        in_file.join("\n"),
        patched.join("\n"),
        list.join(", "),
        keys.join("\n")
    );
    let (db, compilation) = compiled(&text.replace("use things, tag", "use things\n tag"));
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    // The oracle compares what kustomize reads with what was meant …
    kustomize.check(&db, &compilation);
    // … and so that the oracle itself is not fooled, what is meant is said here once more.
    let rendered = rendered(&db);
    for (nth, wanted) in all().iter().enumerate() {
        assert_eq!(rendered["spec"]["values"][format!("k{nth}")], json!(wanted));
        assert_eq!(rendered["spec"]["patched"][format!("p{nth}")], json!(wanted));
        assert_eq!(rendered["spec"]["list"][nth], json!(wanted));
    }
}

/// Characters that some reader of YAML or JSON takes for something else.
const CHARACTERS: &str = concat!(
    " \t\n\r\"'\\#:-?[]{},&*!|>%@`~=<$.0_/é\u{301}",
    "\u{a0}\u{ad}\u{61c}\u{200b}\u{200e}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{feff}\u{fffd}",
    "\u{e000}\u{1f642}\u{e0001}\u{10fffd}"
);

/// A character in every position that matters to them: alone, at each end, in between, beside
/// blanks, in each line of several, and as the beginning of YAML.
fn placed(it: char) -> Vec<String> {
    let around = ["X", "Xa", "aX", "aXb", " X", "X ", "a X b", "XX", "X\t", "\tX", "X: a", "- X", "a: X"];
    let in_lines = ["a\nXb", "Xa\nb", "aX\nb", "a\nX", "X\n", "\nX", "a\n\nXb\n", "a\n X\n"];
    around.into_iter().chain(in_lines).map(|form| form.replace('X', &it.to_string())).collect()
}

/// A text with every character as an escape that may not be in a source as it is.
fn escaped(text: &str) -> String {
    let escape = |it: char| match it {
        '"' | '\\' => format!("\\{it}"),
        ' '..='~' => it.to_string(),
        it => format!("\\u{{{:x}}}", it as u32),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// What kustomize cannot read back from an object that a JSON patch changes.
fn is_tabbed(text: &str) -> bool {
    text.starts_with('\t') && text.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

fn systematic() -> Vec<String> {
    let mut all: Vec<String> = CHARACTERS.chars().flat_map(placed).collect();
    all.sort();
    all.dedup();
    all
}

/// Entries of a block, each with a name of its own.
fn entries(texts: &[String], value: impl Fn(&str) -> String) -> String {
    let lines = texts.iter().enumerate().map(|(nth, it)| format!("      k{nth} = {}\n", value(&escaped(it))));
    lines.collect()
}

/// Entries of a block whose keys are the texts.
fn keys(texts: &[String]) -> String {
    // kustomize cannot carry `<<`, so that it is refused (E0628).
    let lines: Vec<String> =
        texts.iter().filter(|it| *it != "<<").map(|it| format!("      {} = 1\n", escaped(it))).collect();
    lines.concat()
}

/// Every such text, as a value and as a key: in a file, in a merge and in a JSON patch; for a
/// cluster by itself (manifest) and for a class of clusters (add-on).
#[test]
fn every_hostile_text_survives_in_every_container() {
    let Some(kustomize) = Kustomize::find("systematic hostile strings") else { return };
    let all = systematic();
    assert!(all.len() > 724, "{}", all.len());
    let (tabbed, rest): (Vec<String>, Vec<String>) = all.into_iter().partition(|it| is_tabbed(it));
    let with_fact = |it: &str| format!("\"\\(cluster.tag)\" + {it} + \"\\(cluster.end)\"");
    // What is an object with a null is added by a JSON patch.
    let text = |texts: &[String], json: &str| {
        let body = format!(
            "file {{\n{}}}\nmerge {{\n{}}}\nlist = [{}]\nkeys {{\n{}}}\nfacts {{\n{}}}\n{json}\n",
            entries(texts, str::to_owned),
            entries(texts, |it| format!("if cluster.tag == \"\" then {it} else \"x\"")),
            texts.iter().map(|it| escaped(it)).collect::<Vec<_>>().join(", "),
            keys(texts),
            entries(texts, with_fact),
        );
        format!(
            "fleet strings {{ facts {{ tag: String, end: String, mode: String = \"json\" }} }}\n\
             external CRD \"things.example.com\" {{ kind = \"Thing\", scope = \"Cluster\" }}\n\
             catalogue things {{\n source s = helm \"https://example.com/charts\"\n\
             manifest thing {{\n apiVersion = \"example.com/v1\"\n kind = \"Thing\"\n spec {{\n{body}}}\n}}\n\
             addon web {{\n source = s\n version = \"1.0.0\"\n values {{\n{body}}}\n}}\n }}\n\
             cluster one {{\n use things\n tag = \"\"\n end = \"\"\n}}\n\
             cluster two {{\n use things\n tag = \"a \"\n end = \" b\"\n}}\n\
             cluster three {{\n use things\n tag = \"c\"\n end = \"d\"\n}}\n"
        )
    };
    let json = |texts: &[String]| {
        format!(
            "json = if cluster.mode == \"json\" then {{ nothing = null, values = [{}], keys = {{\n{}}}, facts = {{\n{}}} }} else {{}}",
            texts.iter().map(|it| escaped(it)).collect::<Vec<_>>().join(", "),
            keys(texts),
            entries(texts, with_fact),
        )
    };
    for (texts, json) in [(&rest, json(&rest)), (&tabbed, String::new())] {
        let (db, compilation) = compiled(&text(texts, &json));
        assert!(compilation.is_clean(), "{:?}", summary(&compilation));
        assert!(crate::compile::classes::assert_alike(&db, &compilation, "hostile texts") >= 2);
        kustomize.check(&db, &compilation);
        let is_json = |it: &str| it.contains("\"op\": \"add\", \"path\": \"/spec/json\"");
        let patched = compilation.tree.files.values().any(|it| is_json(&it.text()));
        assert_eq!(patched, !json.is_empty());
        for file in compilation.tree.files.values() {
            assert!(file.text().chars().all(|it| !fleetc::source::is_noncharacter(it)));
        }
        // The oracle compares with what fleetc renders: here is what was meant.
        let rendered = rendered(&db);
        for (nth, wanted) in texts.iter().enumerate() {
            if !json.is_empty() {
                assert_eq!(rendered["spec"]["json"]["values"][nth], json!(wanted));
                assert_eq!(rendered["spec"]["json"]["facts"][format!("k{nth}")], json!(wanted));
            }
            for part in ["file", "merge", "facts"] {
                assert_eq!(rendered["spec"][part][format!("k{nth}")], json!(wanted), "{part}");
            }
        }
    }
    // One such text anywhere in an object that a JSON patch changes is refused.
    for it in &tabbed {
        let it = escaped(it);
        for place in [format!("a = {it}"), format!("a {{ b = [{{ c = {it} }}] }}"), format!("{it} = 1")] {
            let (_, compilation) = compiled(&text(
                &[],
                &format!("{place}\njson = if cluster.mode == \"json\" then {{ nothing = null }} else {{}}"),
            ));
            let said = summary(&compilation);
            assert!(said.len() == 2 && said.iter().all(|it| it.starts_with("E0628")), "{place}: {said:?}");
        }
    }
}

fn rendered(db: &fleetc::source::FleetDatabase) -> Value {
    let cluster = fleetc::fleet::clusters(db).next().expect("a cluster");
    let deployed = &fleetc::flux::exactly(db, cluster).value;
    let thing = deployed.objects().find(|(_, it)| it.id.kind == "Thing").expect("the object").1;
    fleetc::value::json(&thing.body)
}

#[test]
fn numbers_stay_numbers() {
    let Some(kustomize) = Kustomize::find("numbers") else { return };
    let (db, compilation) = compiled(
        r#"
fleet numbers { facts { scale: Int } }
external CRD "things.example.com" { kind = "Thing", scope = "Cluster" }
catalogue things {
  manifest thing {
    apiVersion = "example.com/v1"
    kind = "Thing"
    spec {
      int = 1_000
      negative = -7
      large = 9007199254740992
      float = 1.5
      whole = 2.0
      small = 1.0e-9
      huge = 1.5e300
      scaled = cluster.scale * 2
      flag = true
      nothing = null
      empty = {}
      none = []
    }
  }
}
cluster one {
  use things
  scale = 21
}
"#,
    );
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    kustomize.check(&db, &compilation);
    assert_eq!(rendered(&db)["spec"]["scaled"], json!(42));
}

#[test]
fn what_kustomize_cannot_carry_is_refused() {
    let refused = |value: &str| {
        crate::support::errors(&format!(
            "fleet f {{ }}\nexternal CRD \"things.example.com\" {{ kind = \"Thing\", scope = \"Cluster\" }}\n\
             catalogue c {{ manifest thing {{\n apiVersion = \"example.com/v1\"\n kind = \"Thing\"\n spec {{ {value} }}\n}} }}\n\
             cluster one {{ use c }}\n"
        ))
    };
    assert_eq!(refused("a = \"\\u{7f}\""), ["E0628"]);
    assert_eq!(refused("a = \"\\u{85}\""), ["E0628"]);
    assert_eq!(refused("\"<<\" = 1"), ["E0628"]);
    assert_eq!(refused("\"\" = 1"), ["E0628"]);
    assert_eq!(refused("a = 9007199254740993"), ["E0628"]);
    assert_eq!(refused(&format!("\"{}\" = 1", "k".repeat(1001))), ["E0628"]);
    assert!(refused("a = 1").is_empty());
}
