//! A kustomize directory of the project's own repository, which somebody wrote
//! by hand: whether it is there, and which objects it lists.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::object::{SUBSTITUTE, split_api_version};
use super::produced::{Produced, produced};
use crate::data;
use crate::source::{Db, IndexSet, Project};

/// An object that a directory lists, before kustomize transforms it: that is what
/// a patch is matched with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    pub api_version: EcoString,
    pub kind: EcoString,
    pub namespace: EcoString,
    pub name: EcoString,
    pub labels: BTreeMap<EcoString, EcoString>,
    pub annotations: BTreeMap<EcoString, EcoString>,
    /// The namespace that kustomizations give it, the outermost last.
    pub moved_to: Option<EcoString>,
    /// Where it stands, from the project's root.
    pub file: EcoString,
    /// Whether a generator makes it: it stands in no file.
    pub is_generated: bool,
    /// Whether Flux replaces variables in it.
    pub is_substituted: bool,
    /// Of a Flux Kustomization: what it applies.
    pub applies: Option<Applies>,
    /// Of a CRD: the group and kind that it defines, and whether their objects have a namespace.
    pub defines: Option<(EcoString, EcoString, bool)>,
    /// The Secrets and ConfigMaps that a controller makes of it.
    pub produces: Vec<Produced>,
    /// Its texts and keys that hold a `$`, and whether nothing else than a text may be there.
    pub texts: Vec<(EcoString, bool)>,
}

/// What the file is called that says what kustomize builds of a directory.
pub const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a Flux Kustomization of a directory applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its spec")]
pub struct Applies {
    /// Kind, name and namespace of its source; no namespace is its own.
    pub source: (EcoString, EcoString, EcoString),
    pub path: EcoString,
    pub target_namespace: EcoString,
    /// Whether it gives what it applies other names.
    pub renames: bool,
    /// Whether it patches what it applies, so that it may become another object, or none.
    pub patches: bool,
    /// Whether it is applied to another cluster.
    pub is_remote: bool,
    /// Whether it replaces variables.
    pub substitutes: bool,
}

impl Applies {
    /// Reads the spec of a Flux Kustomization.
    #[must_use]
    pub fn of(spec: &serde_yaml::Value) -> Self {
        let text = |value: Option<&serde_yaml::Value>| {
            value.and_then(serde_yaml::Value::as_str).map(EcoString::from).unwrap_or_default()
        };
        let source = |key: &str| text(spec.get("sourceRef").and_then(|it| it.get(key)));
        Self {
            source: (source("kind"), source("name"), source("namespace")),
            path: text(spec.get("path")),
            target_namespace: text(spec.get("targetNamespace")),
            renames: ["namePrefix", "nameSuffix"].iter().any(|it| spec.get(it).is_some()),
            patches: ["patches", "components"].iter().any(|it| spec.get(it).is_some()),
            is_remote: spec.get("kubeConfig").is_some(),
            substitutes: spec.get("postBuild").is_some(),
        }
    }
}

/// How deep directories may list each other.
const DEPTH: usize = 20;

/// How many files and directories are looked into: what more there is, nothing is said of.
const MOST: usize = 10_000;

/// What a kustomization lists and kustomize cannot read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Broken {
    /// The file that lists it, from the project's root.
    pub list: EcoString,
    /// What is listed, from there, too.
    pub path: EcoString,
    /// What is wrong with it; none if it is not there.
    pub why: Option<EcoString>,
}

/// The objects of a directory, as far as they stand in files of the project;
/// `complete` is false where something is listed that cannot be looked into.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that its kustomization does")]
pub struct Directory {
    pub objects: Vec<Listed>,
    pub complete: bool,
    /// What kustomize would fetch: the first such resource.
    pub remote: Option<EcoString>,
    pub broken: Vec<Broken>,
    /// Whether kustomize gives objects other names.
    pub renames: bool,
    /// Whether it changes objects otherwise: by patches and the like.
    pub changes: bool,
    /// Whether it adds fields to them, such as labels and what selects by them.
    pub adds: bool,
    /// How many directories and files were looked into.
    looked_at: usize,
}

/// Reads a directory; none if it has no `kustomization.yaml`.
pub fn read<'a>(db: &'a dyn Db, path: &str) -> Option<&'a Directory> {
    listed(db, db.project(), path.into()).as_ref()
}

#[salsa::tracked(returns(ref))]
fn listed(db: &dyn Db, _project: Project, path: EcoString) -> Option<Directory> {
    let mut found = Directory { complete: true, ..Directory::default() };
    collect(db, &path, DEPTH, &mut found).then(|| found.told_once())
}

/// Reads what Flux applies of a directory: without a `kustomization.yaml` it makes one of all YAML below, in which a
/// directory that has one is built as a whole. None if there is no such directory.
pub fn of_flux<'a>(db: &'a dyn Db, path: &str) -> Option<&'a Directory> {
    read(db, path).or_else(|| generated(db, db.project(), path.into()).as_ref())
}

#[salsa::tracked(returns(ref))]
fn generated(db: &dyn Db, _project: Project, path: EcoString) -> Option<Directory> {
    let place = eco_format!("{path}/");
    let text = db.data_file(&place).text(db).clone().ok()?;
    let mut found = Directory { complete: true, ..Directory::default() };
    let mut built: Vec<&str> = Vec::new();
    for name in text.lines() {
        let (dir, file_name) = name.rsplit_once('/').unwrap_or(("", name));
        if !dir.is_empty() && KUSTOMIZATIONS.contains(&file_name) {
            built.push(dir);
            collect(db, &eco_format!("{place}{dir}"), DEPTH, &mut found);
        }
    }
    let is_built = |name: &str| built.iter().any(|it| crate::source::is_within(name, it));
    let is_yaml = |name: &str| [".yaml", ".yml"].iter().any(|it| name.ends_with(it));
    for name in text.lines().filter(|it| is_yaml(it) && !is_built(it)) {
        // Nor is anything said of files that are no YAML: those of charts are not.
        if let Ok(text) = db.data_file(&eco_format!("{place}{name}")).text(db) {
            let _ = file(&eco_format!("{place}{name}"), text, &mut found);
        } else {
            found.complete = false;
        }
    }
    // What is left out of the artifact is not looked for there, and may be broken.
    if db.data_file(".sourceignore").text(db).is_ok() {
        found.broken.clear();
    }
    Some(found.told_once())
}

fn collect(db: &dyn Db, dir: &str, depth: usize, found: &mut Directory) -> bool {
    let Some((list_name, list)) = kustomization(db, dir) else { return false };
    if !found.may_look() {
        return true;
    }
    let list_name = eco_format!("{dir}/{list_name}");
    let documents = match data::try_documents(&list) {
        Ok(it) => it,
        Err(why) => {
            found.break_at(&list_name, &list_name, Some(why));
            return true;
        }
    };
    let [kustomization] = documents.as_slice() else {
        found.complete = false;
        return true;
    };
    for key in ["components", "helmCharts", "generators", "configMapGenerator", "secretGenerator"] {
        found.complete &= kustomization.get(key).is_none();
    }
    let has = |keys: &[&str]| keys.iter().any(|it| kustomization.get(it).is_some());
    found.renames |= has(&["namePrefix", "nameSuffix"]);
    found.changes |= has(&[
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "replacements",
        "vars",
        "transformers",
        "components",
    ]);
    found.adds |= has(&["commonLabels", "labels", "replicas"]);
    let listed = ["resources", "bases", "components"].iter().filter_map(|it| kustomization.get(it)?.as_sequence());
    let remote = listed.flatten().filter_map(serde_yaml::Value::as_str).find(|it| is_remote(it));
    found.remote = found.remote.take().or(remote.map(EcoString::from));
    let before = found.objects.len();
    let lists = ["resources", "bases"].iter().filter_map(|it| kustomization.get(it)?.as_sequence());
    for it in lists.flatten() {
        let place = it.as_str().filter(|it| !is_remote(it)).and_then(|it| joined(dir, it));
        let Some(path) = place else {
            found.complete = false;
            continue;
        };
        if let Err(why) = resource(db, &path, depth, found) {
            found.break_at(&list_name, &path, why);
        }
    }
    found.objects.extend(of_generators(kustomization, &list_name));
    for name in beside(kustomization) {
        let Some(path) = joined(dir, name).filter(|_| !is_remote(name)) else { continue };
        if let Err(why) = db.data_file(&path).text(db)
            && is_missing(why)
            && db.data_file(&eco_format!("{path}/")).text(db).is_err()
        {
            found.break_at(&list_name, &path, None);
        }
    }
    if let Some(namespace) = kustomization.get("namespace").and_then(serde_yaml::Value::as_str) {
        for it in found.objects.iter_mut().skip(before) {
            it.moved_to = Some(namespace.into());
        }
    }
    true
}

/// The files of the project that a kustomize directory is built from: its kustomization, what
/// that names, and what those name. Another repository's are none of them.
pub fn files_of_directory(db: &dyn Db, path: &str) -> BTreeSet<EcoString> {
    let mut found = BTreeSet::new();
    let mut todo = vec![EcoString::from(path)];
    while let Some(dir) = todo.pop() {
        let Some((name, text)) = kustomization(db, &dir) else { continue };
        if !found.insert(eco_format!("{dir}/{name}")) {
            continue;
        }
        let Some(list) = data::documents(&text).and_then(|it| it.into_iter().next()) else { continue };
        let mut named = Vec::new();
        texts(&list, &mut named);
        for it in named {
            // A generator may give a file another name: `key=file`.
            let it = it.split_once('=').map_or(it, |(_, it)| it);
            let Some(path) = joined(&dir, it).filter(|path| !path.is_empty()) else { continue };
            if db.data_file(&path).text(db).is_ok() {
                found.insert(path);
            } else {
                todo.push(path);
            }
        }
    }
    found
}

fn texts<'a>(value: &'a serde_yaml::Value, found: &mut Vec<&'a str>) {
    match value {
        serde_yaml::Value::String(it) if !it.contains('\n') => found.push(it),
        serde_yaml::Value::Sequence(list) => list.iter().for_each(|it| texts(it, found)),
        serde_yaml::Value::Mapping(map) => map.values().for_each(|it| texts(it, found)),
        _ => {}
    }
}

/// The kustomization of a directory: what its file is called, and its text.
fn kustomization(db: &dyn Db, dir: &str) -> Option<(&'static str, Arc<str>)> {
    KUSTOMIZATIONS
        .into_iter()
        .find_map(|it| Some((it, db.data_file(&eco_format!("{dir}/{it}")).text(db).clone().ok()?)))
}

/// Whether kustomize takes a resource for a URL or a Git repository (its `ifc`, `git.NewRepoSpecFromURL`).
pub(crate) fn is_remote(resource: &str) -> bool {
    let starts = ["git::", "gh:", "github.com/", "github.com:"];
    // `git@host:path`, with any name.
    let is_ssh = resource.split_once('@').is_some_and(|(name, rest)| {
        !name.is_empty() && !name.contains('/') && rest.split('/').next().is_some_and(|it| it.contains(':'))
    });
    let is_git = resource.strip_suffix(".git").is_some() || resource.contains(".git/") || resource.contains("/_git/");
    is_ssh
        || is_git
        || resource.contains("://")
        || resource.contains("?ref=")
        || starts.iter().any(|it| resource.starts_with(it))
}

impl Directory {
    /// Whether one more may be looked into, which is counted.
    fn may_look(&mut self) -> bool {
        self.looked_at += 1;
        self.complete &= self.looked_at <= MOST;
        self.looked_at <= MOST
    }

    /// What is listed twice under one name counts once: kustomize refuses it.
    fn told_once(mut self) -> Self {
        let objects: IndexSet<Listed> = self.objects.into_iter().collect();
        self.objects = objects.into_iter().collect();
        let broken: IndexSet<Broken> = self.broken.into_iter().collect();
        self.broken = broken.into_iter().collect();
        self
    }

    fn break_at(&mut self, list: &EcoString, path: &str, why: Option<EcoString>) {
        self.complete = false;
        self.broken.push(Broken { list: list.clone(), path: path.into(), why });
    }
}

/// The ConfigMaps and Secrets that generators make under the names that they have there: without a hash behind them.
fn of_generators<'a>(
    kustomization: &'a serde_yaml::Value,
    file: &'a EcoString,
) -> impl Iterator<Item = Listed> + use<'a> {
    let is_plain = |options: Option<&serde_yaml::Value>| {
        options.and_then(|it| it.get("disableNameSuffixHash")?.as_bool()) == Some(true)
    };
    let all_plain = is_plain(kustomization.get("generatorOptions"));
    let of_kind = [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")].into_iter();
    of_kind.flat_map(move |(key, kind)| {
        let all = kustomization.get(key).and_then(serde_yaml::Value::as_sequence).into_iter().flatten();
        let makes = move |it: &&serde_yaml::Value| {
            let behavior = it.get("behavior").and_then(serde_yaml::Value::as_str);
            (all_plain || is_plain(it.get("options"))) && behavior.is_none_or(|it| it == "create")
        };
        all.filter(makes).filter_map(move |it| {
            let text = |key: &str| it.get(key).and_then(serde_yaml::Value::as_str).map(EcoString::from);
            Some(Listed {
                api_version: "v1".into(),
                kind: kind.into(),
                namespace: text("namespace").unwrap_or_default(),
                name: text("name")?,
                labels: texts_of(it.get("options"), "labels"),
                annotations: texts_of(it.get("options"), "annotations"),
                moved_to: None,
                file: file.clone(),
                is_generated: true,
                is_substituted: true,
                applies: None,
                defines: None,
                produces: Vec::new(),
                texts: Vec::new(),
            })
        })
    })
}

/// What a kustomization names beside resources: components, patches, what generators read.
fn beside(kustomization: &serde_yaml::Value) -> Vec<&str> {
    let all = |key: &str| kustomization.get(key).and_then(serde_yaml::Value::as_sequence).into_iter().flatten();
    let text = serde_yaml::Value::as_str;
    let mut found: Vec<&str> = all("components").filter_map(text).collect();
    // These hold a patch, or name a file.
    found.extend(all("patchesStrategicMerge").filter_map(text).filter(|it| !it.contains('\n')));
    let of_patches = ["patches", "patchesJson6902", "replacements"].into_iter().flat_map(all);
    found.extend(of_patches.filter_map(|it| it.get("path")?.as_str()));
    for generator in ["configMapGenerator", "secretGenerator"].into_iter().flat_map(all) {
        let of = |key: &str| generator.get(key).and_then(serde_yaml::Value::as_sequence).into_iter().flatten();
        // `KEY=FILE`, or a file that is the key, too.
        let file = |it: &'_ str| -> usize { it.find('=').map_or(0, |at| at + 1) };
        found.extend(of("files").filter_map(text).filter_map(|it| it.get(file(it)..)));
        found.extend(of("envs").filter_map(text).chain(generator.get("env").and_then(text)));
    }
    found
}

/// Looks into what is listed as a file or a directory; in error it is not there, or what is wrong with it.
fn resource(db: &dyn Db, path: &EcoString, depth: usize, found: &mut Directory) -> Result<(), Option<EcoString>> {
    let why = match db.data_file(path).text(db) {
        Ok(it) => return file(path, it, found).map_err(Some),
        Err(why) => why,
    };
    if depth == 0 {
        found.complete = false;
        return Ok(());
    }
    if collect(db, path, depth - 1, found) {
        return Ok(());
    }
    let is_directory = db.data_file(&eco_format!("{path}/")).text(db).is_ok();
    Err(if is_directory {
        Some("the directory has no `kustomization.yaml`".into())
    } else {
        Some(why.clone()).filter(|it| !is_missing(it))
    })
}

/// Whether a file cannot be read because there is none.
fn is_missing(why: &str) -> bool {
    why.starts_with("no such file")
}

fn file(path: &str, text: &str, found: &mut Directory) -> Result<(), EcoString> {
    if !found.may_look() {
        return Ok(());
    }
    let documents = data::try_documents(text);
    found.complete &= documents.is_ok();
    for it in &documents? {
        list(it, path, found);
    }
    Ok(())
}

/// An object, or those of a `List`, which kustomize takes apart.
fn list(object: &serde_yaml::Value, file: &str, found: &mut Directory) {
    let text = |value: Option<&serde_yaml::Value>| {
        value.and_then(serde_yaml::Value::as_str).map(EcoString::from).unwrap_or_default()
    };
    let kind = text(object.get("kind"));
    if let Some(items) = object.get("items").and_then(serde_yaml::Value::as_sequence)
        && kind.ends_with("List")
    {
        for it in items {
            list(it, file, found);
        }
        return;
    }
    let metadata = object.get("metadata");
    // A document of comments is no object.
    if kind.is_empty() || metadata.and_then(|it| it.get("name")).is_none() {
        return;
    }
    let says = |key: &str| metadata.and_then(|it| it.get(key)?.get(SUBSTITUTE)?.as_str()) == Some("disabled");
    let is_substituted = !says("annotations") && !says("labels");
    let mut texts = Vec::new();
    if is_substituted {
        let is_data = matches!(kind.as_str(), "ConfigMap" | "Secret");
        let mut path = Vec::new();
        with_dollar(object, is_data, &mut path, &mut texts);
    }
    let api_version = text(object.get("apiVersion"));
    let is_applying = kind == "Kustomization" && api_version.starts_with("kustomize.toolkit.fluxcd.io/");
    found.objects.push(Listed {
        applies: object.get("spec").filter(|_| is_applying).map(Applies::of),
        defines: object.get("spec").filter(|_| kind == "CustomResourceDefinition").and_then(|it| {
            let at = |key: &str| it.get(key).and_then(serde_yaml::Value::as_str);
            let kind = it.get("names")?.get("kind")?.as_str()?;
            Some((at("group")?.into(), kind.into(), at("scope") == Some("Namespaced")))
        }),
        produces: produced(&split_api_version(&api_version).0, &kind, object),
        api_version,
        kind,
        namespace: text(metadata.and_then(|it| it.get("namespace"))),
        name: text(metadata.and_then(|it| it.get("name"))),
        labels: texts_of(metadata, "labels"),
        annotations: texts_of(metadata, "annotations"),
        moved_to: None,
        file: file.into(),
        is_generated: false,
        is_substituted,
        texts,
    });
}

/// The texts of a map: labels, annotations.
fn texts_of(of: Option<&serde_yaml::Value>, key: &str) -> BTreeMap<EcoString, EcoString> {
    let all = of.and_then(|it| it.get(key)?.as_mapping()).into_iter().flatten();
    all.filter_map(|(key, it)| Some((key.as_str()?.into(), it.as_str()?.into()))).collect()
}

/// Texts and keys that hold a `$`.
fn with_dollar<'a>(
    value: &'a serde_yaml::Value,
    is_data: bool,
    path: &mut Vec<&'a str>,
    found: &mut Vec<(EcoString, bool)>,
) {
    match value {
        serde_yaml::Value::String(it) if it.contains('$') => {
            let must_be_text = match path.as_slice() {
                [.., "metadata", "labels" | "annotations", _] => true,
                ["data" | "stringData", _] => is_data,
                _ => false,
            };
            found.push((it.into(), must_be_text));
        }
        serde_yaml::Value::Sequence(list) => list.iter().for_each(|it| with_dollar(it, is_data, path, found)),
        serde_yaml::Value::Mapping(map) => {
            for (key, it) in map {
                let name = key.as_str().unwrap_or_default();
                if name.contains('$') {
                    found.push((name.into(), true));
                }
                path.push(name);
                with_dollar(it, is_data, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A path seen from a directory; none if it is a URL or leads out of the project.
pub(crate) fn joined(dir: &str, name: &str) -> Option<EcoString> {
    if name.contains("://") || name.contains('?') || name.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = dir.split('/').collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            it => parts.push(it),
        }
    }
    Some(parts.join("/").into())
}
