//! Names that mean something to the language.

/// Words that are no variable in an expression, and the roots of what one may name.
const RESERVED: [&str; 20] = [
    "if",
    "then",
    "else",
    "match",
    "for",
    "in",
    "let",
    "when",
    "and",
    "or",
    "not",
    "true",
    "false",
    "null",
    "it",
    "cluster",
    "catalogue",
    "params",
    "irsa",
    "fleet",
];

/// What a cluster or a group states beside its facts, and what `cluster` holds beside them.
pub const CLUSTER_SETTINGS: [&str; 25] = [
    "name",
    "path",
    "group",
    "groups",
    "addons",
    "flux",
    "sync",
    "lockdown",
    "identity",
    "directory",
    "kustomization",
    "use",
    "drop",
    "override",
    "attach",
    "detach",
    "addon",
    "source",
    "manifest",
    "kustomize",
    "namespace",
    "external",
    "baseline",
    "via",
    "kube-config",
];

/// Whether an author may not give a fact, a param, a `let` or a function this name.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}
