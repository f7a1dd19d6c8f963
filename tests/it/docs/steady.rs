//! An example is the same in any order of its declarations, and after each edit that is taken back.

use std::collections::BTreeMap;

use fleetc::compile::compile;
use fleetc::source::{Db, FleetDatabase, SourceFile};

/// Declarations of a file: each begins at a line that is not indented and not a closing brace.
pub(crate) fn declarations(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut pending = String::new();
    let mut depth = 0i32;
    for line in text.lines() {
        pending.push_str(line);
        pending.push('\n');
        let outside: String = line.split('"').step_by(2).collect();
        let code = outside.split("//").next().unwrap_or_default();
        depth += i32::try_from(code.matches(['{', '[', '(']).count()).expect("few")
            - i32::try_from(code.matches(['}', ']', ')']).count()).expect("few");
        let ends =
            depth == 0 && !line.trim().is_empty() && !line.starts_with("//") && !line.trim_end().ends_with(['=', '|']);
        if ends {
            found.push(std::mem::take(&mut pending));
        }
    }
    found.push(pending);
    found
}

/// Holds a project against itself: its declarations upside down, and each of them gone and there again.
pub(crate) fn assert_steady(db: &mut FleetDatabase, text: &str) {
    let before = tree(db);
    let own: Vec<SourceFile> = db.project().files(db).iter().copied().filter(|it| it.package(db).is_empty()).collect();
    for file in own {
        let whole = file.text(db).to_string();
        let parts = declarations(&whole);
        if whole.contains("\"\"\"") || parts.len() < 2 {
            continue;
        }
        for nth in 0..parts.len() {
            let without: String =
                parts.iter().enumerate().filter(|(it, _)| *it != nth).map(|(_, it)| it.as_str()).collect();
            db.set_text(file, without);
            let _other = compile(db);
            db.set_text(file, whole.clone());
            assert_eq!(tree(db), before, "without and with declaration {nth}:\n{text}");
        }
        db.set_text(file, parts.iter().rev().map(String::as_str).collect::<String>());
        assert_eq!(tree(db), before, "upside down:\n{text}");
        db.set_text(file, whole);
    }
}

fn tree(db: &FleetDatabase) -> BTreeMap<String, String> {
    let compilation = compile(db);
    compilation.tree.files.iter().map(|(path, it)| (path.to_string(), it.text().to_string())).collect()
}
