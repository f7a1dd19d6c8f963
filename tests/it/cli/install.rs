//! The script that CI systems install a release with.

use std::path::Path;
use std::process::{Command, Output};

/// Installs from a directory of releases; none where there is no shell, no curl or no tar.
fn install(releases: &Path, dir: &Path, version: &str) -> Option<Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("release/install.sh");
    let has = |it: &str| Command::new(it).arg("--version").output().is_ok();
    if !cfg!(target_os = "linux") || !has("curl") || !has("tar") {
        eprintln!("the installation did not run: it needs curl and tar");
        return None;
    }
    let fails = "#!/bin/sh\necho builds \"$@\" >&2\nexit 7\n";
    let bin = releases.join("bin");
    std::fs::create_dir_all(&bin).expect("a directory");
    std::fs::write(bin.join("cargo"), fails).expect("a program");
    Command::new("chmod").arg("+x").arg(bin.join("cargo")).status().expect("chmod");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command.arg(script).arg(version).arg(dir).env("PATH", path);
    Some(command.env("FLEETC_RELEASES", format!("file://{}", releases.display())).output().expect("a shell"))
}

/// A release as the workflow makes one, of a program that says who it is.
fn release(releases: &Path, sums: impl Fn(&str) -> String) {
    let arch = std::env::consts::ARCH;
    let folder = format!("fleetc-{arch}-unknown-linux-musl");
    let dir = releases.join("v9.9.9").join(&folder);
    std::fs::create_dir_all(&dir).expect("a directory");
    std::fs::write(dir.join("fleetc"), "the binary\n").expect("a file");
    let archive = format!("{folder}.tar.gz");
    let top = releases.join("v9.9.9");
    let packed = Command::new("tar").args(["-czf", &archive, &folder]).current_dir(&top).status().expect("tar");
    assert!(packed.success());
    let found = Command::new("sha256sum").arg(&archive).current_dir(&top).output().expect("sha256sum").stdout;
    std::fs::write(top.join("SHA256SUMS"), sums(&String::from_utf8_lossy(&found))).expect("a file");
}

#[test]
fn a_release_is_installed_if_it_is_what_was_released() {
    let work = tempfile::tempdir().expect("a directory");
    let (releases, dir) = (work.path().join("releases"), work.path().join("to/bin"));
    std::fs::create_dir_all(&releases).expect("a directory");
    let Some(missing) = install(&releases, &dir, "v9.9.9") else { return };
    // What cannot be downloaded is built, of that version and with its lock file.
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(missing.status.code() == Some(7) && said.contains("--locked") && said.contains("--tag=v9.9.9"), "{said}");
    release(&releases, |it| it.replace(['0', '1'], "2"));
    let other = install(&releases, &dir, "v9.9.9").expect("a shell");
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(other.status.code() == Some(1) && said.contains("is not what SHA256SUMS says"), "{said}");
    assert!(!dir.join("fleetc").exists());
    release(&releases, str::to_owned);
    let right = install(&releases, &dir, "v9.9.9").expect("a shell");
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
    assert_eq!(std::fs::read_to_string(dir.join("fleetc")).expect("installed"), "the binary\n");
    let commit = install(&releases, &dir, "0123456789012345678901234567890123456789").expect("a shell");
    let said = String::from_utf8_lossy(&commit.stderr).into_owned();
    assert!(said.contains("--rev=0123456789012345678901234567890123456789"), "{said}");
}
