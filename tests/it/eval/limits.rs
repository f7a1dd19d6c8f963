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

/// A line for each number.
fn repeated(numbers: std::ops::RangeInclusive<usize>, line: impl Fn(usize) -> String) -> String {
    numbers.map(line).collect::<Vec<_>>().concat()
}

const ONE: &str = "fleet f { }\ncluster one { }\n";

/// Declarations that name each other: a long chain is said once, at the one name too many, and a cycle once, however
/// many have a part in it.
#[test]
fn chains_and_cycles_of_names_have_bounds() {
    let chain = |line: &dyn Fn(usize) -> String, count: usize| -> String {
        let lines: String = (0..count).map(line).collect();
        format!("{ONE}{lines}")
    };
    let lets = |nth: usize| if nth == 0 { "let a0 = 1\n".to_owned() } else { format!("let a{nth} = a{}\n", nth - 1) };
    let types = |nth: usize| {
        if nth == 0 { "type A0 = Int\n".to_owned() } else { format!("type A{nth} = A{}\n", nth - 1) }
    };
    let fields = |nth: usize| {
        if nth == 0 { "type A0 { x: Int? }\n".to_owned() } else { format!("type A{nth} {{ x: A{}? }}\n", nth - 1) }
    };
    for line in [&lets as &dyn Fn(usize) -> String, &types, &fields] {
        assert_eq!(summary(&compiled(&chain(line, 200)).1), Vec::<String>::new());
        for count in [201, 5000] {
            let said = summary(&compiled(&chain(line, count)).1);
            assert!(
                said.len() == 1 && said[0].starts_with("E0401 `") && said[0].contains("200` begins a chain"),
                "{said:?}"
            );
        }
    }
    for count in [3, 90, 3000] {
        let cycle = |line: &dyn Fn(usize, usize) -> String| -> Vec<String> {
            summary(
                &compiled(&format!("{ONE}{}", (0..count).map(|it| line(it, (it + 1) % count)).collect::<String>())).1,
            )
        };
        let said = cycle(&|a, b| format!("fn f{a}(x: Int): Int = f{b}(x)\n"));
        assert!(said.len() == 1 && said[0].len() < 200, "{said:?}");
        let said = cycle(&|a, b| format!("let a{a} = a{b}\n"));
        assert!(
            said.len() == count && said.iter().all(|it| it.starts_with("E0305") || it.starts_with("E0304")),
            "{said:?}"
        );
    }
}

/// Runs on threads whose stacks are as large as those of the program.
fn as_the_program(run: impl FnOnce() + Send) {
    rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(256 << 20).build().expect("threads").install(run);
}

/// A value is never deeper than other tools read, however it came about.
#[test]
fn values_have_a_depth() {
    as_the_program(|| {
        let lets = |count: usize| -> String {
            let lines: String = repeated(1..=count, |it| format!("let a{it} = {{ x = {{ y = [a{}] }} }}\n", it - 1));
            format!(
                "fleet f {{ }}\nlet a0 = 1\n{lines}catalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{ source = s, version = \"1.0.0\", values.deep = a{count} }}\n}}\ncluster one {{ use c }}\n"
            )
        };
        assert_eq!(summary(&compiled(&lets(40)).1), Vec::<String>::new());
        let said = summary(&compiled(&lets(100)).1);
        assert!(said.len() == 1 && said[0].starts_with("E0401 this value is nested more than 200"), "{said:?}");
        let block = format!(
            "fleet f {{ }}\ncatalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    values.x = {{\n      let a0 = 1\n{}      a = a150\n    }}\n  }}\n}}\ncluster one {{ use c }}\n",
            repeated(1..=150, |it| format!("      let a{it} = {{ x = {{ y = a{} }} }}\n", it - 1))
        );
        let said = summary(&compiled(&block).1);
        assert!(said.len() == 1 && said[0].starts_with("E0401 this value is nested more than 200"), "{said:?}");
    });
}

/// Names that are each twice the one before, as facts and params: as many values as anybody looks at.
#[test]
fn what_doubles_is_refused() {
    let doubling = |count: usize| -> String {
        repeated(1..=count - 1, |it| format!("    a{it}: Any = [cluster.a{0}, cluster.a{0}]\n", it - 1))
    };
    for (count, fits) in [(12, true), (40, false)] {
        let facts =
            format!("fleet f {{\n  facts {{\n    a0: Any = 1\n{}  }}\n}}\ncluster one {{ }}\n", doubling(count));
        assert_eq!(summary(&compiled(&facts).1).is_empty(), fits, "facts");
        let params = format!(
            "fleet f {{ }}\ncatalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    params {{\n    a0: Any = 1\n{}    }}\n    values.x = 1\n  }}\n}}\ncluster one {{ use c }}\n",
            doubling(count).replace("cluster.", "params.")
        );
        let said = summary(&compiled(&params).1);
        assert_eq!(said.is_empty(), fits, "params: {said:?}");
        assert!(fits || said.iter().all(|it| it.starts_with("E0401")), "{said:?}");
    }
}

/// A directory that lists itself, and a million mistakes of one kind.
#[test]
fn what_repeats_is_read_once_and_said_so_often() {
    let (_, compilation) = compiled(
        "fleet f { }\ncatalogue c { kustomize k { path = \"deploy\" } }\ncluster one {\n  use c\n  override k { patch Deployment web in default { spec.replicas = 1 } }\n}\n--- deploy/kustomization.yaml ---\nresources: [../deploy, ../deploy, ./, other, other]\n--- deploy/other/kustomization.yaml ---\nresources: [.., .., ../other]\n",
    );
    assert!(summary(&compilation).iter().all(|it| it.starts_with("E0632")), "{:?}", summary(&compilation));
    let many = "fleet f { }\nlet a = length([for x in range(0, 100000) => 1 / (x - x)])\n";
    let said = summary(&compiled(&format!("{many}cluster one {{ }}\n")).1);
    assert_eq!(said, ["E0404 this divides by zero"]);
    let rows: String = (0..5000).map(|_| "a,b\n").collect();
    let (_, compilation) =
        compiled(&format!("fleet f {{ }}\nlet a = csv(\"x.csv\")\ncluster one {{ }}\n--- x.csv ---\na,b,c\n{rows}"));
    let said = summary(&compilation);
    assert!((20..=2000).contains(&said.len()), "{}", said.len());
    let flow = "[".repeat(100_000);
    let (_, compilation) =
        compiled(&format!("fleet f {{ }}\nlet a = yaml(\"x.yaml\")\ncluster one {{ }}\n--- x.yaml ---\n{flow}\n"));
    assert_eq!(summary(&compilation).len(), 1);
}

/// How long a chain may be does not depend on which end is declared or asked for first.
#[test]
fn the_order_of_a_chain_is_nothing() {
    as_the_program(|| {
        for (count, fits) in [(150, true), (260, false)] {
            let link = |it: usize| if it == 0 { "1".to_owned() } else { format!("NAME.f{}", it - 1) };
            let mut lines: Vec<String> = (0..count).map(|it| format!("    f{it}: Int = {}\n", link(it))).collect();
            for _ in 0..2 {
                let facts = lines.concat().replace("NAME", "cluster");
                let text = format!("fleet f {{\n  facts {{\n{facts}  }}\n}}\ncluster one {{ }}\n");
                let said = summary(&compiled(&text).1);
                assert_eq!(said.len(), usize::from(!fits), "{said:?}");
                let params = lines.concat().replace("NAME", "params");
                let text = format!(
                    "fleet f {{ }}\ncatalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    params {{\n{params}    }}\n    values.x = 1\n  }}\n}}\ncluster one {{ use c }}\n"
                );
                let said = summary(&compiled(&text).1);
                assert_eq!(said.len(), usize::from(!fits), "{said:?}");
                lines.reverse();
            }
            let lets = repeated(1..=count, |it| format!("      let f{it} = f{} + 1\n", it - 1));
            let asked: Vec<String> = (1..=count).map(|it| format!("      k{it} = f{it}\n")).collect();
            for asked in [asked.concat(), asked.iter().rev().cloned().collect::<Vec<_>>().concat()] {
                let text = format!(
                    "fleet f {{ }}\ncatalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    values {{\n      let f0 = 1\n{lets}{asked}    }}\n  }}\n}}\ncluster one {{ use c }}\n"
                );
                let said = summary(&compiled(&text).1);
                assert!(said.len() == usize::from(!fits), "{said:?}");
            }
        }
        let chain = repeated(1..=199, |it| format!("let a{it} = a{}\n", it - 1));
        let said = summary(&compiled(&format!("{ONE}let a0 = 1\n{chain}fn f(): Int = a199\nlet z = f()\n")).1);
        assert!(said.len() == 1 && said[0].starts_with("E0401 `f` begins a chain"), "{said:?}");
    });
}

/// What is read out of a text costs by its size, and not again by its length wherever it is named.
#[test]
fn a_text_that_is_read_is_read_once() {
    let entries: Vec<String> =
        (0..200).map(|it| format!("\"key-{it:04}\": {{ \"id\": \"subnet-{it:060}\" }}")).collect();
    let text = format!(
        "fleet f {{ }}\nlet data = from-json(file(\"x.json\"))\nlet ids = [for nth in range(10, 100) => data[\"key-00\\(nth)\"].id]\ncluster one {{ }}\n--- x.json ---\n{{ {} }}\n",
        entries.join(", ")
    );
    assert_eq!(summary(&compiled(&text).1), Vec::<String>::new());
}
