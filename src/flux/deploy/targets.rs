//! Patches that an author writes as Flux has them, in `kustomization { patches = [ … ] }` of a directory: each must hit
//! something there. What hits nothing is applied without a word.

use std::collections::BTreeMap;

use regex::Regex;

use super::problems;
use crate::flux::context::Context;
use crate::kube::directory::{Directory, Listed};
use crate::kube::object::split_api_version;
use crate::kube::selector::matches;
use crate::value::Node;

/// What selects by labels, and by annotations.
const SELECTORS: [&str; 2] = ["labelSelector", "annotationSelector"];

/// Reports the patches among the fields of a Kustomization that hit no object of its directory.
pub(super) fn check(ctx: &mut Context<'_>, fields: &Node, path: &str, directory: &Directory) {
    // What is not seen may be hit.
    if !directory.complete || directory.remote.is_some() {
        return;
    }
    for patch in fields.get("patches").and_then(Node::list).unwrap_or_default() {
        let kinds = || directory.objects.iter().map(|it| it.kind.as_str());
        if let Some(target) = patch.get("target") {
            let bad = SELECTORS
                .into_iter()
                .filter_map(|key| target.get(key))
                .find(|it| it.text().is_some_and(|it| matches(it, &BTreeMap::new()).is_none()));
            if let Some(it) = bad {
                ctx.state.out.push(problems::no_selector(it));
                continue;
            }
            // Where the directory gives labels itself, or patches, there may be more than is seen.
            let sees_labels = !directory.adds && !directory.changes;
            if !directory.objects.iter().any(|it| is_hit(target, it) && (!sees_labels || is_selected(target, it))) {
                ctx.state.out.push(problems::target_hits_nothing(target, path, kinds()));
            }
            continue;
        }
        let Some(text) = patch.get("patch") else { continue };
        let document = text.text().and_then(|it| serde_yaml::from_str::<serde_yaml::Value>(it).ok());
        let named = |key: &[&str]| {
            let found = key.iter().try_fold(document.as_ref()?, |it, key| it.get(key));
            found.and_then(serde_yaml::Value::as_str)
        };
        match (named(&["kind"]), named(&["metadata", "name"])) {
            (Some(kind), Some(name)) => {
                let namespace = named(&["metadata", "namespace"]).unwrap_or_default();
                let is_it = |it: &Listed| it.kind == kind && it.name == name && it.namespace == namespace;
                if !directory.objects.iter().any(is_it) {
                    ctx.state.out.push(problems::merge_hits_nothing(text.origin, kind, name, path));
                }
            }
            _ => ctx.state.out.push(problems::patch_of_nothing(text.origin)),
        }
    }
}

/// Whether a target selects an object by its labels and annotations.
fn is_selected(target: &Node, it: &Listed) -> bool {
    let text = |key: &str| target.get(key).and_then(Node::text);
    SELECTORS
        .into_iter()
        .zip([&it.labels, &it.annotations])
        .all(|(key, of)| text(key).is_none_or(|it| matches(it, of) == Some(true)))
}

/// Whether a target selects an object otherwise than by labels and annotations. Each field is a regular
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
        // What is no regular expression matches nothing.
        Some(pattern) => Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|it| it.is_match(text)),
        None => true,
    })
}
