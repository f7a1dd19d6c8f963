//! Which source a name means.

use crate::diagnostic::bug;
use crate::names::Index;
use crate::source::{Anchor, Db, Kind};
use crate::syntax::ast::{Head, SourceKind};
use crate::{names, syntax};

pub(super) fn is_of_package(db: &dyn Db, anchor: Anchor) -> bool {
    !anchor.file(db).package(db).is_empty()
}

/// Whether a source is written beside each add-on that uses it, under the add-on's name: one of a
/// definition, or of a package, unless the project imports it.
pub(super) fn comes_with_definition(db: &dyn Db, source: Anchor) -> bool {
    let is_imported = || names::index(db, db.project()).sources.get(source.name(db)) == Some(&source);
    source.parent(db).is_some_and(|it| it.kind(db) == Kind::ADDON) || (is_of_package(db, source) && !is_imported())
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
