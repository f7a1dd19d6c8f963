//! `fleetc init`

use std::path::{Component, Path, PathBuf};

use super::args::{Init, Template};
use super::outcome::Outcome;
use super::terminal::Terminal;
use crate::fleet;
use crate::host::{self, HostError, Remote};
use crate::provision::{self, Format};

/// Path and text of each file of a template.
const MINIMAL: [(&str, &str); 1] = [("fleet.fleet", include_str!("../../templates/minimal/fleet.fleet"))];

const EKS: [(&str, &str); 3] = [
    ("fleet.fleet", include_str!("../../templates/eks/fleet.fleet")),
    ("catalogues.fleet", include_str!("../../templates/eks/catalogues.fleet")),
    ("clusters.fleet", include_str!("../../templates/eks/clusters.fleet")),
];

const IMAGES: [(&str, &str); 2] = [
    ("fleet.fleet", include_str!("../../templates/images/fleet.fleet")),
    ("versions/podinfo.yaml", include_str!("../../templates/images/versions/podinfo.yaml")),
];

/// The line of a template that a repository replaces.
const REPOSITORY: &str = "\"ssh://git@git.example.com/example/fleet.git\"\n";

/// What the options of an image automation begin with, which says the branch where that is not `main`.
const AUTHOR: &str = "{ email = ";

pub(super) fn run(directory: &Path, arguments: &Init, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let files: &[(&str, &str)] = match arguments.from {
        Template::Minimal => &MINIMAL,
        Template::Eks => &EKS,
        Template::Images => &IMAGES,
    };
    let dir = plain(&directory.join(&arguments.dir));
    if let Some((path, _)) = files.iter().find(|(path, _)| dir.join(path).exists()) {
        return Err(HostError {
            message: format!("`{}` is there already", dir.join(path).display()),
            help: Some("choose an empty directory: `fleetc init DIR`".into()),
        });
    }
    let below = if dir.as_os_str().is_empty() { Path::new(".") } else { &dir };
    host::make_directory(below)?;
    let remote = host::remote(below);
    let texts: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).into(), pushed_to(text, remote.as_ref()))).collect();
    // What was there before is looked at before anything is written beside it.
    let by_hand = host::flux_objects(below);
    host::rewrite(below, &texts)?;
    for (path, _) in files {
        terminal.status("Wrote", &dir.join(path).display().to_string());
    }
    if let Some(it) = remote {
        terminal.status("Found", &format!("the repository {}, branch `{}`", it.url, it.branch));
    }
    if let Some(it) = by_hand {
        terminal.status("Found", &format!("objects of Flux in `{}`: they stay as they are", it.display()));
        terminal.status(
            "Adopt",
            "`fleetc import` describes them, without `fleet.fleet`: see the guide \"Adopt fleetc in an existing Flux repository\"",
        );
    }
    let at = if dir.as_os_str().is_empty() { String::new() } else { format!(" -C {}", dir.display()) };
    terminal.status("Next", &format!("fleetc build{at}"));
    terminal.status("", "git add -A && git commit -m \"The first cluster\" && git push");
    for line in bootstrap(below) {
        terminal.status("", &line);
    }
    Ok(Outcome::Fine)
}

/// A template, with where the repository is pushed to instead of an example.
fn pushed_to(text: &str, remote: Option<&Remote>) -> String {
    let Some(Remote { url, branch }) = remote else { return text.to_owned() };
    let indent = text.split_once("repository").map_or(0, |(_, it)| it.len() - it.trim_start().len());
    let (field, automated) = if branch == "main" {
        (String::new(), String::new())
    } else {
        let width = indent + "repository".len() - "branch".len();
        (format!("  branch{:width$}= \"{branch}\"\n", ""), format!("branch = \"{branch}\", "))
    };
    let text = text.replacen(REPOSITORY, &format!("\"{url}\"\n{field}"), 1);
    text.replacen(AUTHOR, &format!("{{ {automated}email = "), 1)
}

/// The command that installs Flux on the first cluster, as `fleetc provision -o flux-bootstrap` prints it; without its comments.
fn bootstrap(directory: &Path) -> Vec<String> {
    let Ok(opened) = host::open(directory) else { return Vec::new() };
    let db = &opened.db;
    let Some(cluster) = fleet::clusters(db).next() else { return Vec::new() };
    let made = provision::provision(db, cluster, Format::FluxBootstrap, "".into());
    let lines = made.value.lines().filter(|it| !it.starts_with('#') && !it.trim().is_empty());
    lines.map(str::to_owned).collect()
}

/// A path without its `.` parts.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|it| *it != Component::CurDir).collect()
}
