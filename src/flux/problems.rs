//! What is said of one object that Flux, kustomize or the API server would refuse.

use ecow::{EcoString, eco_format};

use super::version_range::Range;
use crate::diagnostic::{Diagnostic, code};
use crate::kube::Id;
use crate::names;
use crate::schema::Minor;
use crate::source::{Anchor, Db, Kind, Origin};

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
        // A patch cannot change what an object is called.
        Kind::Source if matches!(key, "name" | "namespace") => {
            diagnostic.help("write a plain value, or declare the source in each cluster that has it")
        }
        Kind::ADDON | Kind::Source => {
            let of = if item.kind(db) == Kind::Source { "source " } else { "" };
            diagnostic.help(eco_format!(
                "write a plain value here, and `override {of}{name} {{ {key} = … }}` in a rule, a group or a cluster"
            ))
        }
        _ => diagnostic.help("declare it in the cluster that has it"),
    }
}

pub(super) fn no_source(db: &dyn Db, addon: Anchor) -> Diagnostic {
    let name = addon.name(db);
    let in_catalogue = |it: &Anchor| it.parent(db).is_some_and(|it| it.kind(db) == Kind::Catalogue);
    let found = Diagnostic::new(
        code::NO_SOURCE,
        eco_format!("`{name}` has no source for its chart"),
        Origin::of(addon),
        "has no `source`",
    );
    // What is meant where a catalogue has one of that name.
    let index = names::index(db, db.project());
    let other = index.items.values().filter_map(|it| it.get(name)).find(|it| **it != addon && in_catalogue(it));
    match other.filter(|_| !in_catalogue(&addon)) {
        Some(other) => found.label(Origin::of(*other), "the add-on of the catalogue").help(eco_format!(
            "this declares another `{name}`: to change that of the catalogue, write `override {name} {{ … }}`"
        )),
        None => found.help("write `source = NAME`, and declare it: `source NAME = helm \"https://…\"`; a chart of this repository is `chart = \"./…\"`"),
    }
}

pub(super) fn no_chart_there(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(code::NO_SOURCE, eco_format!("there is no `{path}` in the project"), at, "Flux would find no chart")
        .note("a chart whose path begins with `./` is a directory of this repository, unless a `source` says otherwise")
        .help("fix the path, or write the chart")
}

pub(super) fn chart_of_artifact(db: &dyn Db, addon: Anchor, at: Origin, kind: &str) -> Diagnostic {
    let name = addon.name(db);
    let message = eco_format!("the chart of `{name}` is in this repository, which clusters read as an {kind}");
    Diagnostic::new(code::NO_SOURCE, message, at, "a directory of this repository")
        .note("Flux takes charts out of Git repositories and buckets, and an artifact only as a whole")
        .help("push the chart to a registry, and write `source = …`")
}

pub(super) fn no_version(addon: Anchor, db: &dyn Db) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(code::NO_VERSION, eco_format!("`{name}` has no version"), Origin::of(addon), "has no `version`")
        .note("without a version, Flux installs the newest chart")
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
        .help(eco_format!(
            "write `source {name} = oci \"oci://…\"`; or add `type = \"oci\"` if a chart puts its version into labels"
        ))
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

pub(super) fn tenant_of_the_system(at: Origin, name: &str, namespace: &str) -> Diagnostic {
    Diagnostic::new(
        code::TWO_OWNERS,
        eco_format!("the tenant `{name}` cannot have the namespace `{namespace}`"),
        at,
        "a namespace of the cluster itself",
    )
    .note("a tenant may do everything in its namespace; here that would be everything on the cluster")
    .help("choose another name, or set `namespace`")
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

pub(super) fn same_object(id: &Id, at: Origin, first: Origin) -> Diagnostic {
    Diagnostic::new(code::TWO_OWNERS, eco_format!("{id} is declared twice"), at, "made here again")
        .label(first, "first made here")
        .help("rename one of the two, or remove it")
}

pub(super) fn wait_and_checks(at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::WAIT_AND_CHECKS,
        "`wait` makes Flux ignore `healthChecks`",
        at,
        "has no effect, and is not written",
    )
    .help("remove one of the two")
}

pub(super) fn trusted(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::TRUSTED,
        eco_format!("everyone who can write to `{name}` is an administrator of the cluster"),
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

pub(super) fn bad_identity(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(code::NO_OBJECT, eco_format!("this cannot be the `{key}` of an object"), at, "not a name")
        .help(eco_format!("write `{key} = \"…\"`, without spaces and slashes"))
}

pub(super) fn bad_crd(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(
        code::NO_OBJECT,
        eco_format!("`{key}` is not the group and kind of a custom resource"),
        at,
        "no `/` in its name",
    )
    .help(eco_format!("write `\"example.com/{key}\" = …`, as in the `apiVersion` of its objects"))
}

pub(super) fn unknown_requirement(db: &dyn Db, at: Origin, name: &str, addon: Anchor) -> Diagnostic {
    let addon_name = addon.name(db);
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("there is no add-on `{name}` for `{addon_name}` to require"),
        at,
        "not declared where the add-on stands",
    )
    .label(Origin::of(addon), "the add-on is declared here")
    .help(eco_format!("declare `addon {name}` beside it, or write `requires = [ … ]` in the add-on itself"))
}

pub(super) fn not_awaited<'a>(at: Origin, name: &str, by: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("`ready-when` is about `{name}`, which `{by}` does not name"),
        at,
        "nothing waits for it",
    )
    .did_you_mean(name, known)
    .or_help(|| Some(eco_format!("add `{name}` to `{by}`, or remove the condition")))
}

pub(super) fn not_its_namespace(at: Origin, name: &str, known: &[EcoString]) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("`{name}` is not a namespace of the tenant"),
        at,
        "not declared in the tenant",
    )
    .did_you_mean(name, known.iter().map(EcoString::as_str))
    .or_help(|| Some(eco_format!("add it: `namespaces {{ {name} {{ }} }}`")))
}

pub(super) fn unknown_after<'a>(at: Origin, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("the tenant has no other Kustomization `{name}`"),
        at,
        "not declared in `kustomizations`",
    )
    .did_you_mean(name, known)
    .or_help(|| Some("name one of the tenant's own".into()))
}

/// A field of a chart that keywords of the add-on set.
pub(super) fn chart_field(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(code::RESERVED_FIELD, eco_format!("the language sets `{key}` itself"), at, "cannot be set here")
        .help("write `source`, `chart` and `version` in the add-on")
}

/// `release { chart … }` where there is no HelmChart.
pub(super) fn artifact_too_new(db: &dyn Db, addon: Anchor, at: Origin, flux: Minor) -> Diagnostic {
    Diagnostic::new(
        code::TOO_NEW,
        eco_format!(
            "the chart of `{}` is an artifact that something else makes, which Flux {flux} does not take",
            addon.name(db)
        ),
        at,
        "needs Flux 2.7",
    )
    .help("take the chart from its own source, or raise `flux` of the cluster")
}

pub(super) fn version_of_artifact(db: &dyn Db, addon: Anchor, at: Origin) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(
        code::RESERVED_FIELD,
        eco_format!("the chart of `{name}` is an artifact that something else makes: it has one version"),
        at,
        "nothing chooses by it",
    )
    .help("remove it")
}

/// `kustomization { namespace = cluster.… }`
pub(super) fn computed_place(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_IDENTITY,
        eco_format!("the namespace of a Kustomization, here `{name}`, must not depend on the cluster"),
        at,
        "it is computed",
    )
    .note("it has to be there before what lives in it, so it is in the cluster's root and not in `common/`")
    .help("write it out here, or in `kustomization` of a group or a cluster")
}

/// `name` and the like of a source that is a prefix of charts.
pub(super) fn of_prefix(db: &dyn Db, source: Anchor, key: &str, at: Origin) -> Diagnostic {
    let name = source.name(db);
    let problem = Diagnostic::new(
        code::RESERVED_FIELD,
        eco_format!("`{name}` is a prefix of charts, and no object of its own"),
        at,
        eco_format!("there is nothing that `{key}` could be of"),
    )
    .label(Origin::of(source), "declared without a version");
    match key {
        "name" | "namespace" => {
            problem.help("remove it: each add-on has an OCIRepository, called as it is, beside its release")
        }
        _ => problem.help("write the `version` in the add-on, or `tag` or `semver` in the source where it is declared"),
    }
}

/// A source that is one artifact, and on a cluster none any more.
pub(super) fn unpinned(db: &dyn Db, source: Anchor) -> Diagnostic {
    let name = source.name(db);
    Diagnostic::new(
        code::RESERVED_FIELD,
        eco_format!("`{name}` is one artifact, and an override leaves it without a version"),
        Origin::of(source),
        "Flux would take `latest`",
    )
    .help("set another `tag` or `semver` instead")
}

/// `after` names the catalogue that it is written for.
pub(super) fn after_itself(at: Origin, own: &str) -> Diagnostic {
    Diagnostic::new(code::CYCLE, eco_format!("`{own}` would wait for itself"), at, "the same catalogue")
        .note("a catalogue is applied as a whole; `requires` orders the releases in it")
        .help("take it out")
}

/// An artifact that holds a chart and a directory: Flux takes one layer of it.
pub(super) fn chart_and_directory(db: &dyn Db, source: Anchor, at: Origin) -> Diagnostic {
    let name = source.name(db);
    let said = eco_format!("`{name}` is read as a chart here, and as a directory by a kustomize item");
    Diagnostic::new(code::RESERVED_FIELD, said, at, "taken for a chart")
        .label(Origin::of(source), "one artifact, of which Flux takes one layer")
        .help("declare a second source of the same address for one of them, or choose the layer: `layerSelector { … }`")
}

pub(super) fn version_of_source(db: &dyn Db, addon: Anchor, source: Anchor, at: Origin) -> Diagnostic {
    let (name, source_name) = (addon.name(db), source.name(db));
    Diagnostic::new(
        code::RESERVED_FIELD,
        eco_format!("`{source_name}` is one artifact: the chart of `{name}` is that one, at its version"),
        at,
        "nothing chooses by it",
    )
    .label(Origin::of(source), "one artifact for all that take their chart from it")
    .help(eco_format!("remove it, or the `tag` or `semver` of `{source_name}`: then each add-on says its own version"))
}

pub(super) fn no_helm_chart(db: &dyn Db, addon: Anchor, at: Origin) -> Diagnostic {
    let name = addon.name(db);
    Diagnostic::new(
        code::RESERVED_FIELD,
        eco_format!("the chart of `{name}` is an artifact: its release names that, and no `chart`"),
        at,
        "Flux refuses both",
    )
    .help("remove it; what there is to say of an OCIRepository is written in the `source`")
}
