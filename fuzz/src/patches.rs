//! Differences: two values are drawn, one for the catalogue and one for a cluster, and what the patch
//! makes of the one is the other.

use fleetc::fleet::clusters;
use fleetc::flux;
use fleetc::value::json;
use serde_json::{Map, Value as Json};

use super::project::compiled;

/// Texts that some reader of YAML takes for something else.
const TEXTS: [&str; 12] = ["", "1", "yes", "null", "~", " a", "a ", "\t\n", "a\nb\n", "é\u{2028}", "#", "x: y"];

const KEYS: [&str; 8] = ["a", "b", "c", "1", "x.y", "k/8", "~t", "on"];

pub fn run(data: &[u8]) {
    let mut bytes = data.iter().copied();
    let (base, own) = (map(&mut bytes, 3), map(&mut bytes, 3));
    let fleet = format!(
        "fleet f {{ }}\ncatalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    values = {}\n  }}\n}}\ncluster one {{\n  use c\n  override web {{ values = {} }}\n}}\n",
        source(&base),
        source(&own)
    );
    let (db, made) = compiled(vec![("fleet.fleet".to_owned(), fleet.clone())]);
    if !made.is_clean() {
        return;
    }
    let read = |path: &str| -> Json { serde_yaml::from_str(&made.tree.files[path].text()).expect("YAML") };
    let mut release = read("common/c/add-ons/web.yaml");
    let text = &made.tree.files["clusters/one/c.yaml"].text();
    let unit = text.split("\n---\n").map(|it| serde_yaml::from_str::<Json>(it).expect("YAML"));
    let unit = unit.into_iter().find(|it| it["kind"] == "Kustomization").expect("a unit");
    for patch in unit["spec"]["patches"].as_array().into_iter().flatten() {
        let patch: Json = serde_yaml::from_str(patch["patch"].as_str().expect("a text")).expect("YAML");
        match &patch {
            Json::Array(steps) => steps.iter().for_each(|it| step(&mut release, it)),
            it => merge(&mut release, it),
        }
    }
    let cluster = clusters(&db).next().expect("a cluster");
    let deployed = &flux::exactly(&db, cluster).value;
    let wanted = deployed.units.iter().flat_map(|it| &it.objects).find(|it| it.id.kind == "HelmRelease");
    assert_eq!(release, json(&wanted.expect("a release").body), "{fleet}\n{text}");
}

fn map(bytes: &mut impl Iterator<Item = u8>, depth: usize) -> Json {
    let count = bytes.next().unwrap_or(0) % 5;
    let mut entries = Map::new();
    for _ in 0..count {
        let key = KEYS[usize::from(bytes.next().unwrap_or(0)) % KEYS.len()];
        entries.insert(key.to_owned(), value(bytes, depth));
    }
    Json::Object(entries)
}

fn value(bytes: &mut impl Iterator<Item = u8>, depth: usize) -> Json {
    let kind = bytes.next().unwrap_or(0);
    match kind % 8 {
        0 => Json::Null,
        1 => (kind & 8 != 0).into(),
        2 => i64::from(kind / 8).into(),
        3 | 4 => TEXTS[usize::from(kind / 8) % TEXTS.len()].into(),
        5 if depth > 0 => Json::Array((0..kind / 8 % 4).map(|_| value(bytes, depth - 1)).collect()),
        6 | 7 if depth > 0 => map(bytes, depth - 1),
        _ => f64::from(kind).into(),
    }
}

/// A value as an author writes it.
fn source(it: &Json) -> String {
    match it {
        Json::Array(list) => format!("[{}]", list.iter().map(source).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, it)| format!("{} = {}", quoted(key), source(it))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Json::String(it) => quoted(it),
        it => it.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let escaped: Vec<String> = text
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it.to_string() } else { format!("\\u{{{:x}}}", u32::from(it)) })
        .collect();
    format!("\"{}\"", escaped.concat())
}

/// A strategic merge of an object whose kind kustomize has no schema of: null removes, lists are replaced.
fn merge(into: &mut Json, patch: &Json) {
    let (Json::Object(map), Json::Object(patch)) = (&mut *into, patch) else {
        *into = patch.clone();
        return;
    };
    for (key, theirs) in patch {
        match (map.get_mut(key), theirs) {
            (_, Json::Null) => {
                map.remove(key);
            }
            (Some(mine @ Json::Object(_)), Json::Object(_)) => merge(mine, theirs),
            _ => {
                map.insert(key.clone(), theirs.clone());
            }
        }
    }
}

/// One step of a JSON patch (RFC 6902).
fn step(root: &mut Json, step: &Json) {
    let path: Vec<String> = step["path"]
        .as_str()
        .expect("a path")
        .split('/')
        .skip(1)
        .map(|it| it.replace("~1", "/").replace("~0", "~"))
        .collect();
    let (key, around) = path.split_last().expect("not the whole");
    let mut at = root;
    for it in around {
        at = match at {
            Json::Object(map) => map.get_mut(it).expect("a key that is there"),
            Json::Array(list) => list.get_mut(it.parse::<usize>().expect("a number")).expect("an element"),
            _ => panic!("nothing inside at {it}"),
        };
    }
    let operation = step["op"].as_str().expect("an operation");
    match at {
        Json::Object(map) => {
            assert!(operation == "add" || map.contains_key(key), "{step} finds nothing");
            if operation == "remove" {
                map.remove(key);
            } else {
                map.insert(key.clone(), step["value"].clone());
            }
        }
        Json::Array(list) => {
            let nth = if key == "-" { list.len() } else { key.parse().expect("a number") };
            match operation {
                "remove" => {
                    list.remove(nth);
                }
                "add" => list.insert(nth, step["value"].clone()),
                _ => list[nth] = step["value"].clone(),
            }
        }
        _ => panic!("nothing inside at {key}"),
    }
}
