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
