//! Which source a name means.

use ecow::EcoString;

use crate::diagnostic::bug;
use crate::fleet;
use crate::names::Index;
use crate::source::{Anchor, Db, Kind};
use crate::syntax::ast::{Head, SourceKind};
use crate::value::Node;
use crate::{names, syntax};

pub(super) fn is_of_package(db: &dyn Db, anchor: Anchor) -> bool {
    !anchor.file(db).package(db).is_empty()
}

/// Whether a source is written beside each add-on that uses it, under the add-on's name: one of a
/// definition, or of a package, unless the project imports it.
pub(super) fn comes_with_definition(db: &dyn Db, source: Anchor) -> bool {
    let is_imported = || names::index(db, db.project()).sources.get(source.name(db)) == Some(&source);
    source.parent(db).is_some_and(|it| it.kind(db) == Kind::ADDON)
        || (source.original(db).is_none() && is_of_package(db, source) && !is_imported())
}

/// The source of that name: in the catalogue, cluster or group, else at the top level.
pub fn find_source(db: &dyn Db, index: &Index, scope: Option<Anchor>, name: &str) -> Option<Anchor> {
    let mut at = scope;
    while let Some(parent) = at {
        if let Some(it) = index.local_sources.get(&parent).and_then(|it| it.get(name)) {
            return Some(*it);
        }
        at = parent.parent(db);
    }
    index.sources.get(name).copied()
}

/// Which of the four a source is.
pub(super) fn source_kind(db: &dyn Db, source: Anchor) -> SourceKind {
    match &syntax::declaration(db, source).head {
        Head::Source { provider, .. } => *provider,
        _ => bug("a source is declared as one"),
    }
}

/// The kind of the object behind a source: what something else makes says it itself.
pub(super) fn object_kind(db: &dyn Db, source: Anchor) -> EcoString {
    let kind = source_kind(db, source);
    let said = || fleet::base(db, source).value.node.get("kind").and_then(Node::text).cloned();
    let said = if kind == SourceKind::External { said() } else { None };
    said.unwrap_or_else(|| kind.object().into())
}

/// Whether a release takes its chart by name out of a source that something else makes.
pub(super) fn has_charts(db: &dyn Db, source: Anchor) -> bool {
    source_kind(db, source) == SourceKind::External
        && ["HelmRepository", "GitRepository", "Bucket"].contains(&object_kind(db, source).as_str())
}

/// Whether a source in a registry is one artifact, and not a prefix of charts: it says which version.
pub(super) fn is_pinned(db: &dyn Db, source: Anchor) -> bool {
    let says = |node: &Node| ["tag", "semver", "ref"].iter().any(|it| node.get(it).is_some());
    source_kind(db, source) == SourceKind::Oci && says(&fleet::base(db, source).value.node)
}

/// Whether a kustomize item takes its files from a source.
pub(super) fn is_kustomized(db: &dyn Db, index: &Index, source: Anchor) -> bool {
    let is_kustomize = |it: &&Anchor| it.kind(db) == Kind::KUSTOMIZE;
    index.items.values().flat_map(|it| it.values()).filter(is_kustomize).any(|it| {
        let node = &fleet::base(db, *it).value.node;
        let named = node.get("source").and_then(Node::text);
        named.and_then(|name| find_source(db, index, it.parent(db), name)) == Some(source)
    })
}
