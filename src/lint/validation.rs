//! What authors write as objects is what the API server accepts: Kubernetes' own kinds by the cluster's version, custom
//! resources by the CRD that is on the cluster.
//!
//! The messages are `kube::validation`'s. What it looks at depends on a cluster's version of Kubernetes, which no
//! class knows: it is asked for a class and a version ([`class_validation`]), and leaves what each cluster has to keep.

use std::cmp::Ordering;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::context::Lint;
use super::foreign::{self, Foreign, ForeignObject};
use super::kinds;
use super::shapes;
use crate::data::{self, Document, Format};
use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Class, Cluster};
use crate::flux::{self, Deployed, UnitPlace, external};
use crate::kube;
use crate::kube::applied::AppliedObject;
use crate::kube::directory::Applies;
use crate::kube::object::{Id, Object, split_api_version};
use crate::kube::validation::{self, Against, Found, Promise};
use crate::schema::{self, KubernetesMinor, Shape};
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::value::{self, Map, Node, Value};

/// Checks one cluster; `errors` are those of making its objects.
pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed, errors: &[Diagnostic]) {
    let minor = fleet::kubernetes_version(lint.db, cluster.anchor);
    let found = all(lint, cluster, deployed, minor);
    // What has a rule of its own is reported once.
    let reported: IndexSet<Origin> =
        lint.out.iter().filter(|it| it.is_error()).filter_map(Diagnostic::origin).collect();
    let failed: IndexSet<Anchor> =
        errors.iter().filter(|it| it.is_error()).filter_map(|it| Some(it.origin()?.anchor)).collect();
    let is_news = |it: &Diagnostic| {
        // What an expression that failed did not make is not there, either.
        let follows = validation::is_missing_field(it) && it.origin().is_some_and(|it| failed.contains(&it.anchor));
        !follows && it.origin().is_none_or(|it| !reported.contains(&it))
    };
    lint.out.extend(found.diagnostics.into_iter().filter(is_news).collect::<Vec<_>>());
}

/// Whether all is right on a cluster of a class.
pub(super) fn is_fine(db: &dyn Db, class: Class, cluster: &Cluster, texts: &Map) -> bool {
    let minor = fleet::kubernetes_version(db, cluster.anchor);
    let promises = class_validation(db, class, minor).as_ref();
    promises.is_some_and(|it| it.iter().all(|it| it.holds(texts)))
}

/// What has to hold on each cluster of a class, for the rest to be right; none where something is wrong.
#[salsa::tracked(returns(ref))]
fn class_validation(db: &dyn Db, class: Class, minor: Option<KubernetesMinor>) -> Option<Vec<Promise>> {
    let deployed = flux::of_class(db, class)?;
    let mut lint = Lint::new(db, false);
    // Most clusters have releases alone.
    let has_directories = deployed.units.iter().any(|it| it.place == UnitPlace::Foreign);
    if !has_directories && written(&lint, deployed).next().is_none() {
        return Some(Vec::new());
    }
    let representative = class.representative(db)?;
    let found = all(&mut lint, representative.cluster(), deployed, minor);
    found.diagnostics.is_empty().then_some(found.promises)
}

/// Objects that nothing is known of, as `apiVersion/Kind`, in order of name.
pub fn unchecked(db: &dyn Db, cluster: Anchor) -> IndexSet<EcoString> {
    let cluster = &fleet::cluster(db, cluster).value;
    let deployed = &flux::outline(db, cluster.anchor).value;
    let mut lint = Lint::new(db, false);
    let custom = Custom::of(&lint, cluster, deployed);
    let minor = fleet::kubernetes_version(db, cluster.anchor);
    let mut found: IndexSet<EcoString> = IndexSet::default();
    let mut add = |id: &Id, version: &EcoString| {
        let is_known =
            schema::is_flux_kind(&id.group, &id.kind) || !matches!(custom.known(id, version, minor), Known::Nothing);
        if !is_known {
            found.insert(eco_format!("{} {}", id.api_version(version), id.kind));
        }
    };
    for (_, object) in written(&lint, deployed) {
        add(&object.id, &object.version);
    }
    for it in foreign::of(&mut lint, cluster, deployed).objects {
        let listed = it.object.listed;
        let (group, version) = split_api_version(&listed.api_version);
        let (kind, namespace, name) = (listed.kind.clone(), listed.namespace.clone(), listed.name.clone());
        add(&Id { group, kind, namespace, name }, &version);
    }
    found.sort();
    found
}

fn written<'a>(lint: &Lint<'_>, deployed: &'a Deployed) -> impl Iterator<Item = (Option<&'a flux::Unit>, &'a Object)> {
    let db = lint.db;
    deployed.objects().filter(move |(_, it)| it.origin.anchor.kind(db) == Kind::MANIFEST && it.raw.is_none())
}

fn all(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed, minor: Option<KubernetesMinor>) -> Found {
    let mut found = Found::default();
    let mut custom = None;
    for (unit, object) in written(lint, deployed) {
        let custom = custom.get_or_insert_with(|| Custom::of(lint, cluster, deployed));
        let is_substituted = unit.is_some_and(|it| it.substitution.is_some()) && kube::is_substituted(&object.body);
        let written = Written {
            id: &object.id,
            version: &object.version,
            body: &object.body,
            is_substituted,
            is_part: false,
            is_named: true,
        };
        one(&written, custom, minor, &mut found);
    }
    // What is wrong with the directories themselves is another rule's.
    let foreign = foreign::of(&mut Lint::new(lint.db, false), cluster, deployed);
    if !foreign.objects.is_empty() {
        let custom = custom.get_or_insert_with(|| Custom::of(lint, cluster, deployed));
        of_directories(lint, cluster, &foreign, custom, minor, &mut found);
    }
    found
}

/// The objects of hand-written directories of the project.
fn of_directories(
    lint: &Lint<'_>,
    cluster: &Cluster,
    foreign: &Foreign<'_>,
    custom: &Custom<'_>,
    minor: Option<KubernetesMinor>,
    found: &mut Found,
) {
    let mut seen: IndexSet<&EcoString> = IndexSet::default();
    for ForeignObject { object, origin } in &foreign.objects {
        let file = &object.listed.file;
        if object.listed.is_generated || !seen.insert(file) {
            continue;
        }
        let document = document(lint, origin.anchor, file);
        let Ok(node) = &document.node else { continue };
        of_file(lint, cluster, node, &Part::of(object), custom, minor, found);
    }
}

fn document<'a>(lint: &Lint<'a>, reader: Anchor, file: &str) -> &'a Document {
    let format = if file.strip_suffix(".json").is_some() { Format::Json } else { Format::Yaml };
    data::document(lint.db, data::anchor(lint.db, reader, file, format))
}

/// What becomes of a file's objects before they are applied.
struct Part {
    is_patched: bool,
    is_substituted: bool,
    is_named: bool,
}

impl Part {
    const fn of(it: &AppliedObject<'_>) -> Self {
        Self { is_patched: it.is_patched, is_substituted: it.is_substituted, is_named: it.id.is_some() }
    }
}

/// The objects of a file that is applied as it is.
fn of_file(
    lint: &Lint<'_>,
    cluster: &Cluster,
    node: &Node,
    part: &Part,
    custom: &Custom<'_>,
    minor: Option<KubernetesMinor>,
    found: &mut Found,
) {
    let mut objects = Vec::new();
    objects_of(node, &mut objects);
    for body in objects {
        let text = |path: &[&str]| body.at(path).and_then(Node::text).cloned().unwrap_or_default();
        let (group, version) = split_api_version(&text(&["apiVersion"]));
        let (namespace, name) = (text(&["metadata", "namespace"]), text(&["metadata", "name"]));
        let id = Id { group, kind: text(&["kind"]), namespace, name };
        if body.get("sops").is_some() {
            continue;
        }
        let is_substituted = part.is_substituted && kube::is_substituted(body);
        let (is_part, is_named) = (part.is_patched, part.is_named);
        let written = Written { id: &id, version: &version, body, is_substituted, is_part, is_named };
        let before = found.diagnostics.len();
        one(&written, custom, minor, found);
        if !is_part && !is_substituted && schema::is_flux_kind(&id.group, &id.kind) {
            let mut inner = Lint::new(lint.db, false);
            shapes::flux_object(&mut inner, cluster, &id, &version, body);
            found.diagnostics.append(&mut inner.out);
        }
        let is_unknown = matches!(custom.known(&id, &version, minor), Known::Nothing);
        if found.diagnostics.len() == before && is_unknown && is_no_kind(&id) {
            let at = body.get("kind").map_or(body.origin, |it| it.origin);
            found.diagnostics.push(validation::no_kind(&id, &version, at));
        }
    }
}

/// What is wrong with files that a person put into a cluster's root, which Flux applies as they are, and with what is
/// applied because of them. `root` is what the root does with them.
#[must_use]
pub fn by_hand(
    db: &dyn Db,
    cluster: Anchor,
    files: &[EcoString],
    root: &Applies,
    applied: &[AppliedObject<'_>],
) -> Vec<Diagnostic> {
    let lint = Lint::new(db, false);
    let minor = fleet::kubernetes_version(db, cluster);
    let deployed = &flux::outline(db, cluster).value;
    let cluster = &fleet::cluster(db, cluster).value;
    let mut found = Found::default();
    let mut custom = None;
    let mut all: IndexMap<&EcoString, Part> = IndexMap::default();
    let is_named = !root.patches && !root.renames && root.target_namespace.is_empty();
    let part = || Part { is_patched: root.patches, is_substituted: root.substitutes, is_named };
    all.extend(files.iter().map(|it| (it, part())));
    let written = applied.iter().filter(|it| !it.listed.is_generated);
    all.extend(written.map(|it| (&it.listed.file, Part::of(it))));
    for (file, part) in all {
        if let Ok(node) = &document(&lint, cluster.anchor, file).node {
            let custom = custom.get_or_insert_with(|| Custom::of(&lint, cluster, deployed));
            of_file(&lint, cluster, node, &part, custom, minor, &mut found);
        }
    }
    found.diagnostics
}

/// Whether a kind is of a group of Kubernetes' own, which has none of that name.
fn is_no_kind(id: &Id) -> bool {
    let mut of_group = schema::kinds_of_group(&id.group).peekable();
    of_group.peek().is_some() && !of_group.any(|it| it == id.kind) && schema::scope(&id.group, &id.kind).is_none()
}

/// The objects of a file: several documents, and what a `List` holds.
fn objects_of<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    match &node.value {
        Value::List(list) => list.iter().for_each(|it| objects_of(it, found)),
        Value::Map(_) => match node.get("items").and_then(Node::list) {
            Some(items) if node.get("kind").and_then(Node::text).is_some_and(|it| it.ends_with("List")) => {
                for it in items {
                    objects_of(it, found);
                }
            }
            _ => found.push(node),
        },
        _ => {}
    }
}

/// An object as an author wrote it.
struct Written<'a> {
    id: &'a Id,
    version: &'a EcoString,
    body: &'a Node,
    is_substituted: bool,
    is_part: bool,
    /// Whether it has these names on the cluster, too.
    is_named: bool,
}

fn one(written: &Written<'_>, custom: &Custom<'_>, minor: Option<KubernetesMinor>, found: &mut Found) {
    if written.is_named {
        validation::names(written.id, written.body, written.is_substituted, found);
    }
    validation::eks(written.id, written.body, found);
    let validate = |shape: &Shape, source: EcoString, newer| {
        let (is_part, is_substituted) = (written.is_part, written.is_substituted);
        validation::validate(&Against { shape, source, newer, is_part, is_substituted }, written.id, written.body)
    };
    match custom.known(written.id, written.version, minor) {
        Known::Nothing => {}
        Known::NotServed(source, served) => {
            let at = written.body.get("apiVersion").map_or(written.body.origin, |it| it.origin);
            let api_version = written.id.api_version(written.version);
            found.diagnostics.push(validation::not_served(written.id, &api_version, at, &source, &served));
        }
        Known::One(shape, source, newer) => found.add(validate(shape, source, newer)),
        Known::Several(all) => {
            // Which version a cluster has is not said: what one of them takes is right. The newest is asked first.
            let mut first = None;
            for it in all.iter().rev() {
                let it = validate(it.shape(), eco_format!("Kubernetes {}", it.last), None);
                if it.diagnostics.is_empty() {
                    first = Some(it);
                    break;
                }
                first = first.or(Some(it));
            }
            if let Some(it) = first {
                found.add(it);
            }
        }
    }
}

/// What is known of a kind.
enum Known<'a> {
    Nothing,
    /// What the cluster has does not serve it in this version, but in these.
    NotServed(EcoString, Vec<&'static str>),
    /// The shape, where it is from, and what the cluster has where that is newer.
    One(&'a Shape, EcoString, Option<EcoString>),
    /// Any of them.
    Several(&'static [schema::Served]),
}

/// The schemas of the CRDs that are on a cluster.
struct Custom<'a> {
    /// By apiVersion and kind: those that the project has itself.
    own: IndexMap<(EcoString, EcoString), Arc<Shape>>,
    /// By group and kind: the chart that brings it, and its version.
    charts: IndexMap<(&'a EcoString, &'a EcoString), (&'a EcoString, Option<&'a EcoString>)>,
    /// Group and kind of those that are declared `external`.
    external: IndexSet<(EcoString, EcoString)>,
}

impl<'a> Custom<'a> {
    fn of(lint: &Lint<'_>, cluster: &Cluster, deployed: &'a Deployed) -> Self {
        let mut own = IndexMap::default();
        for (_, object) in deployed.objects() {
            if object.defined_kind().is_some() {
                add_crd(&object.body, &mut own);
            }
        }
        for anchor in lint.index.externals.iter().filter(|it| external::is_visible(lint.db, **it, cluster)) {
            let schema =
                fleet::declared(lint.db, *anchor).value.get("schema").filter(|_| external::is_crd(lint.db, *anchor));
            for it in schema.into_iter().flat_map(external::crds_of) {
                add_crd(it, &mut own);
            }
        }
        let mut charts = IndexMap::default();
        for (_, release) in deployed.releases() {
            for (group, kind, _) in &release.crds {
                charts.insert((group, kind), (&release.chart, release.version_text()));
            }
        }
        let external = kinds::external_kinds(lint.db, cluster, &lint.index.externals);
        Self { own, charts, external: external.map(|it| (it.0, it.1)).collect() }
    }

    fn known(&self, id: &Id, version: &EcoString, minor: Option<KubernetesMinor>) -> Known<'_> {
        let api_version = id.api_version(version);
        if let Some(shape) = self.own.get(&(api_version.clone(), id.kind.clone())) {
            return Known::One(shape, "its CRD".into(), None);
        }
        if let Some((chart, there)) = self.charts.get(&(&id.group, &id.kind)) {
            return of_chart(chart, *there, &api_version, id, version);
        }
        let all = schema::of_kubernetes(&api_version, &id.kind);
        let (oldest, newest) = schema::kubernetes_minors();
        let served = |minor| schema::served_versions(&id.group, &id.kind, minor).collect::<Vec<_>>();
        match minor {
            _ if all.is_empty() && served(newest).is_empty() => {
                let is_external = self.external.contains(&(id.group.clone(), id.kind.clone()));
                if is_external { of_external(&api_version, id, version) } else { Known::Nothing }
            }
            Some(minor) if (oldest..=newest).contains(&minor) => {
                let source = eco_format!("Kubernetes {minor}");
                match all.iter().find(|it| (it.first..=it.last).contains(&minor)) {
                    Some(it) => Known::One(it.shape(), source, None),
                    None => Known::NotServed(source, served(minor)),
                }
            }
            Some(minor) => match if minor > newest { all.last() } else { all.first() } {
                Some(it) => Known::One(
                    it.shape(),
                    eco_format!("Kubernetes {}", it.last),
                    Some(eco_format!("Kubernetes {minor}")),
                ),
                None => Known::Nothing,
            },
            None if all.is_empty() => Known::NotServed(eco_format!("Kubernetes {newest}"), served(newest)),
            None => Known::Several(all),
        }
    }
}

/// Whether an API keeps its fields: in a later version there may be more of them, never fewer.
fn is_stable(version: &str) -> bool {
    !version.contains("alpha") && !version.contains("beta")
}

/// The schema of a kind that a chart brings: of an API that is stable, an older version has no more than the one that
/// is known, and a newer one may have.
fn of_chart<'a>(chart: &str, there: Option<&EcoString>, api_version: &str, id: &Id, version: &str) -> Known<'a> {
    let name = chart.rsplit('/').next().unwrap_or(chart);
    let number = |it: &str| semver::Version::parse(it.trim_start_matches('v')).ok();
    let against = |known: &str| there.and_then(|it| number(it)).zip(number(known)).map(|(it, known)| it.cmp(&known));
    let Some(known) = schema::of_chart(chart, api_version, &id.kind) else {
        let served = schema::versions_of_chart(chart, &id.group, &id.kind);
        return match served.first().map(|(_, known)| (*known, against(known))) {
            Some((known, Some(Ordering::Equal))) => {
                Known::NotServed(eco_format!("{name} {known}"), served.into_iter().map(|(it, _)| it).collect())
            }
            _ => Known::Nothing,
        };
    };
    let source = eco_format!("{name} {}", known.version);
    match against(known.version) {
        Some(Ordering::Equal) => Known::One(known.shape(), source, None),
        Some(Ordering::Less) if is_stable(version) => Known::One(known.shape(), source, None),
        _ if is_stable(version) => {
            let there = there.map_or_else(|| "another version".into(), |it| eco_format!("{name} {it}"));
            Known::One(known.shape(), source, Some(there))
        }
        _ => Known::Nothing,
    }
}

/// The schema of a well-known kind that something else brings: an `external CRD`. Which version is not said.
fn of_external<'a>(api_version: &str, id: &Id, version: &str) -> Known<'a> {
    match schema::of_any_chart(api_version, &id.kind).filter(|_| is_stable(version)) {
        Some((chart, it)) => {
            let source = eco_format!("{chart} {}", it.version);
            Known::One(it.shape(), source, Some("what brings its CRD, of a version that is not said".into()))
        }
        None => Known::Nothing,
    }
}

/// The schemas of a CustomResourceDefinition, by apiVersion and kind.
fn add_crd(crd: &Node, found: &mut IndexMap<(EcoString, EcoString), Arc<Shape>>) {
    let text = |path: &[&str]| crd.at(path).and_then(Node::text).cloned();
    let (Some(group), Some(kind)) = (text(&["spec", "group"]), text(&["spec", "names", "kind"])) else { return };
    for version in crd.at(&["spec", "versions"]).and_then(Node::list).unwrap_or_default() {
        let name = version.get("name").and_then(Node::text);
        let schema = version.at(&["schema", "openAPIV3Schema"]);
        let (Some(name), Some(schema)) = (name, schema) else { continue };
        // What is no schema, the API server refuses with the CRD.
        if let Ok(shape) = Shape::read(value::json(schema)) {
            found.insert((eco_format!("{group}/{name}"), kind.clone()), Arc::new(shape));
        }
    }
}
