//! What is not written, and is worth seeing: types that are inferred, and what params are.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use super::hover::shape;
use super::occurrence::{Symbol, occurrences_in};
use super::place::place_of;
use crate::fleet;
use crate::source::{Anchor, Db, Kind, NodeId, Origin, SourceFile};
use crate::syntax::ast::{Action, Block, Head, Member};
use crate::{check, syntax, types};

/// A text that stands between the words of an author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inlay {
    /// In bytes.
    pub offset: usize,
    pub text: EcoString,
    /// Whether it is a type, and no value.
    pub is_type: bool,
}

/// Longest text that is shown.
const MOST: usize = 30;

/// What is worth seeing in a file, in the order of its text.
#[must_use]
pub fn inlays(db: &dyn Db, file: SourceFile) -> Vec<Inlay> {
    let mut found = Vec::new();
    for anchor in &**syntax::anchors(db, file) {
        let declaration = syntax::declaration(db, *anchor);
        if let Head::Let { ty: None, .. } = &declaration.head {
            found.extend(typed(db, Origin::of(*anchor), &types::let_type(db, *anchor).value));
        }
        lets(db, *anchor, &declaration.body, &mut found);
        params(db, *anchor, &mut found);
    }
    found.sort_by_key(|it| it.offset);
    found
}

fn typed(db: &dyn Db, at: Origin, ty: &types::Type) -> Option<Inlay> {
    let text = eco_format!(": {}", shape(ty));
    (text.chars().count() <= MOST).then_some(Inlay { offset: place_of(db, at)?.range.end, text, is_type: true })
}

/// The `let`s of blocks that say no type.
fn lets(db: &dyn Db, anchor: Anchor, block: &Block, found: &mut Vec<Inlay>) {
    for member in &block.members {
        match member {
            Member::Let(it) if it.ty.is_none() => {
                let notes = check::notes(db, anchor);
                let ty = notes.types.get(&it.value.node);
                found.extend(ty.and_then(|ty| typed(db, Origin::new(anchor, it.node), &types::widen(ty))));
            }
            Member::Entry(it) => {
                if let Action::Amend(inner) | Action::AmendTyped { block: inner, .. } = &it.action {
                    lets(db, anchor, inner, found);
                }
            }
            Member::Override(it) => lets(db, anchor, &it.block, found),
            _ => {}
        }
    }
}

/// What the params that an add-on reads are, where no cluster says otherwise.
fn params(db: &dyn Db, anchor: Anchor, found: &mut Vec<Inlay>) {
    if anchor.kind(db) != Kind::ADDON || !anchor.file(db).package(db).is_empty() {
        return;
    }
    let values = &fleet::base(db, anchor).value.params;
    let mut set = BTreeSet::new();
    keys(&syntax::declaration(db, anchor).body, &mut set);
    for it in occurrences_in(db, anchor).iter().filter(|it| !it.defines && !set.contains(&it.node)) {
        let Symbol::At(at) = &it.symbol else { continue };
        let is_param = at.node != 0 && matches!(at.anchor.kind(db), Kind::ADDON | Kind::Baseline);
        let (Some(value), Some(place)) = (values.entries.get(&it.name).filter(|_| is_param), it.place(db)) else {
            continue;
        };
        let shown = value.value.show();
        // What depends on the cluster has no value here.
        let is_known = !value.value.has_unknown() && !value.value.is_per_cluster();
        if is_known && shown.chars().count() <= MOST {
            found.push(Inlay { offset: place.range.end, text: eco_format!(" = {shown}"), is_type: false });
        }
    }
}

/// The nodes of what entries set: behind a key stands its value already.
fn keys(block: &Block, found: &mut BTreeSet<NodeId>) {
    for member in &block.members {
        let Member::Entry(entry) = member else { continue };
        found.extend(entry.path.segments.iter().map(|it| it.node));
        if let Action::Amend(inner) | Action::AmendTyped { block: inner, .. } = &entry.action {
            keys(inner, found);
        }
    }
}
