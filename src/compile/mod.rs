//! The pipeline, as a table of contents.

mod diagnostics;
mod library;
mod paths;
mod tidy;

pub use tidy::tidy;

use rayon::prelude::*;

use crate::check;
use crate::diagnostic::{Diagnostic, code};
use crate::emit::{self, FileTree};
use crate::fleet;
use crate::flux;
use crate::lint;
use crate::names;
use crate::source::{Anchor, Db, FleetDatabase, Project, SourceFile, is_of_library};

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
    let packages = db.packages().into_iter().filter(|it| !is_of_library(it.name(db)) || is_named(it));
    let files: Vec<SourceFile> =
        packages.chain(std::iter::once(db.project())).flat_map(|it| it.files(db).to_vec()).collect();
    on_all_threads(db, &files, |db, file| {
        crate::syntax::anchors(db, file);
    });
}

/// What is wrong with the project.
#[must_use]
pub fn diagnose(db: &FleetDatabase) -> Vec<Diagnostic> {
    warm(db);
    let found = diagnostics::all(db, db.project());
    db.settle();
    found.to_vec()
}

/// What is wrong with the project as far as it concerns some clusters: every declaration by itself, what is common, and
/// these clusters. What only other clusters show is not looked at.
#[must_use]
pub fn diagnose_of(db: &FleetDatabase, clusters: &[&str]) -> Vec<Diagnostic> {
    check_declarations(db);
    let project = db.project();
    let mut found = diagnostics::of_declarations(db, project).to_vec();
    if !found.iter().any(Diagnostic::is_error) {
        let all = &fleet::all_clusters(db, project).value;
        let anchors: Vec<Anchor> = clusters.iter().filter_map(|it| all.get(*it).copied()).collect();
        found.extend(diagnostics::of_some_clusters(db, project, &anchors));
        // That something applies nowhere, all clusters would have to show.
        found.retain(|it| it.code != code::DEAD);
    }
    let found = tidy(db, found);
    db.settle();
    found
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

/// Computes on all threads what the diagnostics are made of, as far as they go; what follows finds it done.
fn warm(db: &FleetDatabase) {
    check_declarations(db);
    if diagnostics::of_declarations(db, db.project()).iter().any(Diagnostic::is_error) {
        return;
    }
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
        flux::outline(db, cluster);
        lint::cluster_diagnostics(db, cluster);
    });
    let has_checks = !names::index(db, db.project()).checks.is_empty();
    if has_checks && !diagnostics::of_clusters(db, db.project()).iter().any(Diagnostic::is_error) {
        on_all_threads(db, &clusters, |db, cluster| {
            fleet::cluster_checks(db, cluster);
        });
    }
}

/// Checks every declaration by itself, on all threads.
fn check_declarations(db: &FleetDatabase) {
    let anchors: Vec<Anchor> =
        db.project().files(db).iter().flat_map(|it| crate::syntax::anchors(db, *it).iter().copied()).collect();
    on_all_threads(db, &anchors, |db, anchor| {
        check::check(db, anchor);
    });
}

fn on_all_threads<T: Copy + Sync>(db: &FleetDatabase, all: &[T], run: impl Fn(&FleetDatabase, T) + Sync) {
    let chunk = all.len().div_ceil(rayon::current_num_threads() * 4).max(1);
    let handles: Vec<(FleetDatabase, &[T])> = all.chunks(chunk).map(|it| (db.clone(), it)).collect();
    handles.into_par_iter().for_each(|(db, chunk)| chunk.iter().for_each(|it| run(&db, *it)));
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
