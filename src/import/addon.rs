//! A HelmRelease and its source, as an add-on.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use serde_json::{Map, Value, json};

use super::clusters::{Sync, plain};
use super::items::{ItemKind, Items, key_of};
use super::levels::{Level, Levels};
use super::world::{Unit, UnitId, World};
use crate::kube::Id;
use crate::kustomize::Resource;

/// A release on a cluster.
pub(super) struct Release {
    pub id: Id,
    nth: usize,
    file: EcoString,
    /// Where the HelmRelease lives, where it releases into, and where Flux is.
    namespaces: [EcoString; 3],
    /// None is a chart of the repository itself.
    source: Option<SourceShape>,
    block: Value,
}

/// The source of a chart, as a block.
struct SourceShape {
    id: Id,
    name: EcoString,
    /// `helm`, `oci`, … and the URL.
    shape: Value,
    /// Whether it is a prefix: the release has an object of its own.
    is_prefix: bool,
    /// Whether something else makes it.
    is_external: bool,
}

/// The releases of a Kustomization that can be add-ons.
pub(super) fn releases(
    world: &World,
    unit: &Unit,
    of: &UnitId,
    objects: &[&Resource],
    levels: &Levels,
    nth: usize,
) -> Vec<Release> {
    let variables = variables(unit.spec());
    let mut used: BTreeMap<EcoString, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for it in objects.iter().filter(|it| it.kind() == "HelmRelease") {
        let level = levels.of(of, &it.id());
        if level == Level::Manifest {
            continue;
        }
        let Some(release) = release(world, objects, it, &variables, level, nth) else { continue };
        // A second of its name cannot be called so.
        let count = used.entry(it.name().into()).or_default();
        *count += 1;
        if *count == 1 {
            found.push(release);
        }
    }
    found
}

fn release(
    world: &World,
    objects: &[&Resource],
    it: &Resource,
    variables: &BTreeMap<String, String>,
    level: Level,
    nth: usize,
) -> Option<Release> {
    let spec = it.body.get("spec")?.as_object()?;
    let text = |pointer: &str| it.body.pointer(&format!("/spec/{pointer}")).and_then(Value::as_str);
    let metadata = it.body.get("metadata")?.as_object()?;
    if metadata.keys().any(|it| !["name", "namespace", "labels", "annotations"].contains(&it.as_str())) {
        return None;
    }
    if it.namespace().is_empty() || plain(it.name()) != it.name() {
        return None;
    }
    let namespace: EcoString = it.namespace().into();
    let target = EcoString::from(text("targetNamespace").unwrap_or(&namespace));
    let default_name =
        if text("targetNamespace").is_some() { eco_format!("{target}-{}", it.name()) } else { it.name().into() };
    let release_name = EcoString::from(text("releaseName").unwrap_or(&default_name));
    let mut block = Map::new();
    let sync = &world.cluster.sync;
    let source;
    let mut strategy = None;
    if let Some(reference) = spec.get("chartRef") {
        let own = source_of(objects, reference, &namespace);
        let artifact = match own {
            Some(object) => artifact(it, object, objects, level)?,
            None => elsewhere(sync, reference, &namespace)?,
        };
        if let (true, Some(object)) = (artifact.is_prefix, own) {
            let url = object.body.pointer("/spec/url")?.as_str()?;
            let chart = url.rsplit('/').next()?;
            if chart != it.name() {
                block.insert("chart".into(), chart.into());
            }
            let tag =
                object.body.pointer("/spec/ref/tag").or_else(|| object.body.pointer("/spec/ref/semver"))?.as_str()?;
            block.insert("version".into(), replaced(tag, variables).into());
        }
        source = Some(artifact);
    } else {
        let chart = spec.get("chart")?.get("spec")?;
        let reference = chart.get("sourceRef")?;
        let named = |key: &str| reference.get(key).and_then(Value::as_str);
        let is_own = named("kind") == Some(&sync.kind)
            && named("name") == Some(&sync.name)
            && named("namespace").unwrap_or(&namespace) == sync.namespace;
        let name = chart.get("chart")?.as_str()?;
        if is_own {
            block.insert("chart".into(), eco_format!("./{}", crate::kustomize::cleaned(name)).as_str().into());
            source = None;
        } else {
            if name != it.name() {
                block.insert("chart".into(), name.into());
            }
            source = Some(match source_of(objects, reference, &namespace) {
                Some(it) => plain_source(it)?,
                None => elsewhere(sync, reference, &namespace)?,
            });
        }
        let is_versioned = named("kind") == Some("HelmRepository");
        let version = chart.get("version").and_then(Value::as_str);
        match version {
            Some(version) => {
                block.insert("version".into(), replaced(version, variables).into());
            }
            None if is_versioned => {
                block.insert("version".into(), "*".into());
            }
            None => {}
        }
        // What the language says of charts in directories, an author takes back.
        if !is_versioned && chart.get("reconcileStrategy").is_none() {
            strategy = Some("ChartVersion");
        }
    }
    if let Some(it) = &source {
        block.insert("source".into(), it.key().as_str().into());
    }
    if target != it.name() {
        block.insert("namespace".into(), target.as_str().into());
    }
    if release_name != it.name() {
        block.insert("release-name".into(), release_name.as_str().into());
    }
    let about: Map<String, Value> = metadata
        .iter()
        .filter(|(key, _)| ["labels", "annotations"].contains(&key.as_str()))
        .map(|(key, it)| (key.clone(), it.clone()))
        .collect();
    if !about.is_empty() {
        block.insert("metadata".into(), about.into());
    }
    block.insert("release".into(), fields(spec, strategy));
    if let Some(values) = spec.get("values") {
        block.insert("values".into(), values.clone());
    }
    if let Some(Value::Array(all)) = spec.get("dependsOn") {
        let (mut requires, mut conditions) = (Vec::new(), Map::new());
        for it in all {
            let named = |key: &str| it.get(key).and_then(Value::as_str);
            let of = format!("{}/{}", named("namespace").unwrap_or(&namespace), named("name")?);
            if let Some(condition) = named("readyExpr") {
                conditions.insert(of.clone(), condition.into());
            }
            requires.push(Value::from(of));
        }
        block.insert("requires".into(), requires.into());
        if !conditions.is_empty() {
            block.insert("ready-when".into(), conditions.into());
        }
    }
    Some(Release {
        id: it.id(),
        nth,
        file: it.file.clone(),
        namespaces: [namespace, target, sync.namespace.clone()],
        source,
        block: in_order(block),
    })
}

/// The fields of a HelmRelease that the language does not set itself.
fn fields(spec: &Map<String, Value>, strategy: Option<&str>) -> Value {
    let own = ["chart", "chartRef", "values", "targetNamespace", "releaseName", "dependsOn"];
    let mut found: Map<String, Value> = spec
        .iter()
        .filter(|(key, _)| !own.contains(&key.as_str()))
        .map(|(key, it)| (key.clone(), it.clone()))
        .collect();
    if found.get("suspend") == Some(&Value::Bool(false)) {
        found.remove("suspend");
    }
    let mut of_chart = Map::new();
    if let Some(Value::Object(chart)) = spec.get("chart") {
        if let Some(it) = chart.get("metadata") {
            of_chart.insert("metadata".into(), it.clone());
        }
        let mut more: Map<String, Value> = chart
            .get("spec")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(key, _)| !["chart", "version", "sourceRef"].contains(&key.as_str()))
            .map(|(key, it)| (key.clone(), it.clone()))
            .collect();
        if let Some(it) = strategy {
            more.insert("reconcileStrategy".into(), it.into());
        }
        if !more.is_empty() {
            of_chart.insert("spec".into(), more.into());
        }
    }
    if !of_chart.is_empty() {
        found.insert("chart".into(), of_chart.into());
    }
    found.into()
}

fn in_order(mut block: Map<String, Value>) -> Value {
    let mut found = Map::new();
    for key in [
        "source",
        "chart",
        "version",
        "namespace",
        "release-name",
        "requires",
        "ready-when",
        "metadata",
        "release",
        "values",
    ] {
        if let Some(it) = block.remove(key) {
            found.insert(key.into(), it);
        }
    }
    found.into()
}

/// The object that a reference names, among those of the same Kustomization.
fn source_of<'a>(objects: &[&'a Resource], reference: &Value, namespace: &EcoString) -> Option<&'a Resource> {
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    let place = text("namespace").unwrap_or(namespace);
    objects.iter().copied().find(|it| {
        Some(it.kind()) == text("kind")
            && Some(it.name()) == text("name")
            && it.namespace() == place
            && it.id().is_source()
    })
}

/// A source that another Kustomization applies, or somebody by hand.
fn elsewhere(sync: &Sync, reference: &Value, namespace: &EcoString) -> Option<SourceShape> {
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    let (kind, name) = (text("kind")?, text("name")?);
    let place = text("namespace").unwrap_or(namespace);
    let mut shape = Map::new();
    shape.insert("provider".into(), "external".into());
    shape.insert("url".into(), name.into());
    if kind != "ExternalArtifact" {
        shape.insert("kind".into(), kind.into());
    }
    if place != sync.namespace {
        shape.insert("namespace".into(), place.into());
    }
    let id = Id { group: Id::SOURCES.into(), kind: kind.into(), namespace: place.into(), name: name.into() };
    Some(SourceShape { id, name: plain(name), shape: shape.into(), is_prefix: false, is_external: true })
}

/// A source under its own name.
fn plain_source(object: &Resource) -> Option<SourceShape> {
    let mut spec = object.body.get("spec")?.as_object()?.clone();
    let provider = match object.kind() {
        "HelmRepository" => "helm",
        "GitRepository" => "git",
        "OCIRepository" => "oci",
        "Bucket" => "bucket",
        _ => return None,
    };
    let url = spec.remove(if provider == "bucket" { "bucketName" } else { "url" })?;
    if let Some(Value::Object(reference)) = spec.get("ref").cloned()
        && provider != "helm"
    {
        let is_known = |key: &String| ["branch", "tag", "semver", "commit"].contains(&key.as_str());
        if reference.len() == 1 && reference.keys().all(is_known) {
            spec.remove("ref");
            spec.extend(reference);
        }
    }
    if spec.get("type") == Some(&json!("default")) {
        spec.remove("type");
    }
    if spec.get("suspend") == Some(&Value::Bool(false)) {
        spec.remove("suspend");
    }
    // Which layer of an artifact is a chart is known, unless its author left it open.
    if provider == "oci" {
        let chart = json!({ "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "operation": "copy" });
        match spec.get("layerSelector") {
            None => {
                spec.insert("layerSelector".into(), Value::Null);
            }
            Some(it) if *it == chart => {
                spec.remove("layerSelector");
            }
            Some(_) => {}
        }
    }
    let name = plain(object.name());
    let mut shape = Map::new();
    shape.insert("provider".into(), provider.into());
    shape.insert("url".into(), url);
    if name != object.name() {
        shape.insert("name".into(), object.name().into());
    }
    shape.insert("namespace".into(), object.namespace().into());
    let metadata = object.body.get("metadata")?.as_object()?;
    let about: Map<String, Value> = metadata
        .iter()
        .filter(|(key, _)| ["labels", "annotations"].contains(&key.as_str()))
        .map(|(key, it)| (key.clone(), it.clone()))
        .collect();
    if !about.is_empty() {
        shape.insert("metadata".into(), about.into());
    }
    shape.extend(spec);
    Some(SourceShape { id: object.id(), name, shape: shape.into(), is_prefix: false, is_external: false })
}

/// An artifact that one release takes, under its name, is a chart of a registry; else it is a source of its own.
fn artifact(release: &Resource, object: &Resource, objects: &[&Resource], level: Level) -> Option<SourceShape> {
    let mut source = plain_source(object)?;
    if object.kind() != "OCIRepository" {
        return None;
    }
    let takes = |it: &&&Resource| {
        it.kind() == "HelmRelease"
            && it.body.pointer("/spec/chartRef/name").and_then(Value::as_str) == Some(object.name())
    };
    let is_alone = objects.iter().filter(takes).count() == 1;
    let reference = object.body.pointer("/spec/ref").and_then(Value::as_object);
    let has_version =
        reference.is_some_and(|it| it.len() == 1 && (it.contains_key("tag") || it.contains_key("semver")));
    let is_plain =
        object.name() == release.name() && object.namespace() == release.namespace() && is_alone && has_version;
    let has_metadata = source.shape.get("metadata").is_some();
    if !is_plain || has_metadata || level > Level::Typed {
        return Some(source);
    }
    let url = object.body.pointer("/spec/url")?.as_str()?;
    let (prefix, _) = url.rsplit_once('/').filter(|it| it.0.len() > "oci://".len() && it.0 != "oci:/")?;
    let shape = source.shape.as_object_mut()?;
    shape.insert("url".into(), prefix.into());
    for key in ["namespace", "tag", "semver", "name"] {
        shape.remove(key);
    }
    // A name that tells where the charts are: `ghcr-io-org-charts` is not, `org-charts` is.
    let parts: Vec<&str> = prefix.trim_start_matches("oci://").split('/').collect();
    let telling = match parts.as_slice() {
        [host] => host.split(':').next().unwrap_or(host).to_owned(),
        [.., owner, last] if ["charts", "helm", "helm-charts", "chart"].contains(last) => format!("{owner}-{last}"),
        [.., last] => (*last).to_owned(),
        [] => "charts".into(),
    };
    source.name = plain(&telling.to_lowercase());
    source.is_prefix = true;
    Some(source)
}

/// The variables of a Kustomization that have values in it.
fn variables(spec: &Value) -> BTreeMap<String, String> {
    let all = spec.pointer("/postBuild/substitute").and_then(Value::as_object);
    all.into_iter().flatten().filter_map(|(key, it)| Some((key.clone(), it.as_str()?.to_owned()))).collect()
}

/// A text with variables, the known ones replaced.
fn replaced(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (name, value) in variables {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    text
}

/// Where most of the releases live.
pub(super) fn release_in(releases: &[Release]) -> Option<EcoString> {
    let mut counts: BTreeMap<EcoString, usize> = BTreeMap::new();
    for it in releases {
        let [own, target, flux] = &it.namespaces;
        let place = match () {
            () if own == target => EcoString::from("target"),
            () if own == flux => EcoString::from("flux-system"),
            () => own.clone(),
        };
        *counts.entry(place).or_default() += 1;
    }
    counts.into_iter().max_by_key(|it| it.1).map(|it| it.0)
}

/// Whether a release lives where its catalogue has them.
pub(super) fn lives_in(it: &Release, place: Option<&str>) -> bool {
    let [own, target, flux] = &it.namespaces;
    match place {
        Some("target") => own == target,
        Some("flux-system") => own == flux,
        Some(place) => own == place,
        None => true,
    }
}

impl SourceShape {
    /// What tells it from other sources: a prefix is the same for all that say the same of it.
    fn key(&self) -> EcoString {
        if self.is_prefix { eco_format!("{}", self.shape) } else { key_of(&self.id) }
    }
}

impl Release {
    /// The objects that become a part of the add-on.
    pub(super) fn takes(&self) -> impl Iterator<Item = Id> {
        let own = self.source.as_ref().filter(|it| !it.is_external);
        std::iter::once(self.id.clone()).chain(own.map(|it| it.id.clone()))
    }

    pub(super) fn add_to(&self, items: &mut Items) {
        let id = Some(self.id.clone());
        items.add(ItemKind::Addon, &key_of(&self.id), &self.id.name, id, self.nth, self.block.clone(), &self.file);
        if let Some(it) = &self.source {
            let id = (!it.is_external).then(|| it.id.clone());
            items.add(ItemKind::Source, &it.key(), &it.name, id, self.nth, it.shape.clone(), &self.file);
        }
    }
}
