//! What the API server accepts as an object: the schemas of Kubernetes' own kinds by minor version, and of the custom
//! resources of well-known charts.
//!
//! `shapes.jsonl` and `shape_kinds.tsv` are made by `tools/schemas/generate.py`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use ecow::EcoString;
use serde::Deserialize;

use crate::diagnostic::Invariant;

/// A schema of OpenAPI, as far as Kubernetes uses it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "they are OpenAPI's")]
pub struct Shape {
    #[serde(rename = "type")]
    pub ty: Option<ShapeType>,
    pub format: Option<EcoString>,
    pub nullable: bool,
    /// What the API server fills in.
    pub default: Option<serde_json::Value>,
    #[serde(rename = "enum")]
    pub choices: Vec<serde_json::Value>,
    pub pattern: Option<EcoString>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub exclusive_minimum: bool,
    pub exclusive_maximum: bool,
    pub multiple_of: Option<f64>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
    pub min_properties: Option<usize>,
    pub max_properties: Option<usize>,
    pub unique_items: bool,
    pub required: Vec<EcoString>,
    pub properties: BTreeMap<EcoString, Inner>,
    pub additional_properties: Option<More>,
    pub items: Option<Box<Inner>>,
    pub all_of: Vec<Inner>,
    pub any_of: Vec<Inner>,
    pub one_of: Vec<Inner>,
    pub not: Option<Box<Inner>>,
    #[serde(rename = "x-kubernetes-int-or-string")]
    pub int_or_string: bool,
    #[serde(rename = "x-kubernetes-preserve-unknown-fields")]
    pub preserves_unknown: bool,
    #[serde(rename = "x-kubernetes-embedded-resource")]
    pub is_object: bool,
    /// `map`, `set` or `atomic`.
    #[serde(rename = "x-kubernetes-list-type")]
    pub list_type: Option<EcoString>,
    /// What tells the elements of a `map` apart.
    #[serde(rename = "x-kubernetes-list-map-keys")]
    pub list_keys: Vec<EcoString>,
    #[serde(rename = "x-kubernetes-validations")]
    pub rules: Vec<Rule>,
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShapeType {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    Null,
}

/// A rule of a custom resource, in CEL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Rule {
    pub rule: String,
    pub message: String,
}

/// A schema inside of another: a line of the table, or written out.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Inner {
    Line(usize),
    Whole(Box<Shape>),
}

impl Inner {
    /// The schema.
    #[must_use]
    pub fn get(&self) -> &Shape {
        match self {
            Self::Line(it) => line(*it),
            Self::Whole(it) => it,
        }
    }
}

/// What else an object may have.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum More {
    Any(bool),
    Of(Box<Inner>),
}

impl Shape {
    /// Reads a schema as a CustomResourceDefinition has it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(json: serde_json::Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(json)
    }

    /// Whether a map may have fields that are not named.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let says = self.preserves_unknown || self.is_object || self.additional_properties == Some(More::Any(true));
        says || (self.properties.is_empty() && self.additional_properties.is_none())
    }
}

struct Lines {
    texts: Vec<&'static str>,
    read: Vec<OnceLock<Shape>>,
}

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let texts: Vec<&str> = include_str!("shapes.jsonl").lines().collect();
    let read = texts.iter().map(|_| OnceLock::new()).collect();
    Lines { texts, read }
});

fn line(number: usize) -> &'static Shape {
    const IS_THERE: &str = "a shape is a line of the table";
    let read = LINES.read.get(number).invariant(IS_THERE);
    read.get_or_init(|| serde_json::from_str(LINES.texts.get(number).invariant(IS_THERE)).ok().invariant(IS_THERE))
}

/// A minor version of Kubernetes: `KubernetesMinor(34)` is 1.34.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KubernetesMinor(pub u16);

impl KubernetesMinor {
    /// Reads `1.34` or `v1.34.2`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        (parts.next() == Some("1")).then_some(())?;
        parts.next()?.parse().ok().map(Self)
    }
}

impl std::fmt::Display for KubernetesMinor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

/// A kind of Kubernetes' own in a range of versions.
#[derive(Debug)]
pub struct Served {
    pub first: KubernetesMinor,
    pub last: KubernetesMinor,
    number: usize,
}

impl Served {
    /// What is accepted.
    #[must_use]
    pub fn shape(&self) -> &'static Shape {
        line(self.number)
    }
}

/// A kind that a chart brings.
#[derive(Debug)]
pub struct OfChart {
    /// The version of the chart that it was read from.
    pub version: &'static str,
    /// `cluster` or `namespaced`.
    scope: &'static str,
    number: usize,
}

impl OfChart {
    /// Whether its objects have a namespace.
    #[must_use]
    pub fn is_namespaced(&self) -> bool {
        self.scope == "namespaced"
    }

    /// What is accepted.
    #[must_use]
    pub fn shape(&self) -> &'static Shape {
        line(self.number)
    }
}

type ByKind<T> = BTreeMap<&'static str, BTreeMap<&'static str, T>>;

#[derive(Default)]
struct Kinds {
    /// By apiVersion and kind, in order of version.
    kubernetes: ByKind<Vec<Served>>,
    /// By chart, apiVersion and kind.
    charts: BTreeMap<&'static str, ByKind<OfChart>>,
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let mut kinds = Kinds::default();
    for row in include_str!("shape_kinds.tsv").lines().filter(|it| !it.starts_with('#')) {
        let mut columns = row.split('\t');
        let mut column = || columns.next().invariant("a row of the table of kinds has six columns");
        let (of, first, last, api_version, kind) = (column(), column(), column(), column(), column());
        let number = column().parse().ok().invariant("the last column is a number");
        if of == "kubernetes" {
            let minor = |it| KubernetesMinor::parse(it).invariant("the table has versions of Kubernetes");
            let served = Served { first: minor(first), last: minor(last), number };
            kinds.kubernetes.entry(api_version).or_default().entry(kind).or_default().push(served);
        } else {
            let chart = kinds.charts.entry(of).or_default();
            chart.entry(api_version).or_default().insert(kind, OfChart { version: first, scope: last, number });
        }
    }
    kinds
});

/// The charts whose kinds are known.
pub(super) fn charts() -> impl Iterator<Item = &'static str> {
    KINDS.charts.keys().copied()
}

/// The versions of Kubernetes that the table knows.
#[must_use]
pub fn kubernetes_minors() -> (KubernetesMinor, KubernetesMinor) {
    let config_maps = of_kubernetes("v1", "ConfigMap");
    let first = config_maps.first().invariant("each Kubernetes has ConfigMaps").first;
    (first, config_maps.last().invariant("each Kubernetes has ConfigMaps").last)
}

/// A kind of Kubernetes' own, by ranges of versions; empty where none in the table serves it.
#[must_use]
pub fn of_kubernetes(api_version: &str, kind: &str) -> &'static [Served] {
    KINDS.kubernetes.get(api_version).and_then(|it| it.get(kind)).map_or(&[], Vec::as_slice)
}

/// The apiVersions of a kind of a group that a version of Kubernetes serves, in order of name.
pub fn served_versions<'a>(
    group: &'a str,
    kind: &'a str,
    minor: KubernetesMinor,
) -> impl Iterator<Item = &'static str> + use<'a> {
    let of_group = move |api_version: &str| api_version.rsplit_once('/').map_or("", |(it, _)| it) == group;
    let is_served = move |served: &[Served]| served.iter().any(|it| (it.first..=it.last).contains(&minor));
    let all = KINDS.kubernetes.iter().filter(move |(api_version, _)| of_group(api_version));
    all.filter(move |(_, kinds)| kinds.get(kind).is_some_and(|it| is_served(it))).map(|(it, _)| *it)
}

/// The metadata of each object.
#[must_use]
pub fn metadata() -> &'static Shape {
    let newest = of_kubernetes("v1", "ConfigMap").last().invariant("each Kubernetes has ConfigMaps").shape();
    newest.properties.get("metadata").invariant("a ConfigMap has metadata").get()
}

/// The kinds that a chart brings: group, kind, scope; one for each version.
pub(super) fn kinds_of_chart(chart: &str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let all = KINDS.charts.get(chart).into_iter().flatten();
    all.flat_map(|(api_version, kinds)| {
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        kinds.iter().map(move |(kind, it)| (group, *kind, it.scope))
    })
}

/// A kind that a well-known chart brings: `chart` is its name, or ends with `/` and its name.
#[must_use]
pub fn of_chart(chart: &str, api_version: &str, kind: &str) -> Option<&'static OfChart> {
    KINDS.charts.get(chart.rsplit('/').next().unwrap_or(chart))?.get(api_version)?.get(kind)
}

/// The apiVersions of a kind that a chart brings, each with the version of the chart that is known.
#[must_use]
pub fn versions_of_chart(chart: &str, group: &str, kind: &str) -> Vec<(&'static str, &'static str)> {
    let all = KINDS.charts.get(chart.rsplit('/').next().unwrap_or(chart)).into_iter().flatten();
    let of_group = all.filter(|(it, _)| it.rsplit_once('/').map_or("", |(group, _)| group) == group);
    of_group.filter_map(|(api_version, kinds)| Some((*api_version, kinds.get(kind)?.version))).collect()
}

/// A kind that one of the well-known charts brings, and which.
#[must_use]
pub fn of_any_chart(api_version: &str, kind: &str) -> Option<(&'static str, &'static OfChart)> {
    KINDS.charts.iter().find_map(|(chart, it)| Some((*chart, it.get(api_version)?.get(kind)?)))
}

/// The API versions in which the newest Kubernetes serves a kind, whatever its group.
pub fn api_versions_of(kind: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    let (_, newest) = kubernetes_minors();
    let is_served = move |served: &Vec<Served>| served.last().is_some_and(|it| it.last == newest);
    KINDS.kubernetes.iter().filter(move |(_, kinds)| kinds.get(kind).is_some_and(is_served)).map(|(it, _)| *it)
}

/// The kinds of Kubernetes' own that a group has.
pub fn kinds_of_group(group: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    let of_group = move |api_version: &str| api_version.rsplit_once('/').map_or("", |(it, _)| it) == group;
    KINDS.kubernetes.iter().filter(move |(it, _)| of_group(it)).flat_map(|(_, kinds)| kinds.keys().copied())
}

/// The names of all kinds that are known.
pub fn kind_names() -> impl Iterator<Item = &'static str> {
    let of_charts = KINDS.charts.values().flat_map(|it| it.values());
    KINDS.kubernetes.values().flat_map(BTreeMap::keys).chain(of_charts.flat_map(BTreeMap::keys)).copied()
}

/// All kinds that are known, the newest of Kubernetes' own: apiVersion, kind, what is accepted.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static Shape)> {
    let own = KINDS.kubernetes.iter().flat_map(|(api_version, kinds)| {
        kinds.iter().filter_map(move |(kind, it)| Some((*api_version, *kind, it.last()?.shape())))
    });
    let of_charts = KINDS
        .charts
        .values()
        .flatten()
        .flat_map(|(api_version, kinds)| kinds.iter().map(move |(kind, it)| (*api_version, *kind, it.shape())));
    own.chain(of_charts)
}
