//! `dependsOn` leads nowhere in a cycle: Flux would wait forever, and would
//! stop watching the source of everything in it.
//!
//! Reports E0625.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{self, Cluster};
use crate::flux::{Cause, Deployed, Unit};
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::value::Node;

const TAKE_OUT: &str = "take one `after` or `requires` out, or move what both need into a third";

/// For each name, what it waits for and where it is declared.
type Graph = BTreeMap<EcoString, (Vec<EcoString>, Origin)>;

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let units = of_units(deployed);
    // Two of one name seem to wait for themselves.
    if let Some(cycle) = cycle(&units).filter(|it| !(lint.has_errors && it.len() == 2)) {
        let mut edges = Vec::new();
        let mut is_inferred = false;
        for (from, to) in cycle.iter().zip(cycle.iter().skip(1)) {
            let said = || after_of(lint.db, key_of(deployed, from)?, key_of(deployed, to)?);
            if let Some(at) = said() {
                edges.push(Edge { at, why: eco_format!("`{from}` comes after `{to}`") });
            } else {
                is_inferred = true;
                edges.extend(inferred(lint.db, deployed, from, to));
            }
        }
        let problem = cycle_problem(&cycle, &edges, &cluster.name);
        let note = "a kind comes before its objects, and a namespace before what is in it, though nothing says so";
        lint.out.push(if is_inferred {
            problem.note(note).help("move one of these objects into another catalogue, or take one `after` out")
        } else {
            problem.help(TAKE_OUT)
        });
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
        let origins = units_origins(&attached, &cycle);
        lint.out.push(cycle_problem(&cycle, &parts(origins), &cluster.name).help(TAKE_OUT));
    }
    // Several catalogues may have an add-on of one name.
    let db = lint.db;
    let qualified = |it: Anchor| it.dotted(db);
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
        lint.out.push(cycle_problem(&cycle, &parts(links(&cycle, required)), &cluster.name).help(TAKE_OUT));
    }
}

/// The Kustomizations of a cluster by what they are called there: several may have one name, each in its own namespace.
fn of_units(deployed: &Deployed) -> Graph {
    let by_id: BTreeMap<(&EcoString, &EcoString), &EcoString> = deployed
        .units
        .iter()
        .map(|it| ((&it.kustomization.id.namespace, &it.kustomization.id.name), &it.name))
        .collect();
    let edges = |it: &Unit| {
        let own = &it.kustomization.id.namespace;
        let all = depends_on(it.kustomization.spec());
        let known = |(namespace, name): (Option<&EcoString>, &EcoString)| {
            by_id.get(&(namespace.unwrap_or(own), name)).map(|it| EcoString::clone(it))
        };
        all.into_iter().filter_map(known).collect()
    };
    deployed.units.iter().map(|it| (it.name.clone(), (edges(it), it.origin))).collect()
}

/// Where each in a cycle says that it waits for the next.
fn links(cycle: &[EcoString], at: impl Fn(&EcoString, &EcoString) -> Option<Origin>) -> Vec<Origin> {
    cycle.iter().zip(cycle.iter().skip(1)).filter_map(|(from, to)| at(from, to)).collect()
}

/// Why one waits for another, and where that is said or caused.
struct Edge {
    at: Origin,
    why: EcoString,
}

/// Places of a cycle that all say so themselves.
fn parts(origins: Vec<Origin>) -> Vec<Edge> {
    let texts = std::iter::once("part of the cycle").chain(std::iter::repeat("also part of it"));
    origins.into_iter().zip(texts).map(|(at, why)| Edge { at, why: why.into() }).collect()
}

/// What makes a Kustomization come after another where its author does not say so: one object for each reason.
fn inferred(db: &dyn Db, deployed: &Deployed, from: &str, to: &str) -> Vec<Edge> {
    let Some(unit) = deployed.units.iter().find(|it| it.name == from) else { return Vec::new() };
    let edges = unit.inferred.iter().filter(|it| it.unit == to).map(|it| {
        let why = match &it.why {
            Cause::KindOf(kind, addon) => {
                eco_format!("in `{from}`: `{}` of `{to}` brings the kind {kind}", addon.name(db))
            }
            Cause::Definition(kind) => eco_format!("in `{from}`: `{to}` defines the kind {kind}"),
            Cause::Namespace(name) => eco_format!("in `{from}`: goes into `{name}`, which `{to}` makes"),
        };
        Edge { at: it.origin, why }
    });
    let edges: Vec<Edge> = edges.collect();
    if edges.is_empty() {
        vec![Edge { at: unit.origin, why: eco_format!("`{from}` comes after `{to}`") }]
    } else {
        edges
    }
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
    depends_on(spec).into_iter().map(|(_, name)| name.clone()).collect()
}

/// What a Kustomization waits for: a namespace, where it is said, and a name.
fn depends_on(spec: Option<&Node>) -> Vec<(Option<&EcoString>, &EcoString)> {
    let all = spec.and_then(|it| it.get("dependsOn")).and_then(Node::list).unwrap_or_default();
    all.iter().filter_map(|it| Some((it.get("namespace").and_then(Node::text), it.get("name")?.text()?))).collect()
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

fn cycle_problem(path: &[EcoString], edges: &[Edge], cluster: &EcoString) -> Diagnostic {
    let text: Vec<&str> = path.iter().map(EcoString::as_str).collect();
    let message = eco_format!("these wait for each other: {}", text.join(" → "));
    let mut diagnostic = match edges.first() {
        Some(it) => Diagnostic::new(code::CYCLE, message, it.at, it.why.clone()),
        None => {
            Diagnostic::new(code::CYCLE, message, crate::diagnostic::Place::File(cluster.clone()), "on this cluster")
        }
    };
    for it in edges.iter().skip(1) {
        diagnostic = diagnostic.label(it.at, it.why.clone());
    }
    diagnostic.note("Flux would wait forever, and stop watching the source of all of them")
}
