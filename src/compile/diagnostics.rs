//! What is wrong with a project, out of what each layer says.

use super::tidy::{is_about, tidy};
use crate::check;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::fleet;
use crate::flux;
use crate::lint;
use crate::names;
use crate::provision;
use crate::source::{Anchor, Db, Kind, Project, is_of_library};

/// Everything. What clusters come to is looked at once every declaration is right by itself: all else would follow from
/// what is wrong there.
#[salsa::tracked]
pub(super) fn all(db: &dyn Db, project: Project) -> Diagnostics {
    let mut found = of_declarations(db, project).to_vec();
    if !found.iter().any(Diagnostic::is_error) {
        found.extend(of_clusters(db, project).iter().cloned());
        if !found.iter().any(Diagnostic::is_error) {
            found.extend(of_checks(db));
        }
        if found.iter().any(Diagnostic::is_error) {
            // Whether something applies nowhere is known once everything is computed.
            found.retain(|it| it.code != code::DEAD);
        }
    }
    tidy(db, found).into()
}

/// What can be said without any cluster.
#[salsa::tracked]
pub(super) fn of_declarations(db: &dyn Db, project: Project) -> Diagnostics {
    let mut found = Vec::new();
    for file in project.files(db).iter() {
        found.extend(crate::syntax::diagnostics(db, *file).iter().cloned());
    }
    found.extend(names::diagnostics(db, project).iter().cloned());
    found.extend(of_packages(db));
    for anchor in used_of_packages(db) {
        found.extend(check::check(db, anchor).iter().cloned());
    }
    let anchors: Vec<Anchor> =
        project.files(db).iter().flat_map(|it| crate::syntax::anchors(db, *it).iter().copied()).collect();
    for anchor in anchors {
        found.extend(check::check(db, anchor).iter().cloned());
    }
    // What is wrong with the block's shape is wrong with its values too.
    if !found.iter().any(|it| it.is_error() && is_about(db, it, Kind::Fleet)) {
        found.extend(fleet::settings(db, project).diagnostics.iter().cloned());
    }
    found.extend(fleet::all_clusters(db, project).diagnostics.iter().cloned());
    found.extend(fleet::moves(db, project).diagnostics.iter().cloned());
    found.into()
}

/// What is wrong with packages, whoever uses them: what cannot be read, names, and
/// what sees no cluster. Their warnings are their own.
fn of_packages(db: &dyn Db) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for package in db.packages().into_iter().filter(|it| !is_of_library(it.name(db))) {
        for file in package.files(db).iter().filter(|it| it.package(db) == package.name(db)) {
            found.extend(crate::syntax::diagnostics(db, *file).iter().cloned());
            let alone = |it: &&Anchor| matches!(it.kind(db), Kind::Fn | Kind::Let | Kind::Type);
            for anchor in crate::syntax::anchors(db, *file).iter().filter(alone) {
                found.extend(check::check(db, *anchor).iter().cloned());
            }
        }
        found.extend(names::diagnostics(db, package).iter().cloned());
    }
    found.retain(Diagnostic::is_error);
    found
}

/// The declarations of packages that the project uses: definitions that something is
/// taken from. They are held against this project's facts.
fn used_of_packages(db: &dyn Db) -> Vec<Anchor> {
    let index = names::index(db, db.project());
    let items = index.items.values().flatten().map(|(_, it)| it);
    let taken = items.chain(index.definitions.values()).chain(index.baselines.values());
    // What is imported and taken by nothing is not used.
    let taken = taken.filter(|it| it.file(db).package(db).is_empty());
    let mut used: Vec<Anchor> = Vec::new();
    for it in taken {
        for level in &fleet::levels(db, *it).value {
            if !level.file(db).package(db).is_empty() && !used.contains(level) {
                used.push(*level);
            }
        }
    }
    used
}

/// What only the clusters show.
#[salsa::tracked]
pub(super) fn of_clusters(db: &dyn Db, project: Project) -> Diagnostics {
    let clusters: Vec<Anchor> = fleet::clusters(db).collect();
    let mut found = of_some_clusters(db, project, &clusters);
    found.extend(fleet::reached_alike(db));
    found.extend(lint::fleet_diagnostics(db, project).iter().cloned());
    found.extend(provision::roles_twice(db, project).iter().cloned());
    found.into()
}

/// What catalogues and some clusters show.
pub(super) fn of_some_clusters(db: &dyn Db, project: Project, clusters: &[Anchor]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for catalogue in names::index(db, project).catalogues.values() {
        found.extend(fleet::catalogue(db, *catalogue).diagnostics.iter().cloned());
        found.extend(flux::bundle(db, *catalogue).diagnostics.iter().cloned());
    }
    found.extend(flux::shared_sources(db, project).diagnostics.iter().cloned());
    for cluster in clusters.iter().copied() {
        found.extend(fleet::cluster(db, cluster).diagnostics.iter().cloned());
        found.extend(flux::outline(db, cluster).diagnostics.iter().cloned());
        found.extend(lint::cluster_diagnostics(db, cluster).iter().cloned());
        found.extend(provision::diagnostics(db, cluster).iter().cloned());
    }
    found
}

/// What the author's own checks say, once everything that they read is right.
fn of_checks(db: &dyn Db) -> Vec<Diagnostic> {
    if names::index(db, db.project()).checks.is_empty() {
        return Vec::new();
    }
    let clusters: Vec<Anchor> = fleet::clusters(db).collect();
    let mut found: Vec<Diagnostic> =
        clusters.iter().flat_map(|it| fleet::cluster_checks(db, *it).failures.iter().cloned()).collect();
    found.extend(fleet::fleet_checks(db, db.project()).iter().cloned());
    found
}
