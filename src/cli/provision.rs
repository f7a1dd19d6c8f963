//! `fleetc provision`

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{Provision, ProvisionFormat};
use super::build::WAITING;
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::compile::{diagnose, tidy};
use crate::diagnostic::Diagnostic;
use crate::emit::{FileTree, header_line};
use crate::fleet;
use crate::host::{self, Exclusive, HostError};
use crate::plan::{self, Permissions};
use crate::provision::{self, DIRECTORY, Format};
use crate::source::{Anchor, Db};

impl From<ProvisionFormat> for Format {
    fn from(it: ProvisionFormat) -> Self {
        match it {
            ProvisionFormat::Eksctl => Self::Eksctl,
            ProvisionFormat::Terraform => Self::Terraform,
            ProvisionFormat::TerraformRoles => Self::TerraformRoles,
            ProvisionFormat::Capi => Self::Capi,
            ProvisionFormat::Json => Self::Json,
            ProvisionFormat::FluxBootstrap => Self::FluxBootstrap,
            ProvisionFormat::FluxInstance => Self::FluxInstance,
        }
    }
}

pub(super) fn run(directory: &Path, arguments: &Provision, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some(opened) = super::project::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let db = &opened.db;
    let found = diagnose(db);
    if found.iter().any(Diagnostic::is_error) {
        return Ok(failed(db, &found, terminal));
    }
    let format = Format::from(arguments.output);
    let clusters = &fleet::all_clusters(db, db.project()).value;
    let Some(name) = &arguments.cluster else {
        let with: Vec<Anchor> = clusters
            .values()
            .copied()
            .filter(|it| {
                let cluster = &fleet::cluster(db, *it).value;
                (!format.needs_baseline() || cluster.baseline.is_some())
                    && (!format.installs_flux() || cluster.via.is_none())
            })
            .collect();
        return write(db, &opened.root, format, &with, terminal);
    };
    let Some(cluster) = clusters.get(name.as_str()) else {
        return Err(super::project::unknown_cluster(db, name));
    };
    let made = provision::provision(db, *cluster, format, "".into());
    if made.diagnostics.iter().any(Diagnostic::is_error) {
        return Ok(failed(db, &made.diagnostics, terminal));
    }
    terminal.diagnostics(db, &made.diagnostics);
    // A comment without a text heads nothing.
    result(made.value.trim_start_matches("#\n"))?;
    Ok(Outcome::Fine)
}

fn failed(db: &dyn Db, found: &[Diagnostic], terminal: &mut Terminal) -> Outcome {
    let counts = terminal.diagnostics(db, found);
    terminal.error(&format!("{}; nothing was written", Terminal::summary(counts)), None);
    Outcome::Findings
}

/// The files of all clusters, in place of those that an earlier run wrote.
fn write(
    db: &dyn Db,
    root: &Path,
    format: Format,
    clusters: &[Anchor],
    terminal: &mut Terminal,
) -> Result<Outcome, HostError> {
    let mut tree = FileTree::default();
    let mut found: Vec<Diagnostic> = Vec::new();
    for cluster in clusters {
        let path = provision::path(db, *cluster, format);
        let header = header_line(db, &path, fleet::cluster(db, *cluster).value.origin);
        let made = provision::provision(db, *cluster, format, header.into());
        found.extend(made.diagnostics.iter().cloned());
        tree.add(path, made.value.to_string());
    }
    let exclusive = Exclusive::of(root, || terminal.status("Waiting", WAITING));
    let directories = BTreeSet::from([DIRECTORY.into()]);
    let mut there = host::snapshot(root, &directories, &host::Tree::default())?;
    let mut plan = plan::files(&tree, &there.snapshot, &Permissions::default());
    // Files of other tools stay.
    plan.remove.retain(|it| it.ends_with(&format!("/{}", format.file())));
    found.append(&mut plan.diagnostics);
    let found = tidy(db, found);
    if found.iter().any(Diagnostic::is_error) {
        return Ok(failed(db, &found, terminal));
    }
    terminal.diagnostics(db, &found);
    host::apply(root, &tree, &plan, &mut there, &exclusive)?;
    let plural = if clusters.len() == 1 { "" } else { "s" };
    terminal.status(
        "Finished",
        &format!(
            "{} cluster{plural} in `{DIRECTORY}/`: {} written, {} removed, {} unchanged",
            clusters.len(),
            plan.write.len(),
            plan.remove.len(),
            plan.unchanged
        ),
    );
    Ok(Outcome::Fine)
}
