//! A value that is not of the type that is asked for.

use ecow::{EcoString, eco_format};

use super::ty::Type;
use crate::diagnostic::{Diagnostic, code, listed_up_to};
use crate::source::Origin;
use crate::syntax::ast::{ExprKind, Literal};

/// A value where another type is asked for; `written` is how it is written, `asked` where the type is asked for.
pub(super) fn mismatch(
    at: Origin,
    expected: &Type,
    found: &Type,
    written: &ExprKind,
    asked: Option<Origin>,
) -> Diagnostic {
    let expected = expected.present();
    if let ExprKind::Text(text) = written
        && let Some(problem) = no_choice(at, text, expected, asked)
    {
        return problem;
    }
    let mut diagnostic = Diagnostic::new(
        code::MISMATCH,
        eco_format!("expected {expected}, found {found}"),
        at,
        eco_format!("this is {found}"),
    )
    .label_if(asked, eco_format!("{expected} is asked for here"))
    .help(eco_format!("write {} here", article(expected)));
    if *found == Type::Cell
        && let Type::Int | Type::Float | Type::Bool = expected.base()
    {
        let function = eco_format!("{}", expected.base()).to_lowercase();
        diagnostic = diagnostic
            .note("the cells of a CSV file are strings")
            .help(eco_format!("write `{function}(…)` around it, or give the rows a type: `as row: Row`"));
    } else if let (ExprKind::Text(text), Type::Int) = (written, expected.base())
        && text.parse::<i64>().is_ok()
    {
        diagnostic = diagnostic.help(eco_format!("write `{text}` without quotes"));
    } else if let (ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_), Type::Text) = (written, expected.base()) {
        diagnostic = diagnostic.help("write it between quotes: nothing is converted silently");
    } else if let (Some(file), Type::Map(_) | Type::Record(_) | Type::List(_)) = (file_read(written), expected.base()) {
        diagnostic = diagnostic.note("`file` reads a text").help(eco_format!("write `{file}`"));
    } else if found.base() == &Type::Null || *found == Type::Literal(Literal::Null) {
        diagnostic =
            diagnostic.help("to leave it out, write `unset`; a null is written only where the type has `| Null`");
    }
    diagnostic
}

/// How a file is read as what it holds, where it is read as a text: `yaml("values.yaml")`.
fn file_read(written: &ExprKind) -> Option<EcoString> {
    let ExprKind::Call { callee, args } = written else { return None };
    let (ExprKind::Name(name), [path]) = (&callee.kind, args.as_slice()) else { return None };
    let ExprKind::Text(path) = &path.kind else { return None };
    let function = if path.ends_with(".json") { "json" } else { "yaml" };
    (*name == "file").then(|| eco_format!("{function}(\"{path}\")"))
}

/// The texts that are the values of a type, as messages list them; none where it has other values, too.
fn choices(ty: &Type) -> Option<EcoString> {
    let all: Option<Vec<EcoString>> = ty
        .literals()?
        .iter()
        .map(|it| match it {
            Literal::Text(it) => Some(eco_format!("`{it}`")),
            _ => None,
        })
        .collect();
    all.filter(|it| it.len() > 1).map(|it| listed_up_to(8, it))
}

/// A text that is not one of those that a type lists; none where it does not list texts. `asked` is where that type is
/// asked for.
pub fn no_choice(at: Origin, text: &str, ty: &Type, asked: Option<Origin>) -> Option<Diagnostic> {
    let listed = choices(ty)?;
    let named = match ty {
        Type::Refined(it) => it.name.as_ref().zip(it.origin),
        _ => None,
    };
    let message = named.map_or_else(
        || eco_format!("`{text}` is not one of {listed}"),
        |(name, _)| eco_format!("`{text}` is not a value of `{name}`: {listed}"),
    );
    let declared = named.map(|it| it.1).or(asked);
    let diagnostic = Diagnostic::new(code::MISMATCH, message, at, "not one of them")
        .label_if(declared, "they are declared here")
        .did_you_mean(text, ty.choices());
    Some(match declared {
        _ if diagnostic.help.is_some() => diagnostic,
        Some(declared) => diagnostic.help_at(eco_format!("write one of them, or add `\"{text}\"` to those"), declared),
        None => diagnostic.help("write one of them"),
    })
}

/// A type as a thing to write: "an Int", "one of …".
fn article(ty: &Type) -> EcoString {
    match ty {
        Type::Bool => "`true` or `false`".into(),
        Type::Int => "a whole number".into(),
        Type::Float => "a number".into(),
        Type::Text => "a string, between quotes".into(),
        Type::List(of) => eco_format!("a list, between brackets, of {of}"),
        Type::Map(_) | Type::Record(_) => eco_format!("an object: `{{ … }}`, as {ty} has it"),
        _ => eco_format!("a value that is {ty}"),
    }
}
