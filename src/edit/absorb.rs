//! `fleetc absorb`: what somebody edited in generated files becomes a change of the sources.
//!
//! Each edited value is looked for in the sources: where it is written out, and no other cluster would change, that text changes;
//! else the cluster, or the item, says it itself. Every change is tried before it is kept: the files that come of it
//! have the edit, and nothing else is otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ecow::{EcoString, eco_format};
use serde_json::Value;

use super::leaves::{self, Leaf};
use super::words::{key, literal};
use crate::compile::compile;
use crate::emit::FileTree;
use crate::fleet;
use crate::flux;
use crate::format;
use crate::kube::{Id, Object};
use crate::names;
use crate::source::{Anchor, Db, FleetDatabase, Kind, Origin, SourceFile, is_below};
use crate::syntax::{self, ast::Member};
use crate::value::Node;

/// A value that somebody edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The generated files that have it.
    pub files: Vec<EcoString>,
    pub object: Id,
    pub path: Vec<EcoString>,
    /// None where there was none.
    pub old: Option<Value>,
    /// None where it was taken out.
    pub new: Option<Value>,
}

/// What became of the edits.
#[derive(Debug, Default)]
pub struct Absorbed {
    /// Sources that change: their path, what they were and what they are.
    pub texts: BTreeMap<EcoString, (String, String)>,
    /// Edits that the sources say from now on, and where: the file and what was done.
    pub done: Vec<(Edit, EcoString)>,
    /// Edits that they do not say, and why.
    pub left: Vec<(Edit, EcoString)>,
    /// Files that cannot be read.
    pub unreadable: Vec<EcoString>,
}

/// Absorbs edited files: their paths and texts. The database holds the changed sources afterwards.
pub fn absorb(db: &mut FleetDatabase, edited: &BTreeMap<EcoString, String>) -> Absorbed {
    let mut absorbed = Absorbed::default();
    let mut tree = compile(db).tree;
    let mut wanted: BTreeMap<EcoString, BTreeMap<Leaf, Value>> = BTreeMap::new();
    for (path, text) in edited {
        match leaves::of(text) {
            Some(it) => {
                wanted.insert(path.clone(), it);
            }
            None => absorbed.unreadable.push(path.clone()),
        }
    }
    for edit in edits(db, &tree, &wanted) {
        let mut tried = BTreeSet::new();
        let mut done = None;
        for attempt in attempts(db, &edit) {
            if !tried.insert(attempt.what.clone()) {
                continue;
            }
            let before: Vec<(SourceFile, String)> =
                attempt.texts.iter().map(|(file, _)| (*file, file.text(db).to_string())).collect();
            for (file, text) in &attempt.texts {
                db.set_text(*file, text.clone());
            }
            let compilation = compile(db);
            if compilation.is_clean() && says_only(&tree, &compilation.tree, &wanted, &edit) {
                for (file, was) in before {
                    let path = file.path(db).clone();
                    let now = file.text(db).to_string();
                    absorbed.texts.entry(path).or_insert_with(|| (was, String::new())).1 = now;
                }
                tree = compilation.tree;
                done = Some(attempt.what);
                break;
            }
            for (file, text) in before {
                db.set_text(file, text);
            }
        }
        if let Some(what) = done {
            absorbed.done.push((edit, what));
        } else {
            let why = reason(db, &edit);
            absorbed.left.push((edit, why));
        }
    }
    absorbed
}

/// Values that are not what the sources say: the same edit of several clusters is one.
fn edits(db: &dyn Db, tree: &FileTree, wanted: &BTreeMap<EcoString, BTreeMap<Leaf, Value>>) -> Vec<Edit> {
    let mut found: Vec<Edit> = Vec::new();
    for (file, new) in wanted {
        let Some(old) = tree.files.get(file).and_then(|it| leaves::of(&it.text())) else { continue };
        let all: BTreeSet<&Leaf> = old.keys().chain(new.keys()).collect();
        for leaf in all.into_iter().filter(|it| old.get(*it) != new.get(*it)) {
            let edit = Edit {
                files: vec![file.clone()],
                object: leaf.0.clone(),
                path: leaf.1.clone(),
                old: old.get(leaf).cloned(),
                new: new.get(leaf).cloned(),
            };
            let is_same = |it: &&mut Edit| {
                (&it.object, &it.path, &it.new) == (&edit.object, &edit.path, &edit.new)
                    && is_of_cluster(db, file)
                    && it.files.iter().all(|it| is_of_cluster(db, it))
            };
            match found.iter_mut().find(is_same) {
                Some(it) => it.files.push(file.clone()),
                None => found.push(edit),
            }
        }
    }
    found
}

/// The cluster that a generated file is of.
fn cluster_of(db: &dyn Db, file: &str) -> Option<Anchor> {
    fleet::clusters(db).find(|it| is_below(file, &fleet::cluster(db, *it).value.path))
}

fn is_of_cluster(db: &dyn Db, file: &str) -> bool {
    cluster_of(db, file).is_some()
}

/// A change of the sources that may say an edit.
struct Attempt {
    what: EcoString,
    texts: Vec<(SourceFile, String)>,
}

/// Where an edited value comes from: the object, and the value's node if there is one.
struct Place {
    origin: Option<Origin>,
    /// The declaration that the object is made from.
    item: Anchor,
}

fn place(db: &dyn Db, file: &str, edit: &Edit) -> Option<Place> {
    let of = |object: &Object| {
        let node = edit.path.iter().try_fold(&object.body, |at: &Node, key| at.get(key));
        Place { origin: node.map(|it| it.origin), item: object.origin.anchor }
    };
    if let Some(cluster) = cluster_of(db, file) {
        let deployed = &flux::exactly(db, cluster).value;
        return deployed.objects().map(|it| it.1).find(|it| it.id == edit.object).map(of);
    }
    let index = names::index(db, db.project());
    let bundles = index.catalogues.values().map(|it| &flux::bundle(db, *it).value);
    let shared = &flux::shared_sources(db, db.project()).value;
    let mut objects = bundles.chain(std::iter::once(shared)).flat_map(|it| &it.objects);
    objects.find(|it| it.id == edit.object).map(|it| of(it))
}

/// What may be tried, the best first.
fn attempts(db: &FleetDatabase, edit: &Edit) -> Vec<Attempt> {
    let Some(new) = &edit.new else { return Vec::new() };
    let places: Vec<Place> = edit.files.iter().filter_map(|it| place(db, it, edit)).collect();
    let Some(first) = places.first() else { return Vec::new() };
    let mut found = Vec::new();
    // One text that all of them come from.
    if let Some(origin) = first.origin
        && places.iter().all(|it| it.origin == first.origin)
        && let Some(attempt) = written_out(db, origin, edit.old.as_ref(), new)
    {
        found.push(attempt);
    }
    let Some(words) = words(db, first.item, edit) else { return found };
    let entry = |words: &[EcoString]| words.iter().map(|it| key(it)).collect::<Vec<_>>().join(".");
    let entry = format!("{} = {}", entry(&words), literal(new));
    let clusters: Vec<Option<Anchor>> = edit.files.iter().map(|it| cluster_of(db, it)).collect();
    let (item, catalogue) = (first.item.name(db), first.item.parent(db));
    if let Some(clusters) = clusters.into_iter().collect::<Option<Vec<Anchor>>>() {
        let target = match catalogue.filter(|it| it.kind(db) != Kind::Cluster) {
            Some(it) => eco_format!("{}.{}", key(it.name(db)), key(item)),
            None => key(item).into(),
        };
        let target = if first.item.kind(db) == Kind::Source { eco_format!("source {}", key(item)) } else { target };
        found.extend(in_clusters(db, &clusters, &target, &entry));
    } else if let Some(text) = with_entry(db, first.item, &entry) {
        let (path, name) = (text.0.path(db), first.item.name(db));
        found.push(Attempt { what: eco_format!("{path}: `{name}` says it"), texts: vec![text] });
    }
    found
}

/// The text of a value, where it is written out.
fn written_out(db: &FleetDatabase, origin: Origin, old: Option<&Value>, new: &Value) -> Option<Attempt> {
    let (file, range) = syntax::locate(db, origin)?;
    let text = file.text(db);
    let is_own = file.package(db).is_empty();
    let written = text.get(range.clone())?;
    let is_literal = old.is_some_and(|it| literal(it) == written) || written.starts_with("\"\"\"");
    if !is_own || !is_literal {
        return None;
    }
    let line = text.get(..range.start)?.matches('\n').count() + 1;
    let mut changed = text.to_string();
    changed.replace_range(range, &literal(new));
    Some(Attempt { what: eco_format!("{}:{line}", file.path(db)), texts: vec![(file, changed)] })
}

/// What the language calls a value of an object.
fn words(db: &dyn Db, item: Anchor, edit: &Edit) -> Option<Vec<EcoString>> {
    let path: Vec<&str> = edit.path.iter().map(EcoString::as_str).collect();
    let below = |head: &str, rest: &[&str]| {
        std::iter::once(head).chain(rest.iter().copied()).map(EcoString::from).collect::<Vec<_>>()
    };
    let plain = || Some(edit.path.clone());
    match (item.kind(db), edit.object.kind.as_str(), path.as_slice()) {
        (Kind::ADDON, "HelmRelease", ["spec", "chart", "spec", "version"]) => Some(vec!["version".into()]),
        (Kind::ADDON, "OCIRepository", ["spec", "ref", "tag" | "semver"]) => Some(vec!["version".into()]),
        (Kind::ADDON, "HelmRelease", ["spec", "values", rest @ ..]) => Some(below("values", rest)),
        (Kind::ADDON, "HelmRelease", ["spec", rest @ ..]) => Some(below("release", rest)),
        (Kind::ADDON, "HelmRelease", ["metadata", rest @ ..]) => Some(below("metadata", rest)),
        (Kind::Source, _, ["spec", rest @ ..]) => Some(rest.iter().map(|it| EcoString::from(*it)).collect()),
        (Kind::NAMESPACE, _, ["metadata", rest @ ..]) => Some(rest.iter().map(|it| EcoString::from(*it)).collect()),
        (Kind::MANIFEST, ..) => plain(),
        _ => None,
    }
}

/// Each cluster says it itself: in the override of the item that it has, or in a new one.
fn in_clusters(db: &FleetDatabase, clusters: &[Anchor], target: &str, entry: &str) -> Option<Attempt> {
    let mut texts: BTreeMap<EcoString, (SourceFile, String)> = BTreeMap::new();
    let mut places = Vec::new();
    // From the last in a file to the first: what stands above keeps its place.
    let mut ranges = Vec::new();
    for cluster in clusters {
        let declaration = syntax::declaration(db, *cluster);
        let overrides = declaration.body.members.iter().filter_map(|it| match it {
            Member::Override(it) => Some(it),
            _ => None,
        });
        let own = overrides.filter(|it| it.when.is_none()).find_map(|it| {
            let (file, range) = syntax::locate(db, Origin::new(*cluster, it.node))?;
            let written = file.text(db).get(range)?.to_owned();
            let head = written.strip_prefix("override")?.split('{').next()?.trim();
            (head == target || target.rsplit('.').next() == Some(head)).then_some(it.block.node)
        });
        let (node, text) = match own {
            Some(node) => (node, entry.to_owned()),
            None => (declaration.body.node, format!("override {target} {{ {entry} }}")),
        };
        let (file, range) = syntax::locate(db, Origin::new(*cluster, node))?;
        if !file.package(db).is_empty() || !file.text(db).get(range.clone())?.ends_with('}') {
            return None;
        }
        places.push(eco_format!("{}: `{}` overrides it", file.path(db), cluster.name(db)));
        ranges.push((file, range, text));
    }
    ranges.sort_by_key(|it| std::cmp::Reverse(it.1.start));
    for (file, range, text) in ranges {
        let slot = texts.entry(file.path(db).clone()).or_insert_with(|| (file, file.text(db).to_string()));
        slot.1 = inserted(&slot.1, range, &text);
    }
    let texts = texts.into_values().map(|(file, text)| (file, as_before(file.text(db), text))).collect();
    Some(Attempt { what: places.join(", ").into(), texts })
}

/// A declaration with one more entry.
fn with_entry(db: &FleetDatabase, item: Anchor, entry: &str) -> Option<(SourceFile, String)> {
    let declaration = syntax::declaration(db, item);
    let (file, range) = syntax::locate(db, Origin::new(item, declaration.body.node))?;
    let text = file.text(db);
    if !file.package(db).is_empty() || !text.get(range.clone())?.ends_with('}') {
        return None;
    }
    Some((file, as_before(text, inserted(text, range, entry))))
}

/// A line before the brace that closes a block; one that is a single line becomes several.
fn inserted(text: &str, range: Range<usize>, line: &str) -> String {
    let (before, block) = (text.get(..range.start).unwrap_or_default(), text.get(range.clone()).unwrap_or_default());
    let after = text.get(range.end..).unwrap_or_default();
    let inner = block.strip_prefix('{').and_then(|it| it.strip_suffix('}')).unwrap_or_default();
    // What stands before the block in its line says how deep it is.
    let head = before.rsplit('\n').next().unwrap_or_default();
    let indent: String = head.chars().take_while(|it| *it == ' ').collect();
    let inner = match inner.trim() {
        "" => String::new(),
        _ if inner.contains('\n') => inner.trim_end().trim_start_matches(' ').to_owned(),
        it => format!("\n{indent}  {it}"),
    };
    format!("{before}{{{inner}\n{indent}  {line}\n{indent}}}{after}")
}

/// Laid out as `fleetc fmt` does where the file was so before; else only the new line is new.
fn as_before(before: &str, after: String) -> String {
    if format::format(before).text == before { format::format(&after).text } else { after }
}

/// Whether exactly the edit came of it: each file that changed has it, and no value that was not edited is another.
fn says_only(
    before: &FileTree,
    after: &FileTree,
    wanted: &BTreeMap<EcoString, BTreeMap<Leaf, Value>>,
    edit: &Edit,
) -> bool {
    let paths: BTreeSet<&EcoString> = before.files.keys().chain(after.files.keys()).collect();
    let leaf = (edit.object.clone(), edit.path.clone());
    for path in paths {
        let (was, is) = (before.files.get(path), after.files.get(path));
        if was == is {
            continue;
        }
        let (Some(was), Some(is)) = (was, is) else { return false };
        let (Some(was), Some(is)) = (leaves::of(&was.text()), leaves::of(&is.text())) else { return false };
        let all: BTreeSet<&Leaf> = was.keys().chain(is.keys()).collect();
        let changed: Vec<&Leaf> = all.into_iter().filter(|it| was.get(*it) != is.get(*it)).collect();
        if changed.is_empty() {
            // A comment says another place.
            continue;
        }
        let Some(wanted) = wanted.get(path) else { return false };
        if changed.iter().any(|it| **it != leaf || wanted.get(*it) != is.get(*it)) {
            return false;
        }
    }
    // Every file that was edited has it now.
    edit.files.iter().all(|file| {
        let now = after.files.get(file).and_then(|it| leaves::of(&it.text()));
        now.is_some_and(|it| it.get(&leaf) == edit.new.as_ref())
    })
}

/// Why nothing that was tried says an edit.
fn reason(db: &dyn Db, edit: &Edit) -> EcoString {
    if edit.new.is_none() {
        return "it was taken out: write `unset`, or remove it where it is set".into();
    }
    let Some(place) = edit.files.first().and_then(|it| place(db, it, edit)) else {
        return "fleetc makes it: it follows from other declarations".into();
    };
    let at = place.origin.and_then(|it| crate::data::locate(db, it));
    match at {
        Some(it) => {
            let line = it.text.get(..it.range.start).unwrap_or_default().matches('\n').count() + 1;
            eco_format!("it is computed, or others have it, too: {}:{line}", it.path)
        }
        None => "nothing in the sources says it".into(),
    }
}
