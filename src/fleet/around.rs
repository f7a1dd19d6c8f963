//! What stands around a declaration: its project, its groups.

use crate::diagnostic::Invariant;
use crate::source::{Anchor, Db, Kind, Project};

/// The project or package that a declaration belongs to.
pub fn project_of(db: &dyn Db, anchor: Anchor) -> Project {
    db.package(anchor.file(db).package(db)).invariant("a file is of a package that there is")
}

/// The groups around a declaration, outermost first.
pub fn groups_of(db: &dyn Db, anchor: Anchor) -> Vec<Anchor> {
    let mut groups = Vec::new();
    let mut at = anchor.parent(db);
    while let Some(group) = at {
        if group.kind(db) == Kind::Group {
            groups.push(group);
        }
        at = group.parent(db);
    }
    groups.reverse();
    groups
}
