//! Messages about one object that Flux, kustomize or the API server refuses.

use ecow::{EcoString, eco_format};

use super::object::{Id, Identity, Object};
use super::substitution::Misread;
use crate::diagnostic::{Diagnostic, code};
use crate::schema::Minor;
use crate::source::Origin;
use crate::value::{Path, Value};

pub(super) fn too_new(at: Origin, kind: &str, path: &str, since: Minor, cluster: &str, minor: Minor) -> Diagnostic {
    Diagnostic::new(
        code::TOO_NEW,
        eco_format!("`{path}` of a {kind} needs Flux {since}; cluster `{cluster}` runs {minor}"),
        at,
        eco_format!("not in Flux {minor}"),
    )
    .note("Flux applies server-side: a field that its CRD does not have fails the whole Kustomization")
    .help(eco_format!("set it only where `flux` is at least \"{since}\", or raise `flux` of the cluster"))
}

pub(super) fn rule(at: Origin, id: &Id, text: &str) -> Diagnostic {
    Diagnostic::new(code::FLUX_RULE, eco_format!("{id}: {text}"), at, "Flux refuses this")
        .help("change one of the fields")
}

pub(super) fn ambiguous_patch(object: &Identity, other: &Object) -> Diagnostic {
    Diagnostic::new(
        code::IDENTITY_CHANGED,
        eco_format!("a patch of {} `{}` would hit {} too", object.kind, object.name, other.id),
        object.origin,
        "patched on some clusters",
    )
    .label(other.origin, "the other object")
    .note("the target of a JSON patch cannot select the core group or an object without a namespace")
    .help("put the two into different catalogues, or give one another name")
}

pub(super) fn tabbed_text(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("a text of {id} begins with a tab and has several lines, and a cluster's JSON patch changes the object"),
        at,
        "kustomize cannot read this back",
    )
    .note("kustomize writes an object that a JSON patch changes as YAML and reads it again; nulls, emptied maps and lists of built-in kinds need such a patch")
    .help("begin the text with a line break or with blanks instead of the tab")
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
        Misread::Value(it) => {
            eco_format!("Flux reads `{path}` of {id} as {}, not as the text that is written", described(it))
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
        eco_format!("`{path}` of {id} has to be a text, and is whatever `{name}` looks like: `1` is a number, `yes` is a boolean"),
        at,
        eco_format!("`${{{name}}}`"),
    )
    .note("Flux replaces variables in the YAML text of an object and reads it again; the value is known on the cluster alone")
    .help("put more text around it, or say the value in the fleet and interpolate it: `\\(…)`")
}

pub fn no_object_field(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("this object has no `{key}`"),
        at,
        "not a Kubernetes object without it",
    )
    .help(eco_format!("write `{key} = \"…\"`"))
}
