//! Manifests and namespaces → objects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::context::{Context, file_name, in_file};
use super::layout::namespace_of;
use super::{external, problems};
use crate::diagnostic::Invariant;
use crate::fleet::Evaluated;
use crate::kube;
use crate::kube::object::{Id, Object, Tree, object, remove, set, split_api_version, text};
use crate::schema::Scope;
use crate::source::{Anchor, IndexMap, Origin};
use crate::syntax::{
    self,
    ast::{Expr, ExprKind, Head},
};
use crate::value::{Map, Node, Value};

/// The annotation that keeps a namespace when its Kustomization goes.
pub(in crate::flux) const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";

/// A Namespace, never pruned: with it everything inside would go.
pub(super) fn namespace(name: &EcoString, body: Option<&Node>, origin: Origin) -> Object {
    let mut it = object("v1", "Namespace", "", name, None, origin);
    if let Some(labels) = body.and_then(|it| it.get("labels")) {
        set(&mut it.body, &["metadata", "labels"], labels.clone());
    }
    let annotations = Tree::new(origin).all_of(body.and_then(|it| it.get("annotations"))).text(PRUNE, "disabled");
    set(&mut it.body, &["metadata", "annotations"], annotations.build());
    in_file(it, eco_format!("namespaces/{}.yaml", file_name(name)))
}

/// The objects of a manifest.
pub(super) fn manifest(ctx: &mut Context<'_>, item: Anchor, evaluated: &Evaluated) -> Vec<Object> {
    let name = item.name(ctx.db).clone();
    let origin = Origin::of(item);
    if let Some(raw) = encrypted(ctx, item, evaluated) {
        return raw;
    }
    // `kubectl get -o yaml` writes several objects as one.
    let items = evaluated.node.get("items").filter(|it| it.list().is_some());
    let is_list = evaluated.node.get("kind").and_then(Node::text).is_some_and(|it| it == "List");
    let node = items.filter(|_| is_list).unwrap_or(&evaluated.node);
    match &node.value {
        Value::Map(_) => {
            let file = eco_format!("manifests/{name}.yaml");
            plain(ctx, item, &evaluated.node, Some(&name)).map(|it| in_file(it, file)).into_iter().collect()
        }
        Value::List(list) => {
            let mut objects: Vec<Object> = list.iter().filter_map(|it| plain(ctx, item, it, None)).collect();
            name_files(&name, &mut objects);
            objects
        }
        Value::Unknown => {
            if ctx.is_base() && !ctx.is_stopped(item) {
                ctx.state.out.push(problems::unknown_identity(ctx.db, item, "the object", evaluated.node.origin));
            }
            ctx.state.is_whole = false;
            Vec::new()
        }
        other => {
            ctx.state.out.push(problems::no_object(origin, other.noun()));
            Vec::new()
        }
    }
}

/// Gives each of the objects of a manifest a file of its own.
fn name_files(name: &EcoString, objects: &mut [Object]) {
    let mut taken: BTreeSet<EcoString> = BTreeSet::new();
    // By name: the number that was given last.
    let mut numbers: BTreeMap<EcoString, u32> = BTreeMap::new();
    for it in objects {
        let kind = it.id.kind.to_lowercase();
        let short = eco_format!("{kind}-{}", file_name(&it.id.name));
        let long = eco_format!("{kind}-{}-{}", file_name(&it.id.namespace), file_name(&it.id.name));
        let number = numbers.entry(long.clone()).or_insert(1);
        let numbered = std::iter::repeat_with(|| {
            *number += 1;
            eco_format!("{long}-{number}")
        });
        let free = [short, long.clone()].into_iter().chain(numbered).find(|it| !taken.contains(it));
        let base = free.unwrap_or(long);
        it.file = eco_format!("manifests/{name}/{base}.yaml");
        taken.insert(base);
    }
}

/// An object that is written anew, which would break the signature of an encrypted one.
fn plain(ctx: &mut Context<'_>, item: Anchor, node: &Node, default_name: Option<&EcoString>) -> Option<Object> {
    if node.get("sops").is_some() {
        ctx.state.out.push(problems::computed_sops(node.origin));
        return None;
    }
    one(ctx, item, node, default_name)
}

fn one(ctx: &mut Context<'_>, item: Anchor, node: &Node, default_name: Option<&EcoString>) -> Option<Object> {
    let missing = |ctx: &mut Context<'_>, key: &str| {
        ctx.state.out.push(kube::problems::no_object_field(node.origin, key));
        None
    };
    let Some(api_version) = node.get("apiVersion") else { return missing(ctx, "apiVersion") };
    let (api_version, _) = ctx.identity(item, Some(api_version), "apiVersion")?;
    let Some(kind) = node.get("kind") else { return missing(ctx, "kind") };
    let (kind, _) = ctx.identity(item, Some(kind), "kind")?;
    let name = match (node.at(&["metadata", "name"]), default_name) {
        (None, Some(it)) => it.clone(),
        (None, None) => return missing(ctx, "metadata.name"),
        (it, _) => ctx.identity(item, it, "metadata.name")?.0,
    };
    let (group, version) = split_api_version(&api_version);
    let mut place = None;
    let namespace = match node.at(&["metadata", "namespace"]) {
        None => {
            let is_namespaced =
                || external::scope_of(ctx.db, ctx.index, &group, &version, &kind) == Some(Scope::Namespaced);
            place = namespace_of(ctx.db, ctx.scope).filter(|_| is_namespaced());
            place.clone().unwrap_or_default()
        }
        it => ctx.identity(item, it, "metadata.namespace")?.0,
    };
    let is_name = !name.is_empty() && !name.contains(|it: char| it.is_whitespace() || it == '/' || it == '%');
    if !is_name || api_version.is_empty() || kind.is_empty() {
        let (key, at) = if is_name { ("apiVersion", "kind") } else { ("metadata.name", "metadata.name") };
        let path: Vec<&str> = at.split('.').collect();
        ctx.state.out.push(problems::bad_identity(node.at(&path).map_or(node.origin, |it| it.origin), key));
        return None;
    }
    let mut body = ordered(node.map().invariant("an object is one"), node.origin);
    if body.at(&["metadata", "name"]).is_none() {
        set(&mut body, &["metadata", "name"], text(name.clone(), Origin::of(item)));
    }
    if let Some(it) = place {
        set(&mut body, &["metadata", "namespace"], text(it, Origin::of(item)));
        let map = body.map().cloned().invariant("an object is one");
        body = ordered(&map, node.origin);
    }
    let id = Id { group, kind, namespace, name };
    Some(Object {
        id,
        version,
        body,
        file: EcoString::new(),
        origin: Origin::of(item),
        raw: None,
        component: None,
        is_checked: false,
    })
}

/// `apiVersion`, `kind`, `metadata`, then the rest as written; `name` and
/// `namespace` head the metadata.
fn ordered(map: &Map, origin: Origin) -> Node {
    let front = |map: &Map, keys: &[&str]| {
        let mut entries: IndexMap<EcoString, Node> = IndexMap::default();
        for key in keys {
            if let Some(it) = map.entries.get(*key) {
                entries.insert((*key).into(), it.clone());
            }
        }
        for (key, it) in &map.entries {
            entries.entry(key.clone()).or_insert_with(|| it.clone());
        }
        entries
    };
    let mut entries = front(map, &["apiVersion", "kind", "metadata"]);
    if let Some(metadata) = entries.get_mut("metadata")
        && let Value::Map(inner) = &metadata.value
    {
        metadata.value = Value::of_map(front(inner, &["name", "namespace"]));
    }
    Node::new(Value::of_map(entries), origin)
}

/// What SOPS encrypted is carried as it is: its text is signed. Of a file with several documents, each is one.
fn encrypted(ctx: &mut Context<'_>, item: Anchor, evaluated: &Evaluated) -> Option<Vec<Object>> {
    let declaration = syntax::declaration(ctx.db, item);
    let Head::Manifest { value: Some(value) } = &declaration.head else { return None };
    let documents = evaluated.node.list().unwrap_or(std::slice::from_ref(&evaluated.node));
    let is_encrypted = |it: &Node| it.get("sops").is_some();
    if !documents.iter().any(is_encrypted) {
        return None;
    }
    let file = path_of_yaml(value).map(|path| {
        let text = ctx.db.data_file(path).text(ctx.db).as_ref().ok();
        Arc::clone(text.invariant("what was evaluated from a file is in the file"))
    });
    let texts = file.map(|it| texts_of(&it, documents.len())).filter(|it| it.len() == documents.len());
    let Some(texts) = texts else {
        ctx.state.out.push(problems::computed_sops(Origin::of(item)));
        return Some(Vec::new());
    };
    if evaluated.node.over.is_some() {
        ctx.state.out.push(problems::amended_sops(Origin::of(item)));
    }
    let mut objects = Vec::new();
    for (node, text) in documents.iter().zip(texts) {
        let Some(mut it) = one(ctx, item, node, None) else { continue };
        if is_encrypted(node) {
            if node.at(&["metadata", "namespace"]).is_none() {
                // Its Kustomization puts it there.
                remove(&mut it.body, &["metadata", "namespace"]);
            }
            it.raw = Some(text);
        }
        it.file = eco_format!("manifests/{}.yaml", item.name(ctx.db));
        objects.push(it);
    }
    if documents.len() > 1 {
        name_files(item.name(ctx.db), &mut objects);
    }
    Some(objects)
}

/// The documents of a file as they are written.
fn texts_of(file: &Arc<str>, count: usize) -> Vec<Arc<str>> {
    if count == 1 {
        return vec![Arc::clone(file)];
    }
    let mut texts: Vec<String> = vec![String::new()];
    for line in file.split_inclusive('\n') {
        let is_separator =
            line.strip_prefix("---").is_some_and(|it| it.is_empty() || it.starts_with(char::is_whitespace));
        match texts.last_mut() {
            Some(last) if !is_separator => last.push_str(line),
            _ => texts.push(String::new()),
        }
    }
    let says_something = |it: &&String| it.lines().any(|it| !it.trim().is_empty() && !it.trim_start().starts_with('#'));
    texts.iter().filter(says_something).map(|it| Arc::from(it.as_str())).collect()
}

/// The path in `yaml("secrets/db.yaml")`.
fn path_of_yaml(value: &Expr) -> Option<&EcoString> {
    let ExprKind::Call { callee, args } = &value.kind else { return None };
    match (&callee.kind, args.as_slice()) {
        (ExprKind::Name(name), [Expr { kind: ExprKind::Text(path), .. }]) if name == "yaml" => Some(path),
        _ => None,
    }
}
