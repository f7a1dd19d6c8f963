//! Every code has a page, and every page is run: its wrong example gives exactly
//! that code, its right example nothing.

use std::path::Path;

use fleetc::compile::compile;
use fleetc::diagnostic::{Code, Severity, code};

use crate::support::{Fleet, database, files_of, summary};

/// The first block of a kind behind a heading.
pub(crate) fn block<'a>(page: &'a str, kind: &str, heading: &str) -> Option<&'a str> {
    let start = page.find(heading)?;
    let rest = &page[start..];
    let open = format!("```{kind}\n");
    let at = rest.find(&open)?;
    let body = &rest[at + open.len()..];
    body.find("```").map(|end| &body[..end])
}

#[test]
fn wrong_examples_give_their_code_and_right_ones_nothing() {
    let mut failures = Vec::new();
    for it in code::ALL.iter().filter(|it| !is_about_fleetc(it)) {
        let wrong = block(it.page, "fleet", "## Wrong").unwrap_or_else(|| panic!("{} has no wrong example", it.id));
        let right = block(it.page, "fleet", "## Right").unwrap_or_else(|| panic!("{} has no right example", it.id));
        if it.id.get(1..3) == Some("07") {
            let command = block(it.page, "command", "## Wrong").unwrap_or("fleetc build");
            on_disk(it.id, wrong, right, block(it.page, "disk", "## Wrong"), command, &mut failures);
            continue;
        }
        if let Some(command) = block(it.page, "command", "## Wrong") {
            by_command(it.id, command, wrong, right, &mut failures);
            continue;
        }
        let run = |text: &str| summary(&compile(&database(&files_of(text))));
        // A file of 2 MiB is described, not shown.
        let huge = format!("fleet huge {{ }}\n{}", "// padding\n".repeat(2 * 1024 * 1024 / 11 + 1));
        let found = run(if it.id == "E0112" { &huge } else { wrong });
        if found.is_empty() || found.iter().any(|found| !found.starts_with(it.id)) {
            failures.push(format!("{} wrong: {found:?}", it.id));
        }
        let found = run(right);
        if !found.is_empty() {
            failures.push(format!("{} right: {found:?}", it.id));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What no source can cause.
pub(crate) fn is_about_fleetc(it: &Code) -> bool {
    it.id.starts_with("E09")
}

/// What another command than `build` says.
fn by_command(code: &str, command: &str, wrong: &str, right: &str, failures: &mut Vec<String>) {
    let args: Vec<&str> = command.split_whitespace().skip(1).collect();
    for (what, text) in [("wrong", wrong), ("right", right)] {
        let run = Fleet::new(text).run(&args);
        let codes = codes_of(&run.stderr);
        let fits =
            if what == "wrong" { !codes.is_empty() && codes.iter().all(|it| *it == code) } else { codes.is_empty() };
        if !fits {
            failures.push(format!("{code} {what}: {codes:?}\n{}", run.stderr));
        }
    }
}

/// The codes of what a run says.
fn codes_of(stderr: &str) -> Vec<&str> {
    let heads = stderr.lines().filter(|it| it.starts_with("error[") || it.starts_with("warning["));
    heads.filter_map(|it| it.split_once('[')?.1.split_once(']')).map(|it| it.0).collect()
}

/// What depends on the tree on disk is run as a whole.
fn on_disk(code: &str, wrong: &str, right: &str, disk: Option<&str>, command: &str, failures: &mut Vec<String>) {
    let args: Vec<&str> = command.split_whitespace().skip(1).collect();
    for (what, text) in [("wrong", wrong), ("right", right)] {
        let fleet = Fleet::new(text);
        disk_of(&fleet, disk.unwrap_or_default());
        let run = fleet.run(&args);
        let codes = codes_of(&run.stderr);
        let fits =
            if what == "wrong" { !codes.is_empty() && codes.iter().all(|it| *it == code) } else { codes.is_empty() };
        // What lies in the way is fixed on disk, not in the sources.
        let fixed_on_disk = what == "right" && text == wrong;
        if !fits && !fixed_on_disk {
            failures.push(format!("{code} {what}: {codes:?}\n{}", run.stderr));
        }
    }
}

/// Puts what a page says of the disk there.
pub(crate) fn disk_of(fleet: &Fleet, disk: &str) {
    for (path, text) in files_of(disk).into_iter().filter(|(path, _)| !path.contains(" -> ")) {
        fleet.write(&path, &text);
    }
    for line in disk.lines().filter_map(|it| it.strip_prefix("--- ")?.strip_suffix(" ---")) {
        if let Some((path, target)) = line.split_once(" -> ") {
            link(fleet, path, target);
        }
    }
}

#[cfg(unix)]
fn link(fleet: &Fleet, path: &str, target: &str) {
    let path = fleet.join(path);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    std::os::unix::fs::symlink(target, path).expect("a link");
}

#[cfg(not(unix))]
fn link(_: &Fleet, _: &str, _: &str) {}

#[test]
fn codes_are_in_order_and_unique() {
    let numbers: Vec<&str> = code::ALL.iter().map(|it| &it.id[1..]).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(numbers, sorted);
    for it in code::ALL {
        assert_eq!(it.id.starts_with('E'), it.severity == Severity::Error, "{}", it.id);
    }
}

#[test]
fn every_page_belongs_to_a_code() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic/pages");
    for entry in std::fs::read_dir(dir).expect("the pages") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let id = name.trim_end_matches(".md");
        assert!(code::ALL.iter().any(|it| it.id == id), "{name} belongs to no code");
    }
}

#[test]
fn explain_prints_the_page() {
    let fleet = Fleet::new("");
    let run = fleet.run(&["explain", "e0211"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("# E0211: "), "{}", run.stdout);
    assert!(run.stdout.contains("## Wrong") && run.stdout.contains("## Right"));
    for (name, wanted) in [("override", "# override\n\n`override TARGET"), ("matches", "matches(text: String")] {
        let run = fleet.run(&["explain", name]);
        assert!(run.status == 0 && run.stdout.contains(wanted), "{}", run.stdout);
    }
    let run = fleet.run(&["explain", "overide"]);
    assert!(run.status == 2 && run.stderr.contains("did you mean `override`?"), "{}", run.stderr);
    let run = fleet.run(&["explain", "E9999"]);
    assert_eq!(run.status, 2);
    let run = fleet.run(&["explain"]);
    assert_eq!(run.stdout.lines().count(), code::ALL.len());
}

/// Messages are one fact: lower case or code at the start, no full stop, and each has a help.
#[test]
fn messages_have_one_form() {
    for it in code::ALL.iter().filter(|it| !is_about_fleetc(it)) {
        let wrong = block(it.page, "fleet", "## Wrong").expect("an example");
        for found in &compile(&database(&files_of(wrong))).diagnostics {
            let first = found.message.chars().next().expect("a message");
            let names_a_kind = found.message.starts_with(|it: char| it.is_ascii_uppercase());
            assert!(!found.message.ends_with('.'), "{}: {}", it.id, found.message);
            assert!(!first.is_uppercase() || names_a_kind, "{}: {}", it.id, found.message);
            assert!(found.help.is_some(), "{} has no help: {}", it.id, found.message);
            assert!(!found.primary.text.is_empty(), "{}", it.id);
        }
    }
}
