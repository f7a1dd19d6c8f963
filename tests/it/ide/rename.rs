//! Another name for something, everywhere.

use fleetc::ide::{self, Symbol};
use fleetc::source::{Db, SourceFile};

use super::{FLEET, Marked, at, edited, marked};
use crate::support::database;

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
    for (to, why) in [("9x", "is no name"), ("if", "is a keyword")] {
        assert!(renamed(&it, to).is_err_and(|it| it.contains(why)), "{to}");
    }
    assert!(renamed(&at("web {", 0), "db").is_err_and(|it| it.contains("already")));
    assert!(renamed(&at("web {", 0), "Big").is_err_and(|it| it.contains("Kubernetes")));
    let it = at("length", 0);
    assert!(
        matches!(ide::occurrence_at(&it.db, it.file, it.offset), Some((it, _)) if it.symbol == Symbol::Builtin("length".into()))
    );
    assert!(renamed(&it, "size").is_err_and(|it| it.contains("function of the language")));
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
                for named in ide::occurrences_in(&db, *anchor).iter().filter(|it| it.defines) {
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
