//! Attempts: what is written is compiled and compared, and what does not hold is described less closely.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ecow::{EcoString, eco_format};
use rayon::prelude::*;
use serde_json::Value;

use super::blame;
use super::clusters::{self, Cluster, Sync};
use super::findings;
use super::items::ItemKind;
use super::levels::Levels;
use super::model::Model;
use super::prove::{self, Class, Difference};
use super::report::{Finding, FindingKind, Report, UnitReport};
use super::world::{self, UnitId, World};
use super::write::{self, Layout};
use crate::compile::{self, Compilation};
use crate::diagnostic::did_you_mean;
use crate::kustomize::{Builder, Files};
use crate::source::{FleetDatabase, IndexMap, Loader, Sources, standard_library};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name and directory of each cluster; none are looked for.
    pub clusters: Vec<(String, String)>,
    /// The Kustomization that is imported alone.
    pub only: Option<String>,
    /// What the fleet is called.
    pub name: String,
}

/// What came of it.
pub struct Imported {
    /// Sources by their paths from the project's root.
    pub sources: BTreeMap<EcoString, String>,
    /// Data files that they read.
    pub data: BTreeSet<EcoString>,
    pub report: Report,
}

/// So many attempts are made before everything that fails is left as it is.
const ATTEMPTS: usize = 40;

/// Imports a repository; `progress` hears what is being done.
///
/// # Errors
/// If there is no cluster, or none can be built: a sentence.
pub fn import(files: &Files, options: &Options, progress: &mut dyn FnMut(&str)) -> Result<Imported, EcoString> {
    let clusters = clusters::find(files, &options.clusters);
    if clusters.is_empty() {
        return Err("there is no cluster: no `gotk-sync.yaml` of `flux bootstrap`, and no FluxInstance".into());
    }
    files.forget_touched();
    progress(&format!("building {} as Flux does", of_count(clusters.len(), "cluster")));
    let builder = Builder::new(files);
    let worlds: Vec<World> = clusters.par_iter().map(|it| world::of_cluster(&builder, it)).collect();
    let clusters: Vec<Cluster> = worlds.iter().map(|it| it.cluster.clone()).collect();
    let layout = layout(files, &clusters, &options.name)?;
    for unit in worlds.iter().flat_map(|it| it.units.values()).filter(|it| it.objects.is_err()) {
        unit.dir.iter().for_each(|it| builder.touch(it));
    }
    if let Some(only) = &options.only
        && !worlds.iter().flat_map(|it| it.units.keys()).any(|it| *it.1 == **only)
    {
        let known: BTreeSet<&EcoString> = worlds.iter().flat_map(|it| it.units.keys()).map(|it| &it.1).collect();
        let near = did_you_mean(only, known.iter().map(|it| it.as_str()));
        let near = near.map(|it| eco_format!(": {it}")).unwrap_or_default();
        return Err(eco_format!("there is no Kustomization `{only}` in the repository{near}"));
    }
    let findings = findings::of(files, &worlds);
    let mut levels = Levels::default();
    leave_what_cannot(&worlds, options, &mut levels);
    let counts = |it: &UnitId| worlds.iter().filter(|world| world.units.contains_key(it)).count();
    levels.shared = worlds.iter().flat_map(|it| it.units.keys()).filter(|it| counts(it) > 1).cloned().collect();
    for attempt in 0.. {
        let model = Model::new(&worlds, &levels);
        let count = of_count(model.catalogues.len(), "catalogue");
        progress(&format!("attempt {}: {count}, compiled and compared", attempt + 1));
        let sources = write::sources(&model, &levels, &layout);
        let db = database(files, &sources);
        let compilation = compile::compile(&db);
        let before = levels.clone();
        if compilation.is_clean() {
            let differences = proven(files, &worlds, &model, &compilation);
            blame::differences(&model, &differences, &mut levels);
            if levels == before || attempt > 2 * ATTEMPTS {
                return Ok(finished(files, &worlds, &model, &levels, sources, differences, findings));
            }
        } else {
            blame::errors(&db, &model, &compilation.diagnostics, &mut levels);
        }
        // What nothing can be blamed for is not kept from the author's hands.
        if levels == before && levels.has_facts {
            levels.has_facts = false;
        } else if levels == before || attempt == ATTEMPTS {
            let why = compilation.diagnostics.iter().find(|it| it.is_error()).map_or("", |it| it.message.as_str());
            model.names.keys().for_each(|it| levels.leave(&it.0, why));
        }
    }
    Err("nothing could be imported".into())
}

fn of_count(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A cluster of a project: its directory, and through what it reads the repository.
#[derive(Clone, Debug)]
pub struct Side {
    pub dir: EcoString,
    pub sync: Sync,
}

/// What Flux applies of one state of a repository, against another, on clusters by their names.
#[must_use]
pub fn compared(before: &Files, after: &Files, clusters: &BTreeMap<EcoString, Side>) -> Report {
    let (old, new) = (Builder::new(before), Builder::new(after));
    let all: Vec<Cluster> = clusters
        .iter()
        .map(|(name, it)| Cluster {
            name: name.clone(),
            dir: it.dir.clone(),
            sync: it.sync.clone(),
            repository: None,
            branch: None,
            flux: None,
        })
        .collect();
    let worlds: Vec<(World, World)> =
        all.par_iter().map(|it| (world::as_it_is(&old, it), world::as_it_is(&new, it))).collect();
    let mut units: IndexMap<UnitId, UnitReport> = IndexMap::default();
    let mut differences = Vec::new();
    let mut findings = Vec::new();
    for (before, after) in &worlds {
        differences.extend(prove::differences(before, after));
        let broken = [before, after].into_iter().filter_map(|it| it.trouble.as_ref());
        findings.extend(broken.map(|why| Finding {
            kind: FindingKind::Broken,
            place: before.cluster.dir.clone(),
            fact: eco_format!("{why}"),
        }));
        for (id, unit) in &after.units {
            let it = units.entry(id.clone()).or_insert_with(|| UnitReport {
                id: id.clone(),
                clusters: Vec::new(),
                typed: 0,
                passed: 0,
                left: 0,
                why: None,
            });
            it.clusters.push(after.cluster.name.clone());
            it.passed = it.passed.max(unit.objects.as_ref().map_or(0, Vec::len));
        }
    }
    differences.retain(|it| it.class > Class::Allowed);
    Report { clusters: all, units: units.into_values().collect(), differences, findings, lines: (0, 0) }
}

/// Where the tree goes: the clusters stay where they are, and nothing of the author's is in the way.
fn layout(files: &Files, clusters: &[Cluster], name: &str) -> Result<Layout, EcoString> {
    let parts = |it: &Cluster| it.dir.split('/').map(EcoString::from).collect::<Vec<_>>();
    let mut above: Option<Vec<EcoString>> = None;
    for it in clusters {
        let mut own = parts(it);
        own.pop();
        above = Some(match above {
            None => own,
            Some(known) => known.into_iter().zip(own).take_while(|(a, b)| a == b).map(|it| it.0).collect(),
        });
    }
    let above = above.unwrap_or_default().join("/");
    if above.is_empty() {
        let dirs: Vec<EcoString> = clusters.iter().map(|it| eco_format!("`{}`", it.dir)).collect();
        return Err(eco_format!(
            "the clusters' directories have no directory in common that is not the repository itself: {}",
            dirs.join(", ")
        ));
    }
    let free = |name: &str| {
        let of_fleet = eco_format!("fleet/{name}");
        if files.is_directory(name) || *name == *above { of_fleet } else { name.into() }
    };
    Ok(Layout { name: name.into(), common: free("common"), applications: free("applications"), clusters: above.into() })
}

/// What is no catalogue, whatever is tried.
fn leave_what_cannot(worlds: &[World], options: &Options, levels: &mut Levels) {
    for world in worlds {
        for (id, unit) in &world.units {
            let spec = unit.spec();
            let why = match (&unit.dir, &unit.objects) {
                _ if options.only.as_ref().is_some_and(|it| *it != id.1.as_str()) => "it was not asked for".into(),
                _ if unit.by.is_some() => {
                    let by = unit.by.as_ref().map(|it| it.1.clone()).unwrap_or_default();
                    eco_format!("`{by}` applies it")
                }
                _ if spec.get("kubeConfig").is_some() => "it is applied to another cluster".into(),
                (None, _) => "it applies what is not in this repository".into(),
                (Some(_), Err(trouble)) => eco_format!("{trouble}"),
                (Some(dir), _) if dir.is_empty() => "it applies the whole repository".into(),
                _ => continue,
            };
            levels.leave(id, &why);
        }
    }
}

/// Reads data files out of the repository.
struct FromRepository(Files);

impl Loader for FromRepository {
    fn load(&self, path: &str) -> Result<Arc<str>, EcoString> {
        if let Some(dir) = path.strip_suffix('/') {
            let below: Vec<&str> = self.0.below(dir).filter_map(|it| it.get(path.len()..)).collect();
            return if below.is_empty() {
                Err("there is no such directory".into())
            } else {
                Ok((below.join("\n") + "\n").into())
            };
        }
        self.0.text(path).cloned().ok_or_else(|| "there is no such file".into())
    }
}

fn database(files: &Files, sources: &BTreeMap<EcoString, String>) -> FleetDatabase {
    let texts = sources.iter().map(|(path, text)| (path.to_string(), text.clone())).collect();
    let project = Sources { files: texts, ..Sources::default() };
    let db = FleetDatabase::with_packages(project, standard_library(), Arc::new(FromRepository(files.clone())));
    compile::parse(&db);
    db
}

/// What the new tree makes of each cluster, against what was.
fn proven(files: &Files, worlds: &[World], model: &Model<'_>, compilation: &Compilation) -> Vec<Difference> {
    let mut all = files.clone();
    let mut own = BTreeMap::new();
    for (path, file) in &compilation.tree.files {
        let text: Arc<str> = file.text().as_ref().into();
        all.insert(path.clone(), Arc::clone(&text));
        own.insert(path.clone(), text);
    }
    let own = Files::new(own);
    let (builder, of_own) = (Builder::new(&all), Builder::new(&own));
    let found: Vec<Vec<Difference>> = worlds
        .par_iter()
        .enumerate()
        .map(|(nth, old)| {
            let is_taken = |it: &UnitId| model.names.contains_key(&(it.clone(), nth));
            prove::differences(old, &world::after(&builder, &of_own, old, &is_taken))
        })
        .collect();
    found.into_iter().flatten().collect()
}

fn finished(
    files: &Files,
    worlds: &[World],
    model: &Model<'_>,
    levels: &Levels,
    sources: BTreeMap<EcoString, String>,
    differences: Vec<Difference>,
    findings: Vec<super::report::Finding>,
) -> Imported {
    let mut units: IndexMap<UnitId, UnitReport> = IndexMap::default();
    for world in worlds {
        for (id, unit) in &world.units {
            let it = units.entry(id.clone()).or_insert_with(|| UnitReport {
                id: id.clone(),
                clusters: Vec::new(),
                typed: 0,
                passed: 0,
                left: 0,
                why: levels.left.get(id).cloned(),
            });
            it.clusters.push(world.cluster.name.clone());
            if it.why.is_some() {
                it.left = it.left.max(unit.objects.as_ref().map_or(0, Vec::len));
            }
        }
    }
    let mut data = BTreeSet::new();
    let mut replaced: BTreeSet<EcoString> = BTreeSet::new();
    for catalogue in &model.catalogues {
        let Some(report) = units.get_mut(&catalogue.unit) else { continue };
        for it in &catalogue.items {
            match it.kind {
                ItemKind::File | ItemKind::Manifest => report.passed += it.ids.len(),
                _ => report.typed += it.ids.len(),
            }
            if it.kind == ItemKind::File {
                data.extend(it.shapes.values().filter_map(Value::as_str).map(EcoString::from));
            }
        }
        for world in worlds {
            let Some(unit) = world.units.get(&catalogue.unit) else { continue };
            replaced.insert(unit.resource.file.clone());
            replaced
                .extend(unit.dir.iter().flat_map(|dir| files.below(dir)).filter(|it| clusters::is_yaml(it)).cloned());
            replaced.extend(unit.objects.iter().flatten().map(|it| it.file.clone()));
        }
    }
    let lines = |path: &EcoString| files.text(path).map_or(0, |it| it.lines().count());
    let before = replaced.iter().filter(|it| !data.contains(*it)).map(lines).sum();
    let after = sources.values().map(|it| it.lines().count()).sum();
    let report = Report {
        clusters: worlds.iter().map(|it| it.cluster.clone()).collect(),
        units: units.into_values().collect(),
        differences: differences.into_iter().filter(|it| it.class > Class::Allowed).collect(),
        findings,
        lines: (before, after),
    };
    Imported { sources, data, report }
}
