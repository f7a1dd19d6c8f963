//! `fleetc fmt`: one layout, which keeps what a text means and every word that is said in it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use fleetc::format::{format, means_the_same};
use fleetc::source::{FleetDatabase, InMemory, SourceFile};
use fleetc::syntax::{self, Role};

use crate::support::{Fleet, database};

/// Every text in the language that the project has: its sources, and the blocks of its pages.
pub(crate) fn corpus() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut todo: Vec<PathBuf> =
        ["examples", "stdlib", "templates", "benches", "docs", "tests", "src"].iter().map(|it| root.join(it)).collect();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(std::fs::read_dir(&path).expect("a directory").map(|it| it.expect("an entry").path()));
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.display().to_string();
        match path.extension().and_then(|it| it.to_str()) {
            Some("fleet") => found.push((name, text)),
            Some("md") => {
                for (nth, block) in text.split("\n```fleet").skip(1).enumerate() {
                    let body = block.split_once('\n').map_or("", |(_, it)| it);
                    found.push((format!("{name}, block {nth}"), body.split("\n```").next().unwrap_or(body).to_owned()));
                }
            }
            _ => {}
        }
    }
    found.sort();
    assert!(found.len() > 150, "{} texts", found.len());
    found
}

/// What a text means, and what is said beside it.
fn meaning(db: &FleetDatabase, text: &str) -> (Vec<String>, Vec<String>) {
    let file = SourceFile::new(db, "a.fleet".into(), "".into(), text.into());
    let parsed = syntax::parse(db, file);
    let declarations = parsed.declarations.iter().map(|(_, it)| format!("{it:?}")).collect();
    let comments = parsed.comments.iter().map(|it| text[it.clone()].trim_end().to_owned()).collect();
    (declarations, comments)
}

fn assert_kept(db: &FleetDatabase, name: &str, text: &str) -> String {
    let once = format(text).text;
    let (before, after) = (meaning(db, text), meaning(db, &once));
    assert_eq!(before.1, after.1, "the comments of {name}\n{once}");
    assert_eq!(before.0.len(), after.0.len(), "the declarations of {name}\n{once}");
    for (before, after) in before.0.iter().zip(&after.0) {
        assert_eq!(before, after, "{name}\n{once}");
    }
    assert_eq!(format(&once).text, once, "{name} is not the same the second time");
    let is_trimmed = |line: &str| !line.ends_with([' ', '\t']);
    if !once.contains("\"\"\"") && format(text).left.is_empty() {
        assert!(once.lines().all(is_trimmed) && !once.contains("\n\n\n") && !once.ends_with("\n\n"), "{name}\n{once}");
    }
    once
}

#[test]
fn meaning_and_comments_are_kept_and_twice_is_once() {
    let db = database(&[]);
    for (name, text) in corpus() {
        assert_kept(&db, &name, &text);
        // As somebody types it: what is broken stays, and hurts nobody else.
        let step = (text.len() / 9).max(1);
        for end in (1 + name.len() % step..text.len()).step_by(step).filter(|it| text.is_char_boundary(*it)) {
            assert_kept(&db, &format!("{name} up to {end}"), &text[..end]);
        }
    }
}

/// A number that follows from the one before.
fn next(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed >> 33).expect("31 bits")
}

/// The same words with other space between them, where that may be.
fn scrambled(text: &str, seed: &mut u64) -> Option<String> {
    let mut out = String::new();
    for chunk in syntax::tokens(text) {
        for token in chunk.tokens? {
            let is_top = token.starts && token.start.checked_sub(1).is_none_or(|it| text.as_bytes()[it] == b'\n');
            match token.breaks {
                0 if out.is_empty() => {}
                0 => out.extend(std::iter::repeat_n(' ', 1 + next(seed) % 3)),
                breaks => {
                    for _ in 0..breaks {
                        out.push_str(["\n", " \n", "\t\n"][next(seed) % 3]);
                    }
                    // A word of the language at the beginning of a line begins a declaration.
                    let least = usize::from(syntax::word(token.text).is_some());
                    let space = if is_top { 0 } else { least + next(seed) % 9 };
                    out.extend(std::iter::repeat_n([' ', '\t'][next(seed) % 2], space));
                }
            }
            out.push_str(token.text);
        }
    }
    Some(out)
}

#[test]
fn space_is_nobodys_choice() {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut count = 0;
    for (name, text) in corpus() {
        // A string of several lines, and what stands in column 0, are not free.
        let has_text = syntax::tokens(&text)
            .into_iter()
            .flat_map(|it| it.tokens.unwrap_or_default())
            .any(|it| it.role == Role::Text && it.text.contains('\n'));
        for _ in 0..3 {
            let Some(other) = scrambled(&text, &mut seed).filter(|_| !has_text) else { continue };
            assert_eq!(format(&other).text, format(&text).text, "{name}\n{other}");
            count += 1;
        }
    }
    assert!(count > 300, "{count} texts were scrambled");
}

/// The same words with nothing but a space behind each opening bracket, so that lines are joined.
fn tightened(text: &str) -> Option<String> {
    let mut out = String::new();
    for chunk in syntax::tokens(text) {
        let mut is_open = false;
        for token in chunk.tokens? {
            let joins = is_open && token.role != Role::Comment;
            out.push_str(if token.breaks > 0 && !joins { "\n" } else { " " });
            let is_top = token.starts && token.start.checked_sub(1).is_none_or(|it| text.as_bytes()[it] == b'\n');
            if is_top && out.ends_with(' ') {
                out.pop();
            }
            out.push_str(token.text);
            is_open = matches!(token.role, Role::Open(_));
        }
    }
    Some(out)
}

#[test]
fn what_is_joined_means_what_it_meant() {
    let db = database(&[]);
    for (name, text) in corpus() {
        let Some(other) = tightened(&text) else { continue };
        assert_eq!(meaning(&db, &text).1.len(), meaning(&db, &other).1.len(), "{name}");
        assert_kept(&db, &name, &other);
    }
}

/// Texts, and what becomes of them; what stays as it is says so by an empty one.
const CASES: &[(&str, &str, &str)] = &[
    (
        "columns",
        "group g {\naccount=\"1\"\n  region    = \"eu-west-1\"\n  // why\n  a.b.c = 1\n  x += [1]\n}\n",
        "group g {\n  account = \"1\"\n  region  = \"eu-west-1\"\n  // why\n  a.b.c = 1\n  x += [1]\n}\n",
    ),
    (
        "types",
        "type A {\na:Int\n  long-name  :  String?=\"x\"\n}\n",
        "type A {\n  a:         Int\n  long-name: String? = \"x\"\n}\n",
    ),
    (
        "one line, or a line each",
        "cluster a { x = 1\n  y = 2 }\ncluster b {\n x = 1, y = 2, }\n",
        "cluster a { x = 1, y = 2 }\n\ncluster b {\n  x = 1\n  y = 2\n}\n",
    ),
    (
        "lists",
        "let a = [1,2,\n 3,]\nlet b = [\n1,2 // two\n]\nlet c = [{\n x = 1 }, {\ny = 2}]\n",
        "let a = [1, 2, 3]\n\nlet b = [\n  1,\n  2, // two\n]\n\nlet c = [{\n  x = 1\n}, {\n  y = 2\n}]\n",
    ),
    (
        "what does not fit",
        "override web { values { first = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", second = \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", c = 1 } }\n",
        "override web {\n  values {\n    first  = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n    second = \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n    c      = 1\n  }\n}\n",
    ),
    (
        "operators, signs and members",
        "let a = - 1+2*x . y ?. z[ 0 ] ?? f( a,b ) == not  true\nlet b = if a then  1\n      else 2\n",
        "let a = -1 + 2 * x.y?.z[0] ?? f(a, b) == not true\n\nlet b = if a then 1\n  else 2\n",
    ),
    (
        "comments keep their places",
        "// top\n\n\n// of a\nlet a = 1 // behind\n\ncluster c { // behind a bracket\n  // first\n\n\n  x = 1   // one\n  // last\n}\n// the end\n",
        "// top\n\n// of a\nlet a = 1 // behind\n\ncluster c { // behind a bracket\n  // first\n\n  x = 1 // one\n  // last\n}\n// the end\n",
    ),
    (
        "texts of several lines",
        "manifest m {\n      data.x = \"\"\"\n   a\n     b\n\n   \"\"\"\n}\n",
        "manifest m {\n  data.x = \"\"\"\n    a\n      b\n\n    \"\"\"\n}\n",
    ),
    (
        "space that is of a text",
        "manifest m {\n data.x = \"\"\"\n  a\n      \n  b\n  \"\"\"\n data.y = \"\"\"\n\ta\n   \n\t\"\"\"\n}\n",
        "manifest m {\n  data.x = \"\"\"\n    a\n        \n    b\n    \"\"\"\n  data.y = \"\"\"\n\ta\n   \n\t\"\"\"\n}\n",
    ),
    (
        "statements",
        "rule r  in  env when cluster.x==1{ use a,  b.* {interval=\"5m\"}\n drop *.c,d }\nimport std . addons.{ karpenter,velero as backup }\n",
        "rule r in env when cluster.x == 1 {\n  use a, b.* { interval = \"5m\" }\n  drop *.c, d\n}\n\nimport std.addons.{ karpenter, velero as backup }\n",
    ),
    (
        "what is broken stays, and what stands beside it does not",
        "cluster a {x=1}\ncluster b {\n   y = = 2\n z=1\n}\ncluster c{z=3}\n",
        "cluster a { x = 1 }\n\ncluster b {\n   y = = 2\n z=1\n}\n\ncluster c { z = 3 }\n",
    ),
    (
        "sources",
        "source a = helm \"https://a\"\nsource long = oci \"oci://b\"\n",
        "source a    = helm \"https://a\"\nsource long = oci \"oci://b\"\n",
    ),
    ("other ends of lines", "cluster a {\r\n x = 1\r\n}\r\n", "cluster a {\r\n  x = 1\r\n}\r\n"),
    ("nothing", "\n\n", ""),
];

#[test]
fn the_layout_is_this() {
    let db = database(&[]);
    for (what, text, wanted) in CASES {
        assert_eq!(assert_kept(&db, what, text), *wanted, "{what}");
    }
}

#[test]
fn every_source_of_this_project_is_laid_out() {
    for (name, text) in corpus().into_iter().filter(|(name, _)| name.ends_with(".fleet")) {
        let it = format(&text);
        assert_eq!(it.left, Vec::<usize>::new(), "{name} cannot be read");
        assert_eq!(it.text, text, "run `fleetc fmt {name}`");
    }
}

/// What Unicode calls white space, beside the language's own, is a character: kept where a text cannot be read.
#[test]
fn white_space_of_other_scripts_is_kept_or_goes_without_a_change_of_meaning() {
    let db = FleetDatabase::new(Vec::new(), Arc::new(InMemory::default()));
    for it in ['\u{a0}', '\u{3000}', '\u{2028}', '\u{b}', '\u{c}', '\u{85}'] {
        for text in [
            format!("fleet x {{ }}\n// zone{it}\nlet a = 1\n"),
            format!("fleet x {{ }}\n/// zone{it}\nlet a = 1 // b{it}\n"),
            format!("fleet x {{ }}{it}\nlet a=1\n"),
            format!("fleet x {{ }}\n{it}let a=1\n"),
            format!("fleet x {{\n  a = 1{it}\n}}\nlet b=2\n"),
        ] {
            let once = assert_kept(&db, "white space", &text);
            assert!(means_the_same(&text, &once), "{text:?} → {once:?}");
        }
    }
}

const UGLY: &str = "fleet f { }\ncluster a {zones=1}\n";
const NEAT: &str = "fleet f { }\ncluster a { zones = 1 }\n";

#[test]
fn files_are_written_checked_and_shown() {
    let it = Fleet::new(UGLY);
    for path in ["sub/b.fleet", "vendor/x/c.fleet", "common/d.fleet", "hidden/e.fleet", "sub/neat.fleet"] {
        it.write(path, if path.ends_with("neat.fleet") { "let a = 1\n" } else { "let a=1\n" });
    }
    it.write(".gitignore", "hidden\n");
    let run = it.run(&["fmt", "--check"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, "fleet.fleet\nsub/b.fleet\n"));
    assert!(run.stderr.contains("2 of 3 files are not as `fleetc fmt` writes them"), "{}", run.stderr);
    let run = it.run(&["fmt", "--diff"]);
    assert!(run.status == 1 && run.stdout.contains("-let a=1\n+let a = 1\n"), "{}", run.stdout);
    assert_eq!(it.read("fleet.fleet"), UGLY, "nothing was written");
    let run = it.run(&["fmt", "sub"]);
    assert!(run.status == 0 && it.read("sub/b.fleet") == "let a = 1\n" && it.read("fleet.fleet") == UGLY);
    let run = it.run(&["fmt"]);
    assert!(run.status == 0 && run.stderr.contains("1 of 3 files"), "{}", run.stderr);
    assert_eq!(it.read("fleet.fleet"), NEAT);
    assert_eq!(it.run(&["fmt", "--check"]).status, 0);
    for untouched in ["vendor/x/c.fleet", "common/d.fleet", "hidden/e.fleet"] {
        assert_eq!(it.read(untouched), "let a=1\n", "{untouched}");
    }
    assert!(it.run(&["fmt", "."]).stderr.contains("0 of 3 files"));
    // What is named is meant.
    assert_eq!(it.run(&["fmt", "hidden/e.fleet"]).status, 0);
    assert_eq!(it.read("hidden/e.fleet"), "let a = 1\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode: u32| std::fs::Permissions::from_mode(mode);
        it.write("sub/mode.fleet", "let c=1\n");
        std::fs::set_permissions(it.join("sub/mode.fleet"), mode(0o600)).expect("a mode");
        assert_eq!(it.run(&["fmt"]).status, 0);
        let now = std::fs::metadata(it.join("sub/mode.fleet")).expect("a file").permissions().mode();
        assert_eq!((it.read("sub/mode.fleet").as_str(), now & 0o777), ("let c = 1\n", 0o600));
        it.write("sub/mode.fleet", "let c=1\n");
        std::fs::set_permissions(it.join("sub/mode.fleet"), mode(0o400)).expect("a mode");
        let run = it.run(&["fmt"]);
        assert!(
            run.status == 2 && run.stderr.contains("`sub/mode.fleet` may not be written")
                || run.stderr.contains("mode.fleet` may not"),
            "{}",
            run.stderr
        );
        std::fs::remove_file(it.join("sub/mode.fleet")).expect("a file");
    }
    it.write("sub/b.fleet", "let  b = 1\ncluster x {\n a = = 1\n}\n");
    let run = it.run(&["fmt"]);
    assert!(run.stderr.contains("sub/b.fleet:2 unchanged: it cannot be parsed"), "{}", run.stderr);
    assert_eq!(it.read("sub/b.fleet"), "let b = 1\n\ncluster x {\n a = = 1\n}\n");
    for (arguments, wanted) in
        [(&["fmt", "none.fleet"][..], "`none.fleet` cannot be read"), (&["fmt", "-", "a"], "cannot be combined")]
    {
        let run = it.run(arguments);
        assert!(run.status == 2 && run.stderr.contains(wanted), "{}", run.stderr);
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let it = Fleet::new(NEAT);
    let run = |arguments: &[&str], input: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fleetc"))
            .args(arguments)
            .current_dir(it.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("fleetc");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("to be read");
        let output = child.wait_with_output().expect("an end");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    assert_eq!(run(&["fmt", "-"], UGLY), (Some(0), NEAT.to_owned()));
    assert_eq!(run(&["fmt", "-"], &format!("\u{feff}{UGLY}")), (Some(0), NEAT.to_owned()));
    assert_eq!(run(&["fmt", "-"], "cluster a {\n x = = 1"), (Some(0), "cluster a {\n x = = 1\n".to_owned()));
    assert_eq!(run(&["fmt", "--check", "-"], UGLY), (Some(1), "standard input\n".to_owned()));
    assert_eq!(run(&["fmt", "--check", "-"], NEAT), (Some(0), String::new()));
}

/// Deep and long texts are laid out in time that grows with them.
#[test]
fn long_texts_take_no_longer_than_their_length() {
    let mut text = String::from("cluster c {\n");
    for nth in 0..20_000 {
        let _ = writeln!(text, "  key-{nth} = [{{ a = {nth}, b = f(1, 2, \"x\") }}, {{ c = 1 }}]");
    }
    text.push_str("}\n");
    let depth = 45;
    let _ = writeln!(text, "let deep = {}1{}", "[{ a = ".repeat(depth), " }]".repeat(depth));
    let once = format(&text);
    assert!(once.left.is_empty());
    assert_eq!(format(&once.text).text, once.text);
}
