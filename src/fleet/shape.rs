//! Overrides of which the texts were taken out.
//!
//! ```text
//! override web { version = "1.4.2" }      shape: override web { version = <0> }
//! ```

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::statement::{About, OverrideStatement, OverrideTarget};
use crate::source::{Anchor, Db, NodeId, Origin};
use crate::syntax::ast::{Action, Block, Element, Entry, Expr, ExprKind, Key, Member, Path, Segment};
use crate::value::own_name;

/// The node of all that stands in a shape: its entries are many clusters'.
const SHAPED: NodeId = NodeId::MAX;

/// An override without its texts.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct Shape {
    #[returns(copy)]
    pub item: Anchor,
    /// How many others of its cluster name the item before it.
    #[returns(copy)]
    nth: usize,
    #[returns(ref)]
    pub(super) entries: Vec<ShapedEntry>,
}

/// An entry of a shape: a path, and what is set there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShapedEntry {
    pub(super) path: Vec<EcoString>,
    pub(super) value: Shaped,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shaped {
    Null,
    Bool(bool),
    Int(i64),
    Text(EcoString),
    List(Vec<Self>),
    /// A text that was taken out.
    Placeholder,
}

impl Shape {
    /// The override of the shape: its texts are names that an author cannot write.
    pub(super) fn statement(self, db: &dyn Db) -> &OverrideStatement {
        statement(db, self)
    }

    /// What a text of the shape is called: as no fact can be.
    pub(super) fn name(self, db: &dyn Db, nth: usize) -> EcoString {
        let item = self.item(db);
        let holder = item.parent(db).map(|it| it.name(db).clone()).unwrap_or_default();
        own_name(&eco_format!("{holder} {} {} {nth}", item.name(db), self.nth(db)))
    }

    /// What its texts are called, in order.
    pub(super) fn names(self, db: &dyn Db) -> impl Iterator<Item = EcoString> {
        (0..self.placeholders(db).count()).map(move |nth| self.name(db, nth))
    }

    /// The paths at which its texts stand, in order.
    pub(super) fn placeholders(self, db: &dyn Db) -> impl Iterator<Item = &[EcoString]> {
        self.entries(db).iter().filter(|it| it.value == Shaped::Placeholder).map(|it| it.path.as_slice())
    }
}

#[salsa::tracked(returns(ref))]
fn statement(db: &dyn Db, shape: Shape) -> OverrideStatement {
    let mut texts = 0;
    let mut entry = |it: &ShapedEntry| {
        let segments =
            it.path.iter().map(|key| Segment { node: SHAPED, key: Key::Name(key.clone()), selectors: Vec::new() });
        let value = if it.value == Shaped::Placeholder {
            texts += 1;
            expr(ExprKind::Name(shape.name(db, texts - 1)))
        } else {
            written(&it.value)
        };
        Member::Entry(Entry {
            node: SHAPED,
            is_final: false,
            path: Path { node: SHAPED, segments: segments.collect() },
            action: Action::Assign(value),
            when: None,
        })
    };
    let members = shape.entries(db).iter().map(&mut entry).collect();
    OverrideStatement {
        target: OverrideTarget::One(shape.item(db)),
        node: SHAPED,
        when: None,
        block: Arc::new(Block::new(SHAPED, members)),
        about: About::default(),
    }
}

const fn expr(kind: ExprKind) -> Expr {
    Expr { node: SHAPED, kind }
}

fn written(it: &Shaped) -> Expr {
    expr(match it {
        // Of a list no element is taken out.
        Shaped::Null | Shaped::Placeholder => ExprKind::Null,
        Shaped::Bool(it) => ExprKind::Bool(*it),
        Shaped::Int(it) => ExprKind::Int(*it),
        Shaped::Text(it) => ExprKind::Text(it.clone()),
        Shaped::List(all) => {
            ExprKind::List(all.iter().map(|it| Element { value: written(it), spread: false }).collect())
        }
    })
}

/// Whether something was set by the override of a shape.
#[must_use]
pub const fn is_shaped(origin: Origin) -> bool {
    origin.node == SHAPED
}
