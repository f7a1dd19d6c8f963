//! What of a change may hurt a live cluster.
//!
//! A HelmRelease that goes is uninstalled; all else that Flux deletes, and what makes a release another one, is in
//! [`lifecycle`].

use ecow::{EcoString, eco_format};

use super::leaves::LeafChange;
use crate::diagnostic::Invariant;
use crate::eval::versions;
use crate::flux::{Deployed, Release, Unit};
use crate::kube::Object;
use crate::kube::lifecycle::{self, Pruning};
use crate::schema;
use crate::value::{Node, Path, Step, Value};

/// A danger, the gravest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Danger {
    /// The release is uninstalled.
    Uninstall,
    /// It is uninstalled and installed again.
    Reinstall { what: &'static str, old: EcoString, new: EcoString },
    /// The object is deleted, and with it everything inside.
    DeletesNamespace,
    /// The definition is deleted, and with it every object of its kind.
    DeletesCrd,
    /// The object is deleted.
    Deletes,
    /// Everything that it applied from somebody else's directory is deleted.
    DeletesContents,
    /// It applies another directory of somebody else's: what only the old one has is deleted.
    OtherContents,
    /// A release needs the source that goes.
    SourceInUse { release: EcoString },
    /// Two Kustomizations: the one that loses the object may delete it after the other has it.
    Moves { old: EcoString, new: EcoString },
    /// The definition of a kind changes.
    Crd,
    /// The API server refuses this.
    Immutable { path: EcoString },
    /// There must not be less of it.
    Shrinks { path: EcoString },
    /// The object is deleted and made anew.
    Recreated { path: EcoString },
    /// The first number of the version is another.
    Major { old: EcoString, new: EcoString },
    /// The version is older than it was.
    Downgrade { old: EcoString, new: EcoString },
}

impl Danger {
    /// Its name on the command line and in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Uninstall => "uninstall",
            Self::Reinstall { .. } => "reinstall",
            Self::DeletesNamespace => "namespace",
            Self::DeletesCrd | Self::Crd => "crd",
            Self::Deletes | Self::DeletesContents | Self::OtherContents => "delete",
            Self::SourceInUse { .. } => "source",
            Self::Moves { .. } => "move",
            Self::Immutable { .. } | Self::Shrinks { .. } | Self::Recreated { .. } => "immutable",
            Self::Major { .. } => "major",
            Self::Downgrade { .. } => "downgrade",
        }
    }

    /// Whether a release is uninstalled, for a moment at least.
    #[must_use]
    pub const fn uninstalls(&self) -> bool {
        matches!(self, Self::Uninstall | Self::Reinstall { .. })
    }

    /// Every name, for those who ask for one; `cluster` is said of a whole cluster
    /// ([`super::ClusterFate`]).
    pub const WORDS: [&'static str; 11] = [
        "uninstall",
        "reinstall",
        "namespace",
        "crd",
        "delete",
        "cluster",
        "source",
        "move",
        "immutable",
        "major",
        "downgrade",
    ];
}

/// Of an object that goes.
pub(super) fn of_removal(unit: Option<&Unit>, remaining: Option<&Unit>, object: &Object) -> Vec<Danger> {
    if keeps(object) || !is_deleted(unit, remaining) {
        return Vec::new();
    }
    if object.id.group == "source.toolkit.fluxcd.io" {
        // Nothing lives in it.
        return Vec::new();
    }
    if object.id.group == "kustomize.toolkit.fluxcd.io" {
        return if Pruning::of_kustomization(object).all { vec![Danger::DeletesContents] } else { Vec::new() };
    }
    vec![match object.id.kind.as_str() {
        "HelmRelease" => Danger::Uninstall,
        "Namespace" => Danger::DeletesNamespace,
        "CustomResourceDefinition" => Danger::DeletesCrd,
        _ => Danger::Deletes,
    }]
}

/// Of a source that goes: a release that stays takes its chart from it, and another
/// Kustomization applies what the release becomes, in any order.
pub(super) fn of_source(
    unit: Option<&Unit>,
    remaining: Option<&Unit>,
    source: &Object,
    old: &Deployed,
    new: &Deployed,
) -> Option<Danger> {
    if source.id.group != "source.toolkit.fluxcd.io" || keeps(source) || !is_deleted(unit, remaining) {
        return None;
    }
    let is_user = |it: &Object| {
        let named = it.spec()?;
        let named = named.at(&["chart", "spec", "sourceRef"]).or_else(|| named.get("chartRef"))?;
        let is = |key: &str, wanted: &EcoString| named.get(key).and_then(Node::text) == Some(wanted);
        let namespace = named.get("namespace").and_then(Node::text).unwrap_or(&it.id.namespace);
        (is("kind", &source.id.kind) && is("name", &source.id.name) && *namespace == source.id.namespace).then_some(())
    };
    let name = |unit: Option<&Unit>| unit.map(|it| it.name.clone());
    let users = old.objects().filter(|(_, it)| it.id.kind == "HelmRelease" && is_user(it).is_some());
    let mut staying = users.filter_map(|(_, it)| new.objects().find(|(_, new)| new.id == it.id));
    let waits = staying.find(|(by, it)| is_user(it).is_some() || name(*by) != name(unit));
    waits.map(|(_, it)| Danger::SourceInUse { release: eco_format!("{}/{}", it.id.namespace, it.id.name) })
}

/// Of an object that changes.
pub(super) fn of_change(
    old: Option<&Unit>,
    new: Option<&Unit>,
    old_object: &Object,
    object: &Object,
    leaves: &[LeafChange],
) -> Vec<Danger> {
    let mut found = Vec::new();
    let name = |unit: Option<&Unit>| unit.map(|it| it.name.clone()).unwrap_or_default();
    if name(old) != name(new)
        && old.is_none_or(|it| Pruning::of_kustomization(&it.kustomization).leaving)
        && !keeps(object)
    {
        found.push(Danger::Moves { old: name(old), new: name(new) });
    }
    if let (Some(old), Some(new)) = (release(old, old_object), release(new, object)) {
        // The chart may be told by an object beside the release.
        let is_told = |what: &str| if what == "chart" { says_chart(object) } else { object.id.kind == "HelmRelease" };
        let differences = old.identity().differences(new.identity()).into_iter().filter(|(what, ..)| is_told(what));
        found.extend(differences.map(|(what, old, new)| Danger::Reinstall { what, old: old.into(), new: new.into() }));
        if let (true, Some(old), Some(new)) = (says_chart(object), old.version_text(), new.version_text()) {
            step(old, new, &mut found);
        }
    }
    if object.id.kind == "CustomResourceDefinition" && !leaves.is_empty() {
        found.push(Danger::Crd);
    }
    if let [Some(old), Some(new)] = [old_object, object].map(tag) {
        step(old, new, &mut found);
    }
    if object.id.kind == "PersistentVolumeClaim" {
        let path = ["spec", "resources", "requests", "storage"];
        let size = |it: &Object| schema::quantity(it.body.at(&path)?.text()?);
        if let (Some(old), Some(new)) = (size(old_object), size(object))
            && new < old
        {
            found.push(Danger::Shrinks { path: path.join(".").into() });
        }
    }
    let forces = |node: Option<&Node>| node.is_some_and(|it| it.value == Value::Bool(true));
    let is_forced = forces(new.and_then(|it| it.kustomization.body.at(&["spec", "force"])))
        || annotation(object, "kustomize.toolkit.fluxcd.io/force").is_some_and(|it| it.eq_ignore_ascii_case("enabled"));
    let mut immutable: Vec<&str> = schema::immutable_fields(&object.id.group, &object.id.kind).collect();
    if old_object.body.get("immutable").is_some_and(|it| it.value == Value::Bool(true)) {
        immutable.extend(["data", "stringData", "binaryData", "immutable"]);
    }
    for path in immutable {
        let prefix = Path::parse(path).ok().invariant("the paths of fields that cannot change can be read");
        // What was not set at all may be the same as what the server has set.
        let was_set = !prefix.find(&old_object.body).is_empty();
        let changes = |it: &&LeafChange| was_set && it.path.0.starts_with(&prefix.0);
        if leaves.iter().any(|it| changes(&it)) {
            let path = path.into();
            found.push(if is_forced { Danger::Recreated { path } } else { Danger::Immutable { path } });
        }
    }
    found.sort();
    found
}

/// Of a Kustomization that finds what it applies elsewhere, none of which is known.
pub(super) fn of_contents(kustomization: &Object, leaves: &[LeafChange]) -> Option<Danger> {
    (Pruning::of_kustomization(kustomization).leaving && leaves.iter().any(is_where)).then_some(Danger::OtherContents)
}

/// Whether it says where a Kustomization finds what it applies.
fn is_where(it: &LeafChange) -> bool {
    let keys: Vec<&str> = it.path.0.iter().map(|it| if let Step::Key(it) = it { it.as_str() } else { "" }).collect();
    matches!(keys.as_slice(), ["spec", "path" | "sourceRef", ..])
}

impl Danger {
    /// Whether it is a leaf's: then that is told beside it.
    pub(super) fn is_of(&self, leaf: &LeafChange) -> bool {
        let (Self::Immutable { path } | Self::Shrinks { path } | Self::Recreated { path }) = self else { return false };
        Path::parse(path).is_ok_and(|it| leaf.path.0.starts_with(&it.0))
    }
}

/// Whether an object says which chart a release has, and in which version: the release, or
/// the chart's registry beside it.
pub(super) fn says_chart(object: &Object) -> bool {
    match object.id.kind.as_str() {
        "HelmRelease" => object.body.at(&["spec", "chartRef"]).is_none(),
        kind => kind == "OCIRepository",
    }
}

/// From a version to another.
fn step(old: &EcoString, new: &EcoString, found: &mut Vec<Danger>) {
    let major = |it: &str| {
        it.trim_start_matches(['v', '^', '~', '=', ' ']).split('.').next().and_then(|it| it.parse::<u64>().ok())
    };
    let majors = major(old).zip(major(new));
    let is_older = versions::compare(new, old)
        .map_or_else(|| majors.is_some_and(|(old, new)| new < old), std::cmp::Ordering::is_lt);
    let is_major = majors.is_some_and(|(old, new)| old != new);
    let (old, new) = (old.clone(), new.clone());
    if is_older {
        found.push(Danger::Downgrade { old, new });
    } else if is_major {
        found.push(Danger::Major { old, new });
    }
}

/// The tag that a Git source takes.
pub(super) fn tag(object: &Object) -> Option<&EcoString> {
    let is_git = object.id.kind == "GitRepository" && object.id.group == "source.toolkit.fluxcd.io";
    object.body.at(&["spec", "ref", "tag"]).filter(|_| is_git).and_then(Node::text)
}

pub(super) fn release<'a>(unit: Option<&'a Unit>, object: &Object) -> Option<&'a Release> {
    unit?.releases.iter().map(|it| &**it).find(|it| it.addon == object.origin.anchor || is_of(it, object))
}

fn is_of(release: &Release, object: &Object) -> bool {
    release.name == object.id.name && release.namespace == object.id.namespace
}

/// Whether an object that goes stays on the cluster: nothing deletes it.
pub(super) fn stays(unit: Option<&Unit>, remaining: Option<&Unit>, object: &Object) -> bool {
    keeps(object) || !is_deleted(unit, remaining)
}

/// Whether what leaves a Kustomization is deleted: by pruning where that stays, and as its
/// `deletionPolicy` says where it goes, too.
fn is_deleted(unit: Option<&Unit>, remaining: Option<&Unit>) -> bool {
    match (remaining, unit) {
        (Some(it), _) => Pruning::of_kustomization(&it.kustomization).leaving,
        (None, Some(it)) => Pruning::of_kustomization(&it.kustomization).all,
        // What no Kustomization of its own applies, the root of the cluster does, which prunes.
        (None, None) => true,
    }
}

/// Whether an object forbids to be pruned.
fn keeps(object: &Object) -> bool {
    ["annotations", "labels"]
        .into_iter()
        .any(|of| lifecycle::is_kept(|key| object.body.at(&["metadata", of, key])?.text().map(EcoString::as_str)))
}

fn annotation<'a>(object: &'a Object, key: &str) -> Option<&'a EcoString> {
    object.body.at(&["metadata", "annotations", key]).and_then(Node::text)
}
