//! The walk through ARCHITECTURE.md: the files and functions that it names exist, and its example becomes what it says.

use regex::Regex;

use super::tidy::root;
use crate::support::Fleet;

fn architecture() -> String {
    std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md")
}

#[test]
fn files_and_functions_exist() {
    let text = architecture();
    let named = Regex::new(r"`([a-z_]+/[a-z_/]+\.rs)(?:: ([a-z_]+))?`").expect("a regular expression");
    let mut functions = 0;
    for it in named.captures_iter(&text) {
        let path =
            [format!("src/{}", &it[1]), it[1].to_owned()].map(|it| root().join(it)).into_iter().find(|it| it.is_file());
        let path = path.unwrap_or_else(|| panic!("ARCHITECTURE.md names `{}`, which is not there", &it[1]));
        let Some(function) = it.get(2) else { continue };
        let source = std::fs::read_to_string(&path).expect("UTF-8");
        let is_there = Regex::new(&format!(r"\bfn {}\b", function.as_str())).expect("a regular expression");
        assert!(is_there.is_match(&source), "`{}` has no function `{}`", &it[1], function.as_str());
        functions += 1;
    }
    assert!(functions >= 20, "the walk names {functions} functions");
}

#[test]
fn the_example_becomes_what_the_walk_says() {
    let text = architecture();
    let (_, rest) = text.split_once("```fleet\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let it = Fleet::new(example);
    it.build();
    assert!(it.read("common/networking/add-ons/ingress-nginx.yaml").contains("replicaCount: 2"));
    let written = it.read("clusters/staging/networking.yaml");
    assert_eq!(written.matches("replicaCount: 1").count(), 1, "{written}");
}
