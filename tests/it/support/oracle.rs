//! Programs that `tests/oracles/build` makes, and that tests compare fleetc with.

use std::path::{Path, PathBuf};

/// Such a program; without it the test says that it did not run, and with `CI=true` that is a failure.
pub(crate) fn find(name: &str, test: &str) -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/oracles").join(name);
    if program.is_file() {
        return Some(program);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{test} needs what tests/oracles/build makes");
    eprintln!("{test} did not run: tests/oracles/build makes what it compares with");
    None
}
