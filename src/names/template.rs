//! Catalogues that are definitions, and those that are declared `from` one.

use ecow::EcoString;

use crate::source::{Anchor, Db, Kind, NodeId};
use crate::syntax::{
    self,
    ast::{Action, Head, Key, Member, Path},
};

/// Whether a catalogue is a definition: its `params` declare something, or there is nothing in them and
/// it is declared from no other.
#[salsa::tracked(returns(copy))]
pub fn is_template(db: &dyn Db, catalogue: Anchor) -> bool {
    let is_declaration = |it: &Member| matches!(it, Member::Entry(it) if matches!(it.action, Action::Declare { .. }));
    let declaration = syntax::declaration(db, catalogue);
    let is_derived = matches!(declaration.head, Head::From { .. });
    declaration.body.members.iter().any(|it| match it {
        Member::Entry(entry) => match &entry.action {
            Action::Amend(block) if is_params(&entry.path) => {
                (block.members.is_empty() && !is_derived) || block.members.iter().any(is_declaration)
            }
            _ => false,
        },
        _ => false,
    })
}

fn is_params(path: &Path) -> bool {
    matches!(path.segments.as_slice(), [only] if only.key == Key::Name("params".into()))
}

/// What stands behind `from` of a catalogue.
#[salsa::tracked]
pub fn taken_from(db: &dyn Db, catalogue: Anchor) -> Option<(NodeId, EcoString)> {
    match &syntax::declaration(db, catalogue).head {
        Head::From { node, path } => Some((*node, path.clone())),
        _ => None,
    }
}

/// Whether something is an item or a source of a definition, or inside such an item.
pub fn is_of_template(db: &dyn Db, anchor: Anchor) -> bool {
    let is_one = |it: Anchor| matches!(it.kind(db), Kind::Catalogue | Kind::Application) && is_template(db, it);
    std::iter::successors(anchor.parent(db), |it| it.parent(db)).any(is_one)
}
