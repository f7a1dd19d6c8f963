//! The spec of every Flux kind, out of `flux.tsv` and `served.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::minor::{Minor, OLDEST};
use crate::diagnostic::{Invariant, bug};
use crate::source::IndexMap;

/// A field of a Flux object's `spec`.
#[derive(Debug)]
pub struct Field {
    pub ty: FieldType,
    pub required: bool,
    /// What an enum allows, each with the first Flux that has it.
    pub choices: Vec<(&'static str, Minor)>,
    pub limits: Limits,
    /// The first Flux that has the field.
    pub since: Minor,
    /// Fields of an object, or of the objects in a list.
    pub fields: IndexMap<&'static str, Self>,
}

/// The shapes that Flux's schemas use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    Text,
    Bool,
    Int,
    Any,
    Object,
    Texts,
    Objects,
    Anys,
    TextMap,
}

/// What a schema says beside the type.
#[derive(Debug, Default)]
pub struct Limits {
    pub pattern: Option<&'static str>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
}

static SPECS: LazyLock<BTreeMap<&'static str, Field>> = LazyLock::new(|| {
    let mut specs: BTreeMap<&'static str, Field> = BTreeMap::new();
    for line in include_str!("flux.tsv").lines().filter(|it| !it.starts_with('#')) {
        let mut columns = line.split('\t');
        // Columns at the end that say nothing are left out.
        let mut column = || columns.next().unwrap_or_default();
        let (kind, path, ty, required, choices, limits, since) =
            (column(), column(), column(), column(), column(), column(), column());
        let root = specs.entry(kind).or_insert_with(|| Field::new(FieldType::Object));
        let mut at = root;
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            let name = name.trim_end_matches("[]");
            at = at.fields.entry(name).or_insert_with(|| Field::new(FieldType::Any));
            if names.peek().is_none() {
                at.ty = field_type(ty);
                at.required = required == "*";
                at.since = minor(since);
                at.limits = parse_limits(limits);
                at.choices = choices
                    .split(',')
                    .filter(|it| !it.is_empty())
                    .map(|it| it.split_once('@').map_or((it, OLDEST), |(name, since)| (name, minor(since))))
                    .collect();
            }
        }
    }
    specs
});

impl Field {
    fn new(ty: FieldType) -> Self {
        Self {
            ty,
            required: false,
            choices: Vec::new(),
            limits: Limits::default(),
            since: OLDEST,
            fields: IndexMap::default(),
        }
    }
}

fn field_type(text: &str) -> FieldType {
    match text {
        "string" => FieldType::Text,
        "bool" => FieldType::Bool,
        "int" => FieldType::Int,
        "object" => FieldType::Object,
        "[string]" => FieldType::Texts,
        "[object]" => FieldType::Objects,
        "[any]" => FieldType::Anys,
        "{string}" => FieldType::TextMap,
        "any" => FieldType::Any,
        it => bug(&format!("`{it}` is no type of a field")),
    }
}

fn minor(text: &str) -> Minor {
    if text.is_empty() { OLDEST } else { text.parse().map(Minor).ok().invariant("a version of Flux is its minor") }
}

fn parse_limits(text: &'static str) -> Limits {
    let mut limits = Limits::default();
    for part in text.split(' ').filter(|it| !it.is_empty()) {
        let (name, value) = part.split_once('=').invariant("a limit has a name and a value");
        let number = || Some(value.parse().ok().invariant("a limit is a number"));
        match name {
            "pattern" => limits.pattern = Some(value),
            "minLength" => limits.min_length = number(),
            "maxLength" => limits.max_length = number(),
            "minItems" => limits.min_items = number(),
            "maxItems" => limits.max_items = number(),
            it => bug(&format!("`{it}` is no limit of a field")),
        }
    }
    limits
}

/// The `spec` of a Flux kind.
#[must_use]
pub fn spec(kind: &str) -> Option<&'static Field> {
    SPECS.get(kind)
}

/// The `spec` of every Flux kind.
pub fn specs() -> impl Iterator<Item = (&'static str, &'static Field)> {
    SPECS.iter().map(|(kind, field)| (*kind, field))
}

/// A version that some Flux serves.
struct Served {
    kind: &'static str,
    group: &'static str,
    version: &'static str,
    first: Minor,
    last: Minor,
}

static SERVED: LazyLock<Vec<Served>> = LazyLock::new(|| {
    include_str!("served.tsv")
        .lines()
        .filter(|it| !it.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some(Served {
                kind: columns.next()?,
                group: columns.next()?,
                version: columns.next()?,
                first: minor(columns.next()?),
                last: minor(columns.next()?),
            })
        })
        .collect()
});

/// Whether Flux itself defines a kind.
#[must_use]
pub fn is_flux_kind(group: &str, kind: &str) -> bool {
    SERVED.iter().any(|it| it.group == group && it.kind == kind)
}

/// First and last Flux that serve a version of a Flux kind; `None` if none does.
#[must_use]
pub fn served(group: &str, kind: &str, version: &str) -> Option<(Minor, Minor)> {
    SERVED.iter().find(|it| it.group == group && it.kind == kind && it.version == version).map(|it| (it.first, it.last))
}

/// The newest `apiVersion` of a Flux kind that every Flux from `oldest` to
/// `newest` serves.
#[must_use]
pub fn api_version(kind: &str, oldest: Minor, newest: Minor) -> Option<String> {
    SERVED
        .iter()
        .filter(|it| it.kind == kind && it.first <= oldest && it.last >= newest)
        .max_by_key(|it| (it.first, it.last))
        .map(|it| format!("{}/{}", it.group, it.version))
}
