//! The one writer of files.
//!
//! In: a directory that is taken as it is, and paths below it with their bytes. Out: files that
//! are whole or not there, whatever happens to the process or the machine: each is written
//! beside its place, forced to the disk, and renamed into it. Nothing is written through a
//! link below the directory.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempPath;

use super::error::HostError;
use crate::plan::{Digest, digest};

/// Temporary files begin and end so, that neither Flux nor git nor fleetc mistakes one.
pub(super) const TEMPORARY: (&str, &str) = (".fleetc-", ".tmp");

/// As many files are forced to the disk one by one; for more, the file system is.
const FEW: usize = 16;

/// Writes one file.
///
/// # Errors
/// If a component of the path is a link, or the disk does not take it.
pub(super) fn write(root: &Path, path: &str, bytes: &[u8]) -> Result<(), HostError> {
    write_each(root, &[(path, bytes)])
}

/// Writes files whose bytes are there.
///
/// # Errors
/// Those of [`write_all`].
pub(super) fn write_each(root: &Path, files: &[(&str, &[u8])]) -> Result<(), HostError> {
    let bytes: BTreeMap<&str, &[u8]> = files.iter().copied().collect();
    let paths: Vec<&str> = bytes.keys().copied().collect();
    write_all(root, &paths, |path| Cow::Borrowed(bytes.get(path).copied().unwrap_or_default())).map(|_| ())
}

/// Writes files of the bytes that `bytes_of` a path gives, asked once; what each was once it was in its place.
///
/// # Errors
/// If a component of a path is a link, or the disk does not take one. Then none of the files
/// is in its place unless all were written beside theirs.
pub(super) fn write_all<'a>(
    root: &Path,
    paths: &[&'a str],
    bytes_of: impl Fn(&'a str) -> Cow<'a, [u8]> + Sync,
) -> Result<Vec<(Metadata, Digest)>, HostError> {
    let staged: Vec<Staged> =
        paths.par_iter().map(|path| stage(root, path, &bytes_of(path))).collect::<Result<_, _>>()?;
    force(root, &staged)?;
    let directories: BTreeSet<PathBuf> = staged.iter().map(|it| it.directory.clone()).collect();
    let written: Vec<(Metadata, Digest)> = staged.into_par_iter().map(Staged::in_place).collect::<Result<_, _>>()?;
    directories.par_iter().try_for_each(|it| force_directory(it))?;
    Ok(written)
}

/// A file that is written beside its place.
struct Staged {
    temporary: TempPath,
    place: PathBuf,
    directory: PathBuf,
    digest: Digest,
}

fn stage(root: &Path, path: &str, bytes: &[u8]) -> Result<Staged, HostError> {
    let place = root.join(path);
    let directory = place.parent().unwrap_or(root).to_path_buf();
    let failed = |it: &std::io::Error| not_written(&place, it);
    refuse_links(root, path)?;
    make_directories(root, path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut temporary = builder.tempfile_in(&directory).map_err(|it| failed(&it))?;
    temporary.write_all(bytes).map_err(|it| failed(&it))?;
    Ok(Staged { temporary: temporary.into_temp_path(), place, directory, digest: digest(bytes) })
}

/// Makes the directories of a path below the root, and never the root itself: a project that was moved
/// away while it was built does not come back empty.
pub(super) fn make_directories(root: &Path, path: &str) -> Result<(), HostError> {
    for component in path.match_indices('/').filter_map(|(at, _)| path.get(..at)).filter(|it| !it.is_empty()) {
        let directory = root.join(component);
        match std::fs::create_dir(&directory) {
            Err(it) if !directory.is_dir() => return Err(HostError::at(&directory, "made", &it)),
            _ => {}
        }
    }
    Ok(())
}

impl Staged {
    fn in_place(self) -> Result<(Metadata, Digest), HostError> {
        let place = self.place;
        self.temporary.persist(&place).map_err(|it| not_written(&place, &it.error))?;
        let metadata = place.symlink_metadata().map_err(|it| HostError::at(&place, "read", &it))?;
        Ok((metadata, self.digest))
    }
}

fn not_written(place: &Path, error: &std::io::Error) -> HostError {
    HostError::at(place, "written", error)
        .help("what was written until then is whole; build again once there is room and permission")
}

/// Refuses a path of which a component below the root is a link: what it leads to is not
/// fleetc's.
pub(super) fn refuse_links(root: &Path, path: &str) -> Result<(), HostError> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain(std::iter::once(path.len()));
    for component in ends.filter_map(|at| path.get(..at)).filter(|it| !it.is_empty()) {
        if root.join(component).is_symlink() {
            return Err(HostError::new(format!("`{}` is a link", root.join(component).display()))
                .help("put a file or a directory in its place: nothing is written through links"));
        }
    }
    Ok(())
}

/// Forces what was written to the disk, before it is given its name: after a power cut a file
/// is the old one or the new one, and never empty.
fn force(root: &Path, staged: &[Staged]) -> Result<(), HostError> {
    if staged.len() > FEW && force_file_system(root) {
        return Ok(());
    }
    staged.par_iter().try_for_each(|it| {
        let file = File::options().write(true).open(&it.temporary).and_then(|it| it.sync_all());
        file.map_err(|error| not_written(&it.place, &error))
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn force_file_system(root: &Path) -> bool {
    File::open(root).is_ok_and(|it| rustix::fs::syncfs(it).is_ok())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn force_file_system(_: &Path) -> bool {
    false
}

/// Forces the names in a directory to the disk, where a system lets one open a directory.
#[cfg(unix)]
pub(super) fn force_directory(directory: &Path) -> Result<(), HostError> {
    let forced = File::open(directory).and_then(|it| it.sync_all());
    forced.map_err(|it| HostError::at(directory, "written", &it))
}

#[cfg(not(unix))]
pub(super) fn force_directory(_: &Path) -> Result<(), HostError> {
    Ok(())
}
