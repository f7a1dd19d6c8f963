//! Where something stands, and whose it is, in words.

use ecow::{EcoString, eco_format};

use super::credentials::source_line;
use crate::data::locate;
use crate::source::{Anchor, Db, Kind, Origin};

/// A place in a file that an author wrote.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub file: EcoString,
    /// Counted from 1, the column in characters.
    pub line: usize,
    pub column: usize,
    /// The text itself, its first line.
    pub text: EcoString,
    /// The whole line that it stands in, without the space around it.
    pub whole: EcoString,
}

impl Spot {
    /// `fleet/one.fleet:12`
    pub(super) fn short(&self) -> EcoString {
        eco_format!("{}:{}", self.file, self.line)
    }
}

/// Where an origin stands today; none for what the standard library says.
pub(super) fn spot(db: &dyn Db, origin: Origin) -> Option<Spot> {
    let located = locate(db, origin).filter(|_| !is_standard(db, origin.anchor))?;
    let before = located.text.get(..located.range.start)?;
    let from = before.rfind('\n').map_or(0, |it| it + 1);
    let whole = located.text.get(from..)?.lines().next().unwrap_or_default();
    let text = located.text.get(located.range.clone())?.lines().next().unwrap_or_default();
    Some(Spot {
        file: located.path,
        line: before.matches('\n').count() + 1,
        column: before.get(from..)?.chars().count() + 1,
        text: source_line(text.trim_end()),
        whole: source_line(whole.trim()),
    })
}

fn is_standard(db: &dyn Db, anchor: Anchor) -> bool {
    anchor.kind(db) != Kind::Data && anchor.is_standard(db)
}

/// Whose a place is: "rule `production`", "addon `web` of `cluster-addons`".
pub fn owner(db: &dyn Db, anchor: Anchor) -> EcoString {
    if is_standard(db, anchor) {
        return "fleetc's defaults".into();
    }
    let name = anchor.name(db);
    let kind = anchor.kind(db);
    match anchor.parent(db).filter(|it| matches!(it.kind(db), Kind::Catalogue | Kind::Application | Kind::ADDON)) {
        Some(parent) if !name.is_empty() => eco_format!("{} `{name}` of `{}`", kind.word(), parent.name(db)),
        _ if kind == Kind::Data => "data".into(),
        _ if name.is_empty() => kind.word().into(),
        _ => eco_format!("{} `{name}`", kind.word()),
    }
}
