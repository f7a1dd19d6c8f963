//! What a build refuses to do to a tree.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use super::old::Old;
use crate::diagnostic::{Diagnostic, Place, code, listed, listed_up_to};
use crate::flux::Deployed;
use crate::kube::Id;
use crate::source::Origin;

fn file(path: &str) -> Place {
    Place::File(path.into())
}

pub(super) fn foreign_file(path: &str) -> Diagnostic {
    Diagnostic::new(code::FOREIGN_FILE, eco_format!("`{path}` is in the way"), file(path), "not written by fleetc")
        .note("it has no header of fleetc's that names this path")
        .help("move it away, or take it over with `fleetc build --adopt`")
}

pub(super) fn link_in_the_way(path: &str, link: &str) -> Diagnostic {
    Diagnostic::new(
        code::LINK,
        eco_format!("`{path}` would be written through `{link}`"),
        file(link),
        "not a plain file or directory",
    )
    .note("nothing is written through a symbolic link")
    .help("remove it")
}

pub(super) fn directory_in_the_way(path: &str) -> Diagnostic {
    Diagnostic::new(code::FOREIGN_FILE, eco_format!("`{path}` is a directory"), file(path), "a file belongs here")
        .help("move it away")
}

pub(super) fn undeclared_cluster(dir: &str) -> Diagnostic {
    Diagnostic::new(
        code::UNDECLARED_CLUSTER,
        eco_format!("`{dir}` is a live cluster that no source declares"),
        file(dir),
        "holds `flux-system/`",
    )
    .note("an empty root would uninstall everything on it")
    .help("declare the cluster again (`path` keeps its directory), or uninstall Flux there and remove the directory by hand")
}

/// A root's own `kustomization.yaml` without what is generated beside it.
pub(super) fn list_misses(path: &str, missing: &[EcoString]) -> Diagnostic {
    let what = if missing.len() == 1 { "one generated file" } else { "generated files" };
    let lines: Vec<String> = missing.iter().map(|it| format!("`- {it}`")).collect();
    Diagnostic::new(
        code::ROOT_FILE,
        eco_format!("`{path}` does not list {what} of its directory"),
        file(path),
        "Flux applies what it lists, and nothing else",
    )
    .help(eco_format!("add to its `resources`: {}", listed_up_to(usize::MAX, lines)))
}

pub(super) fn list_misses_flux(path: &str) -> Diagnostic {
    Diagnostic::new(
        code::ROOT_FILE,
        eco_format!("`{path}` does not list `flux-system`"),
        file(path),
        "Flux applies what it lists, and nothing else",
    )
    .note("Flux would prune itself")
    .help("add to its `resources`: `- flux-system`")
}

/// What is listed and not there when the build is done.
pub(super) fn list_has_too_much(path: &str, name: &str, goes: bool) -> Diagnostic {
    let why = if goes { "this build removes that file" } else { "there is no such file" };
    Diagnostic::new(code::ROOT_FILE, eco_format!("`{path}` lists `{name}`"), file(path), why)
        .note("kustomize fails on what is not there, and the cluster stays as it is")
        .help(eco_format!("take `- {name}` out of its `resources`"))
}

pub(super) fn list_changes(path: &str, keys: &[&str]) -> Diagnostic {
    let keys = listed(keys.iter().map(|it| format!("`{it}`")));
    Diagnostic::new(
        code::ROOT_FILE,
        eco_format!("`{path}` would change what is generated, by {keys}"),
        file(path),
        "what Flux applies would not be what the sources say",
    )
    .help("move it into a directory below, with the files that it is about, and list that directory")
}

pub(super) fn unreadable_list(path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(code::ROOT_FILE, eco_format!("`{path}` cannot be read"), file(path), eco_format!("{why}"))
        .note("Flux applies what it lists, and nothing else")
}

pub(super) fn not_an_object(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(
        code::ROOT_FILE,
        eco_format!("`{path}` would break the root of its cluster"),
        file(path),
        eco_format!("{reason}"),
    )
    .note("Flux builds every YAML file below a cluster's root")
    .help("move it out of the cluster's directory")
}

pub(super) fn owned_by_hand(path: &str, id: &Id, in_file: Option<&EcoString>) -> Diagnostic {
    let problem = Diagnostic::new(
        code::OWNED_BY_HAND,
        eco_format!("{id} is declared here and generated too"),
        file(path),
        if in_file.is_some() { "a Kustomization that applies it" } else { "written by hand" },
    );
    let problem = match in_file {
        Some(it) => problem.note(eco_format!("it is in `{it}`")),
        None => problem,
    };
    problem.help("remove it here, or in the sources")
}

pub(super) fn twice_by_hand(path: &str, id: &Id, other: &str, in_file: Option<&EcoString>) -> Diagnostic {
    let problem = Diagnostic::new(
        code::OWNED_BY_HAND,
        eco_format!("{id} has two owners on one cluster"),
        file(path),
        eco_format!("applied by `{other}`, too"),
    );
    let problem = match in_file {
        Some(it) => problem.note(eco_format!("it is in `{it}`")),
        None => problem,
    };
    problem.help("remove it from one of the two")
}

pub(super) fn goes_to_hub(path: &str, spoke: &str, hub: &str) -> Diagnostic {
    Diagnostic::new(
        code::GOES_TO_HUB,
        eco_format!("`{path}` goes to `{hub}`, not to `{spoke}`"),
        file(path),
        "written by hand",
    )
    .note(eco_format!(
        "the Flux of `{hub}` builds this directory for itself: what it sends to `{spoke}` has a `kubeConfig`"
    ))
    .help(eco_format!(
        "declare it in `{spoke}` (`manifest`, `kustomize`), or move the file to the directory of `{hub}`"
    ))
}

pub(super) fn missing_directory(path: &str, by: &Id, missing: &str) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_DIRECTORY,
        eco_format!("{by} applies `{missing}`, which is no directory of the repository"),
        file(path),
        "written by hand",
    )
    .note("Flux reports that the path is not found, and applies nothing")
    .help("write the path from the repository's root, or make the directory")
}

pub(super) fn bootstrap_differs(path: &str, what: &str, found: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(
        code::BOOTSTRAP,
        eco_format!("Flux reads another {what} than the sources declare: `{found}`, not `{expected}`"),
        file(path),
        "written by `flux bootstrap`",
    )
    .help("fix `fleet { … }` or `path` of the cluster, or run `flux bootstrap` again")
}

pub(super) fn root_waits(path: &str, how: &str) -> Diagnostic {
    Diagnostic::new(
        code::BOOTSTRAP,
        "the root Kustomization waits for what waits for it",
        file(path),
        eco_format!("has {how}"),
    )
    .note("every Kustomization of the fleet depends on the root having applied the same revision")
    .help("remove it there, or write `sync { gate = false }`")
}

pub(super) fn root_rewrites(path: &str, field: &str, value: &str) -> Diagnostic {
    Diagnostic::new(
        code::BOOTSTRAP,
        eco_format!("the root Kustomization changes what is built: `{field}` is `{value}`"),
        file(path),
        "written by `flux bootstrap`, with the patches beside it",
    )
    .note("every object in the root would get another name or namespace, and what names it would not")
    .help("remove it")
}

pub(super) fn root_field(path: &str, field: &str, why: &str) -> Diagnostic {
    Diagnostic::new(
        code::ROOT_FIELD,
        eco_format!("the root Kustomization has `{field}`: {why}"),
        file(path),
        "written by `flux bootstrap`, with the patches beside it",
    )
    .help("remove it, unless it is meant")
}

pub(super) fn lockdown_differs(path: &str, cluster: &str) -> Diagnostic {
    Diagnostic::new(
        code::LOCKDOWN_DIFFERS,
        eco_format!(
            "Flux on `{cluster}` refuses references across namespaces, and the fleet does not declare `lockdown`"
        ),
        file(path),
        "has `--no-cross-namespace-refs=true`",
    )
    .help("write `lockdown = true` in `fleet { … }`")
}

pub(super) fn flux_of_spoke(root: &str, cluster: &str, hub: &str) -> Diagnostic {
    let dir = eco_format!("{root}/flux-system");
    Diagnostic::new(
        code::BOOTSTRAP,
        eco_format!("`{cluster}` is reached through `{hub}`, and has what bootstraps a Flux of its own"),
        file(&dir),
        eco_format!("`{hub}` would apply it to itself, and then follow `{root}` instead of its own directory"),
    )
    .help(eco_format!("uninstall Flux on `{cluster}` and remove `{dir}`; or remove `via`"))
}

pub(super) fn removes_cluster(dir: &str, name: Option<&str>, count: usize, of_hub: bool) -> Diagnostic {
    // A name that another cluster has means that one.
    let name = name.unwrap_or(dir);
    Diagnostic::new(
        code::REMOVES,
        eco_format!("this would remove the cluster in `{dir}`"),
        file(dir),
        if count == 1 {
            eco_format!("1 Kustomization, and everything that it installed")
        } else {
            eco_format!("{count} Kustomizations, and everything that they installed")
        },
    )
    .note(if of_hub {
        "its hub's Flux would prune what it applied there"
    } else {
        "Flux on that cluster would find no directory: it fails, prunes nothing and stops updating"
    })
    .help(eco_format!(
        "if that is meant: `fleetc build --remove {name}`; if it moved, keep its directory with `path = \"{dir}\"`"
    ))
}

pub(super) fn leaves_hub(
    new: &Deployed,
    root: &Old,
    kustomizations: &BTreeSet<EcoString>,
    releases: &BTreeSet<EcoString>,
) -> Diagnostic {
    let hub = root.dir.rsplit('/').next().unwrap_or_default();
    let name = &new.cluster;
    let suspend = |kind: &str, names: &BTreeSet<EcoString>| {
        let names: Vec<&str> = names.iter().map(EcoString::as_str).collect();
        // The command's own default.
        let namespace = if root.namespace == "flux-system" { String::new() } else { format!(" -n {}", root.namespace) };
        (!names.is_empty()).then(|| format!("`flux suspend {kind} {}{namespace}`", names.join(" ")))
    };
    let commands = [suspend("kustomization", kustomizations), suspend("helmrelease", releases)];
    let commands: Vec<String> = commands.into_iter().flatten().collect();
    let first =
        if commands.is_empty() { String::new() } else { format!("on the hub, {}; then ", commands.join(" and ")) };
    Diagnostic::new(
        code::REMOVES,
        if root.name == *name {
            eco_format!("this would uninstall everything of `{name}`, which leaves its hub")
        } else {
            eco_format!("this would uninstall everything of `{name}`, which its hub knows as `{}`", root.name)
        },
        file(&new.path),
        eco_format!("the Flux of `{hub}` would delete what it has for it, and what that applied"),
    )
    .note("what is suspended when it is deleted stays on the cluster")
    .help(eco_format!("to hand it over: {first}`fleetc build --remove {name}`"))
}

pub(super) fn joins_hub(new: &Deployed, hub: &str) -> Diagnostic {
    let name = &new.cluster;
    Diagnostic::new(
        code::REMOVES,
        eco_format!("this would uninstall everything of `{name}`, if its own Flux still runs when `{hub}` takes over"),
        file(&new.path),
        "its Kustomizations go from here, and its own Flux would prune what they applied",
    )
    .help(eco_format!(
        "to hand it over: `flux uninstall` on `{name}`, which leaves what Flux applied; then `fleetc build --remove {name}`"
    ))
}

pub(super) fn unreadable(path: &str, dir: &str, goes: bool) -> Diagnostic {
    if goes {
        return Diagnostic::new(
            code::REMOVES,
            eco_format!("`{path}` would go, and what it holds cannot be read"),
            file(path),
            "generated by fleetc, and no longer valid YAML",
        )
        .note("Flux would uninstall what it applied from there")
        .help(eco_format!(
            "restore it (`git checkout {path}`); if losing it is acceptable: `fleetc build --remove {dir}`"
        ));
    }
    Diagnostic::new(
        code::OLD_UNREADABLE,
        eco_format!("`{path}` cannot be read, so that nothing tells what this build removes from it"),
        file(path),
        "generated by fleetc, and no longer valid YAML",
    )
    .note("what it was is not compared with what it becomes; conflict markers of Git make a file so")
    .help(eco_format!("restore it first (`git checkout {path}`), or look at what this build changes with `git diff`"))
}

pub(super) fn adoption_loses(path: &str, lost: &[Id]) -> Diagnostic {
    Diagnostic::new(
        code::ADOPTION,
        eco_format!("taking `{path}` over would delete {}", listed_up_to(3, lost)),
        file(path),
        "written by hand, with objects that the sources do not make",
    )
    .note("Flux deletes what a file held and no longer holds")
    .help("move these documents into a file of their own beside it, or give the item in the sources the same name and namespace")
}

pub(super) fn adoption_loses_list(path: &str, lost: &[EcoString], fields: &[EcoString]) -> Diagnostic {
    let what: Vec<String> = lost.iter().chain(fields).map(|it| format!("`{it}`")).collect();
    Diagnostic::new(
        code::ADOPTION,
        eco_format!("taking `{path}` over would drop {} from it", what.join(", ")),
        file(path),
        "written by hand, with entries that the sources do not make",
    )
    .note("Flux deletes what the directory no longer lists")
    .help(
        "keep the directory by hand and take another one for the catalogue (`path = \"…\"`), or declare what it lists",
    )
}

pub(super) fn adoption_prunes(path: &str, id: &Id, before: &str, lost: &[Id]) -> Diagnostic {
    let what = if lost.is_empty() { eco_format!("what it applies from `{before}`") } else { listed_up_to(3, lost) };
    Diagnostic::new(
        code::ADOPTION,
        eco_format!("taking {id} over would uninstall {what}"),
        file(path),
        eco_format!("applies `{before}` now"),
    )
    .note("Flux prunes what a Kustomization applied and its new directory does not hold")
    .help("write `prune = false` in the block of `use` until Flux has applied this build; or give the catalogue another name and keep this one")
}

/// What is taken over and has other fields from then on.
pub(super) fn adoption_changes(path: &str, id: &Id, gone: &[EcoString], changed: &[EcoString]) -> Diagnostic {
    let some = |all: &[EcoString]| listed_up_to(8, all.iter().map(|it| format!("`{it}`")));
    let mut it = Diagnostic::new(
        code::ADOPTION_CHANGES,
        eco_format!("{id} is not what it was by hand"),
        file(path),
        "taken over",
    );
    if !gone.is_empty() {
        it = it.note(eco_format!("gone: {}", some(gone)));
    }
    if !changed.is_empty() {
        it = it.note(eco_format!("other than before: {}", some(changed)));
    }
    it.help("write in the sources what shall stay")
}

/// The new Kustomization that has objects of one that goes.
pub(super) enum NewOwner<'a> {
    /// It is new too: the old one under another name.
    Renamed(&'a EcoString),
    /// It was there before.
    Joined(&'a EcoString),
}

impl<'a> NewOwner<'a> {
    pub(super) const fn name(&self) -> &'a EcoString {
        match self {
            Self::Renamed(it) | Self::Joined(it) => it,
        }
    }
}

pub(super) fn removes_kustomization(
    path: &str,
    cluster: &str,
    name: &str,
    new_owner: Option<NewOwner<'_>>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::REMOVES,
        eco_format!("this would uninstall everything of `{name}` on `{cluster}`"),
        file(path),
        "the Kustomization would go, and Flux prune what it applied",
    );
    match new_owner {
        Some(NewOwner::Joined(new_owner)) => diagnostic
            .note(eco_format!("`{new_owner}` has objects of it"))
            .help(eco_format!("keep `catalogue {name} {{ }}` and write `moved {{ from = {name}.ITEM, to = {new_owner}.ITEM }}` for each; if losing them is acceptable: `fleetc build --remove {cluster}/{name}`")),
        Some(NewOwner::Renamed(new_owner)) => diagnostic
            .note(eco_format!("`{new_owner}` has objects of it: was it renamed?"))
            .help(eco_format!("write `moved {{ from = {name}, to = {new_owner} }}`; if losing it is acceptable: `fleetc build --remove {cluster}/{name}`")),
        None => diagnostic.help(eco_format!("if that is meant: `fleetc build --remove {cluster}/{name}`")),
    }
}

pub(super) fn stage_skipped(at: Origin, name: &str, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::STAGE_SKIPPED,
        eco_format!("`{name}` would still prune what it applied on `{cluster}`"),
        at,
        "the first stage of this move is not in the tree",
    )
    .on(Some(cluster))
    .note("in the first stage the old Kustomization gets `prune: false`, which has to reach the cluster before it goes")
    .help("remove `stage = 2`, build, commit, wait until every cluster has applied it, and write it again")
}

pub(super) fn moves_kustomization(old: &Old, cluster: &str, new: &Id) -> Diagnostic {
    let (name, before, after) = (&old.called, &old.namespace, &new.namespace);
    Diagnostic::new(
        code::REMOVES,
        eco_format!("this would uninstall everything of `{name}` on `{cluster}`"),
        file(&old.file),
        eco_format!("the Kustomization would move from namespace `{before}` to `{after}`"),
    )
    .note("Flux prunes the old one with all that it applied")
    .help(eco_format!(
        "keep it in `{before}`: `namespace` in `sync`, or in its `kustomization`, says where it lives; if that is meant: `fleetc build --remove {cluster}/{name}`"
    ))
}

pub(super) fn moved(
    id: &Id,
    from: &str,
    to: &str,
    cluster: &EcoString,
    origin: Origin,
    item: Option<&EcoString>,
) -> Diagnostic {
    let lost = if id.kind == "HelmRelease" { ": a release is uninstalled in between" } else { "" };
    let offer = match item {
        Some(item) => eco_format!("write `moved {{ from = {from}.{item}, to = {to}.{item} }}`; if"),
        None => "leave it where it is; if".into(),
    };
    Diagnostic::new(
        code::MOVED,
        eco_format!("{id} would move from `{from}` to `{to}` on `{cluster}`"),
        origin,
        "the object that moves",
    )
    .on(Some(cluster))
    .note(eco_format!("Flux prunes it with the one and creates it with the other, in any order{lost}"))
    .help(eco_format!("{offer} losing it is acceptable: `fleetc build --remove {cluster}/{from}`"))
}

pub(super) fn reinstalls(
    at: Origin,
    addon: &str,
    what: &str,
    before: &str,
    after: &str,
    cluster: &EcoString,
) -> Diagnostic {
    Diagnostic::new(
        code::REINSTALLS,
        eco_format!("a new {what} uninstalls `{addon}` and installs it again: `{before}` → `{after}`"),
        at,
        eco_format!("its {what} changes"),
    )
    .on(Some(cluster))
    .help("if that is meant, write `reinstall = true` in the add-on until the build has reached the clusters")
}
