//! A project at a Git revision, read from the repository's objects, is what a checkout of
//! that revision is; and reading it touches nothing.

use std::path::{Path, PathBuf};

use fleetc::compile::compile;
use fleetc::emit::FileTree;
use fleetc::host::{open, open_at};

use crate::support::{Fleet, Run, git, read_tree, summary};

const FLEET: &str = r#"
fleet f {
  facts { zones: Int = 1 }
  packages { platform { path = "../platform" } }
}
import platform.{ base }
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web from base { source = charts, version = "1.0.0", values { zones = cluster.zones, sizes = yaml("data/sizes.yaml") } }
}
cluster one { use addons }
"#;

/// A repository whose project lies in a directory beside a package: some states, the first first.
fn history() -> Option<Fleet> {
    let it = Fleet::new("");
    it.write("fleet/fleet.fleet", FLEET);
    it.write("fleet/data/sizes.yaml", "small: 1\n");
    it.write("platform/fleet.fleet", "fleet platform { }\n");
    it.write("platform/base.fleet", "addon base { version = \"0.0.1\", values.from = \"the platform\" }\n");
    git(it.path(), &["init", "-q", "-b", "main"])?;
    let commit = |name: &str| {
        Run::of(&it.join("fleet"), &["build"]);
        git(it.path(), &["add", "-A"]);
        git(it.path(), &["commit", "-q", "-m", name]);
        git(it.path(), &["tag", name]);
    };
    commit("first");
    it.write("fleet/data/sizes.yaml", "small: 2\n");
    commit("data");
    it.write("platform/base.fleet", "addon base { version = \"0.0.1\", values.from = \"another\" }\n");
    commit("package");
    it.write("fleet/more/two.fleet", "cluster two { zones = 2, use addons }\n");
    commit("cluster");
    // What git ignores is no source, though somebody added it; what a link leads to is one.
    it.write("fleet/more/.gitignore", "*.fleet\n!two.fleet\n!linked.fleet\n");
    it.write("fleet/more/ignored.fleet", "cluster ignored { use addons }\n");
    it.write("fleet/.hidden/three.fleet", "cluster three { use addons }\n");
    it.write("fleet/elsewhere.txt", "cluster four { zones = 4, use addons }\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../elsewhere.txt", it.join("fleet/more/linked.fleet")).expect("a link");
    git(it.path(), &["add", "-f", "fleet/more/ignored.fleet", "fleet/.hidden/three.fleet"]);
    commit("names");
    it.write("fleet/more/two.fleet", "cluster two { zones = \"two\", use addons }\n");
    commit("wrong");
    Some(it)
}

const STATES: [&str; 6] = ["first", "data", "package", "cluster", "names", "wrong"];

fn at(dir: &Path, revision: &str) -> (FileTree, Vec<String>) {
    let past = open_at(dir, revision).unwrap_or_else(|it| panic!("{revision}: {}", it.message));
    assert!(past.problems.is_empty());
    let compilation = compile(&past.db);
    let said = summary(&compilation);
    (compilation.tree, said)
}

fn checkout(from: &Fleet, revision: &str) -> (FileTree, Vec<String>) {
    let dir: PathBuf = from.path().with_file_name(format!("at-{revision}"));
    git(from.path(), &["worktree", "add", "-q", "--detach", &dir.to_string_lossy(), revision]);
    let opened = open(&dir.join("fleet")).expect("a project");
    let compilation = compile(&opened.db);
    let said = summary(&compilation);
    (compilation.tree, said)
}

#[test]
fn a_revision_is_what_its_checkout_is() {
    let Some(it) = history() else { return };
    let before = read_tree(&it.join("fleet"));
    let status = git(it.path(), &["status", "--porcelain"]);
    let mut trees = Vec::new();
    for state in STATES {
        let (tree, said) = at(&it.join("fleet"), state);
        assert_eq!((&tree, &said), (&checkout(&it, state).0, &checkout_said(&it, state)), "{state}");
        trees.push(tree);
    }
    trees.dedup();
    assert_eq!(trees.len(), STATES.len(), "each state is another tree");
    assert!(trees[4].files.contains_key("clusters/four/addons.yaml"), "a link is followed");
    assert!(!trees[4].files.keys().any(|it| it.contains("ignored") || it.contains("three")));
    assert_eq!(read_tree(&it.join("fleet")), before, "nothing is written");
    assert_eq!(git(it.path(), &["status", "--porcelain"]), status);
}

fn checkout_said(from: &Fleet, revision: &str) -> Vec<String> {
    let dir = from.path().with_file_name(format!("at-{revision}"));
    summary(&compile(&open(&dir.join("fleet")).expect("a project").db))
}

#[test]
fn bare_and_shallow_clones_are_read_as_far_as_they_go() {
    let Some(it) = history() else { return };
    let bare = it.path().with_file_name("bare.git");
    git(it.path(), &["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    let error = open_at(&bare, "cluster").err().expect("there are two projects");
    assert!(error.message.contains("several projects") && error.message.contains("`fleet`, `platform`"), "{error}");
    assert_eq!(at(&bare.join("fleet"), "cluster"), at(&it.join("fleet"), "cluster"), "a directory of the revision");
    let shallow = it.path().with_file_name("shallow");
    let url = format!("file://{}", it.path().display());
    git(it.path(), &["clone", "-q", "--depth", "2", &url, &shallow.to_string_lossy()]);
    let (tree, said) = at(&shallow.join("fleet"), "HEAD~1");
    assert_eq!((tree, said), at(&it.join("fleet"), "names"));
    assert!(open_at(&shallow.join("fleet"), "HEAD~2").is_err());
}

#[test]
fn a_project_that_is_no_more_is_read_where_it_was() {
    let Some(it) = history() else { return };
    let found = at(&it.join("fleet"), "cluster");
    git(it.path(), &["rm", "-q", "-r", "-f", "fleet"]);
    std::fs::remove_dir_all(it.join("fleet")).ok();
    assert_eq!(at(&it.join("fleet"), "cluster"), found);
    git(it.path(), &["commit", "-q", "-m", "gone"]);
    let bare = it.path().with_file_name("bare.git");
    git(it.path(), &["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    // Now there is one project.
    let (_, said) = at(&bare, "HEAD");
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn the_bare_repository_of_a_project_at_the_top_is_enough() {
    let it = Fleet::new("fleet f { }\n--- one.fleet ---\ncluster one { }\n");
    if git(it.path(), &["init", "-q", "-b", "main"]).is_none() {
        return;
    }
    git(it.path(), &["add", "-A"]);
    git(it.path(), &["commit", "-q", "-m", "one"]);
    let bare = it.path().with_file_name("bare.git");
    git(it.path(), &["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    assert_eq!(at(&bare, "main"), at(it.path(), "HEAD"));
}

#[test]
fn why_is_asked_of_a_revision() {
    let Some(it) = history() else { return };
    let why = |args: &[&str]| Run::of(&it.join("fleet"), &[&["why"], args].concat());
    let said = why(&["one", "web.values.from", "--rev", "first"]).stdout;
    assert!(said.contains("= \"the platform\"") && said.contains("platform/base.fleet:1"), "{said}");
    assert!(why(&["one", "web.values.from", "--rev", "HEAD~1"]).stdout.contains("= \"another\""));
    let said = why(&["clusters/two/addons.yaml:3", "--rev", "cluster"]).stdout;
    assert!(said.contains("on `two`"), "{said}");
    let run = why(&["one", "web", "--rev", "wrong"]);
    assert!(run.status == 1 && run.stderr.contains("error[E") && run.stderr.contains("1 error at "), "{}", run.stderr);
    let run = why(&["one", "web", "--rev", "nothing"]);
    assert!(run.status == 2 && run.stderr.contains("there is no revision `nothing`"), "{}", run.stderr);
    let run = why(&["one", "web", "--rev", "first:fleet"]);
    assert!(run.status == 2, "{}", run.stderr);
}

/// A file that has nothing to do with the sources may be called what it likes.
#[cfg(target_os = "linux")]
#[test]
fn other_files_have_any_names() {
    use std::os::unix::ffi::OsStrExt;
    let it = Fleet::new("fleet f { }\ncluster one { }\n");
    let Some(_) = git(it.path(), &["init", "-q", "-b", "main"]) else { return };
    let odd = it.join("fleet").with_file_name(std::ffi::OsStr::from_bytes(b"odd-\xff.png"));
    std::fs::write(&odd, "x").expect("a file");
    git(it.path(), &["add", "-A"]);
    git(it.path(), &["commit", "-q", "-m", "odd"]);
    let run = it.run(&["diff", "HEAD"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}
