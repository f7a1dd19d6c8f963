//! What is changed for the author: fixes, overrides, moves.

use ecow::EcoString;
use fleetc::ide;

use super::{FLEET, edited, marked};
use crate::support::database;

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

#[test]
fn misspelt_names_are_fixed() {
    for (from, to) in [
        ("cluster.zones", "cluster.zonse"),
        ("source  = charts", "source  = chart"),
        ("use addons", "use adons"),
        ("params.size = 5", "params.siez = 5"),
    ] {
        let text = FLEET.replacen(from, to, 1);
        let db = database(&[("fleet.fleet".into(), text.clone())]);
        let fixes: Vec<ide::Fix> = fleetc::compile::diagnose(&db).iter().flat_map(|it| ide::fixes(&db, it)).collect();
        let fix = fixes.first().unwrap_or_else(|| panic!("no fix of {to}"));
        let mut neat = text.clone();
        neat.replace_range(fix.edits[0].range.clone(), &fix.edits[0].text);
        assert_eq!(neat, FLEET, "{to}");
    }
}

#[test]
fn what_has_no_value_is_given_one() {
    let fleet = "fleet f { facts { environment: \"test\" | \"production\", tags: [String] } }\ncatalogue a {\n  source s = helm \"https://e.com\"\n  addon web { source = s, version = \"1.0.0\", params { host: String }, values.h = params.host }\n}\ngroup g {\n  cluster one { use a }\n}\n";
    for preferred in [true, false] {
        let mut text = fleet.to_owned();
        // One after the other, until nothing is wrong: what a cluster lacks is written at once.
        for _ in 0..if preferred { 2 } else { 3 } {
            let db = database(&[("fleet.fleet".into(), text.clone())]);
            let found = fleetc::compile::diagnose(&db);
            let fix =
                found.iter().flat_map(|it| ide::fixes(&db, it)).find(|it| it.is_preferred == preferred).expect("a fix");
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
    // What is left has a fix of its own: a fact or a param without a value.
    let db = database(&[("fleet.fleet".into(), text.clone())]);
    let codes: Vec<&str> = fleetc::compile::diagnose(&db).iter().map(|it| it.code.id).collect();
    assert!(!codes.is_empty() && codes.iter().all(|it| *it == "E0417"), "{codes:?}\n{text}");
}

/// Takes the fixes that are to be preferred, one after the other, until nothing is wrong.
fn fixed(text: &str, wanted: impl Fn(&ide::Fix) -> bool) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let db = database(&[("fleet.fleet".into(), text.clone())]);
        let found = fleetc::compile::diagnose(&db);
        if found.is_empty() {
            return fleetc::format::format(&text).text;
        }
        let fix = found.iter().flat_map(|it| ide::fixes(&db, it)).find(&wanted);
        let titles: Vec<EcoString> = found.iter().flat_map(|it| ide::fixes(&db, it)).map(|it| it.title).collect();
        let fix = fix
            .unwrap_or_else(|| panic!("no fix among {titles:?} for {:?}\n{text}", found.first().map(|it| &it.message)));
        let mut edits = fix.edits;
        edits.sort_by_key(|it| std::cmp::Reverse(it.range.start));
        for it in edits {
            text.replace_range(it.range, &it.text);
        }
    }
    panic!("not fixed:\n{text}")
}

#[test]
fn fixes_leave_nothing_wrong() {
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
        let neat = fixed(&text, |it| it.is_preferred);
        assert!(neat.contains(wanted), "no\n{wanted}\nin\n{neat}");
    }
    let several = "fleet f { facts { zone: String } }\ngroup g {\n  cluster one { }\n  cluster two { zone = \"a\" }\n  cluster three {\n    path = \"clusters/x\"\n  }\n}\n";
    let neat = fixed(several, |it| it.title == "Write `zone = \"\"` in each of the 2 clusters without it");
    assert_eq!(neat.matches("zone = \"\"").count() + neat.matches("zone        = \"\"").count(), 2, "{neat}");
}

/// Each kind of mistake that names something near, or lacks a declaration.
#[test]
fn each_suggestion_is_a_fix() {
    let catalogue = "source s = helm \"https://e.com\"\ncatalogue c { addon web { source = s, version = \"1.0.0\", values.replicaCount = 1 } }\n";
    let cluster = |more: &str| format!("fleet f {{ }}\n{catalogue}cluster one {{\n  use c\n{more}}}\n");
    for (text, title, wanted) in [
        (&*cluster("  override wbe { labels.a = \"b\" }\n"), "Write `web`", "override web {"),
        (&*cluster("  override web { values.replicaConut = 2 }\n"), "Write `replicaCount`", "values.replicaCount = 2"),
        (
            "fleet f { facts { environment: \"test\" | \"a\" = \"test\" } }\ncluster one { environment = \"\" }\n",
            "Write \"a\"",
            "environment = \"a\" }",
        ),
        (
            "fleet f { }\ncheck \"c\" { cluster.zone == \"a\" }\ncluster one { }\n",
            "Declare the fact `zone: String`",
            "facts { zone: String }",
        ),
        (
            "fleet f { }\ngroup g {\n  tier = 2\n  cluster one { }\n}\n",
            "Declare the fact `tier: Int`",
            "facts { tier: Int }",
        ),
        (
            "fleet f { }\nfn size(of: \"a\" | \"b\" | \"c\" | \"d\" | \"e\"): Int = match of { \"a\" => 1 }\n",
            "Say what it is for `\"b\"`, `\"c\"`, `\"d\"`, `\"e\"`",
            "\"e\" => 0",
        ),
    ] {
        let db = database(&[("fleet.fleet".into(), text.into())]);
        let found = fleetc::compile::diagnose(&db);
        let fixes: Vec<ide::Fix> = found.iter().flat_map(|it| ide::fixes(&db, it)).collect();
        let titles: Vec<&str> = fixes.iter().map(|it| it.title.as_str()).collect();
        let fix = fixes.iter().find(|it| it.title == title).unwrap_or_else(|| panic!("{titles:?}: {found:?}"));
        assert!(edited(text, &fix.edits).contains(wanted), "{}", edited(text, &fix.edits));
    }
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
    let fix = found.iter().flat_map(|it| ide::fixes(&db, it)).next().unwrap_or_else(|| panic!("no fix: {found:?}"));
    assert_eq!(fix.title, "Declare the fact `region: AwsRegion`");
    let file = db.file("fleet.fleet").expect("the file");
    assert!(fix.edits.iter().all(|it| it.file == file));
    assert!(edited(text, &fix.edits).contains("region: AwsRegion"));
}
