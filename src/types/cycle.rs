//! Functions, `let`s and types that name each other: in a cycle, which would not end, or in a
//! chain that is longer than anybody writes. A type may call functions too: its conditions and its
//! defaults do.
//!
//! The names are looked at before anything is evaluated, so that neither a cycle nor a chain is walked
//! by those who compute what stands behind a name.

use std::sync::Arc;

use ecow::EcoString;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::names;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Project, STANDARD};
use crate::syntax::{
    self,
    ast::{ExprKind, Head, TypeBody, TypeKind},
    walk,
};

/// The way from a function back to itself, the function at both ends.
pub type FunctionCycle = Option<Arc<[Anchor]>>;

/// The functions, `let`s and types that one of these names.
#[salsa::tracked]
fn names_of(db: &dyn Db, anchor: Anchor) -> Arc<[Anchor]> {
    let index = names::index_of(db, anchor);
    let mut found: Vec<Anchor> = Vec::new();
    let declaration = syntax::declaration(db, anchor);
    let params = if let Head::Fn { params, .. } = &declaration.head { params.as_slice() } else { &[] };
    let mut note = |it: Option<&Anchor>| {
        if let Some(it) = it
            && !found.contains(it)
        {
            found.push(*it);
        }
    };
    let mut visit = |part: walk::Visited<'_>, bound: &[&EcoString]| match part {
        walk::Visited::Expr(expr) => {
            if let ExprKind::Name(name) = &expr.kind
                && !bound.contains(&name)
                && !params.iter().any(|it| it.name == *name)
            {
                note(index.lets.get(name));
            }
        }
        walk::Visited::Type(ty) => {
            if let TypeKind::Name(name) = &ty.kind {
                note(index.types.get(name));
            }
        }
    };
    match &declaration.head {
        Head::Fn { params, result, body } => {
            for it in params {
                walk::types(&it.ty, &mut visit);
                if let Some(default) = &it.default {
                    walk::parts(default, &mut visit);
                }
            }
            walk::types(result, &mut visit);
            walk::parts(body, &mut visit);
        }
        Head::Let { ty, value } => {
            if let Some(ty) = ty {
                walk::types(ty, &mut visit);
            }
            walk::parts(value, &mut visit);
        }
        Head::Type(TypeBody::Alias(ty)) => walk::types(ty, &mut visit),
        Head::Type(TypeBody::Record { fields, .. }) => {
            for it in fields {
                walk::types(&it.ty, &mut visit);
                if let Some(default) = &it.default {
                    walk::parts(default, &mut visit);
                }
            }
        }
        _ => {}
    }
    found.into()
}

/// Most names that stand for each other in a row.
pub(super) const LINKS: usize = 200;

/// Members of one cycle up to which each way around it is looked for.
const WAYS: usize = 100;

/// How a declaration stands among the names that it leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// How many names it takes at most until nothing is named any more.
    depth: usize,
    /// Whether it leads back to itself.
    cycle: Cycle,
    /// Whether it does by declarations of its own kind alone.
    is_own_cycle: bool,
}

/// Whether a declaration leads back to itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Cycle {
    #[default]
    None,
    One,
    /// There are too many ways around; the first of its functions says so.
    Many {
        is_first: bool,
    },
}

impl Link {
    /// Whether what it stands for is asked for by itself: a type by types, a `let` by `let`s.
    #[must_use]
    pub const fn is_own_cycle(self) -> bool {
        self.is_own_cycle
    }

    /// Whether the chain behind it is too long to be followed.
    #[must_use]
    pub const fn is_too_long(self) -> bool {
        self.depth > LINKS
    }

    /// Whether it is the one name too many.
    #[must_use]
    pub const fn is_one_too_many(self) -> bool {
        self.depth == LINKS + 1
    }
}

/// How the functions, `let`s and types of a project stand: those that lead to others.
#[salsa::tracked]
fn links(db: &dyn Db, project: Project) -> Arc<IndexMap<Anchor, Link>> {
    let index = names::index(db, project);
    let mut graph: DiGraph<Anchor, ()> = DiGraph::new();
    let mut places: IndexMap<Anchor, NodeIndex> = IndexMap::default();
    let mut todo: Vec<Anchor> = Vec::new();
    for it in index.lets.values().chain(index.types.values()) {
        // Only what the project speaks of is read of the standard library.
        if !it.is_standard(db) {
            places.entry(*it).or_insert_with(|| graph.add_node(*it));
            todo.push(*it);
        }
    }
    let mut seen: IndexSet<Anchor> = IndexSet::default();
    while let Some(at) = todo.pop() {
        if !seen.insert(at) || !matches!(at.kind(db), Kind::Fn | Kind::Let | Kind::Type) {
            continue;
        }
        let from = *places.entry(at).or_insert_with(|| graph.add_node(at));
        for it in names_of(db, at).iter() {
            let to = *places.entry(*it).or_insert_with(|| graph.add_node(*it));
            graph.add_edge(from, to, ());
            todo.push(*it);
        }
    }
    let mut found: IndexMap<Anchor, Link> = IndexMap::default();
    // The groups come in reverse topological order: what one leads to stands before it.
    for group in kosaraju_scc(&graph) {
        let below = group.iter().flat_map(|it| graph.neighbors(*it));
        let depth = below.filter_map(|it| found.get(graph.node_weight(it)?)).map(|it| it.depth + 1).max().unwrap_or(1);
        let is_circular = group.len() > 1 || group.first().is_some_and(|it| graph.contains_edge(*it, *it));
        let members = || group.iter().filter_map(|it| graph.node_weight(*it));
        let first = members().filter(|it| it.kind(db) == Kind::Fn).min_by_key(|it| it.name(db)).copied();
        for anchor in members() {
            let cycle = match is_circular {
                false => Cycle::None,
                true if group.len() > WAYS => Cycle::Many { is_first: first == Some(*anchor) },
                true => Cycle::One,
            };
            found.insert(*anchor, Link { depth, cycle, is_own_cycle: false });
        }
    }
    for kind in [Kind::Type, Kind::Let] {
        let own = graph.filter_map(|_, it| (it.kind(db) == kind).then_some(*it), |_, ()| Some(()));
        for group in kosaraju_scc(&own) {
            if group.len() > 1 || group.first().is_some_and(|it| own.contains_edge(*it, *it)) {
                for anchor in group.iter().filter_map(|it| own.node_weight(*it)) {
                    found.entry(*anchor).or_default().is_own_cycle = true;
                }
            }
        }
    }
    Arc::new(found)
}

/// How a declaration stands among the names that it leads to.
pub fn link(db: &dyn Db, anchor: Anchor) -> Link {
    let package = anchor.file(db).package(db);
    // The standard library is known to have none, and is not read whole.
    let project = db.package(package).filter(|_| package != STANDARD);
    project.and_then(|it| links(db, it).get(&anchor).copied()).unwrap_or_default()
}

/// Whether a function comes back to itself.
pub fn is_circular(db: &dyn Db, function: Anchor) -> bool {
    link(db, function).cycle != Cycle::None
}

/// The shortest way from a function back to itself, if there is one; where a cycle has very many
/// members, of one of them alone.
#[salsa::tracked]
pub fn function_cycle(db: &dyn Db, function: Anchor) -> FunctionCycle {
    if matches!(link(db, function).cycle, Cycle::None | Cycle::Many { is_first: false }) {
        return None;
    }
    let mut ways: Vec<(Anchor, Option<usize>)> = vec![(function, None)];
    let mut seen: IndexSet<Anchor> = std::iter::once(function).collect();
    let mut next = 0;
    while let Some((at, _)) = ways.get(next).copied() {
        for it in names_of(db, at).iter() {
            if *it == function {
                let mut way = vec![function];
                let mut step = Some(next);
                while let Some((anchor, before)) = step.and_then(|it| ways.get(it)) {
                    way.push(*anchor);
                    step = *before;
                }
                way.reverse();
                return Some(way.into());
            }
            if matches!(it.kind(db), Kind::Fn | Kind::Let | Kind::Type) && seen.insert(*it) {
                ways.push((*it, Some(next)));
            }
        }
        next += 1;
    }
    None
}
