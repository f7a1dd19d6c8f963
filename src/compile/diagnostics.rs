//! What is wrong with a project, out of what each layer says.

use super::library::anchor_of;
use super::tidy::{is_about, tidy};
use crate::check;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code};
use crate::fleet;
use crate::flux;
use crate::lint;
use crate::names;
use crate::provision;
use crate::source::{Anchor, Db, Kind, Project, is_of_library};

/// Everything. What clusters come to is looked at as far as their declarations are right by themselves: all else would
/// follow from what is wrong there.
#[salsa::tracked]
pub(super) fn all(db: &dyn Db, project: Project) -> Diagnostics {
    let mut found = of_declarations(db, project).to_vec();
    if let Some(wrong) = wrong_alone(db, &found) {
        found.extend(of_others(db, &wrong));
    } else if !found.iter().any(Diagnostic::is_error) {
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

/// The declarations that are wrong, if there are any and none of them is about more than what it declares: a catalogue, an
/// item, a cluster. What a fleet, a type or a rule says, others read.
fn wrong_alone(db: &dyn Db, found: &[Diagnostic]) -> Option<Vec<Anchor>> {
    let errors: Vec<&Diagnostic> = found.iter().filter(|it| it.is_error()).collect();
    let is_alone = |it: &Anchor| {
        let has_holder = it.parent(db).is_some();
        match it.kind(db) {
            Kind::Catalogue | Kind::Application | Kind::Cluster => true,
            Kind::Item(_) => has_holder,
            _ => false,
        }
    };
    let may_lack_names = |it: &&Diagnostic| it.code.is_syntax() || OF_NAMES.contains(&it.code);
    if errors.is_empty() || errors.iter().any(may_lack_names) {
        return None;
    }
    errors.iter().map(|it| anchor_of(it).filter(is_alone)).collect()
}

/// Where these are said, names may be missing that others use.
const OF_NAMES: [Code; 8] = [
    code::DUPLICATE,
    code::MISPLACED,
    code::BAD_LABEL,
    code::RESERVED,
    code::SECOND_FLEET,
    code::UNKNOWN_PACKAGE,
    code::UNKNOWN_IMPORT,
    code::RENAMED_SOURCE,
];

/// What the catalogues and clusters show that have nothing to do with what is wrong.
fn of_others(db: &dyn Db, wrong: &[Anchor]) -> Vec<Diagnostic> {
    let is_right = |it: &Anchor| !wrong.contains(&it.written(db));
    let catalogues = names::index(db, db.project()).catalogues.values().copied();
    let whole = |it: &Anchor| {
        let items = names::index(db, db.project()).items_of(*it).map(|(_, it)| it);
        fleet::levels(db, *it).value.iter().all(is_right) && items.chain(local_sources(db, *it)).all(|it| is_right(&it))
    };
    let (right, broken): (Vec<Anchor>, Vec<Anchor>) = catalogues.partition(whole);
    let clusters: Vec<Anchor> = fleet::clusters(db)
        .filter(|it| {
            let cluster = &fleet::cluster(db, *it).value;
            let own = names::index(db, db.project()).items_of(*it).map(|(_, it)| it);
            is_right(it)
                && own.into_iter().all(|it| is_right(&it))
                && !cluster.taken.iter().any(|it| broken.contains(&it.catalogue))
        })
        .collect();
    let mut found = of_catalogues(db, &right);
    found.extend(of_each_cluster(db, &clusters));
    // What no cluster has may be on those that are left out.
    found.retain(Diagnostic::is_error);
    found
}

fn local_sources(db: &dyn Db, catalogue: Anchor) -> Vec<Anchor> {
    let all = names::index(db, db.project()).local_sources.get(&catalogue);
    all.into_iter().flat_map(|it| it.values()).copied().collect()
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
    let own_templates = index.template_items.values().flatten().map(|(_, it)| it);
    let taken = items.chain(own_templates).chain(index.definitions.values()).chain(index.baselines.values());
    let taken = taken.chain(index.catalogues.values()).chain(index.templates.values());
    let mut used: Vec<Anchor> = Vec::new();
    // What is imported and taken by nothing is not used; what a catalogue makes of a definition, it takes.
    for it in taken.filter(|it| it.original(db).is_some() || it.file(db).package(db).is_empty()) {
        let written = it.original(db).filter(|it| !it.file(db).package(db).is_empty());
        for level in fleet::levels(db, *it).value.iter().map(|it| it.written(db)).chain(written) {
            if !level.file(db).package(db).is_empty() && !used.contains(&level) {
                used.push(level);
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
    let catalogues: Vec<Anchor> = names::index(db, project).catalogues.values().copied().collect();
    let mut found = of_catalogues(db, &catalogues);
    found.extend(of_each_cluster(db, clusters));
    found
}

fn of_catalogues(db: &dyn Db, catalogues: &[Anchor]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for catalogue in catalogues {
        found.extend(fleet::catalogue(db, *catalogue).diagnostics.iter().cloned());
        found.extend(flux::bundle(db, *catalogue).diagnostics.iter().cloned());
    }
    found.extend(flux::shared_sources(db, db.project()).diagnostics.iter().cloned());
    found
}

fn of_each_cluster(db: &dyn Db, clusters: &[Anchor]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
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
