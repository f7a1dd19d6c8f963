//! Flux's schemas as types.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use ecow::{EcoString, eco_format};

use super::ty::{Constraint, FieldType, RecordType, Refined, Type};
use crate::schema::{self, Field, Limits};
use crate::source::IndexMap;
use crate::syntax::ast::Literal;

/// Types by the name that `stdlib/` gives them: `HelmReleaseSpec`.
static TYPES: LazyLock<BTreeMap<EcoString, Type>> = LazyLock::new(|| {
    ["HelmRepository", "OCIRepository", "GitRepository", "Bucket", "HelmRelease", "Kustomization"]
        .into_iter()
        .filter_map(|kind| {
            let name = eco_format!("{kind}Spec");
            let whole = record(&name_of_spec(kind), schema::spec(kind)?);
            Some((name, partial(whole, &["chart", "spec", "sourceRef"])))
        })
        .collect()
});

/// `HelmReleaseSpec` and its like: every field of every supported Flux; which
/// Flux has which is checked for each cluster.
pub(super) fn spec_type(name: &str) -> Option<Type> {
    TYPES.get(name).cloned()
}

/// Types of the whole `spec` of every Flux kind.
static SPECS: LazyLock<BTreeMap<&'static str, Type>> = LazyLock::new(|| {
    let whole = |(kind, field): (&'static str, &Field)| (kind, record(&name_of_spec(kind), field));
    schema::specs().map(whole).collect()
});

/// The type of a whole `spec` of any Flux kind, as a manifest writes it.
pub fn spec_of_kind(kind: &str) -> Option<&'static Type> {
    SPECS.get(kind)
}

/// How messages name the spec of a kind.
fn name_of_spec(kind: &str) -> EcoString {
    let article = if kind.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    eco_format!("{article} {kind}'s spec")
}

/// The language fills in what must be there, below a path of fields, too: no layer has to say it.
fn partial(ty: Type, path: &[&str]) -> Type {
    match ty {
        Type::Record(it) => {
            let mut it = RecordType::clone(&it);
            for (key, field) in &mut it.fields {
                field.required = false;
                if let Some((first, rest)) = path.split_first()
                    && first == key
                {
                    field.ty = partial(field.ty.clone(), rest);
                }
            }
            Type::Record(Arc::new(it))
        }
        it => it,
    }
}

fn record(name: &EcoString, field: &Field) -> Type {
    let fields: IndexMap<EcoString, FieldType> = field
        .fields
        .iter()
        .map(|(key, field)| {
            let mut it = FieldType::optional(field_type(&eco_format!("`{key}` of {name}"), field));
            it.required = field.required;
            ((*key).into(), it)
        })
        .collect();
    Type::Record(Arc::new(RecordType { name: name.clone(), fields, open: false, ..RecordType::default() }))
}

fn field_type(name: &EcoString, field: &Field) -> Type {
    let text = || match field.choices.as_slice() {
        [] => Type::Text,
        choices => Type::union(choices.iter().map(|(it, _)| Type::Literal(Literal::Text((*it).into())))),
    };
    let ty = match field.ty {
        schema::FieldType::Text => text(),
        schema::FieldType::Bool => Type::Bool,
        schema::FieldType::Int => Type::Int,
        schema::FieldType::Any => Type::Any,
        schema::FieldType::Object => record(name, field),
        schema::FieldType::Texts => Type::List(Arc::new(text())),
        schema::FieldType::Objects => Type::List(Arc::new(record(name, field))),
        schema::FieldType::Anys => Type::List(Arc::new(Type::Any)),
        schema::FieldType::TextMap => Type::Map(Arc::new(Type::Text)),
    };
    constrained(ty, &field.limits)
}

fn constrained(base: Type, limits: &Limits) -> Type {
    let mut constraints = Vec::new();
    if let Some(it) = limits.pattern {
        constraints.push(Constraint::Pattern(it.into()));
    }
    let (min, max) = (limits.min_length.or(limits.min_items), limits.max_length.or(limits.max_items));
    if min.is_some() || max.is_some() {
        constraints.push(Constraint::Length { min, max });
    }
    if constraints.is_empty() {
        return base;
    }
    Type::Refined(Arc::new(Refined { name: None, base, constraints, origin: None }))
}
