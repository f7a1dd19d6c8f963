//! Where something stands, in bytes.

use std::ops::Range;

use crate::source::{Anchor, Db, Kind, NodeId, Origin, SourceFile};
use crate::syntax;

/// A range of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRange {
    pub file: SourceFile,
    /// In bytes.
    pub range: Range<usize>,
}

/// Where an origin stands; none for what stands in no source.
#[must_use]
pub fn place_of(db: &dyn Db, origin: Origin) -> Option<FileRange> {
    if origin.anchor.kind(db) == Kind::Data {
        return None;
    }
    let (file, range) = syntax::locate(db, origin)?;
    Some(FileRange { file, range })
}

/// The nodes around a place, the innermost first.
pub(super) fn nodes_at(db: &dyn Db, file: SourceFile, offset: usize) -> Vec<(Anchor, NodeId, Range<usize>)> {
    let mut found: Vec<(Anchor, NodeId, Range<usize>)> = Vec::new();
    for (anchor, nodes) in &syntax::parse(db, file).nodes {
        let around = (0..).zip(nodes).filter(|(_, range)| range.start <= offset && offset <= range.end);
        found.extend(around.map(|(node, range)| (*anchor, node, range.clone())));
    }
    found.sort_by_key(|(_, node, range)| (range.len(), std::cmp::Reverse(*node)));
    found
}

/// The innermost declaration around a place. What is half typed has no node: the block around
/// it has.
pub(super) fn declaration_at(db: &dyn Db, file: SourceFile, offset: usize) -> Option<Anchor> {
    let parsed = syntax::parse(db, file);
    let text = file.text(db);
    let span = |anchor: &Anchor| {
        let nodes = parsed.nodes.get(anchor)?;
        let start = nodes.iter().map(|it| it.start).min()?;
        // The words before its name are its own, unless another declaration begins there.
        let before = text.get(..start)?;
        let line = before.rfind('\n').map_or(0, |it| it + 1);
        let is_own = !before.get(line..)?.contains(['{', '"']);
        Some(if is_own { line } else { start }..nodes.iter().map(|it| it.end).max()?)
    };
    let around = parsed.declarations.iter().filter_map(|(anchor, _)| Some((*anchor, span(anchor)?)));
    around.filter(|(_, it)| it.start <= offset && offset <= it.end).min_by_key(|(_, it)| it.len()).map(|(it, _)| it)
}
