//! `fleetc why`

use std::path::Path;

use super::args::{Output, Why};
use super::model::{model, model_of, not_found};
use super::outcome::Outcome;
use super::terminal::{Terminal, result};
use crate::fleet;
use crate::host::HostError;
use crate::inspect::{self, Selector, why, why_line};
use crate::render::{human, why_json, why_text};
use crate::source::{Db, FleetDatabase};

pub(super) fn run(directory: &Path, arguments: &Why, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let rev = arguments.rev.as_deref();
    let compiled = match &arguments.what {
        Some(_) => model_of(directory, rev, &[&arguments.place], terminal)?,
        None => model(directory, rev, terminal)?,
    };
    let Some((db, root)) = compiled else { return Ok(Outcome::Findings) };
    let db = &db;
    let answer = match &arguments.what {
        Some(what) => of_cluster(db, &arguments.place, what)?,
        None if fleet::all_clusters(db, db.project()).value.contains_key(arguments.place.as_str()) => {
            let name = &arguments.place;
            let help = format!("`fleetc why {name} 'HelmRelease/*'`, `fleetc why {name} OBJECT.PATH`");
            return Err(HostError { message: format!("what of cluster `{name}`?"), help: Some(help) });
        }
        None => of_line(db, &root, &arguments.place)?,
    };
    result(&match arguments.output {
        Output::Text => human(&why_text(db, &answer)),
        Output::Json => format!("{:#}\n", why_json(db, &answer)),
    })?;
    Ok(Outcome::Fine)
}

fn of_cluster(db: &FleetDatabase, name: &str, what: &str) -> Result<inspect::Why, HostError> {
    let clusters = &fleet::all_clusters(db, db.project()).value;
    let Some(cluster) = clusters.get(name) else {
        return Err(super::project::unknown_cluster(db, name));
    };
    why(db, *cluster, &Selector::parse(what)).map_err(|it| not_found(&[name], it))
}

/// `clusters/one/addons.yaml:12`, from the project's root or from here.
fn of_line(db: &FleetDatabase, root: &Path, place: &str) -> Result<inspect::Why, HostError> {
    let usage = || HostError {
        message: format!("`{place}` is no line of a file"),
        help: Some("write `fleetc why CLUSTER OBJECT.PATH` or `fleetc why FILE:LINE`".into()),
    };
    let (file, line) = place.rsplit_once(':').ok_or_else(usage)?;
    let line: usize = line.parse().map_err(|_| usage())?;
    let from_here = || {
        let path = Path::new(file).canonicalize().ok()?;
        Some(path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/"))
    };
    let paths = [Some(file.trim_start_matches("./").to_owned()), from_here()];
    let found = paths.into_iter().flatten().find_map(|it| why_line(db, &it, line));
    match found {
        Some(Some(it)) => Ok(it),
        Some(None) => Err(HostError {
            message: format!("there is no value in line {line} of `{file}`"),
            help: Some("name the line of a key or of an element".into()),
        }),
        None => Err(HostError {
            message: format!("the project generates no file `{file}`"),
            help: Some("the path is relative to the project's root or to the current directory".into()),
        }),
    }
}
