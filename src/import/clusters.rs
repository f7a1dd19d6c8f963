//! Which clusters a repository has: what `flux bootstrap` or the Flux Operator wrote for each.

use ecow::{EcoString, eco_format};
use serde_json::Value;

use crate::kustomize::{Files, cleaned};
use crate::source::IndexMap;

/// A cluster of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub name: EcoString,
    /// The directory that its Flux reads first, from the repository's root.
    pub dir: EcoString,
    pub sync: Sync,
    /// Where the repository is, and its branch, as Flux reads it.
    pub repository: Option<EcoString>,
    pub branch: Option<EcoString>,
    /// The minor version of Flux, where the repository says it: `2.6`.
    pub flux: Option<EcoString>,
}

/// Through what a cluster reads the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    pub kind: EcoString,
    pub name: EcoString,
    pub namespace: EcoString,
    /// The Kustomization at its root.
    pub root: EcoString,
}

impl Default for Sync {
    fn default() -> Self {
        let flux = || EcoString::from("flux-system");
        Self { kind: "GitRepository".into(), name: flux(), namespace: flux(), root: flux() }
    }
}

/// The clusters that are named, or else those that are found.
pub(super) fn find(files: &Files, named: &[(String, String)]) -> Vec<Cluster> {
    let mut found: IndexMap<EcoString, Cluster> = IndexMap::default();
    for path in files.paths().filter(|it| is_yaml(it)) {
        let has_sync = files.text(path).is_some_and(|it| {
            it.contains("kustomize.toolkit.fluxcd.io") || it.contains("FluxInstance") || it.contains("flux-instance")
        });
        let Some(documents) = files.documents(path).ok().filter(|_| has_sync) else { continue };
        let Ok(documents) = documents.as_ref() else { continue };
        for it in documents.iter().filter_map(|it| root_of(path, it, documents)) {
            found.entry(it.dir.clone()).or_insert(it);
        }
    }
    // What bootstrap is yet to write is there as an empty file.
    for path in files.paths() {
        let dir = ["gotk-sync.yaml", "gotk-components.yaml"]
            .iter()
            .find_map(|it| path.strip_suffix(&format!("/flux-system/{it}")));
        if let Some(dir) = dir {
            let blank = || Cluster {
                name: EcoString::new(),
                dir: dir.into(),
                sync: Sync::default(),
                repository: None,
                branch: None,
                flux: None,
            };
            found.entry(dir.into()).or_insert_with(blank);
        }
    }
    let mut clusters: Vec<Cluster> = if named.is_empty() {
        found.into_values().filter(|it| !it.dir.is_empty() && files.is_directory(&it.dir)).collect()
    } else {
        let known = |(name, dir): &(String, String)| {
            let dir = cleaned(dir);
            let of_bootstrap = found.get(&dir).cloned();
            let blank = Cluster {
                name: "".into(),
                dir: dir.clone(),
                sync: Sync::default(),
                repository: None,
                branch: None,
                flux: None,
            };
            Cluster { name: name.into(), dir, ..of_bootstrap.unwrap_or(blank) }
        };
        named.iter().map(known).collect()
    };
    for it in &mut clusters {
        it.flux = it.flux.take().or_else(|| flux_of(files, &it.dir));
    }
    if named.is_empty() {
        name_all(&mut clusters);
    }
    clusters
}

/// What an object says of a cluster's root, if it does.
fn root_of(path: &str, object: &Value, beside: &[Value]) -> Option<Cluster> {
    let at = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let (kind, name) = (at("/kind")?, at("/metadata/name")?);
    let sync = match kind {
        "Kustomization" if at("/apiVersion")?.starts_with("kustomize.toolkit.fluxcd.io/") => {
            // What bootstrap writes stands beside its source, which has its name.
            let of_name = |it: &Value| {
                it.pointer("/metadata/name").and_then(Value::as_str) == Some(name)
                    && it["kind"].as_str().is_some_and(|it| it.ends_with("Repository") || it == "Bucket")
            };
            let is_bootstrap = path.ends_with("gotk-sync.yaml") || beside.iter().any(of_name);
            if !is_bootstrap || at("/spec/sourceRef/name")? != name || at("/metadata/namespace") != Some(name) {
                return None;
            }
            Sync {
                kind: at("/spec/sourceRef/kind")?.into(),
                name: name.into(),
                namespace: at("/metadata/namespace")?.into(),
                root: name.into(),
            }
        }
        "FluxInstance" => of_instance(object.pointer("/spec")?, at("/metadata/namespace"), at("/spec/sync/name"))?,
        "HelmRelease" if object.pointer("/spec/values/instance/sync").is_some() => {
            let instance = object.pointer("/spec/values/instance")?;
            of_instance(instance, at("/metadata/namespace"), at("/spec/values/instance/sync/name"))?
        }
        _ => return None,
    };
    let dir = ["/spec/path", "/spec/sync/path", "/spec/values/instance/sync/path"].into_iter().find_map(at)?;
    let version = ["/spec/distribution/version", "/spec/values/instance/distribution/version"].into_iter().find_map(at);
    let source = beside.iter().find(|it| {
        let text = |pointer: &str| it.pointer(pointer).and_then(Value::as_str);
        text("/kind") == Some(&sync.kind) && text("/metadata/name") == Some(&sync.name)
    });
    let of_source = |pointer: &str| source.and_then(|it| it.pointer(pointer)?.as_str());
    let urls = ["/spec/sync/url", "/spec/values/instance/sync/url"].into_iter().find_map(at);
    let references = ["/spec/sync/ref", "/spec/values/instance/sync/ref"].into_iter().find_map(at);
    let branch = of_source("/spec/ref/branch").or_else(|| references.and_then(|it| it.strip_prefix("refs/heads/")));
    Some(Cluster {
        name: EcoString::new(),
        dir: cleaned(dir),
        repository: of_source("/spec/url").or(urls).map(EcoString::from),
        branch: branch.map(EcoString::from),
        flux: version.and_then(minor),
        sync,
    })
}

/// What an instance of the Flux Operator syncs: everything is called as its namespace, unless it says so itself.
fn of_instance(spec: &Value, namespace: Option<&str>, name: Option<&str>) -> Option<Sync> {
    let kind = spec.pointer("/sync/kind")?.as_str()?;
    let namespace = namespace.unwrap_or("flux-system");
    let name = EcoString::from(name.unwrap_or(namespace));
    Some(Sync { kind: kind.into(), root: name.clone(), name, namespace: namespace.into() })
}

/// The version that the components of a cluster's Flux have.
fn flux_of(files: &Files, dir: &str) -> Option<EcoString> {
    let text = files.text(&eco_format!("{dir}/flux-system/gotk-components.yaml"))?;
    let line = text.lines().take(50).find_map(|it| it.split_once("Flux Version:").or(it.split_once("/version:")))?;
    minor(line.1.trim())
}

/// `v2.6.4` → `2.6`
fn minor(version: &str) -> Option<EcoString> {
    let mut parts = version.trim_matches('"').trim_start_matches('v').split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    (major == "2" && minor.parse::<u8>().is_ok()).then(|| eco_format!("2.{minor}"))
}

/// What says nothing of which cluster it is.
const GENERIC: [&str; 8] = ["flux", "flux-system", "cluster", "clusters", "config", "bootstrap", "kubernetes", "k8s"];

/// Names clusters by their directories: the last part that tells them apart.
fn name_all(clusters: &mut [Cluster]) {
    let parts = |it: &Cluster| -> Vec<EcoString> { it.dir.split('/').map(EcoString::from).collect() };
    let all: Vec<Vec<EcoString>> = clusters.iter().map(parts).collect();
    for (nth, it) in clusters.iter_mut().enumerate() {
        let own = all.get(nth).map(Vec::as_slice).unwrap_or_default();
        let telling: Vec<&EcoString> = own
            .iter()
            .filter(|part| !GENERIC.contains(&part.as_str()))
            .filter(|part| all.len() == 1 || !all.iter().all(|other| other.contains(part)))
            .collect();
        let last = telling.last().copied().or_else(|| own.last()).cloned().unwrap_or_default();
        let is_alone = all.iter().enumerate().all(|(other, of)| other == nth || !of.contains(&last));
        let whole = || telling.iter().map(|it| it.as_str()).collect::<Vec<_>>().join("-").into();
        it.name = plain(&if is_alone { last } else { whole() });
    }
}

/// A name that can be a name in the language.
pub(super) fn plain(name: &str) -> EcoString {
    let kept = |it: char| if it.is_ascii_alphanumeric() || it == '-' || it == '_' { it } else { '-' };
    let name: EcoString = name.chars().map(kept).collect();
    let name = name.trim_matches('-');
    if name.starts_with(|it: char| it.is_ascii_digit()) { eco_format!("c-{name}") } else { name.into() }
}

pub(super) fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml"].iter().any(|it| path.ends_with(it))
}
