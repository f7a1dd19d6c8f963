//! The standard library: every add-on compiles alone and with all others, and is what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use fleetc::names;
use fleetc::source::standard_library;
use fleetc::source::{Anchor, Db, FleetDatabase};
use fleetc::syntax::{
    self,
    ast::{Action, Block, ExprKind, Head, Key, Member},
};

use crate::support::{Kustomize, compiled, database, files_of, summary};

/// The facts that the library's roles and names are made of.
const FLEET: &str =
    "fleet f { facts { account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" } }\n";

struct Addon {
    name: String,
    doc: String,
    /// What its entries are, as the source has them.
    entries: BTreeMap<String, String>,
    requires: Vec<String>,
    crds: Vec<(String, String)>,
    has_role: bool,
    is_typed: bool,
    /// The keys of the type of its values.
    keys: Vec<String>,
}

fn text_of(block: &Block, key: &str) -> Option<String> {
    block.members.iter().find_map(|it| match it {
        Member::Entry(it) if it.path.segments.len() == 1 && it.path.segments[0].key == Key::Name(key.into()) => {
            match &it.action {
                Action::Assign(value) => match &value.kind {
                    ExprKind::Text(text) => Some(text.to_string()),
                    ExprKind::Name(name) => Some(name.to_string()),
                    ExprKind::List(all) => Some(
                        all.iter()
                            .filter_map(|it| {
                                if let ExprKind::Name(name) = &it.value.kind { Some(name.as_str()) } else { None }
                            })
                            .collect::<Vec<_>>()
                            .join(" "),
                    ),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    })
}

fn block_of<'a>(block: &'a Block, key: &str) -> Option<(&'a Block, bool)> {
    block.members.iter().find_map(|it| match it {
        Member::Entry(it) if it.path.segments[0].key == Key::Name(key.into()) => match &it.action {
            Action::Amend(inner) => Some((inner, false)),
            Action::AmendTyped { block: inner, .. } => Some((inner, true)),
            _ => None,
        },
        _ => None,
    })
}

fn addons() -> (FleetDatabase, Vec<Addon>) {
    let db = database(&files_of(FLEET));
    let package = db.package("std.addons").expect("the add-ons");
    let all: Vec<(String, Anchor)> =
        names::declared(&db, package).definitions.iter().map(|(name, it)| (name.to_string(), *it)).collect();
    let addons = all.into_iter().map(|(name, anchor)| addon(&db, name, anchor)).collect();
    (db, addons)
}

fn addon(db: &FleetDatabase, name: String, anchor: Anchor) -> Addon {
    let declaration = syntax::declaration(db, anchor);
    let body = &declaration.body;
    let mut entries = BTreeMap::new();
    for key in ["source", "chart", "version", "namespace"] {
        entries.extend(text_of(body, key).map(|it| (key.to_owned(), it)));
    }
    let crds = block_of(body, "crds").into_iter().flat_map(|(it, _)| &it.members).filter_map(|it| match it {
        Member::Entry(it) => match (&it.path.segments[0].key, &it.action) {
            (Key::Name(kind), Action::Assign(scope)) => match &scope.kind {
                ExprKind::Text(scope) => Some((kind.to_string(), scope.to_string())),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    let shape = fleetc::fleet::body_type(db, anchor, declaration, &mut Vec::new());
    let values =
        shape.as_ref().and_then(|it| it.record()).and_then(|it| it.fields.get("values")).map(|it| it.ty.clone());
    let record = values.as_ref().and_then(|it| it.record()).cloned();
    Addon {
        doc: declaration.doc.as_ref().map(ToString::to_string).unwrap_or_default(),
        requires: text_of(body, "requires").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        crds: crds.collect(),
        has_role: block_of(body, "irsa").is_some(),
        is_typed: block_of(body, "values").is_some_and(|(_, typed)| typed),
        keys: record.iter().flat_map(|it| it.fields.keys()).map(ToString::to_string).collect(),
        entries,
        name,
    }
}

/// A fleet of one cluster that has some of the add-ons.
fn fleet_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let items: String =
        names.into_iter().fold(String::new(), |all, it| format!("{all}  addon {it} from std.addons.{it} {{ }}\n"));
    format!("{FLEET}catalogue addons {{\n{items}}}\ncluster one {{ use addons }}\n")
}

/// An add-on and all that it requires.
fn with_required<'a>(addons: &'a [Addon], name: &'a str, found: &mut BTreeSet<&'a str>) {
    if found.insert(name) {
        let it = addons.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("nothing is `{name}`"));
        for required in &it.requires {
            with_required(addons, required, found);
        }
    }
}

#[test]
fn every_add_on_compiles_alone() {
    let (_, addons) = addons();
    for it in &addons {
        let mut names = BTreeSet::new();
        with_required(&addons, &it.name, &mut names);
        let (_, compilation) = compiled(&fleet_of(names));
        assert!(compilation.diagnostics.is_empty(), "{}: {:?}", it.name, summary(&compilation));
    }
}

#[test]
fn all_add_ons_stand_in_one_cluster() {
    let (_, addons) = addons();
    let text = fleet_of(addons.iter().map(|it| it.name.as_str()));
    let (db, compilation) = compiled(&text);
    assert!(compilation.diagnostics.is_empty(), "{:?}", summary(&compilation));
    if let Some(kustomize) = Kustomize::find("the standard library") {
        kustomize.check_each(&db, &compilation, 1);
    }
}

#[test]
fn what_an_add_on_says_of_itself_is_whole() {
    let (_, addons) = addons();
    assert!(addons.len() >= 40, "{} add-ons", addons.len());
    let exact = regex::Regex::new(r"^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$").expect("a pattern");
    let mut scopes: BTreeMap<&str, &str> = BTreeMap::new();
    for it in &addons {
        let name = &it.name;
        assert!(it.doc.len() > 20 && it.doc.ends_with('.'), "{name} says nothing of itself: {:?}", it.doc);
        assert!(it.entries.get("version").is_some_and(|it| exact.is_match(it)), "{name}: {:?}", it.entries);
        assert!(it.entries.contains_key("source"), "{name} has no source");
        assert!(it.is_typed && !it.keys.is_empty(), "the values of {name} have no type");
        for (kind, scope) in &it.crds {
            assert!(
                kind.split_once('/').is_some_and(|(group, kind)| group.contains('.') && !kind.is_empty()),
                "{kind}"
            );
            assert!(["Cluster", "Namespaced"].contains(&scope.as_str()), "{name}: {scope}");
            let known = scopes.entry(kind).or_insert(scope);
            assert_eq!(known, scope, "{kind} of {name}");
        }
        let mut found = BTreeSet::new();
        for required in &it.requires {
            with_required(&addons, required, &mut found);
        }
        assert!(!found.contains(name.as_str()), "{name} requires itself");
    }
}

/// A key of the values that is misspelt, in an override, is an error with the right one.
#[test]
fn a_misspelt_value_is_an_error_with_the_nearest_name() {
    let (_, addons) = addons();
    for it in &addons {
        let plain = |it: &&String| it.len() > 4 && it.chars().all(|it| it.is_ascii_alphanumeric());
        let Some(key) = it.keys.iter().filter(plain).max_by_key(|it| it.len()) else { continue };
        let wrong = format!("{}{}", &key[..key.len() - 2], &key[key.len() - 1..]);
        let mut names = BTreeSet::new();
        with_required(&addons, &it.name, &mut names);
        let text = fleet_of(names)
            .replace("use addons }", &format!("use addons\n  override {} {{ values.{wrong} = 1 }} }}", it.name));
        let (_, compilation) = compiled(&text);
        let found = compilation.diagnostics.iter().find(|it| it.code.id == "E0302");
        let help = found.and_then(|it| it.help.clone()).unwrap_or_default();
        assert!(help.contains(&format!("`{key}`")), "{}: {wrong}: {:?}", it.name, summary(&compilation));
    }
}

#[test]
fn every_file_of_the_library_is_part_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
    let known: BTreeSet<String> =
        standard_library().into_iter().flat_map(|it| it.files).map(|(path, _)| path.replacen("std/", "", 1)).collect();
    let mut found = BTreeSet::new();
    let mut dirs = vec![root.clone()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                found.insert(path.strip_prefix(&root).expect("below").to_string_lossy().into_owned());
            }
        }
    }
    assert_eq!(known, found);
}

/// Every source is one that an add-on or an author may want: named, with a URL, once.
#[test]
fn sources_are_named_once() {
    let db = database(&files_of(FLEET));
    let package = db.package("std.sources").expect("the sources");
    let mut urls = BTreeMap::new();
    for (name, anchor) in &names::declared(&db, package).sources {
        let Head::Source { url, .. } = &syntax::declaration(&db, *anchor).head else { panic!("{name}") };
        let ExprKind::Text(url) = &url.kind else { panic!("{name}") };
        assert!(urls.insert(url.trim_end_matches('/').to_owned(), name).is_none(), "{name}: {url} has a name already");
    }
    assert!(urls.len() >= 35);
}

/// The table of the reference is made of the sources; `FLEETC_GENERATE=1` writes it.
#[test]
fn the_table_of_add_ons_is_that_of_the_reference() {
    let (_, addons) = addons();
    let mut table = String::from(
        "| add-on | what for | chart | namespace | requires | role | own kinds |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for it in &addons {
        let entry = |key: &str, other: &str| it.entries.get(key).cloned().unwrap_or_else(|| other.to_owned());
        let doc = it.doc.replace('\n', " ");
        let first = doc.split_inclusive(". ").next().unwrap_or_default().trim();
        let requires: Vec<String> = it.requires.iter().map(|it| format!("`{it}`")).collect();
        let chart = entry("chart", &it.name);
        let known =
            fleetc::schema::custom_kinds_of(&chart).into_iter().map(|(group, kind, _)| format!("{group}/{kind}"));
        let all: BTreeSet<String> = known.chain(it.crds.iter().map(|(kind, _)| kind.clone())).collect();
        let kinds = if all.is_empty() { String::new() } else { all.len().to_string() };
        let _ = writeln!(
            table,
            "| `{}` | {first} | {} {} | `{}` | {} | {} | {kinds} |",
            it.name,
            entry("chart", &it.name),
            entry("version", ""),
            entry("namespace", &it.name),
            requires.join(", "),
            if it.has_role { "yes" } else { "" },
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/add-ons.md");
    let page = std::fs::read_to_string(&path).expect("the chapter");
    let start = page.find("| add-on |").expect("a table");
    let end = page[start..].find("\n\n").map_or(page.len(), |it| start + it + 1);
    if std::env::var_os("FLEETC_GENERATE").is_some() {
        std::fs::write(&path, format!("{}{table}{}", &page[..start], &page[end..])).expect("a file");
        return;
    }
    assert!(page[start..end] == *table, "run `FLEETC_GENERATE=1 cargo test --test it -- library`");
}

/// What looks right and is not; what is right stands in the chapter on checked strings.
#[test]
fn checked_strings_refuse_what_the_field_refuses() {
    for (name, value) in [
        ("Cron", "60 25 * * *"),
        ("Cron", "* * * * 7"),
        ("Cron", "a b c d e"),
        ("Cron", "0 3 * *"),
        ("Cron", "@every day"),
        ("AwsRegion", "eu--1"),
        ("AwsRegion", "us-gov--1"),
        ("AwsRegion", "eu-xx-west-1"),
        ("AwsRegion", "eu-west-1a"),
        ("Arn", "arn:aws-china:s3:::b"),
        ("IamRoleArn", "arn:awsfoo:iam::111122223333:role/x"),
        ("IamRoleArn", "arn:aws:iam::111122223333:user/x"),
        ("S3Bucket", "a..b"),
        ("S3Bucket", "192.168.0.1"),
        ("S3Bucket", "xn--abc"),
        ("SemVer", "1.2.3-01"),
        ("SemVer", "1.2.3-.."),
        ("OciReference", "-x"),
        ("OciReference", "..."),
        ("PortName", "a--b"),
        ("KubernetesVersion", "1.00"),
        ("Quantity", "1 GB"),
        ("Duration", "1d"),
        ("LabelKey", "a/b/c"),
        ("Cidr", "10.0.0.1/16"),
    ] {
        let text = format!("fleet f {{ facts {{ of: {name} }} }}\ncluster one {{ of = \"{value}\" }}\n");
        let db = crate::support::database(&[("fleet.fleet".into(), text)]);
        let found: Vec<&str> = fleetc::compile::diagnose(&db).iter().map(|it| it.code.id).collect();
        assert_eq!(found, ["E0412"], "{value} as {name}");
    }
}
