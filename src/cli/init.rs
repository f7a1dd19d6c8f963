//! `fleetc init`

use std::path::{Component, Path, PathBuf};

use super::args::{Init, Template};
use super::outcome::Outcome;
use super::terminal::Terminal;
use crate::host::{self, HostError};

/// Path and text of each file of a template.
const MINIMAL: [(&str, &str); 1] = [("fleet.fleet", include_str!("../../templates/minimal/fleet.fleet"))];

const EKS: [(&str, &str); 3] = [
    ("fleet.fleet", include_str!("../../templates/eks/fleet.fleet")),
    ("catalogues.fleet", include_str!("../../templates/eks/catalogues.fleet")),
    ("clusters.fleet", include_str!("../../templates/eks/clusters.fleet")),
];

pub(super) fn run(directory: &Path, arguments: &Init, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let files: &[(&str, &str)] = match arguments.from {
        Template::Minimal => &MINIMAL,
        Template::Eks => &EKS,
    };
    let dir = plain(&directory.join(&arguments.dir));
    if let Some((path, _)) = files.iter().find(|(path, _)| dir.join(path).exists()) {
        return Err(HostError {
            message: format!("`{}` is there already", dir.join(path).display()),
            help: Some("choose an empty directory: `fleetc init DIR`".into()),
        });
    }
    let below = if dir.as_os_str().is_empty() { Path::new(".") } else { &dir };
    std::fs::create_dir_all(below)
        .map_err(|it| HostError { message: format!("`{}` cannot be made: {it}", below.display()), help: None })?;
    let texts: Vec<(String, String)> = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
    host::rewrite(below, &texts)?;
    for (path, _) in files {
        terminal.status("Wrote", &dir.join(path).display().to_string());
    }
    let next = if dir.as_os_str().is_empty() {
        "fleetc build".to_owned()
    } else {
        format!("fleetc build -C {}", dir.display())
    };
    terminal.status("Next", &next);
    Ok(Outcome::Fine)
}

/// A path without its `.` parts.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|it| *it != Component::CurDir).collect()
}
