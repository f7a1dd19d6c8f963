//! `dependsOn` leads nowhere in a cycle: Flux would wait forever, and would
//! stop watching the source of everything in it.
//!
//! Reports E0625.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{self, Cluster};
use crate::flux::Deployed;
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::value::Node;

/// For each name, what it waits for and where it is declared.
type Graph = BTreeMap<EcoString, (Vec<EcoString>, Origin)>;

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let units: Graph =
        deployed.units.iter().map(|it| (it.name.clone(), (dependencies(it.kustomization.spec()), it.origin))).collect();
    if let Some(cycle) = cycle(&units) {
        let origins = links(&cycle, |from, to| {
            after_of(lint.db, key_of(deployed, from)?, key_of(deployed, to)?)
                .or_else(|| units.get(from).map(|(_, origin)| *origin))
        });
        lint.out.push(cycle_problem(&cycle, &origins, &cluster.name));
    }
    // Those of tenants, by namespace and name.
    let attached: Graph = deployed
        .root
        .iter()
        .filter(|it| it.id.kind == "Kustomization")
        .map(|it| {
            let of = |name: EcoString| eco_format!("{}/{name}", it.id.namespace);
            let names = dependencies(it.spec()).into_iter().map(of).collect();
            (of(it.id.name.clone()), (names, it.origin))
        })
        .collect();
    if let Some(cycle) = cycle(&attached) {
        lint.out.push(cycle_problem(&cycle, &units_origins(&attached, &cycle), &cluster.name));
    }
    // Several catalogues may have an add-on of one name.
    let db = lint.db;
    let qualified = |it: Anchor| {
        it.parent(db).map_or_else(|| it.name(db).clone(), |of| eco_format!("{}.{}", of.name(db), it.name(db)))
    };
    let releases: Graph = deployed
        .releases()
        .map(|(_, it)| {
            let names = it.requires.iter().map(|(it, _)| qualified(*it)).collect();
            (qualified(it.addon), (names, Origin::of(it.addon)))
        })
        .collect();
    if let Some(cycle) = cycle(&releases) {
        let required = |from: &EcoString, to: &EcoString| {
            let release = deployed.releases().find(|(_, it)| qualified(it.addon) == *from)?.1;
            release.requires.iter().find(|(it, _)| qualified(*it) == *to).map(|it| it.1)
        };
        lint.out.push(cycle_problem(&cycle, &links(&cycle, required), &cluster.name));
    }
}

/// Where each in a cycle says that it waits for the next.
fn links(cycle: &[EcoString], at: impl Fn(&EcoString, &EcoString) -> Option<Origin>) -> Vec<Origin> {
    cycle.iter().zip(cycle.iter().skip(1)).filter_map(|(from, to)| at(from, to)).collect()
}

/// What a Kustomization is called in the project.
fn key_of<'a>(deployed: &'a Deployed, name: &str) -> Option<&'a str> {
    let unit = deployed.units.iter().find(|it| it.name == name)?;
    Some(unit.file.strip_suffix(".yaml").unwrap_or(&unit.file))
}

/// Where a catalogue comes after another: `after = [other]`, `after = [other.item]`.
fn after_of(db: &dyn Db, from: &str, to: &str) -> Option<Origin> {
    let catalogue = names::index(db, db.project()).catalogues.get(from)?;
    let body = &fleet::catalogue(db, *catalogue).value;
    let named = body.get("after").and_then(Node::list).unwrap_or_default();
    let is_it = |it: &Node| {
        it.text().is_some_and(|it| {
            it == to || it.split_once('.').is_some_and(|(it, item)| it == to || to == format!("{it}-{item}"))
        })
    };
    named.iter().find(|it| is_it(it)).map(|it| it.origin)
}

fn units_origins(graph: &Graph, cycle: &[EcoString]) -> Vec<Origin> {
    cycle.iter().filter_map(|it| graph.get(it).map(|(_, origin)| *origin)).collect()
}

fn dependencies(spec: Option<&Node>) -> Vec<EcoString> {
    spec.and_then(|it| it.get("dependsOn"))
        .and_then(Node::list)
        .unwrap_or_default()
        .iter()
        .filter_map(|it| it.get("name")?.text().cloned())
        .collect()
}

/// The first cycle, its first name again at the end.
fn cycle(graph: &Graph) -> Option<Vec<EcoString>> {
    let mut done: BTreeMap<&EcoString, bool> = BTreeMap::new();
    // What waits for nothing is in no cycle.
    for start in graph.iter().filter(|(_, (waits_for, _))| !waits_for.is_empty()).map(|(name, _)| name) {
        let mut path: Vec<(&EcoString, usize)> = vec![(start, 0)];
        if done.contains_key(start) {
            continue;
        }
        done.insert(start, false);
        while let Some((name, next)) = path.last_mut() {
            let name: &EcoString = name;
            let target = graph.get(name).and_then(|(it, _)| it.get(*next));
            *next += 1;
            match target {
                None => {
                    done.insert(name, true);
                    path.pop();
                }
                Some(target) => match (graph.get_key_value(target), done.get(target)) {
                    (Some((target, _)), None) => {
                        done.insert(target, false);
                        path.push((target, 0));
                    }
                    (_, Some(false)) => {
                        let from = path.iter().position(|(it, _)| *it == target).unwrap_or(0);
                        let mut cycle: Vec<EcoString> = path.iter().skip(from).map(|(it, _)| (*it).clone()).collect();
                        cycle.push(target.clone());
                        return Some(cycle);
                    }
                    _ => {}
                },
            }
        }
    }
    None
}

fn cycle_problem(path: &[EcoString], origins: &[Origin], cluster: &EcoString) -> Diagnostic {
    let text: Vec<&str> = path.iter().map(EcoString::as_str).collect();
    let first = origins.first().copied();
    let mut diagnostic = match first {
        Some(at) => Diagnostic::new(
            code::CYCLE,
            eco_format!("these wait for each other: {}", text.join(" → ")),
            at,
            "part of the cycle",
        ),
        None => Diagnostic::new(
            code::CYCLE,
            eco_format!("these wait for each other: {}", text.join(" → ")),
            crate::diagnostic::Place::File(cluster.clone()),
            "on this cluster",
        ),
    };
    for it in origins.iter().skip(1) {
        diagnostic = diagnostic.label(*it, "also part of it");
    }
    diagnostic
        .note("Flux would wait forever, and stop watching the source of all of them")
        .help("take one `after` or `requires` out, or move what both need into a third")
}
