//! What Flux, kustomize or the API server would refuse, or silently not do.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::context::Range;
use super::object::{Id, Object};
use super::release::Release;
use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::eval::Node;
use crate::fleet::Cluster;
use crate::schema::{Minor, NEWEST, OLDEST, Scope};
use crate::source::{Anchor, Db, Kind, Origin};

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

pub(super) fn no_common_version(at: Origin, kind: &str, range: &Range) -> Diagnostic {
    let (oldest, newest) = (&range.oldest, &range.newest);
    Diagnostic::new(
        code::NO_COMMON_VERSION,
        eco_format!("no API version of {kind} is served by all clusters that take this"),
        at,
        eco_format!("`{}` runs Flux {}, `{}` runs {}", oldest.1, oldest.0, newest.1, newest.0),
    )
    .help("upgrade the older one, or give the two a catalogue each")
}

pub(super) fn rule(at: Origin, id: &Id, text: &str) -> Diagnostic {
    Diagnostic::new(code::FLUX_RULE, eco_format!("{id}: {text}"), at, "Flux refuses this")
        .help("change one of the fields")
}

pub(super) fn unknown_identity(db: &dyn Db, item: Anchor, key: &str, at: Origin) -> Diagnostic {
    let name = item.name(db);
    let diagnostic = Diagnostic::new(
        code::UNKNOWN_IDENTITY,
        eco_format!("{key} of `{name}` must have a value that does not depend on the cluster"),
        at,
        "this depends on the cluster",
    )
    .label(Origin::of(item), "declared in a catalogue, which is written once for all clusters");
    match item.kind(db) {
        Kind::Addon | Kind::Source => diagnostic.help(eco_format!(
            "write a plain value here, and `override {name} {{ {key} = … }}` in a rule, a group or a cluster"
        )),
        _ => diagnostic.help("declare it in the cluster that has it"),
    }
}

pub(super) fn no_source(db: &dyn Db, addon: Anchor) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(
        code::NO_SOURCE,
        eco_format!("`{name}` does not say where its chart comes from"),
        Origin::of(addon),
        "has no `source`",
    )
    .help("write `source = NAME`, and declare it: `source NAME = helm \"https://…\"`")
}

pub(super) fn no_version(addon: Anchor, db: &dyn Db) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(code::NO_VERSION, eco_format!("`{name}` has no version"), Origin::of(addon), "has no `version`")
        .note("without one, Flux installs whatever chart is newest")
        .help("write `version = \"1.2.3\"`, or a range such as `\"1.x\"`")
}

pub(super) fn long_release_name(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::LONG_NAME,
        eco_format!("a release's name has at most 53 characters, this has {}", name.len()),
        at,
        "too long",
    )
    .help("write `release-name = \"…\"` with a shorter one")
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

pub(super) fn no_service_account(addon: Anchor, db: &dyn Db, namespace: &str) -> Diagnostic {
    Diagnostic::new(
        code::LOCKDOWN,
        eco_format!("under lockdown, the release `{}` in `{namespace}` must name its service account", addon.name(db)),
        Origin::of(addon),
        "outside the namespace of Flux",
    )
    .help("write `release { serviceAccountName = \"…\" }`, or leave `release-in` at \"flux-system\"")
}

pub(super) fn helm_over_oci(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::HELM_OVER_OCI, eco_format!("`{name}` is an OCI registry"), at, "declared as `helm`")
        .note("an OCI HelmRepository is never Ready, and in maintenance upstream")
        .help(eco_format!("write `source {name} = oci \"oci://…\"`"))
}

pub(super) fn no_object(at: Origin, found: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("a manifest is an object or a list of objects, not {found}"),
        at,
        "declared here",
    )
    .help("write `manifest NAME { apiVersion = …, kind = …, … }`")
}

pub(super) fn no_object_field(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("this object has no `{key}`"),
        at,
        "not a Kubernetes object without it",
    )
    .help(eco_format!("write `{key} = \"…\"`"))
}

pub(super) fn computed_sops(at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::SOPS,
        "what SOPS encrypted must be a file of its own",
        at,
        "its text cannot be carried as it is",
    )
    .help("write `manifest NAME = yaml(\"path.yaml\")`, with one object in the file")
}

pub(super) fn amended_sops(at: Origin) -> Diagnostic {
    Diagnostic::new(code::SOPS, "what SOPS encrypted cannot be amended", at, "its checksum would no longer hold")
        .help("change the encrypted file with `sops`")
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

pub(super) fn same_object(id: &Id, at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(code::TWO_OWNERS, eco_format!("{id} is declared twice"), at, "made here again")
        .label(first, "first made here")
        .help("rename one of the two, or remove it")
}

pub(super) fn no_kustomize_path(item: Anchor, db: &dyn Db) -> Diagnostic {
    Diagnostic::new(
        code::NO_KUSTOMIZE_PATH,
        eco_format!("`{}` does not say which directory it is", item.name(db)),
        Origin::of(item),
        "has no `path`",
    )
    .help("write `path = \"…\"`, from the root of the repository or source")
}

pub(super) fn wait_and_checks(at: Origin) -> Diagnostic {
    Diagnostic::new(code::WAIT_AND_CHECKS, "`wait` makes Flux ignore `healthChecks`", at, "would have no effect")
        .help("remove one of the two")
}

pub(super) fn crd_beside(db: &dyn Db, object: &Object, addon: Anchor) -> Diagnostic {
    Diagnostic::new(
        code::CRD_BESIDE,
        eco_format!("{} stands beside the add-on that brings its kind", object.id),
        object.origin,
        eco_format!("a {}", object.id.kind),
    )
    .label(Origin::of(addon), eco_format!("`{}` brings `{}`", addon.name(db), object.id.kind))
    .note("the API server does not know the kind before the chart is installed, and the whole Kustomization fails until then")
    .help("move it into another catalogue: what it comes after is inferred")
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

pub(super) fn two_owners(id: &Id, at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(code::TWO_OWNERS, eco_format!("{id} has two owners on one cluster"), at, "made here again")
        .label(first, "first made here")
        .note("two Kustomizations that apply one object fight, and removing one deletes it for both")
        .help("rename one of the two, or drop one on that cluster")
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
        eco_format!("nothing that the cluster takes defines the kind `{kind}` of `{}`", object.api_version()),
        object.origin,
        eco_format!("a {kind}"),
    );
    let group = if object.id.group.is_empty() { "core" } else { &object.id.group };
    let known = custom.keys().filter(|(group, _)| *group == object.id.group).map(|(_, it)| it.as_str());
    diagnostic.help_if(did_you_mean(kind, known).or_else(|| {
        Some(eco_format!(
            "take the add-on that brings it (`crds {{ \"{group}/{kind}\" = \"Namespaced\" }}` says so), or declare `external CRD \"…\"`"
        ))
    }))
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
        eco_format!("it says `{}`", object.id.namespace),
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

pub(super) fn missing_namespace(name: &str, at: Origin, cluster: &EcoString) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_NAMESPACE,
        eco_format!("nothing makes the namespace `{name}` on cluster `{cluster}`"),
        at,
        eco_format!("goes into `{name}`"),
    )
    .help(eco_format!(
        "declare it: `namespace {name} {{ }}` in a catalogue that the cluster takes, or `external Namespace {name}`"
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
    diagnostic.help_if(
        did_you_mean(name, same_kind.iter().map(|it| it.as_str()))
            .or_else(|| Some(eco_format!("if clusters have it, say so: `external {kind} {namespace}.{name}`"))),
    )
}

pub(super) fn missing_key(at: Origin, kind: &str, name: &str, key: &str, keys: &BTreeSet<EcoString>) -> Diagnostic {
    Diagnostic::new(code::MISSING_REFERENCE, eco_format!("the {kind} `{name}` has no key `{key}`"), at, "named here")
        .help_if(did_you_mean(key, keys.iter().map(EcoString::as_str)).or_else(|| {
            let all: Vec<String> = keys.iter().map(|it| format!("`{it}`")).collect();
            Some(eco_format!("it has {}", all.join(", ")))
        }))
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
    .label(Origin::of(cluster.anchor), "the cluster")
    .on(Some(&cluster.name))
    .help(eco_format!("write `use {qualified}`, or drop `{}` too", release.addon.name(db)))
}

pub(super) fn circle(path: &[EcoString], origins: &[Origin], cluster: &EcoString) -> Diagnostic {
    let text: Vec<&str> = path.iter().map(EcoString::as_str).collect();
    let first = origins.first().copied();
    let mut diagnostic = match first {
        Some(at) => Diagnostic::new(
            code::CIRCLE,
            eco_format!("these wait for each other: {}", text.join(" → ")),
            at,
            "part of the circle",
        ),
        None => Diagnostic::new(
            code::CIRCLE,
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

pub(super) fn trusted(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::TRUSTED,
        eco_format!("whoever writes to `{name}` is an administrator of the cluster"),
        at,
        "applied with cluster-admin",
    )
    .help("give the repository to a tenant, whose namespace bounds it")
}

pub(super) fn no_tenant(at: Origin, name: &str, declared: Origin) -> Diagnostic {
    Diagnostic::new(
        code::NO_TENANT,
        eco_format!("`{name}` is attached without a tenant"),
        at,
        "as whom would it be applied?",
    )
    .label(declared, "declared here")
    .help(eco_format!(
        "attach a tenant with `repositories = [{name}]`, or write `trust = \"cluster-admin\"` in the repository"
    ))
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
        "stands elsewhere",
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
    .help("remove it, or mend its condition")
}

pub(super) fn dead_override(at: Origin) -> Diagnostic {
    Diagnostic::new(code::DEAD, "this override never applies", at, "no cluster that it reaches takes its target")
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

pub(super) fn ambiguous_patch(object: &super::Identity, other: &Object) -> Diagnostic {
    Diagnostic::new(
        code::IDENTITY_CHANGED,
        eco_format!("a patch of {} `{}` would hit {} too", object.kind, object.name, other.id),
        object.origin,
        "patched on some clusters",
    )
    .label(other.origin, "the other object")
    .note("the target of a JSON patch cannot say that it means the core group, or no namespace")
    .help("put the two into different catalogues, or give one another name")
}

pub(super) fn nested_catalogue(at: Origin, path: &str, other: Option<Origin>, outer: &str) -> Diagnostic {
    Diagnostic::new(code::NESTED_PATH, eco_format!("the directories `{outer}` and `{path}` overlap"), at, "this one")
        .label_if(other, "the other one")
        .help("set another `path`")
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
        eco_format!("`{path}` has no `kustomization.yaml`"),
        at,
        "Flux would find nothing, or apply everything below",
    )
    .help("mend the path, or write a `kustomization.yaml` that lists the directory's resources")
}

pub(super) fn patch_hits_nothing(
    at: Origin,
    patch: &crate::syntax::ast::Patch,
    directory: &str,
    names: &[&EcoString],
) -> Diagnostic {
    let namespace = patch.namespace.as_ref().map(|it| eco_format!(" in `{it}`")).unwrap_or_default();
    Diagnostic::new(
        code::PATCH_HITS_NOTHING,
        eco_format!("`{directory}` has no {} `{}`{namespace}", patch.object, patch.name),
        at,
        "this patch would hit nothing",
    )
    .note("a patch is matched before kustomize changes names and namespaces")
    .help_if(did_you_mean(&patch.name, names.iter().map(|it| it.as_str())).or_else(|| {
        let all: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
        (!all.is_empty()).then(|| eco_format!("it has {}", all.join(", ")))
    }))
}

pub(super) fn patch_without_version(at: Origin, patch: &crate::syntax::ast::Patch) -> Diagnostic {
    Diagnostic::new(
        code::PATCH_HITS_NOTHING,
        eco_format!("the apiVersion of {} `{}` is not known", patch.object, patch.name),
        at,
        "the object cannot be looked up",
    )
    .help("write it inside the patch: `apiVersion = \"…\"`")
}

pub(super) fn undefined_variable(id: &Id, name: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNDEFINED_VARIABLE,
        eco_format!("{id} names the variable `{name}`, which nothing defines"),
        at,
        eco_format!("`${{{name}}}`"),
    )
    .note("from Flux 2.9 on this fails; before, it became empty")
    .help("define it in `postBuild.substitute`, or interpolate the value here: `\\(…)`")
}

pub(super) fn bad_identity(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(code::NO_OBJECT, eco_format!("this cannot be the `{key}` of an object"), at, "not a name")
        .help(eco_format!("write `{key} = \"…\"`, without spaces and slashes"))
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

pub(super) fn suspended_unit(at: Origin, unit: &str) -> Diagnostic {
    Diagnostic::new(
        code::SUSPENDED,
        eco_format!("`{unit}` is suspended, and others wait for it"),
        at,
        "awaited by what comes after it",
    )
    .help("remove `suspend`, or what comes `after` it")
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
