//! Fields that a controller takes and does nothing with, or not any more.
//!
//! Source: the API documentation of helm-controller (from Flux 2.8 on Helm applies on the server) and of
//! source-controller.

use super::object::Id;
use super::problems;
use crate::diagnostic::Diagnostic;
use crate::schema::Minor;
use crate::source::Db;
use crate::value::{Node, Value};

/// A field without effect.
struct Row {
    kind: &'static str,
    /// From `spec` on.
    path: &'static [&'static str],
    /// The first Flux in which it has none; none for all.
    since: Option<Minor>,
    /// Whether it has none in a spec.
    holds: fn(&Node) -> bool,
    reason: &'static str,
}

const ROWS: [Row; 5] = [
    Row {
        kind: "HelmRelease",
        path: &["upgrade", "force"],
        since: Some(Minor(8)),
        holds: |spec| is_on(spec, &["upgrade", "force"]) && !is(spec, &["upgrade", "serverSideApply"], "disabled"),
        reason: "Helm applies on the server, and replaces nothing by force: it takes `serverSideApply = \"disabled\"` beside it",
    },
    Row {
        kind: "HelmRelease",
        path: &["rollback", "force"],
        since: Some(Minor(8)),
        holds: |spec| is_on(spec, &["rollback", "force"]) && !is(spec, &["rollback", "serverSideApply"], "disabled"),
        reason: "Helm applies on the server, and replaces nothing by force: it takes `serverSideApply = \"disabled\"` beside it",
    },
    Row {
        kind: "HelmRelease",
        path: &["chart", "spec", "version"],
        since: None,
        holds: |spec| {
            let is_of = |kind| is(spec, &["chart", "spec", "sourceRef", "kind"], kind);
            is_of("GitRepository") || is_of("Bucket")
        },
        reason: "a chart in a repository of files is the one that is there",
    },
    Row {
        kind: "HelmRepository",
        path: &["provider"],
        since: None,
        holds: |spec| !is(spec, &["type"], "oci") && !is(spec, &["provider"], "generic"),
        reason: "it is for registries: `type = \"oci\"`",
    },
    Row {
        kind: "HelmRepository",
        path: &["interval"],
        since: None,
        holds: |spec| is(spec, &["type"], "oci"),
        reason: "nothing is fetched from a registry before a chart is wanted",
    },
];

fn is_on(spec: &Node, path: &[&str]) -> bool {
    spec.at(path).is_some_and(|it| it.value == Value::Bool(true))
}

fn is(spec: &Node, path: &[&str], text: &str) -> bool {
    spec.at(path).and_then(Node::text).is_some_and(|it| it == text)
}

/// Reports the fields in the spec of an object that have no effect in a Flux; what the standard library sets is meant
/// for all.
pub fn check(db: &dyn Db, id: &Id, spec: Option<&Node>, minor: Minor, out: &mut Vec<Diagnostic>) {
    let (Some(spec), true) = (spec, id.group.ends_with(".toolkit.fluxcd.io")) else { return };
    for row in ROWS.iter().filter(|it| it.kind == id.kind && it.since.is_none_or(|it| it <= minor)) {
        if let Some(field) = spec.at(row.path)
            && !field.origin.anchor.is_of_library(db)
            && (row.holds)(spec)
        {
            out.push(problems::ineffective(field.origin, id, &row.path.join("."), row.since, row.reason));
        }
    }
}
