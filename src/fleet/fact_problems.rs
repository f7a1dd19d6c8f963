//! What can be wrong with facts and params: how they are declared, and what they lack.

use ecow::eco_format;

use super::declarations::{CATALOGUE_PARAM, Declared};
use crate::diagnostic::{Diagnostic, Subject, code, listed};
use crate::source::Origin;
use crate::syntax::ast::{self, ExprKind};

/// The facts that a cluster, or the row that it is made of, gives no value.
pub(super) fn lacks_facts(at: Origin, cluster: &str, is_row: bool, facts: &[&Declared]) -> Diagnostic {
    let names = listed(facts.iter().map(|it| eco_format!("`{}`", it.name)));
    let (the, it) = if facts.len() == 1 { ("the fact", "it") } else { ("the facts", "them") };
    let entries = listed(facts.iter().map(|it| eco_format!("`{} = …`", it.name)));
    let (label, help) = if is_row {
        ("this row", eco_format!("fill the cells, write {entries} in the inventory, or give {it} a default"))
    } else {
        ("this cluster", eco_format!("write {entries} in the cluster or a group around it, or give {it} a default"))
    };
    let diagnostic = Diagnostic::new(
        code::NO_VALUE,
        eco_format!("the cluster `{cluster}` has no value for {the} {names}"),
        at,
        label,
    );
    facts
        .iter()
        .fold(diagnostic, |it, fact| it.label(fact.origin, lack_of(fact)))
        .about(Subject::Lacking(facts.iter().map(|it| it.name.clone()).collect()))
        .help(help)
}

const fn lack_of(declared: &Declared) -> &'static str {
    match declared.default {
        Some(_) => "its default evaluates to nothing, or is unset",
        None => "declared here without a default",
    }
}

pub(super) fn no_value(declared: &Declared, what: &str) -> Diagnostic {
    let name = &declared.name;
    let set = if what == CATALOGUE_PARAM { "" } else { "override … { " };
    let end = if set.is_empty() { "" } else { " }" };
    let help = eco_format!("write `{set}params {{ {name} = … }}{end}`, or give the param a default");
    let label = lack_of(declared);
    let subject = if what == "fact" { Subject::Fact(name.clone()) } else { Subject::Param(name.clone()) };
    Diagnostic::new(code::NO_VALUE, eco_format!("the {what} `{name}` has no value"), declared.origin, label)
        .about(subject)
        .help(help)
}

pub(super) fn not_a_fact(at: Origin, entry: &ast::Entry) -> Diagnostic {
    without_type(at, "fact", entry).unwrap_or_else(|| {
        Diagnostic::new(code::NOT_A_FACT, "this declares no fact", at, "expected `name: Type`")
            .help("write `name: Type` or `name: Type = default`")
    })
}

/// `zones = 3` where `zones: Int = 3` declares something; none where the entry is something else.
#[must_use]
pub fn without_type(at: Origin, what: &str, entry: &ast::Entry) -> Option<Diagnostic> {
    let ([segment], ast::Action::Assign(value)) = (entry.path.segments.as_slice(), &entry.action) else { return None };
    let ast::Key::Name(name) = &segment.key else { return None };
    let ty = match &value.kind {
        ExprKind::Int(_) => "Int",
        ExprKind::Float(_) => "Float",
        ExprKind::Bool(_) => "Bool",
        ExprKind::Text(_) | ExprKind::Interpolation(_) => "String",
        ExprKind::List(_) => "[String]",
        _ => "Type",
    };
    Some(
        Diagnostic::new(code::NOT_A_FACT, eco_format!("the {what} `{name}` has no type"), at, "expected `name: Type`")
            .help(eco_format!("write `{name}: {ty}`, with `= …` behind it for a default")),
    )
}

pub(super) fn reserved_fact(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::RESERVED, eco_format!("`{name}` means something in clusters already"), at, "a reserved name")
        .help("choose another name")
}

pub(super) fn fact_twice(at: Origin, name: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE, eco_format!("the fact `{name}` is declared twice"), at, "declared again")
        .label(first, "first declared here")
        .help("remove one of the two")
}
