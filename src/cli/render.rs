//! `fleetc render`

use std::path::Path;

use super::args::{ObjectOutput, Render};
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::compile::diagnose_of;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::emit::{documents, with_patches};
use crate::fleet;
use crate::flux::{self, Deployed, UnitPlace};
use crate::host::HostError;
use crate::kube::{Id, Object};
use crate::source::Db;
use crate::value::json;
use crate::value::yaml::{Style, Writer};

pub(super) fn run(directory: &Path, arguments: &Render, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some(opened) = super::project::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let db = &opened.db;
    let found = diagnose_of(db, &[&arguments.cluster]);
    if found.iter().any(Diagnostic::is_error) {
        let counts = terminal.diagnostics(db, &found);
        terminal.error(&format!("{}; nothing to render", Terminal::summary(counts)), None);
        return Ok(Outcome::Findings);
    }
    let clusters = &fleet::all_clusters(db, db.project()).value;
    let Some(anchor) = clusters.get(arguments.cluster.as_str()) else {
        return Err(super::project::unknown_cluster(db, &arguments.cluster));
    };
    let deployed = &flux::exactly(db, *anchor).value;
    let objects = objects(db, deployed);
    let wanted: Vec<&Object> = objects
        .iter()
        .filter(|it| {
            arguments
                .object
                .as_deref()
                .is_none_or(|pattern| matches(&it.id, pattern) || matches(deployed.own_name(&it.id), pattern))
        })
        .collect();
    if wanted.is_empty()
        && let Some(pattern) = &arguments.object
    {
        let known: Vec<String> = objects.iter().map(|it| it.id.name.to_string()).collect();
        let name = pattern.rsplit('/').next().unwrap_or(pattern);
        return Err(HostError {
            message: format!("`{}` has no object `{pattern}`", arguments.cluster),
            help: did_you_mean(name, known.iter().map(String::as_str)).map(Into::into),
        });
    }
    let is_spoke = |name: &str| fleet::spokes(db, *anchor).iter().any(|it| it.name(db) == name);
    let is_foreign = |it: &&flux::Unit| it.place == UnitPlace::Foreign && !is_spoke(&it.name);
    for unit in deployed.units.iter().filter(is_foreign) {
        terminal
            .status("Note", &format!("`{}` applies `{}`, whose objects only kustomize knows", unit.name, unit.path));
    }
    result(&match arguments.output {
        ObjectOutput::Yaml => yaml(&wanted),
        ObjectOutput::Json => {
            let list: Vec<serde_json::Value> = wanted.iter().map(|it| json(&it.body)).collect();
            format!("{:#}\n", serde_json::Value::from(list))
        }
    })?;
    Ok(Outcome::Fine)
}

/// Everything on a cluster: what its root holds, then what each Kustomization applies.
fn objects(db: &dyn Db, deployed: &Deployed) -> Vec<Object> {
    let mut objects: Vec<Object> = deployed.root.to_vec();
    objects.extend(deployed.units.iter().map(|it| with_patches(db, it)));
    for unit in deployed.units.iter() {
        objects.extend(unit.objects.iter().map(|it| match &unit.substitution {
            Some(substitution) => substitution.applied(it),
            None => Object::clone(it),
        }));
    }
    objects
}

fn matches(id: &Id, pattern: &str) -> bool {
    match pattern.split('/').collect::<Vec<_>>().as_slice() {
        [name] => id.name == *name,
        [kind, name] => id.kind.eq_ignore_ascii_case(kind) && id.name == *name,
        [kind, namespace, name] => id.kind.eq_ignore_ascii_case(kind) && id.namespace == *namespace && id.name == *name,
        _ => false,
    }
}

fn yaml(objects: &[&Object]) -> String {
    let mut writer = Writer::new(Style::File);
    documents(&mut writer, objects.iter().copied());
    writer.finish()
}
