//! `postBuild`: what fleetc says of an object is what Flux' own `SubstituteVariables` makes of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use fleetc::compile::diagnose;
use fleetc::flux;
use fleetc::host::open;
use fleetc::value::json;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json as json_of};

use crate::support::{Fleet, Substitute, quote};

/// Values of variables: what looks like something else, and what ends or begins something in YAML.
const VALUES: [&str; 40] = [
    "plain",
    "012345678901",
    "0123",
    "yes",
    "n",
    "~",
    "null",
    "",
    "1.50",
    "1e3",
    "1_000",
    "0x1F",
    "0o17",
    "0b11",
    "-5",
    "+5",
    ".5",
    "2001-01-01",
    "#tag",
    "y # z",
    "[a, b]",
    "{a: 1}",
    "a: b",
    "k:",
    "- x",
    "it's",
    "say \"x\"",
    "*x",
    "&x y",
    "!!str 1",
    "!tag x",
    "%d",
    "@at",
    "`x`",
    "| x",
    "> x",
    "a, b",
    " padded ",
    "tab\there",
    "é🙂",
];

/// Parts of texts: variables in every form, what is none, and what YAML writes in another style.
const PARTS: [&str; 44] = [
    "${A}",
    "${B}",
    "${C}",
    "${D}",
    "${A}",
    "${B}",
    "${A:-no}",
    "${U:-dflt}",
    "${U:=it's}",
    "${U:=}",
    "${A:+alt}",
    "${U:-${A}}",
    "${A,,}",
    "${A^^}",
    "${A^}",
    "${A/a/b}",
    "${A//a/b}",
    "${A/#p/x}",
    "${A/%n/x}",
    "${A#p}",
    "${A%n}",
    "${A##*a}",
    "${A%%[a-l]*}",
    "${A:1}",
    "${A:1:2}",
    "${A: -1}",
    "${#A}",
    "$${A}",
    "$$",
    "$HOME",
    "$(date)",
    "${",
    "${1}",
    "${A",
    "${A-b}",
    "x",
    " ",
    ": ",
    " #",
    "\n",
    "\"",
    "'",
    "- ",
    "a long text that goes on and on, past where an emitter would fold it, ",
];

const KEYS: [&str; 12] = ["a", "b", "yes", "1", "k y", "x.y", "${A}", "n${B}", "é", "~", "-", "run.sh"];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&PARTS[..]), 1..4).prop_map(|it| it.concat())
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => (-100i64..100).prop_map(Value::from),
        1 => (-100i32..100).prop_map(|it| json_of!(f64::from(it) / 8.0)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => select(&VALUES[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(select(&KEYS[..]), inner, 0..4).prop_map(|it| it
                .into_iter()
                .map(|(key, it)| (key.to_owned(), it))
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

fn draw<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("a tree").current()
}

/// A whole number is one number, however it is written.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(it) => match it.as_f64() {
            Some(float) if it.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                Value::Number((format!("{float:.0}").parse::<i64>().expect("a whole number")).into())
            }
            _ => value.clone(),
        },
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, it)| (key.clone(), plain(it))).collect::<serde_json::Map<_, _>>().into()
        }
        _ => value.clone(),
    }
}

/// How many texts there are, keys aside.
fn texts(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(list) => list.iter().map(texts).sum(),
        Value::Object(map) => map.values().map(texts).sum(),
        _ => 0,
    }
}

#[test]
fn what_variables_come_to_is_what_flux_makes_of_them() {
    let Some(flux) = Substitute::find("substitution") else { return };
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default);
    let rounds = number("FLEETC_SUBSTITUTION", 6);
    let seed = RngSeed::Fixed(number("FLEETC_SEED", 20));
    let mut runner = TestRunner::new(Config { rng_seed: seed, ..Config::default() });
    let (mut same, mut refused, mut changed) = (0, 0, 0);
    for _ in 0..rounds {
        let variables: BTreeMap<String, String> =
            ["A", "B", "C", "D"].map(|it| (it.to_owned(), draw(&mut runner, &select(&VALUES[..])).to_owned())).into();
        let fleet = Fleet::new("");
        let mut source = String::from("fleet f { }\ncatalogue c {\n  kustomization { postBuild.substitute {\n");
        for (name, value) in &variables {
            writeln!(source, "    {name} = {}", quote(value)).expect("a string");
        }
        source.push_str("  } }\n");
        let count = 60;
        for nth in 0..count {
            let mut object = json_of!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("o{nth}"), "namespace": "default" } });
            object["data"] = draw(&mut runner, &tree());
            fleet.write(&format!("o{nth}.json"), &object.to_string());
            writeln!(source, "  manifest m{nth} = json(\"o{nth}.json\")").expect("a string");
        }
        source.push_str("}\ncluster one { use c }\n");
        fleet.write("fleet.fleet", &source);
        let opened = open(fleet.path()).expect("a project");
        let db = &opened.db;
        let found = diagnose(db);
        let cluster = fleetc::fleet::clusters(db).next().expect("a cluster");
        let unit = flux::exactly(db, cluster).value.units[0].clone();
        let substitution = unit.substitution.as_ref().expect("variables");
        assert_eq!(unit.objects.len(), count, "{found:?}");
        let written: Vec<Value> = unit.objects.iter().map(|it| plain(&json(&it.body))).collect();
        for ((object, was), theirs) in unit.objects.iter().zip(&written).zip(flux.of(&written, &variables)) {
            let ours = plain(&json(&substitution.applied(object).body));
            let errors: Vec<&str> = found
                .iter()
                .filter(|it| it.is_error() && it.message.contains(&format!("`default/{}`", object.id.name)))
                .map(|it| it.code.id)
                .collect();
            match theirs {
                // What Flux refuses is an error.
                Err(error) => {
                    assert!(!errors.is_empty(), "{was}\n{variables:?}\n{error}");
                    refused += 1;
                }
                Ok(theirs) => {
                    let theirs = plain(&theirs.expect("nothing keeps it from being replaced"));
                    if !errors.contains(&"E0630") {
                        assert_eq!(ours, theirs, "{was}\n{variables:?}\n{errors:?}");
                    }
                    if errors.is_empty() {
                        assert_eq!(texts(was), texts(&theirs), "a text became something else: {was}\n{variables:?}");
                        same += 1;
                    } else {
                        changed += 1;
                    }
                }
            }
        }
    }
    eprintln!("{same} the same, {changed} read as something else, {refused} refused");
    assert!(same > 50 && refused > 20 && changed > 20, "{same} {changed} {refused}");
}
