//! Who is meant: every name of the project in one table.
//!
//! In: the anchors of every file. Out: [`Index`], the same for any order of
//! files and declarations. Looks at names and nesting only, never into a body,
//! so that editing a body leaves it alone.

mod problems;
mod reserved;
mod table;
pub mod unknown;

use std::sync::Arc;

pub use problems::not_yet;
pub use reserved::{CLUSTER_SETTINGS, is_reserved};
pub use table::{Index, Place, STD, is_dns_label};

use crate::diagnostic::Diagnostics;
use crate::source::{Db, Project};
use crate::syntax;

/// The names of the project.
#[salsa::tracked]
pub fn index(db: &dyn Db, project: Project) -> Arc<Index> {
    let mut anchors = Vec::new();
    for file in project.files(db).iter() {
        anchors.extend(syntax::anchors(db, *file).iter().copied());
    }
    Arc::new(Index::new(db, &anchors))
}

/// What is wrong with the names: declared twice, in the wrong place, no DNS label.
#[salsa::tracked]
pub fn diagnostics(db: &dyn Db, project: Project) -> Diagnostics {
    let mut found = Vec::new();
    let index = index(db, project);
    index.problems(db, &mut found);
    found.into()
}
