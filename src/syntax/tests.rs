//! What the front end makes of text, right and broken.

use std::sync::Arc;

use super::ast::{Action, Head, Member};
use crate::source::{Db, FleetDatabase, InMemory};

/// The declarations of a text, each as `kind name[parent]: keys of its block`, and the
/// codes of what is wrong with it.
fn check(text: &str, declarations: &[&str], codes: &[&str]) {
    let db = FleetDatabase::new(vec![("a.fleet".into(), text.to_owned())], Arc::new(InMemory::default()));
    let file = db.project().files(&db).first().copied().expect("the file");
    let shown: Vec<String> = super::declarations(&db, file)
        .iter()
        .map(|(anchor, it)| {
            let parent = anchor.parent(&db).map(|it| format!("[{}]", it.name(&db))).unwrap_or_default();
            let keys: Vec<String> = it.body.members.iter().map(key).collect();
            format!("{} {}{parent}: {}", it.kind.word(), it.name, keys.join(" "))
        })
        .collect();
    assert_eq!(shown, declarations, "{text}");
    let found: Vec<&str> = super::diagnostics(&db, file).iter().map(|it| it.code.id).collect();
    assert_eq!(found, codes, "{text}");
}

fn key(member: &Member) -> String {
    match member {
        Member::Entry(entry) => {
            let sign = match entry.action {
                Action::Assign(_) => "=",
                Action::Append(_) => "+=",
                Action::Amend(_) | Action::AmendTyped { .. } => "{}",
                Action::Declare { .. } => ":",
            };
            let path: Vec<String> = entry
                .path
                .segments
                .iter()
                .map(|it| match &it.key {
                    super::ast::Key::Name(name) => name.to_string(),
                    super::ast::Key::Interpolated(_) => "?".to_owned(),
                })
                .collect();
            format!("{}{sign}", path.join("."))
        }
        Member::Use(_) => "use".into(),
        Member::Drop(_) => "drop".into(),
        Member::Attach(_) => "attach".into(),
        Member::Detach(_) => "detach".into(),
        Member::Unset(_) => "unset".into(),
        Member::Spread(_) => "...".into(),
        Member::Override(_) => "override".into(),
        Member::Patch(_) => "patch".into(),
        Member::Let(it) => format!("let {}", it.name),
        Member::Rings(it) => format!("rings {}", it.fact),
    }
}

#[test]
fn keywords_are_keywords_only_where_a_name_follows() {
    check(
        "cluster a {\n  use = 1\n  source { cluster = 2 }\n  use b\n  override c { type = 3 }\n}\n",
        &["cluster a: use= source{} use override"],
        &[],
    );
}

#[test]
fn a_broken_entry_spoils_itself_only() {
    check("cluster a {\n  x = 1\n  y 2\n  z = 3\n}\ncluster b { }\n", &["cluster a: x= z=", "cluster b: "], &["E0101"]);
}

#[test]
fn an_unclosed_block_spoils_its_own_declaration_only() {
    check(
        "cluster a {\n  x = 1\n  v {\n    y = 2\n}\ncluster b { z = 1 }\n",
        &["cluster a: x= v{}", "cluster b: z="],
        &["E0102"],
    );
}

#[test]
fn a_broken_declaration_leaves_its_neighbours_alone() {
    check("cluster { }\nlet x = 1 + * 2\ngroup g { }\n", &["group g: "], &["E0101", "E0101"]);
}

#[test]
fn nested_declarations_know_their_parent() {
    check(
        "catalogue c {\naddon x { version = \"1\" }\n  manifest m = yaml(\"m.yaml\")\n}\n",
        &["catalogue c: ", "addon x[c]: version=", "manifest m[c]: "],
        &[],
    );
}

#[test]
fn conditions_and_types_need_no_parentheses() {
    check(
        "rule r in env when cluster.a == \"b\" and not cluster.c {\n  drop x.y\n}\nfleet f { facts { z: Int where it >= 1 and it <= 6 = 3 } }\n",
        &["rule r: drop", "fleet f: facts{}"],
        &[],
    );
}

#[test]
fn windows_line_ends_and_tabs_are_white_space() {
    check("cluster a {\r\n\tx = 1\r\n\ty = [\r\n\t\t1,\r\n\t]\r\n}\r\n", &["cluster a: x= y="], &[]);
}

#[test]
fn text_over_several_lines_loses_the_closing_lines_indentation() {
    let text = "let x = \"\"\"\n    a\n      b \\(1 + 1)\n\n    c\n    \"\"\"\n";
    let db = FleetDatabase::new(vec![("a.fleet".into(), text.to_owned())], Arc::new(InMemory::default()));
    let file = db.project().files(&db).first().copied().expect("the file");
    let declaration = super::declarations(&db, file).values().next().cloned().expect("the let");
    let Head::Let { value, .. } = &declaration.head else { panic!("no let") };
    let super::ast::ExprKind::Interpolation(parts) = &value.kind else { panic!("no text: {value:?}") };
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|it| if let super::ast::ExprKind::Text(it) = &it.kind { Some(it.as_str()) } else { None })
        .collect();
    assert_eq!(texts, ["a\n  b ", "\n\nc"]);
}

#[test]
fn comments_are_kept_in_order() {
    let text = "// one\nlet x = 1 // two\n/// three\nlet y = \"// no\"\n";
    let db = FleetDatabase::new(vec![("a.fleet".into(), text.to_owned())], Arc::new(InMemory::default()));
    let file = db.project().files(&db).first().copied().expect("the file");
    let parsed = super::parse(&db, file);
    let comments: Vec<&str> = parsed.comments.iter().filter_map(|it| text.get(it.clone())).collect();
    assert_eq!(comments, ["// one", "// two", "/// three"]);
    let doc = parsed.declarations.last().and_then(|(_, it)| it.doc.clone());
    assert_eq!(doc.as_deref(), Some("three"));
}

#[test]
fn adversarial_nesting_is_refused_in_time() {
    let nested = ["{", "[", "(", "\"\\(", "if a then ", "- ", "not ", "a.b", "x = {for x in ", "[for x in ", "#\"\\#("];
    // Past the limit; and below it, where each level that is tried twice doubles the time.
    for (text, times) in nested.into_iter().flat_map(|it| [(it, 20_000), (it, 60)]) {
        let text = format!("let x = {}\ncluster after {{ }}\n", text.repeat(times));
        let db = FleetDatabase::new(vec![("a.fleet".into(), text)], Arc::new(InMemory::default()));
        let file = db.project().files(&db).first().copied().expect("the file");
        let is_said = !super::diagnostics(&db, file).is_empty();
        assert!(is_said || times < 100);
    }
}

#[test]
fn every_prefix_of_a_fleet_is_read() {
    let text = include_str!("../../examples/eks-fleet/clusters.fleet");
    for (end, _) in text.char_indices().step_by(7) {
        let prefix = text.get(..end).unwrap_or_default().to_owned();
        let db = FleetDatabase::new(vec![("a.fleet".into(), prefix)], Arc::new(InMemory::default()));
        let file = db.project().files(&db).first().copied().expect("the file");
        super::diagnostics(&db, file);
    }
}
