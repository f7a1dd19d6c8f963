//! What the API server says of an object, before it does.

use ecow::{EcoString, eco_format};

use super::name_rule::NameRule;
use crate::diagnostic::{Diagnostic, code, did_you_mean, listed};
use crate::kube::object::Id;
use crate::schema::{self, Rule, Shape, ShapeType};
use crate::source::Origin;
use crate::value::{Node, Value};

/// So many allowed values are named.
const MOST_CHOICES: usize = 12;

pub(super) fn unknown_field<'a>(
    at: Origin,
    id: &Id,
    place: &str,
    key: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    source: &str,
    newer: Option<&str>,
) -> Diagnostic {
    let problem = Diagnostic::new(
        if newer.is_some() { code::MAYBE_NEWER } else { code::UNKNOWN_OBJECT_FIELD },
        eco_format!("`{place}` is no field of a {}", id.kind),
        at,
        eco_format!("not in the schema of {source}"),
    );
    let problem = match newer {
        Some(it) => problem.note(may_have_more(it)),
        None => problem.note("Flux applies on the server, which refuses the whole object"),
    };
    problem.did_you_mean(key, known.clone()).or_help(|| {
        let known: Vec<&str> = known.collect();
        let few = !known.is_empty() && known.len() <= MOST_CHOICES;
        few.then(|| eco_format!("its fields are {}", listed(known.iter().map(|it| eco_format!("`{it}`")))))
    })
}

fn may_have_more(newer: &str) -> EcoString {
    eco_format!("the cluster has {newer}, which may have more")
}

pub(super) fn missing_field(at: Origin, id: &Id, place: &str, source: &str) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_OBJECT_FIELD,
        eco_format!("{id} has no `{place}`"),
        at,
        eco_format!("required by the schema of {source}"),
    )
    .help("add it")
}

/// Whether a problem is that a field is not known.
pub(super) fn is_unknown_field(problem: &Diagnostic) -> bool {
    problem.code == code::UNKNOWN_OBJECT_FIELD || problem.code == code::MAYBE_NEWER
}

/// Whether a problem is that a field is missing.
#[must_use]
pub fn is_missing_field(problem: &Diagnostic) -> bool {
    problem.code == code::MISSING_OBJECT_FIELD
}

pub(super) fn wrong_type(node: &Node, id: &Id, place: &str, shape: &Shape, source: &str) -> Diagnostic {
    let wanted = wanted(shape);
    let problem = Diagnostic::new(
        code::REFUSED_VALUE,
        eco_format!("`{place}` of {id} must be {wanted}, found {}", node.value.noun()),
        node.origin,
        eco_format!("by the schema of {source}"),
    );
    let is_number = |it: &EcoString| it.parse::<f64>().is_ok() || matches!(it.as_str(), "true" | "false");
    let help = match (&node.value, shape.ty) {
        (Value::Text(it), Some(ShapeType::Integer | ShapeType::Number | ShapeType::Boolean)) if is_number(it) => {
            Some(eco_format!("write it without quotes: `{it}`"))
        }
        (Value::Int(_) | Value::Float(_) | Value::Bool(_), Some(ShapeType::String)) => {
            Some(eco_format!("write it between quotes: `\"{}\"`", node.value.show()))
        }
        (_, Some(ShapeType::Array)) => Some("write it in brackets: `[…]`".into()),
        _ => None,
    };
    problem.help_if(help)
}

/// A rule of a CRD that does not hold.
pub(super) fn rule(at: Origin, id: &Id, place: &str, rule: &Rule, source: &str) -> Diagnostic {
    let whole = if place.is_empty() { eco_format!("{id}") } else { eco_format!("`{place}` of {id}") };
    let message = if rule.message.is_empty() { &rule.rule } else { &rule.message };
    Diagnostic::new(
        code::REFUSED_VALUE,
        eco_format!("{whole} breaks a rule of its CRD: {message}"),
        at,
        eco_format!("by the schema of {source}"),
    )
    .note(eco_format!("the rule is `{}`", rule.rule.split_whitespace().collect::<Vec<_>>().join(" ")))
}

pub(super) fn refused(at: Origin, id: &Id, place: &str, reason: &str, source: &str) -> Diagnostic {
    let place = if place.is_empty() { "it" } else { place };
    Diagnostic::new(
        code::REFUSED_VALUE,
        eco_format!("`{place}` of {id} {reason}"),
        at,
        eco_format!("by the schema of {source}"),
    )
}

pub(super) fn no_choice(
    node: &Node,
    id: &Id,
    place: &str,
    choices: &[EcoString],
    source: &str,
    newer: Option<&str>,
) -> Diagnostic {
    let written = node.value.show();
    let problem = Diagnostic::new(
        if newer.is_some() { code::MAYBE_NEWER } else { code::REFUSED_VALUE },
        eco_format!("`{place}` of {id} cannot be {written}"),
        node.origin,
        eco_format!("by the schema of {source}"),
    );
    let problem = newer.map_or(problem.clone(), |it| problem.note(may_have_more(it)));
    let known = choices.iter().map(EcoString::as_str);
    let text = node.text().map_or("", EcoString::as_str);
    if did_you_mean(text, known.clone()).is_some() {
        return problem.did_you_mean(text, known);
    }
    let shown = choices.iter().take(MOST_CHOICES).map(|it| eco_format!("`{it}`"));
    problem.help(eco_format!("write one of {}", listed(shown)))
}

pub(super) fn bad_name(at: Origin, id: &Id, place: &str, name: &str, rule: NameRule) -> Diagnostic {
    Diagnostic::new(
        code::REFUSED_NAME,
        eco_format!("`{place}` of {id} cannot be `{name}`"),
        at,
        "the API server refuses this name",
    )
    .note(eco_format!("it takes {}", rule.describe()))
    .help("write another name")
}

/// An object of an API version that the cluster does not have: `source` says which Kubernetes, or which chart.
#[must_use]
pub fn not_served(id: &Id, api_version: &str, at: Origin, source: &str, served: &[&str]) -> Diagnostic {
    let problem = Diagnostic::new(
        code::OLD_API,
        eco_format!("{source} does not serve `{api_version}` of {}", id.kind),
        at,
        "the API server has no such kind",
    );
    match served.last() {
        Some(it) => problem.help(eco_format!("its `apiVersion` there is `{it}`")),
        None => problem.help("remove it, or write what took its place"),
    }
}

/// An object of a group of Kubernetes' own, whose kind that group does not have.
#[must_use]
pub fn no_kind(id: &Id, version: &str, at: Origin) -> Diagnostic {
    let problem = Diagnostic::new(
        code::OLD_API,
        eco_format!("Kubernetes has no kind `{}` in `{}`", id.kind, id.api_version(version)),
        at,
        "the API server has no such kind",
    );
    match schema::api_versions_of(&id.kind).last() {
        Some(it) => problem.help(eco_format!("its `apiVersion` is `{it}`")),
        None => problem.did_you_mean(&id.kind, schema::kinds_of_group(&id.group)),
    }
}

/// What a schema wants, with its article.
pub(super) fn wanted(shape: &Shape) -> &'static str {
    if shape.format.as_deref() == Some("quantity") {
        return "a quantity, such as `500m` or `2Gi`";
    }
    match shape.ty {
        _ if shape.int_or_string => "an Int or a String",
        Some(ShapeType::Object) => "an object",
        Some(ShapeType::Array) => "a list",
        Some(ShapeType::String) => "a String",
        Some(ShapeType::Integer) => "an Int",
        Some(ShapeType::Number) => "a number",
        Some(ShapeType::Boolean) => "a Bool",
        Some(ShapeType::Null) => "null",
        None => "something else",
    }
}
