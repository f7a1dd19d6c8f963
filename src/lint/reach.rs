//! What no single cluster shows: rules and overrides that reach nothing, paths
//! that lie in each other.
//!
//! Reports E0506, E0507, W0508.

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{self, OverrideTarget, Written};
use crate::names;
use crate::source::{Anchor, Db, IndexSet, Kind, Origin, is_below, is_within};

pub(super) fn whole_fleet(db: &dyn Db) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    paths(db, &mut out);
    dead_overrides(db, &mut out);
    names_of_kustomizations(db, &mut out);
    super::images::check(db, &mut out);
    super::rings::check(db, &mut out);
    super::redundant::check(db, &mut out);
    out
}

/// A cluster whose root lies in another's would be applied by both.
fn paths(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let mut all: Vec<(&EcoString, Anchor)> =
        fleet::clusters(db).map(|it| (&fleet::cluster(db, it).value.path, it)).collect();
    all.sort_by_key(|(path, _)| path.split('/').collect::<Vec<_>>());
    for pair in all.windows(2) {
        let [(outer, a), (inner, b)] = pair else { continue };
        if is_within(inner, outer) {
            out.push(nested_path(db, *a, outer, *b, inner));
        }
    }
    let output = &fleet::settings(db, db.project()).value.output;
    for (path, anchor) in all {
        if !is_below(path, &output.clusters) {
            out.push(outside_output(Origin::of(anchor), path, &output.clusters));
        }
    }
    catalogue_paths(db, out);
}

/// Catalogues stand below `common/`, applications below `applications/`, and none
/// inside another: what is no longer produced could not be found again elsewhere.
fn catalogue_paths(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let output = &fleet::settings(db, db.project()).value.output;
    let mut dirs: Vec<(EcoString, Option<Anchor>)> = names::index(db, db.project())
        .catalogues
        .values()
        .map(|it| (crate::flux::directory(db, *it), Some(*it)))
        .collect();
    for (path, anchor) in &dirs {
        let root = match anchor.map(|it| it.kind(db)) {
            Some(Kind::Application) => &output.applications,
            _ => &output.common,
        };
        if let (Some(anchor), false) = (anchor, is_below(path, root)) {
            out.push(outside_output(Origin::of(*anchor), path, root));
        }
    }
    dirs.push((ecow::eco_format!("{}/sources", output.common), None));
    dirs.sort_by_key(|(path, _)| path.split('/').map(EcoString::from).collect::<Vec<_>>());
    for pair in dirs.windows(2) {
        let [(outer, a), (inner, b)] = pair else { continue };
        let overlap = is_within(inner, outer);
        if let (true, Some(at)) = (overlap, b.or(*a)) {
            let other = if b.is_some() { *a } else { None };
            out.push(nested_catalogue(Origin::of(at), inner, other.map(Origin::of), outer));
        }
    }
}

/// Overrides that no cluster shows, and rules that no cluster matches.
fn dead_overrides(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let index = names::index(db, db.project());
    if fleet::clusters(db).next().is_none() {
        return;
    }
    let mut applied: IndexSet<Anchor> = IndexSet::default();
    let mut reached: IndexSet<Written> = IndexSet::default();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        applied.extend(cluster.ranks.iter().flatten());
        for it in cluster.applied.iter() {
            if reached.contains(&it.written) {
                continue;
            }
            let has = |item: Anchor| cluster.taken.iter().any(|taken| taken.items.contains(&item));
            let is_own = |item: Anchor| item.parent(db) == Some(anchor) || cluster.baseline == Some(item);
            let own = || index.items_of(anchor).map(|(_, it)| it);
            let hits = match Some(it.statement(db).target) {
                None => false,
                Some(OverrideTarget::One(target)) => target.kind(db) == Kind::Source || has(target) || is_own(target),
                Some(target) => {
                    let taken = cluster.taken.iter().flat_map(|it| it.items.iter().copied());
                    taken.chain(own()).chain(cluster.baseline).any(|item| target.reaches(db, item))
                }
            };
            if hits {
                reached.insert(it.written);
            }
        }
    }
    for rule in index.rules.values() {
        if !applied.contains(rule) {
            out.push(dead_rule(*rule, rule.name(db)));
        }
    }
    let layers = index
        .rules
        .values()
        .chain(&index.overrides)
        .chain(index.groups.values())
        .chain(index.clusters.values())
        .chain(index.inventories.values());
    for layer in layers.filter(|it| applied.contains(*it)) {
        for (nth, it) in (0..).zip(&fleet::statements(db, *layer).value.overrides) {
            if !reached.contains(&Written::In { anchor: *layer, nth }) {
                out.push(dead_override(Origin::new(*layer, it.node)));
            }
        }
    }
}

/// A catalogue may not have the name of a Kustomization that is made anyway.
fn names_of_kustomizations(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let items = index.items.values().chain(index.local_sources.values()).flatten();
    let tops = index.catalogues.iter().chain(&index.sources).chain(&index.repositories).chain(&index.tenants);
    for (name, anchor) in tops.chain(items) {
        if name == "kustomization" {
            out.push(taken_name(Origin::of(*anchor), name, "the file that lists a directory's objects"));
        }
    }
    for (name, anchor) in &index.catalogues {
        if *name == settings.sync.root {
            out.push(taken_name(Origin::of(*anchor), name, "the Kustomization at a cluster's root"));
        }
        if name == "sources" {
            out.push(taken_name(Origin::of(*anchor), name, "the directory of the sources at the top level"));
        }
    }
}

fn nested_path(db: &dyn Db, outer: Anchor, outer_path: &str, inner: Anchor, inner_path: &str) -> Diagnostic {
    let message = if outer_path == inner_path {
        eco_format!("two clusters have the directory `{outer_path}`")
    } else {
        eco_format!("the directory of `{}` lies inside that of `{}`", inner.name(db), outer.name(db))
    };
    Diagnostic::new(code::NESTED_PATH, message, Origin::of(inner), eco_format!("`{inner_path}`"))
        .label(Origin::of(outer), eco_format!("`{outer_path}`"))
        .note("Flux applies everything below a cluster's directory")
        .help("set `path` or `directory` of one, or put them into groups of different names")
}

fn outside_output(at: Origin, path: &str, root: &str) -> Diagnostic {
    Diagnostic::new(
        code::NESTED_PATH,
        eco_format!("the directory `{path}` does not lie below `{root}`"),
        at,
        "declared in another catalogue",
    )
    .note("files that are no longer produced are looked for in the generated directories only")
    .help(eco_format!("write `path = \"{root}/…\"`, or another `output {{ … }}` in the fleet"))
}

fn dead_rule(rule: Anchor, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::DEAD,
        eco_format!("the rule `{name}` matches no cluster"),
        Origin::of(rule),
        "applies to none",
    )
    .help("remove it, or fix its condition")
}

fn dead_override(at: Origin) -> Diagnostic {
    Diagnostic::new(code::DEAD, "this override never applies", at, "no cluster that it applies to uses its target")
        .help("remove it, or `use` the item there")
}

fn taken_name(at: Origin, name: &str, what: &str) -> Diagnostic {
    Diagnostic::new(
        code::TAKEN_NAME,
        eco_format!("nothing that has a file can be named `{name}`"),
        at,
        eco_format!("that is {what}"),
    )
    .help("choose another name")
}

fn nested_catalogue(at: Origin, path: &str, other: Option<Origin>, outer: &str) -> Diagnostic {
    Diagnostic::new(code::NESTED_PATH, eco_format!("the directories `{outer}` and `{path}` overlap"), at, "this one")
        .label_if(other, "the other one")
        .help("set another `path`")
}
