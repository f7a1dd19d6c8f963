//! The chapters are run: those of `docs/reference/`, which users read, and those of
//! `tests/spec/`, which go on to corners and to what each mistake is told. The
//! blocks of a chapter and what they promise are listed in `tests/spec/README.md`.

use std::path::{Path, PathBuf};

use fleetc::compile::{Compilation, compile};
use fleetc::host::open;
use fleetc::types::builtin;

use super::steady::assert_steady;
use crate::compile::classes::assert_alike;
use crate::support::{Fleet, Kustomize, Run, git, summary};

/// The fenced blocks of a page: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(info) => {
                inside = true;
                found.push((info.to_owned(), String::new()));
            }
            None if inside => {
                let text = &mut found.last_mut().expect("a block").1;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    found
}

/// What the blocks of a chapter stand on: the last project.
#[derive(Default)]
struct Chapter {
    fleet: Option<Fleet>,
    compilation: Option<Compilation>,
    said: String,
    /// Whether a commit that the chapter makes is not there: this machine has no git.
    lacks_commit: bool,
}

impl Chapter {
    /// Holds a block against its promise; false if it makes none.
    fn holds(&mut self, info: &str, text: &str, kustomize: Option<&Kustomize>) -> bool {
        match info.split(' ').collect::<Vec<_>>().as_slice() {
            ["fleet"] => {
                let fleet = Fleet::new(text);
                let mut opened = open(fleet.path()).expect("a project");
                let compilation = compile(&opened.db);
                assert_eq!(summary(&compilation), Vec::<String>::new(), "{text}");
                if let Some(kustomize) = kustomize {
                    kustomize.check(&opened.db, &compilation);
                }
                assert_alike(&opened.db, &compilation, text);
                assert_steady(&mut opened.db, text);
                self.compilation = Some(compilation);
                self.fleet = Some(fleet);
            }
            ["fleet", severity @ ("error" | "warning"), codes @ ..] if !codes.is_empty() => {
                let fleet = Fleet::new(text);
                let run = fleet.run(&["check"]);
                let heads = run.stderr.lines().filter(|it| it.starts_with("error[") || it.starts_with("warning["));
                let heads: Vec<&str> = heads.collect();
                let is_each =
                    heads.iter().zip(codes).all(|(head, code)| head.starts_with(&format!("{severity}[{code}]")));
                assert!(heads.len() == codes.len() && is_each, "{codes:?}\n{}\n{text}", run.stderr);
                // Where nothing is marked, a line of a snippet ends in blanks.
                self.said = run.stderr.lines().map(|it| it.trim_end().to_owned() + "\n").collect();
                self.fleet = Some(fleet);
            }
            ["said"] => assert!(self.said.contains(text.trim()), "{text}\nis not in\n{}", self.said),
            ["yaml", path] => {
                let tree = &self.compilation.as_ref().expect("a block of source before it").tree;
                let file = tree.files.get(*path).unwrap_or_else(|| panic!("{path} is not written"));
                assert!(file.text().contains(text), "{path} has not\n{text}\nbut\n{}", file.text());
            }
            // The text is the commit's message.
            ["commit"] => {
                let dir = self.fleet.as_ref().expect("a project").path();
                let steps = [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", text.trim()]];
                self.lacks_commit = !steps.iter().all(|it| git(dir, it).is_some());
            }
            ["write", path] => self.fleet.as_ref().expect("a project").write(path, text),
            ["source", path] => {
                let found = self.fleet.as_ref().expect("a project").read(path);
                assert!(found.contains(text), "{path} has not\n{text}\nbut\n{found}");
            }
            // Without git, which says so, there is no commit to compare with.
            ["command"] if self.lacks_commit => {}
            ["command"] => self.run(text, 0),
            // What is refused.
            ["fails"] => self.run(text, 1),
            _ => return false,
        }
        true
    }

    /// `$ fleetc …`, and what it prints: nothing else on stdout, or these lines on stderr.
    fn run(&self, text: &str, status: i32) {
        let fleet = self.fleet.as_ref().expect("a project");
        let mut commands: Vec<(&str, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("$ fleetc "), commands.last_mut()) {
                (Some(command), _) => commands.push((command, String::new())),
                (None, Some((_, printed))) => {
                    printed.push_str(line);
                    printed.push('\n');
                }
                (None, None) => panic!("a command begins with `$ fleetc`"),
            }
        }
        for (command, wanted) in commands {
            let args: Vec<&str> = command.split_whitespace().collect();
            let run = Run::of(fleet.path(), &args);
            let is_said = run.stdout == wanted || (!wanted.is_empty() && run.stderr.contains(wanted.trim()));
            assert!(
                run.status == status && is_said,
                "fleetc {command}\n{wanted}\nis not\n{}{}",
                run.stdout,
                run.stderr
            );
        }
    }
}

fn chapters() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = ["docs", "docs/guides", "docs/concepts", "docs/reference", "tests/spec", "tests/spec/lint"];
    let dirs = docs.map(|it| root.join(it));
    let entries = dirs.iter().flat_map(|it| std::fs::read_dir(it).expect("chapters"));
    let paths = entries.map(|it| it.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|it| it.extension().is_some_and(|it| it == "md")).collect();
    paths.sort();
    paths
}

#[test]
fn every_example_of_the_chapters_does_what_it_says() {
    let kustomize = Kustomize::find("the chapters");
    let mut failures = Vec::new();
    let mut count = 0;
    // While one is being written: a part of its path.
    let only = std::env::var("FLEETC_CHAPTER").unwrap_or_default();
    for path in chapters().into_iter().filter(|it| it.to_string_lossy().contains(&only)) {
        let page = std::fs::read_to_string(&path).expect("a page");
        let mut chapter = Chapter::default();
        for (info, text) in blocks(&page) {
            let run = std::panic::AssertUnwindSafe(|| chapter.holds(&info, &text, kustomize.as_ref()));
            match std::panic::catch_unwind(run) {
                Ok(promises) => count += usize::from(promises),
                Err(_) => failures.push(format!("{}: ```{info}", path.display())),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 130 || !only.is_empty(), "the chapters have lost their examples: {count}");
}

#[test]
fn every_built_in_function_is_in_the_reference_with_an_example() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/functions.md");
    let page = std::fs::read_to_string(path).expect("the chapter");
    let examples: String = blocks(&page).into_iter().map(|(_, text)| text).collect();
    for it in builtin::all() {
        let line = format!("- `{}`: {}.", it.signature, it.doc);
        assert!(page.contains(&line), "not in the chapter: {line}");
        assert!(examples.contains(&format!("{}(", it.name)), "`{}` has no example", it.name);
    }
}
