//! What is said of a cluster, or a fleet, that Flux would not reconcile.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::running::Running;
use crate::diagnostic::{Diagnostic, code, listed};
use crate::fleet::Cluster;
use crate::flux::Release;
use crate::kube::object::{Id, Object};
use crate::schema::{Minor, NEWEST, OLDEST, Scope};
use crate::source::{Anchor, Db, Origin};
use crate::value::Node;

pub(super) fn crd_without_group(external: Anchor, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("the CustomResourceDefinition `{name}` has no group"),
        Origin::of(external),
        "its whole name is its kind in the plural and its group",
    )
    .help(eco_format!("write `external CRD \"{name}.example.com\"`, or `group = \"example.com\"` inside of it"))
}

pub(super) fn locked_down(at: Origin, name: &str, namespace: &str, cluster: Option<&EcoString>) -> Diagnostic {
    Diagnostic::new(
        code::LOCKDOWN,
        eco_format!("under lockdown, `{name}` in `{namespace}` may not refer to another namespace"),
        at,
        "a reference across namespaces",
    )
    .on(cluster)
    .help("keep both in one namespace: leave `release-in` at \"flux-system\", or declare the source where it is used")
}

pub(super) fn no_decryption(object: &Object, unit: Option<&EcoString>) -> Diagnostic {
    let unit = unit.map_or("its Kustomization", EcoString::as_str);
    Diagnostic::new(
        code::SOPS,
        eco_format!("{} is encrypted, and `{unit}` does not decrypt", object.id),
        object.origin,
        "encrypted by SOPS",
    )
    .help("write `kustomization { decryption { provider = \"sops\" } }` in the catalogue")
}

pub(super) fn two_owners(id: &Id, at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(code::TWO_OWNERS, eco_format!("{id} has two owners on one cluster"), at, "made here again")
        .label(first, "first made here")
        .note("two Kustomizations that apply one object fight, and removing one deletes it for both")
        .help("rename one of the two, or drop one on that cluster")
}

pub(super) fn of_bootstrap(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(code::TWO_OWNERS, eco_format!("{id} belongs to `flux bootstrap`"), at, "would be made here too")
        .note("it is what makes the cluster follow this repository: with another content, Flux uninstalls what it has")
        .help("choose another name")
}

pub(super) fn two_releases(release: &Release, at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(
        code::TWO_RELEASES,
        eco_format!("two add-ons are the Helm release `{}` in `{}`", release.name, release.storage),
        at,
        "the same release again",
    )
    .label(first, "the first is here")
    .note("Helm would take one for an upgrade of the other and uninstall what it does not have")
    .help("write another `release-name`")
}

pub(super) fn unknown_kind(object: &Object, custom: &BTreeMap<(EcoString, EcoString), Option<Scope>>) -> Diagnostic {
    let kind = &object.id.kind;
    let diagnostic = Diagnostic::new(
        code::UNKNOWN_KIND,
        eco_format!("nothing that the cluster uses defines the kind `{kind}` of `{}`", object.api_version()),
        object.origin,
        eco_format!("a {kind}"),
    );
    let group = if object.id.group.is_empty() { "core" } else { &object.id.group };
    let known = custom.keys().filter(|(group, _)| *group == object.id.group).map(|(_, it)| it.as_str());
    diagnostic.did_you_mean(kind, known).or_help(|| {
        Some(eco_format!(
            "use the add-on that installs it. If fleetc does not know that add-on, list the kind in it with `crds {{ \"{group}/{kind}\" = … }}` (\"Namespaced\" or \"Cluster\"), or declare `external CRD \"…\"`"
        ))
    })
}

pub(super) fn no_namespace(object: &Object) -> Diagnostic {
    Diagnostic::new(
        code::NO_NAMESPACE,
        eco_format!("{} needs a namespace", object.id),
        object.origin,
        eco_format!("a {} lives in one", object.id.kind),
    )
    .note("kubectl would take the current one; Flux has none")
    .help("write `metadata.namespace = \"…\"`")
}

pub(super) fn needless_namespace(object: &Object) -> Diagnostic {
    Diagnostic::new(
        code::NEEDLESS_NAMESPACE,
        eco_format!("a {} has no namespace", object.id.kind),
        object.origin,
        eco_format!("it has `{}`", object.id.namespace),
    )
    .help("remove `metadata.namespace`")
}

pub(super) fn not_served(
    object: &Object,
    served: Option<(Minor, Minor)>,
    cluster: &EcoString,
    minor: Minor,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::NOT_SERVED,
        eco_format!("Flux {minor} does not serve `{}` of {}", object.api_version(), object.id.kind),
        object.origin,
        eco_format!("`{cluster}` runs Flux {minor}"),
    );
    let help = crate::schema::api_version(&object.id.kind, minor, minor)
        .map(|it| eco_format!("write `apiVersion = \"{it}\"`"));
    match served {
        Some((first, last)) => diagnostic.note(eco_format!("served from Flux {first} to {last}")),
        None => diagnostic.note(eco_format!("no Flux from {OLDEST} to {NEWEST} serves it")),
    }
    .help_if(help)
}

pub(super) fn missing_source(object: &Object, source: &Id, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_REFERENCE,
        eco_format!("nothing on `{cluster}` creates {source}, the source of the chart of {}", object.id),
        object.origin,
        "its source is not on the cluster",
    )
    .on(Some(cluster))
    .note("a source is applied with the catalogue that declares it, once an add-on of that catalogue uses it")
    .help("declare the source in the catalogue of the add-on, or at the top level for all")
}

pub(super) fn missing_namespace(name: &str, at: Origin, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_NAMESPACE,
        eco_format!("nothing makes the namespace `{name}` on cluster `{cluster}`"),
        at,
        eco_format!("goes into `{name}`"),
    )
    .help(eco_format!(
        "declare it: `namespace {name} {{ }}` in a catalogue that the cluster uses, or `external Namespace {name}`"
    ))
}

pub(super) fn missing_reference(
    at: Origin,
    kind: &str,
    namespace: &str,
    name: &str,
    same_kind: &[&EcoString],
    elsewhere: Option<&EcoString>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::MISSING_REFERENCE,
        eco_format!("there is no {kind} `{name}` in namespace `{namespace}`"),
        at,
        "named here",
    );
    if let Some(elsewhere) = elsewhere {
        return diagnostic
            .note(eco_format!("there is one in `{elsewhere}`, but Flux looks in the object's own namespace only"))
            .help(eco_format!("declare it there too: `external {kind} {namespace}.{name}`"));
    }
    diagnostic
        .did_you_mean(name, same_kind.iter().map(|it| it.as_str()))
        .or_help(|| Some(eco_format!("if something else creates it, declare it: `external {kind} {namespace}.{name}`")))
}

pub(super) fn missing_key(at: Origin, kind: &str, name: &str, key: &str, keys: &BTreeSet<EcoString>) -> Diagnostic {
    Diagnostic::new(code::MISSING_REFERENCE, eco_format!("the {kind} `{name}` has no key `{key}`"), at, "named here")
        .did_you_mean(key, keys.iter().map(EcoString::as_str))
        .or_help(|| Some(eco_format!("it has {}", listed(keys.iter().map(|it| format!("`{it}`"))))))
}

pub(super) fn not_taken(db: &dyn Db, release: &Release, required: Anchor, at: Origin, cluster: &Cluster) -> Diagnostic {
    let name = required.name(db);
    let qualified = match required.parent(db) {
        Some(parent) => eco_format!("{}.{name}", parent.name(db)),
        None => name.clone(),
    };
    Diagnostic::new(
        code::NOT_TAKEN,
        eco_format!("`{}` requires `{name}`, which cluster `{}` does not take", release.addon.name(db), cluster.name),
        at,
        "required here",
    )
    .label(Origin::of(required), "declared here")
    .label(cluster.origin, "the cluster")
    .on(Some(&cluster.name))
    .help(eco_format!("write `use {qualified}`, or drop `{}` too", release.addon.name(db)))
}

pub(super) fn cycle(path: &[EcoString], origins: &[Origin], cluster: &EcoString) -> Diagnostic {
    let text: Vec<&str> = path.iter().map(EcoString::as_str).collect();
    let first = origins.first().copied();
    let mut diagnostic = match first {
        Some(at) => Diagnostic::new(
            code::CYCLE,
            eco_format!("these wait for each other: {}", text.join(" → ")),
            at,
            "part of the cycle",
        ),
        None => Diagnostic::new(
            code::CYCLE,
            eco_format!("these wait for each other: {}", text.join(" → ")),
            crate::diagnostic::Place::File(cluster.clone()),
            "on this cluster",
        ),
    };
    for it in origins.iter().skip(1) {
        diagnostic = diagnostic.label(*it, "also part of it");
    }
    diagnostic
        .note("Flux would wait forever, and stop watching the source of all of them")
        .help("take one `after` or `requires` out, or move what both need into a third")
}

pub(super) fn data_is_text(object: &Object, key: &str, node: &Node) -> Diagnostic {
    Diagnostic::new(
        code::DATA_IS_TEXT,
        eco_format!("`{key}` of {} must be a String, found {}", object.id, node.value.noun()),
        node.origin,
        "the API server refuses this",
    )
    .help("write it between quotes, or interpolate it: `\"\\(…)\"`")
}

pub(super) fn duplicate_element(object: &Object, list: &str, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::DUPLICATE_ELEMENT,
        eco_format!("{} has two `{list}` with the key {name}", object.id),
        at,
        "the second one",
    )
    .note("server-side apply refuses two elements with one key")
    .help("remove one of the two")
}

pub(super) fn unsafe_integer(object: &Object, value: i64, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("{value} in {} would lose its last digits", object.id),
        at,
        "beyond 2^53",
    )
    .note("JSON patches are read as floating point")
    .help("write it as a string, between quotes")
}

pub(super) fn refused_character(object: &Object, it: char, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("a text of {} holds the character U+{:04X}", object.id, it as u32),
        at,
        "kustomize cannot read this",
    )
    .help("remove it, or carry the text in base64")
}

pub(super) fn plain_credential(object: &Object, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::PLAIN_CREDENTIAL,
        eco_format!("a credential of {} is in the sources in plain text", object.id),
        at,
        "readable for everyone who has the repository",
    )
    .note("Git keeps it for ever, and fleetc writes it into the generated tree")
    .help("name a Secret that is made on the cluster (`valuesFrom`, `existingSecret`, External Secrets), or encrypt the manifest with SOPS")
}

pub(super) fn refused_key(object: &Object, key: &str, at: Origin) -> Diagnostic {
    let shown: String = key.chars().take(40).collect();
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("kustomize loses the key {shown:?} of {}", object.id),
        at,
        "under this key",
    )
    .help("choose another key: neither empty nor `<<`, at most 1000 bytes, no control characters")
}

pub(super) fn nested_path(db: &dyn Db, outer: Anchor, outer_path: &str, inner: Anchor, inner_path: &str) -> Diagnostic {
    let message = if outer_path == inner_path {
        eco_format!("two clusters have the directory `{outer_path}`")
    } else {
        eco_format!("the directory of `{}` lies inside that of `{}`", inner.name(db), outer.name(db))
    };
    Diagnostic::new(code::NESTED_PATH, message, Origin::of(inner), eco_format!("`{inner_path}`"))
        .label(Origin::of(outer), eco_format!("`{outer_path}`"))
        .note("Flux applies everything below a cluster's directory")
        .help("set `path` or `directory` of one, or put them into groups of different names")
}

pub(super) fn outside_output(at: Origin, path: &str, root: &str) -> Diagnostic {
    Diagnostic::new(
        code::NESTED_PATH,
        eco_format!("the directory `{path}` does not lie below `{root}`"),
        at,
        "declared in another catalogue",
    )
    .note("files that are no longer produced are looked for in the generated directories only")
    .help(eco_format!("write `path = \"{root}/…\"`, or another `output {{ … }}` in the fleet"))
}

pub(super) fn dead_rule(rule: Anchor, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::DEAD,
        eco_format!("the rule `{name}` matches no cluster"),
        Origin::of(rule),
        "applies to none",
    )
    .help("remove it, or fix its condition")
}

pub(super) fn dead_override(at: Origin) -> Diagnostic {
    Diagnostic::new(code::DEAD, "this override never applies", at, "no cluster that it applies to uses its target")
        .help("remove it, or `use` the item there")
}

pub(super) fn taken_name(at: Origin, name: &str, what: &str) -> Diagnostic {
    Diagnostic::new(
        code::TAKEN_NAME,
        eco_format!("nothing that has a file can be named `{name}`"),
        at,
        eco_format!("that is {what}"),
    )
    .help("choose another name")
}

pub(super) fn nested_catalogue(at: Origin, path: &str, other: Option<Origin>, outer: &str) -> Diagnostic {
    Diagnostic::new(code::NESTED_PATH, eco_format!("the directories `{outer}` and `{path}` overlap"), at, "this one")
        .label_if(other, "the other one")
        .help("set another `path`")
}

pub(super) fn kustomizes_own(object: &Object, key: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNSAFE_VALUE,
        eco_format!("kustomize obeys `{key}` of {} itself", object.id),
        at,
        "would not arrive as it is written",
    )
    .help("remove it: the object would be dropped, renamed or changed")
}

pub(super) fn suspended_requirement(db: &dyn Db, release: &Release, required: &Release, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::SUSPENDED,
        eco_format!("`{}` is suspended, and `{}` waits for it", required.addon.name(db), release.addon.name(db)),
        at,
        "required here",
    )
    .help("remove `suspend`, or the requirement")
}

pub(super) fn ring_ahead(
    db: &dyn Db,
    addon: Anchor,
    (ring, later): (&EcoString, &Running),
    (early, before): (&EcoString, &Running),
) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(
        code::RING_AHEAD,
        eco_format!("`{name}` is at {} in `{ring}`, ahead of {} in `{early}`", later.version, before.version),
        later.origin,
        eco_format!("the version in `{ring}`"),
    )
    .label(before.origin, eco_format!("the version in `{early}`"))
    .note(eco_format!(
        "new versions reach `{early}` first; compared are the clusters `{}` and `{}`",
        later.cluster.name(db),
        before.cluster.name(db)
    ))
    .help(eco_format!("give `{early}` the version first, or take it back here"))
}

pub(super) fn redundant(db: &dyn Db, at: Origin, item: Anchor, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::REDUNDANT,
        eco_format!("this changes nothing: `{path}` of `{}` has this value already", item.name(db)),
        at,
        "the same on every cluster that it reaches",
    )
    .help("remove it; to keep others from changing the value, write `final` where it is set")
}

pub(super) fn shadowed(db: &dyn Db, at: Origin, item: Anchor, path: &str, by: Origin) -> Diagnostic {
    Diagnostic::new(
        code::SHADOWED,
        eco_format!("no cluster sees this `{path}` of `{}`", item.name(db)),
        at,
        "a higher layer sets it wherever it reaches",
    )
    .label(by, "this one, for instance")
    .help("remove it, or what hides it")
}

fn bounded(bounds: &[&EcoString]) -> EcoString {
    let names: Vec<String> = bounds.iter().map(|it| format!("`{it}`")).collect();
    eco_format!("this project runs as a tenant's account, which has rights in {} alone", names.join(" and "))
}

pub(super) fn outside_tenant(id: &Id, at: Origin, bounds: &[&EcoString]) -> Diagnostic {
    let help = if id.namespace.is_empty() {
        "let the platform make it: an object without a namespace is no tenant's"
    } else {
        "move it into one of them, or let the platform give the tenant that namespace"
    };
    Diagnostic::new(code::OUTSIDE_TENANT, eco_format!("{id} is outside the tenant"), at, "declared here")
        .note(bounded(bounds))
        .help(help)
}

pub(super) fn release_outside(namespace: &str, at: Origin, bounds: &[&EcoString]) -> Diagnostic {
    Diagnostic::new(
        code::OUTSIDE_TENANT,
        eco_format!("this release goes to `{namespace}`, outside the tenant"),
        at,
        "declared here",
    )
    .note(bounded(bounds))
    .help("write `namespace = \"…\"` in the add-on, and name one of them")
}

pub(super) fn without_account(id: &Id, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_ACCOUNT,
        eco_format!("under lockdown, {id} runs as `default`"),
        at,
        "names no account",
    )
    .note("`--default-service-account=default`: what names no account may do nothing")
    .help("write `serviceAccountName`")
}

pub(super) fn missing_account(id: &Id, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_ACCOUNT,
        eco_format!("nothing makes the ServiceAccount `{}/{name}`", id.namespace),
        at,
        eco_format!("{id} runs as it"),
    )
    .help(eco_format!(
        "make it, attach its tenant, or declare it: `external ServiceAccount {}.{name} {{ }}`",
        id.namespace
    ))
}
