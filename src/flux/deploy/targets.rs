//! Patches that an author writes as Flux has them, in `kustomization { patches = [ … ] }` of a directory: each must hit
//! something there. What hits nothing is applied without a word.

use regex::Regex;

use super::problems;
use crate::flux::context::Context;
use crate::kube::directory::{Directory, Listed};
use crate::kube::object::split_api_version;
use crate::value::Node;

/// Reports the patches among the fields of a Kustomization that hit no object of its directory.
pub(super) fn check(ctx: &mut Context<'_>, fields: &Node, path: &str, directory: &Directory) {
    // What is not seen may be hit.
    if !directory.complete || directory.remote.is_some() {
        return;
    }
    for patch in fields.get("patches").and_then(Node::list).unwrap_or_default() {
        let Some(target) = patch.get("target") else { continue };
        if !directory.objects.iter().any(|it| is_hit(target, it)) {
            let kinds = directory.objects.iter().map(|it| it.kind.as_str());
            ctx.state.out.push(problems::target_hits_nothing(target, path, kinds));
        }
    }
}

/// Whether a target selects an object, as far as that is seen: not by its labels and annotations. Each field is a regular
/// expression for the whole of it (kustomize's `types.Selector`).
fn is_hit(target: &Node, it: &Listed) -> bool {
    let (group, version) = split_api_version(&it.api_version);
    let fields = [
        ("group", group.as_str()),
        ("version", version.as_str()),
        ("kind", it.kind.as_str()),
        ("name", it.name.as_str()),
        ("namespace", it.namespace.as_str()),
    ];
    fields.into_iter().all(|(key, text)| match target.get(key).and_then(Node::text) {
        // What cannot be read as one is for kustomize to refuse.
        Some(pattern) => Regex::new(&format!("^(?:{pattern})$")).map_or(true, |it| it.is_match(text)),
        None => true,
    })
}
