//! All messages in one file, sorted by code, as the terminal shows them for the wrong example of each page: so that they
//! can be read in one sitting, and a change of words is seen. `FLEETC_BLESS=1 cargo test messages::` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use fleetc::diagnostic::{Code, code};

use crate::docs::pages::{block, disk_of, is_about_fleetc};
use crate::support::Fleet;

const GOLDEN: &str = "tests/it/data/messages.txt";

/// What the command says of the wrong example of a page; nothing of how long it took.
fn said(it: &Code) -> String {
    let wrong = block(it.page, "fleet", "## Wrong").unwrap_or_default();
    let huge = format!("fleet huge {{ }}\n{}", "// padding\n".repeat(2 * 1024 * 1024 / 11 + 1));
    let fleet = Fleet::new(if it.id == "E0112" { &huge } else { wrong });
    disk_of(&fleet, block(it.page, "disk", "## Wrong").unwrap_or_default());
    let default = if it.id.get(1..3) == Some("07") { "fleetc build" } else { "fleetc check" };
    let command = block(it.page, "command", "## Wrong").unwrap_or(default);
    let run = fleet.run(&command.split_whitespace().skip(1).collect::<Vec<_>>());
    let root = fleet.path().display().to_string();
    let is_message = |it: &&str| !it.trim_start().starts_with("Checked ") && !it.trim_start().starts_with("Finished ");
    let lines: Vec<String> =
        run.stderr.lines().filter(is_message).map(|it| it.replace(&root, ".").trim_end().to_owned()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[test]
fn all_messages_are_in_one_file() {
    let mut all = String::new();
    for it in code::ALL.iter().filter(|it| !is_about_fleetc(it)) {
        let _ = writeln!(all, "## {} {}\n\n{}\n", it.id, it.title, said(it));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    if std::env::var_os("FLEETC_BLESS").is_some() {
        std::fs::write(&path, &all).expect("the file is written");
    }
    let known = std::fs::read_to_string(&path).expect("the file is there");
    let differ = all.lines().zip(known.lines()).find(|(new, old)| new != old);
    assert_eq!(all, known, "first line that differs: {differ:?}; if it is meant: FLEETC_BLESS=1 cargo test messages::");
}
