//! What is said of a cluster's Kustomizations and patches that cannot be made.

use ecow::{EcoString, eco_format};

use super::draft::Draft;
use crate::diagnostic::{Diagnostic, code, listed};
use crate::flux::release::Release;
use crate::kube::directory::Listed;
use crate::kube::object::{Id, Object};
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast::Patch;
use crate::value::Node;

pub(super) fn no_kustomize_path(item: Anchor, db: &dyn Db) -> Diagnostic {
    Diagnostic::new(
        code::NO_KUSTOMIZE_PATH,
        eco_format!("`{}` has neither a path nor a source", item.name(db)),
        Origin::of(item),
        "has no `path`",
    )
    .help("write `path = \"…\"`, from the root of the repository or source")
}

pub(super) fn crd_beside(db: &dyn Db, object: &Object, addon: Anchor) -> Diagnostic {
    Diagnostic::new(
        code::CRD_BESIDE,
        eco_format!("{} is applied together with the add-on that installs its kind", object.id),
        object.origin,
        eco_format!("a {}", object.id.kind),
    )
    .label(Origin::of(addon), eco_format!("`{}` brings `{}`", addon.name(db), object.id.kind))
    .note("the API server does not know the kind before the chart is installed, and the whole Kustomization fails until then")
    .help(eco_format!(
        "move it into another catalogue: what it comes after is inferred. If something else brings the CRD before, write `external CRD \"…\" {{ group = \"{}\", kind = \"{}\", scope = … }}`",
        object.id.group, object.id.kind
    ))
}

pub(super) fn own_kube_config(at: Origin, cluster: &EcoString, via: Origin) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("`{cluster}` is reached in one way, which its `kube-config` says"),
        at,
        "written here again",
    )
    .label(via, "reached through its hub")
    .on(Some(cluster))
    .help("remove `kubeConfig`, and write `kube-config { … }` in the cluster")
}

pub(super) fn name_of_a_list(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("on the hub, `{name}.yaml` is kustomize's own file"),
        at,
        "a cluster that is reached through a hub has a file of its name there",
    )
    .help("give the cluster another name")
}

pub(super) fn sops_on_hub(id: &Id, at: Origin, cluster: &EcoString, via: Origin) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("{id} is read on the hub of `{cluster}`, and a file of SOPS cannot get another name there"),
        at,
        "encrypted under this name",
    )
    .label(via, "reached through its hub")
    .on(Some(cluster))
    .help("make it on the hub: take it there in a catalogue of its own, and declare it: `external Secret …`")
}

pub(super) fn account_elsewhere(at: Origin, was: &str, sync: &str, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("on `{cluster}` Flux looks for this account in `{sync}`, and it is in `{was}`"),
        at,
        "an account of the release's namespace",
    )
    .on(Some(cluster))
    .note("a release that is sent to another cluster is beside Flux on the hub, and so its account is looked for there")
    .help(eco_format!("remove it for this cluster, or make the account in `{sync}`: `release-in = \"flux-system\"`"))
}

pub(super) fn flux_object_of_spoke(object: &Object, cluster: &EcoString, via: Origin) -> Diagnostic {
    Diagnostic::new(
        code::REMOTE_FLUX_OBJECT,
        eco_format!("{} is for Flux, and `{cluster}` has none", object.id),
        object.origin,
        eco_format!("a {} of a cluster that another's Flux applies", object.id.kind),
    )
    .label(via, "reached through its hub")
    .on(Some(cluster))
    .help("take it on the hub, and `drop` it here")
}

pub(super) fn long_hub_name(at: Origin, name: &str, longest: usize) -> Diagnostic {
    Diagnostic::new(
        code::REFUSED_NAME,
        eco_format!("on the hub this would be `{name}`, which has {} letters", name.chars().count()),
        at,
        eco_format!("Flux labels what it applies with the name: at most {longest} letters"),
    )
    .help("give it, or the cluster, a shorter name")
}

pub(super) fn other_source(id: &Id, at: Origin, first: Origin, spoke: &str, hub: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::TWO_OWNERS,
        eco_format!("`{spoke}` needs another {id} than `{hub}` has"),
        at,
        eco_format!("what `{spoke}` needs"),
    )
    .label(first, "the other")
    .note(eco_format!("the sources of a cluster that is reached through `{hub}` are on `{hub}`"))
    .help("give one of the two another name")
}

pub(super) fn suspended(db: &dyn Db, release: &Release, unit: &str) -> Diagnostic {
    Diagnostic::new(
        code::SUSPENDED,
        eco_format!("`{}` is suspended, and others wait for it", release.addon.name(db)),
        Origin::of(release.addon),
        eco_format!("awaited by what comes after `{unit}`"),
    )
    .help("remove `suspend`, or what comes `after` it")
}

pub(super) fn another_version(base: &Object, wanted: &Object, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::IDENTITY_CHANGED,
        eco_format!("{} has another apiVersion on a cluster: {} instead of {}", base.id, wanted.version, base.version),
        wanted.origin,
        "a patch cannot change it",
    )
    .on(Some(cluster))
    .help("declare it in the cluster that has it")
}

pub(super) fn not_in_base(object: &Object, cluster: &EcoString) -> Diagnostic {
    // The field that another layer wrote says where the identity was changed.
    let fields: [&[&str]; 5] =
        [&["metadata", "name"], &["metadata", "namespace"], &["kind"], &["apiVersion"], &["spec", "url"]];
    let changed = fields
        .iter()
        .filter_map(|it| object.body.at(it))
        .find(|it| it.origin.anchor != object.origin.anchor)
        .map_or(object.origin, |it| it.origin);
    Diagnostic::new(
        code::IDENTITY_CHANGED,
        eco_format!("{} is not in the catalogue, and a patch cannot add it", object.id),
        changed,
        "only this cluster would have it",
    )
    .label(object.origin, "declared here")
    .on(Some(cluster))
    .help("keep name, namespace and kind of source as the catalogue has them, or declare the item in the cluster")
}

pub(super) fn bad_kustomize_path(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::KUSTOMIZE_PATH,
        eco_format!("`{path}` cannot be a kustomize directory"),
        at,
        "not a directory of its own",
    )
    .help("write a path from the repository's root, without `.` and `..`, outside the generated directories")
}

pub(super) fn no_kustomize_directory(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::KUSTOMIZE_PATH,
        eco_format!("there is no directory `{path}` in the project"),
        at,
        "Flux would find nothing",
    )
    .help("fix the path, or write the directory")
}

pub(super) fn merge_hits_nothing(at: Origin, kind: &str, name: &str, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::PATCH_HITS_NOTHING,
        eco_format!("`{path}` has no {kind} `{name}`"),
        at,
        "this patch would hit nothing",
    )
    .note("a patch is matched before kustomize changes names and namespaces; without a `target`, its object must be there")
    .help("fix its `kind` and `metadata`, or write a `target`")
}

pub(super) fn patch_of_nothing(at: Origin) -> Diagnostic {
    Diagnostic::new(code::RAW_PATCH, "this patch does not say what it is about", at, "no `kind` and `metadata.name`")
        .help("write an object as YAML, or add a `target { kind = …, name = … }`")
}

/// A selector that kustomize cannot read.
pub(super) fn no_selector(it: &Node) -> Diagnostic {
    let message = eco_format!("{} is no selector", it.value.show());
    Diagnostic::new(code::PATCH_HITS_NOTHING, message, it.origin, "kustomize refuses it").help(
        "write `key=value`, `key!=value`, `key in (a, b)`, `key notin (a, b)`, `key` or `!key`, with commas between",
    )
}

pub(super) fn target_hits_nothing<'a>(target: &Node, path: &str, kinds: impl Iterator<Item = &'a str>) -> Diagnostic {
    let kind = target.get("kind").and_then(Node::text);
    let what = ["kind", "name", "namespace", "group", "version", "labelSelector", "annotationSelector"];
    let what = what.into_iter().filter_map(|key| {
        let text = target.get(key).and_then(Node::text)?;
        Some(eco_format!("{key} `{text}`"))
    });
    let mut kinds: Vec<&str> = kinds.collect();
    kinds.sort_unstable();
    kinds.dedup();
    Diagnostic::new(
        code::PATCH_HITS_NOTHING,
        eco_format!("`{path}` has no object with {}", listed(what)),
        target.origin,
        "this patch would hit nothing",
    )
    .note("a patch is matched before kustomize changes names and namespaces; one that matches nothing is passed over without a word")
    .did_you_mean(kind.map_or("", |it| it.as_str()), kinds.iter().copied())
    .or_help(|| (!kinds.is_empty()).then(|| eco_format!("it has {}", listed(kinds.iter().map(|it| format!("`{it}`"))))))
}

pub(super) fn patch_hits_nothing(at: Origin, patch: &Patch, directory: &str, names: &[&EcoString]) -> Diagnostic {
    let namespace = patch.namespace.as_ref().map(|it| eco_format!(" in `{it}`")).unwrap_or_default();
    Diagnostic::new(
        code::PATCH_HITS_NOTHING,
        eco_format!("`{directory}` has no {} `{}`{namespace}", patch.object, patch.name),
        at,
        "this patch would hit nothing",
    )
    .note("a patch is matched before kustomize changes names and namespaces")
    .did_you_mean(&patch.name, names.iter().map(|it| it.as_str()))
    .or_help(|| (!names.is_empty()).then(|| eco_format!("it has {}", listed(names.iter().map(|it| format!("`{it}`"))))))
}

/// `names` are the objects of that kind that the directory is known to have.
pub(super) fn patch_without_version(at: Origin, patch: &Patch, names: &[&EcoString]) -> Diagnostic {
    let listed = listed(names.iter().map(|it| format!("`{it}`")));
    Diagnostic::new(
        code::PATCH_HITS_NOTHING,
        eco_format!("the apiVersion of {} `{}` is not known", patch.object, patch.name),
        at,
        "the object cannot be looked up",
    )
    .did_you_mean(&patch.name, names.iter().map(|it| it.as_str()))
    .or_help(|| {
        let known = if names.is_empty() { String::new() } else { format!("name one of {listed}, or ") };
        Some(eco_format!("{known}write it inside the patch: `apiVersion = \"…\"`"))
    })
}

pub(super) fn suspended_unit(at: Origin, unit: &str) -> Diagnostic {
    Diagnostic::new(
        code::SUSPENDED,
        eco_format!("`{unit}` is suspended, and others wait for it"),
        at,
        "awaited by what comes after it",
    )
    .help("remove `suspend`, or what comes `after` it")
}

pub(super) fn remote_base(at: Origin, path: &str, remote: &str) -> Diagnostic {
    Diagnostic::new(
        code::REMOTE_BASE,
        eco_format!("under lockdown, `{path}` may not build on {remote}"),
        at,
        "its kustomization.yaml lists it",
    )
    .note("`--no-remote-bases`: kustomize-controller fetches nothing but its source")
    .help("copy what it names into the repository, or declare a `source` of Git and take the directory from it")
}

/// Variables in a directory that somebody wrote.
pub(super) fn wrong_in_directory(at: Origin, it: &Listed, reason: &str) -> Diagnostic {
    let (kind, name, file) = (&it.kind, &it.name, &it.file);
    Diagnostic::new(
        code::UNDEFINED_VARIABLE,
        eco_format!("{kind} `{name}` in `{file}` {reason}"),
        at,
        "its Kustomization replaces variables",
    )
    .note("Flux replaces variables in the YAML text of an object and reads it again")
    .help("define it in `postBuild.substitute`, or write `$${…}` in that file")
}

/// Variables that are out of sight.
pub(super) fn unseen_variables(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::UNSEEN_VARIABLES,
        eco_format!(
            "not all variables in `{path}` are checked: a part of it is generated, patched or in another repository"
        ),
        at,
        "its Kustomization replaces variables",
    )
    .help("move it into a catalogue whose Kustomizations have no `postBuild`")
}

/// A chart that is of another shard than its source: no source-controller sees both.
pub(super) fn other_shard(release: &Id, source: &str, of_source: Option<&EcoString>, written: &Node) -> Diagnostic {
    let of_source = of_source.map_or_else(|| "of no shard".into(), |it| eco_format!("of the shard `{it}`"));
    Diagnostic::new(
        code::OTHER_SHARD,
        eco_format!("the chart of {release} is of another shard than its source: `{source}` is {of_source}"),
        written.origin,
        "no source-controller sees both",
    )
    .help("leave it out: it follows from the source")
}

/// A Kustomization that stops waiting before a release is done that it waits for.
pub(super) fn short_timeout(own: &Node, unit: &str, release: &str, takes: &Node) -> Diagnostic {
    Diagnostic::new(
        code::SHORT_TIMEOUT,
        eco_format!("`{unit}` waits for `{release}`, which may take {}", takes.value.show()),
        own.origin,
        "it stops waiting before",
    )
    .label(takes.origin, "as long as this")
    .help("make it at least as long, or remove it")
}

pub(super) fn called_alike(first: &Draft, again: &Draft) -> Diagnostic {
    let name = again.flux_name();
    Diagnostic::new(
        code::CALLED_ALIKE,
        eco_format!(
            "two Kustomizations of a cluster are called `{name}`: those of `{}` and `{}`",
            first.name,
            again.name
        ),
        again.called_at(),
        "called so here",
    )
    .label(first.called_at(), "and here")
    .note("they would be one object; and the hub of a cluster tells those of it apart by name")
    .help("give one of them another `name` or `namespace`")
}

pub(super) fn encrypted_beside(encrypted: &Object, other: &Object) -> Diagnostic {
    let namespace = &encrypted.id.namespace;
    Diagnostic::new(
        code::SOPS,
        eco_format!("{} has no namespace in its file, and {other} is applied with it", encrypted.id, other = other.id),
        encrypted.origin,
        eco_format!("its Kustomization has to put it into `{namespace}`"),
    )
    .label(other.origin, "this would go there, too")
    .note("SOPS signed the file, so that nothing can be written into it; Flux' `targetNamespace` is for all objects of a Kustomization")
    .help("write the namespace into the file and encrypt it anew, or move the encrypted files into a catalogue of their own")
}

pub(super) fn called_as_root(draft: &Draft) -> Diagnostic {
    let name = draft.flux_name();
    Diagnostic::new(
        code::CALLED_ALIKE,
        eco_format!("`{name}` is the Kustomization at the cluster's root"),
        draft.called_at(),
        "called so, too",
    )
    .help("choose another `name`")
}
