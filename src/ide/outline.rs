//! The shape of a file: what is declared in what, what may be folded, what stands around a place.

use std::ops::Range;

use ecow::EcoString;

use super::place::nodes_at;
use crate::source::{Anchor, Db, Kind, Origin, SourceFile};
use crate::syntax::{self, Role};

/// A declaration of a file.
#[derive(Clone, Debug)]
pub struct OutlineItem {
    pub anchor: Anchor,
    pub name: EcoString,
    pub kind: Kind,
    /// All of it, in bytes.
    pub whole: Range<usize>,
    /// Its name.
    pub own: Range<usize>,
    /// What is declared inside.
    pub inner: Vec<Self>,
}

/// What a file declares, in the order of its text.
#[must_use]
pub fn outline(db: &dyn Db, file: SourceFile) -> Vec<OutlineItem> {
    entries(db, file, None)
}

fn entries(db: &dyn Db, file: SourceFile, parent: Option<Anchor>) -> Vec<OutlineItem> {
    let parsed = syntax::parse(db, file);
    let own = parsed.declarations.iter().filter(|(anchor, _)| anchor.parent(db) == parent);
    let entry = |(anchor, declaration): &(Anchor, std::sync::Arc<syntax::ast::Declaration>)| {
        let nodes = parsed.nodes.get(anchor)?;
        let (_, own) = syntax::locate(db, Origin::of(*anchor))?;
        let inner = entries(db, file, Some(*anchor));
        let ends = nodes.iter().map(|it| it.end).chain(inner.iter().map(|it| it.whole.end));
        let start = nodes.iter().map(|it| it.start).min()?;
        let name = if declaration.name.is_empty() { declaration.kind.word().into() } else { declaration.name.clone() };
        Some(OutlineItem { anchor: *anchor, name, kind: declaration.kind, whole: start..ends.max()?, own, inner })
    };
    own.filter_map(entry).collect()
}

/// What has several lines between two brackets, and comments of several lines, in bytes.
#[must_use]
pub fn folds(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for chunk in syntax::tokens(text) {
        let mut open = Vec::new();
        let mut comment: Option<Range<usize>> = None;
        for token in chunk.tokens.unwrap_or_default() {
            let end = token.start + token.text.len();
            match token.role {
                Role::Open(_) => open.push(token.start),
                Role::Close(_) => found.extend(open.pop().map(|start| start..token.start)),
                Role::Comment if token.breaks == 1 && comment.is_some() => {
                    comment = comment.map(|it| it.start..end);
                    continue;
                }
                Role::Comment => {
                    found.extend(comment.replace(token.start..end));
                    continue;
                }
                _ => {}
            }
            found.extend(comment.take());
        }
        found.extend(comment);
    }
    found.retain(|it| text.get(it.clone()).is_some_and(|it| it.contains('\n')));
    found.sort_by_key(|it| it.start);
    found
}

/// What stands around a place, the innermost first.
#[must_use]
pub fn selections(db: &dyn Db, file: SourceFile, offset: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (.., range) in nodes_at(db, file, offset) {
        // Each holds the one before it.
        let holds = found.last().is_none_or(|it| range.start <= it.start && it.end <= range.end && range != *it);
        if holds {
            found.push(range);
        }
    }
    let whole = 0..file.text(db).len();
    if found.last() != Some(&whole) {
        found.push(whole);
    }
    found
}
