//! Kubernetes objects: an identity and a tree whose every node knows its origin.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use crate::source::{IndexMap, Origin};
use crate::value::{Node, Value};

/// The annotation, or label, that keeps Flux from replacing variables in an object.
pub const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// What makes two objects the same object, but for the version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    pub group: EcoString,
    pub kind: EcoString,
    /// Empty for objects without one.
    pub namespace: EcoString,
    pub name: EcoString,
}

impl Id {
    /// The API group of Flux' sources.
    pub const SOURCES: &'static str = "source.toolkit.fluxcd.io";

    /// Whether it is a source of Flux.
    #[must_use]
    pub fn is_source(&self) -> bool {
        self.group == Self::SOURCES
    }

    /// `apiVersion` of an object in a version of its kind.
    #[must_use]
    pub fn api_version(&self, version: &str) -> EcoString {
        if self.group.is_empty() { version.into() } else { eco_format!("{}/{version}", self.group) }
    }
}

impl Display for Id {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} `{}`", self.kind, self.name)
        } else {
            write!(f, "{} `{}/{}`", self.kind, self.namespace, self.name)
        }
    }
}

/// An object as it is written to a file or ends up on a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub id: Id,
    /// `v1`, `v2`: the version alone.
    pub version: EcoString,
    /// The whole object: `apiVersion`, `kind`, `metadata`, …
    pub body: Node,
    /// Its file, from the directory of the Kustomization that it belongs to.
    pub file: EcoString,
    /// The declaration that it is made from.
    pub origin: Origin,
    /// For what is encrypted: the text that is carried byte for byte.
    pub raw: Option<Arc<str>>,
    /// The `optional addon` that it belongs to.
    pub component: Option<EcoString>,
    /// Whether it need not be checked on each cluster: it is one of those that are made for many at once, and checked
    /// with them, or valid whatever it is made from.
    pub is_checked: bool,
}

/// What names an object in a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub api_version: EcoString,
    pub group: EcoString,
    pub version: EcoString,
    pub kind: EcoString,
    pub namespace: EcoString,
    pub name: EcoString,
    pub origin: Origin,
}

impl Identity {
    /// What makes the object the same object.
    #[must_use]
    pub fn id(&self) -> Id {
        Id {
            group: self.group.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// What names `object`.
    pub(super) fn of(object: &Object) -> Self {
        Self {
            api_version: object.api_version(),
            group: object.id.group.clone(),
            version: object.version.clone(),
            kind: object.id.kind.clone(),
            // What is carried as it is may get its namespace only after patches are made.
            namespace: match (&object.raw, object.body.at(&["metadata", "namespace"])) {
                (Some(_), None) => EcoString::new(),
                _ => object.id.namespace.clone(),
            },
            name: object.id.name.clone(),
            origin: object.origin,
        }
    }
}

impl Object {
    /// Group and kind that a CustomResourceDefinition defines; `None` for all other objects.
    #[must_use]
    pub fn defined_kind(&self) -> Option<(EcoString, EcoString)> {
        (self.id.kind == "CustomResourceDefinition").then_some(())?;
        let group = self.body.at(&["spec", "group"]).and_then(Node::text)?;
        let kind = self.body.at(&["spec", "names", "kind"]).and_then(Node::text)?;
        Some((group.clone(), kind.clone()))
    }

    /// `apiVersion`, as it stands in the object.
    #[must_use]
    pub fn api_version(&self) -> EcoString {
        self.id.api_version(&self.version)
    }

    /// The `spec`.
    #[must_use]
    pub fn spec(&self) -> Option<&Node> {
        self.body.get("spec")
    }
}

/// A map under construction, made by the compiler for the declaration at `origin`.
pub struct Tree {
    entries: IndexMap<EcoString, Node>,
    origin: Origin,
}

impl Tree {
    /// Nothing yet.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { entries: IndexMap::default(), origin }
    }

    /// With a text at `key`.
    #[must_use]
    pub fn text(self, key: &str, text: impl Into<EcoString>) -> Self {
        let value = Value::Text(text.into());
        self.value(key, value)
    }

    /// With a value at `key`.
    #[must_use]
    pub fn value(mut self, key: &str, value: Value) -> Self {
        self.entries.insert(key.into(), Node::new(value, self.origin));
        self
    }

    /// With a node at `key`.
    #[must_use]
    pub fn node(mut self, key: &str, node: Node) -> Self {
        self.entries.insert(key.into(), node);
        self
    }

    /// With a node at `key`, where there is one.
    #[must_use]
    pub fn maybe(self, key: &str, node: Option<Node>) -> Self {
        match node {
            Some(it) => self.node(key, it),
            None => self,
        }
    }

    /// With a tree at `key`.
    #[must_use]
    pub fn tree(self, key: &str, tree: Self) -> Self {
        let node = tree.build();
        self.node(key, node)
    }

    /// With every entry of a map, which replace those of the same key.
    #[must_use]
    pub fn all_of(mut self, node: Option<&Node>) -> Self {
        if let Some(map) = node.and_then(Node::map) {
            for (key, node) in &map.entries {
                self.entries.insert(key.clone(), node.clone());
            }
        }
        self
    }

    /// The map.
    #[must_use]
    pub fn build(self) -> Node {
        Node::new(Value::of_map(self.entries), self.origin)
    }
}

/// A list made by the compiler.
#[must_use]
pub fn list(nodes: Vec<Node>, origin: Origin) -> Node {
    Node::new(Value::List(Arc::new(nodes)), origin)
}

/// A text made by the compiler.
#[must_use]
pub fn text(text: impl Into<EcoString>, origin: Origin) -> Node {
    Node::new(Value::Text(text.into()), origin)
}

/// Group and version of an `apiVersion`.
#[must_use]
pub fn split_api_version(text: &str) -> (EcoString, EcoString) {
    match text.split_once('/') {
        Some((group, version)) => (group.into(), version.into()),
        None => (EcoString::new(), text.into()),
    }
}

/// An object of the given kind; `spec` is put in where there is one.
#[must_use]
pub fn object(
    api_version: &str,
    kind: &str,
    namespace: &str,
    name: &str,
    spec: Option<Node>,
    origin: Origin,
) -> Object {
    let (group, version) = split_api_version(api_version);
    let mut metadata = Tree::new(origin).text("name", name);
    if !namespace.is_empty() {
        metadata = metadata.text("namespace", namespace);
    }
    let body = Tree::new(origin)
        .text("apiVersion", api_version)
        .text("kind", kind)
        .tree("metadata", metadata)
        .maybe("spec", spec)
        .build();
    let id = Id { group, kind: kind.into(), namespace: namespace.into(), name: name.into() };
    Object { id, version, body, file: EcoString::new(), origin, raw: None, component: None, is_checked: false }
}

/// Sets a node at the end of a path, making maps on the way.
pub fn set(node: &mut Node, path: &[&str], value: Node) {
    let Some((first, rest)) = path.split_first() else {
        *node = value;
        return;
    };
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::of_map(IndexMap::default());
    }
    if let Value::Map(map) = &mut node.value {
        let origin = value.origin;
        let slot = Arc::make_mut(map)
            .entries
            .entry((*first).into())
            .or_insert_with(|| Node::new(Value::of_map(IndexMap::default()), origin));
        set(slot, rest, value);
    }
}

/// Removes the node at the end of a path.
pub fn remove(node: &mut Node, path: &[&str]) {
    let Value::Map(map) = &mut node.value else { return };
    match path {
        [] => {}
        [only] => {
            Arc::make_mut(map).entries.shift_remove(*only);
        }
        [first, rest @ ..] => {
            if let Some(inner) = Arc::make_mut(map).entries.get_mut(*first) {
                remove(inner, rest);
            }
        }
    }
}

/// Merges `over` into `node`: maps entry by entry, all else replaced.
pub fn merge(node: &mut Node, over: &Node) {
    match (&mut node.value, &over.value) {
        (Value::Map(map), Value::Map(other)) => {
            let map = Arc::make_mut(map);
            for (key, value) in &other.entries {
                match map.entries.get_mut(key) {
                    Some(slot) => merge(slot, value),
                    None => {
                        map.entries.insert(key.clone(), value.clone());
                    }
                }
            }
            node.origin = over.origin;
        }
        _ => *node = over.clone(),
    }
}
