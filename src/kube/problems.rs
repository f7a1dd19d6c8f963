//! Messages about one object that Flux, kustomize or the API server refuses.

use ecow::eco_format;

use super::object::{Id, Identity, Object};
use crate::diagnostic::{Diagnostic, code};
use crate::schema::Minor;
use crate::source::Origin;

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

pub(super) fn condition(at: Origin, id: &Id, text: &str) -> Diagnostic {
    Diagnostic::new(code::FLUX_RULE, eco_format!("{id}: {text}"), at, "Flux refuses this")
        .help("write it in CEL, the language of conditions of Kubernetes")
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

pub fn no_object_field(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("this object has no `{key}`"),
        at,
        "not a Kubernetes object without it",
    )
    .help(eco_format!("write `{key} = \"…\"`"))
}

/// A field that does nothing.
pub(super) fn ineffective(at: Origin, id: &Id, path: &str, since: Option<Minor>, reason: &str) -> Diagnostic {
    let since = since.map(|it| eco_format!(" from Flux {it} on")).unwrap_or_default();
    Diagnostic::new(code::INEFFECTIVE, eco_format!("`{path}` of {id} has no effect{since}"), at, "Flux ignores this")
        .note(reason)
        .help("remove it")
}
