//! The pipeline, as a table of contents.

mod library;
mod paths;
mod tidy;

use tidy::is_about;
pub use tidy::tidy;

use rayon::prelude::*;

use crate::check;
use crate::diagnostic::{Diagnostic, code};
use crate::emit::{self, FileTree};
use crate::fleet;
use crate::flux;
use crate::lint;
use crate::names;
use crate::provision;
use crate::source::{Anchor, Db, FleetDatabase, Kind, Project, SourceFile, is_of_library};

/// Everything that a build needs: the files, and what to tell the author.
pub struct Compilation {
    pub tree: FileTree,
    pub diagnostics: Vec<Diagnostic>,
    pub clusters: usize,
    pub addons: usize,
}

impl Compilation {
    /// Whether the tree may be written.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Compiles the whole project.
#[must_use]
pub fn compile(db: &FleetDatabase) -> Compilation {
    let diagnostics = diagnose(db);
    let mut tree = FileTree::default();
    let index = names::index(db, db.project());
    let addons = index.items.values().flatten().filter(|(_, it)| it.kind(db) == crate::source::Kind::ADDON).count();
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Compilation { tree, diagnostics, clusters: fleet::clusters(db).count(), addons };
    }
    for catalogue in index.catalogues.values() {
        tree.extend(common_files(db, *catalogue));
    }
    tree.extend(&emit::common_files(db, &flux::shared_sources(db, db.project()).value));
    let clusters: Vec<Anchor> = fleet::clusters(db).collect();
    on_all_threads(db, &clusters, |db, cluster| {
        cluster_files(db, cluster);
    });
    for cluster in clusters {
        tree.extend(cluster_files(db, cluster));
    }
    let mut diagnostics = diagnostics;
    let clashes = paths::problems(&tree);
    if !clashes.is_empty() {
        diagnostics = tidy(db, diagnostics.into_iter().chain(clashes).collect());
        tree = FileTree::default();
    }
    Compilation { tree, diagnostics, clusters: fleet::clusters(db).count(), addons }
}

/// Parses the project and its packages on all threads; what follows finds it done. Of the standard library, only what the
/// project speaks of.
pub fn parse(db: &FleetDatabase) {
    let project = db.project().files(db);
    let is_named = |package: &Project| project.iter().any(|it| it.text(db).contains(package.name(db).as_str()));
    let packages = db.packages().into_iter().filter(|it| !is_standard(db, *it) || is_named(it));
    let files: Vec<SourceFile> =
        packages.chain(std::iter::once(db.project())).flat_map(|it| it.files(db).to_vec()).collect();
    on_all_threads(db, &files, |db, file| {
        crate::syntax::anchors(db, file);
    });
}

/// What is wrong with the project. What clusters come to is looked at once every
/// declaration is right by itself: all else would follow from what is wrong there.
#[must_use]
pub fn diagnose(db: &FleetDatabase) -> Vec<Diagnostic> {
    let mut diagnostics = check(db);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        warm(db);
        diagnostics.extend(deployment(db));
        if !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(checks(db));
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            // Whether something applies nowhere is known once everything is computed.
            diagnostics.retain(|it| it.code != code::DEAD);
        }
    }
    db.settle();
    tidy(db, diagnostics)
}

/// The files of a catalogue.
#[salsa::tracked]
pub fn common_files(db: &dyn Db, catalogue: Anchor) -> FileTree {
    emit::common_files(db, &flux::bundle(db, catalogue).value)
}

/// The files of a cluster.
#[salsa::tracked]
pub fn cluster_files(db: &dyn Db, cluster: Anchor) -> FileTree {
    emit::cluster_files(db, cluster)
}

/// Compiles the clusters on all threads; what follows finds them done.
fn warm(db: &FleetDatabase) {
    let catalogues: Vec<Anchor> = names::index(db, db.project()).catalogues.values().copied().collect();
    let clusters: Vec<Anchor> = fleet::clusters(db).collect();
    // Facts first: what `common/` holds depends on the clusters that take it.
    on_all_threads(db, &clusters, |db, cluster| {
        fleet::cluster(db, cluster);
    });
    for catalogue in catalogues {
        flux::bundle(db, catalogue);
    }
    on_all_threads(db, &clusters, |db, cluster| {
        flux::deployed(db, cluster);
        lint::cluster_diagnostics(db, cluster);
    });
}

fn on_all_threads<T: Copy + Sync>(db: &FleetDatabase, all: &[T], run: impl Fn(&FleetDatabase, T) + Sync) {
    let chunk = all.len().div_ceil(rayon::current_num_threads() * 4).max(1);
    let handles: Vec<(FleetDatabase, &[T])> = all.chunks(chunk).map(|it| (db.clone(), it)).collect();
    handles.into_par_iter().for_each(|(db, chunk)| chunk.iter().for_each(|it| run(&db, *it)));
}

/// What can be said without any cluster.
fn check(db: &FleetDatabase) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for file in db.project().files(db).iter() {
        found.extend(crate::syntax::diagnostics(db, *file).iter().cloned());
    }
    found.extend(names::diagnostics(db, db.project()).iter().cloned());
    found.extend(of_packages(db));
    for anchor in used_of_packages(db) {
        found.extend(check::check(db, anchor).iter().cloned());
    }
    let anchors: Vec<Anchor> =
        db.project().files(db).iter().flat_map(|it| crate::syntax::anchors(db, *it).iter().copied()).collect();
    on_all_threads(db, &anchors, |db, anchor| {
        check::check(db, anchor);
    });
    for anchor in anchors {
        found.extend(check::check(db, anchor).iter().cloned());
    }
    // What is wrong with the block's shape is wrong with its values too.
    if !found.iter().any(|it| it.is_error() && is_about(db, it, Kind::Fleet)) {
        found.extend(fleet::settings(db, db.project()).diagnostics.iter().cloned());
    }
    found.extend(fleet::all_clusters(db, db.project()).diagnostics.iter().cloned());
    found.extend(fleet::moves(db, db.project()).diagnostics.iter().cloned());
    found
}

fn is_standard(db: &FleetDatabase, package: Project) -> bool {
    is_of_library(package.name(db))
}

/// What is wrong with packages, whoever uses them: what cannot be read, names, and
/// what sees no cluster. Their warnings are their own.
fn of_packages(db: &FleetDatabase) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for package in db.packages().into_iter().filter(|it| !is_standard(db, *it)) {
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
fn used_of_packages(db: &FleetDatabase) -> Vec<Anchor> {
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
fn deployment(db: &FleetDatabase) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for catalogue in names::index(db, db.project()).catalogues.values() {
        found.extend(fleet::catalogue(db, *catalogue).diagnostics.iter().cloned());
        found.extend(flux::bundle(db, *catalogue).diagnostics.iter().cloned());
    }
    found.extend(flux::shared_sources(db, db.project()).diagnostics.iter().cloned());
    for cluster in fleet::clusters(db) {
        found.extend(fleet::cluster(db, cluster).diagnostics.iter().cloned());
        found.extend(flux::deployed(db, cluster).diagnostics.iter().cloned());
        found.extend(lint::cluster_diagnostics(db, cluster).iter().cloned());
        found.extend(provision::diagnostics(db, cluster).iter().cloned());
    }
    found.extend(lint::fleet_diagnostics(db, db.project()).iter().cloned());
    found.extend(provision::roles_twice(db, db.project()).iter().cloned());
    found
}

/// What the author's own checks say, once everything that they read is right.
fn checks(db: &FleetDatabase) -> Vec<Diagnostic> {
    if names::index(db, db.project()).checks.is_empty() {
        return Vec::new();
    }
    let clusters: Vec<Anchor> = fleet::clusters(db).collect();
    on_all_threads(db, &clusters, |db, cluster| {
        fleet::cluster_checks(db, cluster);
    });
    let mut found: Vec<Diagnostic> =
        clusters.iter().flat_map(|it| fleet::cluster_checks(db, *it).failures.iter().cloned()).collect();
    found.extend(fleet::fleet_checks(db, db.project()).iter().cloned());
    found
}

/// Overrides that were meant to be there until a day that is past.
#[must_use]
pub fn expired(db: &FleetDatabase, today: &str) -> Vec<Diagnostic> {
    let index = names::index(db, db.project());
    let holders = index.overrides.iter().chain(index.rules.values()).chain(index.groups.values());
    let holders = holders.chain(index.clusters.values()).chain(index.inventories.values());
    let found = holders.flat_map(|anchor| fleet::expired(db, *anchor, today)).collect();
    tidy(db, found)
}
