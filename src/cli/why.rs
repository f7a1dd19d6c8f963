//! `fleetc why`

use std::path::Path;

use ecow::EcoString;

use super::Outcome;
use super::args::{Output, Why};
use super::model::model;
use super::terminal::{Terminal, result};
use crate::diagnostic::did_you_mean;
use crate::fleet;
use crate::host::HostError;
use crate::inspect::{self, NotFound, Selector, why, why_line};
use crate::render::{why_json, why_text};
use crate::source::{Db, FleetDatabase};

pub(super) fn run(directory: &Path, arguments: &Why, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some((db, root)) = model(directory, arguments.rev.as_deref(), terminal)? else { return Ok(Outcome::Findings) };
    let db = &db;
    let answer = match &arguments.what {
        Some(what) => of_cluster(db, &arguments.place, what)?,
        None => of_line(db, &root, &arguments.place)?,
    };
    result(&match arguments.output {
        Output::Text => why_text(db, &answer),
        Output::Json => format!("{}\n", serde_json::to_string_pretty(&why_json(db, &answer)).unwrap_or_default()),
    })?;
    Ok(Outcome::Fine)
}

fn of_cluster(db: &FleetDatabase, name: &str, what: &str) -> Result<inspect::Why, HostError> {
    let clusters = &fleet::all_clusters(db, db.project()).value;
    let Some(cluster) = clusters.get(name) else {
        return Err(super::unknown_cluster(db, name));
    };
    why(db, *cluster, &Selector::parse(what)).map_err(|it| match it {
        NotFound::Path(reason) => HostError { message: reason, help: None },
        NotFound::Object { wanted, known } => HostError {
            message: format!("`{name}` has no object and no item `{wanted}`"),
            help: did_you_mean(wanted.rsplit('/').next().unwrap_or(&wanted), known.iter().map(EcoString::as_str))
                .map(Into::into)
                .or_else(|| Some(format!("`fleetc render {name}` prints all objects"))),
        },
        NotFound::Inside { object, path, known } => {
            let last = path.0.iter().rev().find_map(|it| match it {
                crate::value::Step::Key(it) => Some(it.as_str()),
                _ => None,
            });
            let nearest = last.and_then(|it| did_you_mean(it, known.iter().map(EcoString::as_str))).map(Into::into);
            let there = || (!known.is_empty()).then(|| format!("there is: {}", known.join(", ")));
            HostError { message: format!("{object} on `{name}` has nothing at `{path}`"), help: nearest.or_else(there) }
        }
    })
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
            message: format!("no value stands in line {line} of `{file}`"),
            help: Some("name the line of a key or of an element".into()),
        }),
        None => Err(HostError {
            message: format!("the project generates no file `{file}`"),
            help: Some("the path is taken from the project's root, or from here".into()),
        }),
    }
}
