//! A directory of somebody else's, with a Kustomization of its own.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::draft::{After, Draft, ReadyWhen};
use super::unit::UnitPlace;
use super::{problems, targets};
use crate::diagnostic::few;
use crate::flux::context::Context;
use crate::flux::kustomization::{part_of, take_name};
use crate::flux::lookup::source_kind;
use crate::flux::source::{artifact, reference_to};
use crate::kube::directory::Directory;
use crate::kube::{Id, Substitution, directory, is_substituted, object};
use crate::source::{Anchor, IndexSet, Origin, is_within};
use crate::syntax::ast::{Patch, SourceKind};
use crate::value::Node;

/// A directory of somebody else's, with a Kustomization of its own.
pub(super) fn kustomized(
    ctx: &mut Context<'_>,
    item: Anchor,
    (prefix, called): (&str, Option<&Node>),
    (after, ready_when): (Vec<After>, ReadyWhen),
    fields: &Node,
    drafts: &mut Vec<Draft>,
) {
    let checked = ctx.evaluated(item);
    let evaluated = &checked.value;
    let origin = Origin::of(item);
    let is_local = evaluated.node.get("source").is_none();
    let written = match evaluated.node.get("path") {
        // All that the source holds.
        None if !is_local => None,
        None => {
            ctx.state.out.push(problems::no_kustomize_path(item, ctx.db));
            return;
        }
        it => {
            let Some((path, _)) = ctx.identity(item, it, "path") else { return };
            Some(path).filter(|it| is_local || !matches!(it.as_str(), "." | "./"))
        }
    };
    let path: EcoString = written.as_deref().map_or("", |it| it.trim_start_matches("./").trim_end_matches('/')).into();
    let at = evaluated.node.get("path").map_or(origin, |it| it.origin);
    let is_plain = path.split('/').all(|it| !matches!(it, "" | "." | ".."));
    if written.is_some() && !is_plain {
        ctx.state.out.push(problems::bad_kustomize_path(at, &path));
        return;
    }
    let raw_patches = local_patches(ctx, &path, is_local, at, evaluated.patches.clone());
    if let (Some(own), true) = (evaluated.node.get("kustomization"), is_local)
        && let Some(directory) = directory::of_flux(ctx.db, &path)
    {
        targets::check(ctx, own, &path, directory);
    }
    let mut fields = fields.clone();
    if let Some(own) = evaluated.node.get("kustomization") {
        object::merge(&mut fields, own);
    }
    let namespace = fields.get("namespace").and_then(Node::text).unwrap_or_else(|| ctx.flux_namespace()).clone();
    let source = match evaluated.node.get("source") {
        // The fleet's own repository.
        None => None,
        Some(node) => {
            // What is no source is reported, or not known: another directory must not be applied instead.
            let found = node.text().and_then(|name| ctx.source(name, node.origin));
            let Some(anchor) = found else {
                ctx.state.is_whole = false;
                return;
            };
            let kind = source_kind(ctx.db, anchor);
            if kind == SourceKind::External {
                let Some(it) = artifact(ctx, anchor, node.origin, &namespace) else { return };
                Some(it)
            } else {
                Some(reference_to(ctx, anchor, origin, &namespace))
            }
        }
    };
    let name = item.name(ctx.db);
    let called = take_name(&mut fields).or_else(|| part_of(called, name));
    drafts.push(Draft {
        called,
        source,
        raw_patches,
        after,
        ready_when,
        ..Draft::new(eco_format!("{prefix}-{name}"), path, UnitPlace::Foreign, origin, fields)
    });
}

/// Variables that Flux replaces in a hand-written directory, and in its patches: a name that nothing defines fails on
/// the cluster.
pub(super) fn check_variables(ctx: &mut Context<'_>, draft: &mut Draft, substitution: &Substitution) {
    let directory = if draft.source.is_none() { directory::of_flux(ctx.db, &draft.path) } else { None };
    for (patch, node) in &mut draft.raw_patches {
        let id = Id {
            group: EcoString::new(),
            kind: patch.object.clone(),
            namespace: patch.namespace.clone().unwrap_or_default(),
            name: patch.name.clone(),
        };
        let mut listed = directory.iter().flat_map(|it| &it.objects);
        let is_left_alone = listed
            .any(|it| !it.is_substituted && (&it.kind, &it.name, &it.namespace) == (&id.kind, &id.name, &id.namespace));
        if !is_left_alone && is_substituted(node) {
            substitution.escape_tree(&id, node, &mut ctx.state.out);
        }
    }
    let objects = directory.iter().flat_map(|it| &it.objects);
    for it in objects {
        let wrong: IndexSet<EcoString> = it
            .texts
            .iter()
            .flat_map(|(text, must_be_text)| substitution.wrong_in(text, *must_be_text, draft.origin))
            .collect();
        for reason in wrong {
            ctx.state.out.push(problems::wrong_in_directory(draft.origin, it, &reason));
        }
    }
    if directory.is_none_or(|it| it.remote.is_some() || !it.complete || it.changes) {
        ctx.state.out.push(problems::unseen_variables(draft.origin, &draft.path));
    }
}

/// The names of a directory's objects of a kind, as far as they are known.
fn of_kind<'a>(directory: Option<&'a Directory>, kind: &str) -> Vec<&'a EcoString> {
    let objects = directory.map_or(&[][..], |it| &it.objects);
    few(objects.iter()).filter(|it| it.kind == kind).map(|it| &it.name).collect()
}

/// Holds raw patches against the directory, and completes them: a patch that hits
/// nothing must fail here, not on the cluster.
fn local_patches(
    ctx: &mut Context<'_>,
    path: &str,
    is_local: bool,
    at: Origin,
    patches: Vec<(Patch, Node)>,
) -> Vec<(Patch, Node)> {
    let output = &ctx.settings.output;
    let generated = [&output.common, &output.applications, &output.clusters];
    if is_local && generated.iter().any(|it| is_within(path, it)) {
        ctx.state.out.push(problems::bad_kustomize_path(at, path));
        return Vec::new();
    }
    let directory = if is_local { directory::of_flux(ctx.db, path) } else { None };
    if is_local && directory.is_none() {
        ctx.state.out.push(problems::no_kustomize_directory(at, path));
        return Vec::new();
    }
    if let Some(remote) = directory.as_ref().and_then(|it| it.remote.as_ref()).filter(|_| ctx.lockdown()) {
        ctx.state.out.push(problems::remote_base(at, path, remote));
    }
    let objects = directory.iter().flat_map(|it| &it.objects);
    let mut known: BTreeMap<(&str, &str, &str), &directory::Listed> = BTreeMap::new();
    for it in objects {
        known.entry((&it.kind, &it.name, &it.namespace)).or_insert(it);
    }
    let mut completed = Vec::new();
    for (patch, mut node) in patches {
        let namespace = patch.namespace.as_ref().map_or("", EcoString::as_str);
        match (known.get(&(patch.object.as_str(), patch.name.as_str(), namespace)), &directory) {
            (Some(hit), _) => {
                if node.get("apiVersion").is_none() {
                    let origin = node.origin;
                    object::set(&mut node, &["apiVersion"], object::text(hit.api_version.clone(), origin));
                }
            }
            (None, Some(directory)) if directory.complete => {
                let names = of_kind(Some(*directory), &patch.object);
                ctx.state.out.push(problems::patch_hits_nothing(node.origin, &patch, path, &names));
                continue;
            }
            (None, _) if node.get("apiVersion").is_none() => {
                ctx.state.out.push(problems::patch_without_version(
                    node.origin,
                    &patch,
                    &of_kind(directory, &patch.object),
                ));
                continue;
            }
            (None, _) => {}
        }
        completed.push((patch, node));
    }
    completed
}
