//! Who is meant: every name of the project in one table.
//!
//! In: the anchors of every file. Out: [`Index`], the same for any order of
//! files and declarations. Looks at names and nesting only, and at whether a catalogue
//! is a definition: editing a body leaves it alone.

mod import;
mod instance;
mod place;
mod problems;
mod reserved;
mod table;
mod template;
pub mod unknown;

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

pub use place::{Enclosing, is_dns_label};
pub use problems::unknown_package;
pub use reserved::{CLUSTER_SETTINGS, is_reserved};
pub use table::Index;
pub use template::{is_of_template, is_template, taken_from};

use crate::diagnostic::{Diagnostics, Invariant};
use crate::source::{Anchor, Db, Kind, Project, STANDARD};
use crate::syntax::{
    self,
    ast::{Expr, ExprKind},
};

/// The names that a project or a package declares itself.
#[salsa::tracked]
pub fn declared(db: &dyn Db, project: Project) -> Arc<Index> {
    let mut anchors = Vec::new();
    for file in project.files(db).iter() {
        anchors.extend(syntax::anchors(db, *file).iter().copied());
    }
    Arc::new(Index::new(db, &anchors))
}

/// The names that a project or a package declares or imports.
#[salsa::tracked]
fn imported(db: &dyn Db, project: Project) -> Arc<Index> {
    let own = declared(db, project);
    if own.imports.is_empty() {
        return Arc::clone(own);
    }
    let mut index = Index::clone(own);
    import::import(&mut index, db, project, |it| declared(db, it));
    Arc::new(index)
}

/// The names of the project, those that it imports and those that its catalogues take from definitions included.
#[salsa::tracked]
pub fn index(db: &dyn Db, project: Project) -> Arc<Index> {
    let own = imported(db, project);
    if !own.catalogues.values().any(|it| taken_from(db, *it).is_some()) {
        return Arc::clone(own);
    }
    let mut index = Index::clone(own);
    instance::instantiate(&mut index, db, |it| definitions_of(db, it));
    Arc::new(index)
}

/// The definition of that name that a catalogue sees.
pub fn template_named(db: &dyn Db, index: &Index, from: Anchor, path: &str) -> Option<Anchor> {
    index.templates.get(path).copied().or_else(|| qualified(db, from, path, |it| &it.templates))
}

/// The definitions that a catalogue is declared from, nearest first, each with the names that it sees.
fn definitions_of(db: &dyn Db, catalogue: Anchor) -> Vec<(Anchor, &Index)> {
    let mut found: Vec<(Anchor, &Index)> = Vec::new();
    let mut at = catalogue;
    let seen = |it: Anchor| imported(db, package_of(db, it));
    while let Some((_, path)) = taken_from(db, at) {
        let next = template_named(db, seen(at), at, path);
        let Some(next) = next.filter(|it| !found.iter().any(|(known, _)| known == it)) else { break };
        found.push((next, seen(next)));
        at = next;
    }
    found
}

fn package_of(db: &dyn Db, anchor: Anchor) -> Project {
    db.package(anchor.file(db).package(db)).invariant("a declaration is of the project or a package")
}

/// The names that a declaration sees: those of its project or package.
pub fn index_of(db: &dyn Db, anchor: Anchor) -> &Index {
    index(db, package_of(db, anchor))
}

/// The names of the standard library, which every project sees.
pub fn standard(db: &dyn Db) -> &Index {
    declared(db, db.package(STANDARD).invariant("the standard library is a package"))
}

/// What `a.b` names in another package: `std.addons.velero`, `platform.one`. The
/// tables that may hold it are the caller's choice.
pub fn qualified(
    db: &dyn Db,
    from: Anchor,
    path: &str,
    table: impl Fn(&Index) -> &BTreeMap<EcoString, Anchor>,
) -> Option<Anchor> {
    let (package, name) = path.rsplit_once('.')?;
    let project = db.package(from.file(db).package(db))?;
    let package = db.package(project.packages(db).get(package)?)?;
    let found = table(declared(db, package)).get(name).copied()?;
    (found.file(db).package(db) == package.name(db)).then_some(found)
}

/// The declared function that a call names: by its name, or with its package, `std.eks.karpenter-node-pool`.
#[must_use]
pub fn called(db: &dyn Db, from: Anchor, callee: &Expr) -> Option<Anchor> {
    let found = match &callee.kind {
        ExprKind::Name(name) => index_of(db, from).lets.get(name).copied(),
        _ => qualified(db, from, &path(callee)?, |it| &it.lets),
    };
    found.filter(|it| it.kind(db) == Kind::Fn)
}

/// Names with dots between them.
fn path(expr: &Expr) -> Option<EcoString> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { of, name, safe: false } => Some(eco_format!("{}.{name}", path(of)?)),
        _ => None,
    }
}

/// What is wrong with the names: declared twice, in the wrong place, no DNS label.
#[salsa::tracked]
pub fn diagnostics(db: &dyn Db, project: Project) -> Diagnostics {
    let mut found = Vec::new();
    problems::of_table(index(db, project), db, &mut found);
    found.into()
}
