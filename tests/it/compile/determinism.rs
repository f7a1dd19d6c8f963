//! The same sources give the same bytes: in any order of files and declarations,
//! on any number of threads, from a cold or a warm build.

use std::collections::BTreeMap;
use std::path::Path;

use fleetc::compile::compile;
use fleetc::source::Db;

use crate::docs::steady::declarations;
use crate::support::{Fleet, database, read_tree};

/// The sources of an example, and what they build.
fn example(name: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    read_tree(&root)
        .into_iter()
        .filter(|(path, _)| {
            path.ends_with(".fleet") || path.starts_with("manifests/") || path.starts_with("kustomize/")
        })
        .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("UTF-8")))
        .collect()
}

fn texts(files: &[(String, String)]) -> BTreeMap<String, String> {
    let db = database(files);
    let compilation = compile(&db);
    assert!(compilation.is_clean(), "{:?}", crate::support::summary(&compilation));
    compilation
        .tree
        .files
        .iter()
        .map(|(path, it)| {
            // The header names the source file, which is what this study moves around.
            let text = it.text();
            let body = text.split_once('\n').map_or("", |(_, body)| body);
            (path.to_string(), body.to_owned())
        })
        .collect()
}

#[test]
fn the_order_of_declarations_and_files_does_not_matter() {
    for name in ["eks-fleet", "tenants", "flux-eks-gitops-config"] {
        let files = example(name);
        let plain = texts(&files);
        let (sources, data): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| path.ends_with(".fleet"));
        let mut all: Vec<String> = sources.iter().flat_map(|(_, text)| declarations(text)).collect();
        all.reverse();
        // Everything in one file, backwards …
        let mut one = vec![("fleet.fleet".to_owned(), all.concat())];
        one.extend(data.clone());
        assert_eq!(texts(&one), plain, "{name}");
        // … and each declaration in a file of its own, named backwards.
        let count = all.len();
        let mut each: Vec<(String, String)> =
            all.into_iter().enumerate().map(|(nth, text)| (format!("f{:04}.fleet", count - nth), text)).collect();
        each.extend(data);
        assert_eq!(texts(&each), plain, "{name}");
    }
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let fleet = Fleet::copy_of("examples/eks-fleet");
    for (out, jobs) in [("one", "1"), ("many", "8"), ("again", "3")] {
        let run = fleet.run(&["build", "--out", out, "-j", jobs]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let one = read_tree(&fleet.join("one"));
    assert!(one.len() > 40);
    assert_eq!(one, read_tree(&fleet.join("many")));
    assert_eq!(one, read_tree(&fleet.join("again")));
}

#[test]
fn a_warm_build_gives_what_a_cold_one_gives() {
    let files = example("eks-fleet");
    let db = database(&files);
    let first = compile(&db).tree;
    assert_eq!(compile(&db).tree, first);
    assert!(db.project().files(&db).len() > 5);
}
