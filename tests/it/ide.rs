//! What an editor asks: names and what they mean, completion, hover, renaming.

use ecow::EcoString;
use fleetc::ide::{self, Completion, Symbol};
use fleetc::source::{Db, FleetDatabase, SourceFile};

use crate::support::{database, files_of};

/// A project in which `$0` marks a place.
struct Marked {
    db: FleetDatabase,
    file: SourceFile,
    offset: usize,
}

fn marked(text: &str) -> Marked {
    let mut place = None;
    let files: Vec<(String, String)> = files_of(text)
        .into_iter()
        .map(|(path, text)| {
            if let Some(offset) = text.find("$0") {
                place = Some((path.clone(), offset));
            }
            (path, text.replace("$0", ""))
        })
        .collect();
    let db = database(&files);
    let (path, offset) = place.expect("a `$0`");
    let file = db.file(&path).expect("the file");
    Marked { db, file, offset }
}

const FLEET: &str = r#"
fleet f {
  /// Where pods may run.
  facts { environment: "test" | "production", zones: Int = 1 }
}
/// Three letters.
type Code = String where length(it) == 3
let home: Code = "abc"
fn twice(text: String): String = "\(text)\(text)"
catalogue addons {
  source charts = helm "https://charts.example.com"
  /// Serves pages.
  addon web {
    source  = charts
    version = "1.0.0"
    params {
      /// How many pods.
      size: Int = 2
    }
    values {
      replicas = params.size
      zones    = cluster.zones
      names    = [for name in ["a", "b"] => twice(name)]
      code     = home
    }
  }
  addon db { source = charts, version = "2.0.0", requires = [web] }
}
rule big when cluster.environment == "production" { override web { params.size = 5 } }
cluster one {
  environment = "production"
  use addons
  override addons.web { values.log = "debug" }
}
cluster two {
  environment = "test"
  use addons
  drop addons.db
}
"#;

/// The fleet with `$0` in front of the nth occurrence of a text, and so many bytes behind it.
fn at(text: &str, nth: usize) -> Marked {
    let (offset, _) = FLEET.match_indices(text).nth(nth).unwrap_or_else(|| panic!("no {text}"));
    let mut marked_text = FLEET.to_owned();
    marked_text.insert_str(offset + 1, "$0");
    marked(&marked_text)
}

/// The lines on which something is named, each with the name.
fn lines(it: &Marked) -> Vec<String> {
    let Some((named, _)) = ide::named_at(&it.db, it.file, it.offset) else { return vec!["nothing".into()] };
    ide::references(&it.db, &named.symbol)
        .into_iter()
        .map(|(named, place)| {
            let text = place.file.text(&it.db);
            assert_eq!(&text[place.range.clone()], named.name.as_str(), "the place of a name is its name");
            let line = text[..place.range.start].matches('\n').count() + 1;
            format!("{}{line}", if named.defines { "=" } else { "" })
        })
        .collect()
}

#[test]
fn names_are_known_wherever_they_stand() {
    for (text, nth, wanted) in [
        ("addons", 0, &["=10", "32", "33", "37", "38"][..]),
        ("web {", 0, &["=13", "27", "29", "33"]),
        ("web {", 2, &["=13", "27", "29", "33"]),
        ("charts", 0, &["=11", "14", "27"]),
        ("size", 0, &["=18", "21", "29"]),
        ("size", 1, &["=18", "21", "29"]),
        ("zones", 0, &["=4", "22"]),
        ("environment", 0, &["=4", "29", "31", "36"]),
        ("name ", 0, &["=23", "23"]),
        ("twice", 0, &["=9", "23"]),
        ("text", 0, &["=9", "9", "9"]),
        ("home", 0, &["=8", "24"]),
        ("Code", 0, &["=7", "8"]),
        ("db {", 0, &["=27", "38"]),
    ] {
        assert_eq!(lines(&at(text, nth)), wanted, "{text} {nth}");
    }
}

fn labels(text: &str) -> Vec<String> {
    let it = marked(text);
    ide::complete(&it.db, it.file, it.offset).into_iter().map(|it: Completion| it.label.to_string()).collect()
}

/// What is offered where a line of the fleet is half typed.
#[test]
fn completion_knows_what_may_stand_there() {
    for (from, to, some, none) in [
        ("zones    = cluster.zones", "zones = cluster.$0", &["zones", "environment", "name"][..], &["size"][..]),
        ("replicas = params.size", "replicas = params.$0", &["size"], &["zones"]),
        ("replicas = params.size", "replicas = $0", &["params", "cluster", "home", "twice", "length"], &["use"]),
        ("replicas = params.size", "replicas = 1 + params.s$0", &["size"], &["home"]),
        ("code     = home", "code = \"x \\(cluster.$0", &["zones"], &[]),
        ("  use addons\n  override", "  use $0\n  override", &["addons"], &["web"]),
        ("  drop addons.db", "  drop addons.$0", &["db", "web"], &["addons"]),
        ("  drop addons.db", "  $0", &["use", "drop", "override", "zones"], &["catalogue"]),
        ("  drop addons.db", "  override $0", &["web", "db", "addons", "cluster"], &["use"]),
        ("  environment = \"test\"\n", "  environment = $0\n", &["\"test\"", "\"production\""], &[]),
        ("  environment = \"test\"\n", "  environment = \"$0\"\n", &["test", "production"], &["cluster"]),
        ("    source  = charts\n", "    source = $0\n", &["charts"], &[]),
        ("    source  = charts\n", "    $0\n", &["chart", "release-name", "namespace"], &["version", "catalogue"]),
        ("requires = [web]", "requires = [$0]", &["web"], &[]),
        ("let home: Code = \"abc\"", "let home: $0", &["Code", "String", "AwsRegion"], &["cluster"]),
        ("let home: Code = \"abc\"", "$0", &["catalogue", "cluster", "rule", "fn"], &["use"]),
        ("values.log = \"debug\"", "release.$0", &["interval", "timeout", "install"], &["source"]),
        ("values.log = \"debug\"", "params.$0", &["size"], &[]),
        ("    values {\n      replicas", "    release { $0 }\n    values {\n      replicas", &["interval"], &[]),
        ("// nothing", "// $0", &[], &["cluster"]),
        ("// nothing", "rule r when $0", &["cluster", "fleet"], &["use"]),
        ("// nothing", "override web when cluster.$0", &["zones", "environment"], &["use"]),
        ("  addon db {", "  addon other from std.addons.$0\n  addon db {", &["karpenter"], &["web"]),
        ("// nothing", "import $0", &["std.addons"], &["web"]),
        ("// nothing", "import std.$0", &["addons"], &["std.addons"]),
        // What is half typed over several lines, and what heads a block that cannot be read.
        ("replicas = params.size", "replicas = max([\n 1,\n params.$0", &["size"], &["zones"]),
        ("requires = [web]", "requires = [web, $0]", &["db"], &["chart"]),
        ("  drop addons.db", "  zones = 2, drop addons.$0", &["db"], &["addons"]),
        ("  drop addons.db", "  override web { params.$0 }", &["size"], &["zones"]),
        ("  drop addons.db", "  override web {\n    values {\n      $0\n    }\n  }", &["replicas", "names"], &["size"]),
        ("  drop addons.db", "  override web { values { a = params.$0", &["size"], &["zones"]),
        ("  drop addons.db", "  override web { unset $0 }", &["values", "version"], &["use"]),
        ("  drop addons.db", "  override web { unset params.$0 }", &["size"], &["zones"]),
        ("  drop addons.db", "  override web { final params.$0 }", &["size"], &["zones"]),
        ("  addon db {", "  addon own from web { params.$0 }\n  addon db {", &["size"], &["zones"]),
        (
            "  override addons.web { values",
            "  override addons.web { release { $0 }, values",
            &["interval"],
            &["chart", "dependsOn"],
        ),
        ("=> twice(name)]", "=> $0]", &["name", "home"], &["use"]),
        ("[for name in [\"a\", \"b\"] => twice(name)]", "[for it in cluster.groups => $0", &["it"], &["use"]),
        ("// nothing", "rule r when cluster.environment == \"$0", &["test", "production"], &["cluster"]),
        ("// nothing", "rule r $0", &["in", "when"], &["cluster"]),
        ("// nothing", "check \"c\" {\n  $0\n}", &["cluster", "fleet", "all"], &["unset"]),
        ("// nothing", "check \"c\" { cluster.addons.$0", &["web", "db"], &["zones"]),
        ("// nothing", "check \"c\" { cluster.addons.web.$0", &["values", "version"], &["zones"]),
        ("// nothing", "let a = match home {\n  $0\n}", &["_"], &["use"]),
        (
            "// nothing",
            "catalogue b { addon x { values { a = match cluster.environment { $0",
            &["\"test\"", "_"],
            &["use"],
        ),
        ("// nothing", "type Small = Int where $0", &["it", "length"], &["Code"]),
        ("// nothing", "type Pair { low: Int, high: Int where it > $0 }", &["it"], &["Code"]),
        ("// nothing", "type Other = $0", &["Code", "Int"], &["home"]),
        ("// nothing", "moved { $0 }", &["from", "to"], &["use"]),
        ("// nothing", "moved { from = addons.$0", &["web", "db"], &["addons"]),
        ("// nothing", "external $0", &["Secret", "ConfigMap"], &["web"]),
        ("// nothing", "source other = $0", &["helm", "oci", "git", "bucket"], &["charts"]),
        (
            "// nothing",
            "catalogue b { source other = helm \"https://e.com\" { $0 } }",
            &["auth", "interval"],
            &["branch", "ref"],
        ),
        ("// nothing", "catalogue b { source other = git \"https://e.com\" { $0 } }", &["auth", "branch"], &[]),
        ("// nothing", "inventory all from $0", &["csv", "json", "yaml"], &["web"]),
        ("// nothing", "addon x from $0", &["std.addons"], &["web"]),
        ("// nothing", "cluster x from $0", &["std.eks"], &["one", "web"]),
        ("// nothing", "catalogue b { after = [addons.$0] }", &["web"], &["addons"]),
        ("// nothing", "catalogue b { manifest m { $0 } }", &["apiVersion", "kind", "metadata"], &["use"]),
        (
            "// nothing",
            "catalogue b { addon x from std.addons.velero { params { $0 } } }",
            &["bucket", "schedule"],
            &[],
        ),
        ("// nothing", "import std.addons.{ velero, $0 }", &["karpenter", "istiod"], &["velero", "web", "Arn"]),
    ] {
        let text = if from == "// nothing" { format!("{FLEET}{to}\n") } else { FLEET.replacen(from, to, 1) };
        assert!(text.contains("$0"), "{from}");
        let found = labels(&text);
        for it in some {
            assert!(found.iter().any(|label| label == it), "no {it} at {to}: {found:?}");
        }
        for it in none {
            assert!(!found.iter().any(|label| label == it), "{it} at {to}: {found:?}");
        }
    }
}

/// The values of the library's add-ons are typed: their keys are offered wherever they are set.
#[test]
fn values_of_the_library_are_known() {
    for (line, some) in [
        ("values.$0", &["replicaCount", "serviceAccount", "webhook"][..]),
        ("values.webhook.$0", &["replicaCount", "timeoutSeconds"]),
        ("values { $0 }", &["replicaCount"]),
        ("params.$0", &["replicas", "gateway-api"]),
        ("values.image.pullPolicy = $0", &["\"Always\"", "\"IfNotPresent\""]),
    ] {
        let text = format!(
            "fleet f {{ facts {{ account: AwsAccountId, region: AwsRegion }} }}\n\
             catalogue c {{ addon cert-manager from std.addons.cert-manager {{ }} }}\n\
             cluster one {{\n  account = \"111122223333\"\n  region = \"eu-west-1\"\n  use c\n  \
             override cert-manager {{\n    {line}\n  }}\n}}\n"
        );
        let found = labels(&text);
        for it in some {
            assert!(found.iter().any(|label| label == it), "no {it} at {line}: {found:?}");
        }
    }
}

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

/// A text with several edits, each of which was made for the text as it was.
fn edited(text: &str, edits: &[ide::Edit]) -> String {
    let mut edits: Vec<&ide::Edit> = edits.iter().collect();
    edits.sort_by_key(|it| std::cmp::Reverse(it.range.start));
    let mut new = text.to_owned();
    for it in edits {
        new.replace_range(it.range.clone(), &it.text);
    }
    new
}

#[test]
fn overrides_and_moves_are_written_for_the_author() {
    for (text, nth, title, line) in [
        ("replicas", 0, "Override `values.replicas` of `web` in cluster `two`", "override web { values.replicas = 2 }"),
        ("replicas", 0, "Override `values.replicas` of `web` in cluster `one`", "override web { values.replicas = 5 }"),
        ("size", 0, "Override `params.size` of `web` in cluster `two`", "override web { params.size = 2 }"),
        ("web {", 0, "Override `web` in cluster `two`", "override web { }"),
        ("web {", 0, "Move `web` to catalogue `tools`, with a `moved`", "moved { from = addons.web, to = tools.web }"),
    ] {
        let fleet = FLEET.replace(
            "rule big",
            "catalogue tools { source charts = helm \"https://charts.example.com\", namespace toolbox { } }\nrule big",
        );
        let fleet = fleet.replace("use addons\n", "use addons, tools\n");
        let (offset, _) = fleet.match_indices(text).nth(nth).expect("a place");
        let it = marked(&format!("{}$0{}", &fleet[..=offset], &fleet[offset + 1..]));
        let all = ide::assists(&it.db, it.file, it.offset);
        let titles: Vec<&str> = all.iter().map(|it| it.title.as_str()).collect();
        let fix = all.iter().find(|it| it.title == title).unwrap_or_else(|| panic!("no {title}: {titles:?}"));
        let new = edited(&fleet, &fix.edits);
        assert!(new.contains(line), "{new}");
        let db = database(&[("fleet.fleet".into(), new.clone())]);
        let after = fleetc::compile::compile(&db);
        assert!(after.is_clean(), "{title}: {:?}\n{new}", after.diagnostics);
    }
}

fn renamed(it: &Marked, to: &str) -> Result<String, String> {
    let edits = ide::rename(&it.db, it.file, it.offset, to).map_err(|it| it.to_string())?;
    let mut text = it.file.text(&it.db).to_string();
    for edit in edits.iter().rev() {
        text.replace_range(edit.range.clone(), &edit.text);
    }
    Ok(text)
}

#[test]
fn renaming_reaches_every_place_and_nothing_else() {
    for (text, nth, to) in [
        ("web {", 0, "site"),
        ("size", 1, "count"),
        ("zones", 0, "areas"),
        ("twice", 1, "double"),
        ("addons", 2, "tools"),
        ("Code", 1, "Short"),
        ("name ", 0, "each"),
    ] {
        let it = at(text, nth);
        let before = fleetc::compile::compile(&it.db);
        let new = renamed(&it, to).expect("a new text");
        assert_ne!(new, FLEET);
        let db = database(&[("fleet.fleet".into(), new.clone())]);
        let after = fleetc::compile::compile(&db);
        assert!(after.is_clean(), "{text} to {to}: {:?}\n{new}", after.diagnostics);
        assert_eq!(before.tree.files.len(), after.tree.files.len());
    }
    let it = at("size", 1);
    for (to, why) in [("9x", "is no name"), ("if", "word of the language")] {
        assert!(renamed(&it, to).is_err_and(|it| it.contains(why)), "{to}");
    }
    assert!(renamed(&at("web {", 0), "db").is_err_and(|it| it.contains("already")));
    assert!(renamed(&at("web {", 0), "Big").is_err_and(|it| it.contains("Kubernetes")));
    let it = at("length", 0);
    assert!(
        matches!(ide::named_at(&it.db, it.file, it.offset), Some((it, _)) if it.symbol == Symbol::Builtin("length".into()))
    );
    assert!(renamed(&it, "size").is_err_and(|it| it.contains("function of the language")));
}

#[test]
fn misspelt_names_are_mended() {
    for (from, to) in [
        ("cluster.zones", "cluster.zonse"),
        ("source  = charts", "source  = chart"),
        ("use addons", "use adons"),
        ("params.size = 5", "params.siez = 5"),
    ] {
        let text = FLEET.replacen(from, to, 1);
        let db = database(&[("fleet.fleet".into(), text.clone())]);
        let fixes: Vec<ide::Fix> = fleetc::compile::diagnose(&db).iter().flat_map(|it| ide::fixes(&db, it)).collect();
        let fix = fixes.first().unwrap_or_else(|| panic!("no mend of {to}"));
        let mut mended = text.clone();
        mended.replace_range(fix.edits[0].range.clone(), &fix.edits[0].text);
        assert_eq!(mended, FLEET, "{to}");
    }
}

#[test]
fn the_shape_of_a_file_is_known() {
    let it = at("web {", 0);
    let outline = ide::outline(&it.db, it.file);
    let names: Vec<&str> = outline.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["f", "Code", "home", "twice", "addons", "big", "one", "two"]);
    let inner: Vec<&str> = outline[4].inner.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(inner, ["charts", "web", "db"]);
    let folds = ide::folds(FLEET);
    assert!(folds.len() >= 7 && folds.iter().all(|it| FLEET[it.clone()].contains('\n')));
    let around = ide::selections(&it.db, it.file, it.offset);
    assert!(around.len() > 2 && around.windows(2).all(|it| it[1].start <= it[0].start && it[0].end <= it[1].end));
}

#[test]
fn what_is_not_written_is_shown() {
    let text = FLEET
        .replace("let home: Code", "let home")
        .replace("    values {\n      replicas", "    let n = params.size + 1\n    values {\n      replicas");
    let db = database(&[("fleet.fleet".into(), text.clone())]);
    let file = db.file("fleet.fleet").expect("the file");
    let shown: Vec<(&str, String)> = ide::inlays(&db, file)
        .into_iter()
        .map(|it| (text[..it.offset].rsplit([' ', '\n']).next().unwrap_or_default(), it.text.to_string()))
        .collect();
    assert_eq!(
        shown,
        [
            ("home", ": String".to_owned()),
            ("n", ": Int".to_owned()),
            ("params.size", " = 2".to_owned()),
            ("params.size", " = 2".to_owned())
        ]
    );
}

#[test]
fn a_call_says_what_it_wants() {
    for (text, label, active) in [
        ("let a = twice($0", "twice(text: String): String", 0),
        ("let a = split(\"a,b\", $0", "split(text: String, by: String): [String]", 1),
        ("let a = twice(split(\"(\", \",\")[0], $0", "twice(text: String): String", 1),
    ] {
        let it = marked(&format!("{FLEET}{text}\n"));
        let found = ide::signature(&it.db, it.file, it.offset).unwrap_or_else(|| panic!("nothing at {text}"));
        assert_eq!((found.label.as_str(), found.active), (label, active), "{text}");
    }
    let it = marked(&format!("{FLEET}let a = (1 + $0\n"));
    assert_eq!(ide::signature(&it.db, it.file, it.offset), None);
}

#[test]
fn names_have_colours_and_none_overlaps() {
    use fleetc::ide::Colour;
    let db = database(&[("fleet.fleet".into(), FLEET.into())]);
    let file = db.file("fleet.fleet").expect("the file");
    let all = ide::highlights(&db, file);
    assert!(all.windows(2).all(|it| it[0].range.end <= it[1].range.start));
    let colours = |name: &str| -> Vec<Colour> {
        all.iter().filter(|it| &FLEET[it.range.clone()] == name).map(|it| it.colour).collect()
    };
    for (name, colour, count) in [
        ("web", Colour::Declaration, 4),
        ("size", Colour::Parameter, 3),
        ("zones", Colour::Property, 2),
        ("twice", Colour::Function, 2),
        ("Code", Colour::Type, 2),
        ("length", Colour::Function, 1),
        ("name", Colour::Variable, 2),
    ] {
        assert_eq!(colours(name), vec![colour; count], "{name}");
    }
}

#[test]
fn what_has_no_value_is_given_one() {
    let fleet = "fleet f { facts { environment: \"test\" | \"production\", tags: [String] } }\ncatalogue a {\n  source s = helm \"https://e.com\"\n  addon web { source = s, version = \"1.0.0\", params { host: String }, values.h = params.host }\n}\ngroup g {\n  cluster one { use a }\n}\n";
    for preferred in [true, false] {
        let mut text = fleet.to_owned();
        // One after the other, until nothing is wrong.
        for _ in 0..3 {
            let db = database(&[("fleet.fleet".into(), text.clone())]);
            let found = fleetc::compile::diagnose(&db);
            let fix = found
                .iter()
                .flat_map(|it| ide::fixes(&db, it))
                .find(|it| it.is_preferred == preferred)
                .expect("a mend");
            text.replace_range(fix.edits[0].range.clone(), &fix.edits[0].text);
        }
        let db = database(&[("fleet.fleet".into(), text.clone())]);
        assert!(fleetc::compile::compile(&db).is_clean(), "{text}");
        let wanted: &[&str] = if preferred {
            &[
                "  cluster one {",
                "    environment = \"test\"",
                "    tags        = []",
                "    override web { params { host = \"\" } }",
                "    use a",
            ]
        } else {
            &["environment: \"test\" | \"production\" = \"test\"", "tags: [String] = []", "host: String = \"\""]
        };
        let neat = fleetc::format::format(&text).text;
        for line in wanted {
            assert!(neat.contains(line), "no {line} in\n{neat}");
        }
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

/// A bare name is the cluster's own item before a catalogue's.
#[test]
fn an_override_of_a_clusters_own_item_is_of_that() {
    let text = r#"
fleet f { }
source charts = helm "https://charts.example.com"
catalogue a { addon web { source = charts, version = "1.0.0" } }
cluster one {
  addon $0web { source = charts, version = "9.0.0", values.k = "own" }
  override web { values.k = "other" }
}
cluster two {
  use a
  override web { values.k = "two" }
}
"#;
    let it = marked(text);
    assert_eq!(lines(&it), ["=6", "7"]);
    let edits = ide::rename(&it.db, it.file, it.offset, "site").expect("a new name");
    let new = edited(it.file.text(&it.db), &edits);
    assert!(new.contains("override site") && new.matches("override web").count() == 1, "{new}");
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

/// Whatever is asked wherever it is asked, of whole texts and of half typed ones: an answer, whose
/// places are places.
#[test]
fn no_place_is_a_bad_place_to_ask() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["eks-fleet", "inventory", "tenants"] {
        let opened = fleetc::host::open(&root.join("examples").join(name)).expect("a project");
        let mut db = opened.db;
        let files: Vec<SourceFile> =
            db.project().files(&db).iter().filter(|it| it.package(&db).is_empty()).copied().collect();
        for file in files {
            let whole = file.text(&db).to_string();
            for (nth, cut) in [whole.len(), whole.len() * 2 / 3, whole.len() / 3].into_iter().enumerate() {
                let cut = (0..=cut).rev().find(|it| whole.is_char_boundary(*it)).expect("a boundary");
                db.set_text(file, whole[..cut].to_owned());
                let step = if nth == 0 { 7 } else { 41 };
                for offset in (0..=cut).step_by(step).filter(|it| whole.is_char_boundary(*it)) {
                    asked_everywhere(&db, file, offset);
                }
                for it in ide::highlights(&db, file) {
                    assert!(file.text(&db).get(it.range).is_some());
                }
                let _ = ide::lenses(&db, file);
                let _ = ide::inlays(&db, file);
                let _ = ide::links(&db, file);
                let _ = ide::outline(&db, file);
            }
            db.set_text(file, whole);
        }
    }
}

fn asked_everywhere(db: &FleetDatabase, file: SourceFile, offset: usize) {
    let _ = ide::complete(db, file, offset);
    let _ = ide::signature(db, file, offset);
    let _ = ide::selections(db, file, offset);
    if let Some(it) = ide::hover(db, file, offset) {
        assert!(it.place.file.text(db).get(it.place.range).is_some() && !it.text.is_empty());
    }
    let Some((named, place)) = ide::named_at(db, file, offset) else { return };
    assert_eq!(file.text(db).get(place.range), Some(named.name.as_str()));
    for (other, place) in ide::references(db, &named.symbol) {
        assert_eq!(place.file.text(db).get(place.range), Some(other.name.as_str()));
    }
}

const NAMES: &str = r#"import std.addons.{ velero as backups }
fleet f { facts { zones: Int = 1, account: AwsAccountId = "111122223333", region: AwsRegion = "eu-west-1" } }
fn total(xs: [Int]): Int = sum([for nth, one in xs if one > 0 => one + nth])
check "all" { all([for each in [1, 2] => each > 0]) }
type Vals { a: Int?, ... }
addon service {
  source charts = helm "https://charts.example.com"
  source  = charts
  chart   = "service"
  version = "1.0.0"
  params { replicas: Int = 2, port: Port = 80 }
  values: Vals { a = params.replicas }
}
catalogue addons {
  addon web from service { params { replicas = 3 } }
  addon db from service { }
  manifest note { apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "web" }
}
catalogue fresh { addon moved-one from service { } }
moved { from = addons.moved-one, to = fresh.moved-one }
cluster one {
  use addons, fresh
  override web { values.a = total([1]) }
}
"#;

/// Where a name is bound, read and set, by whom it is; and what may not have another.
#[test]
fn renaming_knows_who_else_has_the_name() {
    let at = |text: &str, nth: usize| {
        let (offset, _) = NAMES.match_indices(text).nth(nth).unwrap_or_else(|| panic!("no {text}"));
        marked(&format!("{}$0{}", &NAMES[..=offset], &NAMES[offset + 1..]))
    };
    let clean = |text: &str| {
        let db = database(&[("fleet.fleet".into(), text.to_owned())]);
        let found = fleetc::compile::compile(&db).diagnostics;
        found.iter().filter(|it| it.is_error()).map(|it| it.message.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(clean(NAMES), Vec::<String>::new());
    for (text, nth, count) in
        [("one in xs", 0, 3), ("nth", 0, 2), ("each in", 0, 2), ("replicas", 0, 3), ("fresh {", 0, 3), ("total", 0, 2)]
    {
        let it = at(text, nth);
        let edits = ide::rename(&it.db, it.file, it.offset, "another").expect("a new name");
        assert_eq!(edits.len(), count, "{text}: {edits:?}");
        let new = edited(NAMES, &edits);
        assert_eq!(clean(&new), Vec::<String>::new(), "{text}\n{new}");
    }
    for (text, nth, to) in [
        ("zones", 0, "region"),
        ("zones", 0, "name"),
        ("replicas", 0, "port"),
        ("one in xs", 0, "nth"),
        ("xs:", 0, "one"),
        ("total", 0, "length"),
        ("web from", 0, "note"),
        ("addons {", 0, "fresh"),
        ("service {", 0, "backups"),
        ("values: Vals", 0, "settings"),
    ] {
        let it = at(text, nth);
        let found = ide::rename(&it.db, it.file, it.offset, to);
        assert!(found.is_err(), "{text} to {to}: {found:?}");
    }
}

/// What stands in data or on clusters would still be called as it is.
#[test]
fn what_others_call_so_is_not_renamed() {
    let text = r#"
fleet f { facts { size: Int = 1 } }
type Row { id: String, size: Int }
external Secret flux-system.slack { }
inventory stores from csv("stores.csv") as row: Row {
  name = row.id
  size = row.size
}
--- stores.csv ---
id;size
a;1
"#;
    for (words, is_ours) in
        [("id: String", false), ("row.size", true), ("Row {", true), ("slack", false), ("size: Int = 1", true)]
    {
        let offset = text.find(words).unwrap_or_else(|| panic!("no {words}")) + 1;
        let it = marked(&format!("{}$0{}", &text[..offset], &text[offset..]));
        assert_eq!(ide::renamable(&it.db, it.file, it.offset).is_ok(), is_ours, "{words}");
    }
}

/// Whatever an example declares may have another name, and every place that names it follows. What others call so, who know
/// nothing of it, does not: charts, objects in clusters, facts that another project or the library reads.
#[test]
fn everything_may_be_renamed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for example in ["eks-fleet", "tenants", "eks-apps", "flux-eks-gitops-config"] {
        let mut db = fleetc::host::open(&root.join("examples").join(example)).expect("a project").db;
        let files: Vec<SourceFile> =
            db.project().files(&db).iter().filter(|it| it.package(&db).is_empty()).copied().collect();
        let mut places: Vec<(SourceFile, usize, String)> = Vec::new();
        for file in &files {
            for (anchor, _) in &fleetc::syntax::parse(&db, *file).declarations {
                for named in ide::named_in(&db, *anchor).iter().filter(|it| it.defines) {
                    let all = ide::references(&db, &named.symbol);
                    let own = all.into_iter().filter(|(it, _)| it.defines && matches!(it.symbol, Symbol::At(_)));
                    places.extend(own.map(|(it, place)| (place.file, place.range.start, it.name.to_string())));
                }
            }
        }
        assert!(places.len() > 10, "{example}: {}", places.len());
        for (file, offset, name) in places {
            let to = format!("{name}x");
            let edits = match ide::rename(&db, file, offset, &to) {
                Ok(it) => it,
                Err(why)
                    if ["another project", "what makes the object", "the standard library"]
                        .iter()
                        .any(|it| why.contains(it)) =>
                {
                    continue;
                }
                Err(why) => panic!("{example}: {name}: {why}"),
            };
            let old: Vec<(SourceFile, String)> = files.iter().map(|it| (*it, it.text(&db).to_string())).collect();
            for (file, text) in &old {
                let own: Vec<ide::Edit> = edits.iter().filter(|it| it.file == *file).cloned().collect();
                if !own.is_empty() {
                    db.set_text(*file, edited(text, &own));
                }
            }
            let found = fleetc::compile::compile(&db).diagnostics;
            let from_outside = ["E0417", "E0513", "E0619", "E0623", "E0624"];
            let wrong: Vec<_> =
                found.iter().filter(|it| it.is_error() && !from_outside.contains(&it.code.id)).collect();
            assert!(wrong.is_empty(), "{example}: {name}: {wrong:?}");
            for (file, text) in old {
                if file.text(&db).as_ref() != text {
                    db.set_text(file, text);
                }
            }
        }
    }
}

#[test]
fn what_is_read_or_set_and_not_there_is_declared() {
    let mut text = r#"fleet f {
  facts { environment: "test" | "production" = "test" }
}
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web {
    source  = charts
    version = "1.0.0"
    values {
      names = [for zone in cluster.zones => "\(zone)-\(cluster.stage)"]
      retry = if params.patient then 3 else 1
    }
    release { maxHistory = params.history }
  }
  addon db { source = charts, version = "2.0.0", params { size: Int = 2 }, values { c = "\(params.host):\(params.size)" } }
}
rule big when cluster.tier >= 3 { override web { params.pods = 5 } }
cluster one {
  region = "eu-west-1"
  use addons
  override db { params { labels = { team = "a" } } }
}
"#
    .to_owned();
    let mut titles = Vec::new();
    loop {
        let db = database(&[("fleet.fleet".into(), text.clone())]);
        let found = fleetc::compile::diagnose(&db);
        let fix = found.iter().flat_map(|it| ide::fixes(&db, it)).find(|it| it.title.starts_with("Declare "));
        let Some(fix) = fix else { break };
        titles.push(fix.title.to_string());
        text.replace_range(fix.edits[0].range.clone(), &fix.edits[0].text);
        assert!(titles.len() < 20, "{titles:#?}\n{text}");
    }
    titles.sort();
    let wanted = [
        "Declare the fact `region: String`",
        "Declare the fact `stage: String`",
        "Declare the fact `tier: Int`",
        "Declare the fact `zones: [String]`",
        "Declare the param `history: Int`",
        "Declare the param `host: String`",
        "Declare the param `labels: {String: Any}`",
        "Declare the param `patient: Bool`",
        "Declare the param `pods: Int`",
    ];
    assert_eq!(titles, wanted, "{text}");
    // What is left has a mend of its own: a fact or a param without a value.
    let db = database(&[("fleet.fleet".into(), text.clone())]);
    let codes: Vec<&str> = fleetc::compile::diagnose(&db).iter().map(|it| it.code.id).collect();
    assert!(!codes.is_empty() && codes.iter().all(|it| *it == "E0417"), "{codes:?}\n{text}");
}

/// Takes the mends that are to be preferred, one after the other, until nothing is wrong.
fn mended(text: &str, wanted: impl Fn(&ide::Fix) -> bool) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let db = database(&[("fleet.fleet".into(), text.clone())]);
        let found = fleetc::compile::diagnose(&db);
        if found.is_empty() {
            return fleetc::format::format(&text).text;
        }
        let fix = found.iter().flat_map(|it| ide::fixes(&db, it)).find(&wanted);
        let titles: Vec<EcoString> = found.iter().flat_map(|it| ide::fixes(&db, it)).map(|it| it.title).collect();
        let fix = fix.unwrap_or_else(|| {
            panic!("no mend among {titles:?} for {:?}\n{text}", found.first().map(|it| &it.message))
        });
        let mut edits = fix.edits;
        edits.sort_by_key(|it| std::cmp::Reverse(it.range.start));
        for it in edits {
            text.replace_range(it.range, &it.text);
        }
    }
    panic!("not mended:\n{text}")
}

#[test]
fn mends_leave_nothing_wrong() {
    let item = "source s = helm \"https://e.com\"\naddon web { source = s, version = \"1.0.0\", params { at: At }, values.h = params.at.host }";
    let definition = "type At { host: DnsName, port: Port, tls: Bool = true }\naddon base { source = s, version = \"1.0.0\", params { at: At }, values.h = params.at.host }\nsource s = helm \"https://e.com\"";
    let cases = [
        // What a cluster binds stays at its head.
        (
            "fleet f { facts { zone: String } }\ncluster one {\n  let a = 1\n  let b = [\n    1,\n  ]\n}\n".to_owned(),
            "  let b = [\n    1,\n  ]\n  zone = \"\"\n}",
        ),
        ("fleet f { facts { zone: String } }\ncluster one { let a = 1 }\n".into(), "cluster one { let a = 1, zone = \"\" }"),
        // An item whose name another one has, too; a record that asks for fields.
        (
            format!("fleet f {{ }}\ntype At {{ host: DnsName, port: Port, tls: Bool = true }}\ncatalogue a {{ {item} }}\ncatalogue b {{ {item} }}\ncluster one {{ use b }}\n"),
            "override b.web { params { at = { host = \"example.com\", port = 80 } } }",
        ),
        // The param of a definition is set where the item stands.
        (
            format!("fleet f {{ }}\n{definition}\ncatalogue a {{ addon web from base }}\ncluster one {{ use a }}\n"),
            "override web { params { at = { host = \"example.com\", port = 80 } } }",
        ),
        (
            "fleet f { }\nlet size = match (\"a\") { \"a\" => 3 }\nfn label(of: \"a\" | \"b\"): Int = match of {\n  \"a\" => 1\n}\n".into(),
            "  \"a\" => 1\n  \"b\" => 0\n",
        ),
        ("fleet f { }\nclustr one { }\n".into(), "cluster one { }"),
        ("fleet f { }\ncatalog one { }\n".into(), "catalogue one { }"),
    ];
    for (text, wanted) in cases {
        let neat = mended(&text, |it| it.is_preferred);
        assert!(neat.contains(wanted), "no\n{wanted}\nin\n{neat}");
    }
    let several = "fleet f { facts { zone: String } }\ngroup g {\n  cluster one { }\n  cluster two { zone = \"a\" }\n  cluster three {\n    path = \"clusters/x\"\n  }\n}\n";
    let neat = mended(several, |it| it.title == "Write `zone = \"\"` in each of the 2 clusters without it");
    assert_eq!(neat.matches("zone = \"\"").count() + neat.matches("zone        = \"\"").count(), 2, "{neat}");
}

/// What the library reads is declared in the fleet.
#[test]
fn facts_of_the_library_are_declared() {
    let text = r#"import std.addons.{ loki }
fleet f { facts { account: AwsAccountId = "111122223333" } }
catalogue c { addon loki from loki { params.bucket = "logs" } }
cluster one { use c }
"#;
    let db = database(&[("fleet.fleet".into(), text.into())]);
    let found = fleetc::compile::diagnose(&db);
    let fix = found.iter().flat_map(|it| ide::fixes(&db, it)).next().unwrap_or_else(|| panic!("no mend: {found:?}"));
    assert_eq!(fix.title, "Declare the fact `region: AwsRegion`");
    let file = db.file("fleet.fleet").expect("the file");
    assert!(fix.edits.iter().all(|it| it.file == file));
    assert!(edited(text, &fix.edits).contains("region: AwsRegion"));
}
