//! Which kinds there are, and whether their objects live in a namespace.

use super::shape;
use crate::diagnostic::bug;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Whether objects of a kind have a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Cluster,
    Namespaced,
}

/// Kinds that every Kubernetes serves, and those of Flux. A line: group, scope, kinds.
const BUILT_IN: &str = include_str!("kinds.tsv");

/// Custom resources that well-known charts bring. A line: chart, group, scope, kinds.
const CUSTOM: &str = include_str!("crds.tsv");

static SCOPES: LazyLock<BTreeMap<(&'static str, &'static str), Scope>> = LazyLock::new(|| {
    let mut scopes = BTreeMap::new();
    for line in BUILT_IN.lines().filter(|it| !it.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(group), Some(scope), Some(kinds)) = (columns.next(), columns.next(), columns.next()) else {
            bug("a row of the table of kinds has three columns")
        };
        for kind in kinds.split(' ') {
            scopes.insert((group.trim_matches('-'), kind), scope_of(scope));
        }
    }
    scopes
});

/// A custom resource: group, kind, scope.
type CustomKind = (&'static str, &'static str, Scope);

/// By chart.
static OF_CHARTS: LazyLock<BTreeMap<&'static str, Vec<CustomKind>>> = LazyLock::new(|| {
    let mut charts: BTreeMap<&str, Vec<CustomKind>> = BTreeMap::new();
    for line in CUSTOM.lines().filter(|it| !it.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [chart, group, scope, kinds] = columns.as_slice() else {
            bug("a row of the table of CRDs has four columns")
        };
        charts.entry(chart).or_default().extend(kinds.split(' ').map(|kind| (*group, kind, scope_of(scope))));
    }
    charts
});

fn scope_of(text: &str) -> Scope {
    match text {
        "cluster" => Scope::Cluster,
        "namespaced" => Scope::Namespaced,
        it => bug(&format!("`{it}` is no scope of a kind")),
    }
}

/// The scope of a kind that every cluster has: Kubernetes' own, and Flux's.
#[must_use]
pub fn scope(group: &str, kind: &str) -> Option<Scope> {
    SCOPES.get(&(group, kind)).copied()
}

/// The custom resources that a well-known chart brings: group, kind, scope; in order of group and kind.
#[must_use]
pub fn custom_kinds_of(chart: &str) -> Vec<CustomKind> {
    let name = chart.rsplit('/').next().unwrap_or(chart);
    let rows = OF_CHARTS.get(name).into_iter().flatten().copied();
    let of_shapes = shape::kinds_of_chart(name).map(|(group, kind, scope)| (group, kind, scope_of(scope)));
    let mut found: Vec<_> = rows.chain(of_shapes).collect();
    found.sort_by_key(|(group, kind, _)| (*group, *kind));
    found.dedup_by_key(|(group, kind, _)| (*group, *kind));
    found
}

/// The scope of a kind that one of the well-known charts brings.
#[must_use]
pub fn custom_scope(group: &str, kind: &str) -> Option<Scope> {
    static ALL: LazyLock<BTreeMap<(&'static str, &'static str), Scope>> = LazyLock::new(|| {
        let charts: BTreeSet<&str> = OF_CHARTS.keys().copied().chain(shape::charts()).collect();
        let all = charts.into_iter().flat_map(custom_kinds_of);
        all.map(|(group, kind, scope)| ((group, kind), scope)).collect()
    });
    ALL.get(&(group, kind)).copied()
}
