//! What is deep or large: every construct nests as deep as the parser lets it, in time that
//! grows with the text.

use crate::support::{compiled, summary};

/// As deep as sources may nest, less what stands around.
const DEEP: usize = 90;

/// `open` so often, the core, `close` as often.
fn nested(open: &str, core: &str, close: &str, depth: usize) -> String {
    format!("{}{core}{}", open.repeat(depth), close.repeat(depth))
}

/// Each form of expression inside itself. Whatever is computed twice on a level would be
/// computed 2^90 times: a test that fails does not end.
#[test]
fn every_construct_nests_deep() {
    let expressions = [
        ("an object", nested("{ a = ", "1", " }", DEEP)),
        (
            "an object with a name",
            nested("{ let x = 1, a = ", "x", " }", DEEP - 1).replace("let x", "let y").replace("= x", "= 1"),
        ),
        ("a let in a let", nested("{ let y = ", "1", ", a = 1 }", DEEP)),
        ("a block in an object", nested("{ a { b = ", "1", " } }", DEEP / 2)),
        ("a list", nested("[", "1", "]", DEEP)),
        ("a list of objects", nested("[{ a = ", "1", " }]", DEEP / 2)),
        ("a spread in a list", nested("[...", "[1]", "]", DEEP)),
        ("a spread in an object", nested("{ ...", "{ a = 1 }", " }", DEEP)),
        ("parentheses", nested("(", "1", ")", DEEP)),
        ("an if", nested("if (true) then (", "1", ") else 2", DEEP)),
        ("an if in the other branch", nested("if true then 1 else (", "2", ")", DEEP)),
        ("an if in a condition", nested("if (", "true", ") then true else false", DEEP)),
        ("a match", nested("match 1 { 1 => ", "1", ", _ => 2 }", DEEP)),
        ("a match on a match", nested("match (", "1", ") { 1 => 1, _ => 2 }", DEEP)),
        ("a call", nested("string(", "1", ")", DEEP)),
        ("a call of one's own", nested("own(", "1", ")", DEEP)),
        ("a call with a list", nested("length([", "1", "])", DEEP / 2)),
        ("a string", nested("\"a\\(", "\"b\"", ")\"", DEEP / 2)),
        ("a comprehension", nested("[for x in [1] => ", "1", "]", DEEP)),
        ("a comprehension over one", nested("[for x in ", "[1]", " => x]", DEEP)),
        ("a comprehension of a map", nested("{for x in [\"k\"] => x = ", "1", "}", DEEP)),
        ("a negation", format!("{}true", "not ".repeat(DEEP))),
        ("a minus", nested("-(", "1", ")", DEEP)),
        ("a sum", nested("1 + (", "1", ")", DEEP)),
        ("a sum to the left", nested("(", "1", ") + 1", DEEP)),
        ("a comparison", nested("(", "1", ") == 1", 1)),
        ("a choice of what is there", nested("null ?? (", "1", ")", DEEP)),
        ("an and", nested("true and (", "true", ")", DEEP)),
        ("an index", nested("[[1]][length([]) + 0 * (", "0", ")]", DEEP / 2)),
        ("a member", format!("{}{}", nested("{ a = ", "1", " }", 40), "")),
    ];
    for (what, expression) in expressions {
        let text = format!(
            "fleet f {{ }}\nfn own(x: Any): Any = x\nlet deep = {expression}\n\
             catalogue c {{\n  source s = helm \"https://e.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    values {{\n      deep = {expression}\n      again = deep\n    }}\n  }}\n}}\n\
             override web {{ values.over = {expression} }}\n\
             cluster one {{ use c }}\n"
        );
        let (_, compilation) = compiled(&text);
        let said = summary(&compilation);
        // Conditions that are the same each time may be reported; nothing else.
        assert!(
            said.iter().all(|it| !it.starts_with("E01") && !it.starts_with("E09")),
            "{what}: {said:?}\n{expression}"
        );
    }
}

/// The same for what holds values against types, each of which names the one below it.
#[test]
fn types_nest_deep() {
    let value = nested("{ a = ", "1", " }", DEEP);
    for (what, form) in [
        ("a record", "type T# { a: T% }"),
        ("a field that may be absent", "type T# { a: T%? }"),
        ("a record or a number", "type R# { a: T% }\ntype T# = R# | Int"),
        ("two records", "type B# { b: T% }\ntype R# { a: T% }\ntype T# = B# | R#"),
        ("records of one field", "type B# { a: T%, b: Int }\ntype R# { a: T% }\ntype T# = R# | B#"),
        ("a map", "type T# = {String: T%}"),
    ] {
        let numbered = |nth: usize| form.replace('#', &nth.to_string()).replace('%', &(nth - 1).to_string());
        let types: Vec<String> = (1..=DEEP).map(numbered).collect();
        let text = format!(
            "fleet f {{ }}\ntype T0 = Int\n{}\nlet deep: T{DEEP} = {value}\n\
             catalogue c {{\n  source s = helm \"https://e.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    params {{ p: T{DEEP} = {value} }}\n    values {{ deep = deep, p = params.p }}\n  }}\n}}\n\
             cluster one {{\n  use c\n  override web {{ params {{ p = {value} }} }}\n}}\n",
            types.join("\n")
        );
        let (_, compilation) = compiled(&text);
        let said: Vec<String> = summary(&compilation).into_iter().filter(|it| !it.starts_with("W0528")).collect();
        assert!(said.is_empty(), "{what}: {said:?}");
    }
}

/// Records whose fields have records by default grow with each level: the budget ends it before
/// it fills the memory.
#[test]
fn defaults_of_defaults_are_counted() {
    let of = |it: usize| format!("type T{it} {{ a: T{n} = {{ }}, b: T{n} = {{ }} }}\n", n = it - 1);
    let types: String = (1..=40).map(of).collect();
    let text =
        format!("fleet f {{ }}\ntype T0 {{ x: Int = 1 }}\n{types}let deep: T40 = {{ }}\nlet shallow: T8 = {{ }}\n");
    let said = summary(&compiled(&format!("{text}catalogue c {{ manifest m {{ apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"default\", data.x = to-json(deep) }} }}\ncluster one {{ use c }}\n")).1);
    assert!(said.len() == 1 && said[0].starts_with("E0401"), "{said:?}");
}

/// Types that share their parts are held against each other part by part, not path by path: there
/// would be 2^60 of them.
#[test]
fn types_that_share_parts_are_compared_once() {
    let family = |name: &str, end: &str| {
        let of = |it: usize| format!("type {name}{it} {{ a: {name}{n}?, b: {name}{n}? }}\n", n = it - 1);
        format!("type {name}0 {{ x: {end}? }}\n{}", (1..=60).map(of).collect::<String>())
    };
    let (a, b, c) = (family("A", "Int"), family("B", "Int"), family("C", "String"));
    let text = |of: &str| {
        format!("fleet f {{ }}\n{a}{b}{c}fn same(a: A60): {of} = a\nlet x = same({{ }})\ncluster one {{ }}\n")
    };
    assert_eq!(summary(&compiled(&text("B60")).1), Vec::<String>::new());
    assert_eq!(summary(&compiled(&text("A60 | B60")).1), Vec::<String>::new());
    let said = summary(&compiled(&text("C60")).1);
    assert!(said.len() == 1 && said[0].starts_with("E0301"), "{said:?}");
}

/// A few lines of YAML name as many values as they like: they are counted before they are made.
#[test]
fn aliases_are_counted() {
    let of = |it: usize| format!("a{it}: &a{it} [*a{n}, *a{n}]\\n", n = it - 1);
    let doubling: String = (1..=40).map(of).collect();
    for yaml in [
        format!("\"a0: &a0 1\\n{doubling}\""),
        "\"a: &a [\" + repeat(\"1,\", 20000) + \"]\\nb: [\" + repeat(\"*a,\", 20000) + \"]\\n\"".to_owned(),
        "\"a: &a '\" + repeat(\"x\", 100000) + \"'\\nb: [\" + repeat(\"*a,\", 40000) + \"]\\n\"".to_owned(),
    ] {
        let text = format!(
            "fleet f {{ }}\nlet x = length(from-yaml({yaml}))\ncluster one {{ }}\ncheck \"it is read\" {{ x > 0 }}\n"
        );
        let (_, compilation) = compiled(&text);
        let [only] = compilation.diagnostics.as_slice() else { panic!("{:?}", summary(&compilation)) };
        assert!(only.code.id == "E0414" && format!("{only:?}").contains("its aliases"), "{only:?}");
    }
}

/// A pattern of a line may stand for a program that fills the memory.
#[test]
fn patterns_have_a_size() {
    let text = "fleet f { }\nlet x = captures(repeat(\"a\", 1000000), \"(a{0,1000}){0,100}b\")\ncluster one { }\ncheck \"it is read\" { length(x) > 0 }\n";
    let said = summary(&compiled(text).1);
    assert!(said.len() == 1 && said[0].starts_with("E0413"), "{said:?}");
}
