//! What comes from others: packages, file names, texts that a terminal or a CI system would obey.

use crate::support::{Fleet, compiled, errors, summary};

/// Programs keep what is theirs in files whose names begin with a dot.
#[test]
fn hidden_files_are_not_read() {
    for call in ["file(\".git/config\")", "yaml(\".env\")", "json(\"a/.b/c.json\")", "csv(\".x.csv\")"] {
        let text = format!("fleet f {{ }}\nlet x = {call}\n--- .git/config ---\nsecret\n--- .env ---\na: 1\n");
        assert_eq!(errors(&text), ["E0414"], "{call}");
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let fleet = Fleet::new("fleet f { }\nlet x = file(\"pipe\")\ncluster one { }\n");
    let made = std::process::Command::new("mkfifo").arg(fleet.join("pipe")).status();
    if !made.is_ok_and(|it| it.success()) {
        eprintln!("there is no mkfifo; pipes were not tried");
        return;
    }
    // Nobody writes into it: to open it would take for ever.
    let run = fleet.run(&["check"]);
    assert!(run.status == 1 && run.stderr.contains("not a regular file"), "{}", run.stderr);
    fleet.write("fleet.fleet", "fleet f { }\nlet x = file(\"device\")\ncluster one { }\n");
    std::os::unix::fs::symlink("/dev/zero", fleet.join("device")).expect("a link");
    let run = fleet.run(&["check"]);
    assert!(run.status == 1 && run.stderr.contains("E0414"), "{}", run.stderr);
    fleet.write("fleet.fleet", "fleet f { }\nlet x = file(\"large.txt\")\ncluster one { }\n");
    fleet.write("large.txt", &"x".repeat(17 << 20));
    let run = fleet.run(&["check"]);
    assert!(run.status == 1 && run.stderr.contains("larger than 16 MiB"), "{}", run.stderr);
}

/// Nothing that moves the cursor, turns text around or speaks to a CI system.
fn is_tame(text: &str) -> bool {
    let is_command = |it: &str| it.trim_start().starts_with("::") || it.trim_start().starts_with("##[");
    text.chars().all(|it| matches!(it, '\n' | '\t') || !(it.is_control() || fleetc::source::is_bidi_control(it)))
        && !text.lines().any(is_command)
}

#[test]
fn a_terminal_sees_no_control_characters() {
    let odd = "\u{1b}[2J\u{7}\u{202e}x\u{9b}31m";
    // In names, texts, comments, file names; in what can be read and what cannot.
    for source in [
        format!("fleet f {{ }}\ncluster \"{odd}\" {{ }}\n"),
        format!("fleet f {{ }}\nlet x = \"{odd}\" + 1\n"),
        format!("fleet f {{ }}\n// {odd}\nclustre {odd} {{ }}\n"),
        format!("fleet f {{ }}\ncluster one {{ {odd} = 1 }}\n"),
        format!("fleet f {{ }}\nlet x = \"\"\"\n  ::error file=x::{odd}\n  ##[group]{odd}\n  \"\"\" + 1\n"),
        format!("fleet f {{ }}\nlet    x = \"\"\"\n::error::a\n ::warning::{odd}\n\"\"\"\n"),
    ] {
        let source = source.replace('\u{202e}', if source.contains("error::a") { "" } else { "\u{202e}" });
        let fleet = Fleet::new(&source);
        fleet.write(&format!("deep/{}.fleet", "od\u{1b}[31md"), "cluster {\n  x\n");
        for args in [
            &["check"][..],
            &["build"],
            &["build", "--check", "--message-format", "github"],
            &["fmt", "--diff"],
            &["fmt", "--check"],
        ] {
            let run = fleet.run(args);
            assert!(is_tame(&run.stderr), "{args:?}: {:?}", run.stderr);
            let stdout: String = if args.contains(&"github") {
                run.stdout.lines().filter(|it| !it.starts_with("::error title=fleetc")).collect()
            } else {
                run.stdout
            };
            assert!(is_tame(&stdout), "{args:?}: {stdout:?}");
        }
        assert_eq!(fleet.read("fleet.fleet"), source);
    }
    // The mark stands below what it means, though what is before it is longer on the screen.
    let fleet = Fleet::new("fleet f { }\nlet x = \"\u{7}\u{7}\" + 1\ncluster one { }\n");
    let run = fleet.run(&["check"]);
    assert!(run.stderr.contains("\\u{7}\\u{7}\" + 1\n"), "{}", run.stderr);
}

/// A checkout on any system has every file once.
#[test]
fn names_that_some_system_cannot_have_are_refused() {
    let with = |cluster: &str, catalogue: &str, addon: &str| {
        format!(
            "fleet f {{ }}\ncatalogue {catalogue} {{\n  source s = helm \"https://e.com\"\n  addon {addon} {{ source = s, version = \"1.0.0\" }}\n}}\ncluster {cluster} {{ use {catalogue} }}\n"
        )
    };
    for name in ["con", "nul", "aux", "com1", "lpt9"] {
        for text in [with(name, "c", "web"), with("one", name, "web"), with("one", "c", name)] {
            let said = summary(&compiled(&text).1);
            assert!(said.len() == 1 && said[0].starts_with("E0204"), "{name}: {said:?}");
        }
    }
    assert!(errors(&with("console", "null", "com10")).is_empty());
    for directories in [["ABC", "abc"], ["con", "x"], ["x", "a."], ["x", "nul.d"]] {
        let [a, b] = directories;
        let text = format!(
            "{}group g {{\n  directory = \"{a}\"\n  cluster two {{ use c }}\n}}\ngroup h {{\n  directory = \"{b}\"\n  cluster three {{ use c }}\n}}\n",
            with("one", "c", "web")
        );
        let (_, compilation) = compiled(&text);
        let said = summary(&compilation);
        assert!(!said.is_empty() && said.iter().all(|it| it.starts_with("E0717")), "{directories:?}: {said:?}");
        assert!(compilation.tree.files.is_empty());
    }
}

#[test]
fn odd_numbers_and_marks_are_read() {
    let text = "fleet f { }\nlet least = -9223372036854775808\nlet again = -9_223_372_036_854_775_808\nlet data = json(\"x.json\")\n\
                catalogue c { manifest m {\n apiVersion = \"v1\"\n kind = \"ConfigMap\"\n metadata.namespace = \"default\"\n data { a = string(least), b = string(least == again), c = data.k }\n} }\ncluster one { use c }\n--- x.json ---\n\u{feff}{ \"k\": \"v\" }\n";
    let (_, compilation) = compiled(text);
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    let file = &compilation.tree.files["common/c/manifests/m.yaml"].text();
    assert!(
        file.contains("a: \"-9223372036854775808\"") && file.contains("b: \"true\"") && file.contains("c: v"),
        "{file}"
    );
    assert_eq!(errors("fleet f { }\nlet x = 9223372036854775808\n"), ["E0104"]);
    assert_eq!(errors("fleet f { }\nlet x = -9223372036854775809\n"), ["E0104"]);
}
