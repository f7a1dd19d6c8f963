//! `fleetc init`

use std::path::{Component, Path, PathBuf};

use super::Outcome;
use super::args::{Init, Template};
use super::terminal::Terminal;
use crate::host::HostError;

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
    let cannot = |what: &Path, error: &std::io::Error| HostError {
        message: format!("`{}` cannot be written: {error}", what.display()),
        help: None,
    };
    if let Some((path, _)) = files.iter().find(|(path, _)| dir.join(path).exists()) {
        return Err(HostError {
            message: format!("`{}` is there already", dir.join(path).display()),
            help: Some("choose an empty directory: `fleetc init DIR`".into()),
        });
    }
    for (path, text) in files {
        let path = dir.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|it| cannot(parent, &it))?;
        }
        std::fs::write(&path, text).map_err(|it| cannot(&path, &it))?;
        terminal.status("Wrote", &path.display().to_string());
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
