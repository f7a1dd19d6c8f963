//! Each rule names at its head the codes that it reports, each code has one rule, and `tests/spec/lint/` a chapter of
//! the same name with an example of each.

use std::collections::BTreeMap;

use fleetc::diagnostic::code;
use regex::Regex;

use crate::house::tidy::root;

#[test]
fn each_rule_names_its_codes() {
    let table = std::fs::read_to_string(root().join("src/diagnostic/code.rs")).expect("the table");
    let row = Regex::new(r#"(?m)^    ([A-Z_]+) "([EW][0-9]{4})""#).expect("a pattern");
    let ids: BTreeMap<String, String> = row.captures_iter(&table).map(|it| (it[1].into(), it[2].into())).collect();
    assert_eq!(ids.len(), code::ALL.len());
    let (used, named) =
        (Regex::new(r"code::([A-Z_]+)").expect("a pattern"), Regex::new(r"\b[EW][0-9]{4}\b").expect("a pattern"));
    let mut rules: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("src/lint")).expect("a directory") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let mut reported: Vec<&String> = used.captures_iter(&text).map(|it| &ids[&it[1]]).collect();
        let head: String = text.lines().take_while(|it| it.starts_with("//!")).collect();
        let mut said: Vec<&str> = named.find_iter(&head).map(|it| it.as_str()).collect();
        reported.sort();
        reported.dedup();
        said.sort_unstable();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(reported, said, "{name}");
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let chapter = std::fs::read_to_string(root().join(format!("tests/spec/lint/{stem}.md"))).unwrap_or_default();
        for code in reported {
            let severity = if code.starts_with('E') { "error" } else { "warning" };
            assert!(
                chapter.contains(&format!("```fleet {severity} {code}\n")),
                "tests/spec/lint/{stem}.md has no example of {code}"
            );
            let other = rules.insert(code.clone(), name.clone());
            assert!(other.is_none(), "{code} is reported by {name} and {other:?}");
        }
    }
    assert!(rules.len() > 20, "{rules:?}");
}
