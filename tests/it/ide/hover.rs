//! What is told of a place: types, values on every cluster, YAML, lenses.

use fleetc::ide;

use super::{FLEET, Marked, at, lines, marked};

#[test]
fn hover_says_type_documentation_and_what_it_comes_to() {
    for (text, nth, wanted) in [
        ("web {", 1, &["addon web", "Serves pages.", "addon `web` of `addons` · `fleet.fleet:13`"][..]),
        ("size", 1, &["size: Int = 2", "How many pods.", "| `one` | `5` | rule `big`", "`2` addon `web`"]),
        ("size = 5", 0, &["| `one` | `5` | rule `big`", "| `two` | `2` | addon `web`"]),
        ("environment:", 0, &["| `one` | `\"production\"` | cluster `one` `fleet.fleet:31` |"]),
        ("environment =", 2, &["| `two` | `\"test\"` |"]),
        ("name in", 0, &["name: String"]),
        ("zones", 1, &["`one`, `two`", "`1`"]),
        ("replicas", 0, &["| `one` | `5` |", "| `two` | `2` |"]),
        ("twice", 1, &["fn twice(text: String): String"]),
        ("home", 1, &["let home: Code"]),
        ("Code", 1, &["type Code = String where", "Three letters."]),
        ("log =", 0, &["| `one` | `\"debug\"` |", "cluster `one`"]),
    ] {
        let it = at(text, nth);
        let hover = ide::hover(&it.db, it.file, it.offset).unwrap_or_else(|| panic!("nothing at {text} {nth}"));
        for line in wanted {
            assert!(hover.text.contains(line), "no {line} at {text} {nth}:\n{}", hover.text);
        }
    }
}

#[test]
fn words_of_the_language_are_explained_where_they_are_words() {
    let said = |text: &str, nth: usize| {
        let it = at(text, nth);
        ide::hover(&it.db, it.file, it.offset).map(|it| it.text)
    };
    for (text, nth) in
        [("override", 0), ("when", 0), ("where", 0), ("for name", 0), ("Int", 0), ("use ", 0), ("helm", 0)]
    {
        let word = text.split(' ').next().expect("a word");
        let wanted = fleetc::syntax::word(word).expect("a word of the chapter");
        assert_eq!(said(text, nth).as_deref(), Some(wanted), "{text}");
    }
    // In a comment, in a string, as a key: no word.
    let text = "fleet f { }\n// use $0use\n";
    for text in [text, "let a = \"in $0in\"\n", "let a = { in = 1, $0from = 2 }\n"] {
        let it = marked(text);
        let found = ide::hover(&it.db, it.file, it.offset).map(|it| it.text).unwrap_or_default();
        assert!(!fleetc::syntax::words().any(|(_, it)| it == found), "{text}: {found}");
    }
}

#[test]
fn yaml_knows_where_each_line_is_from() {
    let it = at("replicas", 0);
    for (cluster, wanted) in
        [(None, ("one", "replicas: 5", "size = 5")), (Some("two"), ("two", "replicas: 2", "size: Int = 2"))]
    {
        let found = ide::preview(&it.db, it.file, it.offset, cluster).expect("a preview");
        assert_eq!((found.cluster.as_str(), found.clusters.len()), (wanted.0, 2));
        let nth = found.text.lines().position(|it| it.trim() == wanted.1).unwrap_or_else(|| panic!("{}", found.text));
        let place = found.lines[nth].as_ref().expect("a place");
        let line = FLEET[..place.range.start].rsplit('\n').next().unwrap_or_default().len();
        let from = place.range.start - line;
        let source = FLEET[from..].lines().next().unwrap_or_default();
        assert!(source.contains(wanted.2) || source.contains("replicas = params.size"), "{source}");
    }
    // An override leads to what it overrides, a cluster to all that it has.
    let it = at("log =", 0);
    assert_eq!(ide::preview(&it.db, it.file, it.offset, None).expect("a preview").title, "web");
    let it = at("override addons.web", 0);
    assert_eq!(ide::preview(&it.db, it.file, it.offset, None).expect("a preview").title, "web");
    let it = at("cluster two", 0);
    let found = ide::preview(&it.db, it.file, it.offset, None).expect("a preview");
    assert!(found.text.contains("kind: Kustomization") && found.text.contains("kind: HelmRelease"), "{}", found.text);
}

/// One value that several set is told with each of them; where that is too much, with one and how many others.
#[test]
fn who_set_a_value_is_told_for_each() {
    let fleet = |clusters: usize| {
        let cluster = |nth: usize| format!("cluster c{nth} {{\n  size = 5\n}}\n");
        format!("fleet f {{ facts {{ $0size: Int = 1 }} }}\n{}", (0..clusters).map(cluster).collect::<String>())
    };
    let hover = |text: &str| {
        let it = marked(text);
        ide::hover(&it.db, it.file, it.offset).map(|it| it.text).unwrap_or_default()
    };
    let two = hover(&fleet(2));
    for row in ["| `c0` | `5` | cluster `c0` `fleet.fleet:3` |", "| `c1` | `5` | cluster `c1` `fleet.fleet:6` |"] {
        assert!(two.contains(row), "{two}");
    }
    let many = hover(&fleet(9));
    assert!(many.contains("| 9 clusters, such as `c0` | `5` | cluster `c0` `fleet.fleet:3` and 8 others |"), "{many}");
}

/// What clusters share is told with what each has in its place; in a table and in what is written.
#[test]
fn no_mark_is_shown() {
    let text = r#"
fleet f { facts { account: AwsAccountId = "111122223333" } }
catalogue a {
  source charts = helm "https://charts.example.com"
  addon web {
    source  = charts
    version = "1.0.0"
    params { host: String = "\(cluster.name).example.com" }
    values { name = cluster.name, both = "x-\(cluster.name)-\(cluster.account)", host = params.host, all = [cluster.name] }
  }
}
cluster one { use a }
cluster two { use a }
cluster three { use a }
"#;
    for (words, wanted) in [
        ("name = cluster", "| `one` | `\"one\"` |"),
        ("both =", "| `two` | `\"x-two-111122223333\"` |"),
        ("host = params", "| `three` | `\"three.example.com\"` |"),
        ("host: String", "| `three` | `\"three.example.com\"` |"),
        ("all =", "| `one` | `[\"one\"]` |"),
    ] {
        let offset = text.find(words).unwrap_or_else(|| panic!("no {words}")) + 1;
        let it = marked(&format!("{}$0{}", &text[..offset], &text[offset..]));
        let hover = ide::hover(&it.db, it.file, it.offset).map(|it| it.text).unwrap_or_default();
        assert!(hover.contains(wanted), "{words}:\n{hover}");
        for fix in ide::assists(&it.db, it.file, it.offset) {
            for edit in fix.edits {
                assert!(!edit.text.contains('\u{fdd0}') && !edit.text.contains("fdd0"), "{}", edit.text);
            }
        }
    }
}

/// Of a definition counts what is taken from it, where it stands in a catalogue.
#[test]
fn a_definition_is_what_is_taken_from_it() {
    let text = r#"
fleet f { facts { zones: Int = 3 } }
source charts = helm "https://charts.example.com"
addon $0service {
  let ports = { http = 80, names = ["a"] }
  source  = charts
  version = "1.0.0"
  params { size: Int = 1, opts: { String: Int } = { } }
  values { size = params.size, port = ports.http, opts = params.opts }
}
catalogue addons {
  addon web from service { params { size = 2, opts.a = 1 } }
  addon api from service { params.size = cluster.zones, params.opts.a = 2 }
}
check "pinned" { cluster.addons.web.version == "1.0.0" }
cluster one { use addons }
"#;
    let it = marked(text);
    let text = it.file.text(&it.db).to_string();
    let hover = |words: &str| {
        let offset = text.find(words).unwrap_or_else(|| panic!("no {words}")) + 1;
        ide::hover(&it.db, it.file, offset).map(|it| it.text).unwrap_or_default()
    };
    let of_param = hover("size: Int");
    for row in ["| `one (web)` | `2` | addon `web`", "| `one (api)` | `3` | fleet `f`", "`1` addon `service`"] {
        assert!(of_param.contains(row), "no {row}:\n{of_param}");
    }
    let of_opts = hover("opts: {");
    assert!(of_opts.contains("| `one (web)` | `{ a = 1 }` |") && of_opts.contains("`{ a = 2 }`"), "{of_opts}");
    assert!(hover("ports =").contains("ports: { http: Int, names: [String] }"), "{}", hover("ports ="));
    let titles = ide::lenses(&it.db, it.file).into_iter().map(|it| it.title);
    assert!(titles.clone().all(|it| it == "used by 1 cluster"), "{:?}", titles.collect::<Vec<_>>());
    let found = ide::preview(&it.db, it.file, it.offset, None).expect("a preview");
    assert_eq!(found.text.matches("kind: HelmRelease").count(), 2, "{}", found.text);
    // What a check reads of an add-on is a name of it.
    let web = Marked { offset: text.find("web from").expect("the add-on"), ..marked(&format!("{text}$0")) };
    assert_eq!(lines(&web), ["=12", "15"]);
    // Behind what is set nothing is shown that would be set.
    assert!(ide::inlays(&it.db, it.file).iter().all(|it| it.offset < text.find("catalogue").expect("it")));
}
