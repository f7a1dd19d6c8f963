//! Random fleets: whatever layers say, the real kustomize makes of base and patches what fleetc renders, and where
//! there is `postBuild`, Flux' own replacing of variables after it.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::{Kustomize, compiled, quote, summary};

/// Strings that some reader of YAML takes for something else, and some that are long or odd.
const STRINGS: [&str; 22] = [
    "yes",
    "on",
    "010",
    "1e3",
    "12:30",
    "~",
    "=",
    "null",
    "",
    " padded ",
    "a\nb\n",
    "a\n\n b",
    "# no",
    "- x",
    "${VAR}",
    "{{ tpl }}",
    "2024-01-01",
    "0x1F",
    "1_000",
    "é🙂",
    "a: b",
    "'\"\\",
];

const KEYS: [&str; 10] = ["a", "b", "c", "y", "on", "1", "x.y", "k/8", "~t", "long key"];

#[derive(Clone, Debug)]
enum Tree {
    Scalar(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

#[derive(Clone, Debug)]
enum Edit {
    Assign(Tree),
    Amend(Vec<(String, Edit)>),
    Append(Vec<Tree>),
    Unset,
}

fn scalar() -> impl Strategy<Value = Tree> {
    prop_oneof![
        4 => proptest::sample::select(&STRINGS[..]).prop_map(|it| Tree::Scalar(quote(it))),
        2 => (-1000i64..1000).prop_map(|it| Tree::Scalar(it.to_string())),
        1 => (-100i32..100).prop_map(|it| Tree::Scalar(format!("{:?}", f64::from(it) / 8.0))),
        1 => any::<bool>().prop_map(|it| Tree::Scalar(it.to_string())),
        1 => Just(Tree::Scalar("null".to_owned())),
        1 => Just(Tree::Scalar("cluster.name".to_owned())),
    ]
}

fn key() -> impl Strategy<Value = String> {
    proptest::sample::select(&KEYS[..]).prop_map(str::to_owned)
}

fn tree() -> impl Strategy<Value = Tree> {
    scalar().prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..3).prop_map(Tree::List),
            3 => entries(inner).prop_map(Tree::Map),
        ]
    })
}

fn entries<T: std::fmt::Debug + Clone>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<(String, T)>> {
    proptest::collection::vec((key(), of), 0..5).prop_map(|mut entries| {
        let mut seen = std::collections::BTreeSet::new();
        entries.retain(|(key, _)| seen.insert(key.clone()));
        entries
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let leaf = prop_oneof![
        4 => tree().prop_map(Edit::Assign),
        1 => Just(Edit::Unset),
        1 => proptest::collection::vec(scalar(), 1..3).prop_map(Edit::Append),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| entries(inner).prop_map(Edit::Amend))
}

fn show(tree: &Tree) -> String {
    match tree {
        Tree::Scalar(it) => it.clone(),
        Tree::List(it) => format!("[{}]", it.iter().map(show).collect::<Vec<_>>().join(", ")),
        Tree::Map(it) => {
            let entries: Vec<String> = it.iter().map(|(key, it)| format!("{} = {}", quote(key), show(it))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn show_edit(key: &str, edit: &Edit) -> String {
    let key = quote(key);
    match edit {
        Edit::Assign(it) => format!("{key} = {}", show(it)),
        Edit::Amend(it) => format!("{key} {}", show_edits(it)),
        Edit::Append(it) => format!("{key} += {}", show(&Tree::List(it.clone()))),
        Edit::Unset => format!("unset {key}"),
    }
}

fn show_edits(edits: &[(String, Edit)]) -> String {
    let entries: Vec<String> = edits.iter().map(|(key, it)| show_edit(key, it)).collect();
    format!("{{\n{}\n}}", entries.join("\n"))
}

/// A fleet whose layers say what was drawn.
fn fleet(base: &[(String, Tree)], layers: &[Vec<(String, Edit)>; 5], dropped: bool, replaces: bool) -> String {
    let values: Vec<String> = base.iter().map(|(key, it)| format!("{} = {}", quote(key), show(it))).collect();
    let values = values.join("\n");
    let [always, pattern, rule, group, cluster] = layers.each_ref().map(|it| show_edits(it));
    let drop = if dropped { "drop addons.other" } else { "" };
    // Then Flux reads each object again.
    let replaces =
        if replaces { r#"kustomization { postBuild.substitute { VAR = "web", OTHER = "1.5" } }"# } else { "" };
    format!(
        r#"
fleet random {{ layers = [ring] }}
fn same(x: Any): Any = x
let rows = [{{ name = "third", size = 3 }}, {{ name = "fourth", size = 4 }}]
addon base {{
  source more = helm "https://example.com/more"
  source = more
  params {{ size: Int = 1 }}
  values {{
{values}
  }}
}}
addon middle from base {{ values {always} }}
external CRD "things.example.com" {{ kind = "Thing", scope = "Cluster" }}
catalogue addons {{
  {replaces}
  source charts = helm "https://example.com/charts"
  addon web {{
    source = charts
    version = "1.0.0"
    values {{
{values}
    }}
  }}
  addon other {{ source = charts, version = "1.0.0" }}
  addon derived from middle {{ version = "1.0.0", values.sized = params.size }}
  manifest thing {{
    apiVersion = "example.com/v1"
    kind = "Thing"
    spec {{
{values}
    }}
  }}
}}
override web {{ values {always} }}
override *.* {{ values {pattern} }}
rule some in ring when cluster.name != "plain" {{
  override web {{ values {rule} }}
  override thing {{ spec {rule} }}
}}
group all {{
  use addons
  override thing {{ spec {group} }}
  cluster plain {{ }}
  cluster first {{ override web {{ values {cluster} }} }}
  cluster second {{ {drop} }}
  inventory more from rows as row {{
    name = row.name
    override derived {{
      params {{ size = row.size * 2 }}
      values {{
        let mine = same(cluster.name)
        named = mine
      }}
    }}
    override derived {{ values.numbered = row.size }}
    override derived {{ values {cluster} }}
  }}
}}
"#
    )
}

#[test]
fn kustomize_makes_what_fleetc_renders() {
    let Some(kustomize) = Kustomize::find("random fleets") else { return };
    let cases = std::env::var("FLEETC_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(16);
    let config = Config { rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let layer = || entries(edit());
    let drawn = (entries(tree()), [layer(), layer(), layer(), layer(), layer()], any::<bool>(), any::<bool>());
    let mut built = 0;
    let mut refused = 0;
    let mut with_variables = 0;
    let mut before = None;
    while built < cases {
        let (base, layers, dropped, replaces) = drawn.new_tree(&mut runner).expect("a value").current();
        let text = fleet(&base, &layers, dropped, replaces);
        let (db, compilation) = compiled(&text);
        if compilation.is_clean() {
            built += 1;
            with_variables += usize::from(replaces);
            kustomize.check(&db, &compilation);
            crate::compile::classes::assert_alike(&db, &compilation, &text);
            minimal(&compilation, &text);
            if built % 8 == 0 {
                super::hub::assert_reached(&db, &text, "all", Some(&kustomize));
            }
            if let Some(before) = before.replace(db.clone()) {
                crate::inspect::diff::assert_applies(&before, &db, &text);
            }
        } else {
            refused += 1;
            // Layers may disagree, amend what is no map, append to nothing: said, never a panic.
            assert!(summary(&compilation).iter().all(|it| it.starts_with("E0") || it.starts_with('W')));
        }
    }
    assert!(with_variables * 8 > built, "too few fleets replace variables: {with_variables} of {built}");
    assert!(refused < built * 40, "nearly all fleets are refused: the study shows nothing");
}

/// A cluster that differs in nothing has no patches.
fn minimal(compilation: &fleetc::compile::Compilation, text: &str) {
    let plain = compilation.tree.files.get("clusters/all/plain/addons.yaml").expect("the cluster");
    let untouched = !text.contains("cluster.name\n") && !text.contains("= cluster.name");
    if untouched && text.contains("group all {\n  use addons\n  override thing { spec {\n\n} }") {
        assert!(!plain.text().contains("patches:"), "{}", plain.text());
    }
}
