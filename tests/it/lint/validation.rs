//! What fleetc says of an object is what kubeconform says of it.
//!
//! Objects are drawn from the schemas of all kinds that are known, and spoilt: a field renamed or left out, a value of
//! another type. kubeconform reads the same schemas as JSON Schema. `FLEETC_VALIDATION` says how many objects of each
//! kind, `FLEETC_SEED` which.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use ecow::EcoString;
use fleetc::data::{self, Format};
use fleetc::kube::Id;
use fleetc::kube::validation::{self, Against};
use fleetc::schema::{self, More, Shape, ShapeType};
use fleetc::source::Origin;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

use crate::support::{compiled, oracle};

/// Texts that some pattern or list of allowed values takes.
const TEXTS: [&str; 12] =
    ["a", "", "web", "1m", "10", "2026-01-01T00:00:00Z", "https://example.com/x", "Always", "*", "A b", "0", "é"];

struct Draw(TestRunner);

impl Draw {
    fn below(&mut self, count: usize) -> usize {
        (0..count.max(1)).new_tree(&mut self.0).expect("a tree").current()
    }

    fn one<T: Clone + std::fmt::Debug + 'static>(&mut self, of: &[T]) -> T {
        select(of.to_vec()).new_tree(&mut self.0).expect("a tree").current()
    }

    /// An object of about this shape.
    fn object(&mut self, shape: &Shape, depth: usize) -> Value {
        if shape.format.as_deref() == Some("quantity") {
            return self.one(&[json!("500m"), json!(1), json!(0.5), json!("1Gi"), json!("x")]);
        }
        if shape.int_or_string {
            return self.one(&[json!(80), json!("http"), json!("25%")]);
        }
        if !shape.choices.is_empty() && self.below(4) > 0 {
            return self.one(&shape.choices);
        }
        match shape.ty {
            Some(ShapeType::Object) => {
                let mut map = Map::new();
                for (key, inner) in &shape.properties {
                    let is_required = shape.required.contains(key);
                    if is_required || (depth > 0 && self.below(3) == 0) {
                        map.insert(key.to_string(), self.object(inner.get(), depth.saturating_sub(1)));
                    }
                }
                if let (Some(More::Of(inner)), true) = (&shape.additional_properties, depth > 0) {
                    let inner = self.object(inner.get(), depth - 1);
                    map.insert("key".into(), inner);
                }
                Value::Object(map)
            }
            Some(ShapeType::Array) => {
                let count = if depth == 0 { shape.min_items.unwrap_or(0) } else { self.below(3) };
                let items = shape.items.as_ref();
                items.map_or(json!([]), |it| {
                    (0..count).map(|_| self.object(it.get(), depth.saturating_sub(1))).collect()
                })
            }
            Some(ShapeType::String) if shape.format.as_deref() == Some("byte") => {
                self.one(&[json!("YQ=="), json!("a")])
            }
            Some(ShapeType::String) => self.one(&TEXTS).into(),
            Some(ShapeType::Integer) => self.one(&[json!(0), json!(1), json!(3), json!(443), json!(-1)]),
            Some(ShapeType::Number) => self.one(&[json!(0.5), json!(2), json!(-1.5)]),
            Some(ShapeType::Boolean) => self.one(&[json!(true), json!(false)]),
            Some(ShapeType::Null) | None => self.one(&[json!("any"), json!({ "a": 1 })]),
        }
    }

    /// Changes one thing in it.
    fn spoil(&mut self, value: &mut Value) {
        let others = [json!(7), json!("seven"), json!(true), json!(["a"]), json!({ "a": 1 }), json!(1.5), json!("5")];
        match value {
            Value::Object(map) if !map.is_empty() => {
                let keys: Vec<String> = map.keys().cloned().collect();
                let key = self.one(&keys);
                match self.below(6) {
                    0 => {
                        let it = map.remove(&key).expect("a key of the map");
                        map.insert(format!("{key}x"), it);
                    }
                    1 => {
                        map.remove(&key);
                    }
                    2 => {
                        let other = self.one(&others);
                        map.insert(key, other);
                    }
                    _ => self.spoil(map.get_mut(&key).expect("a key of the map")),
                }
            }
            Value::Array(list) if !list.is_empty() => {
                let nth = self.below(list.len());
                self.spoil(&mut list[nth]);
            }
            _ => *value = self.one(&others),
        }
    }
}

/// The same as JSON Schema, as kubeconform's own are: closed where fields are named.
fn json_schema(shape: &Shape, is_whole: bool) -> Value {
    let mut schema = Map::new();
    let is_quantity = shape.format.as_deref() == Some("quantity");
    let may_be_null = shape.nullable || shape.default.is_some();
    let mut types: Vec<&str> = match shape.ty {
        _ if is_quantity => vec!["string", "number"],
        _ if shape.int_or_string => vec!["string", "integer"],
        Some(ShapeType::Object) => vec!["object"],
        Some(ShapeType::Array) => vec!["array"],
        Some(ShapeType::String) => vec!["string"],
        Some(ShapeType::Integer) => vec!["integer"],
        Some(ShapeType::Number) => vec!["number"],
        Some(ShapeType::Boolean) => vec!["boolean"],
        Some(ShapeType::Null) | None => Vec::new(),
    };
    if may_be_null && !types.is_empty() {
        types.push("null");
    }
    if !types.is_empty() {
        schema.insert("type".into(), json!(types));
    }
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(it) = value {
            schema.insert(key.into(), it);
        }
    };
    if is_quantity {
        set("pattern", Some(json!(r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$")));
    }
    if shape.format.as_deref() == Some("byte") {
        set("pattern", Some(json!("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")));
    }
    if !shape.choices.is_empty() {
        let more = [json!(""), Value::Null].into_iter().filter(|it| shape.nullable && !shape.choices.contains(it));
        set("enum", Some(shape.choices.iter().cloned().chain(more).collect()));
    }
    set("pattern", shape.pattern.as_ref().map(|it| json!(it.as_str())));
    let (minimum, maximum) =
        if shape.exclusive_minimum { ("exclusiveMinimum", "maximum") } else { ("minimum", "maximum") };
    set(minimum, shape.minimum.map(|it| json!(it)));
    set(if shape.exclusive_maximum { "exclusiveMaximum" } else { maximum }, shape.maximum.map(|it| json!(it)));
    set("multipleOf", shape.multiple_of.map(|it| json!(it)));
    for (key, it) in [
        ("minLength", shape.min_length),
        ("maxLength", shape.max_length),
        ("minItems", shape.min_items),
        ("maxItems", shape.max_items),
        ("minProperties", shape.min_properties),
        ("maxProperties", shape.max_properties),
    ] {
        set(key, it.map(|it| json!(it)));
    }
    let has_default = |key: &EcoString| shape.properties.get(key).is_some_and(|it| it.get().default.is_some());
    let required: Vec<&str> = shape.required.iter().filter(|it| !has_default(it)).map(EcoString::as_str).collect();
    set("required", (!required.is_empty()).then(|| json!(required)));
    let inner = |it: &schema::Inner, is_whole: bool| json_schema(it.get(), is_whole);
    if !shape.properties.is_empty() {
        let of = shape.properties.iter().map(|(key, it)| (key.to_string(), inner(it, is_whole)));
        set("properties", Some(Value::Object(of.collect())));
    }
    match &shape.additional_properties {
        Some(More::Of(it)) => set("additionalProperties", Some(inner(it, is_whole))),
        _ if is_whole && !shape.is_open() => set("additionalProperties", Some(json!(false))),
        _ => {}
    }
    set("items", shape.items.as_ref().map(|it| inner(it, is_whole)));
    for (key, all) in [("allOf", &shape.all_of), ("anyOf", &shape.any_of), ("oneOf", &shape.one_of)] {
        set(key, (!all.is_empty()).then(|| all.iter().map(|it| inner(it, false)).collect()));
    }
    set("not", shape.not.as_ref().map(|it| inner(it, false)));
    Value::Object(schema)
}

/// A shape without what JSON Schema does not have: rules in CEL, and the keys of lists.
fn without_rules(shape: &Shape) -> Shape {
    let inner = |it: &schema::Inner| schema::Inner::Whole(Box::new(without_rules(it.get())));
    let all = |of: &[schema::Inner]| of.iter().map(inner).collect();
    Shape {
        rules: Vec::new(),
        unique_items: false,
        list_type: None,
        properties: shape.properties.iter().map(|(key, it)| (key.clone(), inner(it))).collect(),
        items: shape.items.as_ref().map(|it| Box::new(inner(it))),
        additional_properties: match &shape.additional_properties {
            Some(More::Of(it)) => Some(More::Of(Box::new(inner(it)))),
            other => other.clone(),
        },
        all_of: all(&shape.all_of),
        any_of: all(&shape.any_of),
        one_of: all(&shape.one_of),
        not: shape.not.as_ref().map(|it| Box::new(inner(it))),
        ..shape.clone()
    }
}

/// What kubeconform says of each file of a directory: none where it is right.
fn kubeconform(program: &Path, schemas: &Path, objects: &Path) -> BTreeMap<String, Option<String>> {
    let location = format!("{}/{{{{.ResourceKind}}}}.json", schemas.display());
    let told = Command::new(program)
        .args(["-output", "json", "-verbose", "-schema-location", &location])
        .arg(objects)
        .output()
        .expect("it runs");
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let each = told["resources"].as_array().expect("a list").iter().map(|it| {
        let name = Path::new(it["filename"].as_str().expect("a name")).file_stem().expect("a name");
        let wrong = (it["status"] != "statusValid").then(|| format!("{}: {}", it["status"], it["msg"]));
        (name.to_string_lossy().into_owned(), wrong)
    });
    each.collect()
}

#[test]
fn objects_are_right_where_kubeconform_says_so() {
    let Some(program) = oracle::find("kubeconform", "validation") else { return };
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default);
    let seed = RngSeed::Fixed(number("FLEETC_SEED", 20));
    let mut draw = Draw(TestRunner::new(Config { rng_seed: seed, ..Config::default() }));
    let (db, _) = compiled("fleet f { }\ncluster one { }\n");
    let anchor = fleetc::fleet::clusters(&db).next().expect("a cluster");
    let directory = tempfile::tempdir().expect("a directory");
    let [schemas, objects] = ["schemas", "objects"].map(|it| directory.path().join(it));
    for it in [&schemas, &objects] {
        std::fs::create_dir(it).expect("a directory");
    }
    let mut ours: BTreeMap<String, (Vec<String>, Value)> = BTreeMap::new();
    for (nth, (api_version, kind, shape)) in schema::all_shapes().enumerate() {
        // Each its own kind, so that each has its own schema.
        let name = format!("kind{nth}");
        let shape = without_rules(shape);
        let schema = json_schema(&shape, true);
        let mut whole = schema.clone();
        let fields = whole["properties"].as_object_mut().expect("fields");
        for it in ["apiVersion", "kind", "metadata"] {
            fields.insert(it.into(), json!({}));
        }
        std::fs::write(schemas.join(format!("{name}.json")), whole.to_string()).expect("a file");
        for round in 0..number("FLEETC_VALIDATION", 3) {
            let mut object = draw.object(&shape, 6);
            for _ in 0..draw.below(3) {
                draw.spoil(&mut object);
            }
            let Some(map) = object.as_object_mut() else { continue };
            map.insert("apiVersion".into(), api_version.into());
            map.insert("kind".into(), name.clone().into());
            map.insert("metadata".into(), json!({ "name": "x" }));
            let file = format!("{name}-{round}");
            std::fs::write(objects.join(format!("{file}.json")), object.to_string()).expect("a file");
            let document = data::inline(Format::Json, &object.to_string(), Origin::of(anchor));
            let node = document.node.expect("an object");
            let id = Id { group: "".into(), kind: kind.into(), namespace: "".into(), name: "x".into() };
            let against =
                Against { shape: &shape, source: "test".into(), newer: None, is_part: false, is_substituted: false };
            let found = validation::validate(&against, &id, &node).diagnostics;
            ours.insert(file, (found.iter().map(|it| it.message.to_string()).collect(), object));
        }
    }
    let theirs = kubeconform(&program, &schemas, &objects);
    let (mut right, mut wrong) = (0, 0);
    for (file, (found, object)) in &ours {
        let said = &theirs[file];
        assert_eq!(found.is_empty(), said.is_none(), "{object}\nfleetc: {found:?}\nkubeconform: {said:?}");
        *if found.is_empty() { &mut right } else { &mut wrong } += 1;
    }
    println!("{right} objects are right and {wrong} are wrong, for both");
    assert!(right * 10 > ours.len() && wrong * 10 > ours.len(), "{right} {wrong}");
}
