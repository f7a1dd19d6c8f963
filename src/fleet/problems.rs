//! What can be wrong with clusters, rules and selections.

use ecow::{EcoString, eco_format};

use super::declarations::Declared;
use super::explain::Shown;
use super::settings_data::Output;
use super::statement::About;
use crate::diagnostic::{Diagnostic, Subject, code};
use crate::names::Index;
use crate::source::{Anchor, Db, Kind, Origin, is_within};
use crate::value::{Node, Value};

pub(super) fn cycle(at: Origin, what: &str, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::FACT_CYCLE,
        eco_format!("the {what}s refer to each other in a cycle: {path}"),
        at,
        "comes back to itself here",
    )
    .help("write one of the values out")
}

/// A fleet that another fleetc is needed for.
pub(super) fn other_fleetc(at: Origin, needed: &str) -> Diagnostic {
    let own = env!("CARGO_PKG_VERSION");
    Diagnostic::new(
        code::OTHER_FLEETC,
        eco_format!("this fleet needs fleetc {needed}, and this is fleetc {own}"),
        at,
        "the versions that may build it",
    )
    .help("install another fleetc, or change the range if this one will do")
}

pub(super) fn nested_outputs(at: &Node, output: &Output) -> Option<Diagnostic> {
    let all = [&output.common, &output.applications, &output.clusters];
    let nested =
        all.iter().enumerate().any(|(nth, a)| all.iter().enumerate().any(|(other, b)| nth != other && is_within(b, a)));
    nested.then(|| {
        Diagnostic::new(
            code::OUTPUTS_OVERLAP,
            "the generated directories lie in each other",
            at.origin,
            "they must be apart",
        )
        .help("give each a directory of its own")
    })
}

pub(super) fn layer_twice(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE, eco_format!("the layer `{name}` is listed twice"), at, "listed again")
        .help("remove one of the two")
}

pub(super) fn unknown_override(db: &dyn Db, at: Origin, name: &str, index: &Index) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("there is no item `{name}` to override"),
        at,
        "no catalogue has it",
    )
    .note("an override never creates");
    let known = index.items.values().flatten().map(|(it, anchor)| (it.as_str(), anchor));
    match crate::diagnostic::near(name, known).first() {
        Some((near, anchor)) => {
            let own = anchor.parent(db).is_some_and(|it| it.kind(db) == Kind::Cluster);
            let what = if own { "a cluster's own item" } else { "a similar one" };
            diagnostic
                .label(Origin::of(**anchor), eco_format!("{what} is declared here"))
                .help(eco_format!("did you mean `{near}`?"))
                .instead_of(name, near)
        }
        None => match index.source_named(name) {
            Some(source) => diagnostic
                .label(Origin::of(source), "a source of that name is declared here")
                .help(eco_format!("a source is overridden with its keyword: `override source {name} {{ … }}`")),
            None => diagnostic.help("declare it in a catalogue, or in the cluster that alone has it"),
        },
    }
}

pub(super) fn unknown_namespace(db: &dyn Db, at: Origin, name: &str, index: &Index) -> Diagnostic {
    let all = index.items.values().flat_map(|it| it.values());
    let known = all.filter(|it| it.kind(db) == Kind::NAMESPACE).map(|it| it.name(db).as_str());
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("there is no namespace `{name}` to override"),
        at,
        "no catalogue declares it",
    )
    .note("an override never creates")
    .did_you_mean(name, known)
    .or_help(|| Some(eco_format!("declare it in a catalogue: `namespace {name} {{ }}`")))
}

pub(super) fn ambiguous(db: &dyn Db, at: Origin, name: &str, several: &[Anchor]) -> Diagnostic {
    let choices: Vec<String> = several
        .iter()
        .map(|it| it.parent(db).map_or_else(|| format!("`{name}`"), |parent| format!("`{}.{name}`", parent.name(db))))
        .collect();
    let mut diagnostic = Diagnostic::new(
        code::AMBIGUOUS_TARGET,
        eco_format!("several declarations are named `{name}`"),
        at,
        "which one?",
    );
    for it in several {
        diagnostic = diagnostic.label(Origin::of(*it), "one is here");
    }
    diagnostic.help(eco_format!("write {}", choices.join(" or ")))
}

pub(super) fn bad_selection(at: Origin) -> Diagnostic {
    Diagnostic::new(code::BAD_TARGET, "this names neither a catalogue nor an item", at, "cannot be used")
        .help("write `catalogue` or `catalogue.item`")
}

pub(super) fn bad_override(at: Origin) -> Diagnostic {
    Diagnostic::new(code::BAD_TARGET, "this names nothing that can be overridden", at, "not a target")
        .help("write `item`, `catalogue.item`, `catalogue.*` or `*.*`")
}

pub(super) fn unknown_attached(at: Origin, name: &str, index: &Index) -> Diagnostic {
    let known = index.tenants.keys().chain(index.repositories.keys()).map(EcoString::as_str);
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("there is no tenant or repository `{name}`"),
        at,
        "not declared anywhere",
    )
    .did_you_mean(name, known)
    .or_help(|| Some("declare it: `tenant NAME { repositories = [ … ] }`".into()))
}

pub(super) fn use_and_drop(first: Origin, again: Origin, taken: bool) -> Diagnostic {
    let (here, there) = if taken { ("used here", "dropped here") } else { ("dropped here", "used here") };
    Diagnostic::new(code::USE_AND_DROP, "one rank uses and drops the same item", again, here)
        .label(first, there)
        .help("put one rule into a higher layer (`in …`), narrow one `when`, or decide it in a group or the cluster")
}

pub(super) fn override_of_several(at: Origin, manifest: Origin) -> Diagnostic {
    Diagnostic::new(code::OVERRIDE_OF_SEVERAL, "this manifest holds several objects", at, "which of them?")
        .label(manifest, "declared here")
        .help("declare each object as a manifest of its own, to override one")
}

pub(super) fn raw_patch(at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::RAW_PATCH,
        "a raw patch cannot select or append",
        at,
        "kustomize decides how lists are merged",
    )
    .help("write the list as a strategic merge has it: `key = [ … ]`")
}

pub(super) fn final_declaration(at: Origin, what: &str, name: &str, declared: Origin) -> Diagnostic {
    Diagnostic::new(code::FINAL, eco_format!("the {what} `{name}` is final"), at, "a higher layer sets it")
        .label(declared, "made final here")
        .help("remove this entry, or the keyword `final` there")
}

pub(super) fn long_role(at: Origin, name: &str, addon: &str, most: usize) -> Diagnostic {
    Diagnostic::new(
        code::LONG_ROLE,
        eco_format!("the role name `{name}` has {} characters", name.len()),
        at,
        "the role's name comes from here",
    )
    .note(eco_format!("IAM allows {most}; without `role-name` it is the cluster's name and the add-on's"))
    .help(eco_format!("write `role-name = shorten(\"\\(cluster.name)-{addon}\", {most})` in `irsa {{ … }}`"))
}

pub(super) fn no_account(at: Origin, addon: &str, declared: bool) -> Diagnostic {
    let help = if declared {
        "write `account = \"…\"` in the cluster or a group around it"
    } else {
        "declare the fact in the fleet, `facts { account: AwsAccountId }`, and set it in each cluster"
    };
    Diagnostic::new(
        code::NO_ACCOUNT,
        eco_format!("the role of `{addon}` has no AWS account"),
        at,
        "its ARN cannot be known",
    )
    .about(Subject::Fact("account".into()))
    .note("the ARN is made of the fact `account`; `irsa { via = \"none\" }` does without a role")
    .help(help)
}

pub(super) fn not_rows(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::NO_ROWS, "an inventory goes through rows", at, eco_format!("this is {}", found.noun()))
        .help("give it a list of objects, or a map of them: `csv(\"…\")`, `json(\"…\").clusters.value`")
}

pub(super) fn not_a_row(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::NO_ROWS, "a row of an inventory is an object", at, eco_format!("this is {}", found.noun()))
        .help("make an object of it, with a key for each column")
}

pub(super) fn cluster_twice(at: Origin, name: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE, eco_format!("there are two clusters `{name}`"), at, "named again")
        .label(first, "the first is here")
        .help("rename one, or remove it")
}

pub(super) fn bad_cluster_name(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_LABEL, eco_format!("`{name}` cannot be the name of a cluster"), at, "not a DNS label")
        .note("lower-case letters, digits and `-`, at most 63, beginning and ending with a letter or digit")
        .help("fix the data, or make a label of it: `name = slug(row.…)`")
}

pub(super) fn no_cluster_name(at: Origin, inventory: Origin) -> Diagnostic {
    Diagnostic::new(code::NO_CLUSTER_NAME, "a row makes a cluster without a name", at, "this row")
        .label(inventory, "the inventory")
        .help("write `name = row.…` in the inventory, and give every row a value there")
}

pub(super) fn unknown_group(at: Origin, name: &str, index: &Index) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no group `{name}`"), at, "not declared anywhere")
        .did_you_mean(name, index.groups.keys().map(EcoString::as_str))
        .or_help(|| Some(eco_format!("declare it: `group {name} {{ }}`")))
}

pub(super) fn group_of_group(at: Origin, inventory: Option<Anchor>) -> Diagnostic {
    Diagnostic::new(code::GROUP_TWICE, "this inventory is in a group already", at, "another group")
        .label_if(inventory.map(Origin::of), "the inventory")
        .help("remove `group`, or move the inventory to the top level")
}

pub(super) fn overridden_cluster<'a>(
    at: Anchor,
    name: &str,
    declared: Option<Anchor>,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    match declared {
        Some(it) => Diagnostic::new(
            code::BAD_TARGET,
            eco_format!("`{name}` is declared, not made by an inventory"),
            Origin::of(at),
            "nothing to override",
        )
        .label(Origin::of(it), "declared here")
        .help("write it in the cluster itself"),
        None => Diagnostic::new(
            code::UNKNOWN_TARGET,
            eco_format!("no inventory makes a cluster `{name}`"),
            Origin::of(at),
            "no such row",
        )
        .did_you_mean(name, known)
        .or_help(|| Some("remove it, or add the row".into())),
    }
}

pub(super) fn nested_cluster_override(at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::STATEMENT_HERE,
        "`override cluster` is allowed only at the top level",
        at,
        "inside another block",
    )
    .help("move it to the top level")
}

pub(super) fn check_fails(db: &dyn Db, check: Anchor, at: Origin, shown: Shown) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        code::CHECK_FAILS,
        eco_format!("the check {:?} does not hold", check.name(db).as_str()),
        at,
        "this is not so",
    );
    for (node, text) in shown.parts {
        diagnostic = diagnostic.label(Origin::new(check, node), text);
    }
    for (place, text) in shown.places {
        diagnostic = diagnostic.label(place, text);
    }
    for note in shown.notes {
        diagnostic = diagnostic.note(note);
    }
    let help = if shown.has_absent {
        "set the value, or give the check a default: `… ?? value`"
    } else {
        "change the values, or narrow the check: `check \"…\" when …`"
    };
    diagnostic.help(help)
}

pub(super) fn check_covers_nothing<'a>(check: Anchor, addons: impl Iterator<Item = &'a str>) -> Diagnostic {
    let names: Vec<String> = addons.map(|it| format!("`{it}`")).collect();
    let diagnostic =
        Diagnostic::new(code::CHECK_COVERS_NOTHING, "this check covers no cluster", Origin::of(check), "never tested");
    if names.is_empty() {
        diagnostic.help("its `when` holds for no cluster: widen it, or remove the check")
    } else {
        diagnostic
            .note(eco_format!("it names {}, so that it covers the clusters that take it", names.join(" and ")))
            .help("let a cluster take it, widen `when`, or remove the check")
    }
}

pub(super) fn no_package_source(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::PACKAGE_SOURCE,
        eco_format!("the package `{name}` comes from nowhere, or from two places"),
        at,
        "either a path, or a Git repository and a revision",
    )
    .help("write `{ path = \"../platform\" }`, or `{ git = \"https://…\", rev = \"v1.2.0\" }`")
}

pub(super) fn bad_package_name(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_LABEL, eco_format!("`{name}` cannot be the name of a package"), at, "not a package name")
        .note("lower-case letters, digits and `-`; `std` is the standard library")
        .help("choose another name")
}

pub(super) fn not_a_package_path(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("`{path}` names no cluster of another project"),
        at,
        "expected `package.cluster`",
    )
    .help(eco_format!("write the package before it: `package.{path}`"))
}

pub(super) fn unknown_imported<'a>(
    at: Origin,
    package: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("`{package}` has no cluster `{name}`"),
        at,
        "it does not exist, or was removed",
    )
    .did_you_mean(name, known)
    .or_help(|| Some("remove this cluster, or take it from another".into()))
}

pub(super) fn own_hub(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::HUB, eco_format!("`{name}` cannot be reached through itself"), at, "names the cluster itself")
        .note("the hub is the cluster that Flux runs on")
        .help("take the hub out of this group, or remove `via`")
}

pub(super) fn hub_with_hub(at: Origin, hub: &str, other: Origin) -> Diagnostic {
    Diagnostic::new(code::HUB, eco_format!("`{hub}` is no hub: it is reached through another itself"), at, "no hub")
        .label(other, eco_format!("`{hub}` has no Flux of its own"))
        .help("name the cluster that Flux runs on")
}

pub(super) fn reached_alike(at: Origin, name: &str, first: &str, hub: &str, way: &str) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("`{hub}` reaches `{name}` and `{first}` by one {way}: they would be one cluster"),
        at,
        "the same way",
    )
    .note("each would have two owners, and what one drops, the other would lose")
    .help("give each a `kube-config` of its own: `secret = \"\\(cluster.name)-kubeconfig\"`, which is the default")
}

pub(super) fn setting_of_hub(at: Origin, key: &str, hub: &str) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("`{key}` is about a Flux, and `{hub}` has the one of this cluster"),
        at,
        "has no effect",
    )
    .help(eco_format!("remove it, or write it in `{hub}`"))
}

pub(super) fn hub_of_another_project(at: Origin, name: &str, hub: &str) -> Diagnostic {
    Diagnostic::new(
        code::HUB,
        eco_format!("in its own project `{name}` is reached through `{hub}`"),
        at,
        "this project would write what no Flux applies",
    )
    .help("take the hub from there, too, and name it: `via = …`")
}

pub(super) fn kube_config_without_hub(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::HUB, eco_format!("nothing says whose Flux reaches `{name}`"), at, "how it is reached")
        .help("name the hub beside it: `via = …`")
}

pub(super) fn secret_and_identity(at: Origin, other: Origin) -> Diagnostic {
    Diagnostic::new(code::HUB, "Flux connects with a Secret or with an identity, not with both", at, "a Secret")
        .label(other, "an identity")
        .help("remove one of the two")
}

pub(super) fn identity_without(at: Origin, provider: Option<&str>, key: &str) -> Diagnostic {
    let reason = match (provider, key) {
        (_, "provider") => eco_format!("an identity needs the cloud that knows it"),
        (Some("generic"), _) => eco_format!("without a cloud, Flux needs the address of the API server"),
        (Some(it), _) => eco_format!("`{it}` needs the cluster that it is asked for"),
        (None, _) => eco_format!("Flux needs the cluster that is meant"),
    };
    let example = match key {
        "provider" => "provider = \"aws\"",
        "address" => "address = \"https://…\"",
        _ => "cluster = \"arn:aws:eks:…\"",
    };
    Diagnostic::new(code::HUB, reason, at, eco_format!("lacks `{key}`")).help(eco_format!("write `{example}`"))
}

pub(super) fn rings_twice(at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE, "a fleet has one order of rings", at, "stated again")
        .label(first, "first stated here")
        .help("remove one of the two")
}

pub(super) fn no_ring_fact<'a>(at: Origin, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no fact `{name}`"), at, "rings are values of a fact")
        .did_you_mean(name, known)
        .or_help(|| Some(eco_format!("declare it: `facts {{ {name}: … }}`")))
}

pub(super) fn bad_ring(at: Origin, found: &str, fact: &Declared) -> Diagnostic {
    Diagnostic::new(
        code::BAD_RING,
        eco_format!("{found} cannot be a ring of `{}`", fact.name),
        at,
        if found == "[]" { "no ring" } else { "no value of the fact, or listed again" },
    )
    .label(fact.origin, eco_format!("the fact is {}", fact.ty))
    .help("list values of the fact, each once, the first to get what is new first")
}

pub(super) fn expired(at: Origin, until: &str, about: &About) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::new(code::EXPIRED, eco_format!("this override was meant to be there until {until}"), at, "past");
    if let Some((_, reason)) = &about.reason {
        diagnostic = diagnostic.note(eco_format!("its reason: {reason}"));
    }
    let whom = about.owner.as_ref().map_or_else(EcoString::new, |(_, it)| eco_format!(" (ask {it})"));
    diagnostic.help(eco_format!("remove it, or give it another day{whom}"))
}

pub(super) fn half_move(at: Origin) -> Diagnostic {
    Diagnostic::new(code::BAD_MOVE, "a move names what it was and what it is", at, "not both, or of two kinds")
        .help("write `moved { from = old, to = new }`, both a catalogue or both `catalogue.item`")
}

pub(super) fn still_declared(at: Origin, name: &str, declared: Anchor) -> Diagnostic {
    Diagnostic::new(code::BAD_MOVE, eco_format!("`{name}` is still declared where it moves from"), at, "not moved")
        .label(Origin::of(declared), "declared here")
        .help("declare it in its new place alone")
}

pub(super) fn renamed_item(at: Origin, old: &str, new: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_MOVE, eco_format!("`{old}` would be renamed to `{new}`"), at, "another name")
        .note("an object of another name is another object, and a release is installed anew")
        .help("move it under its name; for an add-on, `reinstall = true` installs it anew")
}

pub(super) fn left_behind(item: Anchor, name: &str, from: &str, to: &str, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::BAD_MOVE,
        eco_format!("`{name}` would be uninstalled on `{cluster}`, which uses `{from}` and not `{to}`"),
        Origin::of(item),
        eco_format!("moves from `{from}` to `{to}`"),
    )
    .on(Some(cluster))
    .help(eco_format!(
        "`use {to}` there too; if the cluster is to lose `{name}`, `drop {from}.{name}` there before the move"
    ))
}

pub(super) fn no_catalogue_to_move(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::BAD_MOVE,
        eco_format!("there is no catalogue `{name}`"),
        at,
        "a moving item is in it until it has moved",
    )
    .help(eco_format!("declare `catalogue {name} {{ }}` until the move is done"))
}

pub(super) fn not_locked_down(db: &dyn Db, tenant: Anchor, at: Origin) -> Diagnostic {
    let name = tenant.name(db);
    Diagnostic::new(
        code::NO_LOCKDOWN,
        eco_format!("tenant `{name}` is attached to a cluster without `lockdown`"),
        at,
        "attached here",
    )
    .note("without lockdown, Flux applies a Kustomization or HelmRelease that names no account as the controller: with every right on the cluster")
    .help("write `lockdown = true` in `fleet { … }` or in the cluster, and install Flux with `--no-cross-namespace-refs`")
}
