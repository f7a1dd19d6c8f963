//! Messages about variables that do not do what is written.

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, code};
use crate::kube::object::Id;
use crate::source::Origin;
use crate::value::{Path, Value};

/// What Flux reads in place of what is written.
pub(super) enum Misread {
    /// No YAML, or not what JSON can say.
    Error(String),
    Value {
        found: Value,
        wanted: EcoString,
    },
}

pub(super) fn undefined_variable(id: &Id, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNDEFINED_VARIABLE,
        eco_format!("{id} names the variable `{name}`, which nothing defines"),
        at,
        eco_format!("`${{{name}}}`"),
    )
    .note("from Flux 2.9 on this fails; before, it became empty")
    .help(eco_format!(
        "define it in `postBuild.substitute`, interpolate the value here: `\\(…)`, or write `$${{{name}}}` for `${{{name}}}` on the cluster"
    ))
}

/// A text that Flux reads again as something else, or not at all.
pub(super) fn read_otherwise(id: &Id, path: &Path, text: &str, misread: &Misread, at: Origin) -> Diagnostic {
    let what = match misread {
        Misread::Error(reason) => {
            eco_format!("Flux cannot read `{path}` of {id} once its variables are replaced: {reason}")
        }
        Misread::Value { found, wanted } => {
            let wanted = described(&Value::Text(wanted.clone()));
            eco_format!("Flux reads `{path}` of {id} as {}, not as {wanted}", described(found))
        }
    };
    Diagnostic::new(code::READ_OTHERWISE, what, at, eco_format!("`{text}`"))
        .note("Flux replaces variables in the YAML text of an object and reads it again")
        .help("interpolate the value instead: `\\(…)`")
}

fn described(value: &Value) -> EcoString {
    match value {
        Value::Map(_) => "an object".into(),
        Value::List(_) => "a list".into(),
        Value::Null => "nothing".into(),
        Value::Bool(_) => eco_format!("the boolean {}", value.show()),
        Value::Text(_) => eco_format!("the text {}", value.show()),
        _ => eco_format!("the number {}", value.show()),
    }
}

pub(super) fn default_alone(id: &Id, name: &str, text: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::DEFAULT_ALONE,
        eco_format!("nothing defines the variable `{name}` of {id}: its default is what every cluster gets"),
        at,
        eco_format!("`{text}`"),
    )
    .help(eco_format!("define it in `postBuild.substitute`, or write `$${{{name}…}}` if it is meant for a shell"))
}

pub(super) fn may_be_no_text(id: &Id, path: &Path, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MAY_BE_NO_TEXT,
        eco_format!("`{path}` of {id} has to be a text, and is a number or a boolean where `{name}` looks like one"),
        at,
        eco_format!("`${{{name}}}`"),
    )
    .note("Flux replaces variables in the YAML text of an object and reads it again; the value is known on the cluster alone")
    .help("put more text around it, or say the value in the fleet and interpolate it: `\\(…)`")
}

/// What a text becomes instead, for a sentence about it.
pub(super) fn becomes(text: &str, misread: &Misread) -> EcoString {
    match misread {
        Misread::Error(reason) => eco_format!("cannot be read once `{text}` is replaced: {reason}"),
        Misread::Value { found, wanted } => {
            let wanted = described(&Value::Text(wanted.clone()));
            eco_format!("has `{text}`, which Flux reads as {}, not as {wanted}", described(found))
        }
    }
}

/// Doubled `$` where Flux may replace nothing.
pub(super) fn may_stay_doubled(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MAY_STAY_DOUBLED,
        eco_format!("{id} has `$$`, which stays as it is where no variable is defined"),
        at,
        "`$` on the cluster, or `$$`",
    )
    .note("each ConfigMap and Secret of `substituteFrom` is optional: without any, Flux replaces nothing")
    .help("define one variable in `postBuild.substitute`")
}
